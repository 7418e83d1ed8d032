"""Waiting, for the scripts that are run in a process of their own: Qt goes on meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from gazeannotator.ui.reading.opening import ReadingWindow


def wait_until(holds: Callable[[], bool], patience_ms: int = 15_000) -> None:
    """Wait for it; ends the process, telling what the reading windows show, where it does not come."""
    loop, clock = QEventLoop(), QTimer(interval=5)
    clock.timeout.connect(lambda: loop.quit() if holds() else None)
    limit = QTimer(interval=patience_ms, singleShot=True)
    limit.timeout.connect(loop.quit)
    clock.start()
    limit.start()
    loop.exec()
    if not holds():
        windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, ReadingWindow)]
        said = [
            (each.controller.phase, each.link.state.step, each.place.problem(), each.panel.text)
            for each in windows
        ]
        sys.stderr.write(f"what was waited for did not come: {said}\n")
        sys.stderr.flush()
        # Threads that receive would keep the process alive.
        os._exit(1)


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
