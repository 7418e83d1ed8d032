"""Every way of tampering with a study is found."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazeannotator.errors import BadInput
from gazeannotator.study import store_rows
from gazeannotator.study.check import check_study
from gazeannotator.study.images import read_image, write_image
from gazeannotator.study.importing import create_study, import_images
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store


@pytest.fixture
def study(tmp_path: Path, make) -> Path:
    """A whole study: three images, one session of two readings with gaze and clock offsets."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for k in range(3):
        pixels = np.random.default_rng(k).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        PIL.Image.fromarray(pixels).save(photos / f"{k}.png")
    path = tmp_path / "study"
    create_study(path, photos, scheme=load_scheme("nice"))
    with Store.open(path) as store:
        store.add_reader("A")
        session = ReadingSession.start(store, "A", make.screen, None, True, lambda: 0.0)
        for k in range(2):
            store.append_clock_offset(session.id, float(k), 0.001)
            store.append_gaze(session.id, make.chunk(k + np.arange(10) / 20), k + 0.5)
            session.show(session.next_image() or "", make.placement, float(k), "swap")
            session.answer("1", 0, 2, k + 0.3)
            session.hidden(k + 0.5, "answered")
        session.end(3.0)
    assert check_study(path) == []
    return path


def sql(study: Path, *statements: str) -> None:
    with closing(sqlite3.connect(study / "study.db")) as connection, connection:
        for each in statements:
            assert connection.execute(each).rowcount != 0, f"nothing was tampered with: {each}"


SESSION = "session = (SELECT session FROM entries WHERE event = 'onset' LIMIT 1)"


@pytest.mark.parametrize(
    ("statement", "what", "where"),
    [
        (
            """UPDATE entries SET data = replace(data, '"label":0', '"label":2') WHERE event='key'""",
            "changed",
            "row 2",
        ),
        ("UPDATE entries SET t_s = t_s + 0.001 WHERE event = 'onset'", "changed", "row 1"),
        ("UPDATE entries SET utc = '2020' WHERE event = 'session_started'", "changed", "row 0"),
        ("""UPDATE entries SET data = replace(data, '"reader":"A"', '"reader":"B"')""", "changed", "session"),
        ("UPDATE entries SET data = data || ' ' WHERE event = 'key'", "changed", "row 2"),
        ("UPDATE entries SET data = '{' WHERE event = 'key'", "changed", "row 2"),
        ("UPDATE entries SET event = 'flag' WHERE event = 'key'", "changed", "row 2"),
        ("UPDATE entries SET hash = 'x' || substr(hash, 2) WHERE event = 'key'", "changed", "row 2"),
        ("DELETE FROM entries WHERE event = 'offset'", "deleted or added", "rows 3 to 3"),
        ("DELETE FROM entries WHERE event = 'session_started'", "deleted or added", "rows 0 to 0"),
        ("DELETE FROM entries WHERE event = 'session_ended'", "at the end", "row 7"),
        (f"DELETE FROM entries WHERE {SESSION} AND seq >= 4", "at the end", "row 4"),
        (f"DELETE FROM entries WHERE {SESSION}", "at the end", "row 0"),
        (
            "INSERT INTO entries SELECT session, 8, t_s, event, reading, image, data, utc, hash"
            " FROM entries WHERE event = 'session_ended'",
            "changed",
            "row 8",
        ),
        ("UPDATE journals SET head = 'x' || substr(head, 2)", "head was changed", "row"),
        ("UPDATE journals SET length = length + 1", "head was changed", "row"),
        (
            "UPDATE journals SET gaze_head = 'x' || substr(gaze_head, 2) WHERE gaze_length > 0",
            "head was",
            "gaze of",
        ),
        ("UPDATE gaze SET data = zeroblob(8) WHERE kind = 'clock'", "changed", "gaze of session"),
        ("UPDATE gaze SET data = x'00' WHERE kind = 'samples'", "changed", "gaze of session"),
        ("UPDATE gaze SET at_s = at_s + 1 WHERE seq = 1", "changed", "row 1"),
        ("UPDATE gaze SET samples = 11 WHERE seq = 1", "changed", "row 1"),
        ("UPDATE gaze SET first_s = 0.5 WHERE seq = 1", "changed", "row 1"),
        ("UPDATE gaze SET kind = 'clock' WHERE seq = 1", "changed", "row 1"),
        ("DELETE FROM gaze WHERE seq = 1", "deleted or added", "gaze of session"),
        ("DELETE FROM gaze WHERE seq = 3", "at the end", "gaze of session"),
        ("DELETE FROM gaze", "at the end", "gaze of session"),
        (
            """UPDATE entries SET data = replace(data, '"truth":-1', '"truth":1')""",
            "changed",
            "the study's journal",
        ),
        ("DELETE FROM entries WHERE event = 'image_imported' AND seq = 2", "deleted", "the study's journal"),
        ("DELETE FROM entries WHERE event = 'session_opened'", "deleted or added", "the study's journal"),
        ("DELETE FROM entries WHERE event = 'session_closed'", "at the end", "the study's journal"),
        ("INSERT INTO journals VALUES ('x', 0, 'y', 0, 'z')", "session was added", "session x"),
    ],
)
def test_changed_rows_are_found(study: Path, statement: str, what: str, where: str) -> None:
    sql(study, statement)
    problems = check_study(study)
    assert any(what in each.what and where in each.where for each in problems), problems
    assert all(each.remedy for each in problems)


def test_a_deleted_session_is_found(study: Path) -> None:
    session = "(SELECT session FROM entries WHERE event = 'onset' LIMIT 1)"
    sql(
        study,
        f"CREATE TEMP TABLE gone AS SELECT {session} AS id",
        "DELETE FROM gaze",
        "DELETE FROM entries WHERE session IN gone",
        "DELETE FROM journals WHERE id IN gone",
    )
    assert [each.what for each in check_study(study)] == ["a session was deleted"]


def cut_off(study: Path, table: str, session: str, rows: int, length: str, head: str) -> None:
    """Delete the last rows of a chain, and change its head so that it fits."""
    sql(
        study,
        f"DELETE FROM {table} WHERE session = '{session}' AND seq >= "
        f"(SELECT max(seq) + 1 - {rows} FROM {table} WHERE session = '{session}')",
        f"UPDATE journals SET {length} = {length} - {rows}, {head} = coalesce((SELECT hash FROM {table} "
        f"WHERE session = '{session}' ORDER BY seq DESC LIMIT 1), '{'0' * 64}') WHERE id = '{session}'",
    )


def ids(study: Path) -> tuple[str, str]:
    """Ids of the study and of its session."""
    with Store.open(study) as store:
        return store.id, store.sessions()[0].id


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_rows_cut_off_at_the_end_are_missed_though_the_head_fits(study: Path, rows: int) -> None:
    _, session = ids(study)
    cut_off(study, "entries", session, rows, "length", "head")
    (problem,) = check_study(study)
    assert problem.what == "rows from before the session's end were deleted or changed"
    assert session in problem.where


@pytest.mark.parametrize("rows", [1, 3, 4])
def test_gaze_cut_off_at_the_end_is_missed_though_the_head_fits(study: Path, rows: int) -> None:
    _, session = ids(study)
    cut_off(study, "gaze", session, rows, "gaze_length", "gaze_head")
    (problem,) = check_study(study)
    assert problem.what == "rows from before the session's end were deleted or changed"
    assert problem.where.startswith(f"gaze of session {session}")


def test_a_session_that_a_crash_ended_is_closed_too(study: Path, make) -> None:
    with Store.open(study) as store:
        crashed = make.session()
        store.start_session(crashed)
        store.append_gaze(crashed.id, make.chunk([1.0, 2.0]), 2.0)
        store.start_session(make.session())
    assert check_study(study) == []
    cut_off(study, "gaze", crashed.id, 1, "gaze_length", "gaze_head")
    assert [crashed.id in each.where for each in check_study(study)] == [True]


def test_the_end_of_a_session_cannot_be_taken_from_the_study_alone(study: Path) -> None:
    study_id, session = ids(study)
    cut_off(study, "entries", study_id, 1, "length", "head")
    (problem,) = check_study(study)
    assert "deleted from the study's journal" in problem.what
    assert session in problem.where


def test_rows_after_the_end_are_found_and_late_gaze_is_not(study: Path, make) -> None:
    _, session = ids(study)
    with Store.open(study) as store:
        store.append_gaze(session, make.chunk([2.9]), 4.0)  # could not be stored in time
    assert check_study(study) == []
    with Store.open(study) as store:
        store.append(session, "flag", t_s=5.0, data={"flagged": True})
    assert [each.what for each in check_study(study)] == ["rows were added after the session's end"]


def test_studies_without_the_ends_are_whole(study: Path, make, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_before(connection, _study, session, t_s, data):
        return store_rows.append_entry(connection, session, "session_ended", t_s=t_s, data=data)

    monkeypatch.setattr(store_rows, "append_end", as_before)
    with Store.open(study) as store:
        session = make.session()
        store.start_session(session)
        store.append_gaze(session.id, make.chunk([1.0]), 2.0)
        store.end_session(session.id, 3.0)
    assert check_study(study) == []


def test_a_session_whose_head_is_deleted_is_found(study: Path) -> None:
    sql(study, "DELETE FROM journals WHERE gaze_length > 0")
    assert {"a session was deleted", "rows without a session were added, or their session was deleted"} <= {
        each.what for each in check_study(study)
    }


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_field_of_any_row_is_found(study: Path, data: st.DataObject) -> None:
    copy = study.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(study, copy)
    table, columns = data.draw(
        st.sampled_from(
            [
                ("entries", ("t_s", "event", "reading", "image", "data", "utc", "hash")),
                ("gaze", ("kind", "at_s", "samples", "first_s", "last_s", "data", "hash")),
                ("journals", ("length", "head", "gaze_length", "gaze_head")),
            ]
        )
    )
    column = data.draw(st.sampled_from(columns))
    with closing(sqlite3.connect(copy / "study.db")) as connection, connection:
        rows = connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        row, value = data.draw(st.sampled_from(rows))
        if isinstance(value, str):
            at = data.draw(st.integers(0, len(value) - 1))
            changed: object = value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
        elif isinstance(value, bytes):
            at = data.draw(st.integers(0, len(value) - 1))
            changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
        else:
            changed = 7 if value is None else value + 1
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, row))
    assert check_study(copy) != []


def image_files(study: Path) -> list[Path]:
    return sorted((study / "images").rglob("*.png"))


def repaint(file: Path) -> None:
    pixels = read_image(file)
    pixels[0, 0] ^= 1
    write_image(file, pixels)


def annotate(file: Path) -> None:
    info = PIL.PngImagePlugin.PngInfo()
    info.add_text("Patient", "somebody")
    with PIL.Image.open(file) as image:
        image.load()
        image.save(file, pnginfo=info)


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-6] ^= 1  # a checksum: no pixel changes
    file.write_bytes(data)


def inflate(file: Path, side_px: int) -> None:
    """Let the header promise more pixels than Pillow, or even OpenCV, agrees to read."""
    data = bytearray(file.read_bytes())
    data[16:24] = struct.pack(">II", side_px, side_px)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (Path.unlink, "missing"),
        (repaint, "changed"),
        (annotate, "changed"),
        (flip_a_bit, "changed"),
        (lambda file: file.write_bytes(b""), "changed"),
        (lambda file: file.write_bytes(file.read_bytes()[:-20]), "changed"),
        (lambda file: inflate(file, 20_000), "changed"),
        (lambda file: inflate(file, 100_000), "changed"),
        (lambda file: file.with_name("extra.png").write_bytes(b"x"), "added"),
        (lambda file: file.with_name(".left.tmp").write_bytes(b"x"), "added"),
    ],
)
def test_image_files_are_checked(study: Path, tamper: Callable[[Path], object], what: str) -> None:
    tamper(image_files(study)[1])
    (problem,) = check_study(study)
    assert what in problem.what
    assert problem.where.startswith("images/")
    assert problem.remedy


@pytest.mark.parametrize("tamper", [Path.unlink, repaint])
def test_the_remedy_for_image_files_helps(study: Path, tamper: Callable[[Path], object]) -> None:
    file = image_files(study)[1]
    tamper(file)
    (problem,) = check_study(study)
    if "delete it" in problem.remedy:
        file.unlink()
    with Store.open(study) as store:
        import_images(store, study.parent / "photos")
    assert check_study(study) == []


def test_swapped_images_are_found(study: Path) -> None:
    one, other = image_files(study)[:2]
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    assert [each.what for each in check_study(study)] == ["an image file was changed"] * 2


def test_the_key_is_checked(study: Path) -> None:
    (study / "study.key").unlink()
    (problem,) = check_study(study)
    assert (problem.where, "missing" in problem.what) == ("study.key", True)


def test_a_damaged_database_file_is_found(study: Path) -> None:
    file = study / "study.db"
    data = bytearray(file.read_bytes())
    data[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    file.write_bytes(data)
    assert any("damaged" in each.what for each in check_study(study))
    file.write_bytes(b"no database at all, but a letter" * 200)
    assert [each.where for each in check_study(study)] == [str(study)]
    file.unlink()
    assert ["missing" in each.what for each in check_study(study)] == [True]


def test_an_index_that_lies_is_found(study: Path) -> None:
    # Rows and chains are whole, only SQLite's own check can tell.
    with closing(sqlite3.connect(study / "study.db")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'first_s', 'at_s') WHERE name='gaze_by_time'"
        )
        connection.commit()
    assert any("database file is damaged" in each.what for each in check_study(study))


@pytest.mark.parametrize("name", ["id", "database"])
def test_a_descriptor_with_values_that_make_no_sense(study: Path, name: str) -> None:
    file = study / "study.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), name: None}))
    (problem,) = check_study(study)
    assert problem.what.endswith("study.json cannot be understood")


def test_a_folder_that_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a study"):
        check_study(tmp_path)
