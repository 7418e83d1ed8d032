"""Other parts, less gaze, or the gaze of other images than a data set holds: what a comparison needs."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gazeannotator.dataset import schema
from gazeannotator.dataset.splits import check_folds, folds_by_patient
from gazeannotator.errors import BadInput
from gazemodel.data import DataFacts, SplitName, read_facts

LEAST_FOLDS = 3
"""One to test, one to validate, one at least to learn from."""


class Arrangement(BaseModel):
    """How a data set is rearranged for one run; stored in the run's config.json.

    Attributes
    ----------
    folds, fold : int
        Of so many folds this one is tested, the next one validates; 0 folds: the file's own parts.
    seed : int
        Decides the folds where the file has none of that number.
    draw : int
        Decides which images keep their gaze, and whose gaze a shuffled image gets.
    gaze_share : float
        Share of the training and of the validation images with gaze that keep it, class by class.
    shuffled : bool
        Within training and within validation images, gaze maps are dealt to other images.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folds: int = Field(default=0, ge=0)
    fold: int = Field(default=0, ge=0)
    seed: int = 0
    draw: int = 0
    gaze_share: float = Field(default=1.0, gt=0, le=1)
    shuffled: bool = False


def arranged_facts(path: Path, target: str, arrangement: Arrangement | None) -> DataFacts:
    """Read what a data set holds, rearranged where a run asks for it.

    Raises
    ------
    BadInput
        If the file is not a data set, or has too few patients for the folds.
    """
    facts = read_facts(path, target)
    return facts if arrangement is None else arrange(facts, arrangement)


def arrange(facts: DataFacts, arrangement: Arrangement) -> DataFacts:
    """Rearrange a data set; pixels, targets and the gaze of test images stay what they are.

    Raises
    ------
    BadInput
        If there are too few patients for the folds.
    """
    split = facts.split
    if arrangement.folds:
        split = _parts_of(_folds(facts, arrangement), arrangement)
    arranged = replace(facts, split=split)
    has_gaze, gaze_row = facts.has_gaze.copy(), facts.gaze_row.copy()
    names: tuple[SplitName, ...] = ("train", "validation")
    for number, name in enumerate(names):
        rows = arranged.rows(name)
        rows = rows[facts.has_gaze[rows]]
        random = np.random.default_rng([arrangement.draw, arrangement.fold, number])
        has_gaze[_without(rows, facts.target, arrangement.gaze_share, random)] = False
        if arrangement.shuffled:
            gaze_row[rows] = _dealt_anew(rows, random)
    told = facts.fingerprint + arrangement.model_dump_json()
    return replace(
        arranged,
        has_gaze=has_gaze,
        gaze_row=gaze_row,
        fingerprint=hashlib.sha256(told.encode()).hexdigest(),
    )


def _folds(facts: DataFacts, arrangement: Arrangement) -> NDArray[np.int64]:
    """Fold of each image: the file's own where it has that number of them."""
    if arrangement.folds < LEAST_FOLDS:
        raise BadInput(
            f"{arrangement.folds} folds are too few: one tests, one validates.",
            f"Give at least {LEAST_FOLDS}, or --folds 0 for the file's own parts.",
        )
    if facts.fold is not None and facts.fold.max(initial=-1) + 1 == arrangement.folds:
        return facts.fold.astype(np.int64)
    # Only what can be judged is dealt out, so that every fold has its share of it.
    known = np.flatnonzero(facts.target >= 0)
    patients = facts.patient[known]
    check_folds(arrangement.folds, len(np.unique(patients)))
    folds = np.full(len(facts.target), -1, np.int64)
    folds[known] = folds_by_patient(
        list(patients), facts.target[known].astype(np.int8), arrangement.folds, arrangement.seed
    )
    return folds


def _parts_of(folds: NDArray[np.int64], arrangement: Arrangement) -> NDArray[np.int64]:
    train, validation, test = range(len(schema.SPLITS))
    parts = np.full(len(folds), train, np.int64)
    parts[folds == (arrangement.fold + 1) % arrangement.folds] = validation
    parts[folds == arrangement.fold] = test
    return parts


def _without(
    rows: NDArray[np.int64], target: NDArray[np.int64], share: float, random: np.random.Generator
) -> NDArray[np.int64]:
    """Rows that lose their gaze; a smaller share keeps a subset of what a larger one keeps."""
    lost = [np.empty(0, np.int64)]
    for each in np.unique(target[rows]):
        own = random.permutation(rows[target[rows] == each])
        lost.append(own[(np.arange(len(own)) + 0.5) / max(len(own), 1) >= share])
    return np.concatenate(lost)


def _dealt_anew(rows: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Deal rows to each other in one ring, so that none keeps its own."""
    order = random.permutation(len(rows))
    dealt = np.empty_like(rows)
    dealt[order] = rows[np.roll(order, 1)]
    return dealt
