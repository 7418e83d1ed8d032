"""Export to COCO: one JSON file a part, which pycocotools, torchvision, detectron2 and FiftyOne load."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.folders import FOLDERS
from gazeannotator.dataset.package import Package, packing, write_picture
from gazeannotator.dataset.readme import FILL_IN, software
from gazeannotator.dataset.recordings import Shown, readings
from gazeannotator.dataset.schema import json_attribute
from gazeannotator.study.journal import plain_json

GAZE = "gaze"
GAZE_SHARE = 0.5
"""Of a reading's gaze that its region holds."""

_LEVELS = 4096
_DECIMALS = 6

_LAYOUT = f"""
Layout `coco`: Common Objects in Context.

    train, val, test / <name>.png           RGB at {{size}}
    annotations / train.json, val.json, test.json

- `categories`: the classes of the scheme, numbered from 1, and last of all `{GAZE}`.
- Annotations of a class: one for each image, its class (pathology where known, else the readers'
  consensus). Nobody drew a box: `bbox` and `segmentation` are the whole image.
- Annotations of `{GAZE}`: one for each reading that is used and has gaze. `segmentation` (RLE) is the
  smallest region that holds {GAZE_SHARE:.0%} of the reading's gaze, `bbox` goes around it; `fixations` is a
  list of `onset_s, duration_s, x, y` in seconds since the image appeared and px of the exported image;
  `label`, `confidence` and `response_s` are the reader's answer.
- Images have `patient` (a pseudonym), `truth` and `label` beside what COCO asks for.
"""


def export_coco(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export images with their classes and regions of gaze as COCO.

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
        (package.folder / "annotations").mkdir()
        numbers = count(1)
        with ExitStack() as stack:
            parts = {
                split: stack.enter_context(_Part(package, split, images))
                for split in sorted({image.split for image in images})
            }
            for image in package.each(images, "Images"):
                part = parts[image.split]
                pixels = package.pixels(image)
                write_picture(part.folder / f"{image.name}.png", pixels)
                part.add({"id": next(numbers), **_class_annotation(image, pixels.shape[:2])})
                for annotation in _gaze_annotations(package, image, shown):
                    part.add({"id": next(numbers), **annotation})
    return package.report


class _Part:
    """The images and the JSON file of one part; annotations go out as they come."""

    def __init__(self, package: Package, split: int, images: list[ImageRow]) -> None:
        self.folder = package.folder / FOLDERS[split]
        self.folder.mkdir()
        mine = [_image(package, image) for image in images if image.split == split]
        path = package.folder / "annotations" / f"{FOLDERS[split]}.json"
        self._file = open(path, "w", encoding="utf-8", newline="\n")
        head = {**_head(package), "images": mine}
        self._file.write("{\n" + "".join(f"{_json(name)}: {_json(value)},\n" for name, value in head.items()))
        self._file.write('"annotations": [')
        self._empty = True

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *error: object) -> None:
        with self._file:
            self._file.write("\n]\n}\n")

    def add(self, annotation: dict[str, Any]) -> None:
        """Append an annotation, a line each."""
        self._file.write(("\n" if self._empty else ",\n") + _json(annotation))
        self._empty = False


def _json(value: Any) -> str:  # noqa: ANN401
    return json.dumps(plain_json(value), ensure_ascii=False, allow_nan=False)


def _head(package: Package) -> dict[str, Any]:
    attributes = package.contents.file.attrs
    scheme = str(json_attribute(package.contents.file, "scheme").get("name", ""))
    names = [*package.contents.classes, GAZE]
    kinds = [scheme] * len(package.contents.classes) + [GAZE]
    return {
        "info": {
            "description": str(attributes["study"]),
            "version": f"gazeannotator-dataset {attributes['format_version']}, {software()}",
            "date_created": str(attributes["created_utc"]),
            "contributor": FILL_IN,
            "simulated": bool(attributes["simulated"]),
        },
        "licenses": [{"id": 1, "name": FILL_IN, "url": ""}],
        "categories": [
            {"id": number, "name": name, "supercategory": kind}
            for number, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1)
        ],
    }


def _image(package: Package, image: ImageRow) -> dict[str, Any]:
    name = package.contents.class_name
    width, height = image.size_px if package.study else (image.grid.width_px, image.grid.height_px)
    return {
        "id": image.row + 1,
        "file_name": f"{image.name}.png",
        "width": width,
        "height": height,
        "license": 1,
        "patient": image.patient,
        "truth": name(image.truth) or None,
        "label": name(image.label) or None,
    }


def _class_annotation(image: ImageRow, shape: tuple[int, ...]) -> dict[str, Any]:
    height, width = shape
    return {
        "image_id": image.row + 1,
        "category_id": image.target + 1,
        "bbox": [0, 0, width, height],
        "area": width * height,
        "segmentation": [[0, 0, width, 0, width, height, 0, height]],
        "iscrowd": 0,
    }


def _gaze_annotations(package: Package, image: ImageRow, shown: list[Shown]) -> Iterator[dict[str, Any]]:
    """Give a region for each reading; where gaze was imported without readings, one of its map."""
    if not package.gives_map(image):
        return
    contents, original = package.contents, package.study is not None
    head = {"image_id": image.row + 1, "category_id": len(contents.classes) + 1, "iscrowd": 0}
    if not image.readings:
        yield {**head, **_region(contents.attention(image, original)), "reading": None, "fixations": []}
    for row in image.readings:
        attention = contents.reading_attention(image, row, original)
        if attention is not None and attention.any():
            yield {**head, **_region(attention), **_answer(package, shown[row])}


def _answer(package: Package, shown: Shown) -> dict[str, Any]:
    found = package.contents.fixations(shown.row)
    points = np.round(found["xy_px"].astype(np.float64) * package.scale(shown.image), _DECIMALS)
    columns = (found["onset_s"], found["duration_s"], points[:, 0], points[:, 1])
    return {
        "reading": shown["id"],
        "reader": shown["reader"],
        "label": package.contents.class_name(shown["label"]) or None,
        "confidence": shown["confidence"],
        "response_s": shown["response_s"],
        "fixations": np.stack(columns, axis=1).tolist(),
    }


def _region(attention: NDArray[np.float64]) -> dict[str, Any]:
    """Find the smallest region that holds `GAZE_SHARE` of a map, to 1/4096 of its maximum."""
    level = np.round(attention * (_LEVELS - 1)).astype(np.int64)
    mass = np.bincount(level.ravel(), weights=attention.ravel(), minlength=_LEVELS)
    above = np.cumsum(mass[::-1])[::-1]
    lowest = int(np.flatnonzero(above >= GAZE_SHARE * above[0])[-1])
    region = level >= max(lowest, 1)
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    x0, y0 = int(columns[0]), int(rows[0])
    return {
        "bbox": [x0, y0, int(columns[-1]) + 1 - x0, int(rows[-1]) + 1 - y0],
        "area": int(region.sum()),
        "segmentation": {"size": list(region.shape), "counts": _run_lengths(region)},
    }


def _run_lengths(region: NDArray[np.bool_]) -> list[int]:
    """Count runs column by column, beginning with those outside: COCO's uncompressed RLE."""
    flat = region.T.ravel()
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], ends, [len(flat)]])).tolist()
    return [0, *runs] if flat[0] else runs
