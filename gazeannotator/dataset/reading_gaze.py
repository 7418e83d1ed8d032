"""The gaze that belongs to one reading, and how much of it is lost.

What is built, what the facts of a study say and what is noted during a session must agree on
it, so that it is cut and counted here only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.filters import data_loss, spacing_s
from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import Reading, Session


class GazeSource(Protocol):
    """Where gaze comes from: a `Store`, or its `GazeReader`, which is faster."""

    def gaze(self, session_id: str, start_s: float, stop_s: float) -> GazeChunk:
        """Return the samples of a session with ``start_s`` ≤ t ≤ ``stop_s``, see `Store.gaze`."""


@dataclass(frozen=True)
class SeenGaze:
    """The samples taken while an image was seen.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Since the onset, strictly increasing, 0 ≤ t ≤ duration; NaN where an imported source has no times.
    chunk : GazeChunk
        The same samples, with the times of the recording clock.
    rate_hz : float
        Measured; nominal where there are too few samples, NaN where nothing is known.
    data_loss : float
        Share of lost samples, those that never came counted too; NaN where nothing was recorded.
    """

    time_s: NDArray[np.float64]
    chunk: GazeChunk
    rate_hz: float
    data_loss: float

    def loss_of(self, xy: NDArray[np.float64], duration_s: float) -> float:
        """Share of lost samples of one eye, whose points (n, 2) these are; `data_loss` is that of both."""
        if math.isnan(self.data_loss):
            return math.nan
        lost = np.asarray(np.isnan(xy).any(axis=1), np.bool_)
        return data_loss(self.time_s, lost, 0.0, duration_s, self.rate_hz)


def gaze_while_seen(
    source: GazeSource, session: Session, onset_s: float, duration_s: float, *, timed: bool = True
) -> SeenGaze:
    """Cut the gaze of a reading out of its session.

    Parameters
    ----------
    onset_s, duration_s : float
        As `Reading.seen` tells them.
    timed : bool
        False for a source that tells the order of its samples only.
    """
    time_s, chunk = _within(source, session, onset_s, duration_s, timed)
    rate_hz = _rate_hz(time_s, session)
    recorded = session.tells_loss or (session.imported is None and len(time_s) > 0)
    loss = data_loss(time_s, chunk.lost, 0.0, duration_s, rate_hz) if recorded else math.nan
    return SeenGaze(time_s, chunk, rate_hz, loss)


def reading_loss(source: GazeSource, session: Session, reading: Reading) -> float:
    """Share of lost samples of a reading; NaN where nothing was recorded."""
    onset_s, duration_s = reading.seen(session.onset_correction_s)
    return gaze_while_seen(source, session, onset_s, duration_s, timed=reading.times != "none").data_loss


def _within(
    source: GazeSource, session: Session, onset_s: float, duration_s: float, timed: bool
) -> tuple[NDArray[np.float64], GazeChunk]:
    if math.isnan(duration_s):
        return np.empty(0), GazeChunk.empty()
    # The sum may be rounded to before a sample that came with the end.
    chunk = source.gaze(session.id, onset_s, math.nextafter(onset_s + duration_s, math.inf))
    if not timed:
        return np.full(len(chunk), np.nan), chunk
    time_s = chunk.time_s - onset_s
    kept = (time_s >= 0) & (time_s <= duration_s)
    # A sender that repeats a stamp repeats a sample.
    kept &= np.diff(time_s, prepend=-math.inf) > 0
    return time_s[kept], chunk[kept]


def _rate_hz(time_s: NDArray[np.float64], session: Session) -> float:
    # The stamps tell the rate better than the stream's description.
    if len(time_s) > 2 and not np.isnan(time_s).any():
        return 1 / spacing_s(time_s)
    nominal = session.gaze_stream.rate_hz if session.gaze_stream else 0.0
    return nominal if nominal > 0 else math.nan
