from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import safetensors.torch
import torch

from gazeannotator.errors import BadInput
from gazemodel import weights as weights_module
from gazemodel.backbones import build_backbone
from gazemodel.config import Backbone, make_config
from gazemodel.network import empty_network, initial_network
from gazemodel.weights import initial_backbone

BACKBONES = get_args(Backbone)


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("size", [64, 96, 200])
def test_maps_have_at_least_six_cells_and_no_more_than_needed(backbone: str, size: int) -> None:
    network = initial_network(make_config(backbone=backbone, size=size), 3).eval()
    with torch.no_grad():
        output = network(torch.rand(1, 3, size, size))
    cells = output.features.shape[-1]
    assert cells == output.features.shape[-2]
    assert 6 <= cells < 13, "one stage deeper would still have six cells"
    assert output.logits.shape == (1, 3)


def test_at_96_px_resnet_is_cut_after_its_third_stage() -> None:
    with torch.no_grad():
        output = initial_network(make_config(size=96), 3)(torch.rand(2, 3, 96, 96))
    assert output.features.shape == (2, 256, 6, 6)


def test_the_same_seed_gives_the_same_weights_with_and_without_a_gaze_head() -> None:
    networks = []
    for loss in ("none", "head"):
        torch.manual_seed(5)
        networks.append(initial_network(make_config(attention_loss=loss, size=48), 3))
    after = torch.rand(1)
    plain, head = (each.state_dict() for each in networks)
    assert set(head) - set(plain) == {name for name in head if name.startswith("gaze_head.")}
    assert all(torch.equal(plain[name], head[name]) for name in plain)
    torch.manual_seed(5)
    initial_network(make_config(attention_loss="none", size=48), 3)
    assert torch.equal(after, torch.rand(1)), "the head took random numbers that others need"


@pytest.mark.parametrize("backbone", BACKBONES)
def test_weights_are_read_in_monai_and_torchvision_names(backbone: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    source = build_backbone(backbone)
    expected = source.state_dict()
    native = {name: value.contiguous() for name, value in expected.items()}
    safetensors.torch.save_file(native, tmp_path / "monai.safetensors")
    torch.save(
        {"state_dict": {torchvision_name(backbone, name): value for name, value in native.items()}},
        tmp_path / "torchvision.pth",
    )
    for file in ("monai.safetensors", "torchvision.pth"):
        torch.manual_seed(2)
        found, tensorflow_padding = initial_backbone(backbone, str(tmp_path / file))
        for name, value in found.state_dict().items():
            if not name.startswith(("fc.", "_fc.", "class_layers.")):
                assert torch.equal(value, expected[name]), (file, name)
        assert tensorflow_padding == (backbone.startswith("efficientnet") and file.startswith("monai"))


def torchvision_name(backbone: str, name: str) -> str:
    """torchvision's name of a MONAI array, by the rules of its architecture files."""
    if backbone.startswith("resnet"):
        return name
    if backbone == "densenet121":
        return name.replace(".layers.", ".").replace("class_layers.out", "classifier")
    fixed = {
        "_conv_stem": "features.0.0",
        "_bn0": "features.0.1",
        "_conv_head": "features.8.0",
        "_bn1": "features.8.1",
        "_fc": "classifier.1",
    }
    head = name.split(".")[0]
    if head in fixed:
        return name.replace(head, fixed[head], 1)
    stack, block, part, rest = re.fullmatch(r"_blocks\.(\d+)\.(\d+)\.(\w+)\.(.+)", name).groups()
    repeats = {"b0": (1, 2, 2, 3, 3, 4, 1), "b1": (2, 3, 3, 4, 4, 5, 2), "b2": (2, 3, 3, 4, 4, 5, 2)}[
        backbone[-2:]
    ]
    place = int(block) - sum(repeats[: int(stack)])
    place_in_block = {
        "_expand_conv": "0.0",
        "_bn0": "0.1",
        "_depthwise_conv": "1.0",
        "_bn1": "1.1",
        "_se_reduce": "2.fc1",
        "_se_expand": "2.fc2",
        "_project_conv": "3.0",
        "_bn2": "3.1",
    }[part]
    if stack == "0":  # its blocks do not expand
        place_in_block = f"{int(place_in_block[0]) - 1}{place_in_block[1:]}"
    return f"features.{int(stack) + 1}.{place}.block.{place_in_block}.{rest}"


def test_a_rebuilt_network_with_tensorflow_padding_answers_the_same(tmp_path: Path) -> None:
    backbone = "efficientnet-b0"
    state = {name: value.contiguous() for name, value in build_backbone(backbone).state_dict().items()}
    safetensors.torch.save_file(state, tmp_path / "monai.safetensors")
    config = make_config(backbone=backbone, size=64, weights=str(tmp_path / "monai.safetensors"))
    network = initial_network(config, 2).eval()
    again = empty_network(network.architecture)
    again.load_state_dict(network.state_dict())
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(network(image).logits, again.eval()(image).logits)


def test_efficientnet_has_torchvisions_padding_and_norms() -> None:
    convolutions = [
        each for each in build_backbone("efficientnet-b1").modules() if isinstance(each, torch.nn.Conv2d)
    ]
    assert all(each.padding == tuple(k // 2 for k in each.kernel_size) for each in convolutions)
    norms = [
        each for each in build_backbone("efficientnet-b1").modules() if isinstance(each, torch.nn.BatchNorm2d)
    ]
    assert {(each.eps, each.momentum) for each in norms} == {(1e-5, 0.1)}


def test_wrong_weights_are_refused_by_name(tmp_path: Path) -> None:
    other = {name: value.contiguous() for name, value in build_backbone("resnet50").state_dict().items()}
    safetensors.torch.save_file(other, tmp_path / "other.safetensors")
    (tmp_path / "text.pth").write_text("no weights", encoding="utf-8")
    torch.save({"code": Path("/")}, tmp_path / "code.pth")
    cases = {
        "other.safetensors": "not those of resnet18",
        "text.pth": "cannot be read as weights",
        "code.pth": "never code",
        "none.pth": "There is no file of weights",
    }
    for file, words in cases.items():
        with pytest.raises(BadInput, match=words):
            initial_backbone("resnet18", str(tmp_path / file))


def test_imagenet_without_network_says_which_file_to_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "_URL", "http://127.0.0.1:9/")
    with pytest.raises(
        BadInput, match=r"Copy resnet18-f37072fd\.pth to this machine and give it with --weights"
    ):
        initial_backbone("resnet18", "imagenet")
