"""How alike readers look at the same image, for the report on a data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ImageRow
from gazeannotator.dataset.grid import content, heatmap_on_grid
from gazeannotator.dataset.looks import Look
from gazeannotator.dataset.schema import strings
from gazeannotator.gaze.agreement import Congruency, Map, Pixels, congruency
from gazeannotator.geometry import GridMap, fit_grid, image_px_to_grid_px

_SIDE_PX = 128
"""A degree is a few px of such a map, on which all of it is seen."""

_MOST = 100
"""Images of a class that are asked, evenly spaced."""


def congruency_rows(contents: Contents, images: Sequence[ImageRow]) -> list[dict[str, str]]:
    """Tell for each class how well the gaze of all other readers predicts where one looks.

    Returns
    -------
    list of dict
        A class each, means over its images; empty where no image was looked at by two readers.
    """
    readers = strings(contents.file["/readings/reader"])
    rows = []
    for index, name in enumerate(contents.classes):
        shared = [
            image
            for image in images
            if image.target == index and len({readers[each] for each in image.readings}) > 1
        ]
        step = max(1, -(-len(shared) // _MOST))
        found = [image_congruency(contents, image, readers) for image in shared[::step]]
        found = [each for each in found if each.readers]
        if found:
            auc, nss = np.mean([(each.auc_judd, each.nss) for each in found], axis=0)
            of = f"{len(found)} of {len(shared)}" if step > 1 else str(len(found))
            rows.append({"name": name, "auc": f"{auc:.2f}", "nss": f"{nss:.2f}", "images": of})
    return rows


def image_congruency(contents: Contents, image: ImageRow, readers: Sequence[str]) -> Congruency:
    """Compute the congruency of the readers of one image; a reader's readings of it are taken together.

    Parameters
    ----------
    contents : Contents
    image : ImageRow
    readers : sequence of str
        Who made each reading of the data set.
    """
    grid = fit_grid(image.size_px, _SIDE_PX)
    looks = defaultdict(list)
    for reading in image.readings:
        look = contents.look(reading, image)
        if len(look.xy_px):
            looks[readers[reading]].append(look)
    both: list[tuple[Map, Pixels]] = [(_map(each, grid), _pixels(each, grid)) for each in looks.values()]
    return congruency([heatmap for heatmap, _ in both], [at for _, at in both])


def _map(looks: Sequence[Look], grid: GridMap) -> Map:
    heatmap = heatmap_on_grid(looks, grid, _SIDE_PX)
    return np.zeros((grid.height_px, grid.width_px)) if heatmap is None else heatmap[content(grid)]


def _pixels(looks: Sequence[Look], grid: GridMap) -> NDArray[np.int64]:
    points = image_px_to_grid_px(np.concatenate([each.xy_px for each in looks]), grid)
    at = np.floor(points - (grid.dx_px, grid.dy_px)).astype(np.int64)
    # The content is rounded to whole px, so that a point at the far edge may lie just beyond it.
    return at.clip(0, (grid.width_px - 1, grid.height_px - 1))
