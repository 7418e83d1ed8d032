"""Text that was drawn over an endoscope's picture, told from vessels, pits and wet highlights.

No network, no model: letters are strokes that stand out from their surroundings (top-hat transform
in each colour), with edges as sharp as only a program draws them, all of one colour and one
stroke width, in a line.

Source of the method: the letter-candidate and text-line stages of Epshtein et al. 2010 ("Detecting
text in natural scenes with stroke width transform"), with a top-hat instead of the stroke search.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from gazeannotator.study.deidentify.masks import Rect
from gazeannotator.study.deidentify.text_block import Strokes, block

Floats = NDArray[np.float64]

_STROKE_PX = 17  # no stroke of a letter is wider
_CONTRAST = 38
_COLOURED = 60  # how much greener or yellower letters are than what is around them: no tissue is, so sharply
_SHORTEST_PX, _TALLEST = 6, 0.14  # of a letter; the latter of the image's height
_SHARP, _HARDLY_SHARP = 0.55, 0.42
_EVEN = 26.0
_FEW = 5  # letters; a shorter line has to be clearer
_BLACK = 60
_SMALLEST_HALF_PX = 360
_NEXT = np.ones((3, 3), np.uint8)
_MOST_CANDIDATES = 6000  # a picture with more is all texture, and its sharpest are looked at


@dataclass
class _Letters:
    """What may be letters, one row each.

    Attributes
    ----------
    box : ndarray, shape (n, 4)
        x0, y0, x1, y1 in px.
    colour : ndarray, shape (n, 3)
    fill : ndarray, shape (n,)
        Share of the box that is stroke.
    stroke : ndarray, shape (n,)
        Width of the strokes, px.
    sharp : ndarray, shape (n,)
        Step of the edge across 3 px, in units of the contrast.
    contrast : ndarray, shape (n,)
        How much brighter than their surroundings, levels of the best channel.
    """

    box: Floats
    colour: Floats
    fill: Floats
    stroke: Floats
    sharp: Floats
    contrast: Floats

    @property
    def height(self) -> Floats:
        """Height of each, px."""
        return self.box[:, 3] - self.box[:, 1]


def find_text(rgb: NDArray[np.uint8], inside: NDArray[np.bool_] | None = None) -> list[Rect]:
    """Find lines of drawn text: lighter than what they lie on, or black.

    Parameters
    ----------
    rgb : ndarray, shape (height, width, 3), uint8
    inside : ndarray of bool, shape (height, width), optional
        Where to look; by default everywhere.

    Returns
    -------
    list of Rect
        Around each line, with a margin, of kind ``text``.
    """
    found = _find(rgb, inside, 1)
    half = rgb.shape[1] // 2, rgb.shape[0] // 2
    if min(half) >= _SMALLEST_HALF_PX:
        # Large letters, and those of a picture that was enlarged, are as sharp as others at half the size.
        smaller = cv2.resize(rgb, half, interpolation=cv2.INTER_AREA).astype(np.uint8)
        mask = None
        if inside is not None:
            mask = cv2.resize(inside.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST).astype(bool)
        found += _find(smaller, mask, 2)
    parts = (each.within(rgb.shape[1], rgb.shape[0]) for each in found)
    return [each for each in parts if each is not None]


def _find(rgb: NDArray[np.uint8], inside: NDArray[np.bool_] | None, scale: int) -> list[Rect]:
    found: list[Rect] = []
    step = _step(rgb)
    edge = cv2.dilate(step, _NEXT).astype(np.uint8)
    # JPEG blurs colours: the edges of coloured letters are those of the picture itself.
    for kind, picture in (("light", rgb), ("dark", 255 - rgb), ("coloured", _opponents(rgb))):
        strokes = Strokes(picture, _contrast(picture), step, edge)
        letters = _letters(strokes, inside)
        for line, box in _lines(letters, kind):
            colour = np.median(letters.colour[line], axis=0)
            peak = float(np.median(letters.contrast[line]))
            like = strokes.like(colour, peak, peak * float(np.median(letters.sharp[line])))
            letter_px = min(box[3] - box[1], 1.6 * np.percentile(letters.height[line], 80))
            for x0, y0, x1, y1 in block(like, box, letter_px):
                margin = max(3.0, 0.28 * min(y1 - y0, 2 * letter_px))
                x, y = int(scale * (x0 - 1.5 * margin)), int(scale * (y0 - margin))
                right, bottom = int(scale * (x1 + 1.5 * margin)), int(scale * (y1 + margin))
                found.append(Rect(x, y, right - x, bottom - y, "text"))
    return found


def _opponents(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how green or cyan, and how yellow each pixel is: coloured letters on a pattern of tissue.

    Tissue that is yellow is reddish too, and counts as less.
    """
    red, green, blue = (rgb[..., each].astype(np.int16) for each in range(3))
    yellow = np.minimum(red, green) - blue - 2 * np.maximum(red - green - 10, 0)
    planes = np.stack([green - red, yellow, np.zeros_like(red)], axis=2)
    return np.asarray(np.clip(planes, 0, 255), np.uint8)


def _contrast(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return by how much a pixel is lighter than what is around it, if that is larger than any stroke."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE_PX, _STROKE_PX))
    highest: NDArray[np.uint8] = cv2.morphologyEx(rgb, cv2.MORPH_TOPHAT, disc).max(axis=2)
    return highest


def _step(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the largest difference within 3 px."""
    largest: NDArray[np.uint8] = cv2.morphologyEx(rgb, cv2.MORPH_GRADIENT, _NEXT).max(axis=2)
    return largest


def _letters(found: Strokes, inside: NDArray[np.bool_] | None) -> _Letters:
    """Find light strokes that may be letters."""
    rgb, contrast, step = found.picture, found.contrast, found.step
    # Half of the highest contrast nearby, so that letters close together stay apart.
    strokes = contrast > np.maximum(_CONTRAST, 0.5 * cv2.dilate(contrast, np.ones((9, 9), np.uint8)))
    if inside is not None:
        strokes &= inside
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8))
    rows, columns = np.nonzero(strokes)
    label = labels[rows, columns]
    value = contrast[rows, columns].astype(float)
    peak = np.zeros(count)
    np.maximum.at(peak, label, value)
    solid = value > 0.5 * peak[label]
    body = np.zeros_like(strokes)
    body[rows[solid], columns[solid]] = True
    rim = (body & ~cv2.erode(body.astype(np.uint8), _NEXT).astype(bool))[rows, columns]
    crest = value >= 0.85 * peak[label]

    def total(which: NDArray[np.bool_], of: Floats | None = None) -> Floats:
        weights = None if of is None else of[which]
        return np.bincount(label[which], weights, minlength=count).astype(float)

    rims = np.maximum(total(rim), 1)
    crests = np.maximum(total(crest), 1)
    sharp = total(rim, step[rows, columns].astype(float)) / rims / np.maximum(peak, 1)
    channels = [rgb[rows, columns, each].astype(float) for each in range(3)]
    colour = np.stack([total(crest, each) / crests for each in channels], axis=1)
    squares = np.stack([total(crest, each**2) / crests for each in channels], axis=1)
    uneven = np.sqrt(np.maximum(squares - colour**2, 0)).max(axis=1)
    x, y, wide, tall, area = stats.T.astype(float)
    area = total(solid)
    good = (tall >= _SHORTEST_PX) & (tall <= _TALLEST * rgb.shape[0]) & (wide <= 0.5 * rgb.shape[1])
    good &= (sharp >= _HARDLY_SHARP) & (uneven <= _EVEN)
    good[0] = False
    which = np.flatnonzero(good)
    if len(which) > _MOST_CANDIDATES:
        which = which[np.argsort(-sharp[which])[:_MOST_CANDIDATES]]
    box = np.stack([x, y, x + wide, y + tall], axis=1)[which]
    fill = (area / np.maximum(wide * tall, 1))[which]
    return _Letters(box, colour[which], fill, (2 * area / rims)[which], sharp[which], peak[which])


def _lines(letters: _Letters, kind: str) -> list[tuple[NDArray[np.intp], Floats]]:
    """Join letters to lines; returns which they are, and the box around them."""
    clear = np.flatnonzero((letters.sharp >= _SHARP) & (letters.stroke <= 0.6 * letters.height))
    if kind == "dark":
        clear = clear[letters.colour[clear].min(axis=1) >= 255 - _BLACK]
    if not len(clear):
        return []
    linked = _linked(letters, clear)
    count, group = connected_components(linked, directed=False)
    words = [clear[group == each] for each in range(count)]
    sure = [each for each in words if _is_text(letters, each, coloured=kind == "coloured")]
    if not sure:
        return []
    taken = _with_neighbours(letters, clear, np.concatenate(sure))
    linked = _linked(letters, taken, gap=2.6, taller=6.0)
    count, group = connected_components(linked, directed=False)
    lines = [taken[group == each] for each in range(count)]
    return [(each, _whole(letters, each)) for each in lines]


def _linked(
    letters: _Letters, which: NDArray[np.intp], gap: float = 1.1, taller: float = 2.6
) -> NDArray[np.bool_]:
    """Tell which of these letters may stand beside each other in a line."""
    box, height = letters.box[which], letters.height[which]
    tallest, lowest = np.maximum.outer(height, height), np.minimum.outer(height, height)
    overlap = np.minimum.outer(box[:, 3], box[:, 3]) - np.maximum.outer(box[:, 1], box[:, 1])
    apart = np.maximum.outer(box[:, 0], box[:, 0]) - np.minimum.outer(box[:, 2], box[:, 2])
    linked = (overlap >= 0.4 * lowest) & (apart <= gap * tallest) & (tallest <= taller * lowest)
    for channel in letters.colour[which].T:
        linked &= np.abs(np.subtract.outer(channel, channel)) <= 45
    return linked


def _is_text(letters: _Letters, line: NDArray[np.intp], coloured: bool) -> bool:
    sharp, contrast = letters.sharp[line].mean(), np.median(letters.contrast[line])
    wide = np.ptp(letters.box[line][:, [0, 2]]) >= 1.6 * np.median(letters.height[line])
    if len(line) == 1 and not wide:
        return False
    foreign = coloured or _no_tissue(np.median(letters.colour[line], axis=0))
    if wide and sharp >= 0.6 and contrast >= (_COLOURED if coloured else 75) and foreign:
        return True
    if len(line) < 3:
        return False
    box, height = letters.box[line], letters.height[line]
    spread = np.ptp(np.percentile(letters.colour[line], [20, 80], axis=0), axis=0).max()
    stroke, fill = letters.stroke[line], letters.fill[line].mean()
    long = np.ptp(box[:, [0, 2]]) >= 1.6 * np.ptp(box[:, [1, 3]])
    # Parts of Chinese characters are not level, but nothing in tissue is as sharp and as much of one colour.
    even = np.std(stroke) <= 0.15 * np.mean(stroke)
    if len(line) >= 4 and long and sharp >= 0.84 and contrast >= 75 and spread <= 10 and fill <= 0.6 and even:
        return True
    typical = float(np.median(height))
    like = np.abs(height - typical) <= 0.3 * typical
    if not like.any():
        return False
    foot, head = np.median(box[like, 3]), np.median(box[like, 1])
    level = np.minimum(np.abs(box[:, 3] - foot), np.abs(box[:, 1] - head))
    aligned = like & (level <= 0.16 * typical + 1)
    strokes = stroke[aligned]
    if (
        aligned.sum() < max(3, 0.5 * len(line))
        or np.ptp(box[:, [0, 2]]) < 1.6 * typical
        or fill > 0.72
        or np.median(strokes) > 0.35 * typical
        or np.std(strokes) > 0.45 * np.mean(strokes)
    ):
        return False
    if aligned.sum() < _FEW:
        return bool(sharp >= 0.72 and contrast >= 75 and spread <= 18)
    return bool(sharp >= 0.62 and contrast >= 50 and spread <= 40)


def _no_tissue(colour: Floats) -> bool:
    """Tell a colour that no tissue has in white or narrow-band light: bright green, cyan and yellow."""
    red, green, blue = colour
    return bool(green > 150 and (green - red > 60 or min(red, green) - blue > 60))


def _with_neighbours(letters: _Letters, clear: NDArray[np.intp], sure: NDArray[np.intp]) -> NDArray[np.intp]:
    """Add letters too few to be a line, where one of the same colour and stroke is close by."""
    taken, rest = sure, np.setdiff1d(clear, sure)
    new = sure
    while len(new) and len(rest):
        height = letters.height[new][None, :]
        box, other = letters.box[rest], letters.box[new]
        apart_x = np.maximum(box[:, None, 0], other[None, :, 0]) - np.minimum(
            box[:, None, 2], other[None, :, 2]
        )
        apart_y = np.maximum(box[:, None, 1], other[None, :, 1]) - np.minimum(
            box[:, None, 3], other[None, :, 3]
        )
        colour = np.abs(letters.colour[rest][:, None] - letters.colour[new][None]).max(axis=2)
        stroke = letters.stroke[rest][:, None] / np.maximum(letters.stroke[new][None], 1)
        close = (apart_x <= 2.6 * height) & (apart_y <= 1.3 * height) & (colour <= 45)
        close &= letters.contrast[rest][:, None] >= 0.6 * letters.contrast[new][None]
        close &= letters.sharp[rest][:, None] >= 0.62
        close &= (stroke <= 1.8) & (stroke >= 0.55) & (letters.height[rest][:, None] <= 1.7 * height)
        near = close.any(axis=1)
        new, rest = rest[near], rest[~near]
        taken = np.concatenate([taken, new])
    return taken


def _whole(letters: _Letters, line: NDArray[np.intp]) -> Floats:
    """Return the box of a line together with what of the same colour stands in it, or just beside it."""
    colour = np.median(letters.colour[line], axis=0)
    alike = np.abs(letters.colour - colour).max(axis=1) <= 60
    box = np.concatenate([letters.box[line, :2].min(axis=0), letters.box[line, 2:].max(axis=0)])
    tall = box[3] - box[1]
    near = box + tall * np.array([-0.9, -0.3, 0.9, 0.3])
    there = letters.box[
        alike & (letters.box[:, :2] >= near[:2]).all(axis=1) & (letters.box[:, 2:] <= near[2:]).all(axis=1)
    ]
    return np.concatenate(
        [
            np.minimum(box[:2], there[:, :2].min(axis=0, initial=np.inf)),
            np.maximum(box[2:], there[:, 2:].max(axis=0, initial=0)),
        ]
    )
