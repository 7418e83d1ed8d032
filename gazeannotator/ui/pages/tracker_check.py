"""The check of accuracy from the eye tracker's page: full screen, then a note of what was found."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gazeannotator.settings import Settings
from gazeannotator.tracking.outcome import Outcome
from gazeannotator.ui import screens, style
from gazeannotator.ui.calibration import words
from gazeannotator.ui.calibration.calibrating import calibrator_of
from gazeannotator.ui.calibration.window import CheckWindow
from gazeannotator.ui.gaze_feed import GazeFeed
from gazeannotator.ui.widgets import button, label, pill


class AccuracyCheck(QObject):
    """Opens the check, and keeps what it has found for the stream that is shown.

    Signals
    -------
    changed()
        A check has begun or ended.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.window: CheckWindow | None = None
        self.button = button(self.tr("Check accuracy…"), icon="eye", name="checkAccuracy")
        self.button.setToolTip(self.tr("Dots to look at, full screen, for about 20 seconds."))
        self.screen = QComboBox(objectName="checkScreenChoice")
        self.screen.setAccessibleName(self.tr("Screen of the check"))
        self.note = AccuracyNote()
        self.note.hide()
        self._fill_screens()
        application = QGuiApplication.instance()
        application.screenAdded.connect(self._fill_screens)
        application.screenRemoved.connect(self._fill_screens)

    def open(self, feed: GazeFeed) -> None:
        """Begin a check of this stream."""
        if self.window is not None:
            return
        number = max(self.screen.currentIndex(), 0)
        screen = QGuiApplication.screens()[number]
        facts = screens.facts_of(screen, number, self._settings.screens_mm)
        self.window = CheckWindow(
            feed.latest,
            self._settings,
            facts,
            simulated=feed.description.simulated,
            calibrator=calibrator_of(feed.description),
        )
        self.window.finished.connect(self._ended)
        self.window.begin(screen)
        self.changed.emit()

    def show_choice(self, shown: bool, *, ready: bool) -> None:
        """Offer the check where a stream is open, once samples come and no check is open already."""
        self.button.setVisible(shown)
        self.button.setEnabled(ready and self.window is None)
        self.screen.setVisible(shown and self.screen.count() > 1)

    def stop(self) -> None:
        """Leave a check that is open, and forget what was found: another stream comes."""
        if self.window is not None:
            self.window.close()
        self.note.hide()

    @Slot(object)
    def _ended(self, outcome: Outcome | None) -> None:
        self.window = None
        if outcome is not None:
            self.note.show_outcome(outcome)
        self.changed.emit()

    @Slot()
    def _fill_screens(self) -> None:
        chosen = self.screen.currentText()
        self.screen.clear()
        names = [each.name() for each in QGuiApplication.screens()]
        self.screen.addItems(names)
        self.screen.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self.changed.emit()


class AccuracyNote(QWidget):
    """What the last check has found, in a few words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accuracyNote")
        self.verdict = pill("")
        self.numbers = label("", "caption", name="accuracyNumbers")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.verdict)
        layout.addWidget(self.numbers)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show this result, as of now."""
        verdict = self.tr("Accuracy {value}").format(value=words.rough_degrees(outcome.accuracy_deg))
        self.verdict.setText(verdict)
        self.verdict.setProperty("pill", "success" if outcome.passed else "danger")
        style.restyle(self.verdict)
        self.verdict.setToolTip(words.verdict_words(outcome))
        numbers = self.tr("precision {precision}, data loss {loss}").format(
            precision=words.degrees(outcome.result.precision_rms_deg),
            loss=words.percent(outcome.result.data_loss),
        )
        when = self.tr("checked at {time}").format(time=time.strftime("%H:%M"))
        self.numbers.setText(f"{numbers}\n{when}")
        self.show()
