"""A check of the eye tracker from the first page to its result; fills the window that it lies in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from gazeannotator.geometry import Placement, Screen
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Limits, PointQuality
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.tracking.target_run import TargetRun
from gazeannotator.tracking.validation import validation_result, validation_run
from gazeannotator.ui.calibration.course import Publish
from gazeannotator.ui.calibration.guide_page import GuidePage
from gazeannotator.ui.calibration.head import tells_position
from gazeannotator.ui.calibration.result_page import ResultPage
from gazeannotator.ui.calibration.target_page import TargetPage
from gazeannotator.ui.digits import physical_digit
from gazeannotator.ui.image_view import BACKGROUND

POSITION_WITHIN_S = 10.0
SIGN_MARGIN = 14

Page = GuidePage | TargetPage | ResultPage


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
    points : int
        Number of targets; only nine carry a second-order correction.
    """

    screen: Screen
    area: Callable[[], Placement]
    latest: Latest
    publish: Publish
    clock: Callable[[], float]
    limits: Limits
    simulated: bool
    recorded: bool
    points: int = 9


class CheckScreen(QWidget):
    """Guide, targets, result.

    Signals
    -------
    finished(Outcome or None)
        The reader goes on with a result, or has left without one.
    """

    finished = Signal(object)

    def __init__(self, place: CheckPlace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("checkScreen")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._place = place
        self._run: TargetRun[PointQuality] | None = None
        self.targets = TargetPage(place.screen, place.latest, place.publish, place.clock, self)
        self.guide = GuidePage(place.latest, place.screen, self)
        self.result = ResultPage(place.screen, self, can_calibrate=False, recorded=place.recorded)
        self.pages: tuple[Page, ...] = (self.targets, self.guide, self.result)
        self._simulated = QLabel(QCoreApplication.translate("ReadingWindow", "SIMULATED"), self)
        self._simulated.setObjectName("simulatedSign")
        self._simulated.move(SIGN_MARGIN, SIGN_MARGIN)
        self.page: Page | None = None
        for each in (*self.pages, self._simulated):
            each.hide()
        self.guide.ready.connect(self._validate)
        self.guide.left.connect(self._leave)
        self.targets.finished.connect(self._show_result)
        self.targets.restart_wanted.connect(self._validate)
        self.targets.left.connect(self._leave_targets)
        self.result.accepted.connect(self._end)
        self.result.again.connect(self._repeat)
        self.result.left.connect(self._leave)

    def begin(self) -> None:
        """Show the first page: where the head is, if the tracker tells it."""
        self.setFocus()
        if tells_position(self._place.latest(POSITION_WITHIN_S)):
            self._show(self.guide)
        else:
            self._validate()

    def stop(self) -> None:
        """Leave at once, without a result."""
        self.targets.stop()
        self._leave()

    # -- input ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key that is no command: none of them is meant for what lies below."""
        command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if event.modifiers() & (command | Qt.KeyboardModifier.MetaModifier):
            super().keyPressEvent(event)
        elif self.page is not None and not event.isAutoRepeat():
            self.page.press(event.key(), physical_digit(event, QGuiApplication.platformName()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages in."""
        super().resizeEvent(event)
        self.targets.setGeometry(self.rect())
        for page in (self.guide, self.result):
            page.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what lies below with grey."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        painter.end()

    # -- one page after the other --------------------------------------------------------------

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
    def _validate(self) -> None:
        introduction = ""
        if self.page is None:
            introduction = self.tr("Look at each dot until it moves on")
        place = self._place
        self._run = validation_run(place.screen, place.points, seed=secrets.randbits(32), area=place.area())
        self._play(introduction)

    def _play(self, introduction: str = "") -> None:
        self._show(self.targets)
        self.targets.play(self._run, self._unfinished, introduction)

    def _unfinished(self) -> list[int]:
        results = self._run.results
        numbers = range(len(self._run.targets_px))
        return [n for n in numbers if n not in results or not results[n].is_valid]

    @Slot(list)
    def _repeat(self, numbers: list[int]) -> None:
        if not numbers:
            self._validate()
            return
        self._run.redo(numbers)
        self._play()

    @Slot()
    def _show_result(self) -> None:
        self.result.show_outcome(Outcome(validation_result(self._run), self._place.limits))
        self._show(self.result)

    @Slot()
    def _leave_targets(self) -> None:
        # Single points that were to be repeated are still there as they were.
        if len(self._run.results) == len(self._run.targets_px):
            self._show_result()
        else:
            self._leave()

    @Slot()
    def _leave(self) -> None:
        self._end(None)

    @Slot(object)
    def _end(self, outcome: Outcome | None) -> None:
        self.page = None
        self.finished.emit(outcome)
