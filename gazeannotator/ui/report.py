"""What happened in the program, written down without anything about patients or readers.

The log holds what the program itself is made of and nothing that passed through it:
types and places of errors, the fixed part of log messages, versions. The text of an
unexpected exception is left out, since it may quote a file name or a patient's id.
"""

from __future__ import annotations

import errno
import importlib.metadata
import logging
import logging.handlers
import os
import platform
import re
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

LOG_FILE = "gazeannotator.log"
KEPT_LINES = 400
_FORMAT = "{asctime} {levelname} {name}: {message}"
_QUOTED = re.compile(r"""(['"“‘]).*?(['"”’])""")
_PATH = re.compile(r"(file://|[A-Za-z]:\\|[~.]{0,2}[/\\])\S.*")  # to the end: folders may have spaces
_NUMBER = re.compile(r"\d+")


class Reporter(QObject):
    """Takes what nobody caught, from any thread, and tells the window in the GUI thread.

    Signals
    -------
    unexpected(str)
        The error as text without patient data.
    """

    unexpected = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handler: _Recent | None = None
        self._previous: tuple[Callable[..., object], Callable[..., object]] | None = None

    def install(self, folder: Path | None) -> None:
        """Take over the hooks of Python, its threads and Qt; log into `folder` as well, if given."""
        self._handler = _Recent()
        root = logging.getLogger()
        root.addHandler(self._handler)
        if folder is not None:
            try:
                root.addHandler(_log_file(folder))
            except OSError:
                logging.getLogger(__name__).warning("the log file cannot be written")
        self._previous = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)

    def uninstall(self) -> None:
        """Give the hooks back."""
        root = logging.getLogger()
        for handler in [each for each in root.handlers if isinstance(each, _Recent | _LogFile)]:
            root.removeHandler(handler)
            handler.close()
        if self._previous is not None:
            sys.excepthook, threading.excepthook = self._previous
            self._previous = None
        qInstallMessageHandler(None)

    def text(self) -> str:
        """Return the whole report as it would be saved."""
        recent = list(self._handler.lines) if self._handler else []
        return "\n".join([*versions(), "", *recent, ""])

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = describe(error)
        sys.__excepthook__(kind, error, trace)  # whoever started us from a terminal sees all of it
        logging.getLogger("gazeannotator").error("unexpected error", extra={"report": text})
        self.unexpected.emit(text)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)


def describe(error: BaseException) -> str:
    """Type and place of an error, with its causes, without its message."""
    parts = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 5:
        lines = [f"{_name(seen)}{_system_code(seen)}"]
        for frame in traceback.extract_tb(seen.__traceback__):
            lines.append(f"    {_place(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line or ''}")
        parts.append("\n".join(lines))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n  caused by ".join(parts)


def scrub(text: str) -> str:
    """Take quoted words, paths and numbers out of a text of somebody else's."""
    return _NUMBER.sub("#", _PATH.sub("…", _QUOTED.sub("…", text)))


def versions() -> list[str]:
    """Versions of the program and of what it stands on, a line each."""
    lines = [
        f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}"
    ]
    lines.append(f"Qt {qVersion()}")
    for name in ("gazeannotator", "PySide6-Essentials", "numpy", "pylsl", "h5py", "sqlalchemy", "torch"):
        try:
            lines.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"{name} not installed")
    return lines


class _PlainFormatter(logging.Formatter):
    """Writes the fixed part of a message only: what is filled into it may name a file or a person."""

    def __init__(self) -> None:
        super().__init__(_FORMAT, style="{")

    def format(self, record: logging.LogRecord) -> str:
        plain = logging.makeLogRecord(
            {
                **record.__dict__,
                "msg": scrub(str(record.msg)),
                "args": None,
                "exc_info": None,
                "exc_text": None,
            }
        )
        plain.stack_info = None
        lines = [super().format(plain)]
        report = getattr(record, "report", None)
        if report:
            lines.append(str(report))
        elif record.exc_info and record.exc_info[1] is not None:
            lines.append(describe(record.exc_info[1]))
        return "\n".join(lines)


class _Recent(logging.Handler):
    """Keeps the last lines in memory for the report."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.setFormatter(_PlainFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class _LogFile(logging.handlers.RotatingFileHandler):
    """The log on disk."""


def _log_file(folder: Path) -> _LogFile:
    folder.mkdir(parents=True, exist_ok=True)
    handler = _LogFile(folder / LOG_FILE, maxBytes=500_000, backupCount=1, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_PlainFormatter())
    return handler


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _system_code(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f" [{errno.errorcode.get(error.errno, error.errno)}: {os.strerror(error.errno)}]"
    return ""


def _place(filename: str) -> str:
    """Return the file without the folders above its package: they may carry a person's name."""
    parts = Path(filename).parts
    for package in ("gazeannotator", "gazemodel"):
        if package in parts:
            last = len(parts) - 1 - parts[::-1].index(package)
            return "/".join(parts[last:])
    return "/".join(parts[-2:])


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logging.getLogger("qt").log(levels.get(kind, logging.ERROR), scrub(message))
