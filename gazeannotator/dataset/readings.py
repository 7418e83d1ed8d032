"""One reading as it enters a data set: its gaze on the image, its fixations, its quality."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.corrections import corrected
from gazeannotator.dataset.looks import Look, Weighting, weighed
from gazeannotator.dataset.reading_gaze import GazeSource, gaze_while_seen
from gazeannotator.dataset.rules import OPERATOR
from gazeannotator.gaze.eyes import MEAN, chosen_eye
from gazeannotator.gaze.fixations import find_fixations
from gazeannotator.geometry import (
    Screen,
    image_px_per_deg,
    normalised_to_screen_px,
    screen_px_to_image_px,
)
from gazeannotator.samples import plausible_mm
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Reading, Session


@dataclass(frozen=True)
class Quality:
    """From which point on a reading is not used.

    Attributes
    ----------
    max_data_loss : float
        Share of lost samples.
    max_accuracy_deg : float
        Mean error at the last validation.
    require_validation : bool
        Whether a reading without a validation is left out too.
    """

    max_data_loss: float
    max_accuracy_deg: float
    require_validation: bool


@dataclass(frozen=True)
class PreparedReading:
    """Rows and values of one reading, named as in the format.

    Attributes
    ----------
    columns : dict
        Of /readings, but `image` and the slices.
    gaze, fixations : dict
        Columns of these tables.
    size_px : tuple of int
        Of the image.
    corrected : bool
        A correction was applied to the gaze.
    """

    columns: dict[str, Any]
    gaze: dict[str, NDArray[Any]]
    fixations: dict[str, NDArray[Any]]
    size_px: tuple[int, int]
    corrected: bool

    @property
    def valid(self) -> bool:
        """Whether label and gaze are used."""
        return bool(self.columns["valid"])

    def look(self, sigma_deg: float, weighting: Weighting) -> Look:
        """Return what it contributes to its image's heatmap, with a sigma in image px."""
        points = weighed(self.gaze, self.fixations, self.size_px, weighting)
        return Look(*points, sigma_deg * self.columns["px_per_deg"])


def prepare_reading(
    source: GazeSource,
    session: Session,
    reading: Reading,
    size_px: tuple[int, int],
    method: str,
    limits: Quality,
    eye: str = MEAN,
) -> PreparedReading:
    """Cut a reading's gaze out of its session and find what follows from it.

    Parameters
    ----------
    source : GazeSource
        The study of the reading.
    session : Session
    reading : Reading
    size_px : tuple of int
        Width and height of the image as stored.
    method : str
        Of finding fixations.
    limits : Quality
    eye : str
        One of `gazeannotator.gaze.eyes.EYES`; loss and fixations are those of its gaze.

    Returns
    -------
    PreparedReading
    """
    onset_s, duration_s = reading.seen(session.onset_correction_s)
    seen = gaze_while_seen(source, session, onset_s, duration_s, timed=reading.times != "none")
    time_s, chunk, loss = seen.time_s, seen.chunk, seen.data_loss

    distance_mm = plausible_mm(chunk.distance_mm)
    screen, told = session.screen, ~np.isnan(distance_mm)
    if told.any():
        screen = replace(screen, distance_mm=float(np.median(distance_mm[told])))
    chunk = corrected(chunk, reading)
    left, right = (normalised_to_screen_px(eye, screen.size_px) for eye in (chunk.left, chunk.right))
    combined = chosen_eye(left, right, eye, screen)
    if eye != MEAN:
        loss = seen.loss_of(combined, duration_s)
    if session.imported and "eyes" in session.imported.missing:
        left = right = np.full_like(combined, np.nan)

    def to_image(points: NDArray[np.float64], at_s: NDArray[np.float64]) -> NDArray[np.float32]:
        return _on_image(points, at_s, reading, size_px).astype(np.float32)

    exclusion = why_excluded(reading, loss, limits)
    return PreparedReading(
        columns={
            **_answers(reading, session, exclusion),
            **_geometry(screen, reading, size_px),
            "onset_s": onset_s if reading.times == "clock" else math.nan,
            "duration_s": math.nan if reading.times == "none" else duration_s,
            # When a key was pressed is in no other program's files.
            "response_s": math.nan if session.imported else reading.response_s - session.onset_correction_s,
            "onset_correction_s": session.onset_correction_s,
            "rate_hz": seen.rate_hz,
            "accuracy_deg": reading.tracking.accuracy_deg,
            "precision_rms_deg": reading.tracking.precision_rms_deg,
            "data_loss": loss,
        },
        gaze={
            "t_s": time_s,
            "xy_px": to_image(combined, time_s),
            "left_px": to_image(left, time_s),
            "right_px": to_image(right, time_s),
            "pupil_mm": np.where(chunk.pupil_mm > 0, chunk.pupil_mm, np.nan).astype(np.float32),
        },
        fixations=_fixations(reading, time_s, combined, screen, method, to_image),
        size_px=size_px,
        corrected=reading.tracking.correction is not None,
    )


def why_excluded(reading: Reading, loss: float, limits: Quality) -> str:
    """Say why a reading is not used, "" if it is; what the reader did comes before what was measured."""
    if reading.state != "done":
        return "interrupted"
    if reading.replaced_by:
        return "corrected"
    # An imported reading that asked for no label serves with its gaze.
    if reading.label == CANNOT_BE_ASSESSED:
        return "cannot_be_assessed"
    if reading.note:
        return OPERATOR + reading.note
    if loss > limits.max_data_loss:
        return "data_loss"
    if reading.tracking.accuracy_deg > limits.max_accuracy_deg:
        return "accuracy"
    if limits.require_validation and math.isnan(reading.tracking.accuracy_deg):
        return "not_validated"
    return ""


def _fixations(
    reading: Reading,
    time_s: NDArray[np.float64],
    xy_px: NDArray[np.float64],
    screen: Screen,
    method: str,
    to_image: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float32]],
) -> dict[str, NDArray[Any]]:
    """Find the fixations, or take those of a source that tells nothing else; without times there are none."""
    reported = reading.fixations
    if reported is not None:
        count = len(reported.onset_s)
        return {
            "onset_s": np.array(reported.onset_s, np.float64),
            "duration_s": np.array(reported.duration_s, np.float64),
            "xy_px": np.array(reported.xy_px, np.float32).reshape(count, 2),
            "samples": np.zeros(count, np.int64),  # not known
        }
    if reading.times == "none":
        time_s, xy_px = time_s[:0], xy_px[:0]
    found = find_fixations(time_s, xy_px, screen, method=method)
    return {
        "onset_s": found.onset_s,
        "duration_s": found.duration_s,
        "xy_px": to_image(found.xy_px, found.onset_s),
        "samples": found.samples,
    }


def _on_image(
    points: NDArray[np.float64], at_s: NDArray[np.float64], reading: Reading, size_px: tuple[int, int]
) -> NDArray[np.float64]:
    """Convert screen px to image px, each by where the image lay at that time since its onset."""
    on_image_px = screen_px_to_image_px(points, reading.placement, size_px)
    for view_s, placement in reading.views:
        # Both stamps are of frames: the display's delay is the same in them.
        moved = at_s >= view_s - reading.onset_s
        on_image_px[moved] = screen_px_to_image_px(points[moved], placement, size_px)
    return on_image_px


def _answers(reading: Reading, session: Session, exclusion: str) -> dict[str, Any]:
    return {
        "id": reading.id,
        "reader": reading.reader,
        "session": reading.session,
        "session_utc": session.started_utc,
        "source": reading.source,
        "onset_method": reading.onset_method,
        "label": CANNOT_BE_ASSESSED if reading.label is None else reading.label,
        "confidence": reading.confidence,
        "flagged": reading.flagged,
        "valid": not exclusion,
        "exclusion": exclusion,
    }


def _geometry(screen: Screen, reading: Reading, size_px: tuple[int, int]) -> dict[str, Any]:
    return {
        "screen_px": screen.size_px,
        "screen_mm": screen.size_mm,
        "distance_mm": screen.distance_mm,
        "placement": reading.placement.as_tuple(),
        "px_per_deg": image_px_per_deg(screen, reading.placement, size_px),
    }
