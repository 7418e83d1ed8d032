"""A recorder that is driven by hand; a fake Tobii tracker and the packages that see it."""

from __future__ import annotations

import math
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import fake_device
import numpy as np
import pytest
from fake_control import PACKAGES, Kind, Program, Script, absent, folders, one_tracker

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.layouts import Layout
from gazeannotator.tracking.recorder import Recorder, RecorderStatus

LAYOUT = Layout("test", "normalised", {"left_x": 0, "left_y": 1, "right_x": 0, "right_y": 1, "sequence": 2})


class FakeInlet:
    """Gives what was put into it."""

    def __init__(self, rate_hz: float = 100.0) -> None:
        self.rate_hz = rate_hz
        self.reconnects = 0
        self.offset: float | None = -1000.0
        self.closed_in: threading.Thread | None = None
        self.asked_for_offset = 0
        self._waiting: list[tuple[list[float], float]] = []
        self._number = 0

    def send(self, *stamps: float, lost: bool = False, place: float = 0.5) -> None:
        for stamp in stamps:
            place = math.nan if lost else place
            self._waiting.append(([place, place, float(self._number)], stamp))
            self._number += 1

    def pull(self) -> tuple[Any, Any]:
        taken, self._waiting = self._waiting, []
        values = np.array([values for values, _ in taken]).reshape(-1, 3)
        return values, np.array([stamp for _, stamp in taken], float)

    def clock_offset(self) -> float | None:
        self.asked_for_offset += 1
        return self.offset

    def close(self) -> None:
        self.closed_in = threading.current_thread()


class MemorySink:
    """Keeps what it is given; fails as long as it is told to."""

    def __init__(self) -> None:
        self.chunks: list[GazeChunk] = []
        self.received_s: list[float] = []
        self.offsets: list[tuple[float, float]] = []
        self.sessions: set[str] = set()
        self.failure: Exception | None = None
        self.attempts = 0

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        self.attempts += 1
        if self.failure is not None:
            raise self.failure
        self.sessions.add(session_id)
        self.chunks.append(chunk)
        self.received_s.append(received_s)

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        if self.failure is not None:
            raise self.failure
        self.offsets.append((at_s, offset_s))

    @property
    def gaze(self) -> GazeChunk:
        return GazeChunk.joined(self.chunks)


class Bench:
    """A recorder with a clock that is turned by hand; the sender's clock is 1000 s ahead."""

    def __init__(self, rate_hz: float = 100.0, **options: Any) -> None:
        self.now = 50.0
        self.inlet, self.sink = FakeInlet(rate_hz), MemorySink()
        self.recorder = Recorder(self.inlet, LAYOUT, (100, 100), clock=lambda: self.now, **options)

    def run(self, seconds: float, step_s: float = 0.01, samples: bool = True) -> None:
        for _ in range(round(seconds / step_s)):
            self.now += step_s
            if samples:
                self.inlet.send(self.now + 1000)
            self.recorder.pull_once(self.now)

    @property
    def status(self) -> RecorderStatus:
        return self.recorder.status


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    return Bench


@pytest.fixture
def make_sink() -> Callable[[], MemorySink]:
    return MemorySink


@pytest.fixture
def make_recorder() -> Callable[..., tuple[Recorder, FakeInlet, MemorySink]]:
    """A recorder on a clock that stands still, for its threads."""

    def make(clock: Callable[[], float] = lambda: 50.0, **options: Any) -> Any:
        inlet = FakeInlet()
        return Recorder(inlet, LAYOUT, (100, 100), clock=clock, **options), inlet, MemorySink()

    return make


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return one_tracker(tmp_path)


@pytest.fixture
def program(script: Script) -> Iterator[Callable[..., Program]]:
    """Start our program in a process that sees one of the packages; all are ended after the test."""
    programs: list[Program] = []

    def start(kind: Kind, *arguments: str) -> Program:
        programs.append(Program(kind, script, *arguments))
        return programs[-1]

    yield start
    for each in programs:
        each.close()


@pytest.fixture
def see(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Kind], None]]:
    """Let this very process see one of the packages, or none."""

    def choose(kind: Kind) -> None:
        monkeypatch.setenv("FAKE_TOBII", str(script.path))
        monkeypatch.setattr(fake_device.Device, "_one", None)
        for name in PACKAGES:
            monkeypatch.delitem(sys.modules, name, raising=False)
        for name in absent(kind):
            monkeypatch.setitem(sys.modules, name, None)
        for folder in folders(kind):
            monkeypatch.syspath_prepend(folder)

    yield choose
    device = fake_device.Device._one
    if device is not None:
        device.stopped = True
    for name in PACKAGES:
        sys.modules.pop(name, None)


class XdfBytes:
    """The bytes of an XDF file, chunk by chunk, straight from the specification."""

    def __init__(self) -> None:
        self.data = b"XDF:"
        self.chunk(1, b'<?xml version="1.0"?><info><version>1.0</version></info>')

    def chunk(
        self, tag: int, content: bytes, *, length_bytes: int = 4, length: int | None = None
    ) -> XdfBytes:
        length = len(content) + 2 if length is None else length
        self.data += bytes([length_bytes]) + length.to_bytes(length_bytes, "little")
        self.data += struct.pack("<H", tag) + content
        return self

    def stream(self, number: int, name: str, kind: str, count: int, form: str, **more: Any) -> XdfBytes:
        desc = more.pop("desc", "")
        facts = {"name": name, "type": kind, "channel_count": count, "channel_format": form}
        facts |= {"nominal_srate": 0, **more}
        xml = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in facts.items())
        xml = f'<?xml version="1.0"?><info>{xml}<desc>{desc}</desc></info>'
        return self.chunk(2, struct.pack("<I", number) + xml.encode())

    def described(self, number: int, stream: Any, **more: Any) -> XdfBytes:
        """A stream as a live one describes itself."""
        names = ("label", "eye", "type", "unit", "coordinate_system")
        channels = "".join(
            "<channel>"
            + "".join(f"<{name}>{escape(getattr(each, name))}</{name}>" for name in names)
            + "</channel>"
            for each in stream.channels
        )
        desc = f"<channels>{channels}</channels>"
        if stream.simulated:
            desc += "<simulated>true</simulated>"
        if stream.screen_px:
            width, height = stream.screen_px
            desc += f"<display><width_px>{width}</width_px><height_px>{height}</height_px></display>"
        more = {"nominal_srate": stream.rate_hz, "source_id": stream.source_id, "desc": desc, **more}
        count = len(stream.channels)
        return self.stream(number, stream.name, stream.type, count, stream.channel_format, **more)

    def samples(self, number: int, rows: Iterable[tuple[float | None, bytes]]) -> XdfBytes:
        """Samples, each a stamp (None: left out) and the bytes of its values."""
        rows = list(rows)
        content = struct.pack("<IBI", number, 4, len(rows))
        for stamp, values in rows:
            content += (b"\0" if stamp is None else struct.pack("<Bd", 8, stamp)) + values
        return self.chunk(3, content)

    def numbers(self, number: int, stamps: Iterable[float | None], values: Any, form: str) -> XdfBytes:
        table = np.asarray(values).astype(form)
        return self.samples(number, zip(stamps, (row.tobytes() for row in table), strict=True))

    def texts(self, number: int, stamps: Iterable[float | None], texts: Iterable[str]) -> XdfBytes:
        coded = (text.encode() for text in texts)
        return self.samples(
            number, zip(stamps, (struct.pack("<BI", 4, len(t)) + t for t in coded), strict=True)
        )

    def offset(self, number: int, collected_s: float, offset_s: float) -> XdfBytes:
        return self.chunk(4, struct.pack("<Idd", number, collected_s, offset_s))

    def boundary(self) -> XdfBytes:
        return self.chunk(5, bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4"))

    def footer(self, number: int) -> XdfBytes:
        return self.chunk(6, struct.pack("<I", number) + b'<?xml version="1.0"?><info/>')

    def write(self, path: Path) -> Path:
        path.write_bytes(self.data)
        return path


@pytest.fixture
def xdf() -> type[XdfBytes]:
    return XdfBytes
