"""The way to a gaze stream that a reading can start with: found, chosen, understood, received."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.mapping import Answer, StreamMapping
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui.gaze_feed import GazeFeed, LiveValues, StreamSearch

Step = Literal[
    "searching",
    "choose",
    "opening",
    "coordinates",
    "channels",
    "waiting",
    "receiving",
    "lost",
    "storage_failed",
    "failed",
    "none",
]
PATIENCE_S = 8.0
"""After so long without a stream the reader is told what to do about it."""


@dataclass(frozen=True)
class LinkState:
    """Where the way to the stream stands.

    Attributes
    ----------
    step : str
        ``choose``: several streams fit. ``coordinates``, ``channels``: they are unknown, somebody
        must tell.
        ``none``: it was decided to read without gaze. ``failed``: the stream cannot be used.
        The others as in `RecorderStatus`.
    streams : tuple of StreamDescription
        What was seen last.
    overdue : bool
        It takes longer than it should.
    wanted : str
        Name or source id of the stream that is wanted; empty if any will do.
    name : str
        Of the stream that was found.
    """

    step: Step = "searching"
    streams: tuple[StreamDescription, ...] = ()
    values: LiveValues | None = None
    status: RecorderStatus | None = None
    error: UserError | None = None
    overdue: bool = False
    wanted: str = ""
    name: str = ""

    @property
    def ready(self) -> bool:
        """Whether a reading can start."""
        return self.step in ("receiving", "none")


class TrackerLink(QObject):
    """Finds the stream that is wanted, and keeps it.

    Parameters
    ----------
    wanted : str or None
        Name or source id. None: the only one there is, of several the one used last, else the
        reader chooses.
    settings : Settings
        Earlier answers.
    screen_px : tuple of float
        Size of the reading screen.

    Attributes
    ----------
    held : bool
        Somebody tells what a stream's channels are right now: no other stream is to come in between.

    Signals
    -------
    changed(LinkState)
    used(source id, name, answer)
        Samples come from this stream, to be remembered; `answer` is what was told of it now (its
        coordinates or a `StreamMapping`), empty where nothing was.
    """

    changed = Signal(object)
    used = Signal(str, str, object)

    def __init__(
        self,
        wanted: str | None,
        settings: Settings,
        screen_px: tuple[float, float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = LinkState(wanted=wanted or "")
        self.feed: GazeFeed | None = None
        self.held = False
        self._wanted = wanted
        self._settings = settings
        self._screen_px = screen_px
        self._search: StreamSearch | None = None
        self._answer: Answer | Literal[""] = ""
        self._seen: list[str] = []
        self._considered: set[str] = set()
        self._refused: set[str] = set()
        self._searching_since_s = time.monotonic()

    @property
    def simulated(self) -> bool:
        """Whether nobody looks."""
        return self.feed is not None and self.feed.description.simulated

    @property
    def declared_px(self) -> tuple[float, float] | None:
        """Size of the display that the stream says is tracked; None where it does not."""
        return self.feed.description.screen_px if self.feed is not None else None

    def start(self) -> None:
        """Begin to look for the stream."""
        self._searching_since_s = time.monotonic()
        self._search = StreamSearch(self)
        self._search.found.connect(self._found)
        self._search.failed.connect(self._failed)
        self._search.start()

    def choose(self, number: int) -> None:
        """Take one of the streams that are there, counted from 0."""
        if self.state.step == "choose" and number < len(self.state.streams):
            self._open(self.state.streams[number])

    def answer(self, answer: Answer) -> None:
        """Tell what the stream's channels are, or its coordinates where only those are unknown."""
        steps = ("coordinates", "channels") if isinstance(answer, StreamMapping) else ("coordinates",)
        if self.feed is not None and self.state.step in steps:
            self._answer = answer
            self.feed.answer(answer)
            self._set(step="opening")

    def without_gaze(self) -> None:
        """Read without gaze: the reader has decided so."""
        if self.feed is None or not self.state.ready:
            self.close()
            self._set(step="none")

    def close(self) -> str:
        """Leave the stream; returns what could not be stored any more, empty if nothing."""
        if self._search is not None:
            self._search.stop()
            self._search = None
        return self._leave_feed()

    def _leave_feed(self) -> str:
        feed, self.feed = self.feed, None
        return feed.close() if feed is not None else ""

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)
        self.changed.emit(self.state)

    @Slot(object)
    def _found(self, streams: list[StreamDescription]) -> None:
        if self._search is None or self.state.step == "none":
            return
        if self.feed is not None and (self.state.step != "channels" or self.held):
            return
        fitting = [
            each
            for each in streams
            if self._wanted in (None, each.source_id, each.name) and each.uid not in self._refused
        ]
        known = fitting if self._wanted is not None else []
        last = self._settings.last_stream
        if self._wanted is None and last is not None:
            same_name = [each for each in fitting if each.name == last.name]
            same = [each for each in same_name if each.source_id == last.source_id]
            known = same or same_name
        # A stream may answer late: one that nobody named must be alone at two looks.
        alone = fitting if [each.uid for each in fitting] == self._seen else []
        self._seen = [each.uid for each in fitting]
        chosen = next((each[0] for each in (known, alone) if len(each) == 1), None)
        overdue = time.monotonic() - self._searching_since_s > PATIENCE_S
        if self.feed is not None:
            # A stream that says nothing of itself waits to be told; a new one may be what is wanted.
            if {each.uid for each in fitting} <= self._considered:
                return
            self._leave_feed()
        if chosen is not None:
            self._open(chosen)
        elif len(fitting) > 1:
            self._set(step="choose", streams=tuple(fitting), overdue=overdue)
        elif self.state.step != "failed":
            self._set(step="searching", streams=tuple(streams), overdue=overdue)

    def _open(self, description: StreamDescription) -> None:
        known = self._settings.answer_for(description.key)
        if self.feed is not None:
            self.feed.close()
        self._considered = set(self._seen)
        self.feed = GazeFeed(description, self._screen_px, known, self)
        self.feed.asked.connect(self._asked)
        self.feed.status.connect(self._status)
        self.feed.failed.connect(self._failed)
        self._set(step="opening", error=None, name=description.name)
        self.feed.start()

    @Slot(object)
    def _asked(self, values: LiveValues) -> None:
        if self.state.step in ("opening", "coordinates", "channels"):
            self._set(step="channels" if values.layout is None else "coordinates", values=values)

    @Slot(object)
    def _status(self, status: RecorderStatus) -> None:
        if self.feed is None or status.state == "stopped":
            return
        if self._search is not None:
            self._search.stop(wait=False)
            self._search = None
            description = self.feed.description
            self.used.emit(description.key, description.name, self._answer)
        self._set(step=status.state, status=status)

    @Slot(object)
    def _failed(self, error: UserError) -> None:
        if self.feed is not None:
            # A stream that is started anew has another uid, and gets another chance.
            self._refused.add(self.feed.description.uid)
            self._leave_feed()
        self._set(step="failed", error=error)
