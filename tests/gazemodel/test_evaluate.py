"""Attention is laid over images where it belongs: beside padding, stretched, and as it was trained."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from gazemodel.attention import View, reference
from gazemodel.config import make_config
from gazemodel.data import read_facts
from gazemodel.evaluate import _attention, cam_on_image
from gazemodel.inference import Answers, cam_at


@pytest.fixture
def wide_data(own_data: Path) -> Path:
    """The data set of 48 px with images of twice the width: their gaze lies at (33, 9) of 48 × 24 px."""
    with h5py.File(own_data, "r+") as file:
        file["images/size_px"][:] = (96, 48)
        file["images/to_grid"][:] = (0.5, 0, 12)
        file["fixations/xy_px"][:] = (66, 18)
        row, column = np.mgrid[:48, :48] + 0.5
        file["images/heatmap"][:] = np.exp(-((column - 33) ** 2 + (row - 21) ** 2) / 50)
    return own_data


@pytest.mark.parametrize("keep_aspect", [True, False])
def test_attention_that_lies_on_the_gaze_agrees_with_it(wide_data: Path, keep_aspect: bool) -> None:
    facts = read_facts(wide_data)
    rows = facts.rows("test")
    cam = np.zeros((8, 8))
    cam[3, 5] = 1  # of cells of 6 × 6 px of the grid, or of 6 × 3 px of the image
    config = make_config(attention_loss="area").model_copy(update={"keep_aspect": keep_aspect})
    laid = cam_on_image(cam, facts, int(rows[0]), config)
    assert laid.shape == (24, 48)
    centre = np.average(np.argwhere(laid > laid.max() / 2) + 0.5, axis=0)
    assert centre == pytest.approx((9, 33) if keep_aspect else (10.5, 33), abs=0.6)
    answers = Answers(np.zeros((len(rows), 3)), np.repeat(cam[None], len(rows), axis=0))
    found = _attention(facts, rows, answers, config)
    assert found["auc_judd"].min() > 0.97
    assert found["nss"].min() > 3
    assert found["cc"].min() > (0.8 if keep_aspect else 0.55)


def test_the_reference_map_is_judged_as_it_was_trained() -> None:
    cells = 1 + torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    enlarged = cam_at(cells[0, 0].double().numpy(), (64, 64), "reference")
    soft = 1 / (1 + np.exp(-100 * ((enlarged - enlarged.min()) / np.ptp(enlarged) - 0.4)))
    view = View(
        features=cells,
        weight=torch.ones(2, 1),
        logits=torch.zeros(1, 2),
        label=torch.zeros(1, dtype=torch.long),
        gaze=torch.from_numpy(soft)[None, None].float(),
    )
    assert float(reference(view)[0]) < 1e-3
    other = cam_at(cells[0, 0].double().numpy(), (64, 64))
    assert np.abs(other - enlarged).max() > 0.1
