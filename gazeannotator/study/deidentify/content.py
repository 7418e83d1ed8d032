"""Finds the endoscope's picture in an image, and what its processor drew around it.

The surroundings are what lies at the image's border in one neutral colour (black or grey). The
picture is the largest piece of the rest once thin things (letters, frames) are opened away; its
convex hull is kept whole, so dark folds at its rim stay. All known layouts are convex: rectangles,
rectangles with cut corners, circles, circles cut off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST_PX = 32
"""Smaller images hold no readable text beside a picture."""

_MAX_LEVEL = 150  # brighter than any surroundings that processors draw
_MAX_CHROMA = 30
_SMALLEST_SURROUNDINGS = 0.004  # of the image: the four corners of a hardly cut rectangle
_SMALLEST_PICTURE = 0.06
_TOLERANCE = 9  # of JPEG and video
_ONE_COLOUR = 0.75


@dataclass(frozen=True)
class Content:
    """The picture in an image.

    Attributes
    ----------
    outline : ndarray, shape (n, 2)
        Corners x, y of a convex polygon, image px.
    inside : ndarray of bool, shape (height, width)
        The same as pixels.
    foreign : ndarray of bool, shape (height, width)
        Pixels beyond the outline that stand out from the surroundings.
    """

    outline: NDArray[np.int32]
    inside: NDArray[np.bool_]
    foreign: NDArray[np.bool_]


def find_content(rgb: NDArray[np.uint8]) -> Content | None:
    """Find the endoscope's picture; None where it fills the image or nothing else can be told.

    Parameters
    ----------
    rgb : ndarray, shape (height, width, 3), uint8
    """
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST_PX:
        return None
    colour = _surroundings_colour(rgb)
    if colour is None:
        return None
    apart = np.abs(rgb.astype(np.int16) - colour).max(axis=2).astype(np.uint8)
    plain = _touching_border(apart <= _TOLERANCE)
    if plain.mean() < _SMALLEST_SURROUNDINGS:
        return None
    # What was drawn is of one colour; pale mucosa that reaches the border is of many.
    if np.mean(apart[plain] <= _TOLERANCE // 3) < _ONE_COLOUR:
        return None
    picture = _largest_piece(~plain)
    if picture is None:
        return None
    outline, inside = _hull(picture)
    margin = max(3, round(0.008 * max(height, width)))
    near = cv2.dilate(inside.astype(np.uint8), np.ones((2 * margin + 1,) * 2, np.uint8)).astype(bool)
    return Content(outline, inside, _standing_out(apart, ~near))


def _surroundings_colour(rgb: NDArray[np.uint8]) -> NDArray[np.int16] | None:
    """Return the most frequent neutral colour along the border, None if there is no such."""
    height, width = rgb.shape[:2]
    band = max(1, min(height, width) // 80)
    frame = np.concatenate(
        [
            rgb[:band].reshape(-1, 3),
            rgb[-band:].reshape(-1, 3),
            rgb[:, :band].reshape(-1, 3),
            rgb[:, -band:].reshape(-1, 3),
        ]
    ).astype(np.int16)
    level = frame.max(axis=1)
    neutral = frame[(level <= _MAX_LEVEL) & (level - frame.min(axis=1) <= _MAX_CHROMA)]
    if len(neutral) < 0.02 * len(frame):
        return None
    counts = np.bincount(neutral.max(axis=1), minlength=256).astype(float)
    mode = int(np.argmax(np.convolve(counts, np.ones(5), "same")))
    alike = neutral[np.abs(neutral.max(axis=1) - mode) <= 4]
    if len(alike) < 0.02 * len(frame):
        return None
    colour: NDArray[np.int16] = np.median(alike, axis=0).astype(np.int16)
    return colour


def _touching_border(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    touching = np.zeros(labels.max() + 1, bool)
    touching[edge] = True
    touching[0] = False
    found: NDArray[np.bool_] = touching[labels]
    return found


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return the largest piece that is more than letters and lines, as large as it was before these went."""
    size = max(3, round(0.035 * min(mask.shape))) | 1
    # A border of nothing, so that a piece at the image's edge is opened there as elsewhere.
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), size, size, size, size, cv2.BORDER_REPLICATE)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, disc)[size:-size, size:-size]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[largest, cv2.CC_STAT_AREA] < _SMALLEST_PICTURE * mask.size:
        return None
    core = (labels == largest).astype(np.uint8)
    # Opening with a disc rounds corners: give back what of them was there, but no letter beside them.
    grown = cv2.dilate(core, np.ones((5, 5), np.uint8)).astype(bool) & mask
    piece: NDArray[np.bool_] = grown | core.astype(bool)
    return piece


def _hull(picture: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    contours, _ = cv2.findContours(picture.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(contours)
    outline = cv2.convexHull(points)[:, 0].astype(np.int32)
    canvas = np.zeros(picture.shape, np.uint8)
    cv2.fillPoly(canvas, [outline], 1)
    return outline, canvas.astype(bool)


def _standing_out(apart: NDArray[np.uint8], where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pixels there are no mere noise: two or more that touch, and clearly of another colour."""
    mask = (apart > 14) & where
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    large = np.zeros(count, bool)
    large[1:] = stats[1:, cv2.CC_STAT_AREA] >= 3
    found: NDArray[np.bool_] = large[labels]
    return found


def eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pixels as 8 bits per channel, for looking only."""
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
