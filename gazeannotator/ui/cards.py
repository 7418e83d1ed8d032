"""Larger parts of pages: cards, tiles, notices, and the page itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.ui import style
from gazeannotator.ui.widgets import TONE_COLOURS, ElidedLabel, Tone, button, label, picture


class Card(QFrame):
    """White area with round corners; its content goes into `body`."""

    def __init__(self, heading: str = "", parent: QWidget | None = None, *, margin: int = 20) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(12)
        if heading:
            self.body.addWidget(label(heading, "heading"))


class CardButton(QPushButton):
    """A card that is one big button: an icon, a title, a line below it."""

    def __init__(self, icon: str, title: str, text: str, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.symbol = picture(icon, 24, style.COLOURS.accent)
        self.title = label(title, "strong")
        self.subtitle = ElidedLabel(text, "caption")
        self.end = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(14)
        layout.addWidget(self.symbol)
        layout.addLayout(words, 1)
        layout.addLayout(self.end)
        for child in (self.symbol, self.title, self.subtitle):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Ask the layout, which a button does not."""
        return self.layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Ask the layout, which a button does not."""
        return self.layout().minimumSize()


class StatTile(Card):
    """One number with its caption; says both to screen readers."""

    def __init__(self, caption: str, value: str = "–", name: str = "") -> None:
        super().__init__(margin=14)
        self.body.setSpacing(0)
        self.setObjectName(name)
        self.value = label(value, "value")
        self.caption = label(caption, "caption", wrap=True)
        self.body.addWidget(self.value)
        self.body.addWidget(self.caption)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.set_value(value)

    def set_value(self, value: str) -> None:
        """Show another number."""
        self.value.setText(value)
        self.setAccessibleName(f"{self.caption.text()}: {value}")


class Banner(QFrame):
    """Coloured notice in the page: an icon, one or two sentences, perhaps a button."""

    def __init__(
        self, tone: Tone, title: str, text: str = "", action: QPushButton | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self.setProperty("tone", tone)
        self.setObjectName(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(picture(tone, 20, TONE_COLOURS[tone]), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = label(title, "strong", wrap=True)
        words.addWidget(self.title)
        if text:
            words.addWidget(label(text, "secondary", wrap=True))
        layout.addLayout(words, 1)
        if action is not None:
            layout.addWidget(action)


class Tiles(QWidget):
    """Equal columns that become fewer where the window is narrow."""

    def __init__(self, tile_width: int = 160, spacing: int = 12) -> None:
        super().__init__()
        self._tile_width = tile_width
        self._tiles: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing)

    def set_tiles(self, tiles: Sequence[QWidget]) -> None:
        """Show these widgets in place of those shown so far."""
        for old in self._tiles:
            self._grid.removeWidget(old)
            if old not in tiles:
                old.deleteLater()
        self._tiles = list(tiles)
        self._columns = 0
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self._tiles:
            return
        spacing = self._grid.spacing()
        fitting = max(1, (self.width() + spacing) // (self._tile_width + spacing))
        rows = -(-len(self._tiles) // fitting)
        columns = -(-len(self._tiles) // rows)  # even rows, not a lonely last one
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        for index, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, index // columns, index % columns)


class Page(QScrollArea):
    """A page of the window: scrolls where needed, its content has a readable width.

    The content goes into `body`.
    """

    def __init__(self, max_width: int = 1080, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        canvas = QWidget()
        canvas.setProperty("role", "page")
        centred = QHBoxLayout(canvas)
        centred.setContentsMargins(28, 20, 28, 24)
        content = QWidget()
        content.setMaximumWidth(max_width)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(16)
        centred.addStretch(1)
        centred.addWidget(content, 1000)
        centred.addStretch(1)
        self.setWidget(canvas)


class JobBar(QFrame):
    """Thin bar at the window's bottom: what runs in the background; a click shows it."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobBar")
        self.text = label("", "caption")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setMaximumWidth(280)
        self.show_button = button(self.tr("Show"), self.clicked.emit, kind="quiet", name="showJob")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 4, 20, 4)
        layout.setSpacing(14)
        layout.addWidget(self.text)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.show_button)
        layout.addStretch(1)
        self.hide()

    def show_progress(self, title: str, percent: int) -> None:
        """Show how far the work is; -1 for not known."""
        self.text.setText(title)
        self.bar.setRange(0, 0 if percent < 0 else 100)
        self.bar.setValue(max(percent, 0))
