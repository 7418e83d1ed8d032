"""From a file name that others know to the image of the study that was imported from it.

The study keeps no file names, only their keyed hashes: a name can be tried, not looked up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from gazeannotator.errors import BadInput
from gazeannotator.study.images import SUFFIXES
from gazeannotator.study.model import Image
from gazeannotator.study.store import Store

_CODE_PAGES = ("gb18030", "cp1252")
_SUFFIX = re.compile(r"\.[A-Za-z]{3,4}")


class ImageNames:
    """Finds images of a study by the names of their files."""

    def __init__(self, store: Store) -> None:
        self._key = store.key
        self._by_hash: dict[str, list[Image]] = defaultdict(list)
        for image in store.images():
            for each in image.file_hmac:
                self._by_hash[each].append(image)
        self._found: dict[str, Image | None] = {}

    def find(self, said: str) -> Image:
        """Return the image that a file name or path means.

        Folders do not count, nor whether letters are all small or all capital, nor the kind of file
        (Tobii names media without it).

        Raises
        ------
        BadInput
            There is none, or several have that name.
        """
        images = self.matches(said)
        if len(images) > 1:
            raise BadInput(
                f"{len(images)} images of the study were imported from files named '{_shown(_plain(said))}'.",
                "Give their files different names, and import them and this file again.",
            )
        if not images:
            raise BadInput(
                f"The study has no image that was imported from a file named '{_shown(_plain(said))}'.",
                "Import that image first, or leave it out.",
            )
        return images[0]

    def matches(self, said: str) -> list[Image]:
        """Return the images that a file name or path may mean, as `find`: one, none, or several."""
        for name in _possible_names(said):
            images = {each.id: each for each in self._by_hash.get(self._key.file_hmac(name), ())}
            if images:
                return list(images.values())
        return []


def _plain(said: str) -> str:
    return re.split(r"[\\/]", said.strip().strip("\"'"))[-1]


def _possible_names(said: str) -> Iterator[str]:
    """Give the names that a file may have had, the most likely first."""
    for name in _decoded(_plain(said)):
        stem, dot, suffix = name.rpartition(".")
        known = f".{suffix.casefold()}" in SUFFIXES
        if not known:
            stem = name
        yield name
        for each in dict.fromkeys((stem, stem.lower(), stem.upper())):
            own = [f".{suffix}"] if known and dot else []
            for ending in (*own, *SUFFIXES):
                yield from (f"{each}{ending.lower()}", f"{each}{ending.upper()}")


def _decoded(name: str) -> Iterator[str]:
    """Give what a name is in the code pages that older programs write, where it is no Unicode."""
    data = name.encode("utf-8", "surrogateescape")
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        for page in _CODE_PAGES:
            try:
                yield data.decode(page)
            except UnicodeDecodeError:
                continue


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
