"""Searches for better options: trains trial after trial, and judges them on the validation images only.

The test images have no part in it: they are for judging, once, the run that is made with what was found.
Every trial is a RUN folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput, Cancelled
from gazemodel import train as training
from gazemodel.callbacks import Diverged
from gazemodel.config import TrainConfig
from gazemodel.data import DataFacts, check_trainable, read_facts
from gazemodel.evaluate import calibrate
from gazemodel.history import Row, best_row, read_history, score
from gazemodel.network import GazeNetwork
from gazemodel.progress import Report, scaled
from gazemodel.run import Run, begin_or_go_on, held, open_run, remove_leftovers, write_text
from gazemodel.space import Space
from gazemodel.trials import End, Finished, Trial, check_installed, kept_trials

FILE = "trials.db"


@dataclass(frozen=True)
class Search:
    """What is searched.

    Attributes
    ----------
    data : Path
    config : TrainConfig
        What is not searched, and the first trial.
    space : Space
    trials : int
    pruning : bool
        Whether trials that are worse than half of the others at the same epoch are given up.
    """

    data: Path
    config: TrainConfig
    space: Space
    trials: int = 20
    pruning: bool = True


def search(
    plan: Search, folder: Path, *, report: Report, stop: Callable[[], bool], resume: bool = False
) -> dict[str, Any]:
    """Train and judge trials until there are as many as planned.

    Parameters
    ----------
    plan : Search
    folder : Path
        New or empty, or with `resume` that of the same search, perhaps with fewer trials.
    report : callable
        Called as report(event, **facts).
    stop : callable
        Tells whether to stop.
    resume : bool

    Returns
    -------
    dict
        ``trials``, ``best`` (its number), and what they were made of.

    Raises
    ------
    BadInput
        Where the data set cannot be trained on, the space is not one, the folder is of another search, or
        no trial was trained to its end.
    Cancelled
        When `stop` returned True; finished trials and the running one's last epoch are kept.
    """
    check_installed()
    facts = _begin(plan, folder, resume)
    with held(folder):
        remove_leftovers(folder)
        with kept_trials(folder / FILE, plan.space, plan.config, pruning=plan.pruning) as trials:
            for each in trials.finished():
                (trial_folder(folder, each.number) / "last.ckpt").unlink(missing_ok=True)
            for number in range(len(trials.finished()), plan.trials):
                if stop():
                    raise Cancelled
                what = f"Trial {number + 1} of {plan.trials}"
                told = scaled(report, what, number, plan.trials, plan.config.epochs)
                trial = trials.draw()
                end, worth = _one_trial(plan, folder, trial, told, stop)
                trials.keep(trial, end, worth)
                # The state of the optimiser is thrice the weights, and nobody goes on with a judged trial.
                (trial_folder(folder, number) / "last.ckpt").unlink(missing_ok=True)
                _tell(report, folder, trials.finished()[number])
            return _results(plan, folder, facts, trials.finished())


def trial_folder(folder: Path, number: int) -> Path:
    """Where a trial's RUN folder lies."""
    return folder / "trials" / f"{number:03d}"


def worth(row: Row, base: TrainConfig, images: int, *, with_attention: bool) -> float:
    """Turn an epoch's measures into one number, by which trials are ordered as epochs are in training.

    Parameters
    ----------
    row : dict
        Of history.csv.
    base : TrainConfig
        Its `choose_by` decides: the accuracy, and among equal ones the smallest loss.
    images : int
        Validation images: accuracies differ by 1 / images at least.
    with_attention : bool
        Whether the attention's loss counts, by the weight in `base`: only where all trials have the same
        loss can it be compared.
    """
    accuracy, minus_loss = score(base, row, with_attention=with_attention)
    return accuracy + minus_loss / (1 - minus_loss) / (images + 1)


def _begin(plan: Search, folder: Path, resume: bool) -> DataFacts:
    """Check that all of it can be done before the first hour is spent, and note what is done."""
    if plan.trials < 1:
        raise BadInput(f"{plan.trials} trials cannot be made.", "Give 1 or more.")
    plan.space.check(plan.config)
    facts = read_facts(plan.data, plan.config.target)
    check_trainable(facts, plan.config)
    told = {
        "data_fingerprint": facts.fingerprint,
        "config": plan.config.model_dump(mode="json"),
        "space": plan.space.told(),
        "pruning": plan.pruning,
    }
    begin_or_go_on(folder, told, resume=resume, what="search", may_differ=" (but --trials)")
    return facts


def _one_trial(
    plan: Search, folder: Path, trial: Trial, report: Report, stop: Callable[[], bool]
) -> tuple[End, float | None]:
    config = plan.space.config(plan.config, trial.values)
    run, facts, network, going_on = _opened(plan, trial_folder(folder, trial.number), config)
    report("epoch", epoch=0)

    def hopeless() -> bool:
        rows = read_history(run.history)
        for row in rows:
            trial.tell(int(row["epoch"]), _worth_until(rows, int(row["epoch"]), plan, facts))
        return 0 < len(rows) < config.epochs and trial.hopeless()

    given_up = hopeless()

    def told(event: str, **more: Any) -> None:  # noqa: ANN401
        nonlocal given_up
        if event == "epoch":
            given_up = hopeless()
        report(event, **more)

    if given_up:
        return "pruned", None
    try:
        run = training.fit(run, facts, network, report=told, stop=lambda: given_up or stop(), resume=going_on)
    except Cancelled:
        if not given_up:
            raise
        return "pruned", None
    except Diverged:
        return "diverged", None
    calibrate(run, facts)
    return "complete", _worth_until(read_history(run.history), config.epochs, plan, facts)


def _opened(plan: Search, path: Path, config: TrainConfig) -> tuple[Run, DataFacts, GazeNetwork, bool]:
    """Go on with a trial that was stopped, or begin it."""
    if training.is_begun(path) and open_run(path).config != config:
        shutil.rmtree(path, ignore_errors=True)  # drawn by another Optuna
    return training.begin_or_go_on(plan.data, path, config)


def _worth_until(rows: list[Row], epoch: int, plan: Search, facts: DataFacts) -> float:
    """Judge the weights that are kept after an epoch: those of the best one until then."""
    with_attention = plan.config.uses_gaze and "attention_loss" not in plan.space.parameters
    kept = best_row([row for row in rows if row["epoch"] <= epoch])
    assert kept is not None  # the first epoch is the best until then
    return worth(kept, plan.config, len(facts.rows("validation")), with_attention=with_attention)


def _tell(report: Report, folder: Path, trial: Finished) -> None:
    best = best_row(read_history(trial_folder(folder, trial.number) / "history.csv"))
    report(
        "metric",
        name="validation_accuracy",
        value=best["val_accuracy"] if best else None,
        trial=trial.number,
        end=trial.end,
        options=trial.values,
    )


def _results(plan: Search, folder: Path, facts: DataFacts, trials: list[Finished]) -> dict[str, Any]:
    lines = [_line(folder, each) for each in trials]
    complete = [each for each in trials if each.worth is not None]
    if not complete:
        raise BadInput(
            "No trial was trained to its end: all of them diverged.", "Search smaller learning rates."
        )
    best = max(complete, key=lambda each: (each.worth, -each.number))
    found = trial_folder(folder, best.number) / "config.json"
    write_text(folder / "best.json", found.read_text(encoding="utf-8"))
    return {
        "best": best.number,
        "trials": lines,
        "given_first": trials[0].values == plan.space.values_of(plan.config),
        "space": plan.space.told(),
        "config": plan.config.model_dump(mode="json"),
        "data": str(plan.data.resolve()),
        "data_fingerprint": facts.fingerprint,
        "study": facts.study,
        "simulated": facts.simulated,
        "images": {name: len(facts.rows(name)) for name in ("train", "validation")},
    }


def _line(folder: Path, trial: Finished) -> dict[str, Any]:
    path = trial_folder(folder, trial.number)
    rows = read_history(path / "history.csv")
    best = best_row(rows) or {}
    return {
        "trial": trial.number,
        "end": trial.end,
        "epochs": len(rows),
        "best_epoch": int(best["epoch"]) if best else None,
        **{name: _known(best.get(name)) for name in ("val_accuracy", "val_loss", "val_attention")},
        "worth": trial.worth,
        "values": trial.values,
        "folder": str(path),
    }


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else value
