"""The exports that there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gazeannotator.dataset.contents import ExportOptions, ExportReport
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.parquet import export_parquet
from gazeannotator.dataset.tables import export_tables

Export = Callable[[Path, Path, ExportOptions, Callable[[int, int, str], None] | None], ExportReport]

EXPORTS: dict[str, Export] = {
    "folders": export_folders,
    "csv": export_tables,
    "parquet": export_parquet,
}
