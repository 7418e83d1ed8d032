"""EyeTech Digital Systems, by QuickLINK 2."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Eye, Sender, of


def _eye(eye: Eye) -> tuple[tuple[Channel, Carries], ...]:
    side = eye.capitalize()
    return (
        (Channel(f"{side}Eye_Found", eye, "Confidence", "normalized"), of(eye, "found")),
        (Channel(f"{side}Eye_Calibrated", eye, "Confidence", "normalized"), of(eye, "valid")),
        (Channel(f"{side}Eye_PupilDiameter", eye, "Diameter", "mm"), of(eye, "pupil_mm")),
        (Channel(f"{side}Eye_Pupil_X", eye, "PupilX", "pixels"), "nothing"),
        (Channel(f"{side}Eye_Pupil_Y", eye, "PupilY", "pixels"), "nothing"),
        (Channel(f"{side}Eye_Glint0_X", eye, "ReflexX", "pixels"), "nothing"),
        (Channel(f"{side}Eye_Glint0_Y", eye, "ReflexY", "pixels"), "nothing"),
        (Channel(f"{side}Eye_Glint1_X", eye, "ReflexX", "pixels"), "nothing"),
        (Channel(f"{side}Eye_Glint1_Y", eye, "ReflexY", "pixels"), "nothing"),
        # Older versions call the types Direction; the newest the right x a ScreenY.
        (Channel(f"{side}Eye_GazePoint_X", eye, "ScreenX", "percent"), of(eye, "x")),
        (Channel(f"{side}Eye_GazePoint_Y", eye, "ScreenY", "percent"), of(eye, "y")),
    )


# Source: labstreaminglayer/App-EyeTechDS, eyetechlsl/constants.py and docs/sample_data.json, and
# QLTypes.h. Percent are 0..100. The distance is said to be mm and is cm.
EYETECH = Sender(
    stream_name="EyeTechDS Data",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="percent",
    channels=(
        *_eye("left"),
        *_eye("right"),
        (Channel("WeightedGazePoint_Valid", "both", "Confidence", "normalized"), "nothing"),
        (Channel("WeightedGazePoint_X", "both", "ScreenX", "percent"), "nothing"),
        (Channel("WeightedGazePoint_Y", "both", "ScreenY", "percent"), "nothing"),
        (Channel("WeightedGazePoint_LeftWeight", "both", "Other", "normalized"), "nothing"),
        (Channel("WeightedGazePoint_RightWeight", "both", "Other", "normalized"), "nothing"),
        (Channel("Focus", "both", "Other", "unspecified"), "nothing"),
        (Channel("Distance", "both", "Distance", "mm"), "distance_mm"),
    ),
    lost=0.0,
    distance_scale=10.0,
)
