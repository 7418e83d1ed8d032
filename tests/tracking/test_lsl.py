"""Over real LSL, within the test run's own LSL session (tests/conftest.py).

Inlets are destroyed before their outlets.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from gazeannotator.errors import TrackerError
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import StreamDescription, describe, from_chunk, recognise
from gazeannotator.tracking.markers import MarkerWatch
from gazeannotator.tracking.outlets import GazeOutlet, MarkerOutlet
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import simulated_stream

SCREEN_PX = (1024.0, 768.0)
COMMAND = [sys.executable, "-c", "from gazeannotator.cli.tracker import app; app()"]


class MemorySink:
    def __init__(self) -> None:
        self.chunks: list[GazeChunk] = []
        self.offsets: list[tuple[float, float]] = []

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        self.chunks.append(chunk)

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        self.offsets.append((at_s, offset_s))

    @property
    def gaze(self) -> GazeChunk:
        return GazeChunk.joined(self.chunks)


def wait_for(what: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = monotonic() + timeout_s
    while not what():
        assert monotonic() < deadline, "this never came true"
        sleep(0.005)


@contextmanager
def tracker(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `tracker simulate` in a process of its own and stop it as a user does."""
    process = subprocess.Popen([*COMMAND, "simulate", *options], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout is not None
        process.stdout.close()


def source_id(process: subprocess.Popen[str]) -> str:
    return f"gazeannotator-simulated:{process.pid}"


@contextmanager
def recording(stream: StreamDescription, sink: MemorySink) -> Iterator[Recorder]:
    """Record a stream in the recorder's own thread, which ends here even if the test fails."""
    inlet = GazeInlet(stream)
    recorder = Recorder(inlet, recognise(stream), SCREEN_PX, clock=lsl.local_clock)
    recorder.record_into(sink, "s")
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.stop()


def own_stream(layout: str = "gazeannotator") -> StreamDescription:
    stream = simulated_stream(layout, 100.0, SCREEN_PX)
    return replace(stream, source_id=f"test-{uuid.uuid4().hex}")


def one_sample(time_s: float, x: float, sequence: float) -> GazeChunk:
    xy = np.array([[x, 0.5]])
    pupil, origin = np.array([[3.0, 3.1]]), np.full((1, 2, 3), np.nan)
    return GazeChunk(np.array([time_s]), xy, xy, pupil, np.array([600.0]), np.array([sequence]), origin)


@pytest.mark.parametrize("layout", list(SENDERS))
def test_a_stream_is_found_and_described_as_it_describes_itself(layout: str) -> None:
    stream = own_stream(layout)
    outlet = GazeOutlet(stream)
    found = lsl.find_stream(stream.source_id)
    assert replace(found, hostname="", uid="") == stream
    assert describe(found) == describe(stream)
    outlet.close()


def test_metatype_of_the_pupil_relay_counts_as_type() -> None:
    pylsl = lsl.library()
    info = pylsl.StreamInfo("relay_Gaze", "Gaze", 2, 0.0, pylsl.cf_double64, f"relay-{uuid.uuid4().hex}")
    channels = info.desc().append_child("channels")
    for axis in "XY":
        channel = channels.append_child("channel")
        channel.append_child_value("label", axis.lower())
        channel.append_child_value("metatype", f"Screen{axis}")
        channel.append_child_value("coordinate_system", "world")
    outlet = pylsl.StreamOutlet(info)
    found = lsl.find_stream(info.source_id())
    assert found.channels[0] == Channel("x", "", "ScreenX", "", "world")
    assert describe(found) == (None, "scene_camera")
    del outlet


def test_streams_that_are_no_gaze_are_not_listed() -> None:
    pylsl = lsl.library()
    name = f"other-{uuid.uuid4().hex}"
    others = [
        pylsl.StreamOutlet(pylsl.StreamInfo(name, "EEG", 8, 250.0, pylsl.cf_float32, name)),
        pylsl.StreamOutlet(pylsl.StreamInfo(name, "Gaze", 1, 0.0, pylsl.cf_string, name)),
    ]
    assert name not in [stream.name for stream in lsl.find_streams()]
    others.clear()


def test_more_streams_are_found_than_fit_into_the_default_ports() -> None:
    streams = [own_stream() for _ in range(30)]
    outlets = [GazeOutlet(stream) for stream in streams]
    found = {stream.source_id for stream in lsl.find_streams()}
    assert found >= {stream.source_id for stream in streams}
    for outlet in outlets:
        outlet.close()


def test_a_stream_that_never_comes_is_told_with_those_that_are_there() -> None:
    stream = own_stream()
    outlet = GazeOutlet(stream)
    with pytest.raises(TrackerError, match=rf"'nobody' came within 0.1 s; seen:.*{stream.source_id}"):
        lsl.find_stream("nobody", timeout_s=0.1)
    outlet.close()


def test_two_streams_of_one_name_must_be_told_apart() -> None:
    streams = [own_stream(), own_stream()]
    outlets = [GazeOutlet(stream) for stream in streams]
    with pytest.raises(TrackerError, match="2 gaze streams fit"):
        lsl.find_stream(streams[0].name)
    assert lsl.find_stream(streams[1].source_id).source_id == streams[1].source_id
    for outlet in outlets:
        outlet.close()


def test_a_stream_that_has_gone_is_told() -> None:
    stream = own_stream()
    outlet = GazeOutlet(stream)
    found = lsl.find_stream(stream.source_id)
    outlet.close()
    with pytest.raises(TrackerError, match="not there any more"):
        GazeInlet(found)


def test_values_and_stamps_arrive_to_the_last_bit_and_the_clocks_agree() -> None:
    stream = own_stream()
    outlet = GazeOutlet(stream)
    inlet = GazeInlet(lsl.find_stream(stream.source_id))
    wait_for(outlet.has_listener)
    random = np.random.default_rng(4)
    values, stamps = random.normal(size=(5000, 7)), np.sort(random.uniform(1, 1e6, 5000))
    values[7] = np.nan
    outlet.push(values, stamps)
    got: list[tuple[np.ndarray, np.ndarray]] = []
    wait_for(lambda: got.append(inlet.pull()) or sum(len(stamps) for _, stamps in got) >= 5000)
    np.testing.assert_array_equal(np.concatenate([values for values, _ in got]), values)
    np.testing.assert_array_equal(np.concatenate([stamps for _, stamps in got]), stamps)
    wait_for(lambda: inlet.clock_offset() is not None)
    assert abs(inlet.clock_offset() or 0.0) < 1e-3
    inlet.close()
    outlet.close()


def test_none_is_lost_doubled_or_reordered_at_a_thousand_hertz() -> None:
    sink = MemorySink()
    with (
        tracker("--rate", "1000") as process,
        recording(lsl.find_stream(source_id(process)), sink) as recorder,
    ):
        wait_for(lambda: recorder.status.samples >= 2500)
        status = recorder.status
    gaze = sink.gaze
    assert len(gaze) >= 2500
    assert np.all(np.diff(gaze.sequence) == 1)
    np.testing.assert_allclose(np.diff(gaze.time_s), 0.001, atol=1e-9)
    assert status.state == "receiving"
    assert status.rate_hz == pytest.approx(1000, rel=0.01)
    assert sink.offsets
    assert max(abs(offset) for _, offset in sink.offsets) < 1e-3


def test_the_eye_follows_our_markers() -> None:
    markers = MarkerOutlet(str(uuid.uuid4()), screen_px=SCREEN_PX)
    eye = ("--rate", "100", "--fixation-s", "0.1", "--loss", "0")
    with (
        tracker(*eye) as process,
        recording(lsl.find_stream(source_id(process)), MemorySink()) as recorder,
    ):
        wait_for(markers.has_listener)
        event = {
            "v": 1,
            "event": "onset",
            "image": "a",
            "placement": [100, 100, 200, 200],
            "image_px": [50, 50],
        }
        markers.push(json.dumps(event), lsl.local_clock())

        def looks_at_it() -> bool:
            xy = recorder.latest(1.0).left * SCREEN_PX
            xy = xy[~np.isnan(xy[:, 0])]
            return len(xy) > 50 and bool(np.all((xy > 80) & (xy < 320)))

        wait_for(looks_at_it)
    markers.close()


def test_markers_come_with_their_time_and_the_session_screen() -> None:
    watch = MarkerWatch()
    sessions = [MarkerOutlet(str(uuid.uuid4()), screen_px=screen) for screen in (SCREEN_PX, None)]
    events = []
    wait_for(lambda: events.extend(watch.pull()) or all(session.has_listener() for session in sessions))
    for k, session in enumerate(sessions):
        session.push("not JSON", 1.0)
        session.push(json.dumps({"event": "key", "label": "腺瘤", "k": k}, ensure_ascii=False), 20.0 - k)
    wait_for(lambda: events.extend(watch.pull()) or len(events) >= 2)
    got = {(event.t_s, event.data["k"], event.screen_px) for event in events}
    assert got == {(20.0, 0, SCREEN_PX), (19.0, 1, None)}
    assert {event.data["label"] for event in events} == {"腺瘤"}
    watch.close()
    for session in sessions:
        session.close()


def test_a_replay_that_waits_is_aligned_with_the_onset(tmp_path: Path) -> None:
    path = tmp_path / "gaze.csv"
    rows = [f"{k / 100},{k},{2 * k}" for k in range(60)]
    path.write_text("time_s,x_px,y_px\n" + "\n".join(rows), encoding="utf-8")
    markers = MarkerOutlet(str(uuid.uuid4()), screen_px=SCREEN_PX)
    options = ["--replay", str(path), "--screen-px", "1024x768", "--wait-for-onset"]
    sink = MemorySink()
    with (
        tracker(*options) as process,
        recording(lsl.find_stream(source_id(process)), sink) as recorder,
    ):
        wait_for(markers.has_listener)
        wait_for(lambda: recorder.status.state == "receiving")
        onset_s = lsl.local_clock()
        markers.push(json.dumps({"v": 1, "event": "onset", "image": "a"}), onset_s)
        assert process.wait(20) == 0
        wait_for(lambda: recorder.status.age_s > 0.2)
    markers.close()
    gaze = sink.gaze
    replayed = gaze[~np.isnan(gaze.sequence)]
    assert replayed.time_s.tolist() == [onset_s + k / 100 for k in range(60)]
    assert gaze[np.isnan(gaze.sequence)].time_s.max() < onset_s
    np.testing.assert_allclose(replayed.left * SCREEN_PX, [(k, 2 * k) for k in range(60)], atol=1e-9)


LOST_AND_FOUND = """
import json, os, subprocess, sys, time
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import recognise
from gazeannotator.tracking.recorder import Recorder

SENDER = '''
import sys, numpy as np, time
from dataclasses import replace
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream
stream = replace(simulated_stream("gazeannotator", 100.0, (1024.0, 768.0)), source_id=sys.argv[1])
outlet = GazeOutlet(stream)
while True:
    outlet.push(np.zeros((1, 7)), np.array([lsl.local_clock()]))
    time.sleep(0.01)
'''
name = sys.argv[1]
def send():
    return subprocess.Popen([sys.executable, "-c", SENDER, name])
def until(state, timeout_s=20.0):
    began = time.monotonic()
    while recorder.status.state != state:
        assert time.monotonic() - began < timeout_s, (state, recorder.status)
        time.sleep(0.01)
    return time.monotonic() - began

sender = send()
try:
    stream = lsl.find_stream()
    assert stream.source_id == name
    recorder = Recorder(GazeInlet(stream), recognise(stream), (1024, 768), clock=lsl.local_clock)
    recorder.start()
    until("receiving")
    sender.kill(); sender.wait()
    lost_s = until("lost")
    assert lost_s < 2.0, lost_s
    before = recorder.status.samples
    sender = send()
    until("receiving")
    assert recorder.status.samples > before
    recorder.stop()
    print("found again", flush=True)
finally:
    sender.kill(); sender.wait()
    # The recorder's threads may still run: this ends them.
    os._exit(0 if sys.exc_info()[0] is None else 1)
"""


@pytest.mark.parametrize("name", ["with-a-source-id", ""])
def test_a_killed_sender_is_lost_soon_and_found_again(name: str) -> None:
    env = os.environ | {lsl.SESSION_VARIABLE: f"lost-{uuid.uuid4().hex}"}
    result = subprocess.run(
        [sys.executable, "-c", LOST_AND_FOUND, name],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "found again" in result.stdout, result.stderr


def test_list_prints_exactly_the_documented_json() -> None:
    stream = own_stream("tobii-pro-app")
    outlet = GazeOutlet(stream)
    result = subprocess.run(
        [*COMMAND, "list", "--json"], capture_output=True, text=True, timeout=60, check=False
    )
    outlet.close()
    assert result.returncode == 0
    facts = json.loads(result.stdout)
    assert facts["tobii"] == []
    assert "Tobii trackers are not searched for" in result.stderr
    listed = {each["source_id"]: each for each in facts["streams"]}[stream.source_id]
    expected = {
        "name": "Tobii",
        "type": "Gaze",
        "source_id": stream.source_id,
        "rate_hz": 100.0,
        "channels": 6,
        "layout": "tobii-pro-app",
        "coordinates": "normalised",
    }
    assert expected.items() <= listed.items()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--layout", "crystal-ball"], "no layout 'crystal-ball'"),
        (["--screen-px", "wide"], "'wide' is not a screen size"),
        (["--screen-mm", "wide"], "--screen-mm 'wide' is not a screen size"),
        (["--offset-deg", "1"], "--offset-deg '1' is not an offset"),
        (["--replay", "missing.csv"], "There is no file missing.csv."),
        (["--look-at", "missing.json"], "missing.json cannot be read"),
    ],
)
def test_wrong_options_end_with_one_line_and_exit_2(options: list[str], said: str) -> None:
    result = subprocess.run(
        [*COMMAND, "simulate", *options], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_stream_is_really_converted_from_pixels() -> None:
    stream = own_stream("xdf")
    outlet = GazeOutlet(stream)
    sink = MemorySink()
    with recording(lsl.find_stream(stream.source_id), sink) as recorder:
        wait_for(outlet.has_listener)
        chunk = one_sample(5.0, 0.25, 0.0)
        outlet.push(from_chunk(chunk, SENDERS["xdf"], SCREEN_PX), chunk.time_s)
        wait_for(lambda: recorder.status.samples == 1)
    outlet.close()
    assert sink.gaze.left.tolist() == [[0.25, 0.5]]
    assert sink.gaze.time_s.tolist() == [5.0]
