"""The question that every reader is asked once: whether their reading may be recorded."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gazeannotator.ui.widgets import button, label, row


class ConsentForm(QFrame):
    """Says what is recorded and asks for agreement; lies on the reading window.

    Neither button has the focus at first, so that no key that was meant for something else agrees.

    Signals
    -------
    agreed(), refused()
    """

    agreed = Signal()
    refused = Signal()

    def __init__(self, reader: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("consentForm")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(36, 30, 36, 30)
        layout.setSpacing(12)
        layout.addWidget(label(self.tr("May your reading be recorded?"), "title", wrap=True))
        layout.addWidget(
            label(self.tr("Reader {code}: you are asked only once.").format(code=reader), "lead", wrap=True)
        )
        layout.addSpacing(4)
        for heading, text in (
            (
                self.tr("What is recorded"),
                self.tr(
                    "Where on the screen you look while an image is shown, the size of your pupils if the "
                    "eye tracker measures it, your answers, and the time of each. No picture of you is taken."
                ),
            ),
            (
                self.tr("Under which name"),
                self.tr("Under your reader code, not your name. The data stay in the folder of this study."),
            ),
            (
                self.tr("You can stop at any time"),
                self.tr("Esc ends the session. What has been read until then is kept."),
            ),
        ):
            layout.addWidget(label(heading, "strong"))
            layout.addWidget(label(text, "secondary", wrap=True))
        layout.addSpacing(12)
        self.agree = button(self.tr("I agree"), self.agreed.emit, kind="primary", name="agreeButton")
        self.refuse = button(self.tr("I do not agree"), self.refused.emit, name="refuseButton")
        for each in (self.agree, self.refuse):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout.addLayout(row(self.agree, self.refuse, spacing=12))
