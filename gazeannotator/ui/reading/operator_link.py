"""What the operator view is told of a reading, and what it asks for: the only place that knows both."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QApplication

from gazeannotator.errors import UserError
from gazeannotator.geometry import Placement
from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import Entry
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui.operator.controls import Noting
from gazeannotator.ui.operator.history import History
from gazeannotator.ui.operator.situation import Alarm, Going, Limits, Progress, Situation
from gazeannotator.ui.reading.keys import KeyPress
from gazeannotator.ui.reading.link_texts import link_words
from gazeannotator.ui.reading.room import ANSWERING, LOOKING, Phase, Room
from gazeannotator.ui.words import localised

if TYPE_CHECKING:
    from gazeannotator.ui.operator.window import OperatorWindow
    from gazeannotator.ui.reading.window import ReadingWindow

translate = QCoreApplication.translate

HANDED_OVER_WITHIN_MS = 60
"""Between two windows of the app there may be none for a moment."""

KEYS = "Ctrl+Shift+O"

_GOING: dict[Phase, Going] = {
    Phase.READY: "preparing",
    Phase.CROSS: "cross",
    Phase.VIEWING: "image",
    Phase.TIME_OVER: "answer",
    Phase.PAUSED: "paused",
    Phase.HELD: "held",
    Phase.DONE: "done",
    Phase.SAVING: "saving",
    Phase.CLOSED: "saving",
}


class OperatorLink(QObject):
    """Keeps the operator view of one reading; is its `Source`.

    Parameters
    ----------
    reading : ReadingWindow
        Its parent.
    room : Room
    by_itself : bool
        Whether the view opens by itself where there is a second screen.
    """

    _heard = Signal(object)

    def __init__(self, reading: ReadingWindow, room: Room, by_itself: bool) -> None:
        super().__init__(reading)
        self._reading = reading
        self._room = room
        self._by_itself = by_itself
        # Asked once: the store reads its database at every question, and may have to wait for it.
        self._study, protocol = room.store.name, room.store.protocol
        self._limits = Limits(
            protocol.max_data_loss, protocol.max_accuracy_deg, protocol.max_distance_change_mm
        )
        self.history = History(self._limits)
        self.window: OperatorWindow | None = None
        self._trouble = ""
        self._asked_s = math.nan
        self._unstored: list[str] = []
        self._handing_over = QTimer(self, interval=HANDED_OVER_WITHIN_MS, singleShot=True)
        self._handing_over.timeout.connect(self._see_whether_handed_over)
        # Later, not within the write: what goes wrong here is none of the reading's business.
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        controller = reading.controller
        controller.changed.connect(self._follow)
        controller.trouble.connect(self._take_trouble)
        room.view.shown.connect(self._refresh)
        QShortcut(QKeySequence(KEYS), reading).activated.connect(self.open_beside)
        QGuiApplication.instance().screenAdded.connect(self._screen_added)

    # -- for the reading window ----------------------------------------------------------------

    def hear(self, entry: Entry) -> None:
        """Take in a row that is on disk now."""
        self._heard.emit(entry)

    def open_by_itself(self) -> None:
        """Open the view where there is a second screen, unless the settings say otherwise."""
        if self._by_itself:
            self._open(wanted=False)

    def open(self) -> None:
        """Open the view, or bring it to the front: somebody asks for it."""
        self._by_itself = True
        self._open(wanted=True)

    @Slot()
    def open_beside(self) -> None:
        """Open the view if there is a second screen; by its key, which may be pressed by mistake."""
        self._by_itself = True
        self._open(wanted=False)

    def close(self) -> None:
        """Close the view: the reading is over."""
        if self.window is not None:
            window, self.window = self.window, None
            window.end()

    @Slot()
    def see_who_has_keyboard(self) -> None:
        """Pause the reading if its keys go to another window now, and so do the eyes."""
        if self._reading.isActiveWindow() or self._has_keyboard():
            return
        shown = self.window is not None and self.window.isVisible()
        if shown and QApplication.activeWindow() is None:
            self._handing_over.start()
        else:
            self._reading.keyboard_lost()

    # -- for the view --------------------------------------------------------------------------

    def situation(self) -> Situation:
        """Tell how the reading is now."""
        room, controller, link = self._room, self._reading.controller, self._room.link
        phase, session, frame = controller.phase, controller.session, room.view.frame
        x0, y0 = room.place.origin_px()
        placement, mark_px = None, self.history.target_px
        if frame.image is not None:
            x, y = frame.corner_px
            placement = Placement(x0 + x, y0 + y, frame.image.width(), frame.image.height())
        if frame.cross_px is not None:
            mark_px = (x0 + frame.cross_px[0], y0 + frame.cross_px[1])
        done, total = controller.progress
        feed = link.feed
        going = _GOING.get(phase, "page")
        return Situation(
            study=self._study,
            reader=room.reader,
            screen=room.screen,
            going="target" if self.history.target_px and going == "page" else going,
            why=controller.why_paused if phase in (Phase.PAUSED, Phase.HELD) else "",
            detail=link_words(link.state)[1] if phase in (Phase.READY, Phase.HELD) else "",
            image=(session.next_image() or "") if placement is not None and session is not None else "",
            pixels=frame.image,
            placement=placement,
            mark_px=mark_px,
            recording=controller.recording,
            simulated=link.simulated,
            tracker=link.state.name,
            nominal_hz=feed.description.rate_hz if feed is not None else 0.0,
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
            may_pause=phase in LOOKING,
            may_continue=phase is Phase.PAUSED,
            may_note=session is not None and phase not in (Phase.SAVING, Phase.CLOSED),
        )

    def _reference_mm(self) -> float:
        known_mm = self.history.reference_mm
        return self._room.screen.distance_mm if math.isnan(known_mm) else known_mm

    def _alarms(self) -> tuple[Alarm, ...]:
        alarms = [Alarm("storage", self._trouble)] if self._trouble else []
        status = self.status()
        if status is not None and status.state == "receiving" and status.message:
            alarms.append(Alarm("tracker", localised(status.message)))
        return tuple(alarms)

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

    # -- what it asks for ----------------------------------------------------------------------

    @Slot()
    def _pause(self) -> None:
        self._reading.controller.interrupt("operator")
        self._give_back()

    @Slot()
    def _continue(self) -> None:
        self._give_back()
        controller = self._reading.controller
        if controller.phase is Phase.PAUSED:
            controller.press(KeyPress("space"), self._room.clock())

    @Slot(str)
    def _note(self, text: str) -> None:
        """Store a note: of this moment, or of that at which somebody wished to write it."""
        written = self.window.controls.noting is Noting.WRITING
        self._store_note(text, self._asked_s if written else self._room.clock())

    def _store_note(self, text: str, t_s: float) -> None:
        controller = self._reading.controller
        self._unstored.append(text)
        controller.writes.add(lambda: controller.session.note(t_s, text), lambda: self._stored(text))
        self._give_back()

    def _stored(self, text: str) -> None:
        self._unstored.remove(text)
        if self.window is not None:
            self.window.controls.say_stored(text, datetime.now().strftime("%H:%M:%S"))

    @Slot()
    def _ask_to_write(self) -> None:
        self._asked_s = self._room.clock()
        self.window.controls.wait_to_write()
        self._follow()

    @Slot()
    def _write_now(self) -> None:
        """Open the note where no image is on the screen, or take it away before it is seen."""
        controls, controller = self.window and self.window.controls, self._reading.controller
        if controls is None or controls.noting is not Noting.WAITING or controller.phase in ANSWERING:
            return
        controller.interrupt("operator")
        controls.begin_writing()
        self.window.activateWindow()

    @Slot()
    def _give_back(self) -> None:
        if self.window is not None:
            self.window.give_keyboard_back()

    # -- what happens --------------------------------------------------------------------------

    @Slot(object)
    def _take(self, entry: Entry) -> None:
        self.history.hear(entry)
        self._refresh()

    @Slot(object)
    def _take_trouble(self, error: UserError | None) -> None:
        self._trouble = "" if error is None else str(error)
        if error is not None and self._unstored and self.window is not None:
            self.window.controls.say_failed(str(error))
        self._refresh()

    @Slot()
    def _follow(self) -> None:
        """See to it that the keyboard is the reader's whenever something is to be answered."""
        self._refresh()
        if self.window is None:
            return
        controls, phase = self.window.controls, self._reading.controller.phase
        if controls.noting is Noting.WRITING and phase in (*LOOKING, *ANSWERING, Phase.SAVING):
            draft = controls.take_draft()
            if draft:
                self._store_note(draft, self._asked_s)
            self._give_back()
        elif controls.noting is Noting.WAITING and phase not in ANSWERING:
            # The controller is in the middle of something.
            QTimer.singleShot(0, self._write_now)

    def _has_keyboard(self) -> bool:
        # It hands the reader's keys on.
        return self.window is not None and self.window.isActiveWindow()

    @Slot()
    def _see_whether_handed_over(self) -> None:
        if not self._reading.isActiveWindow() and not self._has_keyboard():
            self._reading.keyboard_lost()

    @Slot()
    def _refresh(self) -> None:
        if self.window is not None:
            self.window.refresh()

    @Slot()
    def _screen_added(self) -> None:
        if self._by_itself:
            self._open(wanted=False)

    @Slot()
    def _closed(self) -> None:
        self._by_itself = False
        self.take_keyboard()

    def _open(self, *, wanted: bool) -> None:
        if self._reading.controller.phase is Phase.CLOSED:
            return
        if self.window is None:
            self.window = self._made()
        self.window.open(wanted=wanted)

    def _readers_screen(self) -> QScreen:
        # Not the widget's: PySide may take the reference back, see `Place`.
        return self._reading.windowHandle().screen()

    def _made(self) -> OperatorWindow:
        from gazeannotator.ui.operator.window import OperatorWindow

        title = translate("OperatorWindow", "Operator view: {study}").format(study=self._study)
        window = OperatorWindow(self, self._room.clock, self._readers_screen, title)
        window.closed.connect(self._closed)
        window.keyboard_left.connect(self.see_who_has_keyboard)
        window.controls.pause_wanted.connect(self._pause)
        window.controls.continue_wanted.connect(self._continue)
        window.controls.note_written.connect(self._note)
        window.controls.writing_wanted.connect(self._ask_to_write)
        window.controls.writing_over.connect(self._give_back)
        return window
