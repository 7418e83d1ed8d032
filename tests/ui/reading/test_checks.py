"""Drift checks and the way to a validation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gazeannotator.study.store import Store
from gazeannotator.ui.reading import checks
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(60)

OFF = (0.65, 0.5)
"""2.7 degrees beside the middle of the test screen."""

MEASURED = {"accuracy_deg": 0.6, "precision_rms_deg": 0.1, "data_loss": 0.02, "points": 9}


class Validation:
    """In place of the validation's own screen: notes what is wanted."""

    def __init__(self) -> None:
        self.wanted: list[str] = []

    def __call__(self, _window: Any, purpose: str) -> None:
        self.wanted.append(purpose)


@pytest.fixture
def validation() -> Validation:
    return Validation()


def readings(reading: Any) -> list[Any]:
    with Store.open(reading.study) as store:
        return store.readings()


def course(reading: Any) -> list[str]:
    """The events, those of the cross and the check by what they say."""
    return [each.event for each in reading.entries() if each.event != "quality"]


def test_check_while_an_image_is_read(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough to be seen also where the machine is busy.
    monkeypatch.setattr(checks, "SIGN_MS", 3000)
    make_tracker()
    reading = open_window(make_study(2), without_gaze=False).connect()
    reading.start()
    reading.press(Key.Key_R)
    assert reading.controller.phase is Phase.CHECKING
    assert reading.window.view.frame.image is None
    assert reading.window.view.frame.cross_px == (400, 400)
    reading.qtbot.waitUntil(lambda: reading.window.signs.hint.isVisible())
    assert "0.0°" in reading.window.signs.hint.text()
    reading.until(Phase.VIEWING)
    assert not reading.window.signs.hint.isVisible()
    assert list(dict.fromkeys(course(reading))) == [
        "session_started",
        *("onset", "offset", "pause", "target", "drift_check", "resume"),
    ]
    (check,) = reading.data("drift_check")
    assert check["passed"]
    assert check["offset_deg"] == pytest.approx(0, abs=0.02)
    assert check["limit_deg"] == 2.0
    assert [each["xy_px"] for each in reading.data("target")] == [[400.0, 400.0], None]
    assert reading.data("pause") == [{"reason": "drift_check"}]
    assert [each.state for each in readings(reading)] == ["interrupted", "open"]


def test_failed_check_says_what_to_do(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(2), without_gaze=False).connect()
    reading.start()
    tracker.look(*OFF)
    reading.press(Key.Key_R)
    reading.until(Phase.CHECK_FAILED)
    (check,) = reading.data("drift_check")
    assert not check["passed"]
    assert check["offset_deg"] == pytest.approx(2.69, abs=0.02)
    assert f"The eye tracker is off by {check['offset_deg']:.1f}°" in reading.said
    assert "asks for 2° or better" in reading.said
    assert "Press Space to check again" in reading.said
    assert "Enter Go on all the same" in reading.said
    assert set(reading.controller.alarms) == {"accuracy"}
    # The reader sits up, checks again, and is found right.
    tracker.look(0.5, 0.5)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert [each["passed"] for each in reading.data("drift_check")] == [False, True]
    assert reading.controller.alarms == {}
    assert math.isnan(readings(reading)[-1].tracking.accuracy_deg)


def test_readings_after_a_failed_check_carry_its_offset(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(2), without_gaze=False).connect()
    reading.start()
    tracker.look(*OFF)
    reading.press(Key.Key_R)
    reading.until(Phase.CHECK_FAILED)
    reading.press(Key.Key_Return)
    reading.until(Phase.VIEWING)
    reading.answer()
    reading.qtbot.waitUntil(lambda: "quality" in reading.events())
    (check,), (quality,) = reading.data("drift_check"), reading.data("quality")
    assert quality["accuracy_deg"] == check["offset_deg"]
    assert quality["below"] == ["accuracy"]
    assert readings(reading)[1].tracking.accuracy_deg == check["offset_deg"]


def test_check_without_eyes(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    tracker.lose()
    reading.press(Key.Key_R)
    reading.until(Phase.CHECK_FAILED)
    assert "Your eyes were not found" in reading.said
    assert "left out of data sets" not in reading.said
    (check,) = reading.data("drift_check")
    assert (check["passed"], check["offset_deg"]) == (False, None)
    # What was not measured changes nothing.
    reading.press(Key.Key_Return)
    reading.until(Phase.VIEWING)
    assert math.isnan(readings(reading)[-1].tracking.accuracy_deg)


def test_check_before_every_second_image(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    make_tracker()
    reading = open_window(make_study(4, drift_check_every=2), without_gaze=False).connect()
    reading.start()
    reading.answer()
    assert "drift_check" not in reading.events()
    phases: list[Phase] = []
    reading.controller.changed.connect(lambda: phases.append(reading.controller.phase))
    reading.answer()
    assert Phase.CHECKING in phases
    reading.answer()
    reading.answer()
    assert reading.controller.phase is Phase.DONE
    # No reading was cut off for it, and no check comes after the last image.
    assert [each for each in reading.events() if each in ("key", "drift_check")] == [
        *("key", "key", "drift_check", "key", "key"),
    ]
    assert {each["reason"] for each in reading.data("pause")} <= {"tracker_lost"}


def test_checks_are_only_wanted_where_gaze_is_recorded(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(3, drift_check_every=1))
    assert "Quick check" not in reading.said
    reading.start()
    reading.press(Key.Key_R)
    assert reading.controller.phase is Phase.VIEWING
    for _ in range(3):
        reading.answer()
    assert "drift_check" not in reading.events()


def test_check_from_the_pause_returns_to_it(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    assert "R Quick check of the eye tracker" in reading.said
    reading.start()
    reading.press(Key.Key_Space)
    assert "R Quick check of the eye tracker" in reading.said
    reading.press(Key.Key_R)
    reading.until(Phase.CHECKING)
    reading.until(Phase.PAUSED)
    assert [each["passed"] for each in reading.data("drift_check")] == [True]
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert reading.events().count("pause") == reading.events().count("resume") == 1


def test_check_on_the_ready_page_starts_the_recording(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.press(Key.Key_R)
    reading.until(Phase.CHECKING)
    assert reading.controller.recording
    reading.until(Phase.READY)
    assert "Press Space to start" in reading.said
    # Now there is something to end.
    reading.press(Key.Key_Escape)
    assert "End the session?" in reading.said
    reading.press(Key.Key_Space)
    assert reading.controller.phase is Phase.READY
    reading.start()
    assert course(reading) == ["session_started", "target", "target", "drift_check", "onset"]


@pytest.mark.parametrize("key", [Key.Key_F1, Key.Key_Escape])
def test_page_over_a_check_breaks_it_off(
    make_study: Make, open_window: Open, make_tracker: Make, key: Key
) -> None:
    make_tracker().look(0.9, 0.9)
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    reading.press(Key.Key_R)
    assert reading.controller.phase is Phase.CHECKING
    reading.press(key)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert "drift_check" not in reading.events()
    assert [each["xy_px"] for each in reading.data("target")] == [[400.0, 400.0], None]
    assert reading.events().count("pause") == reading.events().count("resume") == 1


def test_tracker_lost_during_a_check(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    tracker.look(0.9, 0.9)
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    reading.press(Key.Key_R)
    tracker.stop()
    reading.until(Phase.HELD)
    tracker.start()
    reading.until(Phase.PAUSED)
    assert "drift_check" not in reading.events()


def test_no_validation_is_offered_where_there_is_none(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker()
    reading = open_window(
        make_study(1, require_validation=True), without_gaze=False, validation=None
    ).connect()
    assert "how accurate" not in reading.said
    reading.press(Key.Key_V)
    assert reading.controller.phase is Phase.READY
    reading.start()
    reading.press(Key.Key_Space)
    reading.press(Key.Key_V)
    assert reading.controller.phase is Phase.PAUSED


def test_validation_from_the_ready_page(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    reading = open_window(make_study(2), without_gaze=False, validation=validation).connect()
    assert "V Measure how accurate" in reading.said
    reading.press(Key.Key_V)
    assert (reading.controller.phase, validation.wanted) == (Phase.VALIDATING, ["reader"])
    # Its raw gaze is stored, and keys are not ours meanwhile.
    assert reading.controller.recording
    for key in (Key.Key_Space, Key.Key_1, Key.Key_F1, Key.Key_R, Key.Key_V, Key.Key_Backspace):
        reading.press(key)
    assert reading.controller.phase is Phase.VALIDATING
    reading.controller.validated(dict(MEASURED))
    assert reading.controller.phase is Phase.READY
    assert "Accuracy 0.6°, precision 0.1° (just now)." in reading.said
    reading.start()
    assert readings(reading)[0].tracking.accuracy_deg == 0.6
    assert course(reading) == ["session_started", "validation", "onset"]
    # Nobody asked for another result.
    reading.controller.validated(dict(MEASURED))
    assert reading.events().count("validation") == 1


def test_alarm_and_operator_count_the_distance_from_the_validation(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    reading = open_window(make_study(2), without_gaze=False, validation=validation).connect()
    reading.window.operator.open()

    def shown_mm() -> float:
        return reading.window.operator.window._source.situation().reference_mm

    # Nothing is known: what is assumed is shown.
    assert math.isnan(reading.controller.reference_mm)
    assumed_mm = shown_mm()
    assert assumed_mm > 0
    for told_mm in (612.0, 655.0):
        reading.press(Key.Key_V)
        reading.controller.validated({**MEASURED, "distance_mm": told_mm})
        assert reading.controller.reference_mm == told_mm
        assert shown_mm() == told_mm
    # A validation that tells none, and a tracker that does not either.
    reading.press(Key.Key_V)
    reading.controller.validated({**MEASURED, "distance_mm": None})
    assert math.isnan(reading.controller.reference_mm)
    assert shown_mm() == assumed_mm


def test_required_validation_comes_before_the_first_image(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    study = make_study(2, require_validation=True)
    reading = open_window(study, without_gaze=False, validation=validation).connect()
    assert "first the eye tracker is checked" in reading.said
    reading.press(Key.Key_Space)
    assert validation.wanted == ["start"]
    # Left without a result: no image yet.
    reading.controller.validated(None)
    assert reading.controller.phase is Phase.READY
    reading.press(Key.Key_Space)
    assert validation.wanted == ["start", "start"]
    reading.controller.validated({**MEASURED, "accuracy_deg": 2.6})
    reading.until(Phase.VIEWING)
    # Measured, if not well: the study decides what becomes of it.
    assert reading.controller.alarms["accuracy"] == "Accuracy 2.6°: the study allows 2°."
    assert readings(reading)[0].tracking.accuracy_deg == 2.6
    reading.answer()
    assert validation.wanted == ["start", "start"]


def test_required_validation_may_be_skipped(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    study = make_study(1, require_validation=True)
    options = {"without_gaze": False, "validation": validation, "skip_calibration": True}
    reading = open_window(study, **options).connect()
    reading.start()
    assert validation.wanted == []


def test_validation_on_the_ready_page_is_the_one_that_is_required(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    study = make_study(1, require_validation=True)
    reading = open_window(study, without_gaze=False, validation=validation).connect()
    reading.press(Key.Key_V)
    reading.controller.validated(dict(MEASURED))
    reading.start()
    assert validation.wanted == ["reader"]


def test_validation_after_a_failed_check(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False, validation=validation).connect()
    reading.start()
    tracker.look(*OFF)
    reading.press(Key.Key_R)
    reading.until(Phase.CHECK_FAILED)
    assert "V Measure it at all points" in reading.said
    reading.press(Key.Key_V)
    assert validation.wanted == ["check_failed"]
    reading.controller.validated(None)
    assert reading.controller.phase is Phase.CHECK_FAILED
    reading.press(Key.Key_V)
    reading.controller.validated(dict(MEASURED))
    reading.until(Phase.VIEWING)
    assert readings(reading)[-1].tracking.accuracy_deg == 0.6
    assert reading.controller.alarms == {}


def test_validation_from_the_pause(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False, validation=validation).connect()
    reading.start()
    reading.press(Key.Key_Space)
    reading.press(Key.Key_V)
    # The window of the validation comes to the front; the tracker goes and comes.
    reading.controller.interrupt("window")
    tracker.stop()
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "lost")
    assert reading.controller.phase is Phase.VALIDATING
    reading.controller.validated(None)
    assert reading.controller.phase is Phase.HELD
    tracker.start()
    reading.until(Phase.PAUSED)


def test_closing_the_window_during_a_validation_asks(
    make_study: Make, open_window: Open, make_tracker: Make, validation: Validation
) -> None:
    make_tracker()
    reading = open_window(make_study(1), without_gaze=False, validation=validation).connect()
    reading.press(Key.Key_V)
    reading.window.close()
    assert "End the session?" in reading.said
    reading.controller.validated(dict(MEASURED))
    assert "validation" not in reading.events()
    reading.press(Key.Key_Return)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert reading.summary["unsaved"] == ""
