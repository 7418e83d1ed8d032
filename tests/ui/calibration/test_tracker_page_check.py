"""The check of accuracy from the eye tracker's page, over real LSL: the simulated eye follows the targets."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from gazeannotator.settings import Settings
from gazeannotator.ui import screens
from gazeannotator.ui.calibration.head import tells_position
from gazeannotator.ui.calibration.screen import POSITION_WITHIN_S
from gazeannotator.ui.pages.tracker import TrackerPage

pytestmark = pytest.mark.timeout(120)


def press(window: object, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.postEvent(window, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def test_accuracy_is_known_within_two_minutes(
    qtbot: QtBot, look: object, simulate_eye: Callable[..., object]
) -> None:
    facts = screens.screens()[0]
    simulate_eye(facts.px, facts.mm, "titta", offset_deg=(0.8, 0.6), noise_deg=0.1, loss=0.05)
    page = TrackerPage(Settings())
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    button = page.findChild(QAbstractButton, "checkAccuracy")
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=20_000)
    assert not page.accuracy.note.isVisible()
    # On a busy machine the first samples with a position may be late.
    qtbot.waitUntil(lambda: tells_position(page._feed.latest(POSITION_WITHIN_S)), timeout=20_000)
    button.click()
    assert not button.isEnabled()
    window = page.accuracy.window
    check = window.check
    assert check.page is check.guide
    # The simulated eye has to notice that somebody tells it where to look.
    qtbot.waitUntil(window.has_listener)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: check.page is check.result, timeout=90_000)
    result = check.result.outcome.result
    assert result.accuracy_deg == pytest.approx(math.hypot(0.8, 0.6), abs=0.05)
    assert result.data_loss == pytest.approx(0.05, abs=0.03)
    assert "Nothing is recorded here." in check.result.note.text()
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(page.accuracy.note.isVisible)
    assert page.accuracy.note.verdict.text() == "Accuracy 1.0°"
    assert f"precision {result.precision_rms_deg:.2f}°" in page.accuracy.note.numbers.text()
    assert button.isEnabled()
    # Another check that is left says nothing new; leaving the page ends it.
    button.click()
    assert page.accuracy.window is not None
    page.hide()
    assert page.accuracy.window is None
    page.close()
