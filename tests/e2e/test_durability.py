"""kill -9 at any moment of a real reading loses no answer and at most half a second of gaze."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gazeannotator.study.check import check_study
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.reading_list import reading_order, remaining
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl

ROUNDS = 6
IMAGES = 80
RATE_HZ = 250


def first_left(store: Store) -> str:
    order = reading_order([each.id for each in store.images()], store.id, "R1", store.protocol)
    return remaining(order, store.readings(), "R1")[0]


@pytest.mark.slow
def test_killed_again_and_again(
    tmp_path: Path,
    noise_images: Callable[[int], Path],
    simulator: Callable[..., Any],
    read_and_press: Callable[..., Any],
) -> None:
    study = tmp_path / "study"
    protocol = Protocol(fixation_cross_s=0.05)
    create_study(study, noise_images(IMAGES), scheme=load_scheme("nice"), protocol=protocol)
    simulator("--rate", RATE_HZ)
    rng = random.Random(20)
    acknowledged: dict[str, tuple[str, int]] = {}
    for round_ in range(ROUNDS):
        with Store.open(study) as store:
            expected = first_left(store)
            sessions_before = {each.id for each in store.sessions()}
        reader = read_and_press((0.07, 0.25), study, "--reader", "R1", "--consented")
        # The session goes on at the very image at which the last one was killed.
        assert reader.read_until("shown") == f"shown {expected}"
        killed_s: list[float] = []

        def kill(process: Any = reader, times: list[float] = killed_s) -> None:
            times.append(lsl.local_clock())
            process.kill()

        threading.Timer(rng.uniform(0.8, 2.2), kill).start()
        assert reader.wait() == -signal.SIGKILL, reader.errors
        for line in reader.lines:
            if line.startswith("answered"):
                _word, reading, image, label = line.split()
                acknowledged[reading] = (image, int(label))

        assert check_study(study) == []
        with Store.open(study) as store:
            made = {each.id: each for each in store.readings()}
            for reading, (image, label) in acknowledged.items():
                assert (made[reading].image, made[reading].label) == (image, label), f"round {round_}"
                assert made[reading].state == "done"
            # At most the one answer more that was on disk when the kill came before its line.
            done = [each for each in made.values() if each.state == "done"]
            assert len(done) - len(acknowledged) in (0, 1)
            acknowledged.update({each.id: (each.image, each.label) for each in done})
            (session,) = (each for each in store.sessions() if each.id not in sessions_before)
            assert not session.ended
            gaze = store.gaze(session.id)
            assert killed_s[0] - gaze.time_s[-1] <= 0.5
            # What is there is there without a hole.
            assert np.max(np.diff(gaze.time_s)) < 1.5 / RATE_HZ
            assert np.max(np.diff(gaze.sequence)) == 1
    assert len(acknowledged) > 2 * ROUNDS

    # Afterwards everything is closed in order, by the next session.
    reader = read_and_press((0.01, 0.03), study, "--reader", "R1", "--consented", "--exit-when-done")
    assert reader.wait() == 0, reader.errors
    with Store.open(study) as store:
        readings, sessions = store.readings(), store.sessions()
    assert all(each.ended for each in sessions)
    assert {each.state for each in readings} <= {"done", "interrupted"}
    cut = [each for each in readings if each.state == "interrupted"]
    assert all(each.note in ("crash", "pause") for each in cut)
    assert {each.image for each in cut} <= {each.image for each in readings if each.state == "done"}
    assert len([each for each in readings if each.state == "done"]) == IMAGES
    command = [sys.executable, "-m", "gazeannotator.cli.main", "study", "check", str(study), "--json"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout) == {"ok": True, "problems": []}
