"""Read for half an hour with a 1200 Hz binocular tracker, and count what is lost and how late things are.

A sender in a process of its own pushes each sample with the time of its push and a number; the real
reading window (offscreen) shows an image every three seconds and is answered by keys; where the
program has an operator view, that is open too. Measured are the samples lost by their numbers, their
stored order, the delay from push to the ring buffer of the live views and to the disk, the CPU time
of the recorder's threads, and memory. Each is printed with its bound, PASS or FAIL; the exit code is
1 where something failed.

    python benchmarks/soak.py [--minutes 30 | --short] [--rate 1200]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from gazeannotator.samples import GazeChunk
from gazeannotator.settings import Settings
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl, watch
from gazeannotator.tracking.live import LiveView
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import ReadingWindow, open_reading
from gazeannotator.ui.reading.room import Phase

SCREEN = {"width": 1920, "height": 1080, "logicalDpi": 96, "dpr": 1, "y": 0}
IMAGE_EVERY_S = 3.0
CROSS_S = 0.5
IMAGE_PX = (1280, 1024)
SHORT_MINUTES = 1.0

MAX_TO_RING_MS, MAX_TO_DISK_MS = 15.0, 400.0
MAX_CPU = 0.35
MAX_GROWTH_MB = 10.0
SETTLED_AFTER = 1 / 3
"""Memory is judged after this part of the time."""

SENDER = """
import sys, time
import numpy as np
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream

rate = float(sys.argv[1])
outlet = GazeOutlet(simulated_stream("gazeannotator", rate, (1920.0, 1080.0)))
print("here", flush=True)
k, start = 0, lsl.local_clock()
while True:
    ahead = start + k / rate - lsl.local_clock()
    if ahead > 0:
        time.sleep(ahead)
    place = 0.5 + 0.3 * np.sin(k / rate * np.array([1.0, 1.3, 1.0, 1.3]))
    outlet.push(np.array([[*place, 3.0, 3.1, k]]), np.array([lsl.local_clock()]))
    k += 1
"""


class Delays:
    """Delays in bins of 0.1 ms up to two seconds: what is measured here must not grow itself."""

    def __init__(self) -> None:
        self._counts = np.zeros(20_001, np.int64)
        self.longest_ms = 0.0

    def add(self, delays_s: np.ndarray) -> None:
        """Take some."""
        bins = np.clip(delays_s * 1e4, 0, len(self._counts) - 1).astype(int)
        self._counts += np.bincount(bins, minlength=len(self._counts))
        self.longest_ms = max(self.longest_ms, float(delays_s.max()) * 1e3)

    def quantile_ms(self, share: float) -> float:
        """Give a quantile, rounded up to the bin's end."""
        cumulated = np.cumsum(self._counts)
        return float((np.searchsorted(cumulated, share * cumulated[-1]) + 1) / 10)


@dataclass
class Counted:
    """What is counted on the way of the samples."""

    to_ring: Delays
    to_disk: Delays
    stored: int = 0
    first: float = math.nan
    last: float = math.nan
    lost: int = 0
    last_s: float = -math.inf
    disorder: int = 0
    recording: bool = False

    def committed(self, chunk: GazeChunk) -> None:
        """Take samples that are on disk now."""
        self.to_disk.add(lsl.local_clock() - chunk.time_s)
        before = chunk.sequence[0] - 1 if math.isnan(self.last) else self.last
        self.first = chunk.sequence[0] if math.isnan(self.first) else self.first
        self.lost += int(np.sum(np.diff(chunk.sequence, prepend=before) - 1))
        self.disorder += int(np.sum(np.diff(chunk.time_s, prepend=self.last_s) <= 0))
        self.stored += len(chunk)
        self.last, self.last_s = float(chunk.sequence[-1]), float(chunk.time_s[-1])


def measure(counted: Counted) -> None:
    """Have the ring buffer and the store tell what reaches them."""

    class TimedView(LiveView):
        def add(self, chunk: GazeChunk, now: float) -> None:
            super().add(chunk, now)
            if counted.recording:
                counted.to_ring.add(lsl.local_clock() - chunk.time_s)

    watch.LiveView = TimedView
    append = Store.append_gaze

    def timed(self: Store, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        append(self, session_id, chunk, received_s)
        counted.committed(chunk)

    Store.append_gaze = timed


class Usage:
    """CPU time and memory of this process, looked at every second."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began_s = lsl.local_clock()
        self._cpu_s = self._by_thread()
        self._process_s = self._whole()
        self.memory: list[tuple[float, float]] = []

    def look(self) -> None:
        """Note the memory."""
        self.memory.append((lsl.local_clock() - self._began_s, self._process.memory_info().rss / 2**20))

    def shares(self) -> dict[str, float]:
        """Tell each thread's share of one core since the start, and that of the whole process."""
        seconds = lsl.local_clock() - self._began_s
        now_s = self._by_thread()
        shares = {name: (now_s[name] - self._cpu_s.get(name, 0.0)) / seconds for name in now_s}
        return {**shares, "process": (self._whole() - self._process_s) / seconds}

    def _by_thread(self) -> dict[str, float]:
        names = {each.native_id: each.name for each in threading.enumerate()}
        spent = self._process.threads()
        return {names[each.id]: each.user_time + each.system_time for each in spent if each.id in names}

    def _whole(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system

    def growth_mb(self) -> tuple[float, float, float]:
        """Tell memory at first and last, and the growth since it had settled."""
        used = np.array([each for _, each in self.memory])
        settled = used[int(len(used) * SETTLED_AFTER) :]
        part = max(1, len(settled) // 5)
        return used[0], used[-1], float(np.median(settled[-part:]) - np.median(settled[:part]))


class Reader:
    """Somebody who answers every three seconds, and leaves when the time is over."""

    def __init__(self, window: ReadingWindow, counted: Counted, seconds: float) -> None:
        self.answers = 0
        self.usage: Usage | None = None
        self.shares: dict[str, float] = {}
        self.operator_open = False
        self._window, self._counted, self._seconds = window, counted, seconds
        self._phase: Phase | None = None
        self._answer_at = self._timer(lambda: self._press(Qt.Key.Key_2), repeats=False)
        self._look = self._timer(self._once_a_second, repeats=True)
        window.controller.changed.connect(self._follow)
        window.controller.answered.connect(self._answered)

    def _timer(self, call: Any, *, repeats: bool) -> QTimer:  # noqa: ANN401
        timer = QTimer(self._window, singleShot=not repeats)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(call)
        return timer

    def begin(self) -> None:
        """Press Space; the reading starts once the tracker is there."""
        operator = getattr(self._window, "operator", None)
        if operator is not None:
            operator.open()
        self._press(Qt.Key.Key_Space)

    def _follow(self) -> None:
        phase, before = self._window.controller.phase, self._phase
        self._phase = phase
        if phase is before:
            return
        if phase is Phase.VIEWING:
            if self.usage is None:
                self._counted.recording = True
                self.usage = Usage()
                self._look.start(1000)
                QTimer.singleShot(round(self._seconds * 1000), self._window, self._leave)
            self._answer_at.start(round((IMAGE_EVERY_S - CROSS_S) * 1000))
        elif phase is Phase.PAUSED:
            self._press(Qt.Key.Key_Space)
        elif phase is Phase.ASKING_END:
            self._press(Qt.Key.Key_Return)

    def _answered(self) -> None:
        self.answers += 1

    def _once_a_second(self) -> None:
        self.usage.look()
        shown = [each for each in QApplication.topLevelWidgets() if each.objectName() == "operatorWindow"]
        self.operator_open = any(each.isVisible() for each in shown)

    def _leave(self) -> None:
        self.shares = self.usage.shares()
        self._look.stop()
        self._answer_at.stop()
        self._press(Qt.Key.Key_Escape)

    def _press(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.postEvent(self._window, event)


def prepare(folder: Path) -> None:
    """Take an LSL session and settings of its own, and two screens that nobody sees."""
    screens = [{"name": "reader", "x": 0, **SCREEN}, {"name": "operator", "x": SCREEN["width"], **SCREEN}]
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    os.environ["GAZEANNOTATOR_CONFIG_DIR"] = str(folder / "settings")
    os.environ[lsl.SESSION_VARIABLE] = f"soak-{uuid.uuid4().hex[:8]}"


def make_study(folder: Path, images: int) -> Path:
    """Make a study of so many different images, as large as an endoscope's."""
    source = folder / "images"
    source.mkdir()
    random = np.random.default_rng(0)
    for number in range(images):
        rough = random.integers(40, 220, (8, 10, 3), np.uint8)
        cv2.imwrite(
            str(source / f"{number:04d}.jpg"), cv2.resize(rough, IMAGE_PX, interpolation=cv2.INTER_CUBIC)
        )
    study = folder / "study"
    create_study(study, source, scheme=load_scheme("nice"), protocol=Protocol(fixation_cross_s=CROSS_S))
    return study


def run(minutes: float, rate_hz: float, folder: Path) -> bool:
    """Read, and report; whether all bounds were kept."""
    seconds = minutes * 60
    prepare(folder)
    study = make_study(folder, math.ceil(seconds / IMAGE_EVERY_S) + 5)
    counted = Counted(Delays(), Delays())
    measure(counted)
    sender = subprocess.Popen([sys.executable, "-c", SENDER, str(rate_hz)], stdout=subprocess.PIPE, text=True)
    try:
        sender.stdout.readline()
        application = make_application(sys.argv[:1])
        settings = Settings()
        window = open_reading(study, "R1", None, settings=settings, consented=True, screen=1)
        reader = Reader(window, counted, seconds)
        window.closed.connect(application.quit)
        reader.begin()
        application.exec()
        ended_s = lsl.local_clock()
    finally:
        sender.kill()
        sender.wait()
        sender.stdout.close()
    return report(reader, counted, study, rate_hz, ended_s)


def report(reader: Reader, counted: Counted, study: Path, rate_hz: float, ended_s: float) -> bool:
    """Print what was found, each beside its bound."""
    with Store.open(study) as store:
        (session,) = store.sessions()
        stored, readings = store.gaze_sample_count(session.id), store.readings()
        tail = store.gaze(session.id, counted.last_s - 1.0)
    sent = round(counted.last - counted.first) + 1
    began_mb, ended_mb, growth_mb = reader.usage.growth_mb()
    threads = {name: share for name, share in reader.shares.items() if name.startswith("gaze-")}
    cpu = sum(threads.values())
    tail_is_there = len(tail) > 0 and tail.sequence[-1] == counted.last and ended_s - tail.time_s[-1] < 5.0
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{counted.stored / rate_hz / 60:.1f} min at {rate_hz:g} Hz, {reader.answers} images answered")
    print(f"operator view: {'open' if reader.operator_open else 'this program has none that was open'}")
    checks = [
        (f"samples sent {sent}, stored {stored}, lost {sent - stored}", sent == stored and not counted.lost),
        (f"readings done {sum(each.state == 'done' for each in readings)}", reader.answers > 0),
        (f"stored order: {counted.disorder} not after the one before", counted.disorder == 0),
        ("the newest samples were stored when the session ended", tail_is_there),
        *(
            (
                f"push to {name}: p50 {delays.quantile_ms(0.5):.1f}, p99 {delays.quantile_ms(0.99):.1f}, "
                f"longest {delays.longest_ms:.1f} ms (p99 at most {most_ms:g})",
                delays.quantile_ms(0.99) <= most_ms,
            )
            for name, delays, most_ms in (
                ("ring buffer", counted.to_ring, MAX_TO_RING_MS),
                ("disk", counted.to_disk, MAX_TO_DISK_MS),
            )
        ),
        (
            f"recorder's threads: {cpu:.1%} of a core (at most {MAX_CPU:.0%}); "
            + ", ".join(f"{name} {share:.1%}" for name, share in threads.items()),
            0 < cpu < MAX_CPU,
        ),
        (
            f"memory {began_mb:.0f} MB at first, {ended_mb:.0f} MB at last, "
            f"{growth_mb:+.1f} MB since a third of the time (at most {MAX_GROWTH_MB:g})",
            growth_mb <= MAX_GROWTH_MB,
        ),
    ]
    for what, good in checks:
        print(f"{'PASS' if good else 'FAIL'}  {what}")
    print(f"      whole process: {reader.shares['process']:.1%} of a core")
    return all(good for _, good in checks)


def main() -> None:
    """Run for the time that is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=30.0)
    length.add_argument("--short", action="store_true", help=f"{SHORT_MINUTES:g} minute, for a build server")
    parser.add_argument("--rate", type=float, default=1200.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = run(SHORT_MINUTES if options.short else options.minutes, options.rate, Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
