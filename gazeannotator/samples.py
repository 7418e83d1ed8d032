"""The one canonical bundle of gaze samples that passes between layers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

PLAUSIBLE_MM = (200.0, 2000.0)
"""Between these an eye can be from the screen, ends included."""


@dataclass(frozen=True)
class GazeChunk:
    """Some consecutive gaze samples of one stream, in the order in which they arrived.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        LSL time stamps in seconds. Raw stamps of the sender's clock as recorded;
        `local_clock()` seconds of the recording machine once corrected by the store.
    left, right : ndarray, shape (n, 2)
        Gaze point of each eye, tracker-normalised: (0, 0) top-left, (1, 1) bottom-right
        of the tracked display area. NaN where the sample is lost; values outside 0..1
        are real gaze beside the screen.
    pupil_mm : ndarray, shape (n, 2)
        Pupil diameters left, right; NaN where unknown.
    distance_mm : ndarray, shape (n,)
        Eye-to-screen distance; NaN where the stream does not tell it.
    sequence : ndarray, shape (n,)
        The sender's sample number; NaN where the stream does not tell it.
    origin_mm : ndarray, shape (n, 2, 3)
        Where each eye (left, right) is, x to the right, y up, z towards the reader, as the
        tracker tells it (Tobii: user coordinates); NaN where it does not.
    """

    time_s: FloatArray
    left: FloatArray
    right: FloatArray
    pupil_mm: FloatArray
    distance_mm: FloatArray
    sequence: FloatArray
    origin_mm: FloatArray

    def __post_init__(self) -> None:
        n = len(self.time_s)
        for name, shape in _SHAPES.items():
            array = getattr(self, name)
            if array.dtype != np.float64 or array.shape != (n, *shape):
                raise ValueError(
                    f"{name}: float64 of shape {(n, *shape)} expected, got {array.dtype} {array.shape}"
                )

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> GazeChunk:
        return GazeChunk(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Samples in which neither eye was found, shape (n,)."""
        both = np.isnan(self.left).any(axis=1) & np.isnan(self.right).any(axis=1)
        return np.asarray(both, np.bool_)

    @classmethod
    def empty(cls) -> GazeChunk:
        """Make a chunk of no samples."""
        return cls(*(np.empty((0, *shape)) for shape in _SHAPES.values()))

    @classmethod
    def joined(cls, chunks: list[GazeChunk]) -> GazeChunk:
        """Join chunks in the given order."""
        if not chunks:
            return cls.empty()
        return cls(
            *(np.concatenate([getattr(chunk, field.name) for chunk in chunks]) for field in fields(cls))
        )


_SHAPES: dict[str, tuple[int, ...]] = {
    "time_s": (),
    "left": (2,),
    "right": (2,),
    "pupil_mm": (2,),
    "distance_mm": (),
    "sequence": (),
    "origin_mm": (2, 3),
}


def plausible_mm(distance_mm: FloatArray) -> FloatArray:
    """Take out distances that no eye in front of a screen has: they are in another unit, or no eye's.

    Parameters
    ----------
    distance_mm : ndarray, any shape

    Returns
    -------
    ndarray, same shape
        NaN outside of `PLAUSIBLE_MM`, as where nothing was told.
    """
    nearest, furthest = PLAUSIBLE_MM
    return np.where((distance_mm >= nearest) & (distance_mm <= furthest), distance_mm, np.nan)


def both_eyes(left: FloatArray, right: FloatArray) -> FloatArray:
    """Combine the eyes: their mean where both are found, else the one that is, else NaN.

    Parameters
    ----------
    left, right : ndarray, shape (n, 2)
        Any coordinate system, the same for both.

    Returns
    -------
    ndarray, shape (n, 2)
    """
    left_lost = np.isnan(left).any(axis=1, keepdims=True)
    right_lost = np.isnan(right).any(axis=1, keepdims=True)
    mean = (left + right) / 2
    return np.where(left_lost, right, np.where(right_lost, left, mean))
