from __future__ import annotations

import json
import math

import pytest

from gazeannotator.errors import BadInput, StorageError, UserError
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Entry, GazeStream, Protocol
from gazeannotator.study.reading_list import reading_order
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store


class Reader:
    """A reader at a session: a clock that goes on by itself, and what was published."""

    def __init__(self, store: Store, make, code: str = "A") -> None:
        self.store, self.make = store, make
        self.now, self.published = 0.0, []
        self.code = code
        self.session = self.sit_down()

    def sit_down(self) -> ReadingSession:
        stream = GazeStream("eye", "eye:1", 60.0, "simulated")
        self.session = ReadingSession.start(
            self.store, self.code, self.make.screen, stream, True, self.tick, self.published.append
        )
        return self.session

    def tick(self) -> float:
        self.now += 1.0
        return self.now

    def show(self) -> str:
        image = self.session.next_image()
        assert image is not None
        self.session.show(image, self.make.placement, self.tick(), "swap")
        return image

    def read(self, label: int = 1) -> str:
        image = self.show()
        self.session.answer(str(label + 1), label, 2, self.tick())
        self.session.hidden(self.tick(), "answered")
        return image

    def labels(self) -> dict[str, int | None]:
        valid = [each for each in self.store.readings() if each.state == "done" and not each.replaced_by]
        assert len({(each.reader, each.image) for each in valid}) == len(valid)
        return {each.image: each.label for each in valid if each.reader == self.code}


@pytest.fixture
def reader(store: Store, make) -> Reader:
    return Reader(store, make)


def test_a_whole_session(reader: Reader, store: Store) -> None:
    order = reading_order([each.id for each in store.images()], store.id, "A", store.protocol)
    assert [reader.read(k % 3) for k in range(5)] == order
    assert reader.session.next_image() is None
    assert reader.session.progress == (5, 5)
    reader.session.end(reader.tick())
    assert list(reader.labels().values()) == [0, 1, 2, 0, 1]
    assert all(each.response_s == 1 and each.seen(0.0)[1] == 2 for each in store.readings())
    assert [each.event for each in store.entries(reader.session.id)] == [
        "session_started",
        *["onset", "key", "offset"] * 5,
        "session_ended",
    ]
    assert store.sessions()[0].ended


def test_what_is_published_is_what_is_stored(reader: Reader, store: Store) -> None:
    reader.read()
    reader.session.pause(reader.tick())
    reader.session.resume(reader.tick())
    reader.session.validation(reader.tick(), accuracy_deg=0.7, precision_rms_deg=0.1, data_loss=0.0, points=5)
    reader.session.target(reader.tick(), "drift_check", (960, 540))
    reader.session.target(reader.tick(), "drift_check", None)
    reader.session.drift_check(reader.tick(), offset_deg=0.4, limit_deg=2.0, passed=True, eyes=[0.3, 0.5])
    reader.session.gap(reader.tick(), from_s=3.0, to_s=4.5, reason="silence")
    reader.session.stream_timing(reader.tick(), {"rate_hz": 59.9, "gaps": 1})
    shown = reader.show()
    reader.session.note(reader.tick(), "  he sneezed ")
    reader.session.view(reader.tick(), reader.make.placement)
    reader.session.end(reader.tick())
    assert reader.published == store.entries(reader.session.id)
    assert store.readings()[-1].tracking.accuracy_deg == 0.7
    note = next(each for each in reader.published if each.event == "note")
    assert (note.data, note.image, note.reading) == ({"text": "he sneezed"}, shown, store.readings()[-1].id)


def test_markers_carry_what_the_stream_page_says(reader: Reader, store: Store) -> None:
    image = reader.read(0)
    reader.session.end(reader.tick())
    markers = [json.loads(as_marker(each)) for each in reader.published]
    assert all({"v", "event", "session", "reading", "image"} <= set(each) for each in markers)
    started, onset, key, offset, ended = markers
    assert started["screen_px"] == [1920, 1080]
    assert started["screen_mm"] == [527, 296]
    assert started["gaze_stream"] == {
        "name": "eye",
        "source_id": "eye:1",
        "rate_hz": 60.0,
        "layout": "simulated",
        "same_machine": False,
    }
    assert {"reader", "study", "software", "distance_mm", "utc", "simulated"} <= set(started)
    assert (onset["placement"], onset["image_px"]) == ([420, 0, 1080, 1080], [64, 48])
    assert onset["onset_method"] == "swap"
    assert (key["key"], key["label"], key["confidence"], key["image"]) == ("1", 0, 2, image)
    assert offset["reason"] == "answered"
    assert ended["readings"] == 1
    assert onset["reading"] == key["reading"] == offset["reading"]


def test_a_label_is_stored_before_it_is_published(store: Store, make) -> None:
    def publish(entry: Entry) -> None:
        assert store.entries(entry.session)[-1] == entry

    session = ReadingSession.start(store, "A", make.screen, None, False, lambda: 0.0, publish)
    session.show(session.next_image() or "", make.placement, 1.0, "paint")
    session.answer("1", 0, 0, 2.0)
    session.end(3.0)


def test_a_marker_stream_that_fails_loses_nothing(store: Store, make) -> None:
    def publish(entry: Entry) -> None:
        if entry.event == "key":
            raise ConnectionError("no network")

    session = ReadingSession.start(store, "A", make.screen, None, False, lambda: 0.0, publish)
    session.show(session.next_image() or "", make.placement, 1.0, "swap")
    with pytest.raises(ConnectionError):
        session.answer("1", 0, 0, 2.0)
    assert session.progress == (1, 5)
    assert store.readings()[0].label == 0
    session.end(3.0)


def test_resume_exactly_where_it_stopped(reader: Reader, store: Store) -> None:
    first = reader.read()
    second = reader.show()
    reader.session.end(reader.tick())
    reader.sit_down()
    assert reader.session.progress == (1, 5)
    assert reader.session.next_image() == second
    assert reader.read() == second
    assert reader.read() not in (first, second)
    reader.session.end(reader.tick())
    states = [(each.image, each.state, each.note) for each in store.readings()]
    assert states[:3] == [(first, "done", ""), (second, "interrupted", "ended"), (second, "done", "")]


@pytest.mark.parametrize("reason", ["pause", "tracker_lost", "back"])
def test_an_interrupted_image_comes_again(reader: Reader, reason: str) -> None:
    image = reader.show()
    reader.session.hidden(reader.tick(), reason)
    assert reader.session.reading is None
    assert reader.session.next_image() == image
    reader.read()
    reader.session.end(reader.tick())
    assert reader.labels() == {image: 1}


def test_the_time_limit_hides_but_the_answer_counts(reader: Reader, store: Store) -> None:
    image = reader.show()
    reader.session.hidden(reader.tick(), "time_limit")
    reader.session.answer("3", 2, 1, reader.tick())
    reader.show()
    reader.session.hidden(reader.tick(), "time_limit")
    reader.session.end(reader.tick())
    assert reader.labels() == {image: 2}
    assert [each.state for each in store.readings()] == ["done", "interrupted"]


def test_back_asks_the_last_label_again(reader: Reader, store: Store) -> None:
    first, second = reader.read(0), reader.read(0)
    assert reader.session.back() == second
    assert reader.session.next_image() == second
    reader.read(2)
    assert reader.labels() == {first: 0, second: 2}
    assert reader.session.next_image() not in (first, second)
    old, new = store.readings()[1:]
    assert (old.label, old.replaced_by) == (0, new.id)
    key = next(
        each for each in store.entries(reader.session.id) if each.reading == new.id and each.event == "key"
    )
    assert (key.data["replaces"], key.data["reason"], key.data["reader"]) == (old.id, "back", "A")
    reader.session.end(reader.tick())


def test_back_twice_and_a_correction_of_a_correction(reader: Reader) -> None:
    first, second = reader.read(0), reader.read(0)
    assert reader.session.back() == second
    assert reader.session.back() == first
    assert reader.session.back() is None
    reader.read(1)
    reader.session.back()
    reader.session.back()
    assert reader.read(2) == first
    assert reader.labels() == {first: 2, second: 0}
    assert reader.session.progress == (2, 5)
    reader.session.end(reader.tick())


def test_the_old_label_stands_until_the_new_one(reader: Reader) -> None:
    image = reader.read(0)
    reader.session.back()
    assert reader.show() == image
    reader.session.hidden(reader.tick(), "pause")
    assert reader.labels() == {image: 0}
    # After the pause the same image comes again.
    assert reader.session.next_image() == image
    reader.session.end(reader.tick())
    reader.sit_down()
    assert reader.session.next_image() != image
    assert reader.labels() == {image: 0}
    assert reader.session.back() == image
    reader.read(1)
    assert reader.labels() == {image: 1}
    reader.session.end(reader.tick())


def test_back_can_be_forbidden(new_store, make) -> None:
    reader = Reader(new_store(protocol=Protocol(allow_back=False)), make)
    reader.read()
    assert reader.session.back() is None
    reader.session.end(reader.tick())


def test_cannot_be_assessed_is_an_answer(reader: Reader) -> None:
    image = reader.read(CANNOT_BE_ASSESSED)
    assert reader.labels() == {image: -1}
    assert reader.session.progress == (1, 5)
    reader.session.end(reader.tick())


def test_flag_is_a_switch_of_the_last_reading(reader: Reader, store: Store) -> None:
    assert reader.session.flag(reader.tick()) is None
    reader.read()
    assert reader.session.flag(reader.tick()) is True
    assert store.readings()[0].flagged
    assert reader.session.flag(reader.tick()) is False
    reader.session.flag(reader.tick())
    reader.show()
    assert not reader.session.flagged
    assert [each.flagged for each in store.readings()] == [True, False]
    reader.session.end(reader.tick())


def test_two_readers_are_independent(store: Store, make) -> None:
    one, other = Reader(store, make, "A"), Reader(store, make, "B")
    one.read(0)
    assert other.session.progress == (0, 5)
    other.read(2)
    one.session.end(one.tick())
    other.session.end(other.tick())
    assert (list(one.labels().values()), list(other.labels().values())) == ([0], [2])


def test_a_reader_has_one_session_at_a_time(reader: Reader, store: Store, make) -> None:
    reader.read()
    with Store.open(store.path) as other, pytest.raises(UserError, match="already reading"):
        Reader(other, make)
    reader.session.end(reader.tick())
    with Store.open(store.path) as other:
        again = Reader(other, make)
        assert again.session.progress == (1, 5)
        again.session.end(again.tick())


def test_an_unknown_reader_is_refused(store: Store, make) -> None:
    with pytest.raises(BadInput, match="no reader Z"):
        Reader(store, make, "Z")


def test_an_abandoned_session_is_closed_by_the_next(reader: Reader, store: Store) -> None:
    image = reader.show()
    reader.session.abandon()
    reader.sit_down()
    assert store.sessions()[0].ended
    assert reader.session.next_image() == image
    reader.session.end(reader.tick())


def test_after_a_storage_error_the_same_call_goes_through(
    reader: Reader, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = reader.session.next_image()
    whole = store.append
    failing = True

    def append(*args: object, **kwargs: object) -> Entry:
        if failing:
            raise StorageError("The disk is full.", "Make room.")
        return whole(*args, **kwargs)

    def twice(call) -> None:
        nonlocal failing
        failing, events = True, len(reader.published)
        with pytest.raises(StorageError):
            call()
        assert len(reader.published) == events
        failing = False
        call()
        assert len(reader.published) == events + 1

    monkeypatch.setattr(store, "append", append)
    twice(lambda: reader.session.show(image, reader.make.placement, 1.0, "swap"))
    twice(lambda: reader.session.answer("1", 0, 2, 2.0))
    twice(lambda: reader.session.hidden(3.0, "answered"))
    twice(lambda: reader.session.flag(4.0))
    twice(lambda: reader.session.pause(5.0))
    assert reader.labels() == {image: 0}
    assert store.readings()[0].flagged
    reader.session.end(6.0)


def test_calls_out_of_order_are_mistakes(reader: Reader) -> None:
    with pytest.raises(RuntimeError, match="without an open reading"):
        reader.session.answer("1", 0, 2, 1.0)
    reader.session.hidden(1.0, "pause")  # nothing is shown: nothing happens
    reader.show()
    with pytest.raises(RuntimeError, match="waits for its answer"):
        reader.show()
    reader.session.end(reader.tick())
    assert [each.event for each in reader.published] == [
        "session_started",
        "onset",
        "offset",
        "session_ended",
    ]


def test_a_session_may_be_given_its_id(store: Store, make) -> None:
    # The marker stream, which carries the id in its own, is opened before the session starts.
    wanted = "11111111-2222-3333-4444-555555555555"
    session = ReadingSession.start(store, "A", make.screen, None, False, lambda: 0.0, session_id=wanted)
    session.end(1.0)
    assert session.id == wanted
    assert [each.id for each in store.sessions()] == [wanted]


@pytest.fixture
def strict(new_store, make) -> Reader:
    """A reader whose poor readings are offered again."""
    return Reader(new_store(images=3, protocol=Protocol(offer_again=True)), make)


def judge(reader: Reader, data_loss: float, accuracy_deg: float = math.nan) -> tuple[str, ...]:
    last = reader.store.readings()[-1]
    return reader.session.quality(
        reader.tick(), last.id, last.image, data_loss=data_loss, accuracy_deg=accuracy_deg
    )


def test_an_image_with_poor_gaze_comes_once_more_at_the_end(strict: Reader) -> None:
    first = strict.read(0)
    assert judge(strict, 0.5) == ("data_loss",)
    second = strict.read(1)
    assert judge(strict, 0.3, 2.0) == ()
    third = strict.read(2)
    assert judge(strict, 0.1, 2.5) == ("accuracy",)
    assert strict.session.to_repeat == 2
    assert strict.read(1) == first
    # Poor again: it was offered, and is not a second time.
    assert judge(strict, 0.9) == ("data_loss",)
    assert strict.read(2) == third
    assert strict.session.next_image() is None
    assert strict.labels() == {first: 1, second: 1, third: 2}
    reasons = {each.image: each.reason for each in strict.store.readings() if not each.replaced_by}
    assert reasons == {first: "quality", second: "", third: "quality"}


def test_what_is_to_be_offered_again_survives_the_end_of_a_session(strict: Reader) -> None:
    first = strict.read()
    judge(strict, 0.5)
    strict.session.end(strict.tick())
    strict.sit_down()
    assert strict.session.to_repeat == 1
    rest = {strict.read(), strict.read()}
    assert first not in rest
    assert strict.read() == first
    strict.session.end(strict.tick())
    strict.sit_down()
    assert strict.session.next_image() is None


def test_a_correction_by_the_reader_is_judged_by_its_own_gaze(strict: Reader) -> None:
    first = strict.read()
    judge(strict, 0.5)
    strict.session.back()
    assert strict.read() == first
    assert strict.session.to_repeat == 0
    judge(strict, 0.6)
    assert strict.session.to_repeat == 1


def test_by_default_poor_readings_are_only_marked(reader: Reader) -> None:
    reader.read()
    assert judge(reader, 0.9) == ("data_loss",)
    assert reader.session.to_repeat == 0


def test_a_running_session_keeps_its_protocol(strict: Reader) -> None:
    strict.read()
    strict.store.change_protocol(Protocol(max_data_loss=0.9))
    assert judge(strict, 0.5) == ("data_loss",)
    strict.session.end(strict.tick())
    assert strict.store.protocol == Protocol(max_data_loss=0.9)
    strict.sit_down()
    assert strict.session.to_repeat == 0
