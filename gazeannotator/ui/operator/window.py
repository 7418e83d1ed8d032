"""The operator view: a window on another screen that shows how the reading goes and never disturbs it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.ui.cards import Card
from gazeannotator.ui.operator import placing
from gazeannotator.ui.operator.cards import AnswersTable, ChecksTable, ProgressCard, SignalTiles, StripsCard
from gazeannotator.ui.operator.controls import Controls, Noting
from gazeannotator.ui.operator.look import style_sheet, zoom_for
from gazeannotator.ui.operator.parts import say, words
from gazeannotator.ui.operator.picture import ScreenPicture
from gazeannotator.ui.operator.signal import judge
from gazeannotator.ui.operator.signs import EyeSign, StateBanner
from gazeannotator.ui.operator.situation import Situation, Source
from gazeannotator.ui.operator.texts import state_of
from gazeannotator.ui.operator.trail import Trail

FRAME_MS = 16
NUMBERS_EVERY_MS = 200
MOST_SKIPPED = 6
"""A window that nobody sees may never become visible."""

SETTLED_AFTER_MS = 400
"""A window that has not moved for so long is where somebody wants it; so long one that was shown is new."""


class OperatorWindow(QWidget):
    """Shows a reading; made once for it, hidden and shown as often as wanted.

    Parameters
    ----------
    source : Source
        What is to be shown.
    clock : callable
        The clock of the recording.
    reader_screen : callable
        The screen on which the reader's window is now.
    title : str
        Of the window.

    Signals
    -------
    closed()
        Somebody has closed it; the reading goes on.
    keyboard_left()
        It is no longer the active window.

    Attributes
    ----------
    controls : Controls
        What the operator asks for.
    """

    closed = Signal()
    keyboard_left = Signal()

    def __init__(
        self, source: Source, clock: Callable[[], float], reader_screen: Callable[[], QScreen], title: str
    ) -> None:
        super().__init__()
        self.setObjectName("operatorWindow")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setMinimumSize(720, 480)
        self._source, self._clock, self._reader_screen = source, clock, reader_screen
        self._stale = True
        self._skipped = 0
        self._zoom = 0.0
        self._on_readers_screen = False
        self._situation: Situation | None = None
        self._trail = Trail()
        self.who = words("who", name="operatorWho")
        self.simulated = words("simulated", self.tr("SIMULATED"), name="operatorSimulated")
        self.recording = words("recording", self.tr("● Recording"), name="operatorRecording")
        self.banner = StateBanner()
        self.picture = ScreenPicture()
        self.tiles, self.strips, self.progress = SignalTiles(), StripsCard(), ProgressCard()
        self.checks, self.answers = ChecksTable(), AnswersTable()
        self.controls = Controls()
        self._lay_out()
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._frame)
        self._numbers = QTimer(self, interval=NUMBERS_EVERY_MS)
        self._numbers.timeout.connect(self._show_numbers)
        self._numbers.start()
        self._settled = QTimer(self, interval=SETTLED_AFTER_MS, singleShot=True)
        self._settled.timeout.connect(self._leave_readers_screen)
        self._just_shown = QTimer(self, interval=SETTLED_AFTER_MS, singleShot=True)
        QGuiApplication.instance().screenRemoved.connect(self._screen_removed)
        self._show_situation()

    # -- what it shows -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Something has changed: look again at the next frame."""
        self._stale = True

    @Slot()
    def _frame(self) -> None:
        """Paint what is new, unless the reader's window is about to show something."""
        self._skipped = self._skipped + 1 if self._source.frame_due() else 0
        if 0 < self._skipped <= MOST_SKIPPED:
            return
        if self._stale:
            self._show_situation()
        now_s = self._clock()
        if self._trail.take(*self._source.gaze(self._trail.arrived_s), now_s):
            self.picture.show_gaze(self._trail)

    def _show_situation(self) -> None:
        self._stale = False
        before, now = self._situation, self._source.situation()
        self._situation = now
        say(self.who, self.tr("{study}, reader {code}").format(study=now.study, code=now.reader))
        self.simulated.setVisible(now.simulated)
        self.recording.setVisible(now.recording)
        state = state_of(now)
        self.banner.show_state(state)
        self.picture.show_situation(now, state.words)
        raw, corrected = self.tr("Gaze as it comes"), self.tr("Gaze as corrected at the validation")
        say(self.caption, corrected if now.corrected else raw)
        if before is None or now.checks != before.checks:
            self.checks.show_checks(now.checks)
        if before is None or now.answered != before.answered:
            self.answers.show_answers(now.answered)
        self.controls.show_situation(now)

    @Slot()
    def _show_numbers(self) -> None:
        """Note the signal, also while nobody looks; show it where somebody does."""
        status, now_s, now = self._source.status(), self._clock(), self._situation
        if status is not None and status.samples:
            comes = status.state != "lost"
            self.strips.add(
                now_s, status.data_loss if comes else math.nan, status.rate_hz if comes else math.nan
            )
        if not self._frames.isActive() or self._skipped:
            return
        self.tiles.show_signal(judge(status, self._trail.chunk, now))
        self.strips.show_strips(now_s, now.limits.data_loss, now.nominal_hz, self._source.gaps())
        self.progress.show_progress(now.progress, now_s)

    # -- where it is ---------------------------------------------------------------------------

    def open(self, *, wanted: bool) -> bool:
        """Show the window, without taking the keyboard.

        Parameters
        ----------
        wanted : bool
            Somebody asks for it: then it also comes where the reader's screen is the only one.

        Returns
        -------
        bool
            Whether it is shown.
        """
        reader = self._reader_screen()
        self._on_readers_screen = placing.other_screen(reader) is None
        if self._on_readers_screen and not wanted:
            return False
        if not self.isVisible():
            placing.place(self, reader)
        self._just_shown.start()
        self.show()
        if wanted:
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
            self.raise_()
        return True

    @Slot(QScreen)
    def _screen_removed(self, screen: QScreen) -> None:
        """Hide at once: a window whose screen is gone is moved to another one, perhaps the reader's."""
        handle = self.windowHandle()
        if self.isVisible() and (placing.covers(self, screen) or handle.screen() in (screen, None)):
            self.hide()

    @Slot()
    def _leave_readers_screen(self) -> None:
        reader = self._reader_screen()
        beside = placing.other_screen(reader)
        if not self._on_readers_screen and beside is not None and placing.covers(self, reader):
            placing.move_to(self, beside)

    # -- events --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the reader's keys on: a click may have made this the active window."""
        if self.controls.noting is Noting.WRITING:
            super().keyPressEvent(event)
        else:
            self._source.press(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Give the keyboard back after a click."""
        super().mouseReleaseEvent(event)
        self.give_keyboard_back()

    def give_keyboard_back(self) -> None:
        """Make the reader's window the active one, unless a note is written here.

        Over the reader's screen only the keys are handed on: that window would cover this one.
        """
        if self.controls.noting is Noting.WRITING or placing.covers(self, self._reader_screen()):
            return
        self._source.take_keyboard()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to paint."""
        super().showEvent(event)
        self._trail = Trail()
        self._trail.arrived_s = self._clock()
        self.refresh()
        self._paint_if_seen()

    def hideEvent(self, event: QHideEvent) -> None:
        """Paint no more, and keep no keyboard."""
        super().hideEvent(event)
        self.controls.finish()
        self._paint_if_seen()

    def changeEvent(self, event: QEvent) -> None:
        """Paint nothing while it is minimised; take no keyboard where a platform gives it uninvited."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            if not self.isActiveWindow():
                self.keyboard_left.emit()
            elif self._just_shown.isActive():
                QTimer.singleShot(0, self.give_keyboard_back)
        if event.type() == QEvent.Type.WindowStateChange:
            self._paint_if_seen()

    def moveEvent(self, event: QMoveEvent) -> None:
        """See where it comes to rest."""
        super().moveEvent(event)
        self._settled.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the size of the words."""
        super().resizeEvent(event)
        zoom = zoom_for(self.size())
        if zoom != self._zoom:
            self._zoom = zoom
            self.setStyleSheet(style_sheet(zoom))
            self.checks.fit()
            self.answers.fit()
        self._settled.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide, and remember where it was; the reading goes on."""
        placing.keep(self)
        super().closeEvent(event)
        self.closed.emit()

    def end(self) -> None:
        """Close for good: the reading is over."""
        if self.isVisible():
            placing.keep(self)
        self._frames.stop()
        self._numbers.stop()
        self._settled.stop()
        self.picture.close_work()
        self.hide()
        self.deleteLater()

    def _paint_if_seen(self) -> None:
        if self.isVisible() and not self.isMinimized():
            self._frames.start()
        else:
            self._frames.stop()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.who)
        head.addWidget(self.simulated)
        head.addStretch(1)
        head.addWidget(self.recording)
        screen = Card(margin=12)
        screen.body.setSpacing(6)
        screen.body.addWidget(self.picture, 1)
        legend = QHBoxLayout()
        legend.setSpacing(8)
        for form, text in (("left", self.tr("left eye")), ("right", self.tr("right eye"))):
            legend.addWidget(EyeSign(form))
            legend.addWidget(words("caption", text))
        legend.addStretch(1)
        self.caption = words("caption", name="operatorCaption")
        legend.addWidget(self.caption)
        screen.body.addLayout(legend)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(screen, 3)
        left.addWidget(self.strips, 1)
        tables = QHBoxLayout()
        tables.setSpacing(10)
        tables.addWidget(self.checks, 6)
        tables.addWidget(self.answers, 5)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.tiles)
        right.addWidget(self.progress)
        right.addLayout(tables, 1)
        columns = QHBoxLayout()
        columns.setSpacing(10)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addLayout(columns, 1)
        layout.addWidget(self.controls)
