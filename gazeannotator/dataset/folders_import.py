"""Import of folders: a data set that was published in the reference study's layout."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.atomic import reason
from gazeannotator.dataset.build import SMALLEST_GRID_PX
from gazeannotator.dataset.fingerprint import fingerprint
from gazeannotator.dataset.folder_tree import ImageFile, Tree, find_images, natural_order
from gazeannotator.dataset.grid import content, pixels_on_grid, resized
from gazeannotator.dataset.leakage import find_leakage
from gazeannotator.dataset.parts import Parts
from gazeannotator.dataset.schema import SPLITS
from gazeannotator.dataset.splits import empty_parts
from gazeannotator.dataset.writer import DatasetWriter, writing
from gazeannotator.errors import BadInput
from gazeannotator.gaze.csv_reading import read_csv
from gazeannotator.gaze.heatmap import scaled_to_one
from gazeannotator.geometry import GridMap, fit_grid
from gazeannotator.study.identity import StudyKey, image_id
from gazeannotator.study.images import Pixels, decode
from gazeannotator.study.metadata import FileNames
from gazeannotator.study.model import Scheme, SchemeClass

_GREY_TOLERANCE = 8 / 255


@dataclass(frozen=True)
class FoldersReport:
    """What was imported.

    Attributes
    ----------
    images, with_gaze : int
    splits : dict
        Part → number of images.
    classes : dict
        Class → number of images.
    patients_known : bool
    refused : list of (str, str)
        File, and why it was not taken.
    notes : list of str
        What the user should know.
    """

    images: int
    with_gaze: int
    splits: dict[str, int]
    classes: dict[str, int]
    patients_known: bool
    refused: list[tuple[str, str]]
    notes: list[str]


def import_folders(
    source: Path,
    target: Path,
    *,
    size: int = 512,
    patients: Path | None = None,
    scheme: Scheme | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> FoldersReport:
    """Turn a folder tree of images and attention maps into a data set.

    Parameters
    ----------
    source : Path
        As `gazeannotator.dataset.folders` writes it, from whomever.
    target : Path
        Replaced when the new file is whole.
    size : int
        Side of the grid, px.
    patients : Path, optional
        CSV with ``file,patient``; without it every image is its own patient.
    scheme : Scheme, optional
        Class folders are keys or names of its classes; without it the folders are the classes.
    progress : callable, optional

    Returns
    -------
    FoldersReport

    Raises
    ------
    UserError
        If the folder, the table or the target cannot be used; single bad files are refused and listed.
    """
    if size < SMALLEST_GRID_PX:
        raise BadInput(f"A grid of {size} px is too small.", f"Give at least {SMALLEST_GRID_PX}.")
    tree = find_images(source)
    folders = sorted(tree.classes, key=natural_order)
    scheme, index = _classes(source, folders, scheme)
    patient_of = _patients(patients, tree)
    with writing(target, size) as writer:
        importer = _Importer(writer, tree, size)
        for done, file in enumerate(tree.files):
            if progress:
                progress(done, len(tree.files), "Images")
            importer.take(file, index[file.class_folder], patient_of.get(file.path))
        if not importer.taken:
            raise BadInput(f"No image of {source} can be read.", f"The first: {tree.refused[0][1]}")
        _no_patient_twice(importer)
        split = np.array([file.part for file in importer.taken.values()], np.int8)
        parts = Parts(split, {"/images/split": split}, [])
        leakage = find_leakage(importer.fingerprints, list(importer.taken), importer.patients, parts)
        importer.tree.notes += leakage.warnings
        attributes = {
            "study": source.resolve().name,
            "scheme": asdict(scheme),
            "build": {"source": "folders", "size": size, "patients": patients is not None, **leakage.told},
            "readers": [],
            "patients_known": importer.unknown == 0,
            "simulated": False,
        }
        writer.finish(parts.columns, attributes)
        if progress:
            progress(len(tree.files), len(tree.files), "Images")
    return _report(importer, scheme)


class _Importer:
    """Takes image files one after another; what is wrong with one goes to the tree's lists.

    Parameters
    ----------
    writer : DatasetWriter
    tree : Tree
    size : int
        Side of the grid, px.
    """

    def __init__(self, writer: DatasetWriter, tree: Tree, size: int) -> None:
        self.tree = tree
        self.taken: dict[str, ImageFile] = {}
        self.patients: list[str] = []
        self.classes: list[int] = []
        self.unknown = 0
        self.with_gaze = 0
        self.without_map = 0
        self.fingerprints = bytearray()
        self._writer = writer
        self._size = size

    def take(self, file: ImageFile, class_index: int, patient: str | None) -> None:
        """Read an image and its map and write them, or list why not."""
        name = self.tree.name(file.path)
        try:
            pixels = _decoded(file.path, name)
        except BadInput as error:
            self.tree.refused.append((name, str(error)))
            return
        new = image_id(pixels)
        if new in self.taken:
            before = self.tree.name(self.taken[new].path)
            self.tree.refused.append((name, f"It is the same image as {before}."))
            return
        size_px = (pixels.shape[1], pixels.shape[0])
        grid = fit_grid(size_px, self._size)
        heatmap = self._heatmap(file, size_px, grid)
        self.taken[new] = file
        self.unknown += patient is None
        self.patients.append(patient or f"unknown-{len(self.taken)}")
        self.classes.append(class_index)
        self.with_gaze += heatmap is not None
        columns = {
            "id": new,
            "patient": self.patients[-1],
            "size_px": size_px,
            "to_grid": (grid.scale, grid.dx_px, grid.dy_px),
            "truth": class_index,
            "label": class_index,
        }
        on_grid = pixels_on_grid(pixels, grid, self._size)
        self.fingerprints += fingerprint(on_grid[content(grid)])
        self._writer.write_image(on_grid, heatmap, columns)

    def _heatmap(
        self, file: ImageFile, size_px: tuple[int, int], grid: GridMap
    ) -> NDArray[np.float64] | None:
        """Read an image's attention map onto the grid; None where there is none that can be used."""
        if file.attention is None:
            self.without_map += SPLITS[file.part] != "test"
            return None
        name = self.tree.name(file.attention)
        try:
            grey = _grey(_decoded(file.attention, name), name)
        except BadInput as error:
            self.tree.refused.append((name, f"{error} Its image is taken without gaze."))
            return None
        if not grey.any():
            self.tree.notes.append(f"{name} is all black: its image is taken without gaze.")
            return None
        if (grey.shape[1], grey.shape[0]) != size_px:
            sizes = f"{grey.shape[1]}x{grey.shape[0]}, its image {size_px[0]}x{size_px[1]}"
            self.tree.notes.append(f"{name} is {sizes}: resized.")
        heatmap = np.zeros((self._size, self._size))
        heatmap[content(grid)] = resized(grey, (grid.width_px, grid.height_px)).clip(min=0)
        return scaled_to_one(heatmap)


def _grey(pixels: Pixels, name: str) -> NDArray[np.float64]:
    values = pixels.astype(np.float64) / np.iinfo(pixels.dtype).max
    if np.ptp(values, axis=2).max() > _GREY_TOLERANCE:
        raise BadInput(
            f"{name} is a picture in colours, not a grey map.", "Put the grey maps into attentions/."
        )
    return np.asarray(values.mean(axis=2))


def _decoded(path: Path, name: str) -> Pixels:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {reason(error)}.") from None
    return decode(data, name).pixels


def _classes(source: Path, folders: Sequence[str], scheme: Scheme | None) -> tuple[Scheme, dict[str, int]]:
    if scheme is None:
        classes = tuple(SchemeClass(str(number), name) for number, name in enumerate(folders, start=1))
        return Scheme(source.resolve().name, classes), {name: index for index, name in enumerate(folders)}
    index = {}
    for name in folders:
        found = scheme.index_of(name)
        if found is None:
            known = ", ".join(each.name for each in scheme.classes)
            raise BadInput(
                f"The class folder {name!r} is no class of {scheme.name} ({known}).", "Rename the folder."
            )
        index[name] = found
    return scheme, index


def _patients(table: Path | None, tree: Tree) -> dict[Path, str]:
    """Pseudonym of each file's patient, as far as the table tells."""
    if table is None:
        return {}
    by_name = {tree.name(each.path): each.path for each in tree.files}
    names = FileNames(by_name)
    # Nobody keeps this key: the pseudonyms tell patients apart and cannot be traced back.
    key = StudyKey(secrets.token_bytes(32))
    patients: dict[Path, str] = {}
    for line, (file, patient) in read_csv(table, ("file", "patient")):
        found = names.find(file)
        where = f"{table.name} line {line}"
        if len(found) > 1:
            tree.refused.append((where, f"{file} may be {found[0]} or {found[1]}: write the path."))
        elif not found:
            tree.refused.append((where, f"There is no image {file}."))
        elif patient:
            pseudonym = key.patient_pseudonym(patient)
            if patients.setdefault(by_name[found[0]], pseudonym) != pseudonym:
                raise BadInput(
                    f"{table} line {line}: {file} has another patient than above.", "Correct the table."
                )
    return patients


def _no_patient_twice(importer: _Importer) -> None:
    part_of: dict[str, int] = {}
    for patient, file in zip(importer.patients, importer.taken.values(), strict=True):
        if part_of.setdefault(patient, file.part) != file.part:
            parts = f"{SPLITS[part_of[patient]]} and {SPLITS[file.part]}"
            raise BadInput(
                f"The patient of {importer.tree.name(file.path)} has images in both {parts}.",
                "Move all images of a patient into one part: else the test would know the answer.",
            )


def _report(importer: _Importer, scheme: Scheme) -> FoldersReport:
    parts = Counter(file.part for file in importer.taken.values())
    classes = Counter(importer.classes)
    notes = list(importer.tree.notes)
    if empty := [name for part, name in enumerate(SPLITS) if not parts[part]]:
        notes.append(empty_parts(empty))
    if importer.without_map:
        notes.append(f"{importer.without_map} training or validation images have no attention map.")
    if importer.unknown:
        notes.append("Patients are not known: intervals computed from this data set cannot account for them.")
    return FoldersReport(
        images=len(importer.taken),
        with_gaze=importer.with_gaze,
        splits={name: parts[part] for part, name in enumerate(SPLITS)},
        classes={each.name: classes[index] for index, each in enumerate(scheme.classes)},
        patients_known=importer.unknown == 0,
        refused=importer.tree.refused,
        notes=notes,
    )
