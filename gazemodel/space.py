"""What a search may change, and within which limits. Neither torch nor Optuna here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from gazeannotator.errors import BadInput
from gazemodel.config import Augmentation, TrainConfig, make_config

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Value = str | bool | int | float

FIXED = ("recipe", "seed", "devices", "precision", "target", "choose_by", "epochs", "patience")
"""Options that trials must share to be compared, or that change no figure."""


class Range(BaseModel):
    """Numbers from `low` to `high`; with `log` each order of magnitude is as likely as another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: int | float
    high: int | float
    log: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            raise ValueError("low must be below high")
        if self.log and self.low <= 0:
            raise ValueError("low must be above 0 where log is true")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """What must be possible values."""
        return self.low, self.high


class Choices(BaseModel):
    """One of several values."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    choices: tuple[Value, ...] = Field(min_length=2, strict=False)

    @property
    def ends(self) -> tuple[Value, ...]:
        """What must be possible values."""
        return self.choices


Parameter = Range | Choices

KNOWN: dict[str, Parameter] = {
    "lr": Range(low=1e-5, high=3e-3, log=True),
    "attention_weight": Range(low=0.1, high=10.0, log=True),
    "attention_loss": Choices(choices=("area", "cc", "kl", "mse")),
    "attention_ramp_epochs": Range(low=0, high=20),
    "weight_decay": Range(low=1e-5, high=0.3, log=True),
    "dropout": Range(low=0.0, high=0.5),
    "label_smoothing": Range(low=0.0, high=0.2),
    "focal_gamma": Range(low=0.0, high=3.0),
    "class_weights": Choices(choices=("none", "balanced")),
    "batch": Choices(choices=(8, 16, 32)),
    "augment.scale": Range(low=0.0, high=0.4),
    "augment.shift": Range(low=0.0, high=0.2),
    "augment.brightness": Range(low=0.0, high=0.4),
    "augment.contrast": Range(low=0.0, high=0.4),
    "augment.saturation": Range(low=0.0, high=0.4),
}
"""Options that can be searched by their name alone."""

USUAL = (
    *("lr", "attention_weight", "attention_loss", "weight_decay", "dropout"),
    *("augment.scale", "augment.brightness", "augment.contrast"),
)
"""What is searched where nothing else is asked for."""


@dataclass(frozen=True)
class Space:
    """The options that a search changes; names of augmentations begin with ``augment.``."""

    parameters: dict[str, Parameter]

    def config(self, base: TrainConfig, values: dict[str, Value]) -> TrainConfig:
        """Put values over the options that are not searched.

        Raises
        ------
        BadInput
            Where an option is unknown or cannot have its value.
        """
        options = base.model_dump()
        for name, value in values.items():
            group, _, own = name.rpartition(".")
            (options[group] if group else options)[own] = value
        return make_config(**options)

    def values_of(self, config: TrainConfig) -> dict[str, Value]:
        """Tell what a configuration has for the searched options."""
        options = config.model_dump()
        # The same loss under two names is no choice.
        options["attention_loss"] = config.loss_name
        return {
            name: options["augment"][name.partition(".")[2]] if "." in name else options[name]
            for name in self.parameters
        }

    def contains(self, values: dict[str, Value]) -> bool:
        """Whether these values could be drawn."""
        return all(_within(self.parameters[name], value) for name, value in values.items())

    def check(self, base: TrainConfig) -> None:
        """Refuse what no training could take, before any of it is tried.

        Raises
        ------
        BadInput
            Says which option.
        """
        if not self.parameters:
            raise BadInput("Nothing is left to search.", "Name options with --search or in --space.")
        for name, parameter in self.parameters.items():
            _check_name(name)
            for value in parameter.ends:
                if (name == "attention_loss" and value == "none") or (
                    name == "attention_weight" and not value
                ):
                    raise BadInput(
                        f"{name} cannot be searched down to {value}: that is no gaze at all.",
                        "With or without gaze is what `gazemodel compare` tells.",
                    )
                self.config(base, {name: value})

    def told(self) -> dict[str, Any]:
        """Give the space as in its file."""
        return {name: each.model_dump(mode="json") for name, each in self.parameters.items()}


def usual_space(base: TrainConfig) -> Space:
    """Take the usual options, but those that have no effect under `base`."""
    idle: set[str] = set()
    if not base.uses_gaze:
        idle |= {"attention_weight", "attention_loss"}
    if base.augmentation == "none":
        idle |= {name for name in USUAL if name.startswith("augment.")}
    return Space({name: KNOWN[name] for name in USUAL if name not in idle})


def named_space(names: Iterable[str]) -> Space:
    """Take options with their known limits.

    Raises
    ------
    BadInput
        Where the limits of an option are not known.
    """
    parameters = {}
    for name in names:
        if name not in KNOWN:
            raise BadInput(
                f"'{name}' cannot be searched by its name alone.",
                f"Choose of {', '.join(KNOWN)}, or give its limits in a file with --space.",
            )
        parameters[name] = KNOWN[name]
    return Space(parameters)


def read_space(path: Path) -> Space:
    """Read a TOML or JSON file: option → ``low``, ``high`` and perhaps ``log``, or ``choices``.

    Raises
    ------
    BadInput
        Where it cannot be read, or says something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        found = TypeAdapter(dict[str, dict[str, Any]]).validate_python(_flat(content))
        return Space({name: _parameter(path, name, told) for name, told in found.items()})
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Give a TOML or JSON file.") from None
    except (ValueError, TypeError):
        raise BadInput(
            f"{path} is not a search space.",
            "Give a line for each option, such as: lr = {low = 1e-5, high = 1e-2, log = true}",
        ) from None


def _parameter(path: Path, name: str, told: dict[str, Any]) -> Parameter:
    kind: type[Parameter] = Choices if "choices" in told else Range
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join([name, *map(str, problem["loc"][:1])])
        raise BadInput(
            f"{where} in {path} cannot be used: {problem['msg'].removeprefix('Value error, ')}.",
            "An option has low, high and perhaps log = true, or choices = [...].",
        ) from None


def _flat(content: Any) -> Any:  # noqa: ANN401 - any JSON
    """Write augment = {scale = …} as "augment.scale" = …."""
    if not isinstance(content, dict) or not isinstance(content.get("augment"), dict):
        return content
    rest = {name: each for name, each in content.items() if name != "augment"}
    return rest | {f"augment.{name}": each for name, each in content["augment"].items()}


def _check_name(name: str) -> None:
    group, _, own = name.rpartition(".")
    fields = {"": set(TrainConfig.model_fields) - {"augment"}, "augment": set(Augmentation.model_fields)}
    if own not in fields.get(group, set()):
        raise BadInput(f"There is no option '{name}'.", "`gazemodel search --help` names the options.")
    if name in FIXED:
        raise BadInput(
            f"'{name}' cannot be searched: trials must share it.",
            f"Give it once, as --{name.replace('_', '-')}.",
        )


def _within(parameter: Parameter, value: Value) -> bool:
    if isinstance(parameter, Choices):
        return value in parameter.choices
    return not isinstance(value, str) and parameter.low <= value <= parameter.high
