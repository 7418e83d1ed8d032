"""Reading the gaze of many spans, one after another."""

from __future__ import annotations

import math

import sqlalchemy as sa

from gazeannotator.samples import GazeChunk
from gazeannotator.study import store_rows
from gazeannotator.study.store_base import damage

_MOST_CLOCKS = 4096


class GazeReader:
    """Reads gaze as `Store.gaze` does, from one moment of the study; see `Store.gaze_reader`.

    What was measured of the sender's clock is read once for each session.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._clocks: dict[str, store_rows.SessionClock] = {}

    def gaze(self, session_id: str, start_s: float = -math.inf, stop_s: float = math.inf) -> GazeChunk:
        """Return the samples of a session with ``start_s`` ≤ t ≤ ``stop_s``, as `Store.gaze` does."""
        with damage():
            clock = self._clocks.get(session_id)
            if clock is None:
                if len(self._clocks) >= _MOST_CLOCKS:
                    self._clocks.clear()
                clock = self._clocks[session_id] = store_rows.read_clock(self._connection, session_id)
            return store_rows.read_gaze(self._connection, session_id, start_s, stop_s, clock)
