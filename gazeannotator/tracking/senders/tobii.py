"""Tobii: our own bridge, and three LSL apps. All send Tobii's display area coordinates.

Those are 0..1 with the origin at the top-left corner (Active Display Coordinate System); eyes are
placed in the user coordinate system, mm from the tracker, x to the right, y up, z to the reader.
"""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Eye, Sender, of


def _bridge_eye(eye: Eye) -> tuple[tuple[Channel, Carries], ...]:
    return (
        (Channel(f"{eye}_x", eye, "ScreenX", "normalized"), of(eye, "x")),
        (Channel(f"{eye}_y", eye, "ScreenY", "normalized"), of(eye, "y")),
        (Channel(f"{eye}_valid", eye, "ValidFlag", "bool"), of(eye, "valid")),
        (Channel(f"{eye}_pupil", eye, "Diameter", "mm"), of(eye, "pupil_mm")),
        (Channel(f"{eye}_pupil_valid", eye, "ValidFlag", "bool"), of(eye, "pupil_valid")),
        (Channel(f"{eye}_origin_x", eye, "PupilX", "mm"), of(eye, "origin_x_mm")),
        (Channel(f"{eye}_origin_y", eye, "PupilY", "mm"), of(eye, "origin_y_mm")),
        (Channel(f"{eye}_origin_z", eye, "PupilZ", "mm"), of(eye, "origin_z_mm")),
        (Channel(f"{eye}_origin_valid", eye, "ValidFlag", "bool"), of(eye, "origin_valid")),
    )


TOBII_BRIDGE = Sender(
    stream_name="Tobii_bridge",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="normalised",
    told_by=("left_valid", "right_valid"),
    channels=(
        *_bridge_eye("left"),
        *_bridge_eye("right"),
        (Channel("device_time", "both", "DeviceTime", "s"), "time_s"),
        (Channel("system_time", "both", "SystemTime", "s"), "time_s"),
        (Channel("sequence", "both", "FrameNumber", "count"), "sequence"),
    ),
)
"""What ``gazeannotator tracker stream`` sends; its name is the tracker's model."""

# Source: labstreaminglayer/App-TobiiPro, mainwindow.cpp (type "Eyetracker" in older versions). What it
# calls "screencoords" are display area coordinates; invalid points and pupils are NaN.
TOBII_PRO_APP = Sender(
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

# Source: labstreaminglayer/App-TobiiStreamEngine, mainwindow.cpp: one point for both eyes, NaN where
# invalid. Its first versions described no channels. Their name is what the user set, or the default.
TOBII_STREAM_ENGINE = Sender(
    stream_name="TobiiStreamEngine_gaze",
    stream_type="gaze",
    channel_format="float32",
    coordinates="normalised",
    exact=True,
    unlabelled=r"tobiistreamengine.*",
    channels=(
        (Channel("x", "", "screen", "normalized"), "x"),
        (Channel("y", "", "screen", "normalized"), "y"),
    ),
)


def _tet_eye(eye: Eye) -> tuple[tuple[Channel, Carries], ...]:
    return (
        (Channel(f"Screen_X_{eye}", eye, "ScreenX"), of(eye, "x")),
        (Channel(f"Screen_Y_{eye}", eye, "ScreenY"), of(eye, "y")),
        (Channel(f"Pupil_X_{eye}", eye, "PupilX"), "nothing"),
        (Channel(f"Pupil_Y_{eye}", eye, "PupilY"), "nothing"),
        (Channel(f"Diameter_{eye}", eye, "Diameter"), "nothing"),
        (Channel(f"Distance_{eye}", eye, "Distance"), "nothing"),
        (Channel(f"Confidence_{eye}", eye, "Confidence"), of(eye, "valid")),
    )


# Source: labstreaminglayer/App-Tobii, mainwindow.cpp, and tet.h of the SDK before 3.0. "Confidence" is
# the SDK's validity: 0 certainly found, 1 probably, up to 4 certainly not; 2 does not even tell which
# eye. Diameter and distance are in a "proprietary unit".
TOBII_LEGACY = Sender(
    stream_name="Tobii",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="normalised",
    names=r"tobii",
    told_by=("Confidence_left", "Confidence_right", "Distance_left"),
    channels=(*_tet_eye("left"), *_tet_eye("right")),
    lost=-1.0,
    valid=(-1.0, 1.0),
    flags=(0.0, 4.0),
)
