"""Pictures of the report on a data set: where readers look, by class and in single images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ImageRow
from gazeannotator.dataset.grid import content, resized
from gazeannotator.dataset.pictures import heat_overlay, picture
from gazeannotator.dataset.schema import SPLITS

_SIDE_PX = 320
_MOST = 200
"""Images that a mean is made of, evenly spaced: more do not change what is seen."""

_EXAMPLES = 12


def mean_pictures(
    contents: Contents, images: Sequence[ImageRow], progress: Callable[[int, int, str], None] | None
) -> list[dict[str, Any]]:
    """Lay the mean heatmap of each class over the mean of its images.

    Each heatmap counts alike, as a distribution; images of other shapes are squeezed into the usual one.
    """
    with_gaze = [image for image in images if image.has_gaze]
    chosen = {
        name: _spread([image for image in with_gaze if image.target == index], _MOST)
        for index, name in enumerate(contents.classes)
    }
    size_px = _usual_size(with_gaze)
    total, done = sum(map(len, chosen.values())), 0
    means = []
    for name, mine in chosen.items():
        heat, pixels = np.zeros(size_px[::-1]), np.zeros((*size_px[::-1], 3))
        for image in mine:
            if progress:
                progress(done, total, "Images")
            stored = _heatmap(contents, image)
            heat += _fitted(stored / stored.sum(), size_px)
            pixels += _fitted(contents.pixels(image), size_px) / len(mine)
            done += 1
        if mine:
            grey = pixels.mean(axis=2, keepdims=True).repeat(3, axis=2).clip(0, 255).astype(np.uint8)
            means.append({"name": name, "images": len(mine), "picture": heat_overlay(grey, heat.clip(min=0))})
    if progress:
        progress(total, total, "Images")
    return means


def example_pictures(contents: Contents, images: Sequence[ImageRow]) -> list[dict[str, Any]]:
    """Choose images of the training part, of all classes, and lay the readers' gaze over them."""
    train = [image for image in images if image.split == SPLITS.index("train") and image.has_gaze]
    by_class = [[each for each in train if each.target == index] for index in range(len(contents.classes))]
    share = max(1, _EXAMPLES // max(1, sum(map(bool, by_class))))
    chosen = [image for mine in by_class for image in _spread(mine, share)]
    return [
        {
            "name": contents.class_name(image.target),
            "id": image.name[:8],
            "picture": picture(contents.pixels(image)),
            "gaze": heat_overlay(contents.pixels(image), _heatmap(contents, image)),
        }
        for image in chosen
    ]


def _heatmap(contents: Contents, image: ImageRow) -> NDArray[np.float64]:
    stored = np.asarray(contents.file["/images/heatmap"][image.row], np.float64)
    inside = stored[content(image.grid)]
    # All of the gaze may lie in the padding.
    return inside if inside.any() else np.full_like(inside, 1e-9)


def _usual_size(images: Sequence[ImageRow]) -> tuple[int, int]:
    """Width and height, px, of the shape in the middle of all shapes."""
    if not images:
        return _SIDE_PX, _SIDE_PX
    aspect = float(np.median([image.size_px[0] / image.size_px[1] for image in images]))
    return round(_SIDE_PX * min(aspect, 1.0)), round(_SIDE_PX / max(aspect, 1.0))


def _fitted(array: NDArray[Any], size_px: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(resized(array.astype(np.float64), size_px), np.float64)


def _spread(items: Sequence[ImageRow], count: int) -> list[ImageRow]:
    if len(items) <= count:
        return list(items)
    return [items[int(place)] for place in np.linspace(0, len(items) - 1, count)]
