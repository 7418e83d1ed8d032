"""Reads the data set: which images can be learnt from, and their pixels and gaze maps as tensors.

Gaze maps are read image by image and only for the split that was asked for: training never
touches those of the test images.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from gazeannotator.dataset import schema
from gazeannotator.errors import BadInput
from gazemodel.config import TrainConfig

SplitName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class DataFacts:
    """All of a data set but its pixels and gaze; I images.

    Attributes
    ----------
    path : Path
    fingerprint : str
        Changes with the images, their targets and their splits.
    classes : tuple of str
    ids, patient : ndarray of str, shape (I,)
    target : ndarray of int, shape (I,)
        Class to learn, -1 where there is none.
    split : ndarray of int, shape (I,)
        Index into `schema.SPLITS`.
    fold : ndarray of int, shape (I,), or None
        0, 1, 2, …; None where the data set was built without folds.
    has_gaze : ndarray of bool, shape (I,)
    gaze_row : ndarray of int, shape (I,)
        Row whose gaze map an image is trained with: its own, but in a control.
    content : ndarray of int, shape (I, 4)
        x0, y0, width, height of the image within its grid, px.
    """

    path: Path
    study: str
    created_utc: str
    fingerprint: str
    simulated: bool
    patients_known: bool
    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    patient: NDArray[np.str_]
    target: NDArray[np.int64]
    split: NDArray[np.int64]
    fold: NDArray[np.int64] | None
    has_gaze: NDArray[np.bool_]
    gaze_row: NDArray[np.int64]
    content: NDArray[np.int64]
    grid_px: int

    def rows(self, split: SplitName) -> NDArray[np.int64]:
        """Rows of the images of a split that have a target."""
        return np.flatnonzero((self.split == schema.SPLITS.index(split)) & (self.target >= 0))


def read_facts(path: Path, target: str = "auto") -> DataFacts:
    """Read what a data set holds.

    Parameters
    ----------
    path : Path
    target : {"auto", "truth", "label"}
        What is to be learnt.

    Raises
    ------
    BadInput
        If the file is not a data set, or cannot be read.
    """
    with schema.open_dataset(path) as file:
        images = file["images"]
        truth, label = images["truth"][:], images["label"][:]
        ids = np.array(schema.strings(images["id"]), dtype=np.str_)
        chosen = schema.target_classes(truth, label, target).astype(np.int64)
        split = images["split"][:].astype(np.int64)
        to_grid = images["to_grid"][:]
        if not np.isfinite(to_grid).all():
            raise BadInput(f"{path} has NaN in /images/to_grid.", "Build or import the data set again.")
        size = np.rint(images["size_px"][:] * to_grid[:, :1])
        digest = hashlib.sha256("\n".join(ids).encode() + chosen.tobytes() + split.tobytes())
        return DataFacts(
            path=path,
            study=str(file.attrs["study"]),
            created_utc=str(file.attrs["created_utc"]),
            fingerprint=digest.hexdigest(),
            simulated=bool(file.attrs["simulated"]),
            patients_known=bool(file.attrs["patients_known"]),
            classes=tuple(schema.class_names(file)),
            ids=ids,
            patient=np.array(schema.strings(images["patient"]), dtype=np.str_),
            target=chosen,
            split=split,
            fold=images["fold"][:].astype(np.int64) if "fold" in images else None,
            has_gaze=images["has_gaze"][:].astype(bool),
            gaze_row=np.arange(len(ids)),
            content=np.column_stack([np.rint(to_grid[:, 1:]), size]).astype(np.int64),
            grid_px=int(images["pixels"].shape[1]),
        )


def check_trainable(facts: DataFacts, config: TrainConfig) -> list[str]:
    """Refuse what cannot be trained on; what is only worth knowing is returned.

    Returns
    -------
    list of str
        Remarks for the report.

    Raises
    ------
    BadInput
        Fewer than two training images or classes, no validation images, or, for a loss that
        uses gaze, no training image with a gaze map that says anything.
    """
    train, validation = facts.rows("train"), facts.rows("validation")
    if len(train) < 2:
        raise BadInput(
            f"{facts.path} has {len(train)} training image(s) with a {_target_words(config)}.",
            "Label more images, or choose another --target.",
        )
    present = np.unique(facts.target[train])
    if len(present) < 2:
        raise BadInput(
            f"All training images of {facts.path} are of one class ({facts.classes[present[0]]}).",
            "A network needs at least two classes: add images, or build with another split.",
        )
    if len(validation) == 0:
        raise BadInput(
            f"{facts.path} has no validation images with a {_target_words(config)}.",
            "Build it with validation images, e.g. --split 60/20/20, or add patients.",
        )
    remarks = _remarks(facts, train)
    if config.uses_gaze:
        remarks += _check_gaze(facts, config, train)
    return remarks


def _target_words(config: TrainConfig) -> str:
    return {"auto": "known class", "truth": "known pathology", "label": "reader's label"}[config.target]


def _remarks(facts: DataFacts, train: NDArray[np.int64]) -> list[str]:
    remarks = []
    without = int(np.sum(facts.target < 0))
    if without:
        remarks.append(f"{without} image(s) without a known class were left out.")
    absent = sorted(set(range(len(facts.classes))) - set(facts.target[train].tolist()))
    if absent:
        names = ", ".join(facts.classes[index] for index in absent)
        remarks.append(f"No training image is of class {names}: it cannot be learnt.")
    if not len(facts.rows("test")):
        remarks.append("There are no test images: results are those of the validation images.")
    return remarks


def _check_gaze(facts: DataFacts, config: TrainConfig, train: NDArray[np.int64]) -> list[str]:
    choice = "Choose --attention-loss none to train without gaze, or give a data set with gaze."
    rows = train[facts.has_gaze[train]]
    if not len(rows):
        raise BadInput(
            f"No training image of {facts.path} has gaze, which '{config.attention_loss}' is to learn from.",
            choice,
        )
    empty = 0
    with schema.open_dataset(facts.path) as file:
        for row in rows:
            heatmap = read_heatmap(file, facts, int(row))
            empty += bool(heatmap.max() == heatmap.min())
    if empty == len(rows):
        raise BadInput(
            f"The gaze maps of all {empty} training images of {facts.path} are constant or all zero: "
            f"'{config.attention_loss}' would learn from nothing.",
            choice,
        )
    remarks = []
    if len(rows) < len(train):
        remarks.append(f"{len(train) - len(rows)} of {len(train)} training images have no gaze.")
    if empty:
        remarks.append(
            f"The gaze maps of {empty} training image(s) are constant: they count as without gaze."
        )
    return remarks


def read_heatmap(file: Any, facts: DataFacts, row: int) -> NDArray[np.float32]:  # noqa: ANN401 - h5py has no types
    """Read an image's gaze map, shape (S, S).

    Raises
    ------
    BadInput
        Where it holds NaN or negative numbers.
    """
    heatmap: NDArray[np.float32] = file["images/heatmap"][row].astype(np.float32)
    if not np.isfinite(heatmap).all() or heatmap.min() < 0:
        raise BadInput(
            f"The gaze map of image {facts.ids[row]} (row {row}) of {facts.path} has NaN or negative values.",
            "Build or import the data set again, and run `gazeannotator dataset check` on it.",
        )
    return heatmap


def to_input(grid: NDArray[Any], content: NDArray[np.int64], size: int, *, keep_aspect: bool) -> NDArray[Any]:
    """Bring a picture or map from the data set's grid to the network's input size.

    Parameters
    ----------
    grid : ndarray, shape (S, S) or (S, S, 3)
    content : ndarray, shape (4,)
        x0, y0, width, height of the image within the grid, px.
    size : int
        Side of the result, px.
    keep_aspect : bool
        False: the image alone, without its padding, is stretched to a square (bicubic).
    """
    if not keep_aspect:
        x0, y0, width, height = (int(each) for each in content)
        grid = grid[y0 : y0 + height, x0 : x0 + width]
        return np.asarray(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC))
    if grid.shape[0] == size:
        return grid
    shrinks = grid.shape[0] > size
    return np.asarray(
        cv2.resize(grid, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    )


class ImageSet(Dataset[dict[str, Tensor]]):
    """Images of one split at the network's input size, kept in memory once read as far as it suffices.

    Each item is a dict: ``image`` (3, size, size) uint8, ``label``, ``row``, ``has_gaze`` and, if
    `gaze` is asked for, ``gaze`` (1, size, size) float32 in 0..1 (zero where there is none).

    Parameters
    ----------
    facts : DataFacts
    rows : ndarray of int
        Rows of the data set.
    size : int
    keep_aspect : bool
    gaze : bool
        Whether gaze maps are read at all.
    """

    def __init__(
        self, facts: DataFacts, rows: NDArray[np.int64], size: int, *, keep_aspect: bool, gaze: bool
    ) -> None:
        self.facts, self.rows, self.size = facts, rows, size
        self._keep_aspect, self._gaze = keep_aspect, gaze
        self._file: Any = None
        self._kept: dict[int, dict[str, Tensor]] = {}
        bytes_each = size * size * (3 + (2 if gaze else 0))
        self._room = int(psutil.virtual_memory().available * 0.4) // bytes_each

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        item = self._kept.get(index)
        if item is None:
            item = self._read(int(self.rows[index]))
            if len(self._kept) < self._room:
                self._kept[index] = item
        if self._gaze:
            return {**item, "gaze": item["gaze"].float()}
        return item

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __getstate__(self) -> dict[str, Any]:  # an open file cannot go to another process
        return {**self.__dict__, "_file": None, "_kept": {}}

    def _read(self, row: int) -> dict[str, Tensor]:
        if self._file is None:
            self._file = schema.open_dataset(self.facts.path)
        content = self.facts.content[row]
        pixels = to_input(self._file["images/pixels"][row], content, self.size, keep_aspect=self._keep_aspect)
        item = {
            "image": torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))),
            "label": torch.tensor(int(self.facts.target[row])),
            "row": torch.tensor(row),
            "has_gaze": torch.tensor(bool(self.facts.has_gaze[row])),
        }
        if self._gaze:
            gaze, usable = self._read_gaze(row)
            item["gaze"] = gaze
            item["has_gaze"] &= usable
        return item

    def _read_gaze(self, row: int) -> tuple[Tensor, bool]:
        if not self.facts.has_gaze[row]:
            return torch.zeros(1, self.size, self.size, dtype=torch.float16), False
        source = int(self.facts.gaze_row[row])
        heatmap = read_heatmap(self._file, self.facts, source)
        usable = bool(heatmap.max() > heatmap.min())
        content = self.facts.content[source]
        heatmap = to_input(heatmap, content, self.size, keep_aspect=self._keep_aspect).clip(0, 1)
        return torch.from_numpy(heatmap[None].astype(np.float16)), usable
