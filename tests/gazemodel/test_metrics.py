from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics

from gazemodel import metrics

CLASSES = ("Type 1", "Type 2", "Type 3")


def from_confusion(matrix: list[list[int]]) -> metrics.Predictions:
    """Predictions with that confusion matrix, certain of themselves."""
    pairs = [
        (true, said)
        for true, row in enumerate(matrix)
        for said, count in enumerate(row)
        for _ in range(count)
    ]
    target, predicted = np.array(pairs).T
    return metrics.Predictions(
        target, np.eye(3)[predicted], np.array([str(index) for index in range(len(pairs))])
    )


@pytest.mark.parametrize(
    ("matrix", "accuracy", "recall", "precision"),
    [
        ([[21, 7, 0], [8, 74, 0], [0, 0, 5]], 0.869565, 0.884146, 0.879239),
        ([[15, 13, 0], [9, 73, 0], [0, 0, 5]], 0.808696, 0.808653, 0.824612),
    ],
)
def test_published_confusion_matrices_give_the_published_figures(
    matrix: list[list[int]], accuracy: float, recall: float, precision: float
) -> None:
    summary = metrics.summarise(from_confusion(matrix), CLASSES, resamples=200)
    assert summary["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert summary["balanced_accuracy"] == pytest.approx(recall, abs=1e-6)
    assert np.mean([each["ppv"] for each in summary["per_class"].values()]) == pytest.approx(
        precision, abs=1e-6
    )
    assert summary["confusion"] == matrix
    low, high = summary["ci95"]["accuracy"]
    assert low < accuracy < high


def random_predictions(seed: int, count: int = 60) -> tuple[metrics.Predictions, np.ndarray]:
    random = np.random.default_rng(seed)
    target = random.integers(0, 3, count)
    scores = np.round(random.random((count, 3)) + 0.5 * np.eye(3)[target], 1)  # rounded: with ties
    probabilities = scores / scores.sum(1, keepdims=True)
    patient = np.array([f"p{index // 4}" for index in range(count)])
    return metrics.Predictions(target, probabilities, patient), random.integers(0, 3, (1, count)).astype(
        float
    )


@pytest.mark.parametrize("seed", range(5))
def test_weighted_measures_are_those_of_scikit_learn(seed: int) -> None:
    found, weights = random_predictions(seed)
    target, predicted, weight = found.target, found.predicted, weights[0]
    ours = {name: float(value[0]) for name, value in metrics.headline(found, weights).items()}
    areas = [
        sklearn.metrics.roc_auc_score(target == c, found.probabilities[:, c], sample_weight=weight)
        for c in range(3)
    ]
    theirs = {
        "accuracy": sklearn.metrics.accuracy_score(target, predicted, sample_weight=weight),
        "balanced_accuracy": sklearn.metrics.balanced_accuracy_score(target, predicted, sample_weight=weight),
        "macro_f1": sklearn.metrics.f1_score(target, predicted, average="macro", sample_weight=weight),
        "auroc_macro": np.mean(areas),
        "kappa": sklearn.metrics.cohen_kappa_score(target, predicted, sample_weight=weight),
    }
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs, abs=1e-9)


def test_rates_of_a_class_are_those_of_its_two_by_two_table() -> None:
    rates = metrics.rates(np.array([[[21.0, 7, 0], [8, 74, 0], [0, 0, 5]]]))
    assert rates["sensitivity"][0, 0] == pytest.approx(21 / 28)
    assert rates["specificity"][0, 0] == pytest.approx(79 / 87)
    assert rates["ppv"][0, 0] == pytest.approx(21 / 29)
    assert rates["npv"][0, 0] == pytest.approx(79 / 86)


def test_a_class_that_does_not_occur_has_no_figures_and_spoils_none() -> None:
    predictions = metrics.Predictions(np.array([0, 0, 1, 1]), np.eye(3)[[0, 1, 1, 1]], np.array(list("abcd")))
    summary = metrics.summarise(predictions, CLASSES, resamples=50)
    assert summary["balanced_accuracy"] == pytest.approx(0.75)
    assert summary["per_class"]["Type 3"]["sensitivity"] is None
    assert summary["per_class"]["Type 3"]["auroc"] is None
    assert summary["auroc_macro"] is not None


def test_the_bootstrap_draws_whole_patients() -> None:
    patient = np.array(["a", "a", "b", "c", "c", "c"])
    weights = metrics.patient_weights(patient, 500)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[:, [0, 2, 3]].sum(1) == 3).all()


def test_intervals_are_wider_where_a_patient_has_many_images() -> None:
    random = np.random.default_rng(0)
    right = np.repeat(random.random(20) < 0.7, 10)  # all images of a patient are right, or all wrong
    target = np.zeros(200, np.int64)
    probabilities = np.eye(2)[(~right).astype(int)]
    own = metrics.Predictions(target, probabilities, np.arange(200).astype(str))
    shared = metrics.Predictions(target, probabilities, np.repeat(np.arange(20), 10).astype(str))
    widths = []
    for each in (own, shared):
        low, high = metrics.summarise(each, ("a", "b"))["ci95"]["accuracy"]
        widths.append(high - low)
    assert widths[1] > 2 * widths[0]


def test_patients_of_many_images_count_as_one_in_the_mean_by_patient() -> None:
    predictions = metrics.Predictions(np.zeros(4, np.int64), np.eye(2)[[1, 1, 1, 0]], np.array(list("aaab")))
    assert metrics.summarise(predictions, ("x", "y"), resamples=10)["per_patient"][
        "accuracy"
    ] == pytest.approx(0.5)


def test_calibration_error_is_the_gap_of_confidence_and_accuracy() -> None:
    confidence = np.array([0.9, 0.9, 0.9, 0.9, 0.6, 0.6])
    correct = np.array([True, True, True, False, True, False])
    expected = (4 * abs(0.75 - 0.9) + 2 * abs(0.5 - 0.6)) / 6
    found = metrics.expected_calibration_error(correct, confidence, np.ones((1, 6)))
    assert found[0] == pytest.approx(expected)


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    random = np.random.default_rng(0)
    honest = random.normal(0, 1.5, (4000, 3))
    chances = np.exp(honest) / np.exp(honest).sum(1, keepdims=True)
    target = (chances.cumsum(1) > random.random((4000, 1))).argmax(1)
    assert metrics.fit_temperature(honest * 4, target) == pytest.approx(4, rel=0.1)
    assert metrics.fit_temperature(honest, target) == pytest.approx(1, rel=0.1)


def test_no_temperature_is_learnt_where_all_is_right() -> None:
    """The likelihood has no maximum there: any bound would be the result."""
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 12)
    logits = random.normal(0, 0.2, (12, 3)) + np.eye(3)[target]
    assert metrics.fit_temperature(logits, target) == 1
    assert metrics.fit_temperature(logits, np.append(target[:-1], (target[-1] + 1) % 3)) != 1
