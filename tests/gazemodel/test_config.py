from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from gazeannotator.errors import BadInput
from gazemodel.config import RECIPES, make_config


def test_options_given_lie_over_those_of_the_recipe() -> None:
    config = make_config("quick", epochs=3, backbone=None)
    assert config.epochs == 3
    assert config == RECIPES["quick"].model_copy(update={"epochs": 3})


def test_the_reference_recipe_is_the_published_method() -> None:
    config = RECIPES["reference"]
    assert (config.size, config.batch, config.epochs, config.lr) == (512, 8, 150, 5e-4)
    assert (config.optimiser, config.schedule, config.dropout) == ("adam", "cosine_restarts", 0.2)
    assert (config.loss_name, config.attention_weight) == ("reference", 1.0)
    assert not config.keep_aspect
    assert not config.normalise
    assert config.weight_decay == 0
    assert config.patience == 0
    assert config.choose_by == "accuracy"
    augment = config.augment
    assert (augment.horizontal_flip, augment.vertical_flip, augment.rotation) == (0.5, 0.5, 0.5)
    assert augment.rotation_deg == 180
    assert augment.scale == augment.shift == augment.brightness == augment.contrast == augment.saturation == 0


@pytest.mark.parametrize(
    ("loss", "weight", "used"), [("none", 1.0, False), ("kl", 0.0, False), ("kl", 0.1, True)]
)
def test_gaze_is_used_only_with_a_loss_and_a_weight(loss: str, weight: float, used: bool) -> None:
    assert make_config(attention_loss=loss, attention_weight=weight).uses_gaze is used


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"backbone": "vgg"}, ["--backbone", "'vgg'", "resnet18"]),
        ({"recipe": "best"}, ["recipe 'best'", "thorough"]),
        ({"batch": 1}, ["--batch", "1", "greater than or equal to 2"]),
        ({"lr": float("nan")}, ["--lr", "nan"]),
        ({"attention_loss": "l1"}, ["--attention-loss", "'l1'", "reference"]),
    ],
)
def test_a_wrong_option_is_named_with_what_is_possible(given: dict[str, object], words: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        make_config(**given)
    for word in words:
        assert word in str(caught.value)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        RECIPES["default"].epochs = 1


def test_options_events_and_help_come_without_torch() -> None:
    names = ["torch", "lightning", "monai", "sklearn", "matplotlib"]
    blocked = f"import sys\nfor name in {names}: sys.modules[name] = None\n"
    work = "import gazemodel.config, gazemodel.events, gazemodel.cli\ngazemodel.cli.app(['train', '--help'])"
    result = subprocess.run(
        [sys.executable, "-c", blocked + work], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "gazemodel train data.h5" in result.stdout
