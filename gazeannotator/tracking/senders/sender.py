"""How a program's stream is told as data: its channels, what they carry, and how it says "not found"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

Coordinates = Literal["normalised", "percent", "screen_px", "unknown"]
"""Of gaze points: shares of the display area (0 to 1), percent of it (0 to 100), or its pixels."""

Origin = Literal["top-left", "bottom-left"]
"""The corner of the display area at which both coordinates are 0."""

Eye = Literal["left", "right"]
EYES: tuple[Eye, Eye] = ("left", "right")

Carries = Literal[
    "x",
    "y",
    "left_x",
    "left_y",
    "right_x",
    "right_y",
    "left_pupil_mm",
    "right_pupil_mm",
    "left_origin_x_mm",
    "left_origin_y_mm",
    "left_origin_z_mm",
    "right_origin_x_mm",
    "right_origin_y_mm",
    "right_origin_z_mm",
    "distance_mm",
    "left_distance_mm",
    "right_distance_mm",
    "sequence",
    "valid",
    "left_valid",
    "right_valid",
    "left_found",
    "right_found",
    "left_pupil_valid",
    "right_pupil_valid",
    "left_origin_valid",
    "right_origin_valid",
    "time_s",
    "always_one",
    "nothing",
]
"""What a channel is to us. ``x``, ``y``, ``valid`` and ``distance_mm`` stand for both eyes. A valid
channel marks the gaze of its eye as lost, a found channel all that is told of the eye. The last three
are only sent: the sender's own clock, a constant, and what we make no use of."""


@dataclass(frozen=True)
class Channel:
    """A channel's metadata in the words of the XDF convention; empty where the sender is silent."""

    label: str = ""
    eye: str = ""
    type: str = ""
    unit: str = ""
    coordinate_system: str = ""


@dataclass(frozen=True)
class Sender:
    """A program's stream.

    Attributes
    ----------
    stream_name, stream_type, channel_format : str
        As the program sends them; a user may have changed the name.
    coordinates : {"normalised", "percent", "screen_px"}
        What the numbers of gaze points really are, whatever unit the program claims.
    channels : tuple of (Channel, Carries)
        In the order in which they are sent. On reading they are found by their label, so a
        version of the program with more or other channels is understood as well.
    origin : {"top-left", "bottom-left"}
    scene_camera : bool
        The gaze lies in the picture of a head-worn camera: recognised, so that it can be refused.
    names, types : str
        Patterns of the stream's name and type. For a scene camera they are enough; other streams
        must carry the channels of the gaze points too.
    told_by : tuple of str
        Labels that must be there as well, where those of the gaze points fit several programs.
    exact : bool
        Types and coordinate systems of the gaze points must be as declared: their labels say little.
    also : tuple of (Channel, Carries)
        Channels of other versions of the program, taken where they are there.
    unlabelled : str
        Pattern of the names under which a version without any channel metadata is sent.
    lost : float
        Sent in place of what was not found.
    marks : tuple of float
        Numbers that mean "not found" where both coordinates of a point (all of an eye's origin,
        or a pupil) are equal to one of them. NaN always does.
    possible : tuple of float
        No gaze lies at or beyond these bounds, in the units that are sent.
    valid : tuple of float
        A flag says valid above the first number and up to the second.
    flags : tuple of float
        What a flag is where the eye was found, and where it was not.
    pupil_scale, distance_scale : float
        Multiplied with what is sent to get mm.
    """

    stream_name: str
    stream_type: str
    channel_format: Literal["double64", "float32"]
    coordinates: Literal["normalised", "percent", "screen_px"]
    channels: tuple[tuple[Channel, Carries], ...]
    origin: Origin = "top-left"
    scene_camera: bool = False
    names: str = ""
    types: str = ""
    told_by: tuple[str, ...] = ()
    exact: bool = False
    also: tuple[tuple[Channel, Carries], ...] = ()
    unlabelled: str = ""
    lost: float = math.nan
    marks: tuple[float, ...] = ()
    possible: tuple[float, float] = (-math.inf, math.inf)
    valid: tuple[float, float] = (0.0, math.inf)
    flags: tuple[float, float] = (1.0, 0.0)
    pupil_scale: float = 1.0
    distance_scale: float = 1.0


def of(eye: Eye, what: str) -> Carries:
    """Name what a channel of one eye carries: ``of("left", "x")`` is ``"left_x"``."""
    return cast("Carries", f"{eye}_{what}")
