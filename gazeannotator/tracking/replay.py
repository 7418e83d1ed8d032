"""Recordings to be replayed: CSV files with the columns time_s, x_px, y_px."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.gaze.recording import read_gaze
from gazeannotator.geometry import screen_px_to_normalised
from gazeannotator.samples import FloatArray, GazeChunk


@dataclass(frozen=True)
class Recording:
    """Gaze of one point, as read from a file.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Strictly increasing.
    xy_px : ndarray, shape (n, 2)
        Screen px; NaN where lost.
    """

    time_s: FloatArray
    xy_px: FloatArray

    @property
    def rate_hz(self) -> float:
        """Rate by the median step, 0 if it cannot be told."""
        steps = np.diff(self.time_s)
        return 0.0 if not len(steps) else round(1 / float(np.median(steps)), 3)

    def to_chunk(self, start_s: float, screen_px: tuple[float, float]) -> GazeChunk:
        """Make samples of both eyes, stamped ``start_s + time_s`` and numbered by row."""
        xy = screen_px_to_normalised(self.xy_px, screen_px)
        n = len(self.time_s)
        return GazeChunk(
            time_s=start_s + self.time_s,
            left=xy,
            right=xy,
            pupil_mm=np.full((n, 2), np.nan),
            distance_mm=np.full(n, np.nan),
            sequence=np.arange(n, dtype=np.float64),
            origin_mm=np.full((n, 2, 3), np.nan),
        )


def read_recording(path: Path) -> Recording:
    """Read a CSV file with time_s, x_px, y_px and any other columns; empty or nan is a lost sample.

    Raises
    ------
    BadInput
        The file cannot be read, misses a column, or has a value that cannot be used; names the line.
    """
    time_s, xy_px = read_gaze(path)
    if not len(time_s):
        raise BadInput(f"{path} has no samples.", "Write one sample a line below time_s,x_px,y_px.")
    return Recording(time_s, xy_px)
