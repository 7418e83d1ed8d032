"""What the menus do: each command asks in a dialog and hands the answer to the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from gazeannotator.errors import BadInput
from gazeannotator.study.model import Protocol, Scheme
from gazeannotator.study.store import Store
from gazeannotator.ui.background import in_background
from gazeannotator.ui.dialogs.check import CheckDialog
from gazeannotator.ui.dialogs.datasets import (
    BuildDialog,
    ExportDialog,
    ImportFoldersDialog,
    ReportDialog,
)
from gazeannotator.ui.dialogs.help import AboutDialog, GuideDialog, KeysDialog
from gazeannotator.ui.dialogs.import_gaze import ImportGazeDialog
from gazeannotator.ui.dialogs.preferences import SettingsDialog
from gazeannotator.ui.dialogs.reading_options import ReadingOptionsDialog
from gazeannotator.ui.dialogs.review import ReviewDialog
from gazeannotator.ui.dialogs.start_reading import StartReadingDialog
from gazeannotator.ui.dialogs.studies import ImportImagesDialog, NewStudyDialog
from gazeannotator.ui.dialogs.video_frames import VideoFramesDialog
from gazeannotator.ui.pages.training_monitor import open_file

if TYPE_CHECKING:
    from gazeannotator.ui.window import MainWindow


class Commands(QObject):
    """The commands of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def new_study(self) -> None:
        """Ask for a new study and make it."""
        dialog = NewStudyDialog(self._window)

        def start() -> None:
            target = dialog.target
            self._window.run_job(dialog.work(), lambda _: self._window.take_study(target))

        self._open(dialog, start)

    def choose_study(self) -> None:
        """Ask for the folder of a study and open it."""
        path = QFileDialog.getExistingDirectory(self._window, self.tr("Open study"))
        if path:
            self._window.open_study(path)

    def import_images(self) -> None:
        """Ask for images and add them to the study."""
        path = self._window.study.path
        dialog = ImportImagesDialog(path, self._window)
        self._open(
            dialog, lambda: self._window.run_job(dialog.work(), lambda _: self._window.take_study(path))
        )

    def import_video_frames(self) -> None:
        """Let frames of a video be picked, and add them to the study."""
        path = self._window.study.path

        def ask(scheme: Scheme) -> None:
            dialog = VideoFramesDialog(path, scheme, self._window)
            self._open(
                dialog, lambda: self._window.run_job(dialog.work(), lambda _: self._window.take_study(path))
            )

        in_background(self, lambda: _scheme_of(path), ask, self._window.show_error)

    def review_images(self) -> None:
        """Show what was hidden of the images that wait, for somebody to agree."""
        dialog = ReviewDialog(self._window.study.path, self._window)
        dialog.changed.connect(self._window.show_study)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_gaze(self) -> None:
        """Ask for recordings of elsewhere and add them to the study."""
        readers = [each.code for each in self._window.study.readers]
        dialog = ImportGazeDialog(self._window.study.path, readers, self._window)
        self._open(dialog, lambda: self._window.run_job(dialog.work()))

    def edit_settings(self) -> None:
        """Show the settings and keep what is changed."""
        dialog = SettingsDialog(self._window.settings, self._window)
        self._open(dialog, lambda: self._window.change_settings(dialog.value()))

    def ask_reading(self) -> None:
        """Ask who reads, with which tracker, and start."""
        dialog = StartReadingDialog(
            self._window, self._window.settings, [each.code for each in self._window.study.readers]
        )
        dialog.form.tracker_wanted.connect(dialog.reject)
        dialog.form.tracker_wanted.connect(self._window.show_tracker)
        self._open(dialog, lambda: self._window.start_reading(dialog.form.choice()))

    def edit_reading_options(self) -> None:
        """Ask how images are read in the study, and keep what is changed."""
        window, study = self._window, self._window.study
        dialog = ReadingOptionsDialog(study.name, study.protocol, study.done, window)

        def keep() -> None:
            wanted = dialog.value()
            if wanted != study.protocol:
                in_background(
                    self,
                    lambda: _change_protocol(study.path, wanted),
                    lambda _: window.take_study(study.path),
                    window.show_error,
                )

        self._open(dialog, keep)

    def show_operator_view(self) -> None:
        """Show how the reading goes, in a window of its own."""
        self._window.reading.operator.open()

    def build_dataset(self) -> None:
        """Ask how to build a data set of the study, and build it."""
        study = self._window.study
        dialog = BuildDialog(study.path, study.name, self._window, study.protocol)
        self._make_dataset(dialog)

    def import_folders(self) -> None:
        """Ask for a data set of folders and make a file of it."""
        dialog = ImportFoldersDialog(self._window)
        self._make_dataset(dialog)

    def check(self) -> None:
        """Ask what to check and check it."""
        dialog = CheckDialog(self._study_path(), self._last_dataset(), self._window)
        self._open(dialog, lambda: self._window.run_job(dialog.work()))

    def export_dataset(self) -> None:
        """Ask what to export and export it."""
        dialog = ExportDialog(self._last_dataset(), self._study_path(), self._window)
        self._open(dialog, lambda: self._window.run_job(dialog.work()))

    def report_dataset(self) -> None:
        """Ask which data set to report on, report, and open the report."""
        dialog = ReportDialog(self._last_dataset(), self._window)

        def start() -> None:
            target = dialog.target_file
            self._window.run_job(dialog.work(), lambda _: self._open_report(target))

        self._open(dialog, start)

    def choose_report(self) -> None:
        """Ask for a report and open it."""
        runs = self._window.settings.recent_runs
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open report"), runs[0] if runs else "", self.tr("Reports (*.html)")
        )
        if path:
            self._open_report(Path(path))

    def _open_report(self, path: Path) -> None:
        if not open_file(path):
            self._window.show_error(
                BadInput(
                    self.tr("No program opens this file."),
                    self.tr("Open it in a browser: {path}").format(path=path),
                )
            )

    def show_guide(self) -> None:
        """Show the guide."""
        GuideDialog(self._window).open()

    def show_keys(self) -> None:
        """Show the keys while reading."""
        KeysDialog(self._window).open()

    def show_about(self) -> None:
        """Show version, licence and citation."""
        AboutDialog(self._window).open()

    def _make_dataset(self, dialog: BuildDialog | ImportFoldersDialog) -> None:
        def start() -> None:
            target = dialog.target_file
            self._window.run_job(dialog.work(), lambda _: self._window.keep_dataset(target))

        self._open(dialog, start)

    def _study_path(self) -> Path | None:
        return self._window.study.path if self._window.study else None

    def _last_dataset(self) -> str:
        return next(iter(self._window.settings.recent_datasets), "")

    @staticmethod
    def _open(dialog: QDialog, accepted: Callable[[], object]) -> None:
        dialog.accepted.connect(lambda: accepted())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _change_protocol(study: Path, protocol: Protocol) -> None:
    with Store.open(study) as store:
        store.change_protocol(protocol)


def _scheme_of(study: Path) -> Scheme:
    with Store.open(study) as store:
        return store.scheme
