"""How fast and how well a tracker sends."""

from __future__ import annotations

import math

from gazeannotator.tracking.tobii.model import GazeSamples


class Meter:
    """Counts samples, and measures them from one reading to the next.

    Attributes
    ----------
    samples : int
        All that came so far.
    """

    def __init__(self) -> None:
        self.samples = 0
        self._before_us: int | None = None
        self._count = self._found = self._first_us = self._last_us = 0

    def add(self, samples: GazeSamples) -> None:
        """Count samples that came; they are never empty."""
        if not self._count:
            self._first_us = int(samples.device_us[0])
        self._last_us = int(samples.device_us[-1])
        self._count += len(samples)
        self._found += int(samples.point_valid.any(axis=1).sum())
        self.samples += len(samples)

    def read(self) -> dict[str, float]:
        """Tell what came since the last reading.

        Returns
        -------
        dict
            ``rate_hz`` by the tracker's own clock, ``found``: the share of samples in which an eye was
            found (NaN without samples), and ``samples``: all that came so far.
        """
        if self._before_us is None:
            intervals, since_us = self._count - 1, self._first_us
        else:
            intervals, since_us = self._count, self._before_us
        span_us = self._last_us - since_us
        facts = {
            "rate_hz": intervals * 1e6 / span_us if intervals > 0 and span_us > 0 else 0.0,
            "samples": self.samples,
            "found": self._found / self._count if self._count else math.nan,
        }
        self._before_us = self._last_us if self._count else None
        self._count = self._found = self._first_us = self._last_us = 0
        return facts
