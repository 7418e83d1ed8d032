"""How good gaze is: what a validation or a drift check found, and whether it is enough.

How it is measured: `gazeannotator.tracking.measures`; why so: docs/data-quality.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from statistics import median
from typing import Any, Literal

Eye = Literal["left", "right", "both"]
Reason = Literal["too_few_points", "accuracy", "data_loss", "precision"]
PointPx = tuple[float, float]

EYES: tuple[Eye, ...] = ("left", "right", "both")
"""``both`` is what is recorded as the gaze: the mean of the eyes, or the one that is found."""

MOST_LOST = 0.8
"""A point with more of its samples lost tells nothing of accuracy."""


@dataclass(frozen=True)
class EyeQuality:
    """One eye at one target.

    Attributes
    ----------
    accuracy_deg : float
        Angle between the mean direction of gaze and the target.
    offset_deg : tuple of float
        The same with its direction: to the right, downwards.
    gaze_px : tuple of float
        Where the mean direction meets the screen.
    precision_rms_deg : float
        RMS-S2S: root mean square of the angles between successive samples that are both valid.
    precision_std_deg : float
        Root of the summed variances of both directions.
    bcea_deg2 : float
        Area of the ellipse that holds 68 % of the samples, were they normally distributed.
    data_loss : float
        Share of the samples due in the window that were invalid or never came.
    samples : int
        Valid ones. Whatever cannot be told of so few is NaN.
    """

    accuracy_deg: float
    offset_deg: tuple[float, float]
    gaze_px: PointPx
    precision_rms_deg: float
    precision_std_deg: float
    bcea_deg2: float
    data_loss: float
    samples: int

    @property
    def is_valid(self) -> bool:
        """Whether enough gaze was there to tell the accuracy."""
        return self.data_loss <= MOST_LOST and not math.isnan(self.accuracy_deg)


@dataclass(frozen=True)
class PointQuality:
    """Both eyes at one target.

    Attributes
    ----------
    target_px : tuple of float
        Screen px.
    start_s, stop_s : float
        The window that was measured (start included, stop not), LSL clock.
    distance_mm : float
        Of the eye, as used for the angles.
    unstable : bool
        The eye was never found resting near the target; measured all the same.
    """

    target_px: PointPx
    start_s: float
    stop_s: float
    distance_mm: float
    unstable: bool
    left: EyeQuality
    right: EyeQuality
    both: EyeQuality

    def eye(self, eye: Eye) -> EyeQuality:
        """Return what was measured of an eye."""
        return {"left": self.left, "right": self.right, "both": self.both}[eye]

    @property
    def is_valid(self) -> bool:
        """Whether enough of the combined gaze was there to tell the accuracy."""
        return self.both.is_valid


@dataclass(frozen=True)
class Means:
    """Means over the points of a validation that tell something of the eye; NaN if none does.

    `data_loss` is the mean over all points.
    """

    accuracy_deg: float
    accuracy_max_deg: float
    precision_rms_deg: float
    precision_std_deg: float
    data_loss: float


@dataclass(frozen=True)
class ValidationResult:
    """What a validation found. All is derived from its points, in the order of the targets."""

    points: tuple[PointQuality, ...]

    def means(self, eye: Eye = "both") -> Means:
        """Average an eye over the points."""
        measured = [point.eye(eye) for point in self.points]
        telling = [each for each in measured if each.is_valid]
        accuracies = [each.accuracy_deg for each in telling]
        return Means(
            accuracy_deg=_mean(accuracies),
            accuracy_max_deg=max(accuracies, default=math.nan),
            precision_rms_deg=_mean([each.precision_rms_deg for each in telling]),
            precision_std_deg=_mean([each.precision_std_deg for each in telling]),
            data_loss=_mean([each.data_loss for each in measured]),
        )

    @property
    def accuracy_deg(self) -> float:
        """Mean accuracy of the combined gaze."""
        return self.means().accuracy_deg

    @property
    def accuracy_max_deg(self) -> float:
        """Accuracy at the worst point."""
        return self.means().accuracy_max_deg

    @property
    def precision_rms_deg(self) -> float:
        """Mean RMS-S2S of the combined gaze."""
        return self.means().precision_rms_deg

    @property
    def precision_std_deg(self) -> float:
        """Mean STD of the combined gaze."""
        return self.means().precision_std_deg

    @property
    def data_loss(self) -> float:
        """Mean share of lost samples of the combined gaze."""
        return self.means().data_loss

    @property
    def distance_mm(self) -> float:
        """Median distance of the eye."""
        return median(point.distance_mm for point in self.points) if self.points else math.nan

    @property
    def valid_points(self) -> int:
        """Number of points with enough gaze to tell the accuracy."""
        return sum(point.is_valid for point in self.points)

    def as_data(self) -> dict[str, Any]:
        """Return JSON types for the journal's ``validation`` event; what is not known is None."""
        return {
            **_as_data(self.means()),
            "distance_mm": _or_none(self.distance_mm),
            "points": len(self.points),
            "valid_points": self.valid_points,
            "per_eye": {eye: _as_data(self.means(eye)) for eye in EYES},
            "per_point": [_as_data(point) for point in self.points],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> ValidationResult:
        """Read what `as_data` wrote.

        Raises
        ------
        KeyError, TypeError
            It is something else, as the journal rows of the first version without ``per_point``.
        """
        return cls(tuple(_point_from(each) for each in data["per_point"]))


@dataclass(frozen=True)
class Limits:
    """What a study asks of a validation; None asks nothing."""

    max_accuracy_deg: float
    max_data_loss: float
    max_precision_rms_deg: float | None = None


def verdict(result: ValidationResult, limits: Limits) -> tuple[Reason, ...]:
    """Say why a validation fails; nothing if it passes.

    What is not known fails: a point at which no gaze was found may be a corner of the screen
    that the tracker does not see at all.
    """
    means = result.means()
    found: dict[Reason, bool] = {
        "too_few_points": not result.points or result.valid_points < len(result.points),
        "accuracy": not means.accuracy_deg <= limits.max_accuracy_deg,
        "data_loss": not means.data_loss <= limits.max_data_loss,
        "precision": limits.max_precision_rms_deg is not None
        and not means.precision_rms_deg <= limits.max_precision_rms_deg,
    }
    return tuple(reason for reason, fails in found.items() if fails)


@dataclass(frozen=True)
class DriftCheck:
    """How far the combined gaze was from one target.

    Attributes
    ----------
    offset_deg : float
        Angle between the median gaze and the target; NaN if no gaze was found.
    offset_xy_deg : tuple of float
        The same with its direction: to the right, downwards.
    unstable : bool
        The eye was never found resting near the target.
    """

    target_px: PointPx
    start_s: float
    stop_s: float
    distance_mm: float
    unstable: bool
    offset_deg: float
    offset_xy_deg: tuple[float, float]
    data_loss: float

    def passes(self, limit_deg: float) -> bool:
        """Whether the eye was found resting within the limit."""
        return not self.unstable and self.offset_deg <= limit_deg

    def as_data(self, limit_deg: float) -> dict[str, Any]:
        """Return JSON types for the journal's ``drift_check`` event."""
        return {**_as_data(self), "limit_deg": limit_deg, "passed": self.passes(limit_deg)}


def _mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _or_none(value: float) -> float | None:
    """JSON knows no NaN."""
    return None if math.isnan(value) else value


def _as_data(measured: Means | PointQuality | EyeQuality | DriftCheck) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in fields(measured):
        value = getattr(measured, field.name)
        if isinstance(value, EyeQuality):
            data[field.name] = _as_data(value)
        elif isinstance(value, tuple):
            data[field.name] = [_or_none(each) for each in value]
        else:
            data[field.name] = _or_none(value) if isinstance(value, float) else value
    return data


def _point_from(data: dict[str, Any]) -> PointQuality:
    x, y = data["target_px"]
    return PointQuality(
        target_px=(x, y),
        start_s=data["start_s"],
        stop_s=data["stop_s"],
        distance_mm=data["distance_mm"],
        unstable=data["unstable"],
        left=_eye_from(data["left"]),
        right=_eye_from(data["right"]),
        both=_eye_from(data["both"]),
    )


def _eye_from(data: dict[str, Any]) -> EyeQuality:
    def known(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return tuple(known(each) for each in value)
        return math.nan if value is None else value

    return EyeQuality(**{field.name: known(data[field.name]) for field in fields(EyeQuality)})
