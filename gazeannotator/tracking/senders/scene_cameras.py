"""Programs whose gaze lies in the picture of a head-worn camera: recognised, and refused.

Where such a picture lies on the screen changes with every movement of the head, so no
conversion is right.
"""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Sender


def _vector(
    label: str, eye: str, kind: str, unit: str, system: str = "", separator: str = "_"
) -> tuple[tuple[Channel, Carries], ...]:
    return tuple(
        (Channel(f"{label}{separator}{axis}", eye, f"{kind}{axis.upper()}", unit, system), "nothing")
        for axis in "xyz"
    )


# Source: labstreaminglayer/App-PupilLabs, pupil_capture_lsl_relay/channel.py; eye 0 is the right one.
# Pupil's normalised positions count from the bottom-left corner of the scene picture.
PUPIL_CORE = Sender(
    stream_name="pupil_capture",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="normalised",
    origin="bottom-left",
    scene_camera=True,
    names=r"pupil_capture.*",
    types=r"gaze",
    channels=(
        (Channel("confidence", "both", "Confidence", "normalized"), "always_one"),
        (Channel("norm_pos_x", "both", "ScreenX", "normalized", "world"), "x"),
        (Channel("norm_pos_y", "both", "ScreenY", "normalized", "world"), "y"),
        *_vector("gaze_point_3d", "both", "Direction", "mm", "world"),
        *_vector("eye_center0_3d", "right", "Position", "mm", "world"),
        *_vector("eye_center1_3d", "left", "Position", "mm", "world"),
        *_vector("gaze_normal0", "right", "Position", "mm", "world"),
        *_vector("gaze_normal1", "left", "Position", "mm", "world"),
        (Channel("diameter0_2d", "right", "Diameter", "pixels", "eye0"), "nothing"),
        (Channel("diameter1_2d", "left", "Diameter", "pixels", "eye1"), "nothing"),
        (Channel("diameter0_3d", "right", "Diameter", "mm", "eye0"), "right_pupil_mm"),
        (Channel("diameter1_3d", "left", "Diameter", "mm", "eye1"), "left_pupil_mm"),
    ),
)

# Source: lsl-relay 3.2 for Invisible and Neon (which calls the type "metatype"), and the relay of
# App-PupilLabs before it.
PUPIL_RELAY = Sender(
    stream_name="relay_Gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    scene_camera=True,
    exact=True,
    channels=(
        (Channel("x", "both", "ScreenX", "pixels", "world"), "x"),
        (Channel("y", "both", "ScreenY", "pixels", "world"), "y"),
    ),
)

# Source: docs.pupil-labs.com/neon/data-collection/lab-streaming-layer. The same label stands for each eye.
PUPIL_NEON = Sender(
    stream_name="Companion_Neon Gaze",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="screen_px",
    scene_camera=True,
    names=r".*neon gaze",
    types=r"gaze",
    told_by=("EyeballCenterX",),
    channels=(
        (Channel("x", "both", "ScreenX", "pixels"), "x"),
        (Channel("y", "both", "ScreenY", "pixels"), "y"),
        (Channel("PupilDiameter", "left", "Diameter", "mm"), "left_pupil_mm"),
        *_vector("EyeballCenter", "left", "Position", "mm", separator=""),
        (Channel("PupilDiameter", "right", "Diameter", "mm"), "right_pupil_mm"),
        *_vector("EyeballCenter", "right", "Position", "mm", separator=""),
    ),
)

# Source: tobiipro/Glasses3 G3LSLConnector, G3LSL.cs; newer versions send "Gaze2d" and others apart.
TOBII_GLASSES3 = Sender(
    stream_name="Tobii Pro Glasses 3",
    stream_type="Wearable eye tracker",
    channel_format="float32",
    coordinates="normalised",
    scene_camera=True,
    types=r"wearable eye tracker",
    channels=(
        (Channel("gaze2d.x", "", "Eye tracking", "normalized"), "x"),
        (Channel("gaze2d.y", "", "Eye tracking", "normalized"), "y"),
        (Channel("left-pupil", "", "Eye tracking", "mm"), "left_pupil_mm"),
        (Channel("right-pupil", "", "Eye tracking", "mm"), "right_pupil_mm"),
        *_vector("gaze3d", "", "", "mm", separator="."),
        *_vector("left-gaze-origin", "", "", "mm", separator="."),
        *_vector("right-gaze-origin", "", "", "mm", separator="."),
        *_vector("left-gaze-direction", "", "", "unit vector", separator="."),
        *_vector("right-gaze-direction", "", "", "unit vector", separator="."),
    ),
)

# Source: labstreaminglayer/App-SMIEyetracker, iViewNG-SDK, for the ETG glasses: "combined scene image
# coordinates". They are called ScreenX in pixels, as if they lay on a screen.
SMI_IVIEWNG = Sender(
    stream_name="iViewNG-Gaze",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="screen_px",
    scene_camera=True,
    names=r"iviewng.*",
    types=r"gaze",
    told_by=("EyeDirection_X_left",),
    channels=(
        (Channel("Screen_X_both", "both", "ScreenX", "pixels"), "x"),
        (Channel("Screen_Y_both", "both", "ScreenY", "pixels"), "y"),
        (Channel("Screen_X_left", "left", "ScreenX", "pixels"), "nothing"),
        (Channel("Screen_Y_left", "left", "ScreenY", "pixels"), "nothing"),
        (Channel("Screen_X_right", "right", "ScreenX", "pixels"), "nothing"),
        (Channel("Screen_Y_right", "right", "ScreenY", "pixels"), "nothing"),
        (Channel("PupilRadius_left", "left", "Radius", "millimeters"), "nothing"),
        (Channel("PupilRadius_right", "right", "Radius", "millimeters"), "nothing"),
        *(
            (Channel(f"Eye{what}_{axis}_{eye}", eye, f"{what}{axis}", unit), "nothing")
            for what, unit in (("Position", "millimeters"), ("Direction", "normalized"))
            for eye in ("left", "right")
            for axis in "XYZ"
        ),
        (Channel("PupilConfidence_left", "left", "Confidence", "normalized"), "nothing"),
        (Channel("PupilConfidence_right", "right", "Confidence", "normalized"), "nothing"),
        (Channel("EyeballUncertainty_left", "left", "Uncertainty", "custom"), "nothing"),
        (Channel("EyeballUncertainty_right", "right", "Uncertainty", "custom"), "nothing"),
        (Channel("SceneFrameNumber", "both", "FrameNumber", "integer"), "nothing"),
        (Channel("EyeFrameNumber", "both", "FrameNumber", "integer"), "nothing"),
    ),
)
