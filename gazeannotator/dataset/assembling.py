"""From the parts of a build to the data set: one file, or one that shows those of several others."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.build_parts import Part
from gazeannotator.dataset.schema import LAYOUT, OPTIONAL
from gazeannotator.dataset.volume_heatmaps import Heatmaps
from gazeannotator.dataset.volumes import VOLUME_FORMAT, Volume, volumes_folder
from gazeannotator.dataset.writer import (
    PLANES,
    TABLES,
    Bulk,
    column_chunk,
    columns_of,
    create,
    whole_hdf5,
    write_attributes,
    write_column,
)
from gazeannotator.errors import StorageError

IMAGES_IN_VOLUME = 4096
MOST_VOLUMES = 64
"""HDF5 keeps all of them open, and systems allow 256 files or more."""

_BULK = (*PLANES, *(name for table in TABLES for name in columns_of(table)))
_LATE = ("/images/split",)
_FIRST_ROWS = {
    "/readings/image": "images",
    "/readings/gaze_first": "gaze",
    "/readings/fixation_first": "fixations",
}
"""Columns of rows, and what they count."""

Columns = Mapping[str, NDArray[Any]]


@dataclass
class _Sizes:
    """How large the data set will be."""

    images: int = 0
    readings: int = 0
    text_bytes: dict[str, int] = field(default_factory=dict)


class Assembler:
    """A data set in the making, to which parts are added one after another; see `assembling`.

    Parameters
    ----------
    file : h5py.File
        Open for writing, empty but for what is large.
    parts : sequence of Part
        All that will be added.
    """

    def __init__(self, file: Any, parts: Sequence[Part]) -> None:  # noqa: ANN401
        self._file = file
        self._rows = {"images": 0, "readings": 0, **dict.fromkeys(TABLES, 0)}
        sizes = _measured(parts)
        self._arrays: dict[str, Any] = {}
        for group, rows in (("images", sizes.images), ("readings", sizes.readings)):
            for name in columns_of(group):
                if name not in _LATE:
                    array = LAYOUT[name]
                    shape, text_bytes = (rows, *array.rest), sizes.text_bytes.get(name, 1)
                    made = create(file, name, array, shape, column_chunk(rows), text_bytes)
                    self._arrays[name] = made

    def add(self, part: Any) -> Columns:  # noqa: ANN401
        """Add the columns of an open part; returns all that it holds, as they are there."""
        held = {name: part[name][:] for group in ("images", "readings") for name in part_columns(part, group)}
        for name, array in self._arrays.items():
            first = self._rows[name.split("/")[1]]
            values = held[name]
            if name in _FIRST_ROWS:
                values = values + self._rows[_FIRST_ROWS[name]]
            if len(values):
                array[first : first + len(values)] = values
        self._rows["images"] += len(held["/images/id"])
        self._rows["readings"] += len(held["/readings/id"])
        for table in TABLES:
            self._rows[table] += len(part[columns_of(table)[0]])
        return held

    def finish(self, columns: Mapping[str, NDArray[Any]], attributes: Mapping[str, Any]) -> None:
        """Write the columns that are known only at the end, and the root attributes."""
        for name, values in columns.items():
            array = LAYOUT[name] if name in LAYOUT else OPTIONAL[name]
            write_column(self._file, name, array, self._rows["images"], values)
        write_attributes(self._file, attributes)


def part_columns(part: Any, group: str) -> list[str]:  # noqa: ANN401
    """List the columns of a group of an open part, those that no data set has too."""
    return [f"/{group}/{name}" for name in part[group] if f"/{group}/{name}" not in PLANES]


def _measured(parts: Sequence[Part]) -> _Sizes:
    sizes = _Sizes()
    for part in parts:
        with opened(part) as file:
            sizes.images += len(file["/images/id"])
            sizes.readings += len(file["/readings/id"])
            for group in ("images", "readings"):
                for name in columns_of(group):
                    if LAYOUT[name].dtype == "str":
                        longest = max(sizes.text_bytes.get(name, 1), file[name].dtype.itemsize)
                        sizes.text_bytes[name] = longest
    return sizes


@contextmanager
def opened(part: Part) -> Iterator[Any]:
    """Open the file of a part.

    Raises
    ------
    StorageError
        If it is not there any more, or not what it was.
    """
    if not part.is_ready():
        raise StorageError(
            f"{part.file} has been removed or changed during the build.", "Build the data set again."
        )
    with h5py.File(part.file, "r") as file:
        yield file


@contextmanager
def assembling(target: Path, grid_px: int, parts: Sequence[Part], multi_file: bool) -> Iterator[AddParts]:
    """Assemble a data set of parts; it gets its name when the block succeeds.

    Parameters
    ----------
    target : Path
    grid_px : int
        Side of the grid.
    parts : sequence of Part
        Their files are whole.
    multi_file : bool
        Leave what is large in some files of their own, volumes, in a folder beside the target.

    Raises
    ------
    BadInput, StorageError
        If something cannot be written.
    """
    run = uuid.uuid4().hex[:8]
    try:
        with whole_hdf5(target) as (file, disk):
            adding = AddParts(target, grid_px, parts, run if multi_file else None, file, disk)
            yield adding
            adding.show_volumes()
    except BaseException:
        _remove_volumes(target, lambda name: name.startswith(run))
        raise
    # Those of the file that was there before.
    _remove_volumes(target, lambda name: not name.startswith(run))


@dataclass(frozen=True)
class _Made:
    """A volume that is written; the rest of what a `Volume` tells is known at the end."""

    path: Path
    mark: str
    rows: dict[str, int]

    def as_it_is(self) -> Volume:
        name = f"{self.path.parent.name}/{self.path.name}"
        return Volume(name, self.path.stat().st_size, self.mark, self.rows)


class AddParts:
    """The parts on their way into a data set; iterate to add them, then `finish`.

    Attributes
    ----------
    assembler : Assembler
    """

    def __init__(
        self,
        target: Path,
        grid_px: int,
        parts: Sequence[Part],
        run: str | None,
        file: Any,  # noqa: ANN401
        disk: Any,  # noqa: ANN401
    ) -> None:
        self._target, self._grid_px, self._parts, self._run = target, grid_px, parts, run
        self._file, self._disk = file, disk
        self._volumes: list[_Made] = []
        self.assembler = Assembler(file, parts)

    def added(self) -> Iterator[Columns]:
        """Add part after part; gives the columns of each."""
        if self._run is None:
            bulk = Bulk(self._file, self._disk, self._grid_px)
            yield from self._copied(bulk, self._parts)
            bulk.flush()
            return
        folder = volumes_folder(self._target)
        with suppress(FileExistsError):
            folder.mkdir()
        for number, some in enumerate(_gathered(self._parts)):
            path, mark = folder / f"{self._run}-{number:04}.h5", uuid.uuid4().hex
            with whole_hdf5(path) as (file, disk):
                bulk = Bulk(file, disk, self._grid_px)
                yield from self._copied(bulk, some)
                bulk.flush()
                rows = {"images": bulk.images, **bulk.rows}
                write_attributes(file, {"format": VOLUME_FORMAT, "part": mark})
            self._volumes.append(_Made(path, mark, rows))

    @contextmanager
    def heatmaps(self) -> Iterator[Any]:
        """Give the heatmaps of all parts, once they are added, to be changed row by row."""
        if self._run is None:
            yield self._file["/images/heatmap"]
            return
        counts = [each.rows["images"] for each in self._volumes]
        with Heatmaps([each.path for each in self._volumes], counts, self._grid_px) as heatmaps:
            yield heatmaps

    def show_volumes(self) -> None:
        """Make the file show what lies in the volumes, as they are from now on."""
        if self._run is None:
            return
        volumes = [each.as_it_is() for each in self._volumes]
        _show(self._file, volumes, self._grid_px)
        self._file.attrs["parts"] = json.dumps([each.as_data() for each in volumes])

    def _copied(self, bulk: Bulk, parts: Sequence[Part]) -> Iterator[Columns]:
        for part in parts:
            with opened(part) as file:
                bulk.copy_images(file, file["/images/has_gaze"][:])
                for table in TABLES:
                    bulk.copy_rows(table, file)
                columns = self.assembler.add(file)
            yield columns


def _gathered(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Gather parts to volumes."""
    total = sum(len(part.images) for part in parts)
    wanted = max(IMAGES_IN_VOLUME, -(-total // MOST_VOLUMES))
    gathered: list[Part] = []
    images = 0
    for part in parts:
        gathered.append(part)
        images += len(part.images)
        if images >= wanted:
            yield gathered
            gathered, images = [], 0
    if gathered:
        yield gathered


def _show(file: Any, volumes: Sequence[Volume], grid_px: int) -> None:  # noqa: ANN401
    """Make arrays of a file that show those of the volumes, one after another."""
    for name in _BULK:
        counted, array = name.split("/")[1], LAYOUT[name]
        rest = tuple(grid_px if each == "S" else int(each) for each in array.shape[1:])
        total = sum(each.rows[counted] for each in volumes)
        layout = h5py.VirtualLayout((total, *rest), array.dtype)
        first = 0
        for each in volumes:
            count = each.rows[counted]
            if count:
                layout[first : first + count] = h5py.VirtualSource(
                    each.name, name, (count, *rest), array.dtype
                )
            first += count
        file.create_virtual_dataset(name, layout, fillvalue=_UNREAD[np.dtype(array.dtype).kind])


_UNREAD = {"f": np.nan, "i": -1, "u": 255}
"""By kind of number: what HDF5 shows where it cannot read a volume any more. Nothing of ours looks so."""

_VOLUME_NAME = re.compile(r"[0-9a-f]{8}-\d{4}\.h5")


def _remove_volumes(target: Path, old: Callable[[str], bool]) -> None:
    folder = volumes_folder(target)
    with suppress(OSError):
        for each in list(folder.iterdir()):
            if _VOLUME_NAME.fullmatch(each.name) and old(each.name):
                each.unlink()
        folder.rmdir()  # where it is empty now
