"""How the commands speak: lines for people, JSON events for programs, one sentence for an error.

The commands of the app speak in the same way, by what stands here. No torch here.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeVar

import typer

from gazeannotator.errors import Cancelled, UserError
from gazemodel import events

Result = TypeVar("Result")

# What typer raises for any wrong usage; it has no public name.
_USAGE_ERROR = typer.BadParameter.__mro__[1]
# To the line's start and nothing right of it, so that the next line or bar takes a bar's place.
_CLEAR_LINE = "\r\x1b[K"


class ProgressStyle(str, Enum):
    """How long work shows its progress: lines for people, JSON for programs."""

    bar = "bar"
    json = "json"


def is_first_process() -> bool:
    """Whether this process leads: those that train on further devices run the same command."""
    return os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")) == "0"


class Console:
    """Reports events in the chosen style, and knows whether a stop was asked for."""

    def __init__(self, style: ProgressStyle) -> None:
        self._style = style
        self._asked = threading.Event()
        self._speaks = is_first_process()

    @property
    def for_people(self) -> bool:
        """Whether plain lines may be written on stdout."""
        return self._speaks and self._style is ProgressStyle.bar

    def report(self, event: events.EventName, **facts: Any) -> None:  # noqa: ANN401
        """Tell what happened."""
        if not self._speaks:
            return
        if self._style is ProgressStyle.json:
            self._emit(event, facts)
        elif event == "progress":
            draw_bar(facts["done"], facts["total"], facts["what"])
        elif event == "epoch":
            say(_epoch_line(facts))
        elif event == "notice":
            warn(facts["message"])

    def tell(self, done: int, total: int, what: str) -> None:
        """Report progress.

        Raises
        ------
        Cancelled
            When a stop was asked for.
        """
        if self.stopped():
            raise Cancelled
        self.report("progress", done=done, total=total, what=what)

    def stopped(self) -> bool:
        """Whether ``stop`` came on stdin, stdin ended, or Ctrl+C was pressed."""
        return self._asked.is_set()

    @contextmanager
    def long_work(self, job: str, **facts: Any) -> Iterator[None]:  # noqa: ANN401
        """Print ``started`` at once, and ``failed`` or ``cancelled`` where it ends so (exit 2, 1)."""
        if self._style is ProgressStyle.json and self._speaks:
            events.watch_stdin(self._asked.set)
        self.report("started", job=job, **facts)
        previous = signal.signal(signal.SIGINT, self._interrupted)
        try:
            yield
        except (Cancelled, KeyboardInterrupt):
            self.report("cancelled", job=job, **facts)
            fail(f"{job} was stopped; what was reached is kept.")
            raise typer.Exit(1) from None
        except UserError as error:
            self.report("failed", message=error.message, hint=error.hint)
            raise
        finally:
            signal.signal(signal.SIGINT, previous)

    def _emit(self, event: events.EventName, facts: dict[str, Any]) -> None:
        try:
            events.emit(event, **facts)
        except BrokenPipeError:  # nobody listens any more: stop in good order
            self._speaks = False
            self._asked.set()

    def _interrupted(self, *_: Any) -> None:  # noqa: ANN401
        """First Ctrl+C: stop in good order; the second: at once."""
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()


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


def run_app(app: typer.Typer, program: str) -> None:
    """Run a console script: what typer says of wrong usage in a frame of many lines becomes one line."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = 1
    except Exception as error:
        if not isinstance(error, _USAGE_ERROR):
            raise
        usage: Any = error
        message = usage.format_message().removeprefix("Error: ")
        if "\n" in message:  # the help of a group that was called without a command
            usage.show()
        else:
            command = usage.ctx.command_path if usage.ctx else program
            fail(f"{message.rstrip('.')}.", f"See `{command} --help`.")
        code = usage.exit_code
    sys.exit(code)


def fail(message: str, hint: str = "") -> None:
    """Write one line on stderr: what is wrong and what to do."""
    line = " ".join(f"{message} {hint}".split())
    _complain(f"Error: {line}")


def warn(text: str) -> None:
    """Write a warning on stderr, where it does not disturb facts on stdout."""
    _complain(f"Warning: {text}")


def note(text: str) -> None:
    """Write on stderr what is no warning, and no result either."""
    _complain(text)


def say(text: str = "") -> None:
    """Write a line for people on stdout, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_json(facts: dict[str, Any]) -> None:
    """Write one JSON document on stdout and nothing else."""
    say(json.dumps(facts, ensure_ascii=False, indent=2))


def draw_bar(done: int, total: int, what: str) -> None:
    """Show how far work is, in one line of a terminal; the line is free again when all is done."""
    if not sys.stderr.isatty():
        return
    filled = int(30 * done / total) if total else 30
    bar = f"{what:<28.28} [{'█' * filled}{'·' * (30 - filled)}] {done}/{total}"
    sys.stderr.write(_CLEAR_LINE + (bar if done < total else ""))
    sys.stderr.flush()


def _complain(line: str) -> None:
    sys.stderr.write(f"{_CLEAR_LINE if sys.stderr.isatty() else ''}{line}\n")


def _epoch_line(facts: dict[str, Any]) -> str:
    attention = facts["val_attention"]
    looks = f"  attention {attention:.3f}" if attention == attention else ""
    return (
        f"Epoch {facts['epoch']:>3}/{facts['epochs']}  "
        f"train loss {facts['train_loss']:.3f} accuracy {facts['train_accuracy']:.3f}  "
        f"validation loss {facts['val_loss']:.3f} accuracy {facts['val_accuracy']:.3f}{looks}"
        f"{'  best' if facts['best'] else ''}"
    )
