"""XDF 1.0 files: what LabRecorder writes, and pyxdf, MNE, EEGLAB and FieldTrip read.

Format: github.com/sccn/xdf/wiki/Specifications. No sound writer for Python is on PyPI.
"""

from __future__ import annotations

import math
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"XDF:"
_BOUNDARY = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")
_DTYPES = {"double64": "<f8", "float32": "<f4"}
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Tag(IntEnum):
    FILE_HEADER = 1
    STREAM_HEADER = 2
    SAMPLES = 3
    CLOCK_OFFSET = 4
    BOUNDARY = 5
    STREAM_FOOTER = 6


@dataclass(frozen=True)
class XdfStream:
    """What a stream says about itself.

    Attributes
    ----------
    rate_hz : float
        Nominal; 0 if irregular.
    description : mapping
        Content of the ``desc`` element: text, mappings, or lists of mappings (as in ``channels``).
    """

    name: str
    type: str
    channel_count: int
    rate_hz: float
    channel_format: Literal["double64", "float32", "string"]
    source_id: str
    hostname: str = ""
    description: Mapping[str, Any] = field(default_factory=dict)


class _Written:
    """What the footer tells of a stream."""

    def __init__(self, stream: XdfStream) -> None:
        self.stream = stream
        self.samples = 0
        self.first_s = math.nan
        self.last_s = math.nan
        self.offsets: list[tuple[float, float]] = []


class XdfWriter:
    """An XDF file in the making.

    Parameters
    ----------
    path : Path
    datetime : str
        ISO 8601, for the file header.
    """

    def __init__(self, path: Path, datetime: str) -> None:
        self._file = open(path, "wb")
        self._streams: list[_Written] = []
        self._file.write(_MAGIC)
        self._chunk(_Tag.FILE_HEADER, _xml({"version": "1.0", "datetime": datetime}))

    def __enter__(self) -> XdfWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def add_stream(self, stream: XdfStream) -> int:
        """Begin a stream; returns its number."""
        self._streams.append(_Written(stream))
        number = len(self._streams)
        header = {
            "name": stream.name,
            "type": stream.type,
            "channel_count": stream.channel_count,
            "nominal_srate": repr(stream.rate_hz),
            "channel_format": stream.channel_format,
            "source_id": stream.source_id,
            "hostname": stream.hostname,
            "desc": stream.description,
        }
        self._chunk(_Tag.STREAM_HEADER, _xml(header), number)
        return number

    def write_numbers(self, number: int, stamps: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Append samples of numbers, each with its own time stamp.

        Parameters
        ----------
        number : int
            Of the stream.
        stamps : ndarray, shape (n,)
            Seconds; kept to the bit.
        values : ndarray, shape (n, channels)
        """
        stream = self._streams[number - 1].stream
        of_values = (_DTYPES[stream.channel_format], values.shape[1:])
        layout = [("stamped", "u1"), ("stamp", "<f8"), ("values", *of_values)]
        samples = np.empty(len(stamps), layout)
        samples["stamped"], samples["stamp"], samples["values"] = 8, stamps, values
        self._samples(number, stamps.tolist(), samples.tobytes())

    def write_texts(self, number: int, stamps: Sequence[float], texts: Sequence[str]) -> None:
        """Append samples of one text each, each with its own time stamp."""
        body = b"".join(
            struct.pack("<Bd", 8, stamp) + _length(len(text)) + text
            for stamp, text in zip(stamps, (each.encode() for each in texts), strict=True)
        )
        self._samples(number, stamps, body)

    def write_offset(self, number: int, collected_s: float, offset_s: float) -> None:
        """Append a measurement of a stream's clock.

        Parameters
        ----------
        collected_s : float
            When, on the clock of the stream.
        offset_s : float
            What is added to a stamp of the stream to get the clock of the recording machine.
        """
        self._streams[number - 1].offsets.append((collected_s, offset_s))
        self._chunk(_Tag.CLOCK_OFFSET, struct.pack("<dd", collected_s, offset_s), number)

    def write_boundary(self) -> None:
        """Mark a place at which readers of a damaged file find their way again."""
        self._chunk(_Tag.BOUNDARY, _BOUNDARY)

    def close(self) -> None:
        """Write the footers and close the file."""
        try:
            for number, written in enumerate(self._streams, start=1):
                self._chunk(_Tag.STREAM_FOOTER, _xml(_footer(written)), number)
        finally:
            self._file.close()

    def _samples(self, number: int, stamps: Sequence[float], body: bytes) -> None:
        if not len(stamps):
            return
        written = self._streams[number - 1]
        written.first_s = stamps[0] if math.isnan(written.first_s) else written.first_s
        written.last_s = stamps[-1]
        written.samples += len(stamps)
        self._chunk(_Tag.SAMPLES, struct.pack("<BI", 4, len(stamps)) + body, number)

    def _chunk(self, tag: _Tag, content: bytes, stream: int | None = None) -> None:
        whose = b"" if stream is None else struct.pack("<I", stream)
        self._file.write(_length(2 + len(whose) + len(content)) + struct.pack("<H", tag) + whose + content)


def _length(count: int) -> bytes:
    """Pack a length, with the number of its own bytes before it."""
    if count < 1 << 8:
        return struct.pack("<BB", 1, count)
    return struct.pack("<BI", 4, count) if count < 1 << 32 else struct.pack("<BQ", 8, count)


def _footer(written: _Written) -> dict[str, Any]:
    return {
        "first_timestamp": repr(float(written.first_s)),
        "last_timestamp": repr(float(written.last_s)),
        "sample_count": written.samples,
        "clock_offsets": [
            ("offset", {"time": repr(float(time_s)), "value": repr(float(value_s))})
            for time_s, value_s in written.offsets
        ],
    }


def _xml(content: Mapping[str, Any]) -> bytes:
    root = ET.Element("info")
    _fill(root, content)
    text: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0"?>' + text


def _fill(element: ET.Element, content: Any) -> None:  # noqa: ANN401 - text, mappings, pairs
    if isinstance(content, Mapping):
        content = content.items()
    if not isinstance(content, (str, int)):
        for name, inner in content:
            _fill(ET.SubElement(element, name), inner)
    else:
        element.text = _NOT_IN_XML.sub("\ufffd", str(content))
