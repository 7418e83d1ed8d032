"""The page of a study: what is in it, how far everybody is, and what comes next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.settings import Settings
from gazeannotator.ui.background import in_background
from gazeannotator.ui.cards import Banner, Card, Page, StatTile, Tiles
from gazeannotator.ui.dialogs.start_reading import ReadingForm
from gazeannotator.ui.pages.study_overview import Overview, read_overview
from gazeannotator.ui.widgets import ElidedLabel, button, clear_layout, label, pill
from gazeannotator.ui.words import localised


class StudyPage(Page):
    """Page of a study.

    Signals
    -------
    action_wanted(str)
        Id of a menu action.
    reading_wanted(object)
        The `ReadingChoice` of the card "Start reading".
    loaded(object)
        The `Overview` that is shown now.
    failed(object)
        The `UserError` by which the study could not be read.
    left()
        The user wants to go to the list of studies.
    """

    action_wanted = Signal(str)
    reading_wanted = Signal(object)
    loaded = Signal(object)
    failed = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(max_width=1120, name="studyPage")
        self.path: Path | None = None
        self.overview: Overview | None = None
        self._turn = 0
        self._state = QVBoxLayout()
        self.body.addLayout(self._state)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(16)
        self._head = QVBoxLayout()
        self._head.setSpacing(16)
        self._right = QVBoxLayout()
        self._right.setSpacing(16)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(16)
        # The form stays while all around it is shown anew: somebody may be typing.
        self.reading = ReadingForm(Settings())
        columns = QHBoxLayout()
        columns.setSpacing(16)
        left = QVBoxLayout()
        left.addWidget(self._start_card())
        left.addStretch(1)
        columns.addLayout(left, 1)
        columns.addLayout(self._right, 1)
        content.addLayout(self._head)
        content.addLayout(columns)
        content.addLayout(self._foot)
        self._content.hide()
        self.body.addWidget(self._content)
        self.body.addStretch(1)

    def load(self, path: Path, settings: Settings) -> None:
        """Read a study in the background and show it."""
        self._turn += 1
        self.reading.use(settings)
        if path != self.path:
            self.path, self.overview = path, None
            self._content.hide()
            clear_layout(self._state)
            self._state.addWidget(label(self.tr("Opening the study…"), "secondary"))
        self._read(path, self._turn, quality=False)

    def show_error(self, error: UserError) -> None:
        """Show why the study cannot be shown."""
        self.path = None
        self._content.hide()
        clear_layout(self._state)
        self._state.addWidget(Banner("danger", error.message, error.hint, name="studyError"))
        back = button(self.tr("All studies"), self.left.emit, icon="arrow-left")
        self._state.addSpacing(12)
        self._state.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)

    def _read(self, path: Path, turn: int, *, quality: bool) -> None:
        def take(overview: Overview) -> None:
            if turn == self._turn:
                self._loaded(overview)

        def fail(error: UserError) -> None:
            if turn == self._turn:
                self.failed.emit(error)

        in_background(self, lambda: read_overview(path, quality=quality), take, fail)

    def _loaded(self, overview: Overview) -> None:
        if not overview.quality_known:
            self._read(overview.path, self._turn, quality=True)
        first = self.overview is None
        if overview != self.overview:
            self.overview = overview
            self._show(overview)
        if first:
            self.reading.reader.setFocus()
        self.loaded.emit(overview)

    def _show(self, study: Overview) -> None:
        for layout in (self._state, self._head, self._right, self._foot):
            clear_layout(layout)
        self._head.addLayout(self._header(study))
        self._head.addWidget(self._next_step(study))
        self._head.addWidget(self._numbers(study))
        self._right.addWidget(self._readers(study))
        self._right.addWidget(self._answers(study))
        self._right.addStretch(1)
        for banner in self._warnings(study):
            self._foot.addWidget(banner)
        self.reading.set_readers([each.code for each in study.readers])
        self.start_button.setEnabled(study.images > 0)
        self.start_button.setToolTip("" if study.images else self.tr("Import images first."))
        self._content.show()

    def _header(self, study: Overview) -> QVBoxLayout:
        back = button(
            self.tr("All studies"), self.left.emit, kind="quiet", icon="arrow-left", name="allStudies"
        )
        back.setProperty("flush", True)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(label(study.name, "title", name="studyName"))
        title.addWidget(pill(study.scheme, "info"))
        if study.simulated:
            simulated = pill(self.tr("SIMULATED"), "warning")
            simulated.setObjectName("simulatedBadge")
            simulated.setToolTip(self.tr("There are readings in this study whose gaze was simulated."))
            title.addWidget(simulated)
        title.addStretch(1)
        more = self.tr("Import images…")
        title.addWidget(
            button(more, lambda: self.action_wanted.emit("file.import"), icon="import", name="import")
        )
        header = QVBoxLayout()
        header.setSpacing(4)
        header.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        header.addLayout(title)
        header.addWidget(ElidedLabel(str(study.path), "secondary"))
        return header

    def _next_step(self, study: Overview) -> Banner:
        texts = {
            "import": (
                self.tr("Import images first"),
                self.tr("The study has no images yet."),
                "file.import",
                self.tr("Import images…"),
            ),
            "review": (
                self.tr("Review the images first"),
                self.tr("Something was hidden on all of them; somebody has to agree before they are read."),
                "file.review",
                self.tr("Review…"),
            ),
            "read": (
                self.tr("The images are ready to be read"),
                self.tr("Type a reader code below, choose the eye tracker, and start."),
                "",
                "",
            ),
            "go_on": (
                self.tr("Reading is under way"),
                self.tr("Every reader goes on where they stopped. A data set can be built at any time."),
                "data.build",
                self.tr("Build data set…"),
            ),
            "build": (
                self.tr("Everything has been read"),
                self.tr("Build a data set from the readings, then train a network on it."),
                "data.build",
                self.tr("Build data set…"),
            ),
        }
        title, text, action, action_text = texts[study.next_step]
        follow = None
        if action:
            follow = button(action_text, lambda: self.action_wanted.emit(action), name="nextStepButton")
        tone = "success" if study.next_step == "build" else "info"
        return Banner(tone, title, text, follow, name="nextStep")

    def _numbers(self, study: Overview) -> Tiles:
        number = QLocale().toString
        tiles = Tiles(tile_width=112)
        tiles.set_tiles(
            [
                StatTile(self.tr("images"), number(study.images), "tileImages"),
                StatTile(self.tr("patients"), number(study.patients), "tilePatients"),
                StatTile(self.tr("readers"), number(len(study.readers)), "tileReaders"),
                StatTile(self.tr("readings done"), number(study.done), "tileDone"),
                StatTile(self.tr("readings left"), number(study.left) if study.readers else "–", "tileLeft"),
                StatTile(self.tr("excluded"), number(study.excluded), "tileExcluded"),
                StatTile(self.tr("gaze samples"), number(study.gaze_samples), "tileGaze"),
            ]
        )
        return tiles

    def _start_card(self) -> Card:
        card = Card(self.tr("Start reading"))
        self.reading.tracker_wanted.connect(lambda: self.action_wanted.emit("session.tracker"))
        card.body.addWidget(self.reading)
        self.start_button = button(
            self.tr("Start reading"), self._start, kind="primary", icon="play", name="startReading"
        )
        self.reading.reader.lineEdit().returnPressed.connect(self.start_button.click)
        card.body.addWidget(self.start_button)
        return card

    def _start(self) -> None:
        choice = self.reading.choice()
        if choice is not None:
            self.reading_wanted.emit(choice)

    def _readers(self, study: Overview) -> Card:
        card = Card(self.tr("Readers"))
        if not study.readers:
            card.body.addWidget(
                label(
                    self.tr("Nobody has read yet. A reader is added with the first session."),
                    "secondary",
                    wrap=True,
                )
            )
            return card
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for index, reader in enumerate(study.readers):
            bar = QProgressBar(maximum=max(reader.total, 1), value=reader.done, textVisible=False)
            bar.setAccessibleName(reader.code)
            if reader.done >= reader.total:
                bar.setProperty("tone", "success")
            count = self.tr("{done} of {total}").format(done=reader.done, total=reader.total)
            grid.addWidget(label(reader.code, "strong", name="readerName"), index, 0)
            grid.addWidget(bar, index, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(
                label(count, "secondary", name="readerCount"), index, 2, Qt.AlignmentFlag.AlignRight
            )
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        return card

    def _answers(self, study: Overview) -> Card:
        card = Card(self.tr("Answers"))
        answers = [(localised(name), count) for name, count in study.labels]
        answers.append((self.tr("Cannot be assessed"), study.cannot_be_assessed))
        most = max(count for _, count in answers)
        if not most:
            card.body.addWidget(label(self.tr("No answers yet."), "secondary"))
            return card
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for index, (name, count) in enumerate(answers):
            bar = QProgressBar(maximum=most, value=count, textVisible=False)
            bar.setAccessibleName(name)
            grid.addWidget(label(name, "strong"), index, 0)
            grid.addWidget(bar, index, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(
                label(QLocale().toString(count), "secondary"), index, 2, Qt.AlignmentFlag.AlignRight
            )
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        return card

    def _warnings(self, study: Overview) -> list[QWidget]:
        banners: list[QWidget] = []
        if study.images and study.waiting:
            title = self.tr("Images that wait for review: {n}").format(n=QLocale().toString(study.waiting))
            text = self.tr("Something was hidden on them. They are read once somebody has agreed.")
            follow = button(
                self.tr("Review…"), lambda: self.action_wanted.emit("file.review"), name="reviewButton"
            )
            banners.append(Banner("info", title, text, follow, name="reviewWaiting"))
        if study.images and study.without_patient:
            title = self.tr("Images without a known patient: {n} of {total}").format(
                n=study.without_patient, total=study.images
            )
            text = self.tr(
                "Each counts as a patient of its own, so two images of one patient may fall into training "
                "and test. Import a table with the columns file, patient, pathology."
            )
            banners.append(Banner("warning", title, text, name="warnPatients"))
        if study.images and study.without_truth:
            title = self.tr("Images without pathology: {n} of {total}").format(
                n=study.without_truth, total=study.images
            )
            text = self.tr("For these the readers' answers are what a network learns.")
            banners.append(Banner("warning", title, text, name="warnPathology"))
        if study.median_data_loss > 0.3:
            title = self.tr("Much gaze was lost: {share:.0%} in the median reading").format(
                share=study.median_data_loss
            )
            text = self.tr("Check the reader's position, glasses and the light in the room.")
            banners.append(Banner("warning", title, text, name="warnLoss"))
        return banners
