"""The check of the eye tracker in the reading window: an eye of known errors follows it by LSL."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gazeannotator.geometry import angle_deg, normalised_to_screen_px
from gazeannotator.samples import both_eyes
from gazeannotator.study.store import Store
from gazeannotator.ui import screens
from gazeannotator.ui.calibration import target_page
from gazeannotator.ui.reading import validating
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(150)
CHECK_MS = 60_000


@pytest.fixture
def open_with_eye(
    make_study: Make, open_window: Open, simulate_eye: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Open a reading window before an eye of known errors."""
    monkeypatch.setattr(target_page, "INTRODUCTION_MS", 1500)

    def make(images: int = 1, protocol: dict[str, Any] | None = None, **errors: object) -> Any:
        facts = screens.screens()[0]
        simulate_eye(facts.px, facts.mm, **errors)
        reading = open_window(make_study(images, **(protocol or {})), without_gaze=False).connect()
        reading.qtbot.waitUntil(reading.window._sender.has_listener)
        return reading

    return make


class Calibrator(QObject):
    """Takes every step of a calibration, and answers later as the bridge does."""

    calibrated = Signal(dict)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tracker = {"source_id": "tobii:1"}

    def __getattr__(self, name: str) -> Callable[..., None]:
        step = name.removeprefix("calibrate_")
        if step == name:
            raise AttributeError(name)
        more = {"status": "both", "points": []} if step == "compute" else {}
        answer = {"step": step, "ok": True, **more}
        return lambda *_at: QTimer.singleShot(20, lambda: self.calibrated.emit(answer))


def check(reading: Any) -> Any:
    """Press V and wait for the result."""
    reading.press(Key.Key_V)
    reading.until(Phase.VALIDATING)
    return until_result(reading)


def until_result(reading: Any) -> Any:
    screen = reading.window.check
    reading.qtbot.waitUntil(lambda: screen.page is screen.result, timeout=CHECK_MS)
    return screen.result.outcome


def recomputed_deg(reading: Any) -> float:
    """Mean error at the targets, from nothing but the stored gaze and the `target` rows."""
    rows = [each for each in reading.entries() if each.event == "target"]
    assert all(each.data["purpose"] == "validation" for each in rows)
    assert rows[-1].data["xy_px"] is None
    errors = []
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        for row, following in pairwise(rows):
            # Long after the eye has come, and before the target went on.
            chunk = store.gaze(session.id, following.t_s - 0.6, following.t_s - 0.1)
            gaze_px = normalised_to_screen_px(both_eyes(chunk.left, chunk.right), session.screen.size_px)
            errors.append(
                float(angle_deg(np.nanmean(gaze_px, axis=0), np.array(row.data["xy_px"]), session.screen))
            )
    assert len(errors) == 9
    return float(np.mean(errors))


def test_from_the_ready_page(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(2, offset_deg=(0.4, -0.5), noise_deg=0.3, loss=0.1)
    assert "V Measure how accurate the eye tracker is (20 s)" in reading.said
    outcome = check(reading)
    truth_deg = math.hypot(0.4, 0.5)
    assert outcome.result.accuracy_deg == pytest.approx(truth_deg, abs=0.15)
    assert outcome.result.precision_std_deg == pytest.approx(0.3, abs=0.05)
    assert outcome.result.data_loss == pytest.approx(0.1, abs=0.05)
    # All keys are the check's: a digit is no answer, and none gets through to the page below.
    reading.press(Key.Key_Space)
    reading.until(Phase.READY)
    assert reading.window.check is None
    assert "Accuracy 0.6°, precision" in reading.said
    assert "(just now)" in reading.said

    (row,) = [each for each in reading.entries() if each.event == "validation"]
    stored = row.data
    assert stored["accuracy_deg"] == outcome.result.accuracy_deg
    assert stored["accuracy_deg"] == pytest.approx(recomputed_deg(reading), abs=0.05)
    assert (stored["points"], stored["passed"], stored["correction"]) == (9, True, None)
    assert stored["limits"] == {
        "max_accuracy_deg": 2.0,
        "max_data_loss": 0.3,
        "max_precision_rms_deg": None,
    }
    assert len(stored["per_point"]) == 9
    for point in stored["per_point"]:
        assert math.hypot(*point["left"]["offset_deg"]) == pytest.approx(truth_deg, abs=0.2)

    reading.start()
    reading.answer()
    reading.leave()
    with Store.open(reading.study) as store:
        assert store.readings()[0].tracking.accuracy_deg == stored["accuracy_deg"]


def test_before_the_first_image_where_the_study_wants_it(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(1, {"require_validation": True})
    reading.press(Key.Key_Space)
    reading.until(Phase.VALIDATING)
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)
    assert reading.window.check is None
    reading.press(Key.Key_Space)
    reading.until(Phase.VALIDATING)
    until_result(reading)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)


def test_in_a_pause_with_a_correction(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(1, {"max_accuracy_deg": 1.0}, offset_deg=(2.0, 1.0))
    reading.start()
    reading.press(Key.Key_Space)
    reading.until(Phase.PAUSED)
    outcome = check(reading)
    assert not outcome.passed
    reading.press(Key.Key_C)
    reading.press(Key.Key_Space)
    reading.until(Phase.PAUSED)
    (row,) = [each for each in reading.entries() if each.event == "validation"]
    assert row.data["passed"] is True
    assert row.data["accuracy_deg"] == pytest.approx(math.hypot(2.0, 1.0), abs=0.15)
    assert row.data["correction"]["accuracy_deg"] < 0.2
    assert reading.controller.session.tracking.accuracy_deg == row.data["correction"]["accuracy_deg"]
    # What is seen of the gaze is corrected, what is recorded is not.
    feed = reading.window.link.feed
    reading.qtbot.wait(1500)  # the eye goes to the middle of the screen
    raw, seen = feed.raw(0.5), feed.latest(0.5)
    screen = reading.window.room.screen
    middle_px = np.array([screen.width_px, screen.height_px]) / 2
    raw_px, seen_px = (
        normalised_to_screen_px(np.nanmean(each.left, axis=0), screen.size_px) for each in (raw, seen)
    )
    assert angle_deg(raw_px, middle_px, screen) > 1.5
    assert angle_deg(seen_px, middle_px, screen) < 0.9
    with Store.open(reading.study) as store:
        stored = store.gaze(reading.controller.session.id)
    shared = stored.left[np.isin(stored.time_s, raw.time_s)]
    assert len(shared)
    assert not np.isin(shared, seen.left).any()
    # The next check measures the tracker itself, and its result counts without the correction.
    outcome = check(reading)
    assert outcome.result.accuracy_deg == pytest.approx(math.hypot(2.0, 1.0), abs=0.15)
    reading.press(Key.Key_Space)
    reading.until(Phase.PAUSED)
    assert feed.correction is None


def test_a_calibration_ends_what_was_validated_before_it(
    open_with_eye: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrator = Calibrator()
    monkeypatch.setattr(validating, "calibrator_of", lambda _stream: calibrator)
    reading = open_with_eye(2, {"max_accuracy_deg": 1.0}, offset_deg=(2.0, 1.0))
    feed = reading.window.link.feed
    check(reading)
    reading.press(Key.Key_C)
    reading.press(Key.Key_Space)
    reading.until(Phase.READY)
    assert feed.correction is not None
    assert "Accuracy" in reading.said
    check(reading)
    screen = reading.window.check
    reading.press(Key.Key_K)
    reading.press(Key.Key_1)
    reading.qtbot.waitUntil(lambda: screen.page is screen.calibration, timeout=CHECK_MS)
    # It holds in the tracker already.
    assert reading.data("calibration") == [{"reason": "calibration", "status": "both"}]
    assert feed.correction is None
    assert "setup" in reading.controller.alarms
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)
    assert "Accuracy" not in reading.said
    assert len(reading.data("validation")) == 1
    raw, seen = feed.raw(1.0), feed.latest(1.0)
    shared = np.isin(seen.time_s, raw.time_s)
    found = shared & ~np.isnan(seen.left).any(axis=1)  # a blink is equal to nothing
    assert found.any()
    assert np.isin(seen.left[found], raw.left).all()
    reading.start()
    reading.answer()
    reading.leave()
    with Store.open(reading.study) as store:
        tracking = store.readings()[0].tracking
    assert math.isnan(tracking.accuracy_deg)
    assert tracking.correction is None


def test_a_result_that_is_left_counts_all_the_same(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(2, {"require_validation": True, "max_accuracy_deg": 1.0}, offset_deg=(2.0, 1.0))
    reading.press(Key.Key_Space)
    reading.until(Phase.VALIDATING)
    outcome = until_result(reading)
    reading.press(Key.Key_C)
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)
    (row,) = reading.data("validation")
    assert (row["left"], row["correction"], row["passed"]) == (True, None, False)
    assert row["accuracy_deg"] == outcome.result.accuracy_deg
    assert reading.controller.session.tracking.accuracy_deg == outcome.result.accuracy_deg
    assert "accuracy" in reading.controller.alarms
    # It is no validation that anybody went on with.
    assert reading.controller.must_validate


def test_closing_the_window_over_a_result_notes_it(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(1)
    outcome = check(reading)
    reading.window.close()
    assert reading.controller.phase is Phase.ASKING_END
    (row,) = reading.data("validation")
    assert (row["left"], row["accuracy_deg"]) == (True, outcome.result.accuracy_deg)


def test_closing_the_window_ends_a_check(open_with_eye: Callable[..., Any]) -> None:
    reading = open_with_eye(1)
    reading.press(Key.Key_V)
    reading.until(Phase.VALIDATING)
    reading.qtbot.waitUntil(lambda: "target" in reading.events())
    reading.window.close()
    assert reading.controller.phase is Phase.ASKING_END
    assert reading.window.check is None
    assert reading.entries()[-1].data["xy_px"] is None
    reading.press(Key.Key_Return)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)


def test_no_target_is_shown_while_its_place_is_wrong(
    open_with_eye: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = open_with_eye(1)
    reading.press(Key.Key_V)
    reading.until(Phase.VALIDATING)
    reading.qtbot.waitUntil(lambda: reading.events().count("target") >= 2, timeout=30_000)
    window, targets = reading.window, reading.window.check.targets
    measured = dict(targets._run.results)
    problem = ["gone"]
    monkeypatch.setattr(window.place, "problem", lambda: problem[0])
    window.place.changed.emit()
    assert targets.paused
    assert not targets.course.running
    assert targets.words.title == "The screen is not connected any more"
    assert reading.data("target")[-1]["xy_px"] is None
    shown = reading.events().count("target")
    for key in (Key.Key_Space, Key.Key_R, Key.Key_Backspace):
        reading.press(key)
    reading.qtbot.wait(300)
    assert targets.paused
    assert reading.events().count("target") == shown
    # A target that was found before stays found.
    assert measured.items() <= targets._run.results.items()
    problem[0] = ""
    window.place.changed.emit()
    assert targets.words.title == "Interrupted"
    reading.press(Key.Key_Space)
    reading.qtbot.waitUntil(lambda: reading.events().count("target") > shown)
    # Moved on its own screen: the target went with it.
    window.move(window.pos().x() + 5, window.pos().y())
    reading.qtbot.waitUntil(lambda: targets.paused)
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)


def test_space_brings_a_check_back_to_its_screen(
    open_with_eye: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = open_with_eye(1)
    reading.press(Key.Key_V)
    reading.until(Phase.VALIDATING)
    place, problem = reading.window.place, ["elsewhere"]
    monkeypatch.setattr(place, "problem", lambda: problem[0])
    monkeypatch.setattr(place, "show", lambda: problem.__setitem__(0, ""))
    place.changed.emit()
    targets = reading.window.check.targets
    assert targets.words.title == "This is another screen"
    reading.press(Key.Key_Space)
    assert problem == [""]
    assert targets.paused
    reading.press(Key.Key_Space)
    reading.qtbot.waitUntil(lambda: "target" in reading.events())
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)


def test_targets_keep_within_a_window(
    make_study: Make, open_window: Open, simulate_eye: Callable[..., Any]
) -> None:
    facts = screens.screens()[0]
    simulate_eye(facts.px, facts.mm)
    reading = open_window(make_study(1), without_gaze=False, windowed=(500, 400)).connect()
    reading.press(Key.Key_V)
    reading.until(Phase.VALIDATING)
    reading.qtbot.waitUntil(lambda: reading.events().count("target") >= 2, timeout=30_000)
    x0, y0 = reading.window.place.origin_px()
    assert (reading.window.check.width(), reading.window.check.height()) == (500, 400)
    for row in reading.data("target"):
        x, y = row["xy_px"]
        assert x0 + 0.19 * 500 <= x <= x0 + 0.81 * 500
        assert y0 + 0.19 * 400 <= y <= y0 + 0.81 * 400
    reading.press(Key.Key_Escape)
    reading.until(Phase.READY)
