"""How well a map of attention agrees with where readers looked, on maps of the same shape.

Definitions as in Bylinskii et al. (2019), What do different evaluation metrics tell us about saliency
models?, IEEE TPAMI 41, 740-757, doi 10.1109/TPAMI.2018.2815601, but where another source is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.heatmap import mean_distribution

Map = NDArray[np.float64]
Pixels = NDArray[np.int64]
MEASURES = ("cc", "nss", "kl", "sim", "auc_judd")
TINY = float(np.finfo(np.float64).eps)
"""Keeps the divergence finite where the attention is zero: that of the MIT saliency benchmark's code."""


def agreement(attention: Map, gaze: Map, fixations: Pixels) -> dict[str, float]:
    """Compare an attention map with gaze in all of `MEASURES`.

    Parameters
    ----------
    attention, gaze : ndarray, shape (h, w)
        ≥ 0, any scale.
    fixations : ndarray of int, shape (k, 2)
        Column and row of each fixation; where there are none, `nss` and `auc_judd` are NaN.
    """
    return {
        "cc": cc(attention, gaze),
        "nss": nss(attention, fixations),
        "kl": kl(attention, gaze),
        "sim": sim(attention, gaze),
        "auc_judd": auc_judd(attention, fixations),
    }


def cc(attention: Map, gaze: Map) -> float:
    """Pearson's correlation, 0 for a constant map."""
    a, b = attention - attention.mean(), gaze - gaze.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def nss(attention: Map, fixations: Pixels) -> float:
    """Mean of the standardised attention at the fixations; 0 for a constant map."""
    if not len(fixations):
        return float("nan")
    spread = float(attention.std())
    at = attention[fixations[:, 1], fixations[:, 0]]
    return float((at.mean() - attention.mean()) / spread) if spread > 0 else 0.0


def kl(attention: Map, gaze: Map) -> float:
    """Divergence of the gaze distribution from the attention's; 0 is best."""
    p, q = distribution(gaze), distribution(attention)
    return float((p * np.log(TINY + p / (q + TINY))).sum())


def sim(attention: Map, gaze: Map) -> float:
    """Shared part of both distributions, 0..1."""
    return float(np.minimum(distribution(attention), distribution(gaze)).sum())


def auc_judd(attention: Map, fixations: Pixels) -> float:
    """Chance that a fixated pixel has more attention than another; ties count one half.

    The area under the ROC of Judd et al. (2009), which Bylinskii et al. call AUC-Judd: a pixel counts
    once, however often it was fixated. The area is exact. Code that takes thresholds at the k fixated
    pixels only, and joins them by straight lines, finds up to 1/2k more.
    """
    fixated = np.zeros(attention.shape, bool)
    fixated[fixations[:, 1], fixations[:, 0]] = True
    hits, others = attention[fixated], np.sort(attention[~fixated])
    if not len(hits) or not len(others):
        return float("nan")
    below, upto = (np.searchsorted(others, hits, side) for side in ("left", "right"))
    return float((below + upto).sum() / (2 * len(hits) * len(others)))


def iou(attention: Map, gaze: Map, quantile: float = 0.9) -> float:
    """Shared part of the regions in which both are high: intersection over union, 0..1.

    Parameters
    ----------
    attention, gaze : ndarray, shape (h, w)
    quantile : float
        From 0 to 1: a region is all pixels that reach this quantile of their map and are above its
        minimum, so that both are about as large. A constant map has none, and shares nothing.

    Raises
    ------
    ValueError
        If the quantile is none.
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"a quantile from 0 to 1 is needed, got {quantile}")
    a, b = ((each >= np.quantile(each, quantile)) & (each > each.min()) for each in (attention, gaze))
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 0.0


@dataclass(frozen=True)
class Congruency:
    """How well the gaze of some readers tells where another looks.

    Attributes
    ----------
    auc_judd, nss : float
        Mean over the readers who were left out in turn; NaN where fewer than two looked.
    readers : int
        How many were left out in turn.
    """

    auc_judd: float
    nss: float
    readers: int


def congruency(maps: Sequence[Map], fixations: Sequence[Pixels]) -> Congruency:
    """Let the mean map of all other readers predict the fixations of each reader in turn.

    Parameters
    ----------
    maps : sequence of ndarray, shape (h, w)
        One for each reader, any scale.
    fixations : sequence of ndarray of int, shape (k, 2)
        Column and row, of the same readers.

    Returns
    -------
    Congruency
        A reader without fixations takes no part.

    Notes
    -----
    Torralba et al. (2006), Psychological Review 113, 766-786, doi 10.1037/0033-295X.113.4.766; called
    inter-observer congruency by Le Meur & Baccino (2013), Behavior Research Methods 45, 251-266,
    doi 10.3758/s13428-012-0226-9. It is what a model can reach at best, and falls with few readers.
    """
    there = [(each, at) for each, at in zip(maps, fixations, strict=True) if len(at) and each.any()]
    if len(there) < 2:
        return Congruency(float("nan"), float("nan"), 0)
    scores = []
    for left_out, (_, at) in enumerate(there):
        others = mean_distribution([each for number, (each, _) in enumerate(there) if number != left_out])
        scores.append((auc_judd(others, at), nss(others, at)))
    auc, standardised = np.mean(scores, axis=0)
    return Congruency(float(auc), float(standardised), len(there))


def distribution(values: Map) -> Map:
    """Scale to sum 1; a map of zeros becomes uniform, for it says nothing."""
    total = values.sum()
    return np.asarray(values / total if total > 0 else np.full(values.shape, 1 / values.size))
