from __future__ import annotations

import pytest

from gazeannotator.errors import BadInput
from gazemodel.arms import Arm, baseline_of, parse_arms, parse_shares


def test_arms_are_read_in_their_order() -> None:
    arms = parse_arms("default, none,default-shuffled")
    assert arms == [Arm("default"), Arm("none"), Arm("default", shuffled=True)]
    assert [each.name for each in arms] == ["default", "none", "default-shuffled"]
    assert [each.uses_gaze for each in arms] == [True, False, False]
    assert baseline_of(arms) == Arm("none")
    assert baseline_of(arms[::2]) == Arm("default")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none,maps", "no arm 'maps'"),
        ("none,none-shuffled", "no arm 'none-shuffled'"),
        ("none", "cannot be compared"),
        ("", "cannot be compared"),
        ("none,mse,mse", "named twice"),
    ],
)
def test_what_is_no_set_of_arms(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_arms(text)


def test_shares_are_sorted_and_the_whole_is_every_arm_itself() -> None:
    assert parse_shares("50,10, 25,100") == [0.1, 0.25, 0.5]
    assert parse_shares("") == []


@pytest.mark.parametrize("text", ["0", "-5", "101", "half", "nan"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(BadInput, match="gaze shares"):
        parse_shares(text)
