"""Build, import from folders, export, report: what is asked, and the command it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QWidget

from gazeannotator.study.model import Protocol
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.dialogs.dataset_results import built, exported, reported
from gazeannotator.ui.forms import Choice, FieldText, ModelForm
from gazeannotator.ui.jobs import Work, app_command
from gazeannotator.ui.widgets import PathField, field, label

translate = QCoreApplication.translate

_WHOLE_RECORDINGS = ("bids", "xdf")
_TABLES = ("csv", "parquet")


class BuildChoice(BaseModel):
    """Options of ``dataset build``, as on its command line."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(512, ge=16, le=4096)
    sigma_deg: float = Field(1.0, gt=0, le=20)
    method: Literal["adaptive", "ivt", "idt"] = "adaptive"
    split: str = Field("60/20/20", pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?/\d+(\.\d+)?$")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    max_data_loss: float = Field(0.3, ge=0, le=1)
    max_accuracy_deg: float = Field(2.0, gt=0, le=90)
    require_validation: bool = False

    def arguments(self) -> list[str]:
        """Return the options that are typed on the command line."""
        given: list[str] = []
        for name, value in self.model_dump().items():
            option = "--" + name.replace("_", "-")
            if isinstance(value, bool):
                given += [option] if value else []
            else:
                given += [option, str(value)]
        return given


class BuildDialog(FormDialog):
    """What the menu entry Data set → Build asks."""

    def __init__(
        self, study: Path, study_name: str, parent: QWidget | None = None, protocol: Protocol | None = None
    ) -> None:
        super().__init__(parent, "buildDialog")
        self._study = study
        intro = self.tr(
            "Finds fixations in the gaze of {study}, makes heatmaps, and splits the images by patient."
        )
        self.set_texts(self.tr("Build a data set"), intro.format(study=study_name), self.tr("Build"))
        self.target = _dataset_field(self.tr("Save the data set as"), "save")
        self.target.set_path(study.parent / f"{study.name}.h5")
        self.add_row(
            self.tr("Save as"),
            self.target,
            self.tr("An older file of that name is replaced when the new one is whole."),
        )
        limits = protocol or Protocol()
        self.form = ModelForm(
            BuildChoice(max_data_loss=limits.max_data_loss, max_accuracy_deg=limits.max_accuracy_deg),
            self._texts(),
            more=("method", "max_accuracy_deg", "require_validation", "split", "seed"),
        )
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.form.fold.head.toggled.connect(lambda _: self.fit())

    def problem(self) -> str:
        """Say what is missing or wrong."""
        return _target_problem(self.target.path()) or (
            "" if self.form.value() is not None else self.tr("Correct the marked fields.")
        )

    @property
    def target_file(self) -> Path:
        """The file to be."""
        return _with_suffix(self.target.path() or Path("dataset"))

    def work(self) -> Work:
        """Return the job that builds."""
        target = self.target_file
        arguments = ["dataset", "build", str(self._study), "-o", str(target), *self.form.value().arguments()]
        return Work(
            self.tr("Building the data set"), app_command(*arguments), lambda facts: built(facts, target)
        )

    def _texts(self) -> dict[str, FieldText]:
        return {
            "size": FieldText(
                self.tr("Image size"),
                self.tr("Side of the square that every image is fitted into."),
                "px",
                step=32,
            ),
            "sigma_deg": FieldText(
                self.tr("Heatmap blur (σ)"),
                self.tr("About the size of sharp vision: 1 degree is usual."),
                "°",
                decimals=2,
                step=0.1,
            ),
            "max_data_loss": FieldText(
                self.tr("Most gaze lost"),
                self.tr("Readings that lost a larger share of samples are left out."),
                decimals=2,
                step=0.05,
            ),
            "method": FieldText(
                self.tr("Fixations by"),
                choices={
                    "adaptive": self.tr("adapted to the noise"),
                    "ivt": self.tr("velocity (I-VT)"),
                    "idt": self.tr("dispersion (I-DT)"),
                },
            ),
            "max_accuracy_deg": FieldText(
                self.tr("Largest tracker error"),
                self.tr("Readings of sessions with a larger error are left out."),
                "°",
                step=0.1,
            ),
            "require_validation": FieldText(self.tr("Only sessions whose tracker was validated")),
            "split": FieldText(
                self.tr("Split"), self.tr("Training / validation / test, in percent, by patient.")
            ),
            "seed": FieldText(self.tr("Seed of the split"), self.tr("The same seed gives the same split.")),
        }


class ImportFoldersDialog(FormDialog):
    """What the menu entry Data set → Import from folders asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "importFoldersDialog")
        intro = self.tr(
            "Turns a published data set of folders (images, attention maps, train/val/test) into a file "
            "that trains."
        )
        self.set_texts(self.tr("Import a data set from folders"), intro, self.tr("Import"))
        self.folder = PathField("folder", title=self.tr("Folder of the data set"), name="datasetFolder")
        self.add_row(self.tr("Folder of the data set"), self.folder)
        self.patients = PathField(
            "open",
            title=self.tr("Table of the patients"),
            pattern=self.tr("Tables (*.csv)"),
            placeholder=self.tr("optional"),
            name="patientsFile",
        )
        self.add_row(
            self.tr("Table with patients"),
            self.patients,
            self.tr("A CSV file with the columns file, patient."),
        )
        self.target = _dataset_field(self.tr("Save the data set as"), "save")
        self.add_row(self.tr("Save as"), self.target)
        self.scheme = Choice()
        self.scheme.setObjectName("scheme")
        self.scheme.addItem(self.tr("as the folders are named"), "")
        self.scheme.addItem(self.tr("NICE: type 1, 2, 3"), "nice")
        self.add_row(self.tr("Classes"), self.scheme)
        self.folder.changed.connect(self._propose_target)
        self.body.addStretch(1)

    def _propose_target(self) -> None:
        folder = self.folder.path()
        if folder is not None and self.target.path() is None and folder.is_dir():
            self.target.set_path(folder.parent / f"{folder.name}.h5")

    def problem(self) -> str:
        """Say what is missing or wrong."""
        folder, patients = self.folder.path(), self.patients.path()
        if folder is None or not folder.is_dir():
            return self.tr("Choose the folder of the data set.")
        if patients is not None and not patients.is_file():
            return self.tr("The table does not exist.")
        return _target_problem(self.target.path())

    @property
    def target_file(self) -> Path:
        """The file to be."""
        return _with_suffix(self.target.path() or Path("dataset"))

    def work(self) -> Work:
        """Return the job that imports."""
        target = self.target_file
        arguments = ["dataset", "import-folders", str(self.folder.path()), "-o", str(target)]
        if self.patients.path() is not None:
            arguments += ["--patients", str(self.patients.path())]
        if self.scheme.currentData():
            arguments += ["--scheme", self.scheme.currentData()]
        return Work(
            self.tr("Importing the data set"), app_command(*arguments), lambda facts: built(facts, target)
        )


class ExportDialog(FormDialog):
    """What the menu entry Data set → Export asks."""

    def __init__(self, dataset: str = "", study: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, "exportDialog")
        self._study = study
        self.set_texts(
            self.tr("Export a data set"),
            self.tr(
                "Writes images, heatmaps, tables or whole recordings for other programs. "
                "Nothing in it names a patient."
            ),
            self.tr("Export"),
        )
        self.dataset = _dataset_field(self.tr("Data set"), "open")
        self.dataset.set_path(dataset)
        self.add_row(self.tr("Data set"), self.dataset)
        self.format = Choice()
        self.format.setObjectName("exportFormat")
        for name, (text, _) in self._formats().items():
            self.format.addItem(text, name)
        self.help = label("", "caption", wrap=True, name="formatHelp")
        row = field(self.tr("Format"), self.format)
        row.addWidget(self.help)
        self.body.addLayout(row)
        self.body.addSpacing(10)
        self.test_gaze = QCheckBox(self.tr("The gaze of the test images too"), objectName="testGaze")
        self.body.addWidget(self.test_gaze)
        self.original = QCheckBox(objectName="originalSize")
        self.original.setEnabled(study is not None)
        self.original.setToolTip("" if study else self.tr("Open the study first."))
        self.body.addWidget(self.original)
        self.body.addSpacing(12)
        self.target = PathField("folder", title=self.tr("Folder to write into"), name="exportFolder")
        self.add_row(self.tr("Write into"), self.target, self.tr("A new or empty folder."))
        self.format.currentIndexChanged.connect(self._show_options)
        self._show_options()
        self.dataset.changed.connect(self._propose_target)
        self._propose_target()
        self.body.addStretch(1)

    def _formats(self) -> dict[str, tuple[str, str]]:
        """Name, and what reads it, of each layout of the command line."""
        return {
            "folders": (
                self.tr("Folders: images and attention maps, as the reference study"),
                self.tr("For the reference study's own loader, and all that read a folder for each class."),
            ),
            "bids": (
                self.tr("BIDS: recordings for eye tracking research"),
                self.tr("Version 1.11, passes its validator. Recordings are whole, test images too."),
            ),
            "csv": (
                self.tr("Tables (CSV): images, readings, fixations, gaze"),
                self.tr("For Excel, R, SPSS and other statistics."),
            ),
            "parquet": (
                self.tr("Tables (Parquet): the same, with types"),
                self.tr("For pandas, polars, DuckDB and R. Needs the Python package pyarrow."),
            ),
            "coco": (
                self.tr("COCO: images with classes and regions of gaze"),
                self.tr("For pycocotools, torchvision, detectron2 and FiftyOne."),
            ),
            "xdf": (
                self.tr("XDF: recordings, as LabRecorder writes them"),
                self.tr("For pyxdf, MNE, EEGLAB and FieldTrip. Recordings are whole, test images too."),
            ),
            "monai": (
                self.tr("MONAI and Hugging Face: lists of images and attention maps"),
                self.tr("For data lists of MONAI and image folders of Hugging Face datasets."),
            ),
        }

    def _show_options(self) -> None:
        name = self.format.currentData()
        self.help.setText(self._formats()[name][1])
        self.test_gaze.setVisible(name not in _WHOLE_RECORDINGS)
        self.original.setVisible(name not in _TABLES)
        raw = self.tr("All that was recorded, from the study that is open")
        original = self.tr("Images at their original size, from the study that is open")
        self.original.setText(raw if name == "xdf" else original)

    def _propose_target(self) -> None:
        dataset = self.dataset.path()
        if dataset is not None and dataset.is_file() and self.target.path() is None:
            self.target.set_path(dataset.with_name(f"{dataset.stem}-export"))

    def problem(self) -> str:
        """Say what is missing or wrong."""
        dataset, target = self.dataset.path(), self.target.path()
        if dataset is None or not dataset.is_file():
            return self.tr("Choose the data set file.")
        if target is None:
            return self.tr("Choose the folder to write into.")
        if target.is_dir() and any(target.iterdir()):
            return self.tr("The folder to write into is not empty.")
        return ""

    def work(self) -> Work:
        """Return the job that exports."""
        target = self.target.path()
        kind = self.format.currentData()
        arguments = ["dataset", "export", str(self.dataset.path()), "--to", kind, "-o", str(target)]
        if kind not in _WHOLE_RECORDINGS and self.test_gaze.isChecked():
            arguments.append("--test-gaze")
        if kind not in _TABLES and self.original.isChecked():
            arguments += ["--study", str(self._study)]
        return Work(
            self.tr("Exporting the data set"), app_command(*arguments), lambda facts: exported(facts, target)
        )


class ReportDialog(FormDialog):
    """What the menu entry Data set → Report asks."""

    def __init__(self, dataset: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, "reportDialog")
        self.set_texts(
            self.tr("Report on a data set"),
            self.tr(
                "One page for the browser: images, quality of the gaze, what was left out and why, agreement "
                "of readers."
            ),
            self.tr("Write report"),
        )
        self.dataset = _dataset_field(self.tr("Data set"), "open")
        self.dataset.set_path(dataset)
        self.add_row(self.tr("Data set"), self.dataset)
        self.target = PathField(
            "save",
            title=self.tr("Save the report as"),
            pattern=self.tr("Reports (*.html)"),
            name="reportFile",
        )
        self.add_row(
            self.tr("Save as"),
            self.target,
            self.tr("An older report of that name is replaced."),
        )
        self.dataset.changed.connect(self._propose_target)
        self._propose_target()
        self.body.addStretch(1)

    def _propose_target(self) -> None:
        dataset = self.dataset.path()
        if dataset is not None and dataset.is_file() and self.target.path() is None:
            self.target.set_path(dataset.with_name(f"{dataset.stem}-report.html"))

    def problem(self) -> str:
        """Say what is missing or wrong."""
        dataset, target = self.dataset.path(), self.target.path()
        if dataset is None or not dataset.is_file():
            return self.tr("Choose the data set file.")
        if target is None:
            return self.tr("Choose where to save the report.")
        return _target_problem(target)

    @property
    def target_file(self) -> Path:
        """The report to be."""
        path = self.target.path() or Path("report")
        return path if path.suffix in (".html", ".htm") else path.with_name(f"{path.name}.html")

    def work(self) -> Work:
        """Return the job that reports."""
        target = self.target_file
        arguments = ["dataset", "report", str(self.dataset.path()), "-o", str(target)]
        return Work(
            self.tr("Reporting on the data set"),
            app_command(*arguments),
            lambda facts: reported(facts, target),
        )


def _dataset_field(title: str, mode: Literal["open", "save"]) -> PathField:
    pattern = translate("Dataset", "Data sets (*.h5 *.hdf5)")
    return PathField(mode, title=title, pattern=pattern, name="datasetFile")


def _with_suffix(path: Path) -> Path:
    return path if path.suffix in (".h5", ".hdf5") else path.with_name(f"{path.name}.h5")


def _target_problem(path: Path | None) -> str:
    if path is None:
        return translate("Dataset", "Choose where to save the data set.")
    if path.is_dir():
        return translate("Dataset", "That is a folder: give the file a name.")
    if not path.parent.is_dir():
        return translate("Dataset", "The folder to save in does not exist.")
    return ""
