"""A calibration through the real bridge, a process of its own, with a stand-in for Tobii's package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_control import one_tracker, variables
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.ui.calibration.calibrating import calibrator_of
from gazeannotator.ui.tobii_link import TobiiLink

pytestmark = pytest.mark.timeout(180)
Key = Qt.Key
SOON_MS = 40_000


@pytest.fixture
def link(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TobiiLink]:
    """Give the application's link, with a tracker that sends."""
    script = one_tracker(tmp_path)
    for name, value in variables("both", script).items():
        monkeypatch.setenv(name, value)
    result = TobiiLink.of_the_application()
    result.start(script.now["trackers"][0]["address"], 120.0)
    qtbot.waitUntil(lambda: result.calibrates, timeout=SOON_MS)
    yield result
    result.close()


def test_a_tobii_is_calibrated_and_left_as_it_should_be(
    link: TobiiLink, start_check: Callable[..., Any]
) -> None:
    stream = StreamDescription("Tobii", "Gaze", link.tracker["source_id"], 120.0, "float64", ())
    assert calibrator_of(stream) is link
    assert calibrator_of(StreamDescription("Other", "Gaze", "other", 120.0, "float64", ())) is None
    answers: list[dict[str, Any]] = []
    link.calibrated.connect(answers.append)
    check = start_check(calibrator=calibrator_of(stream))
    check.press(Key.Key_K)
    check.press(Key.Key_1)
    check.until(lambda: check.screen.page is check.screen.calibration)
    page = check.screen.calibration
    assert page.title.text() == "Calibrated"
    assert [each["step"] for each in answers] == ["enter", *["collect"] * 5, "compute"]
    assert all(each["ok"] for each in answers)
    assert not any(mark.bad for mark in page.picture._marks)
    check.press(Key.Key_3)
    check.until(lambda: len(answers) == 10)
    check.until(lambda: check.screen.page is page)
    assert [each["step"] for each in answers[7:]] == ["discard", "collect", "compute"]
    check.press(Key.Key_Space)
    check.until(lambda: answers[-1]["step"] == "leave" and answers[-1]["ok"])
    assert check.until_result().as_data()["calibration"]["status"] == "both"
