"""A calibration by the tracker itself: a target at each of its points, then it computes."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from gazeannotator.geometry import Screen, screen_px_to_normalised
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.target_run import TargetRun
from gazeannotator.tracking.validation import calibration_run
from gazeannotator.ui.tobii_link import TobiiLink


def calibrator_of(stream: StreamDescription) -> TobiiLink | None:
    """Return the bridge that sends a stream, if its tracker is calibrated through it."""
    link = TobiiLink.of_the_application()
    return link if link.calibrates and link.tracker["source_id"] == stream.source_id else None


class Calibrating(QObject):
    """Takes the steps of a calibration in their order.

    Signals
    -------
    targets_wanted(TargetRun)
        These are to be shown; then `compute`.
    computed(dict)
        The tracker's result, as the bridge tells it.
    failed(message, hint)
        A step could not be done. The calibration is over.

    Attributes
    ----------
    active : bool
        The tracker is being calibrated.
    run : TargetRun or None
        The targets, with what was collected at them.
    """

    targets_wanted = Signal(object)
    computed = Signal(dict)
    failed = Signal(str, str)

    def __init__(self, calibrator: TobiiLink, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calibrator = calibrator
        self._screen = screen
        self._steps: deque[tuple[str, Callable[[], object]]] = deque()
        self._awaited = ""
        self.active = False
        self.run: TargetRun[bool] | None = None
        calibrator.calibrated.connect(self._answered)
        calibrator.changed.connect(self._look)

    def begin(self, count: int) -> None:
        """Begin a calibration with so many points."""
        self.leave()
        self.active = True
        self.run = calibration_run(self._screen, count, self._collect, seed=secrets.randbits(32))
        self._do("enter", self._calibrator.calibrate_enter)

    def repeat(self, number: int) -> None:
        """Forget a point and show its target once more."""
        self.run.redo([number])
        x, y = screen_px_to_normalised(np.array(self.run.targets_px[number]), self._screen.size_px)
        self._do("discard", lambda: self._calibrator.calibrate_discard(float(x), float(y)))

    def compute(self) -> None:
        """Let the tracker compute, as all targets were shown."""
        self._do("compute", self._calibrator.calibrate_compute)

    def leave(self) -> None:
        """End the calibration; what was computed stays."""
        if self.active:
            self.active = False
            self._steps.clear()
            self._do("leave", self._calibrator.calibrate_leave)

    def _collect(self, x: float, y: float) -> None:
        self._do("collect", lambda: self._calibrator.calibrate_collect(x, y))

    def _do(self, step: str, call: Callable[[], object]) -> None:
        self._steps.append((step, call))
        self._next()

    def _next(self) -> None:
        # The tracker does one step at a time, and refuses another one meanwhile.
        if self._steps and not self._awaited:
            self._awaited, call = self._steps.popleft()
            call()

    @Slot(dict)
    def _answered(self, answer: dict[str, Any]) -> None:
        if answer["step"] != self._awaited:
            return
        self._awaited = ""
        if self.active:
            self._take(answer)
        self._next()

    @Slot()
    def _look(self) -> None:
        """Give up where the bridge has ended: it answers no more."""
        if self._calibrator.tracker is None:
            waits, self.active, self._awaited = self.active, False, ""
            self._steps.clear()
            if waits:
                self.failed.emit(
                    self.tr("The eye tracker is not connected any more."),
                    self.tr("Connect it on the eye tracker's page."),
                )

    def _take(self, answer: dict[str, Any]) -> None:
        step, ok = answer["step"], answer["ok"]
        if step == "collect":
            # A point without data is one that the result is poor at: all others still count.
            if self.run.waiting:
                self.run.finish(ok)
        elif step == "compute" and "status" in answer:
            # Also one that failed: it tells at which points data are missing.
            self.computed.emit(answer)
        elif not ok and step != "leave":
            if step != "enter":
                self.leave()
            self.active = False
            self.failed.emit(answer.get("message", ""), answer.get("hint", ""))
        elif step in ("enter", "discard"):
            self.targets_wanted.emit(self.run)
