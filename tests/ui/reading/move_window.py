"""Moves a reading window to many physical pixels of the second of two screens.

Run by test_reading_place.py on an X display of its own.

Usage: move_window.py STUDY; prints a JSON list of where it was put, and where it says that it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from event_loop import wait
from x_screens import XScreens

from gazeannotator.settings import Settings
from gazeannotator.ui.app import make_application
from gazeannotator.ui.reading.opening import open_reading

CORNER = (613, 31)
MOVES = 40


def main() -> None:
    displays = XScreens()
    displays.plug("LEFT", (0, 0, CORNER[0], 768), primary=True)
    displays.plug("RIGHT", (*CORNER, 1366 - CORNER[0], 768 - CORNER[1]))
    application = make_application(sys.argv[:1], Settings())
    application.setQuitOnLastWindowClosed(False)
    window = open_reading(
        Path(sys.argv[1]),
        "R1",
        None,
        settings=Settings(),
        consented=True,
        screen=2,
        windowed=(300, 200),
        without_gaze=True,
    )
    wait(200)
    rows = []
    for x, y in np.random.default_rng(4).integers((0, 0), (440, 520), (MOVES, 2)).tolist():
        displays.move(window.winId(), CORNER[0] + x, CORNER[1] + y)
        wait(30)
        rows.append({"put": (x, y), "told": window.place.origin_px(), "problem": window.place.problem()})
    window.close()
    wait(50)
    sys.stdout.write(json.dumps({"px": window.place.facts.px, "rows": rows}))


if __name__ == "__main__":
    main()
