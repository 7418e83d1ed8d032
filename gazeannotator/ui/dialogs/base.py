"""What all dialogs that ask for something share: heading, rows, one line for what is wrong, buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.ui.widgets import button, label


class FormDialog(QDialog):
    """A dialog with rows of fields; `problem` says what is missing before it can be accepted.

    Parameters
    ----------
    name : str
        Object name.
    """

    def __init__(self, parent: QWidget | None, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(620)

        self.body = QVBoxLayout()
        self.body.setContentsMargins(28, 24, 28, 20)
        self.body.setSpacing(6)
        self._title = label("", "dialog-title")
        self._intro = label("", "secondary", wrap=True)
        self.body.addWidget(self._title)
        self.body.addWidget(self._intro)
        self.body.addSpacing(12)

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
        layout.addLayout(self.body, 1)
        layout.addWidget(footer)

    def set_texts(self, title: str, intro: str, accept_text: str) -> None:
        """Set the heading, a sentence below it, and the text of the main button (a verb)."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self._intro.setText(intro)
        self._intro.setVisible(bool(intro))
        self.accept_button.setText(accept_text)

    def add_row(self, caption: str, field: QWidget, help_text: str = "") -> None:
        """Add a caption, its field, and a sentence below."""
        heading = label(caption, "field")
        heading.setBuddy(field)
        field.setAccessibleName(caption)
        self.body.addWidget(heading)
        self.body.addWidget(field)
        if help_text:
            self.body.addWidget(label(help_text, "caption", wrap=True))
        self.body.addSpacing(12)

    def problem(self) -> str:
        """Say what is missing or wrong; empty if all is well."""
        return ""

    def accept(self) -> None:
        """Close with success, unless something is wrong."""
        problem = self.problem()
        self.error.setText(problem)
        if not problem:
            super().accept()
