"""Check of a study or a data set: which one, and what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.jobs import Summary, Work, facts_command
from gazeannotator.ui.widgets import PathField

translate = QCoreApplication.translate


class CheckDialog(FormDialog):
    """What the menu entry Data set → Check asks: the study that is open, or a data-set file."""

    def __init__(self, study: Path | None, dataset: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, "checkDialog")
        self._study = study
        self.set_texts(
            self.tr("Check"),
            self.tr("Proves that nothing was lost, damaged or changed. Nothing is written."),
            self.tr("Check"),
        )
        self.study = QRadioButton(self.tr("The study that is open"), objectName="checkStudy")
        self.dataset = QRadioButton(self.tr("A data set file"), objectName="checkDataset")
        self._group = QButtonGroup(self)
        for each in (self.study, self.dataset):
            self._group.addButton(each)
            self.body.addWidget(each)
        self.file = PathField(
            "open", title=self.tr("Data set"), pattern=self.tr("Data sets (*.h5 *.hdf5)"), name="datasetFile"
        )
        self.file.set_path(dataset)
        self.body.addWidget(self.file)
        self.body.addStretch(1)
        self.study.setEnabled(study is not None)
        self.study.setToolTip("" if study else self.tr("Open a study first."))
        self.dataset.toggled.connect(self.file.setEnabled)
        self.file.setEnabled(False)
        self.first_field = self.study if study is not None else self.dataset
        self.first_field.setChecked(True)

    def problem(self) -> str:
        """Say what is missing or wrong."""
        file = self.file.path()
        if self.dataset.isChecked() and (file is None or not file.is_file()):
            return self.tr("Choose the data set file.")
        return ""

    def work(self) -> Work:
        """Return the job that checks."""
        if self.study.isChecked():
            return Work(
                self.tr("Checking the study"),
                facts_command("study", "check", str(self._study)),
                _study_checked,
            )
        command = facts_command("dataset", "check", str(self.file.path()))
        return Work(self.tr("Checking the data set"), command, _dataset_checked)


def _study_checked(result: dict[str, Any]) -> Summary:
    headline = translate("Check", "The study is whole: nothing was lost or changed")
    return _checked(result, headline)


def _dataset_checked(result: dict[str, Any]) -> Summary:
    return _checked(result, translate("Check", "The data set is whole and follows the format"))


def _checked(result: dict[str, Any], all_well: str) -> Summary:
    problems = result.get("problems", [])
    if result.get("ok", not problems):
        return Summary(all_well)
    notes = tuple(
        translate("Check", "{where}: {what} {remedy}").format(
            where=each.get("where", ""), what=each.get("what", ""), remedy=each.get("remedy", "")
        )
        for each in problems
    )
    headline = translate("Check", "Problems were found: {n}").format(n=len(problems))
    return Summary(
        headline,
        notes=notes,
        notes_heading=translate("Check", "What is wrong, and what to do"),
        tone="warning",
    )
