"""The columns of a table of gaze: what each is called, what stands in it, and what it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout

from gazeannotator.tracking.formats.csv_table import MEANINGS, POINTS, TIMES, meanings_of
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.widgets import ElidedLabel, clear_layout, label, line

translate = QCoreApplication.translate


class GazeColumns(QFrame):
    """Lets a person say what each column is; what is called as its meaning is chosen already.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(objectName="gazeColumns")
        self.setProperty("role", "sunken")
        self.choices: list[tuple[str, Choice]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 12)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, 170)
        self._grid.setColumnStretch(1, 1)
        self.show_message(self.tr("Choose a file: its columns are shown here."))

    def show_message(self, text: str) -> None:
        """Say why there are no columns."""
        self._clear()
        self._grid.addWidget(label(text, "secondary", wrap=True), 0, 0, 1, 3)

    def show_table(self, columns: list[str], rows: list[list[str]]) -> None:
        """Show the columns of a table with what stands in its first rows."""
        self._clear()
        known = {column: meaning for meaning, column in meanings_of(columns).items()}
        heads = (self.tr("Column"), self.tr("What stands in it"), self.tr("What it is"))
        for number, text in enumerate(heads):
            self._grid.addWidget(label(text, "caption"), 0, number)
        texts = meaning_texts()
        for number, column in enumerate(columns):
            at = 2 * number + 1
            name, values = ElidedLabel(column, "strong"), ", ".join(cells[number] or "–" for cells in rows)
            choice = Choice()
            choice.setObjectName(f"column{number}")
            choice.setAccessibleName(column)
            choice.setFixedWidth(220)
            for meaning in ("", *MEANINGS):
                choice.addItem(texts[meaning], meaning)
            choice.setCurrentIndex(choice.findData(known.get(column, "")))
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            self.choices.append((column, choice))
            self._grid.addWidget(line(), at, 0, 1, 3)
            self._grid.addWidget(name, at + 1, 0, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(ElidedLabel(values), at + 1, 1, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(choice, at + 1, 2)
        self.changed.emit()

    def chosen(self) -> dict[str, str]:
        """Return meaning → column."""
        return {choice.currentData(): column for column, choice in self.choices if choice.currentData()}

    def problem(self) -> str:
        """Say what is missing or twice; empty if all is well."""
        told = [choice.currentData() for _, choice in self.choices if choice.currentData()]
        if not self.choices:
            return self.tr("The columns of the file are not known yet.")
        if len(set(told)) < len(told):
            return self.tr("Two columns are said to be the same.")
        if "image" not in told:
            return self.tr("Say which column names the image.")
        pairs = [pair for pair in POINTS if set(pair) & set(told)]
        if not pairs or any(not set(pair) <= set(told) for pair in pairs):
            return self.tr("Say which columns are x and y of the gaze point.")
        if len(set(told) & set(TIMES)) > 1:
            return self.tr("Only one column can be the time.")
        return ""

    def _clear(self) -> None:
        self.choices = []
        clear_layout(self._grid)


def meaning_texts() -> dict[str, str]:
    """Return what a person reads for each meaning of a column."""
    return {
        "": translate("GazeColumns", "not used"),
        "image": translate("GazeColumns", "file name of the image"),
        "time_s": translate("GazeColumns", "time in seconds"),
        "time_ms": translate("GazeColumns", "time in milliseconds"),
        "time_us": translate("GazeColumns", "time in microseconds"),
        "x": translate("GazeColumns", "x, both eyes"),
        "y": translate("GazeColumns", "y, both eyes"),
        "left_x": translate("GazeColumns", "x, left eye"),
        "left_y": translate("GazeColumns", "y, left eye"),
        "right_x": translate("GazeColumns", "x, right eye"),
        "right_y": translate("GazeColumns", "y, right eye"),
        "left_pupil_mm": translate("GazeColumns", "pupil in mm, left eye"),
        "right_pupil_mm": translate("GazeColumns", "pupil in mm, right eye"),
        "distance_mm": translate("GazeColumns", "distance of the eyes in mm"),
        "valid": translate("GazeColumns", "valid (1) or lost (0)"),
        "label": translate("GazeColumns", "answer"),
        "participant": translate("GazeColumns", "who looked"),
    }
