"""From a stream's stamps to this machine's clock, while the samples arrive."""

from __future__ import annotations

import math

import numpy as np

from gazeannotator.samples import FloatArray
from gazeannotator.study.gaze_rows import CLOCK_RESET_S, applied_offset

JUMP_S = 0.5
"""No sender's samples come so far out of order: where stamps do, their clock was set."""

AHEAD_S = 0.1
"""A sample that is so far ahead of its own arrival has a wrong stamp."""


class StreamClock:
    """What is added to a stream's stamps: the measured offset, and steps of the stamps themselves.

    The offset is between the LSL clocks of two machines. A sender whose stamps come from another
    clock, which is then set, steps without it. Such a step shows in the stamps alone: they go
    back, or they run ahead of their own arrival. It is undone from there on, and forgotten when
    the stamps are back where they belong or the sender has been taken up anew.

    Parameters
    ----------
    same_machine : bool
        Whether the sender runs on this computer, see `gaze_rows.applied_offset`.
    """

    def __init__(self, same_machine: bool) -> None:
        self._same_machine = same_machine
        self._measured_s: float | None = None
        self._trusted = False
        self._step_s = 0.0
        self._last_s = math.nan
        self._last_arrived_s = -math.inf
        self._interval_s = 0.0

    @property
    def known(self) -> bool:
        """Whether the offset of the present connection has been measured."""
        return self._trusted

    @property
    def offset_s(self) -> float | None:
        """What is stored: the offset as measured, plus the step of the stamps; None before."""
        return None if self._measured_s is None else self._measured_s + self._step_s

    @property
    def applied_s(self) -> float:
        """What is added to a stamp now, 0 while nothing is known."""
        return self._base_s + self._step_s

    @property
    def _base_s(self) -> float:
        if self._measured_s is None:
            return 0.0
        return float(applied_offset(np.array(self._measured_s), self._same_machine))

    def measured(self, offset_s: float) -> bool:
        """Take a measurement of the offset; tell whether the sender's clock was reset since the last."""
        reset = self._measured_s is not None and abs(offset_s - self._measured_s) > CLOCK_RESET_S
        if reset or not self._trusted:
            # What the sender's clock did is in the offset now.
            self._step_s, self._last_s = 0.0, math.nan
        self._measured_s, self._trusted = offset_s, True
        return reset

    def reconnected(self) -> None:
        """Expect another clock: the sender was taken up again."""
        self._trusted, self._step_s, self._last_s = False, 0.0, math.nan

    def taken(self, stamps_s: FloatArray, arrived_s: float) -> tuple[FloatArray, tuple[int, ...]]:
        """Bring stamps of samples that have just arrived to the local clock.

        Parameters
        ----------
        stamps_s : ndarray, shape (n,)
            Finite.
        arrived_s : float
            The local clock.

        Returns
        -------
        time_s : ndarray, shape (n,)
            While the clock of another machine is not known, the newest sample is taken to be as new
            as its arrival.
        jumps : tuple of int
            Samples before which the sender's clock was set.
        """
        base_s = self._base_s
        time_s = stamps_s + base_s + self._step_s
        if not len(time_s):
            return time_s, ()
        if not self._trusted and not self._same_machine:
            return time_s - time_s[-1] + arrived_s, ()
        intervals_s = np.diff(time_s, prepend=self._last_s)
        regular_s = intervals_s[(intervals_s > 0) & (intervals_s < JUMP_S)]
        if len(regular_s):
            self._interval_s = float(np.median(regular_s))
        jumps: list[int] = []
        while self._trusted:
            before = np.concatenate([[self._last_s], time_s[:-1]])
            was_ahead = (
                before
                > np.concatenate([[self._last_arrived_s], np.full(len(time_s) - 1, arrived_s)]) + AHEAD_S
            )
            ahead = (time_s - before > JUMP_S) & (time_s > arrived_s + AHEAD_S) & ~was_ahead
            found = np.flatnonzero((time_s - before < -JUMP_S) | ahead)
            found = found[found > (jumps[-1] if jumps else -1)]
            if not len(found):
                break
            k = int(found[0])
            step_s = float(before[k] + self._interval_s - stamps_s[k] - base_s)
            self._step_s = step_s if abs(step_s) > JUMP_S else 0.0
            time_s[k:] = stamps_s[k:] + base_s + self._step_s
            jumps.append(k)
        self._last_s, self._last_arrived_s = float(time_s[-1]), arrived_s
        return time_s, tuple(jumps)
