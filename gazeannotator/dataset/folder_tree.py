"""The reference study's folder layout: which image lies where, and which map belongs to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from gazeannotator.errors import BadInput

PARTS = {"train": 0, "val": 1, "validation": 1, "test": 2}
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")
MAP_SUFFIXES = (".tif", ".tiff", ".png")

_LAYOUT_HINT = (
    "Expected are folders train, val and test, in each one folder per class, in each of those images/."
)
_NOT_OURS = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class ImageFile:
    """An image file in its place, and the map beside it.

    Attributes
    ----------
    part : int
        0 train, 1 validation, 2 test.
    attention : Path or None
        The attention file of the same stem.
    """

    path: Path
    part: int
    class_folder: str
    attention: Path | None


@dataclass
class Tree:
    """What was found in a folder tree, and later what became of it.

    Attributes
    ----------
    files : list of ImageFile
        In a stable order.
    classes : set of str
        Names of the class folders, those without images too.
    refused : list of (str, str)
        File, and why it is not used.
    notes : list of str
        What the user should know.
    """

    source: Path
    files: list[ImageFile] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """Name a file as seen from the tree's root."""
        return path.relative_to(self.source).as_posix()


def find_images(source: Path) -> Tree:
    """List the images of a folder tree and the maps beside them.

    Raises
    ------
    BadInput
        If there is no such folder, or no image where the layout has them.
    """
    if not source.is_dir():
        raise BadInput(f"There is no folder {source}.", "Give the folder that holds train, val and test.")
    tree = Tree(source)
    seen: dict[int, Path] = {}
    for part in sorted(_folders(source), key=lambda each: PARTS.get(each.name.lower(), 9)):
        number = PARTS.get(part.name.lower())
        if number is None:
            tree.notes.append(f"The folder {part.name} is not train, val or test: left out.")
            continue
        if number in seen:
            raise BadInput(f"{source} has both {seen[number].name} and {part.name}.", "Keep one of them.")
        seen[number] = part
        for folder in sorted(_folders(part), key=lambda each: natural_order(each.name)):
            _find_in_class(folder, number, tree)
    if not tree.files:
        raise BadInput(f"There is no image in {source}.", _LAYOUT_HINT)
    return tree


def _find_in_class(folder: Path, part: int, tree: Tree) -> None:
    if not (folder / "images").is_dir():
        tree.notes.append(f"{tree.name(folder)} has no folder images: left out.")
        return
    tree.classes.add(folder.name)
    maps = {each.stem: each for each in _files(folder / "attentions") if each.suffix.lower() in MAP_SUFFIXES}
    stems = set()
    for path in _files(folder / "images"):
        if path.suffix.lower() in IMAGE_SUFFIXES:
            stems.add(path.stem)
            tree.files.append(ImageFile(path, part, folder.name, maps.get(path.stem)))
        else:
            tree.refused.append((tree.name(path), "It is neither PNG nor JPEG."))
    unused = (path for stem, path in maps.items() if stem not in stems)
    tree.refused += [(tree.name(path), "There is no image of this name.") for path in unused]


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    return sorted(
        (each for each in files if each.name.lower() not in _NOT_OURS),
        key=lambda each: natural_order(each.name),
    )


def natural_order(name: str) -> list[tuple[int, str]]:
    """Order such that ``Type 2`` comes before ``Type 10``."""
    return [(int(each), "") if each.isdecimal() else (0, each.lower()) for each in re.split(r"(\d+)", name)]
