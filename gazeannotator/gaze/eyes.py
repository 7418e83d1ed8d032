"""Which eye's gaze is used: that of both, of one, or of the one that was recorded better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.speed import noise_deg
from gazeannotator.geometry import Screen
from gazeannotator.samples import both_eyes

FloatArray = NDArray[np.float64]

MEAN, LEFT, RIGHT, BETTER = EYES = ("mean", "left", "right", "better")
"""The first is the default."""

SAME_LOSS = 0.01
"""A difference in data loss up to this does not tell the eyes apart: their noise does."""


def chosen_eye(left_px: FloatArray, right_px: FloatArray, eye: str, screen: Screen) -> FloatArray:
    """Give the gaze of the chosen eye.

    Parameters
    ----------
    left_px, right_px : ndarray, shape (n, 2)
        Screen px; NaN where lost.
    eye : str
        One of `EYES`. ``mean``: of both where both are found, else of the one that is. ``left``,
        ``right``: this eye alone; where it is lost, the other does not stand in, for it looks
        elsewhere by up to the error of calibration, which would seem to be a saccade.
        ``better``: one of both for all these samples, see `better_eye`.
    screen : Screen

    Returns
    -------
    ndarray, shape (n, 2)

    Raises
    ------
    KeyError
        If there is no such choice.
    """
    if eye == MEAN:
        return both_eyes(left_px, right_px)
    which = better_eye(left_px, right_px, screen) if eye == BETTER else eye
    return {LEFT: left_px, RIGHT: right_px}[which]


def better_eye(left_px: FloatArray, right_px: FloatArray, screen: Screen) -> str:
    """Tell the eye with less data loss, or, where both lost as much within 1 %, less noise.

    Notes
    -----
    The noise is that of `noise_deg`, and not RMS-S2S over all samples: that one measures the
    saccades, of which one eye's are larger, where the noise is small. On white noise both rank alike.
    """
    lost_left, lost_right = (
        np.isnan(each).any(axis=1).mean() if len(each) else 0.0 for each in (left_px, right_px)
    )
    if abs(lost_left - lost_right) >= SAME_LOSS:
        return LEFT if lost_left < lost_right else RIGHT
    return LEFT if noise_deg(left_px, screen) <= noise_deg(right_px, screen) else RIGHT
