"""The operator view of a reading: when it is there, and that it never has keys that are the reader's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QApplication

from gazeannotator.errors import UserError
from gazeannotator.study.model import Entry
from gazeannotator.ui.operator.controls import Noting
from gazeannotator.ui.operator.placing import other_screen
from gazeannotator.ui.reading.controller import Moment
from gazeannotator.ui.reading.operator_source import OperatorSource
from gazeannotator.ui.reading.room import ANSWERING, LOOKING, Phase, Room

if TYPE_CHECKING:
    from gazeannotator.ui.operator.window import OperatorWindow
    from gazeannotator.ui.reading.window import ReadingWindow

translate = QCoreApplication.translate

HANDED_OVER_WITHIN_MS = 60
"""Between two windows of the app there may be none for a moment."""

KEYS = "Ctrl+Shift+O"

_READERS = (*ANSWERING, Phase.CHECKING, Phase.VALIDATING)
"""The reader is in the midst of something that keys belong to: no note is opened."""


class OperatorLink(QObject):
    """Opens the operator view of one reading, and does what is asked for there.

    Parameters
    ----------
    reading : ReadingWindow
        Its parent.
    room : Room
    by_itself : bool
        Whether the view opens by itself where there is a second screen.

    Attributes
    ----------
    window : OperatorWindow or None
        None before it was opened for the first time, and after the reading.
    """

    _heard = Signal(object)

    def __init__(self, reading: ReadingWindow, room: Room, by_itself: bool) -> None:
        super().__init__(reading)
        self._reading = reading
        self._clock = room.clock
        self._by_itself = by_itself
        self._source = OperatorSource(reading, room)
        self.window: OperatorWindow | None = None
        self._asked: Moment | None = None
        self._unstored: list[str] = []
        self._handing_over = QTimer(self, interval=HANDED_OVER_WITHIN_MS, singleShot=True)
        self._handing_over.timeout.connect(self._see_whether_handed_over)
        # Later, not within the write: what goes wrong here is none of the reading's business.
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        controller = reading.controller
        controller.changed.connect(self._follow)
        controller.alarm.connect(self._refresh)
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
            self.window.end()
            self.window = None

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

    # -- what is asked for ---------------------------------------------------------------------

    @Slot()
    def _pause(self) -> None:
        self._reading.controller.pause_by_operator()
        self._give_back()

    @Slot()
    def _continue(self) -> None:
        self._give_back()
        self._reading.controller.resume_by_operator()

    @Slot(str)
    def _note(self, text: str) -> None:
        """Store a note: on this moment, or on that at which somebody wished to write it."""
        controls = self.window.controls
        about = self._asked if controls.noting is Noting.WRITING else None
        self._unstored.append(text)
        if not self._reading.controller.note(text, about, lambda: self._stored(text)):
            self._unstored.remove(text)
            controls.say_failed(translate("Operator", "The session is over."))
        self._give_back()

    def _stored(self, text: str) -> None:
        self._unstored.remove(text)
        if self.window is not None:
            self.window.controls.say_stored(text, datetime.now().strftime("%H:%M:%S"))

    @Slot()
    def _ask_to_write(self) -> None:
        self._asked = self._reading.controller.moment()
        self.window.controls.wait_to_write()
        # Until it is written; the pause for it breaks no reading off.
        self._reading.controller.hold_next(True)

    @Slot()
    def _write_now(self) -> None:
        """Open the note, where the reader is not in the midst of something."""
        controls, controller = self.window and self.window.controls, self._reading.controller
        if controls is None or controls.noting is not Noting.WAITING or controller.phase in _READERS:
            return
        controller.pause_by_operator()
        controls.begin_writing()
        self.window.activateWindow()

    @Slot()
    def _writing_over(self) -> None:
        self._reading.controller.hold_next(False)
        self._give_back()

    @Slot()
    def _give_back(self) -> None:
        if self.window is not None:
            self.window.give_keyboard_back()

    # -- what happens --------------------------------------------------------------------------

    @Slot(object)
    def _take(self, entry: Entry) -> None:
        self._source.history.hear(entry)
        self._refresh()

    @Slot(object)
    def _take_trouble(self, error: UserError | None) -> None:
        self._source.trouble = "" if error is None else str(error)
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
        if controls.noting is Noting.WRITING and phase in (*LOOKING, *_READERS, Phase.SAVING):
            controls.finish()
        elif controls.noting is Noting.WAITING and phase is Phase.SAVING:
            controls.finish()
        elif controls.noting is Noting.WAITING and phase not in _READERS:
            # The course is in the middle of something.
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
        self._source.take_keyboard()

    def _open(self, *, wanted: bool) -> None:
        beside = other_screen(self._readers_screen()) is not None
        if self._reading.controller.phase is Phase.CLOSED or not (wanted or beside):
            return
        if self.window is None:
            self.window = self._made()
        self.window.open(wanted=wanted)

    def _readers_screen(self) -> QScreen:
        # Not the widget's: PySide may take the reference back, see `Place`.
        return self._reading.windowHandle().screen()

    def _made(self) -> OperatorWindow:
        # Not at the start: where nobody operates, the reading needs none of it.
        from gazeannotator.ui.operator.window import OperatorWindow

        title = translate("OperatorWindow", "Operator view: {study}").format(study=self._source.study)
        window = OperatorWindow(self._source, self._clock, self._readers_screen, title)
        window.closed.connect(self._closed)
        window.keyboard_left.connect(self.see_who_has_keyboard)
        window.controls.pause_wanted.connect(self._pause)
        window.controls.continue_wanted.connect(self._continue)
        window.controls.note_written.connect(self._note)
        window.controls.writing_wanted.connect(self._ask_to_write)
        window.controls.writing_over.connect(self._writing_over)
        return window
