"""Where the eye rested: fixations from samples, by methods with a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.filters import MAX_GAP_S, interval_s, runs, track
from gazeannotator.geometry import Screen, angle_deg

FloatArray = NDArray[np.float64]
Rows = list[NDArray[np.int64]]
"""For each fixation the indices of its samples."""

SPEED_DEG_S = 30.0
MEDIAN_SPEEDS = 3.0
MIN_PIECE_S = 0.015
MERGE_GAP_S = 0.075
MERGE_ANGLE_DEG = 0.5
MIN_DURATION_S = 0.060
DISPERSION_DEG = 1.0

_TIME_TOLERANCE_S = 1e-6


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
    time_s: FloatArray, xy_px: FloatArray, screen: Screen, *, method: str = "ivt"
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
        At least 60 ms long each; pieces that are at most 75 ms and 0.5 degrees apart are one.

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
    detect = METHODS[method]
    found = detect(time_s, xy_px, screen) if len(time_s) > 1 else []
    merged = _merge(found, time_s, xy_px, screen)
    kept = [rows for rows in merged if _duration(rows, time_s) >= MIN_DURATION_S - _TIME_TOLERANCE_S]
    return Fixations(
        np.array([time_s[rows[0]] for rows in kept]),
        np.array([_duration(rows, time_s) for rows in kept]),
        np.array([xy_px[rows].mean(axis=0) for rows in kept]).reshape(-1, 2),
        np.array([len(rows) for rows in kept], np.int64),
    )


def velocity_threshold(time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Rows:
    """I-VT: runs of samples slower than a threshold.

    Notes
    -----
    After Salvucci & Goldberg (2000), ETRA, 71-78; speed as in `gazeannotator.gaze.filters.track`.
    The threshold is 30 degrees per second, or three times the median speed where that is more: at
    low rates and with noisy trackers even a resting eye seems to move faster than that. Slow moments
    under 15 ms are turning points of an eye that still rings after a saccade, and belong to nothing.
    """
    step_s = interval_s(time_s)
    signal = track(time_s, xy_px, screen)
    known = signal.speed_deg_s[~np.isnan(signal.speed_deg_s)]
    threshold = max(SPEED_DEG_S, MEDIAN_SPEEDS * float(np.median(known))) if len(known) else SPEED_DEG_S
    found = np.asarray(~np.isnan(xy_px).any(axis=1))
    pieces = []
    for start, stop in runs(signal.speed_deg_s < threshold):
        first, last = np.searchsorted(signal.position, [start, stop])
        rows = first + np.flatnonzero(found[first:last])
        if len(rows) and (stop - start) * step_s >= MIN_PIECE_S:
            pieces.append(rows)
    return pieces


def dispersion_threshold(time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Rows:
    """I-DT: samples that stay together, within 1 degree of width plus height.

    Notes
    -----
    After Salvucci & Goldberg (2000), ETRA, 71-78. A loss of more than 75 ms ends a fixation.
    """
    rows = np.flatnonzero(~np.isnan(xy_px).any(axis=1))
    angles = _axis_angles_deg(xy_px[rows], screen)
    # A sample after a loss that is too long cannot continue a fixation.
    bridged = np.diff(time_s[rows], prepend=time_s[:1]) <= MAX_GAP_S + interval_s(time_s) + _TIME_TOLERANCE_S
    pieces = []
    start = 0
    while start < len(rows):
        stop = start + 1
        low = high = angles[start]
        while stop < len(rows) and bridged[stop]:
            low, high = np.minimum(low, angles[stop]), np.maximum(high, angles[stop])
            if (high - low).sum() > DISPERSION_DEG:
                break
            stop += 1
        if time_s[rows[stop - 1]] - time_s[rows[start]] >= MIN_DURATION_S - _TIME_TOLERANCE_S:
            pieces.append(rows[start:stop])
            start = stop
        else:
            start += 1
    return pieces


def _axis_angles_deg(xy_px: FloatArray, screen: Screen) -> FloatArray:
    """Signed angles from the screen's centre along each axis, shape (n, 2)."""
    centre = np.array(screen.size_px) / 2
    on_axes = [np.column_stack([xy_px[:, 0], np.full(len(xy_px), centre[1])])]
    on_axes.append(np.column_stack([np.full(len(xy_px), centre[0]), xy_px[:, 1]]))
    angles = np.column_stack([angle_deg(points, centre, screen) for points in on_axes])
    return np.copysign(angles, xy_px - centre)


def _merge(pieces: Rows, time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Rows:
    merged: Rows = []
    for rows in pieces:
        if merged:
            before = merged[-1]
            gap_s = time_s[rows[0]] - time_s[before[-1]]
            apart_deg = angle_deg(xy_px[before].mean(axis=0), xy_px[rows].mean(axis=0), screen)
            if gap_s <= MERGE_GAP_S + _TIME_TOLERANCE_S and apart_deg <= MERGE_ANGLE_DEG:
                merged[-1] = np.concatenate([before, rows])
                continue
        merged.append(rows)
    return merged


def _duration(rows: NDArray[np.int64], time_s: FloatArray) -> float:
    return float(time_s[rows[-1]] - time_s[rows[0]])


METHODS: dict[str, Callable[[FloatArray, FloatArray, Screen], Any]] = {
    "ivt": velocity_threshold,
    "idt": dispersion_threshold,
}
