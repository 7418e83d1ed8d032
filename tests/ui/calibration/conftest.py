"""A simulated eye that looks at the targets, without LSL: what it is told and what it sends is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.geometry import Placement, Screen, screen_px_to_normalised
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import lsl
from gazeannotator.tracking.eye import SimulatedEye
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Limits
from gazeannotator.tracking.target_run import TargetFact
from gazeannotator.ui.calibration import target_page
from gazeannotator.ui.calibration.screen import CheckPlace, CheckScreen

SCREEN = Screen(800, 800, 300, 300, 650)
RATE_HZ = 250


@pytest.fixture
def short_introduction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the first target almost at once."""
    monkeypatch.setattr(target_page, "INTRODUCTION_MS", 100)


class Looker:
    """Looks at every target that is published."""

    def __init__(self, *, tells_position: bool = True, **errors: object) -> None:
        self.facts: list[TargetFact] = []
        self.screen = SCREEN
        self._tells_position = tells_position
        self.silent = self.away = False
        self._eye = SimulatedEye(lsl.local_clock(), display_mm=SCREEN.size_mm, **errors)
        self._sent_s = lsl.local_clock()
        self._kept = GazeChunk.empty()

    def publish(self, fact: TargetFact) -> None:
        self.facts.append(fact)
        xy = None
        if fact.xy_px is not None:
            x, y = screen_px_to_normalised(np.array(fact.xy_px), SCREEN.size_px)
            xy = (float(x), float(y))
        self._eye.fixate(xy, fact.t_s)

    def latest(self, seconds: float) -> GazeChunk:
        due = int((lsl.local_clock() - self._sent_s) * RATE_HZ)
        if due:
            time_s = self._sent_s + np.arange(1, due + 1) / RATE_HZ
            self._sent_s = float(time_s[-1])
            chunk = self._eye.sample(time_s)
            if self.away:
                chunk.left[:] = chunk.right[:] = math.nan
            if self.away or not self._tells_position:
                chunk.origin_mm[:] = chunk.distance_mm[:] = math.nan
            if not self.silent:
                self._kept = GazeChunk.joined([self._kept, chunk])
        recent = self._kept.time_s > (self._kept.time_s[-1] if len(self._kept) else 0) - seconds
        return self._kept[recent]


class Check:
    """A check in a window of its own, and the reader before it."""

    def __init__(
        self, qtbot: QtBot, looker: Looker, limits: Limits, points: int, calibrator: object = None
    ) -> None:
        self.qtbot = qtbot
        self.looker = looker
        self.outcomes: list[Outcome | None] = []
        self.window = QWidget()
        self.window.setObjectName("readingWindow")
        qtbot.addWidget(self.window)
        self.window.setGeometry(0, 0, 800, 800)
        place = CheckPlace(
            screen=SCREEN,
            area=lambda: Placement(0, 0, *SCREEN.size_px),
            latest=looker.latest,
            publish=looker.publish,
            clock=lsl.local_clock,
            limits=limits,
            simulated=True,
            recorded=True,
            points=points,
            calibrator=calibrator,
        )
        self.screen = CheckScreen(place, self.window)
        self.screen.setGeometry(self.window.rect())
        self.screen.finished.connect(self.outcomes.append)
        looker.latest(1.0)
        qtbot.wait(50)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.screen.begin()

    def press(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self.screen, event)

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        self.qtbot.waitUntil(holds, timeout=round(1000 * seconds))

    def until_result(self) -> Outcome:
        self.until(lambda: self.screen.page is self.screen.result)
        return self.screen.result.outcome


@pytest.fixture
def start_check(qtbot: QtBot) -> Iterator[Callable[..., Check]]:
    """Begin a check before a simulated eye of known errors."""
    checks: list[Check] = []

    def start(
        max_accuracy_deg: float = 2.0, points: int = 4, calibrator: object = None, **errors: object
    ) -> Check:
        limits = Limits(max_accuracy_deg, max_data_loss=0.3)
        checks.append(Check(qtbot, Looker(seed=1, **errors), limits, points, calibrator))
        return checks[-1]

    yield start
    for each in checks:
        each.screen.stop()
