"""What the bytes of XDF chunks mean: lengths, stamps, samples, a stream's description of itself.

Every count is compared with the bytes that are there before anything is made for it.
"""

from __future__ import annotations

import math
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.senders.sender import Channel

MAX_CHANNELS = 10_000

_DTYPES = {
    "double64": "<f8",
    "float32": "<f4",
    "int8": "i1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
}
_WINDOW = 64


class Malformed(Exception):
    """What is wrong with the bytes at the place where they are read."""


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """Read a length of 1, 4 or 8 bytes; returns it and the place after it."""
    size = data[at] if at < len(data) else 0
    if size not in (1, 4, 8) or at + 1 + size > len(data):
        raise Malformed("a length is not written as it should be")
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size


def _read_stamp(data: bytes, at: int) -> tuple[float | None, int]:
    if at < len(data) and data[at] == 0:
        return None, at + 1
    if at + 9 > len(data) or data[at] != 8:
        raise Malformed("a time stamp is not written as it should be")
    return struct.unpack_from("<d", data, at + 1)[0], at + 9


def _must_end(data: bytes, at: int) -> None:
    if at != len(data):
        raise Malformed(f"{len(data) - at} bytes are left over after the samples of a chunk")


def _interval_s(stream: StreamDescription) -> float:
    """Time between two samples of which the second has no stamp, as the format says."""
    return 1 / stream.rate_hz if stream.rate_hz > 0 else 0.0


def read_texts(body: bytes, stream: StreamDescription, last_s: float) -> Iterator[tuple[float, str]]:
    """Read the samples of a chunk of one text channel; arguments and stamps as of `read_numbers`.

    Raises
    ------
    Malformed
    """
    count, at = read_length(body, 0)
    for _ in range(count):
        stamp, at = _read_stamp(body, at)
        length, at = read_length(body, at)
        if length > len(body) - at:
            raise Malformed(f"a text of {length} bytes in the {len(body) - at} that are left")
        last_s = last_s + _interval_s(stream) if stamp is None else stamp
        yield last_s, body[at : at + length].decode("utf-8", "replace")
        at += length
    _must_end(body, at)


def read_numbers(body: bytes, stream: StreamDescription, last_s: float) -> tuple[NDArray[Any], FloatArray]:
    """Read the samples of a chunk.

    Parameters
    ----------
    body : bytes
        The chunk's content after the number of its stream.
    stream : StreamDescription
    last_s : float
        Stamp of the stream's last sample before, NaN if there was none.

    Returns
    -------
    values : ndarray, shape (n, channels)
        As sent.
    stamps : ndarray, shape (n,)
        Where one is left out it is one nominal interval after the one before.

    Raises
    ------
    Malformed
    """
    count, at = read_length(body, 0)
    values_of = (_DTYPES[stream.channel_format], (len(stream.channels),))
    bare = np.dtype([("stamped", "u1"), ("values", *values_of)])
    stamped = np.dtype([("stamped", "u1"), ("stamp", "<f8"), ("values", *values_of)])
    if count * bare.itemsize > len(body) - at:
        raise Malformed(f"{count} samples are said to be in {len(body) - at} bytes")
    values = np.empty((count, len(stream.channels)), values_of[0])
    stamps = np.empty(count)
    step_s = _interval_s(stream)
    done, window = 0, _WINDOW
    while done < count:
        if at >= len(body):
            raise Malformed("samples are missing at the end of a chunk")
        flag = body[at]
        if flag not in (0, 8):
            raise Malformed("a time stamp is not written as it should be")
        # As many samples as are written alike, found in windows so that few alike cost little.
        record = stamped if flag else bare
        most = min(count - done, window, (len(body) - at) // record.itemsize)
        if most == 0:
            raise Malformed("samples are missing at the end of a chunk")
        some = np.frombuffer(body, record, most, at)
        other = np.flatnonzero(some["stamped"] != flag)
        alike = int(other[0]) if len(other) else most
        window = window * 2 if alike == most else _WINDOW
        stop = done + alike
        values[done:stop] = some["values"][:alike]
        if flag:
            stamps[done:stop] = some["stamp"][:alike]
        else:
            before = stamps[done - 1] if done else last_s
            # Added one by one, as the writer did when it found that a stamp can be left out.
            stamps[done:stop] = np.add.accumulate(np.concatenate([[before], np.full(alike, step_s)]))[1:]
        done, at = stop, at + alike * record.itemsize
    _must_end(body, at)
    return values, stamps


def read_description(xml: bytes) -> StreamDescription:
    """Read a stream's header as `lsl.described` reads a live stream's.

    Raises
    ------
    Malformed
    """
    text = xml.decode("utf-8", "replace").strip("\x00 \t\r\n")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Malformed("it is no plain XML")
    try:
        info = ET.fromstring(text.partition("?>")[2] if text.startswith("<?") else text)
        count, rate_hz = int(_text(info, "channel_count")), float(_text(info, "nominal_srate") or 0)
    except (ET.ParseError, ValueError) as error:
        raise Malformed(str(error)) from None
    channel_format = _text(info, "channel_format")
    if not 0 < count <= MAX_CHANNELS or channel_format not in (*_DTYPES, "string"):
        raise Malformed(f"{count} channels of the format {channel_format!r}")
    if not math.isfinite(rate_hz) or rate_hz < 0:
        raise Malformed(f"a rate of {rate_hz}")
    desc = info.find("desc")
    desc = ET.Element("desc") if desc is None else desc
    channels = [
        Channel(
            _text(each, "label"),
            _text(each, "eye"),
            _text(each, "type") or _text(each, "metatype"),
            _text(each, "unit"),
            _text(each, "coordinate_system"),
        )
        for each in desc.iterfind("channels/channel")
    ]
    return StreamDescription(
        name=_text(info, "name"),
        type=_text(info, "type"),
        source_id=_text(info, "source_id"),
        rate_hz=rate_hz,
        channel_format=channel_format,
        channels=tuple((channels + [Channel()] * count)[:count]),
        simulated=_text(desc, "simulated").casefold() == "true",
        screen_px=_screen_px(desc),
        hostname=_text(info, "hostname"),
        uid=_text(info, "uid"),
    )


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _screen_px(desc: ET.Element) -> tuple[float, float] | None:
    try:
        size = float(_text(desc, "display/width_px")), float(_text(desc, "display/height_px"))
    except ValueError:
        return None
    return size if all(math.isfinite(each) and each > 0 for each in size) else None
