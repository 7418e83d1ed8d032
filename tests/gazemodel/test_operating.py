from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from gazemodel.metrics import Predictions
from gazemodel.operating import CONFIDENCES, operating_points


@pytest.fixture
def predictions() -> Predictions:
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 300)
    logits = random.normal(size=(300, 3)) + 1.5 * np.eye(3)[target]
    powers = np.exp(logits)
    patient = np.array([f"p{each}" for each in random.integers(0, 60, 300)])
    return Predictions(target, powers / powers.sum(1, keepdims=True), patient)


def test_each_point_is_that_of_scikit_learn_among_the_sure_images(predictions: Predictions) -> None:
    neoplastic = predictions.probabilities[:, 1:].sum(1)
    for least, found in zip(CONFIDENCES, operating_points(predictions), strict=True):
        sure = np.maximum(neoplastic, 1 - neoplastic) >= least
        truly, said = (predictions.target > 0)[sure], (neoplastic >= 0.5)[sure]
        assert found["images"] == sure.sum()
        assert found["share"] == pytest.approx(sure.mean())
        assert found["sensitivity"] == pytest.approx(recall_score(truly, said))
        assert found["specificity"] == pytest.approx(recall_score(~truly, ~said))
        assert found["ppv"] == pytest.approx(precision_score(truly, said))
        assert found["npv"] == pytest.approx(precision_score(~truly, ~said))
        for name in ("sensitivity", "specificity", "ppv", "npv"):
            low, high = found["ci95"][name]
            assert low <= found[name] <= high


def test_the_threshold_is_met_for_sure_only_where_the_whole_interval_is() -> None:
    def judged(wrong: int) -> str | None:
        target = np.array([0] * (100 - wrong) + [1] * wrong + [1] * 50)
        probabilities = np.array([[0.95, 0.05]] * 100 + [[0.05, 0.95]] * 50)
        patient = np.arange(150).astype(str)
        return operating_points(Predictions(target, probabilities, patient))[-1]["meets_90_npv"]

    assert [judged(wrong) for wrong in (0, 2, 8, 30)] == ["yes", "yes", "uncertain", "no"]


def test_where_nothing_is_sure_nothing_is_said() -> None:
    unsure = Predictions(np.array([0, 1]), np.full((2, 2), 0.5), np.array(["a", "b"]))
    last = operating_points(unsure)[-1]
    assert (last["images"], last["npv"], last["meets_90_npv"]) == (0, None, None)
