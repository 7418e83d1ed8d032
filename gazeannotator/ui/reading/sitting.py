"""One session from its start to its end: what is written of it, and in which order it is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from gazeannotator.samples import GazeChunk
from gazeannotator.study.session import ReadingSession
from gazeannotator.ui.gaze_feed import GazeFeed
from gazeannotator.ui.reading.judging import Judging, ShownReading
from gazeannotator.ui.reading.link import LinkState
from gazeannotator.ui.reading.room import Room
from gazeannotator.ui.reading.writes import Write, Writes


def _nothing() -> None:
    pass


class Sitting(QObject):
    """Holds the session, its recording, and everything that is still to be written of them.

    Signals
    -------
    changed()
        The recording has begun or ended.
    ended()
        All is on disk and the session is over.

    Attributes
    ----------
    protocol : Protocol
        The study's; from the start on as the session began.
    session : ReadingSession or None
        None before the start.
    recording : bool
        Whether gaze is being stored.
    validated : bool
        Whether a validation was gone on with, and the tracker is still what it was then.
    ending : bool
        Whether the last rows are on their way: nothing may follow them.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.room = room
        self.protocol = room.store.protocol
        self.session: ReadingSession | None = None
        self.recording = self.ending = self.validated = False
        self.writes = Writes(self)
        self.judging = Judging(room.store, self._note_quality, self)
        self._paused = self._lost = False
        room.link.changed.connect(self._link_changed)

    @property
    def feed(self) -> GazeFeed | None:
        """The gaze stream; None where there is none, or none yet."""
        return self.room.link.feed

    def latest(self, seconds: float) -> GazeChunk:
        """Give the gaze of the last seconds."""
        return GazeChunk.empty() if self.feed is None else self.feed.latest(seconds)

    def start(self) -> None:
        """Begin the session and the recording; what runs already goes on.

        Raises
        ------
        UserError
            What could not be begun is tried anew at the next call.
        """
        if self.session is None:
            self.session = self.room.start_session()
            self.protocol = self.session.protocol
            self.judging.make_up(self.session.session.reader, self.session.id)
        if self.feed is not None and not self.recording:
            self.feed.record_into(self.room.store, self.session.id)
            self.recording = True
            self.changed.emit()

    def write(self, action: Callable[[], object], then: Callable[[], object] = _nothing) -> Write:
        """Write something into the session's journal, after what waits already."""
        return self.writes.add(action, then)

    def distrust(self, reason: str, **details: Any) -> None:  # noqa: ANN401
        """Note that the tracker is not what was validated, see `ReadingSession.calibration`."""
        self.validated = False
        if self.feed is not None:
            self.feed.correction = None
        if self.session is not None and not self.ending:
            now_s = self.room.clock()
            self.write(lambda: self.session.calibration(now_s, reason=reason, **details))

    def pause(self, t_s: float, why: str) -> None:
        """Note a pause, unless one is noted already."""
        if not self._paused:
            self._paused = True
            self.write(lambda: self.session.pause(t_s, why))

    def resume(self, t_s: float) -> None:
        """Note the end of a pause that was noted."""
        if self._paused:
            self._paused = False
            self.write(lambda: self.session.resume(t_s))

    @Slot(object)
    def _link_changed(self, state: LinkState) -> None:
        if self._lost and state.ready and self.recording:
            self._note_gaps()
        self._lost = state.step == "lost"

    def _note_gaps(self) -> None:
        now_s = self.room.clock()
        for gap in self.feed.take_gaps():
            self.write(
                lambda gap=gap: self.session.gap(now_s, from_s=gap.from_s, to_s=gap.to_s, reason=gap.reason)
            )

    def judge(self, shown: ShownReading) -> None:
        """Have it noted how good the gaze of a reading is, once it is over."""
        if self.recording and shown.is_over:
            self.judging.add(self.session.session, shown)

    def end(self) -> None:
        """End the session, once everything is on disk; then `ended` is emitted."""
        self.ending = True
        if self.recording:
            self.write(self.feed.stop_recording, self._stopped)
        self.write(_nothing, self._judge_the_rest)

    def abandon(self) -> None:
        """Leave without another word to the store."""
        self.judging.clear()
        self.session.abandon()
        self.writes.clear()

    def _stopped(self) -> None:
        self._note_gaps()
        timing = self.feed.timing
        if timing is not None:
            now_s = self.room.clock()
            self.write(lambda: self.session.stream_timing(now_s, timing.as_data()))
        self.recording = False
        self.changed.emit()

    def _judge_the_rest(self) -> None:
        # All gaze is stored now: whatever is still to be judged can be.
        self.judging.settled.connect(self._close)
        self.judging.hurry()

    @Slot()
    def _close(self) -> None:
        self.judging.settled.disconnect(self._close)
        self.write(lambda: self.session.end(self.room.clock()), self.ended.emit)

    def _note_quality(self, shown: ShownReading, loss: float, then: Callable[[], object]) -> None:
        now_s = self.room.clock()
        self.write(
            lambda: self.session.quality(
                now_s, shown.reading, shown.image, data_loss=loss, accuracy_deg=shown.accuracy_deg
            ),
            then,
        )
