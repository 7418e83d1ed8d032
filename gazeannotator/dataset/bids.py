"""Export to BIDS: eye tracking as in version 1.11 of the Brain Imaging Data Structure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gazeannotator.dataset.bids_files import write_json, write_tsv
from gazeannotator.dataset.bids_gaze import write_gaze
from gazeannotator.dataset.contents import ExportOptions, ExportReport
from gazeannotator.dataset.package import Package, packing, write_picture
from gazeannotator.dataset.readme import CHECKSUMS, FILL_IN, version
from gazeannotator.dataset.recordings import (
    Recording,
    Shown,
    fixations_on_screen,
    gaze_on_screen,
    has_times,
    labels,
    recordings,
)
from gazeannotator.dataset.schema import SPLITS

BIDS_VERSION = "1.11.1"
HED_VERSION = "8.4.0"
TASK = "diagnosis"

NO_CLASS = "cannot be assessed"

_CONFIDENCE = {0: None, 1: "low", 2: "high"}
_AS_THEY_ARE = (
    "flagged",
    "exclusion",
    "onset_method",
    "distance_mm",
    "px_per_deg",
    "rate_hz",
    "data_loss",
    "accuracy_deg",
    "precision_rms_deg",
    "source",
)
"""Columns of /readings that are columns of the events."""

_LAYOUT = f"""
Layout `bids`: Brain Imaging Data Structure {BIDS_VERSION}, eye tracking in `beh/` (no brain was imaged).

    participants.tsv                                    one row per reader
    sub-<reader>/ses-<n>/beh/                           one sitting before one screen
        …_task-{TASK}_events.tsv                    one row per image that was shown: time, answer, quality
        …_task-{TASK}_recording-eye1_physio.tsv.gz  samples of the left eye; eye2 right, eye3 combined
        …_task-{TASK}_recording-eye3_physioevents.tsv.gz   fixations
    stimuli/<name>.png                                  RGB at {{size}}
    stimuli/images.tsv                                  class, patient (a pseudonym) and part of each image

Times of samples and fixations, and `onset_lsl` of the events, are seconds of one clock; `onset` counts from
the first image. Gaze is in px of the screen; an image lies at `x0, y0, width, height` of its event, so
image px = (gaze − (x0, y0)) × image size / (width, height). A sitting is given out whole: with the gaze on
images of the test part. Fill in what the JSON files mark with “{FILL_IN}”.
"""


def export_bids(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export recordings as BIDS, with the images as stimuli.

    Parameters
    ----------
    dataset : Path
    target : Path
        A new or empty folder; it is there whole or not at all.
    options : ExportOptions
        `test_gaze` does not matter: a recording is given out whole.
    progress : callable, optional

    Returns
    -------
    ExportReport

    Raises
    ------
    UserError
        If the data set, the study or the target cannot be used.

    References
    ----------
    https://bids-specification.readthedocs.io, "Physiological recordings", "Eye-tracking".
    """
    with packing(dataset, target, options, progress, _LAYOUT) as package:
        found = recordings(package.contents, package.images)
        subjects = labels(dict.fromkeys(each.reader for each in found))
        _write_description(package)
        _write_stimuli(package)
        counted: dict[str, int] = {}
        sittings: dict[str, list[tuple[str, Recording]]] = {reader: [] for reader in subjects}
        without = 0
        for recording in package.each(found, "Recordings"):
            counted[recording.reader] = counted.get(recording.reader, 0) + 1
            session = f"{counted[recording.reader]:02d}"
            sittings[recording.reader].append((session, recording))
            without += not _write_recording(package, recording, subjects[recording.reader], session)
        _write_participants(package, subjects, sittings)
        package.recordings = len(found)
        if without:
            package.notes.append(f"{without} of {len(found)} sittings have no gaze whose times are known.")
    return package.report


def _write_description(package: Package) -> None:
    attributes = package.contents.file.attrs
    study, simulated = str(attributes["study"]), bool(attributes["simulated"])
    write_json(
        package.folder / "dataset_description.json",
        {
            "Name": f"{study} (SIMULATED gaze)" if simulated else study,
            "BIDSVersion": BIDS_VERSION,
            "HEDVersion": HED_VERSION,
            "DatasetType": "raw",
            "License": FILL_IN,
            "Authors": [f"{FILL_IN}: first author", f"{FILL_IN}: further authors"],
            "HowToAcknowledge": FILL_IN,
            "GeneratedBy": [{"Name": "GazeAnnotator", "Version": version()}],
            "SourceDatasets": [{"Version": f"{attributes['format']} of {attributes['created_utc']}"}],
        },
    )
    (package.folder / ".bidsignore").write_text(f"{CHECKSUMS}\n", encoding="utf-8", newline="\n")
    levels = {name: name for name in package.contents.classes}
    write_json(package.folder / f"task-{TASK}_events.json", {**_TASK, **_columns_of_events(levels)})
    for kind in ("physio", "physioevents"):
        write_json(package.folder / f"task-{TASK}_{kind}.json", _TASK)


def _write_stimuli(package: Package) -> None:
    folder = package.folder / "stimuli"
    folder.mkdir()
    for image in package.each(package.images, "Images"):
        write_picture(folder / f"{image.name}.png", package.pixels(image))
    name = package.contents.class_name
    rows = [
        {
            "stim_file": f"{image.name}.png",
            "image": image.id,
            "patient": image.patient,
            "truth": name(image.truth),
            "label": name(image.label),
            "part": SPLITS[image.split],
            "width_px": image.size_px[0],
            "height_px": image.size_px[1],
        }
        for image in package.images
    ]
    columns = ("stim_file", "image", "patient", "truth", "label", "part", "width_px", "height_px")
    write_tsv(folder / "images.tsv", columns, rows)
    write_json(folder / "images.json", _COLUMNS_OF_IMAGES)


def _write_recording(package: Package, recording: Recording, subject: str, session: str) -> bool:
    folder = package.folder / f"sub-{subject}" / f"ses-{session}" / "beh"
    folder.mkdir(parents=True)
    stem = folder / f"sub-{subject}_ses-{session}_task-{TASK}"
    start_s = min((each["onset_s"] for each in recording.shown if each.timed), default=math.nan)
    rows = (row for each in recording.shown for row in _events(package, each, start_s))
    write_tsv(stem.with_name(f"{stem.name}_events.tsv"), _EVENT_COLUMNS, rows)
    write_json(stem.with_name(f"{stem.name}_events.json"), _presentation(recording))
    return write_gaze(package.contents, recording, stem, start_s)


def _events(package: Package, shown: Shown, start_s: float) -> Iterator[dict[str, Any]]:
    """Give the row of an image, and those of its fixations where there are no samples to hold them."""
    name = package.contents.class_name
    answer = (name(shown["label"]) or NO_CLASS) if shown.answered else None
    yield {
        **{column: shown[column] for column in _AS_THEY_ARE},
        **dict(zip(("x0", "y0", "width", "height"), shown["placement"], strict=True)),
        "onset": _since(shown["onset_s"], start_s),
        "duration": shown["duration_s"],
        "trial_type": "image",
        "response_time": shown["response_s"],
        "stim_file": f"{shown.image.name}.png",
        "label": answer,
        "confidence": _CONFIDENCE[shown["confidence"]],
        "truth": name(shown.image.truth),
        "used": shown["valid"],
        "reading": shown["id"],
        "onset_lsl": shown["onset_s"],
    }
    if shown.timed and not has_times(gaze_on_screen(package.contents, shown)):
        found = fixations_on_screen(package.contents, shown)
        for row in range(len(found.onset_s)):
            yield {
                "onset": _since(float(found.onset_s[row]), start_s),
                "duration": float(found.duration_s[row]),
                "trial_type": "fixation",
                "stim_file": f"{shown.image.name}.png",
                "reading": shown["id"],
                "onset_lsl": float(found.onset_s[row]),
                "x_coordinate": float(found.xy_px[row, 0]),
                "y_coordinate": float(found.xy_px[row, 1]),
                "samples": int(found.samples[row]),
            }


def _since(time_s: float, start_s: float) -> float:
    return round(time_s - start_s, 9)


def _presentation(recording: Recording) -> dict[str, Any]:
    return {
        "StimulusPresentation": {
            "ScreenDistance": recording.median("distance_mm") / 1000,
            "ScreenOrigin": ["top", "left"],
            "ScreenResolution": [round(each) for each in recording.screen_px],
            "ScreenSize": [each / 1000 for each in recording.screen_mm],
            "SoftwareName": "GazeAnnotator",
            "SoftwareVersion": version(),
        }
    }


def _write_participants(
    package: Package, subjects: dict[str, str], sittings: dict[str, list[tuple[str, Recording]]]
) -> None:
    rows = []
    for reader, subject in subjects.items():
        mine = sittings[reader]
        shown = [each for _, recording in mine for each in recording.shown]
        rows.append(
            {
                "participant_id": f"sub-{subject}",
                "reader": reader,
                "readings": len(shown),
                "used": sum(each["valid"] for each in shown),
            }
        )
        _write_sessions(package.folder / f"sub-{subject}" / f"sub-{subject}_sessions.tsv", mine)
    columns = ("participant_id", "reader", "readings", "used")
    write_tsv(package.folder / "participants.tsv", columns, rows)
    write_json(package.folder / "participants.json", _COLUMNS_OF_PARTICIPANTS)


def _write_sessions(path: Path, mine: Sequence[tuple[str, Recording]]) -> None:
    rows = [
        {
            "session_id": f"ses-{session}",
            "acq_time": recording.session_utc,
            "session": recording.session,
            "simulated": recording.simulated,
        }
        for session, recording in mine
    ]
    write_tsv(path, ("session_id", "acq_time", "session", "simulated"), rows)
    write_json(path.with_suffix(".json"), _COLUMNS_OF_SESSIONS)


_TASK: dict[str, Any] = {
    "TaskName": TASK,
    "TaskDescription": "Endoscopic images are shown one after another; the reader names the class of each "
    "with one key while an eye tracker records the gaze.",
    "Instructions": f"{FILL_IN}: what the readers were told",
    "InstitutionName": FILL_IN,
    "InstitutionAddress": FILL_IN,
    "InstitutionalDepartmentName": FILL_IN,
}

_COLUMNS_OF_PARTICIPANTS: dict[str, Any] = {
    "reader": {"Description": "Code of the reader in the study"},
    "readings": {"Description": "Images that were shown to the reader"},
    "used": {"Description": "Readings that the data set uses"},
}
_COLUMNS_OF_SESSIONS: dict[str, Any] = {
    "acq_time": {"Description": "UTC at the start of the sitting"},
    "session": {"Description": "Id of the session in the study"},
    "simulated": {"Description": "Whether the gaze is that of the simulated eye"},
}
_COLUMNS_OF_IMAGES: dict[str, Any] = {
    "stim_file": {"Description": "File beside this table"},
    "image": {"Description": "SHA-256 of the image's content"},
    "patient": {"Description": "Pseudonym of the patient"},
    "truth": {"Description": "Class from pathology"},
    "label": {"Description": "Consensus of the readings that are used"},
    "part": {"Description": "Part of the data set", "Levels": dict(zip(SPLITS, SPLITS, strict=True))},
    "width_px": {"Description": "Width of the image as it was shown", "Units": "px"},
    "height_px": {"Description": "Height of the image as it was shown", "Units": "px"},
}


def _columns_of_events(levels: dict[str, str]) -> dict[str, Any]:
    def number(text: str, units: str) -> dict[str, str]:
        return {"Description": text, "Units": units}

    return {
        "onset": number("When the image appeared, counted from the first image", "s"),
        "duration": number("How long the image was shown", "s"),
        "trial_type": {
            "Description": "Kind of event",
            "Levels": {
                "image": "An image was shown",
                "fixation": "The eyes rested (only where gaze was imported without samples)",
            },
            "HED": {
                "image": "Sensory-event, Visual-presentation, Experimental-stimulus",
                "fixation": "Measurement-event, Fixate",
            },
        },
        "response_time": number("From the onset of the image to the key", "s"),
        "stim_file": {"Description": "The image, in /stimuli"},
        "label": {
            "Description": "The reader's answer; n/a where none was given",
            "Levels": {**levels, NO_CLASS: "The reader could not tell"},
        },
        "confidence": {
            "Description": "How sure the reader was; n/a where that was not asked",
            "Levels": {"low": "not sure", "high": "sure"},
        },
        "flagged": {"Description": "Flagged for discussion", "Levels": _YES_NO},
        "truth": {"Description": "Class from pathology", "Levels": levels},
        "used": {"Description": "Whether the data set uses the reading", "Levels": _YES_NO},
        "exclusion": {"Description": "Why the reading is not used"},
        "reading": {"Description": "Id of the reading"},
        "onset_lsl": number("When the image appeared, on the clock of the samples", "s"),
        "onset_method": {
            "Description": "How the onset was stamped",
            "Levels": {"swap": "at the frame swap", "paint": "after the paint", "imported": "elsewhere"},
        },
        "x0": number("Left edge of the image on the screen", "px"),
        "y0": number("Upper edge of the image on the screen", "px"),
        "width": number("Width of the image on the screen", "px"),
        "height": number("Height of the image on the screen", "px"),
        "distance_mm": number("From the eyes to the screen", "mm"),
        "px_per_deg": number("Image px in one degree of visual angle at the image's centre", "px"),
        "rate_hz": number("Rate of the samples", "Hz"),
        "data_loss": {"Description": "Share of samples that were lost"},
        "accuracy_deg": number("Mean error of the tracker at its last validation", "degree"),
        "precision_rms_deg": number("Sample-to-sample precision (RMS) at the last validation", "degree"),
        "source": {"Description": "Where the gaze comes from: live, simulated, or imported from a format"},
        "x_coordinate": number("Place of a fixation, from the left edge of the screen", "pixel"),
        "y_coordinate": number("Place of a fixation, from the upper edge of the screen", "pixel"),
        "samples": {"Description": "Number of samples of a fixation"},
    }


_YES_NO = {"true": "yes", "false": "no"}
_EVENT_COLUMNS = tuple(_columns_of_events({}))
