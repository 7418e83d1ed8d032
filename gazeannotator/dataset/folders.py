"""Export to folders: the layout in which the reference study's data set is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.package import Package, packing, write_picture

FOLDERS = ("train", "val", "test")
"""Names of the parts, by their index in /images/split."""

IMAGE_SHARE, GAZE_SHARE = 0.7, 0.3

_LAYOUT = """
Layout `folders`, as the reference study (Guo et al. 2025) publishes its data set.

    train, val, test / <class> / images/<name>.png        RGB at {size}
                               / attentions/<name>.tif    8-bit grey, 255 = most gaze, same size as its image
                               / heatmaps/<name>.png      0.7 image + 0.3 attention in JET colours

- `labels.csv`: class of each image (pathology where known, else the readers' consensus), and both.
- `splits.csv`: patient (a pseudonym) and part of each image; no patient is in two parts.
- `fixations.csv`: fixations of the readings that are used; px of the exported image, seconds since onset.

An image without attention map has no gaze, or its gaze is left out, see the notes.
"""


def export_folders(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export images, attention maps and overlays by part and class.

    Parameters
    ----------
    dataset : Path
    target : Path
        A new or empty folder; it is there whole or not at all.
    options : ExportOptions
    progress : callable, optional

    Returns
    -------
    ExportReport

    Raises
    ------
    UserError
        If the data set, the study or the target cannot be used.
    """
    with packing(dataset, target, options, progress, _LAYOUT, class_folders=True) as package:
        contents, images = package.contents, package.with_class()
        package.note_gaze(images)
        _make_class_folders(package, images)
        with _Tables(package.folder) as tables:
            for image in package.each(images, "Images"):
                pixels = package.pixels(image)
                place = package.folder / FOLDERS[image.split] / contents.class_name(image.target)
                write_picture(place / "images" / f"{image.name}.png", pixels)
                if package.gives_map(image):
                    _write_gaze(place, image, pixels, package.attention(image))
                tables.add(package, image)
    return package.report


def _make_class_folders(package: Package, images: list[ImageRow]) -> None:
    # All of them, also where a part has no image of a class: loaders number the folders they find.
    for part in sorted({image.split for image in images}):
        for name in package.contents.classes:
            (package.folder / FOLDERS[part] / name / "images").mkdir(parents=True)


def _write_gaze(place: Path, image: ImageRow, pixels: NDArray[np.uint8], grey: NDArray[np.uint8]) -> None:
    for kind in ("attentions", "heatmaps"):
        (place / kind).mkdir(exist_ok=True)
    write_picture(place / "attentions" / f"{image.name}.tif", grey)
    colours = cv2.applyColorMap(grey, cv2.COLORMAP_JET)[..., ::-1]
    overlay = cv2.addWeighted(pixels, IMAGE_SHARE, np.ascontiguousarray(colours), GAZE_SHARE, 0)
    write_picture(place / "heatmaps" / f"{image.name}.png", overlay)


class _Tables:
    """The tables that come with the folders; coordinates are px of the exported images."""

    def __init__(self, folder: Path) -> None:
        self._labels = CsvFile(folder / "labels.csv", ("file", "class", "truth", "label"))
        self._splits = CsvFile(folder / "splits.csv", ("file", "patient", "split"))
        columns = ("file", "reading", "reader", "onset_s", "duration_s", "x_px", "y_px", "samples")
        self._fixations = CsvFile(folder / "fixations.csv", columns)

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *error: object) -> None:
        for table in (self._labels, self._splits, self._fixations):
            table.close()

    def add(self, package: Package, image: ImageRow) -> None:
        """Write the rows of one image."""
        contents, file = package.contents, f"{image.name}.png"
        names = [contents.class_name(index) for index in (image.target, image.truth, image.label)]
        self._labels.write((file, *names))
        self._splits.write((file, image.patient, FOLDERS[image.split]))
        for reading in () if package.hides_gaze(image) else image.readings:
            self._add_fixations(contents, reading, file, package.scale(image))

    def _add_fixations(self, contents: Contents, reading: int, file: str, scale: float) -> None:
        who = [contents.file[f"/readings/{name}"].asstr()[reading] for name in ("id", "reader")]
        found = contents.fixations(reading)
        for row in range(len(found["onset_s"])):
            times = (found["onset_s"][row], found["duration_s"][row])
            place = found["xy_px"][row] * scale
            self._fixations.write((file, *who, *times, *place, found["samples"][row]))
