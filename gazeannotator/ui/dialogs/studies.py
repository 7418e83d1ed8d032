"""New study and import of images: what is asked, the command it becomes, how the result reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, QStandardPaths
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.jobs import Summary, Work, app_command, refusal_lines
from gazeannotator.ui.widgets import PathField

translate = QCoreApplication.translate

TABLE_NAMES = ("metadata.csv", "patients.csv")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


class _ImagesFields:
    """The two fields that a new study and an import share."""

    def __init__(self, dialog: FormDialog) -> None:
        self.images = PathField(
            "folder", title=translate("ImagesFields", "Folder with the images"), name="imagesFolder"
        )
        self.table = PathField(
            "open",
            title=translate("ImagesFields", "Table of the images"),
            pattern=translate("ImagesFields", "Tables (*.csv)"),
            placeholder=translate("ImagesFields", "optional"),
            name="metadataFile",
        )
        dialog.add_row(
            translate("ImagesFields", "Folder with the images"),
            self.images,
            translate(
                "ImagesFields",
                "PNG, JPEG, TIFF, BMP or DICOM. They are copied; your own files are not changed.",
            ),
        )
        dialog.add_row(
            translate("ImagesFields", "Table with patient and pathology"),
            self.table,
            translate(
                "ImagesFields",
                "A CSV file with the columns file, patient, pathology. Needed to keep patients apart.",
            ),
        )
        self.hide_text = QCheckBox(
            translate("ImagesFields", "Hide text and everything outside the picture"), objectName="hideText"
        )
        self.hide_text.setChecked(True)
        dialog.add_row(
            translate("ImagesFields", "Names in the picture"),
            self.hide_text,
            translate(
                "ImagesFields",
                "Images on which something was hidden wait until you have looked at them.",
            ),
        )
        self.images.changed.connect(self._find_table)

    def _find_table(self) -> None:
        folder = self.images.path()
        if folder is None or self.table.path() is not None:
            return
        for name in TABLE_NAMES:
            if (folder / name).is_file():
                self.table.set_path(folder / name)
                return

    def problem(self) -> str:
        images, table = self.images.path(), self.table.path()
        if images is None:
            return translate("ImagesFields", "Choose the folder with the images.")
        if not images.is_dir():
            return translate("ImagesFields", "The folder with the images does not exist.")
        if table is not None and not table.is_file():
            return translate("ImagesFields", "The table does not exist.")
        return ""

    def arguments(self) -> list[str]:
        images, table = self.images.path(), self.table.path()
        keep = [] if self.hide_text.isChecked() else ["--keep-overlays"]
        return ["--images", str(images), *(["--metadata", str(table)] if table else []), *keep]


class NewStudyDialog(FormDialog):
    """What the menu entry File → New study asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "newStudyDialog")
        self.set_texts(
            self.tr("New study"),
            self.tr(
                "A folder of images becomes a study. Names of files and ids of patients are replaced by "
                "codes."
            ),
            self.tr("Create study"),
        )
        self._fields = _ImagesFields(self)
        self.images, self.table = self._fields.images, self._fields.table
        self.name = QLineEdit(objectName="studyName")
        self.name.setPlaceholderText(self.tr("e.g. Polyps 2026"))
        self.add_row(self.tr("Name of the study"), self.name)
        self.location = PathField("folder", title=self.tr("Where to keep the study"), name="studyLocation")
        self.location.set_path(_documents())
        self.add_row(
            self.tr("Keep it in"), self.location, self.tr("A folder with the study's name is made there.")
        )
        self.scheme = Choice()
        self.scheme.setObjectName("scheme")
        self.scheme.addItem(self.tr("NICE: type 1, 2, 3"), "nice")
        self.scheme.addItem(self.tr("Another scheme (a file)…"), "")
        self.add_row(self.tr("What readers answer"), self.scheme)
        self.scheme_file = PathField(
            "open", title=self.tr("Scheme file"), pattern=self.tr("Schemes (*.toml)"), name="schemeFile"
        )
        self.scheme_file.hide()
        self.body.addWidget(self.scheme_file)
        self.body.addStretch(1)
        self.scheme.currentIndexChanged.connect(lambda _: self._show_scheme_file())

    def _show_scheme_file(self) -> None:
        self.scheme_file.setVisible(not self.scheme.currentData())
        self.fit()

    @property
    def target(self) -> Path:
        """Folder of the study to be."""
        return (self.location.path() or _documents()) / self.name.text().strip()

    def problem(self) -> str:
        """Say what is missing or wrong."""
        wrong = self._fields.problem()
        name = self.name.text().strip()
        if wrong:
            return wrong
        if not name:
            return self.tr("Give the study a name.")
        if _FORBIDDEN.search(name) or name.startswith("."):
            return self.tr('The name cannot have one of < > : " / \\ | ? * and cannot start with a dot.')
        if not (self.location.path() or _documents()).is_dir():
            return self.tr("The folder to keep the study in does not exist.")
        if self.target.exists():
            return self.tr("There is a folder of that name already. Choose another name.")
        scheme = self.scheme_file.path()
        if not self.scheme.currentData() and (scheme is None or not scheme.is_file()):
            return self.tr("Choose the scheme file.")
        return ""

    def work(self) -> Work:
        """Return the job that makes the study."""
        scheme = self.scheme.currentData() or str(self.scheme_file.path())
        arguments = ["study", "create", str(self.target), *self._fields.arguments(), "--scheme", scheme]
        title = self.tr("Creating the study {name}").format(name=self.target.name)
        return Work(title, app_command(*arguments), import_summary)


class ImportImagesDialog(FormDialog):
    """What the menu entry File → Import images asks."""

    def __init__(self, study: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, "importImagesDialog")
        self._study = study
        self.set_texts(
            self.tr("Import images"),
            self.tr("Adds images to the study that is open. An image that is in it already is not doubled."),
            self.tr("Import"),
        )
        self._fields = _ImagesFields(self)
        self.images, self.table = self._fields.images, self._fields.table
        self.body.addStretch(1)

    def problem(self) -> str:
        """Say what is missing or wrong."""
        return self._fields.problem()

    def work(self) -> Work:
        """Return the job that imports."""
        arguments = ["study", "import-images", str(self._study), *self._fields.arguments()]
        return Work(self.tr("Importing images"), app_command(*arguments), import_summary)


def import_summary(result: dict[str, Any]) -> Summary:
    """Say what an import did."""
    number = QLocale().toString
    refused = result.get("refused", [])
    notes = refusal_lines(refused)
    notes += [str(each) for each in result.get("notes", [])]
    facts = [(translate("Import", "Images added"), number(int(result.get("added", 0))))]
    if result.get("already_known"):
        facts.append((translate("Import", "Already in the study"), number(int(result["already_known"]))))
    waiting = int(result.get("waiting", 0))
    if waiting:
        facts.append((translate("Import", "Waiting for your review"), number(waiting)))
    if refused:
        facts.append((translate("Import", "Refused"), number(len(refused))))
    headline = translate("Import", "The images are in the study")
    if refused:
        headline = translate("Import", "The images are in the study, except for those below")
    return Summary(
        headline,
        tuple(facts),
        tuple(notes),
        translate("Import", "What you should know")
        if not refused
        else translate("Import", "What was refused, and why"),
        "warning" if refused else "success",
        ("file.review", "session.overview") if waiting else ("session.overview",),
    )


def _documents() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(folder) if folder and Path(folder).is_dir() else Path.home()
