"""The epochs of a run: history.csv written, read and judged. No torch here."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from gazemodel.config import TrainConfig

Row = Mapping[str, float]

COLUMNS = (
    "epoch",
    "train_loss",
    "train_attention",
    "train_accuracy",
    "val_loss",
    "val_attention",
    "val_accuracy",
    "lr",
    "seconds",
    "best",
)


def table(rows: Sequence[Row]) -> str:
    """Write rows as CSV; a cell that is NaN is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row[name]) for name in COLUMNS} for row in rows)
    return text.getvalue()


def read_history(path: Path) -> list[Row]:
    """Read history.csv; NaN where a cell is empty, nothing where there is no file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: float(value or "nan") for name, value in row.items()} for row in csv.DictReader(file)]


def best_row(rows: Sequence[Row]) -> Row | None:
    """Give the epoch whose weights are kept; None where there is none."""
    best = [row for row in rows if row["best"]]
    return best[-1] if best else None


def score(config: TrainConfig, row: Row, *, with_attention: bool | None = None) -> tuple[float, float]:
    """Order epochs: by accuracy on the validation images, and among equal ones by the whole loss.

    Parameters
    ----------
    config : TrainConfig
        Its `choose_by` = ``accuracy`` leaves the loss out.
    row : mapping
        Of history.csv.
    with_attention : bool, optional
        Whether λ · attention is part of the loss; by default where the training uses gaze.

    Returns
    -------
    tuple of float
        Greater is better.
    """
    accuracy = row["val_accuracy"]
    if config.choose_by == "accuracy":
        return accuracy, 0.0
    attention, objective = row["val_attention"], row["val_loss"]
    if (config.uses_gaze if with_attention is None else with_attention) and attention == attention:
        objective += config.attention_weight * attention
    return accuracy, -objective


def _cell(value: float) -> str:
    return "" if value != value else f"{value:.6g}"
