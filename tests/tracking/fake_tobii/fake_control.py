"""What tests hold in their hands: the script of the fake tracker, and processes that see it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from fake_device import DEFAULTS

from gazemodel import events

HERE = Path(__file__).resolve().parent
PACKAGES = ("tobii_research", "TittaPy_v2", "TittaPy_v1")
Kind = Literal["research", "titta", "both", "none"]
_MODULES: dict[Kind, tuple[str, ...]] = {
    "research": ("tobii_research",),
    "titta": ("TittaPy_v2",),
    "both": ("tobii_research", "TittaPy_v2"),
    "none": (),
}


def absent(kind: Kind) -> list[str]:
    """Name the packages that must not be seen, whatever is installed here."""
    return [each for each in PACKAGES if each not in _MODULES[kind]]


def folders(kind: Kind) -> list[str]:
    """Name the folders of the stand-ins."""
    names = {"tobii_research": "research", "TittaPy_v2": "titta"}
    return [str(HERE), *(str(HERE / names[each]) for each in _MODULES[kind])]


class Script:
    """The file that tells the fake tracker what to do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now: dict[str, Any] = {}
        self.change()

    def change(self, **changes: Any) -> None:
        """Let something happen."""
        unknown = changes.keys() - DEFAULTS.keys()
        assert not unknown, unknown
        self.now |= changes
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.now), encoding="utf-8")
        os.replace(new, self.path)


def one_tracker(folder: Path) -> Script:
    """Make a script of one tracker, with a serial number of its own so that no other test holds its lock."""
    script = Script(folder / "tobii.json")
    serial = uuid.uuid4().hex[:12]
    script.change(trackers=[{"model": "Tobii Pro Fake", "serial": serial, "address": f"tet-tcp://{serial}"}])
    return script


def variables(kind: Kind, script: Script) -> dict[str, str]:
    """Tell the environment in which a process finds these packages and the script's tracker."""
    path = os.pathsep.join([*folders(kind), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "FAKE_TOBII": str(script.path)}


class Program:
    """``gazeannotator …`` in a process that sees these packages and the script's tracker."""

    def __init__(self, kind: Kind, script: Script, *arguments: str) -> None:
        code = f"import sys; sys.modules.update(dict.fromkeys({absent(kind)!r}))\n"
        code += "from gazeannotator.cli.main import main\nmain()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **variables(kind, script)},
        )
        self.output = ""
        self.events: list[dict[str, Any]] = []
        self._come: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._errors: list[str] = []
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._hear)]
        for each in self._threads:
            each.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.output += line
            event = events.parse_line(line)
            self._come.put(event or {"event": "words", "text": line.rstrip()})
        self._come.put(None)

    def _hear(self) -> None:
        self._errors.extend(self.process.stderr)

    def say(self, line: str) -> None:
        """Write a line on its stdin."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def until(self, name: str, timeout_s: float = 30, **facts: Any) -> dict[str, Any]:
        """Wait for an event that has these facts."""
        deadline = monotonic() + timeout_s
        while True:
            event = self._come.get(timeout=max(0.0, deadline - monotonic()))
            assert event is not None, ("it ended", self.events, self._errors)
            self.events.append(event)
            if event["event"] == name and facts.items() <= event.items():
                return event

    def end(self, timeout_s: float = 30) -> tuple[int, str]:
        """Wait for its end; returns exit code and what it wrote on stderr."""
        code = self.process.wait(timeout_s)
        for each in self._threads:
            each.join(timeout_s)
        while (event := self._come.get()) is not None:
            self.events.append(event)
        return code, "".join(self._errors)

    def close(self) -> None:
        """End it whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for each in self._threads:
            each.join(5)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
