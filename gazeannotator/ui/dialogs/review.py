"""Review of images on which something was hidden: before and after side by side, one after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.study import review
from gazeannotator.study.deidentify.masks import Masks, Rect
from gazeannotator.study.images import Pixels
from gazeannotator.study.store import Store
from gazeannotator.study.waiting import Waiting
from gazeannotator.ui.background import in_background
from gazeannotator.ui.dialogs.mask_canvas import MaskCanvas
from gazeannotator.ui.widgets import button, label

translate = QCoreApplication.translate


class ReviewDialog(QDialog):
    """Shows what is hidden of each waiting image, lets it be corrected, and takes the decision.

    Signals
    -------
    changed()
        An image was approved or rejected.
    """

    changed = Signal()

    def __init__(self, study: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="reviewDialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Review hidden text"))
        self._study = study
        self._waiting: list[Waiting] = []
        self._edited: dict[str, Masks] = {}
        self._index = 0
        self._selected = -1
        self._shown = ""
        self._busy = True
        self._build()
        self.resize(1240, 700)
        self._refresh()
        self.accept_button.setFocus()
        in_background(self, lambda: _list(study), self._listed, self._failed)

    @property
    def current(self) -> Waiting | None:
        """The image that is shown."""
        return self._waiting[self._index] if self._waiting else None

    @property
    def masks(self) -> Masks:
        """What is hidden of it, with the reviewer's changes."""
        current = self.current
        return Masks() if current is None else self._edited.get(current.id, current.masks)

    def accept(self) -> None:
        """Approve the image that is shown, and go on."""
        current, masks = self.current, self.masks
        if current is not None and self._ready():
            self._decide(lambda: _approve(self._study, current, masks))

    def reject_image(self) -> None:
        """Refuse the image that is shown, and go on."""
        current = self.current
        if current is not None and self._ready():
            self._decide(lambda: _reject(self._study, current))

    def step(self, by: int) -> None:
        """Show the next or the previous image."""
        if self._waiting and not self._busy:
            self._index = (self._index + by) % len(self._waiting)
            self._show()

    def add_rectangle(self, rect: Rect) -> None:
        """Hide one more place of the image that is shown."""
        if self._ready():
            self._change(replace(self.masks, hide=(*self.masks.hide, rect)))

    def choose(self, index: int) -> None:
        """Choose a rectangle, which can then be removed; -1: none."""
        self._selected = index
        self._refresh()

    def remove_chosen(self) -> None:
        """Show again what the chosen rectangle hides."""
        if self._ready() and 0 <= self._selected < len(self.masks.hide):
            hide = self.masks.hide[: self._selected] + self.masks.hide[self._selected + 1 :]
            self._change(replace(self.masks, hide=hide))

    def toggle_surroundings(self) -> None:
        """Show what lies around the picture, or hide it again if it was found."""
        current = self.current
        if current is not None and self._ready():
            self._change(replace(self.masks, keep=() if self.masks.keep else current.masks.keep))

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        self._title = label(self.tr("Review hidden text"), "dialog-title")
        self._count = label("", "secondary", name="reviewCount")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        layout.addLayout(head)
        layout.addWidget(
            label(
                self.tr(
                    "Can you still read anything on the right? Draw a rectangle over it on the left. Click a "
                    "rectangle and press Delete to show what it hides. Nothing black is kept."
                ),
                "secondary",
                wrap=True,
            )
        )
        self.before, self.after = MaskCanvas("maskBefore"), MaskCanvas("maskAfter", after=True)
        views = QHBoxLayout()
        views.setSpacing(16)
        captions = (self.tr("As it came"), self.tr("As it will be read"))
        for canvas, caption in zip((self.before, self.after), captions, strict=True):
            canvas.setAccessibleName(caption)
            column = QVBoxLayout()
            column.addWidget(label(caption, "strong"))
            column.addWidget(canvas, 1)
            views.addLayout(column, 1)
        layout.addLayout(views, 1)
        self.before.drawn.connect(self.add_rectangle)
        self.before.chosen.connect(self.choose)
        self._what = label("", "secondary", wrap=True, name="reviewWhat")
        self._error = label("", "error", wrap=True, name="reviewError")
        layout.addWidget(self._what)
        layout.addWidget(self._error)
        layout.addLayout(self._buttons())
        keys = (
            ("Right", lambda: self.step(1)),
            ("Left", lambda: self.step(-1)),
            ("Delete", self.remove_chosen),
            ("Shift+Delete", self.reject_image),
            ("K", self.toggle_surroundings),
        )
        for key, act in keys:
            QShortcut(QKeySequence(key), self, act)

    def _buttons(self) -> QHBoxLayout:
        self.previous_button = button(self.tr("Previous"), lambda: self.step(-1), icon="arrow-left")
        self.next_button = button(self.tr("Next"), lambda: self.step(1), icon="arrow-right")
        self.keep_button = button(self.tr("Show surroundings (K)"), self.toggle_surroundings)
        self.remove_button = button(self.tr("Remove rectangle"), self.remove_chosen)
        self.reject_button = button(
            self.tr("Do not read this image"), self.reject_image, kind="danger", name="rejectImage"
        )
        self.accept_button = button(
            self.tr("Nothing to be read: accept"),
            self.accept,
            kind="primary",
            icon="check-white",
            name="acceptImage",
        )
        self.accept_button.setDefault(True)
        self.previous_button.setToolTip(self.tr("Left arrow"))
        self.next_button.setToolTip(self.tr("Right arrow"))
        self.remove_button.setToolTip(self.tr("Delete"))
        self.reject_button.setToolTip(self.tr("Shift+Delete. Import it again to bring it back."))
        self.accept_button.setToolTip(self.tr("Enter"))
        row = QHBoxLayout()
        row.setSpacing(10)
        for each in (self.previous_button, self.next_button, self.remove_button, self.keep_button):
            each.setAutoDefault(False)
            row.addWidget(each)
        row.addStretch(1)
        self.reject_button.setAutoDefault(False)
        row.addWidget(self.reject_button)
        row.addWidget(self.accept_button)
        return row

    def _ready(self) -> bool:
        """Nothing is decided about an image that is not on the screen yet."""
        return not self._busy and self.current is not None and self._shown == self.current.id

    def _listed(self, waiting: list[Waiting]) -> None:
        self._waiting = waiting
        self._busy = False
        self._show()

    def _decide(self, work: Callable[[], str]) -> None:
        self._busy = True
        self._refresh()
        in_background(self, work, self._decided, self._failed)

    def _decided(self, identity: str) -> None:
        self._busy = False
        self._waiting = [each for each in self._waiting if each.id != identity]
        self._index = min(self._index, max(0, len(self._waiting) - 1))
        self.changed.emit()
        self._show()

    def _failed(self, error: UserError) -> None:
        self._busy = False
        self._refresh()
        self._error.setText(f"{error.message} {error.hint or ''}".strip())

    def _change(self, masks: Masks) -> None:
        self._edited[self.current.id] = masks
        self._selected = -1
        self._refresh()

    def _show(self) -> None:
        self._selected = -1
        self._error.setText("")
        current = self.current
        self._shown = ""
        self.before.set_pixels(None)
        self.after.set_pixels(None)
        if current is not None:
            study = self._study

            def take(pixels: Pixels) -> None:
                if self.current is current:
                    self._shown = current.id
                    self.before.set_pixels(pixels)
                    self.after.set_pixels(pixels)
                    self._refresh()

            in_background(self, lambda: _pixels(study, current), take, self._failed)
        self._refresh()

    def _refresh(self) -> None:
        number = QLocale().toString
        total = len(self._waiting)
        masks = self.masks
        self.before.set_masks(masks, self._selected)
        self.after.set_masks(masks)
        if total:
            text = self.tr("Image {n} of {total}").format(n=number(self._index + 1), total=number(total))
        else:
            text = "" if self._busy else self.tr("No image waits for review.")
        self._count.setText(text)
        self._what.setText(self.tr("Hidden: {what}").format(what=what_is_hidden(masks)) if total else "")
        ready = self._ready()
        for each in (self.accept_button, self.reject_button):
            each.setEnabled(ready)
        for each in (self.previous_button, self.next_button):
            each.setEnabled(total > 1 and not self._busy)
        self.remove_button.setEnabled(ready and self._selected >= 0)
        current = self.current
        self.keep_button.setEnabled(ready and current is not None and bool(current.masks.keep))
        self.keep_button.setText(
            self.tr("Show surroundings (K)") if masks.keep or not total else self.tr("Hide surroundings (K)")
        )


def what_is_hidden(masks: Masks) -> str:
    """Say in words what is hidden."""
    words = {
        "text": translate("Review", "text"),
        "surroundings": translate("Review", "everything around the picture"),
        "template": translate("Review", "what the layout says"),
        "manual": translate("Review", "rectangles drawn by hand"),
        "declared": translate("Review", "nothing found, but the file says that it shows text"),
    }
    kinds = [each for each in masks.what if each != "declared" or len(masks.what) == 1]
    return ", ".join(words[each] for each in kinds) or translate("Review", "nothing")


def _list(study: Path) -> list[Waiting]:
    with Store.open(study) as store:
        return store.waiting()


def _pixels(study: Path, waiting: Waiting) -> Pixels:
    with Store.open(study) as store:
        return review.waiting_pixels(store, waiting)


def _approve(study: Path, waiting: Waiting, masks: Masks) -> str:
    with Store.open(study) as store:
        review.approve(store, waiting, masks)
    return waiting.id


def _reject(study: Path, waiting: Waiting) -> str:
    with Store.open(study) as store:
        review.reject(store, waiting)
    return waiting.id
