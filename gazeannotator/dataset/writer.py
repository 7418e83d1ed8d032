"""Writing a data set image by image, so that it may be larger than the memory."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.atomic import whole_file
from gazeannotator.dataset.schema import FORMAT, FORMAT_VERSION, LAYOUT, OPTIONAL, Array
from gazeannotator.errors import BadInput
from gazeannotator.study.folder import descriptor_file

TABLE_ROWS = 8192
"""Rows in a chunk of a table or column."""

_BUFFERED_ROWS = 8 * TABLE_ROWS

COMPRESSION = {"compression": "gzip", "compression_opts": 4, "shuffle": True, "fletcher32": True}
QUICK = {"compression": "lzf", "shuffle": True, "fletcher32": True}
"""How tables and columns are stored in a file that does not stay: they are written quickly."""

PLANES = ("/images/pixels", "/images/heatmap")
TABLES = ("gaze", "fixations")


def columns_of(group: str, layout: Mapping[str, Array] = LAYOUT) -> list[str]:
    """List the arrays of a group that have one small row for each image, reading, sample or fixation."""
    return [name for name in layout if name.startswith(f"/{group}/") and name not in PLANES]


def create(
    file: Any,  # noqa: ANN401 - h5py has no types
    name: str,
    array: Array,
    shape: tuple[int, ...],
    chunk_rows: int,
    text_bytes: int = 0,
    storage: Mapping[str, Any] = COMPRESSION,
) -> Any:  # noqa: ANN401
    """Create an array that is stored in chunks and can grow.

    Parameters
    ----------
    text_bytes : int
        Length of the longest text. Text of a fixed length is compressed and checked like numbers;
        HDF5 keeps other text apart.
    storage : mapping
        `COMPRESSION`, or `QUICK`.
    """
    stored = h5py.string_dtype("utf-8", text_bytes) if array.dtype == "str" else np.dtype(array.dtype)
    chunks, longest = (chunk_rows, *shape[1:]), (None, *shape[1:])
    return file.create_dataset(name, shape, stored, chunks=chunks, maxshape=longest, **storage)


class Bulk:
    """What is large in a file in the making: planes of images, and tables of samples and fixations.

    Parameters
    ----------
    file : h5py.File
        Open for writing, without them.
    disk : Disk
        Where it is stored.
    grid_px : int
        Side of the grid.
    storage : mapping
        Of the tables.
    """

    def __init__(
        self,
        file: Any,  # noqa: ANN401
        disk: Disk,
        grid_px: int,
        storage: Mapping[str, Any] = COMPRESSION,
    ) -> None:
        self._disk = disk
        self.images = 0
        self.rows = dict.fromkeys(TABLES, 0)
        self._waiting: dict[str, list[Mapping[str, Any]]] = {table: [] for table in TABLES}
        self._waiting_rows = dict.fromkeys(TABLES, 0)
        self._arrays: dict[str, Any] = {}
        for name in PLANES:
            shape = (0, grid_px, grid_px, *LAYOUT[name].rest)
            self._arrays[name] = create(file, name, LAYOUT[name], shape, 1)
        for table in TABLES:
            for name in columns_of(table):
                shape = (0, *LAYOUT[name].rest)
                self._arrays[name] = create(file, name, LAYOUT[name], shape, TABLE_ROWS, 0, storage)

    def add_image(self, pixels: NDArray[np.uint8], heatmap: NDArray[Any] | None) -> None:
        """Add one image; no heatmap is one of zeros."""
        self._grow(1)
        for name, plane in zip(PLANES, (pixels, heatmap), strict=True):
            if plane is not None:
                # The same to the bit as HDF5's own conversion, which takes three times as long.
                self._arrays[name][self.images - 1] = plane.astype(LAYOUT[name].dtype, copy=False)

    def copy_images(self, source: Any, has_gaze: NDArray[np.bool_]) -> None:  # noqa: ANN401
        """Add the images of another such file, as they are stored there: nothing is compressed again."""
        first = self.images
        self._grow(len(has_gaze))
        for name in PLANES:
            array, rest = source[name], (0,) * (source[name].ndim - 1)
            for row, there in enumerate(has_gaze if name == "/images/heatmap" else np.ones_like(has_gaze)):
                if there:
                    mask, stored = array.id.read_direct_chunk((row, *rest))
                    self._arrays[name].id.write_direct_chunk((first + row, *rest), stored, mask)

    def add_rows(self, table: str, columns: Mapping[str, NDArray[Any]]) -> tuple[int, int]:
        """Append to a table; returns the first new row, and how many there are."""
        first, count = self.rows[table], len(next(iter(columns.values())))
        if count:
            self._waiting[table].append(columns)
            self._waiting_rows[table] += count
            self.rows[table] += count
            if self._waiting_rows[table] >= _BUFFERED_ROWS:
                self._write_rows(table)
        return first, count

    def copy_rows(self, table: str, source: Any) -> None:  # noqa: ANN401
        """Append a table of another such file."""
        names = columns_of(table)
        for first in range(0, len(source[names[0]]), _BUFFERED_ROWS):
            rows = slice(first, first + _BUFFERED_ROWS)
            self.add_rows(table, {name.rsplit("/", 1)[1]: source[name][rows] for name in names})

    def flush(self) -> None:
        """Write what still waits to be written."""
        for table in TABLES:
            self._write_rows(table)

    def _grow(self, images: int) -> None:
        if self._disk.failure:
            raise self._disk.failure
        self.images += images
        for name in PLANES:
            self._arrays[name].resize(self.images, axis=0)

    def _write_rows(self, table: str) -> None:
        # Every write costs the same however small it is; a reading has a few hundred rows.
        waiting, count = self._waiting[table], self._waiting_rows[table]
        if not count:
            return
        for name in columns_of(table):
            array = self._arrays[name]
            array.resize(self.rows[table], axis=0)
            short = name.rsplit("/", 1)[1]
            array[self.rows[table] - count :] = np.concatenate([each[short] for each in waiting])
        self._waiting[table], self._waiting_rows[table] = [], 0


class DatasetWriter:
    """An HDF5 file in the making, written image by image; see `writing`.

    Parameters
    ----------
    file : h5py.File
        Open for writing, empty.
    disk : Disk
        Where it is stored.
    grid_px : int
        Side of the grid.
    layout : mapping
        Its arrays; other ones than `LAYOUT` have no planes and tables of their own.
    storage : mapping
        Of all but the planes.
    """

    def __init__(
        self,
        file: Any,  # noqa: ANN401
        disk: Disk,
        grid_px: int,
        layout: Mapping[str, Array] = LAYOUT,
        storage: Mapping[str, Any] = COMPRESSION,
    ) -> None:
        self._file = file
        self._layout = layout
        self._storage = storage
        self._bulk = Bulk(file, disk, grid_px, storage)
        self._columns: dict[str, list[Any]] = {}

    @property
    def images(self) -> int:
        """How many images have been written."""
        return self._bulk.images

    def write_image(
        self, pixels: NDArray[np.uint8], heatmap: NDArray[Any] | None, columns: Mapping[str, Any]
    ) -> None:
        """Write one image: its grid, its heatmap (None: no gaze) and one value for each column of /images."""
        self._bulk.add_image(pixels, heatmap)
        self._collect("images", {**columns, "has_gaze": heatmap is not None})

    def write_reading(
        self,
        gaze: Mapping[str, NDArray[Any]],
        fixations: Mapping[str, NDArray[Any]],
        columns: Mapping[str, Any],
    ) -> None:
        """Write one reading: its rows of both tables and one value for each other column of /readings."""
        gaze_first, gaze_count = self._bulk.add_rows("gaze", gaze)
        fixation_first, fixation_count = self._bulk.add_rows("fixations", fixations)
        slices = {
            "gaze_first": gaze_first,
            "gaze_count": gaze_count,
            "fixation_first": fixation_first,
            "fixation_count": fixation_count,
        }
        self._collect("readings", {**columns, **slices})

    def finish(
        self, columns: Mapping[str, Sequence[Any] | NDArray[Any]], attributes: Mapping[str, Any]
    ) -> None:
        """Write all columns, those that are known only at the end too, and the root attributes.

        Parameters
        ----------
        columns : mapping
            Path → values, e.g. ``"/images/split"``; of the optional arrays, those that are to be there.
        attributes : mapping
            Root attributes but format, version, time and software; dicts and lists become JSON.
        """
        self._bulk.flush()
        rows = {"images": self.images, "readings": len(self._columns.get("/readings/id", []))}
        layout = {**self._layout, **{name: each for name, each in OPTIONAL.items() if name in columns}}
        for group, count in rows.items():
            for name in columns_of(group, layout):
                array = layout[name]
                values = columns[name] if name in columns else self._columns.get(name, [])
                write_column(self._file, name, array, count, values, self._storage)
        write_attributes(self._file, attributes)

    def _collect(self, group: str, columns: Mapping[str, Any]) -> None:
        for name, value in columns.items():
            self._columns.setdefault(f"/{group}/{name}", []).append(value)


def write_column(
    file: Any,  # noqa: ANN401
    name: str,
    array: Array,
    rows: int,
    values: Sequence[Any] | NDArray[Any],
    storage: Mapping[str, Any] = COMPRESSION,
) -> None:
    """Write an array that has one row for each image or reading, all at once."""
    shape = (rows, *array.rest)
    data = _encoded(values) if array.dtype == "str" else np.array(values, array.dtype)
    written = create(file, name, array, shape, column_chunk(rows), data.itemsize, storage)
    if rows:
        written[:] = data.reshape(shape)


def column_chunk(rows: int) -> int:
    """Rows in a chunk of a column that has so many."""
    return max(1, min(rows, TABLE_ROWS))


def write_attributes(file: Any, attributes: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Write root attributes, and those that tell where the file comes from; dicts and lists become JSON."""
    for name, value in {**_origin(), **attributes}.items():
        text = isinstance(value, (dict, list))
        file.attrs[name] = json.dumps(value, ensure_ascii=False) if text else value


@contextmanager
def writing(
    target: Path,
    grid_px: int,
    layout: Mapping[str, Array] = LAYOUT,
    storage: Mapping[str, Any] = COMPRESSION,
) -> Iterator[DatasetWriter]:
    """Open a writer on a temporary file beside the target; the file is renamed when the block succeeds.

    Raises
    ------
    BadInput, StorageError
        If the target cannot be written.
    """
    with whole_hdf5(target) as (file, disk):
        yield DatasetWriter(file, disk, grid_px, layout, storage)


@contextmanager
def whole_hdf5(target: Path) -> Iterator[tuple[Any, Disk]]:
    """Open an HDF5 file for writing that gets its name when the block succeeds.

    Raises
    ------
    BadInput, StorageError
        If the target cannot be written.
    """
    check_replaceable(target)
    with whole_file(target) as temporary, Disk(temporary, "w+") as disk:
        # HDF5 cannot give up a file that it can no longer write: it crashes later. So it never hears of it.
        with h5py.File(disk, "w") as file:
            try:
                yield file, disk
            except OSError as error:
                raise disk.failure or error from None
        if disk.failure:
            raise disk.failure


@contextmanager
def changing_hdf5(path: Path) -> Iterator[Any]:
    """Open an HDF5 file of which something is to be changed in place.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with Disk(path, "r+") as disk:
        with h5py.File(disk, "r+") as file:
            yield file
        if disk.failure:
            raise disk.failure
        os.fsync(disk.fileno())


def check_replaceable(target: Path) -> None:
    """Refuse a target that a study needs.

    Raises
    ------
    BadInput
    """
    # A slip of the hand must not cost a study: of its folder no file is replaced but a data set.
    in_study = any(descriptor_file(each).is_file() for each in target.absolute().parents)
    if in_study and target.is_file() and not h5py.is_hdf5(target):
        raise BadInput(f"{target} belongs to a study and is no data set.", "Give another name.")


class Disk(io.FileIO):
    """A file that takes everything; what could not be written is remembered as `failure`."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:  # noqa: ANN401, D102 - a buffer
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while len(left) and not self.failure:
                left = left[super().write(left) :]
        except OSError as error:
            self.failure = error
        return size

    def truncate(self, size: int | None = None) -> int:  # noqa: D102
        try:
            return super().truncate(size)
        except OSError as error:
            self.failure = self.failure or error
            return size or 0


def _encoded(texts: Sequence[Any] | NDArray[Any]) -> NDArray[np.bytes_]:
    encoded = [str(text).encode() for text in texts]
    return np.array(encoded, dtype=h5py.string_dtype("utf-8", max(map(len, encoded), default=1) or 1))


def _origin() -> dict[str, str]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created_utc": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "software": f"gazeannotator {importlib.metadata.version('gazeannotator')}",
    }
