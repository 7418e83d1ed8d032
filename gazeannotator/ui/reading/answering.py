"""Answers: which key means what, and how many were given."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from gazeannotator.study.model import CANNOT_BE_ASSESSED, Confidence
from gazeannotator.ui.reading.judging import ShownReading
from gazeannotator.ui.reading.keys import KeyPress
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.writes import Write


class Answering(QObject):
    """Takes answers and counts those of this session.

    Parameters
    ----------
    read : iterable of str
        Images that the reader has answered in earlier sessions.

    Signals
    -------
    answered(reading id, image id, label)
        The answer is on disk.

    Attributes
    ----------
    answers, corrections, repeated : int
        All; those to an image that had one, at the reader's wish; those to an image that was
        offered again.
    """

    answered = Signal(str, str, int)

    def __init__(self, sitting: Sitting, read: Iterable[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.answers = self.corrections = self.repeated = 0
        self._sitting = sitting
        self._read = set(read)
        self._last: Write | None = None

    def take(self, shown: ShownReading, key: KeyPress, t_s: float) -> None:
        """Take an answer to the reading that is open; one that is not on disk yet is replaced."""
        room, protocol = self._sitting.room, self._sitting.protocol
        label = CANNOT_BE_ASSESSED if key.digit == "0" else room.store.scheme.index_of(key.digit)
        if label is None:
            return
        asked = protocol.ask_confidence and label != CANNOT_BE_ASSESSED
        confidence: Confidence = (1 if key.low else 2) if asked else 0
        repeated = False

        def write() -> None:
            nonlocal repeated
            repeated = self._sitting.session.repeats
            self._sitting.session.answer(key.digit, label, confidence, t_s)

        def written() -> None:
            shown.answered = True
            self.answers += 1
            self.repeated += repeated
            self.corrections += shown.image in self._read and not repeated
            self._read.add(shown.image)
            self.answered.emit(shown.reading, shown.image, label)

        writes = self._sitting.writes
        if self._last is not None and writes.waits(self._last):
            # Not on disk yet: the reader may still think better of it.
            self._last.action, self._last.then = write, written
            writes.flush()
        else:
            self._last = self._sitting.write(write, written)
