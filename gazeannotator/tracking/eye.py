"""A simulated eye: fixations, saccades, blinks and noise, without a clock and without LSL.

Figures by default are those measured on real reading of polyp images (GazeMedSeg, 26,832
fixations with an EyeLink): in 9.3 s 25 fixations of 0.305 s median, 90 % below 0.517 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gazeannotator.geometry import Screen, angle_deg, displaced_px
from gazeannotator.samples import FloatArray, GazeChunk

FIXATION_S = 0.305
FIXATION_LOG_SD = math.log(0.517 / FIXATION_S) / 1.2816
"""Log-normal durations; 1.2816 is the normal distribution's 90 % quantile."""

BLINKS_PER_S = 8 / 60
BLINK_S = 0.18
LATENCY_S = 0.2
"""From the appearance of an image to the first saccade towards it."""

DWELL = 0.75
"""Share of fixations on the lesion, where it is known."""

PUPIL_MM = (3.4, 3.5)
DISTANCE_MM = 650.0
DISPLAY_MM = (527.0, 296.0)
EYES_MM = ((-32.0, 12.0), (32.0, 12.0))
"""Left and right eye: 64 mm apart, a little above the middle of the screen."""


@dataclass(frozen=True)
class Region:
    """What lies before the eye, in tracker-normalised coordinates.

    Attributes
    ----------
    centre, size : tuple of float
        Of the image as shown.
    lesion : tuple of float or None
        Centre x, y and radii in x and y of the spot that draws the gaze; None: the image's middle.
    """

    centre: tuple[float, float]
    size: tuple[float, float]
    lesion: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class TrueFixation:
    """What the eye really did, to be compared with what is found in its samples."""

    onset_s: float
    duration_s: float
    xy: tuple[float, float]


@dataclass
class _Move:
    """A saccade and the fixation after it."""

    start_s: float
    origin: FloatArray
    target: FloatArray
    saccade_s: float
    end_s: float
    blink_until_s: float

    @property
    def landing_s(self) -> float:
        return self.start_s + self.saccade_s


class SimulatedEye:
    """Both eyes of a reader who does not exist.

    Parameters
    ----------
    start_s : float
        Time from which samples can be taken.
    seed : int
        Equal seeds and equal calls give equal samples.
    fixation_s : float
        Median duration of a fixation.
    noise_deg : float
        Standard deviation of each eye's measurement noise per axis.
    loss : float
        Share of samples lost at random, besides those lost in blinks.
    offset_deg : tuple of float
        Where the tracker sees the gaze of both eyes, from where it is: to the right, downwards.
    display_mm, distance_mm : tuple of float, float
        The true geometry: all angles are exact in it.
    """

    def __init__(
        self,
        start_s: float,
        *,
        seed: int = 0,
        fixation_s: float = FIXATION_S,
        noise_deg: float = 0.1,
        loss: float = 0.01,
        offset_deg: tuple[float, float] = (0.0, 0.0),
        display_mm: tuple[float, float] = DISPLAY_MM,
        distance_mm: float = DISTANCE_MM,
    ) -> None:
        self._random = np.random.default_rng(seed)
        self._fixation_s = fixation_s
        self._noise_deg = noise_deg
        self._loss = loss
        self._offset_deg = np.array(offset_deg)
        # One "px" of it is the whole display: its px are tracker-normalised coordinates.
        self._display = Screen(1, 1, *display_mm, distance_mm)
        self._region: Region | None = None
        self._target: FloatArray | None = None
        self._next_blink_s = start_s + self._random.exponential(1 / BLINKS_PER_S)
        self._sequence = 0
        self.fixations: list[TrueFixation] = []
        """The fixations that are over."""
        middle = np.array([0.5, 0.5])
        self._move = _Move(start_s, middle, middle, 0.0, start_s + self._duration(), -math.inf)

    def look_at(self, region: Region | None, at_s: float) -> None:
        """Turn to an image that appears at `at_s`, or back to the middle of the screen (None).

        What was sampled already stays as it is; the fixation that is going on ends one
        latency later.
        """
        self._region, self._target = region, None
        self._turn(at_s)

    def fixate(self, xy: tuple[float, float] | None, at_s: float) -> None:
        """Turn to a point (tracker-normalised) and rest on it, without blinking, until told otherwise."""
        self._region, self._target = None, None if xy is None else np.array(xy, np.float64)
        self._turn(at_s)

    def _turn(self, at_s: float) -> None:
        latency = max(0.08, self._random.normal(LATENCY_S, 0.03))
        self._move.end_s = min(self._move.end_s, max(at_s, self._move.landing_s) + latency)

    def sample(self, time_s: FloatArray) -> GazeChunk:
        """Look at these increasing times, each after all those of earlier calls; shape (n,)."""
        n = len(time_s)
        xy = np.empty((n, 2))
        closed = np.zeros(n, bool)
        done = 0
        while done < n:
            while time_s[done] >= self._move.end_s:
                self._next_move()
            move = self._move
            until = int(np.searchsorted(time_s, move.end_s, side="left"))
            some = time_s[done:until]
            xy[done:until] = _on_the_way(move, some)
            closed[done:until] = (some >= move.start_s) & (some < move.blink_until_s)
            done = until
        lost = closed | (self._random.random(n) < self._loss)
        seen = displaced_px(xy, self._offset_deg, self._display)
        left, right = (
            displaced_px(seen, self._random.normal(0, self._noise_deg, (n, 2)), self._display)
            for _ in range(2)
        )
        # Pupils breathe slowly (hippus) around their sizes.
        wave = 0.1 * np.sin(2 * np.pi * 0.3 * time_s)
        pupil = np.array(PUPIL_MM) + wave[:, None] + self._random.normal(0, 0.01, (n, 2))
        for each in (left, right, pupil):
            each[lost] = np.nan
        sequence = np.arange(self._sequence, self._sequence + n, dtype=np.float64)
        self._sequence += n
        distance_mm = self._display.distance_mm
        distance = np.where(lost, np.nan, distance_mm)
        origin = np.array([(*eye, distance_mm) for eye in EYES_MM]) + self._random.normal(0, 0.3, (n, 2, 3))
        origin[lost] = np.nan
        return GazeChunk(time_s, left, right, pupil, distance, sequence, origin)

    def _next_move(self) -> None:
        last = self._move
        onset_s = max(last.landing_s, last.blink_until_s)
        if last.end_s > onset_s:
            self.fixations.append(TrueFixation(onset_s, last.end_s - onset_s, tuple(last.target.tolist())))
        target = self._choose()
        start_s = last.end_s
        # Main sequence (Carpenter 1988): 2.2 ms for each degree, and 21 ms.
        saccade_s = 0.021 + 0.0022 * float(angle_deg(last.target, target, self._display))
        blink_until_s = -math.inf
        if self._target is None and start_s >= self._next_blink_s:
            # Blinks go with saccades, so that they do not cut fixations in two.
            blink_until_s = start_s + max(0.08, self._random.normal(BLINK_S, 0.04))
            self._next_blink_s = blink_until_s + self._random.exponential(1 / BLINKS_PER_S)
        rest_s = max(start_s + saccade_s, blink_until_s)
        end_s = rest_s + self._duration() if self._target is None else math.inf
        self._move = _Move(start_s, last.target, target, saccade_s, end_s, blink_until_s)

    def _duration(self) -> float:
        return float(self._fixation_s * np.exp(self._random.normal(0, FIXATION_LOG_SD)))

    def _choose(self) -> FloatArray:
        if self._target is not None:
            return self._target
        region, normal = self._region, self._random.normal
        if region is None:
            return displaced_px(np.array([0.5, 0.5]), normal(0, 0.3, 2), self._display)
        centre, size = np.array(region.centre), np.array(region.size)
        if region.lesion is not None and self._random.random() < DWELL:
            # Spread over the lesion: the mean of many lies in it, hardly any fixation beside it.
            point = np.array(region.lesion[:2]) + normal(0, 0.4, 2) * region.lesion[2:]
        else:
            point = centre + normal(0, 0.2, 2) * size
        return np.asarray(np.clip(point, centre - 0.49 * size, centre + 0.49 * size))


def _on_the_way(move: _Move, time_s: FloatArray) -> FloatArray:
    """Position of a move at some times: minimum-jerk saccade, then rest, shape (n, 2)."""
    if move.saccade_s <= 0:
        return np.repeat(move.target[None], len(time_s), axis=0)
    s = np.clip((time_s - move.start_s) / move.saccade_s, 0, 1)
    share = s**3 * (10 - 15 * s + 6 * s**2)
    return np.asarray(move.origin + share[:, None] * (move.target - move.origin))
