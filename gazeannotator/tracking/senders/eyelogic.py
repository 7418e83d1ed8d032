"""EyeLogic One."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Eye, Sender, of


def _pair(label: str, eye: str, carries: tuple[Carries, Carries]) -> tuple[tuple[Channel, Carries], ...]:
    x, y = carries
    return (
        (Channel(f"Screen_X_{label}", eye, "ScreenX", "pixels", "image-space"), x),
        (Channel(f"Screen_Y_{label}", eye, "ScreenY", "pixels", "image-space"), y),
    )


def _position(eye: Eye) -> tuple[tuple[Channel, Carries], ...]:
    def channel(axis: str) -> Channel:
        return Channel(f"EyePosition_{axis}_{eye}", eye, f"Position{axis}", "millimeters", "world-space")

    return (
        (channel("X"), of(eye, "origin_x_mm")),
        (channel("Y"), of(eye, "origin_y_mm")),
        (channel("Z"), of(eye, "origin_z_mm")),
    )


# Source: EyeLogic-LSL, LSLClient.cpp, and ELGazeSample.h. The points of both eyes together are left: what
# is taken is each eye's own. "Diameter" carries pupilRadius. What is invalid is NaN, but the left x
# is looked up by the left y. Positions: mm from the device, x to the right, y up, z to the reader.
EYELOGIC = Sender(
    stream_name="EyeLogic",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    told_by=("Screen_X_raw",),
    channels=(
        (Channel("FrameNumber", "", "FrameNumber", "number"), "sequence"),
        *_pair("raw", "both", ("nothing", "nothing")),
        *_pair("filtered", "both", ("nothing", "nothing")),
        *_pair("left", "left", ("left_x", "left_y")),
        *_pair("right", "right", ("right_x", "right_y")),
        (Channel("Diameter_left", "left", "Diameter", "millimeters"), "left_pupil_mm"),
        (Channel("Diameter_right", "right", "Diameter", "millimeters"), "right_pupil_mm"),
        *_position("left"),
        *_position("right"),
    ),
    pupil_scale=2.0,
)
