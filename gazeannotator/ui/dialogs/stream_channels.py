"""The channels of a gaze stream as a list: what each is called, what it sends, and what it is said to be."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gazeannotator.samples import FloatArray
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.mapping import Role
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.ui import style
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.gaze_feed import LiveValues
from gazeannotator.ui.widgets import ElidedLabel, label, line

_BINS = 32

translate = QCoreApplication.translate


def number_text(value: float) -> str:
    """Write a number short enough for a list; a dash for what is none."""
    return "–" if not math.isfinite(value) else f"{value:.4g}"


class RangeBar(QWidget):
    """How the numbers of one channel are spread between the smallest and the largest, and the newest."""

    def __init__(self) -> None:
        super().__init__()
        self._shares = np.zeros(_BINS)
        self._now = math.nan
        self._chosen = False
        self.setMinimumWidth(140)
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide enough to see two heaps apart."""
        return QSize(220, 26)

    def show_values(self, values: FloatArray, low: float, high: float) -> None:
        """Show the last numbers, shape (n,), in the range of all."""
        values = values[np.isfinite(values)]
        span = high - low
        self._shares, self._now = np.zeros(_BINS), math.nan
        if len(values):
            # A channel that never changes stands in the middle.
            places = (values - low) / span if span > 0 else np.full(len(values), 0.5)
            counts = np.histogram(places, _BINS, (0, 1))[0]
            # The root lets a rare number be seen beside a frequent one.
            self._shares, self._now = np.sqrt(counts / max(1, counts.max())), float(places[-1])
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Stand out, because the channel is used."""
        self._chosen = chosen
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar, its heaps and the newest number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = QRectF(self.rect())
        painter.setBrush(QColor(style.COLOURS.sunken))
        painter.drawRoundedRect(room, 5, 5)
        inner = room.adjusted(5, 3, -5, -3)
        step = inner.width() / _BINS
        painter.setBrush(QColor(style.COLOURS.accent_line if self._chosen else style.COLOURS.border_strong))
        for number, share in enumerate(self._shares):
            height = share * inner.height()
            painter.drawRect(QRectF(inner.x() + number * step, inner.bottom() - height, step - 0.5, height))
        if math.isfinite(self._now):
            painter.setBrush(QColor(style.COLOURS.accent if self._chosen else style.COLOURS.secondary))
            x = inner.x() + self._now * inner.width()
            painter.drawRoundedRect(QRectF(x - 1.5, room.y(), 3, room.height()), 1.5, 1.5)
        painter.end()


class ChannelRow:
    """One channel: its words, its numbers, and a choice of what it is."""

    def __init__(self, number: int, channel: Channel) -> None:
        self.name = QWidget()
        layout = QVBoxLayout(self.name)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        title = channel.label or translate("ChannelList", "Channel {n}").format(n=number + 1)
        layout.addWidget(ElidedLabel(title, "strong"))
        words = " · ".join(each for each in (channel.eye, channel.type, channel.unit) if each)
        says = words or translate("ChannelList", "says nothing of itself")
        layout.addWidget(ElidedLabel(says, "caption"))
        self.name.setFixedWidth(180)
        self.bar = RangeBar()
        self.low, self.high = label("–", "caption"), label("–", "caption")
        self.spread = QWidget()
        below = QHBoxLayout()
        below.setContentsMargins(2, 0, 2, 0)
        below.addWidget(self.low)
        below.addStretch(1)
        below.addWidget(self.high)
        spread = QVBoxLayout(self.spread)
        spread.setContentsMargins(0, 0, 0, 0)
        spread.setSpacing(1)
        spread.addWidget(self.bar)
        spread.addLayout(below)
        self.now = label("–", "strong", name=f"now{number}")
        self.now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.now.setFixedWidth(76)
        self.role = Choice()
        self.role.setObjectName(f"role{number}")
        self.role.setAccessibleName(title)
        self.role.setFixedWidth(206)
        for value, text in role_texts().items():
            self.role.addItem(text, value)

    def show_values(self, values: FloatArray, low: float, high: float) -> None:
        """Show the last numbers, shape (n,), and the range of all."""
        self.bar.show_values(values, low, high)
        self.low.setText(number_text(low))
        self.high.setText(number_text(high))
        self.now.setText(number_text(float(values[-1])))


class ChannelList(QFrame):
    """All channels, each with its numbers.

    Signals
    -------
    changed()
        Somebody has given a channel another role.
    """

    changed = Signal()

    def __init__(self, description: StreamDescription) -> None:
        super().__init__()
        self.rows = [ChannelRow(number, each) for number, each in enumerate(description.channels)]
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 0, 12, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        heads = (
            self.tr("Channel"),
            self.tr("Smallest to largest number"),
            self.tr("Now"),
            self.tr("What it is"),
        )
        for column, text in enumerate(heads):
            head: QLabel = label(text, "caption")
            if column == 2:
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(head, 0, column)
        for number, row in enumerate(self.rows):
            grid.addWidget(line(), 2 * number + 1, 0, 1, 4)
            for column, part in enumerate((row.name, row.spread, row.now, row.role)):
                grid.addWidget(part, 2 * number + 2, column)
            row.role.activated.connect(lambda _, changed=number: self._chosen(changed))
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2 * len(self.rows) + 1, 1)

    @property
    def roles(self) -> dict[Role, int]:
        """What was chosen."""
        return {row.role.currentData(): k for k, row in enumerate(self.rows) if row.role.currentData()}

    def set_roles(self, roles: dict[Role, int]) -> None:
        """Show these roles."""
        for number, row in enumerate(self.rows):
            role = next((role for role, channel in roles.items() if channel == number), "")
            row.role.setCurrentIndex(row.role.findData(role))
            row.bar.set_chosen(bool(role))

    def show_values(self, values: LiveValues) -> None:
        """Show what came."""
        for number, row in enumerate(self.rows):
            row.show_values(values.recent[:, number], values.low[number], values.high[number])

    def _chosen(self, changed: int) -> None:
        """Take the role from the channel that had it before."""
        role = self.rows[changed].role.currentData()
        others = {each: k for each, k in self.roles.items() if each != role and k != changed}
        self.set_roles({**others, role: changed} if role else others)
        self.changed.emit()


def role_texts() -> dict[str, str]:
    """Say in words what a channel can be; the empty role comes first."""
    return {
        "": translate("ChannelList", "not used"),
        "x": translate("ChannelList", "x, both eyes"),
        "y": translate("ChannelList", "y, both eyes"),
        "left_x": translate("ChannelList", "x, left eye"),
        "left_y": translate("ChannelList", "y, left eye"),
        "right_x": translate("ChannelList", "x, right eye"),
        "right_y": translate("ChannelList", "y, right eye"),
        "left_pupil_mm": translate("ChannelList", "pupil in mm, left eye"),
        "right_pupil_mm": translate("ChannelList", "pupil in mm, right eye"),
        "valid": translate("ChannelList", "valid, both eyes"),
        "left_valid": translate("ChannelList", "valid, left eye"),
        "right_valid": translate("ChannelList", "valid, right eye"),
        "sequence": translate("ChannelList", "number of the sample"),
    }
