"""Recognises gaze streams, and finds out where their gaze points are.

What other programs send is told as data in `gazeannotator.tracking.senders`. Here are the three
ways of understanding a stream, tried in this order: a known sender's labels, the XDF convention
for gaze (channel types ``ScreenX`` and ``ScreenY``), and labels that say x and y. Where none of them
leads to both coordinates, a person tells: `gazeannotator.tracking.mapping`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gazeannotator.errors import TrackerError, UnknownChannels
from gazeannotator.tracking.conversion import Layout, from_chunk, to_chunk
from gazeannotator.tracking.senders.sender import EYES, Carries, Channel, Coordinates, Eye, Sender, of
from gazeannotator.tracking.senders.table import IN_ORDER, SENDERS

__all__ = [
    "PLAIN",
    "XDF",
    "Layout",
    "StreamDescription",
    "describe",
    "from_chunk",
    "is_gaze",
    "is_scene_camera",
    "recognise",
    "to_chunk",
]

XDF = "xdf"
"""Name of a layout that was read by the convention."""

PLAIN = "plain"
"""Name of a layout that was guessed by nothing but its labels."""

_GAZE_TYPES = {"gaze", "eyetracking", "eyetracker"}
"""Types of streams that are gaze, without case, spaces and hyphens."""

_NORMALISED_UNITS = {"normalized", "normalised"}
_PERCENT_UNITS = {"percent", "%"}
_PIXEL_UNITS = {"pixels", "pixel", "px"}
_MM_UNITS = {"mm", "millimeters", "millimetres", "millimeter", "millimetre"}

_ONLY_SENT: set[Carries] = {"nothing", "always_one", "time_s"}

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

    @property
    def key(self) -> str:
        """Under what an answer for the stream is remembered: its source id, else its name."""
        return self.source_id or self.name


def recognise(description: StreamDescription) -> Layout:
    """Find out where a stream carries gaze points.

    Raises
    ------
    UnknownChannels
        No channel says that it is a gaze point; a person can tell.
    TrackerError
        Gaze of a scene camera.
    """
    called = f"The stream '{description.name}'"
    if is_scene_camera(description):
        raise TrackerError(
            f"{called} gives gaze in the picture of a head-worn camera, not on the screen.",
            "Use a screen-based eye tracker, or a program that maps the gaze to the screen.",
        )
    layout = None
    if description.channel_format != "string":
        layout = _by_sender(description) or _by_convention(description) or _by_label(description)
    if layout is None:
        raise UnknownChannels(
            f"{called} does not say which of its {len(description.channels)} channels are gaze points.",
            "Tell it on the app's eye tracker page, or let its sender describe them by the XDF "
            "convention (types ScreenX and ScreenY).",
        )
    return layout


def describe(description: StreamDescription) -> tuple[str | None, str]:
    """Tell a stream's known layout (None if it is not known) and its coordinates, for lists.

    Coordinates are ``normalised`` (also where they are sent as percent), ``screen_px``,
    ``scene_camera`` or ``unknown``.
    """
    if is_scene_camera(description):
        name, _ = _known(description) or ("", {})
        return (name if name in SENDERS and SENDERS[name].scene_camera else None), "scene_camera"
    try:
        layout = recognise(description)
    except TrackerError:
        return None, "unknown"
    coordinates = "normalised" if layout.coordinates == "percent" else layout.coordinates
    return (None if layout.name == PLAIN else layout.name), coordinates


def is_gaze(description: StreamDescription) -> bool:
    """Whether a stream is one of gaze: by its type, or because its sender is known."""
    kind = re.sub(r"[\W_]", "", description.type.casefold())
    return kind in _GAZE_TYPES or _known(description) is not None or is_scene_camera(description)


def is_scene_camera(description: StreamDescription) -> bool:
    """Whether the gaze lies in a head-worn camera's picture: a known sender, or by its own words."""
    known = _known(description)
    if known is not None and SENDERS[known[0]].scene_camera:
        return True
    systems = {
        channel.coordinate_system.casefold()
        for channel in description.channels
        if channel.type.casefold() in ("screenx", "screeny")
    }
    return any(system.startswith(("world", "camera", "scene")) for system in systems)


def _known(description: StreamDescription) -> tuple[str, dict[Carries, int]] | None:
    """Find the first sender that fits, and the channels of what it carries."""
    if description.channel_format == "string":
        return None
    for name, sender in IN_ORDER:
        if sender.scene_camera and _is_called(sender, description):
            return name, {}
        channels = _channels_of(sender, description)
        if channels is not None:
            return name, channels
    return None


def _is_called(sender: Sender, description: StreamDescription) -> bool:
    """Whether name and type fit the sender's patterns; False where it has none."""
    patterns = ((sender.names, description.name), (sender.types, description.type))
    return any(pattern for pattern, _ in patterns) and all(
        re.fullmatch(pattern or ".*", text, re.IGNORECASE) for pattern, text in patterns
    )


def _channels_of(sender: Sender, description: StreamDescription) -> dict[Carries, int] | None:
    """Match by label, not by position: senders add channels from version to version."""
    by_label: dict[str, int] = {}
    for number, channel in enumerate(description.channels):
        if channel.label:
            by_label.setdefault(channel.label.casefold(), number)
    if not by_label:
        return _without_labels(sender, description)
    if sender.names and not sender.scene_camera and not _is_called(sender, description):
        return None
    found: dict[Carries, int] = {}
    for channel, carries in (*sender.also, *sender.channels):
        number = by_label.get(channel.label.casefold(), -1)
        if number >= 0 and _is_like(description.channels[number], channel, carries, exact=sender.exact):
            found[carries] = number
    points = {carries for channel, carries in sender.channels if channel.label and _is_point(carries)}
    if (
        not points
        or not points <= found.keys()
        or any(each.casefold() not in by_label for each in sender.told_by)
    ):
        return None
    return _taken(found.items())


def _without_labels(sender: Sender, description: StreamDescription) -> dict[Carries, int] | None:
    """Match by position where a program is known to describe no channel."""
    if len(description.channels) != len(sender.channels) or not sender.unlabelled:
        return None
    if not re.fullmatch(sender.unlabelled, description.name, re.IGNORECASE):
        return None
    return _taken((carries, number) for number, (_, carries) in enumerate(sender.channels))


def _taken(carried: Iterable[tuple[Carries, int]]) -> dict[Carries, int]:
    return {carries: number for carries, number in carried if carries not in _ONLY_SENT}


def _is_point(carries: Carries) -> bool:
    return carries.endswith(("x", "y"))


def _is_like(sent: Channel, known: Channel, carries: Carries, *, exact: bool) -> bool:
    """Whether a channel of a known label means what it does in the known sender."""
    if _is_point(carries) and exact:
        for mine, theirs in ((known.type, sent.type), (known.coordinate_system, sent.coordinate_system)):
            if mine.casefold() != theirs.casefold():
                return False
    if not _is_point(carries) and not carries.endswith("_mm"):
        return True
    mine, theirs = known.unit.casefold(), sent.unit.casefold()
    return mine == theirs or (theirs in _MM_UNITS and (mine in _MM_UNITS or not mine))


def _by_sender(description: StreamDescription) -> Layout | None:
    known = _known(description)
    if known is None:
        return None
    name, channels = known
    sender = SENDERS[name]
    return Layout(
        name,
        sender.coordinates,
        channels,
        origin=sender.origin,
        marks=sender.marks,
        possible=sender.possible,
        valid=sender.valid,
        pupil_scale=sender.pupil_scale,
        distance_scale=sender.distance_scale,
    )


def _by_convention(description: StreamDescription) -> Layout | None:
    """Read the XDF convention for streams of content type Gaze (sccn/xdf, Gaze-Meta-Data)."""
    points: dict[tuple[str, str], int] = {}
    for number, channel in enumerate(description.channels):
        axis = {"screenx": "x", "screeny": "y"}.get(channel.type.casefold())
        if axis is not None:
            points.setdefault((_eye_of(channel), axis), number)
    return _layout_of_points(XDF, description, points)


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


def _eye_of(channel: Channel) -> Eye | Literal["both"]:
    for text in (channel.eye.casefold(), channel.label.casefold()):
        for eye in EYES:
            if eye in text:
                return eye
    return "both"


def _layout_of_points(
    name: str, description: StreamDescription, points: dict[tuple[str, str], int]
) -> Layout | None:
    """Make a layout of (eye, axis) → channel; a point of both eyes stands for each of them."""
    channels: dict[Carries, int] = {}
    for eye in EYES:
        if (eye, "x") in points and (eye, "y") in points:
            channels |= {of(eye, "x"): points[eye, "x"], of(eye, "y"): points[eye, "y"]}
    if not channels and ("both", "x") in points and ("both", "y") in points:
        for eye in EYES:
            channels |= {of(eye, "x"): points["both", "x"], of(eye, "y"): points["both", "y"]}
    if not channels:
        return None
    units = {description.channels[number].unit.casefold() for number in channels.values()}
    for number, channel in enumerate(description.channels):
        carries = _beside_the_points(channel, convention=name != PLAIN)
        if carries is not None:
            channels.setdefault(carries, number)
    return Layout(name, _coordinates_of(units, convention=name != PLAIN), channels)


def _coordinates_of(units: set[str], *, convention: bool) -> Coordinates:
    if units <= _NORMALISED_UNITS:
        return "normalised"
    if units <= _PIXEL_UNITS:
        return "screen_px"
    # Outside the convention there are senders that call fractions percent.
    return "percent" if convention and units <= _PERCENT_UNITS else "unknown"


def _beside_the_points(channel: Channel, *, convention: bool) -> Carries | None:
    """Tell what else a channel carries, by the convention's types."""
    kind, unit, eye = channel.type.casefold(), channel.unit.casefold(), _eye_of(channel)
    if kind == "framenumber":
        return "sequence"
    if kind == "diameter" and unit in _MM_UNITS and eye != "both":
        return of(eye, "pupil_mm")
    if kind == "confidence" and convention and unit in _NORMALISED_UNITS:
        return "valid" if eye == "both" else of(eye, "valid")
    return None
