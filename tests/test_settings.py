from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gazeannotator import settings as module
from gazeannotator.settings import RecentStudy, Settings, SettingsFile
from gazeannotator.tracking.mapping import StreamMapping


def test_a_missing_file_gives_the_defaults_and_is_no_problem(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "none.json")
    assert file.current == Settings()
    assert file.problem == ""


def test_only_what_differs_is_written_and_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    changed = Settings(language="zh_CN", viewing_distance_mm=700).with_coordinates("eye:1", "screen_px")
    SettingsFile(path).change(changed)
    assert json.loads(path.read_text("utf-8")) == {
        "schema_version": module.SCHEMA_VERSION,
        "language": "zh_CN",
        "viewing_distance_mm": 700.0,
        "stream_coordinates": {"eye:1": "screen_px"},
    }
    assert SettingsFile(path).current == changed
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{ not json", "it is not JSON (line 1)"),
        ("[1, 2]", "it is not a JSON object"),
        ('{"language": "klingon"}', "language"),
        ('{"viewing_distance_mm": -5}', "viewing_distance_mm"),
        ('{"schema_version": 99}', "newer program"),
        (b"\xff\xfe\x00\x01", "it is not UTF-8 text"),
    ],
    ids=["syntax", "list", "choice", "limit", "newer", "encoding"],
)
def test_a_broken_file_is_kept_aside_with_one_reason(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    file = SettingsFile(path)
    assert file.current == Settings()
    assert reason in file.problem
    assert file.kept_aside == tmp_path / "settings.json.bad"
    assert file.kept_aside.read_bytes() == before
    assert not path.exists()
    assert SettingsFile(path).problem == ""


MAPPING = StreamMapping(
    ("t", "a mm", "b mm"), {"x": 1, "y": 2}, "percent", origin="bottom-left", marks=(0.0, -1.0), valid="zero"
)


def test_what_was_told_of_a_stream_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    SettingsFile(path).change(Settings().with_answer("lab:1", MAPPING).with_answer("lab:2", "screen_px"))
    again = SettingsFile(path)
    assert again.problem == ""
    assert again.current.answer_for("lab:1") == MAPPING
    assert again.current.answer_for("lab:2") == "screen_px"
    assert again.current.answer_for("lab:3") is None


def test_the_last_answer_counts() -> None:
    settings = Settings().with_coordinates("lab:1", "normalised").with_answer("lab:1", MAPPING)
    assert settings.answer_for("lab:1") == MAPPING
    assert settings.stream_coordinates == {}
    assert settings.with_coordinates("lab:1", "screen_px").answer_for("lab:1") == "screen_px"


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 3},
        {"coordinates": "degrees"},
        {"channels": {"x": 1}},
        {"channels": {"x": 1, "third_eye_y": 2}},
        {"channels": {"x": 1, "y": 17}},
        {"marks": "none"},
        None,
    ],
    ids=["newer", "coordinates", "half", "role", "channel", "marks", "nothing"],
)
def test_a_mapping_that_is_not_understood_as_a_whole_is_asked_anew(
    tmp_path: Path, change: dict[str, Any] | None
) -> None:
    path = tmp_path / "settings.json"
    SettingsFile(path).change(
        Settings(language="en").with_answer("lab:1", MAPPING).with_answer("lab:2", MAPPING)
    )
    facts = json.loads(path.read_text("utf-8"))
    facts["stream_mappings"]["lab:1"] = change and {**facts["stream_mappings"]["lab:1"], **change}
    path.write_text(json.dumps(facts), "utf-8")
    file = SettingsFile(path)
    assert file.problem == ""
    assert file.current.answer_for("lab:1") is None
    assert file.current.answer_for("lab:2") == MAPPING
    assert file.current.language == "en"


def test_unknown_keys_survive_a_change(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"of_a_later_version": [1], "last_reader": "R1"}', encoding="utf-8")
    file = SettingsFile(path)
    file.change(file.current.model_copy(update={"last_reader": "R2"}))
    assert json.loads(path.read_text("utf-8"))["of_a_later_version"] == [1]
    assert SettingsFile(path).current.last_reader == "R2"


def test_old_files_are_migrated_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCHEMA_VERSION", 3)
    steps = {
        1: lambda facts: {**facts, "last_reader": facts.pop("reader")},
        2: lambda facts: {**facts, "last_reader": facts["last_reader"].upper()},
    }
    monkeypatch.setattr(module, "MIGRATIONS", steps)
    path = tmp_path / "settings.json"
    path.write_text('{"schema_version": 1, "reader": "anna"}', encoding="utf-8")
    assert SettingsFile(path).current.last_reader == "ANNA"


def test_a_failing_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    file = SettingsFile(path)
    file.change(Settings(last_reader="R1"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        file.change(Settings(last_reader="R2"))
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
    assert json.loads(path.read_text("utf-8"))["last_reader"] == "R1"
    assert file.current.last_reader == "R2"


def test_recent_studies_are_newest_first_without_doubles_and_not_endless() -> None:
    settings = Settings()
    for number in range(20):
        settings = settings.with_recent_study(RecentStudy(path=f"/s/{number}", name=str(number)))
    settings = settings.with_recent_study(RecentStudy(path="/s/15", name="again"))
    assert [each.name for each in settings.recent_studies[:3]] == ["again", "19", "18"]
    assert len(settings.recent_studies) == module.MAX_RECENT
    assert len({each.path for each in settings.recent_studies}) == module.MAX_RECENT
    assert "/s/15" not in [each.path for each in settings.without_recent_study("/s/15").recent_studies]


@pytest.mark.skipif(sys.platform == "win32", reason="rights work differently there")
def test_a_file_without_rights_is_said_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{}", encoding="utf-8")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    file = SettingsFile(path)
    assert file.problem == "Permission denied"
    assert file.kept_aside is None
    assert path.exists()


def test_the_folder_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAZEANNOTATOR_CONFIG_DIR", str(tmp_path / "mine"))
    assert SettingsFile().path == tmp_path / "mine" / "settings.json"
