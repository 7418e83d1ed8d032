"""What must hold inside a data set beyond names, types and shapes: one small function per rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.consensus import consensus
from gazeannotator.dataset.looks import Weighting, weighed

EXCLUSIONS = (
    "cannot_be_assessed",
    "corrected",
    "interrupted",
    "data_loss",
    "accuracy",
    "not_validated",
)
OPERATOR = "operator: "
"""How an exclusion by hand begins; the operator's words follow."""

_END_TOLERANCE_S = 1e-6

_MAP_COLUMNS = {"gaze": ("t_s", "xy_px"), "fixations": ("onset_s", "duration_s", "xy_px")}
"""What a heatmap is made of."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a file: what, in which array or row, and what to do."""

    what: str
    where: str
    remedy: str


@dataclass(frozen=True)
class Content:
    """An open data set whose arrays have the right types and shapes.

    Attributes
    ----------
    file : h5py.File
    classes : int
        Number of classes of its scheme.
    """

    file: Any
    classes: int

    def column(self, path: str) -> NDArray[Any]:
        """Read a whole one-row-per-image or one-row-per-reading array; strings as str objects."""
        array = self.file[path]
        text = h5py.check_string_dtype(array.dtype) is not None
        return np.asarray(array.asstr()[:] if text else array[:])

    @property
    def build(self) -> dict[str, Any]:
        """How it was built, as far as the file tells."""
        return dict(json.loads(self.file.attrs["build"]))


Found = Iterator[tuple[str, str]]
Rule = Callable[[Content], Found]


def broken_rules(content: Content) -> list[Problem]:
    """Apply every rule; the data of one image or one reading at a time is in memory."""
    remedy = "Build or import the file again."
    return [Problem(what, where, remedy) for rule in _RULES for what, where in rule(content)]


def _image_identity(content: Content) -> Found:
    ids = content.column("/images/id")
    for row, each in enumerate(ids):
        if len(each) != 64 or set(each) - set("0123456789abcdef"):
            yield "the id is not a SHA-256 in hex", f"/images/id row {row}"
    if len(set(ids)) < len(ids):
        yield "the same image is there twice", "/images/id"
    yield from _rows(content.column("/images/patient") == "", "no patient is named", "/images/patient")


def _image_classes(content: Content) -> Found:
    for name in ("/images/truth", "/images/label", "/readings/label"):
        values = content.column(name)
        wrong = (values < -1) | (values >= content.classes)
        yield from _rows(wrong, "not a class of the scheme nor -1", name)


def _image_splits(content: Content) -> Found:
    split = content.column("/images/split")
    yield from _rows((split < 0) | (split > 2), "not one of 0 train, 1 validation, 2 test", "/images/split")
    yield from _in_two(content, split, "splits", "/images/split")


def _image_folds(content: Content) -> Found:
    if "/images/fold" not in content.file:
        return
    fold = content.column("/images/fold")
    yield from _rows(fold < 0, "not a fold: 0, 1, 2, …", "/images/fold")
    if empty := sorted(set(range(int(fold.max(initial=0)))) - set(fold.tolist())):
        yield f"fold {empty[0]} has no image", "/images/fold"
    yield from _in_two(content, fold, "folds", "/images/fold")


def _image_grid(content: Content) -> Found:
    side = content.file["/images/pixels"].shape[1]
    size, grid = content.column("/images/size_px"), content.column("/images/to_grid")
    yield from _rows((size < 1).any(axis=1), "an image without pixels", "/images/size_px")
    yield from _rows(~np.isfinite(grid).all(axis=1), "not finite", "/images/to_grid")
    yield from _rows(
        ~np.isclose(grid[:, 0] * size.max(axis=1), side),
        "the scale does not fill the grid",
        "/images/to_grid",
    )
    offset = grid[:, 1:]
    outside = (offset < 0) | (offset >= side) | (offset != np.round(offset))
    yield from _rows(outside.any(axis=1), "the offset is not a whole pixel of the grid", "/images/to_grid")


def _image_planes(content: Content) -> Found:
    file = content.file
    has_gaze = content.column("/images/has_gaze")
    for row, expected in enumerate(has_gaze):
        where = f"/images/heatmap row {row}"
        heatmap = file["/images/heatmap"][row]
        if not np.isfinite(heatmap).all() or (heatmap < 0).any():
            yield "values that are negative or not finite", where
        elif heatmap.any() != bool(expected):
            yield f"has_gaze is {bool(expected)}, the map says otherwise", where
        elif expected and heatmap.max() != 1:
            yield f"the maximum is {heatmap.max()}, not 1", where
        if not np.isfinite(file["/images/to_grid"][row]).all():
            continue  # told by the rule of the grid
        scale, dx, dy = file["/images/to_grid"][row]
        width, height = (max(1, round(float(each * scale))) for each in file["/images/size_px"][row])
        padding = file["/images/pixels"][row]
        padding[int(dy) : int(dy) + height, int(dx) : int(dx) + width] = 0
        if padding.any():
            yield "the padding is not zero", f"/images/pixels row {row}"


def _image_evidence(content: Content) -> Found:
    """Label and has_gaze follow from the readings, where the file has any."""
    image = content.column("/readings/image")
    if not len(image):
        return
    valid, label = content.column("/readings/valid"), content.column("/readings/label")
    confidence = content.column("/readings/confidence")
    stored, has_gaze = content.column("/images/label"), content.column("/images/has_gaze")
    weighting = Weighting.of(content.build)
    readings: dict[int, list[int]] = {row: [] for row in range(len(stored))}
    for reading in np.flatnonzero(valid & (image >= 0) & (image < len(stored))):
        readings[int(image[reading])].append(int(reading))
    for row, mine in readings.items():
        if consensus(label[mine], confidence[mine]) != stored[row]:
            yield "not the consensus of the image's valid readings", f"/images/label row {row}"
        if any(_looks_at_image(content, reading, weighting) for reading in mine) != bool(has_gaze[row]):
            yield "does not agree with the gaze of its valid readings", f"/images/has_gaze row {row}"


def _looks_at_image(content: Content, reading: int, weighting: Weighting) -> bool:
    file = content.file

    def rows(table: str, prefix: str) -> dict[str, NDArray[Any]]:
        first, count = (file[f"/readings/{prefix}_{each}"][reading] for each in ("first", "count"))
        return {name: file[f"/{table}/{name}"][first : first + count] for name in _MAP_COLUMNS[table]}

    gaze = rows("gaze", "gaze") if weighting.weights == "samples" else {}
    size_px = file["/images/size_px"][file["/readings/image"][reading]]
    return len(weighed(gaze, rows("fixations", "fixation"), size_px, weighting)[0]) > 0


def _reading_columns(content: Content) -> Found:
    column = content.column
    image = column("/readings/image")
    yield from _rows(
        (image < 0) | (image >= len(content.file["/images/id"])), "no such image", "/readings/image"
    )
    ids = column("/readings/id")
    if len(set(ids)) < len(ids):
        yield "the same reading is there twice", "/readings/id"
    for name in ("id", "reader", "session", "session_utc"):
        yield from _rows(column(f"/readings/{name}") == "", "empty", f"/readings/{name}")
    source = column("/readings/source")
    known = np.array([each in ("live", "simulated") or each.startswith("imported:") for each in source], bool)
    yield from _rows(~known, "not live, simulated or imported:<format>", "/readings/source")
    method = column("/readings/onset_method")
    yield from _rows(
        ~np.isin(method, ["swap", "paint", "imported"]),
        "not swap, paint or imported",
        "/readings/onset_method",
    )
    confidence = column("/readings/confidence")
    yield from _rows((confidence < 0) | (confidence > 2), "not 0, 1 or 2", "/readings/confidence")
    exclusion = column("/readings/exclusion")
    allowed = np.array(
        [each in EXCLUSIONS or each.startswith(OPERATOR) or not each for each in exclusion], bool
    )
    yield from _rows(~allowed, "an unknown reason", "/readings/exclusion")
    both = column("/readings/valid") == (exclusion != "")
    yield from _rows(both, "a valid reading has no reason, any other has one", "/readings/exclusion")


def _reading_numbers(content: Content) -> Found:
    for name in ("px_per_deg", "distance_mm", "rate_hz", "screen_px", "screen_mm"):
        values = content.column(f"/readings/{name}")
        wrong = ~(np.isnan(values) | (values > 0) & np.isfinite(values))
        wrong = wrong.any(axis=1) if wrong.ndim > 1 else wrong
        yield from _rows(wrong, "not a positive number", f"/readings/{name}")
    for name in ("duration_s", "accuracy_deg", "precision_rms_deg", "data_loss"):
        values = content.column(f"/readings/{name}")
        yield from _rows((values < 0) | np.isinf(values), "negative or infinite", f"/readings/{name}")
    yield from _rows(content.column("/readings/data_loss") > 1, "more than 1", "/readings/data_loss")
    yield from _rows(
        np.isnan(content.column("/readings/onset_correction_s")), "missing", "/readings/onset_correction_s"
    )
    placement = content.column("/readings/placement")
    yield from _rows((placement[:, 2:] <= 0).any(axis=1), "an image without area", "/readings/placement")


def _slices(content: Content) -> Found:
    for table in ("gaze", "fixation"):
        rows = len(content.file["/gaze/t_s" if table == "gaze" else "/fixations/onset_s"])
        first, count = content.column(f"/readings/{table}_first"), content.column(f"/readings/{table}_count")
        where = f"/readings/{table}_first"
        outside = (first < 0) | (count < 0) | (first + count > rows)
        yield from _rows(outside, "reaches beyond its table", where)
        used = np.flatnonzero((count > 0) & ~outside)
        order = used[np.argsort(first[used], kind="stable")]
        overlap = first[order][1:] < (first + count)[order][:-1]
        for row in order[1:][overlap]:
            yield "overlaps another reading's rows", f"{where} row {row}"


def _may_be_lost(
    eye: str, left: NDArray[np.bool_], right: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], ...]:
    """Where the chosen eye may be lost, given where each is; the better eye is one of both."""
    return {"left": (left,), "right": (right,), "better": (left, right)}.get(eye, (left & right,))


def _samples(content: Content) -> Found:
    duration, eye = content.column("/readings/duration_s"), content.build.get("eye", "mean")
    for reading, start, stop in _each_slice(content, "gaze"):
        where = f"/gaze rows {start} to {stop - 1}, reading {reading}"
        time_s = content.file["/gaze/t_s"][start:stop]
        if not np.isnan(time_s).all():
            if not (np.diff(time_s) > 0).all() or np.isnan(time_s).any():
                yield "times do not strictly increase", where
            elif time_s[0] < 0 or not time_s[-1] <= duration[reading]:
                yield "times lie outside 0 to duration_s", where
        combined, left, right = (
            content.file[f"/gaze/{name}_px"][start:stop] for name in ("xy", "left", "right")
        )
        for name, points in (("xy", combined), ("left", left), ("right", right)):
            if (np.isnan(points[:, 0]) != np.isnan(points[:, 1])).any():
                yield f"{name}_px has one coordinate without the other", where
        # An imported source may know the combined point only.
        lost, *eyes_lost = (np.isnan(points).any(axis=1) for points in (combined, left, right))
        if not any((lost <= each).all() for each in _may_be_lost(eye, *eyes_lost)):
            yield "xy_px is missing where an eye was found", where
        if (content.file["/gaze/pupil_mm"][start:stop] <= 0).any():
            yield "a pupil without size", where


def _fixations(content: Content) -> Found:
    duration = content.column("/readings/duration_s")
    for reading, start, stop in _each_slice(content, "fixation"):
        where = f"/fixations rows {start} to {stop - 1}, reading {reading}"
        onset_s = content.file["/fixations/onset_s"][start:stop]
        end_s = onset_s + content.file["/fixations/duration_s"][start:stop]
        if not (np.isfinite(end_s).all() and (end_s >= onset_s).all()):
            yield "a duration that is negative or missing", where
        elif (np.diff(onset_s) <= 0).any() or (end_s[:-1] > onset_s[1:]).any():
            yield "fixations overlap or are out of order", where
        elif onset_s[0] < 0 or end_s[-1] > duration[reading] + _END_TOLERANCE_S:
            yield "fixations lie outside 0 to duration_s", where
        if not np.isfinite(content.file["/fixations/xy_px"][start:stop]).all():
            yield "a fixation without a place", where
        # Of fixations that another program has found, without telling its samples, their number is 0.
        samples = content.file["/fixations/samples"][start:stop]
        if (samples < (content.file["/readings/gaze_count"][reading] > 0)).any():
            yield "a fixation without samples", where


def _each_slice(content: Content, table: str) -> Iterator[tuple[int, int, int]]:
    first, count = content.column(f"/readings/{table}_first"), content.column(f"/readings/{table}_count")
    rows = len(content.file["/gaze/t_s" if table == "gaze" else "/fixations/onset_s"])
    for reading, (start, n) in enumerate(zip(first, count, strict=True)):
        if 0 < n and 0 <= start <= rows - n:
            yield reading, int(start), int(start + n)


def _in_two(content: Content, parts: NDArray[Any], noun: str, path: str) -> Found:
    """Report each patient whose images lie in more than one part."""
    first: dict[str, int] = {}
    reported = set()
    for patient, each in zip(content.column("/images/patient"), parts, strict=True):
        if first.setdefault(patient, each) != each and patient not in reported:
            reported.add(patient)
            yield f"patient {patient} lies in two {noun}", path


def _rows(wrong: NDArray[Any] | np.bool_, what: str, path: str) -> Found:
    """Report an array once, with the first rows that are wrong."""
    rows = np.flatnonzero(wrong)
    if len(rows):
        named = ", ".join(str(row) for row in rows[:5]) + (
            f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        )
        yield what, f"{path} row {named}"


_RULES: tuple[Rule, ...] = (
    _image_identity,
    _image_classes,
    _image_splits,
    _image_folds,
    _image_grid,
    _image_planes,
    _image_evidence,
    _reading_columns,
    _reading_numbers,
    _slices,
    _samples,
    _fixations,
)
