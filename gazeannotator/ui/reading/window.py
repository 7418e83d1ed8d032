"""The reading window: one image after the other, full screen, while gaze is recorded."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMoveEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.ui import screens
from gazeannotator.ui.dialogs.consent import ConsentForm
from gazeannotator.ui.dialogs.stream_mapping import StreamMappingDialog
from gazeannotator.ui.frame_interval import FrameMeter
from gazeannotator.ui.gaze_feed import EventSender
from gazeannotator.ui.image_view import ImageView
from gazeannotator.ui.reading import texts
from gazeannotator.ui.reading.controller import ReadingController
from gazeannotator.ui.reading.keys import KeyClock, KeyPress, meaning
from gazeannotator.ui.reading.link import TrackerLink
from gazeannotator.ui.reading.look import style_sheet, zoom_for
from gazeannotator.ui.reading.notes import ready_notes
from gazeannotator.ui.reading.overlays import Panel, Signs, place_in_middle
from gazeannotator.ui.reading.place import Place
from gazeannotator.ui.reading.place_texts import displaced
from gazeannotator.ui.reading.room import LOOKING, Phase, Room

LINGER_MS = 1000
"""So long the events' stream stays after the last one, where somebody listens."""


class ReadingWindow(QWidget):
    """A window in which one reader reads; made by `reading.open_reading`.

    Signals
    -------
    answered(reading id, image id, label)
        An answer is on disk.
    stream_used(source id, name, answer)
        Gaze comes from this stream, to be remembered; `answer` is what was told of it now (its
        coordinates or a `StreamMapping`), empty where nothing was.
    closed(dict)
        The window is gone: ``reader``, ``session`` (None if none was begun), ``answered`` (in this
        session), ``done``, ``total``, ``simulated``, ``unsaved`` (words, empty if all is on disk).
    """

    answered = Signal(str, str, int)
    stream_used = Signal(str, str, object)
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
        self._windowed = windowed
        self._key_clock = KeyClock()
        self._without_gaze = without_gaze
        self.place = Place(self, screen, settings, windowed)
        self.place.changed.connect(self._place_changed)
        facts = self.place.facts
        self.view = ImageView(lsl.local_clock, self, patch=self.place.patch())
        self.view.shown.connect(self._place_signs)
        self._meter = FrameMeter(self.view, facts.hz, self)
        self.panel = Panel(self)
        self.signs = Signs(self)
        self._trouble = ""
        self._lingers = False
        self.consent: ConsentForm | None = None
        self.mapping: StreamMappingDialog | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

        session_id = str(uuid.uuid4())
        self._sender = EventSender(session_id, facts.px)
        self.link = TrackerLink(stream, settings, facts.px, self)
        self.link.used.connect(self.stream_used)
        self._room = Room(
            store=store,
            reader=reader,
            screen=screens.reading_screen(facts, settings.viewing_distance_mm),
            display=self._display,
            clock=lsl.local_clock,
            view=self.view,
            place=self.place,
            link=self.link,
            publish=self._sender,
            session_id=session_id,
            onset_correction_s=settings.onset_correction_s,
            exit_when_done=exit_when_done,
        )
        self.controller = ReadingController(self._room, self)
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
        self.place.show()
        self._meter.start()
        self._refresh()

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
        elif key.action == "mapping":
            self._tell_channels()
        elif self.consent is None:
            self.controller.press(key, pressed_s)
        elif key.action == "end":
            self.close()

    def _tell_channels(self) -> None:
        """Let a person say what the stream's numbers mean, where it does not itself."""
        link = self.link
        if self.controller.phase is not Phase.READY or link.state.step not in ("coordinates", "channels"):
            return
        link.held = True
        # Not a child: the grey style of this window is not for the light page.
        self.mapping = StreamMappingDialog(link.feed)
        self.mapping.winId()
        self.mapping.windowHandle().setTransientParent(self.windowHandle())
        self.mapping.mapped.connect(link.answer)
        self.mapping.finished.connect(self._told)
        self.mapping.open()

    @Slot()
    def _told(self) -> None:
        self.mapping, self.link.held = None, False
        self.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Pause where another window becomes active."""
        super().changeEvent(event)
        # Keys go to another window now, and so do the eyes.
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.controller.interrupt("window")

    def moveEvent(self, event: QMoveEvent) -> None:
        """Pause: the image is no longer where it was noted."""
        super().moveEvent(event)
        self.controller.interrupt("window")
        self._place_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pause: the image is no longer where it was noted."""
        super().resizeEvent(event)
        self.controller.interrupt("window")
        self._place_changed()
        look = style_sheet(zoom_for(self.size()))
        if look != self.styleSheet():
            self.setStyleSheet(look)
        self._refresh()

    @Slot()
    def _place_changed(self) -> None:
        """Go on only where the window is on the tracked screen, and that as it was."""
        if self._store is not None:
            self.controller.look_at_place()

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
        if self.mapping is not None:
            self.mapping.reject()
        controller = self.controller
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

    # -- output --------------------------------------------------------------------------------

    def _display(self) -> dict[str, Any]:
        """Gather what is stored of the screen besides its geometry."""
        return {
            **self.place.facts.as_json(),
            "windowed": self._windowed,
            "tracked_px": self.link.declared_px,
            **self._meter.as_json(),
            "photodiode": self._photodiode(),
        }

    def _photodiode(self) -> dict[str, Any] | None:
        """Tell where on the screen the patch is: what it covers is not seen of an image."""
        area, (x, y) = self.view.patch_px, self.place.origin_px()
        if area is None:
            return None
        return {"corner": self.view.patch.corner, "area_px": area.translated(x, y).getRect()}

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
                notes=ready_notes(
                    self.place.facts,
                    self.link.declared_px,
                    covered=controller.stage.covered_by_patch(),
                    windowed=self._windowed is not None,
                ),
                allow_back=self._store.protocol.allow_back,
                displaced=displaced(self._room.displaced, self.place.facts.name),
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
        patch = self.view.patch_px
        self.signs.place(image, patch and QRectF(*(value / scale for value in patch.getRect())))


def utc_now() -> str:
    """Return the wall clock, ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
