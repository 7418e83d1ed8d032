"""How an image comes after its cross: in time, or once the eye rests on the cross."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Slot

from gazeannotator.tracking.validation import cross_run
from gazeannotator.ui.reading.cross import CrossRun
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.stage import Stage

PATIENCE_S = 3.0
"""Then the image comes, wherever the eye is."""

How = Literal["gaze", "key", "timeout"]


class Starting(QObject):
    """Lets images come.

    Attributes
    ----------
    how : str or None
        By what the last image came; None where it was a matter of time.
    """

    def __init__(self, sitting: Sitting, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.how: How | None = None
        self._sitting = sitting
        self._stage = stage
        screen = sitting.room.screen
        self._run = CrossRun(
            sitting, stage, lambda xy_px: cross_run(screen, at_px=xy_px, patience_s=PATIENCE_S), self
        )
        self._run.finished.connect(self._found)

    @property
    def waits_for_eye(self) -> bool:
        """Whether the cross is there until the eye rests on it."""
        return self._run.waiting

    def show(self, image: str, why_left: str) -> None:
        """Show the cross, then an image; what was there has left for that reason."""
        protocol = self._sitting.protocol
        self._run.stop()
        self.how = None
        if protocol.gaze_contingent_start and self._sitting.recording:
            self._run.arm()
            self._stage.show_image(image, None, why_left)
        else:
            self._stage.show_image(image, protocol.fixation_cross_s, why_left)

    def come(self) -> None:
        """Let the image come at the reader's wish."""
        if self._run.waiting:
            self._run.stop()
            self._come("key")

    def stop(self) -> None:
        """No image comes now."""
        self._run.stop()

    @Slot(object)
    def _found(self, rests: bool) -> None:
        self._come("gaze" if rests else "timeout")

    def _come(self, how: How) -> None:
        self.how = how
        self._stage.end_cross()
