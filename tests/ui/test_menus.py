from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.settings import LastStream, SettingsFile
from gazeannotator.tracking.mapping import StreamMapping
from gazeannotator.ui.jobs import Command, Summary, Work
from gazeannotator.ui.window import MainWindow

ACTIONS = {
    "file": [
        "file.new",
        "file.open",
        "file.all",
        "file.import",
        "file.video",
        "file.import_gaze",
        "file.review",
        "file.settings",
        "file.quit",
    ],
    "session": ["session.read", "session.tracker", "session.options", "session.operator", "session.overview"],
    "data": ["data.build", "data.check", "data.export", "data.report", "data.folders"],
    "train": ["train.new", "train.report"],
    "help": ["help.guide", "help.keys", "help.about"],
}
NEED_A_STUDY = (
    "file.import",
    "file.import_gaze",
    "session.read",
    "session.options",
    "session.overview",
    "data.build",
)
DIALOGS = {
    "file.new": "newStudyDialog",
    "file.import": "importImagesDialog",
    "file.import_gaze": "importGazeDialog",
    "file.settings": "settingsDialog",
    "session.read": "startReadingDialog",
    "session.options": "readingOptionsDialog",
    "data.build": "buildDialog",
    "data.check": "checkDialog",
    "data.export": "exportDialog",
    "data.report": "reportDialog",
    "data.folders": "importFoldersDialog",
    "help.guide": "guideDialog",
    "help.keys": "keysDialog",
    "help.about": "aboutDialog",
}


@pytest.fixture
def window_with_study(
    qtbot: QtBot, window: MainWindow, study: Path, read_images: Callable[[Path, str, int], None]
) -> MainWindow:
    read_images(study, "R1", 1)
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)
    return window


def open_dialog(window: MainWindow) -> QDialog | None:
    # Not QApplication.topLevelWidgets(): it also wraps windows that Qt makes and deletes by itself, and a
    # wrapper that outlives its window crashes when the address is used again.
    shown = [each for each in window.findChildren(QDialog) if each.isVisible()]
    return shown[0] if shown else None


def test_every_action_is_in_its_menu(window: MainWindow) -> None:
    for menu, names in ACTIONS.items():
        found = [each.objectName() for each in window.actions_.menus[menu].actions()]
        assert [name for name in found if name in window.actions_.by_id] == names
    assert set(window.actions_.by_id) == {name for names in ACTIONS.values() for name in names}


def test_no_two_actions_share_a_shortcut_or_a_mnemonic(window: MainWindow) -> None:
    keys = [
        each.shortcut().toString() for each in window.actions_.by_id.values() if not each.shortcut().isEmpty()
    ]
    assert len(keys) == len(set(keys))
    for menu in window.actions_.menus.values():
        texts = [each.text() for each in menu.actions() if "&" in each.text()]
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert len(letters) == len(set(letters)), texts


def test_without_a_study_what_needs_one_is_greyed_and_says_so(window: MainWindow) -> None:
    for name in NEED_A_STUDY:
        action = window.actions_.by_id[name]
        assert not action.isEnabled()
        assert action.toolTip() == "Open a study first."
    assert all(menu.toolTipsVisible() for menu in window.actions_.menus.values())


def test_the_empty_list_of_recent_studies_is_greyed_and_says_so(window: MainWindow) -> None:
    action = window.actions_.menus["file.recent"].menuAction()
    assert not action.isEnabled()
    assert action.toolTip() == "No study was open yet."


def test_a_study_opens_from_the_list_of_recent_ones(qtbot: QtBot, window_with_study: MainWindow) -> None:
    window = window_with_study
    window.show_welcome()
    recent = window.actions_.menus["file.recent"].actions()
    assert [each.text() for each in recent] == ["Polyps"]
    with qtbot.waitSignal(window.study_opened):
        recent[0].trigger()
    assert window.stack.currentWidget() is window.study_page


def test_a_study_without_images_cannot_be_read_nor_built(
    qtbot: QtBot, window: MainWindow, study: Path
) -> None:
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)
    assert window.actions_.by_id["session.read"].isEnabled()
    assert "Nothing has been read yet" in window.actions_.by_id["data.build"].toolTip()


def test_while_a_job_runs_others_wait_and_say_so(
    qtbot: QtBot, window_with_study: MainWindow, python: Callable[..., Command]
) -> None:
    window = window_with_study
    job = window.run_job(
        Work("Waiting", python("input()", "events.emit('cancelled')"), lambda _: Summary(""))
    )
    for name in ("file.new", "file.import", "data.build", "data.check", "data.export", "data.folders"):
        window.actions_.refresh()
        assert not window.actions_.by_id[name].isEnabled()
        assert "Other work is running" in window.actions_.by_id[name].toolTip()
    assert window.actions_.by_id["session.read"].isEnabled()
    with qtbot.waitSignal(job.cancelled):
        window.job_page.stop()
    assert window.actions_.by_id["data.build"].isEnabled()


@pytest.mark.parametrize(("name", "dialog_name"), DIALOGS.items())
def test_actions_open_their_dialogs(
    qtbot: QtBot, window_with_study: MainWindow, name: str, dialog_name: str
) -> None:
    window = window_with_study
    window.trigger(name)
    dialog = open_dialog(window)
    assert dialog is not None
    assert dialog.objectName() == dialog_name
    assert dialog.windowTitle()
    dialog.reject()
    assert open_dialog(window) is None


def test_actions_show_their_pages(window_with_study: MainWindow) -> None:
    window = window_with_study
    window.trigger("train.new")
    assert window.stack.currentWidget() is window.training
    window.trigger("session.overview")
    assert window.stack.currentWidget() is window.study_page
    window.trigger("file.all")
    assert window.stack.currentWidget() is window.welcome
    window.trigger("session.tracker")
    assert window.stack.currentWidget().objectName() == "trackerPage"


def test_a_tracker_that_is_chosen_is_remembered_and_the_study_comes_back(
    qtbot: QtBot, window_with_study: MainWindow
) -> None:
    window = window_with_study
    window.trigger("session.tracker")
    window.stack.currentWidget().stream_chosen.emit("eye:1", "Eye 1", "normalised")
    assert window.stack.currentWidget() is window.study_page
    assert window.settings.last_stream == LastStream(source_id="eye:1", name="Eye 1")
    assert window.settings.stream_coordinates == {"eye:1": "normalised"}


def test_a_mapping_is_remembered(window_with_study: MainWindow) -> None:
    window = window_with_study
    window.trigger("session.tracker")
    told = StreamMapping(("a", "b"), {"x": 0, "y": 1}, "percent")
    window.stack.currentWidget().stream_chosen.emit("eye:1", "Eye 1", told)
    assert window.settings.answer_for("eye:1") == told
    assert SettingsFile(window._file.path).current.answer_for("eye:1") == told
    # A stream that needs no answer takes none away.
    window.trigger("session.tracker")
    window.stack.currentWidget().stream_chosen.emit("eye:1", "Eye 1", "")
    assert window.settings.answer_for("eye:1") == told


def test_choosing_a_study_opens_it(
    qtbot: QtBot, window: MainWindow, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gazeannotator.ui.commands.QFileDialog.getExistingDirectory", lambda *_: str(study))
    with qtbot.waitSignal(window.study_opened):
        window.trigger("file.open")
    assert window.study is not None
    assert window.study.name == "Polyps"


def test_a_report_is_opened_with_the_systems_program(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, opened = tmp_path / "report.html", []
    monkeypatch.setattr("gazeannotator.ui.commands.QFileDialog.getOpenFileName", lambda *_: (str(report), ""))
    monkeypatch.setattr("gazeannotator.ui.commands.open_file", lambda path: opened.append(path) or True)
    window.trigger("train.report")
    assert opened == [report]


def test_a_report_that_no_program_opens_is_said(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gazeannotator.ui.commands.QFileDialog.getOpenFileName", lambda *_: ("/r.html", ""))
    monkeypatch.setattr("gazeannotator.ui.commands.open_file", lambda _: False)
    window.trigger("train.report")
    dialog = open_dialog(window)
    assert dialog is not None
    assert dialog.title.text() == "No program opens this file."
    dialog.accept()


def test_quit_closes_the_window(window: MainWindow) -> None:
    window.trigger("file.quit")
    assert not window.isVisible()


def test_quitting_while_work_runs_asks_and_stops_it(
    qtbot: QtBot, window: MainWindow, python: Callable[..., Command]
) -> None:
    job = window.run_job(
        Work("Waiting", python("input()", "events.emit('cancelled')"), lambda _: Summary(""))
    )
    window.close()
    question = open_dialog(window)
    assert window.isVisible()
    assert question is not None
    with qtbot.waitSignal(job.cancelled):
        question.accept()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_the_operator_view_can_be_opened_while_somebody_reads(window: MainWindow) -> None:
    action = window.actions_.by_id["session.operator"]
    assert not action.isEnabled()
    assert action.toolTip() == "Nobody is reading now."
    opened: list[bool] = []
    operator = SimpleNamespace(open=lambda: opened.append(True))
    window.reading = SimpleNamespace(operator=operator)  # stands for a reading window
    window.trigger("session.operator")
    assert opened == [True]
    window.reading = None


def test_no_window_is_closed_while_somebody_reads(window: MainWindow) -> None:
    window.reading = window.welcome  # stands for a reading window
    window.close()
    message = open_dialog(window)
    assert window.isVisible()
    assert message is not None
    message.accept()
    window.reading = None


def test_the_window_comes_back_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 650)
    window.close()
    again = MainWindow(window._file)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (900, 650)


def test_a_report_opens_when_it_is_written(
    qtbot: QtBot, window_with_study: MainWindow, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("gazeannotator.ui.commands.open_file", lambda path: opened.append(path) or True)
    build([study], tmp_path / "polyps.h5", BuildOptions(size=32))
    window = window_with_study
    window.trigger("data.report")
    dialog = open_dialog(window)
    assert dialog is not None
    dialog.dataset.set_path(tmp_path / "polyps.h5")
    with qtbot.waitSignal(window.job_page.finished, timeout=120_000):
        dialog.accept_button.click()
    qtbot.waitUntil(lambda: opened == [tmp_path / "polyps-report.html"])
    assert "Data-set report" in opened[0].read_text(encoding="utf-8")
    notes = window.job_page.findChild(QPlainTextEdit, "jobNotes")
    assert notes is not None
    assert "One reader only" in notes.toPlainText()
