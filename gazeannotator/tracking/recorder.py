"""The recorder: drains one gaze stream into the study, and keeps the last seconds for live views.

`Recorder.pull_once` does everything; the recorder's thread only calls it again and again, so
that tests (and a single-threaded program) drive it by hand. Nothing is ever dropped here: what
could not be stored stays in memory and is tried again. Stamps are stored as the sender gave them,
also doubled or decreasing ones, with the clock offsets beside them.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import StorageError
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.tracking.layouts import Layout, to_chunk
from gazeannotator.tracking.live import LiveView

POLL_EVERY_S = 0.005
COMMIT_EVERY_S = 0.25
RETRY_EVERY_S = 1.0
OFFSET_EVERY_S = 5.0
STATUS_EVERY_S = 1 / 30
LOST_AFTER_S = 0.5
LOST_AFTER_SAMPLES = 20
STAMPS_OFF_S = 1.0
"""Stamps further from this machine's clock than this are reported, and the offset is asked again."""

MAX_CHUNKS_A_COMMIT = 2000

State = Literal["waiting", "receiving", "lost", "storage_failed", "stopped"]

_log = logging.getLogger(__name__)


class Inlet(Protocol):
    """Where samples come from, as `inlet.GazeInlet`."""

    @property
    def rate_hz(self) -> float:
        """Nominal rate, 0 if irregular."""

    def pull(self) -> tuple[NDArray[Any], FloatArray]:
        """Take what has arrived: values (n, channels) and stamps (n,); never waits."""

    def clock_offset(self) -> float | None:
        """Seconds to add to a stamp to get the local clock; None if not known yet."""

    def close(self) -> None:
        """Leave the stream."""


class GazeSink(Protocol):
    """Where samples go, as `study.store.Store`. What a call raises, it has not stored."""

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        """Store samples durably."""

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        """Store a clock offset, measured at `at_s` of the local clock."""


@dataclass(frozen=True)
class RecorderStatus:
    """What the recorder is doing.

    Attributes
    ----------
    state : str
        ``waiting`` no sample yet; ``receiving``; ``lost`` samples stopped coming;
        ``storage_failed`` samples come and are kept in memory; ``stopped``.
    rate_hz : float
        Measured over the last two seconds; NaN before.
    samples : int
        Received since the recorder was made.
    unsaved : int
        Received for the running recording and not stored yet.
    data_loss : float
        Share of lost samples in the last two seconds; NaN before.
    age_s : float
        Since a sample last came; infinite if none ever did.
    latency_s : float
        From the newest sample's stamp, on this machine's clock, to its arrival; NaN while the
        sender's clock is not known.
    message : str
        What is wrong, in plain words; empty if nothing is.
    """

    state: State
    rate_hz: float
    samples: int
    unsaved: int
    data_loss: float
    age_s: float
    latency_s: float
    message: str


class _Recording:
    """Samples and offsets on their way into one session."""

    def __init__(self, sink: GazeSink, session_id: str) -> None:
        self.sink = sink
        self.session_id = session_id
        self.chunks: list[tuple[float, GazeChunk]] = []
        self.unsaved = 0
        self.offsets: list[tuple[float, float]] = []
        self.next_commit_s = -np.inf
        self.error = ""
        self.ending = False
        self.settled = threading.Event()

    def add(self, chunk: GazeChunk, now: float) -> None:
        """Queue samples that arrived now."""
        self.chunks.append((now, chunk))
        self.unsaved += len(chunk)

    def commit(self) -> None:
        """Store all that waits; what the sink has taken is forgotten at once."""
        while self.offsets:
            self.sink.append_clock_offset(self.session_id, *self.offsets[0])
            del self.offsets[0]
        while self.chunks:
            some = self.chunks[:MAX_CHUNKS_A_COMMIT]
            joined = GazeChunk.joined([chunk for _, chunk in some])
            self.sink.append_gaze(self.session_id, joined, some[-1][0])
            del self.chunks[: len(some)]
            self.unsaved -= len(joined)


class Recorder:
    """Records one gaze stream.

    Parameters
    ----------
    inlet : Inlet
        Owned from now on: closed by `stop`.
    layout : Layout
        With known coordinates.
    screen_px : tuple of float
        Size of the display area to which pixel coordinates refer.
    clock : callable
        The LSL clock of this machine.
    on_status : callable, optional
        Called from the recorder's thread, at most 30 times a second.
    """

    def __init__(
        self,
        inlet: Inlet,
        layout: Layout,
        screen_px: tuple[float, float],
        *,
        clock: Callable[[], float],
        on_status: Callable[[RecorderStatus], None] | None = None,
    ) -> None:
        self._inlet = inlet
        self._layout = layout
        self._screen_px = screen_px
        self._clock = clock
        self._on_status = on_status
        self._live = LiveView()
        self._recording: _Recording | None = None
        self._offset: tuple[float, float] | None = None
        self._next_offset_s = -np.inf
        self._next_status_s = -np.inf
        self._failure = ""
        self._unstamped = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    # -- driven by the thread, or by hand ------------------------------------------------------

    def pull_once(self, now: float) -> None:
        """Take what has arrived, store what is due, report.

        Parameters
        ----------
        now : float
            The local clock.
        """
        recording = self._recording
        ending = recording is not None and recording.ending
        values, stamps = self._inlet.pull()
        stamped = np.isfinite(stamps)
        if not stamped.all():
            # Without a time a sample belongs to no reading.
            self._unstamped += int(np.sum(~stamped))
            values, stamps = values[stamped], stamps[stamped]
        if len(stamps):
            chunk = to_chunk(values, stamps, self._layout, self._screen_px)
            with self._lock:
                if self._live.age_s(now) > self._lost_after_s():
                    # The sender may have been restarted, on a clock that starts anew.
                    self._next_offset_s = now
                self._live.add(chunk, now)
                # A recording begun meanwhile gets its first samples with this pull.
                recording = self._recording
                if recording is not None:
                    recording.add(chunk, now)
        self._measure_clock(now, recording)
        if recording is not None and (
            now >= recording.next_commit_s or (ending and not recording.settled.is_set())
        ):
            self._commit(recording, now, ending)
        if self._on_status is not None and now >= self._next_status_s:
            self._next_status_s = now + STATUS_EVERY_S
            self._on_status(self._status(now))

    def _measure_clock(self, now: float, recording: _Recording | None) -> None:
        if now < self._next_offset_s:
            return
        offset = self._inlet.clock_offset()
        if offset is None:
            return
        with self._lock:
            self._offset = (now, offset)
            doubtful = abs(self._stamps_off_s()) > STAMPS_OFF_S
            self._next_offset_s = now + (RETRY_EVERY_S if doubtful else OFFSET_EVERY_S)
            if recording is not None:
                recording.offsets.append(self._offset)

    def _commit(self, recording: _Recording, now: float, ending: bool) -> None:
        try:
            recording.commit()
        except Exception as error:  # noqa: BLE001 - whatever it is: no sample may be lost by it
            if not isinstance(error, StorageError):
                _log.exception("gaze could not be stored")
            recording.error = str(error)
            recording.next_commit_s = now + RETRY_EVERY_S
        else:
            recording.error = ""
            recording.next_commit_s = now + COMMIT_EVERY_S
            if ending:
                with self._lock:
                    self._recording = None
        if ending:
            recording.settled.set()

    def _loop(self) -> None:
        while not self._stop.wait(POLL_EVERY_S):
            try:
                self.pull_once(self._clock())
                self._failure = ""
            except Exception as error:  # noqa: BLE001 - nothing ends the recording of what still comes
                if not self._failure:
                    _log.exception("the recorder met an unexpected error and goes on")
                self._failure = f"Unexpected error in the recorder: {error}"
        # Inlets are destroyed in the thread that pulls.
        self._inlet.close()

    # -- called from other threads -------------------------------------------------------------

    def start(self) -> None:
        """Begin to receive, in a thread of its own."""
        if self._thread is not None or self._stopped:
            raise RuntimeError("a recorder is started once")
        # Not a daemon: a program that ends must stop it, so that no samples are left in memory.
        self._thread = threading.Thread(target=self._loop, name="gaze-recorder", daemon=False)
        self._thread.start()

    def stop(self) -> None:
        """Store what is left, end the thread and leave the stream.

        Raises
        ------
        StorageError
            The last samples could not be stored; all else has been stopped.
        """
        if self._stopped:
            return
        try:
            if self._recording is not None:
                self.stop_recording()
        finally:
            self._stopped = True
            self._stop.set()
            if self._thread is not None:
                self._thread.join()
            else:
                self._inlet.close()
            if self._on_status is not None:
                self._on_status(self.status)

    def record_into(self, sink: GazeSink, session_id: str) -> None:
        """Store all samples from now on, and the clock offsets, in a session.

        Raises
        ------
        StorageError
            The recording before still has samples that could not be stored.
        """
        with self._lock:
            if self._recording is not None:
                raise StorageError(
                    "The recording before this one is not stored yet.", "Free the disk or the database first."
                )
            self._recording = _Recording(sink, session_id)
            if self._offset is not None:
                self._recording.offsets.append(self._offset)

    def stop_recording(self, timeout_s: float = 5.0) -> None:
        """Store all that has arrived until now and end the recording.

        Raises
        ------
        StorageError
            Some samples could not be stored. They are kept and tried again; the recording ends
            by itself when that succeeds.
        """
        recording = self._recording
        if recording is None:
            return
        recording.settled.clear()
        with self._lock:
            self._next_offset_s = -np.inf
            recording.ending = True
        if self._thread is None:
            self.pull_once(self._clock())
        if not recording.settled.wait(timeout_s) or recording.error:
            raise StorageError(
                f"{recording.unsaved} gaze samples could not be stored yet. {recording.error}".rstrip(),
                "They are kept in memory and tried again as long as the app runs.",
            )

    def latest(self, seconds: float) -> GazeChunk:
        """Give the samples of the last seconds, at most ten, by `local_clock()` times as known now."""
        with self._lock:
            return self._live.latest(seconds, 0.0 if self._offset is None else self._offset[1])

    def arrived_after(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give what arrived after that time, see `LiveView.arrived_after`."""
        with self._lock:
            return self._live.arrived_after(arrived_s)

    @property
    def status(self) -> RecorderStatus:
        """What the recorder is doing now."""
        return self._status(self._clock())

    # -- status --------------------------------------------------------------------------------

    def _status(self, now: float) -> RecorderStatus:
        with self._lock:
            recording = self._recording
            age_s = self._live.age_s(now)
            state, message = self._state(age_s, recording)
            rate_hz, data_loss = self._live.rate_and_loss()
            return RecorderStatus(
                state=state,
                rate_hz=rate_hz,
                samples=self._live.received,
                unsaved=0 if recording is None else recording.unsaved,
                data_loss=data_loss,
                age_s=age_s,
                latency_s=math.nan if self._offset is None else -self._stamps_off_s(),
                message=message,
            )

    def _state(self, age_s: float, recording: _Recording | None) -> tuple[State, str]:
        if self._stopped:
            return "stopped", ""
        if recording is not None and recording.error:
            return "storage_failed", f"Gaze cannot be stored and is kept in memory: {recording.error}"
        if not self._live.received:
            return "waiting", self._failure or "No gaze sample has come yet."
        if age_s > self._lost_after_s():
            return "lost", self._failure or f"No gaze sample for {age_s:.1f} s."
        off_s = self._stamps_off_s()
        if abs(off_s) > STAMPS_OFF_S:
            return "receiving", f"The tracker's time stamps are {off_s:+.1f} s off this computer's clock."
        if self._unstamped:
            return "receiving", f"{self._unstamped} samples came without a time stamp and were left out."
        return "receiving", self._failure

    def _lost_after_s(self) -> float:
        rate_hz = self._inlet.rate_hz or self._live.rate_and_loss()[0]
        slow_s = LOST_AFTER_SAMPLES / rate_hz if rate_hz > 0 else 0.0
        return max(LOST_AFTER_S, slow_s)

    def _stamps_off_s(self) -> float:
        """How far the newest stamp, corrected, was from the clock when it arrived."""
        if self._offset is None:
            return 0.0
        return self._live.newest_delay_s(self._offset[1])
