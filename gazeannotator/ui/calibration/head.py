"""The guide to a good place before the tracker: two eyes in a box, and how far away they are."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.head import HALF_BETWEEN_EYES_MM, Guidance, HeadPosition

translate = QCoreApplication.translate

_GOOD, _WAIT, _OFF = QColor("#7FD6A2"), QColor("#F2C66D"), QColor("#7A7A7A")
_FIELD, _EDGE, _GOOD_ZONE = QColor("#2F2F2F"), QColor("#7A7A7A"), QColor("#558A6D")
_MARK, _WORDS = QColor("#F5F5F5"), QColor("#C9C9C9")
_HALF_BOX_MM = 170.0
_EYE_MM = (24.0, 15.0)
"""Half axes of a drawn eye: larger than life, to be seen at a glance."""

_APART_MM = 1.4 * HALF_BETWEEN_EYES_MM
"""Half of what lies between them, larger in the same way."""

_BAR = 0.11
_BESIDE = 0.3
"""Widths of the distance bar and of the words beside it, as shares of the picture's height."""


def tells_position(chunk: GazeChunk) -> bool:
    """Whether the tracker says where the head is, or at least how far away."""
    return bool(np.isfinite(chunk.distance_mm).any() or np.isfinite(chunk.origin_mm).any())


def guidance_words(wanted: tuple[Guidance, ...]) -> str:
    """Say the one thing that the reader should do first."""
    words = {
        "no_eyes": translate("TrackerCheck", "Your eyes are not found"),
        "nearer": translate("TrackerCheck", "A little nearer"),
        "further": translate("TrackerCheck", "A little further back"),
        "left": translate("TrackerCheck", "A little to the left"),
        "right": translate("TrackerCheck", "A little to the right"),
        "higher": translate("TrackerCheck", "A little higher"),
        "lower": translate("TrackerCheck", "A little lower"),
    }
    return words[wanted[0]] if wanted else translate("TrackerCheck", "You sit well")


class HeadPicture(QWidget):
    """Draws the eyes as in a mirror, and the distance beside them with its green zone.

    Parameters
    ----------
    ideal_mm : tuple of float
        Least and greatest good distance.
    """

    def __init__(self, ideal_mm: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ideal_mm = ideal_mm
        self._head = HeadPosition(math.nan, math.nan, math.nan, (False, False))
        self._wanted: tuple[Guidance, ...] = ("no_eyes",)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 160)
        self.setAccessibleName(translate("TrackerCheck", "Where your eyes are before the eye tracker"))

    def sizeHint(self) -> QSize:
        """Large enough for a glance from where the reader sits."""
        return QSize(560, 280)

    def show_head(self, head: HeadPosition, wanted: tuple[Guidance, ...]) -> None:
        """Draw the head where it is, and an arrow to where it should be."""
        self._head, self._wanted = head, wanted
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box with the eyes, the bar, and the arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = float(self.height() - 2)
        bar = QRectF(self.width() - 1 - _BAR * height, 1, _BAR * height, height)
        box = QRectF(1, 1, bar.left() - _BESIDE * height, height)
        painter.setPen(QPen(_EDGE, 1.5))
        painter.setBrush(_FIELD)
        painter.drawRoundedRect(box, 12, 12)
        painter.save()
        painter.setClipRect(box)
        if not math.isnan(self._head.x_mm):
            self._draw_places(painter, box)
        self._draw_eyes(painter, box)
        painter.restore()
        if not math.isnan(self._head.distance_mm):
            self._draw_distance(painter, bar)
        self._draw_arrow(painter, box)
        painter.end()

    def _draw_places(self, painter: QPainter, box: QRectF) -> None:
        """Outline where the eyes belong."""
        scale = box.height() / (2 * _HALF_BOX_MM)
        painter.setPen(QPen(_EDGE, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for side in (-1, 1):
            at = box.center() + QPointF(side * _APART_MM * scale, 0)
            painter.drawEllipse(at, 1.4 * _EYE_MM[0] * scale, 1.4 * _EYE_MM[1] * scale)

    def _draw_eyes(self, painter: QPainter, box: QRectF) -> None:
        head = self._head
        scale = box.height() / (2 * _HALF_BOX_MM)
        centre = box.center()
        if not math.isnan(head.x_mm):
            # Eyes beyond the box stay at its edge, where they are still seen.
            limits = (box.width() / 2 / scale - _APART_MM - _EYE_MM[0], _HALF_BOX_MM - _EYE_MM[1])
            x, y = (
                float(np.clip(value, -limit, limit))
                for value, limit in zip((head.x_mm, head.y_mm), limits, strict=True)
            )
            centre += QPointF(x * scale, -y * scale)
        # Nearer eyes are larger.
        nominal_mm = sum(self._ideal_mm) / 2
        known = not math.isnan(head.distance_mm)
        size = float(np.clip(nominal_mm / head.distance_mm, 0.6, 1.6)) if known else 1.0
        colour = _WAIT if self._wanted else _GOOD
        for side, found in zip((-1, 1), head.eyes_found, strict=True):
            at = centre + QPointF(side * _APART_MM * scale * size, 0)
            wide, tall = (axis * scale * size for axis in _EYE_MM)
            painter.setPen(Qt.PenStyle.NoPen if found else QPen(_OFF, 2))
            painter.setBrush(colour if found else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, wide, tall)
            if found:
                painter.setBrush(_FIELD)
                painter.drawEllipse(at, 0.55 * tall, 0.55 * tall)

    def _draw_distance(self, painter: QPainter, bar: QRectF) -> None:
        near, far = self._ideal_mm
        beyond = far - near
        nearest, farthest = near - beyond, far + beyond

        def at(distance_mm: float) -> float:
            share = (np.clip(distance_mm, nearest, farthest) - nearest) / (farthest - nearest)
            return bar.bottom() - float(share) * bar.height()

        painter.setPen(QPen(_EDGE, 1.5))
        painter.setBrush(_FIELD)
        painter.drawRoundedRect(bar, 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GOOD_ZONE)
        painter.drawRect(QRectF(bar.left() + 2, at(far), bar.width() - 4, at(near) - at(far)))
        y = at(self._head.distance_mm)
        painter.setBrush(_MARK)
        painter.drawRect(QRectF(bar.left() - 5, y - 2, bar.width() + 10, 4))
        font = painter.font()
        font.setPixelSize(max(13, round(bar.height() / 17)))
        painter.setFont(font)
        line = font.pixelSize() * 1.6
        words = QRectF(0, 0, _BESIDE * bar.height() - 12, line)
        words.moveRight(bar.left() - 10)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        ends = (
            (bar.top() + line / 2, translate("TrackerCheck", "far")),
            (bar.bottom() - line / 2, translate("TrackerCheck", "near")),
        )
        painter.setPen(_WORDS)
        for height, text in ends:
            if abs(height - y) > line:
                words.moveCenter(QPointF(words.center().x(), height))
                painter.drawText(words, right, text)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(_MARK)
        words.moveCenter(
            QPointF(words.center().x(), min(max(y, bar.top() + line / 2), bar.bottom() - line / 2))
        )
        told = translate("TrackerCheck", "{cm:.0f} cm").format(cm=self._head.distance_mm / 10)
        painter.drawText(words, right, told)

    def _draw_arrow(self, painter: QPainter, box: QRectF) -> None:
        ways = {"left": (-1, 0), "right": (1, 0), "higher": (0, -1), "lower": (0, 1)}
        way = ways.get(self._wanted[0]) if self._wanted else None
        if way is None:
            return
        size = 0.09 * box.height()
        middle = box.center()
        tip = middle + QPointF(way[0] * (box.width() / 2 - size), way[1] * (box.height() / 2 - size))
        across = QPointF(way[1] * size, way[0] * size)
        back = tip - QPointF(way[0] * size, way[1] * size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_WAIT)
        painter.drawPolygon(QPolygonF([tip, back + across, back - across]))
