"""Targets that wait for an eye, on a clock that is turned by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Screen, displaced_px, screen_px_to_normalised
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.tracking import targets
from gazeannotator.tracking.quality import PointPx, ValidationResult
from gazeannotator.tracking.target_run import (
    SHRINK_S,
    SMALLEST,
    TRAVEL_S,
    TargetFact,
    TargetRun,
    TargetState,
)
from gazeannotator.tracking.validation import (
    calibration_run,
    cross_run,
    drift_check_run,
    fit_corrections,
    validation_result,
    validation_run,
)

SCREEN = Screen(1920, 1080, 527, 296, 650)
FRAME_S = 1 / 60

Looks = Callable[[PointPx, FloatArray], FloatArray]
"""From a target and seconds since it arrived to degrees (right, down) from it; NaN where lost."""


class Bench:
    """A run, and an eye whose gaze at each target is told by a function."""

    def __init__(
        self, run: TargetRun[Any], looks: Looks, rate_hz: float = 250.0, latency_s: float = 0.01
    ) -> None:
        self.run, self.looks, self.rate_hz, self.latency_s = run, looks, rate_hz, latency_s
        self.now = 100.0
        self.facts: list[TargetFact] = []
        self.states: list[TargetState] = []
        self.asked = 0
        self._times = np.arange(95.0, 400.0, 1 / rate_hz)

    def latest(self, seconds: float) -> GazeChunk:
        self.asked += 1
        newest = self.now - self.latency_s
        time_s = self._times[(self._times > newest - seconds) & (self._times <= newest)]
        xy = np.full((len(time_s), 2), 0.5)
        shown = [fact for fact in self.facts if fact.xy_px is not None]
        for number, fact in enumerate(shown):
            rest_s = fact.t_s + (TRAVEL_S if number else 0.0)
            here = time_s >= fact.t_s
            by_deg = self.looks(fact.xy_px, time_s[here] - rest_s)
            xy[here] = screen_px_to_normalised(
                displaced_px(np.array(fact.xy_px), by_deg, SCREEN), SCREEN.size_px
            )
        n, nan = len(time_s), np.full(len(time_s), np.nan)
        return GazeChunk(time_s, xy, xy, np.full((n, 2), np.nan), nan, nan, np.full((n, 2, 3), np.nan))

    def step(self) -> None:
        self.now += FRAME_S
        self.facts += self.run.advance(self.now, self.latest)
        state = self.run.state(self.now)
        if state is not None:
            self.states.append(state)

    def go(self, seconds: float = math.inf) -> Bench:
        until = self.now + min(seconds, 120.0)
        while not self.run.done and self.now < until:
            self.step()
        return self


def still(_target: PointPx, since_s: FloatArray) -> FloatArray:
    return np.zeros((len(since_s), 2))


def noisy(noise_deg: float, loss: float = 0.0, seed: int = 0) -> Looks:
    """Gaze with noise and loss; equal for equal times, however often it is asked for."""
    random = np.random.default_rng(seed)
    pool = random.normal(0, noise_deg, (100_000, 2))
    pool[random.random(100_000) < loss] = math.nan

    def looks(target: PointPx, since_s: FloatArray) -> FloatArray:
        return pool[(np.round((since_s + 5) * 1000) + round(target[0]) * 37).astype(int) % len(pool)]

    return looks


# -- places and orders -----------------------------------------------------------------------------


@pytest.mark.parametrize("places", [targets.CALIBRATION, targets.VALIDATION])
def test_sets_of_targets_have_their_number_and_keep_off_the_edges(places: dict[int, targets.Places]) -> None:
    for count, points in places.items():
        assert len(set(points)) == count
        assert np.all((np.array(points) >= 0.1) & (np.array(points) <= 0.9))


def test_a_validation_is_nowhere_where_a_calibration_is() -> None:
    calibrated = set().union(*targets.CALIBRATION.values())
    assert not calibrated & set().union(*targets.VALIDATION.values())


def test_other_numbers_are_refused_in_words() -> None:
    with pytest.raises(BadInput, match=r"no set of 7 targets.*4, 5, 9"):
        validation_run(SCREEN, 7)
    with pytest.raises(BadInput, match=r"5, 9, 13"):
        calibration_run(SCREEN, 4, lambda x, y: None)


def test_orders_are_random_by_seed_and_hold_each_target_once() -> None:
    orders = {targets.in_random_order(range(9), seed) for seed in range(50)}
    assert len(orders) > 45
    assert all(sorted(order) == list(range(9)) for order in orders)
    assert targets.in_random_order(range(9), 3) == targets.in_random_order(range(9), 3)
    assert all(targets.in_random_order(range(9), seed, first=4)[0] == 4 for seed in range(9))
    assert all(targets.in_random_order((1, 2, 3), seed, last_shown=2)[0] != 2 for seed in range(20))
    assert targets.in_random_order((2,), 0, last_shown=2) == (2,)


# -- what is shown ---------------------------------------------------------------------------------


def test_targets_travel_shrink_and_hold_until_the_eye_was_found() -> None:
    bench = Bench(validation_run(SCREEN, 5, seed=1), still).go()
    phases = [
        (index, phase) for (index, phase), _ in itertools.groupby(bench.states, lambda s: (s.index, s.phase))
    ]
    first = [(0, "shrink"), (0, "hold")]
    assert phases == first + [(i, phase) for i in range(1, 5) for phase in ("travel", "shrink", "hold")]
    assert {state.count for state in bench.states} == {5}
    assert {state.radius_share for state in bench.states if state.phase == "travel"} == {1.0}
    assert {state.radius_share for state in bench.states if state.phase == "hold"} == {SMALLEST}
    for _, states in itertools.groupby((s for s in bench.states if s.phase == "shrink"), lambda s: s.index):
        radii = [state.radius_share for state in states]
        assert radii == sorted(radii, reverse=True)
    assert bench.run.state(bench.now) is None


def test_a_target_moves_from_place_to_place_without_a_jump() -> None:
    bench = Bench(validation_run(SCREEN, 9, seed=2), still).go()
    places = np.array([state.xy_px for state in bench.states])
    steps = np.hypot(*np.diff(places, axis=0).T)
    longest = math.hypot(1920, 1080) * 0.6
    # A cosine is fastest in its middle: π/2 times its mean speed.
    assert steps.max() <= longest / TRAVEL_S * FRAME_S * math.pi / 2 + 1
    held = [state.xy_px for state in bench.states if state.phase == "hold"]
    assert set(held) == set(bench.run.targets_px)


def test_facts_tell_where_each_target_goes_and_that_it_went() -> None:
    bench = Bench(validation_run(SCREEN, 4, seed=3), still).go()
    assert [fact.purpose for fact in bench.facts] == ["validation"] * 5
    assert {fact.xy_px for fact in bench.facts[:4]} == set(bench.run.targets_px)
    assert bench.facts[4].as_data() == {"purpose": "validation", "xy_px": None}
    assert bench.facts[0].as_data()["xy_px"] == list(bench.facts[0].xy_px)
    times = [fact.t_s for fact in bench.facts]
    assert times == sorted(times)


# -- when it is accepted ---------------------------------------------------------------------------


def test_a_still_eye_takes_the_first_window_of_each_target() -> None:
    bench = Bench(validation_run(SCREEN, 9), still).go()
    result = validation_result(bench.run)
    assert len(result.points) == 9
    assert result.points == tuple(bench.run.results[number] for number in range(9))
    assert result.accuracy_deg == pytest.approx(0, abs=1e-6)
    by_target = {point.target_px: point for point in result.points}
    for number, fact in enumerate(bench.facts[:-1]):
        point = by_target[fact.xy_px]
        assert point.start_s == pytest.approx(fact.t_s + (TRAVEL_S if number else 0) + SHRINK_S)
        assert point.stop_s - point.start_s == pytest.approx(0.8)
        assert not point.unstable
        assert point.both.samples == pytest.approx(200, abs=1)
    assert bench.facts[-1].t_s - bench.facts[0].t_s < 9 * 1.7


@pytest.mark.parametrize("rate_hz", [60.0, 250.0, 1200.0])
def test_noisy_and_lossy_gaze_that_rests_is_accepted_at_once(rate_hz: float) -> None:
    for seed in range(3):
        bench = Bench(validation_run(SCREEN, 9, seed=seed), noisy(1.0, 0.4, seed), rate_hz).go()
        points = validation_result(bench.run).points
        assert not any(point.unstable for point in points)
        assert bench.facts[-1].t_s - bench.facts[0].t_s < 9 * 1.75
        assert np.mean([point.both.data_loss for point in points]) == pytest.approx(0.4, abs=0.06)


def arrives_after(delay_s: float, from_deg: float = 15.0) -> Looks:
    def looks(_target: PointPx, since_s: FloatArray) -> FloatArray:
        # 40 ms of saccade.
        share = np.clip((since_s - delay_s) / 0.04, 0, 1)
        return np.stack([from_deg * (1 - share), np.zeros(len(since_s))], axis=1)

    return looks


@pytest.mark.parametrize("delay_s", [0.0, 0.25, 0.33, 0.41, 0.8, 1.55])
def test_no_sample_from_before_the_eye_arrived_is_measured(delay_s: float) -> None:
    for point in validation_result(Bench(validation_run(SCREEN, 4), arrives_after(delay_s)).go().run).points:
        assert not point.unstable
        assert point.both.accuracy_deg < 1e-6


def test_an_eye_that_moves_all_the_time_is_waited_for_and_then_marked() -> None:
    def follows(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.stack([4 * np.sin(2 * np.pi * since_s / 1.3), np.zeros(len(since_s))], axis=1)

    bench = Bench(validation_run(SCREEN, 4), follows).go()
    points = validation_result(bench.run).points
    assert all(point.unstable for point in points)
    assert bench.facts[-1].t_s - bench.facts[0].t_s == pytest.approx(4 * 3.0 + 3 * TRAVEL_S, abs=0.3)
    assert all(math.isfinite(point.both.accuracy_deg) for point in points)


def test_an_eye_that_rests_elsewhere_is_waited_for_and_then_measured_where_it_is() -> None:
    def elsewhere(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([0.0, 7.0], (len(since_s), 1))

    result = validation_result(Bench(validation_run(SCREEN, 4), elsewhere).go().run)
    assert all(point.unstable for point in result.points)
    assert result.accuracy_deg == pytest.approx(7, abs=1e-6)


def test_a_tracker_that_is_off_but_not_that_far_is_measured_at_once() -> None:
    def off(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([3.0, 2.0], (len(since_s), 1))

    result = validation_result(Bench(validation_run(SCREEN, 4), off).go().run)
    assert not any(point.unstable for point in result.points)
    assert result.accuracy_deg == pytest.approx(math.hypot(3, 2), abs=1e-6)


def test_a_glance_away_is_waited_for() -> None:
    def glances(_target: PointPx, since_s: FloatArray) -> FloatArray:
        away = (since_s > 0.6) & (since_s < 0.7)
        return np.where(away[:, None], [10.0, 0.0], 0.0)

    for point in validation_result(Bench(validation_run(SCREEN, 4), glances).go().run).points:
        assert not point.unstable
        assert point.both.accuracy_deg < 1e-6


def test_a_blink_is_lost_data_and_no_movement() -> None:
    def blinks(_target: PointPx, since_s: FloatArray) -> FloatArray:
        closed = (since_s > 0.55) & (since_s < 0.75)
        return np.where(closed[:, None], [math.nan, math.nan], 0.0)

    bench = Bench(validation_run(SCREEN, 4), blinks).go()
    result = validation_result(bench.run)
    assert not any(point.unstable for point in result.points)
    assert result.data_loss == pytest.approx(0.25, abs=0.02)


def test_slow_drift_and_small_saccades_of_a_fixation_are_rest() -> None:
    def fixates(target: PointPx, since_s: FloatArray) -> FloatArray:
        drift = 0.4 * since_s
        jump = np.where((since_s * 2 + target[0]).astype(int) % 2 == 0, 0.3, -0.3)
        return np.stack([drift - 0.3, jump], axis=1) + noisy(0.15)(target, since_s)

    points = validation_result(Bench(validation_run(SCREEN, 9), fixates).go().run).points
    assert not any(point.unstable for point in points)


def test_without_any_gaze_the_run_ends_and_all_is_lost() -> None:
    def nowhere(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.full((len(since_s), 2), math.nan)

    for run in (validation_run(SCREEN, 4), validation_run(SCREEN, 5)):
        result = validation_result(Bench(run, nowhere).go().run)
        assert result.valid_points == 0
        assert result.data_loss == 1
        assert all(point.unstable for point in result.points)
    silent = validation_run(SCREEN, 4)
    now = 0.0
    while not silent.done:
        now += FRAME_S
        silent.advance(now, lambda seconds: GazeChunk.empty())
    assert now < 4 * (3 + TRAVEL_S) + 2
    assert validation_result(silent).data_loss == 1


def test_late_samples_are_waited_for() -> None:
    result = validation_result(Bench(validation_run(SCREEN, 4), still, latency_s=0.2).go().run)
    assert result.data_loss == 0
    assert not any(point.unstable for point in result.points)


def test_gaze_is_asked_for_only_when_a_window_is_over() -> None:
    bench = Bench(validation_run(SCREEN, 4), still, latency_s=0.0).go()
    assert bench.asked <= 4 * 2


def test_a_program_that_stood_still_goes_on() -> None:
    bench = Bench(validation_run(SCREEN, 4), still)
    bench.go(0.5)
    bench.now += 30.0
    bench.go()
    assert len(bench.run.results) == 4


# -- keys ------------------------------------------------------------------------------------------


def test_a_key_takes_the_window_up_to_it_whatever_the_eye_does() -> None:
    def elsewhere(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([7.0, 0.0], (len(since_s), 1))

    bench = Bench(validation_run(SCREEN, 4), elsewhere)
    bench.go(2.0)
    pressed_s = bench.now
    bench.run.accept_now(pressed_s)
    bench.go(0.1)
    (point,) = bench.run.results.values()
    assert (point.start_s, point.stop_s) == pytest.approx((pressed_s - 0.8, pressed_s))
    assert point.unstable, "the key does not make it steady"
    assert point.both.accuracy_deg == pytest.approx(7, abs=1e-6)


def test_a_key_before_the_first_window_is_over_waits_for_it() -> None:
    bench = Bench(validation_run(SCREEN, 4), still)
    bench.go(0.2)
    bench.run.accept_now(bench.now)
    bench.go(0.5)
    assert not bench.run.results
    bench.go(1.0)
    (point,) = bench.run.results.values()
    assert point.start_s == pytest.approx(bench.facts[0].t_s + SHRINK_S)
    assert not point.unstable


def test_single_points_are_done_again_and_replace_those_before() -> None:
    bench = Bench(validation_run(SCREEN, 5, seed=4), still).go()
    before = dict(bench.run.results)
    assert bench.run.done
    bench.run.redo([1, 3, 3])
    assert not bench.run.done
    bench.go()
    changed = {number for number in before if bench.run.results[number] != before[number]}
    assert changed == {1, 3}
    assert bench.states[-1].count == 2
    assert [fact.xy_px is None for fact in bench.facts] == [False] * 5 + [True] + [False] * 2 + [True]


def test_the_last_point_done_again_alone_comes_from_the_middle() -> None:
    bench = Bench(validation_run(SCREEN, 5, seed=4), still).go()
    last = bench.run.targets_px.index(bench.facts[-2].xy_px)
    bench.run.redo([last])
    bench.step()
    assert bench.states[-1].phase == "travel"
    np.testing.assert_allclose(bench.states[-1].xy_px, (960, 540), atol=5)
    bench.go()
    assert bench.run.done


def test_points_that_are_still_to_come_are_not_done_twice() -> None:
    bench = Bench(validation_run(SCREEN, 5), still)
    bench.go(2.0)
    bench.run.redo(range(5))
    bench.go()
    shown = [fact.xy_px for fact in bench.facts[:-1]]
    assert len(shown) == 6
    assert all(a != b for a, b in itertools.pairwise(shown))


def test_an_aborted_run_shows_nothing_and_keeps_what_it_has() -> None:
    bench = Bench(validation_run(SCREEN, 5), still)
    bench.go(2.0)
    facts = bench.run.abort(bench.now)
    assert [fact.xy_px for fact in facts] == [None]
    assert bench.run.done
    assert bench.run.state(bench.now) is None
    assert len(bench.run.results) == 1
    with pytest.raises(RuntimeError, match="not finished"):
        validation_result(bench.run)
    assert bench.run.advance(bench.now + 1, bench.latest) == ()
    assert bench.run.abort(bench.now) == ()


# -- calibration and drift check -------------------------------------------------------------------


def test_a_calibration_asks_the_tracker_at_each_target_and_waits_for_its_answer() -> None:
    asked: list[tuple[float, float]] = []
    bench = Bench(calibration_run(SCREEN, 9, lambda x, y: asked.append((x, y)), seed=5), noisy(0.3))
    bench.go(3.0)
    assert asked == [pytest.approx((0.5, 0.5))], "the middle first, and nothing else before the answer"
    assert bench.run.waiting
    bench.run.accept_now(bench.now)
    bench.go(1.0)
    assert len(asked) == 1
    while not bench.run.done:
        bench.run.finish(len(asked) != 3)
        while not bench.run.waiting and not bench.run.done:
            bench.step()
    assert len(asked) == 9
    np.testing.assert_allclose(sorted(asked), sorted(targets.CALIBRATION[9]))
    assert sorted(bench.run.results.values()) == [False] + [True] * 8
    assert {fact.purpose for fact in bench.facts} == {"calibration"}


def test_an_answer_that_comes_at_once_is_taken() -> None:
    run: TargetRun[bool] = calibration_run(SCREEN, 5, lambda x, y: run.finish(True))
    Bench(run, still).go()
    assert run.results == dict.fromkeys(range(5), True)


def test_an_answer_that_nobody_waits_for_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="no target waits"):
        calibration_run(SCREEN, 5, lambda x, y: None).finish(True)


def test_a_tracker_that_is_far_off_can_be_calibrated() -> None:
    def far_off(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([12.0, 5.0], (len(since_s), 1))

    asked: list[float] = []
    bench = Bench(calibration_run(SCREEN, 5, lambda x, y: asked.append(bench.now)), far_off)
    bench.go(1.0)
    assert len(asked) == 1
    assert asked[0] - bench.facts[0].t_s == pytest.approx(0.6, abs=0.05)


def test_a_drift_check_is_one_quick_target_in_the_middle() -> None:
    def drifted(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([0.9, -1.2], (len(since_s), 1))

    bench = Bench(drift_check_run(SCREEN), drifted).go()
    (found,) = bench.run.results.values()
    assert found.offset_deg == pytest.approx(1.5, abs=1e-6)
    assert found.offset_xy_deg == pytest.approx((0.9, -1.2), abs=1e-6)
    assert found.stop_s - found.start_s == pytest.approx(0.3)
    assert found.target_px == (960, 540)
    assert found.passes(1.6)
    assert not found.passes(1.4)
    assert bench.now - 100 < 0.7
    elsewhere = Bench(drift_check_run(SCREEN, at_px=(300.0, 300.0)), still).go()
    assert elsewhere.run.results[0].target_px == (300, 300)


def test_an_image_waits_for_the_eye_to_rest_on_the_cross_but_not_for_ever() -> None:
    bench = Bench(cross_run(SCREEN), arrives_after(0.9)).go()
    assert bench.run.results == {0: True}
    assert 1.1 < bench.now - 100 < 1.4
    assert [fact.purpose for fact in bench.facts] == ["cross", "cross"]

    def elsewhere(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([4.0, 0.0], (len(since_s), 1))

    bench = Bench(cross_run(SCREEN, at_px=(400.0, 300.0), patience_s=2.0), elsewhere).go()
    assert bench.run.results == {0: False}
    assert bench.now - 100 == pytest.approx(2.0, abs=0.15)


# -- correction ------------------------------------------------------------------------------------


def test_what_a_validation_found_corrects_the_gaze() -> None:
    def off(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([1.0, 0.5], (len(since_s), 1))

    bench = Bench(validation_run(SCREEN, 9), off).go()
    result = validation_result(bench.run)
    corrections = fit_corrections(result, SCREEN)
    assert corrections.left.order == 2
    assert np.mean(corrections.left.before_deg) == pytest.approx(math.hypot(1, 0.5), abs=1e-6)
    assert max(corrections.left.left_out_deg) < 0.05
    chunk = corrections.apply(bench.latest(0.5))
    last_px = next(fact.xy_px for fact in bench.facts[::-1] if fact.xy_px is not None)
    expected = screen_px_to_normalised(np.array(last_px), SCREEN.size_px)
    np.testing.assert_allclose(chunk.left, np.tile(expected, (len(chunk), 1)), atol=0.001)


def test_an_eye_that_was_hardly_found_takes_the_correction_of_the_combined_gaze() -> None:
    def off(_target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.tile([1.0, 0.5], (len(since_s), 1))

    result = validation_result(Bench(validation_run(SCREEN, 9), off).go().run)
    lost = replace(result.points[0].left, accuracy_deg=math.nan, data_loss=1.0)
    points = [
        replace(point, left=lost if number > 3 else point.left) for number, point in enumerate(result.points)
    ]
    corrections = fit_corrections(ValidationResult(tuple(points)), SCREEN)
    assert corrections.left == fit_corrections(result, SCREEN).right
    assert corrections.left.order == 2


def test_gaze_that_was_hardly_found_cannot_be_corrected() -> None:
    def found_on_the_left(target: PointPx, since_s: FloatArray) -> FloatArray:
        return np.full((len(since_s), 2), 0.0 if target[0] < 500 else math.nan)

    result = validation_result(Bench(validation_run(SCREEN, 4), found_on_the_left).go().run)
    with pytest.raises(BadInput, match=r"by 1 points.*three are needed"):
        fit_corrections(result, SCREEN)
