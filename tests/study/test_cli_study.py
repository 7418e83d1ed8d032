from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest
import sqlalchemy as sa

from gazeannotator.study.folder import study_in_the_making
from gazeannotator.study.store import Store

COMMAND = [
    sys.executable,
    "-c",
    "from gazeannotator.cli.study import app; app(prog_name='gazeannotator study')",
]


def run(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    options = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        **options,
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for k in range(3):
        pixels = np.random.default_rng(k).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        PIL.Image.fromarray(pixels).save(folder / f"{k}.png")
    (folder / "meta.csv").write_text("file,patient,pathology\n0.png,P,1\nghost.png,P,1\n", encoding="utf-8")
    return folder


@pytest.fixture
def study(tmp_path: Path, photos: Path) -> Path:
    result = run("create", tmp_path / "study", "--images", photos, "--metadata", photos / "meta.csv")
    assert result.returncode == 0, result.stderr
    assert "images added: 3, known already: 0" in result.stdout
    assert "meta.csv row 3: There is no file 'ghost.png'" in result.stderr
    return tmp_path / "study"


def test_info(study: Path) -> None:
    result = run("info", study, "--json")
    facts = json.loads(result.stdout)
    assert (result.returncode, facts["images"], facts["patients"], facts["name"]) == (0, 3, 1, "study")
    people = run("info", study)
    assert people.returncode == 0
    assert "3 (patients: 1)" in people.stdout


def test_check_finds_damage_and_exits_1(study: Path) -> None:
    whole = run("check", study, "--json")
    assert (whole.returncode, json.loads(whole.stdout)) == (0, {"ok": True, "problems": []})
    assert run("check", study).returncode == 0
    next((study / "images").rglob("*.png")).unlink()
    result = run("check", study, "--json")
    facts = json.loads(result.stdout)
    assert (result.returncode, facts["ok"]) == (1, False)
    assert set(facts["problems"][0]) == {"what", "where", "remedy"}
    people = run("check", study)
    assert people.returncode == 1
    assert "an image file is missing" in people.stdout


def test_a_key_that_others_may_read_is_noted(study: Path) -> None:
    assert run("check", study).stderr == ""
    (study / "study.key").chmod(0o640)
    result = run("check", study, "--json")
    assert (result.returncode, json.loads(result.stdout)["ok"]) == (0, True)
    assert result.stderr.startswith("Warning: ")
    assert "chmod 600" in result.stderr


def test_a_damaged_database_is_to_be_put_back(study: Path) -> None:
    (study / "study.db").write_bytes(b"no database at all, but a letter" * 200)
    result = run("info", study)
    assert result.returncode == 2
    assert "Put the study back from a backup" in result.stderr
    assert "study check" not in result.stderr


def test_progress_as_json(tmp_path: Path, photos: Path) -> None:
    with subprocess.Popen(
        [
            *COMMAND,
            "create",
            tmp_path / "s",
            "--images",
            photos,
            "--metadata",
            photos / "meta.csv",
            "--progress",
            "json",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        events = [json.loads(line) for line in child.stdout]
    assert child.returncode == 0
    assert [each["event"] for each in events] == ["started", *["progress"] * 4, "finished"]
    assert (events[-1]["added"], events[-1]["already_known"]) == (3, 0)
    assert events[-1]["refused"][0]["where"] == "meta.csv row 3"
    assert run("check", tmp_path / "s").returncode == 0


def test_stop_leaves_nothing(tmp_path: Path, photos: Path) -> None:
    for k in range(3, 400):
        PIL.Image.fromarray(np.full((400, 400, 3), k % 256, np.uint8)).save(photos / f"{k}.png")
    result = run("create", tmp_path / "s", "--images", photos, "--progress", "json", stdin="stop\n")
    assert result.returncode == 1
    assert json.loads(result.stdout.splitlines()[-1])["event"] == "cancelled"
    assert [each.name for each in tmp_path.iterdir()] == ["photos"]


def interrupted_create(tmp_path: Path, photos: Path, name: signal.Signals) -> tuple[int, list[str]]:
    """Send a signal to `study create` while it imports; return its exit code and what it still says."""
    for k in range(3, 200):
        PIL.Image.fromarray(np.full((400, 400, 3), k % 256, np.uint8)).save(photos / f"{k}.png")
    command = [*COMMAND, "create", tmp_path / "s", "--images", photos, "--progress", "json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("done") == 2:
                break
        child.send_signal(name)
        lines = child.stdout.readlines()
    return child.returncode, lines


def test_a_request_to_end_cancels_like_stop(tmp_path: Path, photos: Path) -> None:
    code, lines = interrupted_create(tmp_path, photos, signal.SIGTERM)
    assert (code, json.loads(lines[-1])["event"]) == (1, "cancelled")
    assert [each.name for each in tmp_path.iterdir()] == ["photos"]


def test_what_a_killed_create_left_goes_with_the_next(tmp_path: Path, photos: Path) -> None:
    code, _ = interrupted_create(tmp_path, photos, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert any(each.name.endswith(".part") for each in tmp_path.iterdir())
    other = tmp_path / ".s.b.01234567.part"  # of a study named otherwise, perhaps in the making
    other.mkdir()
    result = run("create", tmp_path / "s", "--images", photos)
    assert result.returncode == 0, result.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"photos", "s", other.name}


def test_two_programs_do_not_make_the_same_study(tmp_path: Path, photos: Path) -> None:
    with study_in_the_making(tmp_path / "s") as temporary:
        result = run("create", tmp_path / "s", "--images", photos)
        assert temporary.is_dir()
    assert (result.returncode, "is being made by another program" in result.stderr) == (2, True)


def test_images_of_a_folder_around_the_study_are_not_imported(study: Path, tmp_path: Path) -> None:
    for folder, words in ((tmp_path, "lies in the image folder"), (study / "images", "lies in the study")):
        result = run("import-images", study, "--images", folder)
        assert (result.returncode, words in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create", "{tmp}/s", "--images", "{tmp}/nowhere"], "does not exist"),
        (["create", "{tmp}/photos", "--images", "{tmp}/photos"], "exists already"),
        (["create", "{tmp}/photos/s", "--images", "{tmp}/photos"], "lies in the image folder"),
        (["create", "{tmp}/s", "--images", "{tmp}/photos", "--scheme", "nise"], "no label scheme 'nise'"),
        (["create", "{tmp}/s", "--images", "{tmp}/photos", "--metadata", "{tmp}/no.csv"], "cannot be read"),
        (
            ["create", "{tmp}/s", "--images", "{tmp}/photos", "--database", "postgresql+nix://h/d"],
            "Python package",
        ),
        (["info", "{tmp}/photos"], "is not a study"),
        (["check", "{tmp}/photos"], "is not a study"),
        (["import-images", "{tmp}/photos", "--images", "{tmp}/photos"], "is not a study"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, photos: Path, arguments: list[str], words: str
) -> None:
    result = run(*(each.format(tmp=tmp_path) for each in arguments))
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert words in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["photos"]


def test_bad_input_as_json(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "create", tmp_path / "s", "--images", tmp_path / "no", "--progress", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        last = json.loads(child.stdout.readlines()[-1])
    assert (child.returncode, last["event"]) == (2, "failed")
    assert last["message"]
    assert last["hint"]


def test_more_images_into_a_study(study: Path, photos: Path) -> None:
    PIL.Image.fromarray(np.zeros((5, 6, 3), np.uint8)).save(photos / "new.png")
    result = run("import-images", study, "--images", photos)
    assert result.returncode == 0
    assert "images added: 1, known already: 3" in result.stdout
    with Store.open(study) as store:
        assert len(store.images()) == 4


def test_a_database_elsewhere(tmp_path: Path, photos: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rooms.db'}"
    assert run("create", tmp_path / "s", "--images", photos, "--database", url).returncode == 0
    assert json.loads(run("info", tmp_path / "s", "--json").stdout)["images"] == 3
    engine = sa.create_engine(url)
    assert set(sa.inspect(engine).get_table_names()) == {"journals", "entries", "gaze"}
    engine.dispose()


def test_agreement_of_readers(study: Path, make: SimpleNamespace) -> None:
    said = run("agreement", study)
    assert (said.returncode, said.stdout) == (0, "Readers  none: nothing has been answered yet\n")
    with Store.open(study) as store:
        images = [image.id for image in store.images()]
        for reader, labels in (("A", (0, 1, 2)), ("B", (0, 1, 1))):
            store.add_reader(reader)
            session = make.session(reader)
            store.start_session(session)
            for number, (image, label) in enumerate(zip(images, labels, strict=True)):
                reading = f"{reader}{number}"
                onset = {"placement": make.placement.as_tuple(), "onset_method": "swap"}
                key = {"label": label, "confidence": 0}
                for event, data in (("onset", onset), ("key", key), ("offset", {"reason": "answered"})):
                    store.append(session.id, event, t_s=number, reading=reading, image=image, data=data)
    said = run("agreement", study)
    assert "A and B" in said.stdout
    assert "Cohen's kappa 0.50" in said.stdout
    facts = json.loads(run("agreement", study, "--json").stdout)
    assert facts["readers"] == ["A", "B"]
    (pair,) = facts["pairs"]
    assert (pair["readers"], pair["images"], pair["agreement"]) == (["A", "B"], 3, pytest.approx(2 / 3))
    assert facts["overall"].keys() == {"images", "patients", "agreement", "kappa", "ci95"}
    assert facts["not_assessed"] == 0


@pytest.mark.parametrize("command", ["create", "info", "check", "import-images", "agreement"])
def test_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.returncode == 0
    assert "Example: gazeannotator study" in result.stdout


def test_protocol_is_shown_and_changed(study: Path) -> None:
    shown = run("protocol", study, "--json")
    assert (shown.returncode, json.loads(shown.stdout)["max_data_loss"]) == (0, 0.3)
    assert "Reading options" not in run("info", study).stdout
    assert run("info", study).returncode == 0
    result = run("protocol", study, "--set", "max_data_loss=0.5", "--set", "offer_again=true")
    assert result.returncode == 0, result.stderr
    assert "max_data_loss             0.5       (by default 0.3)" in result.stdout.splitlines()
    assert "Reading options   max_data_loss 0.5, offer_again true" in run("info", study).stdout
    with Store.open(study) as store:
        assert (store.protocol.max_data_loss, store.protocol.offer_again) == (0.5, True)
    assert run("check", study).returncode == 0


def test_a_wrong_option_changes_nothing(study: Path) -> None:
    result = run("protocol", study, "--set", "max_data_loss=0.5", "--set", "max_accuracy_deg=fine")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: max_accuracy_deg=fine: Input should be a valid number")
    assert len(result.stderr.splitlines()) == 1
    with Store.open(study) as store:
        assert store.protocol.max_data_loss == 0.3


def test_a_study_may_be_made_with_its_options(tmp_path: Path, photos: Path) -> None:
    file = tmp_path / "protocol.toml"
    file.write_text("drift_check_every = 15\n", encoding="utf-8")
    result = run("create", tmp_path / "other", "--images", photos, "--protocol", file)
    assert result.returncode == 0, result.stderr
    assert json.loads(run("info", tmp_path / "other", "--json").stdout)["protocol"]["drift_check_every"] == 15
