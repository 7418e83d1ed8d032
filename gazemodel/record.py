"""What the config.json of a RUN folder tells, so that the run can be repeated. No torch here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gazeannotator.errors import BadInput
from gazemodel.config import TrainConfig, make_config


@dataclass(frozen=True)
class Record:
    """A run as it was recorded.

    Attributes
    ----------
    path : Path
        Of the config.json.
    config : TrainConfig
    data : Path
        The data set that it was trained on.
    fingerprint : str
        Of the images, their targets and their parts.
    checksum : str or None
        SHA-256 of the data set's file.
    weights_checksum : str or None
        SHA-256 of the file of initial weights, where there was one.
    arrangement : dict or None
        How the data set was rearranged, see `gazemodel.arrangement`.
    software : dict
        Name → version.
    """

    path: Path
    config: TrainConfig
    data: Path
    fingerprint: str
    checksum: str | None
    weights_checksum: str | None
    arrangement: dict[str, Any] | None
    software: dict[str, str]

    def with_options(self, given: dict[str, Any]) -> TrainConfig:
        """Put options over those of the run; None means not given.

        Raises
        ------
        BadInput
            Where a value cannot be used, or another recipe was asked for.
        """
        if given.get("recipe") not in (None, self.config.recipe):
            raise BadInput(
                f"--recipe and --config were given, and {self.path} is of the recipe {self.config.recipe}.",
                "Give one of them.",
            )
        told = {name: value for name, value in given.items() if value is not None}
        return make_config(**{**self.config.model_dump(), **told})

    def differences(
        self, *, fingerprint: str, checksum: str, weights_checksum: str | None, software: dict[str, str]
    ) -> list[str]:
        """Say why a run made of these would not be the recorded one, figure by figure."""
        found = []
        if fingerprint != self.fingerprint:
            found.append("the data set has other images, targets or parts")
        elif self.checksum is not None and checksum != self.checksum:
            found.append("the data set's file is another (pixels or gaze maps may have changed)")
        if self.weights_checksum is not None and weights_checksum not in (None, self.weights_checksum):
            found.append("the initial weights are others")
        names = sorted(set(self.software) | set(software)) if self.software else []
        others = [
            f"{name} {self.software.get(name, 'none')} → {software.get(name, 'none')}"
            for name in names
            if self.software.get(name) != software.get(name)
        ]
        if others:
            found.append(f"other software: {', '.join(others)}")
        return found


def read_record(path: Path) -> Record:
    """Read the config.json of a run; its folder does as well.

    Raises
    ------
    BadInput
        Where there is none, or it is not that of a run.
    """
    path = path / "config.json" if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        data = content["data"]
        return Record(
            path=path,
            config=TrainConfig.model_validate(content["config"]),
            data=Path(data["path"]),
            fingerprint=str(data["fingerprint"]),
            checksum=data.get("sha256"),
            weights_checksum=content.get("weights_sha256"),
            arrangement=content.get("arrangement"),
            software=dict(content.get("software") or {}),
        )
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Give the config.json of a run."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise BadInput(
            f"{path} is not the config.json of a run.",
            "Give that of a RUN folder (a comparison and a search keep theirs in folders below).",
        ) from None
