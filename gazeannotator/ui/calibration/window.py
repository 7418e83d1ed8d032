"""A check of the eye tracker by itself, full screen, of which nothing is recorded."""

from __future__ import annotations

import itertools
import uuid

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.settings import Settings
from gazeannotator.study.model import Entry, Protocol
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.tracking.quality import Limits
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.tracking.target_run import TargetFact
from gazeannotator.ui import screens
from gazeannotator.ui.calibration.screen import CheckPlace, CheckScreen
from gazeannotator.ui.gaze_feed import EventSender
from gazeannotator.ui.grey_look import style_sheet, zoom_for
from gazeannotator.ui.tobii_link import TobiiLink


class CheckWindow(QWidget):
    """Does one check and closes.

    Parameters
    ----------
    latest : callable
        The raw gaze of the last seconds.
    settings : Settings
    facts : ScreenFacts
        The screen on which it is shown; no QScreen is kept, as screens are unplugged.
    simulated : bool
    calibrator : TobiiLink, optional

    Signals
    -------
    finished(Outcome or None)
        The window is gone.
    """

    finished = Signal(object)

    def __init__(
        self,
        latest: Latest,
        settings: Settings,
        facts: screens.ScreenFacts,
        *,
        simulated: bool,
        calibrator: TobiiLink | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("checkWindow")
        self.setWindowTitle(self.tr("Check of the eye tracker"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._outcome: Outcome | None = None
        # Not a session: only the simulated eye follows these events.
        self._session = str(uuid.uuid4())
        self._numbers = itertools.count()
        self._sender = EventSender(self._session, facts.px)
        place = CheckPlace(
            screen=screens.reading_screen(facts, settings.viewing_distance_mm),
            area=lambda: screens.area_of(self.check),
            latest=latest,
            publish=self._publish,
            clock=lsl.local_clock,
            limits=usual_limits(),
            simulated=simulated,
            recorded=False,
            calibrator=calibrator,
        )
        self.check = CheckScreen(place, self)
        self.check.finished.connect(self._end)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.check)

    def begin(self, screen: QScreen) -> None:
        """Show the window, full screen."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.check.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the check, also where it has not the focus."""
        self.check.keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Leave where another window becomes active: the eyes are there now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self.isVisible():
            self.check.targets.interrupt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take over the size of the words."""
        super().resizeEvent(event)
        look = style_sheet(zoom_for(self.size()), "checkWindow")
        if look != self.styleSheet():
            self.setStyleSheet(look)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave everything in order."""
        super().closeEvent(event)
        self.check.stop()
        self._sender.close()
        self.finished.emit(self._outcome)

    def has_listener(self) -> bool:
        """Whether somebody follows the targets, as the simulated eye does."""
        return self._sender.has_listener()

    @Slot(object)
    def _end(self, outcome: Outcome | None) -> None:
        self._outcome = outcome
        self.close()

    def _publish(self, fact: TargetFact) -> None:
        number = next(self._numbers)
        self._sender(Entry(self._session, number, fact.t_s, "target", None, None, fact.as_data(), ""))


def usual_limits() -> Limits:
    """Limits of a study that was made without a word on them."""
    protocol = Protocol()
    return Limits(max_accuracy_deg=protocol.max_accuracy_deg, max_data_loss=protocol.max_data_loss)
