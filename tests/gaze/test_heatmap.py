import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.gaze.heatmap import gaze_heatmap, mean_distribution, scaled_to_one


def direct(xy_px, weights, shape, sigma_px):
    """The definition, term by term, in double precision."""
    heat = [[0.0] * shape[1] for _ in range(shape[0])]
    for row in range(shape[0]):
        for col in range(shape[1]):
            for (x, y), d in zip(xy_px, weights, strict=True):
                far = (col + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2
                heat[row][col] += d * math.exp(-far / (2 * sigma_px**2))
    return np.array(heat)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 24), st.integers(1, 24), st.floats(0.2, 40))
def test_it_is_the_direct_double_loop(seed, fixations, rows, columns, sigma):
    random = np.random.default_rng(seed)
    xy = random.uniform(-5, 30, (fixations, 2))
    weights = random.uniform(0.06, 2, fixations)
    heat = gaze_heatmap(xy, weights, (rows, columns), sigma)
    assert np.abs(heat - direct(xy, weights, (rows, columns), sigma)).max() <= 1e-5
    assert heat.dtype == np.float64


def test_nothing_is_cut_off_far_from_a_fixation():
    heat = gaze_heatmap(np.array([[0.5, 0.5]]), np.array([1.0]), (1, 200), 10.0)
    assert heat[0, 199] == pytest.approx(math.exp(-0.5 * 19.9**2), rel=1e-9)


def test_the_peak_lies_at_the_fixation():
    heat = gaze_heatmap(np.array([[30.2, 11.9]]), np.array([0.3]), (40, 60), 5.0)
    row, col = np.unravel_index(np.argmax(heat), heat.shape)
    assert abs(col + 0.5 - 30.2) <= 0.5
    assert abs(row + 0.5 - 11.9) <= 0.5


def test_no_fixation_gives_zeros_and_a_bad_sigma_is_refused():
    assert not gaze_heatmap(np.empty((0, 2)), np.empty(0), (4, 5), 2.0).any()
    for sigma in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="sigma"):
            gaze_heatmap(np.zeros((1, 2)), np.ones(1), (4, 5), sigma)


def test_every_reading_counts_alike_in_the_mean_however_long_it_took():
    left, right = np.array([[3.0, 1.0]]), np.array([[0.0, 10.0]])
    np.testing.assert_allclose(mean_distribution([left, right]), [[0.375, 0.625]])
    np.testing.assert_allclose(mean_distribution([left, np.zeros((1, 2))]), [[0.75, 0.25]])


def test_scaling_makes_the_maximum_one_and_leaves_zeros_alone():
    assert scaled_to_one(np.array([[0.5, 0.25]])).tolist() == [[1.0, 0.5]]
    assert scaled_to_one(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_a_large_map_takes_no_loop_over_pixels():
    random = np.random.default_rng(0)
    xy, weights = random.uniform(0, 1000, (40, 2)), np.ones(40)
    started = time.perf_counter()
    gaze_heatmap(xy, weights, (1080, 1350), 40.0)
    # A loop over pixels and fixations in Python takes half a minute.
    assert time.perf_counter() - started < 3


POINTS = st.lists(st.tuples(st.floats(0, 40), st.floats(0, 30), st.floats(0.05, 2)), min_size=1, max_size=8)


def heat_of(points, shape=(30, 40), sigma=3.0, shift=(0, 0)):
    points = np.array(points, float).reshape(-1, 3)
    return gaze_heatmap(points[:, :2] + shift, points[:, 2], shape, sigma)


@settings(max_examples=40, deadline=None)
@given(POINTS, POINTS, st.floats(0.1, 10))
def test_it_is_linear_in_the_weights_and_in_the_fixations(some, others, factor):
    np.testing.assert_allclose(heat_of(some + others), heat_of(some) + heat_of(others), rtol=1e-9, atol=1e-12)
    heavier = [(x, y, weight * factor) for x, y, weight in some]
    np.testing.assert_allclose(heat_of(heavier), factor * heat_of(some), rtol=1e-9, atol=1e-12)
    # Two fixations on one place are one of both durations.
    np.testing.assert_allclose(heat_of(some + some), 2 * heat_of(some), rtol=1e-9, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(POINTS, st.integers(-7, 7), st.integers(-7, 7))
def test_it_moves_with_the_fixations(points, columns, rows):
    wide = heat_of(points, (44, 54), shift=(7, 7))
    moved = heat_of(points, (44, 54), shift=(7 + columns, 7 + rows))
    np.testing.assert_allclose(
        moved[7 + rows : 37 + rows, 7 + columns : 47 + columns], wide[7:37, 7:47], rtol=1e-9, atol=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(POINTS, st.floats(1.5, 4))
def test_its_mass_is_the_weights_times_that_of_a_gaussian(points, sigma):
    # Far enough from the edges nothing is cut off; above 1 px a sum over pixel centres is the integral.
    heat = heat_of(points, (110, 120), sigma, shift=(40, 40))
    weights = sum(weight for _, _, weight in points)
    assert heat.sum() == pytest.approx(weights * 2 * math.pi * sigma**2, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=4))
def test_the_mean_of_distributions_is_one_and_does_not_depend_on_order(readings):
    maps = [heat_of(each) for each in readings]
    mean = mean_distribution(maps)
    assert mean.sum() == pytest.approx(1)
    np.testing.assert_allclose(mean_distribution(maps[::-1]), mean, rtol=1e-9, atol=1e-15)
    scaled = scaled_to_one(mean)
    assert scaled.max() == 1
    assert scaled.min() >= 0
