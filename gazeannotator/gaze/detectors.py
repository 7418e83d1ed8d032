"""Where the eye rests: three ways to tell, each from samples to spans of them.

A span is a half-open range of rows of the given samples; its first and last sample are found ones.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.filters import (
    MAX_GAP_S,
    Track,
    interval_s,
    lost_rows,
    median,
    odd_at_most,
    runs,
    track,
)
from gazeannotator.gaze.speed import noise_deg, speed_deg_s, speed_noise_deg_s
from gazeannotator.geometry import Screen, angle_deg

FloatArray = NDArray[np.float64]
Spans = NDArray[np.int64]

WINDOW_S = 0.014
MIN_PIECE_S = 0.015
TIME_TOLERANCE_S = 1e-6

SPEED_DEG_S = 30.0
MEDIAN_SPEEDS = 3.0

DISPERSION_DEG = 1.0
MIN_DISPERSION_S = 0.060

PEAK_DEG_S = 45.0
"""Threshold of Andersson et al. (2017) for I-VT."""

MAX_WINDOW_S = 0.040
"""A longer filter would reach from one fixation over a saccade into the next."""

NOISE_SPEEDS = 3.7
"""One in a thousand speeds of pure noise is above so many of its standard deviations (Rayleigh)."""

ENOUGH_SPEEDS = 100_000
"""Of twice as many or more every second, third, … tells how fast the resting eye is."""

RESTING_DEVIATIONS = 4.0
RESTING_DEG_S = 5.0
SETTLING_S = 0.040
"""Within this time after a saccade the eye still rings, and before it the saccade has begun."""

HIDDEN_DEG_S = 20.0
"""Ringing is about as fast as this: where noise is faster, it cannot be seen."""

BLIND_SETTLING_S = 0.020
"""What is taken off then: the usual length of a post-saccadic oscillation (Nyström & Holmqvist 2010)."""


def velocity_threshold(time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Spans:
    """I-VT: runs of samples slower than a threshold.

    Notes
    -----
    After Salvucci & Goldberg (2000), ETRA, 71-78; speed as in `gazeannotator.gaze.speed` with the
    longest odd number of samples within 14 ms, at least 3. The threshold is 30 degrees per second, or
    three times the median speed where that is more: at low rates and with noisy trackers even a
    resting eye seems to move faster than that. Slow moments under 15 ms are turning points of an eye
    that still rings after a saccade, and belong to nothing.
    """
    signal = track(time_s, xy_px)
    speed = speed_deg_s(signal.xy_px, signal.step_s, _shortest_window(signal), screen)
    known = len(speed) - np.count_nonzero(np.isnan(speed))
    threshold = SPEED_DEG_S
    # Where most are slow the median need not be looked for.
    if np.count_nonzero(speed < SPEED_DEG_S / MEDIAN_SPEEDS) * 2 <= known > 0:
        threshold = max(SPEED_DEG_S, MEDIAN_SPEEDS * median(speed))
    return _spans(signal, speed < threshold, xy_px)


def noise_adaptive(time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Spans:
    """Velocity thresholds, and a filter, that follow the noise of the recording.

    Notes
    -----
    Of our own, from known parts. The noise is estimated from second differences, and the filter
    lengthened (up to 40 ms) until noise alone stays below the peak threshold; where that is not enough
    the threshold rises. A saccade is a run of samples above it. As in Nyström & Holmqvist (2010),
    Behavior Research Methods 42, 188-204, it then extends to where the speed returns to that of this
    recording's resting eye, and the oscillation after it, within 40 ms, belongs to no fixation. Where
    noise hides that oscillation, the 20 ms that it usually lasts are taken off.
    """
    signal = track(time_s, xy_px)
    step_s = signal.step_s
    noise = noise_deg(signal.xy_px, screen)
    window, longest = _shortest_window(signal), odd_at_most(MAX_WINDOW_S / step_s)
    while window < longest and NOISE_SPEEDS * speed_noise_deg_s(noise, step_s, window) > PEAK_DEG_S:
        window += 2
    noise_speed = NOISE_SPEEDS * speed_noise_deg_s(noise, step_s, window)
    peak = max(PEAK_DEG_S, noise_speed)
    speed = speed_deg_s(signal.xy_px, step_s, window, screen)
    fast = speed >= peak
    if noise_speed > HIDDEN_DEG_S:
        moving = _lengthened(fast, math.floor(BLIND_SETTLING_S / step_s + TIME_TOLERANCE_S))
    else:
        some = speed[:: max(1, len(speed) // ENOUGH_SPEEDS)]
        rest = _resting_deg_s(some[some < peak])
        moving = fast | _around(fast, speed > rest, math.floor(SETTLING_S / step_s + TIME_TOLERANCE_S))
    return _spans(signal, ~moving & ~np.isnan(speed), xy_px)


def dispersion_threshold(time_s: FloatArray, xy_px: FloatArray, screen: Screen) -> Spans:
    """I-DT: samples that stay together, within 1 degree of width plus height.

    Notes
    -----
    After Salvucci & Goldberg (2000), ETRA, 71-78. A loss of more than 75 ms ends a fixation.
    """
    rows = np.flatnonzero(~lost_rows(xy_px))
    angles = _axis_angles_deg(xy_px[rows], screen)
    # A sample after a loss that is too long cannot continue a fixation.
    bridged = np.diff(time_s[rows], prepend=time_s[:1]) <= MAX_GAP_S + interval_s(time_s) + TIME_TOLERANCE_S
    spans = []
    start = 0
    while start < len(rows):
        stop = start + 1
        low = high = angles[start]
        while stop < len(rows) and bridged[stop]:
            low, high = np.minimum(low, angles[stop]), np.maximum(high, angles[stop])
            if (high - low).sum() > DISPERSION_DEG:
                break
            stop += 1
        if time_s[rows[stop - 1]] - time_s[rows[start]] >= MIN_DISPERSION_S - TIME_TOLERANCE_S:
            spans.append((rows[start], rows[stop - 1] + 1))
            start = stop
        else:
            start += 1
    return np.array(spans, np.int64).reshape(-1, 2)


def _shortest_window(signal: Track) -> int:
    return max(3, odd_at_most(WINDOW_S / signal.step_s))


def _resting_deg_s(slow: FloatArray) -> float:
    """Speed up to which the eye of this recording rests."""
    if not len(slow):
        return RESTING_DEG_S
    middle = median(slow)
    # 1.4826 makes a normal distribution's standard deviation of its median absolute deviation.
    apart = slow - middle
    spread = 1.4826 * median(np.abs(apart, out=apart))
    return max(RESTING_DEG_S, middle + RESTING_DEVIATIONS * spread)


def _lengthened(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Lengthen every run of true values at its end."""
    counts = np.cumsum(mask)
    before = np.concatenate([np.zeros(by + 1, counts.dtype), counts])[: len(mask)]
    return np.asarray(counts > before, np.bool_)


def _around(fast: NDArray[np.bool_], restless: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Mark what belongs to the same movement as the fast samples.

    That is all up to the last restless sample after them, and those before them that are restless
    without a break; neither further away than `reach`.
    """
    found = runs(fast)
    if not len(found) or reach < 1:
        return np.zeros(len(fast), np.bool_)
    begins = np.maximum(_last_before(found[:, 0], ~restless) + 1, found[:, 0] - reach).clip(min=0)
    ends = _last_before(np.minimum(found[:, 1] + reach, len(fast)), restless) + 1
    # A span begins with +1 and ends with -1: inside the running sum is positive.
    edges = np.zeros(len(fast) + 1, np.int64)
    np.add.at(edges, begins, 1)
    np.add.at(edges, np.maximum(ends, found[:, 1]), -1)
    return np.asarray(np.cumsum(edges)[:-1] > 0, np.bool_)


def _last_before(places: NDArray[np.int64], mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the last true value before each place, -1 where there is none."""
    true = np.concatenate([[-1], np.flatnonzero(mask)])
    return true[np.searchsorted(true, places) - 1]


def _spans(signal: Track, slow: NDArray[np.bool_], xy_px: FloatArray) -> Spans:
    """Bring runs on the uniform axis to spans of given samples, without too short ones."""
    slow_runs = runs(slow)
    slow_runs = slow_runs[np.diff(slow_runs, axis=1)[:, 0] * signal.step_s >= MIN_PIECE_S]
    found = np.flatnonzero(~lost_rows(xy_px))
    first, last = np.searchsorted(found, np.searchsorted(signal.position, slow_runs)).T
    some = first < last
    return np.stack([found[first[some]], found[last[some] - 1] + 1], axis=1).astype(np.int64)


def _axis_angles_deg(xy_px: FloatArray, screen: Screen) -> FloatArray:
    """Signed angles from the screen's centre along each axis, shape (n, 2)."""
    centre = np.array(screen.size_px) / 2
    on_axes = [np.column_stack([xy_px[:, 0], np.full(len(xy_px), centre[1])])]
    on_axes.append(np.column_stack([np.full(len(xy_px), centre[0]), xy_px[:, 1]]))
    angles = np.column_stack([angle_deg(points, centre, screen) for points in on_axes])
    return np.copysign(angles, xy_px - centre)
