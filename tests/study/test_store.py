from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from gazeannotator.errors import BadInput, StorageError, StudyDamaged, UserError
from gazeannotator.study.check import Problem, check_study
from gazeannotator.study.journal import FIRST_PREVIOUS
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.study.tables import PASSWORD_VARIABLE, stored_url


def show_and_answer(
    store: Store, session: str, reading: str, image: str, onset_s: float, label: int = 1
) -> None:
    data = {"placement": [0, 0, 10, 10], "image_px": [64, 48], "onset_method": "swap"}
    store.append(session, "onset", t_s=onset_s, reading=reading, image=image, data=data)
    answer = {"key": "2", "label": label, "confidence": 2, "replaces": None, "reason": None, "reader": "A"}
    store.append(session, "key", t_s=onset_s + 1, reading=reading, image=image, data=answer)


def broken_rows(store: Store) -> list[Problem]:
    """Problems but for the image files, which these studies do not have."""
    return [each for each in check_study(store.path) if each.what != "an image file is missing"]


def test_a_study_comes_back_as_it_was_made(tmp_path: Path, make) -> None:
    protocol = Protocol(random_order=False, time_limit_s=4.0)
    images = [make.image(1, "abc", 2), make.image(2)]
    with Store.create(tmp_path / "s", name="Röntgen", scheme=load_scheme("nice"), protocol=protocol) as store:
        store.add_images(images)
        store.add_reader("A")
        store.set_consent("A", "2026-01-01T00:00:00+00:00")
        identity, key = store.id, store.key
    with Store.open(tmp_path / "s") as store:
        assert (store.id, store.name, store.protocol) == (identity, "Röntgen", protocol)
        assert store.scheme == load_scheme("nice")
        assert store.key == key
        assert store.images() == images
        assert [(each.code, each.consented_utc) for each in store.readers()] == [
            ("A", "2026-01-01T00:00:00+00:00")
        ]


def test_study_json_has_what_the_layout_says(store: Store) -> None:
    facts = json.loads((store.path / "study.json").read_text(encoding="utf-8"))
    assert set(facts) == {"format", "min_reader", "writer", "id", "database"}
    assert (facts["format"], facts["min_reader"], facts["id"]) == (1, 1, store.id)
    assert facts["database"] == "sqlite:///study.db"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_only_the_owner_may_read_the_key(store: Store) -> None:
    file = store.path / "study.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text(encoding="ascii").strip()) == 64


def test_sqlite_is_set_to_survive_power_loss(store: Store) -> None:
    with store._reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_an_existing_folder_is_not_overwritten(store: Store) -> None:
    with pytest.raises(BadInput, match="not empty"):
        Store.create(store.path, name="x", scheme=load_scheme("nice"))
    with Store.open(store.path) as again:
        assert (again.id, again.name) == (store.id, "study")


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, BadInput, "is not a study"),
        ("{", StudyDamaged, "cannot be understood"),
        ('{"format": 1}', StudyDamaged, "cannot be understood"),
        (
            '{"format": 9, "min_reader": 9, "writer": "9.1", "id": "x", "database": "x"}',
            BadInput,
            "newer version",
        ),
    ],
)
def test_what_is_no_study_says_so(tmp_path: Path, content: str | None, error: type, words: str) -> None:
    if content is not None:
        (tmp_path / "study.json").write_text(content, encoding="utf-8")
    with pytest.raises(error, match=words) as caught:
        Store.open(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        Store.open(tmp_path / "nowhere")


def test_a_missing_database_is_not_made_anew(store: Store) -> None:
    store.close()
    (store.path / "study.db").unlink()
    with pytest.raises(StudyDamaged, match=r"study\.db is missing"):
        Store.open(store.path)
    assert not (store.path / "study.db").exists()


@pytest.mark.parametrize("content", [b"", b"this is a text file and no database" * 100])
def test_a_database_of_rubbish_is_damage(store: Store, content: bytes) -> None:
    store.close()
    (store.path / "study.db").write_bytes(content)
    with pytest.raises(StudyDamaged, match=r"damaged|holds no study"):
        Store.open(store.path)


def test_the_database_of_another_study_is_noticed(new_store) -> None:
    one, other = new_store("one"), new_store("other")
    one.close()
    other.close()
    (one.path / "study.db").write_bytes((other.path / "study.db").read_bytes())
    with pytest.raises(StudyDamaged, match="another study"):
        Store.open(one.path)


def test_the_key_of_another_study_is_noticed(new_store) -> None:
    one, other = new_store("one"), new_store("other")
    (one.path / "study.key").write_bytes((other.path / "study.key").read_bytes())
    with pytest.raises(StudyDamaged, match="key of another study"):
        _ = one.key


def test_an_image_is_filled_in_but_never_changed(store: Store, make) -> None:
    store.add_image(make.image(0, "p1", 2))
    assert store.images()[0].patient == "p1"
    store.add_image(make.image(0, "p2", 1))
    image = store.images()[0]
    assert (image.patient, image.truth) == ("p1", 2)
    assert len(store.images()) == 5


def test_adding_a_known_image_again_writes_nothing(store: Store, make) -> None:
    before = store.entries(store.id)
    store.add_images([make.image(0), make.image(1)])
    assert store.entries(store.id) == before


def test_another_store_sees_what_is_added(store: Store, make) -> None:
    with Store.open(store.path) as other:
        store.add_image(make.image(99))
        store.add_reader("C")
        assert other.images() == store.images()
        assert [each.code for each in other.readers()] == ["A", "B", "C"]


@pytest.mark.parametrize("code", ["", "  ", "x" * 65, "a\nb"])
def test_a_reader_code_must_be_printable(store: Store, code: str) -> None:
    with pytest.raises(BadInput, match="reader code"):
        store.add_reader(code)


def test_a_known_reader_is_not_added_twice(store: Store) -> None:
    store.set_consent("A", "2026")
    assert store.add_reader(" A ").consented_utc == "2026"
    assert len(store.readers()) == 2


def test_rows_come_back_with_their_chain(store: Store, make) -> None:
    session = make.session()
    first = store.start_session(session)
    second = store.append(session.id, "pause", t_s=-0.0, data={"x": (1, float("nan"))})
    assert store.entries(session.id) == [first, second]
    assert second.data == {"x": [1, None]}
    assert broken_rows(store) == []


def test_an_unknown_session_is_refused(store: Store) -> None:
    with pytest.raises(StudyDamaged, match="no session nix"):
        store.append("nix", "pause", t_s=1.0)


def test_an_event_needs_a_time(store: Store, make) -> None:
    session = make.session()
    store.start_session(session)
    with pytest.raises(ValueError, match="without a time"):
        store.append(session.id, "pause", t_s=float("nan"))
    assert len(store.entries(session.id)) == 1


def test_a_crashed_session_is_closed_by_the_next(store: Store, make) -> None:
    first = make.session("A")
    other = make.session("B")
    store.start_session(first)
    store.start_session(other)
    show_and_answer(store, first.id, "done", make.image(0).id, 1.0)
    data = {"placement": [0, 0, 10, 10], "image_px": [64, 48], "onset_method": "swap"}
    store.append(first.id, "onset", t_s=3.0, reading="cut", image=make.image(1).id, data=data)
    store.append_gaze(first.id, make.chunk([3.0, 3.5, 4.0]), 4.0)
    store.start_session(make.session("A"))
    states = {each.id: each.state for each in store.readings(first.id)}
    assert states == {"done": "done", "cut": "interrupted"}
    cut = store.readings(first.id)[1]
    # The gaze is the last sign of life.
    assert (cut.offset_s, cut.note) == (4.0, "crash")
    ended = {each.id: each.ended for each in store.sessions()}
    assert ended[first.id]
    assert not ended[other.id]
    data = store.entries(first.id)[-1].data
    assert (data["readings"], data["recovered"], data["gaze_length"]) == (2, True, 1)


def test_sessions_come_in_the_order_of_their_starts(store: Store, make) -> None:
    sessions = [make.session() for _ in range(4)]
    for each in sessions:
        store.start_session(each)
        store.end_session(each.id, 1.0)
    assert [each.id for each in store.sessions()] == [each.id for each in sessions]


def test_a_correction_in_a_later_session_is_seen(store: Store, make) -> None:
    one, two = make.session(), make.session()
    store.start_session(one)
    show_and_answer(store, one.id, "first", make.image(0).id, 1.0)
    store.end_session(one.id, 3.0)
    store.start_session(two)
    data = {"placement": [0, 0, 10, 10], "image_px": [64, 48], "onset_method": "swap"}
    store.append(two.id, "onset", t_s=4.0, reading="second", image=make.image(0).id, data=data)
    answer = {"key": "1", "label": 0, "confidence": 1, "replaces": "first", "reason": "back", "reader": "A"}
    store.append(two.id, "key", t_s=5.0, reading="second", image=make.image(0).id, data=answer)
    assert store.readings(one.id)[0].replaced_by == "second"
    assert [each.replaced_by for each in store.readings()] == ["second", None]


def test_a_reader_reads_in_one_window_only(store: Store) -> None:
    with Store.open(store.path) as other, store.reader_lock("A"):
        with pytest.raises(UserError, match="already reading in another window"), other.reader_lock("A"):
            pass
        with other.reader_lock("B"), store.reader_lock("A"):
            pass
        # The inner lock of the same store did not let go of the outer one.
        with pytest.raises(UserError, match="already reading"), other.reader_lock("A"):
            pass
    with Store.open(store.path) as other, other.reader_lock("A"):
        pass


def test_two_threads_append_at_the_same_time(store: Store, make) -> None:
    session = make.session()
    store.start_session(session)
    failures: list[BaseException] = []

    def record() -> None:
        try:
            for k in range(40):
                store.append_gaze(session.id, make.chunk([k, k + 0.5]), k + 0.5)
        except StorageError as error:
            failures.append(error)

    thread = threading.Thread(target=record)
    thread.start()
    for k in range(40):
        show_and_answer(store, session.id, f"r{k}", make.image(k).id, float(k))
    thread.join()
    assert failures == []
    assert store.gaze_sample_count(session.id) == 80
    assert len(store.entries(session.id)) == 81
    assert [entry.seq for entry in store.entries(session.id)] == list(range(81))
    assert broken_rows(store) == []


def test_two_stores_append_to_two_sessions(store: Store, make) -> None:
    one, two = make.session("A"), make.session("B")
    store.start_session(one)
    with Store.open(store.path) as other:
        other.start_session(two)
        threads = [
            threading.Thread(target=lambda s=s, i=i: [s.append(i, "pause", t_s=float(k)) for k in range(30)])
            for s, i in ((store, one.id), (other, two.id))
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert [len(store.entries(each.id)) for each in (one, two)] == [31, 31]


def test_a_database_elsewhere(tmp_path: Path, make) -> None:
    elsewhere = tmp_path / "server.db"
    url = f"sqlite:///{elsewhere}"
    with Store.create(tmp_path / "s", name="s", scheme=load_scheme("nice"), database_url=url) as store:
        store.add_image(make.image(1))
    assert not (tmp_path / "s" / "study.db").exists()
    with Store.open(tmp_path / "s") as store:
        assert len(store.images()) == 1
    with pytest.raises(BadInput, match="already holds a study"):
        Store.create(tmp_path / "t", name="t", scheme=load_scheme("nice"), database_url=url)
    with Store.open(tmp_path / "s") as store:
        assert len(store.images()) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+nosuchdriver://user@host/name", "Python package"),
        ("nosuchdatabase://host/name", "Python package"),
        ("nonsense", "cannot be understood"),
        ("sqlite://", "names no file"),
    ],
)
def test_a_database_that_cannot_be_used_leaves_nothing(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Store.create(tmp_path / "s", name="s", scheme=load_scheme("nice"), database_url=url)
    assert not (tmp_path / "s" / "study.json").exists()
    assert not (tmp_path / "s" / "study.key").exists()


def test_a_password_is_never_stored() -> None:
    url = stored_url("postgresql+psycopg://user:geheim@host/name?password=geheim&sslmode=require")
    assert url == "postgresql+psycopg://user@host/name?sslmode=require"
    assert PASSWORD_VARIABLE == "GAZEANNOTATOR_DATABASE_PASSWORD"


def test_a_new_chain_begins_with_zeros() -> None:
    assert FIRST_PREVIOUS == "0" * 64
