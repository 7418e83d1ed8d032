"""`gazeannotator study …`: make a study, add to it, look at it, check it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from gazeannotator.cli import console, imports
from gazeannotator.gaze.filters import data_loss
from gazeannotator.study.check import check_study
from gazeannotator.study.facts import study_info
from gazeannotator.study.folder import key_file
from gazeannotator.study.identity import others_may_read
from gazeannotator.study.importing import ImportReport, create_study
from gazeannotator.study.importing import import_images as import_folder
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazemodel import events

app = typer.Typer(no_args_is_help=True, help="Make a study of images, add to it, look at it, check it.")

app.command("import-xdf")(console.user_errors(imports.import_xdf_command))
app.command("import-gaze")(console.user_errors(imports.import_gaze_command))

StudyPath = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")]
Images = Annotated[Path, typer.Option("--images", help="Folder of PNG, JPEG, TIFF and BMP images.")]
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
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Make a study of a folder of images; patients and file names are pseudonymised.

    Example: gazeannotator study create my-study --images photos --metadata photos.csv
    """
    with console.long_work(progress, "study create") as report_progress:
        report = create_study(
            study,
            images,
            metadata_csv=metadata,
            scheme=load_scheme(scheme),
            name=name,
            database_url=database,
            progress=report_progress,
        )
        _finish(progress, study, report)


@app.command("import-images")
@console.user_errors
def import_images(
    study: StudyPath, images: Images, metadata: Metadata = None, progress: Style = console.ProgressStyle.bar
) -> None:
    """Add the images of a folder to a study; what is known stays, what was unknown is filled in.

    Example: gazeannotator study import-images my-study --images more-photos
    """
    with console.long_work(progress, "study import-images") as report_progress, Store.open(study) as store:
        _finish(progress, study, import_folder(store, images, metadata, report_progress))


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


def _finish(progress: console.ProgressStyle, study: Path, report: ImportReport) -> None:
    if progress is console.ProgressStyle.json:
        refused = [{"where": where, "message": message} for where, message in report.refused]
        events.emit(
            "finished",
            study=str(study),
            added=report.added,
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
        ("Readings", f"{readings['done']} done, {readings['left']} left, {readings['excluded']} excluded"),
        ("Labels", f"{labels}, cannot be assessed {facts['cannot_be_assessed']}"),
        *([("Gaze only", f"{facts['gaze_only']} readings")] if facts["gaze_only"] else []),
        ("Gaze samples", str(facts["gaze_samples"])),
        ("Median accuracy", "not validated" if accuracy is None else f"{accuracy:.2f}°"),
        ("Median data loss", "unknown" if loss is None else f"{loss:.1%}"),
    ]
    return lines + [
        (f"Reader {code}", f"{n['done']} done, {n['left']} left") for code, n in facts["by_reader"].items()
    ]
