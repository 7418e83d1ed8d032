"""Guide, keys and about."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.ui import style
from gazeannotator.ui.cards import Card
from gazeannotator.ui.messages import copy_to_clipboard
from gazeannotator.ui.widgets import button, label, line, picture

CITATION = "GazeAnnotator {version}. Research software, Apache-2.0."


class HelpDialog(QDialog):
    """A dialog that only shows; Escape or Close ends it."""

    def __init__(self, parent: QWidget | None, name: str, width: int) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMinimumWidth(width)
        content = QWidget()
        content.setProperty("role", "page")
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(28, 24, 28, 24)
        self.body.setSpacing(12)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        footer = QFrame()
        footer.setProperty("role", "footer")
        self.footer = QHBoxLayout(footer)
        self.footer.setContentsMargins(28, 14, 28, 14)
        self.footer.addStretch(1)
        close = button(self.tr("Close"), self.accept, kind="primary", name="closeButton")
        self.footer.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(footer)


class KeysDialog(HelpDialog):
    """What the menu entry Help → Keys asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "keysDialog", 620)
        self.setWindowTitle(self.tr("Keys while reading"))
        self.body.addWidget(label(self.tr("Keys while reading"), "dialog-title"))
        self.body.addWidget(
            label(self.tr("The mouse is not needed. Digits work on every keyboard layout."), "secondary")
        )
        shift = self.tr("Shift")
        rows: Sequence[tuple[Sequence[str], str]] = [
            ([self.tr("Space")], self.tr("Start, pause, go on")),
            (["1", "2", "3"], self.tr("The answer, with high confidence")),
            ([shift, "1", "2", "3"], self.tr("The answer, with low confidence")),
            (["0"], self.tr("The image cannot be assessed")),
            (["F"], self.tr("Flag the image for discussion")),
            ([self.tr("Backspace")], self.tr("Back to the previous image; it is asked again")),
            (["F1"], self.tr("Show the criteria of the answers")),
            (["R"], self.tr("Quick check of the eye tracker: look at the cross")),
            (["V"], self.tr("Measure the eye tracker's accuracy")),
            ([self.tr("Esc")], self.tr("End the session; it can be continued later")),
        ]
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for index, (keys, text) in enumerate(rows):
            caps = QHBoxLayout()
            caps.setSpacing(6)
            for each in keys:
                caps.addWidget(label(each, "key"))
            caps.addStretch(1)
            grid.addLayout(caps, index, 0)
            grid.addWidget(label(text), index, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.resize(640, 620)


class GuideDialog(HelpDialog):
    """What the menu entry Help → Guide asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "guideDialog", 680)
        self.setWindowTitle(self.tr("Guide"))
        self.body.addWidget(label(self.tr("From images to a trained network"), "dialog-title"))
        steps = [
            (
                "images",
                self.tr("Make a study"),
                self.tr(
                    "File → New study. Choose a folder with images and, if you have it, a table with the "
                    "columns file, patient, pathology. The images are copied without names and dates; "
                    "patients become codes."
                ),
            ),
            (
                "eye",
                self.tr("Switch on the eye tracker"),
                self.tr(
                    "Calibrate in the tracker's own program and start its LSL stream. Session → Tracker "
                    "shows what arrives. Without a tracker you can try everything with: gazeannotator "
                    "tracker simulate"
                ),
            ),
            (
                "play",
                self.tr("Read"),
                self.tr(
                    "Type the reader's code and press Start reading. Space shows the first image. Look, "
                    "then answer with one key. Every answer is on disk before the next image comes. Esc "
                    "ends; the next session goes on there."
                ),
            ),
            (
                "shield",
                self.tr("Check"),
                self.tr("Data set → Check proves that nothing in the study was lost or changed."),
            ),
            (
                "layers",
                self.tr("Build the data set"),
                self.tr(
                    "Data set → Build finds fixations, makes heatmaps, and splits the images by patient, so"
                    " that no patient is in both training and test."
                ),
            ),
            (
                "network",
                self.tr("Train"),
                self.tr(
                    "Train → New training. The recipe 'quick' gives a first result in minutes; 'default' is"
                    " for real work. The report shows how well the network answers, and where it looks "
                    "beside where readers looked."
                ),
            ),
        ]
        for number, (icon, title, text) in enumerate(steps, start=1):
            self.body.addWidget(_step(number, icon, title, text))
        self.body.addStretch(1)
        self.resize(740, 680)


class AboutDialog(HelpDialog):
    """What the menu entry Help → About asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "aboutDialog", 520)
        self.setWindowTitle(self.tr("About GazeAnnotator"))
        version = importlib.metadata.version("gazeannotator")
        logo = QLabel()
        logo.setPixmap(QIcon(str(style.resource("icons", "gazeannotator.svg"))).pixmap(72, 72))
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(logo)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(label("GazeAnnotator", "title"))
        words.addWidget(
            label(self.tr("Version {version}").format(version=version), "secondary", name="aboutVersion")
        )
        words.addStretch(1)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        texts = [
            self.tr(
                "Read endoscopic images with an eye tracker, and train networks that look where you look."
            ),
            self.tr("A research tool. Not for clinical use."),
        ]
        for text in texts:
            self.body.addWidget(label(text, wrap=True))
        self.body.addWidget(line())
        facts = [
            (self.tr("Licence"), "Apache-2.0"),
            (self.tr("Stands on"), f"Qt {qVersion()}, Lab Streaming Layer, HDF5, PyTorch"),
            (self.tr("Cite as"), CITATION.format(version=version)),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        for index, (caption, value) in enumerate(facts):
            grid.addWidget(label(caption, "secondary"), index, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(value, wrap=True), index, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        copy = button(
            self.tr("Copy citation"),
            lambda: copy_to_clipboard(CITATION.format(version=version)),
            icon="copy",
            name="copyCitation",
        )
        self.footer.insertWidget(0, copy)
        self.resize(560, 420)


def _step(number: int, icon: str, title: str, text: str) -> Card:
    card = Card(margin=18)
    row = QHBoxLayout()
    row.setSpacing(16)
    count = label(str(number), "number")
    count.setAlignment(Qt.AlignmentFlag.AlignCenter)
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addWidget(label(title, "heading"))
    words.addWidget(label(text, "secondary", wrap=True))
    row.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    row.addWidget(picture(icon, 32, style.COLOURS.accent_line), 0, Qt.AlignmentFlag.AlignTop)
    card.body.addLayout(row)
    return card
