"""Reads on the second of two screens that is unplugged, comes back, and comes back with another size.

Run by test_reading_place.py on an X display of its own, which is told to be two monitors (RandR 1.5).

Usage: unplug_screen.py STUDY SCREENSHOTS; prints a JSON list of what was seen at each step.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from event_loop import wait, wait_until
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication
from x_screens import XScreens

from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import open_reading
from gazeannotator.ui.reading.room import Phase

LEFT, RIGHT = (0, 0, 800, 768), (800, 0, 566, 768)


def main() -> None:
    study, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    monitors = XScreens()
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
        wait_until(lambda: window.controller.phase is phase)
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
    wait_until(lambda: window.place.problem() == "changed")
    wait(150)
    note("another size")
    press(Qt.Key.Key_Escape)
    wait(50)
    press(Qt.Key.Key_Return)
    wait_until(lambda: bool(closed))
    with Store.open(study) as store:
        (session,) = store.sessions()
        rows = [
            {"event": each.event, "reason": each.data.get("reason"), "placement": each.data.get("placement")}
            for each in store.entries(session.id)
        ]
    sys.stdout.write(json.dumps({"steps": steps, "rows": rows, "screen_px": session.screen.size_px}))


if __name__ == "__main__":
    main()
