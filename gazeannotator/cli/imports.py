"""`gazeannotator study import-xdf` and `import-gaze`: what was recorded elsewhere becomes readings."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from gazeannotator.cli import console
from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement
from gazeannotator.settings import SettingsFile
from gazeannotator.study.copying import GazeImport
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.importing import CANNOT, import_gaze
from gazeannotator.tracking.formats.recorded import SYSTEMS, ImportOptions, System
from gazeannotator.tracking.formats.registry import FORMATS
from gazeannotator.tracking.mapping import Answer
from gazeannotator.tracking.xdf_sessions import import_xdf

StudyPath = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")]
Style = Annotated[
    console.ProgressStyle, typer.Option("--progress", help="A bar, or JSON lines for programs.")
]

_NUMBER = r"(\d+(?:\.\d+)?)"
_PLACES = ("fit", "fill", "original")

SourceFormat = Enum("SourceFormat", {name: name for name in FORMATS}, type=str)  # type: ignore[misc]
PointSystem = Enum("PointSystem", {name: name for name in SYSTEMS}, type=str)  # type: ignore[misc]


class StreamCoordinates(str, Enum):
    """What the points of a stream are that does not say it."""

    normalised = "normalised"
    screen_px = "screen_px"


def import_xdf_command(
    study: StudyPath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .xdf file of LabRecorder.")],
    coordinates: Annotated[
        StreamCoordinates | None,
        typer.Option(help="What the gaze points are, where their stream does not say it."),
    ] = None,
    without_gaze: Annotated[
        bool, typer.Option("--without-gaze", help="Take the answers of sessions whose gaze is missing.")
    ] = False,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="Take what comes before the damage of a damaged file.")
    ] = False,
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Import readings that LabRecorder recorded: our events and the gaze beside them.

    They are the same as those that were recorded live. A session that the study has is left alone.

    Example: gazeannotator study import-xdf my-study sub-01.xdf
    """
    settings = SettingsFile().current

    def answer_for(key: str) -> Answer | None:
        return coordinates.value if coordinates else settings.answer_for(key)

    with console.long_work(progress, "study import-xdf") as tell, Store.open(study) as store:
        report = import_xdf(
            store,
            file,
            answer_for=answer_for,
            without_gaze=without_gaze,
            damaged=damaged,
            progress=tell,
        )
        _finish(progress, study, report)


def import_gaze_command(
    study: StudyPath,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings, all of one format.")],
    source: Annotated[SourceFormat, typer.Option("--from", help="Format of the files.")],
    reader: Annotated[str, typer.Option(metavar="CODE", help="Code of the one who looked; added if new.")],
    display_height: Annotated[
        float, typer.Option(metavar="PX", help="Height at which images were displayed (MicEye).")
    ] = 900.0,
    rate: Annotated[
        float | None, typer.Option(metavar="HZ", help="Rate of samples that have no times.")
    ] = None,
    screen_px: Annotated[str | None, typer.Option(metavar="WxH", help="Pixels of the screen.")] = None,
    screen_mm: Annotated[str | None, typer.Option(metavar="WxH", help="Its size.")] = None,
    distance_mm: Annotated[
        float | None, typer.Option(metavar="D", help="From the eye to the screen.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="WHAT=COLUMN,…", help="Which column, or trial variable, is what."),
    ] = None,
    coordinates: Annotated[
        PointSystem | None, typer.Option(help="What the points of a table are (csv: image_px).")
    ] = None,
    placement: Annotated[
        str,
        typer.Option(metavar="HOW", help="Where images were on the screen: fit, fill, original, or X,Y,W,H."),
    ] = "",
    labels: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=CLASS,…", help=f"Which label is which class, or {CANNOT}."),
    ] = None,
    participant: Annotated[str, typer.Option(help="Whose rows to take of a file with several people.")] = "",
    onset_message: Annotated[
        str, typer.Option(help="How the message begins at which an image appears (EyeLink).")
    ] = "",
    progress: Style = console.ProgressStyle.bar,
) -> None:
    """Import gaze, and labels where there are some, that other programs recorded.

    Images are found by their file names. What the files do not tell is marked as missing or as assumed:
    a screen of 1920x1080 px and 527x296 mm, 650 mm away.

    Example: gazeannotator study import-gaze my-study log.csv --from miceye --reader A --rate 90
    """
    options = ImportOptions(
        reader=reader,
        display_height=display_height,
        rate_hz=rate,
        screen_px=_size(screen_px, "--screen-px"),
        screen_mm=_size(screen_mm, "--screen-mm"),
        distance_mm=distance_mm,
        columns=_pairs(columns or [], "--columns"),
        coordinates=cast("System", coordinates.value) if coordinates else None,
        placement=_placement(placement),
        labels=_pairs(labels or [], "--labels"),
        participant=participant,
        onset_message=onset_message,
    )
    with console.long_work(progress, "study import-gaze") as tell, Store.open(study) as store:
        _finish(progress, study, import_gaze(store, files, source.value, options, tell))


def _finish(progress: console.ProgressStyle, study: Path, report: GazeImport) -> None:
    what = f"readings: {report.readings}, gaze samples: {report.samples}, fixations: {report.fixations}"
    counts = {
        "sessions": report.sessions,
        "readings": report.readings,
        "gaze_samples": report.samples,
        "fixations": report.fixations,
        "already_known": report.already_known,
    }
    console.finish_import(
        progress,
        study,
        counts,
        notes=report.notes,
        refused=report.refused,
        lines=[f"{study}: sessions added: {report.sessions}, known already: {report.already_known}, {what}."],
    )


def _size(text: str | None, option: str) -> tuple[float, float] | None:
    if text is None:
        return None
    match = re.fullmatch(rf"{_NUMBER}\s*[xX×]\s*{_NUMBER}", text.strip())
    if match is None:
        raise BadInput(f"{option} '{text}' is no size.", "Write width and height, as in 1920x1080.")
    return float(match[1]), float(match[2])


def _placement(text: str) -> Placement | Literal["", "fit", "fill", "original"]:
    if text in ("", *_PLACES):
        return cast("Literal['', 'fit', 'fill', 'original']", text)
    try:
        x, y, width, height = map(float, text.split(","))
        if not (width > 0 and height > 0):
            raise ValueError("no size")
    except ValueError:
        raise BadInput(
            f"--placement '{text}' says not where images were.",
            "Write fit, fill, original, or X,Y,WIDTH,HEIGHT in screen px.",
        ) from None
    return Placement(x, y, width, height)


def _pairs(given: list[str], option: str) -> dict[str, str]:
    """Read ``a=b,c=d``; a part without = belongs to the text before its comma."""
    parts: list[str] = []
    for each in (part for text in given for part in text.split(",")):
        if "=" in each or not parts:
            parts.append(each)
        else:
            parts[-1] += f",{each}"
    pairs = {}
    for each in parts:
        name, equals, value = each.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise BadInput(
                f"{option} '{each}' cannot be understood.", "Write NAME=VALUE, with commas between."
            )
        pairs[name.strip()] = value.strip()
    return pairs
