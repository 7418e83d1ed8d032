"""Eight trackers at once: each is found, and nothing of any is lost."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import Recorder

STREAMS, RATE_HZ = 8, 250.0

SENDER = """
import sys, time
from dataclasses import replace
import numpy as np
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream

count, rate_hz = int(sys.argv[1]), float(sys.argv[2])
plain = simulated_stream("gazeannotator", rate_hz, (1920.0, 1080.0))
outlets = [
    GazeOutlet(replace(plain, name=f"Tracker {k}", source_id=f"many:{k}")) for k in range(count)
]
start_s, sent = lsl.local_clock(), 0
print("sends", flush=True)
while True:
    due = int((lsl.local_clock() - start_s) * rate_hz) + 1
    numbers = np.arange(sent, due)
    for k, outlet in enumerate(outlets):
        rows = np.tile([0.5, 0.5, 0.5, 0.5, 3.0, 3.0, 0.0], (len(numbers), 1))
        rows[:, -1] = numbers
        outlet.push(rows, start_s + numbers / rate_hz)
    sent = due
    time.sleep(0.004)
"""


class Kept:
    """Keeps all that a recorder stores."""

    def __init__(self) -> None:
        self.chunks: list[GazeChunk] = []

    def append_gaze(self, _session: str, chunk: GazeChunk, _received_s: float) -> None:
        self.chunks.append(chunk)

    def append_clock_offset(self, _session: str, _at_s: float, _offset_s: float) -> None:
        pass


@pytest.mark.slow
def test_eight_streams_of_250_hz_are_found_and_recorded_at_once() -> None:
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(STREAMS), str(RATE_HZ)], stdout=subprocess.PIPE, text=True
    )
    recorders: list[Recorder] = []
    try:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "sends\n"
        # One look, of the usual length.
        found = [each for each in lsl.find_streams() if each.source_id.startswith("many:")]
        assert [each.name for each in found] == [f"Tracker {k}" for k in range(STREAMS)]
        sinks = [Kept() for _ in found]
        for stream, sink in zip(found, sinks, strict=True):
            recorders.append(
                Recorder(GazeInlet(stream), recognise(stream), (1920, 1080), clock=lsl.local_clock)
            )
            recorders[-1].record_into(sink, "session")
            recorders[-1].start()
        time.sleep(4)
        for recorder in recorders:
            recorder.stop_recording()
        for sink in sinks:
            gaze = GazeChunk.joined(sink.chunks)
            assert len(gaze) > 3 * RATE_HZ
            np.testing.assert_array_equal(np.diff(gaze.sequence), 1)
            assert (np.diff(gaze.time_s) > 0).all()
    finally:
        for recorder in recorders:
            recorder.stop()
        sender.kill()
        sender.communicate()
