"""A check of the eye tracker as a reader goes through it, with an eye whose errors are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gazeannotator.geometry import angle_deg
from gazeannotator.tracking import targets
from gazeannotator.ui.calibration import course
from gazeannotator.ui.image_view import BLANK

Start = Callable[..., Any]
Key = Qt.Key

pytestmark = [pytest.mark.timeout(150), pytest.mark.usefixtures("short_introduction")]


def begin(check: Any) -> None:
    """Go on from the guide to the first target."""
    assert check.screen.page is check.screen.guide
    check.press(Key.Key_Space)
    assert check.screen.page is check.screen.targets


def test_the_result_is_what_the_eye_was_given(start_check: Start) -> None:
    check = start_check(points=9, offset_deg=(0.6, -0.3), noise_deg=0.2, loss=0.1)
    begin(check)
    outcome = check.until_result()
    result, facts = outcome.result, check.looker.facts
    assert result.accuracy_deg == pytest.approx(np.hypot(0.6, 0.3), abs=0.03)
    assert result.precision_std_deg == pytest.approx(0.2, rel=0.1)
    assert result.data_loss == pytest.approx(0.1, abs=0.03)
    assert result.valid_points == 9
    # Every target of a validation once, in some order, then none; each told when it was seen.
    wanted = [(800 * x, 800 * y) for x, y in targets.VALIDATION[9]]
    np.testing.assert_allclose(sorted(fact.xy_px for fact in facts[:-1]), sorted(wanted))
    np.testing.assert_allclose([point.target_px for point in result.points], wanted)
    assert facts[-1].xy_px is None
    times = [fact.t_s for fact in facts]
    assert times == sorted(times)
    assert {fact.purpose for fact in facts} == {"validation"}
    for point in result.points:
        told = next(fact.t_s for fact in facts if fact.xy_px == point.target_px)
        assert point.start_s > told + 0.25
    assert check.screen.result.title.text() == "Good: 0.7°"
    check.press(Key.Key_Space)
    assert check.outcomes == [outcome]


def test_keys_while_targets_are_shown(start_check: Start) -> None:
    check = start_check()
    begin(check)
    page, looker = check.screen.targets, check.looker
    check.until(lambda: len(looker.facts) == 2)
    first = looker.facts[0].xy_px
    check.press(Key.Key_Backspace)
    check.until(lambda: len(looker.facts) == 4)
    # The one before comes again, after the others.
    check.until(lambda: len(looker.facts) == 5)
    assert looker.facts[4].xy_px == first
    check.press(Key.Key_R)
    assert looker.facts[5].xy_px is None
    check.until(lambda: len(looker.facts) == 7)
    assert page.course.running
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]
    assert looker.facts[-1].xy_px is None
    assert page.view.frame is BLANK
    assert not page.course.running


def test_space_takes_a_point_at_which_the_eye_does_not_rest(start_check: Start) -> None:
    check = start_check(points=4)
    begin(check)
    # As if it looked elsewhere: nothing would be taken before the patience is over.
    check.looker._eye.fixate = lambda _xy, _at_s: None
    check.until(lambda: len(check.looker.facts) == 1)
    check.qtbot.wait(1200)
    assert len(check.looker.facts) == 1
    check.press(Key.Key_Space)
    check.until(lambda: len(check.looker.facts) == 2, seconds=1.5)


def test_eyes_that_are_not_found(start_check: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "EYES_LOST_S", 1.5)
    check = start_check()
    begin(check)
    page = check.screen.targets
    check.until(lambda: len(check.looker.facts) == 2)
    check.looker.away = True
    check.until(lambda: page.words is not None)
    assert page.words.title == "Your eyes are not found"
    assert page.view.frame is BLANK
    check.looker.away = False
    check.qtbot.wait(300)
    check.press(Key.Key_Space)
    assert page.words is None
    outcome = check.until_result()
    assert outcome.result.valid_points == 4
    assert outcome.result.accuracy_deg < 0.1


def test_a_tracker_that_falls_silent(start_check: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "STREAM_LOST_S", 0.5)
    check = start_check()
    begin(check)
    check.until(lambda: len(check.looker.facts) == 1)
    check.looker.silent = True
    check.until(lambda: check.screen.targets.words is not None)
    assert check.screen.targets.words.title == "The eye tracker sends nothing"
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]


def test_what_interrupts_it(start_check: Start) -> None:
    check = start_check()
    begin(check)
    check.until(lambda: len(check.looker.facts) == 2)
    check.screen.targets.interrupt()
    assert check.screen.targets.words.title == "Interrupted"
    shown = len(check.looker.facts)
    check.qtbot.wait(300)
    assert len(check.looker.facts) == shown
    check.press(Key.Key_Space)
    # The first was measured and is not shown again.
    first = check.looker.facts[0].xy_px
    outcome = check.until_result()
    assert first not in [fact.xy_px for fact in check.looker.facts[shown:]]
    assert outcome.result.valid_points == 4


def test_single_points_are_repeated_and_left_again(start_check: Start) -> None:
    check = start_check()
    begin(check)
    before = check.until_result()
    # Numbered as one reads: the topmost target is 1.
    top = min((point.target_px for point in before.result.points), key=lambda xy: xy[1])
    shown = len(check.looker.facts)
    check.press(Key.Key_1)
    check.until(lambda: len(check.looker.facts) == shown + 1)
    assert check.looker.facts[-1].xy_px == top
    after = check.until_result()
    changed = [a.target_px for a, b in zip(before.result.points, after.result.points, strict=True) if a != b]
    assert changed == [top]
    check.press(Key.Key_2)
    check.press(Key.Key_Escape)
    assert check.screen.page is check.screen.result
    assert check.screen.result.outcome.result == after.result
    check.press(Key.Key_V)
    assert check.screen.page is check.screen.targets
    check.press(Key.Key_Escape)
    # What was measured before still counts.
    (left,) = check.outcomes
    assert (left.result, left.left) == (after.result, True)
    assert left.as_data()["left"] is True
    assert "left" not in after.as_data()


def test_a_result_that_is_left_is_noted_without_the_correction(start_check: Start) -> None:
    check = start_check(max_accuracy_deg=1.0, offset_deg=(1.5, 0.0))
    begin(check)
    outcome = check.until_result()
    check.press(Key.Key_C)
    check.press(Key.Key_Escape)
    (left,) = check.outcomes
    assert left.result == outcome.result
    assert (left.left, left.corrected, left.passed) == (True, None, False)


def test_when_the_tracker_changes_it_is_measured_anew(start_check: Start) -> None:
    check = start_check()
    begin(check)
    check.until_result()
    check.screen.begin_anew()
    assert check.screen.page is check.screen.targets
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]


def test_an_eye_that_is_too_far_off(start_check: Start) -> None:
    check = start_check(max_accuracy_deg=1.0, offset_deg=(1.5, 0.0))
    begin(check)
    outcome = check.until_result()
    assert not outcome.passed
    assert check.screen.result.title.text() == "Not good enough: 1.5°, limit 1.0°"
    assert "own program" in check.screen.result.lead.text()
    # Four points carry a correction of the first order, and three of them tell what it is worth.
    check.press(Key.Key_C)
    chosen = check.screen.result.outcome
    assert chosen.passed
    assert chosen.corrected.accuracy_deg < 0.2
    assert "Good with the correction" in check.screen.result.title.text()
    for eyes_px, point in zip(chosen.corrected.eyes_px, outcome.result.points, strict=True):
        assert angle_deg(np.array(eyes_px[0]), np.array(point.target_px), check.looker.screen) < 0.1
    check.press(Key.Key_C)
    assert check.screen.result.outcome == outcome
    check.press(Key.Key_C)
    check.press(Key.Key_Space)
    data = check.outcomes[0].as_data()
    assert data["correction"]["accuracy_deg"] == chosen.corrected.accuracy_deg
    assert data["accuracy_deg"] == pytest.approx(1.5, abs=0.05)
    assert data["passed"] is True


def test_the_guide_says_what_to_change(start_check: Start) -> None:
    check = start_check(distance_mm=800.0)
    check.until(lambda: check.screen.guide.title.text() == "A little nearer")
    check.looker.away = True
    check.until(lambda: check.screen.guide.title.text() == "Your eyes are not found")
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]


def test_no_guide_where_the_tracker_tells_no_position(start_check: Start) -> None:
    check = start_check(tells_position=False)
    assert check.screen.page is check.screen.targets
    assert check.screen.targets.words.title == "Look at each dot until it moves on"
    check.until(lambda: len(check.looker.facts) == 1)
    assert check.screen.targets.words is None
