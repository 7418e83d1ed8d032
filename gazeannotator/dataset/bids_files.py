"""The files that BIDS is made of: TSV tables and JSON sidecars."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = "n/a"


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a sidecar."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_tsv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table with one line of headings; what is missing becomes ``n/a``."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns) + "\n")
        for row in rows:
            file.write("\t".join(_cell(row.get(name)) for name in columns) + "\n")


class PackedTsv:
    """A compressed table without headings, as BIDS wants continuous recordings.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._raw = open(path, "wb")
        # No time and name inside: the validator warns of them, and the same data give the same file.
        self._packed = gzip.GzipFile("", "wb", 6, self._raw, mtime=0)

    def write(self, columns: Sequence[NDArray[Any]]) -> None:
        """Write rows, given column by column; NaN becomes ``n/a``."""
        lines = zip(*(_texts(each) for each in columns), strict=True)
        self._packed.write("".join("\t".join(line) + "\n" for line in lines).encode())

    def close(self) -> None:
        """Write out what is left."""
        try:
            self._packed.close()
        finally:
            self._raw.close()


def _texts(column: NDArray[Any]) -> list[str]:
    if column.dtype.kind != "f":
        return [_cell(each) for each in column.tolist()]
    # The shortest text that gives the same number back.
    return [repr(each) if each == each else MISSING for each in column.astype(np.float64).tolist()]


def _cell(value: Any) -> str:  # noqa: ANN401
    if value is None or value == "" or (isinstance(value, float) and not np.isfinite(value)):
        return MISSING
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(value).split())
