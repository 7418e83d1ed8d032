"""Following the events that the app sends: what the simulated eye looks at."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from gazeannotator.tracking.lsl import EVENTS_NAME, INFO_TIMEOUT_S, described, library, local_clock

LOOK_EVERY_S = 0.25

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """One of our events as received.

    Attributes
    ----------
    t_s : float
        When it happened.
    data : dict
        The keys of the stream specification.
    screen_px : tuple of float or None
        Size of the session's reading screen.
    """

    t_s: float
    data: dict[str, Any]
    screen_px: tuple[float, float] | None


class MarkerWatch:
    """Follows the events of every reading session that runs, now and later."""

    def __init__(self) -> None:
        self._resolver: Any = library().ContinuousResolver(pred=f"name='{EVENTS_NAME}'", forget_after=5.0)
        self._look_at_s = 0.0
        self._sessions: dict[str, tuple[Any, tuple[float, float] | None]] = {}
        self._ended: set[str] = set()

    def pull(self) -> list[Event]:
        """Take the events that have arrived, oldest first, without waiting."""
        if local_clock() >= self._look_at_s:
            self._look_at_s = local_clock() + LOOK_EVERY_S
            self._join_new_sessions()
        events: list[Event] = []
        for uid, (inlet, screen_px) in list(self._sessions.items()):
            try:
                events += _pull_events(inlet, screen_px)
            except library().util.LostError:
                self._leave(uid)
        return sorted(events, key=lambda event: event.t_s)

    def _join_new_sessions(self) -> None:
        pylsl = library()
        for info in self._resolver.results():
            uid = info.uid()
            if uid in self._sessions or uid in self._ended:
                continue
            # A session's stream never comes back under the same id: nothing to recover.
            inlet = pylsl.StreamInlet(info, recover=False)
            try:
                inlet.open_stream(timeout=INFO_TIMEOUT_S)
                self._sessions[uid] = (inlet, described(inlet.info(timeout=INFO_TIMEOUT_S)).screen_px)
            except (pylsl.util.LostError, pylsl.util.TimeoutError):
                self._leave(uid)

    def _leave(self, uid: str) -> None:
        self._sessions.pop(uid, None)
        self._ended.add(uid)

    def close(self) -> None:
        """Stop listening."""
        self._sessions.clear()
        self._resolver = None


def _pull_events(inlet: Any, screen_px: tuple[float, float] | None) -> list[Event]:  # noqa: ANN401
    events: list[Event] = []
    while True:
        sample, stamp = inlet.pull_sample(timeout=0.0)
        if sample is None:
            return events
        try:
            data = json.loads(sample[0])
        except ValueError:
            _log.warning("an event that is no JSON was ignored")
            continue
        if isinstance(data, dict):
            events.append(Event(float(stamp), data, screen_px))
