"""Leads the eyes over targets: draws them, goes on with the gaze, tells what was shown when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gazeannotator.geometry import Screen
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.tracking.target_run import TargetFact, TargetRun, TargetState
from gazeannotator.ui.image_view import BLANK, Frame, ImageView, Target

TICK_MS = 15
LOOK_EVERY_S = 0.25
STREAM_LOST_S = 2.0
EYES_LOST_S = 10.0
"""Shorter, and a reader who blinks or a corner that the tracker does not see would stop everything."""

FULL_RADIUS_DEG = 1.0
"""Of a target on its way; it shrinks to 0.6 degrees across."""

Loss = Literal["stream", "eyes"]
Publish = Callable[[TargetFact], None]


class Course(QObject):
    """Plays a run of targets on a view.

    Parameters
    ----------
    view : ImageView
        Shows nothing else meanwhile.
    corner_px : callable
        Where the view's top-left corner lies on its screen now, physical px.
    screen : Screen
    latest : callable
        Gives the last samples, as `GazeFeed.latest`.
    publish : callable
        Gets every target with the time of the frame that showed it.
    clock : callable
        The local clock.

    Signals
    -------
    progressed(int, int)
        A target has set off: which, from 0, of how many.
    finished()
        The run is done.
    lost(str)
        No sample came any more (``stream``), or none with an eye in it (``eyes``). The run was
        aborted; what it has found so far stays.
    """

    progressed = Signal(int, int)
    finished = Signal()
    lost = Signal(str)

    def __init__(
        self,
        view: ImageView,
        corner_px: Callable[[], tuple[float, float]],
        screen: Screen,
        latest: Latest,
        publish: Publish,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._corner_px = corner_px
        self._radius_px = FULL_RADIUS_DEG * screen.px_per_deg
        self._latest = latest
        self._publish = publish
        self._clock = clock
        self._run: TargetRun[Any] | None = None
        self._facts: list[TargetFact] = []
        self._awaited: Frame | None = None
        self._drawn: Target | None = None
        self._told = (-1, 0)
        self._eyes_seen_s = self._looked_s = 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        view.shown.connect(self._shown)

    @property
    def running(self) -> bool:
        """Whether targets are shown."""
        return self._timer.isActive()

    def start(self, run: TargetRun[Any]) -> None:
        """Show the targets of a run, or those that it is to redo."""
        self._run = run
        self._told = (-1, 0)
        self._eyes_seen_s = self._looked_s = self._clock()
        self._timer.start()

    def accept(self) -> None:
        """Take the target that is shown, as the reader says to look at it."""
        if self.running:
            self._run.accept_now(self._clock())

    def stop(self) -> None:
        """End at once; what was found so far stays in the run."""
        if not self.running:
            return
        self._timer.stop()
        self._facts += self._run.abort(self._clock())
        self._present(None)
        # The view may be gone before it reports a grey that nobody waits for.
        self._tell(self._clock())

    @Slot()
    def _tick(self) -> None:
        # A frame that was not seen yet is not overtaken: in a hidden window the run stands still.
        if self._awaited is not None:
            return
        now_s = self._clock()
        loss = self._loss(now_s)
        if loss is not None:
            self.stop()
            self.lost.emit(loss)
            return
        self._facts += self._run.advance(now_s, self._latest)
        state = self._run.state(now_s)
        if state is not None and (state.index, state.count) != self._told:
            self._told = (state.index, state.count)
            self.progressed.emit(*self._told)
        self._present(state)
        if self._run.done:
            self._timer.stop()
            self._tell(now_s)
            self.finished.emit()

    def _present(self, state: TargetState | None) -> None:
        target = None
        if state is not None:
            x, y = self._corner_px()
            place = (state.xy_px[0] - x, state.xy_px[1] - y)
            target = Target(place, state.radius_share * self._radius_px)
        if target != self._drawn:
            self._drawn = target
            self._awaited = BLANK if target is None else Frame(target=target)
            self._view.present(self._awaited)

    @Slot(object, float, str)
    def _shown(self, frame: Frame, t_s: float, _method: str) -> None:
        if frame is self._awaited:
            self._awaited = None
            self._tell(t_s)

    def _tell(self, t_s: float) -> None:
        facts, self._facts = self._facts, []
        for fact in facts:
            self._publish(replace(fact, t_s=t_s))

    def _loss(self, now_s: float) -> Loss | None:
        # Some trackers send nothing while they are calibrated.
        if self._run.purpose == "calibration" or now_s < self._looked_s + LOOK_EVERY_S:
            return None
        self._looked_s = now_s
        chunk = self._latest(1.0)
        if not len(chunk) or chunk.time_s[-1] < now_s - STREAM_LOST_S:
            return "stream"
        if not np.all(chunk.lost):
            self._eyes_seen_s = now_s
        return "eyes" if now_s > self._eyes_seen_s + EYES_LOST_S else None
