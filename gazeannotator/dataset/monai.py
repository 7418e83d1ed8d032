"""Export for MONAI (dataset.json) and Hugging Face (metadata.csv): a folder a part."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.dataset.contents import ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.package import Package, packing, write_picture
from gazeannotator.dataset.readme import FILL_IN, software
from gazeannotator.dataset.recordings import Shown, readings
from gazeannotator.dataset.schema import SPLITS

SECTIONS = ("training", "validation", "test")
"""What the parts are called in dataset.json; their folders are called as in the data set."""

_LAYOUT = """
Layout `monai`: a MONAI data list and a Hugging Face image folder in one.

    dataset.json                             lists training, validation and test of image, attention, patient,
                                             and number of the class: label, truth, consensus (-1 unknown)
    train, validation, test / metadata.csv   the same as a table, with the name of the class
                            / <name>.png     RGB at {size}
    attentions / <name>.png                  8-bit grey, 255 = most gaze, same size as its image
    readings.csv                             answers of the readings that are used
    fixations.csv                            their fixations

`label` is the class from pathology where known, else the readers' consensus. Fixations are in px of the
exported image and seconds since it appeared. Patients are pseudonyms; none is in two parts. An image
without attention has no gaze, or its gaze is left out, see the notes.
"""

_METADATA = ("file_name", "label", "attention", "patient", "width", "height", "image_id")
_NO_ATTENTION = "none"
"""Not an empty cell: a part without any map would be read as numbers, unlike the others."""

_ANSWER = ("confidence", "flagged", "response_s", "duration_s", "source")
_READINGS = ("reading", "image_id", "reader", "label", *_ANSWER)
_FIXATIONS = ("reading", "image_id", "onset_s", "duration_s", "x_px", "y_px", "samples")


def export_monai(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export images, attention maps and lists of them for MONAI and Hugging Face `datasets`.

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
    with packing(dataset, target, options, progress, _LAYOUT) as package:
        images = package.with_class()
        package.note_gaze(images)
        shown = readings(package.contents, package.images)
        listed: dict[int, list[dict[str, Any]]] = {part: [] for part in range(len(SPLITS))}
        (package.folder / "attentions").mkdir()
        with ExitStack() as stack:
            tables = {
                part: stack.enter_context(closing(_table(package, part)))
                for part in sorted({image.split for image in images})
            }
            answers = stack.enter_context(closing(CsvFile(package.folder / "readings.csv", _READINGS)))
            fixations = stack.enter_context(closing(CsvFile(package.folder / "fixations.csv", _FIXATIONS)))
            for image in package.each(images, "Images"):
                item = _write_image(package, image, tables[image.split])
                listed[image.split].append(item)
                for row in image.readings:
                    _write_reading(package, shown[row], answers, fixations)
        _write_list(package, listed)
    return package.report


def _table(package: Package, part: int) -> CsvFile:
    (package.folder / SPLITS[part]).mkdir()
    return CsvFile(package.folder / SPLITS[part] / "metadata.csv", _METADATA)


def _write_image(package: Package, image: ImageRow, table: CsvFile) -> dict[str, Any]:
    """Write an image, its map and its row; returns its item of dataset.json."""
    pixels, file = package.pixels(image), f"{image.name}.png"
    write_picture(package.folder / SPLITS[image.split] / file, pixels)
    attention = {}
    if package.gives_map(image):
        attention = {"attention": f"attentions/{file}"}
        write_picture(package.folder / attention["attention"], package.attention(image))
    height, width = pixels.shape[:2]
    label = package.contents.class_name(image.target)
    more = (attention.get("attention", _NO_ATTENTION), image.patient, width, height, image.id)
    table.write((file, label, *more))
    return {
        "image": f"{SPLITS[image.split]}/{file}",
        "label": image.target,
        "truth": image.truth,
        "consensus": image.label,
        "patient": image.patient,
        **attention,
    }


def _write_reading(package: Package, shown: Shown, answers: CsvFile, fixations: CsvFile) -> None:
    image = shown.image
    key = (shown["id"], image.id)
    label = package.contents.class_name(shown["label"])
    answers.write((*key, shown["reader"], label, *(shown[name] for name in _ANSWER)))
    if package.hides_gaze(image):
        return
    found = package.contents.fixations(shown.row)
    points = found["xy_px"].astype(np.float64) * package.scale(image)
    for row in range(len(points)):
        times = (found["onset_s"][row], found["duration_s"][row])
        fixations.write((*key, *times, *points[row], found["samples"][row]))


def _write_list(package: Package, listed: dict[int, list[dict[str, Any]]]) -> None:
    attributes = package.contents.file.attrs
    document = {
        "name": str(attributes["study"]),
        "description": "Endoscopic images with the class of each and maps of the readers' gaze",
        "reference": FILL_IN,
        "licence": FILL_IN,
        "release": f"{attributes['created_utc']}, {software()}",
        "simulated": bool(attributes["simulated"]),
        "tensorImageSize": "2D",
        "modality": {"0": "endoscopy, RGB"},
        "labels": {str(number): name for number, name in enumerate(package.contents.classes)},
        **{f"num{SECTIONS[part].title()}": len(items) for part, items in listed.items()},
        **{SECTIONS[part]: items for part, items in listed.items()},
    }
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    (package.folder / "dataset.json").write_text(text + "\n", encoding="utf-8", newline="\n")
