"""The dialog that asks for gaze of other programs, and the job that it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.csv_table import MEANINGS
from gazeannotator.tracking.formats.registry import FORMATS
from gazeannotator.ui.dialogs.gaze_columns import meaning_texts
from gazeannotator.ui.dialogs.import_gaze import ImportGazeDialog
from gazeannotator.ui.dialogs.import_gaze_texts import (
    XDF,
    about_texts,
    format_texts,
    import_summary,
    placement_texts,
)
from gazeannotator.ui.window import MainWindow

JOB_MS = 90_000
TABLE = "file,t,GazeX,GazeY\n" + "".join(f"Smith_0.png,{k * 0.01},{10 + k % 2},12\n" for k in range(40))


@pytest.fixture
def dialog(qtbot: QtBot, look: QApplication, study: Path) -> ImportGazeDialog:
    made = ImportGazeDialog(study, ["R1", "R2"])
    qtbot.addWidget(made)
    made.open()
    return made


def choose(dialog: ImportGazeDialog, kind: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(kind))


def typed(dialog: ImportGazeDialog) -> list[str]:
    return list(dialog.work().command.arguments[2:-2])


def shown(dialog: ImportGazeDialog) -> set[str]:
    return {name for name, row in dialog._rows.items() if not row.isHidden()}


def wait_for_columns(qtbot: QtBot, dialog: ImportGazeDialog) -> None:
    qtbot.waitUntil(lambda: len(dialog.columns.choices) > 0)


def test_every_format_and_every_meaning_has_words() -> None:
    assert list(format_texts()) == list(about_texts()) == [*FORMATS, XDF]
    assert set(meaning_texts()) == {"", *MEANINGS}
    assert set(placement_texts()) == {"", "fit", "fill", "original"}


def test_only_what_means_something_for_the_format_is_asked(dialog: ImportGazeDialog) -> None:
    common = {"reader", "more", "screen_px", "screen_mm", "distance_mm", "labels"}
    for kind, own in {
        "miceye": {"display_height", "rate_hz"},
        "tobii-tsv": {"placement", "participant"},
        "eyelink-asc": {"image_column", "placement", "onset_message"},
        "eyelink-fixations": {
            "image_column",
            "coordinates",
            "display_height",
            "placement",
            "participant",
        },
        "csv": {"columns", "coordinates", "display_height", "placement", "rate_hz", "participant"},
    }.items():
        choose(dialog, kind)
        assert shown(dialog) == common | own, kind
    choose(dialog, XDF)
    assert shown(dialog) == {"without_gaze", "damaged"}


def test_a_log_of_miceye_becomes_the_public_command(
    dialog: ImportGazeDialog, study: Path, tmp_path: Path
) -> None:
    choose(dialog, "miceye")
    assert dialog.problem() == "Choose the file."
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    dialog.files.set_paths(files)
    assert dialog.problem() == "a.csv does not exist."
    for each in files:
        each.write_text("")
    assert dialog.problem() == "Say who looked: a reader code."
    dialog.reader.setCurrentText("R3")
    assert dialog.problem() == ""
    expected = ["study", "import-gaze", str(study), *map(str, files), "--from", "miceye", "--reader", "R3"]
    assert typed(dialog) == expected
    dialog.rate.setText("ninety")
    assert dialog.problem() == "Samples a second are a number, such as 90."
    dialog.rate.setText("90")
    dialog.screen_px.setText("wide")
    assert dialog.problem() == "Write the screen's pixels as in 1920x1080."
    dialog.screen_px.setText("2560x1440")
    dialog.height_px.setValue(800)
    dialog.labels.setText("0=1")
    dialog.participant.setText("left over from another format")
    assert dialog.problem() == ""
    options = ["--display-height", "800", "--rate", "90", "--screen-px", "2560x1440", "--labels", "0=1"]
    assert typed(dialog) == expected + options


def test_xdf_becomes_its_own_command(dialog: ImportGazeDialog, study: Path, tmp_path: Path) -> None:
    choose(dialog, XDF)
    path = tmp_path / "a.xdf"
    path.write_bytes(b"XDF:")
    dialog.files.set_paths([path])
    assert dialog.problem() == ""
    assert typed(dialog) == ["study", "import-xdf", str(study), str(path)]
    dialog.damaged.setChecked(True)
    dialog.without_gaze.setChecked(True)
    assert typed(dialog)[4:] == ["--without-gaze", "--damaged"]


def test_columns_are_shown_with_what_stands_in_them(
    qtbot: QtBot, dialog: ImportGazeDialog, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE.replace("file,", "image,"))
    choose(dialog, "csv")
    dialog.files.set_paths([path])
    dialog.reader.setCurrentText("R1")
    wait_for_columns(qtbot, dialog)
    texts = [each.toolTip() for each in dialog.columns.findChildren(QLabel)]
    assert "10, 11, 10, 11, 10" in texts
    assert dialog.columns.chosen() == {"image": "image"}
    assert dialog.problem() == "Say which columns are x and y of the gaze point."
    for number, meaning in ((2, "x"), (3, "x")):
        choice = dialog.columns.choices[number][1]
        choice.setCurrentIndex(choice.findData(meaning))
    assert dialog.problem() == "Two columns are said to be the same."
    choice.setCurrentIndex(choice.findData("y"))
    assert dialog.problem() == ""
    assert typed(dialog)[-2:] == ["--columns", "image=image,x=GazeX,y=GazeY"]


def test_a_file_that_is_no_table_says_so(qtbot: QtBot, dialog: ImportGazeDialog, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\0\1\2")
    choose(dialog, "csv")
    dialog.files.set_paths([path])
    dialog.reader.setCurrentText("R1")
    qtbot.waitUntil(
        lambda: any("is no text file" in each.text() for each in dialog.columns.findChildren(QLabel)),
        timeout=10_000,
    )
    assert dialog.problem() == "The columns of the file are not known yet."


def test_a_table_is_imported_as_a_job(qtbot: QtBot, window: MainWindow, study: Path, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.study_opened, timeout=JOB_MS):
        window.open_study(study)
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    window.actions_.by_id["file.import_gaze"].trigger()
    dialog = window.findChild(ImportGazeDialog)
    choose(dialog, "csv")
    dialog.files.set_paths([path])
    dialog.reader.setCurrentText("R9")
    wait_for_columns(qtbot, dialog)
    for number, meaning in enumerate(("image", "time_s", "x", "y")):
        choice = dialog.columns.choices[number][1]
        choice.setCurrentIndex(choice.findData(meaning))
    dialog.accept()
    qtbot.waitUntil(lambda: not window.job_page.busy, timeout=JOB_MS)
    headings: list[str] = [each.text() for each in window.job_page.findChildren(QLabel)]
    assert "The gaze is in the study" in headings
    with Store.open(study) as store:
        (reading,) = store.readings()
    assert (reading.reader, reading.source, reading.label) == ("R9", "imported:csv", None)
    with qtbot.waitSignal(window.study_opened, timeout=JOB_MS):
        window.show_study()
    # Gaze without answers is enough for a data set.
    assert window.study.gaze_only == 1
    window.actions_.refresh()
    assert window.actions_.by_id["data.build"].isEnabled()


def test_how_a_result_reads() -> None:
    whole = import_summary({"sessions": 1, "readings": 3, "gaze_samples": 1000, "notes": ["a"]})
    assert (whole.tone, whole.headline, whole.notes) == ("success", "The gaze is in the study", ("a",))
    partly = import_summary({"sessions": 1, "refused": [{"where": "a.csv line 2", "message": "no image"}]})
    assert partly.tone == "warning"
    assert partly.notes == ("a.csv line 2: no image",)
    assert import_summary({"already_known": 1}).headline == "All of it was in the study already"


def test_every_field_can_be_reached_and_is_named(dialog: ImportGazeDialog) -> None:
    for kind in format_texts():
        choose(dialog, kind)
        for each in dialog.findChildren(QWidget):
            if (
                each.isVisible()
                and not isinstance(each, (QLabel, QPushButton))
                and each.objectName()
                in (
                    "gazeReader",
                    "gazeRate",
                    "gazeCoordinates",
                    "gazePlacement",
                    "displayHeight",
                    "imageColumn",
                )
            ):
                assert each.accessibleName()


def test_the_dialog_is_closed_by_a_good_answer_only(
    qtbot: QtBot, dialog: ImportGazeDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.error.text() == "Choose the file."
