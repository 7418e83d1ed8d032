"""Changes in a Tobii during a reading, told by the real bridge of a stand-in for Tobii's package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_control import Script, one_tracker, variables
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.ui.reading.room import Phase
from gazeannotator.ui.tobii_link import TobiiLink

pytestmark = pytest.mark.timeout(180)
SOON_MS = 40_000
MEASURED = {"accuracy_deg": 0.5, "precision_rms_deg": 0.1, "data_loss": 0.0, "points": 9}


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return one_tracker(tmp_path)


@pytest.fixture
def link(
    qapp: QApplication, qtbot: QtBot, script: Script, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TobiiLink]:
    for name, value in variables("both", script).items():
        monkeypatch.setenv(name, value)
    result = TobiiLink.of_the_application()
    result.start(script.now["trackers"][0]["address"], 120.0)
    qtbot.waitUntil(lambda: result.calibrates, timeout=SOON_MS)
    yield result
    result.close()


def open_validated(make_study: Callable[..., Path], open_window: Callable[..., Any], stream: str) -> Any:
    """Read at a stream as after a validation."""
    reading = open_window(make_study(3), stream=stream, without_gaze=False).connect()
    reading.start()
    session = reading.controller.session
    session.validation(reading.controller.now_s, **MEASURED)
    reading.answer()
    assert session.tracking.accuracy_deg == 0.5
    return reading


def test_a_display_area_that_is_changed_interrupts_the_reading(
    link: TobiiLink, script: Script, make_study: Callable[..., Path], open_window: Callable[..., Any]
) -> None:
    reading = open_validated(make_study, open_window, link.tracker["source_id"])
    controller = reading.controller
    script.change(area=[400.0, 250.0])
    reading.qtbot.waitUntil(lambda: controller.why_paused == "tracker_changed", timeout=SOON_MS)
    assert controller.phase is Phase.PAUSED
    assert "The eye tracker's set-up was changed: check it again (V)" in reading.said
    assert reading.data("calibration") == [{"reason": "display_area", "width_mm": 400.0, "height_mm": 250.0}]
    assert math.isnan(controller.session.tracking.accuracy_deg)
    assert "setup" in controller.alarms
    # Another program calibrates it while the reader looks at this page: told when the next image is due.
    link.notice.emit({"code": "calibration", "message": ""})
    assert [each["reason"] for each in reading.data("calibration")] == ["display_area", "calibration"]
    # What moves no gaze is none of it.
    link.notice.emit({"code": "rate", "message": "", "rate_hz": 60.0})
    assert len(reading.data("calibration")) == 2


def test_another_tracker_than_the_one_in_use_matters_to_nobody(
    link: TobiiLink,
    make_study: Callable[..., Path],
    open_window: Callable[..., Any],
    make_tracker: Callable[..., Any],
) -> None:
    tracker = make_tracker()
    reading = open_validated(make_study, open_window, tracker.description.source_id)
    link.notice.emit({"code": "mode", "message": ""})
    reading.qtbot.wait(100)
    assert "calibration" not in reading.events()
    assert reading.controller.session.tracking.accuracy_deg == 0.5
