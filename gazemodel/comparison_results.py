"""Puts the answers of all runs of a comparison together, and says what the gaze changed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import BadInput
from gazeannotator.gaze.agreement import MEASURES
from gazemodel.data import read_facts
from gazemodel.history import best_row, read_history
from gazemodel.metrics import Predictions, mean_interval, mean_of_known, patient_weights, summarise
from gazemodel.operating import operating_points
from gazemodel.paired import differences, mcnemar, patients_needed
from gazemodel.plan import Line, Plan, run_folder

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Answers of one line on all test images of all folds and seeds, m = images × seeds.

    Attributes
    ----------
    image : ndarray of str, shape (m,)
    predictions : Predictions
        Seed after seed, images in the same order in each.
    attention : dict
        Measure → shape (m,), NaN where an image has no gaze.
    epochs : tuple of int
        Best epoch of each run.
    """

    image: NDArray[np.str_]
    predictions: Predictions
    attention: dict[str, Floats]
    epochs: tuple[int, ...]


def results(plan: Plan, folder: Path) -> dict[str, Any]:
    """Compare the finished runs; what comparison.json holds.

    Raises
    ------
    BadInput
        Where two lines judge different images.
    """
    judged = {line.name: _judged(plan, folder, line) for line in plan.lines()}
    facts = read_facts(plan.data, plan.config.target)
    base = judged[plan.baseline.name]
    for name, each in judged.items():
        if not np.array_equal(each.image, base.image):
            raise BadInput(f"The runs of {name} judge other images.", "Compare anew in another folder.")
    metrics = {name: _metrics(plan, each, facts.classes) for name, each in judged.items()}
    others = [line for line in plan.lines() if line.arm != plan.baseline]
    against = {each.name: _against(plan, base, judged[each.name]) for each in others}
    gaze = next((each for each in plan.arms if each.uses_gaze and each != plan.baseline), others[0].arm)
    return {
        "baseline": metrics[plan.baseline.name],
        "gaze": metrics[gaze.name],
        "difference": against[gaze.name]["difference"],
        "arms": {each.name: metrics[each.name] for each in plan.arms},
        "baseline_arm": plan.baseline.name,
        "gaze_arm": gaze.name,
        "against_baseline": against,
        "gaze_shares": {
            line.name: {"arm": line.arm.name, "share": line.gaze_share, "metrics": metrics[line.name]}
            for line in plan.lines()
            if line.gaze_share < 1
        },
        "best_epochs": {name: list(each.epochs) for name, each in judged.items()},
        "folds": plan.folds,
        "seeds": plan.seeds,
        "config": plan.config.model_dump(mode="json"),
        "classes": list(facts.classes),
        "data": str(plan.data.resolve()),
        "data_fingerprint": facts.fingerprint,
        "study": facts.study,
        "images": int((facts.target >= 0).sum()),
        "images_with_gaze": int(facts.has_gaze[facts.target >= 0].sum()),
        "patients_known": facts.patients_known,
        "simulated": facts.simulated,
    }


def _against(plan: Plan, base: Judged, other: Judged) -> dict[str, Any]:
    right, base_right = _right(plan, other), _right(plan, base)
    patient = base.predictions.patient[: len(base_right)]
    return {
        "difference": differences(base.predictions, other.predictions),
        "mcnemar": asdict(mcnemar(_ensemble_right(plan, base), _ensemble_right(plan, other))),
        "patients_for_80_percent_power": patients_needed(base_right, right, patient),
    }


def _judged(plan: Plan, folder: Path, line: Line) -> Judged:
    stacked: list[_Answers] = []
    epochs: list[int] = []
    for seed in range(plan.seeds):
        folds = [run_folder(folder, line, seed, fold) for fold in range(max(plan.folds, 1))]
        answers = _joined([_read_answers(each / "predictions.csv") for each in folds])
        if stacked and not np.array_equal(stacked[0].image, answers.image):
            raise BadInput(
                f"The runs of {line.name} judge different images.", "Compare anew in another folder."
            )
        stacked.append(answers)
        epochs += [_best_epoch(each / "history.csv") for each in folds]
    whole = _joined(stacked, by_image=False)
    predictions = Predictions(whole.target, whole.probabilities, whole.patient)
    return Judged(whole.image, predictions, whole.attention, tuple(epochs))


@dataclass(frozen=True)
class _Answers:
    """Rows of predictions.csv."""

    image: NDArray[np.str_]
    patient: NDArray[np.str_]
    target: NDArray[np.int64]
    probabilities: Floats
    attention: dict[str, Floats]


def _read_answers(path: Path) -> _Answers:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [each[2:-1] for each in rows[0] if each.startswith("p(")]
    return _Answers(
        image=np.array([row["image"] for row in rows]),
        patient=np.array([row["patient"] for row in rows]),
        target=np.array([names.index(row["target"]) for row in rows], np.int64),
        probabilities=np.array([[float(row[f"p({name})"]) for name in names] for row in rows]),
        attention={
            name: np.array([float(row[f"attention_{name}"] or "nan") for row in rows]) for name in MEASURES
        },
    )


def _joined(parts: Sequence[_Answers], *, by_image: bool = True) -> _Answers:
    image = np.concatenate([each.image for each in parts])
    # Folds hold other images in other orders; by id they are the same in every arm.
    order = np.argsort(image, kind="stable") if by_image else np.arange(len(image))
    return _Answers(
        image[order],
        np.concatenate([each.patient for each in parts])[order],
        np.concatenate([each.target for each in parts])[order],
        np.concatenate([each.probabilities for each in parts])[order],
        {name: np.concatenate([each.attention[name] for each in parts])[order] for name in MEASURES},
    )


def _best_epoch(history: Path) -> int:
    best = best_row(read_history(history))
    return int(best["epoch"]) if best else 0


def _metrics(plan: Plan, judged: Judged, classes: tuple[str, ...]) -> dict[str, Any]:
    """Measures as in metrics.json; a patient's images and repetitions are resampled together."""
    predictions = judged.predictions
    summary = summarise(predictions, classes)
    drawn = patient_weights(predictions.patient, 2000)
    spread = {f"attention {name}": mean_interval(values, drawn) for name, values in judged.attention.items()}
    each = len(predictions.target) // plan.seeds
    return {
        "split": "test",
        **summary,
        "n_images": each,
        "attention": {name: mean_of_known(values) for name, values in judged.attention.items()},
        "attention_images": int(np.isfinite(judged.attention["cc"][:each]).sum()),
        "operating_points": operating_points(predictions),
        "ci95": {**summary["ci95"], **spread},
        "accuracy_of_seeds": [
            float(part.mean()) for part in np.split(predictions.predicted == predictions.target, plan.seeds)
        ],
    }


def _right(plan: Plan, judged: Judged) -> Floats:
    """Share of repetitions in which each image is named rightly."""
    predictions = judged.predictions
    return np.asarray(
        (predictions.predicted == predictions.target).reshape(plan.seeds, -1).mean(0), np.float64
    )


def _ensemble_right(plan: Plan, judged: Judged) -> NDArray[np.bool_]:
    """Whether the mean of the repetitions names each image rightly."""
    predictions = judged.predictions
    count, classes = predictions.probabilities.shape
    mean = predictions.probabilities.reshape(plan.seeds, count // plan.seeds, classes).mean(0)
    return np.asarray(mean.argmax(1) == predictions.target[: len(mean)], np.bool_)
