"""Export to tables, for spreadsheets and statistics: here as CSV, in `parquet` with types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.package import Package, packing
from gazeannotator.dataset.schema import LAYOUT, SPLITS, strings

TABLES = ("images", "readings", "fixations", "gaze")

Columns = Mapping[str, NDArray[Any]]
"""Heading → values, the same number in each."""

_PARTS_OF = {
    "/images/size_px": ("width_px", "height_px"),
    "/images/to_grid": ("grid_scale", "grid_dx_px", "grid_dy_px"),
    "/readings/screen_px": ("screen_width_px", "screen_height_px"),
    "/readings/screen_mm": ("screen_width_mm", "screen_height_mm"),
    "/readings/placement": (
        "placement_x0_px",
        "placement_y0_px",
        "placement_width_px",
        "placement_height_px",
    ),
    "/gaze/xy_px": ("x_px", "y_px"),
    "/gaze/left_px": ("left_x_px", "left_y_px"),
    "/gaze/right_px": ("right_x_px", "right_y_px"),
    "/gaze/pupil_mm": ("left_pupil_mm", "right_pupil_mm"),
    "/fixations/xy_px": ("x_px", "y_px"),
}
"""Column names of arrays that have more than one number in a row."""

_IMAGE_NAMES = ("id", "patient", "size_px", "to_grid", "truth", "label", "split", "has_gaze")
_NOT_NEEDED = ("gaze_first", "gaze_count", "fixation_first", "fixation_count", "image", "id")

_LAYOUT = """
Layout `csv`: tables in UTF-8 with commas and one line of headings.

- `images.csv`: one row per image. Parts: 0 train, 1 validation, 2 test; classes in the order of the scheme,
  -1 unknown; names of both beside.
- `readings.csv`: one row per reading; `valid` 0 where it is not used, and why (`exclusion`).
- `fixations.csv`: seconds since the image appeared, px of the image at its original size.
- `gaze.csv.gz`: samples, same units; empty where lost.

Units are in the names; an empty cell is a number that is not known. Patients are pseudonyms. Text that a
spreadsheet would run as a formula (it begins with one of `= + - @`) has an apostrophe before it.
"""


class Table(Protocol):
    """A table in the making."""

    def write(self, columns: Columns) -> None:
        """Append rows; the first call fixes the headings."""

    def close(self) -> None:
        """Write out what is left."""


def export_tables(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export everything but pixels and maps as CSV: images, readings, fixations and gaze samples.

    Parameters
    ----------
    dataset : Path
    target : Path
        A new or empty folder; it is there whole or not at all.
    options : ExportOptions
        Only `test_gaze` matters here.
    progress : callable, optional

    Returns
    -------
    ExportReport
    """
    with packing(dataset, target, options, progress, _LAYOUT) as package:
        write_tables(package, lambda name: _CsvTable(package.folder, name))
    return package.report


def write_tables(package: Package, open_table: Callable[[str], Table]) -> None:
    """Write `TABLES`, one after another or side by side, in constant memory."""
    with closing(open_table("images")) as images:
        images.write(_image_columns(package))
    with closing(open_table("readings")) as readings:
        readings.write(_reading_columns(package.contents))
    with closing(open_table("fixations")) as fixations, closing(open_table("gaze")) as gaze:
        _write_samples(package, fixations, gaze)


def _image_columns(package: Package) -> Columns:
    contents, images = package.contents, package.images
    group = contents.file["images"]
    return {
        **_columns("images", {name: _read(group[name]) for name in _IMAGE_NAMES}),
        "truth_name": _texts(contents.class_name(image.truth) for image in images),
        "label_name": _texts(contents.class_name(image.label) for image in images),
        "split_name": _texts(SPLITS[image.split] for image in images),
    }


def _reading_columns(contents: Contents) -> Columns:
    group = contents.file["readings"]
    names = [name.rsplit("/", 1)[1] for name in LAYOUT if name.startswith("/readings/")]
    names = [name for name in names if name not in _NOT_NEEDED]
    return {
        "reading": _read(group["id"]),
        "image": _read(contents.file["/images/id"])[group["image"][:]],
        **_columns("readings", {name: _read(group[name]) for name in names}),
        "label_name": _texts(contents.class_name(int(label)) for label in group["label"][:]),
    }


def _write_samples(package: Package, fixations: Table, gaze: Table) -> None:
    """Write the samples and fixations of the readings whose image's gaze may be given out."""
    contents = package.contents
    image_of = contents.file["/readings/image"][:]
    left_out = 0
    # Headings also where there is nothing below them.
    for table, name in ((fixations, "fixations"), (gaze, "gaze")):
        nothing = {each: array[:0] for each, array in contents.file[name].items()}
        table.write(_of_reading(name, "", "", nothing))
    for row, reading in enumerate(package.each(strings(contents.file["/readings/id"]), "Readings")):
        image = package.images[image_of[row]]
        if package.hides_gaze(image):
            left_out += 1
            continue
        fixations.write(_of_reading("fixations", reading, image.id, contents.fixations(row)))
        gaze.write(_of_reading("gaze", reading, image.id, contents.gaze(row)))
    if left_out:
        package.notes.append(
            f"The gaze of {left_out} readings of test images is left out (--test-gaze gives it out)."
        )


def _of_reading(group: str, reading: str, image: str, columns: Columns) -> Columns:
    rows = len(next(iter(columns.values())))
    return {
        "reading": np.full(rows, reading, object),
        "image": np.full(rows, image, object),
        **_columns(group, columns),
    }


def _columns(group: str, arrays: Columns) -> dict[str, NDArray[Any]]:
    """Take arrays of several numbers in a row apart."""
    columns: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        parts = _PARTS_OF.get(f"/{group}/{name}")
        columns |= {name: array} if parts is None else dict(zip(parts, array.T, strict=True))
    return columns


def _read(array: Any) -> NDArray[Any]:  # noqa: ANN401 - h5py has no types
    return np.asarray(array.asstr()[:] if h5py.check_string_dtype(array.dtype) else array[:])


def _texts(texts: Iterable[str]) -> NDArray[Any]:
    return np.array(list(texts), object)


class _CsvTable:
    """A CSV file; that of the samples, by far the largest, is compressed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / (f"{name}.csv.gz" if name == "gaze" else f"{name}.csv")
        self._file: CsvFile | None = None

    def write(self, columns: Columns) -> None:
        self._file = self._file or CsvFile(self._path, list(columns))
        self._file.write_columns(list(columns.values()))

    def close(self) -> None:
        if self._file:
            self._file.close()
