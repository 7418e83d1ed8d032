import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from gazeannotator.gaze.speed import noise_deg, speed_deg_s, speed_noise_deg_s
from gazeannotator.geometry import Screen, angle_deg, screen_px_to_mm

SCREEN = Screen(1920, 1080, 527, 296, 650)


def at_10_deg_s(rate):
    """Gaze that turns by 10 degrees per second along the horizontal, wherever on the screen."""
    angle = np.radians(-5 + 10 * np.arange(0, 1, 1 / rate))
    x_px = 960 + 650 * np.tan(angle) * 1920 / 527
    return np.column_stack([x_px, np.full(len(x_px), 540.0)])


@pytest.mark.parametrize("rate", [60, 250, 1000])
@pytest.mark.parametrize("window", [3, 7])
def test_speed_is_the_exact_angle_per_second(rate, window):
    np.testing.assert_allclose(speed_deg_s(at_10_deg_s(rate), 1 / rate, window, SCREEN), 10, rtol=0.01)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([3, 5, 9, 15]))
def test_the_derivative_is_that_of_scipys_filter_in_every_run_of_samples(seed, window):
    random = np.random.default_rng(seed)
    xy = np.cumsum(random.normal(0, 3, (120, 2)), axis=0) + 900
    for start in random.integers(0, 120, 4):
        xy[start : start + random.integers(1, 20)] = np.nan
    found = speed_deg_s(xy, 0.002, window, SCREEN)
    assert np.isnan(found[np.isnan(xy[:, 0])]).all()
    edges = np.flatnonzero(np.diff(np.concatenate([[True], np.isnan(xy[:, 0]), [True]]).astype(int)))
    for start, stop in edges.reshape(-1, 2):
        if stop - start < 3:
            assert np.isnan(found[start:stop]).all()
            continue
        length = min(window, stop - start - (1 - (stop - start) % 2))
        mm = screen_px_to_mm(xy[start:stop], SCREEN)
        v = savgol_filter(mm, length, 2, deriv=1, axis=0) / 0.002
        p = np.column_stack([mm, np.full(len(mm), SCREEN.distance_mm)])
        turning = np.linalg.norm(np.cross(p, np.column_stack([v, np.zeros(len(v))])), axis=1)
        expected = np.degrees(turning / np.sum(p**2, axis=1))
        np.testing.assert_allclose(found[start:stop], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("sigma_deg", [0.02, 0.3, 1.0])
def test_noise_is_found_beside_saccades_and_losses(sigma_deg):
    random = np.random.default_rng(1)
    xy = np.repeat(random.uniform(300, 800, (20, 2)), 100, axis=0)
    xy += random.normal(0, sigma_deg * SCREEN.px_per_deg, xy.shape)
    xy[random.random(len(xy)) < 0.05] = np.nan
    assert noise_deg(xy, SCREEN) == pytest.approx(sigma_deg, rel=0.1)
    assert noise_deg(xy[:2], SCREEN) == 0


@pytest.mark.parametrize("found", [1.0, 0.5, 0.02])
def test_noise_of_a_long_recording_is_found_wherever_its_samples_are(found):
    random = np.random.default_rng(2)
    xy = np.full((1_000_000, 2), 500.0) + random.normal(0, 0.1 * SCREEN.px_per_deg, (1_000_000, 2))
    xy[: int((1 - found) * len(xy))] = np.nan
    assert noise_deg(xy, SCREEN) == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("window", [3, 7, 15])
def test_the_speed_of_noise_is_as_predicted(window):
    random = np.random.default_rng(2)
    xy = np.array([960.0, 540.0]) + random.normal(0, 0.2 * SCREEN.px_per_deg, (40_000, 2))
    speed = speed_deg_s(xy, 1 / 250, window, SCREEN)
    # Two axes of equal noise: the mean square is twice the variance of one.
    assert np.sqrt(np.mean(speed**2) / 2) == pytest.approx(speed_noise_deg_s(0.2, 1 / 250, window), rel=0.03)
    assert angle_deg(xy[0], xy[0], SCREEN) == 0
