"""What all dialogs that ask for something share: heading, rows, one line for what is wrong, buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.ui import widgets
from gazeannotator.ui.widgets import button, label


class FormDialog(QDialog):
    """A dialog with rows of fields; `problem` says what is missing before it can be accepted.

    Parameters
    ----------
    name : str
        Object name.

    Attributes
    ----------
    first_field : QWidget or None
        Has the focus when the dialog opens.
    """

    def __init__(self, parent: QWidget | None, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(620)

        self.first_field: QWidget | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._content.setProperty("role", "page")
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(28, 24, 28, 20)
        self.body.setSpacing(6)
        self._title = label("", "dialog-title")
        self._intro = label("", "secondary", wrap=True)
        self.body.addWidget(self._title)
        self.body.addWidget(self._intro)
        self.body.addSpacing(12)
        self._scroll.setWidget(self._content)

        self.error = label("", "error", wrap=True, name="dialogError")
        self.error.setMinimumHeight(20)
        self.accept_button = button("", self.accept, kind="primary", name="acceptButton")
        self.accept_button.setDefault(True)
        self.reject_button = button(self.tr("Cancel"), self.reject, name="rejectButton")
        self.reject_button.setAutoDefault(False)
        self.reject_button.setProperty("size", "large")
        footer = QFrame()
        footer.setProperty("role", "footer")
        self.footer = QHBoxLayout(footer)
        self.footer.setContentsMargins(28, 16, 28, 16)
        self.footer.setSpacing(10)
        self.footer.addWidget(self.error, 1)
        self.footer.addWidget(self.reject_button)
        self.footer.addWidget(self.accept_button)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(footer)
        self._footer = footer

    def set_texts(self, title: str, intro: str, accept_text: str) -> None:
        """Set the heading, a sentence below it, and the text of the main button (a verb)."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self._intro.setText(intro)
        self._intro.setVisible(bool(intro))
        self.accept_button.setText(accept_text)

    def add_row(self, caption: str, field: QWidget, help_text: str = "") -> None:
        """Add a caption, its field, and a sentence below."""
        self.first_field = self.first_field or field
        self.body.addLayout(widgets.field(caption, field, help_text))
        self.body.addSpacing(10)

    def fit(self) -> None:
        """Take the height that the content needs, as far as the screen has it."""
        width = max(self.minimumWidth(), self.width())
        content = self._content.layout().totalHeightForWidth(width)
        if content < 0:
            content = self._content.sizeHint().height()
        room = self.screen().availableGeometry().height() - 60
        self.resize(width, min(content + self._footer.sizeHint().height() + 4, room))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the first field."""
        super().showEvent(event)
        self.fit()
        if self.first_field is not None:  # the buttons come after the last field: Tab goes round in a circle
            self.first_field.setFocus()

    def problem(self) -> str:
        """Say what is missing or wrong; empty if all is well."""
        return ""

    def accept(self) -> None:
        """Close with success, unless something is wrong."""
        problem = self.problem()
        self.error.setText(problem)
        if not problem:
            super().accept()
