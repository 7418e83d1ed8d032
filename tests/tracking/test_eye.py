"""The simulated eye behaves like the eyes that were measured."""

from __future__ import annotations

import numpy as np
import pytest

from gazeannotator.gaze.fixations import find_fixations
from gazeannotator.geometry import Screen, normalised_to_screen_px, offset_deg
from gazeannotator.samples import GazeChunk, both_eyes
from gazeannotator.tracking.eye import Region, SimulatedEye

SCREEN = Screen(1920, 1080, 527, 296, 650)
IMAGE = Region(centre=(0.5, 0.5), size=(0.56, 1.0))
LESION = Region(centre=(0.5, 0.5), size=(0.56, 1.0), lesion=(0.6, 0.4, 0.08, 0.14))
READING_S = 9.3


def looked(eye: SimulatedEye, start_s: float, stop_s: float, rate_hz: float = 250.0) -> GazeChunk:
    return eye.sample(np.arange(round(start_s * rate_hz), round(stop_s * rate_hz)) / rate_hz)


def readings(region: Region, n: int = 40) -> list[tuple[SimulatedEye, GazeChunk]]:
    made = []
    for seed in range(n):
        eye = SimulatedEye(0.0, seed=seed)
        eye.look_at(region, 0.0)
        made.append((eye, looked(eye, 0.0, READING_S)))
    return made


def test_fixations_are_as_measured_on_polyps() -> None:
    eye = SimulatedEye(0.0, seed=3)
    eye.look_at(LESION, 0.0)
    looked(eye, 0.0, 900.0)
    durations = np.array([fixation.duration_s for fixation in eye.fixations])
    assert np.median(durations) == pytest.approx(0.305, rel=0.05)
    assert np.quantile(durations, 0.9) == pytest.approx(0.517, rel=0.05)
    counts = [len(eye.fixations) for eye, _ in readings(LESION)]
    assert np.mean(counts) == pytest.approx(25, abs=1.5)


@pytest.mark.parametrize("region", [IMAGE, LESION], ids=["whole image", "lesion"])
def test_the_detector_finds_the_same_in_the_noisy_samples(region: Region) -> None:
    counts, durations = [], []
    for _, chunk in readings(region, 20):
        xy_px = normalised_to_screen_px(both_eyes(chunk.left, chunk.right), SCREEN.size_px)
        # The eye that is simulated does not ring, so nothing is to be taken off for that.
        found = find_fixations(chunk.time_s, xy_px, SCREEN, method="ivt")
        counts.append(len(found))
        durations += found.duration_s.tolist()
    assert np.mean(counts) == pytest.approx(25, abs=3)
    assert np.median(durations) == pytest.approx(0.305, rel=0.1)


def test_the_lesion_draws_most_of_the_gaze_and_nothing_leaves_the_image() -> None:
    inside, total = 0, 0
    for eye, _ in readings(LESION, 20):
        # The first one was in the middle of the screen before the eye could turn.
        xy = np.array([fixation.xy for fixation in eye.fixations[1:]])
        offset = (xy - [0.6, 0.4]) / [0.08, 0.14]
        inside += int(np.sum(np.hypot(*offset.T) <= 1))
        total += len(xy)
        assert np.all(np.abs(xy - 0.5) <= np.array([0.28, 0.5]))
    assert inside / total > 0.65


def test_without_an_image_it_rests_in_the_middle() -> None:
    eye = SimulatedEye(0.0, seed=1, loss=0)
    chunk = looked(eye, 0.0, 10.0)
    assert np.nanmax(np.abs(chunk.left - 0.5)) < 0.1


def test_it_turns_to_an_image_after_a_latency() -> None:
    eye = SimulatedEye(0.0, seed=1, noise_deg=0, loss=0)
    looked(eye, 0.0, 2.0)
    eye.look_at(Region(centre=(0.2, 0.2), size=(0.2, 0.2)), 2.0)
    chunk = looked(eye, 2.0, 3.5)
    far = np.hypot(*(chunk.left - 0.2).T) > 0.15
    assert far[chunk.time_s < 2.08].all(), "nobody reacts in less"
    assert not far[chunk.time_s > 2.8].any()


def test_blinks_lose_both_eyes_for_a_while() -> None:
    eye = SimulatedEye(0.0, seed=2, loss=0)
    chunk = looked(eye, 0.0, 300.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chunk.lost.astype(int), [0]])))
    lengths_s = (edges[1::2] - edges[::2]) / 250
    assert 20 < len(lengths_s) < 60, "about eight a minute"
    assert lengths_s.min() >= 0.07
    assert lengths_s.max() < 0.4
    assert np.isnan(chunk.pupil_mm[chunk.lost]).all()


def test_noise_and_loss_are_as_asked() -> None:
    eye = SimulatedEye(0.0, seed=2, noise_deg=0.5, loss=0.2)
    chunk = looked(eye, 0.0, 60.0)
    degrees = (chunk.left - chunk.right) * [46.4, 26.1] / np.sqrt(2)
    assert np.nanstd(degrees, axis=0) == pytest.approx([0.5, 0.5], rel=0.05)
    assert chunk.lost.mean() == pytest.approx(0.2 + 0.02, abs=0.02)
    assert 2 < np.nanmin(chunk.pupil_mm) < np.nanmax(chunk.pupil_mm) < 5


def test_equal_seeds_give_equal_eyes_however_they_are_asked() -> None:
    one, other, third = (looked(SimulatedEye(0.0, seed=seed, loss=0), 0.0, 2.0) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.left, other.left)
    assert not np.array_equal(one.left, third.left)
    pieces = SimulatedEye(0.0, seed=5, noise_deg=0, loss=0)
    whole = SimulatedEye(0.0, seed=5, noise_deg=0, loss=0)
    joined = GazeChunk.joined([looked(pieces, 0.0, 1.0), looked(pieces, 1.0, 2.0)])
    np.testing.assert_array_equal(joined.sequence, np.arange(500))
    assert len(looked(whole, 0.0, 2.0)) == len(joined)


@pytest.mark.parametrize("distance_mm", [450.0, 900.0])
@pytest.mark.parametrize("target", [(0.5, 0.5), (0.1, 0.9)])
def test_the_systematic_error_and_the_noise_are_exact_angles(
    target: tuple[float, float], distance_mm: float
) -> None:
    screen = Screen(3840, 2160, 697, 392, distance_mm)
    eye = SimulatedEye(
        0.0, noise_deg=0.8, loss=0, offset_deg=(1.5, -2.0), display_mm=screen.size_mm, distance_mm=distance_mm
    )
    eye.fixate(target, 0.0)
    looked(eye, 0.0, 1.0)
    chunk = looked(eye, 1.0, 41.0)
    target_px = normalised_to_screen_px(np.array(target), screen.size_px)
    for xy in (chunk.left, chunk.right):
        by_deg = offset_deg(normalised_to_screen_px(xy, screen.size_px), target_px, screen)
        np.testing.assert_allclose(by_deg.mean(axis=0), [1.5, -2.0], atol=0.04)
        np.testing.assert_allclose(by_deg.std(axis=0), 0.8, rtol=0.03)
    assert np.nanmedian(chunk.distance_mm) == distance_mm
    assert np.nanmedian(chunk.origin_mm[:, :, 2]) == pytest.approx(distance_mm, abs=0.1)


def test_it_rests_on_a_target_without_a_blink_until_told_otherwise() -> None:
    eye = SimulatedEye(0.0, seed=4, noise_deg=0, loss=0)
    looked(eye, 0.0, 2.0)
    eye.fixate((0.2, 0.8), 2.0)
    way = looked(eye, 2.0, 2.6)
    away = np.hypot(*(way.left - [0.2, 0.8]).T) > 0.05
    assert away[way.time_s < 2.08].all(), "nobody reacts in less"
    assert not away[way.time_s > 2.5].any()
    rest = looked(eye, 2.6, 120.0)
    np.testing.assert_allclose(rest.left, np.tile([0.2, 0.8], (len(rest), 1)))
    eye.fixate((0.7, 0.3), 120.0)
    looked(eye, 120.0, 121.0)
    np.testing.assert_allclose(looked(eye, 121.0, 122.0).right[:, 0], 0.7)
    eye.fixate(None, 122.0)
    looked(eye, 122.0, 123.0)
    middle = looked(eye, 123.0, 180.0)
    assert np.nanmax(np.abs(middle.left - 0.5)) < 0.1
    assert middle.lost.any(), "it blinks again"
