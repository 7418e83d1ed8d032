"""Recordings of gaze in CSV files, one sample a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import BadInput
from gazeannotator.gaze.csv_reading import read_csv

FloatArray = NDArray[np.float64]

POINT = ("x_px", "y_px")
EYES = ("left_x_px", "left_y_px", "right_x_px", "right_y_px")


def read_gaze(path: Path) -> tuple[FloatArray, FloatArray]:
    """Read samples: ``time_s,x_px,y_px``, lost ones empty or nan.

    Returns
    -------
    time_s : ndarray, shape (n,)
        Strictly increasing.
    xy_px : ndarray, shape (n, 2)

    Raises
    ------
    BadInput
        Naming the file and line.
    """
    return _read(path, POINT)


def read_eyes(path: Path) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Read samples of both eyes: ``time_s,left_x_px,left_y_px,right_x_px,right_y_px``.

    Returns
    -------
    time_s : ndarray, shape (n,)
        Strictly increasing.
    left_px, right_px : ndarray, shape (n, 2)
        NaN where this eye is lost.

    Raises
    ------
    BadInput
        Naming the file and line.
    """
    time_s, values = _read(path, EYES)
    return time_s, values[:, :2], values[:, 2:]


def _read(path: Path, columns: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    time_s: list[float] = []
    values: list[list[float]] = []
    for line, (t, *cells) in read_csv(path, ("time_s", *columns)):
        where = f"{path} line {line}"
        now_s = _number(t, "time_s", where)
        if math.isnan(now_s):
            raise BadInput(f"{where}: time_s is missing.", "Every sample needs its time.")
        if time_s and now_s == time_s[-1]:
            raise BadInput(
                f"{where}: time_s {t} is not later than the row before, but the same.",
                "Remove one of the two rows.",
            )
        if time_s and now_s < time_s[-1]:
            raise BadInput(f"{where}: time_s {t} is not later than the row before.", "Sort the rows by time.")
        time_s.append(now_s)
        values.append([_number(cell, name, where) for cell, name in zip(cells, columns, strict=True)])
    return np.array(time_s), np.array(values, float).reshape(-1, len(columns))


def _number(text: str, column: str, where: str) -> float:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        raise BadInput(f"{where}: {column} {text!r} is not a number.", "Correct this line.") from None
    if math.isinf(number):
        raise BadInput(f"{where}: {column} is infinite.", "Leave lost samples empty.")
    return number
