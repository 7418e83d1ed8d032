"""A session that was recorded live and by LabRecorder at the same time is the same from either."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gazeannotator.dataset.readings import Quality, prepare_reading
from gazeannotator.errors import BadInput, Cancelled, UserError
from gazeannotator.geometry import Screen, largest_placement
from gazeannotator.study.check import check_study
from gazeannotator.study.folder import image_file
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import write_image
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import Entry, GazeStream, Image, Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.tracking.eye import Region, SimulatedEye
from gazeannotator.tracking.layouts import from_chunk, recognise
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import simulated_stream
from gazeannotator.tracking.xdf import XdfDamaged
from gazeannotator.tracking.xdf_sessions import import_xdf

SCREEN = Screen(1920, 1080, 527, 296, 650)
FORMS = {"double64": "<f8", "float32": "<f4"}
LIMITS = Quality(1.0, 90.0, False)
ON_SCREEN = [name for name, each in SENDERS.items() if not each.scene_camera and name != "plain"]
SIZE_PX = (64, 48)
PLACE = largest_placement(SIZE_PX, SCREEN.size_px)
EVENTS = "GazeAnnotator-events"
PIXELS = [np.full((48, 64, 3), shade, np.uint8) for shade in (10, 20, 30)]


class Sender:
    """A tracker's stream, as an inlet of the recorder sees it; keeps what it has sent."""

    def __init__(self, layout: str, rate_hz: float, start_s: float, ahead_s: float, seed: int = 0) -> None:
        self.layout = layout
        stream = simulated_stream(layout, rate_hz, SCREEN.size_px, pid=seed + 1)
        self.stream = dataclasses.replace(stream, hostname="tracker" if ahead_s else "room")
        self.eye = SimulatedEye(start_s, seed=seed)
        self.eye.look_at(Region((0.5, 0.5), (0.4, 0.7)), start_s)
        self.rate_hz, self.start_s, self.ahead_s = rate_hz, start_s, ahead_s
        self.now, self.reconnects, self.number = start_s, 0, 0
        self.sent: list[tuple[np.ndarray, np.ndarray]] = []
        self.measured: list[tuple[float, float]] = []

    def pull(self) -> tuple[np.ndarray, np.ndarray]:
        until = int((self.now - self.start_s) * self.rate_hz)
        numbers = np.arange(self.number, max(self.number, until))
        self.number = max(self.number, until)
        chunk = self.eye.sample(self.start_s + numbers / self.rate_hz)
        form = FORMS[self.stream.channel_format]
        values = from_chunk(chunk, SENDERS[self.layout], SCREEN.size_px).astype(form)
        stamps = chunk.time_s + self.ahead_s
        if len(stamps):
            self.sent.append((values, stamps))
        return values, stamps

    def clock_offset(self) -> float:
        self.measured.append((self.now, -self.ahead_s))
        return -self.ahead_s

    def close(self) -> None: ...


class Room:
    """A reading session with its recorder, on a clock that is turned by hand."""

    def __init__(
        self, store: Store, layout: str = "gazeannotator", *, ahead_s: float = 0.0, at_s: float = 50.0
    ):
        self.store, self.now = store, at_s
        self.sender = Sender(layout, 120.0, at_s, ahead_s)
        known = recognise(self.sender.stream)
        self.stream = GazeStream(
            self.sender.stream.name, self.sender.stream.source_id, 120.0, known.name, same_machine=not ahead_s
        )
        self.recorder = Recorder(
            self.sender, known, SCREEN.size_px, clock=lambda: self.now, same_machine=not ahead_s
        )
        self.markers: list[tuple[float, str]] = []

    def pass_by(self, seconds: float) -> None:
        for step_s in np.diff(np.linspace(0, seconds, max(2, round(seconds / 0.1)))):
            self.now += step_s
            self.sender.now = self.now
            self.recorder.pull_once(self.now)

    def publish(self, entry: Entry) -> None:
        self.markers.append((entry.t_s, as_marker(entry)))

    def read(self, reader: str = "A", *, answers: int = 3, end: bool = True, gaze: bool = True) -> str:
        self.pass_by(0.3)
        stream = self.stream if gaze else None
        session = ReadingSession.start(
            self.store, reader, SCREEN, stream, True, lambda: self.now, self.publish, onset_correction_s=0.004
        )
        if gaze:
            self.recorder.record_into(self.store, session.id)
        self.pass_by(0.2)
        accuracy = {"accuracy_deg": 0.4, "precision_rms_deg": 0.1, "data_loss": 0.0, "points": 5}
        session.validation(self.now, **accuracy)
        for number in range(answers):
            image = session.next_image()
            reading = session.show(image, PLACE, self.now, "swap")
            self.pass_by(0.8)
            if number == 1:
                session.flag(self.now)
                session.view(self.now, largest_placement((48, 48), SCREEN.size_px))
                self.pass_by(0.3)
            session.answer("2", 1, 2, self.now)
            self.pass_by(0.02)
            session.hidden(self.now, "answered")
            session.quality(self.now, reading, image, data_loss=0.02, accuracy_deg=math.nan)
            self.pass_by(0.1)
        session.back()
        session.show(session.next_image(), PLACE, self.now, "swap")
        self.pass_by(0.5)
        session.answer("0", -1, 1, self.now)
        session.hidden(self.now, "answered")
        session.show(session.next_image() or self.store.images()[0].id, PLACE, self.now, "swap")
        self.pass_by(0.4)
        if end:
            session.end(self.now)
        else:
            session.abandon()
        self.pass_by(0.02)  # what was sent before the end arrives
        if gaze:
            self.recorder.stop_recording()
        self.pass_by(0.3)
        return session.id

    def write(self, file: Any, *, host: str = "room", recorded_ahead_s: float = 0.0, first: int = 1) -> Any:
        """Write what LabRecorder would have stored on a computer whose clock is so much ahead."""
        own = self.sender.stream
        sessions = dict.fromkeys(json.loads(text)["session"] for _, text in self.markers)
        for number, session in enumerate(sessions, start=first):
            mine = [each for each in self.markers if json.loads(each[1])["session"] == session]
            source = f"gazeannotator-events:{session}"
            file.stream(number, EVENTS, "Markers", 1, "string", source_id=source, hostname=host)
            for t_s in (self.now - 5, self.now):
                file.offset(number, t_s, recorded_ahead_s)
            file.texts(number, [t for t, _ in mine], [text for _, text in mine])
        gaze = first + len(sessions)
        file.described(gaze, own, hostname=own.hostname)
        for at_s, offset_s in self.sender.measured:
            file.offset(gaze, at_s - offset_s, offset_s + recorded_ahead_s)
        for values, stamps in self.sender.sent:
            file.numbers(gaze, stamps, values, FORMS[own.channel_format]).boundary()
        return file


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    stores = []

    def make(name: str, pixels: list[np.ndarray] = PIXELS, **options: Any) -> Store:
        options = {"scheme": load_scheme("nice"), "protocol": Protocol(random_order=False)} | options
        store = Store.create(tmp_path / name, name=name, **options)
        stores.append(store)
        for each in pixels:
            write_image(image_file(store.path, image_id(each)), each)
        store.add_images([Image(image_id(each), None, -1, SIZE_PX, ()) for each in pixels])
        store.add_reader("A")
        return store

    yield make
    for each in stores:
        each.close()


def same(one: Any, two: Any) -> bool:
    """Equality for which NaN equals NaN."""
    return repr(one) == repr(two)


def assert_same_session(first: Store, second: Store, session_id: str, *, tolerance_s: float = 0.0) -> None:
    sessions = [{each.id: each for each in store.sessions()}[session_id] for store in (first, second)]
    assert same(*sessions)
    readings = [store.readings(session_id) for store in (first, second)]
    assert same(*readings)
    rows = [store.entries(session_id) for store in (first, second)]
    own = {"study", "gaze_length", "gaze_head"}
    told = [
        [
            dataclasses.replace(row, utc="", data={key: row.data[key] for key in row.data.keys() - own})
            for row in each
        ]
        for each in rows
    ]
    assert told[0] == told[1]
    for reading in readings[0]:
        prepared = [
            prepare_reading(store, sessions[0], reading, SIZE_PX, "adaptive", LIMITS)
            for store in (first, second)
        ]
        assert same(prepared[0].columns, prepared[1].columns) or tolerance_s
        assert len(prepared[0].gaze["t_s"]) == len(prepared[1].gaze["t_s"]) > 30
        for table in ("gaze", "fixations"):
            for name, values in getattr(prepared[0], table).items():
                np.testing.assert_allclose(
                    getattr(prepared[1], table)[name], values, rtol=0, atol=tolerance_s
                )


@pytest.mark.parametrize("layout", ON_SCREEN)
def test_a_session_is_the_same_from_xdf(study, xdf, tmp_path, layout) -> None:
    here, there = study("here"), study("there")
    room = Room(here, layout)
    session = room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    report = import_xdf(there, path)
    assert (report.sessions, report.readings, report.refused) == (1, 5, [])
    assert_same_session(here, there, session)
    assert {each.source for each in there.readings()} == {"simulated"}
    assert check_study(there.path) == []
    assert any("another study" in note for note in report.notes)


@pytest.mark.parametrize("recorded_ahead_s", [0.0, 1e-4, 7777.25])
def test_the_clocks_of_three_computers_come_together(study, xdf, tmp_path, recorded_ahead_s) -> None:
    here, there = study("here"), study("there")
    room = Room(here, ahead_s=-1234.5)
    session = room.read()
    file = room.write(xdf(), recorded_ahead_s=recorded_ahead_s)
    import_xdf(there, file.write(tmp_path / "a.xdf"))
    # A tenth of a millisecond from one program to another on the same computer is no offset of clocks,
    # but goes into what is measured of a third computer's.
    assert_same_session(here, there, session, tolerance_s=1e-9 if recorded_ahead_s != 1e-4 else 2e-4)


def test_a_tracker_whose_clock_was_reset_is_followed(study, xdf, tmp_path) -> None:
    there = study("there")
    here = study("here")
    room = Room(here, ahead_s=100.0)
    session = room.read()
    file, own = xdf(), room.sender.stream
    markers = [each for each in room.markers]
    file.stream(1, EVENTS, "Markers", 1, "string").described(2, own)
    file.texts(1, [t for t, _ in markers], [text for _, text in markers])
    reset_s = 51.5
    file.offset(2, 150.0, -100.0).offset(2, 151.4, -100.0)
    for values, stamps in room.sender.sent:
        late = stamps - 100 > reset_s
        if late.any() and not room.sender.measured[-1][0] < 0:
            file.numbers(2, stamps[~late], values[~late], "<f8")
            if len(room.sender.measured) < 99:
                room.sender.measured = [(0.0, 0.0)] * 99
                file.offset(2, reset_s - 3000, 3000.0)
            file.numbers(2, stamps[late] - 3100, values[late], "<f8")
        else:
            file.numbers(2, stamps, values, "<f8")
    file.offset(2, 55.0 - 3000, 3000.0)
    import_xdf(there, file.write(tmp_path / "a.xdf"))
    for reading in here.readings(session):
        live, again = (
            prepare_reading(store, store.sessions()[0], reading, SIZE_PX, "adaptive", LIMITS).gaze
            for store in (here, there)
        )
        assert len(live["t_s"]) == len(again["t_s"]) > 30
        np.testing.assert_allclose(live["t_s"], again["t_s"], atol=1e-9)
        np.testing.assert_array_equal(live["xy_px"], again["xy_px"])


def test_several_sessions_of_one_file(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    here.add_reader("B")
    room = Room(here)
    first, second = room.read("A"), room.read("B", answers=2)
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    assert import_xdf(there, path).sessions == 2
    for session in (first, second):
        assert_same_session(here, there, session)
    assert [each.code for each in there.readers()] == ["A", "B"]


def test_importing_again_changes_nothing(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    session = room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    import_xdf(there, path)
    before = there.entries(session), there.gaze_sample_count()
    for store in (here, there):
        report = import_xdf(store, path)
        assert (report.sessions, report.already_known) == (0, 1)
        assert "left alone" in report.notes[0]
    assert (there.entries(session), there.gaze_sample_count()) == before
    assert check_study(here.path) == check_study(there.path) == []


def test_a_session_without_its_end_is_closed_as_after_a_crash(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    session = room.read(end=False)
    report = import_xdf(there, room.write(xdf()).write(tmp_path / "a.xdf"))
    assert any("has no end" in note for note in report.notes)
    assert [each.state for each in there.readings()] == ["done"] * 4 + ["interrupted"]
    assert there.sessions()[0].ended
    assert there.readings()[-1].note == "crash"
    assert {each.id for each in there.readings()} == {each.id for each in here.readings(session)}
    assert check_study(there.path) == []


def test_a_session_that_recorded_no_gaze(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    session = room.read(gaze=False)
    report = import_xdf(there, room.write(xdf()).write(tmp_path / "a.xdf"))
    assert (report.samples, there.sessions()[0].gaze_stream) == (0, None)
    assert same(here.readings(session), there.readings(session))


# What is refused ------------------------------------------------------------------------------


def markers_only(room: Room, xdf: Any, change: Callable[[list[dict]], object] | None = None) -> Any:
    rows = [json.loads(text) for _, text in room.markers]
    if change:
        change(rows)
    file = xdf().stream(1, EVENTS, "Markers", 1, "string")
    return file.texts(1, [t for t, _ in room.markers][: len(rows)], [json.dumps(row) for row in rows])


def test_gaze_that_is_not_in_the_file_is_missed(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    session = room.read()
    path = markers_only(room, xdf).write(tmp_path / "a.xdf")
    with pytest.raises(BadInput, match=r"is not in the file \(gaze in it: none\).*--without-gaze"):
        import_xdf(there, path)
    assert there.sessions() == []
    report = import_xdf(there, path, without_gaze=True)
    assert "answers only" in report.notes[0]
    assert same(here.readings(session), there.readings(session))


def test_a_restarted_tracker_is_the_same_if_it_is_the_only_one(study, xdf, tmp_path) -> None:
    here = study("here")
    room = Room(here)
    session = room.read()
    room.sender.stream = dataclasses.replace(room.sender.stream, source_id="another start")
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    there = study("there")
    import_xdf(there, path)
    assert_same_session(here, there, session)
    second = dataclasses.replace(room.sender.stream, source_id="another tracker")
    both = tmp_path / "b.xdf"
    room.write(xdf()).described(99, second).write(both)
    with pytest.raises(BadInput, match="2 streams in the file are called"):
        import_xdf(study("third"), both)
    assert import_xdf(study("fourth"), both, without_gaze=True).samples == 0


def test_images_that_the_study_does_not_have_are_named(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there", pixels=PIXELS[:2])
    room = Room(here)
    room.read()
    with pytest.raises(
        BadInput, match=r"images that the study does not have: 1 \(" + image_id(PIXELS[2])[:12]
    ):
        import_xdf(there, room.write(xdf()).write(tmp_path / "a.xdf"))
    assert (there.sessions(), there.gaze_sample_count()) == ([], 0)


def test_one_session_that_does_not_fit_keeps_out_no_other(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there", pixels=PIXELS[1:])
    room = Room(here)
    lost = room.read()
    room.store = study("other", pixels=PIXELS[1:])
    kept = room.read(answers=1)
    report = import_xdf(there, room.write(xdf()).write(tmp_path / "a.xdf"))
    assert [each.id for each in there.sessions()] == [kept]
    assert len(report.refused) == 1
    assert lost in report.refused[0][1]


def test_a_study_with_other_classes_is_refused(study, xdf, tmp_path) -> None:
    scheme = load_scheme("nice")
    other = dataclasses.replace(scheme, classes=scheme.classes[::-1])
    here, there = study("here"), study("there", scheme=other)
    room = Room(here)
    room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    with pytest.raises(
        BadInput, match=r"other classes \(Type 1, Type 2, Type 3\).*\(Type 3, Type 2, Type 1\)"
    ):
        import_xdf(there, path)

    def forget(rows: list[dict]) -> None:
        del rows[0]["classes"]

    # Sessions of the first versions do not name them: then the keys tell.
    path = markers_only(room, xdf, forget).write(tmp_path / "b.xdf")
    import_xdf(study("third", scheme=scheme), path, without_gaze=True)
    shifted = dataclasses.replace(scheme, classes=(scheme.classes[1], scheme.classes[0], scheme.classes[2]))
    with pytest.raises(BadInput, match=r"other classes \(not told\)"):
        import_xdf(study("fourth", scheme=shifted), path, without_gaze=True)


def drop_start(rows: list[dict]) -> None:
    del rows[0]


def newer(rows: list[dict]) -> None:
    rows[3]["v"] = 2


def start_twice(rows: list[dict]) -> None:
    rows.insert(1, rows[0] | {"software": "x"})


def go_on_after_end(rows: list[dict]) -> None:
    rows.append(rows[1])


def no_placement(rows: list[dict]) -> None:
    del next(row for row in rows if row["event"] == "onset")["placement"]


def flat_image(rows: list[dict]) -> None:
    next(row for row in rows if row["event"] == "onset")["placement"][2] = 0


def other_size(rows: list[dict]) -> None:
    next(row for row in rows if row["event"] == "onset")["image_px"] = [65, 48]


def lost_onset(rows: list[dict]) -> None:
    rows.remove(next(row for row in rows if row["event"] == "onset"))


def odd_label(rows: list[dict]) -> None:
    next(row for row in rows if row["event"] == "key")["label"] = 7


def odd_confidence(rows: list[dict]) -> None:
    next(row for row in rows if row["event"] == "key")["confidence"] = 9


def odd_id(rows: list[dict]) -> None:
    for row in rows:
        row["reading"] = "x'; DROP TABLE entries" if row["reading"] else None


def odd_reader(rows: list[dict]) -> None:
    rows[0]["reader"] = ""


def odd_screen(rows: list[dict]) -> None:
    rows[0]["screen_mm"] = [0, 296]


REFUSED = {
    drop_start: "does not begin with its session_started",
    newer: "it was sent by a newer GazeAnnotator",
    start_twice: "begins or ends more than once",
    go_on_after_end: "begins or ends more than once",
    no_placement: "'placement' is missing",
    flat_image: "an image at",
    other_size: "which has (64, 48) here",
    lost_onset: "of a reading that did not begin",
    odd_label: "read with other classes",
    odd_confidence: "with confidence 9",
    odd_id: "badly formed",
    odd_reader: "is no reader code",
    odd_screen: "must be positive numbers",
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_events_that_make_no_session_are_refused(study, xdf, tmp_path, change) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    room.read(answers=1)
    room.markers += [(room.now, room.markers[1][1])]
    path = markers_only(room, xdf, lambda rows: (rows.pop(), change(rows))).write(tmp_path / "a.xdf")
    with pytest.raises(BadInput) as error:
        import_xdf(there, path, without_gaze=True)
    assert REFUSED[change] in str(error.value)
    assert there.sessions() == []
    assert check_study(there.path) == []


@pytest.mark.parametrize(
    "text", ["hello", "[]", "{}", '{"v": 1, "event": "key"}', '{"v": 1, "x": NaN}', "[" * 99999]
)
def test_a_marker_that_is_no_event_is_named(study, xdf, tmp_path, text) -> None:
    file = xdf().stream(1, EVENTS, "Markers", 1, "string").texts(1, [1.0], [text])
    with pytest.raises(BadInput, match="event 1 of GazeAnnotator-events cannot be understood"):
        import_xdf(study("a"), file.write(tmp_path / "a.xdf"))


def test_unknown_coordinates_are_asked_for(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here, "plain")
    room.recorder = Recorder(
        room.sender,
        recognise(room.sender.stream).with_coordinates("screen_px"),
        SCREEN.size_px,
        clock=lambda: room.now,
        same_machine=True,
    )
    session = room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    with pytest.raises(BadInput, match="does not say where its gaze points are"):
        import_xdf(there, path)
    import_xdf(there, path, answer_for=lambda key: "screen_px" if key == room.stream.source_id else None)
    assert_same_session(here, there, session)


def test_clocks_that_were_never_compared_are_refused(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here, ahead_s=10.0)
    room.read()
    room.sender.measured = []
    with pytest.raises(BadInput, match="on the computer tracker was not measured"):
        import_xdf(there, room.write(xdf()).write(tmp_path / "a.xdf"))


def test_a_damaged_file_is_imported_only_if_that_is_wanted(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(XdfDamaged, match="is damaged at byte"):
        import_xdf(there, path)
    assert there.sessions() == []
    report = import_xdf(there, path, damaged=True)
    assert report.sessions == 1
    assert any("is damaged at byte" in note for note in report.notes)


def test_a_file_of_other_things_is_refused(study, xdf, tmp_path) -> None:
    file = xdf().stream(1, "BioSemi", "EEG", 8, "float32")
    with pytest.raises(BadInput, match=r"no gaze and no events.*'BioSemi' \(EEG\)"):
        import_xdf(study("a"), file.write(tmp_path / "a.xdf"))
    file.described(2, simulated_stream("titta", 60, SCREEN.size_px))
    with pytest.raises(BadInput, match="gaze \\('Tobii_gaze'\\), but no events"):
        import_xdf(study("b"), file.write(tmp_path / "a.xdf"))


@pytest.mark.parametrize("name", ["minimal.xdf", "clock_resets.xdf", "empty_streams.xdf"])
def test_real_files_without_gaze_are_refused(study, name) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "xdf" / name
    if not path.exists():
        pytest.skip(f"there is no {path}")
    with pytest.raises(BadInput, match="holds no gaze and no events of a reading session"):
        import_xdf(study("a"), path)


def test_a_reader_who_reads_now_is_not_disturbed(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    with (
        Store.open(there.path) as elsewhere,
        elsewhere.reader_lock("A"),
        pytest.raises(UserError, match="another window"),
    ):
        import_xdf(there, path)
    assert there.sessions() == []


def test_stopping_leaves_the_study_as_it_was(study, xdf, tmp_path) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")

    def stop(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        import_xdf(there, path, progress=stop)
    assert there.sessions() == []


def test_a_failure_while_storing_leaves_the_study_as_it_was(study, xdf, tmp_path, monkeypatch) -> None:
    here, there = study("here"), study("there")
    room = Room(here)
    room.read()
    path = room.write(xdf()).write(tmp_path / "a.xdf")
    with monkeypatch.context() as patch:
        patch.setattr("gazeannotator.study.store_rows.append_end", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_xdf(there, path)
    assert (there.sessions(), there.gaze_sample_count(), check_study(there.path)) == ([], 0, [])
    assert import_xdf(there, path).sessions == 1
