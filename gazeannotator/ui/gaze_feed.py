"""Gaze streams for windows: what is there, what comes in, and our events going out.

Finding and opening a stream takes seconds, so both are done in threads of their own that end
with it; then only the recorder's thread is left. Windows hear of everything by signals, at
most 30 a second.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from gazeannotator.errors import StorageError, TrackerError, UserError
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import Entry, GazeStream
from gazeannotator.tracking import lsl
from gazeannotator.tracking.conversion import Layout
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.mapping import Answer, understand
from gazeannotator.tracking.outlets import MarkerOutlet
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.timing import Gap, StreamTiming
from gazeannotator.tracking.writing import GazeSink

SEARCH_WAIT_S = 0.5
_LOOK_EVERY_S = 0.1
_POINTS = (("left_x", "left_y"), ("right_x", "right_y"))
_LIVE_VALUES = 1000
_LIVE_EACH_LOOK = 20
_CLOSE_WITHIN_S = 5.0


@dataclass(frozen=True, eq=False)
class LiveValues:
    """What the channels of a stream send, so that a person can tell what they are.

    Attributes
    ----------
    layout : Layout or None
        What was understood by now: its coordinates are unknown, or no channel is known at all.
    recent : ndarray, shape (n, channels)
        Some of the last seconds' samples, the newest last.
    stamps : ndarray, shape (n,)
    low, high : ndarray, shape (channels,)
        Smallest and largest number of each channel since it was asked; NaN where none came.
    """

    layout: Layout | None
    recent: FloatArray
    stamps: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def points(self) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
        """Smallest, largest and newest x, y of the gaze points that were understood; NaN if there is none."""
        channels = self.layout.channels if self.layout is not None else {}
        pairs = [(channels[x], channels[y]) for x, y in _POINTS if x in channels]
        found = [pair for pair in dict.fromkeys(pairs) if np.isfinite(self.low[list(pair)]).all()]
        if not found:
            return ((math.nan, math.nan),) * 3
        (low_x, low_y), (high_x, high_y) = self.low[np.array(found).T], self.high[np.array(found).T]
        points = self.recent[:, list(found[0])]
        points = points[np.isfinite(points).all(axis=1)]
        x, y = points[-1] if len(points) else (math.nan, math.nan)
        return (low_x.min(), low_y.min()), (high_x.max(), high_y.max()), (float(x), float(y))


class _Seen:
    """Collects what a stream sends while it is asked what that means."""

    def __init__(self, channels: int) -> None:
        self.recent = np.empty((0, channels))
        self.stamps = np.empty(0)
        self.low = np.full(channels, np.nan)
        self.high = np.full(channels, np.nan)

    def add(self, values: FloatArray, stamps: FloatArray) -> None:
        """Add what came since the last look; a fast stream is thinned, its extremes are not."""
        if not len(stamps):
            return
        values = np.where(np.isfinite(values), values, np.nan).astype(float)
        self.low = np.fmin(self.low, np.fmin.reduce(values))
        self.high = np.fmax(self.high, np.fmax.reduce(values))
        every = max(1, len(stamps) // _LIVE_EACH_LOOK)
        # Counted from the end: the newest sample is always among them.
        kept = slice(len(stamps) - 1, None, -every)
        self.recent = np.concatenate([self.recent, values[kept][::-1]])[-_LIVE_VALUES:]
        self.stamps = np.concatenate([self.stamps, stamps[kept][::-1]])[-_LIVE_VALUES:]


class _Worker(QObject):
    """A thread that is asked to end, and whose signals are not heard after that."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def _run(self, work: Callable[[], None], name: str) -> None:
        self._thread = threading.Thread(target=work, name=name, daemon=True)
        self._thread.start()

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_WITHIN_S)


class StreamSearch(_Worker):
    """Looks for gaze streams again and again.

    Signals
    -------
    found(list of StreamDescription)
        After every look, also where nothing has changed.
    failed(UserError)
        LSL itself does not work; the search is over.
    """

    found = Signal(object)
    failed = Signal(object)

    def start(self) -> None:
        """Begin to look."""
        self._run(self._look, "stream-search")

    def stop(self, *, wait: bool = True) -> None:
        """End the search; without waiting, the look that runs comes to nothing."""
        self._stop.set()
        if wait:
            self._end()

    def _look(self) -> None:
        try:
            while not self._stop.is_set():
                streams = lsl.find_streams(SEARCH_WAIT_S)
                if not self._stop.is_set():
                    self.found.emit(streams)
        except UserError as error:
            if not self._stop.is_set():
                self.failed.emit(error)


class GazeFeed(_Worker):
    """One gaze stream, from opening it to recording it.

    Parameters
    ----------
    description : StreamDescription
        As found.
    screen_px : tuple of float
        Size of the reading screen, to which pixel coordinates refer where the stream does not
        tell its display's size.
    answer : StreamMapping or {"normalised", "screen_px"}, optional
        What was told of this stream earlier.
    ask : bool
        Ask anew, whatever was told earlier.

    Signals
    -------
    asked(LiveValues)
        The stream does not say what its channels are, or their coordinates: `answer` is awaited.
        Repeated with newer values.
    status(RecorderStatus)
        What the recorder does, from the first on.
    failed(UserError)
        The stream cannot be used.
    """

    asked = Signal(object)
    status = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        description: StreamDescription,
        screen_px: tuple[float, float],
        answer: Answer | None = None,
        parent: QObject | None = None,
        *,
        ask: bool = False,
    ) -> None:
        super().__init__(parent)
        self.description = description
        self.screen_px = description.screen_px or screen_px
        self._answer = answer
        self._ask_anew = ask
        self._answered = threading.Event()
        self._layout: Layout | None = None
        self._recorder: Recorder | None = None

    @property
    def gaze_stream(self) -> GazeStream:
        """The stream as it is stored with a session."""
        layout = self._layout.name if self._layout else ""
        each = self.description
        return GazeStream(each.name, each.source_id, each.rate_hz, layout, lsl.is_here(each))

    def start(self) -> None:
        """Open the stream and begin to receive."""
        self._run(self._open, "stream-opening")

    @property
    def told(self) -> Answer | None:
        """What was told of the stream and is in use; None where it says everything itself."""
        says_all = self._layout is None or self._layout == understand(self.description)
        return None if says_all else self._answer

    def answer(self, answer: Answer) -> None:
        """Tell what the channels are, or their coordinates where only those are unknown."""
        self._answer = answer
        self._answered.set()

    def record_into(self, sink: GazeSink, session_id: str) -> None:
        """Store all samples from now on in a session."""
        if self._recorder is None:
            raise TrackerError(self.tr("The gaze stream is not open yet."), self.tr("Wait until it is."))
        self._recorder.record_into(sink, session_id)

    def stop_recording(self) -> None:
        """Store what has arrived until now and end the recording.

        Raises
        ------
        StorageError
            Some samples could not be stored; they are tried again.
        """
        if self._recorder is not None:
            self._recorder.stop_recording()

    def latest(self, seconds: float) -> GazeChunk:
        """Give the samples of the last seconds."""
        return self._recorder.latest(seconds) if self._recorder else GazeChunk.empty()

    @property
    def timing(self) -> StreamTiming | None:
        """How the stream has kept time, see `Recorder.timing`; None before it is open."""
        return self._recorder.timing if self._recorder else None

    def take_gaps(self) -> list[Gap]:
        """Give the gaps of the recording that have ended since this was last asked, each once."""
        return self._recorder.take_gaps() if self._recorder else []

    def close(self) -> str:
        """Leave the stream; returns what could not be stored any more, empty if nothing."""
        self._end()
        if self._recorder is not None:
            try:
                self._recorder.stop()
            except StorageError as error:
                return str(error)
        return ""

    def _open(self) -> None:
        try:
            layout = understand(self.description, None if self._ask_anew else self._answer)
            inlet = GazeInlet(self.description)
            if layout is None or layout.coordinates == "unknown":
                layout = self._ask(layout, inlet)
        except UserError as error:
            if not self._stop.is_set():
                self.failed.emit(error)
            return
        if self._stop.is_set():
            inlet.close()
            return
        self._layout = layout
        self._recorder = Recorder(
            inlet,
            layout,
            self.screen_px,
            clock=lsl.local_clock,
            same_machine=lsl.is_here(self.description),
            on_status=self.status.emit,
        )
        self._recorder.start()

    def _ask(self, layout: Layout | None, inlet: GazeInlet) -> Layout | None:
        """Show live values until somebody has told enough, or the feed is closed."""
        seen = _Seen(len(self.description.channels))
        while not self._stop.is_set():
            seen.add(*inlet.pull())
            if len(seen.stamps):
                self.asked.emit(LiveValues(layout, seen.recent, seen.stamps, seen.low, seen.high))
            if self._answered.wait(_LOOK_EVERY_S):
                self._answered.clear()
                told = understand(self.description, self._answer)
                if told is not None and told.coordinates != "unknown":
                    return told
        return layout


class EventSender:
    """Sends a session's events as LSL markers; there from the start, so that recorders can join.

    Parameters
    ----------
    session_id : str
    screen_px : tuple of float
        Size of the reading screen.
    """

    def __init__(self, session_id: str, screen_px: tuple[float, float]) -> None:
        self._outlet = MarkerOutlet(session_id, screen_px=screen_px)
        self._open = True

    def __call__(self, entry: Entry) -> None:
        """Send one event with the time at which it happened."""
        self._outlet.push(as_marker(entry), entry.t_s)

    def has_listener(self) -> bool:
        """Whether somebody receives the events."""
        return self._open and self._outlet.has_listener()

    def close(self) -> None:
        """Take the stream away."""
        self._open = False
        self._outlet.close()
