"""`gazeannotator tracker stream`: a Tobii eye tracker as an LSL stream."""

from __future__ import annotations

import signal
import sys
import threading
from queue import SimpleQueue
from typing import Annotated, Any

import typer

from gazeannotator.cli import console
from gazeannotator.errors import UserError
from gazeannotator.tracking.tobii import sdk
from gazeannotator.tracking.tobii.bridge import Bridge, Event
from gazemodel import events


@console.user_errors
def stream(
    address: Annotated[
        str | None, typer.Option(help="The tracker's address, where there are several: see tracker list.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=1, max=5000, help="Samples a second; else as set in the tracker.")
    ] = None,
    progress: Annotated[
        console.ProgressStyle,
        typer.Option(help="json: one event a line, and commands on stdin (see docs/tobii.md)."),
    ] = console.ProgressStyle.bar,
) -> None:
    """Send a Tobii eye tracker's gaze as an LSL stream until Ctrl+C.

    Needs a package of Tobii's SDK: pip install "gazeannotator[tobii]"; its licence allows
    non-commercial research.

    Example: gazeannotator tracker stream --rate 600
    """
    stop = threading.Event()
    lines: SimpleQueue[str] = SimpleQueue()
    reporter = _Reporter(progress, stop)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    if progress is console.ProgressStyle.json:
        events.watch_stdin(stop.set, lines.put)
    try:
        bridge = Bridge(*sdk.open_tracker(address, rate), reporter.tell)
        samples = bridge.run(stop, lines)
    except UserError as error:
        reporter.write("failed", message=error.message, hint=error.hint)
        raise
    reporter.write("finished", samples=samples)


class _Reporter:
    """Tells what the bridge does: as events, or in words on a terminal."""

    def __init__(self, style: console.ProgressStyle, stop: threading.Event) -> None:
        self._json = style is console.ProgressStyle.json
        self._stop = stop

    def tell(self, event: Event, **facts: Any) -> None:  # noqa: ANN401
        """Take an event of the bridge."""
        self.write(event, **facts)

    def write(self, event: events.EventName, **facts: Any) -> None:  # noqa: ANN401
        """Write an event; where nobody listens any more the bridge stops."""
        if not self._json:
            _in_words(event, facts)
            return
        try:
            events.emit(event, **facts)
        except (BrokenPipeError, ValueError):
            self._stop.set()


def _in_words(event: events.EventName, facts: dict[str, Any]) -> None:
    if event == "started":
        console.say(
            f"Sending '{facts['stream']}' ({facts['source_id']}), {facts['rate_hz']:g} Hz, "
            f"through {facts['backend']}. Ctrl+C stops."
        )
    elif event == "notice":
        console.warn(facts["message"])
    elif event == "finished":
        console.say(f"{facts['samples']} samples sent.")
    elif event == "status" and sys.stderr.isatty():
        found = facts["found"]
        seen = f", eyes found in {found:.0%}" if found == found else ""
        sys.stderr.write(f"\r\x1b[K{facts['rate_hz']:.0f} Hz{seen}, {facts['samples']} samples")
        sys.stderr.flush()
