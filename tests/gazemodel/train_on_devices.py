"""A script, not a test: trains on the processes that Lightning starts by running it again."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from gazemodel import train
from gazemodel.config import make_config

BATCH = 6


def main(data: str, folder: str, devices: int) -> None:
    torch.set_num_threads(1)
    config = make_config(
        "quick",
        size=48,
        epochs=2,
        lr=1e-4,
        batch=BATCH // devices,
        devices=devices,
        augmentation="none",
        dropout=0.0,
        freeze_norm=True,
    )
    run, facts, network = train.prepare(Path(data), Path(folder), config)
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
