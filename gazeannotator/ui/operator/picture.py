"""A picture of the reader's screen with the gaze of both eyes; only the gaze is painted at each frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazeannotator.geometry import (
    Placement,
    largest_placement,
    normalised_to_screen_px,
    placement_in_view,
    screen_px_to_view_px,
)
from gazeannotator.samples import FloatArray
from gazeannotator.ui import style
from gazeannotator.ui.gaze_sketch import LEFT, RIGHT
from gazeannotator.ui.image_view import BACKGROUND
from gazeannotator.ui.operator.situation import Situation
from gazeannotator.ui.operator.small_image import SmallImage
from gazeannotator.ui.operator.trail import Trail, runs

BESIDE = 0.03
"""So much of the room is left on each side for gaze beside the screen."""

DOT_PX = 7
RING_PX = 11
_HALO = QColor("#F2F4F7")
_MARK = QColor("#D9D9D9")
_ROOM_PX = 2 * RING_PX


class Eye(NamedTuple):
    """One eye's gaze in px of the widget, ready to be drawn."""

    trail: list[QPolygonF]
    now: QPointF | None


@dataclass(frozen=True)
class _Scene:
    """What the cached picture was made for."""

    image: str
    placement: Placement | None
    mark_px: tuple[float, float] | None
    screen_px: tuple[float, float]
    words: str = ""


class ScreenPicture(QWidget):
    """The reader's screen, as large as it fits, and where the eyes look on it.

    The eyes differ in form too: the left one is a disc, the right one a ring around it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(320, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("The reader's screen, and where the eyes look on it"))
        self._scene = _Scene("", None, None, (1920.0, 1080.0))
        self._pixels: QImage | None = None
        self._small: QImage | None = None
        self._picture: QPixmap | None = None
        self._trail = Trail()
        self._eyes = (Eye([], None), Eye([], None))
        self._drawn = QRect()
        self._maker = SmallImage(self)
        self._maker.made.connect(self._take_small)

    def sizeHint(self) -> QSize:
        """Large enough to see a degree or two."""
        return QSize(640, 380)

    @property
    def view(self) -> Placement:
        """Where the screen lies, logical px of this widget."""
        free = (max(self.width() * (1 - 2 * BESIDE), 16.0), max(self.height() * (1 - 2 * BESIDE), 9.0))
        there = largest_placement(self._scene.screen_px, free)
        x, y = (self.width() - there.width_px) // 2, (self.height() - there.height_px) // 2
        return Placement(x, y, there.width_px, there.height_px)

    def show_situation(self, situation: Situation, words: str) -> None:
        """Show what is on the reader's screen, words where nothing is; costs nothing where that is shown."""
        empty = situation.placement is None and situation.mark_px is None
        scene = _Scene(
            situation.image,
            situation.placement,
            situation.mark_px,
            situation.screen.size_px,
            words if empty else "",
        )
        if scene != self._scene:
            same_image = (scene.image, scene.placement) == (self._scene.image, self._scene.placement)
            self._scene, self._pixels = scene, situation.pixels
            if not same_image:
                self._small = None
                self._want_small()
            self._picture = None
            self.update()

    def show_gaze(self, trail: Trail) -> None:
        """Show where the eyes look; paints again only where they were and where they are."""
        self._trail = trail
        view, screen_px = self.view, self._scene.screen_px

        def here(xy: FloatArray) -> FloatArray:
            return screen_px_to_view_px(normalised_to_screen_px(xy, screen_px), view, screen_px)

        trails = tuple(here(xy) for xy in trail.points())
        now = tuple(here(xy) for xy in trail.present())
        self._eyes = (_eye(trails[0], now[0]), _eye(trails[1], now[1]))
        area = _around(np.concatenate([*trails, np.array(now)]))
        self.update(area.united(self._drawn) & self.rect())
        self._drawn = area

    def close_work(self) -> None:
        """End the work in the background."""
        self._maker.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the picture anew."""
        super().resizeEvent(event)
        self._picture = None
        self._want_small()
        self.show_gaze(self._trail)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture, then draw the gaze over it."""
        scale = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != scale:
            self._picture = self._painted(scale)
        painter = QPainter(self)
        area = QRectF(event.rect())
        painter.drawPixmap(
            area,
            self._picture,
            QRectF(area.x() * scale, area.y() * scale, area.width() * scale, area.height() * scale),
        )
        left, right = self._eyes
        _draw_trail(painter, left, LEFT)
        _draw_trail(painter, right, RIGHT)
        if left.now is not None:
            painter.setPen(QPen(_HALO, 2))
            painter.setBrush(LEFT)
            painter.drawEllipse(left.now, DOT_PX, DOT_PX)
        if right.now is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((_HALO, 7), (RIGHT, 3.5)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(right.now, RING_PX, RING_PX)
        painter.end()

    def _painted(self, scale: float) -> QPixmap:
        """Paint all but the gaze."""
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(QColor(style.COLOURS.card))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self.view
        painter.fillRect(QRectF(*view.as_tuple()), BACKGROUND)
        if self._small is not None and self._scene.placement is not None:
            there = placement_in_view(self._scene.placement, view, self._scene.screen_px)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(*there.as_tuple()), self._small)
        if self._scene.mark_px is not None:
            x, y = screen_px_to_view_px(np.array(self._scene.mark_px), view, self._scene.screen_px)
            painter.setPen(QPen(_MARK, 2))
            painter.drawLine(QPointF(x - 9, y), QPointF(x + 9, y))
            painter.drawLine(QPointF(x, y - 9), QPointF(x, y + 9))
        if self._scene.words:
            painter.setFont(self.font())
            painter.setPen(_MARK)
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(*view.as_tuple()), centred, self._scene.words)
        painter.setPen(QPen(QColor(style.COLOURS.border_strong), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y, width, height = view.as_tuple()
        painter.drawRect(QRectF(x - 0.5, y - 0.5, width + 1, height + 1))
        painter.end()
        return picture

    def _want_small(self) -> None:
        placement = self._scene.placement
        if self._pixels is None or placement is None:
            self._maker.forget()
            return
        there = placement_in_view(placement, self.view, self._scene.screen_px)
        scale = self.devicePixelRatioF()
        size = QSize(max(1, round(there.width_px * scale)), max(1, round(there.height_px * scale)))
        self._maker.want(self._pixels, size)

    @Slot(object)
    def _take_small(self, image: QImage) -> None:
        self._small, self._picture = image, None
        self.update()


def _eye(trail: FloatArray, now: FloatArray) -> Eye:
    lines = [arrayToQPolygonF(run[:, 0], run[:, 1]) for run in runs(trail)]
    return Eye(lines, QPointF(*now.tolist()) if np.isfinite(now).all() else None)


def _around(xy: FloatArray) -> QRect:
    """Return what must be painted to draw those points."""
    found = xy[np.isfinite(xy).all(axis=1)]
    if not len(found):
        return QRect()
    # Gaze far beside the screen may lie beyond what a rectangle can hold.
    low = np.clip(found.min(axis=0), -1e5, 1e5) - _ROOM_PX
    high = np.clip(found.max(axis=0), -1e5, 1e5) + _ROOM_PX
    return QRectF(QPointF(*low.tolist()), QPointF(*high.tolist())).toAlignedRect()


def _draw_trail(painter: QPainter, eye: Eye, colour: QColor) -> None:
    for antialiased, pen in ((False, QPen(_HALO, 4)), (True, QPen(colour, 2))):
        # What lies below needs no smooth edge: that would take half of the time of a frame.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, antialiased)
        painter.setPen(pen)
        for line in eye.trail:
            painter.drawPolyline(line)
