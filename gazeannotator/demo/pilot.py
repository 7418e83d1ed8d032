"""Drives the real windows: a script does something, says what it waits for, and goes on when that has come.

Nothing waits here: between two steps of the script the application's own event loop runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gazeannotator.demo.plan import DemoFailed
from gazeannotator.ui.messages import MessageDialog

LOOK_EVERY_MS = 20

Kind = TypeVar("Kind", bound=QWidget)


@dataclass(frozen=True)
class Until:
    """What a script waits for.

    Attributes
    ----------
    what : str
        Said when it does not come: "… did not happen: WHAT".
    holds : callable
        Asked every few milliseconds; the first true answer goes back into the script.
    within_s : float
        Patience.
    """

    what: str
    holds: Callable[[], Any]
    within_s: float = 30.0


Script = Generator[Until, Any, None]


class Pilot(QObject):
    """Plays a script in the running event loop.

    Parameters
    ----------
    script : generator
    watch : callable
        Called at every look; raises where it makes no sense to go on.

    Signals
    -------
    ended()
        The script is over; `error` tells how.

    Attributes
    ----------
    error : Exception or None
        Why the script is not, or was not, done to its end.
    """

    ended = Signal()

    def __init__(
        self, script: Script, parent: QObject | None = None, watch: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(parent)
        self.error: Exception | None = DemoFailed("The window was closed before the demo was over.")
        self._script = script
        self._watch = watch
        self._wait: Until | None = None
        self._deadline_s = 0.0
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @Slot()
    def start(self) -> None:
        """Begin."""
        self._go_on(lambda: next(self._script))

    @Slot()
    def _look(self) -> None:
        message = message_on_screen()
        if message is not None:
            self._fail(DemoFailed(f"The program said: {message}", "The demo cannot go on."))
            return
        try:
            self._watch()
            result = self._wait.holds()
        except Exception as error:  # noqa: BLE001 - as in `_go_on`
            self._fail(error)
            return
        if result:
            self._go_on(lambda: self._script.send(result))
        elif time.monotonic() > self._deadline_s:
            self._fail(
                DemoFailed(
                    f"This did not happen within {self._wait.within_s:g} s: {self._wait.what}.",
                    "Was a window closed while the demo ran? Else the machine may be too busy.",
                )
            )

    def _go_on(self, step: Callable[[], Until]) -> None:
        # While a step runs (a dialog may open in it, with an event loop of its own) nobody looks.
        self._timer.stop()
        try:
            self._wait = step()
        except StopIteration:
            self._end(None)
        except Exception as error:  # noqa: BLE001 - kept for who started the pilot, who raises it again
            self._end(error)
        else:
            self._deadline_s = time.monotonic() + self._wait.within_s
            self._timer.start()

    def _fail(self, error: Exception) -> None:
        """Let the script clean up behind itself, then end."""
        self._timer.stop()
        self._script.close()
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        self.error = error
        self.ended.emit()


def message_on_screen() -> str | None:
    """Return the text of a message dialog that is open, if there is one."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MessageDialog) and widget.isVisible():
            return " ".join(f"{widget.title.text()} {widget.text.text()}".split())
    return None


def window_of(kind: type[Kind]) -> Kind | None:
    """Return the visible top-level window of a class."""
    windows = QApplication.topLevelWidgets()
    return next((each for each in windows if isinstance(each, kind) and each.isVisible()), None)


def part(parent: QWidget, kind: type[Kind], name: str) -> Kind:
    """Return the part of a window that has this object name."""
    found = parent.findChild(kind, name)
    if found is None:
        raise DemoFailed(f"The window {parent.objectName()} has no part '{name}'.")
    return found


def press(window: QWidget, key: Qt.Key, *, shift: bool = False) -> None:
    """Press and release a key in a window, as if it had been typed there."""
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.postEvent(window, QKeyEvent(kind, key, modifiers))


def after(seconds: float) -> Until:
    """Let the windows run for a while."""
    until_s = time.monotonic() + seconds
    return Until("time passes", lambda: time.monotonic() >= until_s, within_s=seconds + 5)
