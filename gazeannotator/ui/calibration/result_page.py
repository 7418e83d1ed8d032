"""The page that says how accurate the gaze is, and what can be done about it."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.geometry import Screen
from gazeannotator.tracking.outcome import Corrected, Outcome, corrected
from gazeannotator.ui.calibration import words
from gazeannotator.ui.calibration.page import KeyRows, NumbersTable, WidePage, eye_legend
from gazeannotator.ui.calibration.picture import OffsetPicture, PointMark


class ResultPage(WidePage):
    """Shows a validation.

    Signals
    -------
    accepted(Outcome)
        The reader goes on with it.
    again(list of int)
        Targets to be shown once more, counted from 0; empty for all.
    calibration_wanted()
    left()
    """

    accepted = Signal(object)
    again = Signal(list)
    calibration_wanted = Signal()
    left = Signal()

    def __init__(self, screen: Screen, parent: QWidget, *, can_calibrate: bool, recorded: bool) -> None:
        super().__init__(QSize(1280, 676), parent, grows=True)
        self._screen = screen
        self._can_calibrate = can_calibrate
        self._recorded = recorded
        self.outcome: Outcome | None = None
        self._names: list[str] = []
        self._possible: Corrected | None = None
        self.picture = OffsetPicture(screen)
        self.table = NumbersTable()
        self.keys = KeyRows()
        shown = QVBoxLayout()
        shown.addWidget(self.picture)
        shown.addLayout(eye_legend())
        shown.addStretch(1)
        self._beside = QVBoxLayout()
        self._beside.addWidget(self.table)
        self._beside.addSpacing(8)
        self._beside.addWidget(self.keys)
        self._beside.addStretch(1)
        self._columns = QHBoxLayout()
        self._columns.addLayout(shown, 5)
        self._columns.addLayout(self._beside, 3)
        self.body.addLayout(self._columns, 1)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what was found."""
        self.outcome = outcome
        self._names = words.names_of(point.target_px for point in outcome.result.points)
        possible = corrected(outcome.result, self._screen)
        # One that makes it worse is no correction.
        better = possible is not None and possible.accuracy_deg < outcome.result.accuracy_deg
        self._possible = possible if better else None
        self._refresh()

    def press(self, key: int, digit: str | None) -> None:
        """Take a key."""
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit(self.outcome)
        elif key == Qt.Key.Key_V:
            self.again.emit([])
        elif digit in self._names:
            self.again.emit([self._names.index(digit)])
        elif key == Qt.Key.Key_C and self._possible is not None:
            chosen = self._possible if self.outcome.corrected is None else None
            self.outcome = replace(self.outcome, corrected=chosen)
            self._refresh()
        elif key == Qt.Key.Key_K and self._can_calibrate:
            self.calibration_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()

    def zoomed(self, zoom: float) -> None:
        """Take over another size of the words."""
        self._columns.setSpacing(round(32 * zoom))
        for part in (self.table, self.keys):
            part.zoomed(zoom)

    def _refresh(self) -> None:
        outcome = self.outcome
        notes = []
        if outcome.corrected is not None:
            notes.append(
                self.tr(
                    "The recorded gaze stays as it is. The correction is stored beside it, for data sets."
                )
            )
        if not self._recorded:
            notes.append(self.tr("Nothing is recorded here."))
        self.say(
            words.verdict_words(outcome),
            words.advice(outcome, can_calibrate=self._can_calibrate),
            tone="good" if outcome.passed else "bad",
            note="\n".join(notes),
            action=self._action(),
        )
        self.picture.show_marks(self._marks())
        self.table.set_rows(words.numbers_table(outcome))
        self.keys.set_rows(self._key_rows())

    def _action(self) -> str:
        if self.outcome.passed:
            return self.tr("Press Space to go on")
        if self.outcome.reasons == ("too_few_points",):
            first = words.missed_points(self.outcome)[0]
            return self.tr("Press {number} to repeat the point, or Space to go on all the same").format(
                number=first
            )
        return self.tr("Press V to check once more, or Space to go on all the same")

    def _key_rows(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        outcome = self.outcome
        rows = [
            (("V",), self.tr("Check once more")),
            (("1", "…", str(len(outcome.result.points))), self.tr("Repeat a single point")),
        ]
        if outcome.corrected is not None:
            rows.append((("C",), self.tr("Do without the correction")))
        elif self._possible is not None:
            text = self.tr("Correct the gaze by these points: {before} becomes {after}")
            before, after = outcome.result.accuracy_deg, self._possible.accuracy_deg
            rows.append(
                (
                    ("C",),
                    text.format(before=words.rough_degrees(before), after=words.rough_degrees(after)),
                )
            )
        if self._can_calibrate:
            rows.append((("K",), self.tr("Calibrate the eye tracker")))
        noted, unnoted = self.tr("Leave; the result is noted"), self.tr("Leave without this result")
        rows.append((("Esc",), noted if self._recorded else unnoted))
        return tuple(rows)

    def _marks(self) -> list[PointMark]:
        outcome = self.outcome
        marks = []
        for number, point in enumerate(outcome.result.points):
            eyes_px = (point.left.gaze_px, point.right.gaze_px)
            if outcome.corrected is not None:
                eyes_px = outcome.corrected.eyes_px[number]
            accuracy_deg = point.both.accuracy_deg
            far = outcome.corrected is None and accuracy_deg > outcome.limits.max_accuracy_deg
            marks.append(
                PointMark(
                    name=self._names[number],
                    target_px=point.target_px,
                    left_px=eyes_px[0],
                    right_px=eyes_px[1],
                    spread_deg=(point.left.precision_std_deg, point.right.precision_std_deg),
                    bad=far or not point.is_valid or math.isnan(accuracy_deg),
                )
            )
        return marks
