"""The same seed gives the same figures, and config.json is enough to repeat a run."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import pytest
import torch
from typer.testing import CliRunner, Result

from gazemodel.cli import app
from gazemodel.provenance import software

TINY = ("--recipe", "quick", "--size", "48", "--batch", "6", "--epochs", "2")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["train", *map(str, arguments)])


def repeated(trained: Path, folder: Path, *more: object) -> Result:
    return run("-o", folder, "--config", trained / "config.json", *more)


def changed(trained: Path, folder: Path, **values: Any) -> Path:
    """Write a config.json in which something is other than it was."""
    content = json.loads((trained / "config.json").read_text(encoding="utf-8"))
    folder.mkdir()
    for name, value in values.items():
        part, _, key = name.partition("__")
        content[part] = {**content[part], key: value} if key else value
    path = folder / "config.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def same(one: Path, other: Path) -> bool:
    names = ("metrics.json", "predictions.csv", "model.safetensors")
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def test_the_same_seed_gives_the_same_figures(small_data: Path, trained: Path, tmp_path: Path) -> None:
    assert run(small_data, "-o", tmp_path / "again", *TINY).exit_code == 0
    assert same(tmp_path / "again", trained)
    assert run(small_data, "-o", tmp_path / "other", *TINY, "--seed", "1").exit_code == 0
    assert not same(tmp_path / "other", trained)


def test_its_config_alone_repeats_a_run(trained: Path, tmp_path: Path) -> None:
    result = repeated(trained, tmp_path / "again")
    assert result.exit_code == 0, result.output
    assert "Not as in" not in result.stderr
    assert same(tmp_path / "again", trained)
    one, other = (
        json.loads((each / "config.json").read_text(encoding="utf-8"))
        for each in (tmp_path / "again", trained)
    )
    assert one == other


def test_a_run_of_a_comparison_is_repeated_with_its_fold(small_data: Path, tmp_path: Path) -> None:
    options = ["--folds", "3", "--arms", "none,default-shuffled", *TINY[:-1], "1"]
    result = CliRunner().invoke(app, ["compare", str(small_data), "-o", str(tmp_path / "c"), *options])
    assert result.exit_code == 0, result.output
    arm = tmp_path / "c" / "runs" / "default-shuffled" / "seed0-fold1"
    assert run("-o", tmp_path / "again", "--config", arm).exit_code == 0
    for name in ("predictions.csv", "model.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (arm / name).read_bytes()
    refused = run("-o", tmp_path / "x", "--config", tmp_path / "c" / "config.json")
    assert refused.exit_code == 2
    assert "not the config.json of a run" in refused.stderr


def test_options_change_what_is_repeated(trained: Path, tmp_path: Path) -> None:
    assert repeated(trained, tmp_path / "again", "--lr", "0.002", "--epochs", "1").exit_code == 0
    told = json.loads((tmp_path / "again" / "config.json").read_text(encoding="utf-8"))["config"]
    was = json.loads((trained / "config.json").read_text(encoding="utf-8"))["config"]
    assert {name: told[name] for name in told if told[name] != was[name]} == {"lr": 0.002, "epochs": 1}


def test_data_and_software_are_told(small_data: Path, trained: Path) -> None:
    told = json.loads((trained / "config.json").read_text(encoding="utf-8"))
    assert told["data"]["sha256"] == hashlib.sha256(small_data.read_bytes()).hexdigest()
    assert told["software"] == software()
    assert told["software"]["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert {"python", "lightning", "numpy", "platform", "threads"} <= set(told["software"])


def test_what_is_no_longer_the_same_is_said(own_data: Path, tmp_path: Path) -> None:
    assert run(own_data, "-o", tmp_path / "run", *TINY[:-1], "1").exit_code == 0
    with h5py.File(own_data, "r+") as file:
        file["images/heatmap"][0] *= 0.5
    said = repeated(tmp_path / "run", tmp_path / "again")
    assert said.exit_code == 0, said.output
    assert "the data set's file is another" in said.stderr
    config = changed(tmp_path / "run", tmp_path / "old", software__torch="1.0")
    assert "other software: torch 1.0 →" in run("-o", tmp_path / "b", "--config", config).stderr
    with h5py.File(own_data, "r+") as file:
        file["images/split"][:] = file["images/split"][:][::-1]
    refused = repeated(tmp_path / "run", tmp_path / "c")
    assert refused.exit_code == 2
    assert "has changed since the run" in refused.stderr
    assert not (tmp_path / "c").exists()
    said = run(own_data, "-o", tmp_path / "d", "--config", tmp_path / "run")
    assert said.exit_code == 0, said.output
    assert "other images, targets or parts" in said.stderr


def test_other_initial_weights_are_said(trained: Path, small_data: Path, tmp_path: Path) -> None:
    from gazemodel.backbones import build_backbone

    weights = tmp_path / "initial.pth"
    torch.manual_seed(1)
    torch.save(build_backbone("resnet18").state_dict(), weights)
    options = (*TINY[:-1], "1", "--weights", weights)
    assert run(small_data, "-o", tmp_path / "run", *options).exit_code == 0
    torch.manual_seed(2)
    torch.save(build_backbone("resnet18").state_dict(), weights)
    assert "initial weights are others" in repeated(tmp_path / "run", tmp_path / "again").stderr


@pytest.mark.parametrize(
    ("name", "said"), [("nothing.json", "cannot be read"), ("history.csv", "not the config.json of a run")]
)
def test_what_is_no_record_is_refused(trained: Path, tmp_path: Path, name: str, said: str) -> None:
    result = run("-o", tmp_path / "again", "--config", trained / name)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_training_needs_data_or_a_record(trained: Path, tmp_path: Path) -> None:
    result = run("-o", tmp_path / "run")
    assert result.exit_code == 2
    assert "No data set was named" in result.stderr
    both = repeated(trained, tmp_path / "run", "--recipe", "default")
    assert both.exit_code == 2
    assert "Give one of them" in both.stderr


def test_a_stopped_repetition_is_resumed_as_it_was_begun(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    assert repeated(trained, folder).exit_code == 0
    for name in ("metrics.json", "report.html"):
        (folder / name).unlink()
    shutil.copyfile(trained / "config.json", tmp_path / "config.json")
    differs = run("-o", folder, "--config", tmp_path / "config.json", "--resume", "--epochs", "9")
    assert "begun with --epochs 2" in differs.stderr
    assert run("-o", folder, "--config", tmp_path / "config.json", "--resume").exit_code == 0
    assert same(folder, trained)
