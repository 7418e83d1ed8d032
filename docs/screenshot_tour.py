"""The way to every page of the program, with a picture of each; started by make_screenshots.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from gazeannotator.demo.pilot import Pilot, Script, Until, after, part, press, window_of
from gazeannotator.demo.plan import Places
from gazeannotator.demo.sample_images import write_sample_images
from gazeannotator.settings import RecentStudy, Settings, SettingsFile
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.ui import app
from gazeannotator.ui.dialogs.datasets import BuildDialog, ExportDialog
from gazeannotator.ui.dialogs.help import AboutDialog, GuideDialog, KeysDialog
from gazeannotator.ui.dialogs.preferences import SettingsDialog
from gazeannotator.ui.dialogs.studies import NewStudyDialog
from gazeannotator.ui.reading.opening import ReadingWindow
from gazeannotator.ui.reading.room import Phase
from gazeannotator.ui.screens import screens
from gazeannotator.ui.window import MainWindow

COLOURS = 255


def take_pictures(demo: Path, folder: Path) -> None:
    """Walk through the program on the demo's study and save a picture of every page."""
    places = Places(demo)
    short = _short_study(demo)
    settings = SettingsFile()
    recent = tuple(
        RecentStudy(path=str(path), name=path.name, opened_utc="2026-11-20T09:00:00+00:00")
        for path in (places.study, short)
    )
    settings.change(Settings(language="en", recent_studies=recent))
    application, window = app.start(settings=settings)
    window.showMaximized()
    window.setGeometry(application.primaryScreen().geometry())
    size = "x".join(map(str, screens()[0].px))
    simulate = [sys.executable, "-m", "gazeannotator.cli.main", "tracker", "simulate", "--screen-px", size]
    simulate += ["--look-at", str(places.lesions)]
    with subprocess.Popen(simulate, stdout=subprocess.DEVNULL) as tracker:
        try:
            pilot = Pilot(_Walk(window, places, short, folder).script(), application)
            pilot.ended.connect(application.quit)
            pilot.start()
            application.exec()
        finally:
            tracker.terminate()
    if pilot.error is not None:
        raise pilot.error


def _short_study(demo: Path) -> Path:
    """Make a study that is read to its end quickly."""
    images, study = demo / "few", demo / "three-polyps"
    write_sample_images(images, images=3, patients=3, seed=1)
    create_study(study, images, metadata_csv=images / "metadata.csv", scheme=load_scheme("nice"))
    return study


class _Walk:
    def __init__(self, window: MainWindow, places: Places, short: Path, folder: Path) -> None:
        self._window = window
        self._places = places
        self._short = short
        self._folder = folder

    def script(self) -> Script:
        yield after(1.0)
        yield from self._shot("welcome")
        yield from self._dialog("file.new", NewStudyDialog, "new-study", self._fill_new_study)
        yield from self._open(self._places.study)
        yield self._tracker_found()
        yield from self._shot("study")
        self._window.keep_dataset(self._places.dataset)
        yield from self._dialog("data.build", BuildDialog, "build")
        yield from self._dialog("data.export", ExportDialog, "export")
        yield from self._dialog("file.settings", SettingsDialog, "settings")
        yield from self._dialog("help.keys", KeysDialog, "keys")
        yield from self._dialog("help.guide", GuideDialog, "guide")
        yield from self._dialog("help.about", AboutDialog, "about")
        yield from self._tracker()
        yield from self._job()
        yield from self._reading()
        yield from self._end_of_reading()
        yield from self._training()

    def _shot(self, name: str) -> Script:
        """Save what the screen shows, in few colours: pages have few."""
        yield after(0.8)
        path = self._folder / f"{name}.png"
        self._window.screen().grabWindow(0).save(str(path))
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
        small.save(path, optimize=True)
        print(f"  {name}")

    def _dialog(
        self,
        action: str,
        kind: type[QWidget],
        name: str,
        fill: Callable[[QWidget], None] = lambda _dialog: None,
    ) -> Script:
        self._window.trigger(action)
        dialog = yield Until(f"the dialog {name} opens", lambda: window_of(kind))
        fill(dialog)
        yield from self._shot(name)
        dialog.reject()
        yield Until(f"the dialog {name} closes", lambda: window_of(kind) is None)

    def _fill_new_study(self, dialog: NewStudyDialog) -> None:
        dialog.images.set_path(self._places.images)
        dialog.name.setText("Polyps 2027")
        dialog.location.set_path(self._places.out)

    def _open(self, study: Path) -> Script:
        window = self._window
        window.open_study(study)
        yield Until("the study is open", lambda: window.study is not None and window.study.path == study)
        yield Until("its numbers are there", lambda: window.study.quality_known)

    def _tracker_found(self) -> Until:
        page = self._window.study_page
        return Until(
            "the eye tracker is found", lambda: page.reading and page.reading.stream.currentData(), 60
        )

    def _tracker(self) -> Script:
        window = self._window
        window.trigger("session.tracker")
        page = window.stack.currentWidget()
        yield Until("samples arrive", lambda: page.use_button.isEnabled(), 60)
        yield after(4.0)
        yield from self._shot("tracker")
        page.use_button.click()
        yield Until("the study's page shows", lambda: window.stack.currentWidget() is window.study_page)

    def _job(self) -> Script:
        window = self._window
        window.trigger("data.build")
        dialog = yield Until("the dialog opens", lambda: window_of(BuildDialog))
        dialog.target.set_path(self._places.out / "again.h5")
        dialog.accept_button.click()
        yield Until("the build is under way", lambda: window.job_page.bar.value() > 5)
        yield from self._shot("job-running")
        yield Until("the build is done", lambda: not window.job_page.busy, 180)
        yield from self._shot("job-done")
        window.trigger("session.overview")

    def _start_reading(self, reader: str) -> Script:
        window, page = self._window, self._window.study_page
        yield self._tracker_found()
        page.reading.reader.setEditText(reader)
        part(page, QPushButton, "startReading").click()
        yield Until("the reading window opens", lambda: window.reading is not None)
        return window.reading

    def _phase(self, reading: ReadingWindow, phase: Phase) -> Until:
        return Until(f"the reading is {phase.value}", lambda: reading.controller.phase is phase, 60)

    def _reading(self) -> Script:
        reading = yield from self._start_reading("R2")
        yield from self._shot("reading-consent")
        reading.consent.agree.click()
        yield Until("the tracker is ready", lambda: reading.link.state.ready, 60)
        yield from self._shot("reading-ready")
        press(reading, Qt.Key.Key_Space)
        yield from self._cross(reading)
        yield self._phase(reading, Phase.VIEWING)
        yield from self._shot("reading-image")
        press(reading, Qt.Key.Key_Space)
        yield self._phase(reading, Phase.PAUSED)
        yield from self._shot("reading-pause")
        press(reading, Qt.Key.Key_F1)
        yield self._phase(reading, Phase.CRITERIA)
        yield from self._shot("reading-criteria")
        press(reading, Qt.Key.Key_F1)
        press(reading, Qt.Key.Key_Escape)
        yield self._phase(reading, Phase.ASKING_END)
        yield from self._shot("reading-leave")
        press(reading, Qt.Key.Key_Return)
        yield Until("the reading window closes", lambda: self._window.reading is None)

    def _cross(self, reading: ReadingWindow) -> Script:
        yield Until("the cross shows", lambda: reading.view.frame.cross_px is not None)
        path = self._folder / "reading-cross.png"
        self._window.screen().grabWindow(0).save(str(path))
        print("  reading-cross")

    def _end_of_reading(self) -> Script:
        yield from self._open(self._short)
        reading = yield from self._start_reading("R1")
        reading.consent.agree.click()
        yield Until("the tracker is ready", lambda: reading.link.state.ready, 60)
        press(reading, Qt.Key.Key_Space)
        for answers in range(1, 4):
            yield self._phase(reading, Phase.VIEWING)
            yield after(0.3)
            press(reading, Qt.Key.Key_2)
            yield Until("the answer is saved", lambda wanted=answers: reading.controller.answers == wanted)
        yield self._phase(reading, Phase.DONE)
        yield from self._shot("reading-end")
        press(reading, Qt.Key.Key_Space)
        yield Until("the reading window closes", lambda: self._window.reading is None)

    def _training(self) -> Script:
        window = self._window
        window.trigger("train.new")
        setup, monitor = window.training.setup, window.training.monitor
        yield Until("the training page shows", lambda: setup.isVisible())
        setup.set_dataset(str(self._places.dataset))
        setup.folder.set_path(self._places.out / "another-run")
        yield from self._shot("training-new")
        recipe = setup.form.fields["recipe"]
        recipe.setCurrentIndex(recipe.findData("quick"))
        setup.start_button.click()
        yield Until("some epochs are over", lambda: len(monitor.loss.points) >= 7, 240)
        yield from self._shot("training-running")
        yield Until("the training is done", lambda: not window.training.busy, 240)
        yield from self._shot("training-done")
