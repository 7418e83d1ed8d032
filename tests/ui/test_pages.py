from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from gazeannotator.errors import BadInput
from gazeannotator.settings import LastStream, RecentStudy, Settings, SettingsFile
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.ui.cards import Banner, CardButton, StatTile, Tiles
from gazeannotator.ui.dialogs.start_reading import ReadingChoice
from gazeannotator.ui.jobs import Command, Summary, Work
from gazeannotator.ui.pages.study import StudyPage
from gazeannotator.ui.pages.study_overview import read_overview
from gazeannotator.ui.pages.training_setup import changed_options, next_run_folder
from gazeannotator.ui.pages.welcome import WelcomePage
from gazeannotator.ui.window import MainWindow
from gazemodel.config import RECIPES

JOB_MS = 90_000


@pytest.fixture
def welcome(qtbot: QtBot, look: QApplication) -> WelcomePage:
    result = WelcomePage()
    qtbot.addWidget(result)
    result.resize(1280, 760)
    result.show()
    return result


@pytest.fixture
def page(qtbot: QtBot, look: QApplication, no_search: None) -> StudyPage:
    result = StudyPage()
    qtbot.addWidget(result)
    result.resize(1280, 760)
    result.show()
    return result


def load(qtbot: QtBot, page: StudyPage, path: Path) -> None:
    page.load(path, Settings())
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.quality_known)


def tile(page: StudyPage, name: str) -> str:
    return page.findChild(StatTile, name).value.text()


def texts(page: QObject) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()]


# ---- welcome


def test_a_first_start_shows_the_way_in(welcome: WelcomePage) -> None:
    assert welcome.findChild(QFrame, "noRecentStudies").isVisible()
    for name in ("newStudy", "openStudy"):
        assert welcome.findChild(QPushButton, name).isEnabled()


def test_the_buttons_ask_for_a_study(qtbot: QtBot, welcome: WelcomePage) -> None:
    with qtbot.waitSignal(welcome.new_wanted):
        qtbot.mouseClick(welcome.findChild(QPushButton, "newStudy"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(welcome.open_wanted):
        qtbot.mouseClick(welcome.findChild(QPushButton, "openStudy"), Qt.MouseButton.LeftButton)


def test_recent_studies_open_by_a_click_and_lost_ones_can_go(
    qtbot: QtBot, welcome: WelcomePage, study: Path, tmp_path: Path
) -> None:
    lost = str(tmp_path / "lost")
    recent = [
        RecentStudy(path=str(study), name="Polyps", opened_utc="2026-01-12T08:00:00+00:00"),
        RecentStudy(path=lost, name="Lost"),
    ]
    welcome.show_recent(recent)
    qtbot.waitUntil(lambda: "not found" in texts(welcome))
    cards = welcome.findChildren(CardButton, "recentStudy")
    assert [card.isEnabled() for card in cards] == [True, False]
    assert "12 Jan 2026" in texts(welcome)
    with qtbot.waitSignal(welcome.study_chosen) as chosen:
        qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [str(study)]
    remove = [each for each in welcome.findChildren(QToolButton, "removeStudy") if each.isVisible()]
    with qtbot.waitSignal(welcome.study_removed) as removed:
        remove[0].click()
    assert removed.args == [lost]
    assert len(remove) == 1


# ---- study


def test_a_fresh_study_asks_for_a_reader(qtbot: QtBot, page: StudyPage, study: Path) -> None:
    load(qtbot, page, study)
    assert tile(page, "tileImages") == "4"
    assert tile(page, "tilePatients") == "2"
    assert tile(page, "tileReaders") == "0"
    assert tile(page, "tileLeft") == "–"
    assert page.findChild(Banner, "nextStep").title.text() == "The images are ready to be read"
    assert page.findChild(QLabel, "simulatedBadge") is None
    assert page.findChild(Banner, "warnPathology") is None


def test_one_can_type_the_reader_and_start_with_enter(qtbot: QtBot, page: StudyPage, study: Path) -> None:
    load(qtbot, page, study)
    field = page.reading.reader.lineEdit()
    assert page.focusWidget() in (page.reading.reader, field)
    qtbot.keyClicks(field, "R5")
    with qtbot.waitSignal(page.reading_wanted) as wanted:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wanted.args[0].reader == "R5"


def test_progress_of_every_reader_is_shown(
    qtbot: QtBot, page: StudyPage, study: Path, read_images: Callable[[Path, str, int], None]
) -> None:
    read_images(study, "R1", 4)
    read_images(study, "R2", 1)
    load(qtbot, page, study)
    names = [each.text() for each in page.findChildren(QLabel, "readerName")]
    counts = [each.text() for each in page.findChildren(QLabel, "readerCount")]
    assert dict(zip(names, counts, strict=True)) == {"R1": "4 of 4", "R2": "1 of 4"}
    assert (tile(page, "tileDone"), tile(page, "tileLeft")) == ("5", "3")
    assert page.findChild(Banner, "nextStep").title.text() == "Reading is under way"
    assert page.reading.reader.itemText(1) == "R2"


def test_after_the_last_reading_a_data_set_comes_next(
    qtbot: QtBot, page: StudyPage, study: Path, read_images: Callable[[Path, str, int], None]
) -> None:
    read_images(study, "R1", 4)
    load(qtbot, page, study)
    with qtbot.waitSignal(page.action_wanted) as wanted:
        page.findChild(QPushButton, "nextStepButton").click()
    assert wanted.args == ["data.build"]


def test_unknown_patients_and_pathology_are_warned_of(
    qtbot: QtBot, page: StudyPage, tmp_path: Path, image_folder: Callable[..., Path]
) -> None:
    target = tmp_path / "Bare"
    create_study(target, image_folder(table=False), scheme=load_scheme("nice"))
    load(qtbot, page, target)
    assert page.findChild(Banner, "warnPatients").title.text() == "Images without a known patient: 4 of 4"
    assert page.findChild(Banner, "warnPathology").title.text() == "Images without pathology: 4 of 4"


def test_start_gives_the_choice_that_was_made(qtbot: QtBot, page: StudyPage, study: Path) -> None:
    load(qtbot, page, study)
    page.start_button.click()  # no reader yet: nothing starts
    page.reading.reader.setEditText("R7")
    with qtbot.waitSignal(page.reading_wanted) as wanted:
        page.start_button.click()
    assert wanted.args[0] == ReadingChoice("R7", None, False, 1, None)


def test_what_is_typed_stays_while_numbers_are_refreshed(
    qtbot: QtBot, page: StudyPage, study: Path, read_images: Callable[[Path, str, int], None]
) -> None:
    load(qtbot, page, study)
    page.reading.reader.setEditText("R7")
    read_images(study, "R1", 1)
    page.load(study, Settings())
    qtbot.waitUntil(lambda: tile(page, "tileDone") == "1")
    assert page.reading.reader.currentText() == "R7"


def test_a_late_answer_about_another_study_is_not_shown(
    qtbot: QtBot, page: StudyPage, study: Path, tmp_path: Path, image_folder: Callable[..., Path]
) -> None:
    other = tmp_path / "Other"
    create_study(other, image_folder("more", 2), scheme=load_scheme("nice"))
    page.load(study, Settings())
    page.load(other, Settings())
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.quality_known)
    assert page.overview is not None
    assert page.overview.name == "Other"


def test_a_folder_that_is_no_study_is_said_on_the_page(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.open_study(tmp_path)
    qtbot.waitUntil(lambda: window.study_page.findChild(Banner, "studyError") is not None)
    assert "is not a study" in window.study_page.findChild(Banner, "studyError").title.text()
    assert window.study is None
    assert window.settings.recent_studies == ()


def test_an_opened_study_is_remembered(qtbot: QtBot, window: MainWindow, study: Path) -> None:
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)
    assert window.windowTitle() == "Polyps"
    assert [each.path for each in SettingsFile(window._file.path).current.recent_studies] == [str(study)]


def test_the_overview_knows_when_quality_was_not_looked_at(study: Path) -> None:
    quick, whole = read_overview(study, quality=False), read_overview(study, quality=True)
    assert not quick.quality_known
    assert whole.quality_known
    assert np.isnan(quick.median_data_loss)
    assert (quick.images, quick.patients, quick.labels) == (whole.images, whole.patients, whole.labels)


class FakeReading(QObject):
    stream_used = Signal(str, str, str)
    closed = Signal(dict)


def test_a_reading_that_cannot_start_is_said(
    qtbot: QtBot, window: MainWindow, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BadInput("Reader R1 is already reading in another window.", "Close that window first.")

    monkeypatch.setattr("gazeannotator.ui.reading.opening.open_reading", refuse)
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)
    assert window.start_reading(ReadingChoice("R1", None, False, 1, None)) is None
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.title.text() == "Reader R1 is already reading in another window."
    dialog.close()
    assert window.reading is None


def test_after_a_reading_the_study_is_read_anew(
    qtbot: QtBot,
    window: MainWindow,
    study: Path,
    read_images: Callable[[Path, str, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, asked = FakeReading(), []
    monkeypatch.setattr(
        "gazeannotator.ui.reading.opening.open_reading",
        lambda *args, **named: asked.append((args, named)) or reading,
    )
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)
    window.study_page.reading.reader.setEditText("R1")
    window.study_page.start_button.click()
    assert asked[0][0] == (study, "R1", None)
    assert asked[0][1]["settings"].last_reader == "R1"
    reading.stream_used.emit("eye:1", "Eye 1", "screen_px")
    assert window.settings.stream_coordinates == {"eye:1": "screen_px"}
    assert window.settings.last_stream == LastStream(source_id="eye:1", name="Eye 1")
    read_images(study, "R1", 2)
    with qtbot.waitSignal(window.reading_ended):
        reading.closed.emit({"answered": 2, "unsaved": "0.2 s of gaze are not on disk."})
    message = QApplication.activeModalWidget()
    assert message is not None
    assert message.title.text() == "0.2 s of gaze are not on disk."
    message.close()
    qtbot.waitUntil(lambda: window.study is not None and window.study.done == 2)
    assert window.stack.currentWidget() is window.study_page


# ---- jobs


def test_a_job_shows_how_far_it_is_and_what_came_out(
    qtbot: QtBot, window: MainWindow, python: Callable[..., Command]
) -> None:
    lines = [
        "events.emit('progress', done=3, total=12, what='image 3')",
        "input()",
        "events.emit('finished', n=7)",
    ]

    def summary(result: dict[str, Any]) -> Summary:
        return Summary("Done", (("Number", str(result["n"])),), ("a note",), "Notes", actions=("train.new",))

    page = window.job_page
    job = window.run_job(Work("Counting", python(*lines), summary))
    qtbot.waitUntil(lambda: page.bar.maximum() == 12)
    assert page.bar.value() == 3
    assert page.count.text() == "3 of 12"
    window.show_welcome()
    assert window.job_bar.isVisible()
    assert window.job_bar.bar.value() == 25
    window.job_bar.show_button.click()
    assert window.stack.currentWidget() is page
    assert not window.job_bar.isVisible()
    with qtbot.waitSignal(page.finished, timeout=JOB_MS):
        job.stop()
    qtbot.waitUntil(lambda: {"Done", "Number", "7", "Notes"} <= set(texts(page)))
    page.findChild(QPushButton, "job.train.new").click()
    assert window.stack.currentWidget() is window.training


def test_a_failed_job_says_what_to_do_and_gives_a_report(
    qtbot: QtBot, window: MainWindow, python: Callable[..., Command]
) -> None:
    lines = [
        "import sys",
        "events.emit('failed', message='The disk is full.', hint='Make room.')",
        "sys.exit(2)",
    ]
    with qtbot.waitSignal(window.job_page.ended, timeout=JOB_MS):
        window.run_job(Work("Building", python(*lines), lambda _: Summary("")))
    qtbot.waitUntil(lambda: {"The disk is full.", "Make room."} <= set(texts(window.job_page)))
    window.job_page.findChild(QPushButton, "jobCopy").click()
    assert "events.emit('failed'" in QApplication.clipboard().text()


def test_a_cancelled_job_says_so(qtbot: QtBot, window: MainWindow, python: Callable[..., Command]) -> None:
    job = window.run_job(
        Work("Waiting", python("input()", "events.emit('cancelled')"), lambda _: Summary(""))
    )
    qtbot.waitUntil(lambda: job.running)
    with qtbot.waitSignal(window.job_page.ended, timeout=JOB_MS):
        window.job_page.stop_button.click()
    qtbot.waitUntil(lambda: "Cancelled" in texts(window.job_page))


# ---- training


def test_only_what_differs_from_the_recipe_is_given() -> None:
    assert changed_options(RECIPES["quick"]) == ["--recipe", "quick"]
    changed = RECIPES["default"].model_copy(update={"epochs": 3, "attention_loss": "none", "lr": 0.001})
    expected = ["--recipe", "default", "--attention-loss", "none", "--epochs", "3", "--lr", "0.001"]
    assert list(changed_options(changed)) == expected


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_fills_the_whole_form(window: MainWindow, recipe: str) -> None:
    setup = window.training.setup
    box = setup.form.fields["recipe"]
    box.setCurrentIndex(box.findData(recipe))
    assert setup.form.value() == RECIPES[recipe]


def test_a_folder_is_proposed_that_is_free(tmp_path: Path) -> None:
    assert next_run_folder(tmp_path, "polyps") == tmp_path / "polyps-1"
    (tmp_path / "polyps-1").mkdir()
    assert next_run_folder(tmp_path, "polyps") == tmp_path / "polyps-2"


def test_training_asks_for_what_is_missing(window: MainWindow, tmp_path: Path) -> None:
    window.show_training()
    setup = window.training.setup
    setup.start_button.click()
    assert setup.findChild(Banner, "trainingProblem").title.text() == "Choose the data set file."
    dataset = tmp_path / "polyps.h5"
    dataset.write_bytes(b"")
    setup.set_dataset(str(dataset))
    assert setup.folder.path() == tmp_path / "runs" / "polyps-1"
    setup.folder.set_path(tmp_path)
    assert setup.problem() == "The folder of the run is not empty. Choose a new one."


EPOCH = (
    "events.emit('epoch', epoch={n}, epochs=4, train_loss=1/{n}, val_loss={loss}, "
    "train_accuracy=.5, val_accuracy=.25)"
)


def test_curves_grow_and_the_result_is_shown(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, python: Callable[..., Command]
) -> None:
    metrics = "metrics={'accuracy': .75, 'ci95': {'accuracy': [.5, .875]}, 'attention': {'cc': None}}"
    lines = [EPOCH.format(n=1, loss="float('nan')"), EPOCH.format(n=2, loss=".5"), "input()"]
    lines.append(f"events.emit('finished', report='report.html', {metrics})")
    monitor = window.training.monitor
    window.training.setCurrentWidget(monitor)
    window.stack.setCurrentWidget(window.training)
    job = monitor.run(python(*lines), tmp_path / "run", 4)
    qtbot.waitUntil(lambda: len(monitor.loss.points) == 2)
    assert monitor.loss.points[1] == (2, 0.5, 0.5)
    assert np.isnan(monitor.loss.points[0][2])
    assert monitor.step.text() == "Epoch 2 of 4"
    assert monitor.bar.value() * 2 == monitor.bar.maximum()
    with qtbot.waitSignal(monitor.finished, timeout=JOB_MS):
        job.stop()
    qtbot.waitUntil(lambda: {"0.750", "95 %: 0.50 to 0.88", "Training finished"} <= set(texts(monitor)))
    assert window.settings.recent_runs == (str(tmp_path / "run"),)


def test_a_stopped_training_is_kept_and_can_go_on(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, python: Callable[..., Command]
) -> None:
    monitor = window.training.monitor
    job = monitor.run(
        python(EPOCH.format(n=1, loss=1), "input()", "events.emit('cancelled')"), tmp_path / "run", 4
    )
    qtbot.waitUntil(lambda: job.running and len(monitor.loss.points) == 1)
    with qtbot.waitSignal(monitor.ended, timeout=JOB_MS):
        monitor.stop_button.click()
    assert monitor.findChild(Banner, "trainingStopped") is not None
    with qtbot.waitSignal(monitor.resume_wanted), qtbot.captureExceptions():
        monitor.findChild(QPushButton, "resumeTraining").click()


def test_a_failed_training_says_why(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, python: Callable[..., Command]
) -> None:
    monitor = window.training.monitor
    with qtbot.waitSignal(monitor.ended, timeout=JOB_MS):
        monitor.run(python("raise ValueError('the data set has one class only')"), tmp_path / "run", 4)
    assert monitor.findChild(Banner, "trainingFailure").title.text() == (
        "ValueError: the data set has one class only"
    )


# ---- parts


@pytest.mark.parametrize(("width", "columns"), [(1200, 7), (600, 4), (200, 1)])
def test_tiles_take_as_many_columns_as_fit(
    qtbot: QtBot, look: QApplication, width: int, columns: int
) -> None:
    tiles = Tiles(tile_width=128)
    qtbot.addWidget(tiles)
    tiles.resize(width, 300)
    tiles.show()
    tiles.set_tiles([StatTile(str(number)) for number in range(7)])
    assert tiles._columns == columns
