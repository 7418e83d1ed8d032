"""Two processes learn what one learns."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch

SCRIPT = Path(__file__).with_name("train_on_devices.py")


def history(data: Path, folder: Path, devices: int) -> list[dict[str, str]]:
    environment = {name: value for name, value in os.environ.items() if "RANK" not in name}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(data), str(folder), str(devices)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return list(csv.DictReader((folder / "history.csv").read_text().splitlines()))


@pytest.mark.slow
def test_two_processes_have_the_loss_curve_of_one_with_the_same_global_batch(
    small_data: Path, tmp_path: Path
) -> None:
    alone = history(small_data, tmp_path / "one", 1)
    together = history(small_data, tmp_path / "two", 2)
    assert len(alone) == len(together) == 2
    for one, two in zip(alone, together, strict=True):
        for name in ("train_loss", "train_attention", "val_loss", "val_attention"):
            assert float(two[name]) == pytest.approx(float(one[name]), rel=1e-4), name
        assert one["train_accuracy"] == two["train_accuracy"]
    first, second = (
        safetensors.torch.load_file(tmp_path / name / "model.safetensors") for name in ("one", "two")
    )
    moved = [float((second[name] - value).abs().max()) for name, value in first.items() if value.ndim]
    assert max(moved) < 1e-3
