from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from gazeannotator.dataset.build import BuildOptions
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.settings import LastStream, Settings, SettingsFile
from gazeannotator.study.model import Protocol
from gazeannotator.study.store import Store
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.dialogs.check import CheckDialog
from gazeannotator.ui.dialogs.dataset_results import built, exported, reported
from gazeannotator.ui.dialogs.datasets import (
    BuildDialog,
    ExportDialog,
    ImportFoldersDialog,
    ReportDialog,
)
from gazeannotator.ui.dialogs.preferences import SettingsDialog
from gazeannotator.ui.dialogs.reading_options import ReadingOptionsDialog
from gazeannotator.ui.dialogs.start_reading import ReadingForm, StartReadingDialog
from gazeannotator.ui.dialogs.studies import ImportImagesDialog, NewStudyDialog
from gazeannotator.ui.window import MainWindow

JOB_MS = 90_000


@pytest.fixture
def show(qtbot: QtBot, look: QApplication) -> Callable[[FormDialog], FormDialog]:
    def add(dialog: FormDialog) -> FormDialog:
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return add


def typed(dialog: FormDialog) -> list[str]:
    """What the dialog would start, after the module's name."""
    return list(dialog.work().command.arguments[2:])


def test_a_dialog_begins_at_its_first_field(show: Callable) -> None:
    dialog = show(NewStudyDialog())
    assert dialog.focusWidget() is dialog.images.edit


def test_new_study_asks_for_what_is_missing(show: Callable, tmp_path: Path, image_folder: Callable) -> None:
    dialog = show(NewStudyDialog())
    steps = [
        (lambda: None, "Choose the folder with the images."),
        (lambda: dialog.images.set_path(tmp_path / "none"), "The folder with the images does not exist."),
        (lambda: dialog.images.set_path(image_folder()), "Give the study a name."),
        (lambda: dialog.name.setText("a/b"), "The name cannot have"),
        (lambda: dialog.name.setText(".hidden"), "The name cannot have"),
        (lambda: dialog.name.setText("Polyps"), ""),
        (lambda: dialog.table.set_path(tmp_path / "none.csv"), "The table does not exist."),
        (lambda: dialog.table.set_path(None), ""),
        (
            lambda: dialog.location.set_path(tmp_path / "none"),
            "The folder to keep the study in does not exist.",
        ),
        (lambda: dialog.location.set_path(tmp_path), ""),
        (lambda: (tmp_path / "Polyps").mkdir(), "There is a folder of that name already."),
        (lambda: dialog.name.setText("Polyps 2"), ""),
        (lambda: dialog.scheme.setCurrentIndex(1), "Choose the scheme file."),
    ]
    dialog.location.set_path(Path.home())
    for change, problem in steps:
        change()
        dialog.accept_button.click()
        if problem:
            assert dialog.isVisible()
            assert dialog.error.text().startswith(problem)
        else:
            assert dialog.problem() == ""
            dialog.open()


def test_the_table_beside_the_images_is_found(show: Callable, image_folder: Callable) -> None:
    dialog = show(NewStudyDialog())
    folder = image_folder()
    dialog.images.set_path(folder)
    assert dialog.table.path() == folder / "metadata.csv"


def test_new_study_becomes_the_public_command(show: Callable, tmp_path: Path, image_folder: Callable) -> None:
    dialog, folder = show(NewStudyDialog()), image_folder()
    dialog.images.set_path(folder)
    dialog.name.setText("Polyps")
    dialog.location.set_path(tmp_path)
    expected = ["study", "create", str(tmp_path / "Polyps"), "--images", str(folder)]
    expected += ["--metadata", str(folder / "metadata.csv"), "--scheme", "nice", "--progress", "json"]
    assert typed(dialog) == expected


def test_reading_options_begin_as_they_are_and_are_checked(show: Callable) -> None:
    protocol = Protocol(time_limit_s=20.0, max_data_loss=0.45, drift_check_every=12, allow_back=False)
    dialog = show(ReadingOptionsDialog("Polyps", protocol, 0))
    assert set(dialog.form.fields) == {each.name for each in dataclasses.fields(Protocol)}
    assert dialog.value() == protocol
    assert dialog.findChild(QLabel, "readingsExist") is None
    # Whoever sets them reads what they mean, and in which unit.
    texts = dialog._texts()
    assert all(each.help for each in texts.values())
    assert {name for name, each in texts.items() if each.unit} == {
        *("fixation_cross_s", "time_limit_s", "minimum_viewing_s", "drift_check_every"),
        *("max_accuracy_deg", "max_distance_change_mm"),
    }
    dialog.form.fields["offer_again"].setChecked(True)
    dialog.form.fields["time_limit_s"].setValue(0)
    assert dialog.value() == dataclasses.replace(protocol, offer_again=True, time_limit_s=None)
    dialog.findChild(QPushButton, "defaultsButton").click()
    assert dialog.value() == Protocol()


def test_reading_options_say_what_becomes_of_readings_that_exist(show: Callable) -> None:
    dialog = show(ReadingOptionsDialog("Polyps", Protocol(), 34))
    assert "34 readings exist. They keep their answers" in dialog.findChild(QLabel, "readingsExist").text()


def test_changed_reading_options_are_kept_in_the_study(qtbot: QtBot, window: MainWindow, study: Path) -> None:
    with qtbot.waitSignal(window.study_opened):
        window.open_study(study)

    def dialog() -> ReadingOptionsDialog | None:
        shown = [each for each in window.findChildren(ReadingOptionsDialog) if each.isVisible()]
        return shown[0] if shown else None

    def stored() -> Protocol:
        with Store.open(study) as store:
            return store.protocol

    window.trigger("session.options")
    qtbot.waitUntil(lambda: dialog() is not None, timeout=JOB_MS)
    dialog().form.fields["drift_check_every"].setValue(25)
    dialog().accept_button.click()
    qtbot.waitUntil(lambda: stored().drift_check_every == 25, timeout=JOB_MS)
    assert stored() == Protocol(drift_check_every=25)


def test_the_build_dialog_begins_with_the_commands_defaults(show: Callable, study: Path) -> None:
    strict = Protocol(max_data_loss=0.15, max_accuracy_deg=1.5)
    dialog = show(BuildDialog(study, "Polyps", None, strict))
    # Those that the command takes from the study are shown as the study has them.
    limits = {"max_data_loss": strict.max_data_loss, "max_accuracy_deg": strict.max_accuracy_deg}
    chosen, defaults = dialog.form.value().model_dump(), {**dataclasses.asdict(BuildOptions()), **limits}
    assert chosen == {name: defaults[name] for name in chosen}
    assert set(limits) <= set(chosen)


def test_build_becomes_the_public_command(show: Callable, study: Path, tmp_path: Path) -> None:
    dialog = show(BuildDialog(study, "Polyps"))
    dialog.target.set_path(tmp_path / "data")
    dialog.form.fields["size"].setValue(64)
    dialog.form.fields["require_validation"].setChecked(True)
    arguments = typed(dialog)
    assert arguments[:5] == ["dataset", "build", str(study), "-o", str(tmp_path / "data.h5")]
    assert arguments[arguments.index("--size") + 1] == "64"
    assert "--require-validation" in arguments
    dialog.form.fields["split"].setText("x")
    assert dialog.problem() == "Correct the marked fields."
    dialog.target.set_path(tmp_path / "none" / "data.h5")
    assert dialog.problem() == "The folder to save in does not exist."
    dialog.target.set_path(tmp_path)
    assert dialog.problem() == "That is a folder: give the file a name."


def test_export_becomes_the_public_command(show: Callable, study: Path, tmp_path: Path) -> None:
    dataset = tmp_path / "polyps.h5"
    dataset.write_bytes(b"")
    dialog = show(ExportDialog(str(dataset), study))
    assert dialog.target.path() == tmp_path / "polyps-export"
    dialog.test_gaze.setChecked(True)
    dialog.original.setChecked(True)
    expected = ["dataset", "export", str(dataset), "--to", "folders", "-o", str(tmp_path / "polyps-export")]
    assert typed(dialog) == [*expected, "--test-gaze", "--study", str(study), "--progress", "json"]
    dialog.target.set_path(study)
    assert dialog.problem() == "The folder to write into is not empty."


def test_every_export_is_offered_with_the_options_that_it_has(
    show: Callable, study: Path, tmp_path: Path
) -> None:
    dataset = tmp_path / "polyps.h5"
    dataset.write_bytes(b"")
    dialog = show(ExportDialog(str(dataset), study))
    assert [dialog.format.itemData(row) for row in range(dialog.format.count())] == list(EXPORTS)
    dialog.test_gaze.setChecked(True)
    dialog.original.setChecked(True)
    helps = set()
    for row, name in enumerate(EXPORTS):
        dialog.format.setCurrentIndex(row)
        helps.add(dialog.help.text())
        arguments = typed(dialog)
        assert arguments[3:5] == ["--to", name]
        assert dialog.test_gaze.isVisible() == ("--test-gaze" in arguments) == (name not in ("bids", "xdf"))
        assert dialog.original.isVisible() == ("--study" in arguments) == (name not in ("csv", "parquet"))
        assert dialog.original.text().startswith("All that was recorded" if name == "xdf" else "Images at")
    assert len(helps) == len(EXPORTS)
    without = show(ExportDialog(str(dataset)))
    assert not without.original.isEnabled()
    assert without.original.toolTip() == "Open the study first."


def test_report_becomes_the_public_command(show: Callable, tmp_path: Path) -> None:
    dialog = show(ReportDialog())
    assert dialog.problem() == "Choose the data set file."
    dataset = tmp_path / "polyps.h5"
    dataset.write_bytes(b"")
    dialog.dataset.set_path(dataset)
    assert dialog.target_file == tmp_path / "polyps-report.html"
    assert dialog.problem() == ""
    dialog.target.set_path(tmp_path / "mine")
    expected = ["dataset", "report", str(dataset), "-o", str(tmp_path / "mine.html"), "--progress", "json"]
    assert typed(dialog) == expected
    dialog.target.set_path(tmp_path / "none" / "r.html")
    assert dialog.problem() == "The folder to save in does not exist."
    dialog.target.set_path(None)
    assert dialog.problem() == "Choose where to save the report."


def test_results_of_exports_and_reports_read_well(tmp_path: Path) -> None:
    notes = ["The gaze of 4 test images is left out (--test-gaze gives it out)."]
    summary = exported({"images": 1200, "left_out": 1, "recordings": 3, "notes": notes}, tmp_path)
    assert summary.notes == tuple(notes)
    assert dict(summary.facts)["Recordings"] == "3"
    summary = reported({"images": 5, "readings": 7, "remarks": []}, tmp_path / "r.html")
    assert dict(summary.facts) == {"Images": "5", "Readings": "7", "File": str(tmp_path / "r.html")}
    assert built({"images": 5}, tmp_path).actions == ("train.new", "data.report", "data.export")


def test_import_of_folders_becomes_the_public_command(show: Callable, tmp_path: Path) -> None:
    dialog = show(ImportFoldersDialog())
    assert dialog.problem() == "Choose the folder of the data set."
    folder = tmp_path / "published"
    folder.mkdir()
    dialog.folder.set_path(folder)
    dialog.scheme.setCurrentIndex(1)
    expected = [
        "dataset",
        "import-folders",
        str(folder),
        "-o",
        str(tmp_path / "published.h5"),
        "--scheme",
        "nice",
    ]
    assert dialog.problem() == ""
    assert typed(dialog) == [*expected, "--progress", "json"]


def test_check_takes_the_study_or_a_file(show: Callable, study: Path, tmp_path: Path) -> None:
    dialog = show(CheckDialog(study, ""))
    assert typed(dialog) == ["study", "check", str(study), "--json"]
    dialog.dataset.setChecked(True)
    assert dialog.problem() == "Choose the data set file."
    without = show(CheckDialog(None, str(tmp_path / "x.h5")))
    assert without.dataset.isChecked()
    assert not without.study.isEnabled()
    assert without.study.toolTip() == "Open a study first."


def test_a_study_is_made_and_what_was_refused_is_listed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, image_folder: Callable
) -> None:
    folder = image_folder()
    (folder / "notes.png").write_text("this is no image", encoding="utf-8")
    dialog = NewStudyDialog(window)
    dialog.images.set_path(folder)
    dialog.name.setText("Polyps 2")
    dialog.location.set_path(tmp_path)
    with qtbot.waitSignal(window.job_page.finished, timeout=JOB_MS):
        window.run_job(dialog.work(), lambda _: window.take_study(tmp_path / "Polyps 2"))
    notes = window.job_page.findChild(QPlainTextEdit, "jobNotes")
    assert notes is not None
    assert "notes.png" in notes.toPlainText()
    assert notes.toPlainText().count("notes.png") == 1
    qtbot.waitUntil(lambda: window.study is not None)
    window.job_page.findChild(QPushButton, "job.session.overview").click()
    assert window.stack.currentWidget() is window.study_page
    assert window.study_page.findChild(QLabel, "studyName").text() == "Polyps 2"
    more = ImportImagesDialog(tmp_path / "Polyps 2", window)
    more.images.set_path(folder)
    with qtbot.waitSignal(window.job_page.finished, timeout=JOB_MS) as result:
        window.run_job(more.work())
    assert result.args[0]["added"] == 0
    assert result.args[0]["already_known"] == 4


def test_damage_of_a_study_is_listed_with_remedies(qtbot: QtBot, window: MainWindow, study: Path) -> None:
    next(study.glob("images/*/*.png")).unlink()
    with qtbot.waitSignal(window.job_page.finished, timeout=JOB_MS):
        window.run_job(CheckDialog(study, "", window).work())
    assert window.job_page.findChild(QPlainTextEdit, "jobNotes").toPlainText()


def test_settings_are_kept_for_each_screen(show: Callable) -> None:
    dialog = show(SettingsDialog(Settings()))
    dialog.form.fields["viewing_distance_mm"].setValue(700)
    assert dialog.value() == Settings(viewing_distance_mm=700)
    dialog.width_mm.setValue(527)
    dialog.height_mm.setValue(296)
    name = dialog.screen_name.currentText()
    assert dialog.value().screens_mm == {name: (527, 296)}


def test_the_patch_for_a_photodiode_is_off_until_a_corner_is_chosen(show: Callable) -> None:
    dialog = show(SettingsDialog(Settings()))
    corner = dialog.form.fields["photodiode_corner"]
    assert (corner.currentText(), corner.count()) == ("none", 5)
    corner.setCurrentIndex(corner.findText("bottom left"))
    dialog.form.fields["photodiode_size_mm"].setValue(20)
    assert dialog.value() == Settings(photodiode_corner="bottom_left", photodiode_size_mm=20)


@pytest.fixture
def form(qtbot: QtBot, look: QApplication, no_search: None) -> ReadingForm:
    settings = Settings(last_reader="R2", last_stream=LastStream(source_id="eye:2", name="Eye 2"))
    result = ReadingForm(settings, ["R1", "R2"])
    qtbot.addWidget(result)
    return result


STREAMS = [
    {"name": "Eye 1", "source_id": "eye:1", "rate_hz": 60.0, "coordinates": "normalised"},
    {"name": "Eye 2", "source_id": "eye:2", "rate_hz": 250.0, "coordinates": "unknown", "simulated": True},
    {"name": "Glasses", "source_id": "eye:3", "rate_hz": 50.0, "coordinates": "scene_camera"},
]


def test_reader_and_tracker_of_last_time_are_chosen(form: ReadingForm) -> None:
    form._found({"streams": STREAMS})
    choice = form.choice()
    assert choice is not None
    assert (choice.reader, choice.stream, choice.without_gaze) == ("R2", "eye:2", False)
    assert form.stream.currentText() == "Eye 2  (250 Hz, simulated)"
    assert form.stream.findData("eye:3") == -1  # glasses do not look at a screen


def test_nobody_reads_under_the_code_of_somebody_else(
    qtbot: QtBot, look: QApplication, no_search: None
) -> None:
    form = ReadingForm(Settings(last_reader="of-another-study"), ["R1", "R2"])
    qtbot.addWidget(form)
    assert form.reader.currentText() == ""
    assert form.choice() is None
    assert form.reader.property("wrong") is True
    form.reader.setEditText("R2")
    assert form.reader.property("wrong") is False


def test_one_can_wait_for_a_tracker_or_do_without(form: ReadingForm) -> None:
    form._found({"streams": []})
    choice = form.choice()
    assert choice is not None
    assert (choice.stream, choice.without_gaze) == (None, False)
    form.stream.setCurrentIndex(1)
    choice = form.choice()
    assert choice is not None
    assert (choice.stream, choice.without_gaze) == (None, True)
    assert "No gaze will be recorded" in form.hint.text()


def test_the_public_command_is_asked_for_trackers(qtbot: QtBot, look: QApplication) -> None:
    form = ReadingForm(Settings())
    qtbot.addWidget(form)
    form.show()
    assert form.hint.text() == "Looking for eye trackers…"
    qtbot.waitUntil(lambda: form.hint.text().startswith("None was found yet."), timeout=JOB_MS)
    assert form.search_button.isEnabled()


def test_a_search_that_fails_says_why(form: ReadingForm) -> None:
    form._not_found("LSL cannot be loaded.", "Install liblsl.", "")
    assert form.hint.text() == "LSL cannot be loaded. Install liblsl."


def test_what_is_typed_survives_a_refresh(form: ReadingForm) -> None:
    form.reader.setEditText("R9")
    form.set_readers(["R1", "R2", "R3"])
    assert form.reader.currentText() == "R9"


def test_a_window_can_be_chosen_in_place_of_the_full_screen(form: ReadingForm) -> None:
    form.display.setCurrentIndex(form.display.count() - 1)
    choice = form.choice()
    assert choice is not None
    assert choice.windowed == (1024, 768)


def test_the_choice_of_a_screen_survives_a_new_screen(form: ReadingForm) -> None:
    form.display.setCurrentIndex(1)
    before = form.display.currentData()
    QApplication.instance().screenAdded.emit(QApplication.primaryScreen())
    assert form.display.currentData() == before
    assert form.display.count() == 3


def test_no_reading_starts_without_a_reader(show: Callable, settings: SettingsFile, no_search: None) -> None:
    dialog = show(StartReadingDialog(None, settings.current, []))
    dialog.accept_button.click()
    assert dialog.isVisible()
    assert dialog.error.text() == "Type the reader's code."
    dialog.form.reader.setEditText("R1")
    dialog.accept_button.click()
    assert not dialog.isVisible()
