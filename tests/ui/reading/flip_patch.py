"""Reads images of one colour and notes after every frame what is on the screen: image, patch, sign.

Run by test_photodiode.py, in a process of its own because a scale factor is read once.

Usage: flip_patch.py STUDY CORNER PICTURE; prints a JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from event_loop import wait, wait_until
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication

from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.ui.app import make_application
from gazeannotator.ui.image_view import Frame
from gazeannotator.ui.reading.opening import open_reading
from gazeannotator.ui.reading.room import Phase

GREY, RED = "#5f5f5f", "#c82828"
SIZE_MM = 15.0


def main() -> None:
    study, corner, picture_file = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    application = make_application(sys.argv[:1], Settings())
    application.setQuitOnLastWindowClosed(False)
    # 3 px a mm, so that the patch is 45 px wide.
    px = [800, 800] if QGuiApplication.platformName() == "offscreen" else [1366, 768]
    name = QGuiApplication.primaryScreen().name()
    settings = Settings(
        photodiode_corner=corner,
        photodiode_size_mm=SIZE_MM,
        screens_mm={name: (px[0] / 3, px[1] / 3)},
        onset_correction_s=0.0125,
    )
    window = open_reading(study, "R1", None, settings=settings, consented=True, without_gaze=True)
    closed: list[object] = []
    window.closed.connect(closed.append)
    frames: list[dict[str, object]] = []

    def picture() -> QImage:
        if QGuiApplication.platformName() == "offscreen":
            return window.backingStore().paintDevice().copy()
        return window.windowHandle().screen().grabWindow(0).toImage()

    def colours() -> list[str]:
        """Middle and corners of the patch's place, a place within every image, one beside the patch."""
        now = picture()
        left = 0 if corner.endswith("left") else px[0] - 45
        top = 0 if corner.startswith("top") else px[1] - 45
        inside = [(22, 22), (0, 0), (44, 0), (0, 44), (44, 44)]
        places = [(left + x, top + y) for x, y in inside] + [(px[0] // 2 + 60, px[1] // 2 + 60)]
        places.append((left + 46 if left == 0 else left - 1, top + 22))
        return [QColor(now.pixel(x, y)).name() for x, y in places]

    def seen(frame: Frame, t_s: float, method: str) -> None:
        frames.append({"image": frame.image is not None, "t_s": t_s, "method": method, "colours": colours()})

    def press(key: Qt.Key) -> None:
        QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    wait(200)
    ready = colours()
    notes = window.panel.text.notes
    window.view.shown.connect(seen)
    press(Qt.Key.Key_Space)
    total = window.controller.progress[1]
    for done in range(total):
        wait_until(
            lambda done=done: window.controller.phase is Phase.VIEWING and window.controller.answers == done
        )
        wait(60)
        if done == 0:
            press(Qt.Key.Key_F)
            wait(60)
            picture().save(picture_file)
        press(Qt.Key.Key_1)
        wait_until(lambda done=done: window.controller.answers > done)
    wait_until(lambda: window.controller.phase is Phase.DONE)
    wait(60)
    press(Qt.Key.Key_Space)
    wait_until(lambda: bool(closed))
    with Store.open(study) as store:
        (session,) = store.sessions()
        display = store.entries(session.id)[0].data["display"]
        onsets = [each.onset_s for each in store.readings()]
        correction_s = session.onset_correction_s
    sys.stdout.write(
        json.dumps(
            {
                "ready": ready,
                "notes": notes,
                "frames": frames,
                "display": display,
                "onsets": onsets,
                "correction_s": correction_s,
            }
        )
    )


if __name__ == "__main__":
    main()
