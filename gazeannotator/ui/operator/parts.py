"""Small parts of the operator view; none of them takes the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QLabel, QTableView, QVBoxLayout

from gazeannotator.ui import style
from gazeannotator.ui.cards import Card
from gazeannotator.ui.operator.signal import Judgement, Reading
from gazeannotator.ui.widgets import TONE_COLOURS, label

Cell = tuple[str, Judgement]

_Index = QModelIndex | QPersistentModelIndex


def words(part: str, text: str = "", *, name: str = "", wrap: bool = False) -> QLabel:
    """Text in one of the sizes of the operator view."""
    result = label(text, name=name, wrap=wrap)
    result.setProperty("part", part)
    return result


def say(target: QLabel, text: str) -> None:
    """Change a text; costs nothing where it is said already."""
    if target.text() != text:
        target.setText(text)


def mark(target: QLabel | QFrame, name: str, value: str) -> None:
    """Change a property that the style sheet selects on."""
    if target.property(name) != value:
        target.setProperty(name, value)
        style.restyle(target)


def clock_time(utc: str) -> str:
    """Return ISO 8601 as the time of day here."""
    return datetime.fromisoformat(utc).astimezone().strftime("%H:%M")


class Tile(Card):
    """One number with its caption and a word on how good it is."""

    def __init__(self, caption: str, name: str) -> None:
        super().__init__(margin=12)
        self.setObjectName(name)
        self.body.setSpacing(0)
        self.caption = words("caption", caption)
        self.value = words("number", "–", name=f"{name}Value")
        self.words = words("words", name=f"{name}Words")
        for each in (self.caption, self.value, self.words):
            self.body.addWidget(each)

    def show_reading(self, reading: Reading) -> None:
        """Show another number."""
        say(self.value, reading.value)
        say(self.words, reading.words)
        for each in (self.value, self.words):
            mark(each, "judged", reading.tone)
        self.setAccessibleName(f"{self.caption.text()}: {reading.value} {reading.words}")


class Rows(QAbstractTableModel):
    """Rows of text, each cell with its tone."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self._heads = heads
        self.rows: tuple[tuple[Cell, ...], ...] = ()

    def set_rows(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return text, colour and alignment of a cell."""
        text, tone = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ForegroundRole and tone != "neutral":
            return QColor(TONE_COLOURS[tone])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401
        """Return a column's head."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class Table(Card):
    """A heading and rows below it, the newest first."""

    def __init__(self, heading: str, heads: Sequence[str], empty: str, name: str) -> None:
        super().__init__(margin=12)
        self.setObjectName(name)
        self.body.setSpacing(4)
        self.rows = Rows(heads)
        self._longest: list[int] = []
        self.empty = words("caption", empty, wrap=True)
        view = QTableView()
        view.setModel(self.rows)
        view.setAccessibleName(heading)
        view.setProperty("role", "plain")
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.horizontalHeader().setMinimumSectionSize(24)
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setHighlightSections(False)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view = view
        self.body.addWidget(words("heading", heading))
        self.body.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(view, 1)
        self.body.addStretch(0)
        self.set_rows(())

    def set_rows(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show other rows."""
        self.rows.set_rows(rows)
        longest = [
            max(map(len, texts))
            for texts in zip(*([text for text, _tone in row] for row in rows), strict=True)
        ]
        if any(now > before for now, before in zip_longest(longest, self._longest, fillvalue=0)):
            self._longest = longest
            self.fit()
        self.empty.setVisible(not rows)
        self.view.setVisible(bool(rows))

    def fit(self) -> None:
        """Measure anew how wide the columns must be: costly, so not with every row."""
        self.view.verticalHeader().setDefaultSectionSize(round(1.35 * self.view.fontMetrics().height()))
        self.view.resizeColumnsToContents()


class Fact(QVBoxLayout):
    """A small number above its caption."""

    def __init__(self, caption: str, name: str) -> None:
        super().__init__()
        self.setSpacing(0)
        self.value = words("fact", "–", name=name)
        self.addWidget(self.value)
        self.addWidget(words("caption", caption))
