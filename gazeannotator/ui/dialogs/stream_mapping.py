"""What do this stream's numbers mean? Live values of every channel, and where they put the gaze."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gazeannotator.samples import GazeChunk, both_eyes
from gazeannotator.tracking.conversion import to_chunk
from gazeannotator.tracking.mapping import (
    Answer,
    StreamMapping,
    described,
    guessed_channels,
    guessed_coordinates,
    guessed_marks,
)
from gazeannotator.ui import style
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.dialogs.stream_channels import ChannelList
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.gaze_feed import GazeFeed, LiveValues
from gazeannotator.ui.gaze_sketch import GazeSketch
from gazeannotator.ui.widgets import field, label

_TRAIL = 60
"""So many of the last samples are drawn."""

_MOSTLY = 0.5


class StreamMappingDialog(FormDialog):
    """Lets a person say which channel of a stream is what.

    What the stream's words and numbers suggest is filled in; it holds only once it was confirmed.

    Parameters
    ----------
    feed : GazeFeed
        The stream, which asks for an answer.
    told : StreamMapping or {"normalised", "screen_px"}, optional
        An earlier answer, to start from.

    Signals
    -------
    mapped(StreamMapping)
        The mapping was confirmed.
    """

    mapped = Signal(object)

    def __init__(self, feed: GazeFeed, parent: QWidget | None = None, told: Answer | None = None) -> None:
        super().__init__(parent, "streamMappingDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(1080)
        self._description = feed.description
        self._screen_px = feed.screen_px
        self._values: LiveValues | None = None
        self._coordinates_told = self._marks_told = False
        self.set_texts(
            self.tr("What do this stream's numbers mean?"),
            self.tr(
                "{name} does not say it itself. Let somebody look into the corners of the screen one after "
                "the other, see which numbers follow, and check that the dot on the right goes there too."
            ).format(name=feed.description.name),
            self.tr("Use this mapping"),
        )
        self.channels = ChannelList(feed.description)
        self.channels.changed.connect(self._roles_chosen)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.channels)
        self.channels.setProperty("role", "page")
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(scroll, 1)
        columns.addLayout(self._meaning())
        self.body.addLayout(columns, 1)
        self._start_from(told)
        feed.asked.connect(self.show_values)
        self._refresh()

    def _meaning(self) -> QVBoxLayout:
        self.sketch = GazeSketch(self._screen_px)
        self.sketch.setFixedSize(320, 152)
        self.where = label("", "caption", wrap=True, name="whereGazeIs")
        self.where.setFixedHeight(34)
        self.where.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.coordinates = self._choice(
            "coordinates",
            ("normalised", self.tr("0 to 1 across the screen")),
            ("percent", self.tr("0 to 100, percent of the screen")),
            ("screen_px", self.tr("Pixels of the screen")),
        )
        self.coordinates.activated.connect(self._coordinates_chosen)
        self.origin = self._choice(
            "origin",
            ("top-left", self.tr("At the top left corner")),
            ("bottom-left", self.tr("At the bottom left corner")),
        )
        self.valid = self._choice(
            "validRule",
            ("above_zero", self.tr("Where it is above 0")),
            ("above_half", self.tr("Where it is above one half")),
            ("zero", self.tr("Where it is 0")),
        )
        self.marks = QLineEdit()
        self.marks.setObjectName("marks")
        self.marks.setPlaceholderText(self.tr("none, or e.g. 0 and -1"))
        self.marks.textEdited.connect(self._marks_written)
        self.marks.textChanged.connect(self._refresh)
        self.valid_field = QWidget()
        valid = field(self.tr("A valid channel says the eye was found"), self.valid)
        valid.setContentsMargins(0, 0, 0, 0)
        self.valid_field.setLayout(valid)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.sketch)
        column.addWidget(self.where)
        column.addLayout(field(self.tr("The numbers are"), self.coordinates))
        column.addLayout(field(self.tr("Zero is"), self.origin))
        column.addLayout(field(self.tr("Numbers that mean: not found"), self.marks))
        column.addWidget(self.valid_field)
        column.addStretch(1)
        return column

    def _choice(self, name: str, *items: tuple[str, str]) -> Choice:
        result = Choice()
        result.setObjectName(name)
        result.setFixedWidth(320)
        for value, text in items:
            result.addItem(text, value)
        result.activated.connect(self._refresh)
        return result

    def _start_from(self, told: Answer | None) -> None:
        """Fill in the earlier answer, else what the stream's words suggest."""
        self.coordinates.setCurrentIndex(-1)
        mapping = told if isinstance(told, StreamMapping) and told.fits(self._description) else None
        self.channels.set_roles(guessed_channels(self._description) if mapping is None else mapping.channels)
        if mapping is not None:
            for choice, value in ((self.origin, mapping.origin), (self.valid, mapping.valid)):
                choice.setCurrentIndex(choice.findData(value))
            self._show_marks(mapping.marks)
            self._marks_told = True
        coordinates = told if isinstance(told, str) else mapping.coordinates if mapping is not None else None
        if coordinates is not None:
            self._coordinates_told = True
            self.coordinates.setCurrentIndex(self.coordinates.findData(coordinates))

    @Slot(object)
    def show_values(self, values: LiveValues) -> None:
        """Show what came, and where the mapping puts it."""
        self._values = values
        self.channels.show_values(values)
        self._guess(values)
        self._refresh()

    def mapping(self) -> StreamMapping | None:
        """Return what is filled in; None as long as it makes no gaze point."""
        marks = self._marks()
        if self.coordinates.currentData() is None or marks is None:
            return None
        try:
            return StreamMapping(
                described=described(self._description),
                channels=self.channels.roles,
                coordinates=self.coordinates.currentData(),
                origin=self.origin.currentData(),
                marks=marks,
                valid=self.valid.currentData(),
            )
        except ValueError:
            return None

    def fit(self) -> None:
        """Show as many channels as every screen has room for."""
        # Not by self.screen(): PySide would take the screen away from the reading window with this dialog.
        room = min(each.availableGeometry().height() for each in QGuiApplication.screens())
        self.resize(1080, min(720, room - 60))

    def problem(self) -> str:
        """Say what is missing."""
        roles = self.channels.roles.keys()
        both = {"x", "y"} & roles
        single = {"left_x", "left_y", "right_x", "right_y"} & roles
        if both and single:
            return self.tr("Choose x and y of both eyes together, or those of each eye: not both.")
        pairs = (("x", "y"), ("left_x", "left_y"), ("right_x", "right_y"))
        if not both | single or any(len(roles & set(pair)) == 1 for pair in pairs):
            return self.tr("Choose x and y of the gaze.")
        if self.coordinates.currentData() is None:
            return self.tr("Say what the numbers are.")
        if self._marks() is None:
            return self.tr("Write the numbers that mean not found with commas between them.")
        return ""

    def accept(self) -> None:
        """Hand out the mapping and close, unless something is missing."""
        mapping = self.mapping()
        super().accept()
        if mapping is not None and self.result():
            self.mapped.emit(mapping)

    @Slot()
    def _roles_chosen(self) -> None:
        if self._values is not None:
            self._guess(self._values)
        self._refresh()

    @Slot()
    def _coordinates_chosen(self) -> None:
        self._coordinates_told = True

    @Slot()
    def _marks_written(self) -> None:
        self._marks_told = True

    def _show_marks(self, marks: tuple[float, ...]) -> None:
        self.marks.setText(", ".join(f"{mark:g}" for mark in marks))

    def _guess(self, values: LiveValues) -> None:
        """Fill in what the numbers suggest, as long as nobody has said something else."""
        roles = self.channels.roles
        points = [number for role, number in roles.items() if role.endswith(("x", "y"))]
        if not points or not np.isfinite(values.high[points]).all():
            return
        if not self._coordinates_told:
            guess = guessed_coordinates(float(values.high[points].max()))
            self.coordinates.setCurrentIndex(self.coordinates.findData(guess))
        x = next((roles[role] for role in ("x", "left_x", "right_x") if role in roles), None)
        y = next((roles[role] for role in ("y", "left_y", "right_y") if role in roles), None)
        if not self._marks_told and x is not None and y is not None:
            marks = guessed_marks(values.recent[:, [x, y]])
            if marks != self._marks():
                self._show_marks(marks)

    def _marks(self) -> tuple[float, ...] | None:
        """Read the numbers that mean not found; None where they are no numbers."""
        words = self.marks.text().replace(";", ",").replace("，", ",").replace("、", ",").split(",")
        try:
            marks = tuple(float(word) for word in words if word.strip())
        except ValueError:
            return None
        return marks if all(math.isfinite(mark) for mark in marks) else None

    @Slot()
    def _refresh(self) -> None:
        roles = self.channels.roles.keys()
        self.valid_field.setVisible(bool({"valid", "left_valid", "right_valid"} & roles))
        problem = self.problem()
        self.error.setText(problem)
        self.accept_button.setEnabled(not problem)
        mapping = self.mapping()
        if mapping is None or self._values is None:
            self.sketch.show_gaze(GazeChunk.empty())
            self._say(self.tr("The gaze is drawn here as soon as x and y are chosen."))
            return
        values = self._values
        chunk = to_chunk(values.recent, values.stamps, mapping.to_layout(), self._screen_px)
        self.sketch.show_gaze(chunk[-_TRAIL:])
        self._say_where(chunk)

    def _say_where(self, chunk: GazeChunk) -> None:
        xy = both_eyes(chunk.left, chunk.right)
        found = xy[~np.isnan(xy).any(axis=1)]
        if not len(found):
            self._say(self.tr("By this mapping no eye is ever found."), "danger")
        elif np.mean(((found < 0) | (found > 1)).any(axis=1)) > _MOSTLY:
            self._say(self.tr("By this mapping most of the gaze lies beside the screen."), "danger")
        elif np.isnan(xy[-1]).any():
            self._say(self.tr("Now no eye is found."))
        else:
            x, y = xy[-1]
            words = self.tr("Now {x} % from the left and {y} % from the top.")
            self._say(words.format(x=round(100 * x), y=round(100 * y)))

    def _say(self, words: str, tone: str = "") -> None:
        self.where.setText(words)
        role = "error" if tone else "caption"
        if self.where.property("role") != role:
            self.where.setProperty("role", role)
            style.restyle(self.where)
