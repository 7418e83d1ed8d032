"""What a training is asked for: data set, folder, recipe and options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gazeannotator.ui.cards import Banner, Card, Page
from gazeannotator.ui.forms import FieldText, ModelForm
from gazeannotator.ui.jobs import Command, trainer_command
from gazeannotator.ui.widgets import PathField, button, field, titled
from gazemodel.config import RECIPES, TrainConfig

PROMINENT = ("recipe", "attention_loss", "attention_weight", "epochs")
MORE = (
    "backbone",
    "weights",
    "size",
    "batch",
    "lr",
    "target",
    "augmentation",
    "seed",
    "devices",
    "precision",
)


class TrainingSetup(Page):
    """The form of a new training.

    Signals
    -------
    start_wanted()
        Everything is filled in: `command` and `run_folder` hold.
    """

    start_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(max_width=760, name="trainingSetup")
        intro = self.tr(
            "A network learns the answers from the images, and from the gaze where to look for them."
        )
        self.body.addLayout(titled(self.tr("New training"), intro))
        card = Card()
        self.dataset = PathField(
            "open",
            title=self.tr("Data set"),
            pattern=self.tr("Data sets (*.h5 *.hdf5)"),
            name="trainingDataset",
        )
        self.folder = PathField("folder", title=self.tr("Folder of the run"), name="trainingFolder")
        for caption, widget, help_text in (
            (self.tr("Data set"), self.dataset, self.tr("Built from a study, or imported from folders.")),
            (
                self.tr("Keep the run in"),
                self.folder,
                self.tr("A new folder: weights, curves and the report are written there."),
            ),
        ):
            card.body.addLayout(field(caption, widget, help_text))
        self.body.addWidget(card)
        options = Card(self.tr("How to train"))
        self.form: ModelForm[TrainConfig] = ModelForm(RECIPES["default"], self._texts(), more=MORE)
        self._recipe = self.form.fields["recipe"]
        self._recipe.currentIndexChanged.connect(lambda _: self._take_recipe())
        options.body.addWidget(self.form)
        self.body.addWidget(options)
        self._problem: QWidget | None = None
        self.start_button = button(
            self.tr("Start training"), self._start, kind="primary", icon="play", name="startTraining"
        )
        self.body.addWidget(self.start_button)
        self.body.addStretch(1)
        self.dataset.changed.connect(self.propose_folder)
        self._proposed: Path | None = None

    def set_dataset(self, path: str) -> None:
        """Put a data set into the form."""
        self.dataset.set_path(path)

    @property
    def run_folder(self) -> Path:
        """Folder of the run to be."""
        folder = self.folder.path()
        if folder is None:
            raise RuntimeError("no folder is chosen")
        return folder

    def command(self, *, resume: bool = False) -> Command:
        """Return the command line: what differs from the recipe is given as an option."""
        config = self.form.value()
        if config is None:
            raise RuntimeError("the form is not valid")
        arguments = ["train", str(self.dataset.path()), "-o", str(self.run_folder), *changed_options(config)]
        return trainer_command(*arguments, *(["--resume"] if resume else []))

    def problem(self) -> str:
        """Say what is missing or wrong."""
        dataset, folder = self.dataset.path(), self.folder.path()
        if dataset is None or not dataset.is_file():
            return self.tr("Choose the data set file.")
        if folder is None:
            return self.tr("Choose the folder of the run.")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return self.tr("The folder of the run is not empty. Choose a new one.")
        return "" if self.form.value() is not None else self.tr("Correct the marked fields.")

    def _start(self) -> None:
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None
        problem = self.problem()
        if problem:
            self._problem = Banner("danger", problem, name="trainingProblem")
            self.body.insertWidget(self.body.indexOf(self.start_button), self._problem)
            return
        self.start_wanted.emit()

    def _take_recipe(self) -> None:
        self.form.set_value(RECIPES[self._recipe.currentData()])

    def propose_folder(self) -> None:
        """Put the next free folder beside the data set into the form, unless one was typed."""
        dataset = self.dataset.path()
        if dataset is None or not dataset.is_file() or self.folder.path() not in (None, self._proposed):
            return
        self._proposed = next_run_folder(dataset.parent / "runs", dataset.stem)
        self.folder.set_path(self._proposed)

    def _texts(self) -> dict[str, FieldText]:
        return {
            "recipe": FieldText(
                self.tr("Recipe"),
                self.tr("Sets all other options to values that belong together."),
                choices={
                    "default": self.tr("Default: for real work"),
                    "quick": self.tr("Quick: a first look, minutes"),
                    "thorough": self.tr("Thorough: larger network, hours"),
                    "reference": self.tr("Reference: as the published study"),
                },
            ),
            "attention_loss": FieldText(
                self.tr("Learning from gaze"),
                self.tr("How the network's attention is compared with the readers' gaze."),
                choices={
                    "default": self.tr("recommended"),
                    "mse": self.tr("mean squared difference (mse)"),
                    "kl": self.tr("divergence of distributions (kl)"),
                    "cc": self.tr("correlation (cc)"),
                    "area": self.tr("share of attention in the gazed area (area)"),
                    "head": self.tr("an attention head of its own (head)"),
                    "reference": self.tr("as the published study (reference)"),
                    "none": self.tr("no gaze: images alone"),
                },
            ),
            "attention_weight": FieldText(
                self.tr("Weight of gaze (λ)"), self.tr("0 ignores gaze."), decimals=2, step=0.1
            ),
            "epochs": FieldText(self.tr("Epochs"), self.tr("At most; training may stop earlier.")),
            "backbone": FieldText(self.tr("Network")),
            "weights": FieldText(
                self.tr("Initial weights"),
                self.tr("none, imagenet (is downloaded), or a file (.safetensors, .pth)."),
            ),
            "size": FieldText(self.tr("Image size"), unit="px", step=32),
            "batch": FieldText(self.tr("Images per step")),
            "lr": FieldText(self.tr("Learning rate"), decimals=6, step=0.0001),
            "target": FieldText(
                self.tr("What is learnt"),
                choices={
                    "auto": self.tr("pathology where known, else the answers"),
                    "truth": self.tr("pathology only"),
                    "label": self.tr("the readers' answers only"),
                },
            ),
            "augmentation": FieldText(
                self.tr("Changes of images"),
                self.tr("None where a turned or mirrored image would be another class."),
                choices={"recipe": self.tr("as the recipe"), "none": self.tr("none")},
            ),
            "seed": FieldText(self.tr("Seed"), self.tr("The same seed gives the same run.")),
            "devices": FieldText(self.tr("GPUs")),
            "precision": FieldText(self.tr("Precision")),
        }


def changed_options(config: TrainConfig) -> Sequence[str]:
    """Return the recipe and what differs from it as options of ``gazemodel train``."""
    recipe = RECIPES[config.recipe]
    given = ["--recipe", config.recipe]
    for name in (*PROMINENT, *MORE):
        value = getattr(config, name)
        if value != getattr(recipe, name):
            given += ["--" + name.replace("_", "-"), str(value)]
    return given


def next_run_folder(parent: Path, stem: str) -> Path:
    """Return the first folder ``stem-1``, ``stem-2``, … that does not exist."""
    number = 1
    while (parent / f"{stem}-{number}").exists():
        number += 1
    return parent / f"{stem}-{number}"
