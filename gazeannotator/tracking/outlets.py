"""Sending: a simulated or bridged tracker's gaze, and our events."""

from __future__ import annotations

from typing import Any

from gazeannotator.samples import FloatArray
from gazeannotator.tracking import metadata
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.lsl import BUFFER_S, EVENTS_NAME, format_names, library
from gazeannotator.tracking.senders.sender import Channel

EVENTS_TYPE = "Markers"


class GazeOutlet:
    """Sends a gaze stream: for simulated and bridged trackers."""

    def __init__(self, description: StreamDescription) -> None:
        pylsl = library()
        formats = {name: number for number, name in format_names().items()}
        info = pylsl.StreamInfo(
            description.name,
            description.type,
            len(description.channels),
            description.rate_hz,
            formats[description.channel_format],
            description.source_id,
        )
        desc = info.desc()
        if description.simulated:
            desc.append_child_value("simulated", "true")
        metadata.write(desc, description)
        channels = desc.append_child("channels")
        for channel in description.channels:
            if channel == Channel():
                continue
            element = channels.append_child("channel")
            for name in ("label", "eye", "type", "unit", "coordinate_system"):
                if getattr(channel, name):
                    element.append_child_value(name, getattr(channel, name))
        self._outlet: Any = pylsl.StreamOutlet(info, max_buffered=BUFFER_S)

    def push(self, values: FloatArray, stamps: FloatArray) -> None:
        """Send samples, shape (n, channels), each with its own stamp in `local_clock()` seconds."""
        if len(stamps):
            self._outlet.push_chunk(values, stamps.tolist())

    def has_listener(self) -> bool:
        """Whether somebody receives the samples; those sent before are lost to them."""
        return bool(self._outlet.have_consumers())

    def close(self) -> None:
        """Take the stream away."""
        self._outlet = None


class MarkerOutlet:
    """Sends our events of one session, as described in the stream specification.

    Parameters
    ----------
    session_id : str
    screen_px : tuple of float, optional
        Size of the reading screen; in the description too, for listeners that come late.
    """

    def __init__(self, session_id: str, *, screen_px: tuple[float, float] | None = None) -> None:
        pylsl = library()
        info = pylsl.StreamInfo(
            EVENTS_NAME,
            EVENTS_TYPE,
            1,
            pylsl.IRREGULAR_RATE,
            pylsl.cf_string,
            f"gazeannotator-events:{session_id}",
        )
        if screen_px is not None:
            display = info.desc().append_child("display")
            display.append_child_value("width_px", f"{screen_px[0]:g}")
            display.append_child_value("height_px", f"{screen_px[1]:g}")
        self._outlet: Any = pylsl.StreamOutlet(info)

    def push(self, json_text: str, t_s: float) -> None:
        """Send one event with the time at which it happened."""
        self._outlet.push_sample([json_text], t_s)

    def has_listener(self) -> bool:
        """Whether somebody (LabRecorder, the simulated eye) receives the events."""
        return bool(self._outlet.have_consumers())

    def close(self) -> None:
        """Take the stream away."""
        self._outlet = None
