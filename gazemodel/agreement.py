"""Agreement of an attention map with where readers looked, on maps of the same shape.

Definitions as in Bylinskii et al. 2019 (doi 10.1109/TPAMI.2018.2815601).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Map = NDArray[np.float64]
MEASURES = ("cc", "nss", "kl", "sim", "auc_judd")
_TINY = 1e-12


def agreement(attention: Map, gaze: Map, fixations: NDArray[np.int64]) -> dict[str, float]:
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


def nss(attention: Map, fixations: NDArray[np.int64]) -> float:
    """Mean of the standardised attention at the fixations; 0 for a constant map."""
    if not len(fixations):
        return float("nan")
    spread = float(attention.std())
    at = attention[fixations[:, 1], fixations[:, 0]]
    return float((at.mean() - attention.mean()) / spread) if spread > 0 else 0.0


def kl(attention: Map, gaze: Map) -> float:
    """Divergence of the gaze distribution from the attention's; 0 is best."""
    p, q = distribution(gaze), distribution(attention)
    return float((p * np.log(_TINY + p / (q + _TINY))).sum())


def sim(attention: Map, gaze: Map) -> float:
    """Shared part of both distributions, 0..1."""
    return float(np.minimum(distribution(attention), distribution(gaze)).sum())


def auc_judd(attention: Map, fixations: NDArray[np.int64]) -> float:
    """Chance that a fixated pixel has more attention than another; ties count one half."""
    fixated = np.zeros(attention.shape, bool)
    fixated[fixations[:, 1], fixations[:, 0]] = True
    hits, others = int(fixated.sum()), int((~fixated).sum())
    if not hits or not others:
        return float("nan")
    rank_sum = rankdata(attention.ravel())[fixated.ravel()].sum()
    return float((rank_sum - hits * (hits + 1) / 2) / (hits * others))


def distribution(values: Map) -> Map:
    """Scale to sum 1; a map of zeros becomes uniform, for it says nothing."""
    total = values.sum()
    return np.asarray(values / total if total > 0 else np.full(values.shape, 1 / values.size))
