from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from gazeannotator.errors import BadInput, Cancelled
from gazemodel.callbacks import Diverged
from gazemodel.cli import app
from gazemodel.config import make_config
from gazemodel.search import FILE, Search, search, worth
from gazemodel.space import named_space

OPTIONS = ("--recipe", "quick", "--size", "48", "--epochs", "2", "--batch", "6")
SEARCHED = ("--search", "lr,attention_weight,augment.scale", "--trials", "3")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["search", *map(str, arguments)])


def plan(data: Path, names: str = "lr,dropout", **more: Any) -> Search:
    config = make_config("quick", size=48, epochs=more.pop("epochs", 2), batch=6)
    return Search(data, config, named_space(names.split(",")), **{"trials": 3, **more})


def quietly(plan: Search, folder: Path, **more: Any) -> dict[str, Any]:
    return search(plan, folder, **{"report": lambda *_, **__: None, "stop": lambda: False, **more})


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "trials.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def searched(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three trials of two epochs."""
    folder = tmp_path_factory.mktemp("searched") / "result"
    result = run(small_data, "-o", folder, *SEARCHED, *OPTIONS)
    assert result.exit_code == 0, result.output
    assert "Train it: gazemodel train --config" in result.stdout
    return folder


def test_every_trial_is_a_run_and_a_row(searched: Path) -> None:
    rows = table(searched)
    assert [row["trial"] for row in rows] == ["0", "1", "2"]
    assert {row["end"] for row in rows} == {"complete"}
    for row in rows:
        path = searched / "trials" / f"00{row['trial']}"
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))["config"]
        assert float(row["lr"]) == config["lr"]
        assert float(row["augment.scale"]) == config["augment"]["scale"]
        epochs = list(csv.DictReader((path / "history.csv").read_text(encoding="utf-8").splitlines()))
        assert row["val_accuracy"] == str(float(epochs[int(row["best_epoch"]) - 1]["val_accuracy"]))
        assert (path / "model.safetensors").is_file()
        assert not (path / "metrics.json").exists()
    assert len({row["lr"] for row in rows}) == 3


def test_the_first_trial_has_the_options_as_given(searched: Path) -> None:
    first, base = table(searched)[0], make_config("quick")
    assert (float(first["lr"]), float(first["attention_weight"])) == (base.lr, base.attention_weight)


def test_the_best_is_that_of_highest_validation_accuracy_and_is_repeated_by_its_file(
    searched: Path, tmp_path: Path
) -> None:
    rows = table(searched)
    highest = max(float(row["val_accuracy"]) for row in rows)
    best = next(
        row
        for row in rows
        if (searched / "trials" / f"00{row['trial']}" / "config.json").read_bytes()
        == (searched / "best.json").read_bytes()
    )
    assert float(best["val_accuracy"]) == highest
    result = CliRunner().invoke(
        app, ["train", "-o", str(tmp_path / "run"), "--config", str(searched / "best.json")]
    )
    assert result.exit_code == 0, result.output
    weights = searched / "trials" / f"00{best['trial']}" / "model.safetensors"
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == weights.read_bytes()
    assert json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))["split"] == "test"


def test_its_page_says_what_the_figures_are_not(searched: Path) -> None:
    page = (searched / "report.html").read_text(encoding="utf-8")
    assert "looks better on the validation images than it is" in page
    assert "test images were not read" in page
    assert "Simulated" in page
    assert "16.7 points" in page


def test_optuna_reads_the_trials(searched: Path) -> None:
    optuna = pytest.importorskip("optuna")
    storage = optuna.storages.RDBStorage(f"sqlite:///{searched / FILE}")
    study = optuna.load_study(study_name=None, storage=storage)
    assert [each.number for each in study.trials] == [0, 1, 2]
    assert all(set(each.intermediate_values) == {1, 2} for each in study.trials)
    assert all(each.value == each.intermediate_values[2] for each in study.trials)
    storage.remove_session()
    storage.engine.dispose()


def test_test_images_have_no_part_in_it(searched: Path, own_data: Path, tmp_path: Path) -> None:
    with h5py.File(own_data, "r+") as file:
        file["images/heatmap"][24:] = np.nan  # reading it would be refused, or spoil the numbers
        file["images/pixels"][24:] = 0
    result = run(own_data, "-o", tmp_path / "s", *SEARCHED, *OPTIONS)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "s" / "trials.csv").read_bytes() == (searched / "trials.csv").read_bytes()


def test_a_stopped_search_goes_on_to_the_same_end(small_data: Path, tmp_path: Path) -> None:
    whole = quietly(plan(small_data), tmp_path / "whole")
    asked = iter(range(1000))
    with pytest.raises(Cancelled):
        quietly(plan(small_data), tmp_path / "s", stop=lambda: next(asked) > 12)
    assert (tmp_path / "s" / "trials" / "001" / "last.ckpt").is_file()
    with pytest.raises(BadInput, match="not empty"):
        quietly(plan(small_data), tmp_path / "s")
    again = quietly(plan(small_data), tmp_path / "s", resume=True)
    for one, other in zip(again["trials"], whole["trials"], strict=True):
        assert {**one, "folder": ""} == {**other, "folder": ""}
    more = quietly(plan(small_data, trials=4), tmp_path / "s", resume=True)
    assert more["trials"][:3] == again["trials"]
    assert len(more["trials"]) == 4
    with pytest.raises(BadInput, match="not this search"):
        quietly(plan(small_data, names="lr"), tmp_path / "s", resume=True)


def test_a_trial_that_is_worse_than_half_of_the_others_is_given_up(small_data: Path, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    found = quietly(
        plan(small_data, trials=9, epochs=4),
        tmp_path / "s",
        report=lambda event, **facts: told.append({"event": event, **facts}),
    )
    given_up = [each for each in found["trials"] if each["end"] == "pruned"]
    assert given_up
    for each in given_up:
        assert each["epochs"] < 4
        assert each["worth"] is None
        assert not (Path(each["folder"]) / "last.ckpt").exists()
        # By Optuna's rule: worse at its last epoch than the median of those trained to their end before it.
        others = [one for one in found["trials"][: each["trial"]] if one["end"] == "complete"]
        assert len(others) >= 4
    assert found["trials"][found["best"]]["end"] == "complete"
    ends = [each["end"] for each in told if each["event"] == "metric"]
    assert ends == [each["end"] for each in found["trials"]]
    done = [each["done"] for each in told if each["event"] == "progress"]
    assert done == sorted(done)
    assert done[-1] <= 9 * 4
    kept = quietly(plan(small_data, trials=9, epochs=4, pruning=False), tmp_path / "all")
    assert {each["end"] for each in kept["trials"]} == {"complete"}


def test_a_trial_that_diverges_does_not_end_the_search(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gazemodel import train

    whole = train.fit

    def fit(run: Any, *arguments: Any, **more: Any) -> Any:
        if run.folder.name == "001":
            raise Diverged("The training diverged.", "")
        return whole(run, *arguments, **more)

    monkeypatch.setattr(train, "fit", fit)
    found = quietly(plan(small_data), tmp_path / "s")
    assert [each["end"] for each in found["trials"]] == ["complete", "diverged", "complete"]
    assert found["trials"][1]["val_accuracy"] is None
    monkeypatch.setattr(train, "fit", lambda *_, **__: (_ for _ in ()).throw(Diverged("diverged", "")))
    with pytest.raises(BadInput, match="all of them diverged"):
        quietly(plan(small_data, trials=1), tmp_path / "t")


def test_trials_are_ordered_as_epochs_are() -> None:
    base = make_config(attention_weight=2.0)
    row = {"val_accuracy": 0.8, "val_loss": 0.5, "val_attention": 1.0}
    better = {**row, "val_accuracy": 0.9, "val_loss": 99.0}
    looks_better = {**row, "val_loss": 0.6, "val_attention": 0.1}

    def judged(row: dict[str, float], attention: bool = True, **options: Any) -> float:
        return worth(row, base.model_copy(update=options), 10, with_attention=attention)

    assert judged(better) > judged(row)
    assert judged(looks_better) > judged(row)
    assert judged(looks_better, attention=False) < judged(row, attention=False)
    assert judged(looks_better, choose_by="accuracy") == judged(row, choose_by="accuracy") == 0.8


def test_a_damaged_file_of_trials_is_said(small_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    with pytest.raises(Cancelled):
        quietly(plan(small_data), folder, stop=lambda: True)
    (folder / FILE).write_bytes(b"cut off" * 1000)
    with pytest.raises(BadInput, match=r"trials\.db is damaged"):
        quietly(plan(small_data), folder, resume=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--search", "size"], "'size' cannot be searched by its name alone"),
        (["--search", "lr", "--space", "x.toml"], "--search and --space were given"),
        (["--space", "nothing.toml"], "nothing.toml cannot be read"),
        (["--trials", "0"], "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_searched_is_said_before_anything_is_made(
    small_data: Path, tmp_path: Path, given: list[str], said: str
) -> None:
    result = run(small_data, "-o", tmp_path / "s", *given, *OPTIONS)
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "s").exists()


def test_that_optuna_is_missing_is_said(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    result = run(small_data, "-o", tmp_path / "s", *OPTIONS)
    assert result.exit_code == 2
    assert "pip install 'gazeannotator[search]'" in result.stderr
    assert not (tmp_path / "s").exists()
