"""Long work as child processes: each job is a public command line, its progress becomes Qt signals."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psutil
from PySide6.QtCore import (
    QCoreApplication,
    QObject,
    QProcess,
    QProcessEnvironment,
    QTimer,
    Signal,
    Slot,
)

from gazemodel import events

GRACE_MS = 10_000
KILLED_WITHIN_MS = 1000
KEPT_LINES = 200
MAX_DOCUMENT_BYTES = 50_000_000


@dataclass(frozen=True)
class Command:
    """A command line of ours.

    Attributes
    ----------
    arguments : tuple of str
        As typed after the Python interpreter: ``-m``, module, sub-command, options.
    answer : str
        ``events``: it speaks the job protocol; ``document``: it prints one JSON document
        (and may exit with 1 where what it checked is damaged).
    """

    arguments: tuple[str, ...]
    answer: Literal["events", "document"] = "events"
    program: str = sys.executable

    def as_text(self) -> str:
        """Return it as a person would type it."""
        return " ".join(f'"{each}"' if " " in each else each for each in ("python", *self.arguments))


@dataclass(frozen=True)
class Summary:
    """What came out of a job, for the person who started it.

    Attributes
    ----------
    headline : str
    facts : tuple of (str, str)
        Caption and value.
    notes : tuple of str
        One line each: files that were refused, problems that were found.
    notes_heading : str
    tone : str
    actions : tuple of str
        Ids of the menu actions that come next, the most likely first.
    folder : str
        What "Show in folder" opens; empty for nothing.
    """

    headline: str
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    notes_heading: str = ""
    tone: Literal["success", "warning"] = "success"
    actions: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True)
class Work:
    """A job as a person sees it: its name, its command, and how its result reads."""

    title: str
    command: Command
    summary: Callable[[dict[str, Any]], Summary]


def app_command(*arguments: str) -> Command:
    """``gazeannotator …`` with JSON progress."""
    return Command(("-m", "gazeannotator.cli.main", *arguments, "--progress", "json"))


def facts_command(*arguments: str) -> Command:
    """``gazeannotator … --json``, which prints one document."""
    return Command(("-m", "gazeannotator.cli.main", *arguments, "--json"), answer="document")


def trainer_command(*arguments: str) -> Command:
    """``gazemodel …`` with JSON progress."""
    return Command(("-m", "gazemodel.cli", *arguments, "--progress", "json"))


class ProcessJob(QObject):
    """One command line in a process of its own. Ends with exactly one of finished, failed, cancelled.

    Signals
    -------
    event(dict)
        Every event of the protocol as it comes, also the last one.
    finished(dict)
        The result: the ``finished`` event, or the JSON document.
    failed(str, str, str)
        What happened, what to do, and the details (command and last lines).
    cancelled()
        It stopped because `stop` asked for it.
    """

    event = Signal(dict)
    finished = Signal(dict)
    failed = Signal(str, str, str)
    cancelled = Signal()

    def __init__(self, command: Command, parent: QObject | None = None, *, grace_ms: int = GRACE_MS) -> None:
        super().__init__(parent)
        self.command = command
        self.stopping = False
        self.started_s = time.monotonic()
        self._last: dict[str, Any] | None = None
        self._document = bytearray()
        self._half_line = b""
        self._log: deque[str] = deque(maxlen=KEPT_LINES)
        self._errors: deque[str] = deque(maxlen=KEPT_LINES)
        self._ended = False
        self._process = QProcess(self)
        self._process.setProcessEnvironment(_environment())
        self._process.readyReadStandardOutput.connect(self._read_lines)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._patience = QTimer(self, singleShot=True, interval=grace_ms)
        self._patience.timeout.connect(self.kill)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    @property
    def pid(self) -> int:
        """Process id; 0 when it does not run."""
        return int(self._process.processId())

    @property
    def details(self) -> str:
        """Command and last lines, for "copy report"."""
        return "\n".join([self.command.as_text(), "", *self._log])

    def start(self) -> None:
        """Start the process; the outcome comes as a signal, also where it cannot be started."""
        self.started_s = time.monotonic()
        self._process.start(self.command.program, list(self.command.arguments))
        if self.command.answer == "document":
            self._process.closeWriteChannel()

    def say(self, line: str) -> None:
        """Write a line on its stdin, for work that takes commands; nothing where it does not run."""
        if self.running and not self.stopping:
            self._process.write(line.encode("utf-8") + b"\n")

    def end(self, within_ms: int) -> None:
        """Stop it before the program ends: waits so long, then kills it."""
        if self.command.answer == "events":
            self.stop()
        if self.running and not self._process.waitForFinished(within_ms):
            self.kill()
            self._process.waitForFinished(KILLED_WITHIN_MS)

    def stop(self) -> None:
        """Ask the process to stop and keep what is worth keeping; after the grace time it is killed."""
        if not self.running or self.stopping:
            return
        self.stopping = True
        self._process.write(b"stop\n")
        self._process.closeWriteChannel()
        self._patience.start()

    @Slot()
    def kill(self) -> None:
        """End the process and all its descendants now."""
        if not self.running:
            return
        self.stopping = True
        for child in _descendants(self.pid):
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.kill()

    @Slot()
    def _read_lines(self) -> None:
        if self.command.answer == "document":
            self._document += self._process.readAllStandardOutput().data()
            if len(self._document) > MAX_DOCUMENT_BYTES:
                self.kill()
            return
        while self._process.canReadLine():
            self._take_line(self._process.readLine().data())

    @Slot()
    def _read_errors(self, *, all_of_it: bool = False) -> None:
        self._half_line += self._process.readAllStandardError().data()
        *whole, self._half_line = self._half_line.replace(b"\r", b"\n").split(b"\n")
        if all_of_it:
            whole.append(self._half_line)
            self._half_line = b""
        for raw in whole:
            line = raw.decode("utf-8", "replace")
            if line.strip():
                self._errors.append(line)
                self._log.append(line)

    def _take_line(self, raw: bytes) -> None:
        line = raw.decode("utf-8", "replace").rstrip()
        event = events.parse_line(line)
        if event is None:
            if line:
                self._log.append(line)
            return
        self._last = event
        self.event.emit(event)

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._patience.stop()
        self._read_lines()
        self._read_errors(all_of_it=True)
        rest = self._process.readAllStandardOutput().data()  # a last line without its end
        for raw in rest.splitlines():
            self._take_line(raw)
        crashed = status is QProcess.ExitStatus.CrashExit
        if self.command.answer == "document":
            self._end_document(code, crashed)
        else:
            self._end_events(code, crashed)

    def _end_events(self, code: int, crashed: bool) -> None:
        last = self._last or {}
        name = last.get("event")
        if name == "finished":
            self._end(self.finished, last)
        elif name == "failed":
            self._end(self.failed, str(last.get("message", "")), str(last.get("hint", "")), self.details)
        elif name == "cancelled" or self.stopping:
            self._end(self.cancelled)
        else:
            self._end(self.failed, self._reason(code, crashed), "", self.details)

    def _end_document(self, code: int, crashed: bool) -> None:
        if self.stopping:
            self._end(self.cancelled)
            return
        try:
            document = json.loads(self._document.decode("utf-8"))
        except ValueError:
            document = None
        if isinstance(document, dict) and code in (0, 1) and not crashed:
            self._end(self.finished, document)
        else:
            self._end(self.failed, self._reason(code, crashed), "", self.details)

    def _reason(self, code: int, crashed: bool) -> str:
        if self._errors:
            return self._errors[-1].strip().removeprefix("Error: ")
        if crashed:
            return self.tr("The work was ended from outside, or crashed, and gave no reason.")
        return self.tr("The work ended without a result (exit code {code}).").format(code=code)

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(
                self.failed,
                self.tr("The program for this work could not be started."),
                self.tr("Install GazeAnnotator again: {reason}").format(reason=self._process.errorString()),
                self.details,
            )

    def _end(self, signal: Any, *values: object) -> None:  # noqa: ANN401 - a bound Qt signal
        if not self._ended:
            self._ended = True
            signal.emit(*values)


def refusal_lines(refused: Sequence[dict[str, str]]) -> list[str]:
    """Write what a job refused, a line each: where, and why."""
    return [
        each["message"]
        if each["where"] in each["message"]
        else QCoreApplication.translate("Refused", "{where}: {message}").format(**each)
        for each in refused
    ]


def time_left_text(done: float, total: float, elapsed_s: float) -> str:
    """Say how long it will still take; empty while that cannot be known."""
    if done <= 0 or total <= 0 or elapsed_s < 2 or done >= total:
        return ""
    return duration_text(elapsed_s * (total - done) / done)


def duration_text(seconds: float) -> str:
    """Write a duration as people say it."""
    whole = max(0, round(seconds))
    if whole < 60:
        return QCoreApplication.translate("Duration", "{s} s").format(s=whole)
    if whole < 3600:
        return QCoreApplication.translate("Duration", "{m} min {s:02d} s").format(m=whole // 60, s=whole % 60)
    return QCoreApplication.translate("Duration", "{h} h {m:02d} min").format(
        h=whole // 3600, m=whole % 3600 // 60
    )


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONUNBUFFERED", "1")
    environment.insert("PYTHONIOENCODING", "utf-8")
    return environment


def _descendants(pid: int) -> Sequence[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return ()
