"""SensoMotoric Instruments: two apps for iViewX trackers. The glasses are in `scene_cameras`."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Sender

_POINTS: tuple[tuple[Channel, Carries], ...] = (
    (Channel("Screen_X_left", "left", "ScreenX", "pixels"), "left_x"),
    (Channel("Screen_Y_left", "left", "ScreenY", "pixels"), "left_y"),
    (Channel("Screen_X_right", "right", "ScreenX", "pixels"), "right_x"),
    (Channel("Screen_Y_right", "right", "ScreenY", "pixels"), "right_y"),
)

# Source: labstreaminglayer/App-SMIEyetracker, iViewX-SDK, and iViewXAPI.h. All of an eye that is not found
# is 0. Diameters are mm for RED trackers, which the unit tells, and pixels for others. Positions are
# mm from the camera, but nothing tells which way x and y point: only the distance is taken.
SMI_IVIEWX = Sender(
    stream_name="iViewX",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="screen_px",
    told_by=("EyePosition_Z_left", "EyePosition_Z_right"),
    channels=(
        *_POINTS,
        (Channel("Diameter_left", "left", "Diameter", "millimeters"), "left_pupil_mm"),
        (Channel("Diameter_right", "right", "Diameter", "millimeters"), "right_pupil_mm"),
        (Channel("EyePosition_X_left", "left", "PositionX", "millimeters"), "nothing"),
        (Channel("EyePosition_Y_left", "left", "PositionY", "millimeters"), "nothing"),
        (Channel("EyePosition_Z_left", "left", "PositionZ", "millimeters"), "left_distance_mm"),
        (Channel("EyePosition_X_right", "right", "PositionX", "millimeters"), "nothing"),
        (Channel("EyePosition_Y_right", "right", "PositionY", "millimeters"), "nothing"),
        (Channel("EyePosition_Z_right", "right", "PositionZ", "millimeters"), "right_distance_mm"),
        (Channel("PlaneNumber", "", "Index"), "nothing"),
    ),
    lost=0.0,
    marks=(0.0,),
)

# Source: the same repository's first app, which asks iViewX over UDP ("ET_FRM"). Confidence is 1 for an
# eye that is tracked, else 0 with all numbers 0. Diameters are pixels of the camera.
SMI_UDP = Sender(
    stream_name="iViewX",
    stream_type="Gaze",
    channel_format="float32",
    coordinates="screen_px",
    told_by=("Confidence_left", "Confidence_right"),
    channels=(
        *_POINTS,
        (Channel("Diameter_X_left", "left", "DiameterX", "pixels"), "nothing"),
        (Channel("Diameter_Y_left", "left", "DiameterY", "pixels"), "nothing"),
        (Channel("Diameter_X_right", "right", "DiameterX", "pixels"), "nothing"),
        (Channel("Diameter_Y_right", "right", "DiameterY", "pixels"), "nothing"),
        (Channel("Pupil_X_left", "left", "PupilX", "pixels"), "nothing"),
        (Channel("Pupil_Y_left", "left", "PupilY", "pixels"), "nothing"),
        (Channel("Pupil_X_right", "right", "PupilX", "pixels"), "nothing"),
        (Channel("Pupil_Y_right", "right", "PupilY", "pixels"), "nothing"),
        (Channel("Reflex_X_left", "left", "ReflexX", "pixels"), "nothing"),
        (Channel("Reflex_Y_left", "left", "ReflexY", "pixels"), "nothing"),
        (Channel("Reflex_X_right", "right", "ReflexX", "pixels"), "nothing"),
        (Channel("Reflex_Y_right", "right", "ReflexY", "pixels"), "nothing"),
        (Channel("Confidence_left", "left", "Confidence", "normalized"), "left_valid"),
        (Channel("Confidence_right", "right", "Confidence", "normalized"), "right_valid"),
    ),
    lost=0.0,
    marks=(0.0,),
)
