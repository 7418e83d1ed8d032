"""The window is read in on the tracked screen only, and only while that is as it was."""

from __future__ import annotations

import ctypes.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from gazeannotator.ui.reading.room import Phase


@pytest.fixture
def on_two_screens(
    make_study: Callable[..., Path], run_script: Callable[..., str], own_x_display: str
) -> Callable[..., Any]:
    """Run a script on an X display of its own, whose screens it may change."""
    if ctypes.util.find_library("Xrandr") is None:
        pytest.skip("libXrandr is not installed")

    def run(name: str, *arguments: str, **environment: str) -> Any:
        study = make_study(images=2, size=(300, 200))
        environment |= {"DISPLAY": own_x_display, "QT_QPA_PLATFORM": "xcb"}
        return json.loads(run_script(name, str(study), *arguments, **environment))

    return run


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "1.75", "2"])
def test_a_window_knows_its_physical_pixel_on_the_second_screen(
    on_two_screens: Callable[..., Any], scale: str
) -> None:
    found = on_two_screens("move_window.py", QT_SCALE_FACTOR=scale)
    # Neither the other screen's width nor rounding to logical pixels is in it.
    assert [each["told"] for each in found["rows"]] == [each["put"] for each in found["rows"]]
    assert {each["problem"] for each in found["rows"]} == {""}
    assert max(abs(found["px"][0] - (1366 - 613)), abs(found["px"][1] - (768 - 31))) <= 1


@pytest.mark.slow
def test_a_screen_that_is_unplugged_holds_the_reading(
    on_two_screens: Callable[..., Any], tmp_path: Path
) -> None:
    steps = on_two_screens("unplug_screen.py", str(tmp_path))
    seen = {each["what"]: each for each in steps["steps"]}
    phases = {what: (each["phase"], each["problem"]) for what, each in seen.items()}
    assert phases == {
        "ready": ("ready", ""),
        "reading": ("viewing", ""),
        "unplugged": ("held", "gone"),
        "still unplugged": ("held", "gone"),
        "back": ("paused", ""),
        "reading again": ("viewing", ""),
        "another screen came and went": ("viewing", ""),
        "moved": ("held", "elsewhere"),
        "moved back": ("paused", ""),
        "another size": ("held", "changed"),
    }
    assert seen["unplugged"]["screens"] == ["LEFT"]
    assert all(each["panel"] is (each["phase"] != "viewing") for each in seen.values())
    for what, words in (
        ("unplugged", "Connect RIGHT again"),
        ("back", "Press Space to continue"),
        ("moved", "Images are read on RIGHT"),
        ("another size", "RIGHT had another size or scale"),
    ):
        assert words in seen[what]["said"]
    right = [800, 0, 566, 768]
    assert [seen[what]["area"] for what in ("reading", "back", "reading again", "moved back")] == [right] * 4
    assert steps["screen_px"] == [566, 768]
    assert [(each["event"], each["reason"]) for each in steps["rows"]] == [
        ("session_started", None),
        ("onset", None),
        ("offset", "pause"),
        ("pause", "window"),
        ("resume", None),
        ("onset", None),
        ("offset", "pause"),
        ("pause", "window"),
        ("session_ended", None),
    ]
    # In px of the tracked screen, before and after.
    assert [each["placement"] for each in steps["rows"] if each["event"] == "onset"] == [
        [0, 195, 566, 377]
    ] * 2


def test_a_screen_is_known_though_others_have_asked_for_it(make_study, open_window, qtbot: QtBot) -> None:
    """PySide takes a screen's object back when a widget that was asked for its screen is deleted."""
    reading = open_window(make_study())
    dialog = QDialog()
    assert dialog.screen() is QGuiApplication.primaryScreen()
    del dialog
    reading.start()
    assert reading.window.place.problem() == ""
    assert reading.events()[-1] == "onset"
    assert reading.entries()[-1].data["placement"] == [0, 133, 800, 533]


def test_a_scale_at_which_nobody_knows_the_pixels(
    make_study, open_window, make_tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On some desktops a window has another scale than its screen tells."""
    make_tracker()
    reading = open_window(make_study(), without_gaze=False)
    reading.qtbot.waitUntil(lambda: reading.window.link.state.ready)
    monkeypatch.setattr(reading.window, "devicePixelRatioF", lambda: 1.5)
    reading.press(Qt.Key.Key_Space)
    reading.window.controller.look_at_place()
    assert reading.controller.phase is Phase.READY
    assert "Set the scale to 100 % or 200 %" in reading.said
    monkeypatch.undo()
    reading.window.controller.look_at_place()
    # Space was pressed before, and is remembered.
    reading.until(Phase.VIEWING)


def test_without_gaze_any_scale_will_do(make_study, open_window, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = open_window(make_study())
    monkeypatch.setattr(reading.window, "devicePixelRatioF", lambda: 1.5)
    reading.press(Qt.Key.Key_Space)
    reading.qtbot.waitUntil(lambda: reading.controller.phase is Phase.VIEWING)


def test_wayland_does_not_tell_where_a_window_lies(
    make_study, open_window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(make_study(), windowed=(300, 200)).window
    monkeypatch.setattr(window, "isFullScreen", lambda: True)
    assert min(window.place.origin_px()) >= 50
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland")
    assert window.place.origin_px() == (0, 0)


@pytest.mark.parametrize("layout", ["gazeannotator", "xdf"])
def test_a_tracker_of_another_screen_is_noticed(make_study, open_window, make_tracker, layout: str) -> None:
    make_tracker(layout, screen_px=(2560.0, 1440.0))
    reading = open_window(make_study(images=1), without_gaze=False)
    reading.qtbot.waitUntil(lambda: reading.window.link.state.ready)
    words = "The eye tracker says that its screen has 2560 × 1440 pixels; this one has 800 × 800."
    assert words in reading.said.replace("\u00a0", " ")
    reading.start()
    started = reading.entries()[0]
    # So that it can be found out later as well.
    assert started.data["display"]["tracked_px"] == [2560.0, 1440.0]
    assert started.data["screen_px"] == [800, 800]


def test_a_tracker_of_this_screen_needs_no_words(make_study, open_window, make_tracker) -> None:
    make_tracker()
    reading = open_window(make_study(images=1), without_gaze=False)
    reading.qtbot.waitUntil(lambda: reading.window.link.state.ready)
    assert "says that its screen" not in reading.said
