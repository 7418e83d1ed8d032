"""From the channels of a gaze stream to canonical samples, and back for the simulator.

What other programs send is told as data in `gazeannotator.tracking.senders`; here are the
three ways of understanding a stream, tried in this order: a known sender's labels, the XDF
convention for gaze (channel types ``ScreenX`` and ``ScreenY``), and labels that say x and y.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.geometry import normalised_to_screen_px, screen_px_to_normalised
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.tracking.senders import SCENE_CAMERAS, SENDERS, Carries, Channel, Coordinates, Sender

PLAIN = "plain"
"""Name of a layout that was guessed by nothing but its labels."""

_NORMALISED_UNITS = {"normalized", "normalised"}
_PIXEL_UNITS = {"pixels", "pixel", "px"}
_TABLE: tuple[Carries, ...] = (
    "left_x",
    "left_y",
    "right_x",
    "right_y",
    "left_pupil_mm",
    "right_pupil_mm",
    "left_distance_mm",
    "right_distance_mm",
    "sequence",
)
_FLAGS: dict[Carries, tuple[int, ...]] = {
    "left_valid": (0, 1),
    "right_valid": (2, 3),
    "left_pupil_valid": (4,),
    "right_pupil_valid": (5,),
    "left_origin_valid": (6,),
    "right_origin_valid": (7,),
}
"""What a flag marks as lost where it is not above 0, as columns of the table."""

_XY_LABEL = re.compile(
    r"(?:(?P<eye>left|right|both)[_ .]?)?(?:eye[_ .]?)?(?:(?:gaze|screen|por|pog)[_ .]?)?(?P<axis>[xy])"
    r"(?:[_ .]?(?P<eye_after>left|right|both))?"
)


@dataclass(frozen=True)
class StreamDescription:
    """What a stream says about itself.

    Attributes
    ----------
    rate_hz : float
        Nominal rate, 0 if irregular; senders are known to declare wrong ones.
    channels : tuple of Channel
        One for each channel that is sent; a channel without metadata is ``Channel()``.
    simulated : bool
        The sender says that nobody looks.
    screen_px, screen_mm : tuple of float or None
        Size of the tracked display area, where the sender tells it.
    acquisition : mapping of str to str
        What the sender tells of its device (XDF convention): manufacturer, model, serial_number, …
    """

    name: str
    type: str
    source_id: str
    rate_hz: float
    channel_format: str
    channels: tuple[Channel, ...]
    simulated: bool = False
    screen_px: tuple[float, float] | None = None
    screen_mm: tuple[float, float] | None = None
    acquisition: Mapping[str, str] = field(default_factory=dict, hash=False)
    hostname: str = ""
    uid: str = ""


@dataclass(frozen=True)
class Layout:
    """Which channel carries what.

    Attributes
    ----------
    name : str
        A known sender's name, ``"xdf"`` or ``"plain"``.
    coordinates : {"normalised", "screen_px", "unknown"}
        Of the gaze points; ``"unknown"`` must be answered by the user, see `with_coordinates`.
    channels : mapping of str to int
        What is carried → number of the channel.
    """

    name: str
    coordinates: Coordinates
    channels: Mapping[Carries, int]

    def with_coordinates(self, coordinates: Literal["normalised", "screen_px"]) -> Layout:
        """Return the layout with the user's answer where the stream's metadata is silent."""
        return replace(self, coordinates=coordinates)


def recognise(description: StreamDescription) -> Layout:
    """Find out where a stream carries gaze points.

    Raises
    ------
    TrackerError
        Gaze of a scene camera, or no channel that could be a gaze point.
    """
    called = f"The stream '{description.name}'"
    if _is_scene_camera(description):
        raise TrackerError(
            f"{called} gives gaze in the picture of a head-worn camera, not on the screen.",
            "Use a screen-based eye tracker, or a program that maps the gaze to the screen.",
        )
    layout = None
    if description.channel_format != "string":
        layout = _by_sender(description) or _by_convention(description) or _by_label(description)
    if layout is None:
        raise TrackerError(
            f"{called} does not say which of its {len(description.channels)} channels are gaze points.",
            "Its sender should describe them by the XDF convention (types ScreenX and ScreenY).",
        )
    return layout


def describe(description: StreamDescription) -> tuple[str | None, str]:
    """Tell a stream's known layout (None if it is not known) and its coordinates, for lists."""
    if _is_scene_camera(description):
        return None, "scene_camera"
    try:
        layout = recognise(description)
    except TrackerError:
        return None, "unknown"
    return (None if layout.name == PLAIN else layout.name), layout.coordinates


def is_gaze(description: StreamDescription) -> bool:
    """Whether a stream is one of gaze: by its type, or because its sender is known."""
    return (
        description.type.casefold() == "gaze"
        or _by_sender(description) is not None
        or _is_scene_camera(description)
    )


def to_chunk(
    values: NDArray[Any], stamps: FloatArray, layout: Layout, screen_px: tuple[float, float]
) -> GazeChunk:
    """Convert pulled samples to canonical ones.

    Parameters
    ----------
    values : ndarray, shape (n, channels)
        As sent, any number format.
    stamps : ndarray, shape (n,)
        Kept as they are.
    layout : Layout
    screen_px : tuple of float
        Size of the display area to which pixel coordinates refer; not used for normalised ones.

    Raises
    ------
    ValueError
        The layout's coordinates are unknown: nobody was asked.
    """
    if layout.coordinates == "unknown":
        raise ValueError(
            f"the coordinates of layout {layout.name} must be known before samples are converted"
        )
    table = np.full((len(stamps), len(_TABLE)), np.nan)
    carried = [place for place, carries in enumerate(_TABLE) if carries in layout.channels]
    table[:, carried] = values[:, [layout.channels[_TABLE[place]] for place in carried]]
    for flag, places in _FLAGS.items():
        if flag in layout.channels:
            invalid = np.flatnonzero(~(values[:, layout.channels[flag]] > 0))
            table[invalid[:, None], places] = np.nan
    points = table[:, :4].reshape(-1, 2, 2)
    # An infinite coordinate is no place on or beside a screen.
    points[np.isinf(points)] = np.nan
    if layout.coordinates == "screen_px":
        points = screen_px_to_normalised(points, screen_px)
    left, right = table[:, 6], table[:, 7]
    distance = np.where(np.isnan(left), right, np.where(np.isnan(right), left, (left + right) / 2))
    return GazeChunk(
        time_s=np.array(stamps, np.float64),
        left=points[:, 0],
        right=points[:, 1],
        pupil_mm=table[:, 4:6],
        distance_mm=distance,
        sequence=table[:, 8],
        origin_mm=np.full((len(stamps), 2, 3), np.nan),
    )


def from_chunk(chunk: GazeChunk, sender: Sender, screen_px: tuple[float, float]) -> FloatArray:
    """Write canonical samples as a sender would send them, shape (n, channels)."""
    in_px = sender.coordinates == "screen_px"
    left, right = (
        normalised_to_screen_px(xy, screen_px) if in_px else xy for xy in (chunk.left, chunk.right)
    )
    left_valid, right_valid = (np.where(np.isnan(xy).any(axis=1), 0.0, 1.0) for xy in (left, right))
    carried: dict[Carries, FloatArray] = {
        "left_x": left[:, 0],
        "left_y": left[:, 1],
        "right_x": right[:, 0],
        "right_y": right[:, 1],
        "left_pupil_mm": chunk.pupil_mm[:, 0],
        "right_pupil_mm": chunk.pupil_mm[:, 1],
        "left_distance_mm": chunk.distance_mm,
        "right_distance_mm": chunk.distance_mm,
        "sequence": chunk.sequence,
        "left_valid": left_valid,
        "right_valid": right_valid,
        "left_origin_valid": np.where(np.isnan(chunk.distance_mm), 0.0, 1.0),
        "right_origin_valid": np.where(np.isnan(chunk.distance_mm), 0.0, 1.0),
        "left_pupil_valid": np.where(np.isnan(chunk.pupil_mm[:, 0]), 0.0, 1.0),
        "right_pupil_valid": np.where(np.isnan(chunk.pupil_mm[:, 1]), 0.0, 1.0),
        "always_one": np.ones(len(chunk)),
        "nothing": np.full(len(chunk), np.nan),
    }
    return np.stack([carried[carries] for _, carries in sender.channels], axis=1)


def _is_scene_camera(description: StreamDescription) -> bool:
    if any(
        re.fullmatch(name, description.name, re.IGNORECASE)
        and re.fullmatch(kind, description.type, re.IGNORECASE)
        for name, kind in SCENE_CAMERAS
    ):
        return True
    systems = {
        channel.coordinate_system.casefold()
        for channel in description.channels
        if channel.type.casefold() in ("screenx", "screeny")
    }
    return any(system.startswith(("world", "camera")) for system in systems)


def _by_sender(description: StreamDescription) -> Layout | None:
    """Match by label, not by position: senders add channels from version to version."""
    if description.channel_format == "string":
        return None
    by_label = {channel.label: number for number, channel in enumerate(description.channels) if channel.label}
    for name, sender in SENDERS.items():
        known = [(channel, carries) for channel, carries in sender.channels if channel.label]
        points = [channel for channel, carries in known if carries.endswith(("_x", "_y"))]
        if points and all(
            channel.label in by_label and description.channels[by_label[channel.label]].unit == channel.unit
            for channel in points
        ):
            channels = {
                carries: by_label[channel.label]
                for channel, carries in known
                if carries not in ("nothing", "always_one") and channel.label in by_label
            }
            return Layout(name, sender.coordinates, channels)
    return None


def _by_convention(description: StreamDescription) -> Layout | None:
    """Read the XDF convention for streams of content type Gaze (sccn/xdf, Gaze-Meta-Data)."""
    points: dict[tuple[str, str], int] = {}
    for number, channel in enumerate(description.channels):
        axis = {"screenx": "x", "screeny": "y"}.get(channel.type.casefold())
        if axis is not None:
            points.setdefault((_eye_of(channel), axis), number)
    return _layout_of_points("xdf", description, points)


def _by_label(description: StreamDescription) -> Layout | None:
    points: dict[tuple[str, str], int] = {}
    for number, channel in enumerate(description.channels):
        match = _XY_LABEL.fullmatch(channel.label.casefold())
        if match is not None:
            eye = match["eye"] or match["eye_after"] or _eye_of(channel)
            points.setdefault((eye, match["axis"]), number)
    if len(description.channels) == 2 and not any(channel.label for channel in description.channels):
        points = {("both", "x"): 0, ("both", "y"): 1}
    return _layout_of_points(PLAIN, description, points)


def _eye_of(channel: Channel) -> str:
    for text in (channel.eye.casefold(), channel.label.casefold()):
        for eye in ("left", "right"):
            if eye in text:
                return eye
    return "both"


def _layout_of_points(
    name: str, description: StreamDescription, points: dict[tuple[str, str], int]
) -> Layout | None:
    """Make a layout of (eye, axis) → channel; a point of both eyes stands for each of them."""
    eyes = [eye for eye in ("left", "right") if (eye, "x") in points and (eye, "y") in points]
    channels: dict[Carries, int] = {}
    if "left" in eyes:
        channels |= {"left_x": points["left", "x"], "left_y": points["left", "y"]}
    if "right" in eyes:
        channels |= {"right_x": points["right", "x"], "right_y": points["right", "y"]}
    if not eyes and ("both", "x") in points and ("both", "y") in points:
        x, y = points["both", "x"], points["both", "y"]
        channels = {"left_x": x, "left_y": y, "right_x": x, "right_y": y}
    if not channels:
        return None
    units = {description.channels[number].unit.casefold() for number in channels.values()}
    coordinates: Coordinates = "unknown"
    if units <= _NORMALISED_UNITS:
        coordinates = "normalised"
    elif units <= _PIXEL_UNITS:
        coordinates = "screen_px"
    for number, channel in enumerate(description.channels):
        kind, eye = channel.type.casefold(), _eye_of(channel)
        if kind == "diameter" and channel.unit.casefold() == "mm" and eye == "left":
            channels.setdefault("left_pupil_mm", number)
        elif kind == "diameter" and channel.unit.casefold() == "mm" and eye == "right":
            channels.setdefault("right_pupil_mm", number)
        elif kind == "framenumber":
            channels.setdefault("sequence", number)
    return Layout(name, coordinates, channels)
