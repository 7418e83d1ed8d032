"""Keys are known by their place, and by when they went down."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from gazeannotator.ui.reading.keys import KeyClock, KeyPress, meaning

Key, No = Qt.Key, Qt.KeyboardModifier.NoModifier
Shift, Pad = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


def key(
    code: int, modifiers: Qt.KeyboardModifier = No, scan: int = 0, virtual: int = 0, *, repeated: bool = False
) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, modifiers, scan, virtual, 0, "", repeated)


@pytest.mark.parametrize(
    ("platform", "event", "digit"),
    [
        ("xcb", key(Key.Key_1, No, 10), "1"),
        ("xcb", key(Key.Key_0, No, 19), "0"),
        # The same place on a French keyboard, without and with Shift.
        ("xcb", key(Key.Key_Ampersand, No, 10), "1"),
        ("wayland", key(Key.Key_QuoteDbl, No, 12), "3"),
        ("windows", key(Key.Key_Eacute, No, 0x03), "2"),
        ("cocoa", key(Key.Key_Eacute, No, 1, 0x13), "2"),
        # The number pad, with NumLock and without.
        ("xcb", key(Key.Key_1, Pad, 87), "1"),
        ("xcb", key(Key.Key_End, Pad, 87), "1"),
        ("xcb", key(Key.Key_Insert, Pad, 90), "0"),
        ("windows", key(Key.Key_3, Pad, 0x51), "3"),
        ("cocoa", key(Key.Key_9, Pad, 1, 0x5C), "9"),
        # No place told: posted events.
        ("offscreen", key(Key.Key_2), "2"),
        ("xcb", key(Key.Key_2), "2"),
    ],
)
def test_digits(platform: str, event: QKeyEvent, digit: str) -> None:
    assert meaning(event, platform) == KeyPress("label", digit)


@pytest.mark.parametrize(
    ("platform", "event", "digit"),
    [
        ("xcb", key(Key.Key_Exclam, Shift, 10), "1"),
        ("xcb", key(Key.Key_QuoteDbl, Shift, 11), "2"),
        ("xcb", key(Key.Key_1, Shift, 10), "1"),
        ("xcb", key(Key.Key_End, Shift | Pad, 87), "1"),
        ("windows", key(Key.Key_section, Shift, 0x04), "3"),
        ("cocoa", key(Key.Key_At, Shift, 1, 0x13), "2"),
        ("offscreen", key(Key.Key_NumberSign, Shift), "3"),
        ("offscreen", key(Key.Key_3, Shift), "3"),
    ],
)
def test_shift_is_low_confidence_on_every_layout(platform: str, event: QKeyEvent, digit: str) -> None:
    assert meaning(event, platform) == KeyPress("label", digit, low=True)


def test_windows_hides_shift_on_the_number_pad() -> None:
    """Shift + 1 arrives as a plain End there: rather no answer than one of the wrong confidence."""
    assert meaning(key(Key.Key_End, Pad, 0x4F), "windows") is None
    # The cursor block has places of its own.
    assert meaning(key(Key.Key_End, No, 0x14F), "windows") is None


@pytest.mark.parametrize(
    "event",
    [
        key(Key.Key_A, No, 38),
        key(Key.Key_End, No, 115),
        key(Key.Key_1, Qt.KeyboardModifier.ControlModifier, 10),
        key(Key.Key_1, Qt.KeyboardModifier.AltModifier, 10),
        key(Key.Key_1, No, 10, repeated=True),
        key(Key.Key_Space, repeated=True),
        key(Key.Key_Exclam, No, 61),
    ],
)
def test_keys_without_meaning(event: QKeyEvent) -> None:
    assert meaning(event, "xcb") is None


def test_actions() -> None:
    keys = {
        Key.Key_Space: "space",
        Key.Key_F: "flag",
        Key.Key_Backspace: "back",
        Key.Key_Escape: "end",
        Key.Key_F1: "criteria",
        Key.Key_Return: "confirm",
        Key.Key_Enter: "confirm",
        Key.Key_N: "no_gaze",
    }
    assert {code: meaning(key(code), "xcb").action for code in keys} == keys


def stamped(stamp_ms: int) -> QKeyEvent:
    event = key(Key.Key_1)
    event.setTimestamp(stamp_ms)
    return event


def test_time_of_a_key_that_waited_in_the_queue() -> None:
    clock = KeyClock()
    assert clock.pressed_s(stamped(5000), 100.010) == pytest.approx(100.010)
    # Delivered faster: the offset of the clocks is known better now.
    assert clock.pressed_s(stamped(6000), 101.001) == pytest.approx(101.001)
    # Delivered 200 ms late.
    assert clock.pressed_s(stamped(7000), 102.2) == pytest.approx(102.001)


def test_events_without_a_time_went_down_now() -> None:
    clock = KeyClock()
    clock.pressed_s(stamped(5000), 100.0)
    assert clock.pressed_s(stamped(0), 107.5) == 107.5


def test_event_clock_that_starts_anew() -> None:
    clock = KeyClock()
    clock.pressed_s(stamped(2**32 - 10), 100.0)
    assert clock.pressed_s(stamped(90), 100.1) == pytest.approx(100.1)
