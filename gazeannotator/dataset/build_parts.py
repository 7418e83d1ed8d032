"""The parts of a build: some images each, in a file of their own, made once and used again after a stop.

A part is named after all that decides its content, so that one of other options, readings or
programs is never taken for it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import filelock
import h5py
import numpy as np

from gazeannotator.dataset.atomic import check_file_target, reason
from gazeannotator.dataset.fingerprint import FINGERPRINT
from gazeannotator.dataset.joining import Joined, JoinedImage
from gazeannotator.dataset.preparing import Preparer, Recipe
from gazeannotator.dataset.schema import FORMAT_VERSION, LAYOUT, Array
from gazeannotator.dataset.writer import QUICK, check_replaceable, writing
from gazeannotator.errors import StorageError, UserError

IMAGES_IN_PART = 128

PART_FORMAT = "gazeannotator-dataset-part"

PART_LAYOUT: dict[str, Array] = {
    # The split is known at the end only.
    **{name: array for name, array in LAYOUT.items() if name != "/images/split"},
    "/images/fingerprint": Array("uint8", ("I", FINGERPRINT.itemsize)),
    "/readings/corrected": Array("bool", ("R",)),
}
"""Arrays of a part; rows of images and tables count from its own beginning."""


@dataclass(frozen=True)
class Part:
    """Some images that follow each other, and the file that holds them once they are prepared."""

    images: tuple[JoinedImage, ...]
    fingerprint: str
    file: Path

    def is_ready(self) -> bool:
        """Whether its file is there, and holds what it says."""
        try:
            with h5py.File(self.file, "r") as file:
                return bool(file.attrs.get("fingerprint") == self.fingerprint)
        except OSError:
            return False


def divided(joined: Joined, recipe: Recipe, folder: Path) -> list[Part]:
    """Divide the images into parts."""
    parts = []
    for first in range(0, len(joined.images), IMAGES_IN_PART):
        images = joined.images[first : first + IMAGES_IN_PART]
        fingerprint = _fingerprint(images, recipe, joined.gaze_heads)
        parts.append(Part(images, fingerprint, folder / f"{fingerprint[:32]}.h5"))
    return parts


def _fingerprint(
    images: Sequence[JoinedImage], recipe: Recipe, gaze_heads: Mapping[Path, Mapping[str, str]]
) -> str:
    """Hash all that decides what is in a part: programs, options, images, readings and their gaze."""
    options = {name: value for name, value in vars(recipe).items() if name != "limits"}
    digest = hashlib.sha256(repr((_PROGRAMS, sorted(PART_LAYOUT), sorted(options.items()))).encode())
    told: dict[tuple[Path, str], int] = {}
    for image in images:
        digest.update(f"\n{image.id} {image.patient} {image.truth} {image.size_px}".encode())
        for each in image.readings:
            source = each.study, each.session.id
            if source not in told:
                told[source] = len(told)
                limits, head = recipe.limits[each.study], gaze_heads[each.study].get(each.session.id)
                digest.update(f"\n{each.session!r} {limits!r} {head}".encode())
            digest.update(f"\n{told[source]} {each.reading!r}".encode())
    return digest.hexdigest()


_PROGRAMS = (
    FORMAT_VERSION,
    importlib.metadata.version("gazeannotator"),
    np.__version__,
    cv2.__version__,
    h5py.version.hdf5_version,
)
"""What other versions of could give other numbers."""


def make_part(preparer: Preparer, part: Part, tick: Callable[[], None]) -> None:
    """Prepare the images of a part and write its file, whole or not at all.

    Parameters
    ----------
    tick : callable
        Called before each image; may raise to stop.
    """
    with writing(part.file, preparer.recipe.grid_px, PART_LAYOUT, QUICK) as writer:
        work = preparer.prepared(part.images)
        for row in range(len(part.images)):
            tick()
            image = next(work)
            seen = np.frombuffer(image.fingerprint, np.uint8)
            writer.write_image(image.pixels, image.heatmap, {**image.columns, "fingerprint": seen})
            for reading in image.readings:
                columns = {**reading.columns, "image": row, "corrected": reading.corrected}
                writer.write_reading(reading.gaze, reading.fixations, columns)
        writer.finish({}, {"format": PART_FORMAT, "fingerprint": part.fingerprint})


def parts_folder(target: Path) -> Path:
    """Return the folder beside a target in which its parts lie until it is whole."""
    return target.with_name(f".{target.name}.parts")


@contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """Give a folder for the parts of a target, to one build at a time.

    It goes when the block succeeds; if not, the parts that are whole stay for the next build.

    Raises
    ------
    UserError
        If another program is building this target.
    BadInput, StorageError
        If the target or the folder cannot be written.
    """
    check_file_target(target)
    check_replaceable(target)
    lock = filelock.FileLock(target.with_name(f".{target.name}.lock"), timeout=0)
    folder = parts_folder(target)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UserError(
            f"{target} is being built by another program.", "Wait until it is done, or give another name."
        ) from None
    except OSError as error:
        raise _not_writable(target, error) from error
    try:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _not_writable(target, error) from error
        try:
            yield folder
        except BaseException:
            remove_others(folder)
            with suppress(OSError):
                folder.rmdir()  # where no part is whole
            raise
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def remove_others(folder: Path, parts: Sequence[Part] | None = None) -> None:
    """Remove what was left half-written from a folder, and, where parts are given, all others."""
    wanted = None if parts is None else {part.file.name for part in parts}
    for each in folder.iterdir():
        if each.name.startswith(".") or (wanted is not None and each.name not in wanted):
            with suppress(OSError):
                each.unlink()


def _not_writable(target: Path, error: OSError) -> StorageError:
    return StorageError(f"{target} cannot be written: {reason(error)}.", "Make room or choose another place.")
