"""Heatmaps that lie in several files, changed as if they were one array."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.writer import changing_hdf5


class Heatmaps:
    """The heatmaps of volumes, one after another; a context manager.

    One volume is open at a time, so that rows are best taken in order.

    Parameters
    ----------
    volumes : sequence of Path
    counts : sequence of int
        Images in each.
    grid_px : int
        Side of the grid.

    Attributes
    ----------
    shape : tuple of int
        (n, S, S)
    """

    def __init__(self, volumes: Sequence[Path], counts: Sequence[int], grid_px: int) -> None:
        self._volumes = volumes
        self._ends = np.cumsum(counts)
        self._opened = ExitStack()
        self._number = -1
        self._array: Any = None
        self.shape = (int(sum(counts)), grid_px, grid_px)

    def __enter__(self) -> Heatmaps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def __getitem__(self, row: int) -> NDArray[np.float16]:
        array, place = self._find(row)
        return np.asarray(array[place])

    def __setitem__(self, row: int, heatmap: NDArray[Any]) -> None:
        array, place = self._find(row)
        array[place] = heatmap

    def _find(self, row: int) -> tuple[Any, int]:
        number = int(np.searchsorted(self._ends, row, side="right"))
        if number != self._number:
            self._opened.close()
            file = self._opened.enter_context(changing_hdf5(self._volumes[number]))
            self._number, self._array = number, file["/images/heatmap"]
        return self._array, int(row - (self._ends[number - 1] if number else 0))
