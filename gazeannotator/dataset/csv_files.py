"""Tables as text, written for people and programs."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvFile:
    """A CSV file in the making: UTF-8, comma, one header line; empty cells where a number is missing.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.

    Parameters
    ----------
    path : Path
        Compressed where it ends in ``.gz``.
    columns : sequence of str
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        raw = open(path, "wb")
        # No time and name inside, so that the same data give the same file.
        packed = gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else None
        self._closing = [packed, raw] if packed else [raw]
        self._text = io.TextIOWrapper(packed or raw, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(columns)

    def write(self, cells: Iterable[Any]) -> None:
        """Write one row."""
        self._writer.writerow([_cell(each) for each in cells])

    def write_columns(self, columns: Sequence[NDArray[Any]]) -> None:
        """Write many rows at once, given column by column."""
        self._writer.writerows(zip(*(_cells(each) for each in columns), strict=True))

    def close(self) -> None:
        """Write out what is left and close."""
        try:
            self._text.close()
        finally:
            for each in self._closing:
                each.close()


def _cells(column: NDArray[Any]) -> list[Any]:
    if column.dtype.kind == "f":
        # As text of the column's own precision, as in a single cell.
        texts = column.astype(str).astype(object)
        texts[np.isnan(column)] = ""
        return list(texts)
    return [_cell(each) for each in column.tolist()]


def _cell(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        # The shortest text that gives the same number back, in its own precision.
        return "" if math.isnan(value) else str(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
