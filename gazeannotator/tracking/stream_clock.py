"""From a stream's stamps to this machine's clock, while the samples arrive."""

from __future__ import annotations

import math

import numpy as np

from gazeannotator.samples import FloatArray
from gazeannotator.study.gaze_rows import CLOCK_RESET_S, applied_offset

JUMP_S = 0.5
"""No sender's samples come so far out of order: where stamps do, their clock was set."""

FOREIGN_S = 10.0
"""No sender is so late: stamps that far from their arrival are of a clock that is not the LSL clock."""

AHEAD_S = 0.1
"""A sample that is so far ahead of its own arrival has a wrong stamp."""


class StreamClock:
    """What is added to a stream's stamps: the measured offset, and steps of the stamps themselves.

    The offset is between the LSL clocks of two machines. A sender whose stamps come from another
    clock, which is then set, steps without it. Such a step shows in the stamps alone: they go
    back, or they run ahead of their own arrival. It is undone from there on, and forgotten when
    the stamps are back where they belong or the sender has been taken up anew.

    Some programs stamp with their device's clock and not with the LSL clock at all (EyeLogic, one
    of Gazepoint's). Such stamps keep their spacing, and are placed by when samples arrive: the
    fastest since the last measurement is taken to have arrived at once.

    Parameters
    ----------
    same_machine : bool
        Whether the sender runs on this computer, see `gaze_rows.applied_offset`.
    """

    def __init__(self, same_machine: bool) -> None:
        self._same_machine = same_machine
        self._measured_s: float | None = None
        self._base_s = 0.0
        self._trusted = False
        self._step_s = 0.0
        self._last_s = math.nan
        self._last_arrived_s = -math.inf
        self._interval_s = 0.0
        self._foreign = False
        self._fastest_s = math.inf

    @property
    def foreign(self) -> bool:
        """Whether the sender does not stamp with the LSL clock."""
        return self._foreign

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

    def measured(self, offset_s: float) -> bool:
        """Take a measurement of the offset; tell whether the sender's clock was reset since the last."""
        reset = self._measured_s is not None and abs(offset_s - self._measured_s) > CLOCK_RESET_S
        if reset or not self._trusted:
            # What the sender's clock did is in the offset now.
            self._step_s, self._last_s, self._foreign = 0.0, math.nan, False
        self._measured_s, self._trusted = offset_s, True
        self._base_s = float(applied_offset(np.array(offset_s), self._same_machine))
        if self._foreign and math.isfinite(self._fastest_s):
            # Its drift is followed, as that of an LSL clock is.
            self._step_s = self._fastest_s - self._base_s
        self._fastest_s = math.inf
        return reset

    def reconnected(self) -> None:
        """Expect another clock: the sender was taken up again."""
        self._trusted, self._step_s, self._last_s = False, 0.0, math.nan
        self._foreign, self._fastest_s = False, math.inf

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
        time_s = stamps_s + self.applied_s
        if not len(time_s):
            return time_s, ()
        if not self._trusted and not self._same_machine:
            return time_s - time_s[-1] + arrived_s, ()
        self._fastest_s = min(self._fastest_s, arrived_s - float(stamps_s[-1]))
        # The first sample, not the newest: a recording that is replayed fast begins at its time.
        if self._trusted and math.isnan(self._last_s) and abs(float(time_s[0]) - arrived_s) > FOREIGN_S:
            self._foreign, self._step_s = True, self._fastest_s - self._base_s
            self._last_s, self._last_arrived_s = float(stamps_s[-1]) + self.applied_s, arrived_s
            return stamps_s + self.applied_s, (0,)
        steps_s = np.empty(len(time_s))
        steps_s[0] = time_s[0] - self._last_s
        np.subtract(time_s[1:], time_s[:-1], out=steps_s[1:])
        jumps: tuple[int, ...] = ()
        if self._trusted and (np.abs(steps_s) > JUMP_S).any():
            jumps = self._follow(stamps_s, time_s, steps_s, arrived_s)
        elif steps_s[-1] > 0:
            self._interval_s = float(steps_s[-1])
        self._last_s, self._last_arrived_s = float(time_s[-1]), arrived_s
        return time_s, jumps

    def _follow(
        self, stamps_s: FloatArray, time_s: FloatArray, steps_s: FloatArray, arrived_s: float
    ) -> tuple[int, ...]:
        """Undo jumps in the times, one after the other; tell where they are."""
        regular_s = steps_s[(steps_s > 0) & (steps_s < JUMP_S)]
        if len(regular_s):
            self._interval_s = float(np.median(regular_s))
        before_arrived_s = np.full(len(time_s), arrived_s)
        before_arrived_s[0] = self._last_arrived_s
        jumps: list[int] = []
        while True:
            before_s = np.concatenate([[self._last_s], time_s[:-1]])
            # One that was ahead before is so on purpose: a recording that is replayed fast.
            ahead = (time_s > arrived_s + AHEAD_S) & ~(before_s > before_arrived_s + AHEAD_S)
            steps_s = time_s - before_s
            found = np.flatnonzero((steps_s < -JUMP_S) | ((steps_s > JUMP_S) & ahead))
            found = found[found > (jumps[-1] if jumps else -1)]
            if not len(found):
                return tuple(jumps)
            k = int(found[0])
            step_s = float(before_s[k] + self._interval_s - stamps_s[k] - self._base_s)
            self._step_s = step_s if abs(step_s) > JUMP_S else 0.0
            time_s[k:] = stamps_s[k:] + self.applied_s
            jumps.append(k)
