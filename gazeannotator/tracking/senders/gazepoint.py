"""Gazepoint GP3: the LSL scripts that come with its Control program, and their descendants.

All call the unit percent and send fractions, 0..1 from the top-left corner; what is invalid is told by
a flag beside each point alone. The scripts search the numbers in text by a pattern that knows no
minus sign: -0.05123 arrives as 5123, the digits after its point. No eye is followed that far beside
a screen, so numbers that large are taken for lost.
"""

from __future__ import annotations

from gazeannotator.tracking.senders.sender import Carries, Channel, Sender

_POSSIBLE = (-2.0, 3.0)
_PUPILS: tuple[tuple[Channel, Carries], ...] = (
    (Channel("LPMM", unit="mm"), "left_pupil_mm"),
    (Channel("RPMM", unit="mm"), "right_pupil_mm"),
)
_COUNT: tuple[tuple[Channel, Carries], ...] = ((Channel("CNT", unit="integer"), "sequence"),)


def _gaze(label: str, unit: str, carries: Carries = "nothing", kind: str = "gaze") -> tuple[Channel, Carries]:
    return Channel(label, "", kind, unit), carries


_FIXATION_TIMES = (_gaze("FPOGS", "seconds"), _gaze("FPOGD", "seconds"), _gaze("FPOGID", "integer"))

# Source: LSLGazepoint.py (2019): the point of gaze after Gazepoint's fixation filter, one for both eyes.
GAZEPOINT = Sender(
    stream_name="GazepointEyeTracker",
    stream_type="gaze",
    channel_format="float32",
    coordinates="normalised",
    channels=(
        _gaze("FPOGX", "percent", "x"),
        _gaze("FPOGY", "percent", "y"),
        *_FIXATION_TIMES,
        _gaze("FPOGV", "boolean", "valid"),
    ),
    also=((Channel("FPOG_VALID", unit="boolean"), "valid"), *_PUPILS, *_COUNT),
    lost=0.0,
    possible=_POSSIBLE,
)

# The "best" point: the mean of both eyes, or the one that is found; not filtered.
GAZEPOINT_BEST = Sender(
    stream_name="GazepointEyeTracker",
    stream_type="gaze",
    channel_format="float32",
    coordinates="normalised",
    channels=(
        _gaze("BPOGX", "percent", "x"),
        _gaze("BPOGY", "percent", "y"),
        _gaze("BPOGV", "boolean", "valid"),
    ),
    also=(*_PUPILS, *_COUNT),
    lost=0.0,
    possible=_POSSIBLE,
)

# Source: an older LSLGazepoint.py with 39 channels; later ones of the name GazepointEyeTracker have 35
# or 36 of the same labels, and the tracker's counter.
GAZEPOINT_FULL = Sender(
    stream_name="Gazepoint",
    stream_type="gaze",
    channel_format="float32",
    coordinates="normalised",
    channels=(
        _gaze("FPOGX", "percent"),
        _gaze("FPOGY", "percent"),
        *_FIXATION_TIMES,
        _gaze("FPOGV", "boolean"),
        _gaze("LPOGX", "percent", "left_x"),
        _gaze("LPOGY", "percent", "left_y"),
        _gaze("LPOGV", "boolean", "left_valid"),
        _gaze("RPOGX", "percent", "right_x"),
        _gaze("RPOGY", "percent", "right_y"),
        _gaze("RPOGV", "boolean", "right_valid"),
        _gaze("BPOGX", "percent"),
        _gaze("BPOGY", "percent"),
        _gaze("BPOGV", "boolean"),
        _gaze("LPCX", "percent"),
        _gaze("LPCY", "percent"),
        _gaze("LPD", "float", kind="diameter"),
        _gaze("LPS", "unitless"),
        _gaze("LPV", "boolean"),
        _gaze("RPCX", "percent"),
        _gaze("RPCY", "percent"),
        _gaze("RPD", "float", kind="diameter"),
        _gaze("RPS", "unitless"),
        _gaze("RPV", "boolean"),
        _gaze("BKID", "integer", kind="blink"),
        _gaze("BKDUR", "seconds", kind="blink"),
        _gaze("BKPMIN", "integer", kind="blink"),
        _gaze("LPMM", "float", "left_pupil_mm", "diameter"),
        _gaze("LPMMV", "boolean", "left_pupil_valid", "pupil"),
        _gaze("RPMM", "float", "right_pupil_mm", "diameter"),
        _gaze("RPMMV", "boolean", "right_pupil_valid", "pupil"),
        _gaze("DIAL", "float", kind="dial"),
        _gaze("DIALV", "boolean", kind="dial"),
        _gaze("GSR", "float", kind="gsr"),
        _gaze("GSRV", "boolean", kind="gsr"),
        _gaze("HR", "float", kind="hr"),
        _gaze("HRV", "boolean", kind="hr"),
        _gaze("HRP", "integer", kind="pulse"),
    ),
    also=(*_PUPILS, *_COUNT),
    lost=0.0,
    possible=_POSSIBLE,
)
