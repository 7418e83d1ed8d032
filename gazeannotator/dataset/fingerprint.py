"""What an image looks like, in under a kilobyte: enough to tell whether two images show nearly the same."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIGNATURE_PX = 24

CUTS = (
    (0, 0, 0, 0),
    (0.02, 0.02, 0.02, 0.02),
    (0.025, 0.025, 0, 0),
    (0, 0.025, 0.025, 0),
    (0.025, 0, 0, 0.025),
    (0, 0, 0.025, 0.025),
)
"""What the hashes leave out at the left, top, right and bottom: a cropped picture fits one of them."""

FINGERPRINT = np.dtype(
    [
        ("coarse", "<u8", len(CUTS)),
        ("fine", "<u8", (len(CUTS), 3)),
        ("grey", "u1", (SIGNATURE_PX, SIGNATURE_PX)),
    ]
)
"""Of the image and of its cuts, 64 bits of low frequencies and 192 of higher ones; and a small picture."""

_CUT_PX, _DCT_PX, _LOW, _HIGH = 128, 32, 8, 16
_DARK = 0.1
_STEPS = 2
_MOST_PX = 2.0
_LEAST_PX = 36


def fingerprint(content: NDArray[np.uint8]) -> bytes:
    """Describe an image.

    Parameters
    ----------
    content : ndarray, shape (height, width, 3)
        The image on its grid, without the padding.

    Returns
    -------
    bytes
        One `FINGERPRINT`.

    Notes
    -----
    The hashes tell which coefficients of the cosine transform of the grey image, 32 px wide and high,
    are above their median: Zauner 2010, "Implementation and benchmarking of perceptual image hash
    functions" (pHash). The lowest row and column are kept, for they change least when an image is cropped.
    """
    grey = _scaled(cv2.cvtColor(content, cv2.COLOR_RGB2GRAY), _CUT_PX)
    lowest = np.stack([_lowest_frequencies(grey, *cut) for cut in CUTS])
    higher = (lowest[:, :_LOW, _LOW:].reshape(len(CUTS), -1), lowest[:, _LOW:].reshape(len(CUTS), -1))
    record = np.zeros((), FINGERPRINT)
    record["coarse"] = _bits(lowest[:, :_LOW, :_LOW].reshape(len(CUTS), -1))[:, 0]
    record["fine"] = _bits(np.concatenate(higher, axis=1))
    record["grey"] = _scaled(grey, SIGNATURE_PX)
    return record.tobytes()


def _lowest_frequencies(
    grey: NDArray[Any], left: float, top: float, right: float, bottom: float
) -> NDArray[Any]:
    rows = slice(round(top * _CUT_PX), _CUT_PX - round(bottom * _CUT_PX))
    columns = slice(round(left * _CUT_PX), _CUT_PX - round(right * _CUT_PX))
    coefficients = cv2.dct(_scaled(grey[rows, columns], _DCT_PX).astype(np.float32))
    return coefficients[:_HIGH, :_HIGH]


def _scaled(grey: NDArray[Any], side_px: int) -> NDArray[Any]:
    return cv2.resize(grey, (side_px, side_px), interpolation=cv2.INTER_AREA)


def _bits(values: NDArray[Any]) -> NDArray[np.uint64]:
    above = values > np.median(values, axis=1, keepdims=True)
    return np.packbits(above, axis=1).view("<u8")


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Correlate two small pictures, one shifted and stretched a little so that they fit best.

    Only what is lit in both counts: that endoscopes have the same black surround makes no two images alike.

    Parameters
    ----------
    first, second : ndarray, shape (s, s)
        Grey, as in a `FINGERPRINT`.

    Returns
    -------
    float
        0 to 1; 0 where there is nothing to compare, or only a larger shift would make them fit.

    Notes
    -----
    The fit is that of Lucas and Kanade 1981: least squares on the linearised picture, here for gain,
    offset, shift and stretch in x and y, twice.
    """
    one, other = first.astype(np.float32), second.astype(np.float32)
    rows, columns = np.mgrid[: one.shape[0], : one.shape[1]].astype(np.float32)
    down, across = rows / rows.max() * 2 - 1, columns / columns.max() * 2 - 1
    lit, lit_other = _lit(one), _lit(other)
    move: NDArray[Any] = np.zeros(4, np.float32)
    moved: NDArray[Any] = one
    moved_lit: NDArray[Any] = lit
    found = 0.0
    for step in range(_STEPS):
        if step:
            at = (columns + move[0] + move[2] * across, rows + move[1] + move[3] * down)
            moved = cv2.remap(one, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            moved_lit = cv2.remap(lit, *at, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        # The rim of the field has gradients that are not the picture's.
        field = cv2.erode(moved_lit & lit_other, np.ones((3, 3), np.uint8)).astype(bool)
        wanted = other[field]
        if wanted.size < _LEAST_PX or wanted.std() < 1:
            return 0.0
        slope_y, slope_x = np.gradient(moved, axis=0), np.gradient(moved, axis=1)
        terms = (np.ones_like(moved), moved, slope_x, slope_y, slope_x * across, slope_y * down)
        design = np.stack([each[field] for each in terms], axis=1)
        weights, *_ = np.linalg.lstsq(design, wanted, rcond=None)
        gain = float(weights[1])
        if gain <= 0.3:
            return 0.0
        move = move + (weights[2:] / gain).clip(-_MOST_PX, _MOST_PX)
        if np.abs(move).max() > _MOST_PX:
            return 0.0
        found = 1 - float((wanted - design @ weights).var() / wanted.var())
    return math.sqrt(max(found, 0.0))


def _lit(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (grey > _DARK * np.percentile(grey, 95)).astype(np.uint8)
