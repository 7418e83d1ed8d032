"""What of an image has to be hidden: found by itself, by a layout, or named by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.study.deidentify.content import SMALLEST_PX, eight_bits, find_content
from gazeannotator.study.deidentify.layouts import Layout
from gazeannotator.study.deidentify.masks import MAX_RECTANGLES, Masks, Rect, joined
from gazeannotator.study.deidentify.text import find_text

_LARGEST_SIDE_PX = 2000  # beyond, letters are large enough to be found in a smaller copy


@dataclass(frozen=True)
class HidingOptions:
    """How images are searched.

    Attributes
    ----------
    automatic : bool
        Search for text, and for anything around the endoscope's picture.
    layout : Layout, optional
        Used for images of its size, where it says what is picture and what is not.
    rectangles : tuple of Rect
        Hidden in every image.
    """

    automatic: bool = True
    layout: Layout | None = None
    rectangles: tuple[Rect, ...] = ()


def find_masks(pixels: NDArray[Any], options: HidingOptions, *, declared: bool = False) -> Masks:
    """Find what is to be hidden of an image; empty where there is nothing to hide.

    What lies around the picture counts only if it is more than one plain colour: an image without text
    stays as it is to the last bit.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, 3), uint8 or uint16
        RGB.
    declared : bool
        The file says of itself that there is text burned in.
    """
    height, width = pixels.shape[:2]
    hide = [part for each in options.rectangles if (part := each.within(width, height)) is not None]
    keep: tuple[tuple[int, int], ...] = ()
    layout = options.layout if options.layout and options.layout.fits(width, height) else None
    if layout is not None:
        hide += layout.masks.hide
        keep = layout.masks.keep
    if options.automatic and min(height, width) >= SMALLEST_PX:
        found = _searched(eight_bits(pixels))
        hide += joined(found.hide)
        keep = keep or found.keep
    return Masks(_bounded(hide), keep, declared)


def _searched(rgb: NDArray[np.uint8]) -> Masks:
    height, width = rgb.shape[:2]
    scale = max(height, width) / _LARGEST_SIDE_PX
    if scale <= 1:
        return _found(rgb)
    small = cv2.resize(
        rgb, (round(width / scale), round(height / scale)), interpolation=cv2.INTER_AREA
    ).astype(np.uint8)
    masks = _found(small)
    across, down = width / small.shape[1], height / small.shape[0]
    hide = [
        replace(
            each,
            x=int(each.x * across),
            y=int(each.y * down),
            width=int(np.ceil(each.width * across)) + 1,
            height=int(np.ceil(each.height * down)) + 1,
        ).within(width, height)
        for each in masks.hide
    ]
    # Where a pixel of the copy was kept, all pixels that it stands for are.
    centre_x, centre_y = np.mean(masks.keep, axis=0) if masks.keep else (0, 0)
    keep = tuple(
        (
            min(width - 1, int(np.ceil((x + 1) * across))) if x > centre_x else int(x * across),
            min(height - 1, int(np.ceil((y + 1) * down))) if y > centre_y else int(y * down),
        )
        for x, y in masks.keep
    )
    return Masks(tuple(each for each in hide if each is not None), keep)


def _found(rgb: NDArray[np.uint8]) -> Masks:
    content = find_content(rgb)
    texts = find_text(rgb)
    if content is None:
        return Masks(tuple(texts))
    around = content.foreign.any() or any(_beyond(each, content.inside) for each in texts)
    if not around:
        return Masks(tuple(texts))
    keep = tuple((int(x), int(y)) for x, y in content.outline)
    within = [each for each in texts if content.inside[each.y : each.bottom, each.x : each.right].any()]
    return Masks(tuple(within), keep)


def _beyond(rect: Rect, inside: NDArray[np.bool_]) -> bool:
    return not inside[rect.y : rect.bottom, rect.x : rect.right].all()


def _bounded(rectangles: Sequence[Rect]) -> tuple[Rect, ...]:
    """Join rectangles; absurdly many become one around them all."""
    kept = tuple(dict.fromkeys(rectangles))
    if len(kept) <= MAX_RECTANGLES:
        return kept
    x, y = min(each.x for each in kept), min(each.y for each in kept)
    right, bottom = max(each.right for each in kept), max(each.bottom for each in kept)
    return (Rect(x, y, right - x, bottom - y, "text"),)
