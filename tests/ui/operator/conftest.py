"""A source for the operator view that a test holds in its hands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication

from gazeannotator.geometry import Placement, Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui.operator.situation import Progress, Situation
from gazeannotator.ui.operator.window import OperatorWindow

SCREEN = Screen(1920, 1080, 527, 296, 650)
PLACEMENT = Placement(240, 0, 1440, 1080)


def chunk_of(
    left: np.ndarray, right: np.ndarray, time_s: np.ndarray, *, distance_mm: float = math.nan
) -> GazeChunk:
    """Make samples of gaze points (n, 2), tracker-normalised."""
    n = len(time_s)
    return GazeChunk(
        time_s=np.asarray(time_s, np.float64),
        left=np.asarray(left, np.float64),
        right=np.asarray(right, np.float64),
        pupil_mm=np.full((n, 2), np.nan),
        distance_mm=np.full(n, float(distance_mm)),
        sequence=np.arange(n, dtype=np.float64),
        origin_mm=np.full((n, 2, 3), np.nan),
    )


class FakeSource:
    """Says what a test wants it to say, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.told = Situation(
            study="Polyps", reader="R1", screen=SCREEN, going="preparing", progress=Progress(total=30)
        )
        self.state: RecorderStatus | None = None
        self.arrived: list[tuple[GazeChunk, float]] = []
        self.told_gaps: tuple[tuple[float, float], ...] = ()
        self.due = False
        self.pressed: list[int] = []
        self.keyboard_taken = 0

    def clock(self) -> float:
        return self.now_s

    def tell(self, **changes: object) -> None:
        """Change the situation."""
        self.told = replace(self.told, **changes)

    def receive(self, **changes: object) -> None:
        """Be in the midst of receiving samples."""
        usual = RecorderStatus("receiving", 250.0, 1000, 0, 0.02, 0.0, 0.012, "")
        self.state = replace(usual, **changes)

    def arrive(self, chunk: GazeChunk) -> None:
        """Let samples arrive now."""
        self.arrived.append((chunk, self.now_s))

    def look_at(self, left: tuple[float, float], right: tuple[float, float], **more: float) -> None:
        """Let half a second of gaze at 250 Hz arrive that does not move, tracker-normalised."""
        time_s = self.now_s - 0.5 + np.arange(1, 126) / 250
        self.now_s += 0.001
        self.arrive(chunk_of(np.tile(left, (125, 1)), np.tile(right, (125, 1)), time_s, **more))

    def situation(self) -> Situation:
        return self.told

    def status(self) -> RecorderStatus | None:
        return self.state

    def gaze(self, arrived_s: float) -> tuple[GazeChunk, float]:
        new = [chunk for chunk, at_s in self.arrived if at_s > arrived_s]
        newest_s = self.arrived[-1][1] if self.arrived else -math.inf
        return GazeChunk.joined(new), newest_s

    def gaps(self) -> tuple[tuple[float, float], ...]:
        return self.told_gaps

    def frame_due(self) -> bool:
        return self.due

    def press(self, event: QKeyEvent) -> None:
        self.pressed.append(event.key())

    def take_keyboard(self) -> None:
        self.keyboard_taken += 1


@pytest.fixture
def make_chunk() -> Callable[..., GazeChunk]:
    return chunk_of


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def view(look: QApplication, source: FakeSource) -> Iterator[Callable[..., OperatorWindow]]:
    """Open operator views of that source, on the one screen that there is."""
    made: list[OperatorWindow] = []

    def make(width: int = 1366, height: int = 700) -> OperatorWindow:
        window = OperatorWindow(source, source.clock, QGuiApplication.primaryScreen, "Operator view")
        made.append(window)
        window.open(wanted=True)
        window.resize(width, height)
        return window

    yield make
    for each in made:
        each.end()


def plain_image(width: int = 1440, height: int = 1080, colour: int = 0xFF404040) -> QImage:
    """An image of one colour, as the reader's window shows it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image
