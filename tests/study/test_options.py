from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gazeannotator.errors import BadInput
from gazeannotator.study.model import Protocol
from gazeannotator.study.options import ReadingOptions, as_text, changed, differences, load_protocol


def test_every_option_of_the_protocol_can_be_set_and_begins_as_there() -> None:
    assert ReadingOptions().protocol() == Protocol()
    assert set(ReadingOptions.model_fields) == {each.name for each in dataclasses.fields(Protocol)}


def test_a_protocol_comes_back_as_it_was() -> None:
    protocol = Protocol(time_limit_s=12.5, offer_again=True, drift_check_every=20, random_order=False)
    assert ReadingOptions.of(protocol).protocol() == protocol
    assert ReadingOptions.of(Protocol()).time_limit_s == 0


def test_options_are_changed_by_name() -> None:
    before = Protocol(ask_confidence=False)
    after = changed(before, ["max_data_loss=0.5", "drift-check-every = 10", "offer_again=yes"])
    assert after == dataclasses.replace(before, max_data_loss=0.5, drift_check_every=10, offer_again=True)
    assert changed(after, ["time_limit_s=20"]).time_limit_s == 20
    assert changed(changed(after, ["time_limit_s=20"]), ["time_limit_s=none"]) == after
    assert changed(before, []) == before


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("max_data_loss", "'max_data_loss' sets nothing. Write NAME=VALUE"),
        ("max_dataloss=0.4", "There is no option 'max_dataloss'. There are: random_order, "),
        ("max_data_loss=30", "max_data_loss=30: Input should be less than or equal to 1. By default it"),
        ("max_accuracy_deg=0", "max_accuracy_deg=0: Input should be greater than or equal to 0.1"),
        ("offer_again=maybe", "offer_again=maybe: Input should be a valid boolean"),
        ("drift_check_every=2.5", "drift_check_every=2.5: Input should be a valid integer"),
        ("fixation_cross_s=nan", "fixation_cross_s=nan: Input should be"),
        ("time_limit_s=-1", "time_limit_s=-1: Input should be greater than or equal to 0. By default"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(setting: str, says: str) -> None:
    with pytest.raises(BadInput) as raised:
        changed(Protocol(), [setting])
    assert str(raised.value).startswith(says)


def test_options_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "protocol.toml"
    file.write_text("time_limit_s = 30\nrequire_validation = true\n", encoding="utf-8")
    assert load_protocol(file) == Protocol(time_limit_s=30, require_validation=True)
    for text, says in (("time_limit = 30", "There is no option 'time_limit'"), ("a b", "is not valid TOML")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput, match=says):
            load_protocol(file)
    with pytest.raises(BadInput, match="cannot be read"):
        load_protocol(tmp_path / "none.toml")


def test_what_is_not_as_by_default() -> None:
    assert differences(Protocol()) == {}
    special = differences(Protocol(time_limit_s=20, allow_back=False))
    assert {name: as_text(value) for name, value in special.items()} == {
        "time_limit_s": "20",
        "allow_back": "false",
    }
