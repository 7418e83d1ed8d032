"""Compare the recorder with a bare pylsl inlet that drains the same stream.

Both read one stream at the same time, each in a thread of its own: the bare inlet pulls arrays
and forgets them; the recorder converts, keeps the last seconds, and commits to a study on disk.
Printed are ratios recorder / bare inlet, of CPU time a sample (that thread's own) and of the
delay from a sample's time stamp to its being there, both at the recorder's cadence; and the delay
against an inlet that blocks for each single sample, the fastest there is.

    python benchmarks/recorder.py [--rate 1200] [--seconds 10]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

# Before LSL is used: a session of its own, and nobody else's streams.
os.environ["GAZEANNOTATOR_LSL_SESSION"] = f"benchmark-{uuid.uuid4().hex[:8]}"

from gazeannotator.geometry import Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import POLL_EVERY_S, Recorder

SENDER = """
import sys, threading
import numpy as np
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream

rate = float(sys.argv[1])
outlet = GazeOutlet(simulated_stream("gazeannotator", rate, (1920.0, 1080.0)))
wait, k, start = threading.Event(), 0, lsl.local_clock()
while True:
    k += 1
    wait.wait(max(0.0, start + k / rate - lsl.local_clock()))
    outlet.push(np.array([[0.5, 0.5, 0.5, 0.5, 3.0, 3.0, k]]), np.array([lsl.local_clock()]))
"""


class Drain:
    """A thread that drains the stream until told to stop, and how it fared."""

    def __init__(self, take: Callable[[], np.ndarray], every_s: float) -> None:
        self.delays_s: list[float] = []
        self.cpu_s = 0.0
        self._take, self._every_s = take, every_s
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        began = time.thread_time()
        while not self._stop.wait(self._every_s):
            stamps = self._take()
            self.delays_s += (lsl.local_clock() - stamps).tolist()
        self.cpu_s = time.thread_time() - began

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self.thread.join()

    @property
    def cpu_us_a_sample(self) -> float:
        """CPU time of the thread for each sample."""
        return self.cpu_s / len(self.delays_s) * 1e6

    @property
    def delay_ms(self) -> float:
        """Median time from a sample's stamp to its being there."""
        return float(np.median(self.delays_s)) * 1e3


class OverheardInlet(GazeInlet):
    """The recorder's inlet; remembers the stamps it gave last."""

    def pull(self) -> tuple[np.ndarray, np.ndarray]:
        """Take what has arrived."""
        values, self.stamps = super().pull()
        return values, self.stamps


class TimedStore:
    """The study, with the CPU time that storing takes."""

    def __init__(self, store: Store) -> None:
        self.store, self.cpu_s = store, 0.0

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        """Store samples."""
        began = time.thread_time()
        self.store.append_gaze(session_id, chunk, received_s)
        self.cpu_s += time.thread_time() - began

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        """Store a clock offset."""
        self.store.append_clock_offset(session_id, at_s, offset_s)


def main() -> None:
    """Start a sender and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=1200)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    sender = subprocess.Popen([sys.executable, "-c", SENDER, str(options.rate)])
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(options.seconds, Path(folder))
    finally:
        sender.kill()
        sender.wait()


def measure(seconds: float, folder: Path) -> None:
    """Drain the one stream there is in three ways at once, and print ratios."""
    stream = lsl.find_stream()
    store = Store.create(folder / "study", name="benchmark", scheme=load_scheme("nice"))
    store.add_reader("A")
    screen = Screen(1920, 1080, 527, 296, 650)
    gaze = GazeStream(stream.name, stream.source_id, stream.rate_hz, "gazeannotator")
    session = Session(
        str(uuid.uuid4()), "A", "2026-01-01T00:00:00+00:00", 0.0, "benchmark", screen, gaze, True
    )
    store.start_session(session)

    overheard = OverheardInlet(stream)
    recorder = Recorder(overheard, recognise(stream), screen.size_px, clock=lsl.local_clock)
    timed = TimedStore(store)
    recorder.record_into(timed, session.id)

    def record() -> np.ndarray:
        recorder.pull_once(lsl.local_clock())
        return overheard.stamps

    bare, blocking = pylsl_inlet(stream.uid), pylsl_inlet(stream.uid)
    drains = {
        "bare": Drain(lambda: bare.pull_chunk(timeout=0.0)[1], POLL_EVERY_S),
        "recorder": Drain(record, POLL_EVERY_S),
        "blocking": Drain(lambda: np.array([blocking.pull_sample(timeout=1.0)[1] or np.nan]), 0.0),
    }
    for drain in drains.values():
        drain.thread.start()
    time.sleep(seconds)
    for drain in drains.values():
        drain.stop()
    recorder.stop()
    bare, recorded, blocked = drains["bare"], drains["recorder"], drains["blocking"]
    n = len(recorded.delays_s)
    print(f"{n} samples in {seconds:g} s; stored: {store.gaze_sample_count(session.id)}")
    store.close()
    storing_us = timed.cpu_s / n * 1e6
    taking_us = recorded.cpu_us_a_sample - storing_us
    print(f"CPU a sample: bare inlet {bare.cpu_us_a_sample:.1f} us, recorder {taking_us:.1f} us")
    print(f"    and {storing_us:.1f} us to store it durably; in all {recorded.cpu_s / seconds:.1%} of a core")
    print(f"median delay: bare inlet {bare.delay_ms:.2f} ms, recorder {recorded.delay_ms:.2f} ms,")
    print(f"    inlet that blocks for each sample {blocked.delay_ms:.2f} ms")
    print("ratios to the bare inlet:")
    print(f"    CPU a sample, without storing   {taking_us / bare.cpu_us_a_sample:6.2f}")
    print(f"    CPU a sample, with storing      {recorded.cpu_us_a_sample / bare.cpu_us_a_sample:6.2f}")
    print(f"    delay                           {recorded.delay_ms / bare.delay_ms:6.2f}")
    print(f"    delay, to the blocking inlet    {recorded.delay_ms / blocked.delay_ms:6.2f}")


def pylsl_inlet(uid: str) -> Any:  # noqa: ANN401
    """Open a stream with nothing but pylsl."""
    pylsl = lsl.library()
    inlet = pylsl.StreamInlet(pylsl.resolve_byprop("uid", uid, 1, 5.0)[0], recover=False, as_numpy=True)
    inlet.open_stream(timeout=5.0)
    return inlet


if __name__ == "__main__":
    main()
