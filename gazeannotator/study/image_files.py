"""The files of an import: which there are in a folder, and the pictures that each holds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.study import dicom
from gazeannotator.study.images import SUFFIXES, Pixels, decode

# Uncompressed 16-bit RGBA of the largest image that is read, and some more.
MAX_FILE_BYTES = 1 << 30
KINDS = "PNG, JPEG, TIFF, BMP or DICOM"


@dataclass(frozen=True)
class Picture:
    """One picture of a file.

    Attributes
    ----------
    pixels : ndarray, shape (height, width, 3)
        RGB, uint8 or uint16.
    name : str
        The file's plain name; with ``#2`` for the second frame, and so on.
    patient : str
        As the file says; empty if it does not.
    declared : bool
        The file says that there is text burned in.
    metadata : tuple of str
        Names of what was dropped.
    note : str
        What a user should know.
    """

    pixels: Pixels
    name: str
    patient: str = ""
    spacing_mm: tuple[float, float] | None = None
    declared: bool = False
    metadata: tuple[str, ...] = ()
    note: str = ""


def read_pictures(path: Path) -> Iterator[Picture]:
    """Decode the pictures of a file, one after the other.

    Raises
    ------
    BadInput
        If it cannot be used.
    """
    where = shown(path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
            raise BadInput(
                f"{where} is no file or larger than {MAX_FILE_BYTES >> 20} MiB.", "Export it again."
            )
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{where} cannot be read: {error.strerror}.", "Check the file and its rights."
        ) from error
    if dicom.is_dicom(data) or path.suffix.casefold() in dicom.SUFFIXES:
        image = dicom.open_dicom(data, where)
        for index, pixels in enumerate(image.pixels()):
            name = f"{path.name}#{index + 1}" if index else path.name
            yield Picture(pixels, name, image.patient, image.spacing_mm, image.declared, image.metadata)
        return
    decoded = decode(data, where)
    note = f"{where} holds {decoded.pages} images; the first was taken." if decoded.pages > 1 else ""
    yield Picture(decoded.pixels, path.name, metadata=decoded.metadata, note=note)


def list_files(folder: Path) -> tuple[list[str], list[str]]:
    """List image files below a folder, as paths with /, sorted; hidden ones are left out.

    Returns
    -------
    files, others : list of str
        Images, and what else is there besides tables.

    Raises
    ------
    BadInput
        If the folder cannot be read, or holds no image.
    """
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise BadInput(f"{folder} is not a folder.", "Name the folder that holds the images.")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BadInput(f"The image folder {folder} does not exist.", "Check the path.") from error
    except OSError as error:
        raise BadInput(
            f"The folder {folder} cannot be read: {error.strerror}.", "Check its rights."
        ) from error
    files: list[str] = []
    others: list[str] = []

    def fail(error: OSError) -> None:
        raise BadInput(f"The folder {error.filename} cannot be read: {error.strerror}.", "Check its rights.")

    for parent, subfolders, names in os.walk(folder, onerror=fail):
        subfolders[:] = sorted(each for each in subfolders if not each.startswith("."))
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or name.casefold() in ("thumbs.db", "desktop.ini"):
                continue
            relative = path.relative_to(folder).as_posix()
            (files if _is_image(path) else others).append(relative)
    if not files:
        raise BadInput(f"The folder {folder} holds no {KINDS} image.", "Choose the folder of the images.")
    return sorted(files), sorted(each for each in others if not each.casefold().endswith(".csv"))


def shown(name: str) -> str:
    """Make a file name printable that is not valid Unicode."""
    return name.encode("utf-8", "backslashreplace").decode()


def _is_image(path: Path) -> bool:
    if path.suffix.casefold() in (*SUFFIXES, *dicom.SUFFIXES):
        return True
    # Archives hand out DICOM files without a suffix, or with a UID whose last part looks like one.
    if path.suffix and not path.suffix[1:].isdigit():
        return False
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return dicom.is_dicom(file.read(132))
    except OSError:
        return False
