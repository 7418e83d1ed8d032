"""The one-point drift check: whether the gaze is still where the eye looks."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gazeannotator.tracking.quality import DriftCheck
from gazeannotator.tracking.validation import drift_check_run
from gazeannotator.ui.reading.cross import CrossRun
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.stage import Stage

SIGN_MS = 800
"""So long the result of a check that passed is seen."""


class Checks(QObject):
    """Does drift checks where the cross is, and tells when the next is due.

    Signals
    -------
    changed()
        There is a result.
    passed(), failed()
        After the result could be read, or at once.

    Attributes
    ----------
    result : DriftCheck or None
        Of the last check; None while one runs, and before the first.
    """

    changed = Signal()
    passed = Signal()
    failed = Signal()

    def __init__(self, sitting: Sitting, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.result: DriftCheck | None = None
        self._sitting = sitting
        self._stage = stage
        self._images = 0
        screen = sitting.room.screen
        self._run = CrossRun(sitting, stage, lambda xy_px: drift_check_run(screen, at_px=xy_px), self)
        self._run.finished.connect(self._found)
        self._sign = QTimer(self, interval=SIGN_MS, singleShot=True)
        self._sign.timeout.connect(self.passed)

    @property
    def limit_deg(self) -> float:
        """What the study allows."""
        return self._sitting.protocol.max_accuracy_deg

    @property
    def due(self) -> bool:
        """Whether the protocol wants a check before the next image."""
        every = self._sitting.protocol.drift_check_every
        return every > 0 and self._sitting.recording and self._images >= every

    def count_image(self) -> None:
        """Count an image that was answered."""
        self._images += 1

    def begin_count(self) -> None:
        """Count from here: the tracker has just been checked or validated."""
        self._images = 0

    def start(self, why_left: str) -> None:
        """Show the cross and look where the gaze is; what was there has left for that reason."""
        self.stop()
        self.result = None
        self._run.arm()
        self._stage.show_cross(why_left)

    def accept(self) -> None:
        """Take the gaze as it is now."""
        self._run.accept()

    def stop(self) -> None:
        """Break the check off."""
        self._run.stop()
        self._sign.stop()

    @Slot(object)
    def _found(self, result: DriftCheck) -> None:
        now_s, session = self._sitting.room.clock(), self._sitting.session
        data = result.as_data(self.limit_deg)
        self._sitting.write(lambda: session.drift_check(now_s, **data))
        self.result = result
        self.changed.emit()
        if result.passes(self.limit_deg):
            self.begin_count()
            self._sign.start()
        else:
            self.failed.emit()
