"""What lies beside the image in the reading window: small signs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

_MARGIN = 14
_GAP = 8


class Signs:
    """The small signs: simulated, recording, progress, flag; beside the image, wherever it lies.

    They are the same before and after every answer and tell nothing of where gaze is. `calm` asks
    the reader for a better posture; `hint` lies below the cross of a check.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.simulated = _sign(window, "simulatedSign")
        self.recording = _sign(window, "recordingSign")
        self.progress = _sign(window, "progressSign")
        self.flag = _sign(window, "flagSign")
        self.calm = _sign(window, "calmSign")
        self.hint = _sign(window, "hintSign")
        self.trouble = _sign(window, "troubleSign")
        self.trouble.setWordWrap(True)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def set(self, sign: QLabel, text: str) -> None:
        """Show a sign with this text; hide it for an empty one."""
        if sign.text() != text:
            sign.setText(text)
        sign.setVisible(bool(text))

    def place(self, image: QRectF | None, patch: QRectF | None = None) -> None:
        """Lie in the corners of what image and patch (logical px of the window) leave free.

        Where nothing is free only what must be seen is shown, in the corners of the image.
        """
        area = self._window.rect()
        labels = (self.simulated, self.recording, self.progress, self.flag)
        for label in labels:
            label.adjustSize()
        wide = max((label.width() for label in labels if label.text()), default=0) + 2 * _MARGIN
        tall = max(label.height() for label in labels) + _GAP
        free_x = image is None or image.left() >= wide
        free_y = image is not None and image.top() >= tall
        for label in (self.progress, self.flag):
            label.setVisible(bool(label.text()) and (free_x or free_y or label is self.flag))
        # Beside the image signs stand below each other, above it side by side.
        step = QRect(0, 0, self.simulated.width() + 2 * _GAP, 0)
        if free_x or image is None:
            step = QRect(0, 0, 0, self.simulated.height() + _GAP)
        margin = _MARGIN if free_x or not free_y else _GAP // 2
        x, y = _MARGIN, margin
        if self.simulated.text():
            self.simulated.move(x, y)
            x, y = x + step.width(), y + step.height()
        self.recording.move(x, y + (0 if free_x else 4))
        bottom = area.height() - margin
        self.progress.move(area.width() - _MARGIN - self.progress.width(), bottom - self.progress.height())
        self.flag.move(_MARGIN, bottom - self.flag.height())
        free = area.width() - image.right() - 2 * _MARGIN if free_x and image is not None else area.width()
        _fit(self.calm, round(free))
        self.calm.move(area.width() - _MARGIN - self.calm.width(), margin)
        self.hint.adjustSize()
        self.hint.move((area.width() - self.hint.width()) // 2, round(0.58 * area.height()))
        if patch is not None:
            for corner in ((self.simulated, self.recording), (self.progress,), (self.flag,), (self.calm,)):
                _step_aside(corner, patch.toAlignedRect(), across=free_y and not free_x)
        self.trouble.setFixedWidth(min(760, area.width() - 2 * _MARGIN))
        self.trouble.adjustSize()
        self.trouble.move(
            (area.width() - self.trouble.width()) // 2, area.height() - self.trouble.height() - 2 * _MARGIN
        )


def _fit(sign: QLabel, width: int) -> None:
    """Take the room that the words need; break them into lines where that is less."""
    sign.setWordWrap(False)
    sign.adjustSize()
    if sign.width() > width:
        sign.setWordWrap(True)
        sign.resize(width, sign.heightForWidth(width))


def _step_aside(corner: tuple[QLabel, ...], patch: QRect, *, across: bool) -> None:
    """Leave the patch to the photodiode: nothing of a corner's signs may lie over it."""
    if not any(patch.intersects(each.geometry()) for each in corner):
        return
    by = QPoint(0, patch.height() if patch.top() <= 0 else -patch.height())
    if across:
        by = QPoint(patch.width() if patch.left() <= 0 else -patch.width(), 0)
    for each in corner:
        each.move(each.pos() + by)


def _sign(window: QWidget, name: str) -> QLabel:
    label = QLabel(window)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label
