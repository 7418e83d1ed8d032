"""What known programs send, as data: read when a stream comes in, written by the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Coordinates = Literal["normalised", "screen_px", "unknown"]

Carries = Literal[
    "left_x",
    "left_y",
    "right_x",
    "right_y",
    "left_valid",
    "right_valid",
    "left_pupil_mm",
    "right_pupil_mm",
    "left_pupil_valid",
    "right_pupil_valid",
    "left_distance_mm",
    "right_distance_mm",
    "left_origin_valid",
    "right_origin_valid",
    "sequence",
    "always_one",
    "nothing",
]
"""What a channel is to us; a valid channel marks its eye's points as lost where it is not above 0."""


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
    channels : tuple of (Channel, Carries)
        In the order in which they are sent. On reading they are found by their label, so a
        version of the program with more or other channels is understood as well.
    """

    stream_name: str
    stream_type: str
    channel_format: Literal["double64", "float32"]
    coordinates: Coordinates
    channels: tuple[tuple[Channel, Carries], ...]


def _titta_eye(eye: Literal["left", "right"]) -> tuple[tuple[Channel, Carries], ...]:
    left = eye == "left"

    def channel(label: str, kind: str, unit: str) -> Channel:
        return Channel(f"{label}.{eye}_eye", eye, kind, unit)

    def flags(of: str, valid: Carries) -> tuple[tuple[Channel, Carries], ...]:
        return (
            (channel(f"valid.{of}", "ValidFlag", "bool"), valid),
            (channel(f"available.{of}", "AvailableFlag", "bool"), "always_one"),
        )

    on_display, in_space, origin = (
        "position_on_display_area.gaze_point",
        "position_in_user_coordinates.gaze_point",
        "position_in_user_coordinates.gaze_origin",
    )
    return (
        (channel(f"x.{on_display}", "ScreenX", "normalized"), "left_x" if left else "right_x"),
        (channel(f"y.{on_display}", "ScreenY", "normalized"), "left_y" if left else "right_y"),
        (channel(f"x.{in_space}", "IntersectionX", "mm"), "nothing"),
        (channel(f"y.{in_space}", "IntersectionY", "mm"), "nothing"),
        (channel(f"z.{in_space}", "IntersectionZ", "mm"), "nothing"),
        *flags("gaze_point", "left_valid" if left else "right_valid"),
        (channel("diameter.pupil", "Diameter", "mm"), "left_pupil_mm" if left else "right_pupil_mm"),
        *flags("pupil", "left_pupil_valid" if left else "right_pupil_valid"),
        (channel(f"x.{origin}", "PupilX", "mm"), "nothing"),
        (channel(f"y.{origin}", "PupilY", "mm"), "nothing"),
        # Depth from the tracker, which stands at the screen: how Tobii's own tools tell the distance.
        (channel(f"z.{origin}", "PupilZ", "mm"), "left_distance_mm" if left else "right_distance_mm"),
        *flags("gaze_origin", "left_origin_valid" if left else "right_origin_valid"),
        (channel("diameter.eye_openness", "EyeLidDistance", "mm"), "nothing"),
        *flags("eye_openness", "nothing"),
    )


_SIMULATED = Sender(
    stream_name="GazeAnnotator-simulated",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="normalised",
    channels=(
        (Channel("left_x", "left", "ScreenX", "normalized"), "left_x"),
        (Channel("left_y", "left", "ScreenY", "normalized"), "left_y"),
        (Channel("right_x", "right", "ScreenX", "normalized"), "right_x"),
        (Channel("right_y", "right", "ScreenY", "normalized"), "right_y"),
        (Channel("left_pupil", "left", "Diameter", "mm"), "left_pupil_mm"),
        (Channel("right_pupil", "right", "Diameter", "mm"), "right_pupil_mm"),
        (Channel("sequence", "both", "FrameNumber", "count"), "sequence"),
    ),
)

# Source: labstreaminglayer/App-TobiiPro, mainwindow.cpp. Its "screencoords" are Tobii's display
# area coordinates, 0..1 from the top-left; invalid points and pupils are NaN.
_TOBII_PRO_APP = Sender(
    stream_name="Tobii",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="normalised",
    channels=(
        (Channel("left_x", "left", "ScreenX", "screencoords"), "left_x"),
        (Channel("left_y", "left", "ScreenY", "screencoords"), "left_y"),
        (Channel("left_pupil", "left", "pupilsize"), "left_pupil_mm"),
        (Channel("right_x", "right", "ScreenX", "screencoords"), "right_x"),
        (Channel("right_y", "right", "ScreenY", "screencoords"), "right_y"),
        (Channel("right_pupil", "right", "pupilsize"), "right_pupil_mm"),
    ),
)

# Source: dcnieho/Titta, LSL_streamer/src/TittaLSL.cpp. The last channel has no metadata (device
# time stamp); other versions send track-box coordinates as well (43 channels).
_TITTA = Sender(
    stream_name="Tobii_gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="normalised",
    channels=(*_titta_eye("left"), *_titta_eye("right"), (Channel(), "nothing")),
)

_XDF_PIXELS = Sender(
    stream_name="Gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    channels=(
        (Channel("x_left", "left", "ScreenX", "pixels"), "left_x"),
        (Channel("y_left", "left", "ScreenY", "pixels"), "left_y"),
        (Channel("x_right", "right", "ScreenX", "pixels"), "right_x"),
        (Channel("y_right", "right", "ScreenY", "pixels"), "right_y"),
    ),
)

_PLAIN = Sender(
    stream_name="Gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    channels=((Channel(), "left_x"), (Channel(), "left_y")),
)

SENDERS: dict[str, Sender] = {
    "gazeannotator": _SIMULATED,
    "tobii-pro-app": _TOBII_PRO_APP,
    "titta": _TITTA,
    "xdf": _XDF_PIXELS,
    "plain": _PLAIN,
}
"""By the layout's name. ``xdf`` and ``plain`` are no programs: examples of the convention in pixels,
and of a stream that does not describe itself."""

SCENE_CAMERAS: tuple[tuple[str, str], ...] = (
    (r"pupil_capture.*", r"gaze"),
    (r".*neon gaze", r"gaze"),
    (r".*", r"wearable eye tracker"),
)
"""Patterns of name and type of streams whose gaze lies in a head-worn camera's picture."""
