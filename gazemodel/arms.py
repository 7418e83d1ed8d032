"""The arms of a comparison: which loss learns from which gaze. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

from gazeannotator.errors import BadInput
from gazemodel.config import AttentionLossName

SHUFFLED = "-shuffled"


@dataclass(frozen=True)
class Arm:
    """One way of training.

    Attributes
    ----------
    loss : str
        Attention loss; ``none`` is the plain classifier.
    shuffled : bool
        A control: each image learns from the gaze map of another one.
    """

    loss: AttentionLossName
    shuffled: bool = False

    @property
    def name(self) -> str:
        """As given on the command line."""
        return self.loss + SHUFFLED if self.shuffled else self.loss

    @property
    def uses_gaze(self) -> bool:
        """Whether it learns from readers' gaze; controls do not."""
        return self.loss != "none" and not self.shuffled


def parse_arms(text: str) -> list[Arm]:
    """Read ``none,default,default-shuffled``.

    Raises
    ------
    BadInput
        Where an arm is unknown or named twice, or there are fewer than two.
    """
    names = [each.strip() for each in text.split(",") if each.strip()]
    arms = [_arm(name) for name in names]
    if len(set(arms)) < len(arms):
        raise BadInput("An arm is named twice.", "Name each arm once in --arms.")
    if len(arms) < 2:
        raise BadInput("One arm alone cannot be compared.", "Give at least two, such as --arms none,default.")
    return arms


def parse_shares(text: str) -> list[float]:
    """Read ``10,25,50`` (per cent) as shares below 1, smallest first; 100 is every arm itself.

    Raises
    ------
    BadInput
        Where one is no number above 0 and up to 100.
    """
    try:
        shares = sorted({float(each) / 100 for each in text.split(",") if each.strip()})
    except ValueError:
        shares = [-1.0]
    if any(not 0 < each <= 1 for each in shares):
        raise BadInput(f"The gaze shares {text!r} are not understood.", "Give per cents such as 10,25,50.")
    return [each for each in shares if each < 1]


def baseline_of(arms: Sequence[Arm]) -> Arm:
    """Choose what the others are compared with: ``none`` where it is there, else the first."""
    return next((each for each in arms if each.loss == "none"), arms[0])


def _arm(name: str) -> Arm:
    loss = name.removesuffix(SHUFFLED)
    shuffled = loss != name
    if loss not in get_args(AttentionLossName) or (shuffled and loss == "none"):
        known = ", ".join(get_args(AttentionLossName))
        raise BadInput(
            f"There is no arm {name!r}.", f"Choose of {known}; all but none also with {SHUFFLED} behind."
        )
    return Arm(cast("AttentionLossName", loss), shuffled)
