"""What all commands share: how they report progress, print facts and fail."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import typer

from gazeannotator.errors import Cancelled, UserError
from gazemodel import events
from gazemodel.console import ProgressStyle, draw_bar, fail, note, print_json, run_app, say, user_errors, warn

__all__ = [
    "Progress",
    "ProgressStyle",
    "fail",
    "finish_import",
    "long_work",
    "note",
    "print_json",
    "run_app",
    "say",
    "user_errors",
    "warn",
]


_PATIENCE_S = 5.0
"""After this time a job that was asked to stop is interrupted wherever it is."""


class Progress(Protocol):
    """Called with (done, total, what is being done); raises `Cancelled` once asked to stop."""

    def __call__(self, done: int, total: int, what: str) -> None: ...  # noqa: D102


@contextmanager
def long_work(style: ProgressStyle, job: str) -> Iterator[Progress]:
    """Run a job under either style of progress; the job calls what it is given.

    With `json`, ``started`` is printed at once and ``failed`` or ``cancelled`` where the
    job ends so; the job itself prints ``finished`` with its results. Exit 2 on a user's
    error, 1 when cancelled: by ``stop``, Ctrl+C or the system's request to end (SIGTERM).
    """
    stop = threading.Event()
    if style is ProgressStyle.json:
        events.watch_stdin(stop.set)
        events.emit("started", job=job)

    def report(done: int, total: int, what: str) -> None:
        if stop.is_set():
            raise Cancelled
        if style is ProgressStyle.json:
            events.emit("progress", done=done, total=total, what=what)
        else:
            draw_bar(done, total, what)

    hurry = threading.Timer(_PATIENCE_S, _thread.interrupt_main)
    hurry.daemon = True

    def ask(_number: int, _frame: object) -> None:
        # An exception may come amid HDF5, or where Python drops it. So the job is asked first.
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        hurry.start()

    previous = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield report
    except (Cancelled, KeyboardInterrupt):
        if style is ProgressStyle.json:
            events.emit("cancelled", job=job)
        fail(f"{job} was cancelled; nothing was changed.")
        raise typer.Exit(1) from None
    except UserError as error:
        if style is ProgressStyle.json:
            events.emit("failed", message=error.message, hint=error.hint)
        raise
    finally:
        hurry.cancel()
        for number, handler in previous.items():
            signal.signal(number, handler)


def finish_import(
    style: ProgressStyle,
    study: Path,
    counts: Mapping[str, int],
    *,
    notes: Sequence[str],
    refused: Sequence[tuple[str, str]],
    lines: Sequence[str],
) -> None:
    """Tell what an import has done, and what it refused and why.

    Parameters
    ----------
    style : ProgressStyle
    study : Path
    counts : mapping
        For programs.
    notes : sequence of str
    refused : sequence of (where, message)
    lines : sequence of str
        The counts in words.
    """
    if style is ProgressStyle.json:
        told = [{"where": where, "message": message} for where, message in refused]
        events.emit("finished", study=str(study), **counts, refused=told, notes=notes)
        return
    for each in notes:
        say(f"Note: {each}")
    for where, message in refused:
        warn(f"{where}: {message}")
    for line in lines:
        say(line)
    if refused:
        say(f"Refused, see above: {len(refused)}.")
