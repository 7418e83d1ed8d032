"""A training or a comparison that was killed at any moment goes on to the figures of an uninterrupted one."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gazeannotator.errors import BadInput
from gazemodel import train
from gazemodel.cli import app
from gazemodel.config import make_config
from gazemodel.run import held, is_free

TINY = ("--recipe", "quick", "--size", "48", "--batch", "6")
SAME = ("metrics.json", "predictions.csv", "model.safetensors")

Moment = Callable[[subprocess.Popen[str]], bool]
"""Waits for a moment; False where the process ended before."""


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gazemodel.cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def complete(*arguments: object) -> str:
    """Run to the end, and return what was said."""
    process = start(*arguments)
    said, complaint = process.communicate(timeout=280)
    assert process.returncode == 0, complaint
    return said


def killed(moment: Moment, *arguments: object) -> bool:
    """SIGKILL a command at a moment; False where it had ended."""
    process = start(*arguments)
    came = moment(process)
    if came:
        process.send_signal(signal.SIGKILL)
    _, complaint = process.communicate(timeout=280)
    assert process.returncode in (0, -signal.SIGKILL), complaint
    return process.returncode != 0


def when_there(folder: Path, pattern: str) -> Moment:
    """Once a file is there, such as one that is being written."""

    def wait(process: subprocess.Popen[str]) -> bool:
        while process.poll() is None:
            if any(folder.glob(pattern)):
                return True
            time.sleep(0.001)
        return False

    return wait


def at_random(folder: Path, chance: random.Random, within_s: float = 1.5) -> Moment:
    """Some time after the first batches of a training."""

    def wait(process: subprocess.Popen[str]) -> bool:
        newest = max((each.stat().st_mtime for each in folder.rglob("events.*")), default=0.0)
        while process.poll() is None:
            if any(each.stat().st_mtime > newest for each in folder.rglob("events.*")):
                time.sleep(chance.uniform(0, within_s))
                return True
            time.sleep(0.005)
        return False

    return wait


def left_over(folder: Path) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.name.endswith(".tmp") or each.name == ".lock"]


def history(run: Path) -> list[dict[str, str]]:
    rows = list(csv.DictReader((run / "history.csv").read_text(encoding="utf-8").splitlines()))
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def assert_same_run(one: Path, other: Path) -> None:
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert history(one) == history(other)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_training_killed_again_and_again_ends_as_an_uninterrupted_one(
    small_data: Path, tmp_path: Path
) -> None:
    options = (*TINY, "--epochs", "4")
    whole, run = tmp_path / "whole", tmp_path / "run"
    complete("train", small_data, "-o", whole, *options)
    again = ("train", small_data, "-o", run, *options, "--resume")
    chance = random.Random(6)
    moments = {
        "its first checkpoint is written": when_there(run, ".last.ckpt.tmp"),
        "the first weights are written": when_there(run, ".model.safetensors.tmp"),
        "some time": at_random(run, chance),
        "some other time": at_random(run, chance),
        "its figures are written": when_there(run, "predictions.csv"),
        "its report is awaited": when_there(run, "metrics.json"),
    }
    kills = [what for what, moment in moments.items() if killed(moment, *again)]
    assert len(kills) >= 3, kills
    if not (run / "report.html").exists():
        complete(*again)
    assert_same_run(run, whole)
    assert (run / "report.html").is_file()
    assert left_over(run) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_comparison_killed_again_and_again_ends_as_an_uninterrupted_one(
    small_data: Path, tmp_path: Path
) -> None:
    options = (*TINY, "--epochs", "2", "--folds", "0", "--arms", "none,default")
    whole, folder = tmp_path / "whole", tmp_path / "comparison"
    complete("compare", small_data, "-o", whole, *options)
    again = ("compare", small_data, "-o", folder, *options, "--resume")
    first = folder / "runs" / "none" / "seed0-fold0"
    moments = {
        "a checkpoint is written": when_there(folder, "runs/*/*/.last.ckpt.tmp"),
        "a run is judged": when_there(first, "metrics.json"),
        "some time": at_random(folder, random.Random(6)),
    }
    kills = [what for what, moment in moments.items() if killed(moment, *again)]
    assert len(kills) >= 2, kills
    complete(*again)
    assert (folder / "comparison.json").read_bytes() == (whole / "comparison.json").read_bytes()
    for arm in ("none", "default"):
        assert_same_run(folder / "runs" / arm / "seed0-fold0", whole / "runs" / arm / "seed0-fold0")
    assert left_over(folder) == []
    assert not list(folder.rglob("last.ckpt"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_search_killed_again_and_again_ends_as_an_uninterrupted_one(
    small_data: Path, tmp_path: Path
) -> None:
    options = (*TINY, "--epochs", "3", "--trials", "7", "--search", "lr,dropout,attention_loss")
    whole, folder = tmp_path / "whole", tmp_path / "search"
    complete("search", small_data, "-o", whole, *options)
    again = ("search", small_data, "-o", folder, *options, "--resume")
    moments = {
        "its file is made": when_there(folder, "trials.db"),
        "a checkpoint is written": when_there(folder, "trials/*/.last.ckpt.tmp"),
        "a trial is kept": when_there(folder, "trials.db-journal"),
        "some time": at_random(folder, random.Random(6)),
    }
    kills = [what for what, moment in moments.items() if killed(moment, *again)]
    assert len(kills) >= 2, kills
    complete(*again)
    assert (folder / "trials.csv").read_bytes() == (whole / "trials.csv").read_bytes()
    for trial in (each.name for each in (whole / "trials").iterdir()):
        one, other = folder / "trials" / trial, whole / "trials" / trial
        assert (one / "model.safetensors").read_bytes() == (other / "model.safetensors").read_bytes()
        assert history(one) == history(other)
    best = [json.loads((each / "best.json").read_text(encoding="utf-8")) for each in (folder, whole)]
    assert best[0] == best[1]
    assert left_over(folder) == []
    assert not list(folder.rglob("last.ckpt"))


def test_a_run_that_was_killed_before_its_first_file_begins_anew(small_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / ".config.json.tmp").write_text('{"conf', encoding="utf-8")
    assert is_free(run)
    arguments = ["train", str(small_data), "-o", str(run), *TINY, "--epochs", "1", "--resume"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert left_over(run) == []


def test_a_run_without_a_checkpoint_begins_with_the_same_weights(small_data: Path, tmp_path: Path) -> None:
    config = make_config("quick", size=48, epochs=1, batch=6)
    run, _, network = train.prepare(small_data, tmp_path / "run", config)
    again, _, same = train.reopen(small_data, run.folder, {})
    assert again == run
    assert all((value == same.state_dict()[name]).all() for name, value in network.state_dict().items())


def test_files_of_others_are_not_taken_for_leftovers(tmp_path: Path) -> None:
    (tmp_path / ".notes.tmp").write_text("mine", encoding="utf-8")
    assert not is_free(tmp_path)


def test_two_processes_do_not_write_into_one_folder(small_data: Path, tmp_path: Path) -> None:
    config = make_config("quick", size=48, epochs=1, batch=6)
    run, facts, network = train.prepare(small_data, tmp_path / "run", config)
    with held(run.folder), pytest.raises(BadInput, match="Another process is writing"):
        train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
    assert left_over(run.folder) == []
