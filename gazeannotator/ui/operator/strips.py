"""The last two minutes of the signal: shares of lost samples and rates over time, with gaps marked."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.samples import FloatArray
from gazeannotator.ui import style

SHOWN_S = 120.0
EVERY_S = 0.5
_ROWS = round(SHOWN_S / EVERY_S) + 1


class Strip:
    """A value every half second, of the last two minutes; memory stays the same however long it runs."""

    def __init__(self) -> None:
        self._rows = np.full((_ROWS, 2), np.nan)
        self._next_s = -math.inf

    def add(self, now_s: float, value: float) -> None:
        """Note a value; more often than every half second is not kept. NaN: there is none."""
        if now_s < self._next_s:
            return
        self._next_s = now_s + EVERY_S * 0.9
        self._rows[:-1] = self._rows[1:]
        self._rows[-1] = (now_s, value)

    def values(self, now_s: float) -> FloatArray:
        """Return (n, 2): seconds before now (negative) and values, the oldest first."""
        rows = self._rows[self._rows[:, 0] >= now_s - SHOWN_S]
        return np.column_stack([rows[:, 0] - now_s, rows[:, 1]])


@dataclass(frozen=True)
class Scale:
    """What a strip's height means.

    Attributes
    ----------
    top : float
        Value at the upper edge.
    line : float
        Where a line of orientation is drawn; NaN for none.
    is_limit : bool
        Whether it is bad to be above that line.
    """

    top: float
    line: float = math.nan
    is_limit: bool = False


class StripChart(QWidget):
    """One strip as a curve, newest at the right; without samples there is no curve but a red band."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setMinimumSize(160, 56)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._title, self._now = title, ""
        self._scale = Scale(1.0)
        self._values = np.empty((0, 2))
        self._gaps: list[tuple[float, float]] = []

    def sizeHint(self) -> QSize:
        """As flat as can be read."""
        return QSize(300, 84)

    def show_values(
        self, values: FloatArray, scale: Scale, now: str, gaps: list[tuple[float, float]] | None = None
    ) -> None:
        """Show a strip.

        Parameters
        ----------
        values : ndarray, shape (n, 2)
            As given by `Strip.values`.
        scale : Scale
        now : str
            The newest value as text.
        gaps : list of tuple
            From, to in seconds before now.
        """
        self._values, self._scale, self._now, self._gaps = values, scale, now, gaps or []
        self.update()

    def x_of(self, seconds: float) -> float:
        """Return where a time (seconds before now, negative) is drawn."""
        area = self._area()
        return area.right() + seconds / SHOWN_S * area.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw title, area, gaps, limit and curve."""
        colours, area = style.COLOURS, self._area()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.card))
        self._write(painter, area)
        painter.fillRect(area, QColor(colours.background))
        for start, end in (*_silences(self._values), *self._gaps):
            x, right = (min(max(self.x_of(each), area.left()), area.right()) for each in (start, end))
            if right > area.left():
                painter.fillRect(
                    QRectF(x, area.top(), max(right - x, 2.0), area.height()), QColor(colours.danger_line)
                )
        painter.setPen(QPen(QColor(colours.border), 1))
        for seconds in (-90, -60, -30):
            x = round(self.x_of(seconds)) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if not math.isnan(self._scale.line):
            colour = colours.danger if self._scale.is_limit else colours.faint
            painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
            y = round(self._y_of(self._scale.line)) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        self._draw_curve(painter, area)
        painter.end()

    def _write(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self.font())
        head = QRectF(0, 0, self.width(), area.top())
        painter.setPen(QColor(style.COLOURS.secondary))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
        painter.setPen(QColor(style.COLOURS.text))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._now)

    def _draw_curve(self, painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area.adjusted(0, -1, 0, 1))
        painter.setPen(QPen(QColor(style.COLOURS.accent), 2))
        known = ~np.isnan(self._values[:, 1])
        edges = np.flatnonzero(np.diff(known, prepend=False, append=False)).reshape(-1, 2)
        for start, stop in edges:
            rows = self._values[start:stop]
            x = area.right() + rows[:, 0] / SHOWN_S * area.width()
            share = np.clip(rows[:, 1] / self._scale.top, 0, 1)
            y = area.bottom() - 1.5 - share * (area.height() - 3)
            painter.drawPolyline(arrayToQPolygonF(x, y))

    def _y_of(self, value: float) -> float:
        area = self._area()
        return area.bottom() - 1.5 - min(max(value / self._scale.top, 0), 1) * (area.height() - 3)

    def _area(self) -> QRectF:
        head = self.fontMetrics().height() + 4
        return QRectF(0, head, self.width(), max(8, self.height() - head))


def _silences(values: FloatArray) -> list[tuple[float, float]]:
    """Return from when to when there was no value, in the times of `values`."""
    silent = np.isnan(values[:, 1])
    edges = np.flatnonzero(np.diff(silent, prepend=False, append=False)).reshape(-1, 2)
    times = np.append(values[:, 0], 0.0)
    return [(float(times[start]), float(times[stop])) for start, stop in edges]
