"""The exports that there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gazeannotator.dataset.bids import export_bids
from gazeannotator.dataset.coco import export_coco
from gazeannotator.dataset.contents import ExportOptions, ExportReport
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.monai import export_monai
from gazeannotator.dataset.parquet import export_parquet
from gazeannotator.dataset.tables import export_tables
from gazeannotator.dataset.xdf import export_xdf

Export = Callable[[Path, Path, ExportOptions, Callable[[int, int, str], None] | None], ExportReport]

EXPORTS: dict[str, Export] = {
    "folders": export_folders,
    "bids": export_bids,
    "csv": export_tables,
    "parquet": export_parquet,
    "coco": export_coco,
    "xdf": export_xdf,
    "monai": export_monai,
}
