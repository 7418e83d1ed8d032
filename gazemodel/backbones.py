"""Backbones from MONAI as a list of stages, so that one can be cut where its maps become too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from monai.networks.nets.densenet import DenseNet121
from monai.networks.nets.efficientnet import EfficientNetBN
from monai.networks.nets.resnet import resnet18, resnet50
from torch import nn

from gazemodel.config import Backbone

MIN_CELLS = 6
"""A class activation map with fewer cells a side cannot say where the network looks."""


def build_backbone(name: Backbone, *, tensorflow_padding: bool = False) -> nn.Module:
    """Build a whole MONAI network with fresh weights (never downloads).

    Parameters
    ----------
    name : str
    tensorflow_padding : bool
        EfficientNets only. False: padding and norms as torchvision's (symmetric), which the
        reference study used; True: as TensorFlow's, for which MONAI's published weights were made.
    """
    if name in ("resnet18", "resnet50"):
        make: Callable[..., nn.Module] = resnet18 if name == "resnet18" else resnet50
        return make(
            pretrained=False, spatial_dims=2, n_input_channels=3, conv1_t_stride=2, bias_downsample=False
        )
    if name == "densenet121":
        return DenseNet121(spatial_dims=2, in_channels=3, out_channels=2, pretrained=False)
    network = EfficientNetBN(name, pretrained=False)
    network.set_swish(memory_efficient=False)
    if not tensorflow_padding:
        _pad_as_torchvision(network)
    return network


def cut_to_stages(name: Backbone, network: nn.Module, size: int) -> nn.Sequential:
    """Take the stages of a backbone whose last feature map still has `MIN_CELLS` cells a side.

    Parameters
    ----------
    name : str
    network : Module
        From `build_backbone`.
    size : int
        Side of the input, px.

    Returns
    -------
    Sequential
        Images (n, 3, size, size) → features (n, K, h, h).
    """
    stages, head = _STAGES[name.split("-")[0].rstrip("0123456789")](network)
    kept = len(stages)
    while kept > 2 and _cells(stages[:kept], size) < MIN_CELLS:
        kept -= 1
    if kept == len(stages):
        return nn.Sequential(*stages, *head)
    if name == "densenet121":  # what follows a dense block before it is shrunk: norm and activation
        return nn.Sequential(*stages[:kept], stages[kept].norm_relu)  # type: ignore[arg-type]
    return nn.Sequential(*stages[:kept])


def _cells(stages: list[nn.Module], size: int) -> int:
    """Side of the last feature map, found on shapes alone (no arithmetic is done)."""
    probe = nn.Sequential(*stages)
    training = probe.training
    probe.eval()
    with torch.no_grad():
        meta = {name: value.to("meta") for name, value in probe.state_dict().items()}
        image = torch.empty(1, 3, size, size, device="meta")
        side = int(torch.func.functional_call(probe, meta, (image,)).shape[-1])
    probe.train(training)
    return side


def _resnet_stages(network: Any) -> tuple[list[nn.Module], list[nn.Module]]:  # noqa: ANN401
    stem = nn.Sequential(network.conv1, network.bn1, network.act, network.maxpool)
    return [stem, network.layer1, network.layer2, network.layer3, network.layer4], []


class _ShrinkThenBlock(nn.Module):
    """A DenseNet transition and the dense block behind it."""

    def __init__(self, transition: Any, block: nn.Module) -> None:  # noqa: ANN401
        super().__init__()
        self.norm_relu = nn.Sequential(transition.norm, transition.relu)
        self.shrink = nn.Sequential(transition.conv, transition.pool)
        self.block = block

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.block(self.shrink(self.norm_relu(maps)))
        return features


def _densenet_stages(network: Any) -> tuple[list[nn.Module], list[nn.Module]]:  # noqa: ANN401
    parts = network.features
    stem = nn.Sequential(parts.conv0, parts.norm0, parts.relu0, parts.pool0)
    stages = [
        stem,
        parts.denseblock1,
        *(
            _ShrinkThenBlock(parts.get_submodule(f"transition{i}"), parts.get_submodule(f"denseblock{i + 1}"))
            for i in (1, 2, 3)
        ),
    ]
    return stages, [parts.norm5, nn.ReLU(inplace=True)]


def _efficientnet_stages(network: Any) -> tuple[list[nn.Module], list[nn.Module]]:  # noqa: ANN401
    stem = nn.Sequential(network._conv_stem_padding, network._conv_stem, network._bn0, nn.SiLU())
    head = nn.Sequential(network._conv_head_padding, network._conv_head, network._bn1, nn.SiLU())
    return [stem, *network._blocks], [head]


def _pad_as_torchvision(network: nn.Module) -> None:
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if name.endswith("_padding"):
                setattr(parent, name, nn.Identity())
            elif isinstance(child, nn.Conv2d):
                child.padding = tuple(k // 2 for k in child.kernel_size)
            elif isinstance(child, nn.BatchNorm2d):
                child.eps, child.momentum = 1e-5, 0.1


_STAGES = {"resnet": _resnet_stages, "densenet": _densenet_stages, "efficientnet": _efficientnet_stages}
