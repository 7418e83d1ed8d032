from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazemodel.metrics import Predictions
from gazemodel.paired import differences, mcnemar, patients_needed


def answers(right: np.ndarray, patient: np.ndarray) -> Predictions:
    """Two classes, all truly the second."""
    surely = np.where(right, 0.9, 0.2)
    return Predictions(np.ones(len(right), np.int64), np.column_stack([1 - surely, surely]), patient)


def test_the_interval_is_that_of_a_direct_bootstrap_over_patients() -> None:
    random = np.random.default_rng(0)
    patient = np.array([f"p{each}" for each in random.integers(0, 30, 200)])
    first, second = random.random(200) < 0.6, random.random(200) < 0.75
    found = differences(answers(first, patient), answers(second, patient))["accuracy"]
    assert found["mean"] == pytest.approx(second.mean() - first.mean())
    names = np.unique(patient)
    rows = {name: np.flatnonzero(patient == name) for name in names}
    direct = []
    for _ in range(4000):
        drawn = np.concatenate([rows[name] for name in random.choice(names, len(names))])
        direct.append(second[drawn].mean() - first[drawn].mean())
    assert found["ci95"] == pytest.approx(np.percentile(direct, [2.5, 97.5]), abs=0.01)
    assert found["p"] == pytest.approx(2 * np.mean(np.array(direct) <= 0), abs=0.01)


def test_a_classifier_is_no_better_than_itself() -> None:
    patient = np.array(["a", "a", "b", "c"])
    same = answers(np.array([True, False, True, True]), patient)
    for each in differences(same, same).values():
        assert each["p"] in (1.0, None)
        assert each["mean"] in (0.0, None)


def test_other_images_cannot_be_compared() -> None:
    one = answers(np.array([True, False]), np.array(["a", "b"]))
    other = answers(np.array([True, False]), np.array(["a", "c"]))
    with pytest.raises(ValueError, match="same images"):
        differences(one, other)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20))
def test_mcnemar_is_the_sign_test_of_the_images_that_differ(gained: int, lost: int, same: int) -> None:
    first = np.array([False] * gained + [True] * lost + [True] * same, bool)
    second = np.array([True] * gained + [False] * lost + [True] * same, bool)
    found = mcnemar(first, second)
    assert (found.gained, found.lost) == (gained, lost)
    count, least = gained + lost, min(gained, lost)
    tail = sum(math.comb(count, each) for each in range(least + 1)) / 2**count
    assert found.p == pytest.approx(min(1.0, 2 * tail))


def test_patients_needed_are_those_of_the_formula_where_each_has_one_image() -> None:
    random = np.random.default_rng(1)
    first, second = random.random(4000) < 0.70, random.random(4000) < 0.80
    patient = np.arange(4000).astype(str)
    gain = second.astype(float) - first
    # Two-sided 5 % and 80 % power of a mean: n = (1.96 + 0.84)² · variance / mean².
    expected = (1.959964 + 0.841621) ** 2 * gain.var() / gain.mean() ** 2
    assert patients_needed(first, second, patient) == pytest.approx(expected, rel=0.1)


def test_patients_whose_images_are_alike_tell_less() -> None:
    random = np.random.default_rng(2)
    first, second = random.random(300) < 0.70, random.random(300) < 0.85
    alone = patients_needed(first, second, np.arange(300).astype(str))
    alike = patients_needed(
        np.repeat(first, 6), np.repeat(second, 6), np.repeat(np.arange(300), 6).astype(str)
    )
    assert alone is not None
    assert alike == pytest.approx(alone, rel=0.1)


def test_no_difference_is_shown_by_no_number_of_patients() -> None:
    same = np.array([True, False, True, False])
    assert patients_needed(same, same, np.array(["a", "b", "c", "d"])) is None
    assert patients_needed(same, ~same, np.array(["a", "b", "c", "d"])) is None
