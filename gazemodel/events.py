"""The job protocol: one JSON object a line on stdout, the word `stop` on stdin.

Every command that takes longer than a second speaks it with ``--progress json``; the
app's pages read it from the child process. No torch here: the app imports this module.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any, Literal

VERSION = 1
EventName = Literal[
    "started",
    "progress",
    "epoch",
    "metric",
    "finished",
    "failed",
    "cancelled",
    "status",
    "notice",
    "calibration",
    "error",
]
"""The last four come from what runs until it is stopped, such as ``tracker stream``."""


def event_line(event: EventName, **facts: Any) -> str:  # noqa: ANN401
    """Write an event as one line of JSON; NaN and infinity become null, as JSON knows neither."""
    return json.dumps({"v": VERSION, "event": event, **_jsonable(facts)}, ensure_ascii=False, allow_nan=False)


def parse_line(line: str) -> dict[str, Any] | None:
    """Read an event; None for any other line (library noise that goes to the log)."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if isinstance(event, dict) and event.get("v") == VERSION and isinstance(event.get("event"), str):
        return event
    return None


def emit(event: EventName, **facts: Any) -> None:  # noqa: ANN401
    """Print an event on stdout at once."""
    sys.stdout.write(event_line(event, **facts) + "\n")
    sys.stdout.flush()


def watch_stdin(stop: Callable[[], None], heed: Callable[[str], None] | None = None) -> None:
    """Call `stop` once when stdin says ``stop`` or ends (the parent is gone), `heed` for any other line."""

    def wait() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                break
            if heed is not None and line.strip():
                heed(line)
        stop()

    threading.Thread(target=wait, name="stop-watch", daemon=True).start()


def _jsonable(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(each) for each in value]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if hasattr(value, "item"):
        return _jsonable(value.item())
    return value
