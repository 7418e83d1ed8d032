"""`gazeannotator read` as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme

READ = [sys.executable, "-m", "gazeannotator.cli.main", "read"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*READ, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def study(tmp_path: Path, noise_images: Callable[[int], Path]) -> Path:
    path = tmp_path / "study"
    create_study(path, noise_images(2), scheme=load_scheme("nice"), protocol=Protocol(fixation_cross_s=0.05))
    return path


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--windowed", "huge"], "--windowed huge is no size"),
        (["--screen", "9"], "There is no screen 9"),
        (["--reader", ""], "reader code"),
    ],
)
def test_wrong_options(study: Path, options: list[str], words: str) -> None:
    result = run(str(study), "--reader", "R1", *options)
    assert result.returncode == 2
    (line,) = result.stderr.strip().splitlines()
    assert words in line
    assert result.stdout == ""


def test_no_study(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nothing"), "--reader", "R1")
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert "nothing" in result.stderr


def test_help_has_an_example() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "Example: gazeannotator read" in result.stdout


def test_reader_who_reads_already(
    study: Path, simulator: Callable[..., Any], read_and_press: Callable[..., Any]
) -> None:
    simulator()
    first = read_and_press((30, 30), study, "--reader", "R1", "--consented")
    first.read_until("shown")
    result = run(str(study), "--reader", "R1", "--consented")
    assert result.returncode == 2
    assert "already reading" in result.stderr


def test_whole_session(
    study: Path, tmp_path: Path, simulator: Callable[..., Any], read_and_press: Callable[..., Any]
) -> None:
    stream = simulator()
    name = "GazeAnnotator-simulated"
    config = tmp_path / "config"
    reader = read_and_press(
        (0.3, 0.3),
        study,
        *("--reader", "R1", "--consented", "--stream", name, "--exit-when-done"),
        GAZEANNOTATOR_CONFIG_DIR=str(config),
    )
    assert reader.wait() == 0, reader.errors
    assert reader.lines[-1] == "2 images read in this session (simulated gaze), 2 of 2 in all."
    # The stream is remembered for the next time.
    settings = json.loads((config / "settings.json").read_text("utf-8"))
    assert settings["last_stream"]["name"] == name
    assert stream.running
