"""The reading window: one image after the other, full screen, while gaze is recorded."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from datetime import datetime, timezone

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMoveEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.study.model import Entry
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.ui import screens
from gazeannotator.ui.dialogs.consent import ConsentForm
from gazeannotator.ui.gaze_feed import EventSender
from gazeannotator.ui.image_view import ImageView
from gazeannotator.ui.reading import texts
from gazeannotator.ui.reading.controller import ReadingController
from gazeannotator.ui.reading.keys import KeyClock, KeyPress, meaning
from gazeannotator.ui.reading.link import TrackerLink
from gazeannotator.ui.reading.look import style_sheet, zoom_for
from gazeannotator.ui.reading.operator_link import OperatorLink
from gazeannotator.ui.reading.overlays import Panel, Signs, place_in_middle
from gazeannotator.ui.reading.room import LOOKING, Phase, Room

LINGER_MS = 1000
"""So long the events' stream stays after the last one, where somebody listens."""


class ReadingWindow(QWidget):
    """A window in which one reader reads; made by `reading.open_reading`.

    Signals
    -------
    answered(reading id, image id, label)
        An answer is on disk.
    stream_used(source id, name, coordinates)
        Gaze comes from this stream, to be remembered; `coordinates` is the answer where the stream
        does not tell them, else empty.
    closed(dict)
        The window is gone: ``reader``, ``session`` (None if none was begun), ``answered`` (in this
        session), ``done``, ``total``, ``simulated``, ``unsaved`` (words, empty if all is on disk).
    """

    answered = Signal(str, str, int)
    stream_used = Signal(str, str, str)
    closed = Signal(dict)

    def __init__(
        self,
        store: Store,
        held: ExitStack,
        reader: str,
        stream: str | None,
        settings: Settings,
        screen: QScreen,
        *,
        windowed: tuple[int, int] | None,
        without_gaze: bool,
        exit_when_done: bool,
    ) -> None:
        super().__init__()
        self.setObjectName("readingWindow")
        self.setWindowTitle(self.tr("Reading: {study}").format(study=store.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._store, self._held, self._reader = store, held, reader
        self._screen, self._windowed = screen, windowed
        self._key_clock = KeyClock()
        self._without_gaze = without_gaze
        number = QGuiApplication.screens().index(screen)
        self._facts = screens.facts_of(screen, number, settings.screens_mm)
        self.view = ImageView(lsl.local_clock, self)
        self.view.shown.connect(self._place_signs)
        self.panel = Panel(self)
        self.signs = Signs(self)
        self._trouble = ""
        self._lingers = False
        self.consent: ConsentForm | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

        session_id = str(uuid.uuid4())
        self._sender = EventSender(session_id, self._facts.px)
        self.link = TrackerLink(stream, settings, self._facts.px, self)
        self.link.used.connect(self.stream_used)
        room = Room(
            store=store,
            reader=reader,
            screen=screens.reading_screen(self._facts, settings.viewing_distance_mm),
            display={**self._facts.as_json(), "windowed": windowed},
            clock=lsl.local_clock,
            view=self.view,
            origin_px=self._origin_px,
            link=self.link,
            publish=self._publish,
            session_id=session_id,
            onset_correction_s=settings.onset_correction_s,
            exit_when_done=exit_when_done,
        )
        self.controller = ReadingController(room, self)
        self.operator = OperatorLink(self, room, settings.operator_view == "auto")
        self.controller.changed.connect(self._refresh)
        self.controller.trouble.connect(self._show_trouble)
        self.controller.answered.connect(self.answered)
        self.controller.closed.connect(self.close)
        QCoreApplication.instance().aboutToQuit.connect(self._quit)

    def begin(self, consented: bool) -> None:
        """Show the window: the ready page, after the question for consent where it was not answered."""
        if consented:
            self._start()
        else:
            self.consent = ConsentForm(self._reader, self)
            self.consent.agreed.connect(self._agree)
            self.consent.refused.connect(self.close)
        self._show_on_screen()
        self._refresh()
        self.operator.open_by_itself()

    def _show_on_screen(self) -> None:
        self.setScreen(self._screen)
        whole, free = self._screen.geometry(), self._screen.availableGeometry()
        if self._windowed is None:
            self.setGeometry(whole)
            self.showFullScreen()
        else:
            scale = self._screen.devicePixelRatio()
            width, height = (round(value / scale) for value in self._windowed)
            self.resize(width, height)
            self.move(
                max(free.left(), free.center().x() - width // 2),
                max(free.top(), free.center().y() - height // 2),
            )
            self.show()
        self.activateWindow()
        self.setFocus()

    def _start(self) -> None:
        if self._without_gaze:
            self.link.without_gaze()
        else:
            self.link.start()

    @Slot()
    def _agree(self) -> None:
        try:
            self._store.set_consent(self._reader, utc_now())
        except UserError as error:
            self._show_trouble(error)
            return
        self.consent.deleteLater()
        self.consent = None
        self._show_trouble(None)
        self.setFocus()
        self._start()
        self._refresh()

    # -- input ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the reading."""
        now_s = lsl.local_clock()
        pressed_s = self._key_clock.pressed_s(event, now_s)
        key = meaning(event)
        if key is None:
            super().keyPressEvent(event)
        elif self.consent is None:
            self.controller.press(key, pressed_s)
        elif key.action == "end":
            self.close()

    def changeEvent(self, event: QEvent) -> None:
        """Pause where another window becomes active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.operator.see_who_has_keyboard()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Pause: the image is no longer where it was noted."""
        super().moveEvent(event)
        self.controller.interrupt("window")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pause: the image is no longer where it was noted."""
        super().resizeEvent(event)
        self.controller.interrupt("window")
        look = style_sheet(zoom_for(self.size()))
        if look != self.styleSheet():
            self.setStyleSheet(look)
        self._refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first where a session runs, then leave everything in order."""
        if self.controller.session is not None and self.controller.phase is not Phase.CLOSED:
            # The cross in the corner asks, as Esc does.
            event.ignore()
            if self.controller.phase is not Phase.ASKING_END:
                self.controller.press(KeyPress("end"), lsl.local_clock())
        elif self._sender.has_listener() and not self._lingers:
            # The last event is sent in the background, and would go with the stream.
            self._lingers = True
            event.ignore()
            self.hide()
            QTimer.singleShot(LINGER_MS, self.close)
        else:
            super().closeEvent(event)
            self._leave()

    @Slot()
    def _quit(self) -> None:
        """Let everything go where the app quits during a session: the next one closes it as after a crash."""
        if self.controller.session is not None and self.controller.phase is not Phase.CLOSED:
            self.controller.abandon()
        self._leave()

    def _leave(self) -> None:
        if self._store is None:
            return
        controller = self.controller
        self.operator.close()
        controller.stage.close()
        simulated = self.link.simulated
        unsaved = self.link.close()
        self._sender.close()
        self._held.close()
        self._store = None
        done, total = controller.progress
        self.closed.emit(
            {
                "reader": self._reader,
                "session": controller.session.id if controller.session else None,
                "answered": controller.answers,
                "done": done,
                "total": total,
                "simulated": simulated,
                "unsaved": unsaved,
            }
        )

    def _publish(self, entry: Entry) -> None:
        self._sender(entry)
        self.operator.hear(entry)

    # -- output --------------------------------------------------------------------------------

    def _origin_px(self) -> tuple[int, int]:
        corner = self.mapToGlobal(QPoint(0, 0)) - self._screen.geometry().topLeft()
        scale = self.devicePixelRatioF()
        return (round(corner.x() * scale), round(corner.y() * scale))

    @Slot(object)
    def _show_trouble(self, error: UserError | None) -> None:
        self._trouble = "" if error is None else str(error)
        if error is not None and self.controller.writes.pending:
            words = self.tr("Not saved yet: {reason} It is tried again by itself.")
            self._trouble = words.format(reason=error)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        if self._store is None:
            return
        controller = self.controller
        looking = controller.phase in LOOKING
        text = None
        if self.consent is None:
            text = texts.page(
                controller,
                self.link.state,
                self._store.scheme,
                where=self.tr("{study}, reader {code}").format(study=self._store.name, code=self._reader),
                notes=self._notes(),
                allow_back=self._store.protocol.allow_back,
            )
        else:
            self.consent.show()
            place_in_middle(self.consent, 640)
        if text is not None:
            self.panel.set_text(text)
            self.panel.place()
        self.panel.setVisible(text is not None)
        wanted = Qt.CursorShape.BlankCursor if looking else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != wanted:
            self.setCursor(wanted)
        signs = self.signs
        signs.set(signs.simulated, self.tr("SIMULATED") if self.link.simulated else "")
        signs.set(signs.recording, self.tr("● Recording") if controller.recording else "")
        done, total = controller.progress
        number = min(done + 1, total)
        signs.set(signs.progress, f"{number} / {total}" if looking else "")
        signs.set(signs.flag, self.tr("⚑ Flagged") if controller.flagged else "")
        signs.set(signs.trouble, self._trouble)
        self._place_signs()

    @Slot()
    def _place_signs(self) -> None:
        frame, scale = self.view.frame, self.devicePixelRatioF()
        image = None
        if frame.image is not None:
            x, y = frame.corner_px
            image = QRectF(x / scale, y / scale, frame.image.width() / scale, frame.image.height() / scale)
        self.signs.place(image)

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self._facts.is_small:
            notes.append(self.tr("This screen is smaller than 1024 × 768: images are shown small."))
        if not self._facts.mm_known:
            width, height = self._facts.mm
            notes.append(
                self.tr(
                    "The screen does not tell its size; {w:g} × {h:g} mm is assumed. "
                    "Enter the true size in the settings."
                ).format(w=width, h=height)
            )
        if self._windowed is not None and QGuiApplication.platformName().startswith("wayland"):
            notes.append(
                self.tr("Wayland does not tell where a window is: use the full screen to record gaze.")
            )
        return tuple(notes)


def utc_now() -> str:
    """Return the wall clock, ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
