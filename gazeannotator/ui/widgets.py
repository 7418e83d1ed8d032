"""Small parts that all pages and dialogs are made of."""

from __future__ import annotations

from collections.abc import Callable
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
    """Text in one of the roles of the style sheet: title, heading, lead, secondary and so on."""
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
        colours = {
            "primary": style.COLOURS.card,
            "danger": style.COLOURS.danger,
            "quiet": style.COLOURS.accent,
        }
        disabled = style.COLOURS.card if kind == "primary" else style.COLOURS.faint
        result.setIcon(style.button_icon(icon, colours.get(kind, style.COLOURS.text), disabled))
        result.setIconSize(style.BUTTON_ICON_SIZE)
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


def titled(title: str, text: str) -> QVBoxLayout:
    """Heading of a page with a sentence close below it."""
    result = QVBoxLayout()
    result.setSpacing(2)
    result.addWidget(label(title, "title"))
    result.addWidget(label(text, "secondary", wrap=True))
    return result


def field(caption: str, widget: QWidget, help_text: str = "") -> QVBoxLayout:
    """Caption above its widget, with a sentence below."""
    heading = label(caption, "field")
    heading.setBuddy(widget)
    widget.setAccessibleName(caption)
    result = QVBoxLayout()
    result.setSpacing(5)
    result.addWidget(heading)
    result.addWidget(widget)
    if help_text:
        result.addWidget(label(help_text, "caption", wrap=True))
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
        self.head.setProperty("flush", True)
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

    def minimumSizeHint(self) -> QSize:
        """Allow any width."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
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
