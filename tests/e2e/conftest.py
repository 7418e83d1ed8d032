from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import psutil
import pytest

HERE = Path(__file__).parent


class Process:
    """A process of the program whose lines are read as they come."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                text=True,
                encoding="utf-8",
            )
        self.lines: list[str] = []

    def read_line(self) -> str:
        """Wait for the next line; empty when the process has ended."""
        line = self._process.stdout.readline()
        if line:
            self.lines.append(line.strip())
        return line.strip()

    def read_until(self, start: str) -> str:
        """Wait for a line that begins so."""
        while line := self.read_line():
            if line.startswith(start):
                return line
        raise AssertionError(f"no line '{start}…': {self.lines[-3:]}\n{self.errors}")

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()

    def wait(self, timeout_s: float = 60) -> int:
        """Wait for the end; the exit code, that of SIGKILL where it does not come in time."""
        guard = threading.Timer(timeout_s, self._process.kill)
        guard.start()
        while self.read_line():
            pass
        guard.cancel()
        return self._process.wait()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def errors(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def close(self) -> None:
        if self.running:
            self._process.kill()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start processes; those that still run at the end are killed."""
    started: list[Process] = []

    def make(*arguments: object, **environment: str) -> Process:
        log = tmp_path / f"stderr-{len(started)}.txt"
        started.append(Process([str(each) for each in arguments], environment, log))
        return started[-1]

    yield make
    for each in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.close()


@pytest.fixture
def read_and_press(start: Callable[..., Process]) -> Callable[..., Process]:
    """Start `gazeannotator read` with somebody at the keyboard."""

    def make(look_s: tuple[float, float], *arguments: object, **environment: str) -> Process:
        return start(HERE / "read_and_press.py", *look_s, *arguments, **environment)

    return make


@pytest.fixture
def simulator(start: Callable[..., Process]) -> Callable[..., Process]:
    """Start `gazeannotator tracker simulate`; the stream is there when this returns."""

    def make(*arguments: object) -> Process:
        process = start("-m", "gazeannotator.cli.main", "tracker", "simulate", *arguments)
        process.read_until("Sending")
        return process

    return make


@pytest.fixture
def noise_images(tmp_path: Path) -> Callable[[int], Path]:
    """A folder of so many small images."""

    def make(count: int) -> Path:
        folder = tmp_path / "images"
        folder.mkdir()
        rng = np.random.default_rng(2)
        for number in range(count):
            PIL.Image.fromarray(rng.integers(0, 255, (48, 64, 3), np.uint8)).save(
                folder / f"{number:03d}.png"
            )
        return folder

    return make
