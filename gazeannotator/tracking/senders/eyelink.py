"""SR Research EyeLink."""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Channel, Sender

# Source: labstreaminglayer/App-EyeLink, eyelink.py; eyelink_thread.py sends the same numbers without any
# metadata. Pixels of the display PC. MISSING_DATA of eye_data.h is -32768; an eye that is not tracked
# stays (0, 0). What it tells of the pupil is an area in arbitrary units, which is no diameter in mm.
EYELINK = Sender(
    stream_name="EyeLink",
    stream_type="Gaze",
    channel_format="double64",
    coordinates="screen_px",
    unlabelled=r"eyelink",
    channels=(
        (Channel("leftEyeX", "", "eyetracking"), "left_x"),
        (Channel("leftEyeY", "", "eyetracking"), "left_y"),
        (Channel("rightEyeX", "", "eyetracking"), "right_x"),
        (Channel("rightEyeY", "", "eyetracking"), "right_y"),
        (Channel("leftPupilArea", "", "eyetracking"), "nothing"),
        (Channel("rightPupilArea", "", "eyetracking"), "nothing"),
        (Channel("pixelsPerDegreeX", "", "eyetracking"), "nothing"),
        (Channel("pixelsPerDegreeY", "", "eyetracking"), "nothing"),
        (Channel("eyelink_timestamp", "", "eyetracking"), "nothing"),
        (Channel("LSL_timestamp", "", "eyetracking"), "time_s"),
    ),
    lost=-32768.0,
    marks=(-32768.0, 0.0),
    possible=(-10_000.0, 100_000.0),
)
