"""The look of figures in reports, and pictures as PNG in base64, so that a page needs no other file."""

from __future__ import annotations

import base64
import io
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT, MUTED, LINE = "#17212B", "#5B6B7C", "#E3E8EF"
COLOURS = ("#0F766E", "#B54708", "#3B5BDB", "#9C36B5", "#5B6B7C", "#C2255C", "#2B8A3E", "#1971C2")


_WANTED_FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "PingFang SC")


def new_figure(panels: int, *, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """Begin a figure of panels side by side; its size is in inches."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    style: Any = {
        "font.family": _fonts(),
        "font.size": 9,
        "text.color": TEXT,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": LINE,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": LINE,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
    }
    with rc_context(style):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(1, panels, squeeze=False)[0]
    return figure, list(axes)


@cache
def _fonts() -> list[str]:
    """Name the fonts that are there: what one lacks, Chinese names say, is taken from the next."""
    from matplotlib.font_manager import get_font_names

    there = set(get_font_names())
    return [each for each in _WANTED_FONTS if each in there] or ["sans-serif"]


def plain(name: str) -> str:
    """Matplotlib would take what stands between dollar signs for a formula."""
    return name.replace("$", r"\$")


def png(figure: Figure) -> str:
    """Draw a figure."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A character that no font has is a box in the figure; the page's text has it all the same.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure.savefig(buffer, format="png", dpi=160)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def heat_overlay(pixels: NDArray[np.uint8], heat: NDArray[np.float64]) -> str:
    """Lay a map over its picture; both shape (h, w)."""
    from matplotlib import colormaps

    heat = heat / max(float(heat.max()), 1e-12)
    colours = colormaps["inferno"](heat)[..., :3] * 255
    share = (0.65 * heat)[..., None]
    return picture((pixels * (1 - share) + colours * share).round().astype(np.uint8))


def picture(pixels: NDArray[np.uint8], longest_px: int = 320) -> str:
    """Encode a picture, made smaller where it is large."""
    import PIL.Image

    image = PIL.Image.fromarray(pixels)
    image.thumbnail((longest_px, longest_px), PIL.Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")
