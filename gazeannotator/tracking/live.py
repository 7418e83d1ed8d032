"""The last seconds of a gaze stream, for live views and the watchdog."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np

from gazeannotator.samples import GazeChunk

KEPT_S = 10.0
WINDOW_S = 2.0
MEASURE_EVERY_S = 0.25


class LiveView:
    """Keeps the chunks of the last ten seconds by the time of their arrival. Not thread-safe."""

    def __init__(self) -> None:
        self.received = 0
        self._arrived: deque[tuple[float, GazeChunk]] = deque()
        self._rate_and_loss = (math.nan, math.nan)
        self._measured_at_s = -math.inf

    def add(self, chunk: GazeChunk, now: float) -> None:
        """Add samples that arrived now; they are never empty."""
        self.received += len(chunk)
        self._arrived.append((now, chunk))
        while self._arrived[0][0] < now - KEPT_S:
            self._arrived.popleft()
        if now - self._measured_at_s >= MEASURE_EVERY_S:
            self._measured_at_s = now
            self._rate_and_loss = self._measured()

    def age_s(self, now: float) -> float:
        """Time since samples last arrived, infinite if they never did."""
        return now - self._arrived[-1][0] if self._arrived else math.inf

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

    def arrived_after(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give what arrived after that time, with raw stamps, and when the newest of all did.

        Cheap, for a view that asks at every frame: it costs what is new, not what is kept.
        """
        recent: list[GazeChunk] = []
        for at_s, chunk in reversed(self._arrived):
            if at_s <= arrived_s:
                break
            recent.append(chunk)
        newest_s = self._arrived[-1][0] if self._arrived else -math.inf
        return GazeChunk.joined(recent[::-1]), newest_s

    def rate_and_loss(self) -> tuple[float, float]:
        """Tell the measured rate in Hz and the share of lost samples; NaN if unknown."""
        return self._rate_and_loss

    def _measured(self) -> tuple[float, float]:
        chunk = self._since(WINDOW_S)
        span_s = float(np.ptp(chunk.time_s))
        rate_hz = (len(chunk) - 1) / span_s if span_s > 0 else math.nan
        return rate_hz, float(np.mean(chunk.lost))

    def _since(self, seconds: float) -> GazeChunk:
        """Join what arrived within `seconds` (and a margin for late ones) before the last arrival."""
        recent: list[GazeChunk] = []
        for arrived_s, chunk in reversed(self._arrived):
            if arrived_s < self._arrived[-1][0] - seconds - 0.5:
                break
            recent.append(chunk)
        return GazeChunk.joined(recent[::-1])
