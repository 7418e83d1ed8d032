"""Logs of MicEye (github.com/JamesQFreeman/MicEye) and of its version 2.

One line an image: ``path;class;gaze;boxes;point``. In version 1 the gaze is a list of [x, y] in whole px
of the image as it was displayed, and gaze beside the image is moved to its border. In version 2 it is a
list of [[x, y], scale], where scale is displayed px in one px of the image, and gaze beside it is left out.
Neither has times, or tells which samples were lost. Boxes and point are not read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import displayed_px_to_image_px, pixels_to_px
from gazeannotator.samples import FloatArray
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, System, Tell, Viewing
from gazeannotator.tracking.formats.text import read_lines

NO_LABEL = "-1"


def read_miceye(path: Path, options: ImportOptions, tell: Tell | None = None) -> list[Recorded]:
    """Read a log.

    Raises
    ------
    BadInput
        Naming the line.
    """
    viewings = []
    for line, text in read_lines(path, tell):
        if not text.strip():
            continue
        where = f"{path} line {line}"
        # The path may hold a semicolon, the other four fields cannot.
        cells = text.rsplit(";", 4)
        if len(cells) != 5:
            raise BadInput(
                f"{where} has not the five parts of a MicEye log.",
                "They are path;class;gaze;boxes;point.",
            )
        system, points = _points(cells[2], where)
        label = cells[1].strip()
        viewings.append(_viewing(cells[0], where, system, points, "" if label == NO_LABEL else label))
    notes = []
    if viewings and options.rate_hz is None:
        notes.append(
            f"{path.name} has no times, so no fixations can be found and its readings get no heatmap. "
            "With --rate its samples are taken as evenly spaced."
        )
    missing = ("validity", "eyes") if options.rate_hz else ("times", "validity", "eyes")
    return [Recorded("", viewings, missing=missing, notes=tuple(notes))]


def _viewing(image: str, where: str, system: System, points: FloatArray, label: str) -> Viewing:
    count = len(points)
    unknown = np.full(count, np.nan)
    return Viewing(
        image,
        where,
        system,
        time_s=unknown,
        left=points,
        right=points,
        pupil_mm=np.full((count, 2), np.nan),
        distance_mm=unknown,
        label=label,
    )


def _points(text: str, where: str) -> tuple[System, FloatArray]:
    """Read the gaze of a line, with the middle of each whole px as its place."""
    try:
        listed: Any = json.loads(text)
        nested = bool(listed) and isinstance(listed[0][0], list)
        points = [each[0] if nested else each for each in listed]
        table = pixels_to_px(np.array(points, np.float64).reshape(-1, 2))
        scale = np.array([each[1] for each in listed], np.float64) if nested else np.ones(len(table))
        if not (np.isfinite(table).all() and np.isfinite(scale).all() and (scale > 0).all()):
            raise ValueError("a number that is none")
        if len(table) != len(points) or any(len(each) != 2 for each in listed):
            raise ValueError("a point without both coordinates")
    except (ValueError, TypeError, IndexError, KeyError, RecursionError) as error:
        raise BadInput(
            f"{where}: its gaze cannot be read ({error}).", "It must be [[x, y], …] as MicEye writes it."
        ) from None
    return ("image_px", displayed_px_to_image_px(table, scale)) if nested else ("displayed_px", table)
