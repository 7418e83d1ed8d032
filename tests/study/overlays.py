"""Images with burned-in text of known places, for judging how well it is hidden."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray

from gazeannotator.demo.sample_images import sample_image

FONTS = {
    "sans": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "bold": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "serif": "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "narrow": "/usr/share/fonts/truetype/liberation/LiberationSansNarrow-Regular.ttf",
    "chinese": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "chinese_serif": "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
}
COLOURS = {
    "white": (255, 255, 255),
    "grey": (205, 205, 205),
    "yellow": (255, 240, 40),
    "green": (40, 255, 80),
    "cyan": (60, 240, 255),
}
LATIN = (
    "SMITH, John",
    "ID: 4711-0815",
    "03/11/2024",
    "Sex: M Age: 57",
    "09:41:27",
    "Dr. Mueller",
    "D.O.B. 12/04/1967",
    "CF-HQ190L  A5 C0",
    "St. Mary Hospital",
    "PT-00391",
)
CHINESE = ("患者：王小明", "住院号 1204587", "北京协和医院", "性别 男  年龄 57岁", "2024年11月3日", "李秀英")


@dataclass(frozen=True)
class Overlay:
    """An image with text, the image without it, and where the text is.

    Attributes
    ----------
    glyphs : ndarray of bool, shape (height, width)
        Every pixel that the text changed visibly.
    boxes : list of (int, int, int, int)
        Of each line: x, y, width, height.
    """

    pixels: NDArray[np.uint8]
    clean: NDArray[np.uint8]
    glyphs: NDArray[np.bool_]
    boxes: list[tuple[int, int, int, int]]
    lines: list[str]


def fonts_here() -> list[str]:
    """Names of the fonts that this machine has."""
    return [name for name, path in FONTS.items() if Path(path).exists()]


@functools.cache
def mucosa(index: int) -> NDArray[np.uint8]:
    """A generated picture as of a narrow-band endoscope, black around it."""
    return sample_image(index, 6, seed=3).pixels


@functools.cache
def full_frame(index: int) -> NDArray[np.uint8]:
    """The same without anything around it."""
    picture = mucosa(index)
    height, width = picture.shape[:2]
    y, x = round(0.16 * height), round(0.16 * width)
    return cv2.resize(picture[y : height - y, x : width - x], (width, height), interpolation=cv2.INTER_CUBIC)


def on_screen(index: int, size: tuple[int, int], grey: int) -> NDArray[np.uint8]:
    """The picture as a processor lays it out: at the right of a screen of that size."""
    width, height = size
    picture = mucosa(index)
    scale = 0.94 * height / picture.shape[0]
    scale = min(scale, 0.72 * width / picture.shape[1])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    inside = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY) > 14
    contours, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = np.zeros(small.shape[:2], np.uint8)
    cv2.fillPoly(hull, [cv2.convexHull(np.concatenate(contours))], 1)
    screen = np.full((height, width, 3), grey, np.uint8)
    y, x = (height - small.shape[0]) // 2, width - small.shape[1] - (width - small.shape[1]) // 12
    screen[y : y + small.shape[0], x : x + small.shape[1]][hull > 0] = small[hull > 0]
    return screen


def with_text(
    clean: NDArray[np.uint8],
    lines: list[tuple[str, int, int]],
    *,
    font: str,
    size: int,
    colour: tuple[int, int, int],
    alpha: float = 1.0,
    outlined: bool = False,
    jpeg: int | None = None,
) -> Overlay:
    """Draw lines of text (text, x, y) over an image."""
    height, width = clean.shape[:2]
    face = PIL.ImageFont.truetype(FONTS[font], size, index=2 if font.startswith("chinese") else 0)
    glyphs = PIL.Image.new("L", (width, height), 0)
    edge = PIL.Image.new("L", (width, height), 0)
    boxes = []
    for text, x, y in lines:
        PIL.ImageDraw.Draw(glyphs).text((x, y), text, font=face, fill=255)
        PIL.ImageDraw.Draw(edge).text((x, y), text, font=face, fill=255, stroke_width=max(1, size // 14))
        x0, y0, x1, y1 = PIL.ImageDraw.Draw(glyphs).textbbox((x, y), text, font=face)
        boxes.append((int(x0), int(y0), int(x1 - x0), int(y1 - y0)))
    coverage = np.asarray(glyphs, float)[..., None] / 255 * alpha
    picture = clean.astype(float)
    if outlined:
        picture *= 1 - np.asarray(edge, float)[..., None] / 255 * alpha
    picture = picture * (1 - coverage) + np.array(colour) * coverage
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    if jpeg is not None:
        _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, jpeg])
        pixels = np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
    return Overlay(pixels, clean, np.asarray(glyphs) > 64, boxes, [text for text, _, _ in lines])


def random_overlay(rng: np.random.Generator, background: NDArray[np.uint8], *, where: str) -> Overlay:
    """Text of a random look: in a corner of the whole image, or `where` = "anywhere"."""
    height, width = background.shape[:2]
    font = str(rng.choice(fonts_here()))
    pool = CHINESE if font.startswith("chinese") else LATIN
    size = int(rng.integers(max(13, height // 50), max(22, height // 18)))
    lines = [str(each) for each in rng.choice(pool, int(rng.integers(1, 4)), replace=False)]
    face = PIL.ImageFont.truetype(FONTS[font], size, index=2 if font.startswith("chinese") else 0)
    wide = max(face.getlength(each) for each in lines)
    tall = len(lines) * 1.35 * size
    if where == "anywhere":
        x, y = (
            rng.uniform(0.02 * width, max(1, 0.96 * width - wide)),
            rng.uniform(0.02 * height, 0.97 * height - tall),
        )
    else:
        x = 0.02 * width if rng.random() < 0.5 else 0.98 * width - wide
        y = 0.02 * height if rng.random() < 0.5 else 0.98 * height - tall
    placed = [(each, round(max(0, x)), round(y + k * 1.35 * size)) for k, each in enumerate(lines)]
    return with_text(
        background,
        placed,
        font=font,
        size=size,
        colour=COLOURS[str(rng.choice(list(COLOURS)))],
        alpha=float(rng.choice([1.0, 1.0, 0.85, 0.7])),
        outlined=bool(rng.random() < 0.4),
        jpeg=int(rng.choice([95, 85])) if rng.random() < 0.6 else None,
    )
