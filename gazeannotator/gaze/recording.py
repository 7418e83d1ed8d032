"""Recordings of gaze in CSV files: time_s, x_px, y_px, one sample a row."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import BadInput
from gazeannotator.gaze.csv_reading import read_csv


def read_gaze(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
    time_s: list[float] = []
    xy_px: list[tuple[float, float]] = []
    for line, (t, x, y) in read_csv(path, ("time_s", "x_px", "y_px")):
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
        xy_px.append((_number(x, "x_px", where), _number(y, "y_px", where)))
    return np.array(time_s), np.array(xy_px, float).reshape(-1, 2)


def _number(text: str, column: str, where: str) -> float:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        raise BadInput(f"{where}: {column} {text!r} is not a number.", "Correct this line.") from None
    if math.isinf(number):
        raise BadInput(f"{where}: {column} is infinite.", "Leave lost samples empty.")
    return number
