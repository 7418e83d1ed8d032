"""The look: colours, fonts, the style sheet and the icons."""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QByteArray, QDir, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

BASE_FONT_PX = 14
FONT_FAMILIES = (
    "Inter",
    "Segoe UI",
    "SF Pro Text",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "sans-serif",
)


@dataclass(frozen=True)
class Colours:
    """The colours of the shell pages; the reading window has its own neutral grey."""

    background: str = "#F5F7FA"
    card: str = "#FFFFFF"
    sunken: str = "#EEF2F6"
    border: str = "#E3E8EF"
    border_strong: str = "#CBD5E1"
    text: str = "#17212B"
    secondary: str = "#5B6B7C"
    faint: str = "#94A3B5"
    accent: str = "#0F766E"
    accent_hover: str = "#0B5F59"
    accent_pressed: str = "#094C47"
    accent_soft: str = "#E6F4F2"
    accent_line: str = "#A7D7D1"
    danger: str = "#B42318"
    danger_hover: str = "#912018"
    danger_soft: str = "#FEF3F2"
    danger_line: str = "#FECDCA"
    warning: str = "#B54708"
    warning_soft: str = "#FFFAEB"
    warning_line: str = "#FEDF89"
    success: str = "#067647"
    success_soft: str = "#ECFDF3"
    success_line: str = "#ABEFC6"


COLOURS = Colours()
CHART_COLOURS = ("#0F766E", "#B54708", "#3B5BA9", "#8A3FFC", "#B42318")


def apply(application: QApplication) -> None:
    """Give the application its style, palette, font, style sheet and icon."""
    QDir.setSearchPaths("icons", [str(resource("icons"))])
    application.setStyle(QStyleFactory.create("Fusion"))
    application.setPalette(_palette())
    application.setFont(_font())
    application.setStyleSheet(style_sheet())
    application.setWindowIcon(QIcon(str(resource("icons", "gazeannotator.svg"))))


def resource(*parts: str) -> Path:
    """Path of a file or folder that comes with the program."""
    return Path(str(resources.files("gazeannotator.resources").joinpath(*parts)))


def style_sheet() -> str:
    """Return the style sheet with the colours filled in."""
    text = resource("style", "app.qss").read_text(encoding="utf-8")
    return string.Template(text).substitute(asdict(COLOURS))


def icon(name: str, colour: str = COLOURS.text, disabled: str = COLOURS.faint) -> QIcon:
    """Line icon by name, in a colour and in another one where its action is disabled."""
    return _sized_icon(name, colour, disabled, gap=0)


def button_icon(name: str, colour: str = COLOURS.text, disabled: str = COLOURS.faint) -> QIcon:
    """Return the icon with a gap at its right side, of 24 × 18 px: Qt sets text close to an icon."""
    return _sized_icon(name, colour, disabled, gap=1 / 3)


BUTTON_ICON_SIZE = QSize(24, 18)


def _sized_icon(name: str, colour: str, disabled: str, gap: float) -> QIcon:
    result = QIcon()
    for size in (16, 18, 20, 24, 32, 36, 48, 64):
        for mode, each in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            result.addPixmap(pixmap(name, size, each, gap=gap), mode)
    return result


def pixmap(name: str, size: int, colour: str = COLOURS.text, ratio: float = 1.0, gap: float = 0.0) -> QPixmap:
    """Line icon as a pixmap of `size` logical px at a device-pixel ratio; `gap` widens it at its right."""
    svg = resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode())
    renderer = QSvgRenderer(QByteArray(svg))
    side = round(size * ratio)
    result = QPixmap(QSize(round(side * (1 + gap)), side))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def restyle(widget: QWidget) -> None:
    """Apply the style sheet anew after a property that it selects on was changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _font() -> QFont:
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPixelSize(BASE_FONT_PX)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _palette() -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    colours = {
        role.Window: COLOURS.background,
        role.WindowText: COLOURS.text,
        role.Base: COLOURS.card,
        role.AlternateBase: COLOURS.background,
        role.Text: COLOURS.text,
        role.Button: COLOURS.card,
        role.ButtonText: COLOURS.text,
        role.ToolTipBase: COLOURS.text,
        role.ToolTipText: COLOURS.card,
        role.PlaceholderText: COLOURS.faint,
        role.Highlight: COLOURS.accent,
        role.HighlightedText: COLOURS.card,
        role.Link: COLOURS.accent,
        role.Accent: COLOURS.accent,
        role.Mid: COLOURS.border,
        role.Light: COLOURS.card,
        role.Dark: COLOURS.border_strong,
    }
    for each, colour in colours.items():
        palette.setColor(each, QColor(colour))
    for each in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(group.Disabled, each, QColor(COLOURS.faint))
    return palette
