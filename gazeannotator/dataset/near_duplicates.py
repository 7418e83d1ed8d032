"""Finds images of different patients that show nearly the same, among very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.fingerprint import FINGERPRINT, likeness

COARSE_BITS = 8
"""So many of the 64 bits may differ. Measured on generated polyps, see the tests, as the next two."""

FINE_BITS = 42
"""So many of the 192 bits may differ."""

LIKENESS = 0.975
"""So well must the small pictures correlate."""

MOST_ALIKE = 20
"""Of an image that is like more others than so many, not all need be found."""

MOST_COMPARED = 100_000
"""Of so many candidates the pictures are compared; only films of unknown patients give more."""

_BAND_BITS = (13, 13, 13, 13, 12)
"""Of five bands, one differs in a bit at most wherever nine bits or fewer differ."""

_FLAT = 2.0
_BLOCK = 1 << 20

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of images.

    Attributes
    ----------
    pairs : ndarray, shape (n, 2)
        Rows of the images, the smaller first, in order.
    complete : bool
        False where `MOST_ALIKE` or `MOST_COMPARED` ended the search.
    """

    pairs: Rows
    complete: bool


def near_duplicates(fingerprints: bytes | bytearray, patients: Sequence[str]) -> NearDuplicates:
    """Find the pairs of images of different patients that show nearly the same.

    Parameters
    ----------
    fingerprints : bytes or bytearray
        Of all images, one after another.
    patients : sequence of str, length n

    Returns
    -------
    NearDuplicates

    Notes
    -----
    Candidates are found by multi-index hashing (Norouzi, Punjani and Fleet 2012), which misses none
    within `COARSE_BITS`; the finer hash and then `likeness` decide. Images on which there is nothing to see
    are not compared.
    """
    table = np.frombuffer(fingerprints, FINGERPRINT)
    owner = np.unique(np.array(patients, dtype=str), return_inverse=True)[1]
    seen = np.flatnonzero(table["grey"].std(axis=(1, 2)) >= _FLAT)
    search = _Search(table["coarse"][seen], table["fine"][seen], owner[seen])
    candidates = seen[search.candidates()]
    every = -(-len(candidates) // MOST_COMPARED) or 1
    candidates, grey = candidates[::every], table["grey"]
    kept = [likeness(grey[one], grey[other]) >= LIKENESS for one, other in candidates]
    return NearDuplicates(candidates[np.array(kept, bool)], every == 1 and not search.crowded)


class _Search:
    """Finds pairs of images whose hashes differ in few bits.

    Parameters
    ----------
    coarse : ndarray, shape (n, cuts)
    fine : ndarray, shape (n, cuts, 3)
        Of whole images first, then of the images as cut; whole ones are compared with all.
    owner : ndarray, shape (n,)
        Their patients.
    """

    def __init__(
        self, coarse: NDArray[np.uint64], fine: NDArray[np.uint64], owner: NDArray[np.int64]
    ) -> None:
        self._hash, self._fine = coarse.T.ravel(), fine.swapaxes(0, 1).reshape(-1, 3)
        self._owner, self._images = owner, len(owner)
        self._partners = np.zeros(len(owner), np.int64)
        self._pairs: set[tuple[int, int]] = set()
        self.crowded = False

    def candidates(self) -> Rows:
        """Return pairs, shape (n, 2), the smaller row first, each once."""
        first_bit = 0
        for bits in _BAND_BITS:
            self._search_band(first_bit, bits)
            first_bit += bits
        return np.array(sorted(self._pairs), np.int64).reshape(-1, 2)

    def _search_band(self, first_bit: int, bits: int) -> None:
        """Compare all entries that differ in one of these bits at most."""
        band = (self._hash >> np.uint64(first_bit)) & np.uint64((1 << bits) - 1)
        entries = _buckets(band)
        for value, whole in _buckets(band[: self._images]).items():
            near = (value, *(value ^ 1 << bit for bit in range(bits)))
            self._compare(whole, np.concatenate([entries[each] for each in near if each in entries]))

    def _compare(self, whole: Rows, entries: Rows) -> None:
        """Compare every image of a bucket with all entries of it and those next to it, a block at a time."""
        step = max(1, _BLOCK // len(entries))
        for start in range(0, len(whole), step):
            rows, columns = self._wanted(whole[start : start + step]), self._wanted(entries)
            differing = np.bitwise_count(self._hash[rows, None] ^ self._hash[None, columns])
            i, j = np.nonzero(differing <= COARSE_BITS)
            if len(i):
                self._keep(rows[i], columns[j])

    def _wanted(self, entries: Rows) -> Rows:
        return entries[self._partners[entries % self._images] < MOST_ALIKE] if self.crowded else entries

    def _keep(self, image: Rows, entry: Rows) -> None:
        near = np.bitwise_count(self._fine[image] ^ self._fine[entry]).sum(axis=1) <= FINE_BITS
        near &= self._owner[image] != self._owner[entry % self._images]
        # Each pair once, however many of its cuts agree; in order, so that each image's can be counted.
        both = np.unique(image[near] * self._images + entry[near] % self._images)
        image, other = np.divmod(both, self._images)
        few = np.arange(len(image)) - np.searchsorted(image, image) < MOST_ALIKE
        self.crowded |= not few.all()
        pairs = np.sort(np.stack([image[few], other[few]], axis=1), axis=1)
        new = set(map(tuple, pairs.tolist())) - self._pairs
        if new:
            self._pairs |= new
            np.add.at(self._partners, np.array(list(new)).ravel(), 1)
            self.crowded |= bool(self._partners.max() >= MOST_ALIKE)


def _buckets(band: NDArray[np.uint64]) -> dict[int, Rows]:
    """Sort rows by their value."""
    order = np.argsort(band, kind="stable")
    values, starts = np.unique(band[order], return_index=True)
    return dict(zip(values.tolist(), np.split(order, starts[1:]), strict=False))
