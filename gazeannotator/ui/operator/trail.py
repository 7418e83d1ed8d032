"""The last half second of gaze, few enough points to be drawn at every frame."""

from __future__ import annotations

import math

import numpy as np

from gazeannotator.samples import FloatArray, GazeChunk

SHOWN_S = 0.5
POINT_S = 0.05
"""The eye's present place is the mean over so long."""

MOST_POINTS = 80


class Trail:
    """Keeps what arrives, as long as it is shown.

    Points are thinned by taking every k-th sample as it came, always the same ones: a trail that is
    thinned anew at each frame would tremble.
    """

    def __init__(self) -> None:
        self.arrived_s = -math.inf
        self._chunk = GazeChunk.empty()
        self._before = 0

    def take(self, chunk: GazeChunk, arrived_s: float, now_s: float) -> bool:
        """Add samples; forget what is old. Returns whether anything has changed.

        Parameters
        ----------
        chunk : GazeChunk
            New samples, perhaps none.
        arrived_s : float
            When the newest of all arrived.
        now_s : float
            The same clock.
        """
        self.arrived_s = arrived_s
        if not len(chunk):
            if len(self._chunk) and now_s - arrived_s > SHOWN_S:
                self.clear()
                return True
            return False
        joined = GazeChunk.joined([self._chunk, chunk])
        newest_s = float(joined.time_s[-1])
        # Stamps may jump, also backwards: what does not lie just before the newest is of no interest.
        first = int(np.argmax(np.abs(joined.time_s - newest_s) < SHOWN_S))
        self._before += first
        self._chunk = joined[first:]
        return True

    def clear(self) -> None:
        """Forget all."""
        self._before += len(self._chunk)
        self._chunk = GazeChunk.empty()

    @property
    def chunk(self) -> GazeChunk:
        """What is kept, not thinned, with raw stamps."""
        return self._chunk

    @property
    def step(self) -> int:
        """Every so manieth sample is drawn: a power of two, so that it seldom changes."""
        return 1 << max(0, math.ceil(math.log2(max(1, len(self._chunk)) / MOST_POINTS)))

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Return the thinned trails of the left and right eye, (n, 2) each, tracker-normalised."""
        step = self.step
        rows = slice(-self._before % step, None, step)
        return self._chunk.left[rows], self._chunk.right[rows]

    def present(self) -> tuple[FloatArray, FloatArray]:
        """Return where the left and right eye look now, (2,) each; NaN while an eye is not found."""
        time_s = self._chunk.time_s
        recent = time_s > time_s[-1] - POINT_S if len(time_s) else np.zeros(0, bool)
        return _mean(self._chunk.left[recent]), _mean(self._chunk.right[recent])


def runs(xy: FloatArray) -> list[FloatArray]:
    """Split a trail where samples are lost, (n, 2) each."""
    found = np.isfinite(xy).all(axis=1)
    if found.all():
        return [xy] if len(xy) else []
    edges = np.flatnonzero(np.diff(found, prepend=False, append=False))
    return [xy[start:stop] for start, stop in edges.reshape(-1, 2)]


def _mean(xy: FloatArray) -> FloatArray:
    found = xy[np.isfinite(xy).all(axis=1)]
    return found.mean(axis=0) if len(found) else np.full(2, np.nan)
