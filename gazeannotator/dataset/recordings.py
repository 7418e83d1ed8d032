"""A data set as recordings: sitting by sitting, gaze back on the screen on which it was recorded."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ImageRow
from gazeannotator.dataset.schema import LAYOUT
from gazeannotator.geometry import Placement, image_px_to_screen_px

Floats = NDArray[np.float64]

_NO_LABEL = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True)
class Shown:
    """One reading: an image that was shown to a reader. Its columns of /readings are its items.

    Attributes
    ----------
    row : int
        In /readings.
    image : ImageRow
    """

    row: int
    image: ImageRow
    _columns: Mapping[str, NDArray[Any]]

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401 - as in the format
        """Return a value as plain Python: a number, a text, a tuple of numbers."""
        value = self._columns[column][self.row]
        if isinstance(value, np.ndarray):
            return tuple(value.tolist())
        if isinstance(value, np.float32):
            return float(str(value))  # the shortest number that is the same in single precision
        return value.item() if isinstance(value, np.generic) else value

    @property
    def placement(self) -> Placement:
        """Where the image lay on the screen."""
        return Placement(*self["placement"])

    @property
    def timed(self) -> bool:
        """Whether its place in time is known."""
        return math.isfinite(self["onset_s"])

    @property
    def answered(self) -> bool:
        """Whether the reader gave an answer, be it that the image cannot be assessed."""
        return bool(self["exclusion"] != "interrupted")


@dataclass(frozen=True)
class Recording:
    """One sitting of one reader before one screen.

    Attributes
    ----------
    shown : tuple of Shown
        Its readings, in the order in which they happened.
    """

    reader: str
    session: str
    session_utc: str
    screen_px: tuple[float, float]
    screen_mm: tuple[float, float]
    shown: tuple[Shown, ...]

    @property
    def simulated(self) -> bool:
        """Whether the gaze is that of the simulated eye."""
        return any(each["source"] == "simulated" for each in self.shown)

    def median(self, column: str) -> float:
        """Median of a column over its readings, NaN where none knows it."""
        known = [each[column] for each in self.shown if math.isfinite(each[column])]
        return float(np.median(known)) if known else math.nan


@dataclass(frozen=True)
class ScreenGaze:
    """Samples of one or more readings.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        LSL clock.
    both, left, right : ndarray, shape (n, 2)
        Screen px; NaN where lost.
    pupil_mm : ndarray, shape (n, 2)
    """

    time_s: Floats
    both: Floats
    left: Floats
    right: Floats
    pupil_mm: Floats


@dataclass(frozen=True)
class ScreenFixations:
    """Fixations of one reading: onset on the LSL clock, duration, screen px, number of samples."""

    onset_s: Floats
    duration_s: Floats
    xy_px: Floats
    samples: NDArray[np.int32]


def readings(contents: Contents, images: list[ImageRow]) -> list[Shown]:
    """Return all readings of a data set, row by row."""
    columns = {name: _read(contents.file[f"/readings/{name}"]) for name in _COLUMNS}
    image_of = contents.file["/readings/image"][:]
    return [Shown(row, images[image], columns) for row, image in enumerate(image_of)]


def recordings(contents: Contents, images: list[ImageRow]) -> list[Recording]:
    """Group the readings of a data set by reader, session and screen, in the order of their starts."""
    grouped: dict[tuple[Any, ...], list[Shown]] = defaultdict(list)
    for shown in readings(contents, images):
        grouped[tuple(shown[name] for name in _SITTING)].append(shown)
    found = [
        Recording(
            **dict(zip(_SITTING, key, strict=True)),
            shown=tuple(sorted(each, key=lambda shown: (not shown.timed, shown["onset_s"]))),
        )
        for key, each in grouped.items()
    ]
    return sorted(found, key=lambda each: (each.reader, each.session_utc, each.session, each.screen_px))


def labels(names: Iterable[str]) -> dict[str, str]:
    """Give each name a label of letters and digits for names of files, distinct also without case."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _NO_LABEL.sub("", unicodedata.normalize("NFKD", name)) or "reader"
        label, number = plain, 1
        while label.casefold() in taken:
            number += 1
            label = f"{plain}x{number}"
        taken.add(label.casefold())
        given[name] = label
    return given


def gaze_on_screen(contents: Contents, shown: Shown) -> ScreenGaze:
    """Read a reading's samples and put them back on the screen.

    The data set keeps image px. The way back through the placement is the exact inverse of the way
    in; what is left is the rounding of the stored single-precision numbers, below 0.0002 px.
    """
    gaze = contents.gaze(shown.row)
    both, left, right = (
        image_px_to_screen_px(gaze[name], shown.placement, shown.image.size_px)
        for name in ("xy_px", "left_px", "right_px")
    )
    time_s, pupil_mm = shown["onset_s"] + gaze["t_s"], gaze["pupil_mm"].astype(np.float64)
    return ScreenGaze(time_s, both, left, right, pupil_mm)


def has_times(gaze: ScreenGaze) -> bool:
    """Whether there are samples, and their times are known."""
    return len(gaze.time_s) > 0 and bool(np.isfinite(gaze.time_s).all())


def fixations_on_screen(contents: Contents, shown: Shown) -> ScreenFixations:
    """Read a reading's fixations and put them back on the screen, as `gaze_on_screen` does."""
    found = contents.fixations(shown.row)
    return ScreenFixations(
        shown["onset_s"] + found["onset_s"],
        found["duration_s"],
        image_px_to_screen_px(found["xy_px"], shown.placement, shown.image.size_px),
        found["samples"],
    )


_SITTING = ("reader", "session", "session_utc", "screen_px", "screen_mm")
_COLUMNS = tuple(
    name.rsplit("/", 1)[1]
    for name in LAYOUT
    if name.startswith("/readings/") and not name.endswith(("_first", "_count", "/image"))
)


def _read(array: Any) -> NDArray[Any]:  # noqa: ANN401 - h5py has no types
    return np.asarray(array.asstr()[:] if h5py.check_string_dtype(array.dtype) else array[:])
