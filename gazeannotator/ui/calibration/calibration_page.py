"""The page that says how a calibration by the tracker went, point by point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.geometry import Screen, angle_deg, normalised_to_screen_px
from gazeannotator.ui.calibration import words
from gazeannotator.ui.calibration.page import KeyRows, WidePage, eye_legend
from gazeannotator.ui.calibration.picture import XY, OffsetPicture, PointMark

POOR_DEG = 1.5
"""The calibrated gaze is fitted to these very points: further off than this a point did not go well."""

_NOWHERE: XY = (math.nan, math.nan)


class CalibrationPage(WidePage):
    """Shows a calibration.

    Signals
    -------
    accepted()
        The reader goes on to the check of its accuracy.
    again()
        All anew.
    repeat(int)
        Number of a point, counted from 0, that is to be calibrated once more.
    left()
    """

    accepted = Signal()
    again = Signal()
    repeat = Signal(int)
    left = Signal()

    def __init__(self, screen: Screen, parent: QWidget) -> None:
        super().__init__(QSize(1180, 676), parent, grows=True)
        self._screen = screen
        self._names: list[str] = []
        self._usable = False
        self.picture = OffsetPicture(screen)
        self.keys = KeyRows()
        shown = QVBoxLayout()
        shown.addWidget(self.picture)
        shown.addLayout(eye_legend())
        shown.addStretch(1)
        beside = QVBoxLayout()
        beside.addWidget(self.keys)
        beside.addStretch(1)
        self._columns = QHBoxLayout()
        self._columns.addLayout(shown, 5)
        self._columns.addLayout(beside, 2)
        self.body.addLayout(self._columns, 1)

    def show_result(self, answer: Mapping[str, Any], targets_px: Sequence[XY]) -> None:
        """Show what the tracker has computed.

        Parameters
        ----------
        answer : mapping
            As the bridge tells it: ``status``, and ``points`` with ``x``, ``y`` and for each eye its
            mean ``offset`` and the positions that were ``used``, all normalised.
        targets_px : sequence of tuple of float
            All points that were to be calibrated, also those of which the tracker tells nothing.
        """
        self._names = words.names_of(targets_px)
        marks = [self._mark(xy, name, answer) for xy, name in zip(targets_px, self._names, strict=True)]
        poor = sorted(mark.name for mark in marks if mark.bad)
        self.picture.show_marks(marks)
        self._usable = answer["status"] != "failed"
        titles = {
            "both": self.tr("Calibrated"),
            "left": self.tr("Only the left eye is calibrated"),
            "right": self.tr("Only the right eye is calibrated"),
            "failed": self.tr("The calibration did not succeed"),
        }
        title = titles[answer["status"]]
        lead = self.tr("Next: how accurate the gaze is now, at other points.")
        action = self.tr("Press Space to check the accuracy")
        if not self._usable:
            lead = self.tr("Sit upright, keep glasses clean, no light into the eyes.")
            action = self.tr("Press K to calibrate once more")
        elif poor:
            lead = self.tr("It did not go well at point {points}: press the number to repeat it.").format(
                points=self.tr(", ").join(poor)
            )
            action = self.tr("Press {number} to repeat the point, or Space to check the accuracy").format(
                number=poor[0]
            )
        good = answer["status"] == "both" and not poor
        tone = "good" if good else "wait" if self._usable else "bad"
        self.say(title, lead, tone=tone, action=action)
        self.keys.set_rows(
            (
                (("1", "…", max(self._names)), self.tr("Repeat a single point")),
                (("K",), self.tr("Calibrate once more")),
                (("Esc",), self.tr("Leave")),
            )
        )

    def press(self, key: int, digit: str | None) -> None:
        """Take a key."""
        name = digit or (chr(key) if Qt.Key.Key_A <= key <= Qt.Key.Key_Z else "")
        if key == Qt.Key.Key_Space and self._usable:
            self.accepted.emit()
        elif key == Qt.Key.Key_K:
            self.again.emit()
        elif name in self._names:
            self.repeat.emit(self._names.index(name))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()

    def zoomed(self, zoom: float) -> None:
        """Take over another size of the words."""
        self._columns.setSpacing(round(32 * zoom))
        self.keys.zoomed(zoom)

    def _mark(self, target_px: XY, name: str, answer: Mapping[str, Any]) -> PointMark:
        x, y = target_px[0] / self._screen.width_px, target_px[1] / self._screen.height_px
        told = next(
            (each for each in answer.get("points", ()) if math.hypot(each["x"] - x, each["y"] - y) < 0.01), {}
        )
        eyes = [self._eye(told.get(eye)) for eye in ("left", "right")]
        wanted = {"left": (True, False), "right": (False, True)}.get(answer["status"], (True, True))
        off_deg = [float(angle_deg(np.array(at), np.array(target_px), self._screen)) for at, _spread in eyes]
        bad = any(needed and not off < POOR_DEG for needed, off in zip(wanted, off_deg, strict=True))
        return PointMark(name, target_px, eyes[0][0], eyes[1][0], (eyes[0][1], eyes[1][1]), bad)

    def _eye(self, told: Mapping[str, Any] | None) -> tuple[XY, float]:
        """Where an eye was found, and how far its samples were spread, in degrees."""
        if not told or not told["used"]:
            return _NOWHERE, math.nan
        used_px = normalised_to_screen_px(np.array(told["used"]), self._screen.size_px)
        spread_px = float(np.sqrt(np.sum(np.var(used_px, axis=0))))
        at = used_px.mean(axis=0)
        return (float(at[0]), float(at[1])), spread_px / self._screen.px_per_deg
