"""The recorder, driven by hand: no thread, no LSL, no waiting."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from gazeannotator.errors import StorageError
from gazeannotator.tracking.recorder import RecorderStatus

Bench = Any
Make = Callable[..., Any]


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


def test_a_recording_that_cannot_end_says_so_and_ends_by_itself_later(bench: Bench, make_sink: Make) -> None:
    bench.recorder.record_into(bench.sink, "one")
    bench.run(1.0)
    bench.sink.failure = StorageError("The disk is full.")
    with pytest.raises(StorageError, match=r"gaze samples could not be stored yet\. The disk is full\."):
        bench.recorder.stop_recording()
    with pytest.raises(StorageError, match="before this one"):
        bench.recorder.record_into(make_sink(), "two")
    bench.sink.failure = None
    bench.run(2.0)
    np.testing.assert_array_equal(bench.sink.gaze.sequence[:100], np.arange(100))
    second = make_sink()
    bench.recorder.record_into(second, "two")
    bench.run(0.5)
    bench.recorder.stop_recording()
    both = np.concatenate([bench.sink.gaze.sequence, second.gaze.sequence])
    assert np.all(np.diff(both) >= 1)


@pytest.mark.parametrize(("rate_hz", "after_s"), [(1200.0, 0.5), (30.0, 20 / 30), (10.0, 2.0)])
def test_a_stream_that_stops_is_lost_after_half_a_second_or_twenty_samples(
    make_bench: Make, rate_hz: float, after_s: float
) -> None:
    bench = make_bench(rate_hz)
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


def test_rate_and_loss_are_measured_not_believed(make_bench: Make) -> None:
    bench = make_bench(rate_hz=60.0)
    for k in range(400):
        bench.now += 0.01
        bench.inlet.send(bench.now + 1000, lost=k % 4 == 0)
        bench.recorder.pull_once(bench.now)
    assert bench.status.rate_hz == pytest.approx(100, rel=1e-3)
    assert bench.status.data_loss == pytest.approx(0.25, abs=0.01)
    assert bench.status.samples == 400


def test_status_comes_at_most_thirty_times_a_second(make_bench: Make) -> None:
    told: list[RecorderStatus] = []
    bench = make_bench(on_status=told.append)
    bench.run(10.0, step_s=0.005)
    assert 280 <= len(told) <= 301


def test_the_latest_samples_are_given_on_the_local_clock(bench: Bench) -> None:
    bench.run(15.0)
    latest = bench.recorder.latest(2.0)
    assert len(latest) == pytest.approx(200, abs=1)
    assert latest.time_s[-1] == pytest.approx(bench.now)
    assert len(bench.recorder.latest(60.0)) <= 1100


def test_the_thread_records_and_leaves_the_inlet_itself(make_recorder: Make) -> None:
    told = threading.Event()
    recorder, inlet, sink = make_recorder(on_status=lambda status: told.set() if status.samples else None)
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


def test_an_unexpected_error_does_not_end_the_thread(make_recorder: Make) -> None:
    recorder, inlet, sink = make_recorder()
    good, broken = inlet.pull, threading.Event()

    def bad() -> Any:
        broken.set()
        raise RuntimeError("a bug")

    inlet.pull = bad
    recorder.start()
    assert broken.wait(10)
    recorder.record_into(sink, "one")
    inlet.send(1050.0)
    inlet.pull = good
    recorder.stop()
    assert len(sink.gaze) == 1


def test_a_slow_disk_keeps_no_sample_waiting(make_recorder: Make) -> None:
    """The thread that pulls goes on while the other one is storing."""
    recorder, inlet, sink = make_recorder(clock=monotonic)
    inlet.offset = 0.0
    storing, go_on = threading.Event(), threading.Event()
    store = sink.append_gaze

    def slowly(*what: Any) -> None:
        storing.set()
        assert go_on.wait(10)
        store(*what)

    sink.append_gaze = slowly
    recorder.record_into(sink, "one")
    recorder.start()
    inlet.send(monotonic())
    assert storing.wait(10)
    for _ in range(20):
        inlet.send(monotonic())
    while recorder.status.samples < 21:
        sleep(0.001)
    assert recorder.status.unsaved == 21
    assert sink.chunks == []
    go_on.set()
    recorder.stop()
    assert sink.gaze.sequence.tolist() == list(range(21))


def test_what_comes_while_it_stores_waits_for_the_next_time(make_recorder: Make) -> None:
    recorder, inlet, sink = make_recorder()
    store = sink.append_gaze

    def store_while_more_comes(*what: Any) -> None:
        store(*what)
        inlet.send(1050.0)
        recorder._pull(50.0)

    sink.append_gaze = store_while_more_comes
    recorder.record_into(sink, "one")
    inlet.send(1050.0)
    recorder.pull_once(50.0)
    assert sink.attempts == 1
    assert recorder.status.unsaved == 1


def test_the_noise_of_measuring_is_stored_and_not_shown_within_one_machine(make_bench: Make) -> None:
    for same_machine, shown_s in ((True, 0.0), (False, 0.004)):
        bench = make_bench(same_machine=same_machine)
        bench.inlet.offset = 0.004
        bench.recorder.record_into(bench.sink, "one")
        bench.inlet.send(50.0)
        bench.recorder.stop_recording()
        assert bench.recorder.latest(1.0).time_s == pytest.approx([50.0 + shown_s])
        assert {offset for _, offset in bench.sink.offsets} == {0.004}


def test_status_tells_the_jitter_and_the_latency(bench: Bench) -> None:
    assert math.isnan(bench.status.jitter_s)
    assert math.isnan(bench.status.latency_s)
    for k in range(300):
        bench.now += 0.01
        bench.inlet.send(bench.now + 1000 - 0.003 * (k % 2) - 0.02)
        bench.recorder.pull_once(bench.now)
    assert bench.status.jitter_s == pytest.approx(0.006)
    assert bench.status.latency_s == pytest.approx(0.02 + 0.003)


def test_timing_is_that_of_the_recording_once_there_was_one(bench: Bench) -> None:
    bench.run(1.0)
    assert bench.recorder.timing.samples == 100
    bench.recorder.record_into(bench.sink, "one")
    bench.run(2.0)
    assert bench.recorder.timing.samples == 200
    bench.recorder.stop_recording()
    bench.run(1.0)
    timing = bench.recorder.timing
    assert timing.samples == 200
    assert timing.rate_hz == pytest.approx(100)
    assert timing.clock_offset_s == -1000.0
    assert (timing.gaps, timing.missing) == (0, 0)
    bench.recorder.record_into(bench.sink, "two")
    bench.run(0.5)
    assert bench.recorder.timing.samples == 50


def test_a_rate_far_from_the_declared_one_is_told(make_bench: Make) -> None:
    bench = make_bench(rate_hz=250.0)
    bench.run(3.0, step_s=1 / 60)
    assert bench.status.state == "receiving"
    assert bench.status.message == "The tracker sends 60 samples a second and declares 250."
