"""How good the gaze of each reading was, told as soon as its last sample is stored."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gazeannotator.dataset.reading_gaze import gaze_while_seen
from gazeannotator.errors import StorageError, UserError
from gazeannotator.study.model import Session
from gazeannotator.study.store import Store
from gazeannotator.ui.background import in_background

LOOK_EVERY_MS = 250
RETRY_EVERY_MS = 1000


@dataclass
class ShownReading:
    """A reading from the moment at which its image was shown.

    Attributes
    ----------
    reading : str
        Id; empty until the onset is on disk.
    accuracy_deg : float
        Of the tracker, as known at the onset.
    onset_s, offset_s : float
        As stamped; `offset_s` is NaN while the image is on the screen.
    answered : bool
        The answer is on disk.
    """

    image: str
    onset_s: float
    reading: str = ""
    accuracy_deg: float = math.nan
    offset_s: float = math.nan
    answered: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing can change it any more."""
        return self.answered and not math.isnan(self.offset_s)


@dataclass(frozen=True, eq=False)
class _Case:
    """What is to be judged, as plain data for the thread that does it."""

    session: Session
    shown: ShownReading
    onset_s: float
    duration_s: float
    complete: bool = False
    """All its samples are stored: its session is over."""


class Judging(QObject):
    """Tells the data loss of readings, one after the other, in a thread beside the GUI's.

    Parameters
    ----------
    store : Store
    note : callable
        Called with a reading, its data loss, and what is to be called once that is noted.

    Signals
    -------
    settled()
        Nothing is left to be judged.
    trouble(UserError or None)
        The stored gaze cannot be read now, and is tried again; None when that is over.
    """

    settled = Signal()
    trouble = Signal(object)

    def __init__(
        self,
        store: Store,
        note: Callable[[ShownReading, float, Callable[[], object]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._note = note
        self._cases: deque[_Case] = deque()
        self._hurried = 0
        self._busy = self._gathering = False
        self.failing = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)

    @property
    def pending(self) -> int:
        """Readings that are not judged yet, or whose judgement is not on disk."""
        return len(self._cases) + self._gathering

    def make_up(self, reader: str, session_id: str) -> None:
        """Judge what earlier sessions of a reader have left without a judgement, as after a crash."""
        self._gathering = True
        store = self._store
        in_background(
            self,
            lambda: unjudged(store, reader, session_id),
            self._gathered,
            # The next session makes up for it.
            lambda _error: self._gathered([]),
        )

    def _gathered(self, cases: list[_Case]) -> None:
        if not self._gathering:
            return
        self._gathering = False
        self._cases.extend(cases)
        if self._hurried:
            self.hurry()
        elif self._cases:
            self._look_after(LOOK_EVERY_MS)

    def add(self, session: Session, shown: ShownReading) -> None:
        """Judge a reading that is over."""
        onset_s = shown.onset_s + session.onset_correction_s
        self._cases.append(_Case(session, shown, onset_s, shown.offset_s - shown.onset_s))
        self._look_after(LOOK_EVERY_MS)

    def hurry(self) -> None:
        """Judge what there is by the gaze that is stored now; `settled` follows in any case."""
        self._hurried = self.pending
        if self._gathering and not self._cases:
            return
        if self._cases:
            self._look_after(0)
        else:
            self.settled.emit()

    def clear(self) -> None:
        """Leave the rest without a judgement."""
        self._cases.clear()
        self._gathering = False
        self._timer.stop()

    def _look_after(self, wait_ms: int) -> None:
        if not self._busy and (not self._timer.isActive() or wait_ms < self._timer.remainingTime()):
            self._timer.start(wait_ms)

    @Slot()
    def _look(self) -> None:
        if self._busy or not self._cases:
            return
        self._busy = True
        store, case, as_it_is = self._store, self._cases[0], self._hurried > 0
        in_background(
            self,
            lambda: data_loss_of(store, case, as_it_is=as_it_is),
            lambda loss: self._judged(case, loss),
            lambda error: self._failed(case, error),
        )

    def _judged(self, case: _Case, loss: float | None) -> None:
        self._busy = False
        if self.failing:
            self.failing = False
            self.trouble.emit(None)
        if case not in self._cases:
            return
        if loss is None:
            self._look_after(0 if self._hurried else LOOK_EVERY_MS)
        else:
            self._busy = True  # until it is noted
            self._note(case.shown, loss, lambda: self._done(case))

    def _failed(self, case: _Case, error: UserError) -> None:
        self._busy = False
        if isinstance(error, StorageError):
            self.failing = True
            self.trouble.emit(error)
            self._look_after(RETRY_EVERY_MS)
        else:
            # Not to be mended by waiting. The mark is missing; builds judge the gaze anew.
            self._done(case)

    def _done(self, case: _Case) -> None:
        self._busy = False
        if case not in self._cases:
            return
        self._cases.remove(case)
        self._hurried = max(0, self._hurried - 1)
        if self._cases:
            self._look_after(0)
        elif not self._gathering:
            self.settled.emit()


def unjudged(store: Store, reader: str, session_id: str) -> list[_Case]:
    """Gather a reader's answered and recorded readings without a judgement, of other sessions."""
    sessions = {each.id: each for each in store.sessions()}
    noted = {
        each.reading
        for key, session in sessions.items()
        if session.reader == reader
        for each in store.entries(key)
        if each.event == "quality"
    }
    cases = []
    for each in store.readings():
        session = sessions.get(each.session)
        mine = each.reader == reader and each.session != session_id and each.state == "done"
        if session is None or session.gaze_stream is None or not mine or each.id in noted:
            continue
        onset_s, duration_s = each.seen(session.onset_correction_s)
        if not math.isnan(duration_s):
            shown = ShownReading(
                each.image, each.onset_s, each.id, each.tracking.accuracy_deg, each.offset_s, answered=True
            )
            cases.append(_Case(session, shown, onset_s, duration_s, complete=True))
    return cases


def data_loss_of(store: Store, case: _Case, *, as_it_is: bool) -> float | None:
    """Tell the share of lost samples; None while its last samples may not be stored yet.

    Samples are stored in the order in which they came: once one from after the image is there,
    so are all before it.
    """
    stop_s = case.onset_s + case.duration_s
    if not (as_it_is or case.complete) and not len(store.gaze(case.session.id, stop_s)):
        return None
    return gaze_while_seen(store, case.session, case.onset_s, case.duration_s).data_loss
