"""Where readers look on any image is taken off the heatmaps of a data set: the central bias.

Readers tend to look at the middle of a screen, whatever is there (Tatler 2007, Journal of Vision
7(14):4, doi 10.1167/7.14.4). A map from which this is taken off shows what is special to its image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.heatmap import scaled_to_one

CENTRAL_BIAS = ("keep", "remove")
"""What may be done; the first is the default."""

_TRAIN = 0
_ROUNDING = 2.0**-10
"""Maps are stored in half precision: less than this share of a map's maximum is no difference."""


def remove_central_bias(
    heatmaps: Any,  # noqa: ANN401 - h5py has no types
    split: NDArray[np.int8],
    has_gaze: NDArray[np.bool_],
    progress: Callable[[int, int, str], None] | None = None,
) -> int:
    """Subtract the mean of the training part's other maps from every map, in place.

    Parameters
    ----------
    heatmaps : h5py.Dataset or Heatmaps
        Open for writing; its shape is (n, S, S).
    split : ndarray of int8, shape (n,)
        Part of each image.
    has_gaze : ndarray of bool, shape (n,)
    progress : callable, optional

    Returns
    -------
    int
        Images that keep the map they had, because nothing is left of it, or no other is there.

    Notes
    -----
    Maps and mean are distributions (sum 1); what is negative becomes 0, and the result is scaled to
    a maximum of 1. The mean of a training image is that of the others, so that no map is subtracted
    from itself; gaze of the validation and test parts is in no mean. Two passes, one map in memory.
    """
    rows, training = np.flatnonzero(has_gaze), has_gaze & (split == _TRAIN)
    steps = len(rows) + int(training.sum())
    total = np.zeros(heatmaps.shape[1:])
    done = 0

    def tell() -> None:
        nonlocal done
        if progress:
            progress(done, steps, "Central bias")
        done += 1

    for row in np.flatnonzero(training):
        tell()
        total += _distribution(heatmaps[row])
    kept = 0
    for row in rows:
        tell()
        mine = _distribution(heatmaps[row])
        others = int(training.sum()) - int(training[row])
        mean = (total - mine if training[row] else total) / max(others, 1)
        special = (mine - mean).clip(min=0)
        if others and special.max() > _ROUNDING * mine.max():
            heatmaps[row] = scaled_to_one(special)
        else:
            kept += 1
    return kept


def _distribution(stored: NDArray[Any]) -> NDArray[np.float64]:
    heatmap = stored.astype(np.float64)
    return np.asarray(heatmap / heatmap.sum())
