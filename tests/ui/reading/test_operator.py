"""What the operator may do to a reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key


def test_operator_pauses_and_lets_go_on(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.controller.pause_by_operator()
    assert reading.controller.phase is Phase.READY
    reading.start()
    reading.controller.pause_by_operator()
    assert reading.controller.phase is Phase.PAUSED
    assert reading.window.view.frame.image is None
    assert "Pause, made by the operator" in reading.said
    reading.controller.resume_by_operator()
    reading.until(Phase.VIEWING)
    assert reading.data("pause") == [{"reason": "operator"}]
    assert reading.events()[-3:] == ["pause", "resume", "onset"]


def test_reader_may_go_on_as_well(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.start()
    reading.controller.pause_by_operator()
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    reading.controller.resume_by_operator()
    assert reading.controller.phase is Phase.VIEWING


def test_operator_lets_go_on_where_the_reader_paused(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.start()
    reading.press(Key.Key_Space)
    reading.controller.resume_by_operator()
    reading.until(Phase.VIEWING)


def test_note_goes_into_the_journal(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(2))
    assert not reading.controller.note("before the start")
    reading.start()
    assert reading.controller.note("  moved the chair ")
    assert reading.controller.note("   ")
    (note,) = (each for each in reading.entries() if each.event == "note")
    assert note.data == {"text": "moved the chair"}
    assert note.image == reading.controller.session.next_image()
    reading.press(Key.Key_Space)
    reading.controller.note("during the pause")
    assert [each.image for each in reading.entries() if each.event == "note"][1] is None
    # It disturbs nothing.
    assert reading.controller.phase is Phase.PAUSED
