"""One image after the other: when it came, when it went, and its time limit."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gazeannotator.geometry import Placement
from gazeannotator.ui.image_view import Method
from gazeannotator.ui.reading.judging import ShownReading
from gazeannotator.ui.reading.sitting import Sitting
from gazeannotator.ui.reading.stage import Stage
from gazeannotator.ui.reading.starting import Starting


class Viewing(QObject):
    """Notes the onset and the end of every image.

    Signals
    -------
    seen(image id)
        The image is on the screen.
    time_over()
        It was there as long as the protocol allows.

    Attributes
    ----------
    shown : ShownReading or None
        The last image that was shown.
    starting : Starting
        Lets it come.
    """

    seen = Signal(str)
    time_over = Signal()

    def __init__(self, sitting: Sitting, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: ShownReading | None = None
        self.starting = Starting(sitting, stage, self)
        self._sitting = sitting
        self._limit = QTimer(self, singleShot=True)
        self._limit.timeout.connect(self.time_over)
        stage.appeared.connect(self._appeared)
        stage.left.connect(self._left)

    def show(self, image: str, why_left: str) -> None:
        """Show an image after its cross; what was there has left for that reason."""
        self.starting.show(image, why_left)

    def stop(self) -> None:
        """Show no further image, and let no time limit take away the one that is there."""
        self._limit.stop()
        self.starting.stop()

    @Slot(str, object, float, str)
    def _appeared(self, image: str, placement: Placement, t_s: float, method: Method) -> None:
        session, how = self._sitting.session, self.starting.how
        shown = self.shown = ShownReading(image, t_s)

        def write() -> None:
            shown.reading = session.show(image, placement, t_s, method, how)
            shown.accuracy_deg = session.tracking.accuracy_deg

        self._sitting.write(write)
        limit_s = self._sitting.protocol.time_limit_s
        if limit_s is not None:
            self._limit.start(round(limit_s * 1000))
        self.seen.emit(image)

    @Slot(float, str)
    def _left(self, t_s: float, why: str) -> None:
        shown = self.shown

        def written() -> None:
            shown.offset_s = t_s
            self._sitting.judge(shown)

        self._sitting.write(lambda: self._sitting.session.hidden(t_s, why), written)
