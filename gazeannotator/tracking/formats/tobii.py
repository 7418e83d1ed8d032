"""Tables of Tobii Pro Lab (data export, "Single standard file", TSV) for images on a screen.

Names of columns have changed from version to version: with units in brackets or parentheses, or without.
Gaze comes in px of the display area (DACS) or in shares of the media (MCS norm). The gaze of glasses lies in
a film (MCS px) and is refused.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, System, Tell, Viewing
from gazeannotator.tracking.formats.text import Table, read_table

_HINT = "Export it again from Pro Lab, as 'Single standard file (.tsv)', with that column."
_SECONDS = {"ms": 1e-3, "us": 1e-6, "μs": 1e-6, "µs": 1e-6}
_SLOWEST_STEP_MS = 200.0
"""No eye tracker is as slow: if the usual step is more, it is told in microseconds."""

_SCREEN_PX = ("dacspx", "adcspx", "rcspx", "")
_MEDIA = ("mcsnorm",)
_MM = ("dacsmm", "adcsmm", "rcsmm", "ucsmm", "mm", "")
_VALUES = 11


class _Columns:
    """Finds columns by their names without the unit, and the unit."""

    def __init__(self, table: Table, options: ImportOptions) -> None:
        self._places: dict[tuple[str, str], int] = {}
        for place, name in enumerate(table.columns):
            base, unit = re.fullmatch(r"(.*?)\s*(?:[\[(]([^\])]*)[\])])?", name.casefold()).groups("")  # type: ignore[union-attr]
            self._places.setdefault((base, unit.replace(" ", "")), place)
        self._table = table
        self.time, self.unit_s = self._time()
        self.image = table.need(
            *((options.columns["image"],) if "image" in options.columns else ()),
            "Presented Media name",
            "Presented Stimulus name",
            "MediaName",
        )
        self.placement = self.all("presented media position x", "presented media position y", *_SCREEN_PX)
        self.media_px = self.all("presented media width", "presented media height", "px", "")
        self.original_px = self.all("original media width", "original media height", "px", "")
        self.screen_px = self.all("recording resolution width", "recording resolution height", "px", "")
        placed = bool(options.placement) or (self.placement and self.media_px)
        self.system, self.points = self._points(bool(placed))
        self.pupils = [self.one(f"pupil diameter {eye}", "mm", "") for eye in ("left", "right")]
        self.distances = [self.one(f"eye position {eye} z", *_MM) for eye in ("left", "right")]
        self.validity = [self.one(f"validity {eye}", "") for eye in ("left", "right")]
        self.sensor = self.one("sensor", "")
        self.event = self.one("event", "")
        self.participant = self.one("participant name", "")
        self.recording = self.one("recording name", "")
        self.date = self.all("recording date utc", "recording start time utc", "")

    @property
    def both_only(self) -> bool:
        """Whether only the common point of the eyes is there."""
        return self.points[:2] == self.points[2:]

    def one(self, base: str, *units: str) -> int | None:
        """Place of a column in one of these units."""
        return next((self._places[base, unit] for unit in units if (base, unit) in self._places), None)

    def all(self, first: str, second: str, *units: str) -> tuple[int, int] | None:
        """Places of two columns that say nothing one without the other."""
        places = self.one(first, *units), self.one(second, *units)
        return None if None in places else places  # type: ignore[return-value]

    def _time(self) -> tuple[int, float | None]:
        for (base, unit), place in self._places.items():
            if base in ("recording timestamp", "recordingtimestamp") and (not unit or unit in _SECONDS):
                return place, _SECONDS.get(unit)
        raise BadInput(f"{self._table.path} line 1: there is no column 'Recording timestamp'.", _HINT)

    def _points(self, placed: bool) -> tuple[System, tuple[int, int, int, int]]:
        ways: tuple[tuple[System, tuple[str, ...], bool], ...] = (
            ("screen_px", _SCREEN_PX, placed),
            ("image_normalised", _MEDIA, True),
        )
        for sides in (("left ", "right "), ("", "")):
            for system, units, usable in ways:
                found = [self.one(f"gaze point {side}{axis}", *units) for side in sides for axis in "xy"]
                if usable and None not in found:
                    return system, tuple(found)  # type: ignore[return-value]
        path = self._table.path
        if any(base.startswith("gaze point") and unit == "mcspx" for base, unit in self._places):
            raise BadInput(
                f"{path} holds gaze in a film of glasses (MCS px), not on a screen.",
                "Import recordings of a screen-based eye tracker.",
            )
        if self.one("gaze point x", *_SCREEN_PX) is not None or self.one("gaze point left x", *_SCREEN_PX):
            raise BadInput(
                f"{path} does not tell where on the screen the images were.",
                "Export it again with 'Presented Media position X/Y' and 'width/height', or with "
                "'Gaze point left/right (MCSnorm)'; or give --placement.",
            )
        raise BadInput(f"{path} line 1: there is no column 'Gaze point left X'.", _HINT)


@dataclass
class _Shown:
    """One presentation while its rows are read."""

    image: str
    line: int
    first: float
    last: float
    placement: tuple[float, ...] = ()
    original_px: tuple[float, ...] = ()
    samples: array[float] = field(default_factory=lambda: array("d"))


class _Sitting:
    """The rows of one recording, as they come."""

    def __init__(self, table: Table, columns: _Columns) -> None:
        self.shown: list[_Shown] = []
        self.screen_px: tuple[float, ...] = ()
        self.utc = ""
        self._table, self._columns = table, columns
        self._open = False
        self._last = -math.inf

    def take(self, line: int, cells: list[str]) -> None:
        """Take a row."""
        columns, image = self._columns, cells[self._columns.image]
        time = self._number(line, cells, columns.time)
        if math.isnan(time) or time < self._last:
            raise BadInput(
                f"{self._table.path} line {line}: its time is missing, or earlier than the one above.",
                "Export the recording again; its rows are in the order of time.",
            )
        self._last = time
        self.screen_px = self.screen_px or self._both(line, cells, columns.screen_px)
        self.utc = self.utc or _utc(cells, columns.date)
        if not image:
            self._open = False
            return
        if not self._open or image != self.shown[-1].image:
            self.shown.append(_Shown(image, line, time, time))
            self._open = True
        now = self.shown[-1]
        now.last = time
        now.original_px = now.original_px or self._both(line, cells, columns.original_px)
        if not now.placement:
            corner = self._both(line, cells, columns.placement)
            size = self._both(line, cells, columns.media_px)
            now.placement = (*corner, *size) if corner and size else ()
        if self._is_sample(cells):
            now.samples.append(time)
            for column in (*columns.points, *columns.pupils, *columns.distances):
                now.samples.append(self._number(line, cells, column))
            for column in columns.validity:
                now.samples.append(_is_valid(cells, column))

    def _is_sample(self, cells: list[str]) -> bool:
        columns = self._columns
        if columns.sensor is not None:
            return cells[columns.sensor].casefold() == "eye tracker"
        return columns.event is None or not cells[columns.event]

    def _number(self, line: int, cells: list[str], column: int | None) -> float:
        return math.nan if column is None else self._table.number(cells[column], line, column)

    def _both(self, line: int, cells: list[str], columns: tuple[int, int] | None) -> tuple[float, ...]:
        if columns is None:
            return ()
        values = tuple(self._number(line, cells, column) for column in columns)
        return () if any(map(math.isnan, values)) else values


def read_tobii(path: Path, options: ImportOptions, tell: Tell | None = None) -> list[Recorded]:
    """Read a table; each recording in it is a sitting.

    Raises
    ------
    BadInput
        Naming the line.
    """
    table = read_table(path, tell)
    columns = _Columns(table, options)
    sittings: dict[tuple[str, str], _Sitting] = {}
    for line, cells in table.rows:
        participant = "" if columns.participant is None else cells[columns.participant]
        recording = "" if columns.recording is None else cells[columns.recording]
        if options.participant in ("", participant):
            sitting = sittings.setdefault((participant, recording), _Sitting(table, columns))
            sitting.take(line, cells)
    people = {participant for participant, _ in sittings}
    if len(people) > 1:
        raise BadInput(
            f"{path} has rows of several people: {', '.join(sorted(people))}.",
            "Import them one by one, each with --participant and a reader code of its own.",
        )
    return [
        _recorded(path, columns, recording, sitting)
        for (_, recording), sitting in sittings.items()
        if sitting.shown
    ]


def _recorded(path: Path, columns: _Columns, recording: str, sitting: _Sitting) -> Recorded:
    tables = [np.array(each.samples).reshape(-1, _VALUES) for each in sitting.shown]
    steps = np.concatenate([np.diff(each[:, 0]) for each in tables])
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else math.nan
    unit_s, notes = columns.unit_s, []
    if unit_s is None:
        if math.isnan(step):
            raise BadInput(f"{path} does not tell the unit of its times.", _HINT)
        unit_s = 1e-3 if step <= _SLOWEST_STEP_MS else 1e-6
        usual = "milliseconds" if unit_s == 1e-3 else "microseconds"
        notes = [f"{path.name} does not tell the unit of its times; by its usual step they are {usual}."]
    viewings = [
        _viewing(path, columns, each, table, unit_s)
        for each, table in zip(sitting.shown, tables, strict=True)
    ]
    lost = any(np.isnan(each.left).any() or np.isnan(each.right).any() for each in viewings)
    missing = ["eyes"] if columns.both_only else []
    if columns.validity == [None, None] and not lost:
        missing.append("validity")
    width, height = sitting.screen_px or (math.nan, math.nan)
    return Recorded(
        recording,
        viewings,
        screen_px=(width, height) if width > 0 and height > 0 else None,
        rate_hz=1 / (step * unit_s),
        utc=sitting.utc,
        missing=tuple(missing),
        notes=tuple(notes),
    )


def _viewing(path: Path, columns: _Columns, shown: _Shown, table: FloatArray, unit_s: float) -> Viewing:
    left, right = table[:, 1:3].copy(), table[:, 3:5].copy()
    for eye, valid in ((left, table[:, 9]), (right, table[:, 10])):
        eye[(valid == 0) | np.isnan(eye).any(axis=1)] = np.nan
    if columns.both_only:
        # It is there if either eye was found.
        left = table[:, 1:3].copy()
        left[(table[:, 9:11] == 0).all(axis=1) | np.isnan(left).any(axis=1)] = np.nan
        right = left.copy()
    distances = table[:, 7:9]
    found = ~np.isnan(distances)
    distance_mm = np.where(found, distances, 0).sum(axis=1) / np.where(
        found.any(axis=1), found.sum(axis=1), np.nan
    )
    placement = Placement(*shown.placement) if shown.placement else None
    return Viewing(
        image=shown.image,
        where=f"{path} line {shown.line}",
        system=columns.system,
        time_s=(table[:, 0] - shown.first) * unit_s,
        left=left,
        right=right,
        pupil_mm=np.where(table[:, 5:7] > 0, table[:, 5:7], np.nan),
        distance_mm=distance_mm,
        onset_s=shown.first * unit_s,
        duration_s=(shown.last - shown.first) * unit_s,
        placement=placement,
        image_px=(shown.original_px[0], shown.original_px[1]) if shown.original_px else None,
    )


def _is_valid(cells: list[str], column: int | None) -> float:
    """1 valid, 0 not, NaN where it is not told; old exports count from 0 (sure) to 4 (no eye)."""
    text = "" if column is None else cells[column].casefold()
    if text in ("", "valid", "invalid"):
        return {"": math.nan, "valid": 1.0}.get(text, 0.0)
    return float(text in ("0", "1"))


def _utc(cells: list[str], columns: tuple[int, int] | None) -> str:
    if columns is None:
        return ""
    date, time = (cells[column] for column in columns)
    try:
        return datetime.fromisoformat(f"{date}T{time[:12]}+00:00").isoformat(timespec="milliseconds")
    except ValueError:
        return ""
