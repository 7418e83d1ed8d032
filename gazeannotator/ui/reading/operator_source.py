"""What the operator view is told of a reading."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeyEvent

from gazeannotator.geometry import Placement
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui.operator.history import History
from gazeannotator.ui.operator.situation import Alarm, Going, Limits, Progress, Situation
from gazeannotator.ui.reading.link_texts import link_words
from gazeannotator.ui.reading.place_texts import displaced
from gazeannotator.ui.reading.room import LOOKING, Phase, Room
from gazeannotator.ui.words import localised

if TYPE_CHECKING:
    from gazeannotator.ui.reading.window import ReadingWindow

_GOING: dict[Phase, Going] = {
    Phase.READY: "preparing",
    Phase.VALIDATING: "target",
    Phase.CHECKING: "target",
    Phase.CROSS: "cross",
    Phase.VIEWING: "image",
    Phase.TIME_OVER: "answer",
    Phase.PAUSED: "paused",
    Phase.HELD: "held",
    Phase.DONE: "done",
    Phase.SAVING: "saving",
    Phase.CLOSED: "saving",
}


class OperatorSource:
    """A reading as the `Source` of an operator view.

    Attributes
    ----------
    history : History
        To be told of every row.
    trouble : str
        What cannot be saved; empty if all is.
    """

    def __init__(self, reading: ReadingWindow, room: Room) -> None:
        self._reading = reading
        self._room = room
        # Asked once: the store reads its database at every question, and may have to wait for it.
        self.study, protocol = room.store.name, room.store.protocol
        self._limits = Limits(
            protocol.max_data_loss, protocol.max_accuracy_deg, protocol.max_distance_change_mm
        )
        self.history = History(self._limits)
        self.trouble = ""

    def situation(self) -> Situation:
        """Tell how the reading is now."""
        room, link, controller = self._room, self._room.link, self._reading.controller
        phase, session, frame, feed = controller.phase, controller.session, room.view.frame, link.feed
        placement, mark_px = self._on_screen()
        done, total = controller.progress
        stopped = phase in (Phase.PAUSED, Phase.HELD)
        return Situation(
            study=self.study,
            reader=room.reader,
            screen=room.screen,
            going=_GOING.get(phase, "page"),
            why=controller.why_paused if stopped and not room.displaced else "",
            detail=self._detail(phase),
            image=(session.next_image() or "") if placement is not None and session is not None else "",
            pixels=frame.image,
            placement=placement,
            mark_px=mark_px,
            recording=controller.recording,
            simulated=link.simulated,
            tracker=link.state.name,
            nominal_hz=feed.description.rate_hz if feed is not None else 0.0,
            corrected=feed is not None and feed.correction is not None,
            reference_mm=self._reference_mm(),
            progress=Progress(
                done,
                total,
                controller.answers,
                session.to_repeat if session is not None else 0,
                self.history.started_s,
                self.history.seconds_an_image,
            ),
            limits=self._limits,
            alarms=self._alarms(),
            checks=self.history.checks,
            answered=self.history.answered,
            may_pause=phase in (*LOOKING, Phase.CHECKING),
            may_continue=phase is Phase.PAUSED,
            may_note=session is not None and phase not in (Phase.SAVING, Phase.CLOSED),
        )

    def status(self) -> RecorderStatus | None:
        """Tell what the recorder does."""
        return self._room.link.state.status if self._room.link.feed is not None else None

    def gaze(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give the samples that arrived after that time."""
        feed = self._room.link.feed
        return feed.arrived_after(arrived_s) if feed is not None else (GazeChunk.empty(), -math.inf)

    def gaps(self) -> tuple[tuple[float, float], ...]:
        """Tell the last gaps of the stream."""
        return self.history.gaps

    def frame_due(self) -> bool:
        """Whether the reader's window is about to show something."""
        return self._reading.controller.stage.about_to_show

    def press(self, event: QKeyEvent) -> None:
        """Take a key that was meant for the reader's window."""
        QCoreApplication.sendEvent(self._reading, event)

    def take_keyboard(self) -> None:
        """Make the reader's window the active one again."""
        if not self._reading.isActiveWindow():
            self._reading.activateWindow()

    def _on_screen(self) -> tuple[Placement | None, tuple[float, float] | None]:
        """Tell where the image and the cross or target are, screen px."""
        frame, (x0, y0) = self._room.view.frame, self._room.place.origin_px()
        placement, mark_px = None, self.history.target_px
        if frame.image is not None:
            x, y = frame.corner_px
            placement = Placement(x0 + x, y0 + y, frame.image.width(), frame.image.height())
            mark_px = None
        elif frame.cross_px is not None:
            mark_px = (x0 + frame.cross_px[0], y0 + frame.cross_px[1])
        return placement, mark_px

    def _detail(self, phase: Phase) -> str:
        if phase not in (Phase.READY, Phase.HELD):
            return ""
        wrong = displaced(self._room.displaced, self._room.place.facts.name)
        return f"{wrong.title}: {wrong.lead}" if wrong is not None else link_words(self._room.link.state)[1]

    def _reference_mm(self) -> float:
        known_mm = self._reading.controller.reference_mm
        return self._room.screen.distance_mm if math.isnan(known_mm) else known_mm

    def _alarms(self) -> tuple[Alarm, ...]:
        alarms = [Alarm(kind, words) for kind, words in self._reading.controller.alarms.items()]
        if self.trouble:
            alarms.append(Alarm("storage", self.trouble))
        status = self.status()
        if status is not None and status.state == "receiving" and status.message:
            alarms.append(Alarm("tracker", localised(status.message)))
        return tuple(alarms)
