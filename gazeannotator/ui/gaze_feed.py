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
from gazeannotator.samples import GazeChunk
from gazeannotator.settings import Coordinates
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import Entry, GazeStream
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import Layout, StreamDescription, recognise
from gazeannotator.tracking.outlets import MarkerOutlet
from gazeannotator.tracking.recorder import GazeSink, Recorder

SEARCH_WAIT_S = 0.5
_LOOK_EVERY_S = 0.1
_LIVE_VALUES = 500
_CLOSE_WITHIN_S = 5.0


@dataclass(frozen=True)
class LiveValues:
    """What a stream of unknown coordinates sends, so that a person can tell what they are.

    Attributes
    ----------
    low, high : tuple of float
        Smallest and largest x, y among the last samples.
    last : tuple of float
        Newest x, y.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    last: tuple[float, float]

    @property
    def looks_normalised(self) -> bool:
        """Whether the values would be odd as pixels: they stay about the range 0..1."""
        return max(self.high) < 2.5


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
    coordinates : {"normalised", "screen_px"}, optional
        An earlier answer for this stream.

    Signals
    -------
    asked(LiveValues)
        The stream does not say what its coordinates are: `answer` is awaited. Repeated with
        newer values.
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
        coordinates: Coordinates | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.description = description
        self._screen_px = description.screen_px or screen_px
        self._coordinates = coordinates
        self._answered = threading.Event()
        self._layout: Layout | None = None
        self._recorder: Recorder | None = None

    @property
    def gaze_stream(self) -> GazeStream:
        """The stream as it is stored with a session."""
        layout = self._layout.name if self._layout else ""
        each = self.description
        return GazeStream(each.name, each.source_id, each.rate_hz, layout)

    def start(self) -> None:
        """Open the stream and begin to receive."""
        self._run(self._open, "stream-opening")

    def answer(self, coordinates: Coordinates) -> None:
        """Tell what the coordinates are."""
        self._coordinates = coordinates
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

    def arrived_after(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give what arrived after that time, with raw stamps, and when the newest of all did."""
        return self._recorder.arrived_after(arrived_s) if self._recorder else (GazeChunk.empty(), -math.inf)

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
            layout = recognise(self.description)
            inlet = GazeInlet(self.description)
            if layout.coordinates == "unknown":
                if self._coordinates is None:
                    self._ask(layout, inlet)
                if self._coordinates is not None:
                    layout = layout.with_coordinates(self._coordinates)
        except UserError as error:
            if not self._stop.is_set():
                self.failed.emit(error)
            return
        if self._stop.is_set():
            inlet.close()
            return
        self._layout = layout
        self._recorder = Recorder(
            inlet, layout, self._screen_px, clock=lsl.local_clock, on_status=self.status.emit
        )
        self._recorder.start()

    def _ask(self, layout: Layout, inlet: GazeInlet) -> None:
        """Show live values until somebody has answered."""
        recent = np.empty((0, 2))
        while not self._answered.is_set() and not self._stop.is_set():
            values, _stamps = inlet.pull()
            eyes = [(x, y) for x, y in (("left_x", "left_y"), ("right_x", "right_y")) if x in layout.channels]
            pairs = [values[:, [layout.channels[x], layout.channels[y]]] for x, y in eyes]
            found = np.concatenate([recent, *pairs]).astype(float)
            recent = found[np.isfinite(found).all(axis=1)][-_LIVE_VALUES:]
            if len(recent):
                low, high, last = recent.min(axis=0), recent.max(axis=0), recent[-1]
                self.asked.emit(LiveValues(*((float(x), float(y)) for x, y in (low, high, last))))
            self._answered.wait(_LOOK_EVERY_S)


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
