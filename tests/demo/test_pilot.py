"""A script goes on when what it waits for has come, and fails in words when it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.demo.pilot import Pilot, Until, after, part, press, window_of
from gazeannotator.demo.plan import DemoFailed
from gazeannotator.ui.messages import show_message


def play(qtbot: QtBot, script: Iterator[Until]) -> Pilot:
    pilot = Pilot(script)
    with qtbot.waitSignal(pilot.ended, timeout=5000):
        pilot.start()
    return pilot


def test_script_gets_what_it_waited_for(qtbot: QtBot) -> None:
    heard = []
    answers = iter([None, 0, "", "there"])

    def script() -> Iterator[Until]:
        heard.append((yield Until("an answer comes", lambda: next(answers))))
        yield after(0.05)
        heard.append("end")

    assert play(qtbot, script()).error is None
    assert heard == ["there", "end"]


def test_what_does_not_come_is_named_and_the_script_cleans_up(qtbot: QtBot) -> None:
    cleaned = []

    def script() -> Iterator[Until]:
        try:
            yield Until("the sky falls", lambda: False, within_s=0.1)
        finally:
            cleaned.append(True)

    error = play(qtbot, script()).error
    assert isinstance(error, DemoFailed)
    assert "the sky falls" in error.message
    assert cleaned == [True]


def test_an_error_in_the_script_ends_it(qtbot: QtBot) -> None:
    def script() -> Iterator[Until]:
        yield after(0)
        raise KeyError("view.study")

    assert isinstance(play(qtbot, script()).error, KeyError)


def test_an_error_while_waiting_ends_it_and_the_script_cleans_up(qtbot: QtBot) -> None:
    cleaned = []

    def broken() -> bool:
        raise DemoFailed("The tracker is gone.")

    def script() -> Iterator[Until]:
        try:
            yield Until("nothing", broken)
        finally:
            cleaned.append(True)

    error = play(qtbot, script()).error
    assert isinstance(error, DemoFailed)
    assert error.message == "The tracker is gone."
    assert cleaned == [True]


def test_a_script_that_did_not_come_to_its_end_has_failed(qtbot: QtBot) -> None:
    pilot = Pilot(iter([after(60)]))
    pilot.start()
    assert isinstance(pilot.error, DemoFailed)


def test_a_message_on_the_screen_ends_it_with_its_words(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()

    def script() -> Iterator[Until]:
        show_message(parent, "The disk is full.", "Make room.")
        yield Until("nothing", lambda: False)

    error = play(qtbot, script()).error
    assert isinstance(error, DemoFailed)
    assert "The disk is full. Make room." in error.message


def test_keys_arrive_pressed_and_released(qtbot: QtBot) -> None:
    events = []

    class Window(QWidget):
        def keyPressEvent(self, event: QKeyEvent) -> None:
            events.append(("down", event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)))

        def keyReleaseEvent(self, event: QKeyEvent) -> None:
            events.append(("up", event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)))

    window = Window()
    qtbot.addWidget(window)
    press(window, Qt.Key.Key_2, shift=True)
    qtbot.waitUntil(lambda: len(events) == 2, timeout=2000)
    assert events == [("down", Qt.Key.Key_2, True), ("up", Qt.Key.Key_2, True)]


def test_windows_and_their_parts_are_found_by_class_and_name(qtbot: QtBot) -> None:
    class Window(QWidget):
        pass

    assert window_of(Window) is None
    window = Window(objectName="win")
    qtbot.addWidget(window)
    field = QLineEdit(window, objectName="field")
    assert window_of(Window) is None
    window.show()
    assert window_of(Window) is window
    assert part(window, QLineEdit, "field") is field
    with pytest.raises(DemoFailed, match="'other'"):
        part(window, QLineEdit, "other")
