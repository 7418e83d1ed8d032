"""The page of the targets: grey and one target, and calm words where the eyes are lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.geometry import Screen
from gazeannotator.tracking.quality import PointQuality
from gazeannotator.tracking.steadiness import Latest
from gazeannotator.tracking.target_run import TargetRun
from gazeannotator.ui.calibration.course import Course, Publish
from gazeannotator.ui.image_view import BLANK, ImageView
from gazeannotator.ui.panel import Panel, PanelText
from gazeannotator.ui.screens import area_of

INTRODUCTION_MS = 2500

Obstacle = Callable[[], PanelText | None]


def no_obstacle() -> None:
    """Tell that targets may be shown."""


class TargetPage(QWidget):
    """Plays runs of targets; fills its window.

    Parameters
    ----------
    obstacle : callable, optional
        Says why no target may be shown now, as its place would be wrong; None where it may.

    Signals
    -------
    finished()
        The run is done.
    restart_wanted()
        The reader wants to begin anew.
    left()
        The reader wants no more.
    """

    finished = Signal()
    restart_wanted = Signal()
    left = Signal()

    def __init__(
        self,
        screen: Screen,
        latest: Latest,
        publish: Publish,
        clock: Callable[[], float],
        parent: QWidget,
        obstacle: Obstacle = no_obstacle,
    ) -> None:
        super().__init__(parent)
        self._obstacle = obstacle
        self.view = ImageView(clock, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._panel = Panel(self)
        self._panel.hide()
        self._run: TargetRun[Any] | None = None
        self.course = Course(self.view, self.corner_px, screen, latest, publish, clock, self)
        self.course.finished.connect(self.finished)
        self.course.lost.connect(self._show_loss)
        self._introduction = QTimer(self, interval=INTRODUCTION_MS, singleShot=True)
        self._introduction.timeout.connect(self._begin)

    @property
    def paused(self) -> bool:
        """Whether something has interrupted the targets, and Space is waited for."""
        return self._panel.isVisible() and not self._introduction.isActive()

    @property
    def words(self) -> PanelText | None:
        """What is said now; None where only a target is shown."""
        return self._panel.text if self._panel.isVisible() else None

    def play(self, run: TargetRun[Any], introduction: str = "") -> None:
        """Show the targets of a run.

        Parameters
        ----------
        run : TargetRun
        introduction : str
            Said for a moment before the first target.
        """
        self._run = run
        self.view.present(BLANK)
        if introduction:
            self._say(PanelText(title=introduction))
            self._introduction.start()
        else:
            self._begin()

    def stop(self) -> None:
        """Take the targets away."""
        self._introduction.stop()
        self.course.stop()

    def press(self, key: int, _digit: str | None) -> None:
        """Take a key."""
        if key == Qt.Key.Key_Escape:
            self.stop()
            self.left.emit()
        elif self._introduction.isActive():
            if key == Qt.Key.Key_Space:
                self._introduction.stop()
                self._begin()
        elif key == Qt.Key.Key_R:
            self.stop()
            self.restart_wanted.emit()
        elif not self.course.running:
            if key == Qt.Key.Key_Space:
                self._go_on()
        elif key == Qt.Key.Key_Space:
            self.course.accept()
        elif key == Qt.Key.Key_Backspace and self._run.last is not None:
            self._run.redo([self._run.last])

    def corner_px(self) -> tuple[float, float]:
        """Where the view's top-left corner lies on its screen, physical px."""
        area = area_of(self.view)
        return (area.x0_px, area.y0_px)

    def interrupt(self) -> None:
        """Stop for now, as the reader looks elsewhere; does nothing where no target is shown."""
        if self.course.running or self._introduction.isActive():
            self.stop()
            self._say_interrupted()

    def look_at_place(self) -> None:
        """Stop where targets would be in the wrong place now, and say so, or that they would no longer."""
        if self._obstacle() is not None:
            self.interrupt()
        if self.paused:
            self._say_interrupted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the words in the middle."""
        super().resizeEvent(event)
        self._panel.place()

    @Slot()
    def _begin(self) -> None:
        if self._obstacle() is not None:
            self._say_interrupted()
            return
        self._panel.hide()
        self.course.start(self._run)

    def _go_on(self) -> None:
        results = self._run.results
        # What was taken while no eye was found tells nothing: it is shown once more.
        again = [n for n in range(len(self._run.targets_px)) if n not in results or not _is_good(results[n])]
        if again:
            self._run.redo(again)
        self._begin()

    @Slot(str)
    def _show_loss(self, what: str) -> None:
        lead = self.tr("Sit upright, at arm's length from the screen, and look at its middle.")
        title = self.tr("Your eyes are not found")
        if what == "stream":
            title = self.tr("The eye tracker sends nothing")
            lead = self.tr("Check its cable and its program. What was measured so far is kept.")
        self._pause(title, lead)

    def _say_interrupted(self) -> None:
        obstacle = self._obstacle()
        if obstacle is None:
            self._pause(self.tr("Interrupted"), self.tr("What was measured so far is kept."))
        else:
            self._say(replace(obstacle, keys=((("Esc",), self.tr("Leave without a result")),)))

    def _pause(self, title: str, lead: str) -> None:
        keys = (
            (("R",), self.tr("Begin anew")),
            (("Esc",), self.tr("Leave without a result")),
        )
        self._say(PanelText(title=title, lead=lead, keys=keys, action=self.tr("Press Space to go on")))

    def _say(self, text: PanelText) -> None:
        self._panel.set_text(text)
        self._panel.show()
        self._panel.raise_()
        self._panel.place()

    def sizeHint(self) -> QSize:
        """As large as its window."""
        return self.parentWidget().size()


def _is_good(result: PointQuality | bool) -> bool:
    return result.is_valid if isinstance(result, PointQuality) else result
