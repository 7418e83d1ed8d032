"""Stamps on the local clock, also where the sender's clock is set while it sends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.study.gaze_rows import SenderClock, applied_offset
from gazeannotator.tracking.stream_clock import StreamClock

PERIOD_S = 0.004
DELAY_S = 0.003


def played(
    clock: StreamClock, true_s: np.ndarray, error_s: np.ndarray, chunk: int
) -> tuple[np.ndarray, list[int], list[tuple[float, float]]]:
    """Let samples arrive in chunks; gives their times, the jumps, and the offsets to be stored."""
    times, jumps, offsets = [], [], []
    for k in range(0, len(true_s), chunk):
        arrived_s = float(true_s[k : k + chunk][-1]) + DELAY_S
        time_s, found = clock.taken((true_s + error_s)[k : k + chunk], arrived_s)
        times.append(time_s)
        jumps += [k + at for at in found]
        if found:
            offsets.append((arrived_s, clock.offset_s))
    return np.concatenate(times), jumps, offsets


def test_before_it_is_measured_nothing_is_concluded() -> None:
    stamps_s = np.array([5.0, 900.0, 6.0])
    for same_machine, shift_s in ((True, 0.0), (False, 14.0)):
        clock = StreamClock(same_machine)
        time_s, jumps = clock.taken(stamps_s, 20.0)
        np.testing.assert_allclose(time_s, stamps_s + shift_s)
        assert jumps == ()
        assert clock.offset_s is None
        assert not clock.known


def test_noise_of_the_measurement_is_kept_and_not_applied_within_one_machine() -> None:
    here, there = StreamClock(same_machine=True), StreamClock(same_machine=False)
    for clock in (here, there):
        assert clock.measured(3e-5) is False
        assert clock.offset_s == 3e-5
    assert (here.applied_s, there.applied_s) == (0.0, 3e-5)
    np.testing.assert_array_equal(applied_offset(np.array([-0.0099, 0.01, 70.0]), True), [0, 0.01, 70.0])


@pytest.mark.parametrize("chunk", [1, 3, 60])
@pytest.mark.parametrize("step_s", [5.0, -5.0, 0.8, -0.8, 3600.0, -3600.0])
def test_a_sender_whose_clock_is_set_and_set_back(step_s: float, chunk: int) -> None:
    true_s = 1000 + PERIOD_S * np.arange(900)
    error_s = np.zeros(900)
    error_s[301:605] = step_s
    clock = StreamClock(same_machine=True)
    clock.measured(2e-5)
    time_s, jumps, offsets = played(clock, true_s, error_s, chunk)
    assert jumps == [301, 605]
    np.testing.assert_allclose(time_s, true_s, rtol=0, atol=1e-6)
    assert [offset for _, offset in offsets] == [pytest.approx(2e-5 - step_s, abs=1e-4), 2e-5]


@settings(deadline=None, max_examples=50)
@given(
    step_s=st.floats(0.6, 1e5).flatmap(lambda s: st.sampled_from([s, -s])),
    at=st.integers(10, 590),
    chunk=st.integers(1, 80),
)
def test_what_is_stored_is_right_when_it_is_read(step_s: float, at: int, chunk: int) -> None:
    true_s = 1000 + PERIOD_S * np.arange(600)
    error_s = np.where(np.arange(600) < at, 0.0, step_s)
    clock = StreamClock(same_machine=True)
    clock.measured(0.0)
    _, _, offsets = played(clock, true_s, error_s, chunk)
    stored = np.array([(999.0, 0.0), *offsets])
    sender = SenderClock(stored[:, 0], stored[:, 1])
    raw_s = true_s + error_s
    read_s = np.concatenate(
        [
            sender.corrected(raw_s[k : k + chunk], float(true_s[k : k + chunk][-1]) + DELAY_S)
            for k in range(0, 600, chunk)
        ]
    )
    np.testing.assert_allclose(read_s, true_s, rtol=0, atol=1.01 * PERIOD_S)


def test_one_absurd_stamp_stands_alone() -> None:
    true_s = 1000 + PERIOD_S * np.arange(100)
    error_s = np.zeros(100)
    error_s[50] = 9e9
    clock = StreamClock(same_machine=True)
    clock.measured(0.0)
    time_s, jumps, _ = played(clock, true_s, error_s, 7)
    assert jumps == [50, 51]
    np.testing.assert_allclose(time_s, true_s, rtol=0, atol=1e-5)


def test_samples_that_were_held_up_on_their_way_are_believed() -> None:
    clock = StreamClock(same_machine=True)
    clock.measured(0.0)
    clock.taken(np.array([10.0, 10.004]), 10.01)
    late_s = 10.008 + PERIOD_S * np.arange(5000)
    time_s, jumps = clock.taken(late_s, 30.01)
    assert jumps == ()
    np.testing.assert_array_equal(time_s, late_s)


def test_a_sender_that_paused_is_believed() -> None:
    clock = StreamClock(same_machine=True)
    clock.measured(0.0)
    clock.taken(np.array([10.0]), 10.01)
    assert clock.taken(np.array([30.0]), 30.01)[1] == ()


def test_a_replay_that_runs_ahead_of_its_stamps_is_believed() -> None:
    clock = StreamClock(same_machine=True)
    clock.measured(0.0)
    for k in range(200):
        recorded_s = 100 + 8 * 0.005 * k + np.arange(10) * PERIOD_S + (2.0 if k > 100 else 0.0)
        assert clock.taken(recorded_s, 100 + 0.005 * (k + 1))[1] == ()


def test_a_reset_that_the_measurement_shows_is_not_undone_twice() -> None:
    true_s = 1000 + PERIOD_S * np.arange(600)
    clock = StreamClock(same_machine=False)
    clock.measured(0.0)
    error_s = np.where(np.arange(600) < 300, 0.0, -70.0)
    played(clock, true_s[:400], error_s[:400], 5)
    assert clock.measured(70.0) is True
    time_s, jumps, _ = played(clock, true_s[400:], error_s[400:], 5)
    assert jumps == []
    np.testing.assert_allclose(time_s, true_s[400:], rtol=0, atol=1e-6)


def test_a_sender_that_was_taken_up_again_may_have_another_clock() -> None:
    clock = StreamClock(same_machine=False)
    clock.measured(50.0)
    clock.taken(np.array([1000.0]), 1050.0)
    clock.reconnected()
    assert not clock.known
    assert clock.taken(np.array([3.0]), 1052.0)[1] == ()
    clock.measured(1049.0)
    assert clock.taken(np.array([3.1]), 1052.1)[0] == pytest.approx(1052.1)
