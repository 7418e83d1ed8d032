from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gazeannotator.samples import GazeChunk
from gazeannotator.ui.operator.trail import MOST_POINTS, SHOWN_S, Trail, runs

Chunk = Callable[..., GazeChunk]


def moving(make_chunk: Chunk, first: int, count: int, rate_hz: float) -> GazeChunk:
    """Samples number first, first + 1, …; the number is in x."""
    numbers = np.arange(first, first + count, dtype=float)
    xy = np.column_stack([numbers, numbers])
    return make_chunk(xy, xy + 0.5, numbers / rate_hz)


@pytest.mark.parametrize("rate_hz", [60.0, 250.0, 1200.0])
def test_a_trail_is_as_long_as_it_should_be_and_has_few_points(make_chunk: Chunk, rate_hz: float) -> None:
    trail, at_once = Trail(), round(rate_hz / 50)
    for first in range(0, round(2 * rate_hz), at_once):
        chunk = moving(make_chunk, first, at_once, rate_hz)
        assert trail.take(chunk, float(chunk.time_s[-1]), float(chunk.time_s[-1]))
    left, right = trail.points()
    newest = trail.chunk.left[-1, 0]
    assert MOST_POINTS / 2 * min(1, rate_hz * SHOWN_S / MOST_POINTS) <= len(left) <= MOST_POINTS + 1
    assert newest - left[0, 0] == pytest.approx(SHOWN_S * rate_hz, abs=trail.step + 1)
    np.testing.assert_array_equal(right, left + 0.5)


def test_the_same_samples_are_drawn_at_every_frame(make_chunk: Chunk) -> None:
    trail, drawn = Trail(), []
    for first in range(0, 2400, 7):
        chunk = moving(make_chunk, first, 7, 1200.0)
        trail.take(chunk, float(chunk.time_s[-1]), float(chunk.time_s[-1]))
        drawn.append(trail.points()[0][:, 0])
    assert trail.step == 8
    for numbers in drawn[200:]:
        assert (numbers % 8 == 0).all()


def test_present_gaze_is_the_mean_of_what_is_found_of_each_eye(make_chunk: Chunk) -> None:
    time_s = np.arange(100) / 1000
    left = np.full((100, 2), 0.25)
    left[-50:, 0] = np.linspace(0.2, 0.4, 50)
    left[-30:-10] = np.nan
    trail = Trail()
    trail.take(make_chunk(left, np.full((100, 2), np.nan), time_s), 0.1, 0.1)
    now, other = trail.present()
    np.testing.assert_allclose(now, np.nanmean(left[-50:], axis=0))
    assert np.isnan(other).all()


def test_a_trail_goes_when_no_samples_come(make_chunk: Chunk) -> None:
    trail = Trail()
    trail.take(moving(make_chunk, 0, 20, 250.0), 5.0, 5.0)
    nothing = GazeChunk.empty()
    assert not trail.take(nothing, 5.0, 5.1)
    assert len(trail.points()[0]) == 20
    assert trail.take(nothing, 5.0, 5.0 + SHOWN_S + 0.01)
    assert len(trail.points()[0]) == 0
    assert np.isnan(trail.present()[0]).all()
    assert not trail.take(nothing, 5.0, 9.0)


def test_stamps_that_jump_back_begin_a_new_trail(make_chunk: Chunk) -> None:
    trail = Trail()
    trail.take(moving(make_chunk, 100_000, 50, 250.0), 1.0, 1.0)
    trail.take(moving(make_chunk, 0, 30, 250.0), 1.1, 1.1)
    np.testing.assert_array_equal(trail.chunk.left[:, 0], np.arange(30))


def test_trails_are_broken_where_samples_are_lost() -> None:
    xy = np.arange(20, dtype=float).reshape(10, 2)
    xy[[0, 4, 5, 9]] = np.nan
    parts = runs(xy)
    assert [part[:, 0].tolist() for part in parts] == [[2.0, 4.0, 6.0], [12.0, 14.0, 16.0]]
    assert runs(np.full((3, 2), np.nan)) == []
    assert runs(np.empty((0, 2))) == []
    assert len(runs(np.zeros((3, 2)))) == 1
