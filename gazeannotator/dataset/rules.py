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
_ROWS_AT_ONCE = 65536
_PLANES_AT_ONCE = 16
_ONE_BITS = 0x3C00
"""What a half-precision 1 looks like as an unsigned number."""

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
    has_gaze = content.column("/images/has_gaze")
    size, grid = content.column("/images/size_px"), content.column("/images/to_grid")
    heatmaps = _Window(content.file, ["/images/heatmap"], _PLANES_AT_ONCE)
    pixels = _Window(content.file, ["/images/pixels"], _PLANES_AT_ONCE)
    for row, expected in enumerate(has_gaze):
        (heatmap,), (padding,) = heatmaps.rows(row, row + 1), pixels.rows(row, row + 1)
        if fault := _heatmap_fault(heatmap[0], bool(expected)):
            yield fault, f"/images/heatmap row {row}"
        if not np.isfinite(grid[row]).all():
            continue  # told by the rule of the grid
        scale, dx, dy = grid[row]
        width, height = (max(1, round(float(each * scale))) for each in size[row])
        padding[0, int(dy) : int(dy) + height, int(dx) : int(dx) + width] = 0
        if padding[0].any():
            yield "the padding is not zero", f"/images/pixels row {row}"


def _heatmap_fault(heatmap: NDArray[np.float16], has_gaze: bool) -> str:
    # Bits of numbers that are not negative have the numbers' order, and numpy is slow with halves.
    if heatmap.view(np.uint16).max() == (_ONE_BITS if has_gaze else 0):
        return ""
    if not np.isfinite(heatmap).all() or (heatmap < 0).any():
        return "values that are negative or not finite"
    if heatmap.any() != has_gaze:
        return f"has_gaze is {has_gaze}, the map says otherwise"
    if has_gaze and heatmap.max() != 1:
        return f"the maximum is {heatmap.max()}, not 1"
    return ""


def _image_evidence(content: Content) -> Found:
    """Label and has_gaze follow from the readings, where the file has any."""
    image = content.column("/readings/image")
    if not len(image):
        return
    valid, label = content.column("/readings/valid"), content.column("/readings/label")
    confidence = content.column("/readings/confidence")
    stored, has_gaze = content.column("/images/label"), content.column("/images/has_gaze")
    readings: dict[int, list[int]] = {row: [] for row in range(len(stored))}
    for reading in np.flatnonzero(valid & (image >= 0) & (image < len(stored))):
        readings[int(image[reading])].append(int(reading))
    weighs = _weighs_on_image(content, image)
    for row, mine in readings.items():
        if consensus(label[mine], confidence[mine]) != stored[row]:
            yield "not the consensus of the image's valid readings", f"/images/label row {row}"
        if weighs[mine].any() != bool(has_gaze[row]):
            yield "does not agree with the gaze of its valid readings", f"/images/has_gaze row {row}"


def _weighs_on_image(content: Content, image: NDArray[Any]) -> NDArray[np.bool_]:
    """Which readings have gaze that counts for the heatmap of their image."""
    weighting, size_px = Weighting.of(content.build), content.column("/images/size_px")
    found = np.zeros(len(image), bool)
    tables = {"fixations": "fixation", **({"gaze": "gaze"} if weighting.weights == "samples" else {})}
    windows = {
        table: _Window(content.file, [f"/{table}/{name}" for name in _MAP_COLUMNS[table]]) for table in tables
    }
    bounds = {table: _bounds(content, prefix) for table, prefix in tables.items()}
    for reading in np.flatnonzero((image >= 0) & (image < len(size_px))):
        columns = {
            table: dict(zip(_MAP_COLUMNS[table], window.rows(*bounds[table][reading]), strict=True))
            for table, window in windows.items()
        }
        points, _ = weighed(columns.get("gaze", {}), columns["fixations"], size_px[image[reading]], weighting)
        found[reading] = len(points) > 0
    return found


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
    names = ("t_s", "xy_px", "left_px", "right_px", "pupil_mm")
    table = _Window(content.file, [f"/gaze/{name}" for name in names])
    for reading, start, stop in _each_slice(content, "gaze"):
        where = f"/gaze rows {start} to {stop - 1}, reading {reading}"
        time_s, combined, left, right, pupil_mm = table.rows(start, stop)
        if not np.isnan(time_s).all():
            if not (np.diff(time_s) > 0).all() or np.isnan(time_s).any():
                yield "times do not strictly increase", where
            elif time_s[0] < 0 or not time_s[-1] <= duration[reading]:
                yield "times lie outside 0 to duration_s", where
        for name, points in (("xy", combined), ("left", left), ("right", right)):
            if (np.isnan(points[:, 0]) != np.isnan(points[:, 1])).any():
                yield f"{name}_px has one coordinate without the other", where
        # An imported source may know the combined point only.
        lost, *eyes_lost = (np.isnan(points).any(axis=1) for points in (combined, left, right))
        if not any((lost <= each).all() for each in _may_be_lost(eye, *eyes_lost)):
            yield "xy_px is missing where an eye was found", where
        if (pupil_mm <= 0).any():
            yield "a pupil without size", where


def _fixations(content: Content) -> Found:
    duration, gaze_count = content.column("/readings/duration_s"), content.column("/readings/gaze_count")
    names = ("onset_s", "duration_s", "xy_px", "samples")
    table = _Window(content.file, [f"/fixations/{name}" for name in names])
    for reading, start, stop in _each_slice(content, "fixation"):
        where = f"/fixations rows {start} to {stop - 1}, reading {reading}"
        onset_s, lasted_s, xy_px, samples = table.rows(start, stop)
        end_s = onset_s + lasted_s
        if not (np.isfinite(end_s).all() and (end_s >= onset_s).all()):
            yield "a duration that is negative or missing", where
        elif (np.diff(onset_s) <= 0).any() or (end_s[:-1] > onset_s[1:]).any():
            yield "fixations overlap or are out of order", where
        elif onset_s[0] < 0 or end_s[-1] > duration[reading] + _END_TOLERANCE_S:
            yield "fixations lie outside 0 to duration_s", where
        if not np.isfinite(xy_px).all():
            yield "a fixation without a place", where
        # Of fixations that another program has found, without telling its samples, their number is 0.
        if (samples < (gaze_count[reading] > 0)).any():
            yield "a fixation without samples", where


class _Window:
    """Arrays of one length, read some rows at a time and ahead: slice after slice costs little then.

    Parameters
    ----------
    file : h5py.File
    names : list of str
    rows : int
        How many are read at once at least.
    """

    def __init__(self, file: Any, names: list[str], rows: int = _ROWS_AT_ONCE) -> None:  # noqa: ANN401
        self._arrays = [file[name] for name in names]
        self._ahead = rows
        self._first = 0
        self._held: list[NDArray[Any]] = [array[:0] for array in self._arrays]

    def rows(self, start: int, stop: int) -> list[NDArray[Any]]:
        """Return the rows of each array; a slice that is not kept."""
        if start < stop and not self._first <= start < stop <= self._first + len(self._held[0]):
            self._first = start
            self._held = [array[start : max(stop, start + self._ahead)] for array in self._arrays]
        return [held[start - self._first : stop - self._first] for held in self._held]


def _each_slice(content: Content, table: str) -> Iterator[tuple[int, int, int]]:
    for reading, (start, stop) in enumerate(_bounds(content, table)):
        if start < stop:
            yield reading, start, stop


def _bounds(content: Content, table: str) -> list[tuple[int, int]]:
    """Begin and end of each reading's rows; those that reach beyond the table have none."""
    first, count = content.column(f"/readings/{table}_first"), content.column(f"/readings/{table}_count")
    rows = len(content.file["/gaze/t_s" if table == "gaze" else "/fixations/onset_s"])
    kept = (first >= 0) & (first <= rows - count) & (count > 0)
    first, stop = np.where(kept, first, 0), np.where(kept, first + count, 0)
    return list(zip(first.tolist(), stop.tolist(), strict=True))


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
