"""How far readers agree: with each other, with themselves, and with pathology.

Cohen's kappa for two, Fleiss' kappa for all, both as in their papers; with 95 % intervals by
resampling patients, since images of one patient are not independent.

References
----------
Cohen 1960, doi 10.1177/001316446002000104. Fleiss 1971, doi 10.1037/h0031619; where images have
different numbers of answers, an image's agreement is that of its pairs of answers, and the share of
a class that of all answers (Fleiss, Levin & Paik 2003, ch. 18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.study.model import Image, Reading

RESAMPLES = 2000
_AT_A_TIME = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What a reader said of an image.

    Attributes
    ----------
    patient : str
        Of the image; an image without a patient is its own.
    label : int
        Class index; negative where the image cannot be assessed.
    """

    reader: str
    image: str
    patient: str
    label: int


@dataclass(frozen=True)
class Agreement:
    """How far answers agree.

    Attributes
    ----------
    images, patients : int
        On which they are compared.
    agreement : float or None
        Share of equal answers (of all readers: of equal pairs); None without images.
    kappa : float or None
        None where it is not defined: no images, or one class only.
    ci95 : tuple of float, or None
        Of kappa; None with fewer than two patients.
    """

    images: int
    patients: int
    agreement: float | None
    kappa: float | None
    ci95: tuple[float, float] | None


@dataclass(frozen=True)
class ReaderAgreement:
    """Agreement of the readers of a study.

    Attributes
    ----------
    readers : tuple of str
    overall : Agreement
        All readers, on images with at least two answers (Fleiss).
    pairs : tuple of (str, str, Agreement)
        Each reader with each other one (Cohen).
    repeats : tuple of (str, Agreement)
        Readers with themselves, on images that they read twice.
    truth : tuple of (str, Agreement)
        Readers with pathology; `agreement` is the share of right answers.
    not_assessed : int
        Answers that an image cannot be assessed; they are compared with nothing.
    """

    readers: tuple[str, ...]
    overall: Agreement
    pairs: tuple[tuple[str, str, Agreement], ...]
    repeats: tuple[tuple[str, Agreement], ...]
    truth: tuple[tuple[str, Agreement], ...]
    not_assessed: int


def answers_of(readings: Iterable[Reading], images: Iterable[Image]) -> list[Answer]:
    """Return the answers of a study, in order.

    A first answer that the reader has taken back is none; one whose image was offered again because
    the gaze was poor is, for it was given in earnest.
    """
    patient = {image.id: image.patient or image.id for image in images}
    readings = list(readings)
    taken_back = {each.replaces for each in readings if each.state == "done" and each.reason == "back"}
    return [
        Answer(each.reader, each.image, patient[each.image], each.label)
        for each in readings
        if each.state == "done" and each.label is not None and each.id not in taken_back
    ]


def reader_agreement(answers: Sequence[Answer], truth: Mapping[str, int], classes: int) -> ReaderAgreement:
    """Compare all answers.

    Parameters
    ----------
    answers : sequence of Answer
        In the order in which they were given; where a reader answered twice, the last one is
        compared with others.
    truth : mapping
        Image → class, where it is known.
    classes : int
        Number of classes.
    """
    patient = {each.image: each.patient for each in answers}
    given: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in answers:
        if each.label >= 0:
            given[each.reader][each.image].append(each.label)
    readers = sorted({each.reader for each in answers})
    last = {reader: {image: labels[-1] for image, labels in given[reader].items()} for reader in readers}

    def compared(pairs: Iterable[tuple[str, int, int]]) -> Agreement:
        return _of_pairs([(patient[image], a, b) for image, a, b in pairs], classes)

    return ReaderAgreement(
        readers=tuple(readers),
        overall=_of_all(last, patient, classes),
        pairs=tuple(
            (a, b, compared((image, last[a][image], last[b][image]) for image in last[a] if image in last[b]))
            for a, b in combinations(readers, 2)
        ),
        repeats=tuple(
            (reader, compared((image, *two) for image, labels in mine.items() for two in pairwise(labels)))
            for reader, mine in sorted(given.items())
            if any(len(labels) > 1 for labels in mine.values())
        ),
        truth=tuple(
            (
                reader,
                compared((image, truth[image], label) for image, label in mine.items() if image in truth),
            )
            for reader, mine in last.items()
            if any(image in truth for image in mine)
        ),
        not_assessed=sum(each.label < 0 for each in answers),
    )


def as_facts(found: ReaderAgreement) -> dict[str, Any]:
    """Give the agreement of readers as JSON types."""
    return {
        "readers": list(found.readers),
        "overall": asdict(found.overall),
        "pairs": [{"readers": [a, b], **asdict(each)} for a, b, each in found.pairs],
        "repeats": [{"reader": reader, **asdict(each)} for reader, each in found.repeats],
        "truth": [{"reader": reader, **asdict(each)} for reader, each in found.truth],
        "not_assessed": found.not_assessed,
    }


def cohen_kappa(tables: Floats) -> Floats:
    """Cohen's kappa of tables of counts (n, classes, classes), shape (n,); NaN where not defined."""
    total = tables.sum(axis=(1, 2))
    observed = _ratio(np.trace(tables, axis1=1, axis2=2), total)
    expected = _ratio((tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1), total**2)
    return _ratio(observed - expected, 1 - expected)


def fleiss_kappa(counts: NDArray[Any]) -> float:
    """Fleiss' kappa of counts of answers (images, classes), each row at least two; NaN where not defined."""
    return float(_fleiss(_fleiss_sums(np.asarray(counts, float)).sum(axis=0, keepdims=True))[0])


def _of_pairs(pairs: Sequence[tuple[str, int, int]], classes: int) -> Agreement:
    """Compare pairs of answers, each with the patient of its image."""
    if not pairs:
        return Agreement(0, 0, None, None, None)
    patients, first, second = zip(*pairs, strict=True)
    cells = np.eye(classes * classes)[np.array(first) * classes + np.array(second)]

    def kappa(sums: Floats) -> Floats:
        return cohen_kappa(sums.reshape(-1, classes, classes))

    equal = sum(a == b for _, a, b in pairs) / len(pairs)
    return _summary(np.array(patients), cells, kappa, equal)


def _of_all(last: Mapping[str, Mapping[str, int]], patient: Mapping[str, str], classes: int) -> Agreement:
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(classes))
    for mine in last.values():
        for image, label in mine.items():
            counts[image][label] += 1
    several = [image for image, each in counts.items() if each.sum() >= 2]
    if not several:
        return Agreement(0, 0, None, None, None)
    sums = _fleiss_sums(np.array([counts[image] for image in several]))
    return _summary(np.array([patient[image] for image in several]), sums, _fleiss, float(sums[:, 0].mean()))


def _fleiss_sums(counts: Floats) -> Floats:
    """Give for each image what is summed up: its share of equal pairs, 1, and its answers by class."""
    n = counts.sum(axis=1)
    pairs = ((counts**2).sum(axis=1) - n) / (n * (n - 1))
    return np.column_stack([pairs, np.ones(len(n)), counts])


def _fleiss(sums: Floats) -> Floats:
    observed = _ratio(sums[:, 0], sums[:, 1])
    expected = (_ratio(sums[:, 2:].T, sums[:, 2:].sum(axis=1)) ** 2).sum(axis=0)
    return _ratio(observed - expected, 1 - expected)


def _summary(
    patients: NDArray[np.str_], rows: Floats, kappa: Callable[[Floats], Floats], agreement: float
) -> Agreement:
    """Compute kappa of rows that are summed up, and its interval.

    Parameters
    ----------
    patients : ndarray, shape (n,)
    rows : ndarray, shape (n, k)
        One for each image.
    kappa : callable
        From sums (b, k) to kappas (b,).
    agreement : float
    """
    names, owner = np.unique(patients, return_inverse=True)
    by_patient = np.zeros((len(names), rows.shape[1]))
    np.add.at(by_patient, owner, rows)
    value = float(kappa(by_patient.sum(axis=0, keepdims=True))[0])
    if not np.isfinite(value):
        return Agreement(len(rows), len(names), agreement, None, None)
    return Agreement(len(rows), len(names), agreement, value, _interval(by_patient, kappa))


def _interval(by_patient: Floats, kappa: Callable[[Floats], Floats]) -> tuple[float, float] | None:
    """95 % percentile interval, patients drawn with replacement."""
    count = len(by_patient)
    if count < 2:
        return None
    generator = np.random.default_rng(0)
    drawn = [
        kappa(generator.multinomial(count, np.full(count, 1 / count), _AT_A_TIME) @ by_patient)
        for _ in range(RESAMPLES // _AT_A_TIME)
    ]
    values = np.concatenate(drawn)
    low, high = np.percentile(values[np.isfinite(values)], [2.5, 97.5])
    return float(low), float(high)


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below != 0, above / below, np.nan), np.float64)
