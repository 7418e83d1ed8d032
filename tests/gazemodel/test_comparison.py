from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gazeannotator.errors import BadInput, Cancelled
from gazemodel.arms import parse_arms
from gazemodel.cli import app
from gazemodel.comparison import compare
from gazemodel.config import make_config
from gazemodel.plan import Line, Plan, run_folder

OPTIONS = ["--recipe", "quick", "--size", "48", "--epochs", "1", "--batch", "6"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def small_plan(data: Path, **more: object) -> Plan:
    config = make_config("quick", size=48, epochs=1, batch=6)
    return Plan(data, config, tuple(parse_arms("none,default")), **{"folds": 0, **more})


@pytest.fixture(scope="module")
def compared(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three arms and a share of the gaze on three folds."""
    folder = tmp_path_factory.mktemp("compared") / "result"
    given = ["--folds", 3, "--arms", "none,default,default-shuffled", "--gaze-shares", "50,100"]
    result = run(small_data, "-o", folder, *given, *OPTIONS)
    assert result.exit_code == 0, result.output
    return folder


def test_every_arm_is_judged_on_all_images(compared: Path) -> None:
    facts = json.loads((compared / "comparison.json").read_text())
    assert set(facts["arms"]) == {"none", "default", "default-shuffled"}
    assert facts["baseline"] == facts["arms"]["none"]
    assert facts["gaze"] == facts["arms"]["default"]
    assert facts["difference"] == facts["against_baseline"]["default"]["difference"]
    for metrics in facts["arms"].values():
        assert metrics["n_images"] == 33
    found = facts["difference"]["accuracy"]
    assert found["mean"] == pytest.approx(facts["gaze"]["accuracy"] - facts["baseline"]["accuracy"])
    assert set(found) == {"mean", "ci95", "p"}
    assert facts["gaze_shares"]["default@50"]["share"] == 0.5


def test_arms_share_folds_images_and_initial_weights(compared: Path) -> None:
    configs = {}
    for arm in ("none", "default"):
        configs[arm] = json.loads((compared / "runs" / arm / "seed0-fold1" / "config.json").read_text())
    alone, gaze = (configs[arm]["config"] for arm in ("none", "default"))
    assert {name for name in alone if alone[name] != gaze[name]} == {"attention_loss"}
    assert configs["none"]["arrangement"] == configs["default"]["arrangement"]
    assert configs["none"]["arrangement"]["fold"] == 1
    tested = set()
    for fold in range(3):
        rows = {
            arm: [
                row["image"]
                for row in table(compared / "runs" / arm / f"seed0-fold{fold}" / "predictions.csv")
            ]
            for arm in ("none", "default", "default-shuffled", "default@50")
        }
        assert len({tuple(each) for each in rows.values()}) == 1
        assert not tested & set(rows["none"])
        tested |= set(rows["none"])
    assert len(tested) == 33


def test_what_is_written_can_be_read_and_pasted(compared: Path) -> None:
    page = (compared / "report.html").read_text()
    assert "Does gaze help?" in page
    assert "default-shuffled" in page
    assert "Simulated" in page
    assert "How much gaze is needed?" in page
    rows = table(compared / "arms.csv")
    assert [row["arm"] for row in rows] == ["none", "default", "default-shuffled", "default@50"]
    tex = (compared / "tables.tex").read_text()
    assert tex.count("\\\\") == 5
    assert tex.count("&") == 5 * 7


def test_a_run_of_a_comparison_can_be_judged_again(compared: Path) -> None:
    from gazemodel.evaluate import evaluate
    from gazemodel.run import open_run

    folder = compared / "runs" / "default" / "seed0-fold2"
    before = json.loads((folder / "metrics.json").read_text())
    assert evaluate(open_run(folder)).metrics == before


def test_the_plain_arm_is_the_plain_training(small_data: Path, tmp_path: Path) -> None:
    compare(small_plan(small_data), tmp_path / "c", report=lambda *_, **__: None, stop=lambda: False)
    alone = tmp_path / "alone"
    result = CliRunner().invoke(
        app, ["train", str(small_data), "-o", str(alone), "--attention-loss", "none", *OPTIONS]
    )
    assert result.exit_code == 0, result.output
    arm = run_folder(tmp_path / "c", Line(parse_arms("none,default")[0]), 0, 0)
    assert (arm / "predictions.csv").read_text() == (alone / "predictions.csv").read_text()


def test_a_stopped_comparison_goes_on_to_the_same_end(small_data: Path, tmp_path: Path) -> None:
    plan = small_plan(small_data, seeds=2)
    whole = compare(plan, tmp_path / "whole", report=lambda *_, **__: None, stop=lambda: False)

    asked = iter(range(1000))
    with pytest.raises(Cancelled):
        compare(plan, tmp_path / "c", report=lambda *_, **__: None, stop=lambda: next(asked) > 9)
    finished = list((tmp_path / "c" / "runs").glob("*/*/metrics.json"))
    assert 0 < len(finished) < plan.runs
    written = {each: each.stat().st_mtime_ns for each in finished}
    with pytest.raises(BadInput, match="not empty"):
        compare(plan, tmp_path / "c", report=lambda *_, **__: None, stop=lambda: False)
    again = compare(plan, tmp_path / "c", report=lambda *_, **__: None, stop=lambda: False, resume=True)
    assert again == whole
    assert {each: each.stat().st_mtime_ns for each in finished} == written
    assert len(whole["arms"]["none"]["accuracy_of_seeds"]) == 2
    with pytest.raises(BadInput, match="not this comparison"):
        compare(
            small_plan(small_data, seeds=3),
            tmp_path / "c",
            report=lambda *_, **__: None,
            stop=lambda: False,
            resume=True,
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--folds", "2"], "2 folds are too few"),
        (["--folds", "90"], "too few for 90 folds"),
        (["--arms", "none,maps"], "no arm 'maps'"),
        (["--gaze-shares", "200"], "gaze shares"),
        (["--attention-weight", "0"], "all arms are the same"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_is_made(
    small_data: Path, tmp_path: Path, given: list[str], said: str
) -> None:
    result = run(small_data, "-o", tmp_path / "c", *given, *OPTIONS)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "c").exists()
