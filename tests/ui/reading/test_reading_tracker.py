"""A reading with an eye tracker, over real LSL."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gazeannotator.errors import StorageError
from gazeannotator.settings import LastStream, Settings
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl, simulator
from gazeannotator.tracking.mapping import StreamMapping
from gazeannotator.ui.dialogs.stream_mapping import StreamMappingDialog
from gazeannotator.ui.reading import link
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(60)


def connected(reading: Any) -> Any:
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "receiving")
    return reading


def test_gaze_is_recorded_from_start_to_end(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = open_window(make_study(2), without_gaze=False)
    used: list[tuple[str, str, str]] = []
    reading.window.stream_used.connect(lambda *each: used.append(each))
    connected(reading)
    assert "Eye tracker ready" in reading.said
    assert used == [(tracker.description.source_id, tracker.description.name, "")]
    signs = reading.window.signs
    assert signs.simulated.isVisible()
    assert not signs.recording.isVisible()
    reading.start()
    assert signs.recording.isVisible()
    assert signs.simulated.text() == "SIMULATED"
    for _ in range(2):
        reading.qtbot.wait(300)
        reading.answer()
    summary = reading.leave()
    assert summary["simulated"]
    assert summary["unsaved"] == ""
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        assert session.simulated
        assert session.ended
        assert session.gaze_stream.source_id == tracker.description.source_id
        for each in store.readings():
            chunk = store.gaze(session.id, each.onset_s, each.offset_s)
            assert len(chunk) == pytest.approx(250 * (each.offset_s - each.onset_s), abs=8)
            np.testing.assert_allclose(chunk.left, 0.5)
            assert each.source == "simulated"


def test_space_before_the_tracker_is_ready_is_remembered(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    reading = open_window(make_study(1), without_gaze=False)
    assert "Looking for the eye tracker" in reading.said
    reading.press(Key.Key_Space)
    assert "Starts by itself" in reading.said
    make_tracker()
    reading.until(Phase.VIEWING)


def test_stream_that_never_comes(
    make_study: Make, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE_S", 0.2)
    reading = open_window(make_study(1), stream="no such tracker", without_gaze=False)
    reading.qtbot.waitUntil(lambda: "no such tracker has not been found. Start" in reading.said)
    reading.press(Key.Key_Space)
    assert reading.controller.phase is Phase.READY
    reading.press(Key.Key_N)
    reading.until(Phase.VIEWING)
    reading.answer()
    reading.leave()
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        assert session.gaze_stream is None
        assert store.gaze_sample_count() == 0


def test_wanted_stream_among_others(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    make_tracker()
    wanted = make_tracker("xdf")
    assert wanted.description.name != "GazeAnnotator-simulated"
    reading = open_window(make_study(1), stream=wanted.description.name, without_gaze=False)
    connected(reading)
    assert reading.window.link.feed.description.name == wanted.description.name


def test_reader_chooses_among_streams(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    make_tracker()
    make_tracker("xdf")
    reading = open_window(make_study(1), without_gaze=False)
    reading.qtbot.waitUntil(lambda: "Which eye tracker?" in reading.said)
    second = reading.window.link.state.streams[1]
    reading.press(Key.Key_2)
    connected(reading)
    assert reading.window.link.feed.description.uid == second.uid


def test_stream_of_last_time_is_taken(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    make_tracker()
    last = make_tracker("xdf").description
    settings = Settings(last_stream=LastStream(source_id=last.source_id, name=last.name))
    reading = connected(open_window(make_study(1), without_gaze=False, settings=settings))
    assert reading.window.link.feed.description.name == last.name


def test_stream_that_cannot_be_used(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    glasses = make_tracker("tobii-glasses3")
    reading = open_window(make_study(1), without_gaze=False)
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "failed")
    assert "'Tobii Pro Glasses 3' gives gaze in the picture of a head-worn camera" in reading.said
    assert "N Read without eye tracker" in reading.said
    # One that can be used is taken as soon as it is there.
    make_tracker()
    connected(reading)
    assert reading.window.link.feed.description.uid != glasses.description.uid


def mapping_dialog(reading: Any) -> StreamMappingDialog:
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "channels")
    assert "Lab does not say which of its numbers are gaze" in reading.said
    assert "M See all its numbers and tell what they are" in reading.said
    reading.press(Key.Key_M)
    return reading.window.mapping


def test_unknown_channels_are_told_in_a_dialog(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker(values=[0, 200.0, 600.0, 0, 0, 0, 0], name="Lab", label="ch")
    study = make_study(1)
    reading = open_window(study, without_gaze=False)
    used: list[tuple[str, str, object]] = []
    reading.window.stream_used.connect(lambda *each: used.append(each))
    dialog = mapping_dialog(reading)
    # The keys of the reading do nothing meanwhile.
    reading.press(Key.Key_1)
    assert reading.window.link.state.step == "channels"
    dialog.channels.set_roles({"x": 1, "y": 2})
    dialog.channels.changed.emit()
    reading.qtbot.waitUntil(dialog.accept_button.isEnabled)
    dialog.accept_button.click()
    connected(reading)
    assert reading.window.mapping is None
    told = used[0][2]
    assert isinstance(told, StreamMapping)
    reading.start()
    reading.qtbot.wait(300)
    reading.answer()
    reading.leave()
    with Store.open(study) as store:
        (session,) = store.sessions()
        np.testing.assert_allclose(store.gaze(session.id).left[0], [0.25, 0.75])
        assert session.gaze_stream.layout == "mapped"
    # The next time the answer is known.
    again = open_window(study, without_gaze=False, settings=Settings().with_answer(used[0][0], told))
    connected(again)
    assert again.window.link.feed.latest(1).left[-1].tolist() == [0.25, 0.75]


def test_mapping_can_be_left_and_the_reader_goes_on_without(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker(name="Lab", label="ch")
    reading = open_window(make_study(1), without_gaze=False)
    mapping_dialog(reading).reject()
    assert reading.window.mapping is None
    reading.press(Key.Key_N)
    assert reading.window.link.state.step == "none"


def test_another_tracker_that_comes_while_one_is_not_understood_can_be_chosen(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    unknown = make_tracker(name="Lab", label="ch")
    reading = open_window(make_study(1), without_gaze=False)
    dialog = mapping_dialog(reading)
    known = make_tracker("xdf", [200.0, 600.0, 200.0, 600.0])
    reading.qtbot.wait(1500)
    # Not while somebody is at it.
    assert reading.window.link.state.step == "channels"
    dialog.reject()
    reading.qtbot.waitUntil(lambda: "Which eye tracker?" in reading.said)
    names = [each.name for each in reading.window.link.state.streams]
    assert sorted(names) == sorted([unknown.description.name, known.description.name])
    # One that was chosen beside the others is not left again.
    reading.press((Key.Key_1, Key.Key_2)[names.index("Lab")])
    reading.qtbot.waitUntil(lambda: reading.window.link.state.step == "channels")
    reading.qtbot.wait(1500)
    assert reading.window.link.state.step == "channels"


def test_unknown_coordinates_can_be_told_in_the_dialog_too(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker("plain", [25.0, 75.0])
    reading = open_window(make_study(1), without_gaze=False)
    reading.qtbot.waitUntil(lambda: "Now x 25, y 75" in reading.said)
    reading.press(Key.Key_M)
    dialog = reading.window.mapping
    reading.qtbot.waitUntil(dialog.accept_button.isEnabled)
    assert dialog.coordinates.currentData() == "percent"
    dialog.accept_button.click()
    connected(reading)
    assert reading.window.link.feed.latest(1).left[-1].tolist() == [0.25, 0.75]


def test_unknown_coordinates_are_asked(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker("plain", [200.0, 600.0])
    study = make_study(1)
    reading = open_window(study, without_gaze=False)
    used: list[tuple[str, str, str]] = []
    reading.window.stream_used.connect(lambda *each: used.append(each))
    reading.qtbot.waitUntil(lambda: "Now x 200, y 600" in reading.said)
    reading.press(Key.Key_2)
    connected(reading)
    assert used[0][2] == "screen_px"
    reading.start()
    reading.qtbot.wait(300)
    reading.answer()
    reading.leave()
    with Store.open(study) as store:
        chunk = store.gaze(store.sessions()[0].id)
        np.testing.assert_allclose(chunk.left[0], [0.25, 0.75])
    # The next time the answer is known.
    settings = Settings().with_coordinates(used[0][0], "normalised")
    again = connected(open_window(study, without_gaze=False, settings=settings))
    assert again.window.link.feed.latest(1).left[-1].tolist() == [200.0, 600.0]
    assert tracker.sent


def test_lost_tracker_holds_the_reading(make_study: Make, open_window: Open, make_tracker: Make) -> None:
    tracker = make_tracker()
    reading = connected(open_window(make_study(2), without_gaze=False))
    reading.start()
    tracker.stop()
    reading.until(Phase.HELD)
    assert "signal is lost" in reading.said
    assert reading.window.view.frame.image is None
    reading.press(Key.Key_Space)
    reading.press(Key.Key_1)
    assert reading.controller.phase is Phase.HELD
    tracker.start()
    reading.until(Phase.PAUSED)
    assert "The eye tracker is back" in reading.said
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    with Store.open(reading.study) as store:
        first, again = store.readings()
    assert (first.state, first.note, again.image) == ("interrupted", "tracker_lost", first.image)
    feed = reading.window.link.feed
    (gap,) = [each for each in reading.data("gap") if each["reason"] == "silence"]
    assert first.onset_s < gap["from_s"] + 0.1 < gap["to_s"] < again.onset_s
    assert feed.timing.longest_gap_s == pytest.approx(gap["to_s"] - gap["from_s"], abs=0.01)
    assert feed.timing.reconnects == 0


def test_a_tracker_program_that_was_started_again_is_taken_up_under_its_new_id(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = make_tracker()
    reading = connected(open_window(make_study(1), without_gaze=False))
    reading.start()
    tracker.close()
    reading.until(Phase.HELD)
    with monkeypatch.context() as patch:
        patch.setattr(simulator.os, "getpid", lambda: 4711)
        again = make_tracker()
    assert again.description.source_id != tracker.description.source_id
    reading.until(Phase.PAUSED)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    feed = reading.window.link.feed
    assert [each["reason"] for each in reading.data("gap")] == ["reconnected"]
    reading.qtbot.waitUntil(lambda: feed.timing.samples >= 250)
    reading.answer()
    reading.leave()
    assert feed.timing.reconnects == 1
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        assert session.gaze_stream.same_machine
        done = store.readings()[-1]
        chunk = store.gaze(session.id, done.onset_s, done.offset_s)
        assert len(chunk) == pytest.approx(250 * (done.offset_s - done.onset_s), abs=8)


def test_gaze_that_cannot_be_stored(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = make_tracker()
    reading = connected(open_window(make_study(1), without_gaze=False))
    append, full = Store.append_gaze, [False]

    def failing(self: Store, *args: Any) -> Any:
        if full[0]:
            raise StorageError("The disk is full.", "Make room.")
        return append(self, *args)

    monkeypatch.setattr(Store, "append_gaze", failing)
    reading.start()
    full[0] = True
    reading.until(Phase.HELD)
    assert "Gaze cannot be saved" in reading.said
    assert "The disk is full" in reading.said
    reading.qtbot.wait(500)
    full[0] = False
    reading.until(Phase.PAUSED)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    reading.answer()
    reading.leave()
    with Store.open(reading.study) as store:
        gaze = store.gaze(store.sessions()[0].id)
    # Not one is missing of those that came meanwhile.
    assert np.max(np.diff(gaze.time_s)) == pytest.approx(1 / 250, rel=0.01)
    assert len(gaze) > 400
    assert tracker.sent


def test_events_go_out_as_markers(make_study: Make, open_window: Open) -> None:
    pylsl = lsl.library()
    reading = open_window(make_study(1))
    # A recorder joins on the ready page, before anything has happened.
    (info,) = pylsl.resolve_byprop("name", "GazeAnnotator-events", 1, 5.0)
    inlet = pylsl.StreamInlet(info, recover=False)
    inlet.open_stream(timeout=5.0)
    reading.start()
    reading.answer(Key.Key_2)
    session = reading.controller.session.id
    entries = reading.entries()
    assert info.source_id() == f"gazeannotator-events:{session}"
    got: list[tuple[dict, float]] = []

    def pull() -> bool:
        sample, stamp = inlet.pull_sample(timeout=0.0)
        if sample is not None:
            got.append((json.loads(sample[0]), stamp))
        return bool(got) and got[-1][0]["event"] == "session_ended"

    # The last event arrives too, although the stream goes with the window.
    reading.press(Key.Key_Space)
    reading.qtbot.waitUntil(pull)
    assert [each["event"] for each, _stamp in got] == [
        "session_started",
        "onset",
        "key",
        "offset",
        "session_ended",
    ]
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    for (event, stamp), entry in zip(got, entries, strict=False):
        assert event["session"] == session
        assert event["v"] == 1
        assert math.isclose(stamp, entry.t_s, abs_tol=1e-6)
    assert got[1][0]["placement"] == list(entries[1].data["placement"])
