"""Reading XDF files, as LabRecorder writes them: stamps and clock offsets as they were taken.

Format: github.com/sccn/xdf/wiki/Specifications. `pyxdf` reads it too and is the oracle of the tests. It is
not used here because it takes the file's word for its lengths (a short file can ask for any amount of
memory), goes sample by sample, and skips what it does not understand. Nothing is dejittered.
"""

from __future__ import annotations

import math
import os
import struct
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import BadInput
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.xdf_parsing import (
    Malformed,
    read_description,
    read_length,
    read_numbers,
    read_texts,
)

if TYPE_CHECKING:
    from typing_extensions import Self

MAX_HEADER_BYTES = 1 << 22
MAX_CHUNK_BYTES = 1 << 28

_MAGIC = b"XDF:"
_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK_OFFSET, _BOUNDARY, _STREAM_FOOTER = range(1, 7)
_OF_A_STREAM = (_STREAM_HEADER, _SAMPLES, _CLOCK_OFFSET, _STREAM_FOOTER)
_PROGRESS_EVERY = 20_000


class XdfDamaged(BadInput):
    """An XDF file that cannot be read from some place on."""


@dataclass
class XdfStream:
    """A stream of a file.

    Attributes
    ----------
    description : StreamDescription
        As a live stream would describe itself.
    samples : array of int
        Place of the content and length of each chunk of samples, in turn.
    offsets : array of float
        When on the stream's clock, and what was measured to be added to its stamps, in turn.
    seen : array of int
        Number of offsets that were measured before each chunk.
    """

    description: StreamDescription
    samples: array[int] = field(default_factory=lambda: array("q"))
    offsets: array[float] = field(default_factory=lambda: array("d"))
    seen: array[int] = field(default_factory=lambda: array("q"))

    @property
    def clock(self) -> tuple[FloatArray, FloatArray]:
        """When the clock was measured, in the stream's own time, and the offsets; both of shape (k,)."""
        table = np.array(self.offsets, float).reshape(-1, 2)
        return table[:, 0], table[:, 1]


class XdfFile:
    """An XDF file that is open. Its chunks are listed at once; samples are read when they are asked for.

    Parameters
    ----------
    path : Path
    progress : callable, optional
        Called with (bytes done, bytes in all).
    damaged : bool
        Take what comes before the damage of a damaged file.

    Attributes
    ----------
    streams : dict of int to XdfStream
    unreadable : dict of int to str
        Streams whose description cannot be understood, and why not; the others can be read.
    damage : str
        Where and how the file is damaged; empty if it is whole.

    Raises
    ------
    XdfDamaged
    BadInput
        The file is no XDF file or cannot be read.
    """

    def __init__(
        self, path: Path, progress: Callable[[int, int], None] | None = None, *, damaged: bool = False
    ) -> None:
        self.path = path
        self.streams: dict[int, XdfStream] = {}
        self.unreadable: dict[int, str] = {}
        self.damage = ""
        self._progress = progress
        self._damaged = damaged
        with ExitStack() as stack:
            try:
                self._file: BinaryIO = stack.enter_context(path.open("rb"))
                self._size = os.fstat(self._file.fileno()).st_size
                self._check_magic()
                self._list_chunks()
            except FileNotFoundError:
                raise BadInput(f"There is no file {path}.", "Check the name.") from None
            except OSError as error:
                raise BadInput(
                    f"{path} cannot be read: {error.strerror}.", "Check it and its rights."
                ) from None
            stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def texts(self, stream: XdfStream) -> Iterator[tuple[float, str]]:
        """Read the samples of a stream of one text channel, each with its stamp.

        Raises
        ------
        XdfDamaged
        """
        last_s = math.nan
        for place, body in self._bodies(stream):
            try:
                for sample in read_texts(body, stream.description, last_s):
                    last_s = sample[0]
                    yield sample
            except Malformed as error:
                self._tell_damage(place, str(error))
                return

    def numbers(self, stream: XdfStream) -> Iterator[tuple[NDArray[Any], FloatArray, int]]:
        """Read the samples of a stream of numbers, chunk by chunk.

        Yields
        ------
        values : ndarray, shape (n, channels)
            As sent.
        stamps : ndarray, shape (n,)
            In seconds of the sender's clock; where the file leaves one out it is one nominal interval
            after the one before, NaN where there is none before.
        seen : int
            How often the clock had been measured before.

        Raises
        ------
        XdfDamaged
        """
        last_s = math.nan
        for (place, body), seen in zip(self._bodies(stream), stream.seen, strict=True):
            try:
                values, stamps = read_numbers(body, stream.description, last_s)
            except Malformed as error:
                self._tell_damage(place, str(error))
                return
            if len(stamps):
                last_s = float(stamps[-1])
                yield values, stamps, seen

    def _check_magic(self) -> None:
        start = self._file.read(4)
        if start[:2] == b"\x1f\x8b":
            raise BadInput(f"{self.path} is compressed.", "Unpack it first (gunzip).")
        if start != _MAGIC:
            raise BadInput(f"{self.path} is no XDF file.", "Give a file that LabRecorder has written.")

    def _list_chunks(self) -> None:
        place, number = 4, 0
        while place < self._size:
            try:
                place = self._list_chunk(place)
            except Malformed as error:
                self._tell_damage(place, str(error))
                return
            number += 1
            if self._progress and number % _PROGRESS_EVERY == 0:
                self._progress(place, self._size)

    def _list_chunk(self, place: int) -> int:
        self._file.seek(place)
        head = self._file.read(15)
        length, at = read_length(head, 0)
        content = place + at + 2
        end = place + at + length
        if length < 2 or end > self._size:
            raise Malformed(f"a chunk claims {length} bytes, {self._size - place - at} are left")
        (tag,) = struct.unpack_from("<H", head, at)
        if tag not in _OF_A_STREAM:
            return end
        if end - content < 4 or len(head) < at + 6:
            raise Malformed("a chunk is too short to say which stream it belongs to")
        (stream,) = struct.unpack_from("<I", head, at + 2)
        self._list_of_stream(tag, stream, content + 4, end)
        return end

    def _list_of_stream(self, tag: int, number: int, place: int, end: int) -> None:
        if tag == _STREAM_HEADER:
            if number in self.streams or number in self.unreadable:
                raise Malformed(f"stream {number} is described twice")
            try:
                if end - place > MAX_HEADER_BYTES:
                    raise Malformed(f"it takes {end - place} bytes")
                self.streams[number] = XdfStream(read_description(self._read(place, end)))
            except Malformed as error:
                self.unreadable[number] = str(error)
            return
        if number in self.unreadable:
            return
        if number not in self.streams:
            raise Malformed(f"stream {number} is not described")
        stream = self.streams[number]
        if tag == _SAMPLES:
            stream.samples.extend((place, end - place))
            stream.seen.append(len(stream.offsets) // 2)
        elif tag == _CLOCK_OFFSET:
            if end - place != 16:
                raise Malformed("a clock offset is not two numbers")
            measured = struct.unpack("<dd", self._read(place, end))
            if all(map(math.isfinite, measured)):
                stream.offsets.extend(measured)

    def _bodies(self, stream: XdfStream) -> Iterator[tuple[int, bytes]]:
        for at in range(0, len(stream.samples), 2):
            place, length = stream.samples[at], stream.samples[at + 1]
            if length > MAX_CHUNK_BYTES:
                self._tell_damage(place, f"a chunk of {length} bytes of samples")
                return
            yield place, self._read(place, place + length)
            if self._progress:
                self._progress(place + length, self._size)

    def _read(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)

    def _tell_damage(self, place: int, what: str) -> None:
        self.damage = f"{self.path} is damaged at byte {place} of {self._size}: {what}."
        if not self._damaged:
            raise XdfDamaged(
                self.damage,
                "Copy it again from the recording computer. If it is damaged there too, import with "
                "--damaged what comes before that place.",
            )
