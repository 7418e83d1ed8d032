"""Where the operator view lies: on another screen than the reader's, as it was the last time."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from gazeannotator.settings import config_folder

_KEY = "operator"
FRAME_PX = 16
ON_ONE_SCREEN = QSize(1100, 680)


def other_screen(reader: QScreen) -> QScreen | None:
    """Return a screen beside the reader's; None where there is only one, or all show the same."""
    whole = reader.geometry()
    beside = [each for each in QGuiApplication.screens() if not each.geometry().intersects(whole)]
    return beside[0] if beside else None


def place(window: QWidget, reader: QScreen) -> None:
    """Lay the window where it was the last time, if that is not on the reader's screen, else fill another.

    On a single screen it takes a part of it.
    """
    stored = _settings().value(_KEY)
    beside = other_screen(reader)
    if isinstance(stored, QByteArray) and window.restoreGeometry(stored):
        if beside is None or not covers(window, reader):
            return
    if beside is None:
        free = reader.availableGeometry()
        size = ON_ONE_SCREEN.boundedTo(free.size())
        window.setGeometry(QRect(free.bottomRight().x() - size.width(), free.top(), *size.toTuple()))
        return
    move_to(window, beside)


def move_to(window: QWidget, screen: QScreen) -> None:
    """Fill a screen, as a maximised window."""
    window.setScreen(screen)
    window.setGeometry(screen.availableGeometry())
    window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def covers(window: QWidget, screen: QScreen) -> bool:
    """Whether something of the window is to be seen on that screen; its frame may reach over the edge."""
    shared = window.geometry().intersected(screen.geometry())
    return shared.width() > FRAME_PX and shared.height() > FRAME_PX


def keep(window: QWidget) -> None:
    """Remember where the window lies."""
    _settings().setValue(_KEY, window.saveGeometry())


def _settings() -> QSettings:
    return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)
