"""How a stream keeps time: what is counted is what is there."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.tracking.timing import Gap, StreamTimer, StreamTiming

LOST_AFTER_S = 0.5


class Fed:
    """A timer that is fed chunk by chunk, samples arriving 3 ms after their stamps."""

    def __init__(self, nominal_hz: float = 250.0, begun_s: float | None = None, chunk: int = 5) -> None:
        self.timer = StreamTimer(nominal_hz, begun_s)
        self.gaps: list[Gap] = []
        self._chunk = chunk

    def feed(self, time_s: np.ndarray, sequence: np.ndarray | None = None, **how: object) -> StreamTiming:
        numbers = np.full(len(time_s), np.nan) if sequence is None else np.asarray(sequence, float)
        for k in range(0, len(time_s), self._chunk):
            some = time_s[k : k + self._chunk]
            self.gaps += self.timer.add(
                some,
                numbers[k : k + self._chunk],
                float(some[-1]) + 0.003,
                lost_after_s=LOST_AFTER_S,
                **how,
            )
            how = {}
        return self.timer.snapshot()


def test_a_steady_stream() -> None:
    timing = Fed().feed(100 + np.arange(5000) / 250, np.arange(5000))
    assert timing.samples == 5000
    assert timing.rate_hz == pytest.approx(250, rel=1e-9)
    assert timing.interval_s == pytest.approx(0.004)
    assert timing.jitter_s == pytest.approx(0, abs=1e-9)
    assert timing.duration_s == pytest.approx(4995 / 250)
    assert timing.latency_s == pytest.approx(0.011, abs=1e-6)
    assert timing.latency_p99_s == pytest.approx(0.019, abs=1e-6)
    counts = (timing.gaps, timing.missing, timing.duplicates, timing.out_of_order, timing.clock_jumps)
    assert counts == (0, 0, 0, 0, 0)
    assert timing.longest_gap_s == 0


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_the_rate_is_measured_and_not_believed(chunk: int) -> None:
    assert Fed(nominal_hz=60, chunk=chunk).feed(np.arange(5000) / 150).rate_hz == pytest.approx(150)


@settings(deadline=None, max_examples=25)
@given(sd_ms=st.floats(0, 1), seed=st.integers(0, 99))
def test_jitter_is_the_range_of_eight_in_ten_intervals(sd_ms: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    time_s = np.arange(4000) / 250 + random.normal(0, sd_ms / 1000, 4000).clip(-0.0015, 0.0015)
    low_s, high_s = np.quantile(np.diff(time_s), [0.1, 0.9])
    assert Fed(chunk=50).feed(time_s).jitter_s == pytest.approx(high_s - low_s)


def test_quantiles_of_a_long_stream_are_near_the_true_ones_in_constant_memory() -> None:
    random = np.random.default_rng(5)
    interval_s = random.gamma(4, 0.001, 300_000)
    fed = Fed(chunk=1000)
    timing = fed.feed(np.cumsum(interval_s))
    low_s, median_s, high_s = np.quantile(interval_s, [0.1, 0.5, 0.9])
    assert timing.interval_s == pytest.approx(median_s, rel=0.05)
    assert timing.jitter_s == pytest.approx(high_s - low_s, rel=0.05)
    assert fed.timer._intervals._kept.shape == (4096,)


@pytest.mark.parametrize("nominal_hz", [0.0, 250.0, 1000.0])
def test_gaps_are_found_told_and_left_out_of_the_rate(nominal_hz: float) -> None:
    time_s = np.arange(2000) / 250
    time_s[500:] += 0.05  # counted, and bridged when fixations are found
    time_s[1000:] += 0.2
    time_s[1500:] += 3.0
    fed = Fed(nominal_hz)
    timing = fed.feed(time_s)
    assert timing.gaps == 3
    assert timing.longest_gap_s == pytest.approx(3.004)
    assert timing.rate_hz == pytest.approx(250)
    assert fed.gaps == [
        Gap(pytest.approx(time_s[999]), pytest.approx(time_s[1000]), "missing"),
        Gap(pytest.approx(time_s[1499]), pytest.approx(time_s[1500]), "silence"),
    ]


def test_a_hole_within_samples_that_arrive_together_is_no_silence() -> None:
    time_s = np.arange(400) / 250
    time_s[203:] += 2.0
    fed = Fed(chunk=5)
    fed.feed(time_s)
    assert [gap.reason for gap in fed.gaps] == ["missing"]


def test_samples_that_come_in_packets_of_one_stamp_make_no_gaps() -> None:
    timing = Fed(chunk=8).feed(np.repeat(np.arange(500) * 0.032, 8))
    assert timing.gaps == 0
    assert timing.rate_hz == pytest.approx(250, rel=0.01)
    assert timing.jitter_s == pytest.approx(0.032)
    assert timing.duplicates == 7 * 500


def test_doubled_and_swapped_samples_are_counted() -> None:
    time_s = np.arange(1000) / 250
    time_s[100] = time_s[99]
    time_s[[200, 201]] = time_s[[201, 200]]
    timing = Fed().feed(time_s)
    assert (timing.duplicates, timing.out_of_order) == (1, 1)


@settings(deadline=None, max_examples=60)
@given(
    dropped=st.sets(st.integers(1, 398), max_size=50),
    swapped=st.sets(st.integers(0, 45), max_size=10),
    chunk=st.integers(1, 60),
)
def test_missing_samples_are_counted_by_their_numbers(
    dropped: set[int], swapped: set[int], chunk: int
) -> None:
    numbers = np.array([k for k in range(400) if k not in dropped], float)
    for pair in swapped:
        at = 3 + 7 * pair  # not the first ones: what came before them cannot be known
        numbers[[at, at + 3]] = numbers[[at + 3, at]]
    timing = Fed(chunk=chunk).feed(np.arange(len(numbers)) / 250, numbers)
    assert timing.missing == len(dropped)


def test_without_numbers_nobody_knows_what_is_missing() -> None:
    assert Fed().feed(np.arange(100) / 250).missing is None


def test_a_counter_that_begins_anew_is_no_loss() -> None:
    fed = Fed()
    numbers = np.concatenate([np.arange(1000, 1200), np.arange(200)])
    assert fed.feed(np.arange(400) / 250, numbers).missing == 0
    # Neither is one of a sender that was restarted, even where it goes on further ahead.
    timing = fed.feed(2 + np.arange(100) / 250, np.arange(5000, 5100), reconnected=True)
    assert (timing.missing, timing.reconnects) == (0, 1)


def test_a_sender_that_was_taken_up_again_leaves_a_gap_however_short() -> None:
    fed = Fed()
    fed.feed(np.arange(100) / 250)
    fed.feed(0.43 + np.arange(100) / 250, reconnected=True)
    assert fed.gaps == [Gap(pytest.approx(99 / 250), pytest.approx(0.43), "reconnected")]


def test_nothing_is_concluded_from_the_time_between_two_clocks() -> None:
    fed = Fed()
    fed.feed(np.arange(100) / 250)
    fed.timer.clock_changed()
    timing = fed.feed(700 + np.arange(100) / 250)
    assert (timing.gaps, fed.gaps) == (0, [])
    assert timing.rate_hz == pytest.approx(250)


def test_gaps_at_both_ends_of_a_recording() -> None:
    fed = Fed(begun_s=10.0)
    fed.feed(12 + np.arange(100) / 250)
    assert fed.timer.ended(12.5, LOST_AFTER_S) == []
    assert fed.timer.ended(14.0, LOST_AFTER_S) == [Gap(pytest.approx(12.399, abs=1e-6), 14.0, "silence")]
    assert fed.gaps == [Gap(10.0, pytest.approx(12.019), "silence")]
    empty = StreamTimer(250.0, 10.0)
    assert empty.ended(15.0, LOST_AFTER_S) == [Gap(10.0, 15.0, "silence")]
    assert StreamTimer(250.0).ended(15.0, LOST_AFTER_S) == []


def test_as_data_is_json_and_unknown_is_null() -> None:
    data = StreamTimer(0.0).snapshot().as_data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["samples"] == 0
    assert data["rate_hz"] is data["latency_s"] is data["missing"] is None
    full = Fed().feed(np.arange(50) / 250, np.arange(50)).as_data()
    assert {key for key, value in full.items() if value is None} == {"clock_offset_s"}
    assert not any(isinstance(value, float) and math.isnan(value) for value in full.values())
