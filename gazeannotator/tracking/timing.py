"""How a stream keeps time: its rate, jitter, gaps, order, delay, and what is missing.

Everything is counted while the samples pass, in constant memory. Quantiles come from a random
sample of what passed (Vitter 1985, algorithm R), exact as long as fewer have passed than are kept.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from gazeannotator.samples import FloatArray
from gazeannotator.study.journal import plain_json

GAP_FACTOR = 5.0
MIN_GAP_S = 0.02
"""Shorter holes are what stamps look like that were given on arrival."""

TOLD_GAP_S = 0.075
"""Shorter gaps are bridged when fixations are found; they are counted and not listed."""

REORDERED_WITHIN = 64
"""A sample number further back than this is no late sample: the counter began anew."""

_KEPT = 4096
_ENOUGH, _SETTLED = 50, 100
_RECKON_EVERY_S = 1.0

Reason = Literal["silence", "missing", "reconnected", "clock_jump"]


@dataclass(frozen=True)
class Gap:
    """A time without samples.

    Attributes
    ----------
    from_s, to_s : float
        `local_clock()` of the last sample before and the first after it.
    reason : str
        ``silence``: nothing came. ``missing``: samples came, but none with times within.
        ``reconnected``: the sender had gone, and it or the one in its place was taken up again.
        ``clock_jump``: none is missing, but the sender's clock was set, and the times after it
        are told by when the samples arrived.
    """

    from_s: float
    to_s: float
    reason: Reason


@dataclass(frozen=True)
class StreamTiming:
    """How a stream has kept time so far.

    Attributes
    ----------
    samples : int
    duration_s : float
        From the arrival of the first sample to that of the last.
    nominal_hz : float
        What the sender declares, 0 if irregular.
    rate_hz : float
        Measured between the gaps; NaN before there are two samples, as all times below.
    interval_s : float
        Median time between samples.
    jitter_s : float
        Spread of the intervals: eight of ten lie within a range of this width.
    gaps : int
        Intervals above five times what is usual, and above 20 ms.
    longest_gap_s : float
        0 if there is none.
    missing : int or None
        Samples that never came by their numbers; None where the stream does not number them.
    duplicates, out_of_order : int
        Samples with the stamp of the one before, or an earlier one.
    without_stamp : int
        Samples that were left out because their stamp is no number.
    clock_jumps : int
        How often the sender's clock changed by more than 0.1 s.
    reconnects : int
        How often the sender was taken up again.
    clock_offset_s : float
        Last measurement: what is added to a stamp to get `local_clock()`.
    latency_s, latency_p99_s : float
        From stamp to arrival, median and 99th percentile.
    """

    samples: int
    duration_s: float
    nominal_hz: float
    rate_hz: float
    interval_s: float
    jitter_s: float
    gaps: int
    longest_gap_s: float
    missing: int | None
    duplicates: int
    out_of_order: int
    without_stamp: int
    clock_jumps: int
    reconnects: int
    clock_offset_s: float
    latency_s: float
    latency_p99_s: float

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON can hold it: what is not known is None."""
        data = plain_json(asdict(self))
        assert isinstance(data, dict)
        return data


class StreamTimer:
    """Follows a stream, chunk by chunk. Not thread-safe.

    Parameters
    ----------
    nominal_hz : float
        What the sender declares, 0 if irregular.
    begun_s : float, optional
        Samples are expected from this time of the clock on; by default from the first one.

    Attributes
    ----------
    without_stamp : int
        Samples without a stamp, which the caller leaves out.
    clock_jumps : int
        Those that show in the measured offsets are counted by the caller.
    clock_offset_s : float
        As measured last.
    """

    def __init__(self, nominal_hz: float, begun_s: float | None = None) -> None:
        self.without_stamp = 0
        self.clock_jumps = 0
        self.clock_offset_s = math.nan
        self._nominal_hz = nominal_hz
        self._begun_s = begun_s
        self._samples = 0
        self._last_s = self._gap_from_s = math.nan
        self._first_arrived_s = self._last_arrived_s = math.nan
        self._intervals, self._delays = _Sampled(), _Sampled()
        self._gap_above_s = math.inf
        self._reckon_at_s = -math.inf
        self._regular, self._regular_s = 0, 0.0
        self._gaps, self._longest_gap_s = 0, 0.0
        self._duplicates = self._out_of_order = self._reconnects = 0
        self._numbers = _Numbers()

    def add(
        self,
        time_s: FloatArray,
        sequence: FloatArray,
        arrived_s: float,
        *,
        lost_after_s: float,
        reconnected: bool = False,
        on_clock: bool = True,
        jumps: tuple[int, ...] = (),
    ) -> list[Gap]:
        """Take samples that arrived together.

        Parameters
        ----------
        time_s : ndarray, shape (n,)
            On the local clock as far as it is known.
        sequence : ndarray, shape (n,)
            The sender's numbers, NaN where it gives none.
        arrived_s : float
            The local clock.
        lost_after_s : float
            The stream is silent when nothing has come for so long.
        reconnected : bool
            The sender was taken up again before these samples.
        on_clock : bool
            Whether the offset to the local clock is known, so that delays mean something.
        jumps : tuple of int
            Samples before which the sender's clock was set.

        Returns
        -------
        list of Gap
            Those that end here and are worth telling.
        """
        if not len(time_s):
            return []
        before = np.concatenate([[self._last_s], time_s[:-1]])
        told = [self._gap(before, time_s, jump, "clock_jump") for jump in jumps]
        interval_s = time_s - before
        if reconnected:
            self._reconnects += 1
            self._numbers = _Numbers(self._numbers)
            told.append(self._across_connections(float(time_s[0])))
            interval_s[0] = math.nan
        elif not self._samples:
            told += self._late_beginning(arrived_s, lost_after_s)
        self.clock_jumps += len(jumps)
        self._out_of_order += int(np.sum(interval_s < 0))
        self._duplicates += int(np.sum(interval_s == 0))
        self._intervals.add(interval_s[interval_s >= 0])
        self._reckon(arrived_s)
        is_gap = interval_s > self._gap_above_s
        for k in np.flatnonzero(is_gap):
            silent = k == 0 and arrived_s - self._last_arrived_s > lost_after_s
            if interval_s[k] > TOLD_GAP_S:
                told.append(self._gap(before, time_s, int(k), "silence" if silent else "missing"))
        self._count_gaps(interval_s[is_gap])
        regular_s = interval_s[(interval_s >= 0) & ~is_gap]
        self._regular += len(regular_s)
        self._regular_s += float(regular_s.sum())
        self._numbers.add(sequence)
        if on_clock:
            self._delays.add(arrived_s - time_s)
        if not self._samples:
            self._first_arrived_s = arrived_s
        self._samples += len(time_s)
        self._last_s = self._gap_from_s = float(time_s[-1])
        self._last_arrived_s = arrived_s
        return told

    def clock_changed(self, last_s: float = math.nan) -> None:
        """Take times from here on as of another clock, by which the last sample was at `last_s`.

        Where that is not known, nothing is concluded from the time to the next sample.
        """
        if self._samples:
            self._last_s = last_s

    @property
    def rate_hz(self) -> float:
        """Samples a second between the gaps; NaN until there are enough to tell."""
        return self._regular / self._regular_s if self._regular >= _SETTLED and self._regular_s else math.nan

    def ended(self, now_s: float, lost_after_s: float) -> list[Gap]:
        """Tell the gap that is still open at the end, if there is one."""
        since_s = self._last_arrived_s if self._samples else self._begun_s
        if since_s is None or now_s - since_s <= lost_after_s:
            return []
        self._count_gaps(np.array([now_s - since_s]))
        return [Gap(since_s, now_s, "silence")]

    def snapshot(self) -> StreamTiming:
        """Tell how the stream has kept time so far."""
        low_s, median_s, high_s = self._intervals.quantiles(0.1, 0.5, 0.9)
        latency_s, latency_p99_s = self._delays.quantiles(0.5, 0.99)
        return StreamTiming(
            samples=self._samples,
            duration_s=self._last_arrived_s - self._first_arrived_s,
            nominal_hz=self._nominal_hz,
            rate_hz=self._regular / self._regular_s if self._regular_s > 0 else math.nan,
            interval_s=median_s,
            jitter_s=high_s - low_s,
            gaps=self._gaps,
            longest_gap_s=self._longest_gap_s,
            missing=self._numbers.missing,
            duplicates=self._duplicates,
            out_of_order=self._out_of_order,
            without_stamp=self.without_stamp,
            clock_jumps=self.clock_jumps,
            reconnects=self._reconnects,
            clock_offset_s=self.clock_offset_s,
            latency_s=latency_s,
            latency_p99_s=latency_p99_s,
        )

    def _gap(self, before: FloatArray, after: FloatArray, at: int, reason: Reason) -> Gap:
        to_s = float(after[at])
        return Gap(to_s if math.isnan(before[at]) else float(before[at]), to_s, reason)

    def _across_connections(self, to_s: float) -> Gap:
        from_s = self._gap_from_s if self._samples else to_s if self._begun_s is None else self._begun_s
        self._count_gaps(np.array([max(0.0, to_s - from_s)]))
        return Gap(from_s, to_s, "reconnected")

    def _late_beginning(self, arrived_s: float, lost_after_s: float) -> list[Gap]:
        if self._begun_s is None or arrived_s - self._begun_s <= lost_after_s:
            return []
        self._count_gaps(np.array([arrived_s - self._begun_s]))
        return [Gap(self._begun_s, arrived_s, "silence")]

    def _count_gaps(self, lengths_s: FloatArray) -> None:
        self._gaps += len(lengths_s)
        self._longest_gap_s = max(self._longest_gap_s, float(lengths_s.max(initial=0.0)))

    def _reckon(self, arrived_s: float) -> None:
        """Find out from time to time what interval is usual."""
        if self._intervals.seen > _SETTLED and arrived_s < self._reckon_at_s:
            return
        self._reckon_at_s = arrived_s + _RECKON_EVERY_S
        # Not the median: a sender that gives the samples of a packet one stamp has a median of 0.
        (usual_s,) = self._intervals.quantiles(0.9 if self._intervals.seen >= _ENOUGH else 1.0)
        self._gap_above_s = math.inf if math.isnan(usual_s) else max(GAP_FACTOR * usual_s, MIN_GAP_S)


class _Sampled:
    """A random sample of the numbers that have passed, all equally likely to be in it."""

    def __init__(self) -> None:
        self.seen = 0
        self._kept = np.empty(_KEPT)
        self._random = np.random.default_rng(0)

    def add(self, values: FloatArray) -> None:
        """Take some more."""
        first = values[: max(0, _KEPT - self.seen)]
        self._kept[self.seen : self.seen + len(first)] = first
        self.seen += len(first)
        rest = values[len(first) :]
        if len(rest):
            place = (self._random.random(len(rest)) * (self.seen + 1 + np.arange(len(rest)))).astype(int)
            stays = place < _KEPT
            self._kept[place[stays]] = rest[stays]
            self.seen += len(rest)

    def quantiles(self, *shares: float) -> tuple[float, ...]:
        """Give quantiles, NaN if nothing has passed."""
        if not self.seen:
            return (math.nan,) * len(shares)
        return tuple(np.quantile(self._kept[: self.seen], shares).tolist())


class _Numbers:
    """Counts the samples that are missing by their numbers, late ones taken into account."""

    def __init__(self, before: _Numbers | None = None) -> None:
        self._highest = math.nan
        self._missing: int = 0 if before is None else before._missing
        self._seen: bool = False if before is None else before._seen

    @property
    def missing(self) -> int | None:
        """How many never came; None where samples have no numbers."""
        return self._missing if self._seen else None

    def add(self, numbers: FloatArray) -> None:
        """Take the numbers of some samples, NaN for none."""
        numbers = numbers[np.isfinite(numbers)]
        while len(numbers):
            self._seen = True
            highest = np.fmax.accumulate(np.concatenate([[self._highest], numbers]))[:-1]
            ahead = numbers - highest
            anew = np.flatnonzero(ahead < -REORDERED_WITHIN)
            until = int(anew[0]) if len(anew) else len(numbers)
            skipped, late = ahead[:until][ahead[:until] > 1] - 1, ahead[:until] < 0
            self._missing = max(0, self._missing + round(float(skipped.sum())) - int(late.sum()))
            if not len(anew):
                self._highest = float(np.fmax(highest[-1], numbers[-1]))
                return
            # The counter began anew: what is missing across that cannot be told.
            self._highest, numbers = float(numbers[until]), numbers[until + 1 :]
