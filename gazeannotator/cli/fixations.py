"""`gazeannotator fixations`: fixations of gaze samples in a CSV file."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated

import typer

from gazeannotator.cli import console
from gazeannotator.dataset.atomic import whole_file
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.errors import BadInput
from gazeannotator.gaze.eyes import EYES, chosen_eye
from gazeannotator.gaze.fixations import DEFAULT, METHODS, Fixations, find_fixations
from gazeannotator.gaze.recording import FloatArray, read_eyes, read_gaze
from gazeannotator.geometry import Screen


@console.user_errors
def fixations(
    gaze: Annotated[Path, typer.Argument(metavar="GAZE.csv", help="time_s,x_px,y_px; empty or nan: lost.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FIX.csv", help="To be written.")],
    screen_px: Annotated[str, typer.Option(metavar="WxH", help="Size of the screen, px.")],
    screen_mm: Annotated[str, typer.Option(metavar="WxH", help="Size of the screen, mm.")],
    distance_mm: Annotated[float, typer.Option(help="From the eye to the screen.")],
    method: Annotated[
        str, typer.Option(metavar="|".join(METHODS), help="How fixations are found.")
    ] = DEFAULT,
    eye: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(EYES),
            help="Whose gaze, of a table with left_x_px,left_y_px,right_x_px,right_y_px.",
            show_default="the table has x_px,y_px",
        ),
    ] = None,
) -> None:
    """Find fixations in gaze samples.

    Example: gazeannotator fixations gaze.csv -o fix.csv
    --screen-px 1920x1080 --screen-mm 527x296 --distance-mm 650
    """
    if method not in METHODS:
        raise BadInput(f"There is no method {method!r}.", f"Choose one of {', '.join(METHODS)}.")
    if eye is not None and eye not in EYES:
        raise BadInput(f"--eye {eye!r} is not known.", f"Choose one of {', '.join(EYES)}.")
    if not 0 < distance_mm < math.inf:
        raise BadInput(f"--distance-mm {distance_mm:g} is no distance.", "Give millimetres, such as 650.")
    screen = Screen(*_pair("--screen-px", screen_px), *_pair("--screen-mm", screen_mm), distance_mm)
    time_s, xy_px = read_gaze(gaze) if eye is None else _one_eye(gaze, eye, screen)
    if output.exists() and output.samefile(gaze):
        raise BadInput(f"{output} is the recording itself.", "Give another name for the fixations.")
    found = find_fixations(time_s, xy_px, screen, method=method)
    _write(output, found)
    console.say(f"{output}: {len(found)} fixations in {len(time_s)} samples.")


def _one_eye(gaze: Path, eye: str, screen: Screen) -> tuple[FloatArray, FloatArray]:
    time_s, left_px, right_px = read_eyes(gaze)
    return time_s, chosen_eye(left_px, right_px, eye, screen)


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
