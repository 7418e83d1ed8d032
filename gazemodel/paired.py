"""Whether one way of training is better than another on the same images, and how many patients show it.

Images of a patient are alike, so that every resampling draws patients (cluster bootstrap, Efron and
Tibshirani 1993, ch. 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, t

from gazemodel.metrics import Predictions, headline, interval, number, patient_weights

Flags = NDArray[np.bool_]

RESAMPLES = 4000
MOST_PATIENTS = 100_000


@dataclass(frozen=True)
class McNemar:
    """Images on which two classifiers differ (McNemar 1947, exact test).

    Attributes
    ----------
    gained, lost : int
        Images that only the second, and only the first, names rightly.
    p : float
        Two-sided.
    """

    gained: int
    lost: int
    p: float


def differences(first: Predictions, second: Predictions, *, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Second minus first in every measure of `HEADLINES`, by a paired bootstrap over patients.

    Parameters
    ----------
    first, second : Predictions
        Of the same images in the same order.
    seed : int

    Returns
    -------
    dict
        Measure → ``mean`` (the difference on these images), ``ci95`` (percentiles), ``p`` (two-sided:
        twice the smaller share of resamples on one side of 0, ends counted).

    Raises
    ------
    ValueError
        If they are not of the same images.
    """
    if not (np.array_equal(first.target, second.target) and np.array_equal(first.patient, second.patient)):
        raise ValueError("two classifiers can only be compared on the same images")
    ones = np.ones((1, len(first.target)))
    drawn = patient_weights(first.patient, RESAMPLES, seed)
    told = {name: values[0] for name, values in headline(second, ones).items()}
    base = {name: values[0] for name, values in headline(first, ones).items()}
    above, below = headline(second, drawn), headline(first, drawn)
    return {
        name: {
            "mean": number(told[name] - base[name]),
            "ci95": interval(above[name] - below[name]),
            "p": _two_sided(above[name] - below[name]),
        }
        for name in told
    }


def mcnemar(first_right: Flags, second_right: Flags) -> McNemar:
    """Test whether two classifiers are right equally often on the same images, each shape (n,)."""
    gained, lost = int((second_right & ~first_right).sum()), int((first_right & ~second_right).sum())
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    return McNemar(gained, lost, p)


def patients_needed(
    first_right: NDArray[Any],
    second_right: NDArray[Any],
    patient: NDArray[np.str_],
    *,
    power: float = 0.8,
    seed: int = 0,
) -> int | None:
    """How many test patients would show the observed difference in accuracy at the 5 % level.

    Parameters
    ----------
    first_right, second_right : ndarray, shape (n,)
        Whether (or in which share of repetitions) each classifier was right on an image.
    patient : ndarray of str, shape (n,)
    power : float
        In which share of studies of that size.
    seed : int

    Returns
    -------
    int or None
        None where there is no difference, or `MOST_PATIENTS` do not show it.

    Notes
    -----
    Studies are simulated by drawing patients, with all their images, from those that there are; each
    is tested as a ratio (difference over images, Cochran 1977, §6.3) against Student's t.
    """
    _, owner = np.unique(patient, return_inverse=True)
    images = np.bincount(owner).astype(np.float64)
    gain = np.bincount(owner, np.asarray(second_right, float) - np.asarray(first_right, float)).astype(
        np.float64
    )
    if gain.sum() == 0 or len(images) < 2:
        return None

    def reached(patients: int) -> float:
        return _power(gain, images, patients, np.random.default_rng([seed, patients]))

    enough = 4
    while reached(enough) < power:
        enough *= 2
        if enough > MOST_PATIENTS:
            return None
    low = enough // 2
    while enough - low > max(1, low // 50):
        middle = (low + enough) // 2
        low, enough = (low, middle) if reached(middle) >= power else (middle, enough)
    return enough


def _power(
    gain: NDArray[np.float64], images: NDArray[np.float64], patients: int, random: np.random.Generator
) -> float:
    """Share of simulated studies that find the difference, with the sign that it has here."""
    drawn = random.multinomial(patients, np.full(len(gain), 1 / len(gain)), 1000).astype(np.float64)
    total = drawn @ images
    found = drawn @ gain / total
    squares = drawn @ gain**2 - 2 * found * (drawn @ (gain * images)) + found**2 * (drawn @ images**2)
    error = np.sqrt(np.maximum(squares, 0) * patients / (patients - 1)) / total
    # Where all drawn patients are alike nothing can be said of the error: no finding.
    shown = (error > 0) & (np.sign(gain.sum()) * found > t.ppf(0.975, patients - 1) * error)
    return float(shown.mean())


def _two_sided(values: NDArray[np.float64]) -> float | None:
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    side = min((values <= 0).sum(), (values >= 0).sum())
    return float(min(1.0, 2 * (side + 1) / (len(values) + 1)))
