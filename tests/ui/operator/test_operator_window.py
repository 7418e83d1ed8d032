"""The operator view by itself: what it shows, what it asks for, and when it paints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gazeannotator.ui.operator import placing
from gazeannotator.ui.operator.controls import Noting
from gazeannotator.ui.operator.situation import Alarm, Answered, Check, Progress
from gazeannotator.ui.operator.window import OperatorWindow

View = Callable[..., OperatorWindow]
Key = Qt.Key
UTC = "2027-03-01T13:00:00.000+00:00"


def text(view: OperatorWindow, name: str) -> str:
    label = view.findChild(QLabel, name)
    assert label is not None
    return label.text()


def click(qtbot: QtBot, view: OperatorWindow, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_numbers_of_the_signal_and_the_progress(qtbot: QtBot, view: View, source: Any) -> None:
    source.receive(rate_hz=249.8, data_loss=0.034, latency_s=0.0123)
    progress = Progress(12, 30, 8, 1, source.now_s - 372, 7.25)
    source.tell(nominal_hz=250.0, reference_mm=650.0, progress=progress)
    window = view()
    source.look_at((0.5, 0.5), (0.5, 0.5), distance_mm=648.0)
    qtbot.waitUntil(lambda: text(window, "operatorDistanceValue") == "65 cm")
    assert text(window, "operatorRateValue") == "250 Hz"
    assert text(window, "operatorRateWords") == "as announced"
    assert text(window, "operatorLatencyValue") == "12 ms"
    assert text(window, "operatorFoundValue") == "96 %"
    assert text(window, "operatorDone") == "12"
    assert text(window, "operatorTotal") == "of 30 images"
    assert text(window, "operatorAnswers") == "8"
    assert text(window, "operatorRepeat") == "1"
    assert text(window, "operatorPace") == "7.2 s"
    assert text(window, "operatorElapsed") == "6:12"
    assert text(window, "operatorRest") == "2:18"  # (30 - 12 + 1) × 7.25 s
    assert window.findChild(QLabel, "operatorWho").text() == "Polyps, reader R1"


def test_gaze_is_drawn_as_it_arrives_and_goes_when_it_stops(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    source.receive()
    source.look_at((0.25, 0.5), (0.75, 0.5))
    qtbot.waitUntil(lambda: window.picture._eyes[0].now is not None)
    place, (left, right) = window.picture.view, window.picture._eyes
    assert left.now.x() == pytest.approx(place.x0_px + 0.25 * place.width_px, abs=1e-3)
    assert right.now.x() == pytest.approx(place.x0_px + 0.75 * place.width_px, abs=1e-3)
    source.now_s += 1.0
    qtbot.waitUntil(lambda: window.picture._eyes[0].now is None)


def test_what_goes_on_is_said_in_words(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()

    def said(**changes: Any) -> tuple[str, str, str]:
        source.tell(**{"going": "image", "why": "", "detail": "", "alarms": (), **changes})
        window.refresh()
        qtbot.wait(60)
        tone = window.banner.property("tone")
        return tone, window.banner.words.text(), window.banner.advice.toolTip()

    progress = Progress(12, 30)
    recorded = {"progress": progress, "recording": True}
    assert said(**recorded) == ("success", "Image 13 of 30 is being read", "Gaze is recorded.")
    assert said(progress=progress, recording=False)[2] == "No gaze is recorded."
    assert said(going="cross")[1] == "Fixation cross: the next image comes"
    assert said(going="paused", why="reader")[::2] == ("warning", "By the reader, who goes on with Space.")
    assert said(going="held", why="tracker_lost")[0] == "danger"
    tone, words, advice = said(
        alarms=(Alarm("distance", "9 cm closer."), Alarm("data_loss", "38 % are lost."))
    )
    assert (tone, words) == ("danger", "38 % are lost.")
    assert "sit upright" in advice
    assert "9 cm closer." in advice
    assert said(alarms=(Alarm("distance", "9 cm closer."),))[0] == "warning"
    assert said(alarms=(Alarm("something new", "It is odd."),)) == ("warning", "It is odd.", "")


def test_signs(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    assert not window.simulated.isVisible()
    assert not window.recording.isVisible()
    source.tell(simulated=True, recording=True)
    window.refresh()
    qtbot.waitUntil(window.simulated.isVisible)
    assert window.simulated.text() == "SIMULATED"
    assert window.recording.isVisible()


def test_history_of_checks_and_answers(view: View, source: Any) -> None:
    source.tell(
        checks=(
            Check("drift_check", UTC, 2.31, math.nan, 0.01, 2.0, False),
            Check("validation", UTC, 0.584, 0.112, 0.02, 2.0, True),
        ),
        answered=(
            Answered(2, UTC, 5.26, 0.44, ("data_loss",), True),
            Answered(1, UTC, 4.0, 0.02),
            Answered(0, UTC, 4.0),
        ),
    )
    window = view()
    drift, validation = window.checks.rows.rows
    assert [cell for cell, _tone in drift[1:]] == ["Drift", "✗ 2.31° / 2°", "–", "1 %"]
    assert drift[2][1] == "danger"
    assert [cell for cell, _tone in validation[1:]] == ["Validation", "✓ 0.58° / 2°", "0.11°", "2 %"]
    cells = [[cell for cell, _tone in row] for row in window.answers.rows.rows]
    assert [row[0] for row in cells] == ["2 ↻", "1", "0"]
    assert [row[2:] for row in cells] == [["5.3 s", "✗ 44 %"], ["4.0 s", "✓ 2 %"], ["4.0 s", "–"]]


def test_pause_and_continue(qtbot: QtBot, view: View, source: Any) -> None:
    source.tell(may_pause=True)
    window = view()
    with qtbot.waitSignal(window.controls.pause_wanted):
        click(qtbot, window, "operatorPause")
    source.tell(may_pause=False, may_continue=True)
    window.refresh()
    qtbot.waitUntil(lambda: window.controls.pause.text() == "Continue")
    with qtbot.waitSignal(window.controls.continue_wanted):
        click(qtbot, window, "operatorPause")
    source.tell(may_continue=False)
    window.refresh()
    qtbot.waitUntil(lambda: not window.controls.pause.isEnabled())


def test_every_key_goes_to_the_reader_but_while_a_note_is_written(
    qtbot: QtBot, view: View, source: Any
) -> None:
    source.tell(may_note=True, may_pause=True)
    window = view()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click(qtbot, window, "operatorPause")
    for key in (Key.Key_1, Key.Key_Space, Key.Key_Escape, Key.Key_Return, Key.Key_Tab):
        qtbot.keyClick(window, key)
    assert source.pressed == [Key.Key_1, Key.Key_Space, Key.Key_Escape, Key.Key_Return, Key.Key_Tab]
    assert QApplication.focusWidget() in (None, window)
    window.controls.begin_writing()
    source.pressed.clear()
    assert window.controls.field.hasFocus()
    assert not window.controls.pause.isEnabled()
    qtbot.keyClicks(window.controls.field, "12 ok")
    assert source.pressed == []
    written: list[str] = []
    window.controls.note_written.connect(written.append)
    with qtbot.waitSignal(window.controls.writing_over):
        qtbot.keyClick(window.controls.field, Key.Key_Return)
    assert written == ["12 ok"]
    assert window.controls.noting is Noting.QUICK
    assert window.controls.pause.isEnabled()
    assert not window.controls.field.hasFocus()


def test_esc_discards_a_note(qtbot: QtBot, view: View, source: Any) -> None:
    source.tell(may_note=True)
    window = view()
    written: list[str] = []
    window.controls.note_written.connect(written.append)
    window.controls.begin_writing()
    qtbot.keyClicks(window.controls.field, "nonsense")
    with qtbot.waitSignal(window.controls.writing_over):
        qtbot.keyClick(window.controls.field, Key.Key_Escape)
    assert written == []
    assert window.controls.field.text() == ""


def test_notes_by_one_click_and_their_fate(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    assert not any(each.isEnabled() for each in (*window.controls.quick, window.controls.write))
    assert "wait until it has begun" in window.controls.write.toolTip()
    source.tell(may_note=True)
    window.refresh()
    qtbot.waitUntil(window.controls.write.isEnabled)
    with qtbot.waitSignal(window.controls.note_written) as written:
        qtbot.mouseClick(window.controls.quick[0], Qt.MouseButton.LeftButton)
    assert written.args == ["Reader moved"]
    window.controls.say_stored("Reader moved", "14:03:22")
    assert window.controls.answer.text() == "Stored at 14:03:22: Reader moved"
    window.controls.say_failed("The disk is full.")
    assert window.controls.answer.text() == "Not stored yet: The disk is full."
    assert window.controls.answer.property("judged") == "danger"


def test_a_click_gives_the_keyboard_back(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomLeft())
    assert source.keyboard_taken == 0  # on the reader's screen it would be covered
    window.move(2000, 0)
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomLeft())
    assert source.keyboard_taken == 1


def test_nothing_is_painted_where_nobody_looks(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    assert window._frames.isActive()
    assert window._frames.interval() <= 17
    window.showMinimized()
    qtbot.waitUntil(lambda: not window._frames.isActive())
    window.showNormal()
    qtbot.waitUntil(window._frames.isActive)
    source.receive()
    window.close()
    assert not window._frames.isActive()
    # The strips go on, so that they are whole when it is opened again.
    before = window.strips._losses._rows[-1, 0]
    source.now_s += 1.0
    qtbot.waitUntil(lambda: window.strips._losses._rows[-1, 0] > before or math.isnan(before))


def test_it_waits_for_the_readers_frame_but_not_for_good(qtbot: QtBot, view: View, source: Any) -> None:
    window = view()
    source.due = True
    source.tell(going="done")
    window.refresh()
    window._frame()
    assert window.banner.words.text() != "All images are read"
    qtbot.waitUntil(lambda: window.banner.words.text() == "All images are read", timeout=1000)


def test_it_comes_by_itself_only_beside_the_reader(look: QApplication, source: Any) -> None:
    window = OperatorWindow(source, source.clock, QGuiApplication.primaryScreen, "")
    assert placing.other_screen(QGuiApplication.primaryScreen()) is None
    assert not window.open(wanted=False)
    assert not window.isVisible()
    assert window.open(wanted=True)
    assert window.isVisible()
    window.end()


def test_it_comes_back_where_it_was(qtbot: QtBot, view: View) -> None:
    first = view(760, 600)
    first.move(20, 40)
    first.close()
    assert (first.width(), first.height()) == (760, 600)
    again = OperatorWindow(first._source, first._clock, QGuiApplication.primaryScreen, "")
    again.open(wanted=True)
    assert (again.width(), again.height(), again.x(), again.y()) == (760, 600, 20, 40)
    again.end()


def test_the_strips_tell_when_samples_stopped(view: View, source: Any) -> None:
    window = view()
    for state in ("waiting", "receiving", "lost"):
        source.now_s += 1.0
        source.receive(state=state, samples=0 if state == "waiting" else 100, data_loss=0.1)
        window._show_numbers()
    values = window.strips._losses.values(source.now_s)
    # Before the first sample nothing is amiss.
    assert values[:, 1].tolist()[0] == 0.1
    assert math.isnan(values[-1, 1])
    assert len(values) == 2
