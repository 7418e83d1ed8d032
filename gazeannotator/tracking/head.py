"""Where the reader's head is, for the guide before a calibration and the alarm while reading."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gazeannotator.samples import FloatArray, GazeChunk, plausible_mm

Guidance = Literal["no_eyes", "nearer", "further", "left", "right", "higher", "lower"]
"""What the reader should do, with words for left and right as the reader sees them."""

IDEAL_MM = (550.0, 750.0)
"""Distance at which screen-based trackers see best."""

BESIDE_MM = 80.0
"""The middle between the eyes may be so far beside the middle of the tracker's box."""

HALF_BETWEEN_EYES_MM = 31.5
"""Where only one eye is found: half of what lies between the eyes of most adults (63 mm)."""


@dataclass(frozen=True)
class HeadPosition:
    """The middle between the eyes, medians over some samples.

    Attributes
    ----------
    distance_mm : float
        From the eyes to the screen; NaN where the tracker does not tell it, or tells what cannot be.
    x_mm, y_mm : float
        To the right and up from the origin of the tracker's coordinates; NaN where not told.
    eyes_found : tuple of bool
        Left, right: found in most of the samples.
    """

    distance_mm: float
    x_mm: float
    y_mm: float
    eyes_found: tuple[bool, bool]


def head_position(chunk: GazeChunk) -> HeadPosition:
    """Find the head in the samples of about the last half second; all NaN if there are none."""
    left_mm, right_mm = (_median(chunk.origin_mm[:, eye]) for eye in (0, 1))
    aside = np.array([HALF_BETWEEN_EYES_MM, 0.0, 0.0])
    if np.isnan(left_mm).any():
        middle_mm = right_mm - aside
    elif np.isnan(right_mm).any():
        middle_mm = left_mm + aside
    else:
        middle_mm = (left_mm + right_mm) / 2
    distance_mm = float(_median(plausible_mm(chunk.distance_mm)))
    return HeadPosition(
        distance_mm=float(plausible_mm(middle_mm[2])) if math.isnan(distance_mm) else distance_mm,
        x_mm=float(middle_mm[0]),
        y_mm=float(middle_mm[1]),
        eyes_found=(_found(chunk.left), _found(chunk.right)),
    )


def guidance(
    head: HeadPosition,
    *,
    ideal_mm: tuple[float, float] = IDEAL_MM,
    centre_mm: tuple[float, float] = (0.0, 0.0),
    beside_mm: float = BESIDE_MM,
) -> tuple[Guidance, ...]:
    """Tell what the reader should do; nothing where all is well or not known.

    Parameters
    ----------
    head : HeadPosition
    ideal_mm : tuple of float
        Least and greatest distance.
    centre_mm : tuple of float
        Middle of the box in which the tracker sees eyes, in its own coordinates.
    beside_mm : float
        Allowed to each side of it.
    """
    if not any(head.eyes_found):
        return ("no_eyes",)
    x_mm, y_mm = head.x_mm - centre_mm[0], head.y_mm - centre_mm[1]
    wanted: dict[Guidance, bool] = {
        "nearer": head.distance_mm > ideal_mm[1],
        "further": head.distance_mm < ideal_mm[0],
        "left": x_mm > beside_mm,
        "right": x_mm < -beside_mm,
        "lower": y_mm > beside_mm,
        "higher": y_mm < -beside_mm,
    }
    return tuple(what for what, needed in wanted.items() if needed)


def distance_change_mm(reference_mm: float, chunk: GazeChunk) -> float:
    """How much further away than before the eyes are (negative: nearer), for the drift alarm.

    Parameters
    ----------
    reference_mm : float
        As at the validation (`ValidationResult.distance_mm`), or of an earlier `head_position`.
    chunk : GazeChunk
        About the last second.

    Returns
    -------
    float
        NaN where either is not known.
    """
    return head_position(chunk).distance_mm - reference_mm


def _median(values: FloatArray) -> FloatArray:
    """Median over the samples that have a value, shape of one sample; NaN without any."""
    known = values[~np.isnan(values).any(axis=tuple(range(1, values.ndim)))]
    return np.median(known, axis=0) if len(known) else np.full(values.shape[1:], np.nan)


def _found(xy: FloatArray) -> bool:
    return len(xy) > 0 and float(np.mean(np.isnan(xy).any(axis=1))) < 0.5
