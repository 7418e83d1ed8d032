"""The last seconds of a gaze stream, for live views and the watchdog."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from gazeannotator.samples import GazeChunk

KEPT_S = 10.0
WINDOW_S = 2.0
MEASURE_EVERY_S = 0.25


@dataclass(frozen=True)
class Measured:
    """What the last two seconds were like; NaN where it is not known."""

    rate_hz: float = math.nan
    data_loss: float = math.nan
    jitter_s: float = math.nan


class LiveView:
    """Keeps the chunks of the last ten seconds by the time of their arrival. Not thread-safe.

    Attributes
    ----------
    received : int
        Samples in all.
    measured : Measured
    """

    def __init__(self) -> None:
        self.received = 0
        self.measured = Measured()
        self._arrived: deque[tuple[float, GazeChunk]] = deque()
        self._measured_at_s = -math.inf

    def add(self, chunk: GazeChunk, now: float) -> None:
        """Add samples that arrived now; they are never empty."""
        self.received += len(chunk)
        self._arrived.append((now, chunk))
        while self._arrived[0][0] < now - KEPT_S:
            self._arrived.popleft()
        if now - self._measured_at_s >= MEASURE_EVERY_S:
            self._measured_at_s = now
            self.measured = self._measure()

    def age_s(self, now: float) -> float:
        """Time since samples last arrived, infinite if they never did."""
        return now - self._arrived[-1][0] if self._arrived else math.inf

    @property
    def newest_s(self) -> float:
        """Stamp of the newest sample, NaN if there is none."""
        return float(self._arrived[-1][1].time_s[-1]) if self._arrived else math.nan

    def newest_delay_s(self, offset_s: float) -> float:
        """Stamp of the newest sample on the local clock minus its arrival; negative if it is old."""
        if not self._arrived:
            return 0.0
        arrived_s, chunk = self._arrived[-1]
        return float(chunk.time_s[-1]) + offset_s - arrived_s

    def latest(self, seconds: float, offset_s: float) -> GazeChunk:
        """Give the samples whose stamps lie within `seconds` before the newest, plus `offset_s`."""
        chunk = self._since(seconds)
        if not len(chunk):
            return chunk
        newest = chunk.time_s[-1]
        chunk = chunk[(chunk.time_s > newest - seconds) & (chunk.time_s <= newest)]
        return replace(chunk, time_s=chunk.time_s + offset_s)

    def _measure(self) -> Measured:
        chunk = self._since(WINDOW_S)
        span_s = float(np.ptp(chunk.time_s))
        if not span_s > 0:
            return Measured(data_loss=float(np.mean(chunk.lost)))
        low_s, high_s = np.quantile(np.diff(chunk.time_s), (0.1, 0.9)).tolist()
        return Measured((len(chunk) - 1) / span_s, float(np.mean(chunk.lost)), high_s - low_s)

    def _since(self, seconds: float) -> GazeChunk:
        """Join what arrived within `seconds` (and a margin for late ones) before the last arrival."""
        recent: list[GazeChunk] = []
        for arrived_s, chunk in reversed(self._arrived):
            if arrived_s < self._arrived[-1][0] - seconds - 0.5:
                break
            recent.append(chunk)
        return GazeChunk.joined(recent[::-1])
