"""Calibration through the SDK, step by step, while gaze goes on being sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gazeannotator.errors import TrackerError
from gazeannotator.tracking.tobii.commands import Calibrate
from gazeannotator.tracking.tobii.model import CalibrationResult, EyeSamples, Tracker
from gazeannotator.tracking.tobii.task import Task

LEAVE_WITHIN_S = 5.0

Facts = Mapping[str, Any]


class Calibrator:
    """Does one step at a time in a thread, and knows whether a calibration is under way.

    Every step has one answer, a mapping: ``step``, ``ok``, ``x`` and ``y`` where it is at a point,
    ``message`` and ``hint`` where it is not ok, and after ``compute`` also ``status`` (both, left,
    right, failed) and ``points``, see `as_facts`.

    Attributes
    ----------
    inside : bool
        The tracker is in its calibration mode.
    """

    def __init__(self) -> None:
        self.inside = False
        self._command: Calibrate | None = None
        self._tracker: Tracker | None = None
        self._task: Task[CalibrationResult | None] | None = None

    def begin(self, tracker: Tracker | None, command: Calibrate) -> Facts | None:
        """Begin a step; returns the answer where it is known at once (it cannot be done)."""
        problem = self._problem(tracker, command)
        if problem is not None:
            return _answer(command, ok=False) | {"message": problem.message, "hint": problem.hint}
        assert tracker is not None
        self._command, self._tracker = command, tracker
        self._task = Task(lambda: _do(tracker, command))
        return None

    def poll(self) -> Facts | None:
        """Return the answer to the step that has ended since the last call."""
        if self._task is None or not self._task.done:
            return None
        task, command, self._task = self._task, self._command, None
        assert command is not None
        try:
            result = task.result()
        except TrackerError as error:
            self.inside = self.inside and command.step != "leave"
            return _answer(command, ok=False) | {"message": error.message, "hint": error.hint}
        if command.step in ("enter", "leave"):
            self.inside = command.step == "enter"
        if result is None:
            return _answer(command, ok=True)
        return _answer(command, ok=result.status != "failed") | as_facts(result)

    def end(self) -> None:
        """Bring the tracker out of its calibration mode, whatever goes on."""
        if self._task is not None and self._task.wait(LEAVE_WITHIN_S):
            self.poll()
        if self.inside and self._tracker is not None:
            Task(self._tracker.leave_calibration).wait(LEAVE_WITHIN_S)
        self.inside = False

    def interrupt(self) -> Facts | None:
        """Begin anew, as the tracker was opened anew; returns the answer to a step that was under way."""
        running, self._task, self.inside = self._task, None, False
        if running is None or self._command is None:
            return None
        answer = _answer(self._command, ok=False)
        return answer | {"message": "The eye tracker was lost.", "hint": "Begin the calibration again."}

    def _problem(self, tracker: Tracker | None, command: Calibrate) -> TrackerError | None:
        if tracker is None:
            return TrackerError("The eye tracker is not connected.", "Check its cable and power.")
        if not tracker.info.calibrates:
            return TrackerError(
                f"{tracker.info.called} is not calibrated through its SDK.",
                "Calibrate it in its own software, then validate here.",
            )
        if self._task is not None:
            return TrackerError("The step before is not finished.", "Wait for its answer.")
        if self.inside and command.step == "enter":
            return TrackerError("A calibration has begun already.", "Leave it first.")
        if not self.inside and command.step != "enter":
            return TrackerError("No calibration has begun.", "Enter it first.")
        return None


def as_facts(result: CalibrationResult) -> dict[str, Any]:
    """Write a result as it goes over the line.

    Each point has ``x``, ``y`` and for ``left`` and ``right`` the number of samples ``collected``, the
    positions of those that were ``used`` and their mean ``offset`` from the point, all normalised;
    the offset is None where none was used.
    """
    points = []
    for point in result.points:
        eyes = {"left": point.left, "right": point.right}
        points.append(
            {
                "x": point.x,
                "y": point.y,
                **{
                    name: {
                        "collected": eye.collected,
                        "used": [list(each) for each in eye.used],
                        "offset": _offset(eye, point.x, point.y),
                    }
                    for name, eye in eyes.items()
                },
            }
        )
    facts: dict[str, Any] = {"status": result.status, "points": points}
    if result.status == "failed":
        facts["message"] = "The calibration could not be computed."
        facts["hint"] = "Collect more points, or those with few samples again."
    return facts


def _offset(eye: EyeSamples, x: float, y: float) -> list[float] | None:
    if not eye.used:
        return None
    mean_x, mean_y = (sum(values) / len(values) for values in zip(*eye.used, strict=True))
    return [round(mean_x - x, 6), round(mean_y - y, 6)]


def _do(tracker: Tracker, command: Calibrate) -> CalibrationResult | None:
    match command.step:
        case "enter":
            tracker.enter_calibration()
        case "collect":
            tracker.collect(command.x, command.y)
        case "discard":
            tracker.discard(command.x, command.y)
        case "leave":
            tracker.leave_calibration()
        case "compute":
            return tracker.compute()
    return None


def _answer(command: Calibrate, *, ok: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"step": command.step, "ok": ok}
    if not math.isnan(command.x):
        answer |= {"x": command.x, "y": command.y}
    return answer
