"""The recorder: drains one gaze stream into the study, and keeps the last seconds for live views.

`Recorder.pull_once` does everything; tests (and a single-threaded program) drive it by hand. Once
started, one thread calls it again and again, and another stores what is due, so that a slow disk
never keeps samples waiting. Nothing is ever dropped here: what could not be stored stays in memory
and is tried again. Stamps are stored as the sender gave them, also doubled or decreasing ones, with
the clock offsets beside them.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import StorageError
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.tracking.layouts import Layout, to_chunk
from gazeannotator.tracking.timing import Gap, StreamTiming
from gazeannotator.tracking.watch import StreamWatch
from gazeannotator.tracking.writing import GazeSink, Recording

POLL_EVERY_S = 0.005
STATUS_EVERY_S = 1 / 30
MAX_GAPS = 10_000

State = Literal["waiting", "receiving", "lost", "storage_failed", "stopped"]

_log = logging.getLogger(__name__)


class Inlet(Protocol):
    """Where samples come from, as `inlet.GazeInlet`."""

    @property
    def rate_hz(self) -> float:
        """Nominal rate, 0 if irregular."""

    @property
    def reconnects(self) -> int:
        """How often the sender was taken up again; what is pulled after that comes from there."""

    def pull(self) -> tuple[NDArray[Any], FloatArray]:
        """Take what has arrived: values (n, channels) and stamps (n,); never waits."""

    def clock_offset(self) -> float | None:
        """Seconds to add to a stamp to get the local clock, as measured; None if not known yet."""

    def close(self) -> None:
        """Leave the stream."""


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
    jitter_s : float
        Spread of the times between samples, as in `StreamTiming`, over the last two seconds.
    """

    state: State
    rate_hz: float
    samples: int
    unsaved: int
    data_loss: float
    age_s: float
    latency_s: float
    message: str
    jitter_s: float = math.nan


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
    same_machine : bool
        Whether the sender runs on this computer, for the live views.
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
        same_machine: bool = False,
        on_status: Callable[[RecorderStatus], None] | None = None,
    ) -> None:
        self._inlet = inlet
        self._layout = layout
        self._screen_px = screen_px
        self._clock = clock
        self._on_status = on_status
        self._watch = StreamWatch(inlet.rate_hz, same_machine)
        self._recorded: StreamTiming | None = None
        self._gaps: deque[Gap] = deque(maxlen=MAX_GAPS)
        self._reconnects = inlet.reconnects
        self._recording: Recording | None = None
        self._next_status_s = -math.inf
        self._failure = ""
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._stop = threading.Event()
        self._stopped = False
        self._threads: tuple[threading.Thread, ...] = ()

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
        self._pull(now)
        self._measure_clock(now)
        if recording is not None and ending and not recording.complete:
            self._complete(recording, now)
        recording = self._recording
        if recording is not None and recording.due(now):
            recording.begin(now)
            if self._threads:
                self._due.set()
            else:
                self._store(recording)
        if self._on_status is not None and now >= self._next_status_s:
            self._next_status_s = now + STATUS_EVERY_S
            self._on_status(self._status(now))

    def _pull(self, now: float) -> None:
        values, stamps = self._inlet.pull()
        # Not before the pull: what came meanwhile would be ahead of its arrival.
        arrived_s = max(now, self._clock())
        stamped = np.isfinite(stamps)
        if not stamped.all():
            # Without a time a sample belongs to no reading.
            self._watch.left_out(int(np.sum(~stamped)))
            values, stamps = values[stamped], stamps[stamped]
        if len(stamps):
            # In no channel is infinity a measurement.
            values = np.where(np.isinf(values), np.nan, values)
            self._take(to_chunk(values, stamps, self._layout, self._screen_px), arrived_s)

    def _take(self, chunk: GazeChunk, arrived_s: float) -> None:
        reconnected = self._inlet.reconnects != self._reconnects
        self._reconnects = self._inlet.reconnects
        with self._lock:
            gaps, stepped = self._watch.take(chunk, arrived_s, reconnected=reconnected)
            # A recording begun meanwhile gets its first samples with this pull.
            recording = self._recording
            if recording is not None and not recording.complete:
                recording.add(chunk, arrived_s)
                self._gaps += gaps
                if stepped:
                    self._add_offset(recording, arrived_s)

    def _measure_clock(self, now: float) -> None:
        if not self._watch.clock_due(now):
            return
        measured_s = self._inlet.clock_offset()
        if measured_s is None:
            return
        with self._lock:
            self._watch.measured(now, measured_s)
            if self._recording is not None and not self._recording.complete:
                self._add_offset(self._recording, now)

    def _add_offset(self, recording: Recording, at_s: float) -> None:
        offset_s = self._watch.clock.offset_s
        if offset_s is not None:
            recording.add_offset(at_s, offset_s)

    def _complete(self, recording: Recording, now: float) -> None:
        with self._lock:
            recording.complete = True
            self._gaps += self._watch.end(now)
            self._recorded = self._watch.timing
            self._watch.begin()

    def _store(self, recording: Recording) -> None:
        if recording.store():
            with self._lock:
                self._recording = None

    def _pull_on(self) -> None:
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

    def _store_on(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            if self._stop.is_set():
                return
            if self._recording is not None:
                self._store(self._recording)

    # -- called from other threads -------------------------------------------------------------

    def start(self) -> None:
        """Begin to receive, in a thread of its own, and to store in another."""
        if self._threads or self._stopped:
            raise RuntimeError("a recorder is started once")
        # No daemons: a program that ends must stop them, so that no samples are left in memory.
        self._threads = (
            threading.Thread(target=self._pull_on, name="gaze-recorder", daemon=False),
            threading.Thread(target=self._store_on, name="gaze-writer", daemon=False),
        )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Store what is left, end the threads and leave the stream.

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
            self._due.set()
            for thread in self._threads:
                thread.join()
            if not self._threads:
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
            self._recording = Recording(sink, session_id)
            self._watch.begin(self._clock())
            self._gaps.clear()
            self._add_offset(self._recording, self._watch.measured_at_s)

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
            self._watch.ask_clock()
            recording.ending = True
        if not self._threads:
            self.pull_once(self._clock())
        if not recording.settled.wait(timeout_s) or recording.error:
            raise StorageError(
                f"{recording.unsaved} gaze samples could not be stored yet. {recording.error}".rstrip(),
                "They are kept in memory and tried again as long as the app runs.",
            )

    def latest(self, seconds: float) -> GazeChunk:
        """Give the samples of the last seconds, at most ten, by `local_clock()` times as known now."""
        with self._lock:
            return self._watch.live.latest(seconds, self._watch.clock.applied_s)

    @property
    def timing(self) -> StreamTiming:
        """How the stream has kept time: in the recording that runs or was the last; before, in all."""
        with self._lock:
            running = self._recording is not None and not self._recording.complete
            if self._recorded is None or running:
                return self._watch.timing
            return self._recorded

    def take_gaps(self) -> list[Gap]:
        """Give the gaps of the recording that have ended since this was last asked, each once."""
        with self._lock:
            gaps = list(self._gaps)
            self._gaps.clear()
            return gaps

    @property
    def status(self) -> RecorderStatus:
        """What the recorder is doing now."""
        return self._status(self._clock())

    # -- status --------------------------------------------------------------------------------

    def _status(self, now: float) -> RecorderStatus:
        with self._lock:
            watch, recording = self._watch, self._recording
            age_s = watch.live.age_s(now)
            state, message = self._state(age_s, recording)
            return RecorderStatus(
                state=state,
                rate_hz=watch.live.measured.rate_hz,
                samples=watch.live.received,
                unsaved=0 if recording is None else recording.unsaved,
                data_loss=watch.live.measured.data_loss,
                age_s=age_s,
                latency_s=-watch.stamps_off_s if watch.clock.known else math.nan,
                message=message,
                jitter_s=watch.live.measured.jitter_s,
            )

    def _state(self, age_s: float, recording: Recording | None) -> tuple[State, str]:
        if self._stopped:
            return "stopped", ""
        if recording is not None and recording.error:
            return "storage_failed", f"Gaze cannot be stored and is kept in memory: {recording.error}"
        if not self._watch.live.received:
            return "waiting", self._failure or "No gaze sample has come yet."
        if age_s > self._watch.lost_after_s:
            return "lost", self._failure or f"No gaze sample for {age_s:.1f} s."
        return "receiving", self._failure or self._watch.doubt()
