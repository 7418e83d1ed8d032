"""The recorder, driven by hand: no thread, no LSL, no waiting."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import pytest

from gazeannotator.errors import StorageError
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.layouts import Layout
from gazeannotator.tracking.recorder import Recorder, RecorderStatus

LAYOUT = Layout("test", "normalised", {"left_x": 0, "left_y": 1, "right_x": 0, "right_y": 1, "sequence": 2})


class FakeInlet:
    """Gives what was put into it."""

    def __init__(self, rate_hz: float = 100.0) -> None:
        self.rate_hz = rate_hz
        self.offset: float | None = -1000.0
        self.closed_in: threading.Thread | None = None
        self.asked_for_offset = 0
        self._waiting: list[tuple[list[float], float]] = []
        self._number = 0

    def send(self, *stamps: float, lost: bool = False) -> None:
        for stamp in stamps:
            place = math.nan if lost else 0.5
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


def test_every_sample_is_stored_once_in_order_with_its_raw_stamp(bench: Bench) -> None:
    bench.run(0.5)
    bench.recorder.record_into(bench.sink, "one")
    bench.run(2.0)
    bench.recorder.stop_recording()
    stored = bench.sink.gaze
    np.testing.assert_array_equal(stored.sequence, np.arange(50, 250))
    np.testing.assert_allclose(stored.time_s, 1050.5 + np.arange(1, 201) / 100, atol=1e-9)
    assert bench.sink.sessions == {"one"}
    bench.run(0.5)
    assert len(bench.sink.gaze) == 200


def test_samples_that_wait_in_the_inlet_when_recording_stops_are_stored(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(0.1)
    bench.inlet.send(1060.0)
    bench.recorder.stop_recording()
    assert bench.sink.gaze.time_s[-1] == 1060.0


def test_gaze_is_committed_four_times_a_second(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(10.0)
    assert 38 <= bench.sink.attempts <= 42
    assert np.diff(bench.sink.received_s).max() < 0.3


def test_doubled_decreasing_and_jumping_stamps_are_stored_as_they_are(bench: Bench) -> None:
    stamps = [1050.0, 1050.0, 1049.0, 9e9, 1051.0]
    bench.recorder.record_into(bench.sink, "one")
    bench.inlet.send(*stamps)
    bench.recorder.stop_recording()
    assert bench.sink.gaze.time_s.tolist() == stamps


def test_samples_without_a_stamp_are_left_out_and_told(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.inlet.send(math.nan, 1050.0, math.inf)
    bench.recorder.stop_recording()
    assert bench.sink.gaze.sequence.tolist() == [1.0]
    assert "2 samples came without a time stamp" in bench.status.message


def test_the_clock_is_measured_at_once_and_every_five_seconds(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(12.0)
    assert [offset for _, offset in bench.sink.offsets] == [-1000.0] * 3
    np.testing.assert_allclose([at for at, _ in bench.sink.offsets], [50.01, 55.01, 60.01], atol=0.02)
    bench.recorder.stop_recording()
    assert len(bench.sink.offsets) == 4, "and once more at the end"


def test_the_clock_is_asked_again_until_it_is_known(bench: Bench) -> None:
    bench.inlet.offset = None
    bench.recorder.record_into(bench.sink, "one")
    bench.run(0.6)
    assert bench.sink.offsets == []
    bench.inlet.offset = -1000.0
    bench.run(0.3)
    assert [offset for _, offset in bench.sink.offsets] == [-1000.0]


def test_a_session_begins_with_the_offset_that_is_known(bench: Bench) -> None:
    bench.run(2.0)
    bench.recorder.record_into(bench.sink, "one")
    bench.run(0.1)
    assert bench.sink.offsets == [(pytest.approx(50.01), -1000.0)]


def test_a_sender_that_was_restarted_has_its_clock_measured_at_once(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(1.0)
    bench.run(1.0, samples=False)
    bench.inlet.offset = +20.0
    bench.now += 0.01
    bench.inlet.send(bench.now - 20)
    bench.recorder.pull_once(bench.now)
    bench.recorder.stop_recording()
    assert (pytest.approx(bench.now), 20.0) in bench.sink.offsets
    assert bench.status.message == ""


def test_stamps_of_another_clock_are_told(bench: Bench) -> None:
    bench.inlet.offset = 0.0
    bench.run(1.0)
    assert bench.status.state == "receiving"
    assert "+1000.0 s off this computer's clock" in bench.status.message


@pytest.mark.parametrize("failure", [StorageError("The disk is full."), OSError("broken pipe")])
def test_what_cannot_be_stored_is_kept_tried_again_and_told(bench: Bench, failure: Exception) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(1.0)
    bench.sink.failure = failure
    bench.run(3.0)
    assert bench.status.state == "storage_failed"
    assert str(failure) in bench.status.message
    assert bench.status.unsaved > 290
    attempts = bench.sink.attempts
    bench.run(4.0)
    assert bench.sink.attempts - attempts <= 4, "a failing disk is not hammered"
    bench.sink.failure = None
    bench.run(2.0)
    assert bench.status.state == "receiving"
    assert bench.status.unsaved < 30
    bench.recorder.stop_recording()
    np.testing.assert_array_equal(bench.sink.gaze.sequence, np.arange(1000))


def test_a_recording_that_cannot_end_says_so_and_ends_by_itself_later(bench: Bench) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(1.0)
    bench.sink.failure = StorageError("The disk is full.")
    with pytest.raises(StorageError, match=r"gaze samples could not be stored yet\. The disk is full\."):
        bench.recorder.stop_recording()
    with pytest.raises(StorageError, match="before this one"):
        bench.recorder.record_into(MemorySink(), "two")
    bench.sink.failure = None
    bench.run(2.0)
    np.testing.assert_array_equal(bench.sink.gaze.sequence[:100], np.arange(100))
    second = MemorySink()
    bench.recorder.record_into(second, "two")
    bench.run(0.5)
    bench.recorder.stop_recording()
    both = np.concatenate([bench.sink.gaze.sequence, second.gaze.sequence])
    assert np.all(np.diff(both) >= 1)


@pytest.mark.parametrize(("rate_hz", "after_s"), [(1200.0, 0.5), (30.0, 20 / 30), (10.0, 2.0)])
def test_a_stream_that_stops_is_lost_after_half_a_second_or_twenty_samples(
    rate_hz: float, after_s: float
) -> None:
    bench = Bench(rate_hz)
    assert bench.status.state == "waiting"
    bench.run(1.0, step_s=1 / rate_hz)
    assert bench.status.state == "receiving"
    bench.now += after_s - 0.01
    assert bench.status.state == "receiving"
    bench.now += 0.02
    assert bench.status.state == "lost"
    assert bench.status.age_s == pytest.approx(after_s + 0.01)
    bench.run(0.1, step_s=1 / rate_hz)
    assert bench.status.state == "receiving"


def test_rate_and_loss_are_measured_not_believed() -> None:
    bench = Bench(rate_hz=60.0)
    for k in range(400):
        bench.now += 0.01
        bench.inlet.send(bench.now + 1000, lost=k % 4 == 0)
        bench.recorder.pull_once(bench.now)
    assert bench.status.rate_hz == pytest.approx(100, rel=1e-3)
    assert bench.status.data_loss == pytest.approx(0.25, abs=0.01)
    assert bench.status.samples == 400


def test_status_comes_at_most_thirty_times_a_second() -> None:
    told: list[RecorderStatus] = []
    bench = Bench(on_status=told.append)
    bench.run(10.0, step_s=0.005)
    assert 280 <= len(told) <= 301


def test_the_latest_samples_are_given_on_the_local_clock(bench: Bench) -> None:
    bench.run(15.0)
    latest = bench.recorder.latest(2.0)
    assert len(latest) == pytest.approx(200, abs=1)
    assert latest.time_s[-1] == pytest.approx(bench.now)
    assert len(bench.recorder.latest(60.0)) <= 1100


def test_a_view_gets_every_sample_once_frame_by_frame(bench: Bench) -> None:
    nothing, never = bench.recorder.arrived_after(-math.inf)
    assert (len(nothing), never) == (0, -math.inf)
    arrived_s, numbers = -math.inf, []
    for _frame in range(100):
        bench.run(0.03)
        chunk, arrived_s = bench.recorder.arrived_after(arrived_s)
        assert len(chunk) == 3
        numbers += chunk.sequence.tolist()
    assert numbers == list(range(300))
    assert len(bench.recorder.arrived_after(arrived_s)[0]) == 0


def test_the_thread_records_and_leaves_the_inlet_itself() -> None:
    inlet, sink = FakeInlet(), MemorySink()
    told = threading.Event()
    recorder = Recorder(
        inlet,
        LAYOUT,
        (100, 100),
        clock=lambda: 50.0,
        on_status=lambda status: told.set() if status.samples else None,
    )
    recorder.start()
    recorder.record_into(sink, "one")
    inlet.send(1050.0, 1050.01)
    assert told.wait(10)
    recorder.stop()
    assert sink.gaze.sequence.tolist() == [0.0, 1.0]
    assert inlet.closed_in is not None
    assert inlet.closed_in is not threading.current_thread()
    assert recorder.status.state == "stopped"
    recorder.stop()


def test_an_unexpected_error_does_not_end_the_thread() -> None:
    inlet, sink = FakeInlet(), MemorySink()
    recorder = Recorder(inlet, LAYOUT, (100, 100), clock=lambda: 50.0)
    good, broken = inlet.pull, threading.Event()

    def bad() -> Any:
        broken.set()
        raise RuntimeError("a bug")

    inlet.pull = bad  # type: ignore[method-assign]
    recorder.start()
    assert broken.wait(10)
    recorder.record_into(sink, "one")
    inlet.send(1050.0)
    inlet.pull = good  # type: ignore[method-assign]
    recorder.stop()
    assert len(sink.gaze) == 1
