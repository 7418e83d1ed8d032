"""Layouts of endoscope screens: where the picture lies and what is always hidden, as TOML files."""

from __future__ import annotations

import importlib.resources
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput
from gazeannotator.study.deidentify.masks import MAX_RECTANGLES, Masks, Rect

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_LAYOUTS = importlib.resources.files("gazeannotator.resources") / "overlay_layouts"
_SHAPES = ("rectangle", "octagon", "ellipse")
_HINT = "docs/deidentification.md shows what a layout file holds."
_LARGEST_PX = 32768
_ELLIPSE_CORNERS = 96


@dataclass(frozen=True)
class Layout:
    """Where a device draws what, for images of one size.

    Attributes
    ----------
    size_px : tuple of int
        Width and height of the images that it is for; others are left to the automatic search.
    masks : Masks
    """

    name: str
    size_px: tuple[int, int]
    masks: Masks

    def fits(self, width: int, height: int) -> bool:
        """Tell whether it is for images of that size."""
        return self.size_px == (width, height)


def layout_names() -> list[str]:
    """Names of the layouts that come with the program."""
    return sorted(
        each.name.removesuffix(".toml") for each in _LAYOUTS.iterdir() if each.name.endswith(".toml")
    )


def load_layout(name_or_path: str | Path) -> Layout:
    """Load a layout that comes with the program, by name, or from a TOML file.

    Raises
    ------
    BadInput
        If there is no such layout, or the file does not hold one.
    """
    text = str(name_or_path)
    if text.endswith(".toml"):
        try:
            return layout_from_toml(Path(text).read_text(encoding="utf-8"), text)
        except OSError as error:
            message = f"The layout file {text} cannot be read: {error.strerror}."
            raise BadInput(message, "Check the path.") from error
        except UnicodeDecodeError as error:
            raise BadInput(f"The layout file {text} is not UTF-8 text.", "Save it as UTF-8.") from error
    if text not in layout_names():
        raise BadInput(
            f"There is no layout '{text}'.",
            f"Take one of: {', '.join(layout_names())}; or name a .toml file.",
        )
    return layout_from_toml((_LAYOUTS / f"{text}.toml").read_text(encoding="utf-8"), text)


def layout_from_toml(text: str, where: str) -> Layout:
    """Read a layout from TOML text; `where` names it in messages.

    Raises
    ------
    BadInput
        If it is not TOML, or not a usable layout.
    """
    try:
        data = tomllib.loads(text)
        width, height = _whole_numbers(data["size_px"], 2)
        if not (0 < width <= _LARGEST_PX and 0 < height <= _LARGEST_PX):
            raise ValueError(f"its size is {width} x {height} px")
        known = {"name", "size_px", "shape", "box", "cut_px", "hide"}
        if set(data) - known:
            raise ValueError(f"it holds what is not known: {', '.join(sorted(set(data) - known))}")
        hide = tuple(_hidden(each, width, height) for each in data.get("hide", []))
        if len(hide) > MAX_RECTANGLES:
            raise ValueError(f"it hides more than {MAX_RECTANGLES} rectangles")
        keep = _outline(data, width, height) if "shape" in data else ()
        if not (hide or keep):
            raise ValueError("it hides nothing")
        return Layout(str(data.get("name", where)), (width, height), Masks(hide, keep))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            f"The layout file {where} is not valid TOML: {error}.", "Correct that line."
        ) from error
    except KeyError as error:
        raise BadInput(f"The layout file {where} lacks {error}.", _HINT) from error
    except (TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"The layout file {where} cannot be used: {error}.", _HINT) from error


def _whole_numbers(values: object, count: int) -> list[int]:
    if (
        not isinstance(values, list)
        or len(values) != count
        or not all(isinstance(each, int) and not isinstance(each, bool) for each in values)
    ):
        raise ValueError(f"{values!r} is no list of {count} whole numbers")
    return values


def _hidden(values: object, width: int, height: int) -> Rect:
    x, y, wide, tall = _whole_numbers(values, 4)
    rect = Rect(x, y, wide, tall, "template").within(width, height) if wide > 0 and tall > 0 else None
    if rect is None:
        raise ValueError(f"the rectangle {values} does not lie in the image")
    return rect


def _outline(data: dict[str, Any], width: int, height: int) -> tuple[tuple[int, int], ...]:
    shape = data["shape"]
    if shape not in _SHAPES:
        raise ValueError(f"the shape '{shape}' is none of {', '.join(_SHAPES)}")
    x, y, wide, tall = _whole_numbers(data["box"], 4)
    if x < 0 or y < 0 or min(wide, tall) < 16 or x + wide > width or y + tall > height:
        raise ValueError(f"the box {data['box']} does not lie in the image")
    right, bottom = x + wide - 1, y + tall - 1
    if shape == "rectangle":
        return ((x, y), (right, y), (right, bottom), (x, bottom))
    if shape == "ellipse":
        turn = [2 * math.pi * each / _ELLIPSE_CORNERS for each in range(_ELLIPSE_CORNERS)]
        middle_x, middle_y, half_x, half_y = (x + right) / 2, (y + bottom) / 2, (wide - 1) / 2, (tall - 1) / 2
        return tuple(
            (round(middle_x + half_x * math.cos(a)), round(middle_y + half_y * math.sin(a))) for a in turn
        )
    (cut,) = _whole_numbers([data["cut_px"]], 1)
    if not 0 < cut < min(wide, tall) / 2:
        raise ValueError(f"corners cannot be cut by {cut} px")
    return (
        (x + cut, y),
        (right - cut, y),
        (right, y + cut),
        (right, bottom - cut),
        (right - cut, bottom),
        (x + cut, bottom),
        (x, bottom - cut),
        (x, y + cut),
    )
