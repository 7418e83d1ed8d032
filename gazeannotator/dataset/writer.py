"""Writing a data set image by image, so that it may be larger than the memory."""

from __future__ import annotations

import importlib.metadata
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.atomic import whole_file
from gazeannotator.dataset.schema import FORMAT, FORMAT_VERSION, LAYOUT, OPTIONAL
from gazeannotator.errors import BadInput
from gazeannotator.study.folder import descriptor_file

_TABLE_ROWS = 8192
_COMPRESSION = {"compression": "gzip", "compression_opts": 4, "shuffle": True, "fletcher32": True}


class DatasetWriter:
    """An HDF5 file in the making; see `writing`.

    Parameters
    ----------
    file : h5py.File
        Open for writing, empty.
    disk : _Disk
        Where it is stored.
    grid_px : int
        Side of the grid.
    """

    def __init__(self, file: Any, disk: _Disk, grid_px: int) -> None:  # noqa: ANN401 - h5py has no types
        self._file = file
        self._disk = disk
        self._columns: dict[str, list[Any]] = {}
        for name, *more in (("/images/pixels", 3), ("/images/heatmap",)):
            plane = (grid_px, grid_px, *more)
            self._create(name, (0, *plane), (1, *plane))
        for name, array in LAYOUT.items():
            if name.startswith(("/gaze/", "/fixations/")):
                rest = array.shape[1:]
                self._create(name, (0, *rest), (_TABLE_ROWS, *rest))

    @property
    def file(self) -> Any:  # noqa: ANN401
        """The open file, for what is worked out of what has been written."""
        return self._file

    @property
    def images(self) -> int:
        """How many images have been written."""
        return int(self._file["/images/pixels"].shape[0])

    def write_image(
        self, pixels: NDArray[np.uint8], heatmap: NDArray[Any] | None, columns: Mapping[str, Any]
    ) -> None:
        """Write one image: its grid, its heatmap (None: no gaze) and one value for each column of /images."""
        if self._disk.failure:
            raise self._disk.failure
        row = self.images
        for name, plane in (("/images/pixels", pixels), ("/images/heatmap", heatmap)):
            self._file[name].resize(row + 1, axis=0)
            if plane is not None:
                self._file[name][row] = plane
        self._collect("images", {**columns, "has_gaze": heatmap is not None})

    def write_reading(
        self,
        gaze: Mapping[str, NDArray[Any]],
        fixations: Mapping[str, NDArray[Any]],
        columns: Mapping[str, Any],
    ) -> None:
        """Write one reading: its rows of both tables and one value for each other column of /readings."""
        gaze_first, gaze_count = self._append("gaze", gaze)
        fixation_first, fixation_count = self._append("fixations", fixations)
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
        rows = {"images": self.images, "readings": len(self._columns.get("/readings/id", []))}
        wanted = {**LAYOUT, **{name: array for name, array in OPTIONAL.items() if name in columns}}
        for name, array in wanted.items():
            group = name.split("/")[1]
            if name in self._file or group not in rows:
                continue
            values = columns[name] if name in columns else self._columns.get(name, [])
            shape: tuple[Any, ...] = (rows[group], *array.shape[1:])
            data = _encoded(values) if array.dtype == "str" else np.array(values, array.dtype)
            self._create(name, shape, (max(1, min(shape[0], _TABLE_ROWS)), *array.shape[1:]), data.itemsize)
            if shape[0]:
                self._file[name][:] = data.reshape(shape)
        for name, value in {**_origin(), **attributes}.items():
            text = isinstance(value, (dict, list))
            self._file.attrs[name] = json.dumps(value, ensure_ascii=False) if text else value

    def _create(
        self, name: str, shape: tuple[Any, ...], chunks: tuple[Any, ...], text_bytes: int = 0
    ) -> None:
        dtype = {**LAYOUT, **OPTIONAL}[name].dtype
        # Text of a fixed length is compressed and checked like numbers; HDF5 keeps other text apart.
        stored = h5py.string_dtype("utf-8", text_bytes) if dtype == "str" else np.dtype(dtype)
        longest = (None, *shape[1:])
        self._file.create_dataset(name, shape, stored, chunks=chunks, maxshape=longest, **_COMPRESSION)

    def _append(self, table: str, columns: Mapping[str, NDArray[Any]]) -> tuple[int, int]:
        names = [name for name in LAYOUT if name.startswith(f"/{table}/")]
        first = int(self._file[names[0]].shape[0])
        count = len(columns[names[0].rsplit("/", 1)[1]])
        if count:
            for name in names:
                array = self._file[name]
                array.resize(first + count, axis=0)
                array[first:] = columns[name.rsplit("/", 1)[1]]
        return first, count

    def _collect(self, group: str, columns: Mapping[str, Any]) -> None:
        for name, value in columns.items():
            self._columns.setdefault(f"/{group}/{name}", []).append(value)


@contextmanager
def writing(target: Path, grid_px: int) -> Iterator[DatasetWriter]:
    """Open a writer on a temporary file beside the target; the file is renamed when the block succeeds.

    Raises
    ------
    BadInput, StorageError
        If the target cannot be written.
    """
    _check_replaceable(target)
    with whole_file(target) as temporary, _Disk(temporary, "w+") as disk:
        # HDF5 cannot give up a file that it can no longer write: it crashes later. So it never hears of it.
        with h5py.File(disk, "w") as file:
            writer = DatasetWriter(file, disk, grid_px)
            try:
                yield writer
            except OSError as error:
                raise disk.failure or error from None
        if disk.failure:
            raise disk.failure


def _check_replaceable(target: Path) -> None:
    # A slip of the hand must not cost a study: of its folder no file is replaced but a data set.
    in_study = any(descriptor_file(each).is_file() for each in target.absolute().parents)
    if in_study and target.is_file() and not h5py.is_hdf5(target):
        raise BadInput(f"{target} belongs to a study and is no data set.", "Give another name.")


class _Disk(io.FileIO):
    """A file that takes everything; what could not be written is remembered as `failure`."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while len(left) and not self.failure:
                left = left[super().write(left) :]
        except OSError as error:
            self.failure = error
        return size

    def truncate(self, size: int | None = None) -> int:
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
