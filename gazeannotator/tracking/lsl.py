"""The only place that loads liblsl: its configuration, its clock, and what streams there are.

Rules learnt from liblsl, kept here:

- Its configuration is read once, at first use (`configure`).
- Predicates are case-sensitive, so streams are resolved without one and chosen in Python.
- `info()` of a dead stream never returns (sccn/liblsl#201): every call has a timeout.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from types import ModuleType
from typing import Any, Literal

from gazeannotator.errors import TrackerError
from gazeannotator.tracking import metadata
from gazeannotator.tracking.layouts import StreamDescription, is_gaze
from gazeannotator.tracking.senders.sender import Channel

SESSION_VARIABLE = "GAZEANNOTATOR_LSL_SESSION"
"""Environment variable: streams of another session are invisible (test runs, demos)."""
EVENTS_NAME = "GazeAnnotator-events"
INFO_TIMEOUT_S = 3.0
BUFFER_S = 360
"""How many seconds of a stream its sender and its receiver keep for each other."""

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


def answer_s() -> float:
    """Give the time within which all streams in sight have answered."""
    return ANSWER_S[_scope]


def is_here(description: StreamDescription) -> bool:
    """Whether a stream is sent from this computer, by its name."""
    return description.hostname == socket.gethostname()


def find_streams(wait_s: float | None = None) -> list[StreamDescription]:
    """List the gaze streams that answer within `wait_s`; None waits as long as is enough."""
    pylsl = library()
    if wait_s is None:
        wait_s = answer_s()
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
        channel_format=format_names()[info.channel_format()],
        channels=tuple(channels),
        simulated=desc.child_value("simulated").strip().casefold() == "true",
        screen_px=metadata.screen(desc, "px"),
        screen_mm=metadata.screen(desc, "mm"),
        acquisition=metadata.acquisition(desc),
        hostname=info.hostname(),
        uid=info.uid(),
    )


def format_names() -> dict[int, str]:
    """Give the names of liblsl's channel formats by their numbers; for this package only."""
    pylsl = library()
    names = ("float32", "double64", "string", "int8", "int16", "int32", "int64")
    return {getattr(pylsl, f"cf_{name}"): name for name in names}
