"""What the demo plans, what it refuses, and that it believes only what it finds in the files."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import psutil
import pytest

from gazeannotator.cli.demo import has_display
from gazeannotator.demo.plan import DemoFailed, Places, Steps
from gazeannotator.demo.reader import turns
from gazeannotator.demo.results import check_results
from gazeannotator.errors import UserError
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme


def test_reader_does_mostly_right_and_everything_else_once() -> None:
    plan = turns(45, looks_s=1.0, seed=1)
    assert len(plan) == 45
    assert Counter(turn.also for turn in plan if turn.also) == {"regret": 1, "flag": 1, "pause": 1}
    assert 0 < sum(turn.wrong for turn in plan) <= 5
    assert sum(turn.low for turn in plan) > sum(turn.wrong for turn in plan)
    assert all(0.5 < turn.looks_s < 2 for turn in plan)


@pytest.mark.parametrize("images", [9, 12, 36, 100])
def test_every_length_of_session_has_a_flag_a_pause_and_a_regret(images: int) -> None:
    assert {turn.also for turn in turns(images, 1.0, seed=0)} >= {"flag", "pause", "regret"}


def test_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    command = [sys.executable, "-m", "gazeannotator.cli.main", "demo", "--headless", "--out", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: {tmp_path} is not empty.")
    assert len(result.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_demo_ends_in_words_when_its_tracker_dies(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gazeannotator.cli.main", "demo", "--headless", "--images", "18"]
    command += ["--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert any("4. Start reading" in line for line in demo.stdout)
        (tracker,) = (
            each for each in psutil.Process(demo.pid).children() if "simulate" in " ".join(each.cmdline())
        )
        tracker.kill()
        said, failed = demo.communicate(timeout=200)
    assert demo.returncode == 2, said
    assert "Error: The simulated eye tracker ended by itself" in failed
    assert not (tmp_path / "out" / "dataset.h5").exists()


def test_results_that_are_missing_are_not_believed(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        check_results(Places(tmp_path))


def test_a_study_that_nobody_read_is_not_believed(tmp_path: Path, sample_folder: Path) -> None:
    places = Places(tmp_path)
    create_study(
        places.study, sample_folder, metadata_csv=sample_folder / "metadata.csv", scheme=load_scheme("nice")
    )
    with pytest.raises(DemoFailed, match="not marked as simulated"):
        check_results(places)


def test_steps_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    steps = Steps(said.append)
    steps.begin("First")
    steps.note("made")
    steps.begin("Second")
    assert [line.split(maxsplit=2)[-1] for line in said] == ["1. First", "made", "2. Second"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="windows are always seen there")
@pytest.mark.parametrize(
    ("variables", "seen"), [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True)]
)
def test_display_is_found_by_its_variables(
    variables: dict[str, str], seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_display() is seen
