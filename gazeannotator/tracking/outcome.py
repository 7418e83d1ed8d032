"""What a validation leads to: enough or not for a study, with the gaze as it is or corrected."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.gaze.correction import Corrections
from gazeannotator.geometry import Screen, angle_deg, normalised_to_screen_px, screen_px_to_normalised
from gazeannotator.samples import FloatArray, both_eyes
from gazeannotator.tracking.quality import (
    Limits,
    PointPx,
    PointQuality,
    Reason,
    ValidationResult,
    verdict,
)
from gazeannotator.tracking.validation import fit_corrections


@dataclass(frozen=True)
class Corrected:
    """A correction and how good the gaze is with it.

    Attributes
    ----------
    corrections : Corrections
        Fitted on all points.
    accuracy_deg : float
        Mean over the points: what is left of the combined gaze's error at a point by a correction
        fitted to the others. That of the points themselves would be too good.
    eyes_px : tuple
        For each point the gaze of the left and the right eye with the correction, screen px.
    """

    corrections: Corrections
    accuracy_deg: float
    eyes_px: tuple[tuple[PointPx, PointPx], ...]

    def as_data(self) -> dict[str, Any]:
        """Return JSON types for the ``correction`` of the journal's ``validation`` event."""
        return {**self.corrections.as_data(), "accuracy_deg": self.accuracy_deg}


def corrected(result: ValidationResult, screen: Screen) -> Corrected | None:
    """Fit a correction on a validation; None where its points do not determine one.

    Parameters
    ----------
    result : ValidationResult
    screen : Screen
    """
    left_out_deg = [
        _error_deg(_without(result, number), point, screen)
        for number, point in enumerate(result.points)
        if point.is_valid
    ]
    try:
        corrections = fit_corrections(result, screen)
    except BadInput:
        return None
    known = [each for each in left_out_deg if each is not None]
    # All but one point must determine it too: else nothing tells what it is worth.
    if len(known) < len(left_out_deg):
        return None
    eyes_px = tuple(
        (_point(left), _point(right))
        for left, right in (_applied(corrections, point, screen) for point in result.points)
    )
    return Corrected(corrections, float(np.mean(known)), eyes_px)


@dataclass(frozen=True)
class Outcome:
    """A validation, the limits that it is held against, and the correction if one was chosen."""

    result: ValidationResult
    limits: Limits
    corrected: Corrected | None = None

    @property
    def accuracy_deg(self) -> float:
        """Of the gaze as it will be used."""
        return self.result.accuracy_deg if self.corrected is None else self.corrected.accuracy_deg

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the gaze as it will be used is not good enough; nothing if it is."""
        measured = verdict(self.result, self.limits)
        if self.corrected is None:
            return measured
        too_far = not self.accuracy_deg <= self.limits.max_accuracy_deg
        others = tuple(each for each in measured if each != "accuracy")
        return ("accuracy", *others) if too_far else others

    @property
    def passed(self) -> bool:
        """Whether it is good enough."""
        return not self.reasons

    def as_data(self) -> dict[str, Any]:
        """Return JSON types for the journal's ``validation`` event."""
        return {
            **self.result.as_data(),
            "limits": asdict(self.limits),
            "passed": self.passed,
            "reasons": list(self.reasons),
            "correction": None if self.corrected is None else self.corrected.as_data(),
        }


def _without(result: ValidationResult, number: int) -> ValidationResult:
    return ValidationResult(result.points[:number] + result.points[number + 1 :])


def _error_deg(others: ValidationResult, point: PointQuality, screen: Screen) -> float | None:
    try:
        corrections = fit_corrections(others, screen)
    except BadInput:
        return None
    left, right = _applied(corrections, point, screen)
    combined_px = both_eyes(left[None], right[None])[0]
    seen_from = replace(screen, distance_mm=point.distance_mm)
    return float(angle_deg(combined_px, np.array(point.target_px), seen_from))


def _applied(corrections: Corrections, point: PointQuality, screen: Screen) -> tuple[FloatArray, FloatArray]:
    """Gaze of both eyes at a point with a correction, screen px; NaN where an eye was not found."""
    eyes = []
    for correction, eye in ((corrections.left, point.left), (corrections.right, point.right)):
        xy = correction.apply(screen_px_to_normalised(np.array(eye.gaze_px), screen.size_px))
        eyes.append(normalised_to_screen_px(xy, screen.size_px))
    return eyes[0], eyes[1]


def _point(xy: FloatArray) -> PointPx:
    return float(xy[0]), float(xy[1])
