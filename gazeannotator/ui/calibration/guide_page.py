"""The page before the targets, where the tracker tells where the head is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gazeannotator.geometry import Screen
from gazeannotator.tracking.head import guidance, head_position
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.ui.calibration.head import HeadPicture, guidance_words
from gazeannotator.ui.calibration.page import KeyRows, WidePage

_LOOK_EVERY_MS = 100
_LOOK_BACK_S = 0.5
_GOOD_WITHIN_MM = 100.0
"""Of the distance that the settings tell."""


class GuidePage(WidePage):
    """Shows where the eyes are, and says what to change.

    Signals
    -------
    ready()
        The reader goes on.
    calibration_wanted()
    left()
    """

    ready = Signal()
    calibration_wanted = Signal()
    left = Signal()

    def __init__(self, latest: Latest, screen: Screen, parent: QWidget, *, can_calibrate: bool) -> None:
        super().__init__(QSize(820, 600), parent)
        self._latest = latest
        self._ideal_mm = (screen.distance_mm - _GOOD_WITHIN_MM, screen.distance_mm + _GOOD_WITHIN_MM)
        self.picture = HeadPicture(self._ideal_mm)
        self.body.addWidget(self.picture, 1)
        self._can_calibrate = can_calibrate
        if can_calibrate:
            self._keys = KeyRows()
            self._keys.set_rows(((("K",), self.tr("Calibrate the eye tracker first")),))
            self.body.addWidget(self._keys)
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def press(self, key: int, _digit: str | None) -> None:
        """Take a key."""
        if key == Qt.Key.Key_Space:
            self.ready.emit()
        elif key == Qt.Key.Key_K and self._can_calibrate:
            self.calibration_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look where the head is."""
        super().showEvent(event)
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no longer."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        head = head_position(self._latest(_LOOK_BACK_S))
        wanted = guidance(head, ideal_mm=self._ideal_mm)
        self.picture.show_head(head, wanted)
        self.say(
            guidance_words(wanted),
            self.tr("Dots appear next: look at each until it moves on, and keep your head still."),
            tone="wait" if wanted else "good",
            action=self.tr("Press Space to go on"),
        )
