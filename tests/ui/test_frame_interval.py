"""What is said of a display's frames, and when nothing is said."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gazeannotator.ui.frame_interval import (
    FRAMES,
    FrameMeter,
    FrameTiming,
    frame_timing,
    measured_frame_interval,
    screens_as_facts,
)
from gazeannotator.ui.image_view import Frame, ImageView


class FakeView(QObject):
    """A display that shows a frame at each of its ticks; some ticks it misses."""

    shown = Signal(object, float, str)
    method = "swap"

    def __init__(self, interval_s: float, missed: set[int], tick_ms: int = 0) -> None:
        super().__init__()
        self._interval_s, self._missed, self._tick = interval_s, missed, 0
        self._frame: Frame | None = None
        self.presented = 0
        self._timer = QTimer(self, interval=tick_ms)
        self._timer.timeout.connect(self._show)
        self._timer.start()

    def present(self, frame: Frame) -> None:
        self._frame = frame
        self.presented += 1

    def _show(self) -> None:
        self._tick += 1
        if self._frame is not None and self._tick not in self._missed:
            frame, self._frame = self._frame, None
            self.shown.emit(frame, self._tick * self._interval_s, "swap")


@pytest.mark.parametrize("hz", [50.0, 60.0, 144.0, 240.0])
def test_frames_are_timed_and_dropped_ones_counted(qtbot: QtBot, hz: float) -> None:
    view = FakeView(1 / hz, missed={30, 31, 50})
    meter = FrameMeter(view, 60.0 if hz < 144 else hz)
    with qtbot.waitSignal(meter.ended):
        meter.start()
    assert meter.timing is not None
    assert meter.timing.interval_s == pytest.approx(1 / hz)
    # Sixty frames were shown and three were not.
    assert meter.timing.dropped == pytest.approx(3 / (FRAMES + 3))
    assert meter.as_json() == {
        "frame_interval_s": meter.timing.interval_s,
        "dropped_frames": meter.timing.dropped,
    }
    presented = view.presented
    qtbot.wait(20)
    assert view.presented == presented


def test_the_meter_makes_way_for_what_a_reader_is_to_see(qtbot: QtBot) -> None:
    view = FakeView(1 / 60, missed=set(), tick_ms=20)
    meter = FrameMeter(view, 60.0)
    meter.start()
    qtbot.waitUntil(lambda: view.presented > 5)
    mine = Frame(cross_px=(1, 1))
    with qtbot.waitSignal(meter.ended):
        view.present(mine)
    presented = view.presented
    qtbot.wait(60)
    assert (meter.timing, view.presented) == (None, presented)


@given(
    hz=st.sampled_from([59.94, 60.0, 75.0, 120.0, 144.0]),
    jitter=st.floats(0, 0.1),
    missed=st.integers(0, 12),
    seed=st.integers(0, 100),
)
def test_interval_and_drops_are_found_in_jitter(hz: float, jitter: float, missed: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ticks = np.delete(np.arange(FRAMES + 1 + missed), rng.choice(np.arange(1, FRAMES), missed, replace=False))
    swaps_s = (ticks + rng.uniform(-jitter, jitter, len(ticks))) / hz
    timing = frame_timing(swaps_s, hz)
    assert timing is not None
    assert timing.interval_s == pytest.approx(1 / hz, rel=0.06)
    assert timing.dropped == pytest.approx(missed / (FRAMES + missed))


def test_swaps_that_wait_for_nothing_say_nothing() -> None:
    swaps_s = np.arange(60) * 0.0006
    assert frame_timing(swaps_s, 60.0) is None
    assert frame_timing(swaps_s, 0.0) is None
    assert frame_timing([1.0, 2.0], 60.0) is None
    # A display that tells no rate may have any.
    assert frame_timing(np.arange(60) / 360, 0.0) == FrameTiming(pytest.approx(1 / 360), 0.0)


def test_where_nothing_is_swapped_the_nominal_rate_is_told_as_such(qtbot: QtBot) -> None:
    assert measured_frame_interval(QGuiApplication.primaryScreen()) is None
    (facts,) = screens_as_facts()
    json.dumps(facts)
    assert facts["hz"] == 60
    assert (facts["frame_interval_s"], facts["dropped_frames"]) == (None, None)
    view = ImageView(lambda: 0.0)
    qtbot.addWidget(view)
    meter = FrameMeter(view, 60.0)
    with qtbot.waitSignal(meter.ended):
        meter.start()
    assert meter.timing is None
