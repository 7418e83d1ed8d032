"""A split that was made elsewhere: a table that names the part of each image or patient."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.joining import JoinedImage
from gazeannotator.dataset.schema import SPLITS
from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.gaze.csv_reading import read_csv, read_header
from gazeannotator.study.identity import StudyKey
from gazeannotator.study.image_names import ImageNames
from gazeannotator.study.store import Store

SHORT_ID = 16
"""So many digits of an image's id name it."""

_PART = {**{name: part for part, name in enumerate(SPLITS)}, "val": SPLITS.index("validation")}
_COLUMNS = ("image", "file", "patient")
_NAMED = 5


@dataclass(frozen=True)
class FixedSplit:
    """A split as read.

    Attributes
    ----------
    parts : ndarray of int8, shape (n,)
        Index into `SPLITS` of each image.
    sha256 : str
        Of the file; its name may tell who the patients are.
    """

    parts: NDArray[np.int8]
    sha256: str


@dataclass(frozen=True)
class _Line:
    """What one line says: the part of some images."""

    number: int
    part: int
    rows: list[int]


def read_split_file(path: Path, studies: Iterable[Path], images: Sequence[JoinedImage]) -> FixedSplit:
    """Read which part each image is in.

    Parameters
    ----------
    path : Path
        CSV with ``split`` (train, validation or val, test) and ``image`` or ``file`` (the image's id, its
        first 16 digits, or the name of the file it was imported from), or else ``patient`` (the
        pseudonym or the original id).
    studies : iterable of Path
        By their keys file names and patients are matched.
    images : sequence of JoinedImage
        All images of the data set.

    Raises
    ------
    BadInput
        Naming the lines, if it is no such table, names what is not there or not all that is there, or puts an
        image or a patient into two parts.
    """
    header = read_header(path)
    column = next((each for each in _COLUMNS if each in header), None)
    if column is None or "split" not in header:
        missing = "image' or 'patient" if column is None else "split"
        raise BadInput(
            f"{path} line 1: there is no column '{missing}'.",
            "The first line must name image,split or patient,split.",
        )
    find = (_Patients if column == "patient" else _Images)(studies, images).find
    lines, unknown = [], []
    for number, (name, said) in read_csv(path, (column, "split")):
        part = _PART.get(said.casefold())
        if part is None:
            raise BadInput(
                f"{path} line {number}: {said!r} is no part of a split.",
                "Write train, validation (or val) or test.",
            )
        rows = find(name)
        if column != "patient" and len(rows) > 1:
            raise BadInput(
                f"{path} line {number}: {len(rows)} images were imported from files named {name!r}.",
                "Name them by their ids.",
            )
        lines.append(_Line(number, part, rows))
        if not rows:
            unknown.append(f"{name!r} (line {number})")
    if unknown:
        what = "patient" if column == "patient" else "image"
        raise BadInput(
            f"{path}: there is no {what} {_listed(unknown)}.",
            "Correct these lines, or leave them out.",
        )
    if column != "patient":
        _refuse_two_parts(path, lines, [f"image {each.id[:SHORT_ID]}" for each in images], "")
    patients = [f"patient {each.patient}" for each in images]
    _refuse_two_parts(path, lines, patients, ": the test would know the answer")
    return FixedSplit(_whole(path, lines, images), hashlib.sha256(path.read_bytes()).hexdigest())


def _refuse_two_parts(path: Path, lines: Sequence[_Line], names: Sequence[str], why: str) -> None:
    """Refuse a file that puts what bears one name into two parts."""
    first: dict[str, dict[int, int]] = defaultdict(dict)
    for line in lines:
        for row in line.rows:
            first[names[row]].setdefault(line.part, line.number)
    torn = []
    for name, told in first.items():
        if len(told) > 1:
            parts = (f"{SPLITS[part]} (line {line})" for part, line in sorted(told.items()))
            torn.append(f"{name} is in " + " and ".join(parts))
    if torn:
        raise BadInput(f"{path}: {_listed(torn, '; ')}{why}.", "Put each into one part.")


def _whole(path: Path, lines: Sequence[_Line], images: Sequence[JoinedImage]) -> NDArray[np.int8]:
    parts = np.full(len(images), -1, np.int8)
    for line in lines:
        parts[line.rows] = line.part
    silent = [each.id[:SHORT_ID] for each, part in zip(images, parts, strict=True) if part < 0]
    if silent:
        raise BadInput(
            f"{path} says nothing of {len(silent)} of {len(images)} images: {_listed(silent)}.",
            "Name the part of every image, or of every patient where each image has one.",
        )
    return parts


def _listed(items: Sequence[str], between: str = ", ") -> str:
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return between.join(items[:_NAMED]) + more


class _Images:
    """Finds images by id or by file name."""

    def __init__(self, studies: Iterable[Path], images: Sequence[JoinedImage]) -> None:
        self._row = {each.id: row for row, each in enumerate(images)}
        self._short: dict[str, list[int]] = defaultdict(list)
        for each, row in self._row.items():
            self._short[each[:SHORT_ID]].append(row)
        self._names = []
        for path in studies:
            with Store.open(path) as store:
                if _key(store):
                    self._names.append(ImageNames(store))

    def find(self, said: str) -> list[int]:
        """Return the rows of the images that a name may mean."""
        # Exports name their pictures by id.
        digits = PurePath(said).stem.casefold()
        if digits in self._row:
            return [self._row[digits]]
        if digits in self._short:
            return self._short[digits]
        named = {each.id for names in self._names for each in names.matches(said)}
        return sorted(self._row[each] for each in named)


class _Patients:
    """Finds all images of a patient, by pseudonym or by the original id."""

    def __init__(self, studies: Iterable[Path], images: Sequence[JoinedImage]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        for row, each in enumerate(images):
            rows[each.patient].append(row)
        patient_of = {each.id: each.patient for each in images}
        # Joined studies may know one patient by several pseudonyms.
        self._rows: dict[str, list[int]] = {}
        self._keys: list[StudyKey] = []
        for path in studies:
            with Store.open(path) as store:
                for image in store.images():
                    if image.patient:
                        self._rows[image.patient] = rows[patient_of[image.id]]
                if key := _key(store):
                    self._keys.append(key)

    def find(self, said: str) -> list[int]:
        """Return the rows of a patient's images."""
        for name in (said.casefold(), *(key.patient_pseudonym(said) for key in self._keys)):
            if name in self._rows:
                return self._rows[name]
        return []


def _key(store: Store) -> StudyKey | None:
    try:
        return store.key
    except StudyDamaged:
        # Ids and pseudonyms are matched without it.
        return None
