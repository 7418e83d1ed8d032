"""Export to CSV tables, for spreadsheets and statistics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from gazeannotator.dataset.atomic import whole_folder
from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.schema import LAYOUT, SPLITS, open_dataset

_TEST = SPLITS.index("test")
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

_NOT_NEEDED = ("gaze_first", "gaze_count", "fixation_first", "fixation_count")


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
    with open_dataset(dataset) as file, whole_folder(target) as folder:
        contents = Contents(file)
        images = contents.images()
        _write_images(folder / "images.csv", contents, images)
        hidden = {image.row for image in images if image.split == _TEST and not options.test_gaze}
        left_out = _write_readings(folder, contents, images, hidden, progress)
        (folder / "README.md").write_text(_readme(contents), encoding="utf-8")
    notes = [f"The gaze of {left_out} readings of test images is left out (--test-gaze gives it out)."]
    return ExportReport(len(images), 0, notes if left_out else [])


def _write_images(path: Path, contents: Contents, images: list[ImageRow]) -> None:
    group = contents.file["images"]
    names = ["id", "patient", "size_px", "to_grid", "truth", "label", "split", "has_gaze"]
    columns = [_read(group[name]) for name in names]
    table = CsvFile(path, [*_headings("images", names), "truth_name", "label_name", "split_name"])
    try:
        for row, image in enumerate(images):
            cells = [cell for column in columns for cell in _cells(column[row])]
            named = (contents.class_name(image.truth), contents.class_name(image.label), SPLITS[image.split])
            table.write([*cells, *named])
    finally:
        table.close()


def _write_readings(
    folder: Path,
    contents: Contents,
    images: list[ImageRow],
    hidden: set[int],
    progress: Callable[[int, int, str], None] | None,
) -> int:
    """Write readings.csv, and the samples and fixations of those whose image is not hidden."""
    group = contents.file["readings"]
    names = [name.rsplit("/", 1)[1] for name in LAYOUT if name.startswith("/readings/")]
    names = [name for name in names if name not in (*_NOT_NEEDED, "image", "id")]
    columns = [_read(group[name]) for name in names]
    ids, image_of = _read(group["id"]), group["image"][:]
    in_fixations, in_gaze = list(contents.file["fixations"]), list(contents.file["gaze"])
    readings = CsvFile(
        folder / "readings.csv", ["reading", "image", *_headings("readings", names), "label_name"]
    )
    fixations = CsvFile(folder / "fixations.csv", ["reading", "image", *_headings("fixations", in_fixations)])
    gaze = CsvFile(folder / "gaze.csv.gz", ["reading", "image", *_headings("gaze", in_gaze)])
    left_out = 0
    try:
        for row, reading in enumerate(ids):
            if progress:
                progress(row, len(ids), "Readings")
            key = (reading, images[image_of[row]].id)
            label = contents.class_name(int(group["label"][row]))
            readings.write([*key, *(cell for column in columns for cell in _cells(column[row])), label])
            if int(image_of[row]) in hidden:
                left_out += 1
                continue
            _write_rows(fixations, key, contents.fixations(row), in_fixations)
            _write_rows(gaze, key, contents.gaze(row), in_gaze)
    finally:
        for table in (readings, fixations, gaze):
            table.close()
    if progress:
        progress(len(ids), len(ids), "Readings")
    return left_out


def _write_rows(table: CsvFile, key: tuple[str, str], columns: dict[str, Any], names: list[str]) -> None:
    for row in range(len(columns[names[0]])):
        table.write([*key, *(cell for name in names for cell in _cells(columns[name][row]))])


def _headings(group: str, names: list[str]) -> list[str]:
    return [heading for name in names for heading in _PARTS_OF.get(f"/{group}/{name}", (name,))]


def _read(array: Any) -> Any:  # noqa: ANN401 - h5py has no types
    return array.asstr()[:] if h5py.check_string_dtype(array.dtype) else array[:]


def _cells(value: Any) -> Any:  # noqa: ANN401
    return value if getattr(value, "ndim", 0) else (value,)


def _readme(contents: Contents) -> str:
    attributes = contents.file.attrs
    simulated = "\n**Some or all of this gaze is simulated.**\n" if attributes["simulated"] else ""
    classes = ", ".join(f"{index} {name}" for index, name in enumerate(contents.classes))
    return f"""# {attributes["study"]}

Exported by {attributes["software"]} from a data set of {attributes["created_utc"]}.
{simulated}
- `images.csv`: one row per image. Classes: {classes}; -1 unknown. Parts: 0 train, 1 validation, 2 test.
- `readings.csv`: one row per reading; `valid` 0 where it is not used, and why (`exclusion`).
- `fixations.csv`: seconds since the image appeared, px of the image at its original size.
- `gaze.csv.gz`: samples, same units; empty where lost.

Units are in the names; an empty cell is a number that is not known. Patients are pseudonyms.
"""
