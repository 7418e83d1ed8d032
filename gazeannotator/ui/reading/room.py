"""Where a reading session takes place, and the phases that it goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gazeannotator.geometry import Screen
from gazeannotator.study.model import Entry
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.ui.image_view import ImageView
from gazeannotator.ui.reading.link import TrackerLink
from gazeannotator.ui.reading.place import Place, Problem


class Phase(Enum):
    """What is going on."""

    READY = "ready"
    CROSS = "cross"
    VIEWING = "viewing"
    TIME_OVER = "time_over"
    PAUSED = "paused"
    HELD = "held"
    CRITERIA = "criteria"
    ASKING_END = "asking_end"
    DONE = "done"
    SAVING = "saving"
    CLOSED = "closed"


LOOKING = (Phase.CROSS, Phase.VIEWING)
"""The image is on screen or about to be."""

ANSWERING = (Phase.VIEWING, Phase.TIME_OVER)
"""Digits are answers."""


@dataclass(frozen=True)
class Room:
    """Where a session takes place: what its course needs and does not make.

    Attributes
    ----------
    display : callable
        Gathers the facts on the screen that are stored with the session.
    place : Place
        Where the view lies on its screen, and whether that is the tracked one.
    publish : callable
        Sends one event.
    """

    store: Store
    reader: str
    screen: Screen
    display: Callable[[], dict[str, Any]]
    clock: Callable[[], float]
    view: ImageView
    place: Place
    link: TrackerLink
    publish: Callable[[Entry], None]
    session_id: str
    onset_correction_s: float = 0.0
    exit_when_done: bool = False

    @property
    def displaced(self) -> Problem:
        """What is wrong with the window's place; a scale at which gaze has none matters to gaze only."""
        problem = self.place.problem()
        return "" if problem == "scaled" and self.link.state.step == "none" else problem

    @property
    def ready(self) -> bool:
        """Whether an image may be shown: gaze comes, or none is wanted, and the window is in its place."""
        return self.link.state.ready and not self.displaced

    def start_session(self) -> ReadingSession:
        """Begin a session with the eye tracker as it is now, see `ReadingSession.start`."""
        feed = self.link.feed
        return ReadingSession.start(
            self.store,
            self.reader,
            self.screen,
            feed.gaze_stream if feed else None,
            self.link.simulated,
            self.clock,
            self.publish,
            session_id=self.session_id,
            onset_correction_s=self.onset_correction_s,
            extra={"display": self.display()},
        )
