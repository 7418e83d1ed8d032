"""One image file: from whatever a clinic exports to de-identified pixels, and back from the store.

Nothing of the file but its pixels is kept: they are written anew, as PNG without any
metadata. A colour profile is dropped like all metadata, the numbers stay as they are.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.ExifTags
import PIL.Image
import PIL.ImageFile
import PIL.ImageOps
from numpy.typing import NDArray

from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.study.folder import storage_error, write_whole

Pixels = NDArray[Any]
"""De-identified RGB, shape (height, width, 3); uint16 where the file had 16 bits per channel."""

FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
MAX_MEGAPIXELS = 80

_EXPORT_HINT = "Export it again as 8- or 16-bit PNG, JPEG, TIFF or BMP."
_ORIENTATION_TAG = 0x0112
# By EXIF orientation: how to set upright what lies in rows and columns (NumPy axes 0 and 1).
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: p.swapaxes(0, 1)[:, ::-1],
    7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
    8: lambda p: p.swapaxes(0, 1)[::-1],
}


@dataclass(frozen=True)
class Decoded:
    """A decoded image file.

    Attributes
    ----------
    pixels : ndarray, shape (height, width, 3)
        Upright RGB, uint8 or uint16.
    pages : int
        How many images the file holds; only the first was taken.
    metadata : tuple of str
        Names of what else was in the file and was dropped; none of the values.
    """

    pixels: Pixels
    pages: int
    metadata: tuple[str, ...] = ()


def decode(data: bytes, where: str) -> Decoded:
    """Decode an image file to upright RGB.

    Grey becomes RGB, palettes and CMYK are resolved. Transparent parts are laid over black:
    what was made invisible (a masked-out name, say) must not come back by dropping the alpha.

    Parameters
    ----------
    data : bytes
        The file.
    where : str
        Its name in messages.

    Raises
    ------
    BadInput
        If it is not an image, damaged, too large, or of a kind that is not supported.
    """
    if not data:
        raise BadInput(f"{where} is empty (0 bytes).", "Copy it again from its source.")
    try:
        with warnings.catch_warnings():
            # Pillow complains on its own about huge images and odd metadata; the limit here is ours.
            warnings.simplefilter("ignore")
            with PIL.Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _decoded(image, data, where)
    except BadInput:
        raise
    except PIL.Image.DecompressionBombError as error:
        raise _too_large(where, "far more") from error
    except PIL.UnidentifiedImageError as error:
        raise BadInput(f"{where} is not an image that can be read.", _EXPORT_HINT) from error
    except Exception as error:
        # Decoders raise nearly anything at broken files.
        hint = "Copy it again from its source."
        raise BadInput(f"{where} is damaged and cannot be read ({error}).", hint) from error


def read_image(path: Path) -> Pixels:
    """Read an image of the store.

    Returns
    -------
    ndarray, shape (height, width, 3)
        RGB, uint8 or uint16.

    Raises
    ------
    StudyDamaged
        If it is missing or not a whole image.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise StudyDamaged(f"The image {path} is missing.", "Put it back from a backup.") from error
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except cv2.error:  # a header that names more pixels than OpenCV takes
        pixels = None
    if pixels is None or pixels.shape[2:] != (3,) or pixels.dtype not in (np.uint8, np.uint16):
        raise StudyDamaged(f"The image {path} is damaged.", "Put it back from a backup.")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def write_image(path: Path, pixels: Pixels) -> None:
    """Write de-identified pixels as lossless PNG without metadata, whole or not at all.

    Raises
    ------
    StorageError
    """
    # Level 3 is about five times as fast as the highest and a few per cent larger.
    _, encoded = cv2.imencode(".png", pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
    write_whole(path, encoded.tobytes())


def _decoded(image: PIL.ImageFile.ImageFile, data: bytes, where: str) -> Decoded:
    width, height = image.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_large(where, f"{width * height / 1e6:.0f}")
    if image.mode in ("F", "I") or image.mode.startswith("I;32"):
        raise BadInput(f"{where} has 32 bits per channel, which is not supported.", _EXPORT_HINT)
    pages = getattr(image, "n_frames", 1)
    deep = _is_deep(image)
    # Loading checks the whole file (truncation, checksums), also where the pixels are taken elsewhere.
    image.load()
    names = _metadata_names(image)
    if deep:
        return Decoded(_deep_pixels(data, image), pages, names)
    upright = PIL.ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        return Decoded(_over_black(np.asarray(upright.convert("RGBA"))), pages, names)
    return Decoded(np.asarray(upright.convert("RGB")), pages, names)


def _metadata_names(image: PIL.ImageFile.ImageFile) -> tuple[str, ...]:
    """Name what is dropped; a text chunk's own key is free text, so it is not repeated."""
    plain = {"exif", "icc_profile", "comment", "dpi", "gamma", "xmp", "photoshop", "adobe", "jfif"}
    keys = {str(each).casefold() for each in image.info}
    names = sorted(plain & keys)
    if any(isinstance(value, str) and key not in plain for key, value in image.info.items()):
        names.append("text")
    try:
        tags = [int(each) for each in image.getexif()]
    except Exception:  # noqa: BLE001 - decoders raise nearly anything at broken files
        # Broken Exif is dropped like any other.
        tags = []
    return (*names, *(PIL.ExifTags.TAGS.get(each, f"tag {each}") for each in tags))


def _is_deep(image: PIL.ImageFile.ImageFile) -> bool:
    """Tell whether the file has 16 bits per channel, which Pillow would narrow to 8 in colour."""
    if image.format not in ("PNG", "TIFF"):
        return False
    # The decoder's arguments, or the first of them, name the raw layout: "RGB;16B", "I;16", …
    return any(";16" in str(tile.args) for tile in image.tile)


def _deep_pixels(data: bytes, image: PIL.ImageFile.ImageFile) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("16-bit pixels of an unknown layout")
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    elif pixels.shape[2] == 4:
        pixels = _over_black(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA))
    else:
        pixels = pixels[..., ::-1]
    # OpenCV sets TIFF upright by itself, PNG not.
    orientation = image.getexif().get(_ORIENTATION_TAG, 1) if image.format == "PNG" else 1
    return np.ascontiguousarray(_UPRIGHT[orientation](pixels) if orientation in _UPRIGHT else pixels)


def _over_black(rgba: Pixels) -> Pixels:
    full = np.iinfo(rgba.dtype).max
    colour, alpha = rgba[..., :3].astype(np.uint32), rgba[..., 3:].astype(np.uint32)
    return ((colour * alpha + full // 2) // full).astype(rgba.dtype)


def _too_large(where: str, megapixels: str) -> BadInput:
    return BadInput(
        f"{where} has {megapixels} megapixels; at most {MAX_MEGAPIXELS} are read.",
        "Export it at a smaller size.",
    )
