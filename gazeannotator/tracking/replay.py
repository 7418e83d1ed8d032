"""Recordings to be replayed: CSV files with the columns time_s, x_px, y_px."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import screen_px_to_normalised
from gazeannotator.samples import FloatArray, GazeChunk

COLUMNS = ("time_s", "x_px", "y_px")


@dataclass(frozen=True)
class Recording:
    """Gaze of one point, as read from a file.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Never decreasing.
    xy_px : ndarray, shape (n, 2)
        Screen px; NaN where lost.
    """

    time_s: FloatArray
    xy_px: FloatArray

    @property
    def rate_hz(self) -> float:
        """Rate by the median step, 0 if it cannot be told."""
        steps = np.diff(self.time_s)
        steps = steps[steps > 0]
        return 0.0 if not len(steps) else round(1 / float(np.median(steps)), 3)

    def to_chunk(self, start_s: float, screen_px: tuple[float, float]) -> GazeChunk:
        """Make samples of both eyes, stamped ``start_s + time_s`` and numbered by row."""
        xy = screen_px_to_normalised(self.xy_px, screen_px)
        n = len(self.time_s)
        return GazeChunk(
            time_s=start_s + self.time_s,
            left=xy,
            right=xy,
            pupil_mm=np.full((n, 2), np.nan),
            distance_mm=np.full(n, np.nan),
            sequence=np.arange(n, dtype=np.float64),
        )


def read_recording(path: Path) -> Recording:
    """Read a CSV file with time_s, x_px, y_px and any other columns; empty or nan is a lost sample.

    Raises
    ------
    BadInput
        The file cannot be read, misses a column, or has a value that cannot be used; names the line.
    """
    rows: list[tuple[float, float, float]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise BadInput(
                    f"{path}, line 1: the column {missing[0]} is missing.",
                    f"The first line must name the columns {', '.join(COLUMNS)}.",
                )
            for row in reader:
                rows.append(_numbers(row, path, reader.line_num))
                if len(rows) > 1 and rows[-1][0] < rows[-2][0]:
                    raise BadInput(
                        f"{path}, line {reader.line_num}: time_s goes back to {rows[-1][0]:g}.",
                        "Sort the rows by time, one recording a file.",
                    )
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Check the path and its rights."
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text.", "Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise BadInput(f"{path} is not a CSV file: {error}.", "Save it as CSV in UTF-8.") from error
    if not rows:
        raise BadInput(f"{path} has no samples.", f"Write one sample a line below {','.join(COLUMNS)}.")
    table = np.array(rows)
    return Recording(table[:, 0].copy(), table[:, 1:].copy())


def _numbers(row: dict[str, str | None], path: Path, line: int) -> tuple[float, float, float]:
    values = []
    for name in COLUMNS:
        text = (row[name] or "").strip()
        try:
            value = float(text) if text else math.nan
        except ValueError:
            raise BadInput(
                f"{path}, line {line}: {name} is '{text}', not a number.",
                "Use a decimal point, or leave it empty.",
            ) from None
        if math.isinf(value) or (name == "time_s" and math.isnan(value)):
            raise BadInput(
                f"{path}, line {line}: {name} is '{text}'.",
                "Give a time for each sample; x and y may be empty.",
            )
        values.append(value)
    return values[0], values[1], values[2]
