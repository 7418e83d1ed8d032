"""Waiting until the eye rests on a target, and choosing the window of samples that is measured.

Windows lie on a grid of time that is fixed when the target arrives: the first begins
`Rules.settle_s` later, the next one block later, and so on. They are judged in this order, each once
it is over, and the first in which the eye rested is taken. So the window is never the quietest of
several, and what decides is only *where* the eye was in the blocks of a tenth of a second, never how
noisy its samples were or how many were lost: precision and data loss stay unbiased.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gazeannotator.geometry import Screen, angle_deg
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.measures import eye_px, in_order
from gazeannotator.tracking.quality import PointPx

HISTORY_S = 5.0
"""So much of the last gaze is looked at: more than a target's patience and what is around it."""

LATE_S = 0.3
"""Samples of a window are waited for so long after its end."""

ERRORS_OF_MEAN = 5.0
"""A block's mean may be so many of its standard errors off before the eye is said to have moved."""

MEDIAN_STEP = math.sqrt(2) * 1.1774
"""Median angle between samples of white noise of 1 degree an axis (Rayleigh)."""

Latest = Callable[[float], GazeChunk]
"""Gives the samples of the last seconds by the local clock, as `Recorder.latest`."""


@dataclass(frozen=True)
class Rules:
    """When gaze at a target is taken.

    Attributes
    ----------
    settle_s : float
        From the target's arrival to the start of the first window.
    window_s : float
        Length of the window.
    block_s : float
        Parts of a window whose means must agree; also the step from window to window.
    patience_s : float
        After this time from the arrival the steadiest window is taken, marked as unstable.
    near_deg : float
        Gaze further from the target is looking elsewhere.
    still_deg : float
        A block's mean may be so far from the window's median, whatever the noise.
    """

    settle_s: float = 0.3
    window_s: float = 0.8
    block_s: float = 0.1
    patience_s: float = 3.0
    near_deg: float = 5.0
    still_deg: float = 1.0


@dataclass(frozen=True)
class Window:
    """A span of time; `steady` if the eye rested near the target in it."""

    start_s: float
    stop_s: float
    steady: bool


class WindowSearch:
    """Finds the window of one target, driven by the times and samples that it is given.

    Parameters
    ----------
    target_px : tuple of float
    arrival_s : float
        When the target came to rest.
    screen : Screen
    rules : Rules
    """

    def __init__(self, target_px: PointPx, arrival_s: float, screen: Screen, rules: Rules) -> None:
        self._target_px = target_px
        self._screen = screen
        self._rules = rules
        self._first_s = arrival_s + rules.settle_s
        self._last_stop_s = arrival_s + rules.patience_s
        self._judged = 0
        self._wanted_s: float | None = None
        self._best: tuple[float, Window] | None = None

    def take(self, now_s: float) -> None:
        """Take the window up to now, or the first one if it is not over yet, however the eye moves."""
        self._wanted_s = max(self._first_s, now_s - self._rules.window_s)

    def look(self, now_s: float, latest: Latest) -> tuple[Window, GazeChunk] | None:
        """Judge the windows that are over; return the one to measure, with its samples, once it is known."""
        chunk: GazeChunk | None = None
        while True:
            start_s = self._start_s
            stop_s = start_s + self._rules.window_s
            if now_s < stop_s:
                return None
            if chunk is None:
                chunk = in_order(latest(HISTORY_S))
            all_there = len(chunk) > 0 and chunk.time_s[-1] >= stop_s
            if not all_there and now_s < stop_s + LATE_S:
                return None
            found = self._judge(chunk, start_s, stop_s)
            if found is not None:
                return found, chunk

    @property
    def _start_s(self) -> float:
        if self._wanted_s is not None:
            return self._wanted_s
        return self._first_s + self._judged * self._rules.block_s

    def _judge(self, chunk: GazeChunk, start_s: float, stop_s: float) -> Window | None:
        restless = unsteadiness(chunk, start_s, self._target_px, self._screen, self._rules)
        window = Window(start_s, stop_s, restless <= 1)
        if window.steady or self._wanted_s is not None:
            return window
        # Of windows without any gaze the last is as good as the first.
        if self._best is None or restless <= self._best[0]:
            self._best = restless, window
        self._judged += 1
        return None if self._start_s + self._rules.window_s <= self._last_stop_s else self._best[1]


def unsteadiness(chunk: GazeChunk, start_s: float, target_px: PointPx, screen: Screen, rules: Rules) -> float:
    """How far from resting on a target the combined gaze was in a window.

    Parameters
    ----------
    chunk : GazeChunk
        In the order of time.
    start_s : float
        Of the window. The block before it must agree as well, so that no sample of the way to the
        target is in the window.
    target_px : tuple of float
    screen : Screen
    rules : Rules

    Returns
    -------
    float
        Up to 1 for an eye that rests: the largest of the deviations of the blocks' means from the
        window's median, and of the distance to the target, each as a share of what is allowed.
        A mean may deviate by `ERRORS_OF_MEAN` of its standard errors, with the noise as found in
        the steps from sample to sample: noisy or lossy gaze that rests is steady. Infinite where
        most blocks hold no gaze.
    """
    blocks = round(rules.window_s / rules.block_s)
    # The block before the window has number -1.
    number = np.floor((chunk.time_s - start_s) / rules.block_s).astype(np.int64)
    xy_px = eye_px(chunk, "both", screen)
    use = (number >= -1) & (number < blocks) & ~np.isnan(xy_px).any(axis=1)
    steps = angle_deg(xy_px[:-1], xy_px[1:], screen)[use[:-1] & use[1:]]
    number, xy_px = number[use] + 1, xy_px[use]
    size = np.bincount(number, minlength=blocks + 1)
    if np.count_nonzero(size[1:]) * 2 < blocks:
        return math.inf
    centre_px = np.median(xy_px[number > 0], axis=0)
    seen = size > 0
    sums = np.stack([np.bincount(number, axis, blocks + 1) for axis in xy_px.T], axis=1)
    deviation_deg = angle_deg(sums[seen] / size[seen, None], centre_px, screen)
    noise_deg = float(np.median(steps)) / MEDIAN_STEP if len(steps) else 0.0
    allowed_deg = np.maximum(rules.still_deg, ERRORS_OF_MEAN * noise_deg / np.sqrt(size[seen]))
    away = float(angle_deg(centre_px, np.array(target_px), screen)) / rules.near_deg
    return max(away, float(np.max(deviation_deg / allowed_deg)))
