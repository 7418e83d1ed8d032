from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazemodel.arrangement import Arrangement, arrange, arranged_facts
from gazemodel.data import DataFacts, ImageSet, read_facts


@pytest.fixture
def facts(small_data: Path) -> DataFacts:
    """33 images, each with gaze, two or three to a patient."""
    read = read_facts(small_data)
    patients = np.array([f"P{row // 2}" for row in range(len(read.ids))])
    return replace(read, patient=patients)


def parts(facts: DataFacts, **options: object) -> dict[str, set[int]]:
    arranged = arrange(facts, Arrangement.model_validate(options))
    return {name: set(arranged.rows(name).tolist()) for name in ("train", "validation", "test")}


def test_every_image_is_tested_once_and_no_patient_is_in_two_parts(facts: DataFacts) -> None:
    tested: list[int] = []
    for fold in range(4):
        found = parts(facts, folds=4, fold=fold)
        assert sum(map(len, found.values())) == len(facts.ids)
        owners = [set(facts.patient[sorted(rows)]) for rows in found.values()]
        assert not owners[0] & owners[1] | owners[0] & owners[2] | owners[1] & owners[2]
        # The fold that chooses the epoch is the one that is tested next.
        assert found["validation"] == parts(facts, folds=4, fold=(fold + 1) % 4)["test"]
        tested += found["test"]
    assert sorted(tested) == list(range(len(facts.ids)))


def test_folds_follow_the_seed_alone(facts: DataFacts) -> None:
    first = parts(facts, folds=3, fold=1, seed=5, draw=1)
    assert first == parts(facts, folds=3, fold=1, seed=5, draw=2, gaze_share=0.5, shuffled=True)
    assert first != parts(facts, folds=3, fold=1, seed=6, draw=1)


def test_the_folds_of_the_file_are_taken(facts: DataFacts) -> None:
    own = (np.arange(len(facts.ids)) // 2) % 3
    found = parts(replace(facts, fold=own), folds=3, fold=2)
    assert found["test"] == set(np.flatnonzero(own == 2))
    assert found["validation"] == set(np.flatnonzero(own == 0))
    # Another number of folds is made anew.
    other = parts(replace(facts, fold=own), folds=4, fold=2)
    assert other["test"] == parts(facts, folds=4, fold=2)["test"]


def test_images_without_a_class_are_in_no_fold(facts: DataFacts) -> None:
    target = facts.target.copy()
    target[:4] = -1
    found = parts(replace(facts, target=target), folds=3, fold=0)
    assert not set().union(*found.values()) & {0, 1, 2, 3}


@pytest.mark.parametrize(("folds", "said"), [(2, "too few"), (40, "too few for 40 folds")])
def test_folds_that_cannot_be(facts: DataFacts, folds: int, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        arrange(facts, Arrangement(folds=folds))


def test_a_smaller_share_keeps_part_of_a_larger_one_in_every_class(facts: DataFacts) -> None:
    kept = []
    for share in (0.25, 0.5, 1.0):
        arranged = arrange(facts, Arrangement(gaze_share=share))
        train = arranged.rows("train")
        kept.append(set(train[arranged.has_gaze[train]]))
        for each in np.unique(facts.target[train]):
            of_class = train[facts.target[train] == each]
            assert arranged.has_gaze[of_class].sum() == pytest.approx(share * len(of_class), abs=0.51)
        validation = arranged.rows("validation")
        assert arranged.has_gaze[validation].mean() == pytest.approx(share, abs=0.26)
        assert arranged.has_gaze[arranged.rows("test")].all()
    assert kept[0] < kept[1] < kept[2]


def test_shuffled_gaze_is_of_another_image_of_the_same_part(facts: DataFacts) -> None:
    arranged = arrange(facts, Arrangement(shuffled=True, draw=3))
    for name in ("train", "validation"):
        rows = arranged.rows(name)
        assert sorted(arranged.gaze_row[rows]) == rows.tolist()
        assert (arranged.gaze_row[rows] != rows).all()
    test = arranged.rows("test")
    assert (arranged.gaze_row[test] == test).all()
    assert arranged.fingerprint != facts.fingerprint


def test_an_image_is_trained_with_the_gaze_that_it_was_dealt(small_data: Path) -> None:
    facts = read_facts(small_data)
    row = int(facts.rows("train")[0])
    gaze_row = facts.gaze_row.copy()
    gaze_row[row] = 7
    own, dealt, other = (
        ImageSet(each, np.array([place]), 48, keep_aspect=True, gaze=True)[0]
        for each, place in ((facts, row), (replace(facts, gaze_row=gaze_row), row), (facts, 7))
    )
    assert (own["image"] == dealt["image"]).all()
    assert (dealt["gaze"] == other["gaze"]).all()
    assert (dealt["gaze"] != own["gaze"]).any()


def test_without_an_arrangement_nothing_changes(small_data: Path) -> None:
    assert arranged_facts(small_data, "auto", None).fingerprint == read_facts(small_data).fingerprint
