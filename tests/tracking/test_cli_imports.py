"""`study import-xdf` and `study import-gaze` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gazeannotator.cli.imports import _pairs, _placement
from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement
from gazeannotator.study.importing import create_study
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import Entry, Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.placing import NOMINAL_SCREEN

COMMAND = [sys.executable, "-m", "gazeannotator.cli.main", "study"]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL if "--progress" not in arguments else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def study(tmp_path: Path) -> Path:
    images = tmp_path / "images"
    images.mkdir()
    for number in range(2):
        PIL.Image.fromarray(np.full((40, 60, 3), 50 + number, np.uint8)).save(images / f"{number}.png")
    protocol = Protocol(random_order=False)
    create_study(tmp_path / "study", images, scheme=load_scheme("nice"), protocol=protocol)
    return tmp_path / "study"


def test_a_log_of_miceye(study: Path, tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_text("C:\\x\\0.png;3;[[450, 450], [451, 450]];[];(-1, -1)\nno.png;1;[];[];(-1, -1)\n")
    result = run("import-gaze", study, log, "--from", "miceye", "--reader", "A", "--screen-px", "2560x1440")
    assert result.returncode == 0, result.stderr
    assert "sessions added: 1, known already: 0, readings: 1, gaze samples: 2" in result.stdout
    assert "Note: a.csv does not tell its size, the reader's distance" in result.stdout
    assert "a.csv line 2: " in result.stderr
    with Store.open(study) as store:
        (reading,) = store.readings()
        assert (reading.label, reading.source) == (2, "imported:miceye")
        assert store.sessions()[0].screen.size_px == (2560, 1440)
    again = run("import-gaze", study, log, "--from", "miceye", "--reader", "A", "--screen-px", "2560x1440")
    assert again.returncode == 0
    assert "sessions added: 0, known already: 1" in again.stdout


def test_a_table_with_columns_as_json_lines(study: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("file;zeit, ms;X;Y\n" + "".join(f"0.png;{k};1;2\n" for k in range(30)))
    columns = "image=file,time_ms=zeit, ms,x_px=X,y_px=Y"
    arguments = ["import-gaze", study, table, "--from", "csv", "--reader", "A", "--columns", columns]
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--progress", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        events = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert [each["event"] for each in events][:1] == ["started"]
    last = events[-1]
    facts = (last["sessions"], last["readings"], last["gaze_samples"], last["refused"])
    assert (last["event"], facts) == ("finished", (1, 1, 30, []))


def test_files_that_are_not_fit_end_with_2_and_one_line(study: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.csv"
    broken.write_text("0.png;1;[[1,1]\n")
    for arguments, says in (
        (["import-gaze", study, broken, "--from", "miceye", "--reader", "A"], "a.csv line 1"),
        (
            ["import-gaze", study, broken, "--from", "miceye", "--reader", "A", "--screen-mm", "x"],
            "--screen-mm",
        ),
        (["import-gaze", study, broken, "--from", "x", "--reader", "A"], "Invalid value for '--from'"),
        (["import-gaze", study, broken, "--from", "csv"], "Missing option '--reader'"),
        (["import-xdf", study, broken], "is no XDF file"),
        (["import-xdf", study, tmp_path / "none.xdf"], "There is no file"),
    ):
        result = run(*arguments)
        assert (result.returncode, result.stdout) == (2, ""), result.stderr
        assert says in result.stderr
        assert result.stderr.count("\n") == 1
    with Store.open(study) as store:
        assert (store.sessions(), store.readers()) == ([], [])


def test_a_session_of_labrecorder(study: Path, xdf, tmp_path: Path) -> None:
    markers: list[Entry] = []
    with Store.open(study) as store:
        store.add_reader("A")
        session = ReadingSession.start(store, "A", NOMINAL_SCREEN, None, False, lambda: 5.0, markers.append)
        session.show(session.next_image() or "", Placement(0, 0, 60, 40), 6.0, "swap")
        session.answer("2", 1, 2, 7.0)
        session.hidden(7.5, "answered")
        session.end(8.0)
        expected = repr(store.readings())
    file = xdf().stream(1, "GazeAnnotator-events", "Markers", 1, "string")
    path = file.texts(1, [each.t_s for each in markers], map(as_marker, markers)).write(tmp_path / "a.xdf")
    copy = tmp_path / "copy"
    create_study(copy, tmp_path / "images", scheme=load_scheme("nice"))
    result = run("import-xdf", copy, path)
    assert result.returncode == 0, result.stderr
    assert "sessions added: 1, known already: 0, readings: 1" in result.stdout
    with Store.open(copy) as store:
        assert repr(store.readings()) == expected
    assert "left alone" in run("import-xdf", study, path).stdout


def test_pairs_keep_commas_that_belong_to_a_name() -> None:
    assert _pairs(["a=b,c=d, e", "f=g"], "--x") == {"a": "b", "c": "d, e", "f": "g"}
    assert _pairs(["image=Media, name"], "--x") == {"image": "Media, name"}
    for wrong in ("a", "=b", "a=", ","):
        with pytest.raises(BadInput, match="--x"):
            _pairs([wrong], "--x")


def test_placements() -> None:
    assert _placement("") == ""
    assert _placement("fit") == "fit"
    assert _placement("1,-2.5,30,40") == Placement(1, -2.5, 30, 40)
    for wrong in ("middle", "1,2,3", "1,2,0,4", "a,b,c,d"):
        with pytest.raises(BadInput, match="--placement"):
            _placement(wrong)
