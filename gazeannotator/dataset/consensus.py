"""One label from several readings of an image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def consensus(labels: NDArray[Any], confidences: NDArray[Any]) -> int:
    """Decide by majority; a tie goes to the most confident side, then to nobody.

    Parameters
    ----------
    labels : ndarray, shape (n,)
        Class indices of the valid readings; negative ones have no vote.
    confidences : ndarray, shape (n,)
        0 not asked, 1 low, 2 high. Sides of a tie are equally large, so their sums compare.

    Returns
    -------
    int
        Class index, -1 where nobody voted or the tie stays.
    """
    votes: dict[int, list[int]] = {}
    for label, confidence in zip(np.asarray(labels), np.asarray(confidences), strict=True):
        if label >= 0:
            votes.setdefault(int(label), []).append(int(confidence))
    if not votes:
        return -1
    ranked = sorted(((len(each), sum(each), label) for label, each in votes.items()), reverse=True)
    if len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]:
        return -1
    return ranked[0][2]
