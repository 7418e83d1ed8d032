"""Reads on the second of two screens that is unplugged, comes back, and comes back with another size.

Run by test_reading_place.py on an X display of its own, which is told to be two monitors (RandR 1.5).

Usage: unplug_screen.py STUDY SCREENSHOTS; prints a JSON list of what was seen at each step.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_ulong, c_void_p
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import open_reading
from gazeannotator.ui.reading.room import Phase

LEFT, RIGHT = (0, 0, 800, 768), (800, 0, 566, 768)


class _Monitor(Structure):
    _fields_ = [
        ("name", c_ulong),
        *((name, c_int) for name in ("primary", "automatic", "noutput", "x", "y", "width", "height")),
        ("mwidth", c_int),
        ("mheight", c_int),
        ("outputs", POINTER(c_ulong)),
    ]


class Monitors:
    """The cables of the X display."""

    def __init__(self) -> None:
        self._x11, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        self._x11.XOpenDisplay.restype = c_void_p
        self._x11.XDefaultRootWindow.restype = c_ulong
        self._x11.XDefaultRootWindow.argtypes = [c_void_p]
        self._x11.XInternAtom.restype = c_ulong
        self._x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        self._x11.XSync.argtypes = [c_void_p, c_int]
        self._randr.XRRGetMonitors.restype = POINTER(_Monitor)
        self._randr.XRRGetMonitors.argtypes = [c_void_p, c_ulong, c_int, POINTER(c_int)]
        self._randr.XRRSetMonitor.argtypes = [c_void_p, c_ulong, POINTER(_Monitor)]
        self._randr.XRRDeleteMonitor.argtypes = [c_void_p, c_ulong, c_ulong]
        self._display = self._x11.XOpenDisplay(None)
        self._root = self._x11.XDefaultRootWindow(self._display)
        first = self._randr.XRRGetMonitors(self._display, self._root, 1, ctypes.byref(c_int()))[0]
        self._outputs = (c_ulong * 1)(first.outputs[0])

    def _atom(self, name: str) -> int:
        return self._x11.XInternAtom(self._display, name.encode(), 0)

    def plug(self, name: str, area: tuple[int, int, int, int], *, primary: bool = False) -> None:
        x, y, width, height = area
        outputs = self._outputs if primary else None
        count = int(primary)
        monitor = _Monitor(
            self._atom(name), count, 0, count, x, y, width, height, width // 2, height // 2, outputs
        )
        self._randr.XRRSetMonitor(self._display, self._root, ctypes.byref(monitor))
        self._x11.XSync(self._display, 0)

    def unplug(self, name: str) -> None:
        self._randr.XRRDeleteMonitor(self._display, self._root, self._atom(name))
        self._x11.XSync(self._display, 0)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    loop, clock = QEventLoop(), QTimer(interval=5)
    clock.timeout.connect(lambda: loop.quit() if holds() else None)
    limit = QTimer(interval=15_000, singleShot=True)
    limit.timeout.connect(loop.quit)
    clock.start()
    limit.start()
    loop.exec()
    if not holds():
        sys.stderr.write(f"did not come: {what}\n")
        sys.stderr.flush()
        os._exit(1)


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    study, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    monitors = Monitors()
    monitors.plug("LEFT", LEFT, primary=True)
    monitors.plug("RIGHT", RIGHT)
    application = make_application(sys.argv[:1], Settings())
    application.setQuitOnLastWindowClosed(False)
    window = open_reading(study, "R1", None, settings=Settings(), consented=True, screen=2, without_gaze=True)
    closed: list[object] = []
    window.closed.connect(closed.append)
    steps: list[dict[str, object]] = []

    def press(key: Qt.Key) -> None:
        QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def until(phase: Phase) -> None:
        wait_until(lambda: window.controller.phase is phase, f"{phase}, but {window.controller.phase}")
        wait(150)

    def note(what: str) -> None:
        text = window.panel.text
        steps.append(
            {
                "what": what,
                "screens": [each.name() for each in QGuiApplication.screens()],
                "phase": window.controller.phase.value,
                "problem": window.place.problem(),
                "panel": window.panel.isVisible(),
                "said": f"{text.title} {text.lead} {text.action}",
                "area": window.geometry().getRect(),
            }
        )
        window.grab().save(str(pictures / f"{what}.png"))

    wait(300)
    note("ready")
    press(Qt.Key.Key_Space)
    until(Phase.VIEWING)
    note("reading")
    monitors.unplug("RIGHT")
    until(Phase.HELD)
    note("unplugged")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_1)
    wait(100)
    note("still unplugged")
    monitors.plug("RIGHT", RIGHT)
    until(Phase.PAUSED)
    note("back")
    press(Qt.Key.Key_Space)
    until(Phase.VIEWING)
    note("reading again")
    # The other screen is not needed for the reading.
    monitors.plug("THIRD", (0, 0, 700, 700))
    wait(200)
    monitors.unplug("THIRD")
    wait(200)
    note("another screen came and went")
    window.showNormal()
    window.setGeometry(*LEFT)
    until(Phase.HELD)
    note("moved")
    press(Qt.Key.Key_Space)
    until(Phase.PAUSED)
    note("moved back")
    monitors.unplug("RIGHT")
    until(Phase.HELD)
    monitors.plug("RIGHT", (800, 0, 560, 700))
    wait_until(lambda: window.place.problem() == "changed", "changed")
    wait(150)
    note("another size")
    press(Qt.Key.Key_Escape)
    wait(50)
    press(Qt.Key.Key_Return)
    wait_until(lambda: bool(closed), "closed")
    with Store.open(study) as store:
        (session,) = store.sessions()
        rows = [
            {"event": each.event, "reason": each.data.get("reason"), "placement": each.data.get("placement")}
            for each in store.entries(session.id)
        ]
    sys.stdout.write(json.dumps({"steps": steps, "rows": rows, "screen_px": session.screen.size_px}))


if __name__ == "__main__":
    main()
