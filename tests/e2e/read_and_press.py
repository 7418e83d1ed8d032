"""The real `gazeannotator read` with somebody at the keyboard: presses keys and says what was answered.

Usage: read_and_press.py SHORTEST_S LONGEST_S [options of gazeannotator read]

Every image is looked at for a time between these two. Space is pressed at once; with LISTENED=1 in the
environment only when somebody listens to the events. Says ``shown IMAGE`` and
``answered READING IMAGE LABEL`` as it happens.
"""

import os
import random
import sys

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from gazeannotator.cli.main import main
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import ReadingWindow
from gazeannotator.ui.reading.room import Phase


class Reader:
    def __init__(self, shortest_s: float, longest_s: float) -> None:
        self._range_s = (shortest_s, longest_s)
        self._random = random.Random(7)
        self._window: ReadingWindow | None = None
        self._phase: Phase | None = None
        self._patience = QTimer(singleShot=True)
        self._patience.setTimerType(Qt.TimerType.PreciseTimer)
        self._patience.timeout.connect(self._answer)
        self._finder = QTimer(interval=20)
        self._finder.timeout.connect(self._find)
        self._finder.start()

    def _find(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, ReadingWindow) and (
                "LISTENED" not in os.environ or widget._sender.has_listener()
            ):
                self._finder.stop()
                self._window = widget
                widget.answered.connect(lambda *what: say("answered", *what))
                widget.controller.changed.connect(self._look)
                self._press(Qt.Key.Key_Space)

    def _look(self) -> None:
        phase, before = self._window.controller.phase, self._phase
        self._phase = phase
        if phase is Phase.VIEWING and before is not Phase.VIEWING:
            say("shown", self._window.controller.session.next_image())
            wait_ms = round(1000 * self._random.uniform(*self._range_s))
            self._patience.start(wait_ms)
        elif phase is Phase.PAUSED and before is not Phase.PAUSED:
            self._press(Qt.Key.Key_Space)

    def _answer(self) -> None:
        self._press(self._random.choice([Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_0]))

    def _press(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.postEvent(self._window, event)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(each) for each in words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    make_application(sys.argv[:1])
    reader = Reader(float(sys.argv[1]), float(sys.argv[2]))
    sys.argv = ["gazeannotator", "read", *sys.argv[3:]]
    main()
