"""A line of text that was found tells what the rest of it, and the lines above and below, look like.

Letters that were no letters for themselves (thin, joined, cut by JPEG) are hidden with those that
were: strokes of the same colour with edges as sharp, close by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SIDEWAYS = 1.3  # gap between words, heights of the line
_PITCH = 1.3  # gap between lines, likewise
_MOST_LINES = 6  # above and below each
_ALIKE = 50  # levels
_SHARP = 0.55  # of the line's own edges


@dataclass(frozen=True)
class Strokes:
    """A picture in which light strokes stand out.

    Attributes
    ----------
    picture : ndarray, shape (height, width, 3), uint8
    contrast : ndarray, shape (height, width), uint8
        By how much a pixel is lighter than what is around it.
    step : ndarray, shape (height, width), uint8
        Largest difference within 3 px.
    edge : ndarray, shape (height, width), uint8
        Largest step within 3 px.
    """

    picture: NDArray[np.uint8]
    contrast: NDArray[np.uint8]
    step: NDArray[np.uint8]
    edge: NDArray[np.uint8]

    def like(self, colour: Floats, contrast: float, step: float) -> Flags:
        """Return which pixels could be of letters of that colour, contrast and sharpness of the edge."""
        flags: Flags = (self.contrast >= 0.4 * contrast) & (self.edge >= _SHARP * step)
        rows, columns = np.nonzero(flags)
        apart = np.abs(self.picture[rows, columns].astype(np.int16) - colour.astype(np.int16)).max(axis=1)
        flags[rows, columns] = apart <= _ALIKE
        return flags


def block(like: Flags, box: Floats, letter_px: float) -> list[Floats]:
    """Complete a line, and find the lines above and below it.

    Parameters
    ----------
    like : ndarray of bool, shape (height, width)
        Of `Strokes.like`.
    box : ndarray, shape (4,)
        x0, y0, x1, y1 of what was found of the line, px.
    letter_px : float
        Height of its letters, or of their larger parts.

    Returns
    -------
    list of ndarray
        Boxes; the first is the line's own. Nothing is added above or below where no empty row
        ends the letters: there it is the tissue that looks like them.
    """
    tall = max(1, int(letter_px))
    own, ends = _completed(like, box, tall)
    lines = [own]
    if not ends:
        return lines
    dense = _density(like, own)
    for direction in (-1, 1):
        line = own
        for _ in range(_MOST_LINES):
            following = _next(like, line, direction, dense)
            if following is None:
                break
            lines.append(following)
            line = following
    return lines


def _completed(like: Flags, box: Floats, tall: int) -> tuple[Floats, bool]:
    """Stretch a line to both sides, then up and down to the ends of its letters; tells whether they end."""
    x0, y0, x1, y1 = (int(each) for each in box)
    x0, x1 = _reached(_any(like[y0:y1], 0), x0, x1, gap=_SIDEWAYS * tall)
    gap = max(2, tall // 8)
    top, bottom = _reached(_any(like[:, x0:x1], 1), y0, y1, gap)
    if y0 - top > tall or bottom - y1 > tall:
        return np.array([x0, y0, x1, y1], float), False
    if bottom - top > y1 - y0:
        x0, x1 = _reached(_any(like[top:bottom], 0), x0, x1, gap=_SIDEWAYS * tall)
    return np.array([x0, top, x1, bottom], float), True


def _next(like: Flags, line: Floats, direction: int, dense: float) -> Floats | None:
    """Return the line above (-1) or below (1), if letters like these are there."""
    x0, y0, x1, y1 = (int(each) for each in line)
    tall = y1 - y0
    left, right = max(0, x0 - tall), x1 + tall
    strip = _any(like[:, left:right], 1)
    beyond = strip[:y0][::-1] if direction < 0 else strip[y1:]
    filled = np.flatnonzero(beyond[: int((_PITCH + 1.5) * tall)])
    if not len(filled) or filled[0] > _PITCH * tall:
        return None
    first = int(filled[0])
    gaps = np.flatnonzero(np.diff(filled) > max(2, tall // 8))
    last = int(filled[gaps[0]] if len(gaps) else filled[-1]) + 1
    if not 0.5 * tall <= last - first <= 1.3 * tall:
        return None
    top, bottom = (y0 - last, y0 - first) if direction < 0 else (y1 + first, y1 + last)
    columns = np.flatnonzero(_any(like[top:bottom, left:right], 0))
    found = np.array([left + columns[0], top, left + columns[-1] + 1, bottom], float)
    if np.ptp(found[[0, 2]]) < 1.2 * tall or _density(like, found) < 0.4 * dense:
        return None
    completed, ends = _completed(like, found, bottom - top)
    return completed if ends else None


def _any(like: Flags, axis: int) -> Flags:
    filled: Flags = np.any(like, axis=axis)
    return filled


def _density(like: Flags, box: Floats) -> float:
    x0, y0, x1, y1 = (int(each) for each in box)
    return float(like[y0:y1, x0:x1].mean())


def _reached(filled: Flags, start: int, end: int, gap: float) -> tuple[int, int]:
    """Stretch a span over whatever is filled, as long as no gap is wider."""
    places = np.flatnonzero(filled)
    for place in places[places >= end]:
        if place - end > gap:
            break
        end = int(place) + 1
    for place in places[places < start][::-1]:
        if start - place > gap:
            break
        start = int(place)
    return start, end
