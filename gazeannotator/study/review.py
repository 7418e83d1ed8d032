"""What a reviewer does with images on which something was hidden: look, correct, approve or reject."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.study import folder
from gazeannotator.study.deidentify.masks import Masks, masked
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import Pixels, read_image, write_image
from gazeannotator.study.model import Image
from gazeannotator.study.store import Store
from gazeannotator.study.waiting import Waiting


def keep_for_review(store: Store, waiting_id: str, pixels: Pixels) -> Path | None:
    """Store the pixels of an image that waits, as they came; returns the new file, None if it was there.

    The folder is for its owner only: what is in it may show a name.
    """
    target = folder.waiting_file(store.path, waiting_id)
    if target.exists():
        return None
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise folder.storage_error(error, target.parent) from error
    write_image(target, pixels)
    return target


def waiting_pixels(store: Store, waiting: Waiting) -> Pixels:
    """Read a waiting image as it came.

    Raises
    ------
    StudyDamaged
    """
    pixels = read_image(folder.waiting_file(store.path, waiting.id))
    if store.key.waiting_id(image_id(pixels)) != waiting.id:
        where = folder.waiting_file(store.path, waiting.id)
        raise StudyDamaged(
            f"The waiting image {where} was changed.", "Reject it, and import the original again."
        )
    return pixels


def approve(store: Store, waiting: Waiting, masks: Masks | None = None) -> Image:
    """Agree to what is hidden, or to other masks; the image can be read from now on.

    Parameters
    ----------
    masks : Masks, optional
        By default those that were found.

    Returns
    -------
    Image
        Its id is the content hash of its pixels with the hidden parts black.

    Raises
    ------
    BadInput
        If somebody else approved or rejected it meanwhile, or nothing would be left to see.
    StudyDamaged
    StorageError
    """
    if all(each.id != waiting.id for each in store.waiting()):
        raise BadInput(
            "This image does not wait any more.", "Somebody else has reviewed it; go on to the next."
        )
    chosen = waiting.masks if masks is None else masks
    pixels = masked(waiting_pixels(store, waiting), chosen)
    if not pixels.any():
        raise BadInput("Nothing of this image would be left.", "Remove a rectangle, or reject the image.")
    image = replace(waiting.image, id=image_id(pixels))
    stored = store.image_file(image.id)
    if not stored.exists():
        write_image(stored, pixels)
    store.approve(waiting.id, image, chosen)
    _forget(store, waiting)
    return image


def reject(store: Store, waiting: Waiting) -> None:
    """Refuse an image: it is not read, and its pixels are deleted. Importing it again brings it back."""
    store.reject(waiting.id)
    _forget(store, waiting)


def _forget(store: Store, waiting: Waiting) -> None:
    target = folder.waiting_file(store.path, waiting.id)
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise folder.storage_error(error, target) from error
