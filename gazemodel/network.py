"""The network: backbone → feature maps → average pooling → dropout → linear classifier."""

from __future__ import annotations

from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from gazemodel.backbones import build_backbone, cut_to_stages
from gazemodel.config import Backbone, TrainConfig
from gazemodel.weights import initial_backbone

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)


class Architecture(BaseModel):
    """All that is needed to build the same network again, without its weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: Backbone
    size: int
    classes: int
    dropout: float
    normalise: bool
    gaze_head: bool
    tensorflow_padding: bool = False


class Output(NamedTuple):
    """What the network says of a batch.

    Attributes
    ----------
    logits : Tensor, shape (n, classes)
    features : Tensor, shape (n, K, h, w)
        The last feature maps.
    gaze : Tensor or None, shape (n, 1, h, w)
        Logits of the predicted gaze map where the network has such a head.
    """

    logits: Tensor
    features: Tensor
    gaze: Tensor | None


class GazeNetwork(nn.Module):
    """Image classifier whose class activation maps can be supervised.

    Parameters
    ----------
    architecture : Architecture
    backbone : Module
        A whole MONAI network; it is cut so that its maps have at least 6 × 6 cells.
    """

    mean: Tensor
    std: Tensor
    temperature: Tensor

    def __init__(self, architecture: Architecture, backbone: nn.Module) -> None:
        super().__init__()
        self.architecture = architecture
        self.features = cut_to_stages(architecture.backbone, backbone, architecture.size)
        channels = _channels(self.features, architecture.size)
        self.dropout = nn.Dropout(architecture.dropout)
        self.classifier = nn.Linear(channels, architecture.classes)
        self.gaze_head = _gaze_head(channels) if architecture.gaze_head else None
        mean, std = (_IMAGENET_MEAN, _IMAGENET_STD) if architecture.normalise else ((0.0,) * 3, (1.0,) * 3)
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1))
        # Divides the logits for calibrated probabilities; fitted on the validation images after training.
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, images: Tensor) -> Output:
        """Classify images.

        Parameters
        ----------
        images : Tensor, shape (n, 3, size, size)
            RGB, 0..1.
        """
        features = self.features((images - self.mean) / self.std)
        logits = self.classifier(self.dropout(features.mean(dim=(2, 3))))
        return Output(logits, features, self.gaze_head(features) if self.gaze_head is not None else None)


def initial_network(config: TrainConfig, classes: int) -> GazeNetwork:
    """Build the network that a run starts from; the global seed decides its fresh weights.

    Raises
    ------
    BadInput
        Where the initial weights cannot be used.
    """
    backbone, tensorflow_padding = initial_backbone(config.backbone, config.weights)
    return GazeNetwork(
        Architecture(
            backbone=config.backbone,
            size=config.size,
            classes=classes,
            dropout=config.dropout,
            normalise=config.normalise,
            gaze_head=config.loss_name == "head",
            tensorflow_padding=tensorflow_padding,
        ),
        backbone,
    )


def empty_network(architecture: Architecture) -> GazeNetwork:
    """Build a network whose weights are to be loaded."""
    backbone = build_backbone(architecture.backbone, tensorflow_padding=architecture.tensorflow_padding)
    return GazeNetwork(architecture, backbone)


def _gaze_head(channels: int) -> nn.Module:
    # Own random numbers, so that an arm with this head starts from the same weights as one without.
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(
            nn.Conv2d(channels, 64, kernel_size=1),
            nn.ReLU(),
            nn.Conv2d(64, 64, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 1, kernel_size=1),
        )


def _channels(features: nn.Sequential, size: int) -> int:
    meta = {name: value.to("meta") for name, value in features.state_dict().items()}
    image = torch.empty(1, 3, size, size, device="meta")
    training = features.training
    features.eval()
    with torch.no_grad():
        channels = int(torch.func.functional_call(features, meta, (image,)).shape[1])
    features.train(training)
    return channels
