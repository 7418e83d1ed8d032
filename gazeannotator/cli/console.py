"""What all commands share: how they report progress, print facts and fail."""

from __future__ import annotations

import functools
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Protocol, TypeVar

import typer

from gazeannotator.errors import Cancelled, UserError
from gazemodel import events

Result = TypeVar("Result")


class ProgressStyle(str, Enum):
    """How long work shows its progress: a bar for people, JSON lines for programs."""

    bar = "bar"
    json = "json"


class Progress(Protocol):
    """Called with (done, total, what is being done); raises `Cancelled` once asked to stop."""

    def __call__(self, done: int, total: int, what: str) -> None: ...  # noqa: D102


def fail(message: str, hint: str = "") -> None:
    """Write one line on stderr: what is wrong and what to do."""
    line = " ".join(f"{message} {hint}".split())
    sys.stderr.write(f"Error: {line}\n")


def print_json(facts: dict[str, Any]) -> None:
    """Write one JSON document on stdout and nothing else."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")


def say(text: str = "") -> None:
    """Write a line for people on stdout."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Write a warning on stderr, where it does not disturb facts on stdout."""
    sys.stderr.write(f"Warning: {text}\n")


@contextmanager
def long_work(style: ProgressStyle, job: str) -> Iterator[Progress]:
    """Run a job under either style of progress; the job calls what it is given.

    With `json`, ``started`` is printed at once and ``failed`` or ``cancelled`` where the
    job ends so; the job itself prints ``finished`` with its results. Exit 2 on a user's
    error, 1 when cancelled.
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
            _draw_bar(done, total, what)

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


def _draw_bar(done: int, total: int, what: str) -> None:
    if not sys.stderr.isatty():
        return
    filled = int(30 * done / total) if total else 30
    end = "\n" if done >= total else ""
    sys.stderr.write(f"\r{what:<28.28} [{'█' * filled}{'·' * (30 - filled)}] {done}/{total}{end}")
    sys.stderr.flush()


def user_errors(command: Callable[..., Result]) -> Callable[..., Result]:
    """Turn a `UserError` of a command into one line on stderr and exit code 2."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Result:  # noqa: ANN401
        try:
            return command(*args, **kwargs)
        except UserError as error:
            fail(error.message, error.hint)
            raise typer.Exit(2) from None

    return run
