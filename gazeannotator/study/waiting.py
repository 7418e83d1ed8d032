"""An image on which something was hidden, until a reviewer has agreed to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gazeannotator.study.deidentify.masks import Masks, masks_from_dict
from gazeannotator.study.model import Image


@dataclass(frozen=True)
class Waiting:
    """An image that waits for a reviewer; nobody reads it.

    Attributes
    ----------
    id : str
        Keyed hash of the pixels as they came. The image gets its own id, which is of the pixels
        as they are read, with the approval.
    image : Image
        What is known of it; its `id` is that of this object.
    masks : Masks
        What shall be hidden.
    """

    id: str
    image: Image
    masks: Masks


def image_facts(image: Image) -> dict[str, Any]:
    """Gather what is known of an image besides its id, as JSON types."""
    facts: dict[str, Any] = {
        "patient": image.patient,
        "truth": image.truth,
        "size_px": list(image.size_px),
        "file_hmac": list(image.file_hmac),
    }
    if image.spacing_mm is not None:
        facts["spacing_mm"] = list(image.spacing_mm)
    return facts


def image_from_facts(image_id: str, data: dict[str, Any]) -> Image:
    """Rebuild an image from `image_facts`.

    Raises
    ------
    ValueError, KeyError, TypeError
        If something is missing.
    """
    width, height = data["size_px"]
    spacing = data.get("spacing_mm")
    return Image(
        image_id,
        data["patient"],
        data["truth"],
        (width, height),
        tuple(data["file_hmac"]),
        None if spacing is None else (float(spacing[0]), float(spacing[1])),
    )


def waiting_data(waiting: Waiting) -> dict[str, Any]:
    """Gather the data of ``image_masked``."""
    return image_facts(waiting.image) | masks_data(waiting.id, waiting.masks)


def masks_data(waiting_id: str, masks: Masks) -> dict[str, Any]:
    """Gather the data of ``image_approved``."""
    return {"waiting": waiting_id, "what": list(masks.what), "where": masks.where}


def waiting_from_data(data: dict[str, Any]) -> Waiting:
    """Rebuild a waiting image from `waiting_data`."""
    identity = data["waiting"]
    return Waiting(identity, image_from_facts(identity, data), masks_from_dict(data["where"]))
