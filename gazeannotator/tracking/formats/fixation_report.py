"""Fixation reports of EyeLink Data Viewer, also as GazeMedSeg (arXiv 2407.07406) publishes them.

One row a fixation: ``IMAGE``, ``CURRENT_FIX_X``, ``CURRENT_FIX_Y``, ``CURRENT_FIX_START`` and
``CURRENT_FIX_DURATION`` in ms since the trial began; comma or tab between. Points are px of the screen as
Data Viewer writes them, or shares of the image (0 to 1) as GazeMedSeg does. Nothing is known of the samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.tracking.formats.recorded import (
    FoundFixations,
    ImportOptions,
    Recorded,
    System,
    Tell,
    Viewing,
    check_fixations,
    only_fixations,
)
from gazeannotator.tracking.formats.text import Table, read_table

_LARGEST_SHARE = 2.5
"""Where no coordinate is larger they are shares: nobody looks at five px of a screen only."""


@dataclass(frozen=True)
class _Row:
    """One fixation as it stands in the table."""

    line: int
    trial: tuple[str, str]
    index: float
    start_ms: float
    duration_ms: float
    x: float
    y: float
    label: str
    image_px: tuple[float, float] | None


@dataclass
class _Run:
    """Rows of one viewing."""

    rows: list[_Row] = field(default_factory=list)

    def goes_on(self, row: _Row) -> bool:
        """Whether a row belongs to the viewing of the row before."""
        last = self.rows[-1]
        back = row.start_ms < last.start_ms or row.index <= last.index
        return row.trial == last.trial and not back


def read_fixation_report(path: Path, options: ImportOptions, tell: Tell | None = None) -> list[Recorded]:
    """Read a report.

    Raises
    ------
    BadInput
        Naming the line.
    """
    table = read_table(path, tell)
    runs: list[_Run] = []
    people: set[str] = set()
    for person, row in _rows(table, options):
        people.add(person)
        if options.participant not in ("", person):
            continue
        if runs and runs[-1].goes_on(row):
            runs[-1].rows.append(row)
        else:
            runs.append(_Run([row]))
    if len(people) > 1 and not options.participant:
        raise BadInput(
            f"{path} has rows of several people: {', '.join(sorted(people))}.",
            "Import them one by one, each with --participant and a reader code of its own.",
        )
    system, notes = _system(path, runs, options)
    return [
        Recorded(
            "",
            [_viewing(path, each.rows, system) for each in runs],
            missing=("samples", "validity", "eyes"),
            notes=notes,
        )
    ]


def _rows(table: Table, options: ImportOptions) -> Iterator[tuple[str, _Row]]:
    own = options.columns
    image = table.need(*([own["image"]] if "image" in own else ["IMAGE", "IMAGES", "IMAGE_NAME"]))
    x, y = table.need("CURRENT_FIX_X"), table.need("CURRENT_FIX_Y")
    start, duration = table.need("CURRENT_FIX_START"), table.need("CURRENT_FIX_DURATION")
    index, trial = table.find("CURRENT_FIX_INDEX"), table.find("TRIAL_INDEX", "TRIAL_LABEL")
    person = table.find("RECORDING_SESSION_LABEL", "DATA_FILE")
    width, height = table.find("IMAGE_WIDTH"), table.find("IMAGE_HEIGHT")
    label = table.need(own["label"]) if "label" in own else None
    number = 0.0
    for line, cells in table.rows:
        number += 1
        start_ms, duration_ms, x_px, y_px = (
            table.number(cells[column], line, column) for column in (start, duration, x, y)
        )
        if cells[image] in ("", ".") or np.isnan([start_ms, duration_ms, x_px, y_px]).any():
            raise BadInput(
                f"{table.path} line {line}: a fixation without its image, time or place.",
                "Leave such rows out of the report.",
            )
        size = None
        if width is not None and height is not None:
            size = table.number(cells[width], line, width), table.number(cells[height], line, height)
        yield (
            "" if person is None else cells[person],
            _Row(
                line,
                (cells[image], "" if trial is None else cells[trial]),
                number if index is None else table.number(cells[index], line, index),
                start_ms,
                duration_ms,
                x_px,
                y_px,
                "" if label is None else cells[label],
                size,
            ),
        )


def _system(path: Path, runs: list[_Run], options: ImportOptions) -> tuple[System, tuple[str, ...]]:
    if options.coordinates is not None:
        return options.coordinates, ()
    largest = max((max(abs(row.x), abs(row.y)) for run in runs for row in run.rows), default=0.0)
    if largest > _LARGEST_SHARE:
        return "screen_px", ()
    return "image_normalised", (f"{path.name}: its coordinates are taken as shares of the image (0 to 1).",)


def _viewing(path: Path, rows: list[_Row], system: System) -> Viewing:
    table = np.array([(row.start_ms, row.duration_ms, row.x, row.y) for row in rows], np.float64)
    lines = [row.line for row in rows]
    onset_s, duration_s = check_fixations(path, lines, table[:, 0] / 1000, table[:, 1] / 1000)
    viewing = only_fixations(
        FoundFixations(onset_s, duration_s, table[:, 2:]),
        image=rows[0].trial[0],
        where=f"{path} line {rows[0].line}",
        system=system,
        label=rows[0].label,
    )
    return replace(viewing, image_px=rows[0].image_px)
