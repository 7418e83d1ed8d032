"""Tobii trackers on the eye tracker's page: found, sent over LSL, stopped."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.tracking.tobii import sdk
from gazeannotator.ui import messages, style
from gazeannotator.ui.cards import Banner, Card
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.jobs import ProcessJob, facts_command
from gazeannotator.ui.tobii_link import TobiiLink
from gazeannotator.ui.widgets import Fold, Tone, button, clear_layout, label, pill, row
from gazeannotator.ui.words import localised

SEARCH_AGAIN_MS = 3000
_LIST_WIDTH = 340


class TobiiCard(Card):
    """Searches while it is seen, in a process of its own, and starts the bridge to the chosen tracker.

    Parameters
    ----------
    link : TobiiLink
        What runs the bridge; it runs on when the card is hidden.

    Signals
    -------
    sends(str)
        Gaze is sent now; the source id of its stream.
    """

    sends = Signal(str)

    def __init__(self, link: TobiiLink) -> None:
        super().__init__()
        self.setObjectName("tobiiCard")
        self._link = link
        self._found: list[dict[str, Any]] = []
        self._searched = False
        self._search: ProcessJob | None = None
        self._again = QTimer(self, singleShot=True, interval=SEARCH_AGAIN_MS)
        self._again.timeout.connect(self._look)
        self.state = pill("", "neutral")
        self.state.setObjectName("tobiiState")
        head = QHBoxLayout()
        head.addWidget(label("Tobii", "heading"))
        head.addStretch(1)
        head.addWidget(self.state)
        self.body.addLayout(head)
        self._missing = self._how_to_get_it()
        self._chooser = self._choose()
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        self.words = label("", "secondary", wrap=True, name="tobiiWords")
        for each in (self._missing, self.words, self._chooser):
            self.body.addWidget(each)
        self.body.addLayout(self._notes)
        link.started.connect(self._started)
        link.status.connect(self._show_status)
        link.notice.connect(self._note)
        link.failed.connect(self._failed)
        link.changed.connect(self._refresh)
        self._refresh()

    # -- parts ---------------------------------------------------------------------------------

    def _how_to_get_it(self) -> QWidget:
        fold = Fold(self.tr("Connect a Tobii directly"), name="tobiiHow")
        fold.body.addWidget(
            label(
                self.tr("This needs a package of Tobii's SDK. Install it, then open this page again:"),
                "caption",
                wrap=True,
            )
        )
        command = label(sdk.INSTALL, "strong", wrap=True, name="tobiiCommand")
        command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        fold.body.addWidget(command)
        copy = button(
            self.tr("Copy"), lambda: messages.copy_to_clipboard(sdk.INSTALL), icon="copy", name="tobiiCopy"
        )
        fold.body.addLayout(row(copy))
        licence = label("", "caption", wrap=True, name="tobiiLicence")
        licence.setTextFormat(Qt.TextFormat.RichText)
        licence.setOpenExternalLinks(True)
        words = self.tr(
            "Tobii's {link} allows non-commercial research only. It asks for the reader's consent "
            "and a visible recording sign; both are built in, for every eye tracker."
        )
        name = self.tr("licence")
        licence.setText(words.format(link=f'<a href="{sdk.LICENCE_URL}">{name}</a>'))
        fold.body.addWidget(licence)
        return fold

    def _choose(self) -> QWidget:
        self.tracker = Choice()
        self.tracker.setObjectName("tobiiTracker")
        self.tracker.setAccessibleName(self.tr("Tobii eye tracker"))
        # Long names must not widen the column.
        self.tracker.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.tracker.view().setMinimumWidth(_LIST_WIDTH)
        self.tracker.currentIndexChanged.connect(self._fill_rates)
        self.rate = Choice()
        self.rate.setObjectName("tobiiRate")
        self.rate.setAccessibleName(self.tr("Samples a second"))
        self.action = button(self.tr("Start sending"), self._act, icon="play", name="tobiiAction")
        result = QWidget()
        layout = QVBoxLayout(result)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for each in (self.tracker, self.rate, self.action):
            layout.addWidget(each)
        return result

    # -- searching -----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to search."""
        super().showEvent(event)
        self._look()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Search no more; a bridge that runs goes on."""
        super().hideEvent(event)
        self._end_search()

    def _end_search(self) -> None:
        self._again.stop()
        search, self._search = self._search, None
        if search is not None:
            search.end(0)

    @Slot()
    def _look(self) -> None:
        if not self.isVisible() or self._search is not None or self._link.running or not sdk.is_installed():
            return
        self._search = ProcessJob(facts_command("tracker", "list"), self)
        self._search.finished.connect(self._listed)
        self._search.failed.connect(self._search_failed)
        self._search.start()

    @Slot(dict)
    def _listed(self, document: dict[str, Any]) -> None:
        self._forget_search()
        self._searched = True
        found = document["tobii"]
        if found != self._found:
            self._found = found
            self.tracker.clear()
            for each in found:
                self.tracker.addItem(f"{each['model']} · {each['serial']}", each)
        if not found:
            self._again.start()
        self._refresh()

    @Slot(str, str, str)
    def _search_failed(self, message: str, hint: str, _details: str) -> None:
        self._forget_search()
        self._searched = True
        self._show_problem(self.tr("Tobii eye trackers could not be searched for."), message, hint)
        self._refresh()

    def _forget_search(self) -> None:
        search, self._search = self._search, None
        if search is not None:
            search.deleteLater()

    @Slot(int)
    def _fill_rates(self, _index: int) -> None:
        self.rate.clear()
        self.rate.addItem(self.tr("Rate as it is set"), None)
        tracker = self.tracker.currentData()
        for rate_hz in sorted(tracker["rates_hz"] if tracker else (), reverse=True):
            self.rate.addItem(self.tr("{rate:g} Hz").format(rate=rate_hz), rate_hz)
        self._refresh()

    # -- the bridge ----------------------------------------------------------------------------

    def _act(self) -> None:
        clear_layout(self._notes)
        if self._link.running:
            self._link.stop()
        else:
            self._end_search()
            self._link.start(self.tracker.currentData()["address"], self.rate.currentData())
        self._refresh()

    @Slot(dict)
    def _started(self, facts: dict[str, Any]) -> None:
        self.sends.emit(facts["source_id"])

    @Slot(dict)
    def _show_status(self, status: dict[str, Any]) -> None:
        found = status["found"]
        if self._link.lost or found is None or math.isnan(status["rate_hz"]):
            return
        text = self.tr("{rate:.0f} Hz, eyes found in {found:.0%} of samples")
        self.words.setText(text.format(rate=status["rate_hz"], found=found))

    @Slot(str, str)
    def _failed(self, message: str, hint: str) -> None:
        self._show_problem(self.tr("The eye tracker sends nothing now."), message, hint)
        self._look()

    @Slot(dict)
    def _note(self, notice: dict[str, Any]) -> None:
        tone, text = self._notice_text(notice)
        if notice["code"] == "restored":
            clear_layout(self._notes)
        elif text:
            self._show_note(tone, text)

    def _notice_text(self, notice: dict[str, Any]) -> tuple[Tone, str]:
        match notice["code"]:
            case "lost":
                text = self.tr("The eye tracker is lost: check its cable. It goes on by itself afterwards.")
                return "danger", text
            case "display_area":
                text = self.tr(
                    "The display area was changed in the eye tracker: {width:.0f} × {height:.0f} mm. "
                    "Calibrate and validate again."
                )
                return "warning", text.format(width=notice["width_mm"], height=notice["height_mm"])
            case "rate":
                return "info", self.tr("It sends at {rate:g} Hz now.").format(rate=notice["rate_hz"])
            case "mode":
                return "warning", self.tr("The eye tracking mode was changed. Calibrate and validate again.")
            case "calibration":
                return "warning", self.tr("The eye tracker has a new calibration. Validate it.")
            case "overflow":
                return "warning", self.tr("Samples are missing: this computer was too slow for the rate.")
            case "fault" | "warning":
                return "warning", self.tr("The eye tracker reports: {text}").format(text=notice["text"])
            case "clock":
                text = self.tr("The clock of Tobii's library is {offset:+.3f} s off; time stamps are mapped.")
                return "info", text.format(offset=notice["offset_s"])
        return "info", ""

    def _show_note(self, tone: Tone, text: str) -> None:
        clear_layout(self._notes)
        self._notes.addWidget(Banner(tone, text, name="tobiiNote"))

    def _show_problem(self, title: str, message: str, hint: str) -> None:
        clear_layout(self._notes)
        text = f"{localised(message)} {localised(hint)}"
        self._notes.addWidget(Banner("danger", title, text, name="tobiiNote"))

    # -- what is seen --------------------------------------------------------------------------

    @Slot()
    def _refresh(self) -> None:
        running, facts = self._link.running, self._link.tracker
        usable = sdk.is_installed() or running
        self._missing.setVisible(not usable)
        self.state.setVisible(usable)
        self.tracker.setVisible(not running and len(self._found) > 1)
        self.rate.setVisible(not running and bool(self._found))
        self._chooser.setVisible(running or bool(self._found))
        self.action.setText(self.tr("Stop sending") if running else self.tr("Start sending"))
        self.action.setIcon(style.button_icon("stop" if running else "play"))
        self.words.setVisible(usable)
        if running and self._link.lost:
            self._say("danger", self.tr("Lost"), self._called(facts))
        elif facts is not None:
            self._say("success", self.tr("Sending"), self._called(facts))
        elif running:
            self._say("neutral", self.tr("Connecting"), self.tr("Opening the eye tracker…"))
        elif self._found:
            self._say("info", self.tr("Found"), self._called(self.tracker.currentData()))
        elif self._searched:
            words = self.tr("No Tobii answers. Check its cable and power; the search goes on.")
            self._say("neutral", self.tr("Not found"), words)
        else:
            self._say("neutral", self.tr("Searching"), self.tr("Looking for Tobii eye trackers…"))

    def _called(self, facts: dict[str, Any] | None) -> str:
        return f"{facts['model']} · {facts['serial']}" if facts else ""

    def _say(self, tone: str, state: str, words: str) -> None:
        self.words.setText(words)
        if self.state.text() != state or self.state.property("pill") != tone:
            self.state.setText(state)
            self.state.setProperty("pill", tone)
            style.restyle(self.state)
