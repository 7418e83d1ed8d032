"""The optional correction: what it can, what it must not do, and what it says of itself."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gazeannotator.errors import BadInput
from gazeannotator.gaze.correction import Correction, Corrections, fit_correction
from gazeannotator.geometry import Screen, angle_deg
from gazeannotator.samples import GazeChunk

SCREEN = Screen(1920, 1080, 527, 296, 650)
GRID = np.array([(x, y) for x in (0.2, 0.5, 0.8) for y in (0.2, 0.5, 0.8)])
DIAMOND = np.array([(0.2, 0.5), (0.5, 0.2), (0.8, 0.5), (0.5, 0.8)])

coefficients = arrays(np.float64, (2, 6), elements=st.floats(-0.03, 0.03))


def bent(xy: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Where gaze must be found for a polynomial of the second order to correct it exactly."""
    gaze = xy.copy()
    for _ in range(60):
        u, v = (2 * gaze - 1).T
        gaze = xy - np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1) @ by.T
    return gaze


@given(coefficients)
def test_an_error_of_the_second_order_is_corrected_exactly(by: np.ndarray) -> None:
    correction = fit_correction(bent(GRID, by), GRID, SCREEN)
    assert correction.order == 2
    np.testing.assert_allclose(correction.coefficients, by, atol=1e-9)
    assert max(correction.residual_deg) < 1e-6
    assert max(correction.left_out_deg) < 1e-6
    inner = np.array([[0.35, 0.6], [0.5, 0.41]])
    np.testing.assert_allclose(correction.apply(bent(inner, by)), inner, atol=1e-7)


def test_four_points_carry_the_first_order_only() -> None:
    gaze = DIAMOND * 1.02 + [0.01, -0.03]
    correction = fit_correction(gaze, DIAMOND, SCREEN)
    assert correction.order == 1
    assert np.shape(correction.coefficients) == (2, 3)
    np.testing.assert_allclose(correction.apply(gaze), DIAMOND, atol=1e-12)
    assert max(correction.left_out_deg) < 1e-6


def test_noise_shows_in_the_points_left_out_and_not_in_the_residuals() -> None:
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.02, GRID.shape)
    correction = fit_correction(GRID + noise, GRID, SCREEN)
    assert np.mean(correction.residual_deg) < 0.7 * np.mean(correction.before_deg)
    assert np.mean(correction.left_out_deg) > 1.2 * np.mean(correction.residual_deg)


def test_points_left_out_are_predicted_by_a_fit_that_does_not_know_them() -> None:
    random = np.random.default_rng(1)
    gaze = GRID + random.normal(0, 0.02, GRID.shape)
    correction = fit_correction(gaze, GRID, SCREEN)
    for point in range(len(GRID)):
        others = np.arange(len(GRID)) != point
        without = fit_correction(gaze[others], GRID[others], SCREEN)
        u, v = 2 * gaze[point] - 1
        predicted = gaze[point] + np.array(without.coefficients) @ [1, u, v, u * u, u * v, v * v]
        angle = angle_deg(predicted * SCREEN.size_px, GRID[point] * SCREEN.size_px, SCREEN)
        assert correction.left_out_deg[point] == pytest.approx(float(angle), abs=1e-9)


def test_six_points_fit_any_error_and_say_so() -> None:
    random = np.random.default_rng(2)
    six = np.array([(0.2, 0.2), (0.8, 0.2), (0.5, 0.5), (0.2, 0.8), (0.8, 0.8), (0.5, 0.2)])
    correction = fit_correction(six + random.normal(0, 0.03, six.shape), six, SCREEN)
    if correction.order == 2:
        assert max(correction.residual_deg) < 1e-6
    assert np.nanmean(correction.left_out_deg) > 0.5


def test_three_points_leave_nothing_to_judge_by() -> None:
    three = np.array([(0.2, 0.2), (0.8, 0.3), (0.5, 0.8)])
    correction = fit_correction(three + 0.01, three, SCREEN)
    assert correction.order == 1
    assert all(math.isnan(each) for each in correction.left_out_deg)
    assert json.loads(json.dumps(correction.as_data(), allow_nan=False))["left_out_deg"] == [None] * 3


@pytest.mark.parametrize(
    "points",
    [
        np.empty((0, 2)),
        GRID[:2],
        np.array([(0.2, 0.2), (0.5, 0.5), (0.8, 0.8), (0.9, 0.9)]),
        0.5 + (GRID - 0.5) * 0.05,
    ],
    ids=["none", "two", "in a line", "close together"],
)
def test_points_that_determine_nothing_are_refused_in_words(points: np.ndarray) -> None:
    with pytest.raises(BadInput, match=rf"by {len(points)} points.*not in one line"):
        fit_correction(points, points, SCREEN)


def test_points_in_a_third_of_the_screen_carry_the_first_order_only() -> None:
    small = 0.5 + (GRID - 0.5) * 0.4
    assert fit_correction(small + 0.01, small, SCREEN).order == 1


@given(coefficients, st.floats(-3, 4), st.floats(-3, 4))
def test_beyond_the_points_the_correction_is_that_of_the_nearest_one(
    by: np.ndarray, x: float, y: float
) -> None:
    correction = fit_correction(bent(GRID, by), GRID, SCREEN)
    point = np.array([x, y])
    added = correction.apply(point) - point
    hull = np.array(correction.hull)
    way = np.linspace(0, 1, 2001)[:, None]
    edges = np.concatenate([a + way * (b - a) for a, b in zip(hull, np.roll(hull, -1, 0), strict=True)])
    nearest = edges[np.argmin(np.hypot(*(edges - point).T))]
    if not _inside(point, hull):
        np.testing.assert_allclose(added, correction.apply(nearest) - nearest, atol=1e-3)
    # Never more than anywhere on the points' own area.
    everywhere = np.stack(np.meshgrid(np.linspace(0, 1, 41), np.linspace(0, 1, 41)), axis=-1).reshape(-1, 2)
    assert np.hypot(*added) <= np.hypot(*(correction.apply(everywhere) - everywhere).T).max() + 1e-3


def _inside(point: np.ndarray, hull: np.ndarray) -> bool:
    edge, to = np.roll(hull, -1, 0) - hull, point - hull
    return bool(np.all(edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0] >= 0))


def test_the_hull_holds_the_outermost_points_in_their_order() -> None:
    correction = fit_correction(GRID, GRID, SCREEN)
    assert correction.hull == ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))


def test_lost_gaze_stays_lost_and_shapes_stay_as_they_are() -> None:
    correction = fit_correction(GRID + 0.01, GRID, SCREEN)
    xy = np.full((2, 3, 2), 0.5)
    xy[0, 1] = math.nan
    fixed = correction.apply(xy)
    assert fixed.shape == (2, 3, 2)
    assert np.isnan(fixed[0, 1]).all()
    np.testing.assert_allclose(fixed[1], 0.49, atol=1e-9)
    assert correction.apply(np.empty((0, 2))).shape == (0, 2)


def test_corrections_are_kept_as_data_and_correct_each_eye_by_its_own() -> None:
    left, right = (fit_correction(GRID + by, GRID, SCREEN) for by in (0.01, -0.02))
    both = Corrections(left, right)
    data = json.loads(json.dumps(both.as_data(), allow_nan=False))
    assert Corrections.from_data(data) == both
    assert Correction.from_data(left.as_data()) == left
    n = 4
    half, nan = np.full((n, 2), 0.5), np.full(n, math.nan)
    chunk = GazeChunk(np.arange(n) / 60, half, half, half, nan, nan, np.full((n, 2, 3), math.nan))
    fixed = both.apply(chunk)
    np.testing.assert_allclose(fixed.left, 0.49, atol=1e-9)
    np.testing.assert_allclose(fixed.right, 0.52, atol=1e-9)
    np.testing.assert_array_equal(fixed.pupil_mm, chunk.pupil_mm)
    np.testing.assert_array_equal(chunk.left, half)
