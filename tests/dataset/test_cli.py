import json
import shutil
import subprocess
import sys

import h5py
import pytest
from typer.testing import CliRunner

from gazeannotator.cli.dataset import app
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.schema import validate


@pytest.fixture
def run():
    runner = CliRunner()

    def call(*arguments, code=0):
        result = runner.invoke(app, [str(each) for each in arguments])
        assert result.exit_code == code, result.output
        return result

    return call


def events(*arguments, code=0):
    """Run a command as the app does: its stdin stays open, or it would take that for a stop."""
    command = [sys.executable, "-c", "from gazeannotator.cli.dataset import app; app()", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "--progress", "json"], stdin=pipe, stdout=pipe, text=True) as process:
        lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == code
    return lines


def test_parts_without_images_are_warned_of(run, small_study, tmp_path):
    data, tree = tmp_path / "d.h5", tmp_path / "tree"
    built = run("build", small_study.store.path, "-o", data, "--size", 64, "--split", "70/30/0")
    assert "Parts without any image: test (nothing to judge" in built.stderr
    whole = run("build", small_study.store.path, "-o", data, "--size", 64)
    assert "Parts without" not in whole.stderr
    run("export", data, "--to", "folders", "-o", tree)
    again = ("import-folders", tree, "-o", tmp_path / "again.h5", "--size", 64)
    assert "Parts without" not in run(*again).stderr
    shutil.rmtree(tree / "val")
    assert "Parts without any image: validation (nothing to stop" in run(*again).stderr


def test_folds_and_a_split_from_a_table(run, small_study, tmp_path):
    data, study, table = tmp_path / "d.h5", small_study.store.path, tmp_path / "split.csv"
    lines = [
        f"{each.id},{'test' if n >= 14 else 'train'}" for n, each in enumerate(small_study.store.images())
    ]
    table.write_text("\n".join(["image,split", *lines]), encoding="utf-8")
    built = run("build", study, "-o", data, "--size", 64, "--split", table, "--folds", 5)
    assert "(14 train, 0 validation, 6 test)" in built.stdout
    assert "Parts without any image: validation" in built.stderr
    assert "4, 4, 4, 4, 4" in run("info", data).stdout
    assert json.loads(run("info", data, "--json").stdout)["folds"] == [4] * 5
    assert run("check", data).stdout
    for wrong, words in ((1, "from 2 to 100"), (11, "10 patients are too few for 11 folds")):
        said = run("build", study, "-o", tmp_path / "no.h5", "--folds", wrong, code=2).stderr
        assert words in said
    said = run("build", study, "-o", tmp_path / "no.h5", "--split", tmp_path / "none.csv", code=2).stderr
    assert "There is no file" in said
    assert not (tmp_path / "no.h5").exists()


def test_build_info_check_report_and_export_go_together(run, small_study, tmp_path):
    data, study = tmp_path / "d.h5", small_study.store.path
    said = run(
        "build", small_study.store.path, "-o", data, "--size", 64, "--seed", 3, "--split", "50/25/25"
    ).stdout
    assert "20 images of 10 patients" in said
    assert "20 of 20 readings are used" in said
    assert validate(data) == []
    assert "20 on a grid of 64 px, 20 with gaze" in run("info", data).stdout
    facts = json.loads(run("info", data, "--json").stdout)
    assert facts["images"] == 20
    assert facts["grid_px"] == 64
    assert "whole data set" in run("check", data).stdout
    assert json.loads(run("check", data, "--json").stdout) == {"ok": True, "problems": []}
    for layout in EXPORTS:
        said = run("export", data, "--to", layout, "-o", tmp_path / layout).stdout
        assert "20 images" in said
        assert (tmp_path / layout / "README.md").is_file()
    said = run("export", data, "--to", "xdf", "-o", tmp_path / "raw", "--study", study).stdout
    assert "Recordings: 1." in said
    said = run("report", data, "-o", tmp_path / "report.html").stdout
    assert "20 images, 20 readings" in said
    assert "One reader only" in said
    again = run(
        "import-folders", tmp_path / "folders", "-o", tmp_path / "again.h5", "--size", 64, "--scheme", "nice"
    )
    assert "20 images" in again.stdout
    assert "Patients are not known" in again.stderr
    assert validate(tmp_path / "again.h5") == []


def test_programs_get_json_lines(run, small_study, tmp_path):
    lines = events("build", small_study.store.path, "-o", tmp_path / "d.h5", "--size", 64)
    assert [each["event"] for each in (lines[0], lines[1], lines[-1])] == ["started", "progress", "finished"]
    assert lines[-1]["images"] == 20
    assert lines[-1]["dataset"] == str(tmp_path / "d.h5")
    assert all(each["v"] == 1 for each in lines)
    lines = events("export", tmp_path / "d.h5", "--to", "folders", "-o", tmp_path / "out")
    assert lines[-1]["event"] == "finished"
    lines = events("report", tmp_path / "d.h5", "-o", tmp_path / "report.html")
    assert {each["what"] for each in lines if each["event"] == "progress"} == {"Images"}
    assert lines[-1]["report"] == str(tmp_path / "report.html")
    lines = events("import-folders", tmp_path / "out", "-o", tmp_path / "e.h5", "--size", 64)
    assert lines[-1]["refused"] == []


def test_failures_are_one_line_and_exit_2(run, small_study, tmp_path):
    text = tmp_path / "text.h5"
    text.write_text("no", encoding="utf-8")
    study = small_study.store.path
    for arguments in (
        ("info", text),
        ("check", text),
        ("export", text, "--to", "csv", "-o", tmp_path / "x"),
        ("build", tmp_path / "none", "-o", tmp_path / "d.h5"),
        ("build", study, "-o", tmp_path / "d.h5", "--method", "magic"),
        ("build", study, "-o", tmp_path / "d.h5", "--split", "1/2"),
        ("build", study, "-o", tmp_path / "d.h5", "--seed", -1),
        ("export", text, "--to", "paper", "-o", tmp_path / "x"),
        ("import-folders", tmp_path / "none", "-o", tmp_path / "d.h5"),
        ("import-folders", tmp_path, "-o", tmp_path / "d.h5", "--scheme", "none"),
    ):
        result = run(*arguments, code=2)
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""
    failed = events("build", tmp_path / "none", "-o", tmp_path / "d.h5", code=2)
    assert failed[-1]["event"] == "failed"
    assert failed[-1]["message"]


def test_check_finds_what_is_wrong_and_exits_1(run, small_dataset, tmp_path):
    copy = tmp_path / "copy.h5"
    shutil.copy(small_dataset, copy)
    with h5py.File(copy, "r+") as file:
        file["images/split"][0] = 9
    assert "/images/split row 0" in run("check", copy, code=1).stdout
    found = json.loads(run("check", copy, "--json", code=1).stdout)
    assert not found["ok"]
    assert {"what", "where", "remedy"} == set(found["problems"][0])


def test_no_file_of_a_study_is_replaced(run, small_study, tmp_path):
    study = small_study.store.path
    database = study / "study.db"
    before = database.read_bytes()
    for _ in range(2):
        run("build", study, "-o", study / "d.h5", "--size", 32)
    result = run("build", study, "-o", database, "--size", 32, code=2)
    assert "belongs to a study" in result.stderr
    assert database.read_bytes() == before
