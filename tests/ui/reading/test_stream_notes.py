"""What a session notes of the gaze stream: gaps, and how it kept time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gazeannotator.study.store import Store
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]

pytestmark = pytest.mark.timeout(60)


def test_gap_is_noted_once_the_tracker_is_back(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(700)
    tracker.stop()
    reading.until(Phase.HELD)
    assert "gap" not in reading.events()
    tracker.start()
    reading.until(Phase.PAUSED)
    reading.qtbot.waitUntil(lambda: "gap" in reading.events())
    (gap,) = reading.data("gap")
    reading.qtbot.wait(600)  # until what came after it is stored
    with Store.open(reading.study) as store:
        time_s = store.gaze(reading.controller.session.id).time_s
    before, after = time_s[time_s <= gap["from_s"]], time_s[time_s >= gap["to_s"]]
    assert gap["to_s"] - gap["from_s"] > 0.5
    assert gap["reason"] == "silence"
    # From the last sample before it to the first after it, and none between.
    assert len(before) + len(after) == len(time_s)
    assert gap["from_s"] == pytest.approx(before[-1], abs=0.002)
    assert gap["to_s"] == pytest.approx(after[0], abs=0.002)


def test_gap_on_a_page_is_noted_too(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    reading.press(Qt.Key.Key_Space)
    reading.qtbot.wait(700)  # before, a recording does not know yet what is usual for its stream
    tracker.stop()
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "lost")
    assert reading.controller.phase is Phase.PAUSED
    tracker.start()
    reading.qtbot.waitUntil(lambda: "gap" in reading.events())
    assert reading.events().count("gap") == 1


def test_timing_is_noted_at_the_end(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(700)
    # Too short for the reading to be held.
    tracker.stop()
    reading.qtbot.wait(200)
    tracker.start()
    reading.qtbot.wait(300)
    reading.answer()
    reading.leave()
    assert reading.events()[-1] == "session_ended"
    assert {"quality", "gap", "stream_timing"} <= set(reading.events()[-5:-1])
    (timing,) = reading.data("stream_timing")
    with Store.open(reading.study) as store:
        assert timing["samples"] == store.gaze_sample_count()
    assert timing["rate_hz"] == pytest.approx(250, rel=0.01)
    assert timing["nominal_hz"] == 250
    assert timing["gaps"] >= 1
    assert reading.data("gap")[0]["to_s"] - reading.data("gap")[0]["from_s"] > 0.1


def test_without_gaze_nothing_is_noted_of_it(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(1), exit_when_done=True)
    reading.start()
    reading.press(Qt.Key.Key_1)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert "stream_timing" not in reading.events()
