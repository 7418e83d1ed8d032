"""A calibration by the tracker: in its order, one step at a time, and out of it again whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gazeannotator.tracking import targets

Start = Callable[..., Any]
Key = Qt.Key

pytestmark = [pytest.mark.timeout(150), pytest.mark.usefixtures("short_introduction")]


class FakeTracker(QObject):
    """Answers as the bridge does: later, and refuses a step before the last one is answered."""

    calibrated = Signal(dict)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[object, ...]] = []
        self.inside = False
        self.collected: list[tuple[float, float]] = []
        self.without_data: set[tuple[float, float]] = set()
        self.fails: dict[str, str] = {}
        self.status = "both"
        self.tracker: dict[str, Any] | None = {"source_id": "tobii:1"}
        self._busy = False

    def calibrate_enter(self) -> None:
        self._begin("enter")

    def calibrate_collect(self, x: float, y: float) -> None:
        self._begin("collect", x, y)

    def calibrate_discard(self, x: float, y: float) -> None:
        self._begin("discard", x, y)

    def calibrate_compute(self) -> None:
        self._begin("compute")

    def calibrate_leave(self) -> None:
        self._begin("leave")

    def _begin(self, step: str, *at: float) -> None:
        assert not self._busy, f"{step} while another step is not finished"
        assert self.inside != (step == "enter"), f"{step} at the wrong time"
        self._busy = True
        self.steps.append((step, *at))
        QTimer.singleShot(40, lambda: self._answer(step, at))

    def _answer(self, step: str, at: tuple[float, ...]) -> None:
        self._busy = False
        answer: dict[str, Any] = {"step": step, "ok": step not in self.fails}
        if at:
            answer |= {"x": at[0], "y": at[1]}
        if step in self.fails:
            answer |= {"message": self.fails[step], "hint": "Try again."}
        elif step in ("enter", "leave"):
            self.inside = step == "enter"
            self.collected = []
        elif step == "collect":
            answer["ok"] = at not in self.without_data
            self.collected += [at] if answer["ok"] else []
        elif step == "discard":
            self.collected = [each for each in self.collected if each != at]
        else:
            answer |= {"status": self.status, "points": [self._point(*each) for each in self.collected]}
            answer["ok"] = self.status != "failed"
        self.calibrated.emit(answer)

    @staticmethod
    def _point(x: float, y: float) -> dict[str, Any]:
        eye = {"collected": 3, "used": [[x + 0.004, y], [x + 0.006, y]], "offset": [0.005, 0.0]}
        return {"x": x, "y": y, "left": eye, "right": eye}


def begin(check: Any, key: Key) -> None:
    """Go from the guide to a calibration."""
    assert check.screen.page is check.screen.guide
    check.press(Key.Key_K)
    assert check.screen.page is check.screen.words
    check.press(key)


def test_five_points_then_the_check(start_check: Start) -> None:
    tracker = FakeTracker()
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: check.screen.page is check.screen.calibration)
    assert [step[0] for step in tracker.steps] == ["enter", *["collect"] * 5, "compute"]
    # The middle first, then the others; the eye had come to each before it was collected.
    assert tracker.steps[1][1:] == (0.5, 0.5)
    assert sorted(step[1:] for step in tracker.steps[1:-1]) == sorted(targets.CALIBRATION[5])
    assert {fact.purpose for fact in check.looker.facts} == {"calibration"}
    page = check.screen.calibration
    assert page.title.text() == "Calibrated"
    marks = page.picture._marks
    assert len(marks) == 5
    for mark in marks:
        assert mark.left_px == pytest.approx((mark.target_px[0] + 0.005 * 800, mark.target_px[1]))
        assert not mark.bad
    check.press(Key.Key_Space)
    assert check.screen.page is check.screen.targets
    check.until(lambda: tracker.steps[-1] == ("leave",) and not tracker.inside)
    check.until(lambda: check.looker.facts[-1].purpose == "validation")
    outcome = check.until_result()
    assert outcome.result.valid_points == 4
    stored = outcome.as_data()["calibration"]
    assert stored["status"] == "both"
    assert len(stored["points"]) == 5
    assert stored["points"][0]["left"] == {"collected": 3, "used": 2, "offset": [0.005, 0.0]}
    check.press(Key.Key_K)
    assert check.screen.page is check.screen.words


def test_a_point_without_data_is_repeated(start_check: Start) -> None:
    tracker = FakeTracker()
    tracker.without_data = {(0.9, 0.1)}
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: check.screen.page is check.screen.calibration)
    page = check.screen.calibration
    # Row by row: the second is at the top right.
    assert "at point 2" in page.lead.text()
    assert page.action.text().startswith("Press 2 to repeat")
    assert [mark.name for mark in page.picture._marks if mark.bad] == ["2"]
    tracker.without_data = set()
    done = len(tracker.steps)
    check.press(Key.Key_2)
    check.until(lambda: len(tracker.steps) == done + 3)
    check.until(lambda: check.screen.page is page)
    assert tracker.steps[done:] == [("discard", 0.9, 0.1), ("collect", 0.9, 0.1), ("compute",)]
    assert not any(mark.bad for mark in page.picture._marks)
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]
    check.until(lambda: not tracker.inside)


def test_left_at_a_bad_moment(start_check: Start) -> None:
    tracker = FakeTracker()
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_Space)
    check.press(Key.Key_Escape)
    assert check.outcomes == [None]
    check.until(lambda: tracker.steps == [("enter",), ("leave",)] and not tracker.inside)


def test_begun_anew_and_left_between_targets(start_check: Start) -> None:
    tracker = FakeTracker()
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: ("collect", 0.5, 0.5) in tracker.steps)
    check.press(Key.Key_R)
    check.until(lambda: [step[0] for step in tracker.steps].count("enter") == 2)
    check.until(lambda: check.screen.page is check.screen.targets)
    check.press(Key.Key_Escape)
    check.until(lambda: tracker.steps[-1] == ("leave",) and not tracker.inside)
    assert check.looker.facts[-1].xy_px is None


@pytest.mark.parametrize("step", ["enter", "compute"])
def test_a_step_that_cannot_be_done(start_check: Start, step: str) -> None:
    tracker = FakeTracker()
    tracker.fails = {step: "The eye tracker is not connected."}
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: check.screen.words.text.title == "The eye tracker could not be calibrated")
    assert check.screen.words.text.lead == "The eye tracker is not connected. Try again."
    if step == "compute":
        check.until(lambda: not tracker.inside)
    tracker.fails = {}
    check.press(Key.Key_Space)
    assert check.screen.page is check.screen.targets
    check.press(Key.Key_Escape)


def test_a_result_that_failed(start_check: Start) -> None:
    tracker = FakeTracker()
    tracker.status = "failed"
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: check.screen.page is check.screen.calibration)
    page = check.screen.calibration
    assert page.title.text() == "The calibration did not succeed"
    check.press(Key.Key_Space)
    assert check.screen.page is page
    check.press(Key.Key_K)
    assert check.screen.page is check.screen.words


def test_the_bridge_ends_meanwhile(start_check: Start) -> None:
    tracker = FakeTracker()
    check = start_check(calibrator=tracker)
    begin(check, Key.Key_1)
    check.until(lambda: ("collect", 0.5, 0.5) in tracker.steps)
    tracker.tracker = None
    tracker.changed.emit()
    assert check.screen.words.text.title == "The eye tracker could not be calibrated"
    assert "not connected any more" in check.screen.words.text.lead
    assert check.looker.facts[-1].xy_px is None
    done = list(tracker.steps)
    check.press(Key.Key_Escape)
    assert tracker.steps == done
