"""Goes through a reading on one screen with the operator view on another; run by test_operator_link.py.

Usage: two_screens.py STUDY READER_SCREEN

Needs Qt's offscreen platform with a file that tells of two screens. Every step that does not hold ends
the program with an error.
"""

import sys
from pathlib import Path

from event_loop import wait, wait_until
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QWidget

from gazeannotator.settings import Settings
from gazeannotator.ui import app
from gazeannotator.ui.reading.opening import open_reading
from gazeannotator.ui.reading.room import Phase


def press(window: QWidget, key: Qt.Key) -> None:
    QCoreApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def lies_on(window: QWidget, wanted: QScreen, other: QScreen) -> bool:
    """Whether a window is to be seen there only; the platform's frames are 2 px wide."""
    there, elsewhere = (window.geometry().intersected(each.geometry()) for each in (wanted, other))
    return there.width() > 0.9 * window.width() and min(elsewhere.width(), elsewhere.height()) <= 2


def main() -> None:
    study, number = Path(sys.argv[1]), int(sys.argv[2])
    application = app.make_application(sys.argv[:1], Settings())
    mine, other = QGuiApplication.screens()[number - 1], QGuiApplication.screens()[2 - number]
    never = Settings(operator_view="never")
    options = {"consented": True, "without_gaze": True, "screen": number}

    # Only when asked for, if the settings say so; then on the other screen all the same.
    reading = open_reading(study, "R0", None, settings=never, **options)
    wait(100)
    assert reading.operator.window is None
    reading.operator.open()
    assert lies_on(reading.operator.window, other, mine)
    press(reading, Qt.Key.Key_Escape)
    assert reading.operator.window is None

    reading = open_reading(study, "R1", None, settings=Settings(), **options)
    controller, view = reading.controller, reading.operator.window
    wait_until(lambda: view.isVisible() and reading.isActiveWindow())
    assert lies_on(view, other, mine)
    assert reading.geometry() == mine.geometry()
    assert view.width() > 0.9 * other.geometry().width()

    press(reading, Qt.Key.Key_Space)
    wait_until(lambda: controller.phase is Phase.VIEWING)
    wait(500)
    # A click makes the view the active window: the image stays, and the keys are still the reader's.
    view.activateWindow()
    wait_until(view.isActiveWindow)
    wait(150)
    assert controller.phase is Phase.VIEWING
    press(view, Qt.Key.Key_2)
    wait_until(lambda: controller.answers == 1 and controller.phase is Phase.VIEWING)

    # From there to a third window: now nobody hands the keys on.
    third = QWidget()
    third.show()
    third.activateWindow()
    wait_until(lambda: controller.phase is Phase.PAUSED)
    assert controller.why_paused == "window"
    third.close()
    wait_until(lambda: view.controls.pause.text() == "Continue")
    view.controls.pause.click()
    wait_until(lambda: controller.phase is Phase.VIEWING and reading.isActiveWindow())

    # Closed, the reading goes on, and nothing opens it again by itself.
    view.close()
    wait(50)
    assert controller.phase is Phase.VIEWING
    application.screenAdded.emit(other)
    assert not view.isVisible()
    press(reading, Qt.Key.Key_1)
    wait_until(lambda: controller.answers == 2)
    reading.operator.open_beside()
    assert view.isVisible()
    assert lies_on(view, other, mine)

    # Moved onto the reader's screen it goes back.
    view.showNormal()
    view.setGeometry(mine.geometry().adjusted(20, 20, -20, -20))
    wait_until(lambda: lies_on(view, other, mine))

    # Its screen is unplugged, and comes back.
    application.screenRemoved.emit(other)
    assert not view.isVisible()
    assert controller.phase is not Phase.CLOSED
    application.screenAdded.emit(other)
    assert view.isVisible()
    assert lies_on(view, other, mine)

    # With the reading it closes for good.
    press(reading, Qt.Key.Key_Escape)
    wait(100)
    press(reading, Qt.Key.Key_Return)
    wait_until(lambda: controller.phase is Phase.CLOSED)
    wait_until(lambda: reading.operator.window is None)
    sys.stdout.write("all is well\n")


if __name__ == "__main__":
    main()
