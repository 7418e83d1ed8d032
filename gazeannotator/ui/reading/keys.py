"""Keys while reading: what a key press means, and when it was pressed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

Action = Literal["label", "space", "flag", "back", "end", "criteria", "confirm", "no_gaze", "mapping"]

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
    Qt.Key.Key_M: "mapping",
    Qt.Key.Key_Backspace: "back",
    Qt.Key.Key_Escape: "end",
    Qt.Key.Key_F1: "criteria",
    Qt.Key.Key_Return: "confirm",
    Qt.Key.Key_Enter: "confirm",
}


def _places(row: range, pad: list[int]) -> dict[int, str]:
    """Map codes to digits: the row's ``1 … 9 0``, then the number pad's ``0 … 9``."""
    return dict(zip(row, "1234567890", strict=True)) | dict(zip(pad, "0123456789", strict=True))


# X keycodes (evdev + 8), also what Qt reports on Wayland.
_XKB = _places(range(10, 20), [90, 87, 88, 89, 83, 84, 85, 79, 80, 81])
# Scan codes of set 1; those of the cursor block are extended (0x1xx) and so not among them.
_WINDOWS_PAD = [0x52, 0x4F, 0x50, 0x51, 0x4B, 0x4C, 0x4D, 0x47, 0x48, 0x49]
_WINDOWS = _places(range(0x02, 0x0C), _WINDOWS_PAD)
# Virtual key codes of macOS name places on the keyboard, in no order.
_MAC_ROW = [0x1D, 0x12, 0x13, 0x14, 0x15, 0x17, 0x16, 0x1A, 0x1C, 0x19]
_MAC_PAD = [0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5B, 0x5C]
_MAC = dict(zip(_MAC_ROW + _MAC_PAD, "0123456789" * 2, strict=True))
# Where no place is told (posted events): the digit, or what Shift makes of it on a US keyboard.
_SHIFTED = {
    Qt.Key.Key_Exclam: "1", Qt.Key.Key_At: "2", Qt.Key.Key_NumberSign: "3", Qt.Key.Key_Dollar: "4",
    Qt.Key.Key_Percent: "5", Qt.Key.Key_AsciiCircum: "6", Qt.Key.Key_Ampersand: "7",
    Qt.Key.Key_Asterisk: "8", Qt.Key.Key_ParenLeft: "9", Qt.Key.Key_ParenRight: "0",
}  # fmt: skip


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


def physical_digit(event: QKeyEvent, platform: str) -> str | None:
    """Return the digit that is printed on the pressed key, whatever layout and Shift make of it."""
    key, scan = event.key(), event.nativeScanCode()
    digit: str | None = None
    if platform == "cocoa":
        digit = _MAC.get(event.nativeVirtualKey())
    elif platform == "windows" and scan:
        digit = _WINDOWS.get(scan)
        if scan in _WINDOWS_PAD and not Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            # Windows hides Shift behind a cursor key here, as it does NumLock: high or low
            # confidence cannot be told apart, so the key is not taken at all.
            return None
    elif platform in ("xcb", "wayland", "wayland-egl") and scan:
        digit = _XKB.get(scan)
    if digit is None and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        digit = chr(key)
    if digit is None and not scan and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        digit = _SHIFTED.get(key)
    return digit


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
