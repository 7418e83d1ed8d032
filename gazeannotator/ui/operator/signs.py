"""The line that says what goes on, and the forms in which the eyes are drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gazeannotator.ui import style
from gazeannotator.ui.gaze_sketch import LEFT, RIGHT
from gazeannotator.ui.operator.parts import mark, say, words
from gazeannotator.ui.operator.texts import State
from gazeannotator.ui.widgets import TONE_COLOURS, ElidedLabel

_ICON = 26


class StateBanner(QFrame):
    """One line on what goes on, one on what to do; always as high, so that nothing jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("operatorState")
        self.words = words("banner", name="operatorStateWords")
        self.advice = ElidedLabel()
        self.advice.setObjectName("operatorStateAdvice")
        self.advice.setProperty("part", "advice")
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON, _ICON)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.words)
        lines.addWidget(self.advice)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 7, 16, 7)
        layout.setSpacing(14)
        layout.addWidget(self._icon)
        layout.addLayout(lines, 1)

    def show_state(self, state: State) -> None:
        """Say this."""
        if self.property("tone") != state.tone:
            mark(self, "tone", state.tone)
            icon = style.pixmap(state.tone, _ICON, TONE_COLOURS[state.tone], self.devicePixelRatioF())
            self._icon.setPixmap(icon)
        say(self.words, state.words)
        self.advice.set_text(state.advice)
        self.setAccessibleName(f"{state.words} {state.advice}".strip())


class EyeSign(QWidget):
    """The disc of the left eye, or the ring of the right one."""

    def __init__(self, eye: str) -> None:
        super().__init__()
        self._eye = eye
        self.setFixedSize(18, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self._eye == "left"
        painter.setPen(Qt.PenStyle.NoPen if left else QPen(RIGHT, 3))
        painter.setBrush(LEFT if left else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(9, 9), 6.5, 6.5)
        painter.end()
