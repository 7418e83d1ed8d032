"""Measures of a classifier, each with weights per image, so that a bootstrap is one more column.

All functions take counts or weights with a leading axis of B resamples; B = 1 with ones is the
plain measure. They are compared with scikit-learn's in the tests.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

Floats = NDArray[np.float64]
NAMES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
    "auroc_macro": "AUROC (macro)",
    "kappa": "Cohen's kappa",
    "ece": "Calibration error (ECE)",
}
HEADLINES = tuple(NAMES)


@dataclass(frozen=True)
class Predictions:
    """What a network says of n images of C classes.

    Attributes
    ----------
    target : ndarray of int, shape (n,)
    probabilities : ndarray, shape (n, C)
    patient : ndarray of str, shape (n,)
    """

    target: NDArray[np.int64]
    probabilities: Floats
    patient: NDArray[np.str_]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Most probable class, shape (n,)."""
        return np.asarray(self.probabilities.argmax(1), np.int64)


def patient_weights(patient: NDArray[np.str_], resamples: int, seed: int = 0) -> Floats:
    """How often each image occurs when patients are drawn with replacement, shape (resamples, n)."""
    names, owner = np.unique(patient, return_inverse=True)
    draws = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), resamples
    )
    return draws[:, owner].astype(np.float64)


def confusion(
    target: NDArray[np.int64], predicted: NDArray[np.int64], classes: int, weights: Floats
) -> Floats:
    """Weighted confusion matrices, shape (B, true class, predicted class)."""
    cell = np.eye(classes * classes)[target * classes + predicted]
    return np.asarray(weights @ cell).reshape(-1, classes, classes)


def rates(matrices: Floats) -> dict[str, Floats]:
    """Per-class sensitivity, specificity, ppv, npv and F1, each shape (B, C); NaN where undefined."""
    hit = np.diagonal(matrices, axis1=1, axis2=2)
    true, said = matrices.sum(2), matrices.sum(1)
    rest = matrices.sum((1, 2))[:, None]
    return {
        "sensitivity": _ratio(hit, true),
        "specificity": _ratio(rest - true - said + hit, rest - true),
        "ppv": _ratio(hit, said),
        "npv": _ratio(rest - true - said + hit, rest - said),
        "f1": _ratio(2 * hit, true + said),
    }


def auroc(target: NDArray[np.int64], probabilities: Floats, weights: Floats) -> Floats:
    """One-against-rest area under the ROC curve of each class, shape (B, C); ties count one half."""
    columns = []
    for index in range(probabilities.shape[1]):
        order = np.argsort(probabilities[:, index])
        _, first = np.unique(probabilities[order, index], return_index=True)
        hit = (target == index)[order]
        positive = np.add.reduceat(weights[:, order] * hit, first, axis=1)
        negative = np.add.reduceat(weights[:, order] * ~hit, first, axis=1)
        below = negative.cumsum(1) - negative / 2
        columns.append(_ratio((positive * below).sum(1), positive.sum(1) * negative.sum(1)))
    return np.stack(columns, 1)


def kappa(matrices: Floats) -> Floats:
    """Cohen's kappa of truth and prediction, shape (B,)."""
    total = matrices.sum((1, 2))
    agreed = _ratio(np.trace(matrices, axis1=1, axis2=2), total)
    chance = _ratio((matrices.sum(1) * matrices.sum(2)).sum(1), total**2)
    return _ratio(agreed - chance, 1 - chance)


def expected_calibration_error(
    correct: NDArray[np.bool_], confidence: Floats, weights: Floats, bins: int = 15
) -> Floats:
    """Mean distance of confidence and accuracy over equally wide bins, shape (B,) (Guo et al. 2017)."""
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gap = weights * (correct - confidence)
    return _ratio(np.abs(gap @ np.eye(bins)[place]).sum(1), weights.sum(1))


def fit_temperature(logits: Floats, target: NDArray[np.int64]) -> float:
    """Find the temperature that makes probabilities of these images most honest (Guo et al. 2017).

    Parameters
    ----------
    logits : ndarray, shape (n, C)
        Of validation images.
    target : ndarray of int, shape (n,)

    Returns
    -------
    float
        Between 0.05 and 20; logits are to be divided by it. 1 where every image is right: there
        the surer is always the better, and nothing can be learnt of how sure is too sure.
    """
    if (logits.argmax(axis=1) == target).all():
        return 1.0

    def surprise(log_temperature: float) -> float:
        log_probabilities = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-log_probabilities[np.arange(len(target)), target].mean())

    found = minimize_scalar(surprise, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(found.x)) if found.fun < surprise(0.0) else 1.0


def headline(predictions: Predictions, weights: Floats) -> dict[str, Floats]:
    """Measures of `HEADLINES`, each shape (B,)."""
    target, probabilities = predictions.target, predictions.probabilities
    matrices = confusion(target, predictions.predicted, probabilities.shape[1], weights)
    by_class = rates(matrices)
    return {
        "accuracy": _ratio(np.trace(matrices, axis1=1, axis2=2), matrices.sum((1, 2))),
        "balanced_accuracy": _mean(by_class["sensitivity"]),
        "macro_f1": _mean(by_class["f1"]),
        "auroc_macro": _mean(auroc(target, probabilities, weights)),
        "kappa": kappa(matrices),
        "ece": expected_calibration_error(predictions.predicted == target, probabilities.max(1), weights),
    }


def interval(values: Floats) -> list[float | None]:
    """95 % percentile interval of bootstrap values, [None, None] where there are none."""
    values = values[np.isfinite(values)]
    if not len(values):
        return [None, None]
    low, high = np.percentile(values, [2.5, 97.5])
    return [float(low), float(high)]


def summarise(
    predictions: Predictions, classes: tuple[str, ...], *, resamples: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """Measures of a set of predictions as in metrics.json, with 95 % intervals by patient.

    Returns
    -------
    dict
        The measures of `HEADLINES`, ``n_images``, ``n_patients``, ``confusion``, ``per_class``,
        ``per_patient`` (every patient counts the same) and ``ci95``; None where undefined.
    """
    ones = np.ones((1, len(predictions.target)))
    drawn = patient_weights(predictions.patient, resamples, seed)
    point, spread = headline(predictions, ones), headline(predictions, drawn)
    matrix = confusion(predictions.target, predictions.predicted, len(classes), ones)
    by_class = {**rates(matrix), "auroc": auroc(predictions.target, predictions.probabilities, ones)}
    drawn_by_class = rates(confusion(predictions.target, predictions.predicted, len(classes), drawn))
    names, owner, count = np.unique(predictions.patient, return_inverse=True, return_counts=True)
    per_patient = headline(predictions, (1 / count[owner])[None])
    columns = ("sensitivity", "specificity", "ppv", "npv", "auroc")
    return {
        "n_images": len(predictions.target),
        "n_patients": len(names),
        **{name: number(value[0]) for name, value in point.items()},
        "confusion": matrix[0].astype(int).tolist(),
        "per_class": {
            name: {column: number(by_class[column][0, index]) for column in columns}
            for index, name in enumerate(classes)
        },
        "per_patient": {"accuracy": number(per_patient["accuracy"][0])},
        "ci95": {
            **{name: interval(values) for name, values in spread.items()},
            **{
                f"{column} of {name}": interval(drawn_by_class[column][:, index])
                for index, name in enumerate(classes)
                for column in columns[:-1]
            },
        },
    }


def mean_of_known(values: Floats) -> float | None:
    """Mean of the values that are numbers, None where there are none."""
    known = values[np.isfinite(values)]
    return number(known.mean()) if len(known) else None


def mean_interval(values: Floats, drawn: Floats) -> list[float | None]:
    """Interval of that mean, by resamples as `patient_weights` gives them."""
    known = np.isfinite(values)
    weights = drawn[:, known]
    weights = weights[weights.sum(1) > 0]
    return interval(weights @ values[known] / weights.sum(1))


def number(value: float) -> float | None:
    """JSON knows no NaN."""
    return float(value) if np.isfinite(value) else None


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below != 0, above / below, np.nan), np.float64)


def _mean(values: Floats) -> Floats:
    """Mean over classes that occur, shape (B,)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=1), np.float64)
