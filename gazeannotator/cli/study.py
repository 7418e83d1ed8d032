"""`gazeannotator study …`: make a study, add to it, look at it, check it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from gazeannotator.cli import console, hiding
from gazeannotator.errors import BadInput
from gazeannotator.gaze.filters import data_loss
from gazeannotator.study.check import check_study
from gazeannotator.study.facts import study_info
from gazeannotator.study.folder import key_file
from gazeannotator.study.identity import others_may_read
from gazeannotator.study.importing import ImportReport, create_study, import_frames
from gazeannotator.study.importing import import_images as import_folder
from gazeannotator.study.model import UNKNOWN
from gazeannotator.study.removals import check_report_name, write_removals
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.study.video import parse_time
from gazemodel import events

app = typer.Typer(no_args_is_help=True, help="Make a study of images, add to it, look at it, check it.")

StudyPath = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")]
Images = Annotated[Path, typer.Option("--images", help="Folder of PNG, JPEG, TIFF, BMP and DICOM images.")]
Metadata = Annotated[
    Path | None, typer.Option("--metadata", help="CSV table file,patient,pathology; cells may be empty.")
]
Style = Annotated[
    console.ProgressStyle, typer.Option("--progress", help="A bar, or JSON lines for programs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command()
@console.user_errors
def create(
    study: StudyPath,
    images: Images,
    metadata: Metadata = None,
    scheme: Annotated[str, typer.Option(help="Label scheme: nice, or a .toml file.")] = "nice",
    database: Annotated[str | None, typer.Option(help="Database URL, by default SQLite in STUDY.")] = None,
    name: Annotated[str | None, typer.Option(help="The study's name, by default that of its folder.")] = None,
    keep_overlays: hiding.KeepOverlays = False,
    accept_masks: hiding.AcceptMasks = False,
    template: hiding.Template = None,
    mask: hiding.Mask = None,
    report_file: hiding.Report = None,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Make a study of a folder of images; patients and file names are pseudonymised.

    Example: gazeannotator study create my-study --images photos --metadata photos.csv
    """
    with console.long_work(progress, "study create") as report_progress:
        options = hiding.hiding_options(keep_overlays=keep_overlays, template=template, masks=mask)
        _check_report(report_file)
        report = create_study(
            study,
            images,
            metadata_csv=metadata,
            scheme=load_scheme(scheme),
            name=name,
            database_url=database,
            hiding=options,
            accept_masks=accept_masks,
            progress=report_progress,
        )
        _finish(progress, study, report, report_file)


@app.command("import-images")
@console.user_errors
def import_images(
    study: StudyPath,
    images: Images,
    metadata: Metadata = None,
    keep_overlays: hiding.KeepOverlays = False,
    accept_masks: hiding.AcceptMasks = False,
    template: hiding.Template = None,
    mask: hiding.Mask = None,
    report_file: hiding.Report = None,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Add the images of a folder to a study; what is known stays, what was unknown is filled in.

    Example: gazeannotator study import-images my-study --images more-photos
    """
    with console.long_work(progress, "study import-images") as report_progress, Store.open(study) as store:
        options = hiding.hiding_options(keep_overlays=keep_overlays, template=template, masks=mask)
        _check_report(report_file)
        report = import_folder(
            store, images, metadata, report_progress, hiding=options, accept_masks=accept_masks
        )
        _finish(progress, study, report, report_file)


@app.command("add-frames")
@console.user_errors
def add_frames(
    study: StudyPath,
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="MP4, AVI, MOV, MKV, MPEG …")],
    at: Annotated[list[str], typer.Option("--at", help="Time in the video, 12.4 or 00:01:03.2; repeatable.")],
    patient: Annotated[str, typer.Option(help="Patient id; a pseudonym of it is kept.")] = "",
    pathology: Annotated[str, typer.Option(help="Class by key or name.")] = "",
    keep_overlays: hiding.KeepOverlays = False,
    accept_masks: hiding.AcceptMasks = False,
    template: hiding.Template = None,
    mask: hiding.Mask = None,
    report_file: hiding.Report = None,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Add frames of a video to a study.

    Example: gazeannotator study add-frames my-study withdrawal.mp4 --at 12.4 --at 00:01:03.2
    """
    with console.long_work(progress, "study add-frames"), Store.open(study) as store:
        truth = store.scheme.index_of(pathology) if pathology else UNKNOWN
        if truth is None:
            classes = ", ".join(f"{each.key} ({each.name})" for each in store.scheme.classes)
            raise BadInput(f"'{pathology}' is no class of the scheme.", f"Possible: {classes}.")
        options = hiding.hiding_options(keep_overlays=keep_overlays, template=template, masks=mask)
        _check_report(report_file)
        report = import_frames(
            store,
            video,
            [parse_time(each) for each in at],
            patient=patient,
            truth=truth,
            hiding=options,
            accept_masks=accept_masks,
        )
        _finish(progress, study, report, report_file)


app.command("review")(console.user_errors(hiding.review))


@app.command()
@console.user_errors
def info(study: StudyPath, json: AsJson = False) -> None:
    """Show what is in a study and how far its readers are.

    Example: gazeannotator study info my-study
    """
    with Store.open(study) as store:
        facts = study_info(store, data_loss=data_loss)
    if json:
        console.print_json(facts)
        return
    for label, value in _lines(facts):
        console.say(f"{label:<18}{value}")


@app.command()
@console.user_errors
def check(study: StudyPath, json: AsJson = False) -> None:
    """Check that a study is as it was written: database, hash chains, image files. Exit 1 if not.

    Example: gazeannotator study check my-study
    """
    problems = check_study(study)
    key = key_file(study)
    if others_may_read(key):
        console.warn(f"{key} may be read by others, who can then test names of patients: chmod 600 '{key}'.")
    if json:
        console.print_json({"ok": not problems, "problems": [dataclasses.asdict(each) for each in problems]})
    elif problems:
        for each in problems:
            console.say(f"{each.where}: {each.what}. {each.remedy}")
    else:
        console.say(f"{study} is whole: database, hash chains and image files are as they were written.")
    if problems:
        raise typer.Exit(1)


def _check_report(path: Path | None) -> None:
    if path is not None:
        check_report_name(path)


def _finish(
    progress: console.ProgressStyle, study: Path, report: ImportReport, report_file: Path | None
) -> None:
    if report_file is not None:
        write_removals(report_file, report.removed)
    if progress is console.ProgressStyle.json:
        refused = [{"where": where, "message": message} for where, message in report.refused]
        events.emit(
            "finished",
            study=str(study),
            added=report.added,
            waiting=report.waiting,
            already_known=report.already_known,
            refused=refused,
            notes=report.notes,
        )
        return
    for note in report.notes:
        console.say(f"Note: {note}")
    for where, message in report.refused:
        console.warn(f"{where}: {message}")
    console.say(f"{study}: images added: {report.added}, known already: {report.already_known}.")
    if report.waiting:
        console.say(
            f"Waiting for review, since something was hidden: {report.waiting}. "
            "Look at them in the app, or with `gazeannotator study review`."
        )
    if report.refused:
        console.say(f"Refused, see above: {len(report.refused)}.")


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    readings = facts["readings"]
    accuracy, loss = facts["median_accuracy_deg"], facts["median_data_loss"]
    labels = ", ".join(f"{name} {n}" for name, n in facts["labels"].items())
    lines = [
        ("Study", facts["name"] + (" (SIMULATED gaze)" if facts["simulated"] else "")),
        ("Scheme", facts["scheme"]),
        ("Images", f"{facts['images']} (patients: {facts['patients'] or 'unknown'})"),
        *([("Waiting", f"{facts['waiting']} for review")] if facts["waiting"] else []),
        ("Readings", f"{readings['done']} done, {readings['left']} left, {readings['excluded']} excluded"),
        ("Labels", f"{labels}, cannot be assessed {facts['cannot_be_assessed']}"),
        ("Gaze samples", str(facts["gaze_samples"])),
        ("Median accuracy", "not validated" if accuracy is None else f"{accuracy:.2f}°"),
        ("Median data loss", "unknown" if loss is None else f"{loss:.1%}"),
    ]
    return lines + [
        (f"Reader {code}", f"{n['done']} done, {n['left']} left") for code, n in facts["by_reader"].items()
    ]
