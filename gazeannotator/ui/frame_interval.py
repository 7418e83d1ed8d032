"""How long a frame lasts on a display, measured at the swaps that show it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from gazeannotator.ui.image_view import Frame, ImageView, Method
from gazeannotator.ui.screens import facts_of

FRAMES = 60
_TO_SETTLE = 5
_SIDE_PX = 160
_PATIENCE_MS = 4000
# Swaps that come faster than this share of the nominal interval do not wait for the display.
_NOT_WAITING = 0.6
_FASTEST_HZ = 600.0


@dataclass(frozen=True)
class FrameTiming:
    """What was measured.

    Attributes
    ----------
    interval_s : float
        Median time from swap to swap.
    dropped : float
        Share of the frames that came too late and were left out.
    """

    interval_s: float
    dropped: float


def frame_timing(swaps_s: Sequence[float], nominal_hz: float) -> FrameTiming | None:
    """Tell the interval and the share of dropped frames from the times of swaps.

    Parameters
    ----------
    swaps_s : sequence of float
        Of frames that were presented one right after the other.
    nominal_hz : float
        As the display tells it; 0 if it does not.

    Returns
    -------
    FrameTiming or None
        None where the swaps do not wait for the display: then they say nothing about it.
    """
    steps = np.diff(np.asarray(swaps_s, float))
    if len(steps) < 2:
        return None
    interval_s = float(np.median(steps))
    if interval_s < _NOT_WAITING / (nominal_hz if nominal_hz > 1 else _FASTEST_HZ):
        return None
    dropped = np.maximum(np.round(steps / interval_s) - 1, 0).sum()
    return FrameTiming(interval_s, float(dropped / (dropped + len(steps))))


class FrameMeter(QObject):
    """Presents one empty frame after the other on a view that shows nothing else, and times them.

    It ends by itself where something else is presented, or where the view does not stamp at swaps.

    Signals
    -------
    ended()

    Attributes
    ----------
    timing : FrameTiming or None
        None until all frames were seen.
    """

    ended = Signal()

    def __init__(self, view: ImageView, nominal_hz: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.timing: FrameTiming | None = None
        self._view = view
        self._nominal_hz = nominal_hz
        self._awaited: Frame | None = None
        self._swaps_s: list[float] = []

    def start(self) -> None:
        """Begin; the window may still be on its way to the screen."""
        if self._view.method != "swap":
            self.ended.emit()
            return
        self._view.shown.connect(self._shown)
        self._present()

    def as_json(self) -> dict[str, Any]:
        """Return what is known so far; None for what is not."""
        return {
            "frame_interval_s": self.timing and self.timing.interval_s,
            "dropped_frames": self.timing and self.timing.dropped,
        }

    def _present(self) -> None:
        self._awaited = Frame()
        self._view.present(self._awaited)

    @Slot(object, float, str)
    def _shown(self, frame: Frame, t_s: float, method: Method) -> None:
        if frame is self._awaited and method == "swap":
            self._swaps_s.append(t_s)
            if len(self._swaps_s) <= FRAMES + _TO_SETTLE:
                self._present()
                return
            self.timing = frame_timing(self._swaps_s[_TO_SETTLE:], self._nominal_hz)
        self._view.shown.disconnect(self._shown)
        self.ended.emit()


def measured_frames(screen: QScreen) -> FrameMeter:
    """Measure on a small window of its own, which is on that screen for a second.

    Needs the application to be there; returns when it is done.
    """
    area, nominal_hz = screen.geometry(), screen.refreshRate()
    view = ImageView(time.perf_counter)
    view.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    view.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    view.setScreen(screen)
    view.setGeometry(area.x(), area.y(), _SIDE_PX, _SIDE_PX)
    meter, loop = FrameMeter(view, nominal_hz), QEventLoop()
    # Queued: it may end before the loop has begun.
    meter.ended.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    limit = QTimer(loop, interval=_PATIENCE_MS, singleShot=True)
    limit.timeout.connect(loop.quit)
    limit.start()
    view.show()
    meter.start()
    loop.exec()
    view.close()
    view.deleteLater()
    return meter


def measured_frame_interval(screen: QScreen) -> float | None:
    """Measure how long a frame lasts, in seconds; None where swaps are not reported or wait for nothing."""
    timing = measured_frames(screen).timing
    return None if timing is None else timing.interval_s


def screens_as_facts(measured_mm: Mapping[str, tuple[float, float]] | None = None) -> list[dict[str, Any]]:
    """List the connected screens as JSON types, each measured for a second.

    Parameters
    ----------
    measured_mm : mapping, optional
        Screen name → width, height in mm as measured by the operator.

    Returns
    -------
    list of dict
        As `ScreenFacts`; ``hz`` is what the display tells, ``frame_interval_s`` and ``dropped_frames``
        what was measured, None where that is not possible.
    """
    return [
        {**facts_of(screen, index, measured_mm).as_json(), **measured_frames(screen).as_json()}
        for index, screen in enumerate(QGuiApplication.screens())
    ]
