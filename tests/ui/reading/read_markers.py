"""Reads images of coloured blocks while gaze is replayed at the very pixels that show them.

Run by test_pixel_truth.py, in a process of its own because a scale factor is read once. Where a
block lies is found in the picture of the screen, in nothing of the app's own: what the data set
then says of the gaze must be the block's place in the image.

Usage: read_markers.py FOLDER; it holds plan.json, and gets found.json: for every session of the plan a
list of its readings.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path
from typing import Any

import cv2
import event_loop
import numpy as np
import PIL.Image
from event_loop import wait
from PySide6.QtCore import QEvent, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication
from x_screens import XScreens

from gazeannotator.dataset.readings import Quality, prepare_reading
from gazeannotator.settings import Settings
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.layouts import from_chunk
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.replay import Recording
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import ReplaySource, simulated_stream
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import open_reading
from gazeannotator.ui.reading.room import Phase

SIZES = ((1300, 500), (901, 1301))
"""One image with bars above and below, one with bars at its sides."""

COLOURS = {
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
    "yellow": (1, 1, 0),
    "cyan": (0, 1, 1),
    "magenta": (1, 0, 1),
}
RATE_HZ = 250.0
SAMPLES_EACH = 20
STEP_S = 0.01

wait_until = partial(event_loop.wait_until, patience_ms=20_000)


def block_of(colour: str, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom edge of a block in image px: corners, an edge and an odd place."""
    side = min(size) // 12
    width, height = size
    left, top = {
        "red": (0, 0),
        "green": (width - side, 0),
        "blue": (0, height - side),
        "yellow": (width - side, height - side),
        "cyan": (width // 2 + 31, height // 3),
        "magenta": (width // 5, height // 2 + 17),
    }[colour]
    return left, top, left + side, top + side


def centre_of(colour: str, size: tuple[int, int]) -> tuple[float, float]:
    left, top, right, bottom = block_of(colour, size)
    return (left + right) / 2, (top + bottom) / 2


def draw(size: tuple[int, int]) -> np.ndarray:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    for name, colour in COLOURS.items():
        left, top, right, bottom = block_of(name, size)
        pixels[top:bottom, left:right] = 255 * np.array(colour)
    return pixels


def find(picture: np.ndarray, colour: str) -> tuple[float, float]:
    """Centre of a block in a picture, px from the outer corner of its first pixel, sub-pixel by coverage."""
    is_on = np.array(COLOURS[colour], bool)
    on = reduce(cv2.min, cv2.split(picture[..., is_on]))
    off = reduce(cv2.max, cv2.split(picture[..., ~is_on]))
    share = cv2.subtract(on, off)
    _, _, stats, _ = cv2.connectedComponentsWithStats((share > 127).astype(np.uint8))
    left, top, width, height = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), :4]
    left, top = max(0, left - 2), max(0, top - 2)
    part = share[top : top + height + 4, left : left + width + 4].astype(float)
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
    return left + float((part * columns).sum() / part.sum()), top + float((part * rows).sum() / part.sum())


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


class Sitting:
    """One session as the plan says: where the window is, what the tracker's stream is like."""

    def __init__(self, study: Path, plan: dict[str, Any], number: int) -> None:
        self.plan = plan
        self.screen_px = tuple(float(value) for value in plan["screen_px"])
        stream = simulated_stream(plan["layout"], RATE_HZ, self.screen_px)
        declared = self.screen_px if plan.get("declared", True) else None
        self.stream = replace(stream, source_id=f"markers-{number}", screen_px=declared)
        self.outlet = GazeOutlet(self.stream)
        self.study = study
        self.closed: dict[str, Any] | None = None

    def run(self) -> list[dict[str, Any]]:
        windowed = self.plan.get("windowed")
        window = open_reading(
            self.study,
            f"R{self.stream.source_id[-1]}",
            self.stream.source_id,
            settings=Settings(),
            consented=True,
            screen=self.plan["screen"],
            windowed=windowed and tuple(windowed),
        )
        self.window = window
        window.closed.connect(self._closed)
        wait(100)
        self._move()
        steady = QTimer(interval=20)
        steady.timeout.connect(self._keep_alive)
        steady.start()
        wait_until(lambda: window.link.state.ready)
        said = window.panel.text
        measured = {}
        self._press(Qt.Key.Key_Space)
        for _ in SIZES:
            wait_until(lambda: window.controller.phase is Phase.VIEWING)
            wait(60)
            picture = self._picture()
            found = {}
            for colour in COLOURS:
                self._keep_alive()
                found[colour] = find(picture, colour)
            steady.stop()
            measured[window.controller.session.next_image()] = found
            self._replay(found)
            answered = window.controller.answers
            self._press(Qt.Key.Key_1)
            wait_until(lambda before=answered: window.controller.answers > before)
            steady.start()
        wait_until(lambda: window.controller.phase is Phase.DONE)
        wait(300)
        session = window.controller.session.id
        method = window.view.method
        scale = window.devicePixelRatioF()
        self._press(Qt.Key.Key_Space)
        wait_until(lambda: self.closed is not None)
        steady.stop()
        self.outlet.close()
        return [
            {**row, "method": method, "scale": scale, "notes": said.notes}
            for row in self._stored(session, measured)
        ]

    def _closed(self, summary: dict[str, Any]) -> None:
        self.closed = summary

    def _press(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window, event)

    def _move(self) -> None:
        window = self.window
        if "offset" in self.plan:
            left, top = self.plan["offset"]
            corner = window.windowHandle().screen().geometry().topLeft()
            window.setGeometry(QRect(corner.x() + left, corner.y() + top, window.width(), window.height()))
        elif "native_offset" in self.plan:
            # A window manager knows nothing of logical pixels: its frame puts a window anywhere.
            XScreens().move(window.winId(), *self.plan["native_offset"])
        wait(100)

    def _picture(self) -> np.ndarray:
        """Take the pixels of the whole tracked screen."""
        if QGuiApplication.platformName() != "offscreen":
            return pixels_of(self.window.windowHandle().screen().grabWindow(0).toImage())
        # No screen is there to be pictured: the window's own pixels, put where the plan has it.
        scale = self.window.devicePixelRatioF()
        left, top = (round(value * scale) for value in self.plan.get("offset", (0, 0)))
        buffer = pixels_of(self.window.backingStore().paintDevice().copy())
        width, height = (int(value) for value in self.screen_px)
        picture = np.full((height, width, 3), 0x20, np.uint8)
        part = picture[top : top + buffer.shape[0], left : left + buffer.shape[1]]
        part[:] = buffer[: part.shape[0], : part.shape[1]]
        return picture

    def _replay(self, found: dict[str, tuple[float, float]]) -> None:
        points = np.repeat(np.array(list(found.values())), SAMPLES_EACH, axis=0)
        source = ReplaySource(
            Recording(np.arange(len(points)) / RATE_HZ, points), self.screen_px, rate_hz=RATE_HZ
        )
        source.begin(lsl.local_clock())
        sender = SENDERS[self.plan["layout"]]
        while (chunk := source.due(lsl.local_clock())) is not None:
            self.outlet.push(from_chunk(chunk, sender, self.screen_px), chunk.time_s)
            wait(round(1000 * STEP_S))
        # Nothing is missing between the replay and what comes after it.
        wait(50)

    def _keep_alive(self) -> None:
        """Send that no eyes are found: a silent tracker is a lost one."""
        self.outlet.push(np.full((1, len(self.stream.channels)), np.nan), np.array([lsl.local_clock()]))

    def _stored(self, session_id: str, measured: dict[str, Any]) -> list[dict[str, Any]]:
        rows = []
        with Store.open(self.study) as store:
            session = next(each for each in store.sessions() if each.id == session_id)
            sizes = {each.id: each.size_px for each in store.images()}
            for reading in store.readings():
                if reading.session != session_id:
                    continue
                size = sizes[reading.image]
                limits = Quality(1.0, 99.0, False)
                ready = prepare_reading(store, session, reading, size, "ivt", limits)
                gaze = ready.gaze["xy_px"].astype(float)
                gaze = gaze[np.isfinite(gaze).all(axis=1)]
                sent = gaze.reshape(len(COLOURS), SAMPLES_EACH, 2)
                rows.append(
                    {
                        "size": size,
                        "screen_px": session.screen.size_px,
                        "placement": reading.placement.as_tuple(),
                        "measured_px": measured[reading.image],
                        "truth": {colour: centre_of(colour, size) for colour in COLOURS},
                        "stored": {
                            colour: (each.min(axis=0).tolist(), each.max(axis=0).tolist())
                            for colour, each in zip(COLOURS, sent, strict=True)
                        },
                    }
                )
        return rows


def main() -> None:
    folder = Path(sys.argv[1])
    plans = json.loads((folder / "plan.json").read_text("utf-8"))
    images = folder / "images"
    images.mkdir()
    for number, size in enumerate(SIZES):
        PIL.Image.fromarray(draw(size)).save(images / f"{number}.png")
    study = folder / "study"
    protocol = Protocol(fixation_cross_s=0.02, ask_confidence=False)
    create_study(study, images, scheme=load_scheme("nice"), protocol=protocol)
    application = make_application(sys.argv[:1], Settings())
    application.setQuitOnLastWindowClosed(False)
    lsl.configure()
    found = [Sitting(study, plan, number).run() for number, plan in enumerate(plans)]
    (folder / "found.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
