"""The protocol's options as people set them: which there are, what each may be, and what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gazeannotator.errors import BadInput
from gazeannotator.study.model import Protocol

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class ReadingOptions(BaseModel):
    """A `Protocol` with the range of every value; what the options mean is said there.

    Attributes
    ----------
    time_limit_s : float
        0 for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    random_order: bool = True
    ask_confidence: bool = True
    allow_back: bool = True
    fixation_cross_s: float = Field(0.5, ge=0, le=10)
    gaze_contingent_start: bool = False
    time_limit_s: float = Field(0.0, ge=0, le=3600)
    minimum_viewing_s: float = Field(0.0, ge=0, le=60)
    require_validation: bool = False
    drift_check_every: int = Field(0, ge=0, le=1000)
    max_accuracy_deg: float = Field(2.0, ge=0.1, le=20)
    max_data_loss: float = Field(0.3, ge=0, le=1)
    offer_again: bool = False
    max_distance_change_mm: float = Field(80.0, ge=10, le=1000)

    @field_validator("time_limit_s", mode="before")
    @classmethod
    def _no_limit(cls, value: Any) -> Any:  # noqa: ANN401
        return 0.0 if value is None or value == "none" else value

    @classmethod
    def of(cls, protocol: Protocol) -> ReadingOptions:
        """Read off a protocol.

        Raises
        ------
        ValidationError
            A value is out of its range; that is never one that was set by this model.
        """
        return cls.model_validate(asdict(protocol))

    def protocol(self) -> Protocol:
        """Make the protocol."""
        return Protocol(**{**self.model_dump(), "time_limit_s": self.time_limit_s or None})


def changed(protocol: Protocol, settings: Sequence[str]) -> Protocol:
    """Change some options, each written as ``NAME=VALUE``.

    Raises
    ------
    BadInput
        There is no such option, or the value is not one that it may have.
    """
    values: dict[str, str] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadInput(f"'{each}' sets nothing.", "Write NAME=VALUE, e.g. max_data_loss=0.4.")
        values[name.strip().replace("-", "_")] = value.strip()
    return _checked({**asdict(protocol), **values}, "")


def load_protocol(path: Path) -> Protocol:
    """Read options from a TOML file; what it does not name is as by default.

    Raises
    ------
    BadInput
        The file cannot be read, or an option in it is wrong.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValueError as error:
        raise BadInput(
            f"{path} is not valid TOML: {error}.", "Write lines like: max_data_loss = 0.4"
        ) from error
    return _checked(values, f"{path}: ")


def differences(protocol: Protocol) -> dict[str, Any]:
    """Tell the options that are not as by default."""
    usual = asdict(Protocol())
    return {name: value for name, value in asdict(protocol).items() if value != usual[name]}


def as_text(value: Any) -> str:  # noqa: ANN401
    """Write a value as it is typed."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _checked(values: Mapping[str, Any], where: str) -> Protocol:
    unknown = sorted(set(values) - set(ReadingOptions.model_fields))
    if unknown:
        known = ", ".join(ReadingOptions.model_fields)
        raise BadInput(f"{where}There is no option '{unknown[0]}'.", f"There are: {known}.")
    try:
        return ReadingOptions.model_validate(dict(values)).protocol()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        hint = f"By default it is {as_text(getattr(Protocol(), name))}."
        raise BadInput(f"{where}{name}={values[name]}: {first['msg']}.", hint) from None
