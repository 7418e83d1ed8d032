"""The way through the windows: new study, eye tracker, reading, data set, training."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gazeannotator.demo.pilot import Script, Until, after, part, window_of
from gazeannotator.demo.plan import DemoFailed, Places, Steps
from gazeannotator.demo.reader import read_all, turns
from gazeannotator.study.store import Store
from gazeannotator.ui.cards import Banner
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.dialogs.datasets import BuildDialog
from gazeannotator.ui.dialogs.studies import NewStudyDialog
from gazeannotator.ui.pages.tracker import TrackerPage
from gazeannotator.ui.window import MainWindow

READER = "DEMO"
LOOKS_S = 0.9
"""Long enough for six fixations of the demo's quick eye."""

TOLD_EVERY = 15


class Tour:
    """Does the job in the main window, by its menus, dialogs and keys."""

    def __init__(self, window: MainWindow, places: Places, steps: Steps) -> None:
        self._window = window
        self._places = places
        self._steps = steps

    def script(self) -> Script:
        """Everything in its order."""
        for part_of_job in (self._import, self._choose_tracker, self._read, self._build, self._train):
            yield from part_of_job()
            yield after(0.5)

    @Slot()
    def leave(self) -> None:
        """End the program, however far it went: work that still runs is of no use any more."""
        for job in (self._window.job_page.job, self._window.training.monitor.job):
            if job is not None:
                job.kill()
        if not (self._window.job_page.busy or self._window.training.busy):
            self._window.close()
        # Not quit(), which asks every window, and a window with work or a reading may refuse.
        QCoreApplication.exit()

    def _import(self) -> Script:
        self._steps.begin("File → New study: the images are imported and de-identified")
        window = self._window
        window.trigger("file.new")
        dialog = yield Until("the dialog for a new study opens", lambda: window_of(NewStudyDialog))
        dialog.images.set_path(self._places.images)
        dialog.name.setText(self._places.study.name)
        dialog.location.set_path(self._places.out)
        yield from _accept(dialog)
        yield Until("the study is made", lambda: window.study is not None and not window.job_page.busy, 120)
        window.trigger("session.overview")
        yield Until("the study's page shows", lambda: window.stack.currentWidget() is window.study_page)
        self._steps.note(f"study: {self._places.study}")

    def _choose_tracker(self) -> Script:
        self._steps.begin("Session → Eye tracker: the simulated eye on LSL is found and seen")
        window = self._window
        window.trigger("session.tracker")
        page = yield Until("the eye tracker's page shows", self._tracker_page)
        yield Until("the eye tracker's samples arrive", page.use_button.isEnabled)
        yield after(1.5)
        page.use_button.click()
        yield Until("the study's page shows", lambda: window.stack.currentWidget() is window.study_page)
        self._steps.note(f"stream: {window.settings.last_stream.name}")

    def _tracker_page(self) -> TrackerPage | None:
        page = self._window.stack.currentWidget()
        return page if isinstance(page, TrackerPage) else None

    def _read(self) -> Script:
        self._steps.begin("Start reading: a check of the eye tracker, then every image, by keys")
        window, page = self._window, self._window.study_page
        yield Until("the eye tracker is chosen", lambda: page.reading and page.reading.stream.currentData())
        page.reading.reader.setEditText(READER)
        yield after(0.6)
        part(page, QPushButton, "startReading").click()
        yield Until("the reading window opens", lambda: window.reading is not None)
        reading = window.reading
        yield Until("the reader is asked for consent", lambda: reading.consent is not None)
        yield after(0.6)
        reading.consent.agree.click()
        with Store.open(self._places.study) as store:
            truths = {image.id: image.truth for image in store.images()}
        yield from read_all(reading, truths, turns(len(truths), LOOKS_S, seed=1), self._tell_progress)
        yield Until("the reading window closes", lambda: window.reading is None)

    def _tell_progress(self, done: int, total: int) -> None:
        if done % TOLD_EVERY == 0 or done == total:
            self._steps.note(f"{done} of {total} images read")

    def _build(self) -> Script:
        self._steps.begin("Data set → Build: fixations, heatmaps, splits by patient")
        window = self._window
        yield Until("the study's page has its numbers", lambda: window.study and window.study.left == 0)
        window.trigger("data.build")
        dialog = yield Until("the dialog for the data set opens", lambda: window_of(BuildDialog))
        dialog.target.set_path(self._places.dataset)
        yield from _accept(dialog)
        yield Until("the data set is built", lambda: not window.job_page.busy, 180)
        if not self._places.dataset.is_file():
            raise DemoFailed("The data set was not built.", _failure(window.job_page))
        self._steps.note(f"data set: {self._places.dataset}")

    def _train(self) -> Script:
        self._steps.begin("Train → New training: a small network, quick recipe")
        window = self._window
        window.trigger("train.new")
        setup = window.training.setup
        yield Until("the training page shows", lambda: setup.isVisible())
        setup.set_dataset(str(self._places.dataset))
        setup.folder.set_path(self._places.run)
        recipe = setup.form.fields["recipe"]
        recipe.setCurrentIndex(recipe.findData("quick"))
        setup.start_button.click()
        yield Until("the training starts", lambda: window.training.busy)
        while window.training.busy:
            epochs = len(window.training.monitor.loss.points)
            yield Until("the training goes on", lambda seen=epochs: self._trained_further(seen), 300)
        if not (self._places.run / "report.html").is_file():
            raise DemoFailed("The training did not end well.", _failure(window.training))
        self._steps.note(f"report: {self._places.run / 'report.html'}")

    def _trained_further(self, epochs: int) -> bool:
        training = self._window.training
        return not training.busy or len(training.monitor.loss.points) > epochs


def _accept(dialog: FormDialog) -> Script:
    """Let it be seen what is filled in, then press its main button."""
    yield after(0.6)
    dialog.accept_button.click()
    if dialog.isVisible():
        raise DemoFailed(f"{dialog.windowTitle()}: {dialog.error.text()}")


def _failure(page: QWidget) -> str:
    """Give the words of the failure that a page shows."""
    texts = [text.text() for banner in page.findChildren(Banner) for text in banner.findChildren(QLabel)]
    return " ".join(text for text in texts if text)
