"""Training: the form first, then the running training."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget

from gazeannotator.ui.pages.training_monitor import TrainingMonitor
from gazeannotator.ui.pages.training_setup import TrainingSetup


class TrainingPage(QStackedWidget):
    """Form and monitor of one training at a time.

    Signals
    -------
    started(), ended()
        A training began or is over.
    """

    started = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trainingPage")
        self.setup = TrainingSetup()
        self.monitor = TrainingMonitor()
        self.addWidget(self.setup)
        self.addWidget(self.monitor)
        self.setup.start_wanted.connect(self.start)
        self.monitor.new_wanted.connect(self.show_setup)
        self.monitor.resume_wanted.connect(self._resume)
        self.monitor.ended.connect(self.ended)

    @property
    def busy(self) -> bool:
        """Whether a training runs."""
        return self.monitor.busy

    def open(self, dataset: str) -> None:
        """Show the running training, or the form for a new one on a data set."""
        if self.busy:
            self.setCurrentWidget(self.monitor)
            return
        if dataset and self.setup.dataset.path() is None:
            self.setup.set_dataset(dataset)
        self.show_setup()

    @Slot()
    def show_setup(self) -> None:
        """Show the form."""
        if self.setup.folder.path() is not None and self.setup.folder.path().exists():
            self.setup.propose_folder()
        self.setCurrentWidget(self.setup)

    @Slot()
    def start(self) -> None:
        """Start what the form asks for."""
        self._run(resume=False)

    @Slot()
    def _resume(self) -> None:
        self._run(resume=True)

    def _run(self, *, resume: bool) -> None:
        config = self.setup.form.value()
        self.setCurrentWidget(self.monitor)
        self.monitor.run(
            self.setup.command(resume=resume),
            self.setup.run_folder,
            config.epochs if config else 1,
            resumed=resume,
        )
        self.started.emit()
