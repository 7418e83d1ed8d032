"""Screens as plain data: their physical pixels, sizes, scales and rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement, Screen, logical_to_screen_px

SMALLEST_PX = (1024, 768)
_MM_PER_INCH = 25.4
_NOMINAL_DPI = 96
# Smaller than any screen that images are read on: what a display reports that does not know its size.
_SMALLEST_DIAGONAL_MM = 220
_PITCH_MM = (0.05, 1.2)
_SQUARE_WITHIN = 1.25


@dataclass(frozen=True)
class ScreenFacts:
    """A connected screen.

    Attributes
    ----------
    px : tuple of int
        Width, height in physical pixels.
    mm : tuple of float
        Width, height of the visible area.
    mm_known : bool
        False where the display reports no size or an absurd one: `mm` is then nominal (96 dpi).
    scale : float
        Physical pixels in one logical one.
    hz : float
        Frames per second.
    """

    index: int
    name: str
    px: tuple[int, int]
    mm: tuple[float, float]
    mm_known: bool
    scale: float
    hz: float

    @property
    def is_small(self) -> bool:
        """Smaller than what images should be read on."""
        return self.px[0] < SMALLEST_PX[0] or self.px[1] < SMALLEST_PX[1]

    def as_json(self) -> dict[str, Any]:
        """Return the facts as `doctor` prints them."""
        return asdict(self)


def screens(measured_mm: Mapping[str, tuple[float, float]] | None = None) -> list[ScreenFacts]:
    """List the connected screens, the primary one first.

    Parameters
    ----------
    measured_mm : mapping, optional
        Screen name → width, height in mm as measured by the operator.
    """
    return [facts_of(screen, index, measured_mm) for index, screen in enumerate(QGuiApplication.screens())]


def facts_of(
    screen: QScreen, index: int = 0, measured_mm: Mapping[str, tuple[float, float]] | None = None
) -> ScreenFacts:
    """Read off one screen."""
    scale = screen.devicePixelRatio()
    logical = screen.size()
    px = physical_size(logical, scale)
    reported = screen.physicalSize()
    mm = (reported.width(), reported.height())
    known = is_plausible(px, mm)
    if measured_mm and screen.name() in measured_mm:
        mm, known = measured_mm[screen.name()], True
    elif not known:
        mm = nominal_mm(logical)
    return ScreenFacts(index, screen.name(), px, mm, known, scale, screen.refreshRate())


def chosen_screen(number: int | None) -> QScreen:
    """Return the screen of that number, counted from 1; the primary one for None.

    Raises
    ------
    BadInput
        If there are fewer screens.
    """
    connected = QGuiApplication.screens()
    if number is None:
        return QGuiApplication.primaryScreen()
    if not 1 <= number <= len(connected):
        raise BadInput(
            QCoreApplication.translate("Screens", "There is no screen {number}: {count} connected.").format(
                number=number, count=len(connected)
            ),
            QCoreApplication.translate("Screens", "Screens are counted from 1."),
        )
    return connected[number - 1]


def physical_size(logical: QSize, scale: float) -> tuple[int, int]:
    """Undo Qt's rounding to logical pixels: the screen's true size in physical ones."""
    return (_physical(logical.width(), scale), _physical(logical.height(), scale))


def _physical(logical: int, scale: float) -> int:
    if scale == round(scale):
        return round(logical * scale)
    # Qt rounded true/scale to a whole number, and several sizes give the same one. Those of screens are
    # multiples of 2, mostly of 8: the true one is that which can be halved most often.
    lowest, highest = math.ceil((logical - 0.5) * scale), math.ceil((logical + 0.5) * scale) - 1
    return max(range(lowest, highest + 1), key=lambda px: (px & -px, -abs(px - logical * scale)))


def is_plausible(px: tuple[int, int], mm: tuple[float, float]) -> bool:
    """Whether a reported size can be that of a screen: cables and adapters report 0 or nonsense."""
    if min(mm) <= 0 or math.hypot(*mm) < _SMALLEST_DIAGONAL_MM:
        return False
    pitches = (mm[0] / px[0], mm[1] / px[1])
    if not all(_PITCH_MM[0] <= pitch <= _PITCH_MM[1] for pitch in pitches):
        return False
    return max(pitches) / min(pitches) <= _SQUARE_WITHIN


def nominal_mm(logical: QSize) -> tuple[float, float]:
    """Size in mm of a screen that does not tell it: 96 logical pixels an inch."""
    pitch = _MM_PER_INCH / _NOMINAL_DPI
    return (round(logical.width() * pitch, 1), round(logical.height() * pitch, 1))


def reading_screen(facts: ScreenFacts, distance_mm: float) -> Screen:
    """Make the geometry of a reading on that screen."""
    return Screen(*facts.px, *facts.mm, distance_mm)


def origin_of(widget: QWidget) -> tuple[int, int]:
    """Where the top-left corner of a widget that is shown lies on its screen, physical px."""
    window = widget.window()
    corner = QPointF(widget.mapTo(window, QPoint(0, 0)))
    # Wayland tells no window where it lies; one that fills the screen lies in its corner.
    if not (window.isFullScreen() and QGuiApplication.platformName().startswith("wayland")):
        # Only the window itself knows where it lies to the physical pixel: a widget rounds to logical ones.
        handle = window.windowHandle()
        corner = handle.mapToGlobal(corner) - QPointF(handle.screen().geometry().topLeft())
    x, y = logical_to_screen_px(corner.toTuple(), widget.devicePixelRatioF())
    return (round(x), round(y))


def area_of(widget: QWidget) -> Placement:
    """Where a widget that is shown lies on its screen, physical px."""
    screen, scale = widget.window().windowHandle().screen(), widget.devicePixelRatioF()
    if widget.size() == screen.size():
        return Placement(*origin_of(widget), *physical_size(screen.size(), scale))
    return Placement(*origin_of(widget), round(widget.width() * scale), round(widget.height() * scale))
