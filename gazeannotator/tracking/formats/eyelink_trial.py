"""A trial of an EyeLink recording, and the images that were looked at in it."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gazeannotator.geometry import Placement
from gazeannotator.tracking.formats.recorded import (
    Anchor,
    FoundFixations,
    ImportOptions,
    Viewing,
    check_fixations,
    only_fixations,
)

SAMPLE_VALUES = 5
"""Time in ms, x and y of the left eye, x and y of the right eye."""

_ONSET = "synctime"
_GONE = "blank_screen"


@dataclass(frozen=True)
class Shown:
    """An image that a message names, at a time in ms."""

    name: str
    line: int
    at_ms: float
    placement: Placement | None = None
    anchor: Anchor | None = None


@dataclass
class Trial:
    """What comes between the messages of one trial.

    Attributes
    ----------
    named : bool
        It began with TRIALID, and lasts until the next or TRIAL_RESULT.
    started_ms, ended_ms : float
        Of its recording; NaN before it.
    messages : list of (float, str)
        When, and what, in small letters.
    variables : dict
        Those of Data Viewer.
    samples : array
        `SAMPLE_VALUES` numbers for each.
    fixations : dict
        Eye → line, first and last sample in ms, x, y of each.
    """

    named: bool = False
    started_ms: float = math.nan
    ended_ms: float = math.nan
    images: list[Shown] = field(default_factory=list)
    messages: list[tuple[float, str]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    samples: array[float] = field(default_factory=lambda: array("d"))
    fixations: dict[str, list[tuple[int, float, float, float, float]]] = field(default_factory=dict)


def viewings_of(path: Path, trial: Trial, options: ImportOptions) -> list[Viewing]:
    """Make viewings of a trial's images; points are in screen px as the file counts them.

    Raises
    ------
    BadInput
        Naming the line.
    """
    images = _images(trial, options)
    viewings = []
    for number, image in enumerate(images):
        later_ms = images[number + 1].at_ms if number + 1 < len(images) else math.inf
        onset_ms = _onset_ms(trial, image, later_ms, len(images), options.onset_message.casefold())
        gone = [at_ms for at_ms, text in trial.messages if text.startswith(_GONE) and at_ms > onset_ms]
        ends = [each for each in (later_ms, trial.ended_ms, *gone[:1]) if math.isfinite(each)]
        end_ms = min(ends) if ends else trial.samples[-SAMPLE_VALUES] if trial.samples else math.nan
        viewings.append(_viewing(path, trial, image, onset_ms, end_ms, options))
    return viewings


def _images(trial: Trial, options: ImportOptions) -> list[Shown]:
    """Take the images that were loaded, or that which a trial variable names."""
    name = trial.variables.get(options.columns.get("image", ""))
    if name is None:
        return trial.images
    if len(trial.images) == 1:
        return [replace(trial.images[0], name=name)]
    return [Shown(name, 0, trial.started_ms)]


def _onset_ms(trial: Trial, image: Shown, later_ms: float, images: int, wanted: str) -> float:
    told = [at_ms for at_ms, text in trial.messages if text.startswith(wanted or _ONSET)]
    if images > 1:
        told = [at_ms for at_ms in told if wanted and image.at_ms <= at_ms < later_ms]
    if told:
        return told[0]
    # An image that is named before the recording starts is not looked at before that.
    return image.at_ms if math.isnan(trial.started_ms) else max(image.at_ms, trial.started_ms)


def _viewing(
    path: Path, trial: Trial, image: Shown, onset_ms: float, end_ms: float, options: ImportOptions
) -> Viewing:
    where = f"{path} line {image.line}" if image.line else str(path)
    label = trial.variables.get(options.columns.get("label", ""), "")
    if trial.fixations and not trial.samples:
        found = _fixations(path, trial, onset_ms, end_ms)
        viewing = only_fixations(found, image=image.name, where=where, system="screen_px", label=label)
    else:
        table = np.array(trial.samples).reshape(-1, SAMPLE_VALUES)
        table = table[(table[:, 0] >= onset_ms) & (table[:, 0] <= end_ms)]
        unknown = np.full((len(table), 2), np.nan)
        time_s = (table[:, 0] - onset_ms) / 1000
        viewing = Viewing(
            image.name,
            where,
            "screen_px",
            time_s,
            left=table[:, 1:3],
            right=table[:, 3:5],
            pupil_mm=unknown,
            distance_mm=unknown[:, 0],
            label=label,
        )
    return replace(
        viewing,
        onset_s=onset_ms / 1000,
        duration_s=(end_ms - onset_ms) / 1000,
        placement=image.placement,
        anchor=image.anchor,
    )


def _fixations(path: Path, trial: Trial, onset_ms: float, end_ms: float) -> FoundFixations:
    """Take those that end while the image is shown, of the eye that has most."""
    rows = max(trial.fixations.values(), key=len)
    rows = [each for each in rows if each[2] > onset_ms and each[1] < end_ms]
    table = np.array([each[1:] for each in rows], np.float64).reshape(-1, 4)
    begin_s = (table[:, 0] - onset_ms) / 1000
    length_s = (np.minimum(table[:, 1], end_ms) - table[:, 0]) / 1000
    onset_s, duration_s = check_fixations(path, [each[0] for each in rows], begin_s, length_s)
    return FoundFixations(onset_s, duration_s, table[:, 2:])
