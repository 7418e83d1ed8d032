"""Gaze on its way from the recorder's memory to the disk."""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from itertools import islice
from typing import Protocol

from gazeannotator.errors import StorageError
from gazeannotator.samples import GazeChunk

COMMIT_EVERY_S = 0.25
RETRY_EVERY_S = 1.0
MAX_CHUNKS_A_COMMIT = 2000

_log = logging.getLogger(__name__)


class GazeSink(Protocol):
    """Where samples go, as `study.store.Store`. What a call raises, it has not stored."""

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        """Store samples durably."""

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        """Store a clock offset, measured at `at_s` of the local clock."""


class Recording:
    """Samples and offsets on their way into one session: one thread adds, one stores.

    Attributes
    ----------
    ending : bool
        What arrives next is the last of it.
    complete : bool
        Nothing is added any more.
    settled : threading.Event
        The recording has ended: all is stored, or the last attempt has failed.
    error : str
        Why the last attempt to store has failed; empty if it has not.
    """

    def __init__(self, sink: GazeSink, session_id: str) -> None:
        self.ending = self.complete = False
        self.settled = threading.Event()
        self.error = ""
        self._sink = sink
        self._session_id = session_id
        self._chunks: deque[tuple[float, GazeChunk]] = deque()
        self._offsets: deque[tuple[float, float]] = deque()
        self._unsaved = 0
        self._lock = threading.Lock()
        self._next_s = -math.inf
        self._storing = False

    @property
    def unsaved(self) -> int:
        """Samples that are not stored yet."""
        return self._unsaved

    def add(self, chunk: GazeChunk, arrived_s: float) -> None:
        """Queue samples that have arrived."""
        with self._lock:
            self._chunks.append((arrived_s, chunk))
            self._unsaved += len(chunk)

    def add_offset(self, at_s: float, offset_s: float) -> None:
        """Queue a measurement of the clock."""
        self._offsets.append((at_s, offset_s))

    def due(self, now_s: float) -> bool:
        """Whether it is time to store."""
        return not self._storing and (now_s >= self._next_s or (self.complete and not self.settled.is_set()))

    def begin(self, now_s: float) -> None:
        """Note that `store` follows, in whatever thread; it is not due meanwhile."""
        self._storing = True
        self._next_s = now_s + COMMIT_EVERY_S

    def store(self) -> bool:
        """Store all that waits; what the sink has taken is forgotten at once.

        Returns
        -------
        bool
            Whether that was the last of it.
        """
        complete = self.complete
        try:
            self._store()
        except Exception as error:  # noqa: BLE001 - whatever it is: no sample may be lost by it
            if not isinstance(error, StorageError):
                _log.exception("gaze could not be stored")
            self.error = str(error)
            self._next_s += RETRY_EVERY_S - COMMIT_EVERY_S
        else:
            self.error = ""
        finally:
            self._storing = False
        if complete:
            self.settled.set()
        return complete and not self.error

    def _store(self) -> None:
        while self._offsets:
            self._sink.append_clock_offset(self._session_id, *self._offsets[0])
            self._offsets.popleft()
        # Not what comes meanwhile: that would be a commit for every few samples.
        waiting = len(self._chunks)
        while waiting:
            with self._lock:
                some = list(islice(self._chunks, min(waiting, MAX_CHUNKS_A_COMMIT)))
            joined = GazeChunk.joined([chunk for _, chunk in some])
            self._sink.append_gaze(self._session_id, joined, some[-1][0])
            waiting -= len(some)
            with self._lock:
                for _ in some:
                    self._chunks.popleft()
                self._unsaved -= len(joined)
