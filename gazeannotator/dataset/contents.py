"""Reading a data set image by image, as the exports do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.grid import content, heatmap_on_grid, resized
from gazeannotator.dataset.looks import Look, Weighting, weighed
from gazeannotator.dataset.schema import class_names, json_attribute, strings, target_classes
from gazeannotator.gaze.eyes import MEAN
from gazeannotator.gaze.heatmap import scaled_to_one
from gazeannotator.geometry import GridMap, fit_grid


@dataclass(frozen=True)
class ImageRow:
    """One row of /images, without its pixels.

    Attributes
    ----------
    target : int
        Class index: the truth where it is known, else the label; -1 if neither is.
    readings : list of int
        Rows of its valid readings.
    """

    row: int
    id: str
    patient: str
    size_px: tuple[int, int]
    grid: GridMap
    truth: int
    label: int
    target: int
    split: int
    has_gaze: bool
    readings: list[int]

    @property
    def name(self) -> str:
        """Its name in exports: the first 16 hex digits of the id."""
        return self.id[:16]


class Contents:
    """An open data set, read row by row.

    Parameters
    ----------
    file : h5py.File
        As from `schema.open_dataset`.
    """

    def __init__(self, file: Any) -> None:  # noqa: ANN401 - h5py has no types
        self.file = file
        self.side_px = int(file["/images/pixels"].shape[1])
        self.classes = class_names(file)
        self.build = json_attribute(file, "build")
        self.sigma_deg = self.build.get("sigma_deg")
        self.eye = str(self.build.get("eye", MEAN))
        self.weighting = Weighting.of(self.build)
        self.bias_removed = self.build.get("central_bias") == "remove"

    def images(self) -> list[ImageRow]:
        """List all images."""
        column = {
            name: array[:] for name, array in self.file["images"].items() if array.ndim < 3 and _number(array)
        }
        ids, patients = strings(self.file["/images/id"]), strings(self.file["/images/patient"])
        target = target_classes(column["truth"], column["label"])
        readings = defaultdict(list)
        for reading, (image, valid) in enumerate(
            zip(self.file["/readings/image"][:], self.file["/readings/valid"][:], strict=True)
        ):
            if valid:
                readings[int(image)].append(reading)
        return [
            ImageRow(
                row=row,
                id=ids[row],
                patient=patients[row],
                size_px=(int(column["size_px"][row][0]), int(column["size_px"][row][1])),
                grid=fit_grid(tuple(column["size_px"][row].tolist()), self.side_px),
                truth=int(column["truth"][row]),
                label=int(column["label"][row]),
                target=int(target[row]),
                split=int(column["split"][row]),
                has_gaze=bool(column["has_gaze"][row]),
                readings=readings[row],
            )
            for row in range(len(ids))
        ]

    def class_name(self, index: int) -> str:
        """Name of a class, "" for none."""
        return self.classes[index] if index >= 0 else ""

    def pixels(self, image: ImageRow) -> NDArray[np.uint8]:
        """Read an image without its padding, at the grid's scale."""
        return np.asarray(self.file["/images/pixels"][image.row])[content(image.grid)]

    def fixations(self, reading: int) -> dict[str, NDArray[Any]]:
        """Read a reading's fixations, by column."""
        return self._fixations.rows(reading)

    def gaze(self, reading: int) -> dict[str, NDArray[Any]]:
        """Read a reading's samples, by column."""
        return self._gaze.rows(reading)

    @cached_property
    def _fixations(self) -> _Table:
        return _Table(self.file, "fixations", "fixation")

    @cached_property
    def _gaze(self) -> _Table:
        return _Table(self.file, "gaze", "gaze")

    @cached_property
    def _px_per_deg(self) -> NDArray[np.float64]:
        return np.asarray(self.file["/readings/px_per_deg"][:])

    def attention(self, image: ImageRow, original: bool) -> NDArray[np.float64]:
        """Compute the gaze map of an image that has gaze, without the padding; its maximum is 1.

        Parameters
        ----------
        image : ImageRow
        original : bool
            At the image's own size instead of the grid's scale.

        Returns
        -------
        ndarray, shape (rows, columns)
            From the gaze, exact at that size; from the stored map where there is none, or where the
            central bias was taken off it.
        """
        side_px = max(image.size_px) if original else self.side_px
        grid = fit_grid(image.size_px, side_px)
        # The square around the image, as in the build, so that several readings weigh the same.
        looks = [] if self.bias_removed else [self.look(each, image) for each in image.readings]
        heatmap = heatmap_on_grid(looks, grid, side_px)
        if heatmap is not None:
            return scaled_to_one(heatmap[content(grid)])
        stored = np.asarray(self.file["/images/heatmap"][image.row], np.float64)[content(image.grid)]
        return scaled_to_one(resized(stored, (grid.width_px, grid.height_px)).clip(min=0))

    def reading_attention(self, image: ImageRow, reading: int, original: bool) -> NDArray[np.float64] | None:
        """Compute the gaze map of one reading as `attention` does, None where it looked elsewhere."""
        side_px = max(image.size_px) if original else self.side_px
        grid = fit_grid(image.size_px, side_px)
        heatmap = heatmap_on_grid([self.look(reading, image)], grid, side_px)
        return None if heatmap is None else scaled_to_one(heatmap[content(grid)])

    def look(self, reading: int, image: ImageRow) -> Look:
        """Return what a reading contributes to its image's heatmap."""
        samples = self.gaze(reading) if self.weighting.weights == "samples" else {}
        points = weighed(samples, self.fixations(reading), image.size_px, self.weighting)
        return Look(*points, (self.sigma_deg or 1.0) * float(self._px_per_deg[reading]))


class _Table:
    """A table of which each reading has a slice; its arrays are opened once, which saves half of the time."""

    def __init__(self, file: Any, name: str, prefix: str) -> None:  # noqa: ANN401
        self._columns = dict(file[name].items())
        self._first = file[f"/readings/{prefix}_first"][:]
        self._count = file[f"/readings/{prefix}_count"][:]

    def rows(self, reading: int) -> dict[str, NDArray[Any]]:
        """Read the rows of one reading, by column."""
        first = int(self._first[reading])
        last = first + int(self._count[reading])
        return {name: array[first:last] for name, array in self._columns.items()}


def _number(array: Any) -> bool:  # noqa: ANN401
    return h5py.check_string_dtype(array.dtype) is None


@dataclass(frozen=True)
class ExportOptions:
    """What an export may be told.

    Attributes
    ----------
    study : Path or None
        Take the images at their original size from here.
    test_gaze : bool
        Give out the gaze of the test part too.
    """

    study: Path | None = None
    test_gaze: bool = False


@dataclass(frozen=True)
class ExportReport:
    """What was exported.

    Attributes
    ----------
    images : int
    left_out : int
        Images that have neither truth nor label, where the layout needs a class.
    notes : list of str
        What the user should know.
    recordings : int
        Sittings, where the layout has them.
    """

    images: int
    left_out: int
    notes: list[str]
    recordings: int = 0
