"""Dealing patients out to parts: whole patients, the classes as evenly spread as the numbers allow."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Parts = NDArray[np.int64]

_LEAST_GAIN = 1e-9

_ABSENT = 1e6
"""Cost of a class that is missing in a part: more than any unevenness."""

_FEW_PATIENTS = 300
"""Up to so many, pairs are tried for swaps and several starts compared; more balance out without."""

_STARTS = 16

_ALL_TRIED = 3**8
"""Up to so many assignments every one is tried: with few patients, chance leaves the largest faults."""


def deal_out(owner: Parts, classes: NDArray[np.int8], shares: FloatArray, seed: int) -> Parts:
    """Deal patients out to parts.

    Parameters
    ----------
    owner : ndarray, shape (n,)
        Patient of each image: 0, 1, 2, …; at least one.
    classes : ndarray, shape (n,)
        Target class of each image, -1 unknown (a stratum of its own).
    shares : ndarray, shape (parts,)
        They sum to 1.
    seed : int
        The same images and seed give the same parts.

    Returns
    -------
    ndarray, shape (patients,)

    Notes
    -----
    The cost is the squared deviation from the wanted number of images of each class, and of
    patients, relative to how many there are; a class that is missing in a part costs more than any
    deviation. Patients are dealt out one by one, then moved and swapped while that lowers the cost;
    the best of a few shuffled starts is taken. With few patients, every assignment is tried.
    """
    patients = int(owner.max()) + 1
    dealing = _Dealing(_images_of_patients(owner, classes, patients), shares)
    random = np.random.default_rng(seed)
    if len(shares) ** patients <= _ALL_TRIED:
        return dealing.best_of_all(random.permutation(patients))
    starts = _STARTS if patients <= _FEW_PATIENTS else 1
    tried = [dealing.improved(dealing.dealt(random.permutation(patients))) for _ in range(starts)]
    return min(tried, key=dealing.total_cost)


def _images_of_patients(owner: Parts, classes: NDArray[np.int8], patients: int) -> FloatArray:
    """Images of each class for each patient and a column of ones, shape (patients, classes + 1)."""
    strata = np.unique(classes)
    counts = np.zeros((patients, len(strata) + 1))
    np.add.at(counts, (owner, np.searchsorted(strata, classes)), 1)
    counts[:, -1] = 1
    return counts


class _Dealing:
    """The cost of an assignment, and steps that lower it.

    Parameters
    ----------
    counts : ndarray, shape (patients, columns)
        What each patient brings.
    shares : ndarray, shape (parts,)
    """

    def __init__(self, counts: FloatArray, shares: FloatArray) -> None:
        self.counts = counts
        self.wanted = shares[:, None] * counts.sum(axis=0)
        self.size = counts.sum(axis=0)

    def cost(self, part: Any, sums: FloatArray) -> FloatArray:  # noqa: ANN401 - an index into the parts
        """Cost of parts that hold so much: indices of shape (...), sums of shape (..., columns)."""
        wanted = self.wanted[part]
        absent = (sums < 0.5) & (wanted > 0)
        # Nothing may go where nothing is wanted.
        intruding = (sums > 0.5) & (wanted == 0)
        uneven = (sums - wanted) ** 2 / self.size
        return np.asarray((uneven + _ABSENT * absent + _ABSENT**2 * intruding).sum(axis=-1))

    def sums(self, parts: Parts) -> FloatArray:
        """Sum up what each part holds, shape (parts, columns)."""
        return np.array([self.counts[parts == part].sum(axis=0) for part in range(len(self.wanted))])

    def total_cost(self, parts: Parts) -> float:
        """Cost of an assignment, shape (patients,)."""
        return float(self.cost(slice(None), self.sums(parts)).sum())

    def best_of_all(self, shuffled: Parts) -> Parts:
        """Try every assignment; the order of the patients decides between equals."""
        every = np.array(list(itertools.product(range(len(self.wanted)), repeat=len(shuffled))))[:, shuffled]
        sums = np.stack([(every == part) @ self.counts for part in range(len(self.wanted))], axis=1)
        return np.asarray(every[np.argmin(self.cost(slice(None), sums).sum(axis=1).round(6))])

    def dealt(self, shuffled: Parts) -> Parts:
        """Deal the patients out: those with most of a rare class first, each where it costs least."""
        rarity = (self.counts / self.size).max(axis=1)
        parts = np.zeros(len(self.counts), np.int64)
        sums = np.zeros_like(self.wanted)
        for patient in shuffled[np.argsort(-rarity[shuffled], kind="stable")]:
            after = self.cost(slice(None), sums + self.counts[patient])
            part = np.argmin(after - self.cost(slice(None), sums))
            parts[patient] = part
            sums[part] += self.counts[patient]
        return parts

    def improved(self, parts: Parts) -> Parts:
        """Move single patients, then swap pairs, as long as that lowers the cost."""
        parts = parts.copy()
        # Every step lowers the cost, so this ends by itself; the bound is a guard.
        for _ in range(10 * len(parts) + 100):
            if not (self._move(parts) or (len(parts) <= _FEW_PATIENTS and self._swap(parts))):
                break
        return parts

    def _move(self, parts: Parts) -> bool:
        sums = self.sums(parts)
        base = self.cost(slice(None), sums)
        here = self.cost(parts, sums[parts] - self.counts) - base[parts]
        there = self.cost(slice(None), sums + self.counts[:, None]) - base
        change = there + here[:, None]
        change[np.arange(len(parts)), parts] = 0
        patient, part = np.unravel_index(np.argmin(change), change.shape)
        if change[patient, part] > -_LEAST_GAIN:
            return False
        parts[patient] = part
        return True

    def _swap(self, parts: Parts) -> bool:
        sums = self.sums(parts)
        base = self.cost(slice(None), sums)
        for one, other in itertools.combinations(range(len(sums)), 2):
            mine, theirs = np.flatnonzero(parts == one), np.flatnonzero(parts == other)
            if not (len(mine) and len(theirs)):
                continue
            exchange = self.counts[theirs][None] - self.counts[mine][:, None]
            change = self.cost(one, sums[one] + exchange) + self.cost(other, sums[other] - exchange)
            i, j = np.unravel_index(np.argmin(change), change.shape)
            if change[i, j] - base[one] - base[other] < -_LEAST_GAIN:
                parts[mine[i]], parts[theirs[j]] = other, one
                return True
        return False
