"""The parts of a data set: planned before the work, dealt out when the images' classes are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.joining import Joined
from gazeannotator.dataset.schema import SPLITS
from gazeannotator.dataset.split_file import FixedSplit, read_split_file
from gazeannotator.dataset.splits import (
    check_folds,
    empty_parts,
    folds_by_patient,
    parse_split,
    split_by_patient,
)


@dataclass(frozen=True)
class Parts:
    """Which part each image is in.

    Attributes
    ----------
    split : ndarray of int8, shape (n,)
        Index into `SPLITS`.
    columns : dict
        Path → values of the arrays that tell it in a data set.
    warnings : list of str
        What the user should know.
    """

    split: NDArray[np.int8]
    columns: dict[str, NDArray[np.int8]]
    warnings: list[str]


def split_of_file(split: str) -> Path | None:
    """Return the table that the option ``--split`` names, None where it gives shares.

    Raises
    ------
    BadInput
        If it is neither.
    """
    path = Path(split)
    if not re.fullmatch(r"[\s\d./]*", split) and (path.suffix.casefold() == ".csv" or path.is_file()):
        return path
    parse_split(split)
    return None


class PartsPlan:
    """How images are to be divided; a file and a number of folds that do not fit are refused at once.

    Parameters
    ----------
    split : str
        Shares such as ``60/20/20``, or the name of a CSV file.
    folds : int or None
    seed : int
    joined : Joined
    studies : iterable of Path

    Raises
    ------
    BadInput
    """

    def __init__(
        self, split: str, folds: int | None, seed: int, joined: Joined, studies: Iterable[Path]
    ) -> None:
        self._patients = [each.patient for each in joined.images]
        self._split, self._folds, self._seed = split, folds, seed
        if folds is not None:
            check_folds(folds, len(set(self._patients)))
        table = split_of_file(split)
        self._fixed: FixedSplit | None = read_split_file(table, studies, joined.images) if table else None

    def assign(self, targets: NDArray[np.int8]) -> Parts:
        """Divide the images, given the target class of each."""
        warnings: list[str] = []
        if self._fixed:
            split = self._fixed.parts
            empty = [name for part, name in enumerate(SPLITS) if not (split == part).any()]
        else:
            shares = parse_split(self._split)
            split, warnings = split_by_patient(self._patients, targets, shares, self._seed)
            empty = [name for name, share in zip(SPLITS, shares, strict=True) if not share]
        if empty:
            warnings.append(empty_parts(empty))
        columns = {"/images/split": split}
        if self._folds is not None:
            columns["/images/fold"] = folds_by_patient(self._patients, targets, self._folds, self._seed)
        return Parts(split, columns, warnings)

    def as_data(self) -> dict[str, Any]:
        """Tell what the split came from, without a file's name."""
        if self._fixed:
            return {"split": "file", "split_sha256": self._fixed.sha256}
        return {"split": self._split}
