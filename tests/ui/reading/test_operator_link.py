"""The operator view of a real reading: on which screen, whose keys, what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from gazeannotator.errors import StorageError
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.ui.operator.controls import Noting
from gazeannotator.ui.reading import writes
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(90)


def screen(name: str, x: int, width: int, height: int, dpr: float = 1) -> dict[str, Any]:
    dpi = {"logicalDpi": 96, "logicalBaseDpi": 96}
    return {"name": name, "x": x, "y": 0, "width": width, "height": height, "dpr": dpr, **dpi}


@pytest.mark.parametrize("reader_screen", [1, 2])
def test_on_the_other_screen_and_never_on_the_readers(
    tmp_path: Path, make_study: Make, run_script: Callable[..., str], reader_screen: int
) -> None:
    study = make_study(5)
    screens = tmp_path / "screens.json"
    both = [screen("Left", 0, 1366, 768), screen("Right", 1366, 1920, 1080)]
    screens.write_text(json.dumps({"screens": both}), encoding="utf-8")
    said = run_script(
        "two_screens.py",
        str(study),
        str(reader_screen),
        QT_QPA_PLATFORM=f"offscreen:configfile={screens}",
        GAZEANNOTATOR_CONFIG_DIR=str(tmp_path / "config"),
    )
    assert "all is well" in said


@pytest.fixture
def watched(make_study: Make, open_window: Open) -> Callable[..., Any]:
    """Open a reading with its operator view, beside the one screen that there is."""

    def make(images: int = 3, **options: Any) -> Any:
        protocol = options.pop("protocol", {})
        reading = open_window(make_study(images, **protocol), **options)
        reading.window.operator.open()
        reading.view = reading.window.operator.window
        reading.view.move(1000, 0)
        reading.window.activateWindow()
        reading.qtbot.waitUntil(reading.window.isActiveWindow)
        return reading

    return make


def notes(reading: Any) -> list[Any]:
    return [each for each in reading.entries() if each.event == "note"]


def click(reading: Any, button: Any) -> None:
    assert button.isEnabled()
    reading.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def ready_to_click(reading: Any, button: Any) -> None:
    reading.qtbot.waitUntil(button.isEnabled)
    click(reading, button)


def test_on_one_screen_it_does_not_open_by_itself(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.qtbot.wait(50)
    operator = reading.window.operator
    operator.open_beside()
    assert operator.window is None
    operator.open()
    assert operator.window.isVisible()
    assert reading.controller.phase is Phase.READY


def test_over_the_readers_screen_it_is_not_covered_by_a_click_and_hands_the_keys_on(watched: Make) -> None:
    reading = watched()
    reading.view.move(0, 0)
    reading.start()
    reading.view.activateWindow()
    reading.qtbot.waitUntil(reading.view.isActiveWindow)
    ready_to_click(reading, reading.view.controls.quick[0])
    reading.qtbot.wait(100)
    assert reading.view.isActiveWindow()
    assert reading.controller.phase is Phase.VIEWING
    reading.qtbot.keyClick(reading.view, Key.Key_2)
    reading.qtbot.waitUntil(lambda: reading.controller.answers == 1)


def test_pause_and_continue_from_the_view(watched: Make) -> None:
    reading = watched()
    controls = reading.view.controls
    assert not controls.pause.isEnabled()
    reading.start()
    ready_to_click(reading, controls.pause)
    reading.until(Phase.PAUSED)
    assert reading.window.view.frame.image is None
    reading.qtbot.waitUntil(lambda: controls.pause.text() == "Continue")
    click(reading, controls.pause)
    reading.until(Phase.VIEWING)
    (pause,) = [each for each in reading.entries() if each.event == "pause"]
    assert pause.data["reason"] == "operator"
    assert reading.window.isActiveWindow()


def test_a_note_by_one_click_is_stored_with_the_image_and_does_not_disturb(watched: Make) -> None:
    reading = watched()
    reading.start()
    ready_to_click(reading, reading.view.controls.quick[1])
    assert reading.controller.phase is Phase.VIEWING
    (note,) = notes(reading)
    assert note.data["text"] == "Talked"
    assert note.reading == reading.controller.session.reading
    assert note.image == reading.controller.session.next_image()
    assert "Talked" in reading.view.controls.answer.text()
    reading.answer()
    assert [each.event for each in reading.entries()].count("pause") == 0


def test_a_written_note_waits_for_the_answer_and_no_image_is_shown_meanwhile(watched: Make) -> None:
    reading = watched()
    reading.start()
    controls, window = reading.view.controls, reading.window
    ready_to_click(reading, controls.write)
    asked_s = window.room.clock()
    reading.qtbot.wait(100)
    assert controls.noting is Noting.WAITING
    assert reading.controller.phase is Phase.VIEWING
    assert window.isActiveWindow()
    # The reader answers as if nothing were.
    reading.press(Key.Key_3)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    assert reading.controller.answers == 1
    assert reading.controller.phase is Phase.PAUSED
    reading.qtbot.waitUntil(reading.view.isActiveWindow)
    assert not controls.pause.isEnabled()
    assert "Please wait: the operator writes a note" in reading.said
    reading.qtbot.keyClicks(controls.field, "1 2 glasses off ")
    assert reading.controller.answers == 1
    reading.qtbot.keyClick(controls.field, Key.Key_Return)
    reading.qtbot.waitUntil(window.isActiveWindow)
    assert "Press Space to continue" in reading.said
    (note,) = notes(reading)
    assert note.data["text"] == "1 2 glasses off"
    # It tells of the moment at which the operator wished to write.
    assert note.t_s == pytest.approx(asked_s, abs=0.5)
    key = next(each for each in reading.entries() if each.event == "key")
    assert note.t_s < key.t_s
    # And of the reading that was there then, which is answered by now.
    assert (note.reading, note.image) == (key.reading, key.image)
    assert note.reading is not None
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    with Store.open(reading.study) as store:
        assert [each.state for each in store.readings()] == ["done", "open"]


def test_a_note_asked_for_in_a_pause_is_on_no_reading(watched: Make) -> None:
    reading = watched()
    reading.start()
    controls = reading.view.controls
    ready_to_click(reading, controls.pause)
    reading.until(Phase.PAUSED)
    ready_to_click(reading, controls.write)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    reading.qtbot.keyClicks(controls.field, "fetched glasses")
    reading.qtbot.keyClick(controls.field, Key.Key_Return)
    reading.qtbot.waitUntil(lambda: len(notes(reading)) == 1)
    (note,) = notes(reading)
    assert (note.reading, note.image) == (None, None)


def test_pause_opens_a_note_that_waits(watched: Make) -> None:
    reading = watched()
    reading.start()
    controls = reading.view.controls
    ready_to_click(reading, controls.write)
    ready_to_click(reading, controls.pause)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    assert reading.controller.phase is Phase.PAUSED
    reading.qtbot.keyClick(controls.field, Key.Key_Escape)
    assert controls.noting is Noting.QUICK
    reading.qtbot.waitUntil(reading.window.isActiveWindow)
    assert notes(reading) == []


def test_a_note_that_cannot_be_stored_is_told_and_tried_again(
    watched: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "RETRY_EVERY_MS", 50)
    reading = watched()
    reading.start()
    note, full = ReadingSession.note, [True]

    def failing(self: ReadingSession, *args: Any) -> None:
        if full[0]:
            raise StorageError("The disk is full.", "Make room.")
        note(self, *args)

    monkeypatch.setattr(ReadingSession, "note", failing)
    answer = reading.view.controls.answer
    ready_to_click(reading, reading.view.controls.quick[0])
    assert answer.text().startswith("Not stored yet: The disk is full.")
    words = reading.view.banner.words
    reading.qtbot.waitUntil(lambda: "The disk is full." in words.text())
    full[0] = False
    reading.qtbot.waitUntil(lambda: answer.text().startswith("Stored at"))
    assert len(notes(reading)) == 1
    reading.qtbot.waitUntil(lambda: "is being read" in words.text())


def test_a_draft_is_not_lost_when_the_session_ends(watched: Make) -> None:
    reading = watched(1)
    reading.start()
    reading.answer()
    controls = reading.view.controls
    ready_to_click(reading, controls.write)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    reading.qtbot.keyClicks(controls.field, "left the room")
    reading.controller.end_session()  # as after a minute without a key
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert [each.data["text"] for each in notes(reading)] == ["left the room"]


def test_a_written_note_comes_before_the_next_image_also_without_a_cross(watched: Make) -> None:
    reading = watched(protocol={"fixation_cross_s": 0.0})
    reading.start()
    controls = reading.view.controls
    ready_to_click(reading, controls.write)
    reading.press(Key.Key_1)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    assert reading.controller.phase is Phase.PAUSED
    assert [each.event for each in reading.entries()].count("onset") == 1
    reading.qtbot.keyClick(controls.field, Key.Key_Escape)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)


def test_a_note_that_is_not_wanted_any_more_holds_nothing_up(watched: Make) -> None:
    reading = watched()
    reading.start()
    controls = reading.view.controls
    ready_to_click(reading, controls.write)
    click(reading, reading.view.findChild(QPushButton, "operatorCancel"))
    reading.answer()
    assert reading.controller.phase is Phase.VIEWING
    assert controls.noting is Noting.QUICK


def test_a_draft_is_stored_when_the_view_is_closed(watched: Make) -> None:
    reading = watched()
    reading.start()
    controls = reading.view.controls
    ready_to_click(reading, controls.write)
    click(reading, controls.pause)
    reading.qtbot.waitUntil(lambda: controls.noting is Noting.WRITING)
    reading.qtbot.keyClicks(controls.field, "half a note")
    reading.view.close()
    assert [each.data["text"] for each in notes(reading)] == ["half a note"]
    reading.qtbot.waitUntil(reading.window.isActiveWindow)


def test_an_alarm_is_told_with_what_to_do(watched: Make) -> None:
    reading = watched()
    reading.start()
    alarms = reading.controller._course.alarms
    alarms._set("distance", "The reader is 9 cm closer than before.")
    banner = reading.view.banner
    reading.qtbot.waitUntil(lambda: banner.words.text() == "The reader is 9 cm closer than before.")
    assert banner.property("tone") == "warning"
    assert "Ask the reader to sit as at the validation" in banner.advice.toolTip()
    alarms._set("distance", "")
    reading.qtbot.waitUntil(lambda: "is being read" in banner.words.text())


def test_closing_the_view_does_not_end_the_reading(watched: Make) -> None:
    reading = watched(2)
    reading.start()
    reading.view.close()
    reading.answer()
    reading.answer()
    assert reading.controller.phase is Phase.DONE
    reading.window.operator.open()
    assert reading.view.isVisible()
    reading.leave()
    assert reading.window.operator.window is None


def test_it_shows_the_reading_but_no_answer(watched: Make, make_tracker: Make) -> None:
    make_tracker("gazeannotator", [0.3, 0.4, 0.7, 0.6, 3.0, 3.0, 1.0])
    reading = watched(2, without_gaze=False)
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "receiving")
    reading.start()
    view = reading.view
    reading.qtbot.waitUntil(lambda: view.picture._eyes[1].now is not None)
    place, (left, right) = view.picture.view, view.picture._eyes
    assert left.now.x() == pytest.approx(place.x0_px + 0.3 * place.width_px, abs=0.01)
    assert right.now.y() == pytest.approx(place.y0_px + 0.6 * place.height_px, abs=0.01)
    reading.qtbot.waitUntil(view.recording.isVisible)
    assert view.simulated.isVisible()
    reading.qtbot.waitUntil(lambda: view.picture._scene.placement is not None)
    reading.press(Key.Key_3)
    reading.qtbot.waitUntil(lambda: len(view.answers.rows.rows) == 1)
    rate = view.findChild(QLabel, "operatorRateValue")
    reading.qtbot.waitUntil(lambda: rate.text().endswith(" Hz"))
    shown = {each.text() for each in view.findChildren(QLabel)}
    scheme = reading.window._store.scheme
    assert not shown & {each.name for each in scheme.classes}
    assert "3" not in {cell for row in view.answers.rows.rows for cell, _tone in row}
    reading.leave()
