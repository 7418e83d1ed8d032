"""Data set format 1.0: names, types and shapes of an HDF5 file, and how one is opened and validated.

All that the trainer knows of the app is in this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.rules import Content, Problem, broken_rules
from gazeannotator.dataset.volumes import check_volumes
from gazeannotator.errors import BadInput

FORMAT = "gazeannotator-dataset"
FORMAT_VERSION = "1.0"

SPLITS = ("train", "validation", "test")
"""Names of the values 0, 1, 2 of /images/split."""

TARGETS = ("auto", "truth", "label")


@dataclass(frozen=True)
class Array:
    """Type and shape of one array.

    Attributes
    ----------
    dtype : str
        A numpy type, or ``str`` for UTF-8 text.
    shape : tuple
        Numbers, and the letters I (images), R (readings), N (samples), F (fixations), S (grid size).
    """

    dtype: str
    shape: tuple[str | int, ...]

    @property
    def rest(self) -> tuple[int, ...]:
        """The numbers in its shape."""
        return tuple(each for each in self.shape if isinstance(each, int))


LAYOUT: dict[str, Array] = {
    "/images/id": Array("str", ("I",)),
    "/images/patient": Array("str", ("I",)),
    "/images/pixels": Array("uint8", ("I", "S", "S", 3)),
    "/images/size_px": Array("int32", ("I", 2)),
    "/images/to_grid": Array("float64", ("I", 3)),
    "/images/truth": Array("int8", ("I",)),
    "/images/label": Array("int8", ("I",)),
    "/images/split": Array("int8", ("I",)),
    "/images/has_gaze": Array("bool", ("I",)),
    "/images/heatmap": Array("float16", ("I", "S", "S")),
    "/readings/image": Array("int32", ("R",)),
    "/readings/id": Array("str", ("R",)),
    "/readings/reader": Array("str", ("R",)),
    "/readings/session": Array("str", ("R",)),
    "/readings/source": Array("str", ("R",)),
    "/readings/label": Array("int8", ("R",)),
    "/readings/confidence": Array("int8", ("R",)),
    "/readings/flagged": Array("bool", ("R",)),
    "/readings/valid": Array("bool", ("R",)),
    "/readings/exclusion": Array("str", ("R",)),
    "/readings/onset_s": Array("float64", ("R",)),
    "/readings/duration_s": Array("float64", ("R",)),
    "/readings/response_s": Array("float64", ("R",)),
    "/readings/onset_correction_s": Array("float32", ("R",)),
    "/readings/onset_method": Array("str", ("R",)),
    "/readings/session_utc": Array("str", ("R",)),
    "/readings/rate_hz": Array("float32", ("R",)),
    "/readings/accuracy_deg": Array("float32", ("R",)),
    "/readings/precision_rms_deg": Array("float32", ("R",)),
    "/readings/data_loss": Array("float32", ("R",)),
    "/readings/screen_px": Array("float64", ("R", 2)),
    "/readings/screen_mm": Array("float64", ("R", 2)),
    "/readings/distance_mm": Array("float64", ("R",)),
    "/readings/placement": Array("float64", ("R", 4)),
    "/readings/px_per_deg": Array("float64", ("R",)),
    "/readings/gaze_first": Array("int64", ("R",)),
    "/readings/gaze_count": Array("int64", ("R",)),
    "/readings/fixation_first": Array("int64", ("R",)),
    "/readings/fixation_count": Array("int64", ("R",)),
    "/gaze/t_s": Array("float64", ("N",)),
    "/gaze/xy_px": Array("float32", ("N", 2)),
    "/gaze/left_px": Array("float32", ("N", 2)),
    "/gaze/right_px": Array("float32", ("N", 2)),
    "/gaze/pupil_mm": Array("float32", ("N", 2)),
    "/fixations/onset_s": Array("float64", ("F",)),
    "/fixations/duration_s": Array("float64", ("F",)),
    "/fixations/xy_px": Array("float32", ("F", 2)),
    "/fixations/samples": Array("int32", ("F",)),
}

OPTIONAL: dict[str, Array] = {
    "/images/fold": Array("int8", ("I",)),
}
"""Arrays that are there only where they were asked for."""

ATTRIBUTES: dict[str, type] = {
    "format": str,
    "format_version": str,
    "created_utc": str,
    "software": str,
    "study": str,
    "scheme": dict,
    "build": dict,
    "readers": list,
    "patients_known": bool,
    "simulated": bool,
}
"""Root attributes; dict and list are stored as JSON text."""


def open_dataset(path: Path) -> Any:  # noqa: ANN401 - h5py has no types
    """Open a data set for reading.

    Parameters
    ----------
    path : Path

    Returns
    -------
    h5py.File
        Format and version are checked, and every array is there.

    Raises
    ------
    BadInput
        If there is no such file, or it is truncated, of another program or a newer version; or a
        part of it that lies in another file is missing, truncated or not its own.
    """
    if not path.is_file():
        raise BadInput(
            f"There is no data set {path}.",
            "Check the name, or build one with `gazeannotator dataset build`.",
        )
    try:
        # Where a link leads is where the other files of a data set are.
        file = h5py.File(path.resolve(), "r")
    except OSError as error:
        raise _unreadable(path, str(error)) from None
    try:
        _check_version(path, file)
        missing = [name for name in LAYOUT if not isinstance(file.get(name), h5py.Dataset)]
        missing += [name for name in ATTRIBUTES if name not in file.attrs]
        if missing:
            raise BadInput(
                f"{path} is not a whole data set: {missing[0]} is missing.", "Build or import it again."
            )
        check_volumes(path, file)
    except BaseException:
        file.close()
        raise
    return file


def _unreadable(path: Path, reason: str) -> BadInput:
    if not path.stat().st_size:
        return BadInput(f"{path} is empty.", "Build or import the data set again.")
    if "truncated" in reason:
        return BadInput(f"{path} is cut off: its end is missing.", "Copy it again, or build it again.")
    if "lock" in reason:
        return BadInput(f"{path} is being written by another program.", "Wait until it is done.")
    if "Permission denied" in reason:
        return BadInput(f"{path} may not be read by you.", "Ask for the right to read it.")
    return BadInput(
        f"{path} is not a data set: it is no intact HDF5 file.",
        "Give a file made by `gazeannotator dataset`.",
    )


def _check_version(path: Path, file: Any) -> None:  # noqa: ANN401
    if file.attrs.get("format") != FORMAT:
        raise BadInput(
            f"{path} is an HDF5 file of another program, not a data set of ours.",
            "Give a file made by `gazeannotator dataset build` or `import-folders`.",
        )
    version = file.attrs.get("format_version")
    if version != FORMAT_VERSION:
        raise BadInput(
            f"{path} has data set format {version}; this program reads {FORMAT_VERSION}.",
            "Install the GazeAnnotator that wrote it, or build the file again with this one.",
        )


def strings(array: Any) -> list[str]:  # noqa: ANN401
    """Read an array of text."""
    return [str(each) for each in array.asstr()[:]]


def json_attribute(file: Any, name: str) -> Any:  # noqa: ANN401
    """Read a root attribute that holds JSON.

    Raises
    ------
    BadInput
        If it does not.
    """
    try:
        return json.loads(file.attrs[name])
    except (TypeError, ValueError):
        raise BadInput(
            f"The attribute {name} of {file.filename} is damaged.", "Build or import it again."
        ) from None


def class_names(file: Any) -> list[str]:  # noqa: ANN401
    """Names of the scheme's classes, in the order of their indices."""
    return [str(each["name"]) for each in json_attribute(file, "scheme")["classes"]]


def target_classes(truth: NDArray[Any], label: NDArray[Any], target: str = "auto") -> NDArray[np.int8]:
    """Choose what is to be learnt: the truth, the readers' label, or (auto) the truth where it is known.

    Parameters
    ----------
    truth, label : ndarray, shape (n,)
        Class indices, -1 unknown.
    target : {"auto", "truth", "label"}

    Returns
    -------
    ndarray, shape (n,)
        Class indices, -1 where there is none.
    """
    if target not in TARGETS:
        raise ValueError(f"target must be one of {TARGETS}, got {target!r}")
    chosen = {"auto": np.where(truth >= 0, truth, label), "truth": truth, "label": label}[target]
    return np.asarray(chosen, np.int8)


def validate(path: Path) -> list[Problem]:
    """Check every array of a data set against the format.

    Raises
    ------
    BadInput
        As `open_dataset`: what cannot be opened cannot be checked.
    """
    with open_dataset(path) as file:
        problems = [*_wrong_attributes(file), *_wrong_arrays(file)]
        if problems:
            return problems
        try:
            return broken_rules(Content(file, len(class_names(file))))
        except (OSError, UnicodeDecodeError) as error:
            return [
                Problem(
                    f"its data cannot be read ({error})", str(path), "Copy the file again, or build it again."
                )
            ]


def _wrong_attributes(file: Any) -> Iterator[Problem]:  # noqa: ANN401
    remedy = "Build or import the file again."
    for name, kind in ATTRIBUTES.items():
        value = file.attrs[name]
        if kind in (dict, list):
            try:
                value = json.loads(value)
            except (TypeError, ValueError):
                yield Problem("is not JSON", f"attribute {name}", remedy)
                continue
        if kind is bool and isinstance(value, np.bool_):
            value = bool(value)
        if not isinstance(value, kind):
            yield Problem(f"is {type(value).__name__}, not {kind.__name__}", f"attribute {name}", remedy)
        elif name == "scheme" and not _is_scheme(value):
            yield Problem(
                "is no list of classes with key and name, each name once", "attribute scheme", remedy
            )


def _is_scheme(scheme: Any) -> bool:  # noqa: ANN401
    classes = scheme.get("classes")
    if not isinstance(classes, list) or not classes:
        return False
    if not all(isinstance(each, dict) and {"key", "name"} <= set(each) for each in classes):
        return False
    return len({each["name"] for each in classes}) == len(classes)


def _wrong_arrays(file: Any) -> Iterator[Problem]:  # noqa: ANN401
    remedy = "Build or import the file again."
    sizes: dict[str, int] = {}
    for name, expected in {**LAYOUT, **OPTIONAL}.items():
        array = file.get(name)
        if array is None:
            continue  # of those that need not be there
        if not isinstance(array, h5py.Dataset):
            yield Problem("is no array", name, remedy)
            continue
        text = h5py.check_string_dtype(array.dtype) is not None
        if text != (expected.dtype == "str") or (not text and array.dtype != np.dtype(expected.dtype)):
            yield Problem(f"is {array.dtype}, not {expected.dtype}", name, remedy)
        wanted = tuple(
            sizes.setdefault(each, array.shape[axis]) if isinstance(each, str) and axis < array.ndim else each
            for axis, each in enumerate(expected.shape)
        )
        if array.shape != wanted:
            yield Problem(f"has shape {array.shape}, not {wanted}", name, remedy)
