"""Build, import from folders, export: what is asked, the command it becomes, how the result reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QCheckBox, QWidget

from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.forms import Choice, FieldText, ModelForm
from gazeannotator.ui.jobs import Summary, Work, app_command, refusal_lines
from gazeannotator.ui.widgets import PathField

translate = QCoreApplication.translate


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

    def __init__(self, study: Path, study_name: str, parent: QWidget | None = None) -> None:
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
        self.form = ModelForm(
            BuildChoice(),
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
            self.tr("Building the data set"), app_command(*arguments), lambda facts: _built(facts, target)
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
            self.tr("Importing the data set"), app_command(*arguments), lambda facts: _built(facts, target)
        )


class ExportDialog(FormDialog):
    """What the menu entry Data set → Export asks."""

    def __init__(self, dataset: str = "", study: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, "exportDialog")
        self._study = study
        self.set_texts(
            self.tr("Export a data set"),
            self.tr("Writes images, heatmaps and tables for other programs. Nothing in it names a patient."),
            self.tr("Export"),
        )
        self.dataset = _dataset_field(self.tr("Data set"), "open")
        self.dataset.set_path(dataset)
        self.add_row(self.tr("Data set"), self.dataset)
        self.format = Choice()
        self.format.setObjectName("exportFormat")
        self.format.addItem(self.tr("Folders: images and attention maps, as the reference study"), "folders")
        self.format.addItem(self.tr("Tables (CSV): images, readings, fixations"), "csv")
        self.add_row(self.tr("Format"), self.format)
        self.test_gaze = QCheckBox(self.tr("Attention maps of the test images too"), objectName="testGaze")
        self.body.addWidget(self.test_gaze)
        self.original = QCheckBox(
            self.tr("Images at their original size, from the study that is open"), objectName="originalSize"
        )
        self.original.setEnabled(study is not None)
        self.original.setToolTip("" if study else self.tr("Open the study first."))
        self.body.addWidget(self.original)
        self.body.addSpacing(12)
        self.target = PathField("folder", title=self.tr("Folder to write into"), name="exportFolder")
        self.add_row(self.tr("Write into"), self.target, self.tr("A new or empty folder."))
        self.format.currentIndexChanged.connect(
            lambda _: self._show_options(self.format.currentData() == "folders")
        )
        self.dataset.changed.connect(self._propose_target)
        self._propose_target()
        self.body.addStretch(1)

    def _show_options(self, folders: bool) -> None:
        self.test_gaze.setVisible(folders)
        self.original.setVisible(folders)

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
        if kind == "folders" and self.test_gaze.isChecked():
            arguments.append("--test-gaze")
        if kind == "folders" and self.original.isChecked():
            arguments += ["--study", str(self._study)]
        return Work(
            self.tr("Exporting the data set"), app_command(*arguments), lambda facts: _exported(facts, target)
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


def _built(result: dict[str, Any], target: Path) -> Summary:
    number = QLocale().toString
    captions = {
        "images": translate("Dataset", "Images"),
        "patients": translate("Dataset", "Patients"),
        "valid": translate("Dataset", "Readings used"),
        "not_validated": translate("Dataset", "… of trackers not validated"),
        "with_gaze": translate("Dataset", "Images with gaze"),
        "fixations": translate("Dataset", "Fixations"),
        "gaze_samples": translate("Dataset", "Gaze samples"),
    }
    facts = [(caption, number(int(result[key]))) for key, caption in captions.items() if result.get(key)]
    splits = result.get("splits")
    if splits:
        parts = translate("Dataset", "{train} / {validation} / {test}").format(**splits)
        facts.append((translate("Dataset", "Training / validation / test"), parts))
    reasons = {
        "interrupted": translate("Dataset", "interrupted"),
        "corrected": translate("Dataset", "corrected later"),
        "cannot_be_assessed": translate("Dataset", "cannot be assessed"),
        "data_loss": translate("Dataset", "too much gaze lost"),
        "accuracy": translate("Dataset", "tracker not accurate enough"),
        "not_validated": translate("Dataset", "tracker not validated"),
    }
    for reason, count in (result.get("excluded") or {}).items():
        caption = translate("Dataset", "Readings left out: {reason}").format(
            reason=reasons.get(reason, reason)
        )
        facts.append((caption, number(int(count))))
    facts.append((translate("Dataset", "File"), str(target)))
    notes = [*refusal_lines(result.get("refused", ())), *result.get("warnings", ()), *result.get("notes", ())]
    return Summary(
        translate("Dataset", "The data set is ready"),
        tuple(facts),
        tuple(notes),
        translate("Dataset", "What you should know"),
        "warning" if notes else "success",
        ("train.new", "data.export"),
        str(target),
    )


def _exported(result: dict[str, Any], target: Path) -> Summary:
    number = QLocale().toString
    facts = [(translate("Dataset", "Images"), number(int(result.get("images", 0))))]
    if result.get("left_out"):
        facts.append(
            (translate("Dataset", "Left out: neither pathology nor answer"), number(int(result["left_out"])))
        )
    facts.append((translate("Dataset", "Folder"), str(target)))
    return Summary(
        translate("Dataset", "The data set was exported"),
        tuple(facts),
        tuple(result.get("notes", ())),
        translate("Dataset", "What you should know"),
        folder=str(target),
    )
