"""Where a reading window lies on the screen that is tracked, and whether it still does."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from gazeannotator.settings import Settings
from gazeannotator.ui import screens
from gazeannotator.ui.image_view import Patch

Problem = Literal["", "gone", "elsewhere", "changed", "scaled"]


class Place(QObject):
    """A window's place on its screen, in that screen's physical pixels.

    No QScreen is kept: PySide takes every reference to it back when some widget that was once asked for
    its screen is deleted, and screens are unplugged.

    Parameters
    ----------
    window : QWidget
    screen : QScreen
        The tracked one, on which the window has to be.
    settings : Settings
        What was measured with a ruler.
    windowed : tuple of int or None
        Width, height in physical px; None for the full screen.

    Attributes
    ----------
    facts : ScreenFacts
        Of the tracked screen, as it was at the start: what is stored with the session.

    Signals
    -------
    changed()
        Something happened to the screens, or the window went to another one: ask for `problem`.
    """

    changed = Signal()

    def __init__(
        self, window: QWidget, screen: QScreen, settings: Settings, windowed: tuple[int, int] | None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._windowed = windowed
        self._identity = _identity(screen)
        self._corner = screen.geometry().topLeft()
        self._shown = False
        self._return = QTimer(self, interval=0, singleShot=True)
        self._return.timeout.connect(self.show)
        number = QGuiApplication.screens().index(screen)
        self.facts = screens.facts_of(screen, number, settings.screens_mm)
        application = QGuiApplication.instance()
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._notice)
        for each in QGuiApplication.screens():
            self._watch(each)

    def patch(self) -> Patch | None:
        """Make the patch for a photodiode as the settings want it, square on the tracked screen."""
        if not self._settings.photodiode_corner:
            return None
        side_mm = self._settings.photodiode_size_mm
        width, height = (
            round(side_mm * px / mm) for px, mm in zip(self.facts.px, self.facts.mm, strict=True)
        )
        return Patch(self._settings.photodiode_corner, width, height)

    def show(self) -> None:
        """Bring the window onto its screen; does nothing where that is not connected."""
        screen = self._screen()
        if screen is None:
            return
        window, whole, free = self._window, screen.geometry(), screen.availableGeometry()
        if window.isFullScreen():
            # A window that fills one screen is not moved to another.
            window.showNormal()
        window.setScreen(screen)
        if self._windowed is None:
            window.setGeometry(whole)
            window.showFullScreen()
        else:
            scale = screen.devicePixelRatio()
            width, height = (round(value / scale) for value in self._windowed)
            window.resize(width, height)
            window.move(
                max(free.left(), free.center().x() - width // 2),
                max(free.top(), free.center().y() - height // 2),
            )
            window.show()
        if not self._shown:
            self._shown = True
            window.windowHandle().screenChanged.connect(self._notice)
        window.activateWindow()
        window.setFocus()

    def origin_px(self) -> tuple[int, int]:
        """Tell where the window's top-left corner lies on its screen now."""
        return screens.origin_of(self._window)

    def problem(self) -> Problem:
        """Say why gaze would be put in the wrong place now; empty if all is as it was.

        ``gone``: the tracked screen is not connected. ``elsewhere``: the window is on another one.
        ``changed``: the screen has another size or scale. ``scaled``: the desktop draws the window at another
        scale than it tells for the screen, so the screen's physical pixels are not known.
        """
        handle = self._window.windowHandle()
        if handle is None:
            return ""
        tracked, screen = self._screen(), handle.screen()
        if tracked is None:
            return "gone"
        if (_identity(screen), screen.geometry()) != (self._identity, tracked.geometry()):
            return "elsewhere"
        now = screens.facts_of(screen, self.facts.index, self._settings.screens_mm)
        if (now.px, now.scale) != (self.facts.px, self.facts.scale):
            return "changed"
        if not math.isclose(self._window.devicePixelRatioF(), screen.devicePixelRatio()):
            return "scaled"
        return ""

    def _screen(self) -> QScreen | None:
        """Find the tracked screen among those that are connected now."""
        same = [each for each in QGuiApplication.screens() if _identity(each) == self._identity]
        if len(same) > 1:
            # Two of one make that tell no serial number differ in nothing but where they stand.
            same = [each for each in same if each.geometry().topLeft() == self._corner]
        return same[0] if same else None

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._moved)

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        self._watch(screen)
        if self._window.isVisible() and self._windowed is None and self.problem() == "elsewhere":
            self._return.start()
        self.changed.emit()

    @Slot(QScreen)
    def _notice(self, _screen: QScreen) -> None:
        self.changed.emit()

    @Slot(QRect)
    def _moved(self, _geometry: QRect) -> None:
        self.changed.emit()


def _identity(screen: QScreen) -> tuple[str, str]:
    return screen.name(), screen.serialNumber()
