from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gazemodel.evaluate import evaluate, robustness
from gazemodel.run import open_run
from gazemodel.shifts import SHIFTS, Shifted


@pytest.fixture
def picture() -> np.ndarray:
    random = np.random.default_rng(0)
    coarse = random.integers(60, 180, (8, 8, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 16, 0), 16, 1)


def test_each_changes_what_it_says(picture: np.ndarray) -> None:
    assert SHIFTS["darker by 30 %"](picture).mean() == pytest.approx(0.7 * picture.mean(), abs=0.5)
    assert SHIFTS["brighter by 30 %"](picture).mean() == pytest.approx(1.3 * picture.mean(), abs=0.5)
    assert SHIFTS["brighter by 30 %"](np.full_like(picture, 250)).min() == 255

    def sharp(pixels: np.ndarray) -> float:
        return float(np.abs(np.diff(pixels.astype(float), axis=0)).mean())

    once, twice = (SHIFTS[f"blurred (sigma {share} % of the side)"](picture) for share in ("0.5", "1"))
    assert sharp(twice) <= sharp(once) <= sharp(picture)
    assert np.abs(once.astype(int) - picture).max() > 10
    fine, coarse = (SHIFTS[f"JPEG, quality {quality}"](picture) for quality in (50, 20))
    assert 0 < np.abs(fine.astype(int) - picture).mean() < np.abs(coarse.astype(int) - picture).mean() < 20


def test_colours_stay_in_their_channels() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 180
    for change in SHIFTS.values():
        assert change(red).mean((0, 1)).argmax() == 0


def test_a_shifted_set_changes_the_image_alone(picture: np.ndarray) -> None:
    item = {"image": torch.from_numpy(picture.transpose(2, 0, 1).copy()), "label": torch.tensor(2)}
    shifted = Shifted([item], SHIFTS["darker by 30 %"])
    assert len(shifted) == 1
    found = shifted[0]
    assert found["label"] == 2
    assert found["image"].dtype == torch.uint8
    expected = SHIFTS["darker by 30 %"](picture)
    assert (found["image"].numpy() == expected.transpose(2, 0, 1)).all()


def test_robustness_is_kept_with_the_metrics(trained: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(trained, copy)
    run = open_run(copy)
    found = evaluate(run)
    told = robustness(run, found)
    assert [each["shift"] for each in told] == list(SHIFTS)
    for each in told:
        mean = each["accuracy"] - found.metrics["accuracy"]
        assert each["difference"]["mean"] == pytest.approx(mean)
    assert json.loads(run.metrics.read_text())["robustness"] == json.loads(json.dumps(told))
