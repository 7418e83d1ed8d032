from __future__ import annotations

from pathlib import Path

import pytest

from gazeannotator.errors import BadInput
from gazemodel.config import RECIPES, make_config
from gazemodel.space import KNOWN, Choices, Range, Space, named_space, read_space, usual_space


def written(folder: Path, text: str, name: str = "space.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_limits_and_choices(tmp_path: Path) -> None:
    text = 'lr = {low = 1e-5, high = 0.01, log = true}\nbackbone = {choices = ["resnet18", "resnet50"]}\n'
    found = read_space(written(tmp_path, text + "[augment]\nscale = {low = 0, high = 0.3}\n"))
    assert found.parameters == {
        "lr": Range(low=1e-5, high=0.01, log=True),
        "backbone": Choices(choices=("resnet18", "resnet50")),
        "augment.scale": Range(low=0, high=0.3),
    }
    found.check(make_config())
    same = (
        '{"lr": {"low": 1e-5, "high": 0.01, "log": true}, "backbone": {"choices": ["resnet18", "resnet50"]}, '
    )
    assert (
        read_space(written(tmp_path, same + '"augment.scale": {"low": 0, "high": 0.3}}', "space.json"))
        == found
    )


def test_values_are_put_over_the_options(tmp_path: Path) -> None:
    space = Space({"lr": KNOWN["lr"], "augment.scale": KNOWN["augment.scale"], "batch": KNOWN["batch"]})
    base = make_config("quick")
    changed = space.config(base, {"lr": 2e-3, "augment.scale": 0.3, "batch": 8})
    assert (changed.lr, changed.augment.scale, changed.batch) == (2e-3, 0.3, 8)
    assert changed.model_copy(update={"lr": base.lr, "augment": base.augment, "batch": base.batch}) == base
    assert changed.augment.model_copy(update={"scale": base.augment.scale}) == base.augment
    assert space.values_of(changed) == {"lr": 2e-3, "augment.scale": 0.3, "batch": 8}
    assert space.contains(space.values_of(changed))
    assert not space.contains({"batch": 6})
    assert not space.contains({"lr": 1.0})


@pytest.mark.parametrize("recipe", RECIPES)
def test_all_that_is_known_can_be_searched_under_every_recipe(recipe: str) -> None:
    named_space(KNOWN).check(make_config(recipe))
    usual_space(make_config(recipe)).check(make_config(recipe))


def test_what_has_no_effect_is_not_searched() -> None:
    without = usual_space(make_config(attention_loss="none", augmentation="none")).parameters
    assert set(without) == {"lr", "weight_decay", "dropout"}
    assert "attention_loss" in usual_space(make_config()).parameters


def test_the_default_loss_is_one_of_the_choices() -> None:
    space = usual_space(make_config())
    assert space.contains(space.values_of(make_config()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr = {low = 1, high = 0.1}", "lr in .* cannot be used: low must be below high"),
        ("lr = {low = 0, high = 0.1, log = true}", "low must be above 0"),
        ("lr = {low = 0.1}", "lr.high in .* Field required"),
        ("lr = {low = 0.1, high = 1, step = 2}", "lr.step in"),
        ("batch = {choices = [8]}", "batch.choices in"),
        ("lr = 3", "is not a search space"),
        ("lr = ", "is not a search space"),
        ("lr = {low = 0.1, high = 99}", "--lr cannot be 99"),
        ('backbone = {choices = ["resnet18", "vgg"]}', "--backbone cannot be 'vgg'"),
        ("pace = {low = 0, high = 1}", "no option 'pace'"),
        ("augment.tilt = {low = 0, high = 1}", "no option 'augment.tilt'"),
        ("seed = {low = 0, high = 9}", "'seed' cannot be searched"),
        ("epochs = {low = 1, high = 9}", "'epochs' cannot be searched"),
        ("attention_weight = {low = 0, high = 9}", "no gaze at all"),
        ('attention_loss = {choices = ["none", "area"]}', "no gaze at all"),
        ("", "Nothing is left to search"),
    ],
)
def test_what_cannot_be_searched_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_space(written(tmp_path, text)).check(make_config())


def test_a_name_without_known_limits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'size' cannot be searched by its name alone"):
        named_space(["lr", "size"])
    with pytest.raises(BadInput, match="cannot be read"):
        read_space(tmp_path / "nothing.toml")
