"""The main window: a stack of pages, the menus, and a bar that shows running work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from gazeannotator.errors import UserError
from gazeannotator.settings import LastStream, RecentStudy, Settings, SettingsFile, config_folder
from gazeannotator.ui import messages
from gazeannotator.ui.actions import Actions, without_mnemonic
from gazeannotator.ui.cards import JobBar
from gazeannotator.ui.commands import Commands
from gazeannotator.ui.dialogs.start_reading import ReadingChoice
from gazeannotator.ui.jobs import ProcessJob, Work
from gazeannotator.ui.menus import main_menus
from gazeannotator.ui.pages.job import JobPage
from gazeannotator.ui.pages.study import StudyPage
from gazeannotator.ui.pages.study_overview import Overview
from gazeannotator.ui.pages.training import TrainingPage
from gazeannotator.ui.pages.welcome import WelcomePage


class MainWindow(QMainWindow):
    """The window of the app.

    Parameters
    ----------
    settings : SettingsFile

    Signals
    -------
    study_opened(object)
        The `Overview` of the study that is open now.
    reading_ended(dict)
        Summary of a session that was read.
    """

    study_opened = Signal(object)
    reading_ended = Signal(dict)

    def __init__(self, settings: SettingsFile) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(900, 620)
        self._file = settings
        self.study: Overview | None = None
        self.reading: QWidget | None = None
        self._tracker: QWidget | None = None
        self._closing = False
        self.welcome, self.study_page = WelcomePage(), StudyPage()
        self.job_page, self.training = JobPage(), TrainingPage()
        self.stack = QStackedWidget()
        for page in (self.welcome, self.study_page, self.job_page, self.training):
            self.stack.addWidget(page)
        self.job_bar = JobBar()
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.job_bar)
        self.setCentralWidget(central)
        self.actions_ = Actions(self.menuBar(), main_menus(self, Commands(self)))
        texts = {name: without_mnemonic(action.text()) for name, action in self.actions_.by_id.items()}
        self.job_page.set_action_texts({**texts, "session.overview": self.tr("Go to the study")})
        self._connect()
        self._restore_geometry()
        self.show_welcome()

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._file.current

    def change_settings(self, settings: Settings) -> None:
        """Take over and save settings."""
        try:
            self._file.change(settings)
        except OSError as error:
            title = self.tr("The settings could not be saved: {reason}").format(reason=error.strerror)
            messages.show_message(self, title, tone="warning")

    # ---- pages

    @Slot()
    def show_welcome(self) -> None:
        """Show the welcome page."""
        self.welcome.show_recent(self.settings.recent_studies)
        self._show(self.welcome)

    @Slot()
    def show_study(self) -> None:
        """Show the study that is open, read anew; the welcome page if there is none."""
        if self.study is None:
            self.show_welcome()
            return
        self.study_page.load(self.study.path, self.settings)
        self._show(self.study_page)

    def open_study(self, path: Path | str) -> None:
        """Open a study; it is shown when it has been read."""
        self.study = None
        self.study_page.load(Path(path).absolute(), self.settings)
        self._show(self.study_page)

    @Slot()
    def show_tracker(self) -> None:
        """Show the eye tracker's signal."""
        from gazeannotator.ui.pages.tracker import TrackerPage

        if self._tracker is None:
            self._tracker = TrackerPage(self.settings)
            self._tracker.stream_chosen.connect(self._keep_stream)
            self._tracker.stream_chosen.connect(self.show_study)
            self._tracker.left.connect(self.show_study)
            self.stack.addWidget(self._tracker)
        self._show(self._tracker)

    @Slot()
    def show_training(self) -> None:
        """Show the running training, or the form for a new one."""
        datasets = self.settings.recent_datasets
        self.training.open(datasets[0] if datasets else "")
        self._show(self.training)

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        name = self.study.name if self.study and page is not self.welcome else ""
        self.setWindowTitle(name)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        recent = [(each.name, each.path) for each in self.settings.recent_studies]
        self.actions_.fill("file.recent", recent, self.open_study, self.tr("No study was open yet."))
        self.actions_.refresh()
        page = self.stack.currentWidget()
        elsewhere = (self.job_page.busy and page is not self.job_page) or (
            self.training.busy and page is not self.training
        )
        self.job_bar.setVisible(elsewhere)

    # ---- work

    def run_job(self, work: Work, done: Callable[[dict[str, Any]], object] | None = None) -> ProcessJob:
        """Run a job on its page; `done` is called with its result."""
        job = self.job_page.run(work)
        if done is not None:
            job.finished.connect(lambda result: done(result))
        self._show(self.job_page)
        return job

    @Slot(object)
    def start_reading(self, choice: ReadingChoice, *, consented: bool = False) -> QWidget | None:
        """Open the reading window for a reader; returns it, or None after a message why not."""
        from gazeannotator.ui.reading.opening import open_reading

        self.change_settings(self.settings.model_copy(update={"last_reader": choice.reader}))
        try:
            self.reading = open_reading(
                self.study.path,
                choice.reader,
                choice.stream,
                settings=self.settings,
                consented=consented,
                screen=choice.screen,
                windowed=choice.windowed,
                without_gaze=choice.without_gaze,
            )
        except UserError as error:
            self.show_error(error)
            return None
        self.reading.stream_used.connect(self._keep_stream)
        self.reading.closed.connect(self._reading_closed)
        self._refresh()
        return self.reading

    @Slot(dict)
    def _reading_closed(self, summary: dict[str, Any]) -> None:
        self.reading = None
        self.show_study()
        if summary.get("unsaved"):
            messages.show_message(self, summary["unsaved"], self.tr("The answers are saved."))
        self.reading_ended.emit(summary)

    @Slot(object)
    def show_error(self, error: UserError) -> None:
        """Show an error that the user can do something about."""
        messages.show_error(self, error)

    def trigger(self, name: str) -> None:
        """Do what a menu action does, if it can be done."""
        self.actions_.refresh()
        self.actions_.by_id[name].trigger()

    def _connect(self) -> None:
        self.welcome.new_wanted.connect(lambda: self.trigger("file.new"))
        self.welcome.open_wanted.connect(lambda: self.trigger("file.open"))
        self.welcome.study_chosen.connect(self.open_study)
        self.welcome.study_removed.connect(self._forget_study)
        self.study_page.loaded.connect(self._study_loaded)
        self.study_page.failed.connect(self._study_failed)
        self.study_page.left.connect(self.show_welcome)
        self.study_page.action_wanted.connect(self.trigger)
        self.study_page.reading_wanted.connect(self.start_reading)
        self.job_page.left.connect(self.show_study)
        self.job_page.action_wanted.connect(self.trigger)
        self.job_page.progressed.connect(self.job_bar.show_progress)
        self.job_page.ended.connect(self._work_ended)
        self.training.monitor.progressed.connect(self._show_training_progress)
        self.training.started.connect(self._refresh)
        self.training.ended.connect(self._work_ended)
        self.training.monitor.finished.connect(self._keep_run)
        self.job_bar.clicked.connect(
            lambda: self._show(self.job_page if self.job_page.busy else self.training)
        )

    @Slot(str, int)
    def _show_training_progress(self, title: str, percent: int) -> None:
        if not self.job_page.busy:  # the bar has room for one, and shorter work is waited for
            self.job_bar.show_progress(title, percent)

    @Slot(object)
    def _study_loaded(self, overview: Overview) -> None:
        self.study = overview
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        recent = RecentStudy(path=str(overview.path), name=overview.name, opened_utc=now)
        self.change_settings(self.settings.with_recent_study(recent))
        if self.stack.currentWidget() is self.study_page:
            self._show(self.study_page)
        self.study_opened.emit(overview)

    @Slot(object)
    def _study_failed(self, error: UserError) -> None:
        self.study = None
        self.study_page.show_error(error)
        self._refresh()

    def take_study(self, path: Path) -> None:
        """Read a study without leaving the page that is shown."""
        self.study_page.load(path.absolute(), self.settings)

    def _forget_study(self, path: str) -> None:
        self.change_settings(self.settings.without_recent_study(path))
        self.show_welcome()

    def keep_dataset(self, path: Path) -> None:
        """Remember a data set as the last one."""
        self.change_settings(self.settings.with_recent_dataset(str(path)))

    def _keep_run(self, folder: str) -> None:
        self.change_settings(self.settings.with_recent_run(folder))

    @Slot(str, str, object)
    def _keep_stream(self, source_id: str, name: str, answer: object) -> None:
        last = LastStream(source_id=source_id, name=name)
        settings = self.settings.model_copy(update={"last_stream": last})
        self.change_settings(settings.with_answer(source_id, answer) if answer else settings)

    @Slot()
    def _work_ended(self) -> None:
        self._refresh()
        if self._closing and not self.job_page.busy and not self.training.busy:
            self.close()

    # ---- the window itself

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first where work is running; it is stopped in an orderly way."""
        if self.reading is not None:
            event.ignore()
            title = self.tr("A reader is reading now: end the session first.")
            messages.show_message(self, title, tone="warning")
            return
        if self.job_page.busy or self.training.busy:
            event.ignore()
            if not self._closing:
                self._ask_to_stop()
            return
        if self._tracker is not None:
            self._tracker.close()  # a simulated eye that it started ends with it
        QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat).setValue(
            "geometry", self.saveGeometry()
        )
        super().closeEvent(event)

    def _ask_to_stop(self) -> None:
        messages.ask(
            self,
            self.tr("Work is still running"),
            self.tr("It is stopped before the program ends. A training keeps what it has reached."),
            accept_text=self.tr("Stop and quit"),
            accepted=self._stop_and_close,
        )

    def _stop_and_close(self) -> None:
        self._closing = True
        self.job_page.stop()
        self.training.monitor.stop()
        self._work_ended()

    def _restore_geometry(self) -> None:
        stored = QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat).value("geometry")
        if not isinstance(stored, QByteArray) or not self.restoreGeometry(stored):
            room = self.screen().availableSize()
            self.resize(min(1240, room.width()), min(820, room.height()))
