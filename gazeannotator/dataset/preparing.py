"""The part of a build that is work: images and readings made ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.consensus import consensus
from gazeannotator.dataset.fingerprint import fingerprint
from gazeannotator.dataset.grid import content, heatmap_on_grid, pixels_on_grid
from gazeannotator.dataset.joining import JoinedImage
from gazeannotator.dataset.looks import Weighting
from gazeannotator.dataset.reading_gaze import GazeSource
from gazeannotator.dataset.readings import PreparedReading, Quality, prepare_reading
from gazeannotator.gaze.eyes import MEAN
from gazeannotator.geometry import fit_grid
from gazeannotator.study.images import read_image
from gazeannotator.study.store import Store


@dataclass(frozen=True)
class Recipe:
    """How images and readings are made ready; the limits are those of each study."""

    grid_px: int
    method: str
    sigma_deg: float
    limits: Mapping[Path, Quality]
    weighting: Weighting = field(default_factory=Weighting)
    eye: str = MEAN


@dataclass(frozen=True)
class PreparedImage:
    """One image, ready to be written.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (S, S, 3)
    heatmap : ndarray, shape (S, S), or None
        None where no valid reading looked at the image.
    columns : dict
        Of /images, as far as they are known before the split.
    readings : list of PreparedReading
    fingerprint : bytes
        What it looks like, to be compared with others.
    """

    pixels: NDArray[np.uint8]
    heatmap: NDArray[np.float64] | None
    columns: dict[str, Any]
    readings: list[PreparedReading]
    fingerprint: bytes


class Preparer:
    """Prepares images one after another; keeps the studies open in between.

    Parameters
    ----------
    studies : sequence of Path
    recipe : Recipe
    """

    def __init__(self, studies: Sequence[Path], recipe: Recipe) -> None:
        self._stores = {path: Store.open(path) for path in studies}
        self.recipe = recipe

    def close(self) -> None:
        """Close the studies."""
        for store in self._stores.values():
            store.close()

    def prepared(self, images: Sequence[JoinedImage]) -> Iterator[PreparedImage]:
        """Prepare images in their order, by what the studies hold at the beginning."""
        with ExitStack() as stack:
            sources = {path: stack.enter_context(store.gaze_reader()) for path, store in self._stores.items()}
            # While one image is worked on and written, the next one is decoded: half of all the work.
            decoder = stack.enter_context(ThreadPoolExecutor(1))
            coming = [decoder.submit(self._pixels, each) for each in images[:1]]
            for number, image in enumerate(images):
                pixels = coming.pop().result()
                coming = [decoder.submit(self._pixels, each) for each in images[number + 1 : number + 2]]
                yield self._prepare(image, sources, pixels)

    def _pixels(self, image: JoinedImage) -> NDArray[np.uint8]:
        original = read_image(self._stores[image.study].image_file(image.id))
        return pixels_on_grid(original, fit_grid(image.size_px, self.recipe.grid_px), self.recipe.grid_px)

    def _prepare(
        self, image: JoinedImage, sources: Mapping[Path, GazeSource], pixels: NDArray[np.uint8]
    ) -> PreparedImage:
        """Read all readings of an image, and put them on the grid."""
        recipe = self.recipe
        readings = [
            prepare_reading(
                sources[each.study],
                each.session,
                each.reading,
                image.size_px,
                recipe.method,
                recipe.limits[each.study],
                recipe.eye,
            )
            for each in image.readings
        ]
        valid = [each for each in readings if each.valid]
        looks = [each.look(recipe.sigma_deg, recipe.weighting) for each in valid]
        grid = fit_grid(image.size_px, recipe.grid_px)
        return PreparedImage(
            pixels=pixels,
            heatmap=heatmap_on_grid(looks, grid, recipe.grid_px),
            columns={
                "id": image.id,
                "patient": image.patient,
                "size_px": image.size_px,
                "to_grid": (grid.scale, grid.dx_px, grid.dy_px),
                "truth": image.truth,
                "label": consensus(
                    np.array([each.columns["label"] for each in valid]),
                    np.array([each.columns["confidence"] for each in valid]),
                ),
            },
            readings=readings,
            fingerprint=fingerprint(pixels[content(grid)]),
        )
