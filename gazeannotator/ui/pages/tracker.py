"""The eye tracker's page: which streams there are, and what the chosen one sends."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.tracking import lsl
from gazeannotator.tracking.layouts import StreamDescription, describe
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui import screens
from gazeannotator.ui.cards import Banner, Card, CardButton, Page
from gazeannotator.ui.gaze_feed import GazeFeed, LiveValues, StreamSearch
from gazeannotator.ui.pages.tracker_signal import SHOWN_S, SignalCard
from gazeannotator.ui.pages.tracker_simulator import Simulator
from gazeannotator.ui.pages.tracker_tobii import TobiiCard
from gazeannotator.ui.tobii_link import TobiiLink
from gazeannotator.ui.widgets import button, clear_layout, label, picture, row, titled

_NUMBERS_EVERY_MS = 200


class TrackerPage(Page):
    """Looks for gaze streams as long as it is seen, and shows the one that is chosen.

    Signals
    -------
    stream_chosen(source id, name, coordinates)
        Readings are to use this stream; `coordinates` is the answer where the stream does not tell
        them, else empty. A stream without source id has its name there.
    left()
        The user wants to go back.
    """

    stream_chosen = Signal(str, str, str)
    left = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__(max_width=1080, name="trackerPage")
        self._settings = settings
        self._screen_px = screens.facts_of(QGuiApplication.primaryScreen()).px
        self._search: StreamSearch | None = None
        self._streams: list[StreamDescription] | None = None
        self._feed: GazeFeed | None = None
        self._coordinates = ""
        self._awaited = ""
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
        columns.addLayout(self._left_column(), 2)
        columns.addLayout(self._signal_column(), 5)
        self.body.addLayout(columns, 1)
        self._fill(None)

    # -- parts ---------------------------------------------------------------------------------

    def _left_column(self) -> QVBoxLayout:
        self.tobii_card = TobiiCard(TobiiLink.of_the_application())
        self.tobii_card.sends.connect(self._await)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addWidget(self._streams_card(), 1)
        column.addWidget(self.tobii_card)
        return column

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
        column.addWidget(self.use_button, 0, Qt.AlignmentFlag.AlignRight)
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
        """End the simulated eye and the bridge to a Tobii too: the app ends."""
        self._leave()
        self.simulator.stop()
        TobiiLink.of_the_application().close()
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
        started = [each for each in streams if self._awaited and each.source_id == self._awaited]
        if started:
            self._awaited = ""
            self.open(started[0])
        elif self._feed is None and not self._notice.count():
            last = self._settings.last_stream
            wanted = [each for each in streams if last and last.source_id in (each.source_id, each.name)]
            if len(wanted or streams) == 1:
                self.open((wanted or streams)[0])

    @Slot(str)
    def _await(self, source_id: str) -> None:
        """Show this stream as soon as it is found: it was started here."""
        self._awaited = source_id

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

    def open(self, description: StreamDescription) -> None:
        """Show what a stream sends."""
        self._close_feed()
        clear_layout(self._notice)
        self._coordinates = ""
        known = self._settings.stream_coordinates.get(description.source_id or description.name)
        self._feed = GazeFeed(description, self._screen_px, known, self)
        self._feed.asked.connect(self._asked)
        self._feed.status.connect(self._received)
        self._feed.failed.connect(self._failed)
        self.signal_card.open(description.name, description.simulated)
        self._feed.start()
        self._refresh()

    def _close_feed(self) -> None:
        feed, self._feed, self._status = self._feed, None, None
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
        self._notice.addWidget(Banner("danger", error.message, error.hint, name="trackerProblem"))
        self._refresh()

    # -- unknown coordinates -------------------------------------------------------------------

    @Slot(object)
    def _asked(self, values: LiveValues) -> None:
        if self._feed is None or self._coordinates:
            return
        if not self._notice.count():
            self._notice.addWidget(self._question())
            self.signal_card.hide()
        last, low, high = values.last, values.low, values.high
        text = self.tr("Now x {x:.4g}, y {y:.4g}. So far x {x0:.4g} to {x1:.4g}, y {y0:.4g} to {y1:.4g}.")
        self._values.setText(text.format(x=last[0], y=last[1], x0=low[0], x1=high[0], y0=low[1], y1=high[1]))

    def _question(self) -> Card:
        card = Card(self.tr("What do this stream's numbers mean?"))
        card.setObjectName("coordinatesQuestion")
        words = self.tr("It does not say so itself. Look at the corners of the screen and see which fits.")
        card.body.addWidget(label(words, "secondary", wrap=True))
        self._values = label("", "strong", name="liveValues")
        card.body.addWidget(self._values)
        shares = button(
            self.tr("0 to 1 across the screen"), lambda: self._answer("normalised"), name="normalised"
        )
        pixels = button(self.tr("Pixels of the screen"), lambda: self._answer("screen_px"), name="screenPx")
        card.body.addLayout(row(shares, pixels))
        card.body.addStretch(1)
        return card

    def _answer(self, coordinates: str) -> None:
        self._coordinates = coordinates
        clear_layout(self._notice)
        self._feed.answer(coordinates)
        self._refresh()

    def _use(self) -> None:
        chosen = self._feed.description
        self.stream_chosen.emit(chosen.source_id or chosen.name, chosen.name, self._coordinates)
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
        self.use_button.setVisible(opened)
        self.use_button.setEnabled(self._status is not None)
        self.simulate_button.setText(
            self.tr("Stop simulated eye") if self.simulator.running else self.tr("Start simulated eye")
        )
