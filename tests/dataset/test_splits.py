import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.consensus import consensus
from gazeannotator.dataset.splits import check_folds, folds_by_patient, parse_split, split_by_patient
from gazeannotator.errors import BadInput

SHARES = (0.6, 0.2, 0.2)

studies = st.lists(st.tuples(st.integers(0, 12), st.integers(-1, 2)), min_size=1, max_size=60)


def parts(split):
    return [int((split == part).sum()) for part in range(3)]


@settings(deadline=None)
@given(studies, st.integers(0, 5))
def test_no_patient_is_in_two_parts_and_the_same_seed_gives_the_same(images, seed):
    patients = [f"p{patient}" for patient, _ in images]
    classes = np.array([each for _, each in images], np.int8)
    split, _ = split_by_patient(patients, classes, SHARES, seed)
    assert len(split) == len(images)
    assert set(split) <= {0, 1, 2}
    for patient in set(patients):
        assert len({int(part) for name, part in zip(patients, split, strict=True) if name == patient}) == 1
    again, _ = split_by_patient(patients, classes, SHARES, seed)
    np.testing.assert_array_equal(split, again)


@settings(deadline=None)
@given(studies)
def test_no_part_is_empty_with_three_patients_and_few_patients_are_only_warned_about(images):
    patients = [f"p{patient}" for patient, _ in images]
    split, warnings = split_by_patient(patients, np.array([each for _, each in images], np.int8), SHARES, 0)
    if len(set(patients)) >= 3:
        assert min(parts(split)) > 0
        assert not warnings
    else:
        assert len(warnings) == 1
        assert "too few" in warnings[0]
        assert parts(split)[0] > 0


@pytest.mark.parametrize("n", [5, 10, 20, 50, 100, 1000])
def test_one_image_per_patient_and_one_class_gives_the_shares(n):
    split, _ = split_by_patient([str(each) for each in range(n)], np.zeros(n, np.int8), SHARES, 0)
    assert parts(split) == [round(0.6 * n), round(0.2 * n), round(0.2 * n)]


@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_of_the_reference_study_come_out_even_in_every_class(seed):
    """585 images of 87 patients, few of them of type 3."""
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(87), random.integers(0, 87, 498)])
    kind = np.repeat([0, 1, 2], [22, 60, 5])
    classes = kind[owner].astype(np.int8)
    split, warnings = split_by_patient([str(each) for each in owner], classes, SHARES, seed)
    assert not warnings
    for each in range(3):
        total = (classes == each).sum()
        found = np.array(parts(split[classes == each])) / total
        np.testing.assert_allclose(found, SHARES, atol=0.05 if total > 60 else 0.15)
    patients = [len(set(owner[split == part])) for part in range(3)]
    np.testing.assert_allclose(np.array(patients) / 87, SHARES, atol=0.04)


def test_a_class_with_three_patients_is_in_every_part():
    classes = np.array([0] * 30 + [1] * 3, np.int8)
    split, _ = split_by_patient([str(each) for each in range(33)], classes, SHARES, 0)
    assert parts(split[classes == 1]) == [1, 1, 1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=3, max_size=7))
def test_few_patients_of_one_class_are_dealt_out_as_even_as_it_goes(sizes):
    patients = [name for name, n in enumerate(sizes) for _ in range(n)]
    split, _ = split_by_patient([str(each) for each in patients], np.zeros(len(patients), np.int8), SHARES, 0)

    def unevenness(images, people):
        wanted, there = np.array(SHARES) * sum(sizes), np.array(SHARES) * len(sizes)
        return ((images - wanted) ** 2).sum() / sum(sizes) + ((people - there) ** 2).sum() / len(sizes)

    def of(assignment):
        images = np.array(
            [sum(n for n, part in zip(sizes, assignment, strict=True) if part == each) for each in range(3)]
        )
        return unevenness(images, np.bincount(assignment, minlength=3))

    every = (each for each in itertools.product(range(3), repeat=len(sizes)) if len(set(each)) == 3)
    best = min(of(each) for each in every)
    mine = [int(split[patients.index(name)]) for name in range(len(sizes))]
    assert of(mine) == pytest.approx(best)


def test_a_share_of_zero_stays_empty():
    split, warnings = split_by_patient(
        list("abcdefghij" * 2), np.zeros(20, np.int8), parse_split("80/20/0"), 0
    )
    assert parts(split) == [16, 4, 0]
    assert not warnings


def test_seeds_differ():
    patients = [str(each) for each in range(40)]
    first, _ = split_by_patient(patients, np.zeros(40, np.int8), SHARES, 0)
    second, _ = split_by_patient(patients, np.zeros(40, np.int8), SHARES, 1)
    assert (first != second).any()


def test_no_image_is_no_error():
    split, warnings = split_by_patient([], np.zeros(0, np.int8), SHARES, 0)
    assert len(split) == 0
    assert not warnings


def test_shares_are_relative():
    assert parse_split("60/20/20") == pytest.approx(SHARES)
    assert parse_split(" 3 / 1 / 1 ") == pytest.approx(SHARES)


@pytest.mark.parametrize("text", ["", "60/20", "60/20/20/0", "a/b/c", "0/50/50", "60/-20/20", "60;20;20"])
def test_other_splits_are_refused_in_words(text):
    with pytest.raises(BadInput, match="such as 60/20/20"):
        parse_split(text)


@pytest.mark.parametrize(
    ("labels", "confidences", "expected"),
    [
        ([], [], -1),
        ([-1, -1], [0, 0], -1),
        ([2], [1], 2),
        ([0, 1, 1], [2, 1, 1], 1),
        ([0, 1], [2, 1], 0),
        ([0, 1], [2, 2], -1),
        ([0, 0, 1, 1], [1, 1, 1, 2], 1),
        ([0, 0, 1, 1], [2, 1, 2, 2], 1),
        ([0, 1, 2], [1, 1, 2], 2),
        ([1, -1, -1], [1, 0, 0], 1),
    ],
    ids=[
        "none",
        "none can",
        "one",
        "majority",
        "tie, sure",
        "tie",
        "tie of two",
        "tie, two sure",
        "three ways",
        "abstained",
    ],
)
def test_consensus(labels, confidences, expected):
    assert consensus(np.array(labels), np.array(confidences)) == expected


@settings(deadline=None)
@given(studies, st.integers(2, 6), st.integers(0, 5))
def test_folds_hold_whole_patients_and_none_is_empty(images, folds, seed):
    patients = [f"p{patient}" for patient, _ in images]
    classes = np.array([each for _, each in images], np.int8)
    if len(set(patients)) < folds:
        with pytest.raises(BadInput, match="too few"):
            folds_by_patient(patients, classes, folds, seed)
        return
    fold = folds_by_patient(patients, classes, folds, seed)
    assert set(fold.tolist()) == set(range(folds))
    assert len(set(zip(patients, fold.tolist(), strict=True))) == len(set(patients))
    np.testing.assert_array_equal(fold, folds_by_patient(patients, classes, folds, seed))


@pytest.mark.parametrize("folds", [2, 5, 10])
def test_folds_are_as_even_in_every_class_as_the_numbers_allow(folds):
    random = np.random.default_rng(folds)
    owner = np.concatenate([np.arange(87), random.integers(0, 87, 498)])
    classes = np.repeat([0, 1, 2], [22, 45, 20])[owner].astype(np.int8)
    fold = folds_by_patient([str(each) for each in owner], classes, folds, 0)
    patients = np.array([len(set(owner[fold == each])) for each in range(folds)])
    assert np.ptp(patients) <= 2
    for each in range(3):
        images = np.bincount(fold[classes == each], minlength=folds)
        assert np.ptp(images) <= 0.4 * images.mean()
        assert images.min() > 0


def test_folds_of_one_patient_each():
    fold = folds_by_patient(list("ababcdcd"), np.zeros(8, np.int8), 4, 0)
    assert sorted(set(fold.tolist())) == [0, 1, 2, 3]


def test_seeds_give_other_folds():
    patients = [str(each) for each in range(40)]
    first = folds_by_patient(patients, np.zeros(40, np.int8), 5, 0)
    assert (first != folds_by_patient(patients, np.zeros(40, np.int8), 5, 1)).any()


@pytest.mark.parametrize("folds", [-1, 0, 1, 101])
def test_numbers_of_folds_that_cannot_be_are_refused(folds):
    with pytest.raises(BadInput, match="from 2 to 100"):
        check_folds(folds)
