"""Targets that are shown one after another until the eye was found on each.

`TargetRun` moves them and waits; it knows neither a clock nor Qt. It is told the time, asks for
the last samples, and what is to be drawn comes out as plain data. What is done with the gaze at a
target is a function that it is given: see `gazeannotator.tracking.validation`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np

from gazeannotator.geometry import Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import targets
from gazeannotator.tracking.quality import PointPx
from gazeannotator.tracking.steadiness import Latest, Rules, Window, WindowSearch

TRAVEL_S = 0.5
SHRINK_S = 0.3
SMALLEST = 0.3
"""Share of its radius to which a target shrinks."""

Purpose = Literal["validation", "calibration", "drift_check", "cross"]
Phase = Literal["travel", "shrink", "hold"]

Result = TypeVar("Result")


@dataclass(frozen=True)
class TargetState:
    """What is to be drawn.

    Attributes
    ----------
    xy_px : tuple of float
        Screen px.
    radius_share : float
        0 to 1.
    phase : str
        ``travel`` on its way; ``shrink`` after its arrival; ``hold`` until it is accepted.
    index, count : int
        Which of how many targets, from 0.
    """

    xy_px: PointPx
    radius_share: float
    phase: Phase
    index: int
    count: int


@dataclass(frozen=True)
class TargetFact:
    """For the journal's ``target`` event: a target set off to a place at a time, or went (None)."""

    t_s: float
    purpose: Purpose
    xy_px: PointPx | None

    def as_data(self) -> dict[str, object]:
        """Return JSON types."""
        return {"purpose": self.purpose, "xy_px": None if self.xy_px is None else list(self.xy_px)}


@dataclass(frozen=True)
class _Leg:
    """One target's way and stay."""

    number: int
    from_px: PointPx
    to_px: PointPx
    set_off_s: float
    search: WindowSearch

    @property
    def arrival_s(self) -> float:
        return _arrival_s(self.from_px, self.to_px, self.set_off_s)


class TargetRun(Generic[Result]):
    """Shows targets in turn and takes a result at each.

    Call `advance` often (once a frame) and draw `state`. The first call shows the first target.

    Parameters
    ----------
    targets_px : sequence of tuple of float
        Screen px.
    take : callable
        Gets a target, the window in which the eye was found on it (or not: `Window.steady`) and
        the samples, and returns the result; None if it comes later, by `finish`.
    purpose : str
        For the journal.
    screen : Screen
    rules : Rules
    seed : int
        Of the order.
    first : int, optional
        Number of the target to begin with.

    Attributes
    ----------
    results : dict of int to Result
        By the target's number in `targets_px`; a redone one replaces the one before.
    """

    def __init__(
        self,
        targets_px: Sequence[PointPx],
        take: Callable[[PointPx, Window, GazeChunk], Result | None],
        *,
        purpose: Purpose,
        screen: Screen,
        rules: Rules,
        seed: int = 0,
        first: int | None = None,
    ) -> None:
        self.targets_px = tuple(targets_px)
        self.purpose: Purpose = purpose
        self.results: dict[int, Result] = {}
        self._take = take
        self._screen = screen
        self._rules = rules
        self._seed = seed
        self._queue = deque(targets.in_random_order(range(len(self.targets_px)), seed, first=first))
        self._count = len(self._queue)
        self._leg: _Leg | None = None
        self._last: int | None = None
        self._waiting = False
        self._shown = False

    @property
    def done(self) -> bool:
        """Whether all targets were accepted, or the run was aborted, and none is shown any more."""
        return not self._queue and self._leg is None and not self._shown

    @property
    def waiting(self) -> bool:
        """Whether the result of the target that is shown is to come by `finish`."""
        return self._waiting

    def state(self, now_s: float) -> TargetState | None:
        """Tell what is to be drawn; None for nothing."""
        leg = self._leg
        if leg is None:
            return None
        index = self._count - len(self._queue) - 1
        arrived_s = now_s - leg.arrival_s
        if arrived_s < 0:
            share = _smooth(1 + arrived_s / TRAVEL_S)
            x, y = ((1 - share) * a + share * b for a, b in zip(leg.from_px, leg.to_px, strict=True))
            return TargetState((x, y), 1.0, "travel", index, self._count)
        if arrived_s < SHRINK_S:
            radius = 1 - (1 - SMALLEST) * _smooth(arrived_s / SHRINK_S)
            return TargetState(leg.to_px, radius, "shrink", index, self._count)
        return TargetState(leg.to_px, SMALLEST, "hold", index, self._count)

    def advance(self, now_s: float, latest: Latest) -> tuple[TargetFact, ...]:
        """Go on as far as the time and the gaze allow.

        Parameters
        ----------
        now_s : float
            The local clock; never earlier than at the last call.
        latest : callable
            `Recorder.latest`; asked only when a window is over, ten times a second while the eye roams.

        Returns
        -------
        tuple of TargetFact
            To be written into the journal (and so told to the simulated eye).
        """
        facts: list[TargetFact] = []
        while self._leg is not None or self._queue:
            if self._leg is None:
                facts.append(self._set_off(now_s))
            assert self._leg is not None
            found = None if self._waiting else self._leg.search.look(now_s, latest)
            if found is None:
                return tuple(facts)
            self._waiting = True
            result = self._take(self._leg.to_px, *found)
            if result is not None:
                self.finish(result)
        return (*facts, *self._hide(now_s))

    def finish(self, result: Result) -> None:
        """Give the result of the target that waits for it."""
        if self._leg is None or not self._waiting:
            raise RuntimeError("no target waits for its result")
        self.results[self._leg.number] = result
        self._last, self._leg, self._waiting = self._leg.number, None, False

    def accept_now(self, now_s: float) -> None:
        """Accept the target that is shown, as the reader or operator says that the eye is on it."""
        if self._leg is not None and not self._waiting:
            self._leg.search.take(now_s)

    def redo(self, numbers: Sequence[int]) -> None:
        """Show some targets once more, after those that are still to come."""
        coming = {*self._queue, *([] if self._leg is None else [self._leg.number])}
        again = tuple(number for number in dict.fromkeys(numbers) if number not in coming)
        if not coming:
            self._count = 0
        # Another order than the first time.
        self._seed += 1
        self._queue.extend(targets.in_random_order(again, self._seed, last_shown=self._last))
        self._count += len(again)

    def abort(self, now_s: float) -> tuple[TargetFact, ...]:
        """End at once; the results so far stay."""
        self._queue.clear()
        self._leg, self._waiting = None, False
        return self._hide(now_s)

    def _set_off(self, now_s: float) -> TargetFact:
        number = self._queue.popleft()
        to_px = self.targets_px[number]
        from_px = to_px if self._last is None else self.targets_px[self._last]
        if self._last == number:
            # Redone alone: the eye comes anew all the same.
            from_px = (self._screen.width_px / 2, self._screen.height_px / 2)
        arrival_s = _arrival_s(from_px, to_px, now_s)
        search = WindowSearch(to_px, arrival_s, self._screen, self._rules)
        self._leg = _Leg(number, from_px, to_px, now_s, search)
        self._shown = True
        return TargetFact(now_s, self.purpose, to_px)

    def _hide(self, now_s: float) -> tuple[TargetFact, ...]:
        if not self._shown:
            return ()
        self._shown = False
        return (TargetFact(now_s, self.purpose, None),)


def _arrival_s(from_px: PointPx, to_px: PointPx, set_off_s: float) -> float:
    return set_off_s if from_px == to_px else set_off_s + TRAVEL_S


def _smooth(share: float) -> float:
    """Start and stop gently."""
    return float((1 - np.cos(np.pi * np.clip(share, 0, 1))) / 2)
