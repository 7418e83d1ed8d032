from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.errors import BadInput
from gazeannotator.ui import messages, report
from gazeannotator.ui.messages import MessageDialog, UnexpectedErrors
from gazeannotator.ui.report import Reporter

SECRETS = ("Smith", "P-00123", "/data/hospital", "jane.doe", "reader R7")


@pytest.fixture
def reporter(tmp_path: Path, look: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reporter]:
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    result = Reporter()
    result.install(tmp_path / "log")
    yield result
    result.uninstall()


@pytest.fixture
def unexpected(reporter: Reporter) -> Iterator[UnexpectedErrors]:
    result = UnexpectedErrors(reporter)
    yield result
    if result.dialog is not None:
        result.dialog.close()


def fail_with_secrets() -> None:
    patient = "P-00123"
    try:
        raise FileNotFoundError(2, "No such file", "/data/hospital/Smith.png")
    except FileNotFoundError as error:
        raise KeyError(f"patient {patient} of jane.doe, reader R7") from error


def raise_through_the_hook() -> None:
    try:
        fail_with_secrets()
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)


def test_an_unexpected_error_is_shown_and_the_program_goes_on(
    qtbot: QtBot, unexpected: UnexpectedErrors
) -> None:
    raise_through_the_hook()
    dialog = unexpected.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.findChild(QPushButton, "messageAccept").click()
    assert unexpected.dialog is None


def test_a_row_of_errors_opens_one_dialog(unexpected: UnexpectedErrors, reporter: Reporter) -> None:
    raise_through_the_hook()
    first = unexpected.dialog
    raise_through_the_hook()
    assert unexpected.dialog is first
    assert reporter.text().count("fail_with_secrets") >= 2


def test_the_saved_log_has_the_place_and_no_patient_data(
    unexpected: UnexpectedErrors, reporter: Reporter, tmp_path: Path
) -> None:
    raise_through_the_hook()
    logging.getLogger("gazeannotator.study").warning(
        "refused %s of %s", "/data/hospital/Smith.png", "P-00123"
    )
    logging.getLogger("some.library").error("cannot open '/data/hospital/Smith.png' for jane.doe@example.org")
    qWarning("QPixmap: cannot read /data/hospital/Smith.png")
    target = tmp_path / "saved.txt"
    unexpected.save_log(target)
    saved = target.read_text("utf-8")
    on_disk = (tmp_path / "log" / report.LOG_FILE).read_text("utf-8")
    for text in (saved, on_disk):
        for secret in (each for each in SECRETS if each != "jane.doe"):
            # Source lines of this very test quote the secrets; nothing else may.
            lines = [line for line in text.splitlines() if secret in line and "test_messages.py" not in line]
            assert lines == []
        assert "KeyError" in text
        assert "FileNotFoundError [ENOENT: No such file or directory]" in text
        assert "ui/test_messages.py" in text
        assert "gazeannotator.study: refused %s of %s" in text
    assert str(Path.home()) not in saved
    assert "Qt 6." in saved


def test_what_is_shown_as_details_is_what_would_be_saved(
    unexpected: UnexpectedErrors, reporter: Reporter
) -> None:
    raise_through_the_hook()
    assert unexpected.dialog is not None
    assert unexpected.dialog.details.toPlainText() in reporter.text()


def test_a_log_that_cannot_be_saved_is_said(
    unexpected: UnexpectedErrors, tmp_path: Path, qtbot: QtBot
) -> None:
    raise_through_the_hook()
    unexpected.save_log(tmp_path)  # a folder
    shown = unexpected.dialog.findChildren(MessageDialog)
    said = [each for each in shown if each.title.text() == "The log could not be saved."]
    assert len(said) == 1
    said[0].close()


def test_an_error_of_another_thread_is_shown_in_the_gui_thread(
    qtbot: QtBot, unexpected: UnexpectedErrors
) -> None:
    thread = threading.Thread(target=fail_with_secrets)
    thread.start()
    thread.join()
    assert unexpected.dialog is None  # not from there
    qtbot.waitUntil(lambda: unexpected.dialog is not None)


def test_hooks_are_given_back(reporter: Reporter) -> None:
    before = sys.excepthook
    assert before == reporter._on_exception
    reporter.uninstall()
    assert sys.excepthook != before
    assert [each for each in logging.getLogger().handlers if type(each).__module__ == report.__name__] == []


def test_a_log_folder_without_rights_is_no_obstacle(look: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    reporter = Reporter()
    reporter.install(tmp_path / "file" / "log")
    reporter.uninstall()
    assert "the log file cannot be written" in reporter.text()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("cannot read /home/jane/a b.png", "cannot read …"),
        (r"cannot read C:\Users\jane\x.png", "cannot read …"),
        ("no 'Smith John' here", "no … here"),
        ("patient 00123 twice", "patient # twice"),
        ("nothing special", "nothing special"),
    ],
)
def test_texts_of_libraries_are_scrubbed(text: str, clean: str) -> None:
    assert report.scrub(text) == clean


def test_a_users_error_shows_message_hint_and_details_on_demand(qtbot: QtBot, look: QApplication) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    dialog = messages.show_error(
        parent, BadInput("x.png is not an image.", "Export it again."), details="line 1"
    )
    assert dialog.isVisible()
    assert dialog.title.text() == "x.png is not an image."
    assert dialog.text.text() == "Export it again."
    assert dialog.details.isHidden()
    button = dialog.findChild(QPushButton, "messageDetailsButton")
    button.click()
    assert dialog.details.isVisible()
    assert button.text() == "Hide details"
    dialog.findChild(QPushButton, "messageAccept").click()
    assert not dialog.isVisible()


@pytest.mark.parametrize(("name", "expected"), [("messageAccept", [True]), ("messageReject", [])])
def test_a_question_calls_back_on_yes_only(
    qtbot: QtBot, look: QApplication, name: str, expected: list[bool]
) -> None:
    answers: list[bool] = []
    dialog = messages.ask(None, "Sure?", "", accept_text="Do it", accepted=lambda: answers.append(True))
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, name).click()
    assert answers == expected
    assert dialog.result() == (QDialog.DialogCode.Accepted if expected else QDialog.DialogCode.Rejected)
