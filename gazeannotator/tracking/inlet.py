"""Receiving one gaze stream, and finding it again.

Rules learnt from liblsl, kept here:

- Inlets are dropped without `close_stream()`, and in the thread that pulls (sccn/liblsl#220).
- Time stamps are taken as sent, without post-processing: liblsl's dejitter fits stamps to sample
  numbers and is seconds wrong after a gap.
- A stream that comes back is only recovered if it has a source id; the others are resolved anew.
"""

from __future__ import annotations

import logging
import socket
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.lsl import BUFFER_S, answer_s, library, local_clock

OPEN_TIMEOUT_S = 5.0
REOPEN_EVERY_S = 1.0
# The clocks of two machines are never as near, whatever their names: they count from their starts.
SAME_CLOCK_S = 0.01
PULL_SAMPLES = 4096

_log = logging.getLogger(__name__)


class GazeInlet:
    """Receives one gaze stream; not thread-safe, to be used and closed in one thread.

    Parameters
    ----------
    description : StreamDescription
        As found by `lsl.find_streams`.
    recover : bool
        Whether liblsl looks for the stream again when its sender restarts. Tests turn it off
        because its machinery can abort the process while an inlet is destroyed (sccn/liblsl#220).

    Raises
    ------
    TrackerError
        The stream is gone.
    """

    def __init__(self, description: StreamDescription, *, recover: bool = True) -> None:
        self.description = description
        self._recover = recover
        self._reopen_at_s = 0.0
        self._inlet: Any = self._open(answer_s(), uid=description.uid)
        if self._inlet is None:
            raise TrackerError(
                f"The gaze stream '{description.name}' is not there any more.", "Start its sender again."
            )

    @property
    def rate_hz(self) -> float:
        """Nominal rate, 0 if irregular."""
        return self.description.rate_hz

    def _open(self, timeout_s: float, uid: str = "") -> Any:  # noqa: ANN401
        """Connect to the stream found before (by `uid`), or to the one that took its place."""
        pylsl = library()
        infos = pylsl.resolve_bypred(f"uid='{uid}'", 1, timeout_s) if uid else []
        for info in infos or pylsl.resolve_streams(timeout_s):
            if not infos and not self._is_same(info):
                continue
            try:
                inlet = pylsl.StreamInlet(info, max_buflen=BUFFER_S, recover=self._recover, as_numpy=True)
                inlet.open_stream(timeout=OPEN_TIMEOUT_S)
            except RuntimeError as error:
                _log.info("stream %s could not be opened: %s", self.description.name, error)
                continue
            return inlet
        return None

    def _is_same(self, info: Any) -> bool:  # noqa: ANN401
        known = self.description
        return (known.name, known.type, known.source_id, known.hostname, len(known.channels)) == (
            info.name(),
            info.type(),
            info.source_id(),
            info.hostname(),
            info.channel_count(),
        )

    def pull(self) -> tuple[NDArray[Any], FloatArray]:
        """Take all samples that have arrived, without waiting.

        A lost stream gives no samples, and is looked for again every second.

        Returns
        -------
        values : ndarray, shape (n, channels)
        stamps : ndarray, shape (n,)
            As sent, in seconds of the sender's clock.
        """
        values = [np.empty((0, len(self.description.channels)))]
        stamps = [np.empty(0)]
        if self._inlet is None and local_clock() >= self._reopen_at_s:
            self._inlet = self._open(timeout_s=0.2)
            self._reopen_at_s = local_clock() + REOPEN_EVERY_S
        try:
            while self._inlet is not None:
                some_values, some_stamps = self._inlet.pull_chunk(timeout=0.0, max_samples=PULL_SAMPLES)
                values.append(some_values)
                stamps.append(some_stamps)
                if len(some_stamps) < PULL_SAMPLES:
                    break
        except library().util.LostError:
            _log.warning("stream %s is lost", self.description.name)
            self._inlet = None
        return np.concatenate(values), np.concatenate(stamps)

    def clock_offset(self) -> float | None:
        """Seconds to add to a stamp to get `local_clock()`; None until it was measured once.

        Does not wait: liblsl measures in the background, for about 0.6 s the first time.
        Within one machine, which has one LSL clock, it is 0 and not the noise of measuring it.
        """
        if self._inlet is None:
            return None
        pylsl = library()
        try:
            offset_s = float(self._inlet.time_correction(timeout=0.001))
        except (pylsl.util.TimeoutError, pylsl.util.LostError):
            return None
        here = self.description.hostname == socket.gethostname()
        return 0.0 if here and abs(offset_s) < SAME_CLOCK_S else offset_s

    def close(self) -> None:
        """Leave the stream."""
        self._inlet = None
