"""Trains the same network with and without gaze on the same folds.

Every run of a comparison is a RUN folder of its own, so that it can be looked at, judged again and
gone on with; what is finished is not done twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput, Cancelled
from gazemodel import train as training
from gazemodel.arrangement import Arrangement, arranged_facts
from gazemodel.comparison_results import results
from gazemodel.config import TrainConfig
from gazemodel.data import check_trainable, read_facts
from gazemodel.evaluate import calibrate, evaluate
from gazemodel.plan import Line, Plan, run_folder
from gazemodel.progress import Report, scaled
from gazemodel.run import begin_or_go_on, held, remove_leftovers, write_text


def compare(
    plan: Plan, folder: Path, *, report: Report, stop: Callable[[], bool], resume: bool = False
) -> dict[str, Any]:
    """Train and judge every run that is not finished yet, then compare.

    Parameters
    ----------
    plan : Plan
    folder : Path
        New or empty, or with `resume` that of the same comparison.
    report : callable
        Called as report(event, **facts).
    stop : callable
        Tells whether to stop.
    resume : bool

    Returns
    -------
    dict
        What comparison.json holds.

    Raises
    ------
    BadInput
        Where the data set cannot be compared on, or the folder is of another comparison.
    Cancelled
        When `stop` returned True; finished runs and the running one's last epoch are kept.
    """
    _begin(plan, folder, resume)
    with held(folder):
        remove_leftovers(folder)
        return _compare(plan, folder, report, stop)


def _compare(plan: Plan, folder: Path, report: Report, stop: Callable[[], bool]) -> dict[str, Any]:
    runs = [
        (line, seed, fold)
        for seed in range(plan.seeds)
        for fold in range(max(plan.folds, 1))
        for line in plan.lines()
    ]
    for number, (line, seed, fold) in enumerate(runs):
        if stop():
            raise Cancelled
        what = _words(plan, line, seed, fold)
        told = scaled(report, what, number, len(runs), plan.config.epochs)
        _one_run(plan, folder, line, seed, fold, told, stop)
    facts = results(plan, folder)
    write_text(
        folder / "comparison.json", json.dumps(facts, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    )
    return facts


def _begin(plan: Plan, folder: Path, resume: bool) -> None:
    """Check that all of it can be done before the first hour is spent, and note what is done."""
    if plan.seeds < 1:
        raise BadInput(f"{plan.seeds} seeds cannot be trained.", "Give 1 or more.")
    fingerprint = read_facts(plan.data, plan.config.target).fingerprint
    checked = set()
    for line in plan.lines():
        for fold in range(max(plan.folds, 1)):
            config, arrangement = _run_of(plan, line, 0, fold)
            # Arms that learn from the same gaze can be trained alike, and the check reads every gaze map.
            if (config.uses_gaze, arrangement) in checked:
                continue
            checked.add((config.uses_gaze, arrangement))
            facts = arranged_facts(plan.data, config.target, arrangement)
            check_trainable(facts, config)
            if not len(facts.rows("test")):
                raise BadInput(
                    f"{plan.data} has no test images.", "Build it with some, or compare with --folds."
                )
    told = {
        "data_fingerprint": fingerprint,
        "config": plan.config.model_dump(mode="json"),
        "arms": [each.name for each in plan.arms],
        "folds": plan.folds,
        "seeds": plan.seeds,
        "gaze_shares": list(plan.gaze_shares),
    }
    begin_or_go_on(folder, told, resume=resume, what="comparison")


def _run_of(plan: Plan, line: Line, seed: int, fold: int) -> tuple[TrainConfig, Arrangement]:
    seed_of_run = plan.config.seed + seed
    config = plan.config.model_copy(update={"attention_loss": line.arm.loss, "seed": seed_of_run})
    return config, Arrangement(
        folds=plan.folds,
        fold=fold,
        seed=plan.config.seed,
        draw=seed_of_run,
        gaze_share=line.gaze_share,
        shuffled=line.arm.shuffled,
    )


def _one_run(
    plan: Plan, folder: Path, line: Line, seed: int, fold: int, report: Report, stop: Callable[[], bool]
) -> None:
    run_path = run_folder(folder, line, seed, fold)
    if (run_path / "metrics.json").is_file():
        (run_path / "last.ckpt").unlink(missing_ok=True)  # where it was killed in between
        return
    config, arrangement = _run_of(plan, line, seed, fold)
    run, facts, network, going_on = training.begin_or_go_on(plan.data, run_path, config, arrangement)
    report("epoch", epoch=0)
    run = training.fit(run, facts, network, report=report, stop=stop, resume=going_on)
    calibrate(run, facts)
    found = evaluate(run, "test")
    # The state of the optimiser is thrice the weights, and nobody goes on with a judged run.
    run.checkpoint.unlink(missing_ok=True)
    report(
        "metric",
        name="accuracy",
        value=found.metrics["accuracy"],
        arm=line.arm.name,
        gaze_share=line.gaze_share,
        fold=fold,
        seed=config.seed,
    )


def _words(plan: Plan, line: Line, seed: int, fold: int) -> str:
    parts = [line.name]
    if plan.folds:
        parts.append(f"fold {fold + 1} of {plan.folds}")
    if plan.seeds > 1:
        parts.append(f"seed {seed + 1} of {plan.seeds}")
    return ", ".join(parts)
