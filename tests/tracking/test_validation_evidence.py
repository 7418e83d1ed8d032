"""What a validation reports of trackers with known errors, against the very samples that were injected.

The chain and the second calculation are those of benchmarks/validation.py, which makes the table of
docs/data-quality.md.
"""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.geometry import Screen
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.outlets import MarkerOutlet
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.validation import validation_result, validation_run


def _benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "validation.py"
    spec = importlib.util.spec_from_file_location("validation_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["validation_benchmark"] = module
    spec.loader.exec_module(module)
    return module


bench = _benchmark()

trackers = st.builds(
    lambda screen, distance_mm, direction, offset, **known: bench.KnownTracker(
        screen=replace(screen, distance_mm=distance_mm),
        offset_deg=(offset * np.cos(direction), offset * np.sin(direction)),
        **known,
    ),
    screen=st.sampled_from(list(bench.SCREENS.values())),
    distance_mm=st.floats(450, 900),
    rate_hz=st.sampled_from([60.0, 90.0, 120.0, 250.0, 300.0, 500.0, 600.0, 1000.0, 1200.0]),
    direction=st.floats(0, 2 * np.pi),
    offset=st.floats(0, 3),
    noise_deg=st.floats(0, 1),
    loss=st.floats(0, 0.4),
    never_sent=st.booleans(),
    layout=st.sampled_from(list(SENDERS)),
    seed=st.integers(0, 2**32 - 1),
)


@given(trackers)
@settings(deadline=None, max_examples=40)
def test_a_validation_reports_what_is_in_the_samples(tracker) -> None:
    result, injected = bench.validated(tracker, 4)
    assert len(result.points) == 4
    assert not any(point.unstable for point in result.points)
    assert result.distance_mm == pytest.approx(tracker.screen.distance_mm)
    worst = bench.differences(result, injected, tracker.screen)
    assert worst["accuracy_deg"] <= 0.05
    assert worst["precision_rms_deg"] <= 0.05
    assert worst["precision_std_deg"] <= 0.05
    assert worst["data_loss"] <= 0.01
    # And, averaged over the points, as the study will judge it.
    other = bench.means(result, injected, tracker.screen)
    for name, value in other.items():
        assert getattr(result, name) == pytest.approx(value, abs=0.01 if name == "data_loss" else 0.05)


@given(trackers)
@settings(deadline=None, max_examples=20)
def test_the_reported_offset_is_the_known_one_within_the_error_of_its_samples(tracker) -> None:
    result, _ = bench.validated(tracker, 4)
    one_sent = tracker.layout == "plain"
    for point in result.points:
        for eye, noise_deg in (
            (point.left, tracker.noise_deg),
            (point.right, tracker.noise_deg),
            # The mean of two eyes that are noisy each on its own.
            (point.both, tracker.noise_deg / (1 if one_sent else np.sqrt(2))),
        ):
            # Six standard errors: of all eyes of all runs of this test hardly ever one is beyond.
            error_deg = 6 * noise_deg / np.sqrt(eye.samples) + 1e-5
            assert eye.offset_deg == pytest.approx(tracker.offset_deg, abs=error_deg)


@pytest.mark.parametrize("never_sent", [False, True], ids=["marked", "never sent"])
def test_the_choice_of_the_window_flatters_neither_precision_nor_loss(never_sent: bool) -> None:
    screen = bench.SCREENS["24 inch"]
    points = []
    for seed in range(6):
        known = bench.KnownTracker(screen, 250.0, noise_deg=0.5, loss=0.25, never_sent=never_sent, seed=seed)
        points += bench.validated(known, 9)[0].points
    for eye in ("left", "right"):
        measured = [point.eye(eye) for point in points]
        # White noise of σ an axis: steps of √2 σ an axis, so RMS-S2S 2 σ and STD √2 σ.
        rms_deg = np.sqrt(np.mean([each.precision_rms_deg**2 for each in measured]))
        std_deg = np.sqrt(np.mean([each.precision_std_deg**2 for each in measured]))
        assert rms_deg == pytest.approx(2 * 0.5, rel=0.03)
        assert std_deg == pytest.approx(np.sqrt(2) * 0.5, rel=0.03)
        assert np.mean([each.data_loss for each in measured]) == pytest.approx(0.25, abs=0.02)


def test_a_simulated_tracker_on_lsl_is_validated_while_it_runs() -> None:
    screen = Screen(1366, 768, 340, 190, 500)
    options = "--offset-deg -0.6,0.8 --noise-deg 0.3 --loss 0.2 --rate 250 --seed 7"
    options += " --screen-px 1366x768 --screen-mm 340x190 --distance-mm 500"
    command = [sys.executable, "-c", "from gazeannotator.cli.tracker import app; app()", "simulate"]
    process = subprocess.Popen([*command, *options.split()], stdout=subprocess.DEVNULL)
    markers = MarkerOutlet(str(uuid.uuid4()), screen_px=screen.size_px)
    try:
        stream = lsl.find_stream(f"gazeannotator-simulated:{process.pid}", timeout_s=60.0)
        inlet = GazeInlet(stream, recover=False)
        recorder = Recorder(inlet, recognise(stream), screen.size_px, clock=lsl.local_clock)
        recorder.start()
        try:
            deadline = monotonic() + 60
            while not (markers.has_listener() and recorder.status.samples > 250):
                assert monotonic() < deadline, "the simulated eye does not listen"
                sleep(0.05)
            run = validation_run(screen, 4, seed=1)
            while not run.done:
                assert monotonic() < deadline, "the validation does not end"
                for fact in run.advance(lsl.local_clock(), recorder.latest):
                    markers.push(json.dumps({"event": "target", **fact.as_data()}), fact.t_s)
                sleep(1 / 60)
        finally:
            recorder.stop()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        markers.close()
    result = validation_result(run)
    assert not any(point.unstable for point in result.points)
    for point in result.points:
        assert point.left.offset_deg == pytest.approx((-0.6, 0.8), abs=0.15)
        assert point.left.precision_rms_deg == pytest.approx(0.6, abs=0.15)
    assert result.data_loss == pytest.approx(0.2, abs=0.08)
