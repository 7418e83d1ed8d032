"""The picture of a validation: the screen, its targets, and where each eye was found instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.geometry import Screen

# The hues that the eyes have on the eye tracker's page, lighter: here they lie on grey.
LEFT, RIGHT = QColor("#63D2C6"), QColor("#F5A75C")
_SCREEN, _EDGE = QColor("#2F2F2F"), QColor("#7A7A7A")
_RING, _BAD, _TARGET, _NUMBER = QColor("#8C8C8C"), QColor("#F4978E"), QColor("#F5F5F5"), QColor("#C9C9C9")
_EDGE_PX = 1.5
_DOT_PX = 4.5
RING_DEG = 1.0

XY = tuple[float, float]


@dataclass(frozen=True)
class PointMark:
    """What is drawn of one target; all in screen px, NaN where an eye was not found.

    Attributes
    ----------
    name : str
        The key that repeats it.
    spread_deg : tuple of float
        Precision (STD) of the left and the right eye.
    bad : bool
        It is worse than it should be.
    """

    name: str
    target_px: XY
    left_px: XY
    right_px: XY
    spread_deg: tuple[float, float]
    bad: bool


class OffsetPicture(QWidget):
    """Draws the offsets true to scale, with a ring of one degree around each target."""

    def __init__(self, screen: Screen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._marks: tuple[PointMark, ...] = ()
        self.setMinimumSize(320, 180)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Where each eye was found, and where the targets were"))

    def sizeHint(self) -> QSize:
        """Large enough to see half a degree."""
        return QSize(720, round(720 * self._screen.height_px / self._screen.width_px))

    def heightForWidth(self, width: int) -> int:
        """As high as the screen is for its width."""
        return round(width * self._screen.height_px / self._screen.width_px)

    def show_marks(self, marks: Sequence[PointMark]) -> None:
        """Draw these targets."""
        self._marks = tuple(marks)
        self.update()

    @property
    def area(self) -> QRectF:
        """Where the screen is drawn."""
        room = QRectF(self.rect()).adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        aspect = self._screen.width_px / self._screen.height_px
        width = min(room.width(), room.height() * aspect)
        area = QRectF(0, 0, width, width / aspect)
        area.moveCenter(room.center())
        return area

    def place(self, xy_px: XY) -> QPointF:
        """Where a point of the screen is drawn."""
        area = self.area
        return QPointF(
            area.left() + xy_px[0] / self._screen.width_px * area.width(),
            area.top() + xy_px[1] / self._screen.height_px * area.height(),
        )

    def length(self, degrees: float) -> float:
        """How long an angle at the screen's centre is drawn."""
        return degrees * self._screen.px_per_deg * self.area.width() / self._screen.width_px

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the screen, then rings and targets, then what was found."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_EDGE, _EDGE_PX))
        painter.setBrush(_SCREEN)
        painter.drawRoundedRect(self.area, 6, 6)
        for mark in self._marks:
            self._draw_target(painter, mark)
        for mark in self._marks:
            self._draw_eye(painter, mark, mark.left_px, mark.spread_deg[0], LEFT, filled=True)
            # A ring, so that both are seen where they meet.
            self._draw_eye(painter, mark, mark.right_px, mark.spread_deg[1], RIGHT, filled=False)
        painter.end()

    def _draw_target(self, painter: QPainter, mark: PointMark) -> None:
        centre, ring = self.place(mark.target_px), self.length(RING_DEG)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_BAD if mark.bad else _RING, 2 if mark.bad else 1.2))
        painter.drawEllipse(centre, ring, ring)
        painter.setPen(QPen(_TARGET, 1.5))
        for dx, dy in ((4, 0), (0, 4)):
            painter.drawLine(centre + QPointF(dx, dy), centre - QPointF(dx, dy))
        font = painter.font()
        font.setPixelSize(max(13, round(self.area.height() / 26)))
        font.setBold(mark.bad)
        painter.setFont(font)
        painter.setPen(_BAD if mark.bad else _NUMBER)
        side = font.pixelSize() * 2.0
        box = QRectF(0, 0, side, side)
        # Above the ring, or below it where the screen ends.
        away = ring + side / 2
        up = centre.y() - away - side / 2 > self.area.top()
        box.moveCenter(centre + QPointF(0, -away if up else away))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.name)

    def _draw_eye(
        self,
        painter: QPainter,
        mark: PointMark,
        at_px: XY,
        spread_deg: float,
        colour: QColor,
        *,
        filled: bool,
    ) -> None:
        if np.isnan(at_px).any():
            return
        at = self.place(at_px)
        painter.setClipRect(self.rect())
        painter.setPen(QPen(colour, 2))
        painter.drawLine(self.place(mark.target_px), at)
        if not np.isnan(spread_deg):
            faint = QColor(colour)
            faint.setAlphaF(0.18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint)
            painter.drawEllipse(at, self.length(spread_deg), self.length(spread_deg))
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(colour, 2))
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        radius = _DOT_PX if filled else _DOT_PX + 1.5
        painter.drawEllipse(at, radius, radius)
