"""Train, validation and test parts, and folds: whole patients, the classes evenly spread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.dealing import Parts, deal_out
from gazeannotator.dataset.schema import SPLITS
from gazeannotator.errors import BadInput

MOST_FOLDS = 100

_NEEDED_FOR = {
    "train": "nothing to learn from",
    "validation": "nothing to stop the training by",
    "test": "nothing to judge the network on",
}


def parse_split(text: str) -> tuple[float, float, float]:
    """Read ``60/20/20`` as shares of 1.

    Raises
    ------
    BadInput
        If it is not three numbers, none negative, the first positive.
    """
    numbers = re.fullmatch(r"\s*(\d+\.?\d*)\s*/\s*(\d+\.?\d*)\s*/\s*(\d+\.?\d*)\s*", text)
    parts = [float(each) for each in numbers.groups()] if numbers else []
    if not parts or parts[0] <= 0:
        raise BadInput(
            f"The split {text!r} is not understood.",
            "Give train, validation and test parts such as 60/20/20, or a CSV file.",
        )
    total = sum(parts)
    return parts[0] / total, parts[1] / total, parts[2] / total


def empty_parts(parts: Iterable[str]) -> str:
    """Say which parts of a data set hold no image, and what then cannot be done."""
    said = ", ".join(f"{name} ({_NEEDED_FOR[name]})" for name in parts)
    return f"Parts without any image: {said}."


def split_by_patient(
    patients: Sequence[str], classes: NDArray[np.int8], shares: tuple[float, float, float], seed: int
) -> tuple[NDArray[np.int8], list[str]]:
    """Assign every image to a part, all images of a patient to the same.

    Parameters
    ----------
    patients : sequence of str, length n
    classes : ndarray, shape (n,)
        Target class of each image, -1 unknown (a stratum of its own).
    shares : tuple of float
        Train, validation and test; they sum to 1.
    seed : int
        The same images and seed give the same parts.

    Returns
    -------
    split : ndarray of int8, shape (n,)
        Index into `SPLITS`.
    warnings : list of str
        What the numbers did not allow.
    """
    names, owner = np.unique(np.array(patients, dtype=str), return_inverse=True)
    if not len(names):
        return np.zeros(0, np.int8), []
    parts = deal_out(owner, np.asarray(classes), np.array(shares), seed)
    return parts[owner].astype(np.int8), _shortfalls(parts, shares)


def check_folds(folds: int, patients: int | None = None) -> None:
    """Refuse a number of folds that cannot be.

    Parameters
    ----------
    folds : int
    patients : int, optional
        How many there are, once that is known.

    Raises
    ------
    BadInput
    """
    if not 2 <= folds <= MOST_FOLDS:
        raise BadInput(f"{folds} folds cannot be made.", f"Give a number from 2 to {MOST_FOLDS}, such as 5.")
    if patients is not None and folds > patients:
        noun = "patient is" if patients == 1 else "patients are"
        raise BadInput(
            f"{patients} {noun} too few for {folds} folds: a patient lies in one fold only.",
            f"Give at most {patients} folds, or add patients." if patients > 1 else "Add patients.",
        )


def folds_by_patient(
    patients: Sequence[str], classes: NDArray[np.int8], folds: int, seed: int
) -> NDArray[np.int8]:
    """Assign every image to one of several folds of equal size, as `split_by_patient` does to the parts.

    Parameters
    ----------
    patients : sequence of str, length n
    classes : ndarray, shape (n,)
        Target class of each image, -1 unknown (a stratum of its own).
    folds : int
        At most as many as there are patients.
    seed : int
        The same images and seed give the same folds.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 to folds - 1; none is empty.

    Raises
    ------
    BadInput
        If there cannot be so many.
    """
    names, owner = np.unique(np.array(patients, dtype=str), return_inverse=True)
    check_folds(folds, len(names))
    parts = deal_out(owner, np.asarray(classes), np.full(folds, 1 / folds), seed)
    return parts[owner].astype(np.int8)


def _shortfalls(parts: Parts, shares: tuple[float, float, float]) -> list[str]:
    patients = len(parts)
    empty = [name for part, name in enumerate(SPLITS) if shares[part] > 0 and not (parts == part).any()]
    if not empty:
        return []
    noun = "patient is" if patients == 1 else "patients are"
    return [f"{patients} {noun} too few for all parts of the split: {' and '.join(empty)} without any image."]
