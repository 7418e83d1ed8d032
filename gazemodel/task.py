"""What is optimised: cross-entropy plus λ times the attention loss."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts

from gazemodel.attention import View, attention_loss
from gazemodel.augment import augment
from gazemodel.config import TrainConfig
from gazemodel.network import GazeNetwork

Batch = dict[str, Tensor]
_SUMS = ("loss", "attention", "correct", "images", "with_gaze")


class GazeTask(pl.LightningModule):
    """A network, its losses and its optimiser; the means of the last epoch are in `means`.

    With λ = 0 nothing of the attention is computed and the same random numbers are drawn, so that
    the run is bit for bit that of the plain classifier.
    """

    def __init__(
        self, network: GazeNetwork, config: TrainConfig, class_weights: Tensor | None = None
    ) -> None:
        super().__init__()
        self.network = network
        self.config = config
        self.class_weights: Tensor | None
        self.register_buffer("class_weights", class_weights, persistent=False)
        self.means: dict[str, float] = {}
        self._sums: dict[str, Tensor] = {}

    def on_train_epoch_start(self) -> None:
        """Begin to add up."""
        self._sums = self._zeros()
        if self.config.freeze_norm:
            for each in self.network.modules():
                if isinstance(each, nn.modules.batchnorm._BatchNorm):
                    each.eval()

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Loss of a batch after augmentation."""
        # Every batch has its own seed, so that a resumed run repeats an uninterrupted one.
        seed = self._seed(self.current_epoch, self.global_rank, batch_index)
        torch.manual_seed(seed)
        images, gaze = batch["image"].float() / 255, batch.get("gaze")
        if self.config.augmentation == "recipe":
            generator = torch.Generator().manual_seed(seed + 1)
            images, gaze = augment(images, gaze, self.config.augment, generator)
        entropy, attention = self._losses(images, gaze, batch, self._sums)
        if not self.config.uses_gaze:
            return entropy
        return entropy + self._weight() * attention

    def on_validation_epoch_start(self) -> None:
        """Begin to add up."""
        self._validation = self._zeros()

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        """Losses of a batch as it is; every process sees all validation images."""
        self._losses(batch["image"].float() / 255, batch.get("gaze"), batch, self._validation)

    def on_train_epoch_end(self) -> None:
        """Turn sums into the means of the epoch, and log them."""
        train = {
            name: self.trainer.strategy.reduce(value, reduce_op="sum") for name, value in self._sums.items()
        }
        self.means = {**_means("train", train), **_means("val", self._validation)}
        self.log_dict({name: value for name, value in self.means.items() if value == value}, sync_dist=False)

    def configure_optimizers(self) -> Any:  # noqa: ANN401 - Lightning's own union of types
        """Optimiser and, an epoch at a time, its learning rate."""
        config = self.config
        kind = torch.optim.Adam if config.optimiser == "adam" else torch.optim.AdamW
        optimiser = kind(self.network.parameters(), lr=config.lr, weight_decay=config.weight_decay)
        if config.schedule == "cosine_restarts":
            schedule: Any = CosineAnnealingWarmRestarts(optimiser, T_0=10, T_mult=2)
        else:
            schedule = CosineAnnealingLR(optimiser, T_max=config.epochs, eta_min=config.lr / 100)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "epoch"}}

    def _losses(
        self, images: Tensor, gaze: Tensor | None, batch: Batch, sums: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        output = self.network(images)
        entropy = classification_loss(output.logits, batch["label"], self.config, self.class_weights)
        attention, with_gaze = entropy.new_zeros(()), entropy.new_zeros(())
        if self.config.uses_gaze and gaze is not None:
            with torch.autocast(self.device.type, enabled=False):
                view = View(
                    features=output.features.float(),
                    weight=self.network.classifier.weight,
                    logits=output.logits.float(),
                    label=batch["label"],
                    gaze=gaze,
                    gaze_logits=None if output.gaze is None else output.gaze.float(),
                )
                attention = attention_loss(self.config.loss_name, view, batch["has_gaze"])
            with_gaze = batch["has_gaze"].sum()
        count = len(images)
        sums["loss"] += entropy.detach() * count
        sums["attention"] += attention.detach() * with_gaze
        sums["correct"] += (output.logits.detach().argmax(1) == batch["label"]).sum()
        sums["images"] += count
        sums["with_gaze"] += with_gaze
        return entropy, attention

    def _weight(self) -> float:
        ramp = self.config.attention_ramp_epochs
        share = min(1.0, (self.current_epoch + 1) / (ramp + 1))
        return self.config.attention_weight * share

    def _zeros(self) -> dict[str, Tensor]:
        return {name: torch.zeros((), device=self.device) for name in _SUMS}

    def _seed(self, *parts: int) -> int:
        seed = self.config.seed
        for part in parts:
            seed = (seed * 1_000_003 + part + 1) % 2**62
        return seed


def classification_loss(
    logits: Tensor, label: Tensor, config: TrainConfig, class_weights: Tensor | None = None
) -> Tensor:
    """Cross-entropy with what the options add to it: class weights, label smoothing, focal loss.

    Parameters
    ----------
    logits : Tensor, shape (n, C)
    label : Tensor, shape (n,)
    config : TrainConfig
    class_weights : Tensor, shape (C,), optional

    Returns
    -------
    Tensor
        Weighted mean; exactly the plain cross-entropy where no option is set.

    Notes
    -----
    Focal loss (Lin et al. 2017, doi 10.1109/ICCV.2017.324): each image's loss times (1 − p)^γ, p the
    probability of its class.
    """
    if not config.focal_gamma:
        return functional.cross_entropy(
            logits, label, weight=class_weights, label_smoothing=config.label_smoothing
        )
    each = functional.cross_entropy(logits, label, label_smoothing=config.label_smoothing, reduction="none")
    true = logits.softmax(1).gather(1, label[:, None])[:, 0]
    weight = torch.ones_like(each) if class_weights is None else class_weights[label]
    return (weight * (1 - true) ** config.focal_gamma * each).sum() / weight.sum()


def balanced_weights(label: Tensor, classes: int) -> Tensor:
    """Weigh each class by the inverse of its images, so that the mean over these images is 1; shape (C,).

    A class without images has weight 1.
    """
    count = torch.bincount(label, minlength=classes)
    present = int((count > 0).sum())
    return torch.where(count > 0, len(label) / (present * count.clamp(min=1)), torch.ones(classes))


def _means(stage: str, sums: dict[str, Tensor]) -> dict[str, float]:
    total = {name: float(value) for name, value in sums.items()}
    return {
        f"{stage}_loss": total["loss"] / total["images"],
        f"{stage}_attention": total["attention"] / total["with_gaze"] if total["with_gaze"] else float("nan"),
        f"{stage}_accuracy": total["correct"] / total["images"],
    }
