"""Where on the screen an image was, and so where on it the gaze lies.

What a source does not tell may be assumed as long as it changes visual angles only. Where the gaze lies on
the image is never assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import (
    Placement,
    Screen,
    centred_placement,
    displayed_px_to_screen_px,
    image_px_to_screen_px,
    largest_placement,
    normalised_to_screen_px,
    screen_px_to_image_px,
)
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, Viewing

NOMINAL_SCREEN = Screen(1920, 1080, 527, 296, 650)
"""Of a monitor of 24 inches at arm's length."""

_SAME_SIZE_PX = 1.0


@dataclass(frozen=True)
class Placed:
    """A viewing of an image whose size is known.

    Attributes
    ----------
    placement : Placement
    assumed : bool
        Nobody has told the placement.
    left, right : ndarray, shape (n, 2)
        Screen px.
    fixations_px : ndarray, shape (k, 2)
        Image px; none where the source tells samples.
    on_border : int
        Samples that lie on the border of the displayed image, where the source counts by that.
    """

    placement: Placement
    assumed: bool
    left: FloatArray
    right: FloatArray
    fixations_px: FloatArray
    on_border: int


def screen_of(recorded: Recorded, options: ImportOptions) -> tuple[Screen, tuple[str, ...]]:
    """Tell the screen, and which of its measures are assumed."""
    size_px = options.screen_px or recorded.screen_px
    told = {
        "screen_px": size_px,
        "screen_mm": options.screen_mm,
        "distance_mm": options.distance_mm,
    }
    width_px, height_px = size_px or NOMINAL_SCREEN.size_px
    width_mm, height_mm = options.screen_mm or NOMINAL_SCREEN.size_mm
    distance_mm = options.distance_mm or NOMINAL_SCREEN.distance_mm
    screen = Screen(width_px, height_px, width_mm, height_mm, distance_mm)
    return screen, tuple(name for name, value in told.items() if value is None)


def placed(viewing: Viewing, image_px: tuple[int, int], screen: Screen, options: ImportOptions) -> Placed:
    """Bring a viewing's points to the screen.

    Raises
    ------
    BadInput
        The source means another image, or tells not enough of where it was.
    """
    width, height = viewing.image_px or image_px
    if max(abs(width - image_px[0]), abs(height - image_px[1])) > _SAME_SIZE_PX:
        raise BadInput(
            f"Its image has {width:g} x {height:g} px, that of the study {image_px[0]} x {image_px[1]}.",
            "Import the image that was shown.",
        )
    placement = _placement(viewing, image_px, screen, options)
    assumed = placement is None
    if placement is None:
        placement = _assumed(viewing, image_px, screen, options)
    if not (placement.width_px > 0 and placement.height_px > 0):
        raise BadInput("Its image is said to have been shown without any size.", "Correct that.")
    found = np.empty((0, 2)) if viewing.fixations is None else viewing.fixations.xy
    fixations_px = _on_screen(found, viewing, placement, image_px, screen)
    return Placed(
        placement=placement,
        assumed=assumed,
        left=_on_screen(viewing.left, viewing, placement, image_px, screen),
        right=_on_screen(viewing.right, viewing, placement, image_px, screen),
        fixations_px=screen_px_to_image_px(fixations_px, placement, image_px),
        on_border=_on_border(viewing, placement),
    )


def _placement(
    viewing: Viewing, image_px: tuple[int, int], screen: Screen, options: ImportOptions
) -> Placement | None:
    """Where the image was as the source tells it, or the person who imports it; None if nobody does."""
    if viewing.placement is not None:
        return viewing.placement
    if viewing.anchor is not None:
        corner = viewing.anchor.x_px, viewing.anchor.y_px
        if viewing.anchor.centre:
            return centred_placement(image_px, (2 * corner[0], 2 * corner[1]))
        return Placement(*corner, *image_px)
    if options.placement == "fit":
        return largest_placement(image_px, screen.size_px)
    if options.placement == "fill":
        return Placement(0, 0, *screen.size_px)
    if options.placement == "original":
        return centred_placement(image_px, screen.size_px)
    return options.placement or None


def _assumed(
    viewing: Viewing, image_px: tuple[int, int], screen: Screen, options: ImportOptions
) -> Placement:
    if viewing.system == "displayed_px":
        height = options.display_height
        return centred_placement((image_px[0] * height / image_px[1], height), screen.size_px)
    if viewing.system.startswith("image"):
        return largest_placement(image_px, screen.size_px)
    raise BadInput(
        "Nothing tells where on the screen its image was, so its gaze has no place on it.",
        "Give --placement: fit, fill, original, or X,Y,WIDTH,HEIGHT in screen px.",
    )


def _on_screen(
    points: FloatArray, viewing: Viewing, placement: Placement, image_px: tuple[int, int], screen: Screen
) -> FloatArray:
    if viewing.system == "displayed_px":
        return displayed_px_to_screen_px(points, placement)
    if viewing.system == "image_px":
        return image_px_to_screen_px(points, placement, image_px)
    if viewing.system == "image_normalised":
        inside = replace(placement, x0_px=0.0, y0_px=0.0)
        shares = normalised_to_screen_px(points, (inside.width_px, inside.height_px))
        return displayed_px_to_screen_px(shares, placement)
    if viewing.system == "screen_normalised":
        return normalised_to_screen_px(points, screen.size_px)
    return points


def _on_border(viewing: Viewing, placement: Placement) -> int:
    if viewing.system != "displayed_px" or not len(viewing.left):
        return 0
    size = np.array([placement.width_px, placement.height_px])
    return int(((viewing.left < 1) | (viewing.left > size - 1)).any(axis=1).sum())
