"""Shows targets full screen and tells where they are found in the pixels of the screen.

Run by test_target_pixels.py, in a process of its own because a scale factor is read once.

Usage: show_targets.py SCREEN, prints JSON: for each target where it was to be and where it was, screen px.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.samples import GazeChunk
from gazeannotator.settings import Settings
from gazeannotator.tracking import lsl
from gazeannotator.tracking.target_run import TargetFact, TargetRun
from gazeannotator.tracking.validation import LONG
from gazeannotator.ui import screens
from gazeannotator.ui.app import make_application
from gazeannotator.ui.calibration.target_page import TargetPage

GREY = 0x5F
PLACES = ((0.1, 0.1), (0.5, 0.5), (0.83, 0.31), (0.237, 0.911))
BESIDE_PX = ((0.0, 0.0), (0.5, 0.5), (0.25, 0.7), (0.9, 0.1))
"""Added to the places: a target may lie anywhere between the pixels."""


def brightness(window: QWidget) -> np.ndarray:
    if QGuiApplication.platformName() == "offscreen":
        image = window.backingStore().paintDevice().copy()
    else:
        image = window.screen().grabWindow(0).toImage()
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(float) - GREY


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    application = make_application(sys.argv[:1], Settings())
    screen = application.screens()[int(sys.argv[1])]
    facts = screens.facts_of(screen)
    geometry = screens.reading_screen(facts, 650)
    window = QWidget()
    window.setScreen(screen)
    page = TargetPage(geometry, lambda _s: GazeChunk.empty(), told.append, lsl.local_clock, window)
    page.course._loss = lambda _now_s: None  # nobody looks here
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    window.setGeometry(screen.geometry())
    window.showFullScreen()
    wait(300)
    found = []
    for (x, y), (dx, dy) in zip(PLACES, BESIDE_PX, strict=True):
        target_px = (round(x * facts.px[0]) + dx, round(y * facts.px[1]) + dy)
        run = TargetRun([target_px], lambda *_: None, purpose="validation", screen=geometry, rules=LONG)
        page.play(run)
        wait(900)  # it has come to rest
        bright = brightness(window)
        assert np.abs(bright).max() > 100
        rows, columns = np.mgrid[: bright.shape[0], : bright.shape[1]] + 0.5
        centre = [float((each * bright).sum() / bright.sum()) for each in (columns, rows)]
        # What is not grey: its reach tells the radius.
        reach = np.flatnonzero((np.abs(bright) > 20).any(axis=0))
        found.append(
            {
                "wanted": target_px,
                "centre": centre,
                "across": int(reach[-1] - reach[0] + 1),
                "px_per_deg": geometry.px_per_deg,
            }
        )
        page.stop()
        wait(50)
        assert np.abs(brightness(window)).max() < 1
    assert [fact.xy_px for fact in told[::2]] == [each["wanted"] for each in found]
    size = [*bright.shape[::-1]]
    facts = {"size": size, "px": facts.px, "method": page.view.method, "found": found}
    sys.stdout.write(json.dumps(facts))


told: list[TargetFact] = []

if __name__ == "__main__":
    main()
