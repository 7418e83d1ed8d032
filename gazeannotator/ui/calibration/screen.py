"""A check of the eye tracker from the first page to its result; fills the window that it lies in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from gazeannotator.geometry import Placement, Screen
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Limits, PointQuality
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.tracking.target_run import TargetRun
from gazeannotator.tracking.validation import validation_result, validation_run
from gazeannotator.ui.calibration.calibrating import Calibrating
from gazeannotator.ui.calibration.calibration_page import CalibrationPage
from gazeannotator.ui.calibration.course import Publish
from gazeannotator.ui.calibration.guide_page import GuidePage
from gazeannotator.ui.calibration.head import tells_position
from gazeannotator.ui.calibration.result_page import ResultPage
from gazeannotator.ui.calibration.target_page import Obstacle, TargetPage, no_obstacle
from gazeannotator.ui.calibration.words_page import WordsPage
from gazeannotator.ui.digits import physical_digit
from gazeannotator.ui.image_view import BACKGROUND
from gazeannotator.ui.panel import PanelText
from gazeannotator.ui.tobii_link import TobiiLink
from gazeannotator.ui.words import localised

POSITION_WITHIN_S = 10.0
SIGN_MARGIN = 14
USUAL_CALIBRATION = 9

Page = GuidePage | WordsPage | TargetPage | CalibrationPage | ResultPage


@dataclass(frozen=True)
class CheckPlace:
    """Where a check takes place.

    Attributes
    ----------
    screen : Screen
    area : callable
        Part of the screen over which the targets are spread: that of the window.
    latest : callable
        The raw gaze of the last seconds.
    publish : callable
        Writes a target, so that the check can be computed again.
    clock : callable
        The local clock.
    limits : Limits
    simulated : bool
        Nobody looks.
    recorded : bool
        The result is stored.
    calibrator : TobiiLink or None
        Where the tracker is calibrated through us, see `calibrating.calibrator_of`.
    points : int
        Number of targets; only nine carry a second-order correction.
    obstacle : callable
        See `TargetPage`.
    """

    screen: Screen
    area: Callable[[], Placement]
    latest: Latest
    publish: Publish
    clock: Callable[[], float]
    limits: Limits
    simulated: bool
    recorded: bool
    calibrator: TobiiLink | None = None
    points: int = 9
    obstacle: Obstacle = no_obstacle


class CheckScreen(QWidget):
    """Guide, calibration where it is wanted, targets, result.

    Signals
    -------
    finished(Outcome or None)
        The reader goes on with a result, or has left: with the last one where it is stored, marked as
        left, or without any.
    calibrated(dict)
        The tracker has a new calibration, which holds already; what the bridge tells of it.
    held()
        A key was to go on, and must not: see `CheckPlace.obstacle`.
    """

    finished = Signal(object)
    calibrated = Signal(dict)
    held = Signal()

    def __init__(self, place: CheckPlace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("checkScreen")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._place = place
        self._run: TargetRun[PointQuality] | None = None
        self._calibration: dict[str, Any] | None = None
        self._found: Outcome | None = None
        can_calibrate = place.calibrator is not None
        self.calibrating = Calibrating(place.calibrator, place.screen, self) if can_calibrate else None
        self.targets = TargetPage(
            place.screen, place.latest, place.publish, place.clock, self, place.obstacle
        )
        self.guide = GuidePage(place.latest, place.screen, self, can_calibrate=can_calibrate)
        self.words = WordsPage(self)
        self.calibration = CalibrationPage(place.screen, self)
        self.result = ResultPage(place.screen, self, can_calibrate=can_calibrate, recorded=place.recorded)
        self.pages: tuple[Page, ...] = (
            self.targets,
            self.guide,
            self.words,
            self.calibration,
            self.result,
        )
        self._simulated = QLabel(QCoreApplication.translate("ReadingWindow", "SIMULATED"), self)
        self._simulated.setObjectName("simulatedSign")
        self._simulated.move(SIGN_MARGIN, SIGN_MARGIN)
        self.page: Page | None = None
        for each in (*self.pages, self._simulated):
            each.hide()
        self._connect()

    def _connect(self) -> None:
        self.guide.ready.connect(self._validate)
        self.targets.finished.connect(self._targets_shown)
        self.targets.restart_wanted.connect(self._restart)
        self.targets.left.connect(self._leave_targets)
        self.calibration.accepted.connect(self._calibrated)
        self.calibration.again.connect(self._choose_calibration)
        self.result.accepted.connect(self._end)
        self.result.again.connect(self._repeat)
        for page in (self.guide, self.calibration, self.result):
            page.left.connect(self._leave)
        for page in (self.guide, self.result):
            page.calibration_wanted.connect(self._choose_calibration)
        if self.calibrating is not None:
            self.calibration.repeat.connect(self.calibrating.repeat)
            self.calibrating.targets_wanted.connect(self._show_calibration_targets)
            self.calibrating.computed.connect(self._show_calibration)
            self.calibrating.failed.connect(self._show_failure)

    def begin(self) -> None:
        """Show the first page: where the head is, if the tracker tells it."""
        self.setFocus()
        if tells_position(self._place.latest(POSITION_WITHIN_S)):
            self._show(self.guide)
        else:
            self._validate()

    def stop(self) -> None:
        """Take everything back, without a result."""
        self.targets.stop()
        if self.calibrating is not None:
            self.calibrating.leave()

    def begin_anew(self) -> None:
        """Forget what was measured, as the tracker is another now, and measure again what was."""
        self._found = None
        calibrates = self.calibrating is not None and self.calibrating.active
        if self.page in (self.targets, self.result) and not calibrates:
            self.targets.stop()
            self._validate(self.tr("The eye tracker's set-up was changed: once more"))

    def left_result(self) -> Outcome | None:
        """Give the last result where it is stored and nobody went on with it; None else."""
        # A bad one that was thrown away would leave an older, better one in force.
        noted = self._place.recorded and self._found is not None
        return replace(self._found, left=True) if noted else None

    # -- input ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key that is no command: none of them is meant for what lies below."""
        command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if event.modifiers() & (command | Qt.KeyboardModifier.MetaModifier):
            event.ignore()
        elif self.page is None or event.isAutoRepeat():
            return
        elif self._is_held(event.key()):
            self.targets.look_at_place()
            self.held.emit()
        else:
            self.page.press(event.key(), physical_digit(event, QGuiApplication.platformName()))

    def _is_held(self, key: int) -> bool:
        """Tell whether a key would lead to targets that are in the wrong place now."""
        leaves = key == Qt.Key.Key_Escape or (self.page is self.result and key == Qt.Key.Key_Space)
        return not leaves and self._place.obstacle() is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages in."""
        super().resizeEvent(event)
        self.targets.setGeometry(self.rect())
        for page in (self.guide, self.words, self.calibration, self.result):
            page.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what lies below with grey."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        painter.end()

    # -- validation ----------------------------------------------------------------------------

    def _show(self, page: Page) -> None:
        self.page = page
        for each in self.pages:
            each.setVisible(each is page)
        # While a target is looked at there is nothing else to be seen.
        alone = page is self.targets
        self._simulated.setVisible(self._place.simulated and not alone)
        self._simulated.raise_()
        self.setCursor(Qt.CursorShape.BlankCursor if alone else Qt.CursorShape.ArrowCursor)

    @Slot()
    def _validate(self, introduction: str = "") -> None:
        place = self._place
        if self.page is None:
            introduction = self.tr("Look at each dot until it moves on")
        self._run = validation_run(place.screen, place.points, seed=secrets.randbits(32), area=place.area())
        self._play(self._run, introduction)

    def _play(self, run: TargetRun, introduction: str = "") -> None:
        self._show(self.targets)
        self.targets.play(run, introduction)

    @Slot(list)
    def _repeat(self, numbers: list[int]) -> None:
        if not numbers:
            self._validate()
            return
        self._run.redo(numbers)
        self._play(self._run)

    @Slot()
    def _targets_shown(self) -> None:
        if self.calibrating is not None and self.calibrating.active:
            self._wait(self.tr("One moment"))
            self.calibrating.compute()
        else:
            self._show_result()

    def _show_result(self) -> None:
        result = validation_result(self._run)
        self._found = Outcome(result, self._place.limits, calibration=self._calibration)
        self.result.show_outcome(self._found)
        self._show(self.result)

    # -- calibration ---------------------------------------------------------------------------

    @Slot()
    def _choose_calibration(self) -> None:
        begin = self._begin_calibration
        text = PanelText(
            title=self.tr("Calibrate the eye tracker"),
            lead=self.tr("Look at each dot until it moves on, and keep your head still. How many dots?"),
            keys=(
                (("1",), self.tr("5 dots: quick, for eyes that are hard to track")),
                (("2",), self.tr("9 dots: the usual")),
                (("3",), self.tr("13 dots: the most accurate")),
                (("Esc",), self.tr("Leave")),
            ),
            action=self.tr("Press Space for 9 dots"),
        )
        keys = {Qt.Key.Key_Space: lambda: begin(USUAL_CALIBRATION), Qt.Key.Key_Escape: self._leave}
        self.words.offer(text, keys, {"1": lambda: begin(5), "2": lambda: begin(9), "3": lambda: begin(13)})
        self._show(self.words)

    def _begin_calibration(self, count: int) -> None:
        self._wait(self.tr("One moment"))
        self.calibrating.begin(count)

    def _wait(self, title: str) -> None:
        self.words.offer(
            PanelText(title=title, action=self.tr("Waiting for the eye tracker"), waiting=True),
            {Qt.Key.Key_Escape: self._leave},
        )
        self._show(self.words)

    @Slot(object)
    def _show_calibration_targets(self, run: TargetRun[bool]) -> None:
        self._play(run)

    @Slot(dict)
    def _show_calibration(self, answer: dict) -> None:
        self._calibration = answer
        if answer["status"] != "failed":
            self._found = None
            self.calibrated.emit(answer)
        self.calibration.show_result(answer, self.calibrating.run.targets_px)
        self._show(self.calibration)

    @Slot(str, str)
    def _show_failure(self, message: str, hint: str) -> None:
        self.targets.stop()
        text = PanelText(
            title=self.tr("The eye tracker could not be calibrated"),
            lead=f"{localised(message)} {localised(hint)}".strip(),
            keys=((("K",), self.tr("Try once more")), (("Esc",), self.tr("Leave"))),
            action=self.tr("Press Space to check the accuracy as it is"),
        )
        self.words.offer(
            text,
            {
                Qt.Key.Key_K: self._choose_calibration,
                Qt.Key.Key_Space: self._validate,
                Qt.Key.Key_Escape: self._leave,
            },
        )
        self._show(self.words)

    @Slot()
    def _calibrated(self) -> None:
        self.calibrating.leave()
        self._validate()

    # -- leaving -------------------------------------------------------------------------------

    @Slot()
    def _restart(self) -> None:
        if self.calibrating is not None and self.calibrating.active:
            self._begin_calibration(len(self.calibrating.run.targets_px))
        else:
            self._validate()

    @Slot()
    def _leave_targets(self) -> None:
        calibrates = self.calibrating is not None and self.calibrating.active
        # Single points that were to be repeated are still there as they were.
        if not calibrates and len(self._run.results) == len(self._run.targets_px):
            self._show_result()
        else:
            self._leave()

    @Slot()
    def _leave(self) -> None:
        self.stop()
        self._end(self.left_result())

    @Slot(object)
    def _end(self, outcome: Outcome | None) -> None:
        self.page = self._found = None
        self.finished.emit(outcome)
