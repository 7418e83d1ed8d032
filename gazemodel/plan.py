"""What a comparison trains: each arm, at each share of the gaze, on each fold, with each seed. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gazemodel.arms import Arm, baseline_of
from gazemodel.config import TrainConfig


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes
    ----------
    data : Path
    config : TrainConfig
        Shared by all arms but for the attention loss; its seed is the first.
    arms : tuple of Arm
    folds : int
        0: the file's own parts.
    seeds : int
        Repetitions with other initial weights and batches.
    gaze_shares : tuple of float
        Further runs of the arms with gaze, in which so many images keep it.
    """

    data: Path
    config: TrainConfig
    arms: tuple[Arm, ...]
    folds: int = 5
    seeds: int = 1
    gaze_shares: tuple[float, ...] = ()

    @property
    def baseline(self) -> Arm:
        """What the others are compared with."""
        return baseline_of(self.arms)

    @property
    def runs(self) -> int:
        """How many networks are trained."""
        return len(list(self.lines())) * self.seeds * max(self.folds, 1)

    def lines(self) -> Iterator[Line]:
        """Every arm, and every arm with gaze at every share of it."""
        for arm in self.arms:
            yield Line(arm)
        for arm in self.arms:
            if arm.uses_gaze:
                yield from (Line(arm, share) for share in self.gaze_shares)


@dataclass(frozen=True)
class Line:
    """An arm with all of the gaze or a share of it: one line of the results."""

    arm: Arm
    gaze_share: float = 1.0

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.arm.name if self.gaze_share == 1 else f"{self.arm.name}@{100 * self.gaze_share:g}"


def run_folder(folder: Path, line: Line, seed: int, fold: int) -> Path:
    """Where a run lies."""
    return folder / "runs" / line.name / f"seed{seed}-fold{fold}"
