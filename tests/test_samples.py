import dataclasses

import numpy as np
import pytest

from gazeannotator.samples import GazeChunk, both_eyes, plausible_mm


def some(n, start_s=0.0):
    random = np.random.default_rng(n)
    return GazeChunk(
        start_s + np.arange(n, dtype=float),
        random.random((n, 2)),
        random.random((n, 2)),
        random.random((n, 2)),
        np.full(n, 650.0),
        np.arange(n, dtype=float),
        random.random((n, 2, 3)),
    )


def test_a_chunk_refuses_arrays_of_other_shape_or_type():
    with pytest.raises(ValueError, match="left: float64 of shape"):
        GazeChunk(*(np.zeros((3, *shape)) for shape in ((), (1,), (2,), (2,), (), (), (2, 3))))
    chunk = some(3)
    with pytest.raises(ValueError, match="time_s"):
        dataclasses.replace(chunk, time_s=chunk.time_s.astype(np.float32))


def test_joined_chunks_keep_every_sample_in_order():
    joined = GazeChunk.joined([some(3), GazeChunk.empty(), some(2, 10.0)])
    assert joined.time_s.tolist() == [0, 1, 2, 10, 11]
    np.testing.assert_array_equal(joined.left[3:], some(2).left)
    assert len(GazeChunk.joined([])) == 0


def test_rows_are_taken_from_every_array():
    chunk = some(5)
    for rows in (slice(1, 3), np.array([False, True, True, False, False])):
        part = chunk[rows]
        assert len(part) == 2
        np.testing.assert_array_equal(part.pupil_mm, chunk.pupil_mm[1:3])
        np.testing.assert_array_equal(part.sequence, [1, 2])


def test_a_sample_is_lost_only_when_both_eyes_are():
    chunk = some(4)
    chunk.left[[1, 3]] = np.nan
    chunk.right[[2, 3], 0] = np.nan
    assert chunk.lost.tolist() == [False, False, False, True]


def test_both_eyes_takes_the_mean_else_the_eye_that_is_there():
    left = np.array([[0.2, 0.4], [np.nan, np.nan], [0.1, 0.1], [np.nan, 0.3]])
    right = np.array([[0.4, 0.6], [0.5, 0.7], [np.nan, 0.9], [np.nan, np.nan]])
    expected = [[0.3, 0.5], [0.5, 0.7], [0.1, 0.1], [np.nan, np.nan]]
    np.testing.assert_allclose(both_eyes(left, right), expected)


def test_a_distance_that_no_eye_has_is_not_told():
    told = np.array(
        [[-650.0, 0.0, 65.0, 199.9], [200.0, 650.0, 2000.0, 2000.1], [np.nan, np.inf, -np.inf, 1e6]]
    )
    expected = np.full((3, 4), np.nan)
    expected[1, :3] = [200, 650, 2000]
    np.testing.assert_array_equal(plausible_mm(told), expected)
    np.testing.assert_array_equal(plausible_mm(np.array(65.0)), np.nan)
