"""`gazeannotator fixations`: fixations of gaze samples in a CSV file."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from gazeannotator.cli import console
from gazeannotator.dataset.atomic import whole_file
from gazeannotator.dataset.csv_files import CsvFile, read_csv
from gazeannotator.errors import BadInput
from gazeannotator.gaze.fixations import METHODS, Fixations, find_fixations
from gazeannotator.geometry import Screen


@console.user_errors
def fixations(
    gaze: Annotated[Path, typer.Argument(metavar="GAZE.csv", help="time_s,x_px,y_px; empty or nan: lost.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FIX.csv", help="To be written.")],
    screen_px: Annotated[str, typer.Option(metavar="WxH", help="Size of the screen, px.")],
    screen_mm: Annotated[str, typer.Option(metavar="WxH", help="Size of the screen, mm.")],
    distance_mm: Annotated[float, typer.Option(help="From the eye to the screen.")],
    method: Annotated[str, typer.Option(metavar="|".join(METHODS), help="How fixations are found.")] = "ivt",
) -> None:
    """Find fixations in gaze samples.

    Example: gazeannotator fixations gaze.csv -o fix.csv
    --screen-px 1920x1080 --screen-mm 527x296 --distance-mm 650
    """
    if method not in METHODS:
        raise BadInput(f"There is no method {method!r}.", f"Choose one of {', '.join(METHODS)}.")
    if not 0 < distance_mm < math.inf:
        raise BadInput(f"--distance-mm {distance_mm:g} is no distance.", "Give millimetres, such as 650.")
    screen = Screen(*_pair("--screen-px", screen_px), *_pair("--screen-mm", screen_mm), distance_mm)
    time_s, xy_px = read_gaze(gaze)
    if output.exists() and output.samefile(gaze):
        raise BadInput(f"{output} is the recording itself.", "Give another name for the fixations.")
    found = find_fixations(time_s, xy_px, screen, method=method)
    _write(output, found)
    console.say(f"{output}: {len(found)} fixations in {len(time_s)} samples.")


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
        if time_s and now_s <= time_s[-1]:
            raise BadInput(
                f"{where}: time_s {t} is not later than the line before.", "Sort the samples by time."
            )
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


def _pair(option: str, text: str) -> tuple[float, float]:
    match = re.fullmatch(r"\s*(\d+\.?\d*)\s*[x×]\s*(\d+\.?\d*)\s*", text)
    pair = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    if not min(pair) > 0:
        raise BadInput(f"{option} {text!r} is not understood.", "Give width and height, such as 1920x1080.")
    return pair


def _write(path: Path, found: Fixations) -> None:
    with whole_file(path) as temporary:
        table = CsvFile(temporary, ("onset_s", "duration_s", "x_px", "y_px", "samples"))
        try:
            for row in range(len(found)):
                times = (round(found.onset_s[row], 6), round(found.duration_s[row], 6))
                table.write((*times, *found.xy_px[row].round(3), found.samples[row]))
        finally:
            table.close()
