"""Where the eye rested: fixations from samples, by methods with a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.detectors import (
    TIME_TOLERANCE_S,
    Spans,
    dispersion_threshold,
    noise_adaptive,
    velocity_threshold,
)
from gazeannotator.gaze.filters import lost_rows
from gazeannotator.geometry import Screen, angle_deg

FloatArray = NDArray[np.float64]

MERGE_GAP_S = 0.075
MERGE_ANGLE_DEG = 0.5


@dataclass(frozen=True)
class Method:
    """A way to find fixations.

    Attributes
    ----------
    detect : callable
        From times, points in screen px and the screen to spans of samples.
    min_duration_s : float
        What is shorter is no fixation.
    """

    detect: Callable[[FloatArray, FloatArray, Screen], Spans]
    min_duration_s: float


METHODS: dict[str, Method] = {
    "adaptive": Method(noise_adaptive, 0.050),
    "ivt": Method(velocity_threshold, 0.060),
    "idt": Method(dispersion_threshold, 0.060),
}
"""By name; the first is the default."""

DEFAULT = "adaptive"


@dataclass(frozen=True)
class Fixations:
    """Fixations in the order of time.

    Attributes
    ----------
    onset_s : ndarray, shape (k,)
        Time of the first sample.
    duration_s : ndarray, shape (k,)
        Time of the last sample minus that of the first.
    xy_px : ndarray, shape (k, 2)
        Mean of the samples.
    samples : ndarray of int, shape (k,)
        Number of samples, lost and bridged ones not counted.
    """

    onset_s: FloatArray
    duration_s: FloatArray
    xy_px: FloatArray
    samples: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.onset_s)


def find_fixations(
    time_s: FloatArray, xy_px: FloatArray, screen: Screen, *, method: str = DEFAULT
) -> Fixations:
    """Find fixations in gaze samples; only the times and places that are given are used.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Strictly increasing seconds.
    xy_px : ndarray, shape (n, 2)
        Screen px; NaN where lost.
    screen : Screen
        Angles are exact on it.
    method : str
        A key of `METHODS`.

    Returns
    -------
    Fixations
        Neighbouring pieces that are at most 75 ms and 0.5 degrees apart are one; none is shorter
        than the method's shortest.

    Raises
    ------
    KeyError
        If there is no such method.
    ValueError
        If the times do not strictly increase.
    """
    time_s, xy_px = np.asarray(time_s, float), np.asarray(xy_px, float)
    if not (np.diff(time_s) > 0).all():
        raise ValueError("sample times must strictly increase")
    rule = METHODS[method]
    spans = rule.detect(time_s, xy_px, screen) if len(time_s) > 1 else np.empty((0, 2), np.int64)
    pieces = _gathered(spans, xy_px)
    onset_s, end_s = time_s[spans[:, 0]], time_s[spans[:, 1] - 1]
    first, last = _groups(onset_s, end_s, pieces[:, :2] / pieces[:, 2:], screen)
    whole = np.add.reduceat(pieces, first) if len(first) else pieces
    onset_s, duration_s = onset_s[first], end_s[last] - onset_s[first]
    kept = duration_s >= rule.min_duration_s - TIME_TOLERANCE_S
    samples = whole[kept, 2]
    return Fixations(
        onset_s[kept], duration_s[kept], whole[kept, :2] / samples[:, None], samples.astype(np.int64)
    )


def _gathered(spans: Spans, xy_px: FloatArray) -> FloatArray:
    """Sum x, y and number of the found samples in each span, shape (k, 3)."""
    if not len(spans):
        return np.empty((0, 3))
    lost = lost_rows(xy_px)
    # Sums over neighbouring ranges, of which those between the spans are left out; the last one runs to the
    # end by itself.
    edges = spans.reshape(-1)
    edges = edges[:-1] if edges[-1] == len(xy_px) else edges
    columns = [np.where(lost, 0.0, xy_px[:, axis]) for axis in (0, 1)]
    return np.stack([np.add.reduceat(each, edges)[::2] for each in (*columns, (~lost).astype(float))], axis=1)


def _groups(
    onset_s: FloatArray, end_s: FloatArray, mean_px: FloatArray, screen: Screen
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last piece of every fixation."""
    if not len(onset_s):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    far = (onset_s[1:] - end_s[:-1] > MERGE_GAP_S + TIME_TOLERANCE_S) | (
        angle_deg(mean_px[:-1], mean_px[1:], screen) > MERGE_ANGLE_DEG
    )
    cuts = np.flatnonzero(far)
    return np.concatenate([[0], cuts + 1]), np.concatenate([cuts, [len(onset_s) - 1]])
