"""What a person tells about a stream that does not say enough of itself."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

import numpy as np

from gazeannotator.errors import UnknownChannels
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.conversion import Layout
from gazeannotator.tracking.layouts import PLAIN, XDF, StreamDescription, recognise
from gazeannotator.tracking.senders.sender import Carries, Channel, Origin

MAPPED = "mapped"
"""Name of a layout that a person told."""

Role = Literal[
    "x",
    "y",
    "left_x",
    "left_y",
    "right_x",
    "right_y",
    "left_pupil_mm",
    "right_pupil_mm",
    "valid",
    "left_valid",
    "right_valid",
    "sequence",
]
"""What a person may say of a channel; without left or right it stands for both eyes."""

ROLES: tuple[Role, ...] = get_args(Role)

ValidRule = Literal["above_zero", "above_half", "zero"]
"""Where a validity channel says that the eyes were found."""

_AGAIN = 3

_VALID: dict[ValidRule, tuple[float, float]] = {
    "above_zero": (0.0, math.inf),
    "above_half": (0.5, math.inf),
    "zero": (-0.5, 0.5),
}
_POINTS: tuple[tuple[Role, Role], ...] = (("x", "y"), ("left_x", "left_y"), ("right_x", "right_y"))


@dataclass(frozen=True)
class StreamMapping:
    """Which channel of a stream is what, as told by a person.

    Attributes
    ----------
    described : tuple of str
        How the stream describes its channels: where that changes the mapping is not used any more.
    channels : dict
        Role → number of the channel.
    coordinates : {"normalised", "percent", "screen_px"}
    origin : {"top-left", "bottom-left"}
    marks : tuple of float
        Numbers that mean "not found" where both coordinates are equal to one; NaN always does.
    valid : str
        Where the validity channels say that the eyes were found.

    Raises
    ------
    ValueError
        No whole point, one axis without the other, a point of both eyes beside one of a single
        eye, a channel that is not there or has two roles.
    """

    described: tuple[str, ...]
    channels: dict[Role, int]
    coordinates: Literal["normalised", "percent", "screen_px"]
    origin: Origin = "top-left"
    marks: tuple[float, ...] = ()
    valid: ValidRule = "above_zero"

    def __post_init__(self) -> None:
        given = self.channels.keys()
        halves = [pair for pair in _POINTS if len(given & set(pair)) == 1]
        whole = [pair for pair in _POINTS if len(given & set(pair)) == 2]
        if halves or not whole:
            raise ValueError("x and y of a gaze point are needed, of one eye, of each, or of both together")
        if _POINTS[0] in whole and len(whole) > 1:
            raise ValueError("a point of both eyes leaves no place for another one")
        numbers = list(self.channels.values())
        if len(set(numbers)) < len(numbers) or not all(0 <= each < len(self.described) for each in numbers):
            raise ValueError(f"the roles need channels of their own among {len(self.described)}")
        if not all(math.isfinite(mark) for mark in self.marks):
            raise ValueError("marks must be numbers")

    def fits(self, description: StreamDescription) -> bool:
        """Whether the stream still has the channels that it had when it was mapped."""
        return self.described == described(description)

    def to_layout(self) -> Layout:
        """Make the layout by which samples are converted."""
        channels = cast("dict[Carries, int]", dict(self.channels))
        valid = _VALID[self.valid]
        return Layout(MAPPED, self.coordinates, channels, origin=self.origin, marks=self.marks, valid=valid)


Answer: TypeAlias = StreamMapping | Literal["normalised", "screen_px"]
"""What was told of a stream: everything, or only what its coordinates are."""


def described(description: StreamDescription) -> tuple[str, ...]:
    """Put a stream's words on its channels into one line each."""
    return tuple(_words(channel) for channel in description.channels)


def _words(channel: Channel) -> str:
    return " ".join(
        (channel.label, channel.eye, channel.type, channel.unit, channel.coordinate_system)
    ).strip()


def understand(description: StreamDescription, answer: Answer | None = None) -> Layout | None:
    """Combine what a stream says and what was told of it; None where its channels stay unknown.

    What is known of a program, or of glasses, cannot be told otherwise. The coordinates of the
    layout may still be unknown.

    Raises
    ------
    TrackerError
        Gaze of a scene camera.
    """
    layout: Layout | None
    try:
        layout = recognise(description)
    except UnknownChannels:
        layout = None
    if layout is not None and layout.name not in (PLAIN, XDF):
        return layout
    if isinstance(answer, StreamMapping):
        return answer.to_layout() if answer.fits(description) else layout
    if answer is not None and layout is not None and layout.coordinates == "unknown":
        return layout.with_coordinates(answer)
    return layout


def guessed_channels(description: StreamDescription) -> dict[Role, int]:
    """Guess roles by what the stream says, for a person to confirm; never to be used unseen."""
    layout = understand(description)
    said = dict(layout.channels) if layout is not None else {}
    if said and said.get("left_x") == said.get("right_x"):
        said["x"], said["y"] = said.pop("left_x"), said.pop("left_y")
        del said["right_x"], said["right_y"]
    found: dict[Role, int] = {role: said[role] for role in ROLES if role in said}
    for number, channel in enumerate(description.channels):
        role = _role_by_label(channel)
        if role is not None and number not in found.values():
            found.setdefault(role, number)
    whole = [pair for pair in _POINTS if set(pair) <= found.keys()]
    points = whole[1:] if whole[0:1] == [_POINTS[0]] and whole[1:] else whole
    kept = {role for pair in points for role in pair}
    return {role: number for role, number in found.items() if role in kept or not role.endswith(("x", "y"))}


_GAZE_WORDS = {"gaze", "por", "pog", "screen", "fixation", "fix", "point", "look"}
_OTHER_WORDS = {"pupil", "head", "origin", "glint", "camera", "direction", "mouse", "cursor"}


def _role_by_label(channel: Channel) -> Role | None:
    words = [word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", channel.label)]
    axis = next((word for word in words if word in ("x", "y")), None)
    if axis is None or not _GAZE_WORDS & set(words) or _OTHER_WORDS & set(words):
        return None
    eye = next((each for each in ("left", "right") if each in (*words, channel.eye.casefold())), "")
    return cast("Role", f"{eye}_{axis}" if eye else axis)


def guessed_coordinates(largest: float) -> Literal["normalised", "percent", "screen_px"]:
    """Guess by the largest coordinate that was seen, for a person to confirm."""
    return "normalised" if largest < 2.5 else "percent" if largest <= 110 else "screen_px"


def guessed_marks(points: FloatArray) -> tuple[float, ...]:
    """Guess which numbers mean "not found", for a person to confirm.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Gaze points as sent.

    Returns
    -------
    tuple of float
        Whole numbers of 0 and below that stood in both coordinates again and again.
    """
    both = points[points[:, 0] == points[:, 1], 0]
    values, counts = np.unique(both[(both <= 0) & (both == np.round(both))], return_counts=True)
    return tuple(values[counts >= _AGAIN].tolist())
