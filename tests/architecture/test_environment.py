"""The installed libraries do not harm the interpreter."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Sender(QObject):
    sent = Signal()


def test_qt_counts_the_nones_that_it_returns() -> None:
    """Without that, None is deallocated in the middle of a reading (PySide6 6.12.0 on Python 3.11)."""
    sender = Sender()
    singletons = (None, True, False)
    before = [sys.getrefcount(each) for each in singletons]
    for _ in range(500):
        sender.setObjectName("name")
        sender.sent.emit()
    lost = [count - sys.getrefcount(each) for count, each in zip(before, singletons, strict=True)]
    assert max(lost) < 250
