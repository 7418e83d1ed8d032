"""What targets are shown for: validation, calibration by the tracker, drift check, fixation cross.

Each is a `TargetRun` with its own places, its own rules of when gaze is taken, and its own use of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.gaze.correction import Correction, Corrections, fit_correction
from gazeannotator.geometry import Screen, screen_px_to_normalised
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import targets
from gazeannotator.tracking.measures import drift, measure
from gazeannotator.tracking.quality import DriftCheck, Eye, PointPx, PointQuality, ValidationResult
from gazeannotator.tracking.steadiness import Rules, Window
from gazeannotator.tracking.target_run import TargetRun

LONG = Rules(window_s=0.8)
"""For a validation, which also tells how noisy the gaze is."""

SHORT = Rules(window_s=0.3)
"""For one decision on where the eye is."""

ON_CROSS = Rules(settle_s=0.1, window_s=0.2, near_deg=3.0)
"""As far away as the least accurate tracker that a study may allow lets a resting eye seem."""

BEFORE_CALIBRATION = replace(SHORT, near_deg=math.inf)
"""An uncalibrated tracker may see the gaze anywhere."""


def validation_run(screen: Screen, count: int = 9, *, seed: int = 0) -> TargetRun[PointQuality]:
    """Make the run of a validation: 4, 5 or 9 targets, measured one by one.

    Raises
    ------
    BadInput
        There are no targets of this number.
    """

    def measured(target_px: PointPx, window: Window, chunk: GazeChunk) -> PointQuality:
        return measure(chunk, target_px, window.start_s, window.stop_s, screen, unstable=not window.steady)

    places = targets.places(targets.VALIDATION, count)
    points_px = targets.on_screen_px(places, screen.size_px)
    return TargetRun(points_px, measured, purpose="validation", screen=screen, rules=LONG, seed=seed)


def validation_result(run: TargetRun[PointQuality]) -> ValidationResult:
    """Gather what a validation has found, in the order of its targets.

    Raises
    ------
    RuntimeError
        It was not finished: what it has found so far may look better than it is.
    """
    if len(run.results) < len(run.targets_px):
        raise RuntimeError("a validation that was not finished has no result")
    return ValidationResult(tuple(run.results[number] for number in sorted(run.results)))


def fit_corrections(result: ValidationResult, screen: Screen) -> Corrections:
    """Fit a correction for each eye on what a validation found.

    An eye that was found at too few points for as good a fit takes that of the combined gaze.

    Raises
    ------
    BadInput
        The combined gaze was found at too few points as well.
    """
    screen = replace(screen, distance_mm=result.distance_mm) if result.points else screen

    def fitted(eye: Eye) -> Correction:
        points = [point for point in result.points if point.eye(eye).is_valid]
        gaze_px = np.array([point.eye(eye).gaze_px for point in points]).reshape(-1, 2)
        target_px = np.array([point.target_px for point in points]).reshape(-1, 2)
        gaze, target = (screen_px_to_normalised(each, screen.size_px) for each in (gaze_px, target_px))
        return fit_correction(gaze, target, screen)

    combined = fitted("both")

    def own_or_combined(eye: Eye) -> Correction:
        try:
            own = fitted(eye)
        except BadInput:
            return combined
        return own if own.order == combined.order else combined

    return Corrections(own_or_combined("left"), own_or_combined("right"))


def calibration_run(
    screen: Screen, count: int, collect: Callable[[float, float], None], *, seed: int = 0
) -> TargetRun[bool]:
    """Make the run of a calibration by the tracker: 5, 9 or 13 targets, the one in the middle first.

    Parameters
    ----------
    screen : Screen
    count : int
    collect : callable
        Asks the tracker to collect data at a tracker-normalised x, y, and returns at once. Its answer
        (whether it could) is given by `TargetRun.finish`, after which the next target sets off.
    seed : int

    Raises
    ------
    BadInput
        There are no targets of this number.
    """

    def asked(target_px: PointPx, _window: Window, _chunk: GazeChunk) -> bool | None:
        x, y = screen_px_to_normalised(np.array(target_px), screen.size_px)
        collect(float(x), float(y))
        return None

    places = targets.places(targets.CALIBRATION, count)
    points_px = targets.on_screen_px(places, screen.size_px)
    return TargetRun(
        points_px,
        asked,
        purpose="calibration",
        screen=screen,
        rules=BEFORE_CALIBRATION,
        seed=seed,
        first=places.index(targets.CENTRE),
    )


def drift_check_run(screen: Screen, *, at_px: PointPx | None = None) -> TargetRun[DriftCheck]:
    """Make the run of a one-point check, in the middle of the screen if nothing else is said."""

    def checked(target_px: PointPx, window: Window, chunk: GazeChunk) -> DriftCheck:
        return drift(chunk, target_px, window.start_s, window.stop_s, screen, unstable=not window.steady)

    point_px = (screen.width_px / 2, screen.height_px / 2) if at_px is None else at_px
    return TargetRun([point_px], checked, purpose="drift_check", screen=screen, rules=SHORT)


def cross_run(screen: Screen, *, at_px: PointPx | None = None, patience_s: float = 3.0) -> TargetRun[bool]:
    """Make the run of a fixation cross: True once the eye rests on it, False when patience is over."""
    point_px = (screen.width_px / 2, screen.height_px / 2) if at_px is None else at_px
    return TargetRun(
        [point_px],
        lambda _target_px, window, _chunk: window.steady,
        purpose="cross",
        screen=screen,
        rules=replace(ON_CROSS, patience_s=patience_s),
    )
