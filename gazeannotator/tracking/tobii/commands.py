"""What can be asked of a running bridge, as lines of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gazeannotator.errors import BadInput

Step = Literal["enter", "collect", "discard", "compute", "leave"]

_PLAIN: dict[str, Step] = {"enter": "enter", "compute": "compute", "leave": "leave"}
_AT_A_POINT: dict[str, Step] = {"collect": "collect", "discard": "discard"}


@dataclass(frozen=True)
class SetRate:
    """``rate HZ``."""

    rate_hz: float


@dataclass(frozen=True)
class Calibrate:
    """``calibrate STEP``, with the point as X Y (normalised) where the step is at one."""

    step: Step
    x: float = math.nan
    y: float = math.nan


def parse(line: str) -> SetRate | Calibrate:
    """Read a line.

    Raises
    ------
    BadInput
        It is no command.
    """
    match line.split():
        case ["rate", number] if (rate_hz := _number(number)) > 0:
            return SetRate(rate_hz)
        case ["calibrate", word] if word in _PLAIN:
            return Calibrate(_PLAIN[word])
        case ["calibrate", word, x, y] if word in _AT_A_POINT and _is_share(x) and _is_share(y):
            return Calibrate(_AT_A_POINT[word], _number(x), _number(y))
    raise BadInput(
        f"'{line.strip()[:80]}' is no command.",
        "There are: rate HZ, calibrate enter|compute|leave, calibrate collect|discard X Y (0 to 1), stop.",
    )


def _is_share(text: str) -> bool:
    return 0 <= _number(text) <= 1


def _number(text: str) -> float:
    """NaN where it is none: NaN is in no range."""
    try:
        return float(text)
    except ValueError:
        return math.nan
