"""`gazeannotator dataset …`: build a data set of studies, look at it, check it, give it to others."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from gazeannotator.cli import console
from gazeannotator.dataset.build import BuildOptions, BuildReport
from gazeannotator.dataset.build import build as build_dataset
from gazeannotator.dataset.central_bias import CENTRAL_BIAS
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.folders_import import import_folders as import_tree
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.looks import WEIGHTS
from gazeannotator.dataset.report import write_report
from gazeannotator.dataset.schema import validate
from gazeannotator.errors import BadInput
from gazeannotator.gaze.eyes import EYES
from gazeannotator.gaze.fixations import METHODS
from gazeannotator.study.scheme import load_scheme
from gazemodel import events

app = typer.Typer(no_args_is_help=True, help="Build data sets (HDF5) of studies, check them, export them.")

_DEFAULTS = BuildOptions()

DatasetPath = Annotated[Path, typer.Argument(metavar="DATA.h5", help="A data set.")]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="DATA.h5", help="The data set to be written.")
]
Size = Annotated[int, typer.Option(help="Side of the square grid on which images and maps lie, px.")]
Style = Annotated[
    console.ProgressStyle, typer.Option("--progress", help="A bar, or JSON lines for programs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command()
@console.user_errors
def build(
    studies: Annotated[list[Path], typer.Argument(metavar="STUDY...", help="Folders of studies.")],
    output: Output,
    size: Size = _DEFAULTS.size,
    method: Annotated[
        str, typer.Option(metavar="|".join(METHODS), help="How fixations are found.")
    ] = _DEFAULTS.method,
    sigma_deg: Annotated[
        float, typer.Option(help="Sigma of the heatmap in degrees of visual angle.")
    ] = _DEFAULTS.sigma_deg,
    split: Annotated[
        str,
        typer.Option(
            metavar="SHARES|CSV",
            help="Shares of train/validation/test, or a CSV file: image,split or patient,split.",
        ),
    ] = _DEFAULTS.split,
    seed: Annotated[int, typer.Option(help="Of the split and the folds.")] = _DEFAULTS.seed,
    max_data_loss: Annotated[
        float | None,
        typer.Option(
            help="Do not use readings that lost a larger share of samples.",
            show_default="as the study's options say, 0.3",
        ),
    ] = _DEFAULTS.max_data_loss,
    max_accuracy_deg: Annotated[
        float | None,
        typer.Option(
            help="Do not use readings whose last validation was worse.",
            show_default="as the study's options say, 2.0",
        ),
    ] = _DEFAULTS.max_accuracy_deg,
    require_validation: Annotated[
        bool, typer.Option("--require-validation", help="Do not use readings without a validation.")
    ] = False,
    folds: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="Divide the patients into K folds too, independent of the split: for cross-validation.",
            show_default="none",
        ),
    ] = _DEFAULTS.folds,
    eye: Annotated[
        str, typer.Option(metavar="|".join(EYES), help="Whose gaze; better: of each reading's better eye.")
    ] = _DEFAULTS.eye,
    weights: Annotated[
        str, typer.Option(metavar="|".join(WEIGHTS), help="How gaze weighs in a heatmap.")
    ] = _DEFAULTS.weights,
    first_s: Annotated[
        float | None,
        typer.Option(help="Heatmaps of the first seconds of a reading only.", show_default="the whole"),
    ] = _DEFAULTS.first_s,
    skip_first_fixation: Annotated[
        bool,
        typer.Option("--skip-first-fixation", help="Heatmaps without the last look at the cross."),
    ] = False,
    central_bias: Annotated[
        str,
        typer.Option(
            metavar="|".join(CENTRAL_BIAS), help="Remove from heatmaps where readers look on any image."
        ),
    ] = _DEFAULTS.central_bias,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    multi_file: Annotated[
        bool,
        typer.Option(
            "--multi-file",
            help="Keep images and gaze in several files in DATA.h5.parts, which DATA.h5 shows as its own.",
        ),
    ] = False,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Build a data set of one or more studies: images, labels, gaze, fixations, heatmaps, split by patient.

    A build that was stopped goes on where it was when the same command is given again.

    Example: gazeannotator dataset build my-study -o data.h5
    """
    options = BuildOptions(
        size=size,
        method=method,
        sigma_deg=sigma_deg,
        split=split,
        seed=seed,
        max_data_loss=max_data_loss,
        max_accuracy_deg=max_accuracy_deg,
        require_validation=require_validation,
        folds=folds,
        eye=eye,
        weights=weights,
        first_s=first_s,
        skip_first_fixation=skip_first_fixation,
        central_bias=central_bias,
    )
    with console.long_work(progress, "dataset build") as report_progress:
        report = build_dataset(
            studies,
            output,
            options,
            report_progress,
            jobs,
            multi_file=multi_file,
            notice=lambda text: _notice(progress, text),
        )
        _finish(progress, {"dataset": str(output), **dataclasses.asdict(report)}, _built(output, report))
    if progress is console.ProgressStyle.bar:
        for warning in report.warnings:
            console.warn(warning)


@app.command("import-folders")
@console.user_errors
def import_folders(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Holds train, val and test.")],
    output: Output,
    size: Size = _DEFAULTS.size,
    patients: Annotated[Path | None, typer.Option(metavar="CSV", help="Table file,patient.")] = None,
    scheme: Annotated[
        str | None, typer.Option(help="Whose classes the folders are: nice, or a .toml file.")
    ] = None,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Make a data set of images and attention maps in folders, as the reference study published its own.

    Example: gazeannotator dataset import-folders Colorectal-polyps-gaze-dataset -o data.h5 --scheme nice
    """
    with console.long_work(progress, "dataset import-folders") as report_progress:
        report = import_tree(
            folder,
            output,
            size=size,
            patients=patients,
            scheme=load_scheme(scheme) if scheme else None,
            progress=report_progress,
        )
        facts = dataclasses.asdict(report)
        facts["refused"] = [{"where": where, "message": message} for where, message in report.refused]
        splits = ", ".join(f"{count} {name}" for name, count in report.splits.items())
        lines = [f"{output}: {report.images} images ({splits}), {report.with_gaze} with gaze."]
        _finish(progress, {"dataset": str(output), **facts}, lines)
    if progress is console.ProgressStyle.bar:
        for where, message in report.refused:
            console.warn(f"{where} was refused: {message}")
        for note in report.notes:
            console.warn(note)


@app.command()
@console.user_errors
def info(data: DatasetPath, json: AsJson = False) -> None:
    """Show what is in a data set.

    Example: gazeannotator dataset info data.h5
    """
    facts = dataset_info(data)
    if json:
        console.print_json(facts)
        return
    for label, value in _lines(facts):
        console.say(f"{label:<18}{value}")


@app.command()
@console.user_errors
def check(data: DatasetPath, json: AsJson = False) -> None:
    """Validate every array of a data set against the format. Exit 1 if something is wrong.

    Example: gazeannotator dataset check data.h5
    """
    problems = validate(data)
    if json:
        console.print_json({"ok": not problems, "problems": [dataclasses.asdict(each) for each in problems]})
    elif problems:
        for each in problems:
            console.say(f"{each.where}: {each.what}. {each.remedy}")
    else:
        console.say(f"{data} is a whole data set: every array is as the format says.")
    if problems:
        raise typer.Exit(1)


@app.command()
@console.user_errors
def export(
    data: DatasetPath,
    to: Annotated[str, typer.Option("--to", metavar="|".join(EXPORTS), help="The layout.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A new or empty folder.")],
    study: Annotated[
        Path | None,
        typer.Option(help="Take images at their original size, and xdf its raw recordings, from this study."),
    ] = None,
    test_gaze: Annotated[
        bool,
        typer.Option("--test-gaze", help="Give out the gaze of the test part too (bids and xdf always do)."),
    ] = False,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Write a data set in a layout that other programs read.

    Example: gazeannotator dataset export data.h5 --to folders -o published
    """
    if to not in EXPORTS:
        raise BadInput(f"There is no export to {to!r}.", f"Choose one of {', '.join(EXPORTS)}.")
    with console.long_work(progress, "dataset export") as report_progress:
        report = EXPORTS[to](data, output, ExportOptions(study, test_gaze), report_progress)
        lines = [f"{output}: {report.images} images."]
        if report.recordings:
            lines.append(f"Recordings: {report.recordings}.")
        if report.left_out:
            lines.append(f"{report.left_out} images have neither pathology nor a label and were left out.")
        _finish(progress, {"folder": str(output), **dataclasses.asdict(report)}, [*lines, *report.notes])


@app.command()
@console.user_errors
def report(
    data: DatasetPath,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="REPORT.html", help="The report to be written.")
    ],
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Report on a data set: images, quality of the gaze, exclusions, agreement of readers. One HTML file.

    Example: gazeannotator dataset report data.h5 -o report.html
    """
    with console.long_work(progress, "dataset report") as report_progress:
        found = write_report(data, output, report_progress)
        lines = [f"{output}: {found.images} images, {found.readings} readings.", *found.remarks]
        _finish(progress, {"report": str(output), **dataclasses.asdict(found)}, lines)


def _finish(progress: console.ProgressStyle, facts: dict[str, Any], lines: list[str]) -> None:
    if progress is console.ProgressStyle.json:
        events.emit("finished", **facts)
        return
    for line in lines:
        console.say(line)


def _notice(progress: console.ProgressStyle, text: str) -> None:
    if progress is console.ProgressStyle.json:
        events.emit("notice", message=text)
    else:
        console.note(text)


def _built(output: Path, report: BuildReport) -> list[str]:
    splits = ", ".join(f"{count} {name}" for name, count in report.splits.items())
    lines = [
        f"{output}: {report.images} images of {report.patients} patients ({splits}).",
        f"{report.with_gaze} images have gaze.",
        f"{report.valid} of {report.readings} readings are used.",
    ]
    if report.excluded:
        lines.append(
            "Not used: " + ", ".join(f"{count} {why}" for why, count in report.excluded.items()) + "."
        )
    if report.not_validated:
        lines.append(f"Used without a validation of the tracker: {report.not_validated}.")
    return lines


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    def listed(counts: dict[str, Any]) -> str:
        return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"

    return [
        ("Study", facts["study"] + (" (simulated gaze)" if facts["simulated"] else "")),
        ("Written", f"{facts['created_utc']} by {facts['software']}, format {facts['format_version']}"),
        ("Images", f"{facts['images']} on a grid of {facts['grid_px']} px, {facts['has_gaze']} with gaze"),
        ("Patients", str(facts["patients"]) if facts["patients_known"] else "not known"),
        ("Split", listed(facts["splits"])),
        *([("Folds", ", ".join(map(str, facts["folds"])))] if facts["folds"] else []),
        *([("Nearly equal", _near_duplicates(facts))] if facts["near_duplicates"] else []),
        ("Classes", listed({**facts["classes"], "none": facts["no_target"]})),
        ("Readings", f"{facts['readings']}, {facts['valid_readings']} used"),
        ("Not used", listed(facts["excluded"])),
        ("Not validated", str(facts["not_validated"])),
        ("Gaze", f"{facts['gaze_samples']} samples, {facts['fixations']} fixations"),
    ]


def _near_duplicates(facts: dict[str, Any]) -> str:
    count, torn = facts["near_duplicates"], facts["near_duplicates_in_two_parts"]
    return f"{count} pairs of images of different patients, {torn} in different parts"
