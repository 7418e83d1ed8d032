"""The commands as a user or the app runs them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from gazemodel import events
from gazemodel.cli import app

TINY = ["--recipe", "quick", "--size", "48", "--batch", "6"]


def refuse(*arguments: str) -> str:
    """Run a command that must fail as a user error, and return its one line."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.output
    return result.stderr


class Child:
    """``gazemodel … --progress json`` as the app runs it."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "gazemodel.cli", *map(str, arguments), "--progress", "json"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            encoding="utf-8",
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def until(self, name: str) -> list[dict[str, Any]]:
        """Read events until one has this name, or the output ends."""
        found = []
        for line in self.process.stdout:
            event = events.parse_line(line)
            assert event is not None, f"not an event: {line!r}"
            found.append(event)
            if event["event"] == name:
                break
        return found

    def end(self) -> int:
        self.process.stdout.read()
        code = self.process.wait(60)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        return code


def test_a_training_speaks_the_job_protocol_to_its_end(small_data: Path, tmp_path: Path) -> None:
    child = Child("train", small_data, "-o", tmp_path / "run", *TINY, "--epochs", "2")
    told = child.until("finished")
    assert child.end() == 0
    assert told[0]["event"] == "started"
    assert told[0]["epochs"] == 2
    epochs = [each for each in told if each["event"] == "epoch"]
    assert [each["epoch"] for each in epochs] == [1, 2]
    assert {"train_loss", "val_loss", "train_accuracy", "val_accuracy", "val_attention", "best"} <= set(
        epochs[0]
    )
    assert any(each["event"] == "progress" and each["total"] == 3 for each in told)
    finished = told[-1]
    assert finished["metrics"] == json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert {each["name"]: each["value"] for each in told if each["event"] == "metric"}[
        "accuracy"
    ] == finished["metrics"]["accuracy"]
    assert Path(finished["report"]).is_file()


@pytest.mark.parametrize("way", ["stop", "end"])
def test_stop_on_stdin_or_its_end_stops_and_keeps_checkpoint_and_weights(
    small_data: Path, tmp_path: Path, way: str
) -> None:
    run = tmp_path / "run"
    child = Child("train", small_data, "-o", run, *TINY, "--epochs", "5000")
    assert child.until("epoch")[-1]["epochs"] == 5000
    if way == "stop":
        child.process.stdin.write("stop\n")
        child.process.stdin.flush()
    else:
        child.process.stdin.close()
    assert child.until("cancelled")[-1]["event"] == "cancelled"
    assert child.end() == 1
    assert (run / "last.ckpt").is_file()
    assert (run / "model.safetensors").is_file()
    assert not list(run.glob("*.tmp")) + list(run.glob(".*.tmp"))


def test_a_failure_is_an_event_with_message_and_hint(tmp_path: Path) -> None:
    child = Child("train", tmp_path / "nothing.h5", "-o", tmp_path / "run")
    failed = child.until("failed")[-1]
    assert child.end() == 2
    assert "There is no data set" in failed["message"]
    assert failed["hint"]
    assert not (tmp_path / "run").exists()


def test_a_run_folder_has_all_that_is_promised(trained: Path) -> None:
    names = {each.name for each in trained.iterdir()}
    assert names == {
        "config.json", "model.safetensors", "last.ckpt", "history.csv",
        "predictions.csv", "metrics.json", "report.html", "tensorboard",
    }  # fmt: skip
    assert list((trained / "tensorboard").glob("events.*"))
    with open(trained / "history.csv", encoding="utf-8") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2"]


def test_metrics_have_the_specified_keys_and_agree_with_the_predictions(trained: Path) -> None:
    metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    names = {"accuracy", "balanced_accuracy", "macro_f1", "auroc_macro", "kappa", "ece"}
    assert names | {"split", "n_images", "n_patients", "per_class", "attention", "ci95"} <= set(metrics)
    assert (metrics["split"], metrics["n_images"], metrics["n_patients"]) == ("test", 9, 3)
    assert set(metrics["attention"]) == {"cc", "nss", "kl", "sim", "auc_judd"}
    assert all(isinstance(value, float) for value in metrics["attention"].values())
    assert set(metrics["per_class"]) == {"Type 1", "Type 2", "Type 3"}
    assert set(metrics["per_class"]["Type 1"]) == {"sensitivity", "specificity", "ppv", "npv", "auroc"}
    assert names <= set(metrics["ci95"])
    with open(trained / "predictions.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert np.mean([row["target"] == row["predicted"] for row in rows]) == pytest.approx(metrics["accuracy"])
    for row in rows:
        shares = [float(row[f"p({name})"]) for name in metrics["classes"]]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert row["predicted"] == metrics["classes"][int(np.argmax(shares))]
    assert np.mean([float(row["attention_cc"]) for row in rows]) == pytest.approx(
        metrics["attention"]["cc"], abs=1e-5
    )


def test_a_run_is_resumed_after_a_stop_and_not_twice(small_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    child = Child("train", small_data, "-o", run, *TINY, "--epochs", "3")
    child.until("started")
    child.process.stdin.write("stop\n")
    child.process.stdin.flush()
    assert child.until("cancelled")[-1]["event"] == "cancelled"
    assert child.end() == 1
    result = CliRunner().invoke(app, ["train", str(small_data), "-o", str(run), "--resume"])
    assert result.exit_code == 0, result.output
    assert "Epoch   3/3" in result.stdout
    assert "already finished" in refuse("train", small_data, "-o", run, "--resume")


def test_evaluate_judges_another_split_and_another_data_set(
    small_data: Path, own_data: Path, trained: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("config.json", "model.safetensors", "history.csv"):
        (run / name).write_bytes((trained / name).read_bytes())
    result = CliRunner().invoke(app, ["evaluate", str(run), "--split", "validation", "--json"])
    assert result.exit_code == 0, result.output
    metrics = json.loads(result.stdout)
    assert (metrics["split"], metrics["n_images"]) == ("validation", 6)
    assert metrics == json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    with h5py.File(own_data, "r+") as file:
        file["images/has_gaze"][:] = False
        file.attrs["patients_known"] = False
    result = CliRunner().invoke(app, ["evaluate", str(run), "--data", str(own_data), "--json"])
    assert result.exit_code == 0, result.output
    metrics = json.loads(result.stdout)
    assert set(metrics["attention"].values()) == {None}
    assert "cannot account for patients" in (run / "report.html").read_text(encoding="utf-8")


def test_evaluating_a_run_again_gives_the_same_figures(trained: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("config.json", "model.safetensors", "history.csv"):
        (run / name).write_bytes((trained / name).read_bytes())
    assert CliRunner().invoke(app, ["evaluate", str(run)]).exit_code == 0
    assert (run / "predictions.csv").read_bytes() == (trained / "predictions.csv").read_bytes()


def test_a_data_set_that_changed_is_judged_on_only_when_it_is_named(own_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = ["train", str(own_data), "-o", str(run), *TINY, "--epochs", "1"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    with h5py.File(own_data, "r+") as file:
        file["images/split"][:] = file["images/split"][:][::-1]
    assert "has changed since the run" in refuse("evaluate", run)
    result = CliRunner().invoke(app, ["evaluate", str(run), "--data", str(own_data)])
    assert result.exit_code == 0, result.output


def test_without_test_images_the_validation_images_are_judged(own_data: Path, tmp_path: Path) -> None:
    with h5py.File(own_data, "r+") as file:
        file["images/split"][24:] = 0
    arguments = ["train", str(own_data), "-o", str(tmp_path / "run"), *TINY, "--epochs", "1"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "There are no test images" in result.stderr
    assert (
        json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))["split"] == "validation"
    )


def test_what_cannot_be_done_is_one_clear_line(small_data: Path, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("no data", encoding="utf-8")
    out = ["-o", tmp_path / "run"]
    assert "'vgg'" in refuse("train", small_data, *out, "--backbone", "vgg")
    assert "recipe 'best'" in refuse("train", small_data, *out, "--recipe", "best")
    assert "not a data set" in refuse("train", tmp_path / "text.h5", *out)
    assert "not empty" in refuse("train", small_data, "-o", trained)
    assert "no file of weights" in refuse("train", small_data, *out, "--weights", "missing.pth")
    assert "not a RUN folder" in refuse("evaluate", tmp_path)
    assert "no split 'all'" in refuse("evaluate", trained, "--split", "all")
    assert "not a RUN folder" in refuse("predict", tmp_path, "a.png", *out)
    assert not (tmp_path / "run").exists()
