"""What the demo makes and where, how it tells its steps, and how it fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gazeannotator.errors import UserError

Say = Callable[[str], None]


class DemoFailed(UserError):
    """The demo could not be done to its end."""


@dataclass(frozen=True)
class Places:
    """The folder of a demo and what lies in it."""

    out: Path

    @property
    def images(self) -> Path:
        """Generated images and their table."""
        return self.out / "images"

    @property
    def study(self) -> Path:
        """The study."""
        return self.out / "sample-polyps"

    @property
    def dataset(self) -> Path:
        """The data set."""
        return self.out / "dataset.h5"

    @property
    def run(self) -> Path:
        """The training run."""
        return self.out / "run"

    @property
    def lesions(self) -> Path:
        """Where the simulated eye dwells: image id → x, y, radius."""
        return self.out / "images" / "lesions.json"


class Steps:
    """Tells the steps of the job as they begin, with the time since the start."""

    def __init__(self, say: Say) -> None:
        self._began_s = time.monotonic()
        self._number = 0
        self.say = say

    def begin(self, what: str) -> None:
        """Tell that a step begins."""
        self._number += 1
        self.say(f"{time.monotonic() - self._began_s:4.0f} s  {self._number}. {what}")

    def note(self, what: str) -> None:
        """Tell a result of the step."""
        self.say(f"           {what}")
