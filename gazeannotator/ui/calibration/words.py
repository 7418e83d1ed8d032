"""What a check of the eye tracker found, in words for a reader."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QCoreApplication

from gazeannotator.study.model import TrackerQuality
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Eye, PointPx, Reason

translate = QCoreApplication.translate

_KEYS = "123456789ABDE"
"""What names a target on the keyboard; C has another meaning."""

EYES_IN_ORDER: tuple[Eye, ...] = ("both", "left", "right")


def degrees(value: float) -> str:
    """Write an angle, as precise as it is."""
    return "–" if math.isnan(value) else translate("TrackerCheck", "{value:.2f}°").format(value=value)


def rough_degrees(value: float) -> str:
    """Write an angle to be taken in at a glance."""
    if value < 0.05:
        return translate("TrackerCheck", "under 0.1°")
    return "–" if math.isnan(value) else translate("TrackerCheck", "{value:.1f}°").format(value=value)


def percent(share: float) -> str:
    """Write a share."""
    return "–" if math.isnan(share) else translate("TrackerCheck", "{value:.0f} %").format(value=100 * share)


def verdict_words(outcome: Outcome) -> str:
    """Say whether the gaze is good enough, in one line."""
    value = rough_degrees(outcome.accuracy_deg)
    if outcome.passed:
        if outcome.corrected is not None:
            return translate("TrackerCheck", "Good with the correction: {value}").format(value=value)
        return translate("TrackerCheck", "Good: {value}").format(value=value)
    if math.isnan(outcome.accuracy_deg):
        return translate("TrackerCheck", "Not good enough: no gaze was found")
    if outcome.reasons == ("data_loss",):
        return translate("TrackerCheck", "Not good enough: {value} of the gaze is lost").format(
            value=percent(outcome.result.data_loss)
        )
    if "accuracy" in outcome.reasons:
        return translate("TrackerCheck", "Not good enough: {value}, limit {limit}").format(
            value=value, limit=rough_degrees(outcome.limits.max_accuracy_deg)
        )
    if "too_few_points" in outcome.reasons:
        return translate("TrackerCheck", "Not good enough: no gaze at point {points}").format(
            points=missed_points(outcome)
        )
    return translate("TrackerCheck", "Not good enough: the gaze trembles by {value}").format(
        value=degrees(outcome.result.precision_rms_deg)
    )


def advice(outcome: Outcome, *, can_calibrate: bool) -> str:
    """Say what the result means, or what to do about it."""
    if outcome.passed:
        apart_mm = outcome.result.distance_mm * math.tan(math.radians(outcome.accuracy_deg))
        return translate(
            "TrackerCheck", "The gaze is off by about {mm:.0f} mm on this screen, on average."
        ).format(mm=max(1.0, apart_mm))
    if math.isnan(outcome.accuracy_deg):
        return _remedy("data_loss", outcome, can_calibrate=can_calibrate)
    return " ".join(_remedy(reason, outcome, can_calibrate=can_calibrate) for reason in outcome.reasons)


def _remedy(reason: Reason, outcome: Outcome, *, can_calibrate: bool) -> str:
    if reason == "accuracy":
        if can_calibrate:
            return translate("TrackerCheck", "Calibrate the eye tracker (K).")
        return translate(
            "TrackerCheck", "Calibrate in the eye tracker's own program, then check once more (V)."
        )
    if reason == "too_few_points":
        return translate("TrackerCheck", "Repeat point {points}: press its number.").format(
            points=missed_points(outcome)
        )
    if reason == "data_loss":
        return translate(
            "TrackerCheck",
            "The eyes are often not found: sit upright, keep glasses clean, no light into the eyes.",
        )
    return translate("TrackerCheck", "Hold the head still, keep glasses clean, then check once more (V).")


def missed_points(outcome: Outcome) -> str:
    """Name the points at which no gaze was found."""
    points = outcome.result.points
    names = names_of(point.target_px for point in points)
    missed = (name for name, point in zip(names, points, strict=True) if not point.is_valid)
    return translate("TrackerCheck", ", ").join(sorted(missed))


def names_of(targets_px: Iterable[PointPx]) -> list[str]:
    """Give each target the key that repeats it, numbered row by row as one reads."""
    places = list(targets_px)
    order = sorted(range(len(places)), key=lambda n: (places[n][1], places[n][0]))
    names = [""] * len(places)
    for name, number in zip(_KEYS, order, strict=False):
        names[number] = name
    return names


def numbers_table(outcome: Outcome) -> tuple[tuple[str, ...], ...]:
    """Lay out the measures: a column an eye, the combined gaze first."""
    means = [outcome.result.means(eye) for eye in EYES_IN_ORDER]
    with_correction: tuple[tuple[str, ...], ...] = ()
    if outcome.corrected is not None:
        both = outcome.corrected.corrections
        eyes = (float(np.nanmean(each.left_out_deg)) for each in (both.left, both.right))
        cells = (degrees(each) for each in (outcome.accuracy_deg, *eyes))
        with_correction = ((translate("TrackerCheck", "… with the correction"), *cells),)
    return (
        (
            "",
            translate("TrackerCheck", "Both eyes"),
            translate("TrackerCheck", "Left"),
            translate("TrackerCheck", "Right"),
        ),
        (translate("TrackerCheck", "Accuracy"), *(degrees(each.accuracy_deg) for each in means)),
        *with_correction,
        (
            translate("TrackerCheck", "Precision (RMS-S2S)"),
            *(degrees(each.precision_rms_deg) for each in means),
        ),
        (translate("TrackerCheck", "Precision (STD)"), *(degrees(each.precision_std_deg) for each in means)),
        (translate("TrackerCheck", "Data loss"), *(percent(each.data_loss) for each in means)),
    )


def measured_words(tracking: TrackerQuality, age_s: float) -> str:
    """Say in a line how good the tracker was found to be, and how long ago."""
    minutes = int(age_s / 60)
    when = (
        translate("TrackerCheck", "just now")
        if minutes < 1
        else translate("TrackerCheck", "{n} min ago").format(n=minutes)
    )
    return translate("TrackerCheck", "Accuracy {accuracy}, precision {precision} ({when}).").format(
        accuracy=rough_degrees(tracking.accuracy_deg),
        precision=rough_degrees(tracking.precision_rms_deg),
        when=when,
    )
