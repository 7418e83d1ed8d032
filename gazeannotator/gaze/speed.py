"""How fast the eye turns: derivative of a smoothed track, as an exact angle, and what noise makes of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.filters import median, runs
from gazeannotator.geometry import Screen, screen_px_to_mm

FloatArray = NDArray[np.float64]

POLYNOMIAL = 2
_CACHED = 16384
"""Samples whose intermediate results stay in the processor's cache: twice as fast."""

_ENOUGH, _PIECES = 131_072, 64
"""Of a longer recording so many samples, in so many pieces, tell the noise to less than half a per cent."""

_GAUSSIAN_MAD = 0.6745
"""Median absolute deviation of a normal distribution, in standard deviations."""


def speed_deg_s(xy_px: FloatArray, step_s: float, window: int, screen: Screen) -> FloatArray:
    """Angular speed of gaze on a uniform time axis.

    Parameters
    ----------
    xy_px : ndarray, shape (m, 2)
        Screen px; NaN in gaps.
    step_s : float
        Time between samples.
    window : int
        Samples of the filter, odd, at least 3; near the ends of a run of samples, and in runs that
        are shorter, the filter lies to one side or is shorter.
    screen : Screen

    Returns
    -------
    ndarray, shape (m,)
        NaN in gaps and in runs of fewer than three samples.

    Notes
    -----
    Position and derivative are those of a Savitzky-Golay filter [1]_, a polynomial of degree 2. With
    p the point on the screen as seen from the eye and v its velocity, the speed is |p × v| / |p|².

    .. [1] Savitzky & Golay (1964), Analytical Chemistry 36, 1627-1639.
    """
    in_plane = screen_px_to_mm(xy_px, screen)
    slopes = _slopes(in_plane, window)
    speed = np.empty(len(in_plane))
    for start in range(0, len(speed), _CACHED):
        part = slice(start, start + _CACHED)
        speed[part] = _turning_deg(in_plane[part], slopes[part] / step_s, screen.distance_mm)
    return speed


def _turning_deg(points: FloatArray, velocity: FloatArray, d: float) -> FloatArray:
    """Angular speed of points (n, 2) in a plane at a distance d from the eye."""
    (x, y), (vx, vy) = points.T, velocity.T
    across = (x * vy - y * vx) ** 2 + d * d * (vx * vx + vy * vy)
    return np.asarray(np.degrees(np.sqrt(across) / (x * x + y * y + d * d)), np.float64)


def noise_deg(xy_px: FloatArray, screen: Screen) -> float:
    """Estimate the standard deviation per axis of the white noise in gaze samples.

    Parameters
    ----------
    xy_px : ndarray, shape (m, 2)
        Screen px at equal intervals; both NaN where lost.

    Returns
    -------
    float
        From the median of the second differences, in which neither drift nor the few samples of
        saccades count; 0 where there are none. Of more than 131,072 samples so many are looked at,
        in 64 pieces spread evenly.
    """
    # A second difference of white noise has six times its variance.
    axes_px = (
        np.array([_median_second(_pieces(xy_px[:, axis])) for axis in (0, 1)]) / _GAUSSIAN_MAD / math.sqrt(6)
    )
    return float(np.sqrt(np.mean(axes_px**2))) / screen.px_per_deg


def _median_second(values: FloatArray) -> float:
    """Median of the absolute second differences of values (..., m), 0 where there are none."""
    second = np.multiply(values[..., 1:-1], -2)
    second += values[..., 2:]
    second += values[..., :-2]
    second = second.reshape(-1)
    return 0.0 if np.isnan(second).all() else median(np.abs(second, out=second))


def _pieces(values: FloatArray) -> FloatArray:
    """Values (m,) themselves, or of many some pieces, shape (k, length)."""
    if len(values) <= _ENOUGH:
        return values
    length = _ENOUGH // _PIECES
    begins = np.linspace(0, len(values) - length, _PIECES).astype(np.int64)
    some = np.asarray(values[begins[:, None] + np.arange(length)], np.float64)
    return values if np.isnan(some).mean() > 0.9 else some


def speed_noise_deg_s(noise: float, step_s: float, window: int) -> float:
    """Tell the standard deviation per axis of the speed that pure noise seems to have in such a filter."""
    return noise / step_s * math.sqrt(12 / (window * (window**2 - 1)))


def _slopes(values: FloatArray, window: int) -> FloatArray:
    """Differentiate the polynomial fitted around each sample, shape (m, 2)."""
    half = window // 2
    slopes = np.empty(values.shape, order="F")
    beyond = min(half, len(values))
    slopes[:beyond] = slopes[len(values) - beyond :] = np.nan
    if len(values) < window:
        slopes[:] = np.nan
    else:
        kernel = np.arange(half, -half - 1, -1) / sum(k * k for k in range(-half, half + 1))
        for axis in range(values.shape[1]):
            slopes[half : len(values) - half, axis] = np.convolve(values[:, axis], kernel, "valid")
    spans = runs(~np.isnan(values[:, 0]))
    length = spans[:, 1] - spans[:, 0]
    _fill_ends(slopes, values, spans[length >= window], window)
    for start, stop in spans[(length > POLYNOMIAL) & (length < window)]:
        shorter = stop - start - (1 - (stop - start) % 2)
        slopes[start:stop] = _slopes(values[start:stop], int(shorter))
    return slopes


def _fill_ends(slopes: FloatArray, values: FloatArray, spans: NDArray[np.int64], window: int) -> None:
    """Put in the slopes near the ends of runs, where the filter lies to one side, in place."""
    half = window // 2
    places = np.arange(window) - half
    fit = np.linalg.pinv(np.vander(places, POLYNOMIAL + 1, increasing=True).astype(np.float64))
    weights = fit[1] + 2 * places[:half, None] * fit[2]
    inside = np.arange(window)
    for first, order in ((spans[:, 0], 1), (spans[:, 1] - 1, -1)):
        rows = first[:, None] + order * inside
        # Seen from the other end time runs backwards.
        slopes[rows[:, :half]] = order * np.einsum("hw,rwa->rha", weights, values[rows])
