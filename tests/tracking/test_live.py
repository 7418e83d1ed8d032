"""What the live view tells of the last two seconds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.tracking.live import LiveView


def gaze(time_s: FloatArray, lost: FloatArray | None = None) -> GazeChunk:
    n = len(time_s)
    eye = np.full((n, 2), 0.5)
    if lost is not None:
        eye[lost.astype(bool)] = math.nan
    unknown = np.full(n, math.nan)
    return GazeChunk(time_s, eye, eye, eye * math.nan, unknown, unknown, np.full((n, 2, 3), math.nan))


def fed(time_s: FloatArray, lost: FloatArray | None = None) -> LiveView:
    """Feed samples at their times, in portions of 40 ms."""
    live, chunk = LiveView(), gaze(time_s, lost)
    for now in np.arange(0.04, time_s[-1] + 0.04, 0.04):
        some = chunk[(time_s > now - 0.04) & (time_s <= now)]
        if len(some):
            live.add(some, now)
    return live


@given(st.integers(0, 2**32), st.sampled_from([250.0, 600.0, 1200.0]), st.floats(0.5, 0.6))
def test_samples_that_never_came_are_lost(seed: int, rate_hz: float, dropped: float) -> None:
    random = np.random.default_rng(seed)
    time_s = np.arange(1, round(3.2 * rate_hz)) / rate_hz
    # Of each ten the same number, so that the last two seconds have the share of all.
    came = np.argsort(random.random((len(time_s) // 10 + 1, 10)), axis=1).ravel()[: len(time_s)]
    came = came >= round(10 * dropped)
    lost = random.random(len(time_s)) < 0.1
    live = fed(time_s[came], lost[came])
    recent = (time_s > live.newest_s - 2.2) & (time_s <= live.newest_s)
    truth = 1 - np.mean((came & ~lost)[recent])
    assert live.measured.data_loss == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize("rate_hz", [60.0, 1200.0])
def test_nothing_is_lost_of_what_comes_at_its_time(rate_hz: float) -> None:
    random = np.random.default_rng(1)
    time_s = np.arange(1, round(3 * rate_hz)) / rate_hz
    assert fed(time_s + random.uniform(-0.1, 0.1, len(time_s)) / rate_hz).measured.data_loss == 0
    assert fed(time_s, np.arange(len(time_s)) % 4 == 0).measured.data_loss == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("step_s", [5000.0, -5000.0])
def test_another_clock_of_the_sender_is_no_loss(step_s: float) -> None:
    live = LiveView()
    for k in range(40):
        now = k / 10
        live.add(gaze(now + np.arange(10) / 100 + (step_s if k >= 35 else 0.0)), now + 0.1)
        assert live.measured.data_loss == 0


def test_samples_of_one_stamp_are_not_counted_against_time() -> None:
    live = LiveView()
    live.add(gaze(np.ones(4), np.arange(4) == 0), 1.0)
    assert live.measured.data_loss == 0.25
