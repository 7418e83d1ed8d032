"""From raw samples to a signal that can be differentiated: rate, loss, gaps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MAX_GAP_S = 0.075
"""Longer losses are not bridged: an eye has time for a saccade in them (Tobii's default)."""


_MANY, _SAMPLE, _NEAR = 20_000, 4_000, (0.465, 0.535)


@dataclass(frozen=True)
class Track:
    """Gaze on a uniform time axis, short gaps bridged.

    Attributes
    ----------
    position : ndarray of int, shape (n,)
        Place of each given sample on the axis.
    xy_px : ndarray, shape (m, 2)
        Screen px; NaN in gaps that are too long to bridge.
    step_s : float
        Time between samples of the axis.
    """

    position: NDArray[np.int64]
    xy_px: FloatArray
    step_s: float


def interval_s(time_s: FloatArray) -> float:
    """Median time between samples, NaN if there are fewer than two.

    The nominal rate of a stream is not to be trusted, its stamps are.
    """
    return float(np.median(np.diff(time_s))) if len(time_s) > 1 else math.nan


def spacing_s(time_s: FloatArray) -> float:
    """Time between samples between which none is missing, NaN if there are fewer than two times.

    The same as `interval_s` where few samples are dropped; still right where up to seven of ten are.
    Samples with the same stamp count as one.
    """
    between = np.diff(time_s)
    between = between[between > 0]
    if not len(between):
        return math.nan
    return float(np.median(between[between < 1.5 * np.quantile(between, 0.25)]))


def data_loss(
    time_s: FloatArray, lost: NDArray[np.bool_], start_s: float, stop_s: float, rate_hz: float
) -> float:
    """Share of lost samples, those that never came counted too.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Increasing, within start and stop.
    lost : ndarray of bool, shape (n,)
        Samples in which no eye was found.
    start_s, stop_s : float
        The span that should be filled with samples.
    rate_hz : float
        That at which samples are sent, 1 / `spacing_s`: the median interval is too long where most
        of them never came.

    Returns
    -------
    float
        0 to 1; NaN where the rate or the span is unknown.
    """
    if not stop_s > start_s:
        return math.nan
    if not len(time_s):
        return 1.0
    if not rate_hz > 0:
        return math.nan
    between = np.diff(np.concatenate([[start_s], time_s, [stop_s]])) * rate_hz
    # Jittering stamps are no loss; a gap is one from half an interval more than there should be.
    dropped = np.round(between - 1).clip(min=0).sum()
    return float((np.count_nonzero(lost) + dropped) / (len(time_s) + dropped))


def dropped_s(time_s: FloatArray, rate_hz: float) -> FloatArray:
    """When the samples were due that never came, spread evenly over the gaps between those that did.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Increasing.
    rate_hz : float

    Returns
    -------
    ndarray, shape (k,)
        Increasing. Jittering stamps are no loss; a gap is one from half an interval more than
        there should be, as in `data_loss`.
    """
    gap_s = np.diff(time_s)
    missing = np.round(gap_s * rate_hz - 1).clip(min=0).astype(np.int64)
    number = np.arange(missing.sum()) - np.repeat(np.cumsum(missing) - missing, missing) + 1
    return np.asarray(
        np.repeat(time_s[:-1], missing) + number * np.repeat(gap_s / (missing + 1), missing), np.float64
    )


def lost_rows(xy: FloatArray) -> NDArray[np.bool_]:
    """Which of the points (n, 2) are missing; twice as fast as any() along the short axis."""
    return np.asarray(np.isnan(xy[:, 0]) | np.isnan(xy[:, 1]), np.bool_)


def median(values: FloatArray) -> float:
    """Give the same as `np.nanmedian` for values (n,) not all of which are NaN, several times as fast."""
    known = len(values) - int(np.count_nonzero(np.isnan(values)))
    half = known // 2
    sample = values[:: max(1, len(values) // _SAMPLE)]
    sample = sample[~np.isnan(sample)]
    if known > _MANY and len(sample):
        # A sample tells about where it is: only what is near need be put in order.
        low, high = np.quantile(sample, _NEAR)
        before, near = int(np.count_nonzero(values < low)), values[(values >= low) & (values <= high)]
        if before < half < before + len(near):
            values, half = near, half - before
    if len(values) == known:
        parted = np.partition(values, half)
    else:
        parted = np.partition(values[~np.isnan(values)], half)
    return float(parted[half] if known % 2 else (parted[:half].max() + parted[half]) / 2)


def track(time_s: FloatArray, xy_px: FloatArray) -> Track:
    """Put samples on a uniform axis and bridge short gaps linearly.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Strictly increasing seconds; n ≥ 2.
    xy_px : ndarray, shape (n, 2)
        Screen px; NaN where lost.

    Returns
    -------
    Track
    """
    step_s = interval_s(time_s)
    most = int(MAX_GAP_S / step_s + 1e-6)
    # A gap that is not bridged need not keep its length; hours of pause would fill the memory.
    steps = np.clip(np.round(np.diff(time_s) / step_s), 1, most + 2)
    if (steps == 1).all():
        position = np.arange(len(time_s))
        filled = xy_px.copy()
    else:
        position = np.concatenate([[0], np.cumsum(steps.astype(np.int64))])
        filled = np.full((position[-1] + 1, 2), np.nan)
        filled[position] = xy_px
    filled[position[lost_rows(xy_px)]] = np.nan
    _bridge(filled, most)
    return Track(position, filled, step_s)


def runs(mask: NDArray[Any]) -> NDArray[np.int64]:
    """First and one past the last index of every run of true values, shape (k, 2)."""
    edged = np.zeros(len(mask) + 2, np.bool_)
    edged[1:-1] = mask
    return np.flatnonzero(edged[1:] != edged[:-1]).reshape(-1, 2)


def _bridge(xy_px: FloatArray, most: int) -> None:
    """Fill inner gaps of at most so many samples on a straight line, in place."""
    gaps = runs(np.isnan(xy_px[:, 0]))
    short = (gaps[:, 0] > 0) & (gaps[:, 1] < len(xy_px)) & (gaps[:, 1] - gaps[:, 0] <= most)
    start, stop = gaps[short].T
    length = stop - start
    number = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    share = ((number + 1) / np.repeat(length + 1, length))[:, None]
    before, after = (np.repeat(xy_px[rows], length, axis=0) for rows in (start - 1, stop))
    xy_px[np.repeat(start, length) + number] = before * (1 - share) + after * share


def odd_at_most(number: float) -> int:
    """Largest odd whole number that is not larger, at least 1."""
    return max(1, 2 * math.floor((number + 1 + 1e-6) / 2) - 1)
