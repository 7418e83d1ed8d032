"""Plain tables of gaze samples, one a row, with any names of columns.

Which column is what is told by `ImportOptions.columns`; a column that is called as its meaning needs no word.
Rows of an image stand together; a row without an image belongs to none.
"""

from __future__ import annotations

import itertools
import math
from array import array
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, System, Tell, Viewing
from gazeannotator.tracking.formats.text import Table, read_table

TIMES = {"time_s": 1.0, "time_ms": 1e-3, "time_us": 1e-6}
POINTS = (("x", "y"), ("left_x", "left_y"), ("right_x", "right_y"))
MEASURES = ("left_pupil_mm", "right_pupil_mm", "distance_mm")
MEANINGS = (
    "image",
    *TIMES,
    *(axis for pair in POINTS for axis in pair),
    *MEASURES,
    "valid",
    "label",
    "participant",
)
"""What a column can be; ``x_px`` is the same as ``x``."""

_VALUES = 8
"""Time, left x and y, right x and y, two pupils, distance."""

_TRUE, _FALSE = ("1", "1.0", "true", "valid", "yes"), ("0", "0.0", "false", "invalid", "no", "")


def named_columns(columns: dict[str, str]) -> dict[str, str]:
    """Bring what was told of columns to the names of their meanings.

    Raises
    ------
    BadInput
        There is no such meaning.
    """
    named = {each.removesuffix("_px"): column for each, column in columns.items()}
    for each in named:
        if each not in MEANINGS:
            raise BadInput(f"'{each}' is not what a column can be.", f"It can be {', '.join(MEANINGS)}.")
    return named


def meanings_of(columns: list[str]) -> dict[str, str]:
    """Find the columns that are called as their meaning; meaning → column."""
    found: dict[str, str] = {}
    for column in columns:
        meaning = column.strip().casefold().removesuffix("_px")
        if meaning in MEANINGS:
            found.setdefault(meaning, column)
    return found


@dataclass
class _Run:
    """Rows of one viewing."""

    image: str
    line: int
    label: str = ""
    samples: array[float] = field(default_factory=lambda: array("d"))


class _Places:
    """Where what stands in a table."""

    def __init__(self, table: Table, columns: dict[str, str]) -> None:
        self._table = table
        self._of = {meaning: table.need(column) for meaning, column in columns.items()}
        self.image = self._need("image", "it says which image was shown")
        eyes = [pair for pair in POINTS[1:] if set(pair) & self._of.keys()]
        self.both_only = not eyes
        for pair in eyes or POINTS[:1]:
            for axis in pair:
                self._need(axis, "a gaze point has both x and y")
        used = POINTS[:1] * 2 if self.both_only else POINTS[1:]
        self.time = next((each for each in TIMES if each in self._of), None)
        self.numbers = [self._of.get(each) for each in (*(axis for pair in used for axis in pair), *MEASURES)]
        self.valid = self._of.get("valid")
        self.label = self._of.get("label")
        self.participant = self._of.get("participant")

    def _need(self, meaning: str, why: str) -> int:
        if meaning not in self._of:
            there = ", ".join(self._table.columns[:12])
            raise BadInput(
                f"{self._table.path}: no column is known to be '{meaning}'; {why}.",
                f"Name it: --columns {meaning}=COLUMN. The columns there are: {there}.",
            )
        return self._of[meaning]

    def sample(self, line: int, cells: list[str]) -> list[float]:
        """Read the `_VALUES` numbers of a row; points NaN where it says that they are not valid."""
        table = self._table
        seconds = math.nan
        if self.time is not None:
            seconds = table.number(cells[self._of[self.time]], line, self._of[self.time]) * TIMES[self.time]
            if math.isnan(seconds):
                raise BadInput(f"{table.path} line {line}: a row without a time.", "Correct this line.")
        values = [
            math.nan if column is None else table.number(cells[column], line, column)
            for column in self.numbers
        ]
        if self.valid is not None:
            told = cells[self.valid].casefold()
            if told not in (*_TRUE, *_FALSE):
                raise BadInput(
                    f"{table.path} line {line}: {cells[self.valid]!r} is neither valid nor not.",
                    "Write 1 where the eyes were found, and 0 where they were not.",
                )
            if told in _FALSE:
                values[:4] = [math.nan] * 4
        return [seconds, *values]


def read_csv_table(path: Path, options: ImportOptions, tell: Tell | None = None) -> list[Recorded]:
    """Read a table.

    Times that begin anew with each image are times since it appeared. Times that go on are those of one
    clock, and an image is taken to have appeared with its first sample.

    Raises
    ------
    BadInput
        Naming the line.
    """
    table = read_table(path, tell)
    places = _Places(table, meanings_of(table.columns) | named_columns(dict(options.columns)))
    runs, people = _runs(table, places, options)
    if len(people) > 1:
        raise BadInput(
            f"{path} has rows of several people: {', '.join(sorted(people))}.",
            "Import them one by one, each with --participant and a reader code of its own.",
        )
    tables = [np.array(run.samples).reshape(-1, _VALUES) for run in runs]
    one_clock = len(runs) > 0 and all(
        each[0, 0] > before[-1, 0] for before, each in itertools.pairwise(tables)
    )
    system = options.coordinates or "image_px"
    viewings = [_viewing(path, run, each, system, one_clock) for run, each in zip(runs, tables, strict=True)]
    lost = any(np.isnan(each[:, 1:5]).all(axis=1).any() for each in tables)
    missing = [
        what
        for what, unknown in (
            ("times", places.time is None and not options.rate_hz),
            ("validity", places.valid is None and not lost),
            ("eyes", places.both_only),
        )
        if unknown
    ]
    nominal = ("onset_s",) if one_clock and places.time else ()
    return [Recorded("", viewings, missing=tuple(missing), nominal=nominal)]


def _runs(table: Table, places: _Places, options: ImportOptions) -> tuple[list[_Run], set[str]]:
    runs: list[_Run] = []
    people: set[str] = set()
    open_run = False
    for line, cells in table.rows:
        person = "" if places.participant is None else cells[places.participant]
        image = cells[places.image]
        if not image or options.participant not in ("", person):
            open_run = False
            continue
        people.add(person)
        values = places.sample(line, cells)
        if not open_run or image != runs[-1].image or values[0] <= runs[-1].samples[0]:
            runs.append(_Run(image, line))
            open_run = True
        elif values[0] <= runs[-1].samples[-_VALUES]:
            raise BadInput(
                f"{table.path} line {line}: its time is not later than that of the row above.",
                "Sort the rows by time, and leave none twice.",
            )
        runs[-1].samples.extend(values)
        label = "" if places.label is None else cells[places.label]
        if label and runs[-1].label not in ("", label):
            raise BadInput(
                f"{table.path} line {line}: another label than above for the same image.", "Correct it."
            )
        runs[-1].label = runs[-1].label or label
    return runs, people


def _viewing(path: Path, run: _Run, table: FloatArray, system: System, one_clock: bool) -> Viewing:
    first_s = float(table[0, 0]) if one_clock else 0.0
    points = table[:, 1:5].reshape(-1, 2, 2).copy()
    points[np.isnan(points).any(axis=2)] = np.nan
    return Viewing(
        run.image,
        f"{path} line {run.line}",
        system,
        time_s=table[:, 0] - first_s,
        left=points[:, 0],
        right=points[:, 1],
        pupil_mm=np.where(table[:, 5:7] > 0, table[:, 5:7], np.nan),
        distance_mm=np.where(table[:, 7] > 0, table[:, 7], np.nan),
        onset_s=float(table[0, 0]) if one_clock else math.nan,
        label=run.label,
    )
