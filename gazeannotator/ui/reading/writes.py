"""What must be on disk, in order: what fails is kept and tried again until it succeeds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from gazeannotator.errors import UserError

RETRY_EVERY_MS = 1000


def _nothing() -> None:
    pass


@dataclass(eq=False)
class Write:
    """One write; `then` is called once it is on disk. What is to be written may change until then."""

    action: Callable[[], object]
    then: Callable[[], object] = _nothing


class Writes(QObject):
    """Does writes at once, one after the other; nothing overtakes one that failed.

    Signals
    -------
    trouble(UserError or None)
        A write failed, and is tried again; None when all is written.
    drained()
        All is written.
    """

    trouble = Signal(object)
    drained = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Write] = deque()
        self._failing = False
        self._busy = False
        self._again = QTimer(self, interval=RETRY_EVERY_MS, singleShot=True)
        self._again.timeout.connect(self.flush)

    @property
    def pending(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._queue)

    @property
    def failing(self) -> bool:
        """Whether the last try failed, and it is tried again."""
        return self._failing

    def waits(self, write: Write) -> bool:
        """Whether that write is not on disk yet."""
        return write in self._queue

    def add(self, action: Callable[[], object], then: Callable[[], object] = _nothing) -> Write:
        """Write something, after what waits already."""
        write = Write(action, then)
        self._queue.append(write)
        if not self._again.isActive():
            self.flush()
        return write

    def flush(self) -> None:
        """Try now."""
        if self._busy:  # a write that follows from another one takes its turn
            return
        self._again.stop()
        self._busy = True
        try:
            while self._queue:
                self._queue[0].action()
                self._queue.popleft().then()
        except UserError as error:
            self._failing = True
            self._again.start()
            self.trouble.emit(error)
            return
        finally:
            self._busy = False
        if self._failing:
            self._failing = False
            self.trouble.emit(None)
        self.drained.emit()

    def clear(self) -> None:
        """Give up what waits."""
        self._queue.clear()
        self.flush()
