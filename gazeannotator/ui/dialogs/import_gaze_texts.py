"""What a person reads about gaze that is imported: formats, coordinates, what came of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from gazeannotator.tracking.formats.recorded import SYSTEMS
from gazeannotator.ui.jobs import Summary, refusal_lines

translate = QCoreApplication.translate

XDF = "xdf"
"""The one format that `study import-gaze` does not know: `study import-xdf` does."""


def format_texts() -> dict[str, str]:
    """Return what a person reads for each format."""
    return {
        "miceye": translate("GazeFormats", "MicEye (log, .csv)"),
        "tobii-tsv": translate("GazeFormats", "Tobii Pro Lab (data export, .tsv)"),
        "eyelink-asc": translate("GazeFormats", "EyeLink (edf2asc, .asc)"),
        "eyelink-fixations": translate("GazeFormats", "EyeLink Data Viewer (fixation report)"),
        "csv": translate("GazeFormats", "Another program (a table of samples)"),
        XDF: translate("GazeFormats", "GazeAnnotator beside LabRecorder (.xdf)"),
    }


def about_texts() -> dict[str, str]:
    """Return a sentence on each format."""
    return {
        "miceye": translate(
            "GazeFormats",
            "Answers and gaze on the displayed image. The log has no times and does not tell lost samples.",
        ),
        "tobii-tsv": translate(
            "GazeFormats",
            "Gaze of each presented image. Export 'Presented Media position' and 'width/height' too.",
        ),
        "eyelink-asc": translate(
            "GazeFormats",
            "Gaze of each image that a message '!V IMGLOAD' names, with the validations of the tracker.",
        ),
        "eyelink-fixations": translate(
            "GazeFormats", "Fixations as Data Viewer found them; there are no samples."
        ),
        "csv": translate("GazeFormats", "One sample a row, with a column that names the image."),
        XDF: translate(
            "GazeFormats",
            "Sessions of this program that LabRecorder has recorded: the same readings as those read here.",
        ),
    }


def system_texts() -> dict[str, str]:
    """Return what a person reads for each system of coordinates."""
    texts = {
        "": translate("GazeFormats", "as is usual for that format"),
        "image_px": translate("GazeFormats", "pixels of the image file"),
        "image_normalised": translate("GazeFormats", "0 to 1 across the image"),
        "displayed_px": translate("GazeFormats", "pixels of the image as it was displayed"),
        "screen_px": translate("GazeFormats", "pixels of the screen"),
        "screen_normalised": translate("GazeFormats", "0 to 1 across the screen"),
    }
    return {each: texts[each] for each in ("", *SYSTEMS)}


def placement_texts() -> dict[str, str]:
    """Return what a person reads for each way of placing images."""
    return {
        "": translate("GazeFormats", "as the file says"),
        "fit": translate("GazeFormats", "centred, as large as they fit"),
        "fill": translate("GazeFormats", "stretched over the whole screen"),
        "original": translate("GazeFormats", "centred, in their own size"),
    }


def import_summary(result: dict[str, Any]) -> Summary:
    """Write what came of an import."""
    number = QLocale().toString
    captions = {
        "sessions": translate("GazeFormats", "Sessions added"),
        "readings": translate("GazeFormats", "Readings"),
        "gaze_samples": translate("GazeFormats", "Gaze samples"),
        "fixations": translate("GazeFormats", "Fixations"),
        "already_known": translate("GazeFormats", "Known already"),
    }
    facts = [(caption, number(int(result[key]))) for key, caption in captions.items() if result.get(key)]
    refused = result.get("refused", [])
    if refused:
        facts.append((translate("GazeFormats", "Refused"), number(len(refused))))
    if not result.get("sessions"):
        headline = translate("GazeFormats", "All of it was in the study already")
    elif refused:
        headline = translate("GazeFormats", "The gaze is in the study, except for what is named below")
    else:
        headline = translate("GazeFormats", "The gaze is in the study")
    notes = [*refusal_lines(refused), *(str(each) for each in result.get("notes", []))]
    return Summary(
        headline,
        tuple(facts),
        tuple(notes),
        translate("GazeFormats", "What you should know"),
        "warning" if refused else "success",
        ("session.overview", "data.build"),
    )
