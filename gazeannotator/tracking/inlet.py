"""Receiving one gaze stream, and taking it up again.

Rules learnt from liblsl, kept here:

- Inlets are dropped without `close_stream()`, and in the thread that pulls.
- Its own recovery is off: it can abort the process while an inlet is destroyed (sccn/liblsl#220),
  and it knows a sender by its source id only, while some have a new one after each start.
- A lost sender raises an error where its connection broke, and nothing where the network hangs:
  silence counts as well.
- Time stamps are taken as sent, without post-processing: liblsl's dejitter fits stamps to sample
  numbers and is seconds wrong after a gap.
"""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.lsl import BUFFER_S, answer_s, described, library, local_clock

OPEN_TIMEOUT_S = 5.0
REOPEN_TIMEOUT_S = 1.0
"""Shorter: whoever records meanwhile waits so long."""

SILENT_AFTER_S = 1.0
LOOK_EVERY_S = 0.1
FORGET_AFTER_S = 2.0
ALONE_FOR_S = 0.5
"""Others that fit as well have answered by then."""

PULL_SAMPLES = 4096

_log = logging.getLogger(__name__)


class GazeInlet:
    """Receives one gaze stream; not thread-safe, to be used and closed in one thread.

    A sender that is gone is looked for, and taken up again when it comes back with the same
    source id. One of another source id is taken for the same where it is the only one of that
    name, type, computer and number of channels that was started since. It must describe its
    channels as before.

    Parameters
    ----------
    description : StreamDescription
        As found by `lsl.find_streams`.

    Attributes
    ----------
    description : StreamDescription
        Of the stream that is received now.
    reconnects : int
        How often the sender was taken up again.

    Raises
    ------
    TrackerError
        The stream is gone.
    """

    def __init__(self, description: StreamDescription) -> None:
        self.description = description
        self.reconnects = 0
        self._opened_s = self._heard_s = local_clock()
        self._offset_s = 0.0
        self._resolver: Any = None
        self._look_at_s = -math.inf
        self._alone = ("", math.inf)
        self._refused: set[str] = set()
        self._inlet: Any = self._found_again_at_once()
        if self._inlet is None:
            raise TrackerError(
                f"The gaze stream '{description.name}' is not there any more.", "Start its sender again."
            )

    @property
    def rate_hz(self) -> float:
        """Nominal rate, 0 if irregular."""
        return self.description.rate_hz

    def pull(self) -> tuple[NDArray[Any], FloatArray]:
        """Take all samples that have arrived, without waiting.

        While nothing comes the sender is looked for; where it is taken up again this waits for
        its answer.

        Returns
        -------
        values : ndarray, shape (n, channels)
        stamps : ndarray, shape (n,)
            As sent, in seconds of the sender's clock.
        """
        now_s = local_clock()
        if self._inlet is None or now_s - self._heard_s > SILENT_AFTER_S:
            self._look(now_s)
        values = [np.empty((0, len(self.description.channels)))]
        stamps = [np.empty(0)]
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
        if any(len(some) for some in stamps):
            self._heard_s, self._resolver = now_s, None
        return np.concatenate(values), np.concatenate(stamps)

    def clock_offset(self) -> float | None:
        """Seconds to add to a stamp to get `local_clock()`, as measured; None until it was once.

        Does not wait: liblsl measures in the background, for about 0.6 s the first time.
        """
        if self._inlet is None:
            return None
        pylsl = library()
        try:
            self._offset_s = float(self._inlet.time_correction(timeout=0.001))
        except (pylsl.util.TimeoutError, pylsl.util.LostError):
            return None
        return self._offset_s

    def close(self) -> None:
        """Leave the stream."""
        self._inlet = self._resolver = None

    # -- finding it again ----------------------------------------------------------------------

    def _found_again_at_once(self) -> Any:  # noqa: ANN401
        """Connect to the stream found before, or to the one that took its place since."""
        pylsl = library()
        infos = pylsl.resolve_bypred(f"uid='{self.description.uid}'", 1, answer_s())
        infos = infos or [info for info in pylsl.resolve_streams(answer_s()) if self._is_same(info)]
        opened = (self._connected(info, OPEN_TIMEOUT_S) for info in infos)
        return next((inlet for inlet in opened if inlet is not None), None)

    def _look(self, now_s: float) -> None:
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_EVERY_S
        if self._resolver is None:
            # Asks in the background; begun only now, so that it knows of none that has gone.
            self._resolver = library().ContinuousResolver(forget_after=FORGET_AFTER_S)
            self._alone = ("", math.inf)
            return
        infos = [info for info in self._resolver.results() if info.uid() not in self._refused]
        if self._inlet is not None and any(info.uid() == self.description.uid for info in infos):
            return  # connected, and silent
        successor = self._successor(infos, now_s)
        if successor is None:
            return
        inlet = self._connected(successor, REOPEN_TIMEOUT_S)
        if inlet is not None:
            _log.warning("stream %s is taken up again (%s)", successor.name(), successor.source_id())
            self._inlet, self._resolver = inlet, None
            self._heard_s = local_clock()
            self.reconnects += 1

    def _successor(self, infos: list[Any], now_s: float) -> Any:  # noqa: ANN401
        same = [info for info in infos if self._is_same(info)]
        if len(same) == 1:
            return same[0]
        # Those that were there all the time are other trackers.
        began_s = self._opened_s - self._offset_s
        alike = [info for info in infos if self._is_alike(info) and info.created_at() > began_s]
        if same or len(alike) != 1:
            self._alone = ("", math.inf)
            return None
        uid = alike[0].uid()
        if self._alone[0] != uid:
            self._alone = (uid, now_s)
        return alike[0] if now_s - self._alone[1] >= ALONE_FOR_S else None

    def _is_same(self, info: Any) -> bool:  # noqa: ANN401
        known = self.description
        named = known.source_id != "" and info.source_id() == known.source_id
        return (named or info.uid() == known.uid) and self._is_alike(info)

    def _is_alike(self, info: Any) -> bool:  # noqa: ANN401
        known = self.description
        return (known.name, known.type, known.hostname, len(known.channels)) == (
            info.name(),
            info.type(),
            info.hostname(),
            info.channel_count(),
        )

    def _connected(self, info: Any, timeout_s: float) -> Any:  # noqa: ANN401
        """Open a stream; None where that fails, or where its channels are others than before."""
        pylsl = library()
        try:
            inlet = pylsl.StreamInlet(info, max_buflen=BUFFER_S, recover=False, as_numpy=True)
            found = described(inlet.info(timeout=timeout_s))
            if (found.channels, found.screen_px) != (self.description.channels, self.description.screen_px):
                _log.warning("stream %s came back with other channels and is not taken", found.name)
                self._refused.add(found.uid)
                return None
            inlet.open_stream(timeout=timeout_s)
        except RuntimeError as error:
            _log.info("stream %s could not be opened: %s", self.description.name, error)
            return None
        self.description = found
        return inlet
