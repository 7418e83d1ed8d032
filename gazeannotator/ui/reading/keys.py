"""Keys while reading: what a key press means, and when it was pressed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from gazeannotator.ui.digits import physical_digit

Action = Literal[
    "label",
    "space",
    "flag",
    "back",
    "end",
    "criteria",
    "confirm",
    "check",
    "validate",
    "no_gaze",
    "mapping",
]

_MS = 1000.0
# Event time stamps are 32 bit and may start anew; no event waits this long in a queue.
_CLOCK_RESTARTED_S = 60.0


@dataclass(frozen=True)
class KeyPress:
    """A key that means something while reading.

    Attributes
    ----------
    digit : str
        For ``label``: ``"0"`` to ``"9"``, else empty.
    low : bool
        For ``label``: with Shift, that is low confidence.
    """

    action: Action
    digit: str = ""
    low: bool = False


_ACTIONS: dict[int, Action] = {
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_F: "flag",
    Qt.Key.Key_N: "no_gaze",
    Qt.Key.Key_R: "check",
    Qt.Key.Key_V: "validate",
    Qt.Key.Key_M: "mapping",
    Qt.Key.Key_Backspace: "back",
    Qt.Key.Key_Escape: "end",
    Qt.Key.Key_F1: "criteria",
    Qt.Key.Key_Return: "confirm",
    Qt.Key.Key_Enter: "confirm",
}


def meaning(event: QKeyEvent, platform: str | None = None) -> KeyPress | None:
    """Tell what a key press means; None for other keys, repeats, and keys with Ctrl, Alt or Meta.

    Parameters
    ----------
    event : QKeyEvent
    platform : str, optional
        Qt's platform name, which decides what scan codes mean; default: the running one.
    """
    modifiers = event.modifiers()
    command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    if event.isAutoRepeat() or modifiers & (command | Qt.KeyboardModifier.MetaModifier):
        return None
    digit = physical_digit(event, platform or QGuiApplication.platformName())
    if digit is not None:
        return KeyPress("label", digit, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
    action = _ACTIONS.get(event.key())
    return KeyPress(action) if action else None


class KeyClock:
    """Brings the time stamps of key events to the recording clock.

    The events carry the time at which the key went down, on a clock of the platform's own.
    The smallest difference seen between the two clocks is their offset: a key that waited
    in the queue only makes it larger.
    """

    def __init__(self) -> None:
        self._offset_s = math.inf

    def pressed_s(self, event: QKeyEvent, now_s: float) -> float:
        """Return when the key went down, on the clock of `now_s` (the time of its delivery)."""
        if event.timestamp() == 0:
            return now_s
        stamp_s = event.timestamp() / _MS
        difference_s = now_s - stamp_s
        if abs(difference_s - self._offset_s) > _CLOCK_RESTARTED_S:
            self._offset_s = difference_s
        self._offset_s = min(self._offset_s, difference_s)
        return stamp_s + self._offset_s
