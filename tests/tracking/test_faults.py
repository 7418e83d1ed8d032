"""What trackers and their programs do wrong: the recorder goes on, and what is stored is right or marked.

The recorder is driven by hand here; real senders that are killed are in `test_reconnecting`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazeannotator.geometry import Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.study.check import check_study
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking.timing import Gap

Bench = Any
Make = Callable[..., Any]

RATE_HZ = 100.0


class Study:
    """A real study on disk into which a recorder writes."""

    def __init__(self, path: Path, same_machine: bool = True) -> None:
        self.path = path
        self.store = Store.create(path, name="faults", scheme=load_scheme("nice"))
        self.store.add_reader("A")
        stream = GazeStream("eye", "eye:1", RATE_HZ, "test", same_machine)
        screen = Screen(1920, 1080, 527, 296, 650)
        self.session = Session("s", "A", "2026-01-01T00:00:00+00:00", 50.0, "test", screen, stream, False)
        self.store.start_session(self.session)

    def record(self, bench: Bench) -> None:
        bench.recorder.record_into(self.store, self.session.id)

    def gaze(self, bench: Bench) -> GazeChunk:
        """End the recording and read all that is stored."""
        bench.recorder.stop_recording()
        gaze = self.store.gaze(self.session.id)
        self.store.end_session(self.session.id, bench.now)
        assert check_study(self.path) == []
        return gaze


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = Study(tmp_path / "study")
    yield study
    study.store.close()


@pytest.fixture
def here(make_bench: Make) -> Bench:
    """A recorder of a stream of the same machine, whose samples arrive 2 ms after their stamps."""
    bench = make_bench(RATE_HZ, same_machine=True)
    bench.inlet.offset = 3e-5
    return bench


def send(bench: Bench, seconds: float, error_s: float = 0.0, **what: Any) -> None:
    """Let samples come for some time, their stamps wrong by `error_s`."""
    for _ in range(round(seconds * RATE_HZ)):
        bench.now += 1 / RATE_HZ
        bench.inlet.send(bench.now - 0.002 + error_s, **what)
        bench.recorder.pull_once(bench.now)


def wait(bench: Bench, seconds: float) -> None:
    """Let time pass without samples."""
    bench.run(seconds, samples=False)


def due_s(gaze: GazeChunk, start_s: float = 50.0) -> np.ndarray:
    """When the samples were sent, by their numbers."""
    return start_s + (gaze.sequence + 1) / RATE_HZ - 0.002


def test_measured_offsets_of_one_machine_are_stored_and_not_applied(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 12.0)
    gaze = study.gaze(here)
    np.testing.assert_allclose(gaze.time_s, due_s(gaze), rtol=0, atol=1e-9)
    raw = [row for row in rows(study) if row.kind == "clock"]
    assert len(raw) == 4
    assert {np.frombuffer(row.data, "<f8")[0] for row in raw} == {3e-5}


def rows(study: Study) -> list[Any]:
    with study.store._reading() as connection:
        return list(connection.exec_driver_sql("SELECT kind, data FROM gaze ORDER BY seq"))


def test_a_stall_of_twenty_seconds_is_a_gap_and_nothing_else(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 3.0)
    wait(here, 0.4)
    assert here.status.state == "receiving"
    wait(here, 19.6)
    assert here.status.state == "lost"
    send(here, 3.0)
    assert here.status.state == "receiving"
    assert here.status.message == ""
    gaze = study.gaze(here)
    assert gaze.sequence.tolist() == list(range(600))
    assert np.all(np.diff(gaze.time_s) > 0)
    np.testing.assert_allclose(gaze.time_s[300:], due_s(gaze, 70.0)[300:], rtol=0, atol=1e-9)
    assert here.recorder.take_gaps() == [Gap(pytest.approx(52.998), pytest.approx(73.008), "silence")]
    assert here.recorder.take_gaps() == [], "each gap once"
    timing = here.recorder.timing
    assert (timing.gaps, timing.longest_gap_s) == (1, pytest.approx(20.01))
    assert timing.rate_hz == pytest.approx(100)


def test_samples_that_were_held_up_for_twenty_seconds_are_all_there_at_their_times(
    here: Bench, study: Study
) -> None:
    study.record(here)
    send(here, 3.0)
    held_up = here.now + np.arange(1, 2001) / RATE_HZ - 0.002
    wait(here, 20.0)
    here.inlet.send(*held_up)
    send(here, 2.0)
    gaze = study.gaze(here)
    assert gaze.sequence.tolist() == list(range(2500))
    np.testing.assert_allclose(gaze.time_s, due_s(gaze), rtol=0, atol=1e-9)
    assert here.recorder.take_gaps() == []
    assert here.recorder.timing.latency_p99_s > 15


def test_a_recording_that_ends_while_the_stream_is_lost_tells_it(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 1.0)
    wait(here, 4.0)
    study.gaze(here)
    assert here.recorder.take_gaps() == [Gap(pytest.approx(51.0), pytest.approx(55.0), "silence")]


@pytest.mark.parametrize("error_s", [5.0, -5.0])
def test_a_clock_that_jumps_five_seconds_is_followed_and_told(
    here: Bench, study: Study, error_s: float
) -> None:
    study.record(here)
    send(here, 4.0)
    send(here, 9.0, error_s)
    assert here.status.message == ""
    live = here.recorder.latest(1.0)
    assert live.time_s[-1] == pytest.approx(here.now, abs=0.02)
    send(here, 4.0)
    gaze = study.gaze(here)
    assert gaze.sequence.tolist() == list(range(1700)), "in the order in which they were looked"
    np.testing.assert_allclose(gaze.time_s, due_s(gaze), rtol=0, atol=0.002)
    assert [gap.reason for gap in here.recorder.take_gaps()] == ["clock_jump", "clock_jump"]
    assert here.recorder.timing.clock_jumps == 2
    # As sent, nothing is lost: raw stamps are what they were.
    assert here.recorder.timing.out_of_order == 0


def test_a_jump_of_another_machine_that_its_offset_shows(make_bench: Make, tmp_path: Path) -> None:
    """The LSL clock itself is another one: seen in the stamps first, in the offset a second later."""
    study = Study(tmp_path / "study", same_machine=False)
    bench = make_bench(RATE_HZ)
    bench.inlet.offset = 700.0
    study.record(bench)
    send(bench, 6.0, -700.0)
    send(bench, 2.0, -695.0)
    bench.inlet.offset = 695.0
    send(bench, 9.0, -695.0)
    gaze = study.gaze(bench)
    np.testing.assert_allclose(gaze.time_s, due_s(gaze), rtol=0, atol=0.002)
    study.store.close()


def test_a_sender_on_another_machine_that_was_started_anew(make_bench: Make, tmp_path: Path) -> None:
    study = Study(tmp_path / "study", same_machine=False)
    bench = make_bench(RATE_HZ)
    bench.inlet.offset = 50_000.0
    study.record(bench)
    send(bench, 6.0, -50_000.0)
    wait(bench, 8.0)
    bench.inlet.reconnects += 1
    bench.inlet.offset = None
    send(bench, 0.6, -60.0)
    assert bench.status.message == ""
    assert math.isnan(bench.status.latency_s)
    bench.inlet.offset = 60.0
    send(bench, 5.0, -60.0)
    gaze = study.gaze(bench)
    np.testing.assert_allclose(gaze.time_s[:600], due_s(gaze)[:600], rtol=0, atol=1e-6)
    np.testing.assert_allclose(gaze.time_s[600:], due_s(gaze, 58.0)[600:], rtol=0, atol=1e-6)
    (gap,) = bench.recorder.take_gaps()
    assert gap == Gap(pytest.approx(55.998), pytest.approx(64.01, abs=0.01), "reconnected")
    timing = bench.recorder.timing
    assert (timing.reconnects, timing.clock_jumps) == (1, 1)
    study.store.close()


def test_a_reconnected_sender_is_marked_however_fast_it_was(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 2.0)
    here.inlet.reconnects += 1
    wait(here, 0.03)
    assert here.recorder.take_gaps() == [], "not before something comes"
    send(here, 1.0)
    (gap,) = here.recorder.take_gaps()
    assert (gap.reason, gap.to_s - gap.from_s) == ("reconnected", pytest.approx(0.04, abs=0.003))
    assert here.recorder.timing.reconnects == 1
    study.gaze(here)


def test_doubled_and_swapped_samples_are_stored_sorted_and_counted(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 2.0)
    stamps = here.now + np.arange(1, 101) / RATE_HZ
    stamps[50] = stamps[49]
    stamps[[20, 21, 22]] = stamps[[22, 20, 21]]
    here.now += 1.0
    here.inlet.send(*stamps)
    here.recorder.pull_once(here.now)
    send(here, 1.0)
    gaze = study.gaze(here)
    assert len(gaze) == 400
    assert np.all(np.diff(gaze.time_s) >= 0)
    assert np.sum(np.diff(gaze.time_s) == 0) == 1
    assert sorted(gaze.sequence.tolist()) == list(range(400))
    timing = here.recorder.timing
    assert (timing.duplicates, timing.out_of_order, timing.missing) == (1, 1, 0)
    assert timing.clock_jumps == 0


def test_values_that_are_no_numbers_are_lost_samples(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 1.0)
    for place in (math.nan, math.inf, -math.inf):
        send(here, 0.5, place=place)
    gaze = study.gaze(here)
    assert len(gaze) == 250
    assert gaze.lost.tolist() == [False] * 100 + [True] * 150
    assert not np.isinf(gaze.left).any()


def test_stamps_that_are_no_numbers_leave_a_told_hole(here: Bench, study: Study) -> None:
    study.record(here)
    send(here, 1.0)
    for k in range(50):
        here.now += 1 / RATE_HZ
        here.inlet.send((math.nan, math.inf, -math.inf)[k % 3])
        here.recorder.pull_once(here.now)
    send(here, 1.0)
    assert "50 samples came without a time stamp" in here.status.message
    gaze = study.gaze(here)
    assert gaze.sequence.tolist() == [*range(100), *range(150, 250)]
    assert [gap.reason for gap in here.recorder.take_gaps()] == ["silence"]
    timing = here.recorder.timing
    assert (timing.without_stamp, timing.missing) == (50, 50)


@pytest.mark.parametrize("sent_hz", [20.0, 400.0])
def test_a_rate_far_from_the_declared_one(here: Bench, study: Study, sent_hz: float) -> None:
    study.record(here)
    for _ in range(round(6 * sent_hz)):
        here.now += 1 / sent_hz
        here.inlet.send(here.now)
        here.recorder.pull_once(here.now)
        assert here.status.state == "receiving"
    assert here.status.message == f"The tracker sends {sent_hz:.0f} samples a second and declares 100."
    gaze = study.gaze(here)
    assert len(gaze) == round(6 * sent_hz)
    timing = here.recorder.timing
    assert (timing.rate_hz, timing.nominal_hz) == (pytest.approx(sent_hz), RATE_HZ)
    assert (timing.gaps, here.recorder.take_gaps()) == (0, [])


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(["send", "wait", "jump", "double", "swap", "nan", "absurd", "reconnect"]),
        st.floats(0.05, 3.0),
    ),
    max_size=12,
)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(faults=FAULTS)
def test_whatever_happens_every_sample_is_stored_once_near_its_time(
    make_bench: Make, make_sink: Make, faults: list[tuple[str, float]]
) -> None:
    bench = make_bench(RATE_HZ, same_machine=True)
    bench.inlet.offset = 0.0
    bench.recorder.record_into(bench.sink, "one")
    send(bench, 0.5)
    sent, error_s = 50, 0.0
    for fault, size in faults:
        stamps = [bench.now + k / RATE_HZ + error_s for k in (1, 2, 3)]
        if fault == "send":
            send(bench, size, error_s)
            sent += round(size * RATE_HZ)
        elif fault == "wait":
            wait(bench, size)
        elif fault == "jump":
            error_s += 10 * (size - 1.5)
        elif fault == "reconnect":
            bench.inlet.reconnects += 1
        else:
            bench.now += 0.03
            odd = {
                "double": [stamps[0], stamps[0], stamps[2]],
                "swap": [stamps[1], stamps[0], stamps[2]],
                "nan": [stamps[0], math.nan, stamps[2]],
                "absurd": [stamps[0], 9e9, stamps[2]],
            }[fault]
            bench.inlet.send(*odd)
            bench.recorder.pull_once(bench.now)
            sent += 3
    bench.recorder.stop_recording()
    stored = bench.sink.gaze.sequence
    without = bench.recorder.timing.without_stamp
    assert len(stored) == len(set(stored)) == sent - without
    assert np.all(np.diff(stored) > 0), "in the order in which they came"
    assert bench.recorder.timing.samples == len(stored)
    bench.recorder.timing.as_data()
