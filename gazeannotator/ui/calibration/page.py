"""What the pages of a check share: a grey panel that fills what the window has, keys, and words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gazeannotator.ui.calibration.picture import LEFT, RIGHT
from gazeannotator.ui.grey_look import zoom_for
from gazeannotator.ui.panel import Dot, Tone, part_label
from gazeannotator.ui.widgets import clear_layout, row

translate = QCoreApplication.translate

_MOST = 0.84
"""Share of the window's width and height."""

Keys = tuple[tuple[tuple[str, ...], str], ...]


class WidePage(QFrame):
    """A page with a verdict on top, a body of one's own, and the one thing to do at the bottom.

    Parameters
    ----------
    size : QSize
        How large it likes to be in a window of ordinary size.
    grows : bool
        It takes most of a larger window, as it has a picture to show.
    """

    def __init__(self, size: QSize, parent: QWidget, *, grows: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("readingPanel")
        self._wanted = size
        self._share = _MOST if grows else 0.0
        self._zoom = 0.0
        self._dot = Dot()
        self.title = part_label("title")
        self.lead = part_label("lead")
        self.note = part_label("note")
        self.action = part_label("action")
        self.action.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.title, 1)
        self.body = QVBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(head)
        self._layout.addWidget(self.lead)
        self._layout.addWidget(self.note)
        self._layout.addLayout(self.body, 1)
        self._layout.addWidget(self.action)
        self.say("", "")

    def say(self, title: str, lead: str, *, tone: Tone = "", note: str = "", action: str = "") -> None:
        """Change the words."""
        self._dot.show_tone(tone)
        self._dot.setVisible(bool(tone))
        for label, words in (
            (self.title, title),
            (self.lead, lead),
            (self.note, note),
            (self.action, action),
        ):
            label.setText(words)
            label.setVisible(bool(words))

    def place(self) -> None:
        """Lie in the middle of the window."""
        window = self.parentWidget().size()
        zoom = zoom_for(window)
        if zoom != self._zoom:
            self._zoom = zoom
            self._layout.setContentsMargins(*(round(zoom * side) for side in (36, 28, 36, 28)))
            self._layout.setSpacing(round(14 * zoom))
            self.zoomed(zoom)
        wide = max(zoom * self._wanted.width(), self._share * window.width())
        tall = max(zoom * self._wanted.height(), self._share * window.height())
        width, height = min(round(wide), window.width() - 32), min(round(tall), window.height() - 32)
        self.setGeometry((window.width() - width) // 2, (window.height() - height) // 2, width, height)

    def zoomed(self, zoom: float) -> None:
        """Take over another size of the words."""

    def showEvent(self, event: object) -> None:
        """Take the place that there is now."""
        super().showEvent(event)
        self.place()


class KeyRows(QWidget):
    """Rows of keys and what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Keys = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)

    def set_rows(self, rows: Keys) -> None:
        """Show these keys."""
        if rows == self.rows:
            return
        self.rows = rows
        clear_layout(self._grid)
        for line, (keys, what) in enumerate(rows):
            caps = QHBoxLayout()
            caps.setSpacing(6)
            for each in keys:
                caps.addWidget(part_label("key", each, wrap=False))
            caps.addStretch(1)
            self._grid.addLayout(caps, line, 0)
            self._grid.addWidget(part_label("what", what), line, 1)

    def zoomed(self, zoom: float) -> None:
        """Take over another size of the words."""
        self._grid.setHorizontalSpacing(round(14 * zoom))
        self._grid.setVerticalSpacing(round(7 * zoom))


class NumbersTable(QWidget):
    """Rows of numbers under a head row, beside a head column."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)

    def set_rows(self, rows: tuple[tuple[str, ...], ...]) -> None:
        """Show these cells."""
        clear_layout(self._grid)
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                part = "aspect" if line == 0 or column == 0 else "number"
                label = part_label(part, cell, wrap=False)
                if column:
                    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._grid.addWidget(label, line, column)
        self._grid.setColumnStretch(0, 1)

    def zoomed(self, zoom: float) -> None:
        """Take over another size of the words."""
        self._grid.setHorizontalSpacing(round(22 * zoom))
        self._grid.setVerticalSpacing(round(7 * zoom))


def eye_legend() -> QHBoxLayout:
    """Say which eye has which sign."""
    result = row(
        _spot(LEFT.name(), filled=True),
        part_label("what", translate("TrackerCheck", "left eye"), wrap=False),
        _spot(RIGHT.name(), filled=False),
        part_label("what", translate("TrackerCheck", "right eye"), wrap=False),
    )
    result.addWidget(
        part_label("what", translate("TrackerCheck", "+ target      ○ 1° around it"), wrap=False)
    )
    return result


def _spot(colour: str, *, filled: bool) -> QLabel:
    result = QLabel()
    result.setFixedSize(14, 14)
    fill = colour if filled else "transparent"
    result.setStyleSheet(f"background: {fill}; border: 2px solid {colour}; border-radius: 7px;")
    return result
