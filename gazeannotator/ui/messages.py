"""Messages to the user: what happened, what to do, and the details for who wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.errors import UserError
from gazeannotator.ui import style
from gazeannotator.ui.report import Reporter

Tone = Literal["info", "success", "warning", "danger"]
_TONE_COLOURS = {
    "info": style.COLOURS.accent,
    "success": style.COLOURS.success,
    "warning": style.COLOURS.warning,
    "danger": style.COLOURS.danger,
}


class MessageDialog(QDialog):
    """A short message with an icon, optional details, and its buttons.

    Parameters
    ----------
    title : str
        What happened, one sentence.
    text : str
        What to do next; may be empty.
    tone : str
        Chooses icon and colour.
    details : str
        Shown on demand, can be copied.
    accept_text, reject_text : str
        Texts of the buttons; without `reject_text` there is one button.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str = "",
        *,
        tone: Tone = "danger",
        details: str = "",
        accept_text: str = "",
        reject_text: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("messageDialog")
        self.setWindowTitle(QApplication.applicationDisplayName())
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self.setMaximumWidth(640)

        symbol = QLabel()
        symbol.setPixmap(style.pixmap(tone, 28, _TONE_COLOURS[tone], self.devicePixelRatioF()))
        symbol.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.title = _text_label(title, "heading")
        self.title.setObjectName("messageTitle")
        self.text = _text_label(text, "secondary")
        self.text.setObjectName("messageText")
        self.text.setVisible(bool(text))
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.title)
        words.addWidget(self.text)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(symbol)
        top.addLayout(words, 1)

        self.details = QPlainTextEdit(details)
        self.details.setObjectName("messageDetails")
        self.details.setProperty("role", "log")
        self.details.setReadOnly(True)
        self.details.setMinimumHeight(180)
        self.details.hide()

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        if details:
            self._details_button = self.add_button(
                self.tr("Show details"), self._toggle_details, kind="quiet"
            )
            self._details_button.setObjectName("messageDetailsButton")
        self.buttons.addStretch(1)
        if reject_text:
            self.add_button(reject_text, self.reject).setObjectName("messageReject")
        accept = self.add_button(accept_text or self.tr("OK"), self.accept, kind="primary")
        accept.setObjectName("messageAccept")
        accept.setDefault(True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 20)
        layout.setSpacing(20)
        layout.addLayout(top)
        layout.addWidget(self.details, 1)
        layout.addLayout(self.buttons)
        accept.setFocus()

    def add_button(self, text: str, clicked: Callable[[], object], kind: str = "") -> QPushButton:
        """Add a button at the right end."""
        button = QPushButton(text)
        button.setProperty("kind", kind)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: clicked())
        self.buttons.addWidget(button)
        return button

    def _toggle_details(self) -> None:
        shown = self.details.isHidden()
        self.details.setVisible(shown)
        self._details_button.setText(self.tr("Hide details") if shown else self.tr("Show details"))
        self.adjustSize()


def show_error(parent: QWidget | None, error: UserError, details: str = "") -> MessageDialog:
    """Show an error that the user can do something about; returns at once."""
    return show_message(parent, error.message, error.hint, details=details)


def show_message(
    parent: QWidget | None, title: str, text: str = "", *, tone: Tone = "danger", details: str = ""
) -> MessageDialog:
    """Show a message; returns at once."""
    dialog = MessageDialog(parent, title, text, tone=tone, details=details)
    dialog.open()
    return dialog


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    *,
    accept_text: str,
    accepted: Callable[[], object],
    reject_text: str = "",
    tone: Tone = "warning",
) -> MessageDialog:
    """Ask before something that cannot be taken back; `accepted` is called on yes. Returns at once."""
    refuse = reject_text or QApplication.translate("MessageDialog", "Cancel")
    dialog = MessageDialog(parent, title, text, tone=tone, accept_text=accept_text, reject_text=refuse)
    dialog.accepted.connect(lambda: accepted())
    dialog.open()
    return dialog


class UnexpectedErrors(QObject):
    """Shows what the reporter heard: one dialog at a time, and never the end of the program."""

    def __init__(self, reporter: Reporter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reporter = reporter
        self.dialog: MessageDialog | None = None
        reporter.unexpected.connect(self.show_error)

    @Slot(str)
    def show_error(self, text: str) -> None:
        """Show a dialog unless one is open already; the log has every error."""
        if self.dialog is not None:
            return
        dialog = MessageDialog(
            QApplication.activeWindow(),
            self.tr("Something went wrong in the program"),
            self.tr(
                "Everything recorded so far is on disk, and you can go on working. A log helps to repair "
                "the fault: it has the place of the error in the program and no images, file names, "
                "patients or readers."
            ),
            details=text,
            accept_text=self.tr("Go on"),
        )
        dialog.setObjectName("unexpectedErrorDialog")
        save = dialog.add_button(self.tr("Save log…"), self._choose_file)
        save.setObjectName("saveLogButton")
        dialog.buttons.insertWidget(2, save)
        # The window that has a reading on it must stay usable: nothing is blocked.
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.show()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self.dialog, self.tr("Save log"), "gazeannotator-log.txt", self.tr("Text files (*.txt)")
        )
        if path:
            self.save_log(Path(path))

    def save_log(self, path: Path) -> None:
        """Write the report; says so if that is not possible."""
        try:
            path.write_text(self.reporter.text(), encoding="utf-8")
        except OSError as error:
            show_message(self.dialog, self.tr("The log could not be saved."), error.strerror or "")


def copy_to_clipboard(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def _text_label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
