"""What of a reading's gaze makes its heatmap: which points, and how much each weighs.

It imports nothing of `gaze`: the rules of the format use it, and the trainer reads the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEIGHTS = ("duration", "count", "samples")
"""How the points of a map may weigh; the first is the default."""

HELD_S = 0.075
"""A sample counts until the next one, but no longer than a loss that is bridged."""

FIRST_SACCADE_S = 0.100
"""The fastest saccades to something new, express saccades, begin so long after it has appeared (Fischer &
Weber 1993): a fixation that began earlier was not aimed at anything on the image."""


@dataclass(frozen=True)
class Look:
    """What one reading contributes to an image's heatmap.

    Attributes
    ----------
    xy_px : ndarray, shape (k, 2)
        Points on the image, image px.
    weights : ndarray, shape (k,)
        Positive.
    sigma_px : float
        Image px.
    """

    xy_px: NDArray[Any]
    weights: NDArray[Any]
    sigma_px: float


@dataclass(frozen=True)
class Weighting:
    """Rule by which gaze weighs in a heatmap.

    Attributes
    ----------
    weights : str
        ``duration``: fixations, each weighs its duration; ``count``: fixations, each weighs 1;
        ``samples``: samples, each weighs the time to the next one, at most 75 ms.
    first_s : float, optional
        Only the first seconds since the onset; a fixation under way is cut. What has no time has no
        place in them.
    skip_first_fixation : bool
        Leave out what the eye rested on when the image came: fixations that began within 100 ms.
    """

    weights: str = WEIGHTS[0]
    first_s: float | None = None
    skip_first_fixation: bool = False

    @classmethod
    def of(cls, build: Mapping[str, Any]) -> Weighting:
        """Read it from a data set's ``build``; files that do not tell it have the defaults."""
        return cls(
            str(build.get("weights", WEIGHTS[0])),
            build.get("first_s"),
            bool(build.get("skip_first_fixation", False)),
        )

    def in_words(self) -> list[str]:
        """Say what is different from the default, for the notes of an export."""
        said = []
        if self.weights == "count":
            said.append("In attention maps every fixation weighs the same, however long it was.")
        if self.weights == "samples":
            said.append("Attention maps are made of gaze samples, not of fixations.")
        if self.first_s is not None:
            said.append(f"Attention maps hold the first {self.first_s:g} s of each reading only.")
        if self.skip_first_fixation:
            said.append("Attention maps leave out where the eye rested when the image came.")
        return said


def weighed(
    gaze: Mapping[str, NDArray[Any]],
    fixations: Mapping[str, NDArray[Any]],
    size_px: tuple[int, int],
    weighting: Weighting,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Choose the points of a reading's map and weigh them.

    Parameters
    ----------
    gaze, fixations : mapping
        Columns of these tables; of `gaze` only where samples are weighed.
    size_px : tuple of int
        Width and height of the image.
    weighting : Weighting

    Returns
    -------
    xy_px : ndarray, shape (k, 2)
        On the image; what lies beside it has no weight.
    weights : ndarray, shape (k,)
    """
    if weighting.weights == "samples":
        xy_px, weights, kept = _samples(gaze, fixations, weighting)
    else:
        xy_px, weights, kept = _fixations(fixations, weighting)
    kept = kept & on_image(xy_px, np.array(size_px))
    return xy_px[kept], weights[kept]


def on_image(xy_px: NDArray[Any], size_px: NDArray[Any]) -> NDArray[np.bool_]:
    """Which points (n, 2), in image px, lie on an image of that width and height."""
    return np.asarray(((xy_px >= 0) & (xy_px < np.asarray(size_px))).all(axis=1))


Chosen = tuple[NDArray[Any], Floats, NDArray[np.bool_]]


def _fixations(fixations: Mapping[str, NDArray[Any]], weighting: Weighting) -> Chosen:
    onset_s, duration_s = fixations["onset_s"], fixations["duration_s"]
    kept = np.ones(len(onset_s), np.bool_)
    if weighting.skip_first_fixation:
        kept &= onset_s >= FIRST_SACCADE_S
    if weighting.first_s is not None:
        kept &= onset_s < weighting.first_s
        duration_s = np.minimum(duration_s, weighting.first_s - onset_s)
    weights = np.ones(len(onset_s)) if weighting.weights == "count" else duration_s
    return fixations["xy_px"], weights, kept


def _samples(
    gaze: Mapping[str, NDArray[Any]], fixations: Mapping[str, NDArray[Any]], weighting: Weighting
) -> Chosen:
    time_s = gaze["t_s"]
    between = np.diff(time_s)
    # After the last sample as long as usual. Without times all weigh alike: fmin passes over NaN.
    usual = np.median(between) if len(between) else np.nan
    weights = np.fmin(np.append(between, usual)[: len(time_s)], HELD_S)
    kept = np.ones(len(time_s), np.bool_)
    if weighting.skip_first_fixation:
        first = fixations["onset_s"] < FIRST_SACCADE_S
        ends_s = (fixations["onset_s"] + fixations["duration_s"])[first]
        kept &= ~(time_s <= ends_s.max(initial=-np.inf))
    if weighting.first_s is not None:
        kept &= time_s < weighting.first_s
        weights = np.minimum(weights, weighting.first_s - time_s)
    return gaze["xy_px"], weights, kept
