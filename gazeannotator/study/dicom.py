"""DICOM files, single and multi-frame, to RGB pixels and the few facts that are kept of them."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import BadInput
from gazeannotator.study.images import MAX_MEGAPIXELS, Pixels

if TYPE_CHECKING:
    from pydicom import Dataset

SUFFIXES = (".dcm", ".dicom")
MAX_FRAMES = 200

_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "PALETTE COLOR")
_DEFLATED = "1.2.840.10008.1.2.1.99"
_COPY_HINT = "Copy it again from its source."
_EXPORT_HINT = "Export the images as PNG, or as uncompressed DICOM."


def is_dicom(data: bytes) -> bool:
    """Tell whether a file says that it is DICOM."""
    return data[128:132] == b"DICM"


@dataclass(frozen=True)
class DicomImage:
    """An opened file; nothing of it is decoded yet.

    Attributes
    ----------
    frames : int
    patient : str
        PatientID, to be replaced by a pseudonym; empty if there is none.
    spacing_mm : tuple of float or None
        From pixel to pixel, across and down.
    declared : bool
        The file says that there is text burned in.
    metadata : tuple of str
        Keywords of all its elements; none of their values.
    """

    dataset: Dataset
    where: str
    frames: int
    patient: str
    spacing_mm: tuple[float, float] | None
    declared: bool
    metadata: tuple[str, ...]

    def pixels(self) -> Iterator[Pixels]:
        """Decode frame after frame to RGB, uint8 or uint16.

        Raises
        ------
        BadInput
            If a frame is damaged or of another size than the file says.
        """
        for index in range(self.frames):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    yield _rgb(self.dataset, index)
            except MemoryError:
                raise
            except Exception as error:
                # Decoders raise nearly anything at broken files.
                message = f"{self.where} is damaged and cannot be read (frame {index + 1}: {_brief(error)})."
                raise BadInput(message, _COPY_HINT) from error


def open_dicom(data: bytes, where: str) -> DicomImage:
    """Open a DICOM file and check what it says of its pixels, before any is decoded.

    Parameters
    ----------
    data : bytes
        The file.
    where : str
        Its name in messages.

    Raises
    ------
    BadInput
        If it is not DICOM, holds no image, or one that is too large, of a kind that is not
        supported, or compressed in a way for which no decoder is installed.
    """
    # Here, as it takes a third of a second to load, which most imports do not need.
    import pydicom

    if not is_dicom(data):
        raise BadInput(f"{where} is no DICOM file.", _COPY_HINT)
    if _DEFLATED.encode() in data[132:4096]:
        # It would be blown up as a whole before its size is known.
        raise BadInput(f"{where} is a deflated DICOM file, which is not supported.", _EXPORT_HINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(io.BytesIO(data))
            return _checked(dataset, where)
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{where} is damaged and cannot be read ({_brief(error)}).", _COPY_HINT) from error


def _checked(dataset: Dataset, where: str) -> DicomImage:
    if "PixelData" not in dataset:
        raise BadInput(f"{where} holds no image.", "Leave it out: it is a report or a waveform.")
    kind = str(dataset.PhotometricInterpretation)
    width, height, frames = int(dataset.Columns), int(dataset.Rows), int(dataset.get("NumberOfFrames") or 1)
    samples, bits = int(dataset.SamplesPerPixel), int(dataset.BitsAllocated)
    if min(width, height, frames) < 1:
        raise BadInput(f"{where} says that it has {frames} images of {width} x {height} px.", _COPY_HINT)
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        megapixels = f"{width * height / 1e6:.0f}"
        raise BadInput(
            f"{where} has {megapixels} megapixels; at most {MAX_MEGAPIXELS} are read.",
            "Export it at a smaller size.",
        )
    if frames > MAX_FRAMES:
        raise BadInput(
            f"{where} holds {frames} frames; at most {MAX_FRAMES} are imported at once.",
            "Export it as a video, and pick frames with `gazeannotator study add-frames`.",
        )
    expected = 1 if kind in (*_GREY, "PALETTE COLOR") else 3
    if kind not in (*_GREY, *_COLOUR) or samples != expected or bits not in (8, 16):
        raise BadInput(
            f"{where} holds pixels of a kind that is not supported ({kind}, {bits} bits).", _EXPORT_HINT
        )
    _check_decoder(dataset, where)
    return DicomImage(
        dataset,
        where,
        frames,
        str(dataset.get("PatientID") or "").strip(),
        _spacing_mm(dataset),
        str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "YES",
        tuple(dict.fromkeys(_names(dataset))),
    )


def _check_decoder(dataset: Dataset, where: str) -> None:
    from pydicom.pixels.decoders.base import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        available = not syntax.is_compressed or get_decoder(syntax).is_available
    except NotImplementedError:
        available = False
    if not available:
        hint = "Install it with `pip install gazeannotator[dicom]`, or export the images as PNG."
        raise BadInput(f"{where} is compressed ({syntax.name}), and no decoder for that is installed.", hint)


def _rgb(dataset: Dataset, index: int) -> Pixels:
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    pixels = pixel_array(dataset, index=index)
    if pixels.shape[:2] != (dataset.Rows, dataset.Columns):
        raise ValueError(
            f"{pixels.shape[1]} x {pixels.shape[0]} px instead of {dataset.Columns} x {dataset.Rows}"
        )
    kind = str(dataset.PhotometricInterpretation)
    if kind == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)[..., :3]
        if pixels.dtype == np.uint16 and not np.any(pixels & 0xFF) and np.any(pixels):
            pixels = (pixels >> 8).astype(
                np.uint8
            )  # tables of 8 bits are often stored as the upper half of 16
        return _whole(pixels)
    if kind in _GREY:
        return _whole(np.repeat(_grey(dataset, pixels, kind == "MONOCHROME1")[..., None], 3, axis=2))
    return _whole(_spread(pixels, int(dataset.BitsStored)))


def _grey(dataset: Dataset, pixels: NDArray[Any], inverted: bool) -> NDArray[Any]:
    """Bring grey values to the whole range, through the file's own tables or window if it has them."""
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

    deep = int(dataset.BitsStored) > 8
    top = 65535 if deep else 255
    stored = int(dataset.BitsStored)
    lowest = -(1 << (stored - 1)) if int(dataset.PixelRepresentation) else 0
    low, high = float(lowest), float(lowest + (1 << stored) - 1)
    values = pixels.astype(np.float64)
    if "WindowWidth" in dataset or "VOILUTSequence" in dataset:
        values = np.asarray(apply_voi_lut(apply_modality_lut(pixels, dataset), dataset), np.float64)
        if "VOILUTSequence" in dataset:
            low, high = 0.0, float((1 << int(dataset.VOILUTSequence[0].LUTDescriptor[2])) - 1)
        else:
            ends = apply_modality_lut(np.array([low, high]), dataset)
            low, high = float(min(ends)), float(max(ends))
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        raise ValueError("its grey values have no range")
    share = np.clip((values - low) / (high - low), 0, 1)
    grey = np.rint((1 - share if inverted else share) * top)
    return grey.astype(np.uint16 if deep else np.uint8)


def _spread(pixels: NDArray[Any], stored: int) -> NDArray[Any]:
    """Bring colours of 9 to 15 bits to 16, as others are."""
    return pixels << (16 - stored) if pixels.dtype == np.uint16 and 8 < stored < 16 else pixels


def _whole(pixels: NDArray[Any]) -> Pixels:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError("pixels of an unknown layout")
    return np.ascontiguousarray(pixels)


def _spacing_mm(dataset: Dataset) -> tuple[float, float] | None:
    """Read the spacing in the image, across and down; None where it is missing or no length."""
    try:
        down, across = (float(each) for each in dataset.get("PixelSpacing") or ())
    except (TypeError, ValueError):
        return None
    valid = math.isfinite(across) and math.isfinite(down) and min(across, down) > 0
    return (across, down) if valid else None


def _names(dataset: Dataset) -> Iterator[str]:
    for tag in dataset.keys():
        if tag.group == 0x7FE0:
            continue
        keyword = "" if tag.is_private else _keyword(int(tag))
        yield keyword or f"({tag.group:04X},{tag.element:04X})"


def _keyword(tag: int) -> str:
    from pydicom.datadict import keyword_for_tag

    return str(keyword_for_tag(tag))


def _brief(error: Exception) -> str:
    """Say what went wrong in one line that cannot carry much of the file's content."""
    return (
        type(error).__name__
        if isinstance(error, UnicodeError)
        else str(error).splitlines()[0][:120]
        if str(error)
        else type(error).__name__
    )
