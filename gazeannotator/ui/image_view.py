"""An image at a known place on the screen, and the moment at which it was seen there.

All is drawn in physical pixels: an image that was brought to its size beforehand lies on
whole pixels and is never resampled on the way to the screen. Every frame that is presented
is reported once it is visible: after the swap of buffers where OpenGL draws (``swap``),
else right after the paint that drew it was flushed (``paint``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.ui.screens import physical_size

BACKGROUND = QColor("#5F5F5F")
_CROSS = QColor("#D9D9D9")
_CROSS_ARM_PX = 14
_CROSS_WIDTH_PX = 2
# An exposed window is swapped within a frame or two; drivers that never report it are given up on.
_PATIENCE_MS = 1000
_PLATFORMS_WITHOUT_GL = {"offscreen", "minimal", "vnc", "linuxfb"}

_DARK, _LIT = QColor("#000000"), QColor("#FFFFFF")

Method = Literal["swap", "paint"]
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]


@dataclass(frozen=True, eq=False)
class Frame:
    """What is to be seen: grey, a fixation cross, or an image.

    Attributes
    ----------
    image : QImage or None
        Already at its size in physical pixels.
    corner_px : tuple of int
        Where its top-left corner lies, physical px of the view.
    cross_px : tuple of float or None
        Centre of the fixation cross, physical px of the view.
    lit : bool
        The patch for a photodiode is white; black otherwise. Nothing to be seen where the view has none.
    """

    image: QImage | None = None
    corner_px: tuple[int, int] = (0, 0)
    cross_px: tuple[float, float] | None = None
    lit: bool = False


BLANK = Frame()


@dataclass(frozen=True)
class Patch:
    """A rectangle in a corner that tells a photodiode which frame is on the screen.

    Attributes
    ----------
    corner : str
        Of the view.
    width_px, height_px : int
        Physical px.
    """

    corner: Corner
    width_px: int
    height_px: int

    def area_px(self, view_px: tuple[int, int]) -> QRect:
        """Tell where it lies in a view of that size, physical px."""
        x = view_px[0] - self.width_px if self.corner.endswith("right") else 0
        y = view_px[1] - self.height_px if self.corner.startswith("bottom") else 0
        return QRect(x, y, self.width_px, self.height_px)


class ImageView(QWidget):
    """Shows frames and reports when they were seen.

    Parameters
    ----------
    clock : callable
        Returns seconds; frames are stamped with it.
    method : {"swap", "paint"}, optional
        Default: ``swap`` where OpenGL works.
    patch : Patch, optional
        Drawn with every frame, in the same paint and over it.

    Signals
    -------
    shown(frame, time_s, method)
    """

    shown = Signal(object, float, str)

    def __init__(
        self,
        clock: Callable[[], float],
        parent: QWidget | None = None,
        method: Method | None = None,
        patch: Patch | None = None,
    ) -> None:
        super().__init__(parent)
        self.patch = patch
        self._clock = clock
        self._frame = BLANK
        self._awaited: Frame | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._surface: _GlSurface | _RasterSurface | None = None
        self._take(method or ("swap" if opengl_works() else "paint"))
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._give_up_on_swaps)

    @property
    def method(self) -> Method:
        """How frames are stamped here."""
        return "swap" if isinstance(self._surface, _GlSurface) else "paint"

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in physical pixels."""
        size, scale = self.size(), self.devicePixelRatioF()
        if self.window().isFullScreen():
            return physical_size(size, scale)
        return (round(size.width() * scale), round(size.height() * scale))

    @property
    def patch_px(self) -> QRect | None:
        """Where the patch lies, physical px of the view."""
        return None if self.patch is None else self.patch.area_px(self.size_px)

    @property
    def frame(self) -> Frame:
        """What was presented last."""
        return self._frame

    def present(self, frame: Frame) -> None:
        """Show a frame; `shown` reports it once it is visible."""
        self._frame = self._awaited = frame
        self._patience.start()
        self._surface.present(frame)

    def _take(self, method: Method) -> None:
        if self._surface is not None:
            self.layout().removeWidget(self._surface)
            self._surface.deleteLater()
        self._surface = _GlSurface(self) if method == "swap" else _RasterSurface(self)
        self._surface.seen.connect(self._report)
        self.layout().addWidget(self._surface)

    def _report(self, frame: Frame) -> None:
        # Once a frame, however often it is painted again; an overtaken frame was not seen.
        if frame is self._awaited:
            now_s = self._clock()
            self._awaited = None
            self._patience.stop()
            self.shown.emit(frame, now_s, self.method)

    def _give_up_on_swaps(self) -> None:
        if self._awaited is None:
            return
        window = self.window().windowHandle()
        if self.method == "swap" and window is not None and window.isExposed():
            self._take("paint")
        self._patience.start()
        self._surface.present(self._awaited)


class _GlSurface(QOpenGLWidget):
    """Drawn by OpenGL: seen when the window's buffers were swapped after the drawing."""

    seen = Signal(object)

    def __init__(self, view: ImageView) -> None:
        super().__init__(view)
        self._view = view
        self._frame = BLANK
        self._drawn: Frame | None = None
        self.frameSwapped.connect(self._swapped)

    def present(self, frame: Frame) -> None:
        self._frame = frame
        self.update()

    def paintGL(self) -> None:
        painter = QPainter(self)
        _draw(painter, self._frame, self._view.patch_px, self.rect(), self.devicePixelRatioF())
        painter.end()
        self._drawn = self._frame

    def _swapped(self) -> None:
        if self._drawn is not None:
            drawn, self._drawn = self._drawn, None
            self.seen.emit(drawn)


class _RasterSurface(QWidget):
    """Drawn by Qt itself: seen when the repaint that drew it has come back flushed."""

    seen = Signal(object)

    def __init__(self, view: ImageView) -> None:
        super().__init__(view)
        self._view = view
        self._frame = BLANK
        self._drawn: Frame | None = None
        self._after_flush = QTimer(self, interval=0, singleShot=True)
        self._after_flush.timeout.connect(self._flushed)

    def present(self, frame: Frame) -> None:
        self._frame = frame
        self.repaint()
        self._flushed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        _draw(painter, self._frame, self._view.patch_px, self.rect(), self.devicePixelRatioF())
        painter.end()
        self._drawn = self._frame
        # A window that has just become visible paints by itself; its flush follows at once.
        self._after_flush.start()

    def _flushed(self) -> None:
        self._after_flush.stop()
        if self._drawn is not None:
            drawn, self._drawn = self._drawn, None
            self.seen.emit(drawn)


def opengl_works() -> bool:
    """Try whether this platform gives an OpenGL context that can be used."""
    if QGuiApplication.platformName() in _PLATFORMS_WITHOUT_GL:
        return False
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return False
    context.doneCurrent()
    return True


def _draw(painter: QPainter, frame: Frame, patch_px: QRect | None, area: QRect, scale: float) -> None:
    """Draw a frame; coordinates are physical px, brought to the painter's logical ones."""
    # One more on each side: at a fractional scale the last row is not covered by whole logical px.
    painter.fillRect(area.adjusted(0, 0, 1, 1), BACKGROUND)
    if frame.image is not None:
        frame.image.setDevicePixelRatio(scale)
        painter.drawImage(QPointF(frame.corner_px[0] / scale, frame.corner_px[1] / scale), frame.image)
    if frame.cross_px is not None:
        x, y = (round(value) for value in frame.cross_px)
        arm, half = round(_CROSS_ARM_PX * scale), max(1, round(_CROSS_WIDTH_PX * scale / 2))
        for rect in (
            QRectF((x - arm) / scale, (y - half) / scale, 2 * arm / scale, 2 * half / scale),
            QRectF((x - half) / scale, (y - arm) / scale, 2 * half / scale, 2 * arm / scale),
        ):
            painter.fillRect(rect, _CROSS)
    if patch_px is not None:
        x, y, width, height = (value / scale for value in patch_px.getRect())
        painter.fillRect(QRectF(x, y, width, height), _LIT if frame.lit else _DARK)
