"""The eye tracker's page: which streams there are, and what the chosen one sends."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.tracking import lsl
from gazeannotator.tracking.layouts import StreamDescription, describe
from gazeannotator.tracking.mapping import StreamMapping
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui import screens
from gazeannotator.ui.cards import Banner, Card, CardButton, Page
from gazeannotator.ui.dialogs.stream_mapping import StreamMappingDialog
from gazeannotator.ui.gaze_feed import GazeFeed, LiveValues, StreamSearch
from gazeannotator.ui.pages.tracker_signal import SHOWN_S, SignalCard
from gazeannotator.ui.pages.tracker_simulator import Simulator
from gazeannotator.ui.widgets import button, clear_layout, label, picture, titled
from gazeannotator.ui.words import localised

_NUMBERS_EVERY_MS = 200


class TrackerPage(Page):
    """Looks for gaze streams as long as it is seen, and shows the one that is chosen.

    Signals
    -------
    stream_chosen(source id, name, answer)
        Readings are to use this stream; `answer` is what was told of it here (a `StreamMapping`),
        empty where nothing was. A stream without source id has its name there.
    left()
        The user wants to go back.
    """

    stream_chosen = Signal(str, str, object)
    left = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__(max_width=1080, name="trackerPage")
        self._settings = settings
        self._screen_px = screens.facts_of(QGuiApplication.primaryScreen()).px
        self._search: StreamSearch | None = None
        self._streams: list[StreamDescription] | None = None
        self._feed: GazeFeed | None = None
        self._answer: StreamMapping | None = None
        self._dialog: StreamMappingDialog | None = None
        self._status: RecorderStatus | None = None
        self.simulator = Simulator(self._screen_px, self)
        self.simulator.changed.connect(self._simulator_changed)
        self._draw = QTimer(self, interval=_NUMBERS_EVERY_MS)
        self._draw.timeout.connect(self._show_status)

        back = button(self.tr("Back"), self.left.emit, kind="quiet", icon="arrow-left", name="trackerBack")
        back.setProperty("flush", True)
        self.body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(
            titled(
                self.tr("Eye tracker"),
                self.tr(
                    "Any eye tracker whose program sends its gaze over LSL. Nothing is recorded on this page."
                ),
            )
        )
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addWidget(self._streams_card(), 2)
        columns.addLayout(self._signal_column(), 5)
        self.body.addLayout(columns, 1)
        self._fill(None)

    # -- parts ---------------------------------------------------------------------------------

    def _streams_card(self) -> Card:
        card = Card(self.tr("Streams"))
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        card.body.addLayout(self._list)
        card.body.addStretch(1)
        card.body.addWidget(
            label(
                self.tr("No eye tracker at hand? A simulated eye looks at the images for practice."),
                "caption",
                wrap=True,
            )
        )
        self.simulate_button = button(
            self.tr("Start simulated eye"), self.simulator.toggle, icon="eye", name="startSimulator"
        )
        card.body.addWidget(self.simulate_button)
        return card

    def _signal_column(self) -> QVBoxLayout:
        self._notice = QVBoxLayout()
        self._notice.setSpacing(12)
        self.signal_card = SignalCard(self._screen_px)
        self.use_button = button(
            self.tr("Use this eye tracker"), self._use, kind="primary", icon="check-white", name="useStream"
        )
        self.change_button = button(
            self.tr("Change what the numbers mean…"), self._ask_anew, kind="quiet", name="changeMapping"
        )
        self._empty = Card()
        self._empty.body.addStretch(1)
        self._empty.body.addWidget(picture("eye", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        hint = label(
            self.tr("Start the LSL stream of your eye tracker's program. It appears here by itself."),
            "lead",
            wrap=True,
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.body.addWidget(hint)
        self._empty.body.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addLayout(self._notice)
        column.addWidget(self.signal_card, 1)
        column.addWidget(self._empty, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.change_button)
        buttons.addStretch(1)
        buttons.addWidget(self.use_button)
        column.addLayout(buttons)
        return column

    # -- coming and going ----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look for streams."""
        super().showEvent(event)
        lsl.configure("site" if self._settings.lsl_scope == "network" else "machine")
        if self._search is None:
            self._search = StreamSearch(self)
            self._search.found.connect(self._found)
            self._search.failed.connect(self._failed)
            self._search.start()
            self._draw.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave every stream, so that nothing runs beside a reading."""
        super().hideEvent(event)
        self._leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the simulated eye too."""
        self._leave()
        self.simulator.stop()
        super().closeEvent(event)

    def _leave(self) -> None:
        self._draw.stop()
        if self._search is not None:
            self._search.stop()
            self._search = None
        self._close_feed()
        self._streams = None
        self._fill(None)

    # -- streams -------------------------------------------------------------------------------

    @Slot(object)
    def _found(self, streams: list[StreamDescription]) -> None:
        if self._search is None:
            return
        if self._streams is None or [each.uid for each in streams] != [each.uid for each in self._streams]:
            self._streams = streams
            self._fill(streams)
        if self._feed is None and not self._notice.count():
            last = self._settings.last_stream
            wanted = [each for each in streams if last and last.source_id in (each.source_id, each.name)]
            if len(wanted or streams) == 1:
                self.open((wanted or streams)[0])

    def _fill(self, streams: list[StreamDescription] | None) -> None:
        clear_layout(self._list)
        if not streams:
            looking = (
                self.tr("Looking for eye trackers…")
                if streams is None
                else self.tr("No gaze stream is there yet.")
            )
            self._list.addWidget(label(looking, "secondary", wrap=True))
        for each in streams or ():
            layout, _coordinates = describe(each)
            facts = self.tr("{rate:g} Hz").format(rate=each.rate_hz) if each.rate_hz else self.tr("irregular")
            text = f"{facts} · {layout or each.source_id}"
            if each.simulated:
                text = self.tr("SIMULATED") + f" · {facts}"
            entry = CardButton("eye", each.name, text, name=f"stream:{each.source_id or each.name}")
            entry.setToolTip(each.source_id)
            entry.clicked.connect(lambda _checked=False, chosen=each: self.open(chosen))
            self._list.addWidget(entry)
        self._refresh()

    def open(self, description: StreamDescription, *, ask: bool = False) -> None:
        """Show what a stream sends; `ask` anew what its numbers mean."""
        self._close_feed()
        clear_layout(self._notice)
        self._answer = None
        known = self._settings.answer_for(description.key)
        self._feed = GazeFeed(description, self._screen_px, known, self, ask=ask)
        self._feed.asked.connect(self._asked)
        self._feed.status.connect(self._received)
        self._feed.failed.connect(self._failed)
        self.signal_card.open(description.name, description.simulated)
        self._feed.start()
        self._refresh()

    def _close_feed(self) -> None:
        feed, self._feed, self._status = self._feed, None, None
        if self._dialog is not None:
            self._dialog.reject()
        if feed is not None:
            feed.close()
            feed.deleteLater()

    @Slot(object)
    def _received(self, status: RecorderStatus) -> None:
        if self._feed is None or status.state == "stopped":
            return
        first = self._status is None
        self._status = status
        if status.state == "receiving":
            self.signal_card.sketch.show_gaze(self._feed.latest(SHOWN_S))
        if first:
            clear_layout(self._notice)
            self._show_status()
            self._refresh()

    @Slot()
    def _show_status(self) -> None:
        if self._feed is not None and self._status is not None:
            self.signal_card.show_status(self._status, self._feed.latest(SHOWN_S))

    @Slot(object)
    def _failed(self, error: UserError) -> None:
        self._close_feed()
        clear_layout(self._notice)
        message, hint = localised(error.message), localised(error.hint)
        self._notice.addWidget(Banner("danger", message, hint, name="trackerProblem"))
        self._refresh()

    # -- streams that do not say enough --------------------------------------------------------

    @Slot(object)
    def _asked(self, _values: LiveValues) -> None:
        if self._feed is None or self._answer is not None or self._notice.count():
            return
        card = Card(self.tr("This stream does not say what its numbers mean"))
        card.setObjectName("mappingNeeded")
        text = self.tr("It can be used as soon as somebody has told which of them are the gaze.")
        card.body.addWidget(label(text, "secondary", wrap=True))
        tell = button(self.tr("Tell what they mean…"), self._tell, kind="primary", name="openMapping")
        card.body.addWidget(tell, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        self._notice.addWidget(card)
        self.signal_card.hide()
        self._tell()

    def _tell(self) -> None:
        if self._dialog is None:
            told = self._settings.answer_for(self._feed.description.key)
            self._dialog = StreamMappingDialog(self._feed, self, told)
            self._dialog.mapped.connect(self._map)
            self._dialog.finished.connect(self._told)
            self._dialog.open()

    @Slot()
    def _told(self) -> None:
        self._dialog = None

    @Slot(object)
    def _map(self, mapping: StreamMapping) -> None:
        self._answer = mapping
        self._settings = self._settings.with_answer(self._feed.description.key, mapping)
        clear_layout(self._notice)
        self._feed.answer(mapping)
        self._refresh()

    def _ask_anew(self) -> None:
        self.open(self._feed.description, ask=True)

    def _use(self) -> None:
        chosen = self._feed.description
        self.stream_chosen.emit(chosen.key, chosen.name, self._answer or "")
        self.left.emit()

    @Slot(str)
    def _simulator_changed(self, problem: str) -> None:
        if problem:
            clear_layout(self._notice)
            self._notice.addWidget(Banner("danger", problem, name="trackerProblem"))
        self._refresh()

    def _refresh(self) -> None:
        opened = self._feed is not None
        self.signal_card.setVisible(opened)
        self._empty.setVisible(not opened)
        self.change_button.setVisible(opened and self._feed.told is not None)
        self.use_button.setVisible(opened)
        self.use_button.setEnabled(self._status is not None)
        self.simulate_button.setText(
            self.tr("Stop simulated eye") if self.simulator.running else self.tr("Start simulated eye")
        )
