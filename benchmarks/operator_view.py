"""Compare a reading with the operator view open to the same reading without it.

One real reading, full screen on one of two screens, of a 1200 Hz binocular stream that another process
sends. The view on the other screen is shown and hidden in turn, so that whatever else the machine does
falls on both. Printed with and without it, as median and 99 % quantile, and as ratios of them:

image       from the call that presents an image to the stamp that it was seen
onset       from when the image was due (the cross had been shown as long as it should) to that stamp
key         from the posting of an event, by another thread, to its arrival in the GUI thread
recorder    from a sample's stamp to its being taken by the recorder's thread

and the share of one core that the process takes.

    python benchmarks/operator_view.py [--rate 1200] [--blocks 8] [--images 12] [--platform offscreen]

``--platform xcb`` on a display with two screens measures swaps by OpenGL in place of paints.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

# Before Qt and LSL are used: a session of its own, and nobody else's streams or settings.
os.environ["GAZEANNOTATOR_LSL_SESSION"] = f"benchmark-{uuid.uuid4().hex[:8]}"

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from gazeannotator.settings import Settings
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import ReadingWindow, open_reading
from gazeannotator.ui.reading.room import Phase

CROSS_S = 0.3
LOOKS_MS = 500
POST_EVERY_S = 0.023
SCREEN = {"width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1, "y": 0}

SENDER = """
import sys, threading
import numpy as np
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream

rate, rng = float(sys.argv[1]), np.random.default_rng(1)
outlet = GazeOutlet(simulated_stream("gazeannotator", rate, (1920.0, 1080.0)))
wait, k, start, xy = threading.Event(), 0, lsl.local_clock(), np.array([0.5, 0.5])
while True:
    k += 1
    if k % (rate // 4) == 0:
        xy = rng.uniform(0.3, 0.7, 2)
    wait.wait(max(0.0, start + k / rate - lsl.local_clock()))
    left, right = xy + rng.normal(0, 0.002, 2), xy + rng.normal(0, 0.002, 2)
    outlet.push(np.array([[*left, *right, 3.0, 3.0, k]]), np.array([lsl.local_clock()]))
"""


class Times:
    """What was measured, of the part that runs now."""

    def __init__(self) -> None:
        self.part = ""
        self.seconds: dict[tuple[str, str], list[float]] = defaultdict(list)

    def note(self, what: str, *seconds: float) -> None:
        """Take in delays; not between the parts."""
        if self.part:
            self.seconds[what, self.part] += seconds


class Poster(QObject):
    """Posts events from a thread of its own, as the system posts keys, and sees when they arrive."""

    posted = Signal(float)

    def __init__(self, times: Times) -> None:
        super().__init__()
        self._stop = threading.Event()
        self.posted.connect(
            lambda at_s: times.note("key", time.perf_counter() - at_s), Qt.ConnectionType.QueuedConnection
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(POST_EVERY_S):
            self.posted.emit(time.perf_counter())

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()


class Watch:
    """Hears when the reader's window presents something, and when that is seen."""

    def __init__(self, window: ReadingWindow, times: Times) -> None:
        self._times = times
        self._presented_s = self._cross_s = 0.0
        present = window.view.present

        def noting(frame: object) -> None:
            self._presented_s = time.perf_counter()
            present(frame)

        window.view.present = noting
        window.view.shown.connect(self._seen)

    def _seen(self, frame: object, _t_s: float, _method: str) -> None:
        now_s = time.perf_counter()
        if frame.cross_px is not None:
            self._cross_s = now_s
        elif frame.image is not None:
            self._times.note("image", now_s - self._presented_s)
            self._times.note("onset", now_s - self._cross_s - CROSS_S)


class Reader(QObject):
    """Answers every image, and shows and hides the operator view in turn."""

    def __init__(self, window: ReadingWindow, times: Times, blocks: int, images: int) -> None:
        super().__init__()
        self._window, self._times = window, times
        self._blocks, self._images = blocks, images
        self._answered = self._block = 0
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self._began = (0.0, 0.0)
        window.controller.changed.connect(self._start)
        window.answered.connect(self._count)
        self._timer = QTimer(self, interval=LOOKS_MS)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def _start(self) -> None:
        if self._window.controller.phase is Phase.READY and self._window.link.state.ready:
            self._window.controller.changed.disconnect(self._start)
            QTimer.singleShot(1000, self._begin)

    def _begin(self) -> None:
        self._window.operator.open()
        self._key(Qt.Key.Key_Space)
        self._next_block()

    def _press(self) -> None:
        if self._window.controller.phase is Phase.VIEWING:
            self._key(Qt.Key.Key_1)
        elif self._window.controller.phase is Phase.PAUSED:  # a busy machine held the samples up
            self._key(Qt.Key.Key_Space)

    def _key(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._window, event)

    def _count(self) -> None:
        self._answered += 1
        if self._answered % self._images == 0:
            self._next_block()

    def _next_block(self) -> None:
        if self._times.part:
            cpu_s, wall_s = time.process_time() - self._began[0], time.perf_counter() - self._began[1]
            self.cpu[self._times.part].append(cpu_s / wall_s)
        self._times.part = ""
        self._block += 1
        if self._block > self._blocks:
            self._window.operator.close()
            self._window.controller.interrupt("reader")
            self._window.controller.end_session()
            return
        shown = self._block % 2 == 1
        self._window.operator.window.setVisible(shown)
        QTimer.singleShot(700, lambda: self._measure("with" if shown else "without"))

    def _measure(self, part: str) -> None:
        self._began = (time.process_time(), time.perf_counter())
        self._times.part = part


def main() -> None:
    """Start a sender, read, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=1200)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--images", type=int, default=12, help="in each block")
    parser.add_argument("--platform", default="offscreen")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder), options.platform)
        sender = subprocess.Popen([sys.executable, "-c", SENDER, str(options.rate)])
        try:
            measure(Path(folder), options.blocks, options.images)
        finally:
            sender.kill()
            sender.wait()


def _prepare(folder: Path, platform: str) -> None:
    os.environ["GAZEANNOTATOR_CONFIG_DIR"] = str(folder / "config")
    if platform == "offscreen":
        both = [{"name": "reader", "x": 0, **SCREEN}, {"name": "operator", "x": 1920, **SCREEN}]
        (folder / "screens.json").write_text(json.dumps({"screens": both}), encoding="utf-8")
        platform = f"offscreen:configfile={folder / 'screens.json'}"
    os.environ["QT_QPA_PLATFORM"] = platform


def measure(folder: Path, blocks: int, images: int) -> None:
    """Read so many blocks of so many images, in turn with and without the operator view."""
    rng = np.random.default_rng(1)
    (folder / "images").mkdir()
    for number in range(blocks * images + 1):
        small = rng.integers(0, 255, (64, 80, 3), np.uint8)
        cv2.imwrite(str(folder / "images" / f"{number}.png"), cv2.resize(small, (1280, 1024)))
    study = folder / "study"
    create_study(
        study, folder / "images", scheme=load_scheme("nice"), protocol=Protocol(fixation_cross_s=CROSS_S)
    )
    times = Times()
    pull = GazeInlet.pull

    def noting(self: GazeInlet) -> object:
        values, stamps = pull(self)
        times.note("recorder", *(lsl.local_clock() - stamps).tolist())
        return values, stamps

    GazeInlet.pull = noting
    application = make_application(sys.argv[:1], Settings())
    window = open_reading(study, "R1", None, settings=Settings(), consented=True, screen=1)
    window.closed.connect(application.quit)
    _watch = Watch(window, times)
    reader, poster = Reader(window, times, blocks, images), Poster(times)
    application.exec()
    poster.stop()
    _report(times, reader.cpu)


def _report(times: Times, cpu: dict[str, list[float]]) -> None:
    print(f"{'':10}{'':>8}  {'without':>10}{'with':>10}{'ratio':>8}{'difference':>12}")
    for what in ("image", "onset", "key", "recorder"):
        for name, share in (("median", 50), ("p99", 99)):
            without, with_ = (
                float(np.percentile(times.seconds[what, part], share)) * 1e3 for part in ("without", "with")
            )
            count = len(times.seconds[what, "with"])
            print(
                f"{what:10}{name:>8}  {without:7.2f} ms{with_:7.2f} ms{with_ / without:8.2f}"
                f"{with_ - without:+9.2f} ms   n = {count}"
            )
    without, with_ = (float(np.mean(cpu[part])) for part in ("without", "with"))
    print(f"{'CPU':10}{'':>8}  {without:10.1%}{with_:10.1%}{with_ / without:8.2f}{with_ - without:+12.1%}")


if __name__ == "__main__":
    main()
