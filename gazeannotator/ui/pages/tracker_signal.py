"""What comes in from an eye tracker: in words, in numbers, and where both eyes look."""

from __future__ import annotations

import math

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui import style
from gazeannotator.ui.cards import Card, StatTile
from gazeannotator.ui.gaze_sketch import LEFT, RIGHT, GazeSketch
from gazeannotator.ui.widgets import label, pill, row
from gazeannotator.ui.words import localised

SHOWN_S = 0.6
POOR_SIGNAL = 0.3


class SignalCard(Card):
    """The live signal of one stream."""

    def __init__(self, screen_px: tuple[float, float]) -> None:
        super().__init__(margin=20)
        self.setObjectName("signalCard")
        self.name = label("", "heading", name="signalName")
        self.simulated = pill(self.tr("SIMULATED"), "warning")
        self.simulated.setObjectName("simulatedBadge")
        self.state = pill("", "neutral")
        self.state.setObjectName("signalState")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.name)
        head.addWidget(self.simulated)
        head.addStretch(1)
        head.addWidget(self.state)
        self.words = label("", "secondary", wrap=True, name="signalWords")
        self.sketch = GazeSketch(screen_px)
        self.rate = StatTile(self.tr("samples a second"), name="signalRate")
        self.found = StatTile(self.tr("samples with eyes found"), name="signalFound")
        self.samples = StatTile(self.tr("samples so far"), name="signalSamples")
        tiles = QVBoxLayout()
        tiles.setSpacing(12)
        for tile in (self.rate, self.found, self.samples):
            tile.setMinimumWidth(150)
            tiles.addWidget(tile)
        tiles.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.sketch, 1)
        middle.addLayout(tiles)
        self.body.addLayout(head)
        self.body.addWidget(self.words)
        self.body.addLayout(middle, 1)
        self.body.addLayout(
            row(
                _spot(LEFT),
                label(self.tr("left eye"), "caption"),
                _spot(RIGHT),
                label(self.tr("right eye"), "caption"),
            )
        )

    def open(self, name: str, simulated: bool) -> None:
        """Begin with a stream from which nothing is known yet."""
        self.name.setText(name)
        self.simulated.setVisible(simulated)
        self.sketch.show_gaze(GazeChunk.empty())
        for tile in (self.rate, self.found, self.samples):
            tile.set_value("–")
        self._say("neutral", self.tr("Connecting"), self.tr("Opening the stream…"))

    def show_status(self, status: RecorderStatus, chunk: GazeChunk) -> None:
        """Show what the recorder says and the last samples."""
        lost = status.state == "lost"
        self.sketch.show_gaze(GazeChunk.empty() if lost else chunk)
        self.rate.set_value("–" if lost or math.isnan(status.rate_hz) else f"{status.rate_hz:.0f}")
        self.found.set_value("–" if lost or math.isnan(status.data_loss) else f"{1 - status.data_loss:.0%}")
        self.samples.set_value(f"{status.samples:,}".replace(",", "\u202f"))
        if status.state == "waiting":
            words = self.tr("Connected, but no sample has come yet. Is the tracker switched on and tracking?")
            self._say("warning", self.tr("Waiting"), words)
        elif lost:
            words = self.tr("No sample for {age:.0f} s. Check the cable and the tracker's program.")
            self._say("danger", self.tr("Lost"), words.format(age=status.age_s))
        elif status.message:
            self._say("warning", self.tr("Receiving"), localised(status.message))
        elif status.data_loss > POOR_SIGNAL:
            words = self.tr("The eyes are often not found. Sit upright before the tracker, at arm's length.")
            self._say("warning", self.tr("Poor signal"), words)
        else:
            words = self.tr("All is well. Look at the corners of the screen: the dots must go there too.")
            self._say("success", self.tr("Good signal"), words)

    def _say(self, tone: str, state: str, words: str) -> None:
        if self.state.text() != state:
            self.state.setText(state)
            self.state.setProperty("pill", tone)
            style.restyle(self.state)
        self.words.setText(words)


def _spot(colour: QColor) -> QWidget:
    spot = QWidget()
    spot.setFixedSize(12, 12)
    spot.setStyleSheet(f"background: {colour.name()}; border-radius: 6px;")
    return spot
