"""What tests of Tobii trackers share: a fake tracker, and the packages that see it."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_device
import pytest
from fake_control import PACKAGES, Kind, Program, Script, absent, folders


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """One tracker with a serial number of its own, so that no other test holds its lock."""
    result = Script(tmp_path / "tobii.json")
    serial = uuid.uuid4().hex[:12]
    tracker = {"model": "Tobii Pro Fake", "serial": serial, "address": f"tet-tcp://{serial}"}
    result.change(trackers=[tracker])
    return result


@pytest.fixture
def program(script: Script) -> Iterator[Callable[..., Program]]:
    """Start our program in a process that sees one of the packages; all are ended after the test."""
    programs: list[Program] = []

    def start(kind: Kind, *arguments: str) -> Program:
        programs.append(Program(kind, script, *arguments))
        return programs[-1]

    yield start
    for each in programs:
        each.close()


@pytest.fixture
def see(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Kind], None]]:
    """Let this very process see one of the packages, or none."""

    def choose(kind: Kind) -> None:
        monkeypatch.setenv("FAKE_TOBII", str(script.path))
        monkeypatch.setattr(fake_device.Device, "_one", None)
        for name in PACKAGES:
            monkeypatch.delitem(sys.modules, name, raising=False)
        for name in absent(kind):
            monkeypatch.setitem(sys.modules, name, None)
        for folder in folders(kind):
            monkeypatch.syspath_prepend(folder)

    yield choose
    device = fake_device.Device._one
    if device is not None:
        device.stopped = True
    for name in PACKAGES:
        sys.modules.pop(name, None)
