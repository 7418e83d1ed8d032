"""A small picture of the screen, and where both eyes look on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.ui import style

_POINT_S = 0.05
_MARGIN = 0.07
LEFT, RIGHT = QColor(style.COLOURS.accent), QColor(style.COLOURS.warning)


class GazeSketch(QWidget):
    """A small picture of the screen with a dot for each eye; gaze beside the screen is drawn beside it."""

    def __init__(self, screen_px: tuple[float, float]) -> None:
        super().__init__()
        self._aspect = screen_px[0] / screen_px[1]
        self._chunk = GazeChunk.empty()
        self.setMinimumSize(280, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Where the eyes look on the screen"))

    def sizeHint(self) -> QSize:
        """Large enough to see a degree or two."""
        return QSize(480, 320)

    def show_gaze(self, chunk: GazeChunk) -> None:
        """Draw the last samples."""
        self._chunk = chunk
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the screen, then a trail and a dot for each eye."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._screen()
        painter.setPen(QPen(QColor(style.COLOURS.border_strong), 1.5))
        painter.setBrush(QColor(style.COLOURS.background))
        painter.drawRoundedRect(area, 6, 6)
        painter.setClipRect(self.rect())
        self._draw_eye(painter, area, self._chunk.left, LEFT, 6)
        # A ring, so that both are seen where they meet.
        self._draw_eye(painter, area, self._chunk.right, RIGHT, 0)
        painter.end()

    def _screen(self) -> QRectF:
        room = QRectF(self.rect())
        width = min(room.width() * (1 - 2 * _MARGIN), room.height() * (1 - 2 * _MARGIN) * self._aspect)
        area = QRectF(0, 0, width, width / self._aspect)
        area.moveCenter(room.center())
        return area

    def _draw_eye(self, painter: QPainter, area: QRectF, xy: FloatArray, colour: QColor, dot: int) -> None:
        points = [
            QPointF(area.left() + x * area.width(), area.top() + y * area.height())
            for x, y in xy[~np.isnan(xy).any(axis=1)]
        ]
        if not points:
            return
        trail = QPainterPath(points[0])
        for point in points[1:]:
            trail.lineTo(point)
        faint = QColor(colour)
        faint.setAlphaF(0.3)
        painter.setPen(QPen(faint, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(trail)
        recent = xy[self._chunk.time_s > self._chunk.time_s[-1] - _POINT_S]
        recent = recent[~np.isnan(recent).any(axis=1)]
        if len(recent):
            x, y = recent.mean(axis=0)
            centre = QPointF(area.left() + x * area.width(), area.top() + y * area.height())
            painter.setPen(Qt.PenStyle.NoPen if dot else QPen(colour, 2.5))
            painter.setBrush(colour if dot else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, dot or 10, dot or 10)
