"""Optical diagnosis as guidelines judge it: the first class against all others, where the answer is sure.

The ASGE's PIVI statement (Rex et al. 2011, doi 10.1016/j.gie.2011.01.023) asks that a diagnosis of
non-neoplastic, made with high confidence, has a negative predictive value for neoplasia of 90 % at
least. In NICE the first class (type 1) is non-neoplastic; neoplasia, all other classes, is the positive.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gazemodel.metrics import Floats, Predictions, interval, number, patient_weights

CONFIDENCES = (0.0, 0.7, 0.8, 0.9)
WANTED_NPV = 0.90


def operating_points(
    predictions: Predictions, *, resamples: int = 2000, seed: int = 0
) -> list[dict[str, Any]]:
    """Measure neoplasia against none among the images whose answer is sure enough.

    Parameters
    ----------
    predictions : Predictions
        Calibrated.
    resamples, seed : int
        Of the bootstrap over patients.

    Returns
    -------
    list of dict
        For each of `CONFIDENCES` (probability of the more probable side): ``confidence``, ``images``,
        ``share``, ``sensitivity``, ``specificity``, ``ppv``, ``npv``, their ``ci95``, and ``meets_90_npv``:
        ``yes`` where the whole interval of the NPV is, ``no`` where the value is not, else ``uncertain``;
        None where it cannot be said.
    """
    neoplastic = 1 - predictions.probabilities[:, 0]
    truly, said = predictions.target > 0, neoplastic >= 0.5
    confidence = np.maximum(neoplastic, 1 - neoplastic)
    ones = np.ones((1, len(truly)))
    drawn = patient_weights(predictions.patient, resamples, seed)
    points = []
    for least in CONFIDENCES:
        sure = confidence >= least
        point = {name: number(values[0]) for name, values in _rates(truly, said, ones * sure).items()}
        ends = {name: interval(values) for name, values in _rates(truly, said, drawn * sure).items()}
        points.append(
            {
                "confidence": least,
                "images": int(sure.sum()),
                "share": number(float(sure.mean())),
                **point,
                "ci95": ends,
                "meets_90_npv": _meets(point["npv"], ends["npv"][0]),
            }
        )
    return points


def _rates(truly: np.ndarray[Any, Any], said: np.ndarray[Any, Any], weights: Floats) -> dict[str, Floats]:
    def share(found: np.ndarray[Any, Any], among: np.ndarray[Any, Any]) -> Floats:
        whole = weights @ among.astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(weights @ (found & among).astype(float) / whole, np.float64)

    return {
        "sensitivity": share(said, truly),
        "specificity": share(~said, ~truly),
        "ppv": share(truly, said),
        "npv": share(~truly, ~said),
    }


def _meets(npv: float | None, low: float | None) -> str | None:
    if npv is None or low is None:
        return None
    if low >= WANTED_NPV:
        return "yes"
    return "no" if npv < WANTED_NPV else "uncertain"
