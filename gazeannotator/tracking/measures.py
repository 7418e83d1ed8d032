"""Measuring gaze that should rest on a known point: accuracy, precision and data loss.

The measures are those that Dunn et al. (2024) [1]_ want in every report; the two precisions are
defined by Niehorster et al. (2020) [2]_. Angles are exact, at an eye on the screen's central
normal. It is as far away as the tracker says (median of the window), else as the set-up says.

References
----------
.. [1] Dunn et al. (2024), Behavior Research Methods 56, 4351-4357, 10.3758/s13428-023-02187-1.
.. [2] Niehorster et al. (2020), Behavior Research Methods 52, 2515-2534, 10.3758/s13428-020-01400-9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.filters import dropped_s, spacing_s
from gazeannotator.geometry import Screen, angle_deg, mean_direction_px, normalised_to_screen_px, offset_deg
from gazeannotator.samples import FloatArray, GazeChunk, both_eyes, plausible_mm
from gazeannotator.tracking.quality import EYES, DriftCheck, Eye, EyeQuality, PointPx, PointQuality

ELLIPSE = 0.68
"""Share of the samples inside the contour ellipse (BCEA)."""

BESIDE_S = 0.5
"""So far before and after a window samples tell whether those at its ends are missing."""


def in_order(chunk: GazeChunk) -> GazeChunk:
    """Sort samples by time; of those with the same stamp the first stays."""
    return chunk[np.unique(chunk.time_s, return_index=True)[1]]


def seen_from(screen: Screen, chunk: GazeChunk) -> Screen:
    """Return the screen at the median plausible distance of the samples, unchanged if they tell none."""
    distance_mm = plausible_mm(chunk.distance_mm)
    told = distance_mm[~np.isnan(distance_mm)]
    return replace(screen, distance_mm=float(np.median(told))) if len(told) else screen


def eye_px(chunk: GazeChunk, eye: Eye, screen: Screen) -> FloatArray:
    """Gaze of an eye in screen px, shape (n, 2)."""
    xy = {"left": chunk.left, "right": chunk.right}.get(eye)
    return normalised_to_screen_px(
        both_eyes(chunk.left, chunk.right) if xy is None else xy, (screen.width_px, screen.height_px)
    )


def measure(
    chunk: GazeChunk,
    target_px: PointPx,
    start_s: float,
    stop_s: float,
    screen: Screen,
    *,
    rate_hz: float | None = None,
    unstable: bool = False,
) -> PointQuality:
    """Measure gaze that should rest on a target.

    Parameters
    ----------
    chunk : GazeChunk
        The samples of the window and, where there are any, those before and after it: they tell
        the rate, and which samples are missing at its ends.
    target_px : tuple of float
        Screen px.
    start_s, stop_s : float
        The window; a sample at `stop_s` is not in it.
    screen : Screen
        Its distance serves where the samples tell none.
    rate_hz : float, optional
        By default that of the samples' stamps: nominal rates are not to be trusted.
    unstable : bool
        Noted with the result.
    """
    window = _Window.of(chunk, start_s, stop_s, screen, rate_hz)
    left, right, both = (_of_eye(window, eye, np.array(target_px)) for eye in EYES)
    place = (float(target_px[0]), float(target_px[1]))
    return PointQuality(place, start_s, stop_s, window.screen.distance_mm, unstable, left, right, both)


def drift(
    chunk: GazeChunk,
    target_px: PointPx,
    start_s: float,
    stop_s: float,
    screen: Screen,
    *,
    rate_hz: float | None = None,
    unstable: bool = False,
) -> DriftCheck:
    """Measure how far the median of the combined gaze is from a target; parameters as `measure`."""
    window = _Window.of(chunk, start_s, stop_s, screen, rate_hz)
    xy_px = eye_px(window.inside, "both", screen)
    seen_px = xy_px[~np.isnan(xy_px).any(axis=1)]
    # The median, as nobody looks at so few samples: one glance or spike is not a drift.
    at_px = np.median(seen_px, axis=0) if len(seen_px) else np.full(2, np.nan)
    x_deg, y_deg = offset_deg(at_px, np.array(target_px), window.screen)
    return DriftCheck(
        target_px=(float(target_px[0]), float(target_px[1])),
        start_s=start_s,
        stop_s=stop_s,
        distance_mm=window.screen.distance_mm,
        unstable=unstable,
        offset_deg=float(np.hypot(x_deg, y_deg)),
        offset_xy_deg=(float(x_deg), float(y_deg)),
        data_loss=window.loss(len(seen_px)),
    )


@dataclass(frozen=True)
class _Window:
    """The samples of a window in their order, how many were due, and the screen as they were taken."""

    inside: GazeChunk
    successive: NDArray[np.bool_]
    due: float
    screen: Screen

    @classmethod
    def of(
        cls, chunk: GazeChunk, start_s: float, stop_s: float, screen: Screen, rate_hz: float | None
    ) -> _Window:
        chunk = in_order(chunk)
        if rate_hz is None:
            rate_hz = 1 / spacing_s(chunk.time_s)
        inside = chunk[(chunk.time_s >= start_s) & (chunk.time_s < stop_s)]
        return cls(
            inside=inside,
            # Across samples that never came nothing succeeds.
            successive=np.asarray(np.diff(inside.time_s) * rate_hz < 1.5, np.bool_),
            due=_due(chunk.time_s, start_s, stop_s, rate_hz),
            screen=seen_from(screen, inside),
        )

    def loss(self, valid: int) -> float:
        """Share of lost samples; where nothing was sent at all, all is lost."""
        return 1 - valid / self.due if self.due != 0 else 1.0


def _due(time_s: FloatArray, start_s: float, stop_s: float, rate_hz: float) -> float:
    """Count the samples that should be in a window, those that never came too; NaN if unknown."""
    near = time_s[(time_s >= start_s - BESIDE_S) & (time_s < stop_s + BESIDE_S)]
    if not len(near):
        return 0.0
    if not rate_hz > 0:
        return math.nan
    # Where nothing was sent around the window, its ends take the place of samples.
    before = [] if near[0] < start_s else [start_s]
    after = [] if near[-1] >= stop_s else [stop_s]
    dropped = dropped_s(np.concatenate([before, near, after]), rate_hz)
    return float(sum(np.count_nonzero((each >= start_s) & (each < stop_s)) for each in (near, dropped)))


def _of_eye(window: _Window, eye: Eye, target_px: FloatArray) -> EyeQuality:
    screen = window.screen
    xy_px = eye_px(window.inside, eye, screen)
    valid: NDArray[np.bool_] = np.all(~np.isnan(xy_px), axis=1)
    n = int(np.count_nonzero(valid))
    loss = window.loss(n)
    if n == 0:
        nowhere = (math.nan, math.nan)
        return EyeQuality(math.nan, nowhere, nowhere, math.nan, math.nan, math.nan, loss, 0)
    seen_px = xy_px[valid]
    mean_px = mean_direction_px(seen_px, screen)
    offset = offset_deg(mean_px, target_px, screen)
    spread = offset_deg(seen_px, mean_px, screen)
    pairs = window.successive & valid[:-1] & valid[1:]
    steps = angle_deg(xy_px[:-1][pairs], xy_px[1:][pairs], screen)
    return EyeQuality(
        accuracy_deg=float(angle_deg(mean_px, target_px, screen)),
        offset_deg=(float(offset[0]), float(offset[1])),
        gaze_px=(float(mean_px[0]), float(mean_px[1])),
        precision_rms_deg=float(np.sqrt(np.mean(steps**2))) if len(steps) else math.nan,
        precision_std_deg=float(np.sqrt(np.sum(np.var(spread, axis=0)))) if n > 1 else math.nan,
        bcea_deg2=_bcea_deg2(spread),
        data_loss=loss,
        samples=n,
    )


def _bcea_deg2(spread_deg: FloatArray) -> float:
    """Bivariate contour ellipse area (Steinman 1965): 2kπ·σx·σy·√(1 − ρ²), P = 1 − exp(−k)."""
    if len(spread_deg) < 3:
        return math.nan
    k = -math.log(1 - ELLIPSE)
    determinant = max(0.0, float(np.linalg.det(np.cov(spread_deg.T))))
    return 2 * k * math.pi * math.sqrt(determinant)
