"""The check of the eye tracker in the reading window: its targets and its result go into the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Limits
from gazeannotator.tracking.target_run import TargetFact
from gazeannotator.ui.calibration.calibrating import calibrator_of
from gazeannotator.ui.calibration.screen import CheckPlace, CheckScreen
from gazeannotator.ui.reading.place_texts import displaced
from gazeannotator.ui.reading.room import Phase
from gazeannotator.ui.screens import area_of

if TYPE_CHECKING:
    from gazeannotator.ui.reading.window import ReadingWindow


def validate(window: ReadingWindow, _purpose: str) -> None:
    """Begin a check over the page of a window, see `ReadingController.validation_wanted`."""
    Validating(window).begin()


class Validating(QObject):
    """One check; it lives as long as its screen."""

    def __init__(self, window: ReadingWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller = window.controller
        self._feed = window.link.feed
        protocol = controller.protocol
        place = CheckPlace(
            screen=window.room.screen,
            area=lambda: area_of(window.view),
            latest=self._feed.raw,
            publish=self._note_target,
            clock=window.room.clock,
            limits=Limits(protocol.max_accuracy_deg, protocol.max_data_loss),
            simulated=window.link.simulated,
            recorded=True,
            calibrator=calibrator_of(self._feed.description),
            obstacle=lambda: displaced(window.room.displaced, window.place.facts.name),
        )
        self._check = window.check = CheckScreen(place, window)
        self._check.finished.connect(self._finished)
        self._check.calibrated.connect(self._calibrated)
        self._check.held.connect(self._return)
        controller.changed.connect(self._look)

    def begin(self) -> None:
        """Cover the window."""
        self._check.setGeometry(self._window.rect())
        self._check.show()
        self._check.raise_()
        self._check.begin()

    def _note_target(self, fact: TargetFact) -> None:
        session = self._controller.session
        self._controller.writes.add(lambda: session.target(fact.t_s, fact.purpose, fact.xy_px))

    @Slot(dict)
    def _calibrated(self, answer: dict[str, Any]) -> None:
        self._controller.distrust("calibration", status=answer["status"])

    @Slot()
    def _return(self) -> None:
        if self._window.room.displaced == "elsewhere":
            self._window.place.show()

    @Slot(object)
    def _finished(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            # From now on what is seen of the gaze is corrected, or no longer; what is stored never is.
            self._feed.correction = outcome.corrected and outcome.corrected.corrections
        self._controller.validated(outcome and outcome.as_data())

    @Slot()
    def _look(self) -> None:
        """Leave, as nobody waits for the result any more."""
        if self._controller.phase is Phase.VALIDATING:
            return
        self._controller.changed.disconnect(self._look)
        left = self._check.left_result()
        if left is not None:
            self._feed.correction = None
            self._controller.note_validation(left.as_data())
        self._window.check = None
        self._check.stop()
        self._check.hide()
        self._check.deleteLater()
        self._window.setFocus()
        self.deleteLater()
