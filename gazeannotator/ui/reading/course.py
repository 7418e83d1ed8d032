"""What follows on what in a reading session: pages, crosses, images, checks, pauses, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gazeannotator.errors import UserError
from gazeannotator.study.reading_list import reading_order, remaining, to_repeat
from gazeannotator.ui.reading.alarms import Alarms
from gazeannotator.ui.reading.answering import Answering
from gazeannotator.ui.reading.checks import Checks
from gazeannotator.ui.reading.link import LinkState
from gazeannotator.ui.reading.room import LOOKING, Phase, Room
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.stage import Stage
from gazeannotator.ui.reading.viewing import Viewing

STORAGE_PATIENCE_MS = 1000
"""Gaze that cannot be stored is kept in memory; a short lock of the database interrupts nobody."""

END_AFTER_MS = 60_000
"""After the last image the session ends by itself: nobody is recorded who has left."""

JUDGED_WITHIN_MS = 3000
"""After the last image its gaze is waited for so long, then judged as it is."""

_GOING_ON = (*LOOKING, Phase.CHECKING, Phase.VALIDATING, Phase.PAUSED, Phase.HELD)
"""When a page of words that came over these is left, the reading goes on with the next image."""

Wanted = Literal["", "images", "validation", "check"]


class Course(QObject):
    """Goes from phase to phase.

    Signals
    -------
    changed()
        Phase, progress or recording: look again.
    trouble(UserError or None)
        Something cannot be saved or shown, and is tried again; None when that is over.
    answered(reading id, image id, label)
        The answer is on disk.
    validation_wanted(purpose)
        See `ReadingController.validation_wanted`.
    closed()
        The session is over.

    Attributes
    ----------
    phase : Phase
    why_paused : str
        ``reader``, ``operator``, ``criteria``, ``window``, ``image``, ``drift_check``,
        ``tracker_lost``, ``tracker_changed`` or ``storage``.
    wanted : str
        What begins as soon as the tracker is ready; empty if nothing does.
    progress, to_repeat : tuple of int, int
        Images answered by this reader, and images in all; those that are offered again at the end.
    hold_next : bool
        The next image is not to appear: somebody is about to pause.
    """

    changed = Signal()
    trouble = Signal(object)
    answered = Signal(str, str, int)
    validation_wanted = Signal(str)
    closed = Signal()

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self.sitting = Sitting(room, self)
        protocol, readings = self.sitting.protocol, room.store.readings()
        sizes = {each.id: each.size_px for each in room.store.images()}
        order = reading_order(sizes, room.store.id, room.reader, protocol)
        self._ahead = remaining(order, readings, room.reader)
        self.phase = Phase.READY
        self.why_paused = ""
        self.wanted: Wanted = ""
        self.progress = (len(order) - len(self._ahead), len(order))
        self.to_repeat = len(to_repeat(order, readings, room.reader, protocol))
        self._return_to = Phase.READY
        self._after_check: Callable[[], object] = self.next
        self._after_validation: Callable[[bool], object] = lambda _measured: None
        self._told_again = self._all_shown = self._waits_for_marks = self.hold_next = False
        self.stage = Stage(
            room.view,
            room.place.origin_px,
            room.store.image_file,
            sizes,
            lambda: not (self.sitting.writes.pending or self.hold_next),
            self,
        )
        self.viewing = Viewing(self.sitting, self.stage, self)
        self.checks = Checks(self.sitting, self.stage, self)
        self.answering = Answering(self.sitting, set(order) - set(self._ahead), self)
        self.alarms = Alarms(lambda: self.sitting.feed, room.clock, lambda: self.sitting.protocol, self)
        self._storage_timer = self._timer(self._hold_for_storage)
        self._leave_timer = self._timer(self.end)
        self._judged_timer = self._timer(self.sitting.judging.hurry)
        self._connect()

    def _connect(self) -> None:
        sitting, stage, checks = self.sitting, self.stage, self.checks
        for source in (sitting.writes, sitting.judging):
            source.trouble.connect(self.trouble)
        sitting.writes.drained.connect(stage.try_again)
        sitting.judging.settled.connect(self._judged)
        sitting.changed.connect(self.changed)
        sitting.ended.connect(self.close)
        self.viewing.seen.connect(self._seen)
        self.viewing.time_over.connect(self._end_viewing)
        stage.unreadable.connect(self._unreadable)
        self.answering.answered.connect(self._answered)
        checks.changed.connect(self._checked)
        checks.passed.connect(self.go_on)
        checks.failed.connect(lambda: self.set(Phase.CHECK_FAILED))
        self._room.link.changed.connect(self._link_changed)

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True)
        timer.timeout.connect(call)
        return timer

    @property
    def can_validate(self) -> bool:
        """Whether there is gaze to validate, and a way to do it."""
        return self.sitting.feed is not None and self._room.validation is not None

    @property
    def must_validate(self) -> bool:
        """Whether the protocol wants a validation that was not done yet."""
        wanted = self.sitting.protocol.require_validation and not self._room.skip_calibration
        return wanted and self.can_validate and not self.sitting.validated

    def set(self, phase: Phase) -> None:
        """Be in a phase."""
        self.phase = phase
        self.alarms.watch(phase in LOOKING and self.sitting.recording)
        self.changed.emit()

    # -- start, pause, end ---------------------------------------------------------------------

    def want(self, what: Wanted) -> None:
        """Begin something from the ready page, at once or as soon as the tracker is ready."""
        self.wanted = what
        self.changed.emit()
        self._begin_wanted()

    def _begin_wanted(self) -> None:
        if self.phase is not Phase.READY or not self.wanted or not self._room.ready:
            return
        wanted, self.wanted = self.wanted, ""
        begins = self.sitting.session is None
        try:
            self.sitting.start()
        except UserError as error:
            self.trouble.emit(error)
            return
        if begins:
            self.alarms.take_distance()
        if wanted == "check":
            self.check(lambda: self.set(Phase.READY))
        elif wanted == "validation":
            self.validate("reader", lambda _measured: self.set(Phase.READY))
        else:
            self.next()

    def interrupt(self, why: str, phase: Phase = Phase.PAUSED) -> None:
        """Take the image away, it is offered again; does nothing where none is read."""
        if self.phase not in (*LOOKING, Phase.CHECKING):
            return
        self.viewing.stop()
        self.checks.stop()
        self.why_paused = why
        self.set(phase)
        reason = "tracker_lost" if why == "tracker_lost" else "pause"
        self.stage.clear(reason, lambda t_s: self.sitting.pause(t_s, why))

    def resume(self) -> None:
        """Go on with the next image, if the tracker allows it."""
        if not self._room.ready:
            self.set(Phase.HELD)
            return
        self.sitting.resume(self._room.clock())
        self.next()

    def turn_to(self, page: Phase) -> None:
        """Show a page that covers what is going on, and remember that."""
        self._return_to = self.phase
        if self.phase in (*LOOKING, Phase.CHECKING):
            self.interrupt("criteria" if page is Phase.CRITERIA else "reader", page)
        else:
            self.set(page)

    def go_back(self) -> None:
        """Leave that page."""
        if self._return_to in _GOING_ON:
            self.resume()
        else:
            self.set(self._return_to)
            self._begin_wanted()

    @Slot()
    def end(self) -> None:
        """End the session, once everything is on disk."""
        self._leave_timer.stop()
        self.set(Phase.SAVING)
        self.sitting.end()

    def abandon(self) -> None:
        """Leave without another word to the store."""
        self.sitting.abandon()
        self.close()

    @Slot()
    def close(self) -> None:
        """Be over."""
        self.stage.close()
        self.set(Phase.CLOSED)
        self.closed.emit()

    # -- checks and validations ----------------------------------------------------------------

    def check_now(self) -> None:
        """Do a drift check at the reader's wish, and go on where that was."""
        if self.phase in LOOKING:
            self.interrupt("drift_check", Phase.CHECKING)
            self.check(self.resume)
        elif self.phase is Phase.PAUSED:
            self.check(self._return_to_pause)
        elif self.phase is Phase.CHECK_FAILED:
            self.check(self._after_check)

    def check(self, afterwards: Callable[[], object], why_left: str = "pause") -> None:
        """Do a drift check, then something else."""
        self._after_check = afterwards
        self.set(Phase.CHECKING)
        self.checks.start(why_left)

    @Slot()
    def go_on(self) -> None:
        """Go on after a check, whatever it has found."""
        self.checks.begin_count()
        self._after_check()

    def validate_now(self) -> None:
        """Ask for a validation at the reader's wish, and go on where that was."""
        if self.phase is Phase.PAUSED:
            self.validate("reader", lambda _measured: self._return_to_pause())
        elif self.phase is Phase.CHECK_FAILED:
            self.validate(
                "check_failed", lambda measured: self.go_on() if measured else self.set(Phase.CHECK_FAILED)
            )

    def validate(self, purpose: str, afterwards: Callable[[bool], object]) -> None:
        """Ask for a validation, then do something else, which is told whether there was a result."""
        self._after_validation = afterwards
        self.set(Phase.VALIDATING)
        self.validation_wanted.emit(purpose)

    def take_validation(self, result: dict[str, Any] | None) -> None:
        """Write what a validation has found and go on; None where it was left without one."""
        if self.phase is not Phase.VALIDATING:
            return
        measured = result is not None and not result.get("left", False)
        if result is not None:
            now_s, session = self._room.clock(), self.sitting.session
            self.sitting.write(
                lambda: session.validation(now_s, **result),
                lambda: self.alarms.take_accuracy(session.tracking.accuracy_deg),
            )
            self.sitting.validated |= measured
            self.checks.begin_count()
            self.alarms.take_distance(result.get("distance_mm"))
        self._after_validation(measured)

    def _return_to_pause(self) -> None:
        self.set(Phase.PAUSED if self._room.ready else Phase.HELD)

    @Slot()
    def _checked(self) -> None:
        self.alarms.take_check(self.checks.result)
        self.changed.emit()

    # -- one image after the other -------------------------------------------------------------

    def next(self, why_left: str = "answered") -> None:
        """Go on with the next image, or with what comes before it."""
        self.viewing.stop()
        self._leave_timer.stop()
        session = self.sitting.session
        if not self.sitting.writes.pending:
            self.trouble.emit(None)
        image = session.next_image()
        self.progress, self.to_repeat = session.progress, session.to_repeat
        # Where a session begins with them, the ready page has said so.
        self._told_again |= session.repeats and self.viewing.shown is None
        self._all_shown = image is None or (session.repeats and not self._told_again)
        if self._all_shown:
            self.set(Phase.CROSS)
            self.stage.clear(why_left, lambda _t_s: self.sitting.write(lambda: None, self._come_to_end))
        elif self.must_validate:
            self.validate("start", lambda measured: self.next() if measured else self.set(Phase.READY))
        elif self.checks.due:
            self.check(self.resume, why_left)
        else:
            self.set(Phase.CROSS)
            self.viewing.show(image, why_left)

    def repeat(self) -> None:
        """Go on with the images that are offered again."""
        self._told_again = True
        self.resume()

    def _come_to_end(self) -> None:
        ends = self.phase is Phase.CROSS or (self._room.exit_when_done and self.phase is not Phase.SAVING)
        if not ends or not self._all_shown:
            return
        session = self.sitting.session
        self.to_repeat = session.to_repeat
        self._waits_for_marks = self.sitting.protocol.offer_again and self.sitting.judging.pending > 0
        if self._waits_for_marks:
            # How many come again is to be said once, and rightly.
            self._judged_timer.start(JUDGED_WITHIN_MS)
        elif session.repeats and not self._told_again:
            self.set(Phase.AGAIN)
        elif session.next_image() is not None:
            self.next()
        elif self._room.exit_when_done:
            self.end()
        else:
            self.set(Phase.DONE)
            self._leave_timer.start(END_AFTER_MS)

    @Slot()
    def _judged(self) -> None:
        if self._waits_for_marks:
            self._waits_for_marks = False
            self._judged_timer.stop()
            self._come_to_end()

    @Slot(str)
    def _seen(self, image: str) -> None:
        self.set(Phase.VIEWING)
        if image in self._ahead[:-1]:
            self.stage.prefetch(self._ahead[self._ahead.index(image) + 1])

    @Slot()
    def _end_viewing(self) -> None:
        if self.phase is Phase.VIEWING:
            self.set(Phase.TIME_OVER)
            self.stage.clear("time_limit")

    @Slot(str, str, int)
    def _answered(self, reading: str, image: str, label: int) -> None:
        self.checks.count_image()
        self.sitting.judge(self.viewing.shown)
        self.answered.emit(reading, image, label)
        self.next()

    # -- what else happens ---------------------------------------------------------------------

    @Slot(object)
    def _link_changed(self, state: LinkState) -> None:
        if state.step == "lost":
            self.interrupt("tracker_lost", Phase.HELD)
        elif state.step == "storage_failed" and not self._storage_timer.isActive():
            self._storage_timer.start(STORAGE_PATIENCE_MS)
        self._look_again()

    def look_at_place(self) -> None:
        """Hold while the window is not on the tracked screen, or that is not as it was."""
        if self._room.displaced:
            self.interrupt("window", Phase.HELD)
            if self.phase is Phase.PAUSED:
                self.set(Phase.HELD)
        self._look_again()

    def _look_again(self) -> None:
        if self.phase is Phase.HELD and self._room.ready:
            self.set(Phase.PAUSED)
        if self.phase not in LOOKING:
            self.changed.emit()
        self._begin_wanted()

    @Slot()
    def _hold_for_storage(self) -> None:
        if self._room.link.state.step == "storage_failed" and not self.sitting.writes.pending:
            self.interrupt("storage", Phase.HELD)

    @Slot(str, object)
    def _unreadable(self, image: str, error: UserError) -> None:
        if self.phase is Phase.CROSS and image == self.sitting.session.next_image():
            self.interrupt("image")
            self.trouble.emit(error)
