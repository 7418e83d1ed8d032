"""Weights to start from: a local file (torchvision's or MONAI's names), or a download if asked for."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any
from urllib.error import URLError

import safetensors
import safetensors.torch
import torch
from torch import nn

from gazeannotator.errors import BadInput
from gazemodel.backbones import build_backbone
from gazemodel.config import Backbone

_URL = "https://download.pytorch.org/models/"
_IMAGENET: dict[str, str] = {
    "resnet18": "resnet18-f37072fd.pth",
    "resnet50": "resnet50-0676ba61.pth",
    "densenet121": "densenet121-a639ec97.pth",
    "efficientnet-b0": "efficientnet_b0_rwightman-7f5810bc.pth",
    "efficientnet-b1": "efficientnet_b1_rwightman-bac287d4.pth",
    "efficientnet-b2": "efficientnet_b2_rwightman-c35c1473.pth",
}
_CLASSIFIER = ("fc.", "_fc.", "classifier.", "class_layers.")


def initial_backbone(name: Backbone, source: str) -> tuple[nn.Module, bool]:
    """Build a backbone with the weights that a run starts from.

    Parameters
    ----------
    name : str
    source : str
        ``none``, ``imagenet`` (downloaded once, hash checked), or a file.

    Returns
    -------
    network : Module
    tensorflow_padding : bool
        Which padding an EfficientNet was built with (see `build_backbone`): it follows the weights.

    Raises
    ------
    BadInput
        Where the weights cannot be read, got or used for this backbone.
    """
    if source == "none":
        return build_backbone(name), False
    state = _download(name) if source == "imagenet" else _read(Path(source))
    tensorflow_padding = any(key.startswith("_blocks.") for key in state)
    network = build_backbone(name, tensorflow_padding=tensorflow_padding)
    _load(network, _monai_names(state), name, source)
    return network, tensorflow_padding


def _load(network: nn.Module, state: dict[str, torch.Tensor], name: str, source: str) -> None:
    wanted = {key: value for key, value in network.state_dict().items() if not key.startswith(_CLASSIFIER)}
    fitting = {key for key, value in wanted.items() if key in state and state[key].shape == value.shape}
    lacking = {key for key in wanted if key not in fitting and not key.endswith("num_batches_tracked")}
    if lacking:
        raise BadInput(
            f"The weights '{source}' are not those of {name}: {len(fitting)} of {len(wanted)} arrays fit, "
            f"{min(lacking)} is missing or of another shape.",
            "Give weights of this backbone in torchvision's or MONAI's names, or choose another --backbone.",
        )
    network.load_state_dict({key: state[key] for key in fitting}, strict=False)


def _read(path: Path) -> dict[str, torch.Tensor]:
    if not path.is_file():
        raise BadInput(
            f"There is no file of weights {path}.", "Give a .safetensors or .pth file, imagenet or none."
        )
    try:
        if path.suffix == ".safetensors":
            return dict(safetensors.torch.load_file(path))
        return _state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (
        safetensors.SafetensorError,
        pickle.UnpicklingError,
        RuntimeError,
        ValueError,
        EOFError,
        KeyError,
    ):
        raise BadInput(
            f"{path} cannot be read as weights: only plain tensors are loaded, never code.",
            "Save it as .safetensors, or as a state dict with torch.save.",
        ) from None


def _state_dict(content: Any) -> dict[str, torch.Tensor]:  # noqa: ANN401
    for wrapper in ("state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict):
        raise ValueError("not a state dict")
    return {
        key.removeprefix("module."): value
        for key, value in content.items()
        if isinstance(value, torch.Tensor)
    }


def _download(name: Backbone) -> dict[str, torch.Tensor]:
    try:
        return _state_dict(
            torch.hub.load_state_dict_from_url(
                _URL + _IMAGENET[name], map_location="cpu", progress=False, check_hash=True, weights_only=True
            )
        )
    except (URLError, OSError, RuntimeError) as error:
        raise BadInput(
            f"The ImageNet weights of {name} could not be downloaded ({error}).",
            f"Copy {_IMAGENET[name]} to this machine and give it with --weights FILE, or use --weights none.",
        ) from None


def _monai_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Rename torchvision's keys to MONAI's; others are returned as they are."""
    if "features.0.0.weight" in state:
        return {_efficientnet_name(key, state): value for key, value in state.items()}
    dense = re.compile(r"(denselayer\d+)\.(?:layers\.)?(norm|relu|conv)\.?([12])\.")
    return {dense.sub(r"\1.layers.\2\3.", key): value for key, value in state.items()}


_EFFICIENTNET_PARTS = {
    "expand.0": "_expand_conv",
    "expand.1": "_bn0",
    "depthwise.0": "_depthwise_conv",
    "depthwise.1": "_bn1",
    "squeeze.fc1": "_se_reduce",
    "squeeze.fc2": "_se_expand",
    "project.0": "_project_conv",
    "project.1": "_bn2",
}


def _efficientnet_name(key: str, state: dict[str, torch.Tensor]) -> str:
    last = max(int(each.split(".")[1]) for each in state if each.startswith("features."))
    for outer, conv, norm in (("0", "_conv_stem", "_bn0"), (str(last), "_conv_head", "_bn1")):
        key = re.sub(rf"^features\.{outer}\.0\.", f"{conv}.", key)
        key = re.sub(rf"^features\.{outer}\.1\.", f"{norm}.", key)
    match = re.match(r"features\.(\d+)\.(\d+)\.block\.(\d+)\.(\w+)\.(.+)", key)
    if match is None:
        return key
    stage, position, part, inner, rest = match.groups()
    # A block that does not expand its channels has three parts, the others four.
    skipped = 0 if f"features.{stage}.{position}.block.3.0.weight" in state else 1
    kind = ("expand", "depthwise", "squeeze", "project")[int(part) + skipped]
    name = _EFFICIENTNET_PARTS[f"{kind}.{inner}"]
    before = sum(_blocks_in(state, earlier) for earlier in range(1, int(stage)))
    return f"_blocks.{int(stage) - 1}.{before + int(position)}.{name}.{rest}"


def _blocks_in(state: dict[str, torch.Tensor], stage: int) -> int:
    return len({key.split(".")[2] for key in state if key.startswith(f"features.{stage}.")})
