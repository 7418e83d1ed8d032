"""The reason for all this: gaze keeps a network off a shortcut that fails in the test images."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gazemodel import train
from gazemodel.arrangement import Arrangement
from gazemodel.config import make_config
from gazemodel.evaluate import evaluate

OPTIONS: dict[str, Any] = {
    "size": 48,
    "epochs": 10,
    "batch": 15,
    "lr": 1e-3,
    "patience": 0,
    "augmentation": "none",
}


@pytest.mark.slow
def test_a_network_with_gaze_generalises_where_the_plain_one_learns_the_mark(
    shortcut: ModuleType, tmp_path: Path
) -> None:
    wish = shortcut.Shortcut(size=48, train=120, validation=30, test=120, contrast=45)
    data = shortcut.write_dataset(tmp_path / "data.h5", wish)

    def judged(name: str, loss: str, **arrangement: object) -> dict[str, Any]:
        run, facts, network = train.prepare(
            data,
            tmp_path / name,
            make_config(attention_loss=loss, **OPTIONS),
            Arrangement.model_validate(arrangement),
        )
        train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
        return evaluate(run).metrics

    plain, gaze = judged("plain", "none"), judged("gaze", "default")
    control = judged("control", "default", shuffled=True)
    assert gaze["accuracy"] >= plain["accuracy"] + 0.15
    assert gaze["attention"]["cc"] > plain["attention"]["cc"] + 0.2
    # Gaze that belongs to another image is of no use.
    assert gaze["accuracy"] >= control["accuracy"] + 0.15
