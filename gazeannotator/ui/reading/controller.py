"""What the reader's keys and the operator do to the course of a session, and what both may know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from gazeannotator.study.model import Protocol
from gazeannotator.study.session import ReadingSession
from gazeannotator.ui.reading.course import Course
from gazeannotator.ui.reading.judging import ShownReading
from gazeannotator.ui.reading.keys import KeyPress
from gazeannotator.ui.reading.room import ANSWERING, LOOKING, Phase, Room


class Moment(NamedTuple):
    """What a note is about.

    Attributes
    ----------
    t_s : float
    shown : ShownReading or None
        The reading that waited for its answer then.
    """

    t_s: float
    shown: ShownReading | None


class ReadingController(QObject):
    """Reacts to keys; every answer is on disk before the course goes on.

    Signals
    -------
    changed()
        Phase, progress, flag or recording: look again.
    trouble(UserError or None)
        Something cannot be saved or shown, and is tried again; None when that is over.
    answered(reading id, image id, label)
        The answer is on disk.
    alarm(kind, words)
        Something is wrong with the gaze, for the operator; with empty words it is over. Kinds:
        ``data_loss``, ``distance``, ``accuracy``, ``setup``. All that are on: `alarms`.
    validation_wanted(purpose)
        The phase is `Phase.VALIDATING`, gaze is recorded, and `validated` is awaited. Should the
        phase become another one before, nobody waits any more. Purposes: ``start`` (the protocol
        requires it), ``reader`` (somebody pressed V), ``check_failed``.
    closed()
        The session is over; nothing more happens here.
    """

    changed = Signal()
    trouble = Signal(object)
    answered = Signal(str, str, int)
    alarm = Signal(str, str)
    validation_wanted = Signal(str)
    closed = Signal()

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._course = course = Course(room, self)
        self._sitting = course.sitting
        self.writes = self._sitting.writes
        self.stage = course.stage
        course.changed.connect(self.changed)
        course.trouble.connect(self.trouble)
        course.answered.connect(self.answered)
        course.alarms.alarm.connect(self.alarm)
        course.alarms.told.connect(self.changed)
        course.validation_wanted.connect(self.validation_wanted)
        course.closed.connect(self.closed)
        if room.validation is not None:
            self.validation_wanted.connect(room.validation)

    # -- what there is to know -----------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """What is going on."""
        return self._course.phase

    @property
    def why_paused(self) -> str:
        """Why it was paused last, see `Course`."""
        return self._course.why_paused

    @property
    def now_s(self) -> float:
        """The local clock."""
        return self._room.clock()

    @property
    def protocol(self) -> Protocol:
        """How images are read."""
        return self._sitting.protocol

    @property
    def session(self) -> ReadingSession | None:
        """The session; None before the start."""
        return self._sitting.session

    @property
    def recording(self) -> bool:
        """Whether gaze is being stored."""
        return self._sitting.recording

    @property
    def unsaved(self) -> bool:
        """Whether something waits for a disk that does not take or give it."""
        return self.writes.failing or self._sitting.judging.failing

    @property
    def start_wanted(self) -> bool:
        """Space was pressed and the tracker is not ready yet."""
        return bool(self._course.wanted)

    @property
    def progress(self) -> tuple[int, int]:
        """Images answered by this reader, and images in all."""
        return self._course.progress

    @property
    def answers(self) -> int:
        """Answers of this session."""
        return self._course.answering.answers

    @property
    def corrections(self) -> int:
        """Answers of this session to images that had one, at the reader's wish."""
        return self._course.answering.corrections

    @property
    def repeats(self) -> tuple[int, int]:
        """Images offered again that were answered in this session, and those and the rest together."""
        done = self._course.answering.repeated
        return (done, done + self._course.to_repeat)

    @property
    def repeating(self) -> bool:
        """Whether the image is one that is offered again."""
        return self.phase in (*LOOKING, Phase.TIME_OVER) and self.session.repeats

    @property
    def flagged(self) -> bool:
        """Whether the image on screen is flagged for discussion."""
        return self.phase in ANSWERING and self.session.flagged

    @property
    def has_gaze(self) -> bool:
        """Whether there is a gaze stream."""
        return self._sitting.feed is not None

    @property
    def can_validate(self) -> bool:
        """Whether V means something."""
        return self._course.can_validate

    @property
    def must_validate(self) -> bool:
        """Whether a validation comes before the first image."""
        return self._course.must_validate

    @property
    def check(self) -> Any:  # noqa: ANN401 - tracking.quality.DriftCheck
        """Result of the last drift check; None while one runs, and before the first."""
        return self._course.checks.result

    @property
    def alarms(self) -> dict[str, str]:
        """What is wrong with the gaze now: kind → words for the operator."""
        return dict(self._course.alarms.active)

    @property
    def reference_mm(self) -> float:
        """The reader's distance that the alarm counts a change from; NaN if none is known yet."""
        return self._course.alarms.reference_mm

    @property
    def held_next(self) -> bool:
        """Whether the next image is kept back."""
        return self._course.hold_next

    @property
    def calm_words(self) -> str:
        """What the reader is told of it while reading; mostly nothing."""
        return self._course.alarms.for_reader

    # -- what others do ------------------------------------------------------------------------

    def interrupt(self, why: str) -> None:
        """Take the image away, it is offered again; does nothing where none is read."""
        self._course.interrupt(why)

    def look_at_place(self) -> None:
        """Hold while the window is not on the tracked screen, or that is not as it was."""
        self._course.look_at_place()

    @Slot()
    def pause_by_operator(self) -> None:
        """Pause the reading, if somebody reads."""
        self._course.interrupt("operator")

    @Slot()
    def resume_by_operator(self) -> None:
        """Go on from a pause, whoever has made it."""
        if self.phase is Phase.PAUSED:
            self._course.resume()

    def hold_next(self, hold: bool) -> None:
        """Keep the next image back, for a pause that is to break no reading off; or let it come."""
        self._course.hold_next = hold
        self.stage.try_again()
        self.changed.emit()

    def moment(self) -> Moment:
        """Tell what a note is about that is written on this moment."""
        return Moment(self._room.clock(), self._course.viewing.shown if self.phase in ANSWERING else None)

    def note(self, text: str, about: Moment | None = None, then: Callable[[], object] = lambda: None) -> bool:
        """Write a note of the operator's into the session; tells whether there is one to write into.

        Parameters
        ----------
        about : Moment, optional
            Default: this one.
        then : callable
            Called once it is on disk.
        """
        sitting = self._sitting
        runs = self.session is not None and not sitting.ending and self.phase is not Phase.CLOSED
        if runs and text.strip():
            t_s, shown = about or self.moment()

            def write() -> None:
                # Not before: an onset that waits for the disk gets its reading there.
                about_what = (shown.reading, shown.image) if shown is not None else ()
                self.session.note(t_s, text, *about_what)

            sitting.write(write, then)
        return runs

    @Slot(object)
    def validated(self, result: dict[str, Any] | None) -> None:
        """Take what a validation has found, and go on.

        Parameters
        ----------
        result : dict or None
            What `ReadingSession.validation` takes but its time; None where it was left without a
            result.
        """
        self._course.take_validation(result)

    def note_validation(self, result: dict[str, Any]) -> None:
        """Write what a validation had found when the course left it."""
        now_s, session, alarms = self._room.clock(), self.session, self._course.alarms
        if self.phase not in (Phase.SAVING, Phase.CLOSED):
            self.writes.add(
                lambda: session.validation(now_s, **result),
                lambda: alarms.take_accuracy(session.tracking.accuracy_deg),
            )

    def distrust(self, reason: str, **details: Any) -> None:  # noqa: ANN401
        """Take it that the tracker is not what was validated, see `ReadingSession.calibration`."""
        if self.session is not None:
            self._sitting.distrust(reason, **details)
            self._course.alarms.take_change()
            self.changed.emit()

    def end_session(self) -> None:
        """End the session, once everything is on disk."""
        self._course.end()

    def abandon(self) -> None:
        """Leave without another word to the store."""
        self._course.abandon()

    # -- keys ----------------------------------------------------------------------------------

    def press(self, key: KeyPress, pressed_s: float) -> None:
        """Take a key that went down at that time of the clock."""
        if self.phase is Phase.SAVING:
            # Only what is not saved yet may be left behind.
            if key.action == "end" and self.unsaved:
                self.abandon()
            else:
                self.writes.flush()
        elif self.writes.pending and not (key.action == "label" and self.phase in ANSWERING):
            # First what is not saved yet.
            self.writes.flush()
        elif self.phase is not Phase.CLOSED:
            getattr(self, f"_press_{key.action}")(key, pressed_s)

    def _press_space(self, _key: KeyPress, _t_s: float) -> None:
        course = self._course
        if self.phase in (Phase.READY, Phase.HELD) and self._room.displaced == "elsewhere":
            self._room.place.show()
        elif self.phase is Phase.READY:
            course.want("images")
        elif self.phase is Phase.PAUSED:
            course.resume()
        elif self.phase in (Phase.CRITERIA, Phase.ASKING_END):
            course.go_back()
        elif self.phase is Phase.AGAIN:
            course.repeat()
        elif self.phase is Phase.CHECKING:
            course.checks.accept()
        elif self.phase is Phase.CHECK_FAILED:
            course.check_now()
        elif self.phase is Phase.CROSS and course.viewing.starting.waits_for_eye:
            course.viewing.starting.come()
        elif self.phase is Phase.DONE:
            course.end()
        elif self.phase in LOOKING:
            course.interrupt("reader")

    def _press_label(self, key: KeyPress, t_s: float) -> None:
        link = self._room.link
        if self.phase in ANSWERING:
            # A key that went down before the image was seen is no answer to it.
            shown = self._course.viewing.shown
            if t_s >= shown.onset_s + self._room.onset_correction_s + self.protocol.minimum_viewing_s:
                self._course.answering.take(shown, key, t_s)
        elif self.phase is Phase.READY and link.state.step == "coordinates" and key.digit in "12":
            link.answer("normalised" if key.digit == "1" else "screen_px")
        elif self.phase is Phase.READY and key.digit != "0":
            link.choose(int(key.digit) - 1)

    def _press_flag(self, _key: KeyPress, t_s: float) -> None:
        if self.phase in ANSWERING:
            self._sitting.write(lambda: self.session.flag(t_s), self.changed.emit)

    def _press_back(self, _key: KeyPress, t_s: float) -> None:
        phases = (*LOOKING, Phase.PAUSED, Phase.AGAIN, Phase.DONE)
        if self.phase in phases and self.session.back() is not None:
            self._sitting.resume(t_s)
            self._course.next("back")

    def _press_end(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY and self.session is None:
            self._course.close()
        elif self.phase in (Phase.CRITERIA, Phase.ASKING_END):
            self._course.go_back()
        elif self.phase is Phase.DONE:
            self._course.end()
        else:
            self._course.turn_to(Phase.ASKING_END)

    def _press_confirm(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase in (Phase.ASKING_END, Phase.DONE):
            self._course.end()
        elif self.phase is Phase.CHECK_FAILED:
            self._course.go_on()

    def _press_criteria(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.CRITERIA:
            self._course.go_back()
        elif self.phase not in (Phase.ASKING_END, Phase.VALIDATING):
            self._course.turn_to(Phase.CRITERIA)

    def _press_no_gaze(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY and self.session is None and not self._room.link.state.ready:
            self._room.link.without_gaze()

    def _press_check(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY and self.has_gaze and self._room.ready:
            self._course.want("check")
        elif self.recording:
            self._course.check_now()

    def _press_validate(self, _key: KeyPress, _t_s: float) -> None:
        if self.phase is Phase.READY and self.can_validate and self._room.ready:
            self._course.want("validation")
        elif self.recording and self.can_validate:
            self._course.validate_now()
