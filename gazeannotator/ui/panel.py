"""A page of the grey windows: few, large words in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gazeannotator.ui import style
from gazeannotator.ui.grey_look import zoom_for
from gazeannotator.ui.widgets import clear_layout

Tone = Literal["", "wait", "good", "bad"]

_DOTS = {"wait": QColor("#F2C66D"), "good": QColor("#7FD6A2"), "bad": QColor("#F4978E")}


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
        self._title = part_label("title")
        self._lead = part_label("lead")
        self._dot = Dot()
        self._status = part_label("status")
        self._note = part_label("note")
        self._action = part_label("action")
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
        label = part_label(part, text, wrap=wrap)
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


class Dot(QWidget):
    """A round light beside the status."""

    def __init__(self) -> None:
        super().__init__()
        self._tone: Tone = ""
        self.setFixedSize(14, 24)

    def show_tone(self, tone: Tone) -> None:
        """Take a colour."""
        self._tone = tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DOTS.get(self._tone, QColor("#9A9A9A")))
        painter.drawEllipse(QRectF(1, 6, 12, 12))
        painter.end()


def part_label(part: str, text: str = "", *, wrap: bool = True) -> QLabel:
    """Make a text in one of the parts of the grey look."""
    label = QLabel(text)
    label.setProperty("part", part)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label
