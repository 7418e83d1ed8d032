"""The recorder's process is killed while it records; what it had stored is there and whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import sleep

import numpy as np
import pytest

from gazeannotator.study.check import check_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl

SENDER = [
    sys.executable,
    "-c",
    "from gazeannotator.cli.tracker import app; app()",
    "simulate",
    "--rate",
    "500",
]
RECORDER = """
import sys, uuid
from gazeannotator.geometry import Screen
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import Recorder

path, source_id = sys.argv[1:]
stream = lsl.find_stream(source_id)
store = Store.open(path)
session = Session(
    str(uuid.uuid4()), "A", "2026-01-01T00:00:00+00:00", lsl.local_clock(), "test",
    Screen(1920, 1080, 527, 296, 650), GazeStream("eye", source_id, 500.0, "gazeannotator"), True,
)
store.start_session(session)
inlet = GazeInlet(stream)
told = False

def tell(status):
    global told
    if status.samples > 300 and not told:
        told = True
        print(session.id, flush=True)

recorder = Recorder(inlet, recognise(stream), (1920, 1080), clock=lsl.local_clock, on_status=tell)
recorder.record_into(store, session.id)
recorder.start()
"""


@pytest.mark.slow
def test_at_most_half_a_second_of_gaze_is_missing_after_kill_9(tmp_path: Path) -> None:
    study = tmp_path / "study"
    with Store.create(study, name="killed", scheme=load_scheme("nice")) as store:
        store.add_reader("A")
    sender = subprocess.Popen(SENDER, stdout=subprocess.DEVNULL)
    kept = {}
    try:
        for wait_s in (0.0, 0.11, 0.23, 0.37):
            options = [sys.executable, "-c", RECORDER, str(study), f"gazeannotator-simulated:{sender.pid}"]
            with subprocess.Popen(options, stdout=subprocess.PIPE, text=True) as recorder:
                assert recorder.stdout is not None
                session = recorder.stdout.readline().strip()
                # Nothing to wait for: it is killed at any moment between two commits.
                sleep(wait_s)
                killed_s = lsl.local_clock()
                recorder.kill()
            kept[session] = killed_s
    finally:
        sender.terminate()
        sender.wait(20)
    assert check_study(study) == []
    with Store.open(study) as store:
        for session, killed_s in kept.items():
            gaze = store.gaze(session)
            assert np.all(np.diff(gaze.sequence) == 1)
            assert killed_s - gaze.time_s[-1] < 0.5
            assert len(gaze) > 100
