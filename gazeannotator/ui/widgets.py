"""Small parts that all pages and dialogs are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.ui import style

Tone = Literal["info", "success", "warning", "danger"]
TONE_COLOURS = {
    "neutral": style.COLOURS.secondary,
    "info": style.COLOURS.accent,
    "success": style.COLOURS.success,
    "warning": style.COLOURS.warning,
    "danger": style.COLOURS.danger,
}


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "") -> QLabel:
    """Text in one of the roles of the style sheet: title, heading, lead, secondary, caption, …"""
    result = QLabel(text)
    result.setProperty("role", role)
    result.setWordWrap(wrap)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setObjectName(name)
    return result


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    kind: Literal["", "primary", "danger", "quiet"] = "",
    icon: str = "",
    name: str = "",
) -> QPushButton:
    """Push button; `kind` chooses its weight, `icon` is a name of resources/icons."""
    result = QPushButton(text)
    result.setProperty("kind", kind)
    result.setObjectName(name)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon:
        colours = {"primary": style.COLOURS.card, "danger": style.COLOURS.danger, "quiet": style.COLOURS.accent}
        result.setIcon(style.icon(icon, colours.get(kind, style.COLOURS.text)))
        result.setIconSize(QSize(18, 18))
    if clicked is not None:
        result.clicked.connect(lambda: clicked())
    return result


def picture(name: str, size: int = 20, colour: str = style.COLOURS.secondary) -> QLabel:
    """Line icon as a label, sharp on every screen."""
    result = QLabel()
    result.setPixmap(style.pixmap(name, size, colour, result.devicePixelRatioF()))
    result.setFixedSize(size, size)
    return result


def pill(text: str, tone: Literal["neutral", "info", "success", "warning", "danger"] = "neutral") -> QLabel:
    """Short state in a coloured capsule."""
    result = QLabel(text)
    result.setProperty("pill", tone)
    result.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return result


def line() -> QFrame:
    """Thin horizontal rule."""
    result = QFrame()
    result.setProperty("role", "line")
    return result


def row(*widgets: QWidget, spacing: int = 8, stretch: bool = True) -> QHBoxLayout:
    """Widgets side by side, with free space at the right end if `stretch`."""
    result = QHBoxLayout()
    result.setSpacing(spacing)
    for widget in widgets:
        result.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    if stretch:
        result.addStretch(1)
    return result


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


class StatTile(Card):
    """One number with its caption; says both to screen readers."""

    def __init__(self, caption: str, value: str = "–", name: str = "") -> None:
        super().__init__(margin=16)
        self.body.setSpacing(2)
        self.setObjectName(name)
        self.value = label(value, "value")
        self.caption = label(caption, "caption", wrap=True)
        self.body.addWidget(self.value)
        self.body.addWidget(self.caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
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
        centred.setContentsMargins(28, 28, 28, 28)
        content = QWidget()
        content.setMaximumWidth(max_width)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(20)
        centred.addStretch(1)
        centred.addWidget(content, 1000)
        centred.addStretch(1)
        self.setWidget(canvas)


class PathField(QWidget):
    """A path to type, with a button that opens the system's dialog.

    Parameters
    ----------
    mode : str
        ``folder``, ``open`` (an existing file) or ``save`` (a file to be written).
    """

    changed = Signal(str)

    def __init__(
        self,
        mode: Literal["folder", "open", "save"],
        *,
        title: str = "",
        pattern: str = "",
        placeholder: str = "",
        name: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._mode = mode
        self._title = title
        self._pattern = pattern
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(placeholder)
        self.edit.setObjectName(f"{name}Edit")
        self.edit.textChanged.connect(self.changed)
        self.browse = button(self.tr("Choose…"), self._browse, name=f"{name}Browse")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.browse)
        self.setFocusProxy(self.edit)

    def path(self) -> Path | None:
        """Return what is typed; None if empty."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | str | None) -> None:
        """Show a path."""
        self.edit.setText(str(path) if path else "")

    def _browse(self) -> None:
        start = self.edit.text()
        if self._mode == "folder":
            chosen = QFileDialog.getExistingDirectory(self, self._title, start)
        elif self._mode == "open":
            chosen, _ = QFileDialog.getOpenFileName(self, self._title, start, self._pattern)
        else:
            chosen, _ = QFileDialog.getSaveFileName(self, self._title, start, self._pattern)
        if chosen:
            self.set_path(chosen)


class Fold(QWidget):
    """A heading that shows and hides what is in `body`."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__()
        self.head = QToolButton()
        self.head.setText(text)
        self.head.setObjectName(name)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setCursor(Qt.CursorShape.PointingHandCursor)
        self.head.toggled.connect(self._show_body)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.content)
        self._show_body(False)

    def _show_body(self, shown: bool) -> None:
        self.content.setVisible(shown)
        self.head.setIcon(style.icon("chevron-down" if shown else "chevron-right", style.COLOURS.secondary))


class ElidedLabel(QLabel):
    """One line that is shortened in the middle where it does not fit; the whole text is its tooltip."""

    def __init__(self, text: str = "", role: str = "secondary") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setToolTip(text)
        self._shorten()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        mode = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self._whole, mode, max(0, self.width())))


def clear_layout(layout: QVBoxLayout | QHBoxLayout | QGridLayout) -> None:
    """Take everything out of a layout and delete it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif item.layout() is not None:
            clear_layout(item.layout())
