"""Real gaze, replayed over real LSL into the recorder and a real study: every sample, as it was."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
import uuid
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from gazeannotator.geometry import Screen, normalised_to_screen_px
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import Recorder

COMMAND = [sys.executable, "-c", "from gazeannotator.cli.tracker import app; app()", "simulate"]
WITHIN_PX, WITHIN_S = 0.01, 0.001


def published(path: Path) -> np.ndarray:
    """Read time, x and y with nothing but the standard library, shape (n, 3)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in ("time_s", "x_px", "y_px")] for row in csv.DictReader(file)]
    return np.array([[float(text) if text else math.nan for text in row] for row in rows])


def start_told(process: subprocess.Popen[str]) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        if "starts at" in line:
            return float(line.split("starts at ")[1].split()[0])
    raise AssertionError("the replay never started")


class Replay:
    """One recording on its way: sender process, recorder, session."""

    def __init__(self, facts: dict[str, Any], folder: Path, store: Store, layout: str) -> None:
        self.facts, self.store = facts, store
        self.screen_px = tuple(facts["screen_px"])
        self.path = folder / f"{facts['stem']}.csv"
        size = "x".join(str(value) for value in self.screen_px)
        # Sent faster to spend less time; the stamps are as recorded.
        options = ["--replay", str(self.path), "--screen-px", size, "--speed", "8", "--layout", layout]
        self.recorder: Recorder | None = None
        self.process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)
        screen = Screen(*self.screen_px, *facts["screen_mm"], facts["distance_mm"])
        stream = GazeStream("Lund", "replay", facts["rate_hz"], layout)
        self.session = Session(
            str(uuid.uuid4()), facts["stem"], "2026-01-01T00:00:00+00:00", 0.0, "test", screen, stream, True
        )

    def listen(self) -> None:
        self.store.add_reader(self.session.reader)
        self.store.start_session(self.session)
        stream = lsl.find_stream(f"gazeannotator-simulated:{self.process.pid}")
        inlet = GazeInlet(stream)
        recorder = Recorder(inlet, recognise(stream), self.screen_px, clock=lsl.local_clock)
        recorder.record_into(self.store, self.session.id)
        recorder.start()
        self.recorder = recorder

    def finish(self) -> None:
        assert self.recorder is not None
        deadline = monotonic() + 60
        while self.recorder.status.samples < self.facts["n"]:
            assert monotonic() < deadline, self.recorder.status
            sleep(0.01)
        self.start_s = start_told(self.process)
        assert self.process.wait(20) == 0
        self.recorder.stop()

    def close(self) -> None:
        if self.recorder is not None:
            self.recorder.stop()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["gazeannotator", "tobii-pro-app", "titta", "xdf"])
def test_every_sample_of_every_recording_is_found_again(lund2013: Path, tmp_path: Path, layout: str) -> None:
    recordings = json.loads((lund2013 / "recordings.json").read_text("utf-8"))
    replays: list[Replay] = []
    with Store.create(tmp_path / "study", name="Lund", scheme=load_scheme("nice")) as store:
        try:
            replays += [Replay(facts, lund2013, store, layout) for facts in recordings]
            for replay in replays:
                replay.listen()
            for replay in replays:
                replay.finish()
            for replay in replays:
                wanted = published(replay.path)
                found = store.gaze(replay.session.id)
                assert len(found) == len(wanted) == replay.facts["n"]
                np.testing.assert_allclose(found.time_s, replay.start_s + wanted[:, 0], rtol=0, atol=WITHIN_S)
                for eye in (found.left, found.right):
                    xy_px = normalised_to_screen_px(eye, replay.screen_px)
                    np.testing.assert_allclose(xy_px, wanted[:, 1:], rtol=0, atol=WITHIN_PX, equal_nan=True)
        finally:
            for replay in replays:
                replay.close()
