"""What is known of a stream while it is received: its last seconds, its clock, how it keeps time."""

from __future__ import annotations

import math

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.live import LiveView
from gazeannotator.tracking.stream_clock import StreamClock
from gazeannotator.tracking.timing import Gap, StreamTimer, StreamTiming

OFFSET_EVERY_S = 5.0
ASK_AGAIN_S = 1.0
LOST_AFTER_S = 0.5
LOST_AFTER_SAMPLES = 20
STAMPS_OFF_S = 1.0
"""Stamps further from this machine's clock than this are reported, and the offset is asked again."""

RATE_OFF = 0.2
"""A rate that differs so much from the declared one is reported."""


class StreamWatch:
    """Follows one stream. Not thread-safe.

    Parameters
    ----------
    nominal_hz : float
        What the sender declares, 0 if irregular.
    same_machine : bool
        Whether the sender runs on this computer.

    Attributes
    ----------
    live : LiveView
    clock : StreamClock
    measured_at_s : float
        When the offset was measured last.
    """

    def __init__(self, nominal_hz: float, same_machine: bool) -> None:
        self.live = LiveView()
        self.clock = StreamClock(same_machine)
        self.measured_at_s = -math.inf
        self._nominal_hz = nominal_hz
        self._timer = StreamTimer(nominal_hz)
        self._ask_at_s = -math.inf
        self._without_stamp = 0

    @property
    def timing(self) -> StreamTiming:
        """How it has kept time since it was last asked to `begin`."""
        return self._timer.snapshot()

    def begin(self, now_s: float | None = None) -> None:
        """Judge its timing anew, from a time on at which samples are expected."""
        self._timer = StreamTimer(self._nominal_hz, now_s)

    def end(self, now_s: float) -> list[Gap]:
        """Tell the gap that is still open."""
        return self._timer.ended(now_s, self.lost_after_s)

    def left_out(self, samples: int) -> None:
        """Count samples that came without a stamp."""
        self._without_stamp += samples
        self._timer.without_stamp += samples

    def take(self, chunk: GazeChunk, arrived_s: float, *, reconnected: bool) -> tuple[list[Gap], bool]:
        """Take samples that have arrived; never none.

        Parameters
        ----------
        reconnected : bool
            The sender was taken up again before these samples.

        Returns
        -------
        gaps : list of Gap
            Those that ended here.
        stepped : bool
            The sender's clock was set, and `StreamClock.offset_s` is another one now.
        """
        lost_after_s = self.lost_after_s
        if reconnected:
            self.clock.reconnected()
        if reconnected or self.live.age_s(arrived_s) > lost_after_s:
            # The sender may have been restarted, on a clock that starts anew.
            self.ask_clock()
        time_s, jumps = self.clock.taken(chunk.time_s, arrived_s)
        self.live.add(chunk, arrived_s)
        gaps = self._timer.add(
            time_s,
            chunk.sequence,
            arrived_s,
            lost_after_s=lost_after_s,
            reconnected=reconnected,
            on_clock=self.clock.known,
            jumps=jumps,
        )
        return gaps, bool(jumps)

    def ask_clock(self) -> None:
        """Have the clock measured next."""
        self._ask_at_s = -math.inf

    def clock_due(self, now_s: float) -> bool:
        """Whether the clock is to be measured."""
        return now_s >= self._ask_at_s

    def measured(self, now_s: float, offset_s: float) -> None:
        """Take a measurement of the clock."""
        was_known = self.clock.known
        reset = self.clock.measured(offset_s)
        if reset:
            self._timer.clock_changed()
        elif not was_known:
            self._timer.clock_changed(self.live.newest_s + self.clock.applied_s)
        self._timer.clock_jumps += reset
        self._timer.clock_offset_s = offset_s
        self.measured_at_s = now_s
        doubtful = abs(self.stamps_off_s) > STAMPS_OFF_S
        self._ask_at_s = now_s + (ASK_AGAIN_S if doubtful else OFFSET_EVERY_S)

    @property
    def lost_after_s(self) -> float:
        """After how long a silence the stream is lost."""
        rate_hz = self._nominal_hz or self.live.measured.rate_hz
        slow_s = LOST_AFTER_SAMPLES / rate_hz if rate_hz > 0 else 0.0
        return max(LOST_AFTER_S, slow_s)

    @property
    def stamps_off_s(self) -> float:
        """How far the newest stamp, corrected, was ahead of the clock when it arrived; 0 if not known."""
        return self.live.newest_delay_s(self.clock.applied_s) if self.clock.known else 0.0

    def doubt(self) -> str:
        """Say what is odd about a stream that comes, in plain words; empty if nothing is."""
        off_s, rate_hz = self.stamps_off_s, self._timer.rate_hz
        if abs(off_s) > STAMPS_OFF_S:
            return f"The tracker's time stamps are {off_s:+.1f} s off this computer's clock."
        if self._without_stamp:
            return f"{self._without_stamp} samples came without a time stamp and were left out."
        if self._nominal_hz > 0 and abs(rate_hz / self._nominal_hz - 1) > RATE_OFF:
            return f"The tracker sends {rate_hz:.0f} samples a second and declares {self._nominal_hz:.0f}."
        return ""
