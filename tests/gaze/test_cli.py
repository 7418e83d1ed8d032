import csv

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from gazeannotator.cli.fixations import fixations

SCREEN = ("--screen-px", "1920x1080", "--screen-mm", "527x296", "--distance-mm", "650")


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(fixations)

    def call(*arguments, code=0):
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def gaze(tmp_path):
    path = tmp_path / "gaze.csv"
    lines = ["time_s,x_px,y_px"]
    for n in range(200):
        x = 400.0 if n < 100 else 900.0
        lines.append(f"{n / 250},{'' if n in (20, 21) else x},{'nan' if n in (20, 21) else 300}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_fixations_are_written_with_the_columns_of_the_specification(run, gaze, tmp_path):
    out = tmp_path / "fix.csv"
    assert "2 fixations in 200 samples" in run(gaze, "-o", out, *SCREEN).stdout
    with open(out, encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["onset_s", "duration_s", "x_px", "y_px", "samples"]
    first, second = found
    assert float(first["onset_s"]) == 0
    assert float(first["duration_s"]) == pytest.approx(0.396, abs=0.009)
    assert (float(first["x_px"]), float(first["y_px"])) == pytest.approx((400, 300))
    assert int(first["samples"]) == pytest.approx(98, abs=2)
    assert float(second["onset_s"]) == pytest.approx(0.4, abs=0.009)
    assert np.isclose(float(second["x_px"]), 900)


@pytest.mark.parametrize("method", ["adaptive", "ivt", "idt"])
def test_methods_are_chosen_by_name(run, gaze, tmp_path, method):
    run(gaze, "-o", tmp_path / "fix.csv", *SCREEN, "--method", method)
    assert len((tmp_path / "fix.csv").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("0.5,abc,3", "line 3: x_px 'abc' is not a number"),
        (",1,2", "line 3: time_s is missing"),
        ("0.0,1,2", "line 3: time_s 0.0 is not later than the row before, but the same. Remove one of"),
        ("-1,1,2", "line 3: time_s -1 is not later than the row before. Sort the rows"),
        ("0.5,inf,2", "line 3: x_px is infinite"),
        ("0.5,1", "line 3: 2 cells where the first line names 3"),
    ],
)
def test_a_bad_row_is_told_with_file_and_line(run, tmp_path, line, says):
    path = tmp_path / "gaze.csv"
    path.write_text(f"time_s,x_px,y_px\n0.0,1,2\n{line}\n", encoding="utf-8")
    result = run(path, "-o", tmp_path / "fix.csv", *SCREEN, code=2)
    assert result.stderr.startswith(f"Error: {path} {says}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "fix.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--screen-px", "1920", "--screen-mm", "527x296", "--distance-mm", "650"), "--screen-px"),
        (("--screen-px", "1920x1080", "--screen-mm", "0x296", "--distance-mm", "650"), "--screen-mm"),
        (("--screen-px", "1920x1080", "--screen-mm", "527x296", "--distance-mm", "0"), "--distance-mm"),
        ((*SCREEN, "--method", "magic"), "ivt"),
    ],
)
def test_options_that_make_no_sense_are_refused(run, gaze, tmp_path, arguments, says):
    assert says in run(gaze, "-o", tmp_path / "fix.csv", *arguments, code=2).stderr


def test_the_recording_is_not_overwritten(run, gaze):
    before = gaze.read_bytes()
    result = run(gaze, "-o", gaze.parent / "." / gaze.name, *SCREEN, code=2)
    assert "is the recording itself" in result.stderr
    assert gaze.read_bytes() == before


@pytest.fixture
def both(tmp_path):
    """The right eye sees 50 px beside the left one, and is lost for a while."""
    path = tmp_path / "eyes.csv"
    lines = ["right_x_px,right_y_px,time_s,left_x_px,left_y_px"]
    for n in range(200):
        right = ",nan" if 90 <= n < 100 else "450,300"
        lines.append(f"{right},{n / 250},400,300")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("eye", "x_px"), [("mean", 425), ("left", 400), ("right", 450), ("better", 400)])
def test_the_eye_is_chosen_by_name(run, both, tmp_path, eye, x_px):
    run(both, "-o", tmp_path / "fix.csv", *SCREEN, "--eye", eye)
    with open(tmp_path / "fix.csv", encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert float(first["x_px"]) == pytest.approx(x_px, abs=0.01)


def test_an_eye_that_is_not_there_is_told(run, both, gaze, tmp_path):
    out = ("-o", tmp_path / "fix.csv", *SCREEN)
    assert "there is no column 'left_x_px'" in run(gaze, *out, "--eye", "left", code=2).stderr
    assert "there is no column 'x_px'" in run(both, *out, code=2).stderr
    assert "mean, left, right, better" in run(both, *out, "--eye", "third", code=2).stderr
