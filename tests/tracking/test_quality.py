"""Measures of gaze against hand calculation and against ETDQualitizer, and what is made of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.geometry import Screen, displaced_px, screen_px_to_mm, screen_px_to_normalised
from gazeannotator.samples import GazeChunk
from gazeannotator.study.journal import canonical_json
from gazeannotator.tracking.measures import drift, measure
from gazeannotator.tracking.quality import (
    EyeQuality,
    Limits,
    PointQuality,
    ValidationResult,
    verdict,
)

SCREEN = Screen(1920, 1080, 527, 296, 650)
CENTRE = (960.0, 540.0)
CORNER = (200.0, 1000.0)


def gaze(
    left_deg: Any,
    right_deg: Any = None,
    *,
    target_px: tuple[float, float] = CENTRE,
    rate_hz: float = 100.0,
    start_s: float = 10.0,
    distance_mm: float = math.nan,
    screen: Screen = SCREEN,
) -> GazeChunk:
    """Samples of eyes that are so far (right, down) from a target; by default both alike."""
    left_deg = np.asarray(left_deg, float)
    n = len(left_deg)
    left, right = (
        screen_px_to_normalised(
            displaced_px(np.array(target_px), np.asarray(by, float), screen), screen.size_px
        )
        for by in (left_deg, left_deg if right_deg is None else right_deg)
    )
    nan = np.full(n, np.nan)
    return GazeChunk(
        time_s=start_s + np.arange(n) / rate_hz,
        left=left,
        right=right,
        pupil_mm=np.full((n, 2), np.nan),
        distance_mm=np.full(n, float(distance_mm)),
        sequence=nan,
        origin_mm=np.full((n, 2, 3), np.nan),
    )


def constant(x_deg: float, y_deg: float, n: int = 100) -> np.ndarray:
    return np.tile([x_deg, y_deg], (n, 1))


@pytest.mark.parametrize("target_px", [CENTRE, CORNER])
def test_a_constant_error_is_all_accuracy_and_no_imprecision(target_px: tuple[float, float]) -> None:
    point = measure(gaze(constant(0.6, -0.8), target_px=target_px), target_px, 10.0, 11.0, SCREEN)
    for eye in (point.left, point.right, point.both):
        assert eye.accuracy_deg == pytest.approx(1.0, abs=1e-9)
        assert eye.offset_deg == pytest.approx((0.6, -0.8), abs=1e-9)
        assert eye.precision_rms_deg == pytest.approx(0, abs=1e-9)
        assert eye.precision_std_deg == pytest.approx(0, abs=1e-9)
        assert eye.bcea_deg2 == pytest.approx(0, abs=1e-9)
        assert (eye.data_loss, eye.samples) == (0, 100)
    gaze_px = displaced_px(np.array(target_px), np.array([0.6, -0.8]), SCREEN)
    assert point.both.gaze_px == pytest.approx(tuple(gaze_px))
    assert (point.start_s, point.stop_s, point.distance_mm, point.unstable) == (10.0, 11.0, 650, False)


def test_opposite_errors_of_the_eyes_cancel_in_the_combined_gaze_only() -> None:
    point = measure(gaze(constant(1, 0), constant(-1, 0)), CENTRE, 10.0, 11.0, SCREEN)
    assert point.left.offset_deg == pytest.approx((1, 0))
    assert point.right.offset_deg == pytest.approx((-1, 0))
    assert point.both.accuracy_deg == pytest.approx(0, abs=1e-9)


def test_rms_is_of_the_steps_and_std_of_the_places() -> None:
    to_and_fro = measure(gaze([[0.5, 0], [-0.5, 0]] * 50), CENTRE, 10.0, 11.0, SCREEN).both
    assert to_and_fro.precision_rms_deg == pytest.approx(1.0, abs=1e-9)
    assert to_and_fro.precision_std_deg == pytest.approx(0.5, abs=1e-9)
    half_and_half = measure(gaze([[0.5, 0]] * 50 + [[-0.5, 0]] * 50), CENTRE, 10.0, 11.0, SCREEN).both
    assert half_and_half.precision_rms_deg == pytest.approx(math.sqrt(1 / 99), abs=1e-9)
    assert half_and_half.precision_std_deg == pytest.approx(0.5, abs=1e-9)
    slanted = measure(gaze([[0.3, 0.4], [-0.3, -0.4]] * 50), CENTRE, 10.0, 11.0, SCREEN).both
    assert slanted.precision_std_deg == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("sent", [True, False], ids=["marked", "never sent"])
def test_no_step_goes_across_a_lost_sample(sent: bool) -> None:
    # Still, lost, still one degree further: nothing moved between two samples that succeed each other.
    chunk = gaze([[0.0, 0]] * 40 + [[math.nan, math.nan]] * 20 + [[1.0, 0]] * 40)
    if not sent:
        chunk = chunk[~chunk.lost]
    eye = measure(chunk, CENTRE, 10.0, 11.0, SCREEN).both
    assert eye.precision_rms_deg == pytest.approx(0, abs=1e-9)
    assert eye.data_loss == pytest.approx(0.2)
    assert eye.samples == 80


@given(st.integers(0, 2**32), st.sampled_from([60.0, 250.0, 1200.0]), st.floats(0, 0.4))
@settings(deadline=None)
def test_samples_that_never_came_are_lost_also_at_the_ends_of_the_window(
    seed: int, rate_hz: float, loss: float
) -> None:
    random = np.random.default_rng(seed)
    chunk = gaze(constant(0, 0, round(3 * rate_hz)), rate_hz=rate_hz)
    comes = random.random(len(chunk)) >= loss
    start_s = 10.7 + float(random.uniform(0, 1 / rate_hz))
    inside = (chunk.time_s >= start_s) & (chunk.time_s < start_s + 0.8)
    measured = measure(chunk[comes], CENTRE, start_s, start_s + 0.8, SCREEN)
    assert measured.both.data_loss == pytest.approx(1 - np.mean(comes[inside]), abs=1e-9)


def test_where_nothing_was_sent_around_the_window_its_ends_count() -> None:
    middle = gaze(constant(0, 0, 50), start_s=10.25)
    assert measure(middle, CENTRE, 10.0, 11.0, SCREEN).both.data_loss == pytest.approx(0.5, abs=0.011)


def test_without_any_sample_all_is_lost_and_nothing_known() -> None:
    for chunk in (GazeChunk.empty(), gaze(constant(0, 0), start_s=20.0), gaze(constant(math.nan, math.nan))):
        point = measure(chunk, CENTRE, 10.0, 11.0, SCREEN)
        assert not point.is_valid
        assert point.both.data_loss == 1
        assert math.isnan(point.both.accuracy_deg)
        assert math.isnan(point.both.precision_rms_deg)


def test_of_one_sample_the_place_is_known_and_the_loss_is_not() -> None:
    point = measure(gaze(constant(1, 0, 1)), CENTRE, 10.0, 11.0, SCREEN)
    assert point.both.accuracy_deg == pytest.approx(1)
    assert math.isnan(point.both.precision_rms_deg)
    assert math.isnan(point.both.precision_std_deg)
    assert math.isnan(point.both.data_loss)
    assert not point.is_valid


def test_the_window_begins_with_its_start_and_ends_before_its_stop() -> None:
    measured = measure(gaze(constant(0, 0, 300)), CENTRE, 11.0, 12.0, SCREEN, rate_hz=100)
    assert measured.both.samples == 100


def test_doubled_and_disordered_stamps_count_once_and_in_order() -> None:
    ramp = np.stack([np.linspace(0, 1, 100), np.zeros(100)], axis=1)
    tidy = measure(gaze(ramp), CENTRE, 10.0, 11.0, SCREEN)
    untidy = gaze(ramp)[np.array([0, 2, 1, 1, *range(3, 100), 50])]
    assert measure(untidy, CENTRE, 10.0, 11.0, SCREEN) == tidy


def test_one_eye_alone_is_the_combined_gaze() -> None:
    point = measure(gaze(constant(1, 0), constant(math.nan, math.nan)), CENTRE, 10.0, 11.0, SCREEN)
    assert point.both == point.left
    assert point.right.data_loss == 1


def test_the_distance_is_what_the_tracker_tells_if_it_can_be_one() -> None:
    near = replace(SCREEN, distance_mm=500)
    told = gaze(constant(1, 0), distance_mm=500, screen=near)
    assert measure(told, CENTRE, 10.0, 11.0, SCREEN).both.accuracy_deg == pytest.approx(1)
    assert measure(told, CENTRE, 10.0, 11.0, SCREEN).distance_mm == 500
    in_cm = gaze(constant(1, 0), distance_mm=65)
    assert measure(in_cm, CENTRE, 10.0, 11.0, SCREEN).distance_mm == 650
    assert measure(in_cm, CENTRE, 10.0, 11.0, SCREEN).both.accuracy_deg == pytest.approx(1)


def fick(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Azimuth and elevation, as ETDQualitizer wants them."""
    x, y, z = vectors.T
    return np.degrees(np.arctan2(x, z)), np.degrees(np.arctan2(y, np.hypot(x, z)))


def gaze_vectors(xy_px: np.ndarray, screen: Screen) -> np.ndarray:
    in_mm = screen_px_to_mm(xy_px, screen)
    return np.column_stack([in_mm, np.full(len(in_mm), screen.distance_mm)])


def about_the_line_of_sight(vectors: np.ndarray) -> np.ndarray:
    """Turn the head so that the mean gaze is straight ahead: only there are Fick angles plain angles."""
    ahead = np.nanmean(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), axis=0)
    ahead /= np.linalg.norm(ahead)
    right = np.cross([0, 1, 0], ahead)
    right /= np.linalg.norm(right)
    return vectors @ np.stack([right, np.cross(ahead, right), ahead], axis=1)


@given(
    st.integers(0, 2**32),
    st.sampled_from([CENTRE, CORNER, (1900.0, 30.0)]),
    st.floats(0, 3),
    st.floats(0.01, 1),
    st.floats(0, 0.4),
    st.floats(450, 900),
)
@settings(deadline=None, max_examples=50)
def test_etdqualitizer_finds_the_same(
    seed: int, target_px: tuple[float, float], offset: float, noise: float, loss: float, distance_mm: float
) -> None:
    theirs = pytest.importorskip("ETDQualitizer")
    random = np.random.default_rng(seed)
    screen = replace(SCREEN, distance_mm=distance_mm)
    by_deg = np.array([offset, 0]) + random.normal(0, noise, (200, 2))
    by_deg[random.random(200) < loss] = math.nan
    ours = measure(
        gaze(by_deg, target_px=target_px, screen=screen, rate_hz=200), target_px, 10, 11, screen
    ).both
    vectors = gaze_vectors(displaced_px(np.array(target_px), by_deg, screen), screen)
    target = [angle[0] for angle in fick(gaze_vectors(np.array([target_px]), screen))]
    accuracy_deg, *offset_deg = theirs.accuracy(*fick(vectors), *target)
    assert ours.accuracy_deg == pytest.approx(accuracy_deg, abs=1e-6)
    # Their components are Fick angles about the target, ours parts of the angle: alike where small.
    assert ours.offset_deg == pytest.approx(offset_deg, abs=0.02)
    turned = fick(about_the_line_of_sight(vectors))
    assert ours.precision_rms_deg == pytest.approx(theirs.rms_s2s(*turned)[0], rel=0.005)
    assert ours.precision_std_deg == pytest.approx(theirs.std(*turned)[0], rel=0.005)
    assert ours.bcea_deg2 == pytest.approx(theirs.bcea(*turned)[0], rel=0.01)


def quality(accuracy_deg: float = 0.5, data_loss: float = 0.1, rms_deg: float = 0.2) -> EyeQuality:
    return EyeQuality(accuracy_deg, (accuracy_deg, 0.0), (1.0, 2.0), rms_deg, 0.3, 0.1, data_loss, samples=80)


def point(both: EyeQuality, left: EyeQuality | None = None) -> PointQuality:
    return PointQuality(CENTRE, 1.0, 1.8, 640.0, False, left or both, both, both)


LOST = replace(quality(math.nan, 1.0, math.nan), offset_deg=(math.nan, math.nan), precision_std_deg=math.nan)


def test_a_validation_is_the_mean_over_its_points() -> None:
    result = ValidationResult((point(quality(0.2, 0.0, 0.1), LOST), point(quality(0.8, 0.2, 0.3))))
    assert result.accuracy_deg == pytest.approx(0.5)
    assert result.accuracy_max_deg == pytest.approx(0.8)
    assert result.precision_rms_deg == pytest.approx(0.2)
    assert result.precision_std_deg == pytest.approx(0.3)
    assert result.data_loss == pytest.approx(0.1)
    assert result.distance_mm == 640
    assert result.valid_points == 2
    assert result.means("left").accuracy_deg == pytest.approx(0.8)
    assert result.means("left").data_loss == pytest.approx(0.6)


def test_a_point_with_hardly_any_gaze_tells_nothing_of_accuracy() -> None:
    result = ValidationResult((point(quality(0.5)), point(quality(9.0, 0.95))))
    assert result.valid_points == 1
    assert result.accuracy_deg == pytest.approx(0.5)
    assert "too_few_points" in verdict(result, Limits(2.0, 1.0))


LIMITS = Limits(max_accuracy_deg=1.0, max_data_loss=0.3)


@pytest.mark.parametrize(
    ("points", "limits", "reasons"),
    [
        ([quality()], LIMITS, ()),
        ([quality(1.0, 0.3)], LIMITS, ()),
        ([quality(1.01)], LIMITS, ("accuracy",)),
        ([quality(data_loss=0.31)], LIMITS, ("data_loss",)),
        ([quality(rms_deg=0.6)], LIMITS, ()),
        ([quality(rms_deg=0.6)], Limits(1.0, 0.3, 0.5), ("precision",)),
        ([quality(), LOST], LIMITS, ("too_few_points", "data_loss")),
        ([quality()] * 8 + [LOST], LIMITS, ("too_few_points",)),
        ([LOST], Limits(1.0, 0.3, 0.5), ("too_few_points", "accuracy", "data_loss", "precision")),
        ([], LIMITS, ("too_few_points", "accuracy", "data_loss")),
    ],
)
def test_a_validation_fails_by_what_is_beyond_a_limit_or_not_known(
    points: list[EyeQuality], limits: Limits, reasons: tuple[str, ...]
) -> None:
    assert verdict(ValidationResult(tuple(point(each) for each in points)), limits) == reasons


def test_a_validation_survives_the_journal() -> None:
    result = ValidationResult((point(quality(), LOST), point(quality(0.1))))
    data = result.as_data()
    assert data["points"] == 2
    assert data["accuracy_deg"] == pytest.approx(0.3)
    assert set(data) >= {"precision_rms_deg", "precision_std_deg", "data_loss", "per_point", "distance_mm"}
    assert data["per_point"][0]["left"]["accuracy_deg"] is None
    # Strict JSON: the journal refuses NaN.
    canonical_json(data)
    read = ValidationResult.from_data(data)
    assert read.as_data() == data
    assert read.points[1] == result.points[1]
    assert math.isnan(read.points[0].left.offset_deg[1])
    empty = ValidationResult(())
    canonical_json(empty.as_data())
    assert ValidationResult.from_data(empty.as_data()) == empty


def test_a_row_of_the_first_version_has_no_points_to_read() -> None:
    with pytest.raises(KeyError):
        ValidationResult.from_data({"accuracy_deg": 0.5, "points": 4})


def test_drift_is_of_the_median_and_no_glance_hides_it() -> None:
    by_deg = constant(0.3, 0.4, 30)
    by_deg[:12] = [8.0, 0]
    found = drift(gaze(by_deg), CENTRE, 10.0, 10.3, SCREEN)
    assert found.offset_deg == pytest.approx(0.5, abs=1e-6)
    assert found.offset_xy_deg == pytest.approx((0.3, 0.4), abs=1e-6)
    assert found.passes(0.51)
    assert not found.passes(0.49)
    assert found.as_data(2.0)["passed"] is True
    canonical_json(found.as_data(2.0))


def test_an_eye_that_was_not_found_has_drifted() -> None:
    lost = drift(gaze(constant(math.nan, math.nan, 30)), CENTRE, 10.0, 10.3, SCREEN)
    assert not lost.passes(90.0)
    assert lost.data_loss == 1
    assert lost.as_data(2.0)["offset_deg"] is None
    canonical_json(lost.as_data(2.0))
    restless = drift(gaze(constant(0, 0, 30)), CENTRE, 10.0, 10.3, SCREEN, unstable=True)
    assert not restless.passes(2.0)
