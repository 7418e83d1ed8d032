"""A tracker that is none: the simulated eye, or a recording, as a real LSL stream.

Samples are due on an ideal clock: sample k is stamped exactly start + k/rate (or start + its time
in the recording). A late wake-up is caught up with, it never shows as jitter.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement, image_px_to_screen_px, screen_px_to_normalised
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.eye import Region, SimulatedEye
from gazeannotator.tracking.layouts import StreamDescription, from_chunk
from gazeannotator.tracking.lsl import local_clock
from gazeannotator.tracking.markers import Event, MarkerWatch
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.replay import Recording
from gazeannotator.tracking.senders.table import SENDERS

WAKE_EVERY_S = 0.004
LINGER_S = 1.0
"""An outlet sends in the background and does not tell when it is done: the stream stays so long."""

IDLE_LAG_S = 0.3
"""Before an onset a replay sends lost samples of so long ago, so that none is later than the onset."""

Lesions = Mapping[str, tuple[float, float, float]]
"""Image id → centre x, centre y, radius of the spot that draws the gaze, in image px."""


class Source(Protocol):
    """Where simulated samples come from."""

    rate_hz: float

    def hear(self, event: Event) -> None:
        """Learn what happens in the reading."""

    def due(self, now: float) -> GazeChunk | None:
        """Give the samples that are due since the last call; None at the end of all."""


class EyeSource:
    """The simulated eye at a steady rate; looks at the image or target that the events tell of."""

    def __init__(
        self,
        eye: SimulatedEye,
        rate_hz: float,
        start_s: float,
        screen_px: tuple[float, float],
        lesions: Lesions,
    ) -> None:
        self.rate_hz = rate_hz
        self._eye = eye
        self._start_s = start_s
        self._screen_px = screen_px
        self._lesions = lesions
        self._sent = 0

    def hear(self, event: Event) -> None:
        """Turn to an image at its onset or to a target, away from it when it goes."""
        kind = event.data.get("event")
        if kind in ("onset", "view"):
            self._eye.look_at(self._region(event), event.t_s)
        elif kind == "target":
            self._eye.fixate(self._point(event), event.t_s)
        elif kind in ("offset", "pause", "session_ended"):
            self._eye.look_at(None, event.t_s)

    def _point(self, event: Event) -> tuple[float, float] | None:
        try:
            x, y = (float(value) for value in event.data["xy_px"])
        except (KeyError, TypeError, ValueError):
            return None
        point = screen_px_to_normalised(np.array([x, y]), event.screen_px or self._screen_px)
        return float(point[0]), float(point[1])

    def _region(self, event: Event) -> Region | None:
        try:
            placement = Placement(*(float(value) for value in event.data["placement"]))
            width, height = event.data.get("image_px") or (placement.width_px, placement.height_px)
            image_px = (int(width), int(height))
        except (KeyError, TypeError, ValueError):
            return None
        screen_px = event.screen_px or self._screen_px

        def normalised(x: float, y: float) -> tuple[float, float]:
            point = screen_px_to_normalised(
                image_px_to_screen_px(np.array([x, y]), placement, image_px), screen_px
            )
            return float(point[0]), float(point[1])

        centre, (right, bottom) = normalised(width / 2, height / 2), normalised(width, height)
        size = (2 * (right - centre[0]), 2 * (bottom - centre[1]))
        spot = self._lesions.get(str(event.data.get("image")))
        if spot is None:
            return Region(centre, size)
        x, y = normalised(spot[0], spot[1])
        edge_x, edge_y = normalised(spot[0] + spot[2], spot[1] + spot[2])
        return Region(centre, size, (x, y, edge_x - x, edge_y - y))

    def due(self, now: float) -> GazeChunk:
        """Give the samples up to now."""
        until = max(self._sent, int((now - self._start_s) * self.rate_hz) + 1)
        # Not more than ten seconds at a time, after the machine slept.
        until = min(until, self._sent + max(1, int(10 * self.rate_hz)))
        numbers = np.arange(self._sent, until)
        self._sent = until
        return self._eye.sample(self._start_s + numbers / self.rate_hz)


class ReplaySource:
    """A recording, each sample once and in order.

    Parameters
    ----------
    recording : Recording
    screen_px : tuple of float
        The screen on which it was recorded.
    rate_hz : float
        Declared; the stamps come from the recording.
    wait_for_onset : bool
        Begin at an image's onset, with exactly its time, and not by `begin`. Until then lost
        samples without a number are sent, as a tracker sends that finds no eyes.
    loop : bool
        Begin again at the end: at once, or with the next onset.
    speed : float
        Above 1 samples are sent earlier than their stamps say.
    """

    def __init__(
        self,
        recording: Recording,
        screen_px: tuple[float, float],
        *,
        rate_hz: float,
        wait_for_onset: bool = False,
        loop: bool = False,
        speed: float = 1.0,
    ) -> None:
        self.rate_hz = rate_hz
        self.start_s: float | None = None
        self._recording = recording
        self._screen_px = screen_px
        self._wait_for_onset = wait_for_onset
        self._loop = loop
        self._speed = speed
        self._samples = GazeChunk.empty()
        self._sent = 0
        self._ended = False
        self._idle_s: float | None = None

    def begin(self, start_s: float) -> None:
        """Start the recording's clock."""
        self.start_s = start_s
        self._samples = self._recording.to_chunk(start_s, self._screen_px)
        self._sent = 0

    def hear(self, event: Event) -> None:
        """Begin at an onset if that is waited for."""
        if self._wait_for_onset and self.start_s is None and event.data.get("event") == "onset":
            self.begin(event.t_s)

    def due(self, now: float) -> GazeChunk | None:
        """Give the samples up to now."""
        if self._ended:
            return None
        if self.start_s is None:
            return self._idle(now)
        elapsed_s = (now - self.start_s) * self._speed
        until = max(self._sent, int(np.searchsorted(self._recording.time_s, elapsed_s, side="right")))
        chunk = self._samples[self._sent : until]
        self._sent = until
        if until == len(self._recording.time_s):
            self._come_to_end()
        return chunk

    def _come_to_end(self) -> None:
        assert self.start_s is not None
        if not self._loop:
            self._ended = True
            return
        last_s = self.start_s + float(self._recording.time_s[-1])
        if self._wait_for_onset:
            self.start_s, self._idle_s = None, last_s
        else:
            first_s = float(self._recording.time_s[0])
            self.begin(last_s + 1 / self.rate_hz - first_s)

    def _idle(self, now: float) -> GazeChunk:
        if not self._wait_for_onset:
            return GazeChunk.empty()
        last_s = now - IDLE_LAG_S - 1 / self.rate_hz if self._idle_s is None else self._idle_s
        n = max(0, int((now - IDLE_LAG_S - last_s) * self.rate_hz))
        time_s = last_s + np.arange(1, n + 1) / self.rate_hz
        self._idle_s = float(time_s[-1]) if n else last_s
        lost = np.full((n, 2), np.nan)
        origin_mm = np.full((n, 2, 3), np.nan)
        return GazeChunk(time_s, lost, lost, lost, lost[:, 0], lost[:, 0], origin_mm)


def simulated_stream(
    layout: str, rate_hz: float, screen_px: tuple[float, float], pid: int | None = None
) -> StreamDescription:
    """Describe the stream that is sent in a layout; always marked as simulated.

    Raises
    ------
    BadInput
        No such layout.
    """
    if layout not in SENDERS:
        raise BadInput(f"There is no layout '{layout}'.", f"Choose one of {', '.join(SENDERS)}.")
    sender = SENDERS[layout]
    return StreamDescription(
        name=sender.stream_name,
        type=sender.stream_type,
        source_id=f"gazeannotator-simulated:{os.getpid() if pid is None else pid}",
        rate_hz=rate_hz,
        channel_format=sender.channel_format,
        channels=tuple(channel for channel, _ in sender.channels),
        simulated=True,
        screen_px=screen_px,
    )


def wait_for_listener(outlet: GazeOutlet, stop: threading.Event) -> bool:
    """Wait until somebody receives the stream: samples sent before are lost. False once `stop` is set."""
    while not stop.is_set():
        if outlet.has_listener():
            return True
        stop.wait(WAKE_EVERY_S)
    return False


def simulate(
    outlet: GazeOutlet,
    source: Source,
    layout: str,
    screen_px: tuple[float, float],
    watch: MarkerWatch,
    stop: threading.Event,
) -> int:
    """Send a source's samples until it ends or `stop` is set.

    Returns
    -------
    int
        Number of samples sent.
    """
    sender = SENDERS[layout]
    sent = 0
    while not stop.wait(WAKE_EVERY_S):
        for event in watch.pull():
            source.hear(event)
        chunk = source.due(local_clock())
        if chunk is None:
            stop.wait(LINGER_S)
            break
        outlet.push(from_chunk(chunk, sender, screen_px), chunk.time_s)
        sent += len(chunk)
    return sent


def read_lesions(path: Path) -> dict[str, tuple[float, float, float]]:
    """Read a JSON file of image id → [centre x, centre y, radius] in image px.

    Raises
    ------
    BadInput
        The file cannot be read or is something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {str(image): (float(x), float(y), float(r)) for image, (x, y, r) in data.items()}
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Check the path and its rights."
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{path} is not a list of places to look at.", 'It must be JSON: {"image id": [x, y, radius], …}.'
        ) from error
