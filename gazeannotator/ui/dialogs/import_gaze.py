"""Gaze that was recorded elsewhere: what is asked, the command it becomes, how the result reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.tracking.formats.registry import FORMATS
from gazeannotator.tracking.formats.text import preview
from gazeannotator.ui import widgets
from gazeannotator.ui.background import in_background
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.dialogs.gaze_columns import GazeColumns
from gazeannotator.ui.dialogs.import_gaze_texts import (
    XDF,
    about_texts,
    format_texts,
    import_summary,
    placement_texts,
    system_texts,
)
from gazeannotator.ui.forms import Choice, Whole
from gazeannotator.ui.jobs import Work, app_command
from gazeannotator.ui.widgets import ElidedLabel, Fold, button, label

_SIZE = re.compile(r"\s*\d+(\.\d+)?\s*[xX×]\s*\d+(\.\d+)?\s*")
_NUMBER = re.compile(r"\s*\d+(\.\d+)?\s*")


class FilesField(QWidget):
    """Files that are chosen in the system's dialog, one or several.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.several = True
        self.pattern = ""
        self._title = title
        self._paths: list[Path] = []
        self._names = ElidedLabel(self.tr("no file chosen"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self._browse = button(self.tr("Choose…"), self._ask, name="gazeFilesBrowse")
        layout.addWidget(self._browse)
        layout.addWidget(self._names, 1)
        self.setFocusProxy(self._browse)

    def paths(self) -> list[Path]:
        """Return the files that were chosen."""
        return list(self._paths)

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Choose files."""
        self._paths = list(paths)
        names = ", ".join(each.name for each in self._paths)
        self._names.set_text(names or self.tr("no file chosen"))
        self.changed.emit()

    def _ask(self) -> None:
        start = str(self._paths[0].parent) if self._paths else ""
        if self.several:
            chosen, _ = QFileDialog.getOpenFileNames(self, self._title, start, self.pattern)
        else:
            one, _ = QFileDialog.getOpenFileName(self, self._title, start, self.pattern)
            chosen = [one] if one else []
        if chosen:
            self.set_paths([Path(each) for each in chosen])


class ImportGazeDialog(FormDialog):
    """What the menu entry File → Import gaze asks.

    Parameters
    ----------
    readers : sequence of str
        Codes that the study has.
    """

    def __init__(self, study: Path, readers: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent, "importGazeDialog")
        self.setMinimumWidth(760)
        self._study = study
        self._rows: dict[str, QWidget] = {}
        self.set_texts(
            self.tr("Import gaze"),
            self.tr("Recordings of other programs become readings of the study that is open."),
            self.tr("Import"),
        )
        self.format = _choice("gazeFormat", format_texts())
        self.reader = Choice()
        self.reader.setObjectName("gazeReader")
        self.reader.setEditable(True)
        self.reader.addItems(list(readers))
        self.reader.setCurrentText("")
        self.reader.lineEdit().setPlaceholderText(self.tr("a code, not a name"))
        self.first_field = self.format
        who = _Row(self.tr("Reader who looked"), self.reader)
        self._rows["reader"] = who
        self._side_by_side(self.body, _Row(self.tr("Recorded by"), self.format), who)
        self.about = label("", "caption", wrap=True, name="gazeFormatAbout")
        self.body.addWidget(self.about)
        self.body.addSpacing(10)
        self.files = FilesField(self.tr("Recordings"))
        self.add_row(self.tr("Files"), self.files)
        self._add_samples()
        self._add_of_xdf()
        self._add_more()
        self.body.addStretch(1)
        self.format.currentIndexChanged.connect(lambda _: self._show_format())
        self.files.changed.connect(self._read_columns)
        self._show_format()

    def _add_samples(self) -> None:
        self.columns = GazeColumns()
        self.image_column = self._line("imageColumn", self.tr("as usual"))
        self.coordinates = _choice("gazeCoordinates", system_texts())
        self.placement = _choice("gazePlacement", placement_texts())
        self.height_px = Whole()
        self.height_px.setObjectName("displayHeight")
        self.height_px.setRange(50, 10_000)
        self.height_px.setValue(900)
        self.height_px.setSuffix(" px")
        self.rate = self._line("gazeRate", self.tr("not known"))
        self._rows |= {
            "columns": _Row(self.tr("Columns of the table"), self.columns),
            "image_column": _Row(self.tr("Column or variable that names the image"), self.image_column),
            "coordinates": _Row(self.tr("What the coordinates are"), self.coordinates),
            "placement": _Row(
                self.tr("Where the images were on the screen"),
                self.placement,
                self.tr("Needed where the file counts pixels of the screen and does not say it."),
            ),
            "display_height": _Row(
                self.tr("Height of the displayed images"),
                self.height_px,
                self.tr("As set in that program; coordinates count by it."),
            ),
            "rate_hz": _Row(
                self.tr("Samples a second"),
                self.rate,
                self.tr("For samples without times. Without it they give no heatmap."),
            ),
        }
        rows = self._rows
        self.body.addWidget(rows["columns"])
        self._side_by_side(self.body, rows["image_column"], rows["coordinates"])
        self._side_by_side(self.body, rows["placement"], rows["display_height"], rows["rate_hz"])

    def _add_of_xdf(self) -> None:
        self.without_gaze = QCheckBox(self.tr("Take answers whose gaze is missing"), objectName="withoutGaze")
        self.damaged = QCheckBox(
            self.tr("Take what comes before the damage of a damaged file"), objectName="damaged"
        )
        for name, box in (("without_gaze", self.without_gaze), ("damaged", self.damaged)):
            self._rows[name] = box
            self.body.addWidget(box)

    def _add_more(self) -> None:
        self.more = Fold(self.tr("More options"), name="moreOptions")
        self.more.head.toggled.connect(lambda _: self.fit())
        self.screen_px = self._line("screenPx", self.tr("assumed: 1920x1080"))
        self.screen_mm = self._line("screenMm", self.tr("assumed: 527x296"))
        self.distance = self._line("distanceMm", self.tr("assumed: 650"))
        self.labels = self._line("gazeLabels", self.tr("e.g. 0=1, 1=2, 2=3"))
        self.participant = self._line("gazeParticipant", self.tr("all"))
        self.onset_message = self._line("onsetMessage", "SYNCTIME")
        self._rows |= {
            "screen_px": _Row(self.tr("Screen in pixels"), self.screen_px),
            "screen_mm": _Row(self.tr("Screen in mm"), self.screen_mm),
            "distance_mm": _Row(self.tr("Eyes to screen in mm"), self.distance),
            "labels": _Row(
                self.tr("Answers of that program"),
                self.labels,
                self.tr("Which is which class, if they are not numbered alike."),
            ),
            "participant": _Row(self.tr("Only this participant"), self.participant),
            "onset_message": _Row(self.tr("Message at which an image appears"), self.onset_message),
        }
        names = tuple(self._rows)[-6:]
        self._side_by_side(self.more.body, *(self._rows[name] for name in names[:3]))
        self._side_by_side(self.more.body, *(self._rows[name] for name in names[3:]))
        self._rows["more"] = self.more
        self.body.addWidget(self.more)

    def _side_by_side(self, body: QVBoxLayout, *rows: QWidget) -> None:
        line = QHBoxLayout()
        line.setSpacing(16)
        for each in rows:
            line.addWidget(each, 1, Qt.AlignmentFlag.AlignTop)
        body.addLayout(line)

    def _line(self, name: str, placeholder: str) -> QLineEdit:
        field = QLineEdit(objectName=name)
        field.setPlaceholderText(placeholder)
        return field

    def _show_format(self) -> None:
        name = self.kind
        uses = {"without_gaze", "damaged"}
        if name != XDF:
            uses = {"reader", "more", "screen_px", "screen_mm", "distance_mm", "labels", *FORMATS[name].uses}
            # Where its height is told, an image lies in the middle.
            uses -= {"placement"} if name == "miceye" else set()
            if name != "csv":
                uses -= {"columns"}
            if name.startswith("eyelink"):
                uses |= {"image_column"}
        for each, row in self._rows.items():
            row.setVisible(each in uses)
        self._uses = uses
        self.about.setText(about_texts()[name])
        self.files.several = name != XDF
        suffixes = (".xdf",) if name == XDF else FORMATS[name].suffixes
        endings = " ".join(f"*{each}" for each in suffixes)
        self.files.pattern = self.tr("Recordings ({endings});;All files (*)").format(endings=endings)
        self._read_columns()
        self.fit()

    def _read_columns(self) -> None:
        paths = self.files.paths()
        if self.kind != "csv" or not paths:
            return

        def show(table: tuple[list[str], list[list[str]]]) -> None:
            self.columns.show_table(*table)
            self.fit()

        def refuse(error: UserError) -> None:
            self.columns.show_message(str(error))

        path = paths[0]
        in_background(self, lambda: preview(path), show, refuse)

    @property
    def kind(self) -> str:
        """Name of the format that is chosen."""
        return str(self.format.currentData())

    def problem(self) -> str:
        """Say what is missing or wrong."""
        paths = self.files.paths()
        if not paths:
            return self.tr("Choose the file.")
        missing = [each for each in paths if not each.is_file()]
        if missing:
            return self.tr("{file} does not exist.").format(file=missing[0].name)
        if self.kind == XDF:
            return ""
        if not self.reader.currentText().strip():
            return self.tr("Say who looked: a reader code.")
        if self.kind == "csv" and self.columns.problem():
            return self.columns.problem()
        for field, shape, wrong in (
            (self.rate, _NUMBER, self.tr("Samples a second are a number, such as 90.")),
            (self.screen_px, _SIZE, self.tr("Write the screen's pixels as in 1920x1080.")),
            (self.screen_mm, _SIZE, self.tr("Write the screen's size as in 527x296.")),
            (self.distance, _NUMBER, self.tr("The distance is a number of mm, such as 650.")),
        ):
            if field.text().strip() and not shape.fullmatch(field.text()):
                return wrong
        return ""

    def work(self) -> Work:
        """Return the job that imports."""
        files = [str(each) for each in self.files.paths()]
        title = self.tr("Importing gaze")
        if self.kind == XDF:
            arguments = ["study", "import-xdf", str(self._study), *files]
            arguments += ["--without-gaze"] if self.without_gaze.isChecked() else []
            arguments += ["--damaged"] if self.damaged.isChecked() else []
        else:
            reader = self.reader.currentText().strip()
            arguments = ["study", "import-gaze", str(self._study), *files, "--from", self.kind]
            arguments += ["--reader", reader, *self._options()]
        return Work(title, app_command(*arguments), import_summary)

    def _options(self) -> list[str]:
        columns = self.columns.chosen() if "columns" in self._uses else {}
        if "image_column" in self._uses and self.image_column.text().strip():
            columns = {"image": self.image_column.text().strip()}
        height = self.height_px.value()
        values = {
            "columns": ",".join(f"{meaning}={column}" for meaning, column in columns.items()),
            "coordinates": self.coordinates.currentData(),
            "placement": self.placement.currentData(),
            "display_height": "" if height == 900 else str(height),
            "rate_hz": self.rate.text(),
            "screen_px": self.screen_px.text(),
            "screen_mm": self.screen_mm.text(),
            "distance_mm": self.distance.text(),
            "labels": self.labels.text(),
            "participant": self.participant.text(),
            "onset_message": self.onset_message.text(),
        }
        shown = {*self._uses, "columns"}
        options: list[str] = []
        for name, value in values.items():
            if name in shown and value.strip():
                options += ["--" + name.removesuffix("_hz").replace("_", "-"), value.strip()]
        return options


class _Row(QWidget):
    """A caption above its field, as one thing that can be hidden."""

    def __init__(self, caption: str, widget: QWidget, help_text: str = "") -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 10)
        layout.addLayout(widgets.field(caption, widget, help_text))


def _choice(name: str, texts: dict[str, str]) -> Choice:
    choice = Choice()
    choice.setObjectName(name)
    for value, text in texts.items():
        choice.addItem(text, value)
    return choice
