"""What is hidden of an image, as plain data, and the hiding itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Kind = Literal["text", "surroundings", "template", "manual", "declared"]
"""Why something was hidden; ``declared``: the file says of itself that a name is burned in."""

KINDS: tuple[Kind, ...] = ("text", "surroundings", "template", "manual", "declared")
MAX_RECTANGLES = 500
_ALMOST = 0.8


@dataclass(frozen=True)
class Rect:
    """A rectangle of whole pixels; `x`, `y` is its top-left pixel.

    Attributes
    ----------
    x, y, width, height : int
        Image px; width and height are at least 1.
    kind : str
        Why it is hidden.
    """

    x: int
    y: int
    width: int
    height: int
    kind: Kind = "manual"

    @property
    def right(self) -> int:
        """First column beyond it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row beyond it."""
        return self.y + self.height

    def within(self, width: int, height: int) -> Rect | None:
        """Return the part that lies in an image of that size, None if there is none."""
        x0, y0 = max(self.x, 0), max(self.y, 0)
        x1, y1 = min(self.right, width), min(self.bottom, height)
        return replace(self, x=x0, y=y0, width=x1 - x0, height=y1 - y0) if x1 > x0 and y1 > y0 else None


@dataclass(frozen=True)
class Masks:
    """What is hidden of one image.

    Attributes
    ----------
    hide : tuple of Rect
        Each becomes black.
    keep : tuple of (int, int)
        Corners x, y of a convex polygon, image px, whose border belongs to it: all beyond it becomes
        black. Empty: there is no such limit.
    declared : bool
        The file itself says that there is text burned in, so that somebody has to look.
    """

    hide: tuple[Rect, ...] = ()
    keep: tuple[tuple[int, int], ...] = ()
    declared: bool = False

    def __bool__(self) -> bool:
        """Whether somebody has to look at the image."""
        return bool(self.hide or self.keep or self.declared)

    @property
    def what(self) -> list[Kind]:
        """Kinds of what is hidden, each once."""
        kinds: set[str] = {each.kind for each in self.hide}
        kinds |= {"surroundings"} if self.keep else set()
        kinds |= {"declared"} if self.declared else set()
        return [each for each in KINDS if each in kinds]

    @property
    def where(self) -> dict[str, Any]:
        """Places as JSON types, see `masks_from_dict`."""
        hide = [[each.x, each.y, each.width, each.height, each.kind] for each in self.hide]
        return {"hide": hide, "keep": [list(each) for each in self.keep], "declared": self.declared}


def masks_from_dict(data: dict[str, Any]) -> Masks:
    """Rebuild masks from `Masks.where`.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the layout is another.
    """
    hide = []
    for x, y, width, height, kind in data["hide"]:
        if kind not in KINDS or min(width, height) < 1:
            raise ValueError(f"no rectangle: {x, y, width, height, kind}")
        hide.append(Rect(int(x), int(y), int(width), int(height), kind))
    keep = tuple((int(x), int(y)) for x, y in data["keep"])
    return Masks(tuple(hide), keep, bool(data["declared"]))


def hidden(shape: tuple[int, ...], masks: Masks) -> NDArray[np.bool_]:
    """Tell which pixels are hidden.

    Parameters
    ----------
    shape : tuple of int
        Height, width, …

    Returns
    -------
    ndarray, shape (height, width)
    """
    canvas = np.zeros(shape[:2], np.uint8)
    if masks.keep:
        canvas[:] = 1
        cv2.fillPoly(canvas, [np.array(masks.keep, np.int32)], 0)
    for each in masks.hide:
        part = each.within(shape[1], shape[0])
        if part is not None:
            canvas[part.y : part.bottom, part.x : part.right] = 1
    return canvas.astype(bool)


def masked(pixels: NDArray[Any], masks: Masks) -> NDArray[Any]:
    """Return a copy with the hidden parts black; every other pixel, and the size, is as it was.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, 3)
    """
    result = pixels.copy()
    result[hidden(pixels.shape, masks)] = 0
    return result


def joined(rectangles: Iterable[Rect]) -> tuple[Rect, ...]:
    """Join those rectangles of one kind of which the smaller lies almost wholly in the larger."""
    kept: list[Rect] = []
    for each in sorted(set(rectangles), key=lambda r: -r.width * r.height):
        for index, other in enumerate(kept):
            if other.kind == each.kind and _shared(other, each) >= _ALMOST * each.width * each.height:
                kept[index] = _around(other, each)
                break
        else:
            kept.append(each)
    return tuple(sorted(kept, key=lambda r: (r.y, r.x, r.width, r.height)))


def _shared(one: Rect, other: Rect) -> int:
    """Return how many pixels lie in both."""
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(width, 0) * max(height, 0)


def _around(one: Rect, other: Rect) -> Rect:
    x, y = min(one.x, other.x), min(one.y, other.y)
    width, height = max(one.right, other.right) - x, max(one.bottom, other.bottom) - y
    return replace(one, x=x, y=y, width=width, height=height)
