"""The LSL stream of a Tobii tracker: its channels, its metadata, and samples as rows of it."""

from __future__ import annotations

import numpy as np

from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.senders.tobii import TOBII_BRIDGE
from gazeannotator.tracking.tobii.model import DisplayArea, GazeSamples, TrackerInfo

SOURCE_ID = "gazeannotator-tobii:"


CHANNELS = tuple(channel for channel, _ in TOBII_BRIDGE.channels)
EYE_CHANNELS = sum(channel.eye == "left" for channel in CHANNELS)
"""Each eye's channels stand together, the left eye's first."""


def describe(
    info: TrackerInfo, area: DisplayArea, *, rate_hz: float, mode: str, software: str
) -> StreamDescription:
    """Describe a tracker's stream, with all that its sender knows.

    Parameters
    ----------
    info : TrackerInfo
    area : DisplayArea
        As it is set now.
    rate_hz : float
        Rate that is set now.
    mode : str
        Eye tracking mode.
    software : str
        Package that speaks with the tracker, and its version.
    """
    corners = {
        "display_top_left_mm": area.top_left_mm,
        "display_top_right_mm": area.top_right_mm,
        "display_bottom_left_mm": area.bottom_left_mm,
    }
    return StreamDescription(
        name=info.model,
        type="Gaze",
        source_id=SOURCE_ID + info.serial,
        rate_hz=rate_hz,
        channel_format="double64",
        channels=CHANNELS,
        screen_mm=(area.width_mm, area.height_mm),
        acquisition={
            "manufacturer": "Tobii",
            "model": info.model,
            "serial_number": info.serial,
            "firmware_version": info.firmware,
            "tracking_mode": mode,
            "nominal_rate": f"{rate_hz:g}",
            "software": software,
            **{name: " ".join(f"{each:g}" for each in corner) for name, corner in corners.items()},
        },
    )


def rows(samples: GazeSamples, first: int) -> FloatArray:
    """Write samples as rows of the stream, numbered from `first`; nothing of them is changed.

    Returns
    -------
    ndarray, shape (n, channels)
    """
    table = np.empty((len(samples), len(CHANNELS)))
    for eye in range(2):
        part = table[:, eye * EYE_CHANNELS : (eye + 1) * EYE_CHANNELS]
        part[:, 0:2] = samples.point[:, eye]
        part[:, 2] = samples.point_valid[:, eye]
        part[:, 3] = samples.pupil_mm[:, eye]
        part[:, 4] = samples.pupil_valid[:, eye]
        part[:, 5:8] = samples.origin_mm[:, eye]
        part[:, 8] = samples.origin_valid[:, eye]
    table[:, -3] = samples.device_us / 1e6
    table[:, -2] = samples.system_us / 1e6
    table[:, -1] = first + np.arange(len(samples))
    return table
