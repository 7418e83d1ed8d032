"""Export to Parquet: the tables of the CSV export with their types, for pandas, polars, DuckDB and R."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.dataset.contents import ExportOptions, ExportReport
from gazeannotator.dataset.package import packing
from gazeannotator.dataset.readme import software
from gazeannotator.dataset.tables import Columns, write_tables
from gazeannotator.errors import BadInput

_ROW_GROUP = 1 << 18

_LAYOUT = """
Layout `parquet`: Apache Parquet files with one type a column, zstd-compressed; what is not known is null.

- `images.parquet`: one row per image. Parts: 0 train, 1 validation, 2 test; classes in the order of the
  scheme, -1 unknown; names of both beside.
- `readings.parquet`: one row per reading; `valid` is false where it is not used, and why (`exclusion`).
- `fixations.parquet`: seconds since the image appeared, px of the image at its original size.
- `gaze.parquet`: samples, same units; null where lost.

Units are in the names. Patients are pseudonyms. Each file's metadata names study and software.
"""


def export_parquet(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export everything but pixels and maps as Parquet, as `export_tables` does as CSV.

    Raises
    ------
    BadInput
        If pyarrow is not installed.
    UserError
        If the data set or the target cannot be used.
    """
    _pyarrow()
    with packing(dataset, target, options, progress, _LAYOUT) as package:
        attributes = package.contents.file.attrs
        about = {
            "study": str(attributes["study"]),
            "simulated": json.dumps(bool(attributes["simulated"])),
            "software": software(),
        }
        write_tables(package, lambda name: _ParquetTable(package.folder / f"{name}.parquet", about))
    return package.report


def _pyarrow() -> Any:  # noqa: ANN401 - a module
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise BadInput(
            "The export to Parquet needs the Python package pyarrow, which is not installed.",
            "Install it (pip install pyarrow), or export to csv.",
        ) from None
    return pyarrow


class _ParquetTable:
    """A Parquet file that is written in large groups of rows, so that it may be larger than the memory."""

    def __init__(self, path: Path, about: dict[str, str]) -> None:
        self._arrow = _pyarrow()
        self._path = path
        self._about = about
        self._waiting: list[Columns] = []
        self._rows = 0
        self._writer: Any = None

    def write(self, columns: Columns) -> None:
        self._waiting.append(columns)
        self._rows += len(next(iter(columns.values())))
        if self._rows >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        joined = {name: np.concatenate([each[name] for each in self._waiting]) for name in self._waiting[0]}
        arrays = {name: self._typed(column) for name, column in joined.items()}
        table = self._arrow.table(arrays).replace_schema_metadata(self._about)
        if self._writer is None:
            parquet = self._arrow.parquet
            self._writer = parquet.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)
        self._waiting, self._rows = [], 0

    def _typed(self, column: Any) -> Any:  # noqa: ANN401
        # from_pandas: NaN becomes null.
        kind = self._arrow.string() if column.dtype.kind == "O" else None
        return self._arrow.array(column, type=kind, from_pandas=True)
