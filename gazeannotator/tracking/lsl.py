"""The only place that speaks LSL: finding streams, inlets, outlets, clock offsets.

Rules learnt from liblsl, kept here:

- Its configuration is read once, at first use (`configure`).
- Predicates are case-sensitive, so streams are resolved without one and chosen in Python.
- Inlets are dropped without `close_stream()`, and in the thread that pulls (sccn/liblsl#220).
- `info()` of a dead stream never returns (sccn/liblsl#201): every call has a timeout.
- Time stamps are taken as sent, without post-processing: liblsl's dejitter fits stamps to sample
  numbers and is seconds wrong after a gap.
- A stream that comes back is only recovered if it has a source id; the others are resolved anew.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.samples import FloatArray
from gazeannotator.tracking import metadata
from gazeannotator.tracking.layouts import StreamDescription, is_gaze
from gazeannotator.tracking.senders import Channel

SESSION_VARIABLE = "GAZEANNOTATOR_LSL_SESSION"
"""Environment variable: streams of another session are invisible (test runs, demos)."""
EVENTS_NAME = "GazeAnnotator-events"
EVENTS_TYPE = "Markers"
INFO_TIMEOUT_S = 3.0
OPEN_TIMEOUT_S = 5.0
BUFFER_S = 360
REOPEN_EVERY_S = 1.0
# The clocks of two machines are never as near, whatever their names: they count from their starts.
SAME_CLOCK_S = 0.01
PULL_SAMPLES = 4096

Scope = Literal["machine", "link", "site"]
ANSWER_S: dict[Scope, float] = {"machine": 0.3, "link": 1.0, "site": 1.0}
"""Within this time all streams in sight have answered."""

# On one machine all streams but one answer direct questions only. Those go to a range of ports, with
# room for 16 streams by default, and only after a network's round-trip time.
_NEAR = (
    "[ports]\nPortRange=256\n"
    "[tuning]\nMulticastMinRTT=0.1\nMulticastMaxRTT=0.5\nUnicastMinRTT=0.1\nUnicastMaxRTT=0.5\n"
)

_log = logging.getLogger(__name__)
_loading = threading.Lock()
_loaded: ModuleType | None = None
_scope: Scope = "machine"


def configure(scope: Scope = "machine") -> None:
    """Load liblsl and say how far it sees; the first call of a process wins.

    Parameters
    ----------
    scope : {"machine", "link", "site"}
        Streams of this machine only, of the same network segment, or of the whole site.

    Raises
    ------
    TrackerError
        The LSL library is not there.
    """
    global _loaded, _scope
    with _loading:
        if _loaded is not None:
            return
        try:
            import pylsl
        except (ImportError, RuntimeError, OSError) as error:
            raise TrackerError(
                f"The LSL library could not be loaded ({str(error).splitlines()[0]}).",
                "Install liblsl from https://github.com/sccn/liblsl/releases, or use a newer system.",
            ) from error
        session = os.environ.get(SESSION_VARIABLE, "")
        pylsl.set_config_content(
            (f"[lab]\nSessionID={session}\n" if session else "")
            + f"[multicast]\nResolveScope={scope}\n[log]\nlevel=-2\n"
            + (_NEAR if scope == "machine" else "")
        )
        _loaded, _scope = pylsl, scope


def library() -> Any:  # noqa: ANN401 - pylsl has no types
    """Return pylsl, configured; for this package only."""
    configure()
    return _loaded


def local_clock() -> float:
    """Seconds of the LSL clock of this machine; the one clock of everything that is stored."""
    return float(library().local_clock())


def find_streams(wait_s: float | None = None) -> list[StreamDescription]:
    """List the gaze streams that answer within `wait_s`; None waits as long as is enough."""
    pylsl = library()
    if wait_s is None:
        wait_s = ANSWER_S[_scope]
    found = {}
    for info in pylsl.resolve_streams(wait_s):
        if info.channel_format() == pylsl.cf_string or info.uid() in found:
            continue
        description = _full_description(info)
        if description is not None and is_gaze(description):
            found[description.uid] = description
    return sorted(found.values(), key=lambda each: (each.name, each.source_id))


def find_stream(wanted: str | None = None, timeout_s: float = 10.0) -> StreamDescription:
    """Wait for one gaze stream.

    Parameters
    ----------
    wanted : str or None
        Its source id or name; None takes the only stream that there is.
    timeout_s : float

    Raises
    ------
    TrackerError
        It did not come, or several fit.
    """
    deadline = local_clock() + timeout_s
    while True:
        streams = find_streams()
        fitting = [each for each in streams if wanted is not None and each.source_id == wanted] or [
            each for each in streams if wanted is None or each.name == wanted
        ]
        if len(fitting) == 1:
            return fitting[0]
        if len(fitting) > 1:
            raise TrackerError(
                f"{len(fitting)} gaze streams fit: {_named(fitting)}.", "Name one by its source id."
            )
        if local_clock() >= deadline:
            break
    what = "No gaze stream" if wanted is None else f"No gaze stream '{wanted}'"
    raise TrackerError(
        f"{what} came within {timeout_s:g} s; seen: {_named(streams) or 'none'}.",
        "Start the eye tracker's LSL program (or 'gazeannotator tracker simulate') and try again.",
    )


def _named(streams: list[StreamDescription]) -> str:
    return ", ".join(f"'{each.name}' ({each.source_id or 'no source id'})" for each in streams)


def _full_description(info: Any) -> StreamDescription | None:  # noqa: ANN401
    """Fetch a stream's metadata; None if its sender is gone already."""
    pylsl = library()
    try:
        inlet = pylsl.StreamInlet(info, max_buflen=1, recover=False)
        full = inlet.info(timeout=INFO_TIMEOUT_S)
    except RuntimeError as error:
        _log.info("no metadata of stream %s: %s", info.name(), error)
        return None
    return described(full)


def described(info: Any) -> StreamDescription:  # noqa: ANN401
    """Read pylsl's full stream info; for this package only."""
    desc = info.desc()
    channels: list[Channel] = []
    element = desc.child("channels").child("channel")
    while not element.empty():
        # The Pupil relay writes the convention's type as metatype.
        kind = element.child_value("type") or element.child_value("metatype")
        texts = (element.child_value(name) for name in ("label", "eye", "unit", "coordinate_system"))
        label, eye, unit, system = texts
        channels.append(Channel(label, eye, kind, unit, system))
        element = element.next_sibling("channel")
    # Some senders describe fewer channels than they send, some more.
    sent = info.channel_count()
    channels = (channels + [Channel()] * sent)[:sent]
    return StreamDescription(
        name=info.name(),
        type=info.type(),
        source_id=info.source_id(),
        rate_hz=float(info.nominal_srate()),
        channel_format=_format_names()[info.channel_format()],
        channels=tuple(channels),
        simulated=desc.child_value("simulated").strip().casefold() == "true",
        screen_px=metadata.screen(desc, "px"),
        screen_mm=metadata.screen(desc, "mm"),
        acquisition=metadata.acquisition(desc),
        hostname=info.hostname(),
        uid=info.uid(),
    )


def _format_names() -> dict[int, str]:
    pylsl = library()
    names = ("float32", "double64", "string", "int8", "int16", "int32", "int64")
    return {getattr(pylsl, f"cf_{name}"): name for name in names}


class GazeInlet:
    """Receives one gaze stream; not thread-safe, to be used and closed in one thread.

    Parameters
    ----------
    description : StreamDescription
        As found by `find_streams`.
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
        self._inlet: Any = self._open(ANSWER_S[_scope], uid=description.uid)
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


class GazeOutlet:
    """Sends a gaze stream: for simulated and bridged trackers."""

    def __init__(self, description: StreamDescription) -> None:
        pylsl = library()
        formats = {name: number for number, name in _format_names().items()}
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
