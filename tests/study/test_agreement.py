import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from gazeannotator.study.agreement import (
    Agreement,
    Answer,
    answers_of,
    cohen_kappa,
    fleiss_kappa,
    reader_agreement,
)
from gazeannotator.study.store import Store

# Fleiss 1971 as retold in many textbooks: 14 raters, 10 subjects, 5 categories.
FLEISS_1971 = """0 0 0 0 14
0 2 6 4 2
0 0 3 5 6
0 3 9 2 0
2 2 8 1 1
7 7 0 0 0
3 2 6 3 0
2 5 3 2 2
6 5 2 1 0
0 2 2 3 7"""


def answer(reader, image, label, patient=None):
    return Answer(reader, image, patient or image, label)


def test_fleiss_kappa_of_the_textbook():
    counts = np.array([[int(each) for each in line.split()] for line in FLEISS_1971.splitlines()])
    assert fleiss_kappa(counts) == pytest.approx(0.210, abs=0.0005)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=60).filter(
        lambda pairs: len({label for pair in pairs for label in pair}) > 1
    )
)
def test_cohen_kappa_is_scikit_learns(pairs):
    first, second = zip(*pairs, strict=True)
    table = np.zeros((1, 3, 3))
    np.add.at(table[0], (first, second), 1)
    assert cohen_kappa(table)[0] == pytest.approx(cohen_kappa_score(first, second, labels=[0, 1, 2]))


def test_two_readers_of_all_images_have_fleiss_kappa_as_scotts_pi():
    first, second = [0, 0, 1, 1, 2, 2, 0, 1], [0, 1, 1, 1, 2, 0, 0, 2]
    counts = np.eye(3)[first] + np.eye(3)[second]
    share = counts.sum(0) / counts.sum()
    observed, expected = np.mean(np.equal(first, second)), (share**2).sum()
    assert fleiss_kappa(counts) == pytest.approx((observed - expected) / (1 - expected))


def test_readers_are_compared_on_what_both_have_read():
    answers = [
        *(answer("A", f"i{n}", n % 3) for n in range(12)),
        *(answer("B", f"i{n}", n % 3 if n < 9 else 0) for n in range(12)),
        *(answer("C", f"i{n}", -1 if n < 4 else n % 3) for n in range(6)),
    ]
    found = reader_agreement(answers, {f"i{n}": 0 for n in range(3)}, 3)
    assert found.readers == ("A", "B", "C")
    pairs = {(a, b): each for a, b, each in found.pairs}
    assert pairs["A", "B"].images == 12
    assert pairs["A", "B"].agreement == 10 / 12
    assert pairs["A", "B"].kappa == pytest.approx(
        cohen_kappa_score([n % 3 for n in range(12)], [n % 3 if n < 9 else 0 for n in range(12)])
    )
    assert pairs["A", "C"] == Agreement(2, 2, 1.0, 1.0, pairs["A", "C"].ci95)
    assert found.not_assessed == 4
    assert found.overall.images == 12
    truth = dict(found.truth)
    assert truth["A"].agreement == 1 / 3
    assert truth["A"].images == 3
    assert "C" not in truth  # could not assess any image whose truth is known
    assert found.repeats == ()


def test_a_reader_is_compared_with_itself():
    answers = [answer("A", f"i{n}", n % 2) for n in range(6)]
    answers += [answer("A", f"i{n}", n % 2 if n else 1) for n in range(4)]
    ((reader, found),) = reader_agreement(answers, {}, 2).repeats
    assert (reader, found.images, found.agreement) == ("A", 4, 0.75)
    assert found.kappa == pytest.approx(cohen_kappa_score([0, 1, 0, 1], [1, 1, 0, 1]))


def test_kappa_is_not_defined_where_there_is_one_class_or_no_image():
    found = reader_agreement([answer("A", "i", 1), answer("B", "i", 1), answer("C", "j", 0)], {}, 3)
    pairs = {(a, b): each for a, b, each in found.pairs}
    assert pairs["A", "B"] == Agreement(1, 1, 1.0, None, None)
    assert pairs["A", "C"] == Agreement(0, 0, None, None, None)
    assert reader_agreement([], {}, 3).overall == Agreement(0, 0, None, None, None)


def test_the_interval_is_wider_where_images_belong_to_few_patients():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    other = np.where(rng.random(300) < 0.25, rng.integers(0, 3, 300), labels)

    def width(patients):
        answers = [
            answer(reader, f"i{n}", int(each[n]), f"p{n * patients // 300}")
            for reader, each in (("A", labels), ("B", other))
            for n in range(300)
        ]
        ((_, _, found),) = reader_agreement(answers, {}, 3).pairs
        assert found.patients == patients
        assert found.ci95[0] < found.kappa < found.ci95[1]
        return found.ci95[1] - found.ci95[0]

    assert width(300) == pytest.approx(0.117, abs=0.03)  # ± 1.96 × the asymptotic standard error, about 0.03
    assert width(6) > 0
    one_patient = [answer(r, f"i{n}", n % (2 + k), "p") for k, r in enumerate("AB") for n in range(9)]
    assert reader_agreement(one_patient, {}, 3).pairs[0][2].ci95 is None


def test_the_interval_holds_the_true_value_as_often_as_it_says():
    """Readers who agree with a chance of 0.7 beyond chance: kappa is 0.7."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(60):
        truth = rng.integers(0, 2, 120)
        other = np.where(rng.random(120) < 0.3, rng.integers(0, 2, 120), truth)
        answers = [answer("A", f"i{n}", int(truth[n])) for n in range(120)]
        answers += [answer("B", f"i{n}", int(other[n])) for n in range(120)]
        low, high = reader_agreement(answers, {}, 2).pairs[0][2].ci95
        hits += low <= 0.7 <= high
    assert 51 <= hits <= 60


def test_answers_taken_back_are_none_but_those_offered_again_are(store: Store, make):
    images = [image.id for image in store.images()]
    session = make.session("A")
    store.start_session(session)

    def read(reading, image, label, *, replaces=None, reason=None, t_s=1.0):
        onset = {"placement": make.placement.as_tuple(), "image_px": [64, 48], "onset_method": "swap"}
        store.append(session.id, "onset", t_s=t_s, reading=reading, image=image, data=onset)
        if label is not None:
            key = {"label": label, "confidence": 2, "replaces": replaces, "reason": reason}
            store.append(session.id, "key", t_s=t_s + 1, reading=reading, image=image, data=key)
        store.append(session.id, "offset", t_s=t_s + 2, reading=reading, image=image, data={"reason": "x"})

    read("one", images[0], 0)
    read("two", images[0], 1, replaces="one", reason="back")
    read("three", images[1], 2)
    read("four", images[1], 0, replaces="three", reason="quality")
    read("five", images[2], None)
    found = answers_of(store.readings(), store.images())
    assert [(each.image, each.label) for each in found] == [
        (images[0], 1),
        (images[1], 2),
        (images[1], 0),
    ]
    assert found[0].patient == images[0]  # no patient: the image stands for one
    assert reader_agreement(found, {}, 3).repeats[0][1].agreement == 0.0
    assert not math.isnan(reader_agreement(found, {}, 3).repeats[0][1].kappa or 0)
