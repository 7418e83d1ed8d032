"""Export to folders: the layout in which the reference study's data set is published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.atomic import whole_folder
from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.grid import as_uint8
from gazeannotator.dataset.schema import open_dataset
from gazeannotator.errors import BadInput
from gazeannotator.study.images import read_image
from gazeannotator.study.store import Store

FOLDERS = ("train", "val", "test")
"""Names of the parts, by their index in /images/split."""

TEST = FOLDERS.index("test")

_NO_NAME = re.compile(r"^\.{0,2}$|[/\\:\0]")
"""Names that would lead out of their folder: a data set may come from anybody."""

IMAGE_SHARE, GAZE_SHARE = 0.7, 0.3

ImageSource = Callable[[ImageRow], NDArray[np.uint8]]


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
    with open_dataset(dataset) as file, _images_of(Contents(file), options.study) as (contents, pixels_of):
        images = contents.images()
        exported = [image for image in images if image.target >= 0]
        if not exported:
            raise BadInput(
                f"No image of {dataset} has a class: neither pathology nor a used reading is known.",
                "Read the images, or import their pathology, and build again.",
            )
        _check_names(dataset, contents, exported)
        with whole_folder(target) as folder:
            _make_class_folders(folder, contents, exported)
            with _Tables(folder) as tables:
                for done, image in enumerate(exported):
                    if progress:
                        progress(done, len(exported), "Images")
                    with_gaze = image.has_gaze and (image.split != TEST or options.test_gaze)
                    pixels = pixels_of(image)
                    place = folder / FOLDERS[image.split] / contents.class_name(image.target)
                    _write_image(place, image, pixels)
                    if with_gaze:
                        _write_gaze(
                            place, image, pixels, contents.attention(image, options.study is not None)
                        )
                    tables.add(contents, image, 1.0 if options.study else image.grid.scale, with_gaze)
            (folder / "README.md").write_text(_readme(contents, options), encoding="utf-8")
            if progress:
                progress(len(exported), len(exported), "Images")
    return ExportReport(len(exported), len(images) - len(exported), _notes(exported, options))


@contextmanager
def _images_of(contents: Contents, study: Path | None) -> Iterator[tuple[Contents, ImageSource]]:
    """Give the images from the file, or at their original size from the study."""
    if study is None:
        yield contents, contents.pixels
        return
    with Store.open(study) as store:
        known = {image.id for image in store.images()}

        def original(image: ImageRow) -> NDArray[np.uint8]:
            if image.id not in known:
                raise BadInput(
                    f"{study} does not have image {image.name}.", "Give the study of this data set."
                )
            return as_uint8(read_image(store.image_file(image.id)))

        yield contents, original


def _check_names(dataset: Path, contents: Contents, images: list[ImageRow]) -> None:
    for name in (*contents.classes, *(image.name for image in images)):
        if _NO_NAME.search(name):
            raise BadInput(
                f"{dataset} has a class or image named {name!r}, which cannot name a folder or file.",
                "Run `gazeannotator dataset check` on it, and build or import it again.",
            )


def _make_class_folders(folder: Path, contents: Contents, images: list[ImageRow]) -> None:
    # All of them, also where a part has no image of a class: loaders number the folders they find.
    for part in sorted({image.split for image in images}):
        for name in contents.classes:
            (folder / FOLDERS[part] / name / "images").mkdir(parents=True)


def _write_image(place: Path, image: ImageRow, pixels: NDArray[np.uint8]) -> None:
    _write(place / "images" / f"{image.name}.png", pixels[..., ::-1])


def _write_gaze(
    place: Path, image: ImageRow, pixels: NDArray[np.uint8], attention: NDArray[np.float64]
) -> None:
    grey = np.round(attention * 255).astype(np.uint8)
    for kind in ("attentions", "heatmaps"):
        (place / kind).mkdir(exist_ok=True)
    _write(place / "attentions" / f"{image.name}.tif", grey)
    colours = cv2.applyColorMap(grey, cv2.COLORMAP_JET)
    overlay = cv2.addWeighted(pixels[..., ::-1], IMAGE_SHARE, colours, GAZE_SHARE, 0)
    _write(place / "heatmaps" / f"{image.name}.png", overlay)


def _write(path: Path, pixels: NDArray[Any]) -> None:
    # Not imwrite: it hides why a file could not be written, and knows no Unicode paths on Windows.
    options = [cv2.IMWRITE_TIFF_COMPRESSION, 1] if path.suffix == ".tif" else []
    _, encoded = cv2.imencode(path.suffix, np.ascontiguousarray(pixels), options)
    path.write_bytes(encoded.tobytes())


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

    def add(self, contents: Contents, image: ImageRow, scale: float, with_gaze: bool) -> None:
        """Write the rows of one image."""
        file = f"{image.name}.png"
        names = [contents.class_name(index) for index in (image.target, image.truth, image.label)]
        self._labels.write((file, *names))
        self._splits.write((file, image.patient, FOLDERS[image.split]))
        for reading in image.readings if with_gaze else ():
            who = [contents.file[f"/readings/{name}"].asstr()[reading] for name in ("id", "reader")]
            found = contents.fixations(reading)
            for row in range(len(found["onset_s"])):
                times = (found["onset_s"][row], found["duration_s"][row])
                self._fixations.write(
                    (file, *who, *times, *(found["xy_px"][row] * scale), found["samples"][row])
                )


def _notes(images: list[ImageRow], options: ExportOptions) -> list[str]:
    notes = []
    test = sum(image.split == TEST and image.has_gaze for image in images)
    if test and not options.test_gaze:
        notes.append(f"The gaze of {test} test images is left out (--test-gaze gives it out).")
    without = sum(not image.has_gaze and image.split != TEST for image in images)
    if without:
        notes.append(f"{without} training or validation images have no gaze, so no attention map.")
    return notes


def _readme(contents: Contents, options: ExportOptions) -> str:
    attributes = contents.file.attrs
    size = "their original size" if options.study else f"the scale of a grid of {contents.side_px} px"
    simulated = "\n**Some or all of this gaze is simulated.**\n" if attributes["simulated"] else ""
    patients = "" if attributes["patients_known"] else "\nPatients are not known: each image counts as one.\n"
    test = "in full" if options.test_gaze else "images only, the gaze is left out"
    return f"""# {attributes["study"]}

Exported by {attributes["software"]} from a data set of {attributes["created_utc"]}.
{simulated}{patients}
    train, val, test / <class> / images/<name>.png        RGB at {size}
                               / attentions/<name>.tif    8-bit grey, 255 = most gaze, same size as its image
                               / heatmaps/<name>.png      0.7 image + 0.3 attention in JET colours

- `labels.csv`: class of each image (pathology where known, else the readers' consensus), and both.
- `splits.csv`: patient (a pseudonym) and part of each image; no patient is in two parts.
- `fixations.csv`: fixations of the readings that are used; px of the exported image, seconds since onset.

The test part has its {test}. An image without attention map has no gaze.
"""
