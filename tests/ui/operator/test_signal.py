from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gazeannotator.samples import GazeChunk
from gazeannotator.ui.operator.signal import Signal, judge
from gazeannotator.ui.operator.situation import Limits


@pytest.fixture
def judged(source: Any, make_chunk: Callable[..., GazeChunk]) -> Callable[..., Signal]:
    source.tell(nominal_hz=250.0, reference_mm=650.0, limits=Limits(0.3, 2.0, 80.0))

    def run(distance_mm: float = math.nan, **status: Any) -> Signal:
        source.receive(**status)
        xy = np.full((20, 2), 0.5)
        chunk = make_chunk(xy, xy, np.arange(20) / 250, distance_mm=distance_mm)
        return judge(source.status(), chunk, source.situation())

    return run


@pytest.mark.parametrize(
    ("rate_hz", "value", "words", "tone"),
    [
        (249.6, "250 Hz", "as announced", "success"),
        (230.0, "230 Hz", "announced: 250", "warning"),
        (120.0, "120 Hz", "announced: 250", "danger"),
        (math.nan, "–", "", "neutral"),
    ],
)
def test_rate(judged: Any, rate_hz: float, value: str, words: str, tone: str) -> None:
    rate = judged(rate_hz=rate_hz).rate
    assert (rate.value, rate.words, rate.tone) == (value, words, tone)


@pytest.mark.parametrize(
    ("latency_s", "value", "words", "tone"),
    [
        (0.012, "12 ms", "good", "success"),
        (0.08, "80 ms", "slow", "warning"),
        (0.5, "500 ms", "far too slow", "danger"),
        (-0.3, "-300 ms", "clocks differ", "danger"),
        (3600.0, "3600 s", "far too slow", "danger"),
        (math.nan, "–", "clock not known", "neutral"),
    ],
)
def test_latency(judged: Any, latency_s: float, value: str, words: str, tone: str) -> None:
    latency = judged(latency_s=latency_s).latency
    assert (latency.value, latency.words, latency.tone) == (value, words, tone)


@pytest.mark.parametrize(
    ("data_loss", "value", "tone"),
    [
        (0.0, "100 %", "success"),
        (0.004, "99 %", "success"),
        (0.2, "80 %", "warning"),
        (0.31, "69 %", "danger"),
    ],
)
def test_eyes_found(judged: Any, data_loss: float, value: str, tone: str) -> None:
    found = judged(data_loss=data_loss).found
    assert (found.value, found.tone) == (value, tone)


@pytest.mark.parametrize(
    ("distance_mm", "value", "words", "tone"),
    [
        (655.0, "66 cm", "as it should be", "success"),
        (600.0, "60 cm", "5 cm too near", "warning"),
        (740.0, "74 cm", "9 cm too far", "danger"),
        (math.nan, "–", "not told", "neutral"),
    ],
)
def test_distance(judged: Any, distance_mm: float, value: str, words: str, tone: str) -> None:
    distance = judged(distance_mm).distance
    assert (distance.value, distance.words, distance.tone) == (value, words, tone)


def test_a_lost_stream_shows_no_old_numbers(judged: Any) -> None:
    signal = judged(650.0, state="lost", age_s=4.2)
    assert (signal.rate.value, signal.rate.words, signal.rate.tone) == ("0 Hz", "none for 4 s", "danger")
    assert signal.found.value == "0 %"
    assert signal.latency.value == signal.distance.value == "–"
    assert judged(650.0, state="waiting").rate.words == "no sample yet"
    assert judge(None, GazeChunk.empty(), None) == Signal()
