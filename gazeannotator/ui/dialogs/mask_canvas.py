"""A picture with what is hidden of it, before or after, on which rectangles are drawn by mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.study.deidentify.content import eight_bits
from gazeannotator.study.deidentify.masks import Masks, Rect
from gazeannotator.study.images import Pixels

_GROUND = QColor("#5F5F5F")
_LINE = QColor("#FFB020")
_CHOSEN = QColor("#FF5A4F")
_SMALLEST_DRAG_PX = 4


class MaskCanvas(QWidget):
    """Shows a picture as large as fits.

    Parameters
    ----------
    after : bool
        Hidden parts are black; else they are outlined, and rectangles can be drawn and chosen.

    Signals
    -------
    drawn(Rect)
        A rectangle was drawn, image px.
    chosen(int)
        The rectangle of this index was clicked; -1: none.
    """

    drawn = Signal(object)
    chosen = Signal(int)

    def __init__(self, name: str, *, after: bool = False) -> None:
        super().__init__(objectName=name)
        self._after = after
        self._image = QImage()
        self._masks = Masks()
        self._selected = -1
        self._from: QPoint | None = None
        self._to = QPoint()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        if not after:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        """Ask for about half of a small screen."""
        return QSize(560, 440)

    def set_pixels(self, pixels: Pixels | None) -> None:
        """Show other pixels, or nothing."""
        self._image = QImage()
        if pixels is not None:
            rgb = np.ascontiguousarray(eight_bits(pixels))
            height, width, _ = rgb.shape
            self._image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self._from = None
        self.update()

    def set_masks(self, masks: Masks, selected: int = -1) -> None:
        """Show what is hidden."""
        self._masks, self._selected = masks, selected
        self.update()

    def place(self) -> QRectF:
        """Tell where the picture lies in the widget."""
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        x, y = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(x, y, size.width(), size.height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw picture and masks."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if self._image.isNull():
            return
        place = self.place()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.translate(place.topLeft())
        painter.scale(place.width() / self._image.width(), place.height() / self._image.height())
        self._paint_masks(painter)
        painter.resetTransform()
        if self._from is not None:
            painter.setPen(QPen(_CHOSEN, 2))
            painter.drawRect(QRect(self._from, self._to).normalized())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle."""
        if not self._after and event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._from = self._to = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it as far as the mouse is."""
        if self._from is not None:
            self._to = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the rectangle, or choose the one that was clicked."""
        if self._from is None:
            return
        drag = QRect(self._from, event.position().toPoint()).normalized()
        start, self._from = self._from, None
        self.update()
        if max(drag.width(), drag.height()) <= _SMALLEST_DRAG_PX:
            self.chosen.emit(self._rectangle_at(start))
            return
        first, last = self._to_image(drag.topLeft()), self._to_image(drag.bottomRight())
        x, y = int(np.floor(first.x())), int(np.floor(first.y()))
        rect = Rect(x, y, max(1, int(np.ceil(last.x())) - x), max(1, int(np.ceil(last.y())) - y))
        rect = rect.within(self._image.width(), self._image.height())
        if rect is not None:
            self.drawn.emit(rect)

    def _to_image(self, point: QPoint) -> QPointF:
        place = self.place()
        scale = self._image.width() / place.width()
        return QPointF((point.x() - place.x()) * scale, (point.y() - place.y()) * scale)

    def _rectangle_at(self, point: QPoint) -> int:
        at = self._to_image(point)
        hits = [k for k, r in enumerate(self._masks.hide) if QRectF(r.x, r.y, r.width, r.height).contains(at)]
        return min(hits, key=lambda k: self._masks.hide[k].width * self._masks.hide[k].height, default=-1)

    def _paint_masks(self, painter: QPainter) -> None:
        outline = QPolygonF([QPointF(x + 0.5, y + 0.5) for x, y in self._masks.keep])
        rectangles = [QRectF(r.x, r.y, r.width, r.height) for r in self._masks.hide]
        if self._after:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(Qt.GlobalColor.black))
            if self._masks.keep:
                around = QPainterPath()
                around.addRect(QRectF(self._image.rect()))
                around.addPolygon(outline)
                around.closeSubpath()
                painter.drawPath(around)
            painter.drawRects(rectangles)
            return
        pen = QPen(_LINE, 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        if self._masks.keep:
            painter.drawPolygon(outline)
        for index, each in enumerate(rectangles):
            pen.setColor(_CHOSEN if index == self._selected else _LINE)
            pen.setWidth(3 if index == self._selected else 2)
            painter.setPen(pen)
            painter.drawRect(each)
