"""What the operator does: pause, continue, write notes.

There may be one keyboard only, and it is the reader's. So nothing here takes it but the note that is
written by hand, and that one opens only while no image is on the screen: the reader answers first.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QWidget

from gazeannotator.ui import style
from gazeannotator.ui.operator.parts import mark, say, words
from gazeannotator.ui.operator.situation import Situation
from gazeannotator.ui.widgets import button

MAX_NOTE = 500


class Noting(Enum):
    """What the lower line is for now: its pages, in their order."""

    QUICK = 0
    WAITING = 1
    WRITING = 2


class NoteField(QLineEdit):
    """One line of text; Esc leaves it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Controls(QFrame):
    """Pause and Continue, notes by one click, and the note that is written.

    Signals
    -------
    pause_wanted(), continue_wanted()
    note_written(text)
    writing_wanted()
        Somebody wants to write: `begin_writing` once no image is on the screen, `wait_to_write` until then.
    writing_over()
        The keyboard is no longer needed.

    Attributes
    ----------
    noting : Noting
    """

    pause_wanted = Signal()
    continue_wanted = Signal()
    note_written = Signal(str)
    writing_wanted = Signal()
    writing_over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("operatorControls")
        self.setProperty("role", "card")
        self._situation: Situation | None = None
        self.noting = Noting.QUICK
        self.pause = button(self.tr("Pause"), self._pause, kind="primary", name="operatorPause")
        self.pause.setIconSize(style.BUTTON_ICON_SIZE)
        self.write = button(
            self.tr("Write a note…"), self.writing_wanted.emit, icon="pencil", name="operatorWrite"
        )
        self.quick = [
            button(text, lambda text=text: self.note_written.emit(text))
            for text in (self.tr("Reader moved"), self.tr("Talked"), self.tr("Disturbed"), self.tr("Tired"))
        ]
        self.field = NoteField(objectName="operatorNote", maxLength=MAX_NOTE)
        self.field.setPlaceholderText(self.tr("Note for this moment"))
        self.field.setAccessibleName(self.tr("Note for this moment"))
        self.field.returnPressed.connect(self._store)
        self.field.left.connect(self._leave)
        store = button(self.tr("Store"), self._store, kind="primary", name="operatorStore")
        discard = button(self.tr("Discard"), self._leave, name="operatorDiscard")
        cancel = button(self.tr("Never mind"), self._leave, name="operatorCancel")
        waits = words(
            "text", self.tr("The note opens when this image is answered. Press Pause to write now.")
        )
        self.answer = words("words", name="operatorNoteAnswer", wrap=True)
        here = words(
            "advice", self.tr("The keyboard is here, the reader's keys wait. Enter stores, Esc discards.")
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(_line(*self.quick, self.write, self.answer))
        self.pages.addWidget(_line(waits, cancel))
        self.pages.addWidget(_line(self.field, here, store, discard))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(16)
        layout.addWidget(self.pause)
        layout.addWidget(self.pages, 1)
        for each in self.findChildren(QPushButton):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._continues: bool | None = None
        self._show_page(Noting.QUICK)

    def show_situation(self, situation: Situation) -> None:
        """Offer what can be done now."""
        self._situation = situation
        self._refresh()
        if not situation.may_note:
            self.finish()

    def wait_to_write(self) -> None:
        """Say that the note opens later."""
        self._show_page(Noting.WAITING)

    def begin_writing(self) -> None:
        """Open the note; the keyboard is to come here."""
        self._show_page(Noting.WRITING)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field.setFocus()

    def finish(self) -> None:
        """Store what was written so far, and give the keyboard back."""
        if self.noting is not Noting.QUICK:
            self._store()

    def say_stored(self, text: str, time: str) -> None:
        """Acknowledge a note."""
        self._answer("success", self.tr("Stored at {time}: {text}").format(time=time, text=text))

    def say_failed(self, reason: str) -> None:
        """Say that a note is not stored yet."""
        self._answer("danger", self.tr("Not stored yet: {reason}").format(reason=reason))

    @Slot()
    def _pause(self) -> None:
        (self.continue_wanted if self._continues else self.pause_wanted).emit()

    @Slot()
    def _store(self) -> None:
        text = self.field.text().strip()
        if text:
            self._answer("neutral", self.tr("Storing…"))
            self.note_written.emit(text)
        self._leave()

    @Slot()
    def _leave(self) -> None:
        self._close()
        self.writing_over.emit()

    def _close(self) -> None:
        self.field.clear()
        self.field.clearFocus()
        self.field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._show_page(Noting.QUICK)

    def _show_page(self, noting: Noting) -> None:
        self.noting = noting
        self.pages.setCurrentIndex(noting.value)
        mark(self, "tone", "warning" if noting is Noting.WRITING else "")
        self._refresh()

    def _refresh(self) -> None:
        now = self._situation
        continues = now is not None and now.may_continue
        if continues != self._continues:
            self._continues = continues
            self.pause.setText(self.tr("Continue") if continues else self.tr("Pause"))
            self.pause.setIcon(style.button_icon("play" if continues else "pause", style.COLOURS.card))
        # Not while the keyboard is here: the reader could not answer what is shown then.
        possible = now is not None and (now.may_pause or continues)
        self.pause.setEnabled(possible and self.noting is not Noting.WRITING)
        may_note = now is not None and now.may_note
        why_not = "" if may_note else self.tr("Notes belong to a session: wait until it has begun.")
        for each in (*self.quick, self.write):
            each.setEnabled(may_note)
            each.setToolTip(why_not)

    def _answer(self, tone: str, text: str) -> None:
        say(self.answer, text)
        mark(self.answer, "judged", tone)


def _line(*parts: QWidget) -> QWidget:
    """Lay widgets side by side; a text or a field takes the room that is left."""
    result = QWidget()
    layout = QHBoxLayout(result)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(10)
    for part in parts:
        layout.addWidget(part, 1 if isinstance(part, (QLabel, QLineEdit)) else 0)
    return result
