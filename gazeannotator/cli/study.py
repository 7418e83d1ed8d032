"""`gazeannotator study …`: make a study, add to it, look at it, check it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from gazeannotator.cli import console, hiding, imports
from gazeannotator.dataset.reading_gaze import reading_loss
from gazeannotator.errors import BadInput
from gazeannotator.study import options
from gazeannotator.study.agreement import (
    Agreement,
    ReaderAgreement,
    answers_of,
    as_facts,
    reader_agreement,
)
from gazeannotator.study.check import check_study
from gazeannotator.study.facts import study_info
from gazeannotator.study.folder import key_file
from gazeannotator.study.identity import others_may_read
from gazeannotator.study.importing import ImportReport, create_study, import_frames
from gazeannotator.study.importing import import_images as import_folder
from gazeannotator.study.model import UNKNOWN, Protocol
from gazeannotator.study.removals import write_removals
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.study.video import parse_time

app = typer.Typer(no_args_is_help=True, help="Make a study of images, add to it, look at it, check it.")

app.command("import-xdf")(console.user_errors(imports.import_xdf_command))
app.command("import-gaze")(console.user_errors(imports.import_gaze_command))

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
    protocol: Annotated[
        Path | None, typer.Option(help="TOML file of reading options, see study protocol.")
    ] = None,
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
        hidden = hiding.hiding_options(
            keep_overlays=keep_overlays, template=template, masks=mask, report=report_file
        )
        report = create_study(
            study,
            images,
            metadata_csv=metadata,
            scheme=load_scheme(scheme),
            protocol=options.load_protocol(protocol) if protocol else None,
            name=name,
            database_url=database,
            hiding=hidden,
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
        hidden = hiding.hiding_options(
            keep_overlays=keep_overlays, template=template, masks=mask, report=report_file
        )
        report = import_folder(
            store, images, metadata, report_progress, hiding=hidden, accept_masks=accept_masks
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
        hidden = hiding.hiding_options(
            keep_overlays=keep_overlays, template=template, masks=mask, report=report_file
        )
        report = import_frames(
            store,
            video,
            [parse_time(each) for each in at],
            patient=patient,
            truth=truth,
            hiding=hidden,
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
        facts = study_info(store, data_loss=reading_loss)
        special = options.differences(store.protocol)
    if json:
        console.print_json(facts)
        return
    for label, value in _lines(facts):
        console.say(f"{label:<18}{value}")
    if special:
        listed = ", ".join(f"{name} {options.as_text(value)}" for name, value in special.items())
        console.say(f"{'Reading options':<18}{listed}")


@app.command()
@console.user_errors
def protocol(
    study: StudyPath,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change an option.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show how images are read in a study, or change it for the sessions to come.

    Sessions that run go on as they began; readings that exist keep their marks.

    Example: gazeannotator study protocol my-study --set drift_check_every=20 --set offer_again=true
    """
    with Store.open(study) as store:
        now = store.protocol
        wanted = options.changed(now, settings or ())
        if wanted != now:
            store.change_protocol(wanted)
    facts = dataclasses.asdict(wanted)
    if json:
        console.print_json(facts)
        return
    usual = dataclasses.asdict(Protocol())
    for name, value in facts.items():
        note = "" if value == usual[name] else f"(by default {options.as_text(usual[name])})"
        console.say(f"{name:<26}{options.as_text(value):<10}{note}".rstrip())


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


@app.command()
@console.user_errors
def agreement(study: StudyPath, json: AsJson = False) -> None:
    """Show how far readers agree with each other, with themselves and with pathology.

    Example: gazeannotator study agreement my-study
    """
    with Store.open(study) as store:
        images = store.images()
        truth = {image.id: image.truth for image in images if image.truth != UNKNOWN}
        found = reader_agreement(answers_of(store.readings(), images), truth, len(store.scheme.classes))
        patients_known = all(image.patient for image in images)
    if json:
        console.print_json({**as_facts(found), "patients_known": patients_known})
        return
    lines = _agreement_lines(found)
    width = max(len(label) for label, _ in lines) + 2
    for label, value in lines:
        console.say(f"{label:<{width}}{value}")
    if not patients_known:
        console.warn("Not all patients are known: an image without one counts as a patient of its own.")


def _agreement_lines(found: ReaderAgreement) -> list[tuple[str, str]]:
    if not found.readers:
        return [("Readers", "none: nothing has been answered yet")]
    return [
        ("Readers", ", ".join(found.readers)),
        ("All readers", _in_words(found.overall, "pairs of answers are equal", "Fleiss' kappa")),
        *((f"{a} and {b}", _in_words(each, "same answer", "Cohen's kappa")) for a, b, each in found.pairs),
        *((f"{a}, read again", _in_words(each, "same answer", "Cohen's kappa")) for a, each in found.repeats),
        *((f"{a} and pathology", _in_words(each, "right", "Cohen's kappa")) for a, each in found.truth),
        ("Cannot be assessed", f"{found.not_assessed} answers, compared with nothing"),
    ]


def _in_words(found: Agreement, what: str, measure: str) -> str:
    if found.agreement is None:
        return "no image in common"
    text = f"{found.agreement:.1%} {what}, {found.images} images of {found.patients} patients"
    if found.kappa is None:
        return f"{text}; kappa is not defined for a single class"
    interval = f" (95 % {found.ci95[0]:.2f} to {found.ci95[1]:.2f})" if found.ci95 else ""
    return f"{measure} {found.kappa:.2f}{interval}; {text}"


def _finish(
    progress: console.ProgressStyle, study: Path, report: ImportReport, report_file: Path | None
) -> None:
    if report_file is not None:
        write_removals(report_file, report.removed)
    lines = [f"{study}: images added: {report.added}, known already: {report.already_known}."]
    if report.waiting:
        lines.append(
            f"Waiting for review, since something was hidden: {report.waiting}. "
            "Look at them in the app, or with `gazeannotator study review`."
        )
    counts = {"added": report.added, "waiting": report.waiting, "already_known": report.already_known}
    console.finish_import(progress, study, counts, notes=report.notes, refused=report.refused, lines=lines)


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
        *([("Gaze only", f"{facts['gaze_only']} readings")] if facts["gaze_only"] else []),
        ("Gaze samples", str(facts["gaze_samples"])),
        ("Median accuracy", "not validated" if accuracy is None else f"{accuracy:.2f}°"),
        ("Median data loss", "unknown" if loss is None else f"{loss:.1%}"),
    ]
    return lines + [
        (f"Reader {code}", f"{n['done']} done, {n['left']} left") for code, n in facts["by_reader"].items()
    ]
