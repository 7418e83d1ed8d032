"""Changes in a Tobii tracker while somebody reads: what was validated before holds no longer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Slot

from gazeannotator.ui.reading.room import LOOKING, Phase
from gazeannotator.ui.tobii_link import TobiiLink

if TYPE_CHECKING:
    from gazeannotator.ui.reading.window import ReadingWindow

CHANGES = ("display_area", "mode", "calibration")
"""What the bridge tells that moves the gaze; see `TobiiLink.notice`."""


class SetupWatch(QObject):
    """Notes each change in the session, and takes the image away; a child of the window."""

    def __init__(self, window: ReadingWindow) -> None:
        super().__init__(window)
        self._window = window
        self._untold = False
        self._tobii = TobiiLink.of_the_application()
        self._tobii.notice.connect(self._note)
        # Not at once: the course is amid a step when it tells of it.
        window.controller.changed.connect(self._look, Qt.ConnectionType.QueuedConnection)

    @Slot(dict)
    def _note(self, notice: dict[str, Any]) -> None:
        controller, check = self._window.controller, self._window.check
        if notice["code"] not in CHANGES or not self._is_used() or controller.session is None:
            return
        sizes = {name: notice[name] for name in ("width_mm", "height_mm") if name in notice}
        controller.distrust(notice["code"], **sizes)
        if check is not None:
            check.begin_anew()
        else:
            self._untold = True
            self._look()

    def _is_used(self) -> bool:
        feed, tracker = self._window.link.feed, self._tobii.tracker
        if feed is None or tracker is None:
            return False
        return feed.description.source_id == tracker["source_id"]

    @Slot()
    def _look(self) -> None:
        """Tell the reader once, as soon as an image is or would be shown."""
        controller = self._window.controller
        if not self._untold:
            return
        if not math.isnan(controller.session.validated_s):
            self._untold = False
        elif controller.phase in (*LOOKING, Phase.CHECKING):
            self._untold = False
            controller.interrupt("tracker_changed")
