"""Waiting for the eye on the cross that is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gazeannotator.tracking.target_run import TargetFact, TargetRun
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.stage import Stage

LOOK_EVERY_MS = 20

XY = tuple[float, float]


class CrossRun(QObject):
    """Plays a run of one target at the stage's next cross, and tells the journal of it.

    Parameters
    ----------
    make : callable
        Makes the run of a target at that place, in screen px.

    Signals
    -------
    finished(object)
        What the run has found.
    """

    finished = Signal(object)

    def __init__(
        self,
        sitting: Sitting,
        stage: Stage,
        make: Callable[[XY], TargetRun[Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._make = make
        self._armed = False
        self._run: TargetRun[Any] | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._advance(sitting.room.clock()))
        stage.cross_seen.connect(self._cross_seen)

    @property
    def waiting(self) -> bool:
        """Whether the cross is there, or about to be, and the eye was not found on it yet."""
        return self._armed or self._run is not None

    def arm(self) -> None:
        """Begin with the next cross."""
        self.stop()
        self._armed = True

    def accept(self) -> None:
        """Take the gaze as it is now, as the reader says to look at the cross."""
        if self._run is not None:
            self._run.accept_now(self._sitting.room.clock())

    def stop(self) -> None:
        """Give it up."""
        self._armed = False
        self._timer.stop()
        run, self._run = self._run, None
        if run is not None:
            self._tell(run.abort(self._sitting.room.clock()))

    @Slot(float, object)
    def _cross_seen(self, t_s: float, xy_px: XY) -> None:
        if self._armed:
            self._armed = False
            self._run = self._make(xy_px)
            self._timer.start()
            self._advance(t_s)

    def _advance(self, now_s: float) -> None:
        run = self._run
        if run is None:
            return
        self._tell(run.advance(now_s, self._sitting.latest))
        if run.done:
            self._timer.stop()
            self._run = None
            self.finished.emit(run.results[0])

    def _tell(self, facts: tuple[TargetFact, ...]) -> None:
        session = self._sitting.session
        for fact in facts:
            self._sitting.write(lambda fact=fact: session.target(fact.t_s, fact.purpose, fact.xy_px))
