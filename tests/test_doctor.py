"""What `gazeannotator doctor` tells, and that it is true."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gazeannotator import doctor
from gazeannotator.cli import doctor as command
from gazeannotator.errors import TrackerError
from gazeannotator.tracking import lsl

CLI = [sys.executable, "-m", "gazeannotator.cli.main"]
SCREEN = {"index": 0, "name": "left", "px": [1920, 1080], "mm": [527.0, 296.0], "mm_known": True}
SCREEN |= {"scale": 1.25, "hz": 60.0, "virtual": False}
STREAM = {
    "name": "Tobii_gaze",
    "type": "Gaze",
    "source_id": "t:1",
    "rate_hz": 600.0,
    "channels": 37,
    "layout": "titta",
    "coordinates": "normalised",
    "simulated": False,
    "same_machine": False,
    "samples": 3000,
    "measured_rate_hz": 600.02,
    "jitter_ms": 0.1,
    "gaps": 0,
    "longest_gap_ms": 0.0,
    "missing": None,
    "duplicates": 0,
    "out_of_order": 0,
    "without_stamp": 0,
    "clock_jumps": 0,
    "foreign_clock": False,
    "clock_offset_ms": 123.4,
    "latency_ms": 3.0,
    "latency_p99_ms": 9.0,
    "clock_drift_ppm": 11.5,
}
HEALTHY: dict[str, Any] = {
    "versions": {"gazeannotator": "0.1.0", "torch": "2.13.0", "tittapy": None, "liblsl": "1.18"},
    "tobii": {"backend": None, "trackers": []},
    "streams": [STREAM],
    "screens": [SCREEN],
    "gpu": {"name": "NVIDIA H100", "memory_gb": 79.6, "driver": "580.1", "count": 2},
    "free_disk_gb": 300.0,
    "free_disk_at": "/data",
    "clock_drift_ppm": 11.5,
    "problems": [],
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


def test_the_json_document_is_as_specified_and_the_stream_is_measured() -> None:
    session = {lsl.SESSION_VARIABLE: f"doctor-{uuid.uuid4().hex}"}
    sender = subprocess.Popen(
        [*CLI, "tracker", "simulate", "--rate", "500"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | session,
    )
    try:
        assert sender.stdout is not None
        assert sender.stdout.readline().startswith("Sending")
        result = run("--json", "--seconds", "3", **session)
    finally:
        sender.send_signal(signal.SIGINT)
        sender.wait(20)
        sender.stdout.close()
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert {"versions", "tobii", "streams", "screens", "gpu", "free_disk_gb", "clock_drift_ppm"} <= set(facts)
    assert facts["versions"]["liblsl"].startswith("1.")
    assert facts["versions"]["numpy"] == np.__version__
    assert set(facts["tobii"]) == {"backend", "trackers"}
    (stream,) = facts["streams"]
    assert set(stream) == set(STREAM)
    assert stream["source_id"] == f"gazeannotator-simulated:{sender.pid}"
    assert (stream["layout"], stream["coordinates"]) == ("gazeannotator", "normalised")
    assert stream["same_machine"]
    assert stream["simulated"]
    assert stream["measured_rate_hz"] == pytest.approx(500, rel=0.01)
    assert stream["samples"] == pytest.approx(1500, rel=0.3)
    assert stream["missing"] == stream["gaps"] == 0
    assert abs(stream["clock_offset_ms"]) < 5
    assert facts["clock_drift_ppm"] is None, "only streams of this machine"
    # The tests have no display: a screen that nobody sees says so.
    assert [set(SCREEN) <= set(each) and each["virtual"] for each in facts["screens"]] == [True]
    assert facts["free_disk_gb"] > 0
    assert all(set(each) == {"what", "remedy"} for each in facts["problems"])


def test_for_people_it_is_text_that_says_what_to_do() -> None:
    result = run("--seconds", "1", **{lsl.SESSION_VARIABLE: f"nobody-{uuid.uuid4().hex}"})
    assert result.returncode == 0, result.stderr
    assert "No gaze stream is there." in result.stdout
    assert "gazeannotator tracker simulate" in result.stdout
    assert "free disk" in result.stdout
    assert result.stderr == ""


def test_it_works_without_the_lsl_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise TrackerError("The LSL library could not be loaded (no such file).", "Install liblsl.")

    monkeypatch.setattr(lsl, "library", broken)
    facts = doctor.examine(screens=lambda: [SCREEN], tobii=lambda: HEALTHY["tobii"], listen_s=1)
    assert facts["streams"] == []
    assert facts["versions"]["liblsl"] is None
    assert "could not be loaded" in facts["problems"][0]["what"]
    assert "What is wrong" in command.lines(facts)


def test_nothing_is_wrong_where_nothing_is() -> None:
    assert doctor.problems(HEALTHY) == []
    text = command.lines(HEALTHY)
    assert text[-1] == "Nothing is wrong."
    assert "  GPU          NVIDIA H100 x 2, 79.6 GB" in text
    assert "  clock drift  +11.5 ppm" in text
    assert "  not there  tittapy" in text


@pytest.mark.parametrize(
    ("where", "change", "says"),
    [
        ("streams", {"coordinates": "scene_camera"}, "head-worn camera"),
        ("streams", {"coordinates": "unknown"}, "what its numbers mean"),
        ("streams", {"samples": 0, "measured_rate_hz": None}, "no sample came"),
        ("streams", {"measured_rate_hz": 60.0}, "sends 60 samples a second and declares 600"),
        ("streams", {"gaps": 2, "longest_gap_ms": 1500.0}, "2 gaps, the longest 1500 ms"),
        ("streams", {"missing": 7}, "7 samples missing"),
        ("streams", {"out_of_order": 3}, "3 samples out of order"),
        ("streams", {"clock_jumps": 1}, "1 jumps of its clock"),
        ("streams", {"without_stamp": 4}, "4 samples without a time stamp"),
        ("streams", {"foreign_clock": True}, "does not stamp by the LSL clock"),
        ("streams", {"latency_ms": -5000.0}, "+5.0 s off"),
        ("streams", {"latency_p99_ms": 300.0}, "300 ms late"),
        ("screens", {"mm_known": False}, "Screen 1 left: it does not tell its size"),
        ("screens", {"px": [800, 600]}, "smaller than 1024 x 768"),
        ("screens", {"virtual": True}, "no display"),
    ],
)
def test_each_problem_is_told_once_with_a_remedy(where: str, change: dict[str, Any], says: str) -> None:
    facts = copy.deepcopy(HEALTHY)
    facts[where][0] |= change
    (problem,) = doctor.problems(facts)
    assert says in problem["what"]
    assert problem["remedy"].endswith(".")
    assert f"  ! {problem['what']}" in command.lines(facts | {"problems": [problem]})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"free_disk_gb": 1.5}, "Only 1.5 GB are free on the disk of /data"),
        ({"screens": []}, "No screen is there"),
        ({"streams": []}, "No gaze stream is there"),
        ({"versions": {"torch": "2.13.0+cpu"}}, "torch 2.13.0+cpu cannot use it"),
    ],
)
def test_problems_of_the_machine(change: dict[str, Any], says: str) -> None:
    (problem,) = doctor.problems(HEALTHY | change)
    assert says in problem["what"]


@pytest.mark.parametrize("ppm", [-38.0, 0.0, 12.5])
def test_drift_is_the_slope_of_the_offsets(ppm: float) -> None:
    at_s = 5e5 + np.arange(0, 60, 1.0)
    noise = np.random.default_rng(0).normal(0, 2e-5, len(at_s))
    offsets = list(zip(at_s, 4711 + ppm * 1e-6 * at_s + noise, strict=True))
    found = doctor.drift_ppm(offsets)
    assert found == pytest.approx(ppm, abs=0.5)
    assert doctor.drift_ppm(offsets[:4]) is None


@pytest.mark.skipif(os.name == "nt", reason="a script that stands for a program")
def test_gpus_are_what_the_driver_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    assert doctor.gpu() is None
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 81559, 580.95'\n" * 2)
    program.chmod(0o755)
    found = doctor.gpu()
    assert found == {"name": "NVIDIA H100 80GB HBM3", "memory_gb": 79.6, "driver": "580.95", "count": 2}
    program.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'\nexit 9\n")
    assert doctor.gpu() is None


def test_a_stream_that_goes_while_it_is_looked_at_is_told_without_samples() -> None:
    from gazeannotator.tracking.simulator import simulated_stream

    gone = simulated_stream("gazeannotator", 100.0, (800.0, 600.0), pid=0)
    (facts,) = doctor.listen([gone], 0.1)
    assert facts["samples"] == 0
    assert facts["measured_rate_hz"] is None
    assert [each["what"] for each in doctor.problems(HEALTHY | {"streams": [facts]})] == [
        "GazeAnnotator-simulated: no sample came."
    ]
