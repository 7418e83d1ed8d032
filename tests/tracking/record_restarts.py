"""Records a sender that is killed and started again and again; a process of its own.

Usage: record_restarts.py STUDY SESSION NAME RESTARTS same|new SAMPLES

Says what the senders said, one line each, and ``recorded`` with the recorder's timing and gaps as JSON.
"""

import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

from gazeannotator.geometry import Screen
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import Recorder

SENDER = Path(__file__).with_name("restarted_sender.py")
PATIENCE_S = 30.0


def start(source_id: str, first: int, samples: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SENDER), source_id, str(first), str(samples)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main() -> None:
    study, session_id, name, restarts, ids, samples = sys.argv[1:]
    chance = random.Random(3)
    first = 0
    sender = start(name, first, int(samples))
    stream = lsl.find_stream(name, timeout_s=PATIENCE_S)
    store = Store.open(study)
    gaze = GazeStream(stream.name, name, 500.0, "gazeannotator", lsl.is_here(stream))
    screen = Screen(1024, 768, 300, 200, 650)
    now_s = lsl.local_clock()
    store.start_session(
        Session(session_id, "A", "2026-01-01T00:00:00+00:00", now_s, "test", screen, gaze, True)
    )
    recorder = Recorder(
        GazeInlet(stream),
        recognise(stream),
        (1024, 768),
        clock=lsl.local_clock,
        same_machine=lsl.is_here(stream),
    )
    recorder.record_into(store, session_id)
    recorder.start()
    gaps = []
    try:
        for run in range(int(restarts) + 1):
            # A watchdog for the line: a sender that is never taken up never says anything.
            guard = threading.Timer(PATIENCE_S, sender.kill)
            guard.start()
            line = sender.stdout.readline().strip()
            guard.cancel()
            sys.stdout.write(f"{line or 'nothing'} {lsl.local_clock()!r}\n")
            sys.stdout.flush()
            if not line or run == int(restarts):
                break
            time.sleep(chance.uniform(0, 0.1))
            sender.kill()
            sender.wait()
            first += int(samples)
            sender = start(name if ids == "same" else f"{name}-{run}", first, int(samples))
            gaps += recorder.take_gaps()
        recorder.stop_recording()
        gaps += recorder.take_gaps()
        told = {"timing": recorder.timing.as_data(), "gaps": [asdict(gap) for gap in gaps]}
        sys.stdout.write(f"recorded {json.dumps(told)}\n")
        sys.stdout.flush()
    finally:
        sender.kill()
        sender.wait()
        recorder.stop()
        store.close()


if __name__ == "__main__":
    main()
