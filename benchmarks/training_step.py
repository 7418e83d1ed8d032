"""What does gaze cost? Time of our training step against a bare PyTorch loop of the same network.

Both train on the same generated images on this machine's device, interleaved epoch by epoch. Ours
includes the loader, augmentation, the attention loss, Lightning and the bookkeeping of its metrics; the
bare loop has its batches ready in memory and knows cross-entropy only.

    python benchmarks/training_step.py [--recipe quick] [--size 128] [--images 96] [--epochs 6]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import lightning.pytorch as pl
import numpy as np
import spurious_cue
import torch
from torch.nn import functional
from torch.utils.data import DataLoader

from gazemodel.config import TrainConfig, make_config
from gazemodel.data import DataFacts, ImageSet, read_facts
from gazemodel.network import initial_network
from gazemodel.run import best_device
from gazemodel.task import GazeTask
from gazemodel.train import quiet


class Clock(pl.Callback):
    """Times the batches of every epoch but the first, which fills the loader's memory."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the watch."""
        _wait()
        self._began = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop it."""
        _wait()
        if trainer.current_epoch:
            self.seconds.append((time.perf_counter() - self._began) / int(trainer.num_training_batches))


def ours(facts: DataFacts, config: TrainConfig) -> float:
    """Measure the median seconds of our step."""
    pl.seed_everything(config.seed, verbose=False)
    images = ImageSet(facts, facts.rows("train"), config.size, keep_aspect=True, gaze=config.uses_gaze)
    clock = Clock()
    task = GazeTask(initial_network(config, len(facts.classes)), config)
    task.on_train_epoch_end = lambda: None  # means over an epoch need a validation, which is not timed
    with quiet():
        trainer = pl.Trainer(
            max_epochs=config.epochs,
            logger=False,
            callbacks=[clock],
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            limit_val_batches=0,
        )
        trainer.fit(task, DataLoader(images, batch_size=config.batch, shuffle=True, drop_last=True))
    images.close()
    return float(np.median(clock.seconds))


def bare(facts: DataFacts, config: TrainConfig) -> float:
    """Measure the median seconds of a step that has everything at hand."""
    device = best_device()
    images = ImageSet(facts, facts.rows("train"), config.size, keep_aspect=True, gaze=False)
    pixels = torch.stack([images[index]["image"] for index in range(len(images))]).float().to(device) / 255
    labels = torch.stack([images[index]["label"] for index in range(len(images))]).to(device)
    images.close()
    batches = list(zip(pixels.split(config.batch), labels.split(config.batch), strict=True))
    network = initial_network(config, len(facts.classes)).to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    seconds = []
    for _ in range(config.epochs):
        _wait()
        began = time.perf_counter()
        for inputs, targets in batches:
            loss = functional.cross_entropy(network(inputs).logits, targets)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        _wait()
        seconds.append((time.perf_counter() - began) / len(batches))
    return float(np.median(seconds[1:]))


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def main() -> None:
    """Print the ratio for each arm."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", default="quick")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wish = spurious_cue.Shortcut(size=given.size, train=given.images, validation=3, test=3)
        facts = read_facts(spurious_cue.write_dataset(Path(folder) / "data.h5", wish))
        print(f"{given.recipe}, {given.size} px, {given.images} images, on {best_device()}")
        for loss in ("none", "default", "reference"):
            config = make_config(
                given.recipe, size=given.size, epochs=given.epochs, attention_loss=loss, batch=16
            )
            pairs = [(ours(facts, config), bare(facts, config)) for _ in range(given.rounds)]
            mine, plain = np.median(pairs, axis=0)
            print(
                f"{loss:<10} ours {mine * 1e3:7.1f} ms  bare {plain * 1e3:7.1f} ms  ratio {mine / plain:.2f}"
            )


if __name__ == "__main__":
    main()
