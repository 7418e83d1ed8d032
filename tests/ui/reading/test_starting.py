"""Images that come once the eye rests on the cross."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gazeannotator.ui.reading import starting
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the patience of the cross to end."""
    monkeypatch.setattr(starting, "PATIENCE_S", 60.0)


def onset(reading: Any) -> tuple[str | None, list[list[float] | None]]:
    """How the first image came, and what was told of the cross before it."""
    entries = reading.entries()
    at = next(number for number, each in enumerate(entries) if each.event == "onset")
    targets = [each.data for each in entries[:at] if each.event == "target"]
    assert {each["purpose"] for each in targets} <= {"cross"}
    return entries[at].data.get("start"), [each["xy_px"] for each in targets]


def test_image_comes_once_the_eye_rests_on_the_cross(
    make_study: Make, open_window: Open, make_tracker: Make, patient: None
) -> None:
    make_tracker()
    reading = open_window(make_study(1, gaze_contingent_start=True), without_gaze=False).connect()
    reading.start()
    assert onset(reading) == ("gaze", [[400.0, 400.0], None])


def test_image_does_not_come_while_the_eye_is_elsewhere(
    make_study: Make, open_window: Open, make_tracker: Make, patient: None
) -> None:
    tracker = make_tracker()
    tracker.look(0.1, 0.5)
    reading = open_window(make_study(1, gaze_contingent_start=True), without_gaze=False).connect()
    reading.press(Key.Key_Space)
    reading.until(Phase.CROSS)
    reading.qtbot.wait(1000)
    assert reading.controller.phase is Phase.CROSS
    assert reading.window.view.frame.cross_px is not None
    # It still comes by the eye: it only has to turn to the cross.
    tracker.look(0.51, 0.5)
    reading.until(Phase.VIEWING)
    assert onset(reading)[0] == "gaze"


def test_space_lets_the_image_come(
    make_study: Make, open_window: Open, make_tracker: Make, patient: None
) -> None:
    make_tracker().lose()
    reading = open_window(make_study(1, gaze_contingent_start=True), without_gaze=False).connect()
    reading.press(Key.Key_Space)
    reading.until(Phase.CROSS)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert onset(reading) == ("key", [[400.0, 400.0], None])


@pytest.mark.parametrize("where", [(0.9, 0.9), None], ids=["elsewhere", "eyes not found"])
def test_image_comes_all_the_same_when_patience_is_over(
    make_study: Make,
    open_window: Open,
    make_tracker: Make,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[float, float] | None,
) -> None:
    monkeypatch.setattr(starting, "PATIENCE_S", 0.5)
    tracker = make_tracker()
    if where is None:
        tracker.lose()
    else:
        tracker.look(*where)
    reading = open_window(make_study(1, gaze_contingent_start=True), without_gaze=False).connect()
    reading.start()
    assert onset(reading) == ("timeout", [[400.0, 400.0], None])
    entries = reading.entries()
    cross_s = next(each.t_s for each in entries if each.event == "target")
    image_s = next(each.t_s for each in entries if each.event == "onset")
    # The target is told with the first look after the cross was shown, later on a busy machine.
    assert 0.25 < image_s - cross_s < 3


def test_three_seconds_are_waited() -> None:
    assert starting.PATIENCE_S == 3.0


def test_without_gaze_the_cross_is_there_for_its_time(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1, gaze_contingent_start=True, fixation_cross_s=0.1))
    reading.start()
    assert onset(reading) == (None, [])


def test_by_default_the_gaze_is_not_waited_for(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker().lose()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    assert onset(reading) == (None, [])


def test_no_image_comes_to_a_page_that_was_opened_at_the_cross(
    make_study: Make, open_window: Open, make_tracker: Make, patient: None
) -> None:
    tracker = make_tracker()
    tracker.look(0.1, 0.5)
    reading = open_window(make_study(1, gaze_contingent_start=True), without_gaze=False).connect()
    reading.press(Key.Key_Space)
    reading.until(Phase.CROSS)
    reading.press(Key.Key_F1)
    tracker.look(0.5, 0.5)
    reading.qtbot.wait(800)
    assert reading.controller.phase is Phase.CRITERIA
    assert reading.window.view.frame.image is None
    assert [each["xy_px"] for each in reading.data("target")] == [[400.0, 400.0], None]
    reading.press(Key.Key_F1)
    reading.until(Phase.VIEWING)
    assert "pause" in reading.events()
