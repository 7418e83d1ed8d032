"""The continuous part of a BIDS recording: one file of samples for each eye, and the fixations."""

from __future__ import annotations

import math
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.dataset.bids_files import PackedTsv, write_json
from gazeannotator.dataset.contents import Contents
from gazeannotator.dataset.readme import software
from gazeannotator.dataset.recordings import (
    Floats,
    Recording,
    ScreenFixations,
    ScreenGaze,
    fixations_on_screen,
    gaze_on_screen,
    has_times,
)

_USED = {
    "mean": "both eyes combined (mean, or the one found)",
    "left": "the left eye",
    "right": "the right eye",
    "better": "the better eye of each reading",
}
"""Whose gaze the data set's fixations are, by what was asked for when it was built."""

_DECIMALS = 4
"""Of screen px: what the stored numbers are good for."""


@dataclass(frozen=True)
class _Eye:
    """One of the files: its label in names, the eye as BIDS calls it, and where its numbers are."""

    label: str
    name: str
    points: str
    pupil: int | None


_EYES = (
    _Eye("eye1", "left", "left", 0),
    _Eye("eye2", "right", "right", 1),
    _Eye("eye3", "cyclopean", "both", None),
)


def write_gaze(contents: Contents, recording: Recording, stem: Path, start_s: float) -> bool:
    """Write samples and fixations of a recording.

    Parameters
    ----------
    contents : Contents
    recording : Recording
    stem : Path
        Of the files' names, up to ``_recording-…``.
    start_s : float
        LSL clock at 0 of the recording's events.

    Returns
    -------
    bool
        False, and nothing written, where no sample has a time.
    """
    files = {eye: stem.with_name(f"{stem.name}_recording-{eye.label}_physio.tsv.gz") for eye in _EYES}
    events = stem.with_name(f"{stem.name}_recording-{_EYES[-1].label}_physioevents.tsv.gz")
    known: dict[_Eye, bool] = dict.fromkeys(_EYES, False)
    steps_s: list[float] = []
    first_s = math.nan
    with ExitStack() as stack:
        samples = {eye: stack.enter_context(closing(PackedTsv(path))) for eye, path in files.items()}
        fixations = stack.enter_context(closing(PackedTsv(events)))
        for shown in recording.shown:
            gaze = gaze_on_screen(contents, shown)
            if not has_times(gaze):
                continue
            first_s = gaze.time_s[0] if math.isnan(first_s) else first_s
            steps_s += [float(np.median(np.diff(gaze.time_s)))] if len(gaze.time_s) > 1 else []
            for eye, file in samples.items():
                known[eye] |= _write_samples(file, eye, gaze)
            _write_fixations(fixations, fixations_on_screen(contents, shown))
    rate_hz = recording.median("rate_hz")
    if math.isnan(rate_hz) and steps_s:
        rate_hz = 1 / float(np.median(steps_s))
    # Imported gaze may not tell the eyes apart; what has no time has no place in a recording.
    lacking = [eye for eye in _EYES if not known[eye] or math.isnan(rate_hz)]
    for eye in lacking:
        files.pop(eye).unlink()
    for eye, path in files.items():
        about = _about(recording, eye, rate_hz, float(first_s - start_s), contents.eye)
        write_json(_sidecar_of(path), about)
    if _EYES[-1] in lacking:
        events.unlink()
        return False
    write_json(_sidecar_of(events), _about_fixations(contents.eye))
    return True


def _sidecar_of(path: Path) -> Path:
    return path.with_name(path.name.replace(".tsv.gz", ".json"))


def _write_samples(file: PackedTsv, eye: _Eye, gaze: ScreenGaze) -> bool:
    """Write one eye's samples; False where it was never found."""
    points: Floats = np.round(getattr(gaze, eye.points), _DECIMALS)
    columns = [gaze.time_s, points[:, 0], points[:, 1]]
    if eye.pupil is not None:
        columns.append(gaze.pupil_mm[:, eye.pupil])
    file.write(columns)
    return bool(np.isfinite(np.stack(columns[1:])).any())


def _write_fixations(file: PackedTsv, found: ScreenFixations) -> None:
    points = np.round(found.xy_px, _DECIMALS)
    kind = np.full(len(points), "fixation", object)
    file.write([found.onset_s, found.duration_s, kind, points[:, 0], points[:, 1], found.samples])


def _about(recording: Recording, eye: _Eye, rate_hz: float, start_s: float, used: str) -> dict[str, Any]:
    columns = ["timestamp", "x_coordinate", "y_coordinate"] + ["pupil_size"] * (eye.pupil is not None)
    whose = f"the {eye.name} eye" if eye.pupil is not None else _USED[used]
    about: dict[str, Any] = {
        "PhysioType": "eyetrack",
        "SamplingFrequency": rate_hz,
        "StartTime": start_s,
        "Columns": columns,
        "RecordedEye": used if eye.pupil is None and used in ("left", "right") else eye.name,
        "SampleCoordinateSystem": "gaze-on-screen",
        "SoftwareVersions": software(),
        "timestamp": {
            "LongName": "LSL local clock",
            "Description": "Time of the sample, corrected to the clock of the recording machine. "
            "Samples between two images are not part of the data set.",
            "Units": "s",
            "Origin": "System startup",
        },
        "x_coordinate": {
            "LongName": f"Gaze position (x) of {whose}",
            "Description": "Physical px of the screen, 0 at the left edge of the leftmost pixel; "
            "computed back from image px through the placement of the image.",
            "Units": "pixel",
        },
        "y_coordinate": {
            "LongName": f"Gaze position (y) of {whose}",
            "Description": "Physical px of the screen, 0 at the upper edge of the topmost pixel; "
            "computed back from image px through the placement of the image.",
            "Units": "pixel",
        },
    }
    if eye.pupil is not None:
        about["pupil_size"] = {"LongName": "Pupil size", "Description": "Pupil diameter", "Units": "mm"}
    accuracy_deg = recording.median("accuracy_deg")
    if math.isfinite(accuracy_deg):
        about["AverageCalibrationError"] = accuracy_deg
    if recording.simulated:
        about["Manufacturer"] = "GazeAnnotator"
        about["ManufacturersModelName"] = "simulated eye (SIMULATED, nobody looked)"
    return about


def _about_fixations(used: str) -> dict[str, Any]:
    whose = "both eyes combined" if used == "mean" else _USED[used]
    return {**_FIXATIONS, "Description": f"Fixations found in the samples of {whose}"}


_FIXATIONS: dict[str, Any] = {
    "Columns": ["onset", "duration", "trial_type", "x_coordinate", "y_coordinate", "samples"],
    "Description": "",
    "OnsetSource": "timestamp",
    "onset": {"Description": "Time of the first sample of the fixation", "Units": "s"},
    "duration": {"Description": "Time of its last sample minus that of the first", "Units": "s"},
    "trial_type": {"Description": "Kind of event", "Levels": {"fixation": "The eyes rested"}},
    "x_coordinate": {"Description": "Mean place, physical px of the screen from its left", "Units": "pixel"},
    "y_coordinate": {"Description": "Mean place, physical px of the screen from its top", "Units": "pixel"},
    "samples": {"Description": "Number of samples of the fixation"},
}
