"""Our simulated eye, and two examples that are no programs: the XDF convention, and bare numbers."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Channel, Sender

SIMULATED = Sender(
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

XDF_PIXELS = Sender(
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

PLAIN = Sender(
    stream_name="Gaze",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    channels=((Channel(), "x"), (Channel(), "y")),
)
