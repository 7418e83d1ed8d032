"""The other files of a data set that was built with ``--multi-file``, and whether they are what they were.

HDF5 shows zeros where such a file is missing or is another one, and says nothing: so all of them are
looked at whenever the data set is opened.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import h5py

from gazeannotator.errors import BadInput

VOLUME_FORMAT = "gazeannotator-dataset-volume"


@dataclass(frozen=True)
class Volume:
    """A file that holds some of the images and readings of a data set.

    Attributes
    ----------
    name : str
        Relative to the folder of the data set, with ``/``.
    bytes : int
    mark : str
        What its attribute ``part`` says.
    rows : dict
        ``images``, ``gaze``, ``fixations`` → number of rows.
    """

    name: str
    bytes: int
    mark: str
    rows: dict[str, int]

    def as_data(self) -> dict[str, Any]:
        """Return JSON types."""
        return asdict(self)


def volumes_folder(target: Path) -> Path:
    """Return the folder beside a data set in which its volumes lie."""
    return target.with_name(f"{target.name}.parts")


def check_volumes(path: Path, file: Any) -> None:  # noqa: ANN401 - h5py has no types
    """Make sure that all volumes of an open data set are there, whole, and its own.

    Parameters
    ----------
    path : Path
        Of the data set.
    file : h5py.File

    Raises
    ------
    BadInput
        If one is not, or the data set shows files that it does not name.
    """
    shown = {
        source.file_name
        for group in file.values()
        if isinstance(group, h5py.Group)
        for array in group.values()
        if isinstance(array, h5py.Dataset) and array.is_virtual
        for source in array.virtual_sources()
    }
    volumes = _listed(path, file)
    if shown - {each.name for each in volumes} or any(not _is_beside(each.name) for each in volumes):
        raise BadInput(f"{path} shows data of files that are not its own.", "Build the data set again.")
    for each in volumes:
        _check(path, each)


def _listed(path: Path, file: Any) -> list[Volume]:  # noqa: ANN401
    if "parts" not in file.attrs:
        return []
    try:
        return [Volume(**each) for each in json.loads(file.attrs["parts"])]
    except (TypeError, ValueError):
        raise BadInput(f"The attribute parts of {path} is damaged.", "Build it again.") from None


def _is_beside(name: str) -> bool:
    pieces = name.split("/")
    return len(pieces) == 2 and not any(piece in ("", ".", "..") or "\\" in piece for piece in pieces)


def _check(path: Path, volume: Volume) -> None:
    where = path.resolve().parent / volume.name
    folder = where.parent.name
    hint = f"Copy the folder {folder} along with the data set, whole, or build it again."
    try:
        size = where.stat().st_size
    except OSError:
        raise BadInput(f"{path} is not whole: its part {where} is missing.", hint) from None
    if size != volume.bytes:
        what = "cut off" if size < volume.bytes else "another file"
        raise BadInput(f"{path} is not whole: its part {where} is {what}.", hint)
    try:
        with h5py.File(where, "r") as file:
            mark = file.attrs.get("part")
    except OSError:
        raise BadInput(
            f"{path} is not whole: its part {where} is damaged or may not be read.", hint
        ) from None
    if mark != volume.mark:
        raise BadInput(f"{path} is not whole: its part {where} belongs to another data set.", hint)
