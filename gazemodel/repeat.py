"""Repeats a run from its config.json: what must be the same is compared with what is there."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from gazeannotator.errors import BadInput
from gazemodel.arrangement import Arrangement, arranged_facts
from gazemodel.config import TrainConfig
from gazemodel.provenance import checksum, software
from gazemodel.record import Record
from gazemodel.run import weights_checksum


def check_repeated(
    record: Record, data: Path, config: TrainConfig, *, named: bool
) -> tuple[Arrangement | None, list[str]]:
    """Compare a recorded run with what it is to be repeated from.

    Parameters
    ----------
    record : Record
    data : Path
    config : TrainConfig
        Of the new run.
    named : bool
        The data set was given, it is not just that of the record.

    Returns
    -------
    arrangement : Arrangement or None
        How the data set is rearranged.
    remarks : list of str
        Why the figures may be others.

    Raises
    ------
    BadInput
        Where the record's own data set is not what it was, or a value of the record cannot be used.
    """
    try:
        arrangement = None if record.arrangement is None else Arrangement.model_validate(record.arrangement)
    except ValidationError:
        raise BadInput(f"The arrangement in {record.path} is damaged.", "Give another config.json.") from None
    facts = arranged_facts(data, config.target, arrangement)
    if facts.fingerprint != record.fingerprint and not named:
        raise BadInput(
            f"{data} has changed since the run of {record.path}: it has other images, targets or parts.",
            "Put the data set back, or name the one to train on.",
        )
    found = record.differences(
        fingerprint=facts.fingerprint,
        checksum=checksum(data),
        weights_checksum=_weights_checksum(config),
        software=software(),
    )
    return arrangement, [f"Not as in {record.path}: {each}." for each in found]


def _weights_checksum(config: TrainConfig) -> str | None:
    if config.weights not in ("none", "imagenet") and not Path(config.weights).is_file():
        return None  # said better where they are loaded
    return weights_checksum(config)
