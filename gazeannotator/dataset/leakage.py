"""Images that may tell a test the answer: nearly equal ones of different patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gazeannotator.dataset.near_duplicates import near_duplicates
from gazeannotator.dataset.parts import Parts
from gazeannotator.dataset.split_file import SHORT_ID

MOST_TOLD = 100
"""Pairs that a data set names; their number is told whatever it is."""

_NAMED = 3


@dataclass(frozen=True)
class Leakage:
    """What was found.

    Attributes
    ----------
    told : dict
        For the ``build`` attribute.
    warnings : list of str
        None or one.
    """

    told: dict[str, Any]
    warnings: list[str]


def find_leakage(
    fingerprints: bytes | bytearray, ids: Sequence[str], patients: Sequence[str], parts: Parts
) -> Leakage:
    """Look for nearly equal images of different patients.

    Parameters
    ----------
    fingerprints : bytes or bytearray
        Of all images, one after another; see `gazeannotator.dataset.fingerprint`.
    ids, patients : sequence of str, length n
    parts : Parts
        What the images are divided into.
    """
    found = near_duplicates(fingerprints, patients)
    one, other = found.pairs.T
    torn = parts.split[one] != parts.split[other]
    # Those that do harm first.
    order = sorted(range(len(torn)), key=lambda each: not torn[each])
    named = [[ids[row][:SHORT_ID] for row in found.pairs[each]] for each in order[:MOST_TOLD]]
    told = {
        "near_duplicates": named,
        "near_duplicates_count": len(torn),
        "near_duplicates_in_two_parts": int(torn.sum()),
    }
    if not named:
        return Leakage(told, [])
    least = "" if found.complete else "At least "
    count = f"{least}{len(torn)} " + ("pair" if len(torn) == 1 else "pairs")
    verb = "belongs" if len(torn) == 1 else "belong"
    where = f"{int(torn.sum())} of them in different parts of the split"
    if "/images/fold" in parts.columns:
        fold = parts.columns["/images/fold"]
        where += f", {int((fold[one] != fold[other]).sum())} in different folds"
    listed = ", ".join(" and ".join(pair) for pair in named[:_NAMED])
    listed += ", …" if len(torn) > _NAMED else ""
    return Leakage(
        told,
        [
            f"{count} of nearly equal images {verb} to different patients as far as is known, "
            f"{where}: {listed}. "
            "A test on them would not be fair; are they of one patient under two names?"
        ],
    )
