"""The course of a reading session: what follows on what, without a word on how it looks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gazeannotator.errors import UserError
from gazeannotator.geometry import Placement
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Confidence
from gazeannotator.study.reading_list import reading_order, remaining
from gazeannotator.study.session import ReadingSession
from gazeannotator.ui.image_view import Method
from gazeannotator.ui.reading.keys import KeyPress
from gazeannotator.ui.reading.link import LinkState
from gazeannotator.ui.reading.room import ANSWERING, LOOKING, Phase, Room
from gazeannotator.ui.reading.stage import Stage
from gazeannotator.ui.reading.writes import Write, Writes

STORAGE_PATIENCE_MS = 1000
"""Gaze that cannot be stored is kept in memory; a short lock of the database interrupts nobody."""

END_AFTER_MS = 60_000
"""After the last image the session ends by itself: nobody is recorded who has left."""


class ReadingController(QObject):
    """Reacts to keys, frames and the tracker; every answer is on disk before it goes on.

    Signals
    -------
    changed()
        Phase, progress, flag or recording: look again.
    trouble(UserError or None)
        Something cannot be saved or shown, and is tried again; None when that is over.
    answered(reading id, image id, label)
        The answer is on disk.
    closed()
        The session is over; nothing more happens here.

    Attributes
    ----------
    start_wanted : bool
        Space was pressed and the tracker is not ready yet.
    progress : tuple of int
        Images answered by this reader, and images in all.
    answers, corrections : int
        In this session; a correction is an answer to an image that had one.
    why_paused : str
        ``reader``, ``criteria``, ``window``, ``image``, ``tracker_lost`` or ``storage``.
    """

    changed = Signal()
    trouble = Signal(object)
    answered = Signal(str, str, int)
    closed = Signal()

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._protocol = room.store.protocol
        sizes = {each.id: each.size_px for each in room.store.images()}
        order = reading_order(sizes, room.store.id, room.reader, self._protocol)
        self._ahead = remaining(order, room.store.readings(), room.reader)
        self.phase = Phase.READY
        self.session: ReadingSession | None = None
        self.start_wanted = False
        self.recording = False
        self.why_paused = ""
        self.progress = (len(order) - len(self._ahead), len(order))
        self.corrections = self.answers = 0
        self._read = set(order) - set(self._ahead)
        self._image = ""
        self._seen_from_s = 0.0
        self._answer: Write | None = None
        self._return_to = Phase.READY
        self.writes = Writes(self)
        view, files = room.view, room.store.image_file
        self.stage = Stage(view, room.place.origin_px, files, sizes, lambda: not self.writes.pending, self)
        self.writes.trouble.connect(self.trouble)
        self.writes.drained.connect(self.stage.try_again)
        self.stage.appeared.connect(self._appeared)
        self.stage.left.connect(self._left)
        self.stage.unreadable.connect(self._unreadable)
        room.link.changed.connect(self._link_changed)
        self._limit_timer = self._timer(self._end_viewing)
        self._storage_timer = self._timer(self._hold_for_storage)
        self._leave_timer = self._timer(self.end_session)

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True)
        timer.timeout.connect(call)
        return timer

    @property
    def flagged(self) -> bool:
        """Whether the image on screen is flagged for discussion."""
        return self.phase in ANSWERING and self.session.flagged

    @property
    def asks_confidence(self) -> bool:
        """Whether Shift means something."""
        return self._protocol.ask_confidence

    def press(self, key: KeyPress, pressed_s: float) -> None:
        """Take a key that went down at that time of the clock."""
        answer = key.action == "label" and self.phase in ANSWERING
        if self.writes.pending and not answer:
            # First what is not saved yet; only that may be left behind.
            if key.action == "end" and self.phase is Phase.SAVING:
                self.abandon()
            else:
                self.writes.flush()
        elif self.phase is not Phase.CLOSED:
            getattr(self, f"_press_{key.action}")(key, pressed_s)

    def interrupt(self, why: str, phase: Phase = Phase.PAUSED) -> None:
        """Take the image away, it is offered again; does nothing where none is read."""
        if self.phase not in LOOKING:
            return
        self._limit_timer.stop()
        self.why_paused = why
        self._set(phase)
        reason = "tracker_lost" if why == "tracker_lost" else "pause"
        self.stage.clear(reason, lambda t_s: self._write(lambda: self.session.pause(t_s, why)))

    def look_at_place(self) -> None:
        """Hold while the window is not on the tracked screen, or that is not as it was."""
        if self._room.displaced:
            self.interrupt("window", Phase.HELD)
            if self.phase is Phase.PAUSED:
                self._set(Phase.HELD)
        elif self.phase is Phase.HELD and self._room.ready:
            self._set(Phase.PAUSED)
        if self.phase not in LOOKING:
            self.changed.emit()
        self._try_start()

    # -- keys ----------------------------------------------------------------------------------

    def _press_space(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase in (Phase.READY, Phase.HELD) and self._room.displaced == "elsewhere":
            self._room.place.show()
        elif self.phase is Phase.READY:
            self.start_wanted = True
            self.changed.emit()
            self._try_start()
        elif self.phase is Phase.PAUSED:
            self._resume()
        elif self.phase in (Phase.CRITERIA, Phase.ASKING_END):
            self._go_back()
        elif self.phase is Phase.DONE:
            self.end_session()
        else:
            self.interrupt("reader")

    def _press_label(self, key: KeyPress, t_s: float) -> None:
        link = self._room.link
        if self.phase in ANSWERING:
            # A key that went down before the image was seen is no answer to it.
            if t_s >= self._seen_from_s + self._protocol.minimum_viewing_s:
                self._take_answer(key, t_s)
        elif self.phase is Phase.READY and link.state.step == "coordinates" and key.digit in "12":
            link.answer("normalised" if key.digit == "1" else "screen_px")
        elif self.phase is Phase.READY and key.digit != "0":
            link.choose(int(key.digit) - 1)

    def _press_flag(self, _key: KeyPress, t_s: float) -> None:
        if self.phase in ANSWERING:
            self._write(lambda: self.session.flag(t_s), self.changed.emit)

    def _press_back(self, _key: KeyPress, t_s: float) -> None:
        if self.phase in (*LOOKING, Phase.PAUSED, Phase.DONE) and self.session.back() is not None:
            if self.phase is Phase.PAUSED:
                self._write(lambda: self.session.resume(t_s))
            self._next("back")

    def _press_end(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY:
            self._close()
        elif self.phase in (Phase.CRITERIA, Phase.ASKING_END):
            self._go_back()
        elif self.phase is Phase.DONE:
            self.end_session()
        else:
            self._turn_to(Phase.ASKING_END)

    def _press_confirm(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase in (Phase.ASKING_END, Phase.DONE):
            self.end_session()

    def _press_criteria(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.CRITERIA:
            self._go_back()
        elif self.phase is not Phase.ASKING_END:
            self._turn_to(Phase.CRITERIA)

    def _press_no_gaze(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY and not self._room.link.state.ready:
            self._room.link.without_gaze()

    def _turn_to(self, phase: Phase) -> None:
        """Show a page that covers what is going on, and remember that."""
        self._return_to = self.phase
        if self.phase in LOOKING:
            self.interrupt("criteria" if phase is Phase.CRITERIA else "reader", phase)
        else:
            self._set(phase)

    def _go_back(self) -> None:
        if self._return_to in (*LOOKING, Phase.PAUSED, Phase.HELD):
            self._resume()
        else:
            self._set(self._return_to)
            self._try_start()

    # -- start, pause, end ---------------------------------------------------------------------

    def _try_start(self) -> None:
        room = self._room
        if self.phase is not Phase.READY or not self.start_wanted or not room.ready:
            return
        self.start_wanted = False
        feed = room.link.feed
        try:
            if self.session is None:
                self.session = room.start_session()
            if feed is not None:
                feed.record_into(room.store, self.session.id)
                self.recording = True
        except UserError as error:
            self.trouble.emit(error)
            return
        self._next()

    def _resume(self) -> None:
        if not self._room.ready:
            self._set(Phase.HELD)
            return
        now_s = self._room.clock()
        self._write(lambda: self.session.resume(now_s))
        self._next()

    @Slot()
    def end_session(self) -> None:
        """End the session, once everything is on disk."""
        self._leave_timer.stop()
        self._set(Phase.SAVING)
        if self.recording:
            self._write(self._room.link.feed.stop_recording, self._stopped_recording)
        self._write(lambda: self.session.end(self._room.clock()), self._close)

    def _stopped_recording(self) -> None:
        self.recording = False
        self.changed.emit()

    def abandon(self) -> None:
        """Leave without another word to the store."""
        self.session.abandon()
        self.writes.clear()
        self._close()

    def _close(self) -> None:
        self.stage.close()
        self._set(Phase.CLOSED)
        self.closed.emit()

    # -- one image after the other -------------------------------------------------------------

    def _next(self, why_left: str = "answered") -> None:
        self._limit_timer.stop()
        self._leave_timer.stop()
        if not self.writes.pending:
            self.trouble.emit(None)
        image = self.session.next_image()
        self.progress = self.session.progress
        self._set(Phase.CROSS)
        if image is None:
            self.stage.clear(why_left, lambda _t_s: self._write(lambda: None, self._done))
        else:
            self.stage.show_image(image, self._protocol.fixation_cross_s, why_left)

    def _done(self) -> None:
        if self._room.exit_when_done:
            self.end_session()
        elif self.phase is Phase.CROSS:
            self._set(Phase.DONE)
            self._leave_timer.start(END_AFTER_MS)

    @Slot(str, object, float, str)
    def _appeared(self, image: str, placement: Placement, t_s: float, method: Method) -> None:
        self._image, self._answer = image, None
        self._seen_from_s = t_s + self._room.onset_correction_s
        self._write(lambda: self.session.show(image, placement, t_s, method))
        self._set(Phase.VIEWING)
        if self._protocol.time_limit_s is not None:
            self._limit_timer.start(round(self._protocol.time_limit_s * 1000))
        if image in self._ahead[:-1]:
            self.stage.prefetch(self._ahead[self._ahead.index(image) + 1])

    @Slot(float, str)
    def _left(self, t_s: float, why: str) -> None:
        self._write(lambda: self.session.hidden(t_s, why))

    @Slot()
    def _end_viewing(self) -> None:
        if self.phase is Phase.VIEWING:
            self._set(Phase.TIME_OVER)
            self.stage.clear("time_limit")

    def _take_answer(self, key: KeyPress, t_s: float) -> None:
        label = CANNOT_BE_ASSESSED if key.digit == "0" else self._room.store.scheme.index_of(key.digit)
        if label is None:
            return
        asked = self._protocol.ask_confidence and label != CANNOT_BE_ASSESSED
        confidence: Confidence = (1 if key.low else 2) if asked else 0
        image, reading = self._image, ""

        def write() -> None:
            nonlocal reading
            reading = self.session.reading
            self.session.answer(key.digit, label, confidence, t_s)

        def written() -> None:
            self.answers += 1
            self.corrections += image in self._read
            self._read.add(image)
            self.answered.emit(reading, image, label)
            self._next()

        if self._answer is not None and self.writes.waits(self._answer):
            # Not on disk yet: the reader may still think better of it.
            self._answer.action, self._answer.then = write, written
            self.writes.flush()
        else:
            self._answer = self._write(write, written)

    def _write(self, action: Callable[[], object], then: Callable[[], object] = lambda: None) -> Write:
        return self.writes.add(action, then)

    # -- what else happens ---------------------------------------------------------------------

    @Slot(object)
    def _link_changed(self, state: LinkState) -> None:
        if state.step == "lost":
            self.interrupt("tracker_lost", Phase.HELD)
        elif state.step == "storage_failed" and not self._storage_timer.isActive():
            self._storage_timer.start(STORAGE_PATIENCE_MS)
        elif self._room.ready and self.phase is Phase.HELD:
            self._set(Phase.PAUSED)
        if self.phase not in LOOKING:
            self.changed.emit()
        self._try_start()

    @Slot()
    def _hold_for_storage(self) -> None:
        if self._room.link.state.step == "storage_failed" and not self.writes.pending:
            self.interrupt("storage", Phase.HELD)

    @Slot(str, object)
    def _unreadable(self, image: str, error: UserError) -> None:
        if self.phase is Phase.CROSS and image == self.session.next_image():
            self.interrupt("image")
            self.trouble.emit(error)

    def _set(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()
