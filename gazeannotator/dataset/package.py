"""What all exports share: the open data set, the folder that is filled, its README and its checksums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.atomic import whole_folder
from gazeannotator.dataset.checksum import sha256_of
from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport, ImageRow
from gazeannotator.dataset.grid import as_uint8
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.readme import CHECKSUMS, readme
from gazeannotator.dataset.schema import SPLITS, open_dataset
from gazeannotator.errors import BadInput
from gazeannotator.gaze.eyes import MEAN
from gazeannotator.study.images import read_image
from gazeannotator.study.store import Store

Progress = Callable[[int, int, str], None]
Item = TypeVar("Item")

TEST = SPLITS.index("test")

_NO_NAME = re.compile(r"^\.{0,2}$|[/\\:\0]")
"""Names that would lead out of their folder: a data set may come from anybody."""


class Package:
    """An export in the making; see `packing`.

    Attributes
    ----------
    contents : Contents
        The data set.
    folder : Path
        To be filled.
    options : ExportOptions
    images : list of ImageRow
        All images of the data set.
    notes : list of str
        What the user should know; grows.
    left_out : int
        Images that have no class, where the layout needs one.
    recordings : int
        Sittings, where the layout has them.
    study : Store or None
        Where the images have their original size.
    """

    def __init__(
        self,
        contents: Contents,
        images: list[ImageRow],
        folder: Path,
        options: ExportOptions,
        progress: Progress | None,
        study: Store | None,
    ) -> None:
        self.contents = contents
        self.folder = folder
        self.options = options
        self.images = images
        self.notes: list[str] = []
        self.left_out = 0
        self.recordings = 0
        self.study = study
        self._progress = progress
        self._known = {image.id for image in study.images()} if study else set()

    @property
    def report(self) -> ExportReport:
        """What was exported."""
        return ExportReport(len(self.images) - self.left_out, self.left_out, self.notes, self.recordings)

    def each(self, items: Sequence[Item], what: str) -> Iterator[Item]:
        """Go through items and tell how far it is; raises `Cancelled` where that was asked for."""
        for done, item in enumerate(items):
            if self._progress:
                self._progress(done, len(items), what)
            yield item
        if self._progress:
            self._progress(len(items), len(items), what)

    def with_class(self) -> list[ImageRow]:
        """Return the images that have a class; the others are counted as left out.

        Raises
        ------
        BadInput
            If there is none.
        """
        found = [image for image in self.images if image.target >= 0]
        if not found:
            raise BadInput(
                f"No image of {self.contents.file.filename} has a class: neither pathology nor a used "
                "reading is known.",
                "Read the images, or import their pathology, and build again.",
            )
        self.left_out = len(self.images) - len(found)
        return found

    def hides_gaze(self, image: ImageRow) -> bool:
        """Whether an image's gaze is kept back: that of the test part, unless it was asked for."""
        return image.split == TEST and not self.options.test_gaze

    def gives_map(self, image: ImageRow) -> bool:
        """Whether an image has a gaze map that may be given out."""
        return image.has_gaze and not self.hides_gaze(image)

    def note_gaze(self, images: Iterable[ImageRow]) -> None:
        """Note whose gaze is left out or missing, and how maps of it were made."""
        images = list(images)
        test = sum(image.has_gaze and self.hides_gaze(image) for image in images)
        if test:
            self.notes.append(f"The gaze of {test} test images is left out (--test-gaze gives it out).")
        without = sum(not image.has_gaze and image.split != TEST for image in images)
        if without:
            self.notes.append(f"{without} training or validation images have no gaze, so no attention map.")
        self.notes += self.contents.weighting.in_words()
        if self.contents.bias_removed:
            self.notes.append(
                "The central bias is taken off the attention maps, which come from the data set's own grid; "
                "regions of gaze of single readings still have it."
            )

    @property
    def size_in_words(self) -> str:
        """At which size images are exported."""
        if self.study:
            return "their original size"
        return f"the scale of a grid of {self.contents.side_px} px"

    def scale(self, image: ImageRow) -> float:
        """Px of the exported image for one image px."""
        return 1.0 if self.study else image.grid.scale

    def pixels(self, image: ImageRow) -> NDArray[np.uint8]:
        """Read an image as it is exported: RGB, without padding, shape (rows, columns, 3)."""
        if self.study is None:
            return self.contents.pixels(image)
        if image.id not in self._known:
            raise BadInput(
                f"{self.options.study} does not have image {image.name}.",
                "Give the study of this data set.",
            )
        return as_uint8(read_image(self.study.image_file(image.id)))

    def attention(self, image: ImageRow) -> NDArray[np.uint8]:
        """Compute the gaze map of an image that has gaze, in grey, 255 = most gaze, at its exported size."""
        return as_grey(self.contents.attention(image, self.study is not None))


def as_grey(attention: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Bring a map of 0 to 1 to eight bits."""
    return np.round(attention * 255).astype(np.uint8)


@contextmanager
def packing(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Progress | None,
    layout: str,
    *,
    class_folders: bool = False,
) -> Iterator[Package]:
    """Open a data set and a new folder to export it into.

    When the block succeeds the folder gets its README and checksums and takes its name; else
    nothing is left.

    Parameters
    ----------
    dataset, target : Path
    options : ExportOptions
    progress : callable, optional
    layout : str
        Of the README: the format, its files and units, in Markdown; ``{size}`` in it becomes the
        size at which images are exported.
    class_folders : bool
        Whether classes become folders, so that their names must do for that.

    Raises
    ------
    UserError
        If the data set, the study or the target cannot be used.
    """
    with ExitStack() as stack:
        contents = Contents(stack.enter_context(open_dataset(dataset)))
        images = contents.images()
        classes = contents.classes if class_folders else []
        _check_names(dataset, [*classes, *(image.name for image in images)])
        study = stack.enter_context(Store.open(options.study)) if options.study else None
        folder = stack.enter_context(whole_folder(target))
        package = Package(contents, images, folder, options, progress, study)
        if contents.eye != MEAN:
            package.notes.append(f"Gaze and fixations are those of one eye: {contents.eye}.")
        yield package
        text = readme(dataset_info(dataset), layout.replace("{size}", package.size_in_words), package.notes)
        (folder / "README.md").write_text(text, encoding="utf-8")
        _write_checksums(package)


def _check_names(dataset: Path, names: Iterable[str]) -> None:
    for name in names:
        if _NO_NAME.search(name):
            raise BadInput(
                f"{dataset} has a class or image named {name!r}, which cannot name a folder or file.",
                "Run `gazeannotator dataset check` on it, and build or import it again.",
            )


def write_picture(path: Path, pixels: NDArray[Any]) -> None:
    """Write a picture (RGB or grey, uint8) without loss, in the format of its suffix."""
    # Not imwrite: it hides why a file could not be written, and knows no Unicode paths on Windows.
    options = [cv2.IMWRITE_TIFF_COMPRESSION, 1] if path.suffix == ".tif" else []
    in_order = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    _, encoded = cv2.imencode(path.suffix, np.ascontiguousarray(in_order), options)
    path.write_bytes(encoded.tobytes())


def _write_checksums(package: Package) -> None:
    files = sorted(path for path in package.folder.rglob("*") if path.is_file())
    lines = []
    for path in package.each(files, "Checksums"):
        lines.append(f"{sha256_of(path)}  {path.relative_to(package.folder).as_posix()}\n")
    (package.folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
