"""What lies over the grey of the reading window: a page in the middle, small signs beside the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gazeannotator.ui import style
from gazeannotator.ui.reading.look import zoom_for
from gazeannotator.ui.widgets import clear_layout

Tone = Literal["", "wait", "good", "bad"]

_DOTS = {"wait": QColor("#F2C66D"), "good": QColor("#7FD6A2"), "bad": QColor("#F4978E")}
_MARGIN = 14
_GAP = 8


@dataclass(frozen=True)
class PanelText:
    """What a page says.

    Attributes
    ----------
    status : tuple
        Colour of a dot and a line of words, e.g. on the tracker.
    notes : tuple of str
        Warnings.
    keys : tuple
        Rows of (keys, what they do); one row may name several keys.
    action : str
        The one thing to do now.
    waiting : bool
        There is nothing to do now but to wait for what `action` says.
    table : tuple
        Rows of a table with a head row and a head column, or empty.
    """

    title: str = ""
    lead: str = ""
    status: tuple[Tone, str] = ("", "")
    notes: tuple[str, ...] = ()
    keys: tuple[tuple[tuple[str, ...], str], ...] = ()
    action: str = ""
    waiting: bool = False
    table: tuple[tuple[str, ...], ...] = ()


class Panel(QFrame):
    """A page with few, large words in the middle of the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("readingPanel")
        self.text = PanelText()
        self._zoom = 0.0
        self._title = _label("title")
        self._lead = _label("lead")
        self._dot = _Dot()
        self._status = _label("status")
        self._note = _label("note")
        self._action = _label("action")
        self._action.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._keys = QGridLayout()
        self._table = QGridLayout()
        status = QHBoxLayout()
        status.setSpacing(10)
        status.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        status.addWidget(self._status, 1)
        layout = QVBoxLayout(self)
        for part in (self._title, self._lead, status, self._note, self._table, self._keys, self._action):
            if isinstance(part, QWidget):
                layout.addWidget(part)
            else:
                layout.addLayout(part)

    def set_text(self, text: PanelText) -> None:
        """Say this; costs nothing where it is said already."""
        if text == self.text:
            return
        old, self.text = self.text, text
        self._dot.show_tone(text.status[0])
        for label, words in (
            (self._title, text.title),
            (self._lead, text.lead),
            (self._status, text.status[1]),
            (self._note, "\n".join(text.notes)),
            (self._action, text.action),
        ):
            label.setText(words)
            label.setVisible(bool(words))
        self._dot.setVisible(bool(text.status[1]))
        if text.waiting != old.waiting:
            self._action.setProperty("waiting", text.waiting)
            style.restyle(self._action)
        if text.keys != old.keys:
            self._fill_keys(text)
        if text.table != old.table:
            self._fill_table(text)
        self.place()

    def place(self) -> None:
        """Lie in the middle, as large as the words need."""
        zoom = zoom_for(self.parentWidget().size())
        if zoom != self._zoom:
            self._zoom = zoom
            self.layout().setContentsMargins(*(round(zoom * side) for side in (36, 30, 36, 30)))
            self.layout().setSpacing(round(16 * zoom))
            for grid, across, down in ((self._keys, 16, 8), (self._table, 24, 10)):
                grid.setHorizontalSpacing(round(across * zoom))
                grid.setVerticalSpacing(round(down * zoom))
        place_in_middle(self, 980 if self.text.table else 640)

    def _new(self, part: str, text: str, *, wrap: bool = True) -> QLabel:
        """Make a part that counts for the layout at once, not only when the event loop has shown it."""
        label = _label(part, text, wrap=wrap)
        label.setParent(self)
        label.show()
        return label

    def _fill_keys(self, text: PanelText) -> None:
        clear_layout(self._keys)
        for row, (keys, what) in enumerate(text.keys):
            caps = QHBoxLayout()
            caps.setSpacing(6)
            caps.addStretch(1)
            for each in keys:
                caps.addWidget(self._new("key", each, wrap=False))
            self._keys.addLayout(caps, row, 0)
            self._keys.addWidget(self._new("what", what), row, 1)
        self._keys.setColumnStretch(1, 1)

    def _fill_table(self, text: PanelText) -> None:
        clear_layout(self._table)
        for row, cells in enumerate(text.table):
            for column, cell in enumerate(cells):
                part = "head" if row == 0 else "aspect" if column == 0 else "criterion"
                self._table.addWidget(
                    self._new(part, cell, wrap=column > 0), 2 * row, column, Qt.AlignmentFlag.AlignTop
                )
            if row:
                line = QFrame(self)
                line.setProperty("part", "line")
                line.show()
                self._table.addWidget(line, 2 * row - 1, 0, 1, len(cells))
        for column in range(1, len(text.table[0]) if text.table else 1):
            self._table.setColumnStretch(column, 1)


def place_in_middle(widget: QWidget, wide: int) -> None:
    """Lay a page into the middle of its window: of that width if there is room, as high as its words need."""
    window = widget.parentWidget().size()
    width = min(round(wide * zoom_for(window)), window.width() - 32)
    widget.ensurePolished()
    widget.layout().activate()
    border = widget.width() - widget.contentsRect().width()
    height = widget.layout().totalHeightForWidth(width - border) + border
    height = min(height, window.height() - 16)
    widget.setGeometry((window.width() - width) // 2, (window.height() - height) // 2, width, height)


class Signs:
    """The small signs: simulated, recording, progress, flag; beside the image, wherever it lies.

    They are the same before and after every answer and know nothing of gaze.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.simulated = _sign(window, "simulatedSign")
        self.recording = _sign(window, "recordingSign")
        self.progress = _sign(window, "progressSign")
        self.flag = _sign(window, "flagSign")
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
        if patch is not None:
            for corner in ((self.simulated, self.recording), (self.progress,), (self.flag,)):
                _step_aside(corner, patch.toAlignedRect(), across=free_y and not free_x)
        self.trouble.setFixedWidth(min(760, area.width() - 2 * _MARGIN))
        self.trouble.adjustSize()
        self.trouble.move(
            (area.width() - self.trouble.width()) // 2, area.height() - self.trouble.height() - 2 * _MARGIN
        )


def _step_aside(corner: tuple[QLabel, ...], patch: QRect, *, across: bool) -> None:
    """Leave the patch to the photodiode: nothing of a corner's signs may lie over it."""
    if not any(patch.intersects(each.geometry()) for each in corner):
        return
    by = QPoint(0, patch.height() if patch.top() <= 0 else -patch.height())
    if across:
        by = QPoint(patch.width() if patch.left() <= 0 else -patch.width(), 0)
    for each in corner:
        each.move(each.pos() + by)


class _Dot(QWidget):
    """A round light beside the status."""

    def __init__(self) -> None:
        super().__init__()
        self._tone: Tone = ""
        self.setFixedSize(14, 24)

    def show_tone(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DOTS.get(self._tone, QColor("#9A9A9A")))
        painter.drawEllipse(QRectF(1, 6, 12, 12))
        painter.end()


def _label(part: str, text: str = "", *, wrap: bool = True) -> QLabel:
    label = QLabel(text)
    label.setProperty("part", part)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label


def _sign(window: QWidget, name: str) -> QLabel:
    label = QLabel(window)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label
