"""Which image comes next: a stable order for each reader, and what is left of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gazeannotator.study.model import Protocol, Reading


def reading_order(image_ids: Iterable[str], study_id: str, reader: str, protocol: Protocol) -> list[str]:
    """Order a study's images for one reader.

    At random, but the same at every call and on every machine: images are sorted by a hash
    of study, reader and image. So images that are imported later fall in between without
    moving the others, which a seeded shuffle of the whole list would do.

    Parameters
    ----------
    image_ids : iterable of str
        In the order of import, which is kept where the protocol wants no random order.
    """
    if not protocol.random_order:
        return list(image_ids)
    return sorted(
        image_ids, key=lambda image: hashlib.sha256(f"{study_id}\n{reader}\n{image}".encode()).digest()
    )


def answered(readings: Iterable[Reading], reader: str) -> dict[str, str]:
    """Map each image that the reader has answered to the reading that holds its valid label.

    In the order of the first answers, which a later correction does not change. An imported reading
    that asked for no label is no answer.
    """
    valid: dict[str, str] = {}
    for each in readings:
        if each.reader == reader and each.state == "done" and each.label is not None:
            # The first place is kept, the last uncorrected reading is the valid one.
            valid.setdefault(each.image, each.id)
            if each.replaced_by is None:
                valid[each.image] = each.id
    return valid


def to_repeat(
    order: Iterable[str], readings: Iterable[Reading], reader: str, protocol: Protocol
) -> list[str]:
    """Return the images whose gaze was not good enough and that are offered once more, in order.

    Only where the protocol says so, and never an image that was offered again already.
    """
    if not protocol.offer_again:
        return []
    mine = [each for each in readings if each.reader == reader]
    offered = {each.image for each in mine if each.reason == "quality"}
    poor = {each.image for each in mine if each.state == "done" and each.replaced_by is None and each.below}
    return [image for image in order if image in poor - offered]


def remaining(order: Iterable[str], readings: Iterable[Reading], reader: str) -> list[str]:
    """Return the images that the reader has still to answer, in order.

    An interrupted reading has no answer, so its image stands where it stood: a session
    resumes exactly where the last one stopped.
    """
    done = answered(readings, reader)
    return [image for image in order if image not in done]
