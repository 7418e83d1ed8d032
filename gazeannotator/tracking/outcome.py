"""What a validation leads to: enough or not for a study, with the gaze as it is or corrected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.gaze.correction import Correction, Corrections, fit_correction
from gazeannotator.geometry import Screen, normalised_to_screen_px, screen_px_to_normalised
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
    """Fit a correction on a validation; None where its points do not determine one, or not what it is worth.

    Parameters
    ----------
    result : ValidationResult
    screen : Screen
    """
    try:
        corrections = fit_corrections(result, screen)
    except BadInput:
        return None
    accuracy_deg = float(np.mean(_combined(result, screen).left_out_deg))
    if math.isnan(accuracy_deg):
        return None
    eyes_px = tuple(_applied(corrections, point, screen) for point in result.points)
    return Corrected(corrections, accuracy_deg, eyes_px)


@dataclass(frozen=True)
class Outcome:
    """A validation, the limits that it is held against, and the correction if one was chosen.

    Attributes
    ----------
    calibration : mapping or None
        What the tracker told of the calibration that was made just before, if one was: ``status``, and
        for each of its ``points`` what was ``collected`` from each eye and its mean ``offset``.
    left : bool
        Nobody wanted to go on with it. It was measured all the same, so it counts.
    """

    result: ValidationResult
    limits: Limits
    corrected: Corrected | None = None
    calibration: Mapping[str, Any] | None = None
    left: bool = False

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
            "calibration": None if self.calibration is None else _in_short(self.calibration),
            **({"left": True} if self.left else {}),
        }


def _combined(result: ValidationResult, screen: Screen) -> Correction:
    """Fit the gaze of both eyes, which is what the accuracy is told of."""
    points = [point for point in result.points if point.is_valid]
    gaze_px = np.array([point.both.gaze_px for point in points])
    target_px = np.array([point.target_px for point in points])
    gaze, target = (screen_px_to_normalised(each, screen.size_px) for each in (gaze_px, target_px))
    return fit_correction(gaze, target, replace(screen, distance_mm=result.distance_mm))


def _applied(corrections: Corrections, point: PointQuality, screen: Screen) -> tuple[PointPx, PointPx]:
    """Gaze of both eyes at a point with a correction, screen px; NaN where an eye was not found."""
    left, right = (
        normalised_to_screen_px(
            correction.apply(screen_px_to_normalised(np.array(eye.gaze_px), screen.size_px)), screen.size_px
        )
        for correction, eye in ((corrections.left, point.left), (corrections.right, point.right))
    )
    return (float(left[0]), float(left[1])), (float(right[0]), float(right[1]))


def _in_short(calibration: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the single samples of a calibration."""
    return {
        "status": calibration["status"],
        "points": [
            {
                "x": point["x"],
                "y": point["y"],
                **{eye: {**point[eye], "used": len(point[eye]["used"])} for eye in ("left", "right")},
            }
            for point in calibration["points"]
        ],
    }
