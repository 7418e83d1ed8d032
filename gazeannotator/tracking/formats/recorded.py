"""What other programs recorded, in one form: who looked at which image, when and where."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement
from gazeannotator.samples import FloatArray
from gazeannotator.study.model import Times

System = Literal["image_px", "image_normalised", "displayed_px", "screen_px", "screen_normalised"]
"""In what gaze points are told: px or shares of the image file, px of the image as it was displayed, px or
shares of the screen. All count from the top-left corner."""

SYSTEMS: tuple[System, ...] = get_args(System)

Tell = Callable[[int, int], None]
"""Called with bytes done and bytes in all; may raise `errors.Cancelled`."""


@dataclass(frozen=True)
class FoundFixations:
    """Fixations that the source found itself, k of them.

    Attributes
    ----------
    onset_s, duration_s : ndarray, shape (k,)
        Onsets since that of the image.
    xy : ndarray, shape (k, 2)
        In the viewing's system.
    """

    onset_s: FloatArray
    duration_s: FloatArray
    xy: FloatArray


@dataclass(frozen=True)
class Anchor:
    """Where an image lies that is shown in its own size.

    Attributes
    ----------
    x_px, y_px : float
        Screen px.
    centre : bool
        Whether that is its centre, and not its top-left corner.
    """

    x_px: float
    y_px: float
    centre: bool


@dataclass(frozen=True)
class Viewing:
    """One image that somebody looked at once.

    Attributes
    ----------
    image : str
        File as the source names it.
    where : str
        File and line at which it begins.
    system : str
        Of all its points.
    time_s : ndarray, shape (n,)
        Since the image's onset; all NaN where the source has no times.
    left, right : ndarray, shape (n, 2)
        The same point twice where the source knows only one.
    pupil_mm : ndarray, shape (n, 2)
    distance_mm : ndarray, shape (n,)
    onset_s : float
        On the recording's clock; NaN where it is not told.
    duration_s : float
        How long the image was shown; NaN where that is not told.
    label : str
        As the source writes it; empty where nothing was asked.
    placement : Placement or None
        Where the source tells it.
    anchor : Anchor or None
        Where the source tells it of an image in its own size.
    image_px : tuple of float or None
        Size that the source says the image has.
    fixations : FoundFixations or None
        Where the source tells no samples.
    """

    image: str
    where: str
    system: System
    time_s: FloatArray
    left: FloatArray
    right: FloatArray
    pupil_mm: FloatArray
    distance_mm: FloatArray
    onset_s: float = math.nan
    duration_s: float = math.nan
    label: str = ""
    placement: Placement | None = None
    anchor: Anchor | None = None
    image_px: tuple[float, float] | None = None
    fixations: FoundFixations | None = None

    @property
    def times(self) -> Times:
        """What times it has."""
        if not math.isnan(self.onset_s):
            return "clock"
        timed = self.fixations is not None or (len(self.time_s) and not np.isnan(self.time_s).any())
        return "since_onset" if timed else "none"


@dataclass(frozen=True)
class Recorded:
    """One sitting, as a file tells it.

    Attributes
    ----------
    name : str
        Tells it from the others in the same file.
    viewings : list of Viewing
        In the order in which they took place.
    screen_px : tuple of float or None
    rate_hz : float
        NaN where it is not told.
    utc : str
        When it began, ISO 8601; empty where that is not told.
    accuracy : tuple of (float, float)
        Validations: when, on the recording's clock, and the mean error in degrees.
    missing, nominal : tuple of str
        As in `ImportedFrom`.
    notes : tuple of str
    """

    name: str
    viewings: list[Viewing]
    screen_px: tuple[float, float] | None = None
    rate_hz: float = math.nan
    utc: str = ""
    accuracy: tuple[tuple[float, float], ...] = ()
    missing: tuple[str, ...] = ()
    nominal: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportOptions:
    """What is told about files that do not tell it.

    Attributes
    ----------
    reader : str
        Code of the one who looked.
    display_height : float
        Height in px at which images were displayed, for ``displayed_px``.
    rate_hz : float or None
        Of samples without times.
    screen_px, screen_mm, distance_mm
        Of the screen that was looked at.
    columns : mapping of str to str
        What → name of its column (or trial variable).
    coordinates : str or None
        Of the points in tables that do not say it.
    placement : str or Placement
        Where images lay on the screen: ``fit`` (centred, as large as they go), ``fill`` (stretched over
        it), ``original`` (centred, in their own size), or a place; empty where the source tells it.
    labels : mapping of str to str
        Label of the source → class of the study's scheme.
    participant : str
        Whose rows are taken of a file with several people; empty for all.
    onset_message : str
        How the message begins at which an image appeared (EyeLink).
    """

    reader: str
    display_height: float = 900.0
    rate_hz: float | None = None
    screen_px: tuple[float, float] | None = None
    screen_mm: tuple[float, float] | None = None
    distance_mm: float | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    coordinates: System | None = None
    placement: Placement | Literal["", "fit", "fill", "original"] = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    participant: str = ""
    onset_message: str = ""


def only_fixations(
    fixations: FoundFixations, *, image: str, where: str, system: System, label: str = ""
) -> Viewing:
    """Make a viewing of fixations without samples."""
    none = np.empty((0, 2))
    empty = np.empty(0)
    return Viewing(image, where, system, empty, none, none, none, empty, label=label, fixations=fixations)


def check_fixations(
    path: Path, lines: list[int], onset_s: FloatArray, duration_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Make sure that fixations follow one another; one that had begun before its image is cut to it.

    Raises
    ------
    BadInput
        Naming the line.
    """
    end_s = onset_s + duration_s
    for number, line in enumerate(lines):
        if not duration_s[number] > 0 or not math.isfinite(end_s[number]):
            raise BadInput(f"{path} line {line}: a fixation without a duration.", "Correct this line.")
        if number and onset_s[number] < end_s[number - 1] - 1e-9:
            raise BadInput(
                f"{path} line {line}: a fixation begins before the one above it has ended.",
                "Give the fixations of one eye of one person, in the order of time.",
            )
    begin_s = np.maximum(onset_s, 0.0)
    return begin_s, end_s - begin_s
