"""Who reads, with which eye tracker, on which screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.settings import Settings
from gazeannotator.ui import style
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.jobs import ProcessJob, facts_command
from gazeannotator.ui.screens import screens
from gazeannotator.ui.widgets import button, label

WINDOWED_SIZES = ((1280, 800), (1024, 768))
NO_TRACKER = "none"
WHEN_IT_COMES = ""


@dataclass(frozen=True)
class ReadingChoice:
    """What was chosen.

    Attributes
    ----------
    reader : str
    stream : str or None
        Source id of the gaze stream (or its name, where it has none); None for the one that there will be.
    without_gaze : bool
        Record answers only.
    screen : int
        Counted from 1.
    windowed : tuple of int or None
        Size of the window; None for full screen.
    """

    reader: str
    stream: str | None
    without_gaze: bool
    screen: int
    windowed: tuple[int, int] | None


class ReadingForm(QWidget):
    """The three fields. It looks for eye trackers by itself when it is shown.

    Signals
    -------
    tracker_wanted()
        The user wants to see or set up the eye tracker.
    """

    tracker_wanted = Signal()

    def __init__(self, settings: Settings, readers: Sequence[str] = ()) -> None:
        super().__init__()
        self._settings = settings
        self._search: ProcessJob | None = None
        self._searched = False
        self.reader = QComboBox(objectName="readerCode")
        self.reader.setEditable(True)
        self.reader.lineEdit().setPlaceholderText(self.tr("e.g. R1 – a code, not a name"))
        code = QRegularExpression(r"\S.{0,63}")
        self.reader.setValidator(QRegularExpressionValidator(code, self.reader))
        self.stream = Choice()
        self.stream.setObjectName("stream")
        self.display = Choice()
        self.display.setObjectName("display")
        self.search_button = button(self.tr("Search"), self.search, name="searchStreams")
        self.search_button.setToolTip(self.tr("Look again for eye trackers on this computer."))
        self.hint = label("", "caption", wrap=True, name="streamHint")
        self.tracker_button = button(
            self.tr("See the signal…"), self.tracker_wanted.emit, kind="quiet", icon="eye", name="openTracker"
        )
        stream_row = QHBoxLayout()
        stream_row.setSpacing(8)
        stream_row.addWidget(self.stream, 1)
        stream_row.addWidget(self.search_button)
        hint_row = QHBoxLayout()
        hint_row.addWidget(self.hint, 1)
        hint_row.addWidget(self.tracker_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for caption, field in (
            (self.tr("Reader code"), self.reader),
            (self.tr("Eye tracker"), stream_row),
            ("", hint_row),
            (self.tr("Show images"), self.display),
        ):
            if caption:
                layout.addWidget(label(caption, "field"))
            if isinstance(field, QHBoxLayout):
                layout.addLayout(field)
            else:
                layout.addWidget(field)
                layout.addSpacing(8)
        self.stream.currentIndexChanged.connect(self._show_hint)
        self.reader.editTextChanged.connect(lambda _: self._mark_reader(False))
        self.set_readers(readers)
        self._fill_displays()
        self._fill_streams([])
        application = QGuiApplication.instance()
        application.screenAdded.connect(self._fill_displays)
        application.screenRemoved.connect(self._fill_displays)

    def use(self, settings: Settings) -> None:
        """Take over settings that have changed: the tracker that was chosen, the reader of last time."""
        changed = settings.last_stream != self._settings.last_stream
        self._settings = settings
        if changed:
            self._fill_streams(self._streams, choose_last=True)

    def set_readers(self, codes: Sequence[str]) -> None:
        """Offer the readers of the study; what is typed stays, else the one of last time is chosen.

        Nobody else is chosen beforehand: a session under a wrong code cannot be mended.
        """
        known = [self.reader.itemText(index) for index in range(self.reader.count())]
        if list(codes) == known:
            return
        last = self._settings.last_reader
        typed = self.reader.currentText() or (last if last in codes else "")
        self.reader.clear()
        self.reader.addItems(list(codes))
        self.reader.setEditText(typed)

    def choice(self) -> ReadingChoice | None:
        """Return the choice; None while no reader code is typed."""
        code = self.reader.currentText().strip()
        self._mark_reader(not code)
        if not code:
            self.reader.setFocus()
            return None
        screen, windowed = self.display.currentData()
        stream = self.stream.currentData()
        without_gaze = stream == NO_TRACKER
        return ReadingChoice(code, None if without_gaze else stream or None, without_gaze, screen, windowed)

    def _mark_reader(self, wrong: bool) -> None:
        if bool(self.reader.property("wrong")) != wrong:
            self.reader.setProperty("wrong", wrong)
            style.restyle(self.reader)

    def showEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's name
        """Look for eye trackers."""
        super().showEvent(event)
        self.search()

    @Slot()
    def search(self) -> None:
        """Look for gaze streams; the list fills when they are found."""
        if self._search is not None:
            return
        self._searched = True
        self.search_button.setEnabled(False)
        self.hint.setText(self.tr("Looking for eye trackers…"))
        self._search = ProcessJob(facts_command("tracker", "list"), self)
        self._search.finished.connect(self._found)
        self._search.failed.connect(self._not_found)
        self._search.start()

    @Slot(dict)
    def _found(self, facts: dict[str, Any]) -> None:
        self._end_search()
        self._fill_streams(facts.get("streams", []))

    @Slot(str, str, str)
    def _not_found(self, message: str, hint: str, _details: str) -> None:
        self._end_search()
        self._fill_streams([])
        self.hint.setText(f"{message} {hint}".strip())

    def _end_search(self) -> None:
        if self._search is not None:
            self._search.deleteLater()
            self._search = None
        self.search_button.setEnabled(True)

    def _fill_streams(self, streams: Sequence[dict[str, Any]], *, choose_last: bool = False) -> None:
        self._streams = streams
        wanted = self.stream.currentData()
        last = self._settings.last_stream
        if last is not None and (choose_last or not wanted):
            wanted = last.source_id or last.name
        self.stream.clear()
        for each in streams:
            if each.get("coordinates") == "scene_camera":
                continue
            text = (
                self.tr("{name}  ({rate:g} Hz, simulated)")
                if each.get("simulated")
                else self.tr("{name}  ({rate:g} Hz)")
            )
            name = text.format(name=each["name"], rate=each["rate_hz"])
            self.stream.addItem(
                style.icon("eye", style.COLOURS.accent), name, each["source_id"] or each["name"]
            )
        if not self.stream.count():
            self.stream.addItem(self.tr("As soon as one is there"), WHEN_IT_COMES)
        self.stream.addItem(self.tr("No eye tracker: record answers only"), NO_TRACKER)
        index = self.stream.findData(wanted)
        self.stream.setCurrentIndex(max(index, 0))
        self._show_hint()

    @Slot()
    def _show_hint(self) -> None:
        if self.stream.currentData() == NO_TRACKER:
            self.hint.setText(self.tr("No gaze will be recorded in this session."))
        elif self.stream.currentData() == WHEN_IT_COMES and self._searched:
            self.hint.setText(
                self.tr("None was found yet. Start the tracker's LSL stream, then search again.")
            )
        else:
            self.hint.clear()

    @Slot()
    def _fill_displays(self) -> None:
        chosen = self.display.currentData()
        self.display.clear()
        for each in screens():
            text = self.tr("Full screen on {name}  ({w} × {h})").format(
                name=each.name, w=each.px[0], h=each.px[1]
            )
            self.display.addItem(text, (each.index + 1, None))
        self.display.setCurrentIndex(0)  # the primary screen comes first
        for width, height in WINDOWED_SIZES:
            text = self.tr("In a window  ({w} × {h})").format(w=width, h=height)
            self.display.addItem(text, (1, (width, height)))
        for index in range(self.display.count()):  # findData does not know equal tuples
            if self.display.itemData(index) == chosen:
                self.display.setCurrentIndex(index)


class StartReadingDialog(FormDialog):
    """What the menu entry Session → Start reading asks."""

    def __init__(self, parent: QWidget | None, settings: Settings, readers: Sequence[str]) -> None:
        super().__init__(parent, "startReadingDialog")
        intro = self.tr("A session goes on where the reader stopped the last time.")
        self.set_texts(self.tr("Start reading"), intro, self.tr("Start reading"))
        self.form = ReadingForm(settings, readers)
        self.body.addWidget(self.form)
        self.first_field = self.form.reader

    def problem(self) -> str:
        """Ask for a reader code if there is none."""
        return "" if self.form.choice() else self.tr("Type the reader's code.")
