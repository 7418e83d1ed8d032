"""The first page: what the program is for, two ways in, and the studies of before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.settings import RecentStudy
from gazeannotator.ui import style
from gazeannotator.ui.background import in_background
from gazeannotator.ui.cards import Card, CardButton, Page, Tiles
from gazeannotator.ui.widgets import button, clear_layout, label, picture, pill

SHOWN_STUDIES = 5


class WelcomePage(Page):
    """Welcome page.

    Signals
    -------
    new_wanted(), open_wanted()
    study_chosen(str)
        Folder of a recent study.
    study_removed(str)
        The user wants it off the list.
    """

    new_wanted = Signal()
    open_wanted = Signal()
    study_chosen = Signal(str)
    study_removed = Signal(str)

    def __init__(self) -> None:
        super().__init__(max_width=1040, name="welcomePage")
        self._cards: dict[str, tuple[CardButton, QToolButton]] = {}
        top = QHBoxLayout()
        top.setSpacing(40)
        top.addWidget(self._greeting(), 5)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(10)
        self._recent.setContentsMargins(0, 0, 0, 0)
        right = QWidget()
        right.setLayout(self._recent)
        top.addWidget(right, 6)
        self.body.addSpacing(12)
        self.body.addLayout(top)
        self.body.addSpacing(8)
        self.body.addWidget(self._steps())
        self.body.addStretch(1)
        note = label(self.tr("A research tool. Not for clinical use."), "caption")
        self.body.addWidget(note, 0, Qt.AlignmentFlag.AlignHCenter)
        self.show_recent(())

    def show_recent(self, studies: Sequence[RecentStudy]) -> None:
        """List the studies that were open before."""
        clear_layout(self._recent)
        self._cards.clear()
        if not studies:
            self._recent.addWidget(self._empty())
            return
        self._recent.addWidget(label(self.tr("Recent studies"), "heading"))
        for study in studies[:SHOWN_STUDIES]:
            card = CardButton("layers", study.name, study.path, name="recentStudy")
            card.setToolTip(study.path)
            when = label(_when(study.opened_utc), "caption")
            when.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            card.end.addWidget(when)
            card.clicked.connect(lambda _=False, path=study.path: self.study_chosen.emit(path))
            remove = QToolButton(objectName="removeStudy")
            remove.setIcon(style.icon("close", style.COLOURS.secondary))
            remove.setToolTip(self.tr("Take it off this list"))
            remove.clicked.connect(lambda _=False, path=study.path: self.study_removed.emit(path))
            remove.hide()
            self._cards[study.path] = (card, remove)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(card, 1)
            row.addWidget(remove)
            self._recent.addLayout(row)
        self._recent.addStretch(1)
        paths = [study.path for study in studies[:SHOWN_STUDIES]]
        # A folder on a network drive that is gone can take long to say so.
        in_background(self, lambda: _missing(paths), self._mark_missing, self._nothing)

    def _mark_missing(self, paths: list[str]) -> None:
        for path in paths:
            if path not in self._cards:
                continue
            card, remove = self._cards[path]
            card.setEnabled(False)
            clear_layout(card.end)
            card.end.addWidget(pill(self.tr("not found"), "warning"))
            remove.show()

    @staticmethod
    def _nothing(error: UserError) -> None:
        raise error

    def _greeting(self) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        logo = QLabel()
        logo.setPixmap(QIcon(str(style.resource("icons", "gazeannotator.svg"))).pixmap(72, 72))
        layout.addWidget(logo)
        layout.addSpacing(4)
        layout.addWidget(label("GazeAnnotator", "display"))
        lead = self.tr(
            "Read endoscopic images with an eye tracker, and train networks that look where you look."
        )
        layout.addWidget(label(lead, "lead", wrap=True))
        layout.addSpacing(12)
        new = button(
            self.tr("New study…"), self.new_wanted.emit, kind="primary", icon="plus", name="newStudy"
        )
        open_ = button(self.tr("Open study…"), self.open_wanted.emit, icon="folder-open", name="openStudy")
        open_.setProperty("size", "large")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(new)
        row.addWidget(open_)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)
        return box

    def _empty(self) -> QWidget:
        card = Card()
        card.setObjectName("noRecentStudies")
        card.body.setContentsMargins(32, 36, 32, 36)
        card.body.setSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        card.body.addWidget(picture("images", 40, style.COLOURS.faint), 0, centre)
        card.body.addSpacing(4)
        card.body.addWidget(label(self.tr("Your studies will be listed here"), "heading"), 0, centre)
        text = label(
            self.tr(
                "A study is a folder of images that readers look at. Start one with a folder of your own "
                "images."
            ),
            "secondary",
            wrap=True,
        )
        text.setAlignment(centre)
        card.body.addWidget(text)
        return card

    def _steps(self) -> QWidget:
        texts = [
            (
                "images",
                self.tr("1  Import"),
                self.tr("A folder of images becomes a study. Names and ids are removed."),
            ),
            (
                "eye",
                self.tr("2  Read"),
                self.tr("Look, and answer with one key. Gaze is recorded all the while."),
            ),
            (
                "layers",
                self.tr("3  Build"),
                self.tr("Fixations and heatmaps become a data set, split by patient."),
            ),
            (
                "network",
                self.tr("4  Train"),
                self.tr("A network learns the answer, and where to look for it."),
            ),
        ]
        tiles = Tiles(tile_width=200)
        cards = []
        for icon, title, text in texts:
            card = Card(margin=18)
            card.body.setSpacing(6)
            card.body.addWidget(picture(icon, 24, style.COLOURS.accent))
            card.body.addWidget(label(title, "strong"))
            card.body.addWidget(label(text, "secondary", wrap=True))
            card.body.addStretch(1)
            cards.append(card)
        tiles.set_tiles(cards)
        return tiles


def _missing(paths: Sequence[str]) -> list[str]:
    return [path for path in paths if not (Path(path) / "study.json").is_file()]


def _when(utc: str) -> str:
    """Day of the last visit in the user's own format; empty if it is not known."""
    try:
        moment = datetime.fromisoformat(utc).astimezone(timezone.utc)
    except ValueError:
        return ""
    day = moment.astimezone()
    pattern = QCoreApplication.translate("WelcomePage", "d MMM yyyy", "format of a date, see QDate")
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)
