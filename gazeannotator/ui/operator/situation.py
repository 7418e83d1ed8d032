"""What the operator is shown, as plain data; whoever runs the reading makes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, Protocol

from PySide6.QtGui import QImage, QKeyEvent

from gazeannotator.geometry import Placement, Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.recorder import RecorderStatus

Going = Literal[
    "preparing",
    "cross",
    "target",
    "image",
    "answer",
    "paused",
    "held",
    "page",
    "done",
    "saving",
]
"""What goes on: ``answer`` is asked for after the time limit; ``held``: the cause must go first;
``page``: the reader looks at something that is to be read."""


@dataclass(frozen=True)
class Alarm:
    """Something that the operator should do something about.

    Attributes
    ----------
    kind : str
        ``storage``, ``data_loss``, ``setup``, ``accuracy``, ``distance`` or ``tracker``: the view says
        what to do about these; of another kind it has the words only.
    words : str
    """

    kind: str
    words: str


@dataclass(frozen=True)
class Check:
    """A validation or a drift check, as noted in the journal; NaN where something was not measured.

    Attributes
    ----------
    utc : str
        When, ISO 8601.
    limit_deg : float
        What the accuracy was judged by.
    """

    kind: Literal["validation", "drift_check"]
    utc: str
    accuracy_deg: float
    precision_deg: float
    data_loss: float
    limit_deg: float
    passed: bool


@dataclass(frozen=True)
class Answered:
    """That an image was answered; not how: an operator who knows the answers may betray a hope.

    Attributes
    ----------
    number : int
        From 1 within the session.
    utc : str
        When, ISO 8601.
    response_s : float
        From the onset to the key.
    data_loss : float
        Share of lost samples; NaN while it is not known.
    below : tuple of str
        Limits of the study that its gaze does not meet.
    again : bool
        It was answered before.
    """

    number: int
    utc: str
    response_s: float
    data_loss: float = math.nan
    below: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Limits:
    """What the study wants of the gaze, see `study.model.Protocol`."""

    data_loss: float = 0.3
    accuracy_deg: float = 2.0
    distance_change_mm: float = 80.0


@dataclass(frozen=True)
class Progress:
    """How far the reader is.

    Attributes
    ----------
    done, total : int
        Images answered in all sessions, and images in all.
    answers : int
        In this session.
    to_repeat : int
        Images that will be offered once more.
    started_s : float
        Start of the session on the clock; NaN before.
    seconds_an_image : float
        Mean time from one answer to the next, without pauses; NaN before the first.
    """

    done: int = 0
    total: int = 0
    answers: int = 0
    to_repeat: int = 0
    started_s: float = math.nan
    seconds_an_image: float = math.nan

    @property
    def rest_s(self) -> float:
        """Estimated time for what is left; NaN while the pace is not known."""
        return (self.total - self.done + self.to_repeat) * self.seconds_an_image


@dataclass(frozen=True)
class Situation:
    """The reading as it is now.

    Attributes
    ----------
    screen : Screen
        The reader's.
    why : str
        Why the reading is paused or held, as in the journal: ``reader``, ``operator``, ``window`` ….
    detail : str
        Words on what goes on, e.g. on the way to the tracker; may be empty.
    image : str
        Id of the image on the screen; empty if there is none.
    pixels : QImage or None
        The image as it is on the screen.
    placement : Placement or None
        Where it lies there, screen px.
    mark_px : tuple of float or None
        Centre of the fixation cross or of the target, screen px.
    tracker : str
        Name of the stream; empty where there is none.
    nominal_hz : float
        Rate that the stream announces; 0 if irregular or not known.
    corrected : bool
        Whether the gaze has a correction on it that was chosen at a validation.
    reference_mm : float
        The reader's distance from which the alarm counts, else the one that is assumed.
    may_pause, may_continue, may_note : bool
    """

    study: str
    reader: str
    screen: Screen
    going: Going = "preparing"
    why: str = ""
    detail: str = ""
    image: str = ""
    pixels: QImage | None = field(default=None, compare=False)
    placement: Placement | None = None
    mark_px: tuple[float, float] | None = None
    recording: bool = False
    simulated: bool = False
    tracker: str = ""
    nominal_hz: float = 0.0
    corrected: bool = False
    reference_mm: float = math.nan
    progress: Progress = Progress()
    limits: Limits = Limits()
    alarms: tuple[Alarm, ...] = ()
    checks: tuple[Check, ...] = ()
    answered: tuple[Answered, ...] = ()
    may_pause: bool = False
    may_continue: bool = False
    may_note: bool = False


class Source(Protocol):
    """Where the operator view gets what it shows, and what it asks for."""

    def situation(self) -> Situation:
        """Tell how the reading is now."""

    def status(self) -> RecorderStatus | None:
        """Tell what the recorder does; None where there is none."""

    def gaze(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give the samples that arrived after that time, and when the newest of all did."""

    def gaps(self) -> tuple[tuple[float, float], ...]:
        """Tell the last gaps of the stream: from, to on the clock."""

    def frame_due(self) -> bool:
        """Whether the reader's window is about to show something: nothing else is painted then."""

    def press(self, event: QKeyEvent) -> None:
        """Take a key that was meant for the reader's window."""

    def take_keyboard(self) -> None:
        """Make the reader's window the active one again."""
