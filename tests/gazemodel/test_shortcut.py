"""The reason for all this: gaze keeps a network off a shortcut that fails in the test images."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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
    plain = shortcut.test_accuracy(data, tmp_path / "plain", attention_loss="none", **OPTIONS)
    gaze = shortcut.test_accuracy(data, tmp_path / "gaze", attention_loss="default", **OPTIONS)
    assert gaze["accuracy"] >= plain["accuracy"] + 0.15
    assert gaze["cc"] > plain["cc"] + 0.2
