"""The report of what an import took out of each file: kinds, places and names of metadata, never a value."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput
from gazeannotator.study.deidentify.masks import Masks
from gazeannotator.study.folder import write_whole

COLUMNS = ("file_hmac", "image", "state", "hidden", "rectangles", "outline", "metadata")


@dataclass(frozen=True)
class Removal:
    """What was taken out of one picture of a file.

    Attributes
    ----------
    file_hmac : str
        Keyed hash of the file's name, which itself often tells a name.
    image : str
        Id of the image, or that under which it waits.
    state : str
        ``added``, ``accepted`` or ``waiting``.
    metadata : tuple of str
        Names of the tags that were dropped.
    """

    file_hmac: str
    image: str
    state: str
    masks: Masks
    metadata: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        where = self.masks.where
        values = (self.file_hmac, self.image, self.state, list(self.masks.what), where["hide"], where["keep"])
        return dict(zip(COLUMNS, (*values, list(self.metadata)), strict=True))


def write_removals(path: Path, removals: list[Removal]) -> None:
    """Write a report, as CSV or JSON by the file's suffix.

    Raises
    ------
    BadInput
        If the suffix is another.
    StorageError
    """
    rows = [each.as_dict() for each in removals]
    if path.suffix.casefold() == ".json":
        write_whole(path, json.dumps(rows, indent=1).encode() + b"\n")
        return
    check_report_name(path)
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in rows:
        plain = ("file_hmac", "image", "state")
        table.writerow({name: row[name] if name in plain else _cell(row[name]) for name in COLUMNS})
    write_whole(path, text.getvalue().encode())


def check_report_name(path: Path) -> None:
    """Refuse a report of an unknown kind, before any work is done.

    Raises
    ------
    BadInput
    """
    if path.suffix.casefold() not in (".json", ".csv"):
        raise BadInput(f"The report {path} is neither .json nor .csv.", "Name it so.")
    if not path.absolute().parent.is_dir():
        raise BadInput(
            f"The folder of the report {path} does not exist.", "Make it first, or choose another."
        )


def _cell(values: list[Any]) -> str:
    """Write a list into a cell: parts of a rectangle by spaces, what follows by semicolons."""
    parts = (" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in values)
    return "; ".join(parts)
