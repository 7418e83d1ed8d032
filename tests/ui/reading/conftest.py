from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from gazeannotator.settings import Settings
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Entry, Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.tracking.simulator import simulated_stream
from gazeannotator.ui.reading.opening import ReadingWindow, open_reading
from gazeannotator.ui.reading.room import Phase

SOON_MS = 30_000


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    """Make a study of small images; a protocol without waiting by default."""

    def make(images: int = 3, size: tuple[int, int] = (60, 40), **protocol: object) -> Path:
        folder = tmp_path / "images"
        folder.mkdir()
        rng = np.random.default_rng(1)
        for number in range(images):
            pixels = rng.integers(0, 255, (size[1], size[0], 3), np.uint8)
            PIL.Image.fromarray(pixels).save(folder / f"{number}.png")
        study = tmp_path / "study"
        options = {"fixation_cross_s": 0.02, **protocol}
        create_study(study, folder, scheme=load_scheme("nice"), protocol=Protocol(**options))
        return study

    return make


class Reading:
    """A reading window and what a reader does at it."""

    def __init__(self, window: ReadingWindow, qtbot: QtBot, study: Path) -> None:
        self.window = window
        self.qtbot = qtbot
        self.study = study
        self.summary: dict | None = None
        window.closed.connect(self._closed)

    def _closed(self, summary: dict) -> None:
        self.summary = summary

    @property
    def controller(self):
        return self.window.controller

    def press(self, key: Qt.Key, *, shift: bool = False, repeated: bool = False) -> None:
        """Deliver a key press now."""
        modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, "", repeated)
        QCoreApplication.sendEvent(self.window, event)

    def until(self, *phases: Phase) -> None:
        """Wait until one of these phases has come; where a busy machine held up the samples, go on."""

        def come() -> bool:
            controller = self.controller
            lost = controller.phase is Phase.PAUSED and controller.why_paused == "tracker_lost"
            if lost and not {Phase.PAUSED, Phase.HELD} & {*phases}:
                self.press(Qt.Key.Key_Space)
            return controller.phase in phases

        self.qtbot.waitUntil(come, timeout=2 * SOON_MS)

    def start(self) -> None:
        """Begin to read; the first image is shown."""
        self.press(Qt.Key.Key_Space)
        self.until(Phase.VIEWING, Phase.DONE)

    def answer(self, key: Qt.Key = Qt.Key.Key_1, *, shift: bool = False) -> None:
        """Answer, and wait for the next image."""
        before = self.controller.answers
        if self.controller.phase in (Phase.PAUSED, Phase.HELD):
            self.until(Phase.VIEWING)
        self.press(key, shift=shift)
        self.qtbot.waitUntil(lambda: self.controller.answers > before, timeout=SOON_MS)
        self.until(Phase.VIEWING, Phase.DONE, Phase.CLOSED)

    def leave(self) -> dict:
        """End the session in whatever phase it is."""
        if self.controller.phase is not Phase.CLOSED:
            self.press(Qt.Key.Key_Escape)
        if self.controller.phase is Phase.ASKING_END:
            self.qtbot.wait(20)  # the frame that hides the image
            self.press(Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.summary is not None, timeout=SOON_MS)
        return self.summary

    def entries(self) -> list[Entry]:
        """Return what is on disk of this session."""
        with Store.open(self.study) as store:
            return store.entries(self.controller.session.id)

    def events(self) -> list[str]:
        return [each.event for each in self.entries()]

    def data(self, event: str) -> list[dict]:
        """Return the data of all such events of this session, in their order."""
        return [each.data for each in self.entries() if each.event == event]

    def connect(self) -> Reading:
        """Wait until gaze comes."""
        self.qtbot.waitUntil(lambda: self.window.link.state.step == "receiving", timeout=SOON_MS)
        return self

    @property
    def said(self) -> str:
        """All words of the page in the middle."""
        text = self.window.panel.text
        if not self.window.panel.isVisible():
            return ""
        keys = [" ".join((*keys, what)) for keys, what in text.keys]
        return "\n".join((text.title, text.lead, text.status[1], *text.notes, *keys, text.action))


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., Reading]]:
    """Open reading windows; answers only, and already agreed to, unless said otherwise."""
    opened: list[Reading] = []

    def make(study: Path, reader: str = "R1", stream: str | None = None, **options: object) -> Reading:
        options = {"settings": Settings(), "consented": True, "without_gaze": True, **options}
        reading = Reading(open_reading(study, reader, stream, **options), qtbot, study)
        opened.append(reading)
        return reading

    yield make
    for each in opened:
        if each.summary is None:
            if each.controller.session is not None:
                each.controller.abandon()
            else:
                each.window.close()


class Tracker:
    """A gaze stream that is sent from this very process, in step with the clock."""

    def __init__(self, description: StreamDescription, values: list[float]) -> None:
        self.description = description
        self._values = np.array([values])
        self._outlet = GazeOutlet(description)
        self._sent_until_s = 0.0
        self.sent = 0
        self._timer = QTimer(interval=10)
        self._timer.timeout.connect(self._send)
        self.start()

    def start(self) -> None:
        self._sent_until_s = lsl.local_clock()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def look(self, x: float, y: float) -> None:
        """Let both eyes look there, tracker-normalised (in a layout with these four channels first)."""
        self._values[0, :4] = (x, y, x, y)

    def lose(self) -> None:
        """Find no eyes any more."""
        self._values[0, :4] = np.nan

    def close(self) -> None:
        self._timer.stop()
        self._outlet.close()

    def _send(self) -> None:
        period_s = 1 / self.description.rate_hz
        due = int((lsl.local_clock() - self._sent_until_s) / period_s)
        stamps = self._sent_until_s + period_s * np.arange(1, due + 1)
        if due:
            self._sent_until_s = float(stamps[-1])
            self._outlet.push(np.repeat(self._values, due, axis=0), stamps)
            self.sent += due


@pytest.fixture
def make_tracker(qapp: object) -> Iterator[Callable[..., Tracker]]:
    """Send gaze at the middle of the screen, in a layout of the simulator's."""
    trackers: list[Tracker] = []

    def make(
        layout: str = "gazeannotator",
        values: list[float] | None = None,
        *,
        name: str = "",
        label: str = "",
        screen_px: tuple[float, float] = (800.0, 800.0),
    ) -> Tracker:
        """Send a known layout; with a name, under it and with channels of which nothing is known."""
        description = simulated_stream(layout, 250.0, screen_px)
        if name:
            channels = tuple(Channel(f"{label}{number}") for number in range(len(description.channels)))
            description = replace(description, name=name, channels=channels)
        values = values or [0.5] * len(description.channels)
        trackers.append(Tracker(description, values))
        return trackers[-1]

    yield make
    for each in trackers:
        each.close()
