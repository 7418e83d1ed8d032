"""Real senders that are killed and come back, over real LSL: none of what was sent is lost, gaps are told.

The recorder runs in a process of its own, in an LSL session of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from gazeannotator.study.check import check_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import StreamDescription, recognise
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.senders import Channel
from gazeannotator.tracking.simulator import simulated_stream

HERE = Path(__file__).parent
SAMPLES = 40


def until(what: Callable[[], object], timeout_s: float = 30.0) -> None:
    deadline = monotonic() + timeout_s
    while not what():
        assert monotonic() < deadline, "this never came true"
        sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize(("restarts", "ids"), [(50, "same"), (6, "new")])
def test_killed_and_started_again_and_again(tmp_path: Path, restarts: int, ids: str) -> None:
    study, session = tmp_path / "study", str(uuid.uuid4())
    with Store.create(study, name="restarts", scheme=load_scheme("nice")) as store:
        store.add_reader("A")
    env = os.environ | {lsl.SESSION_VARIABLE: f"restarts-{uuid.uuid4().hex}"}
    script = [str(HERE / "record_restarts.py"), str(study), session, "eye", str(restarts), ids, str(SAMPLES)]
    result = subprocess.run(
        [sys.executable, *script], env=env, capture_output=True, text=True, timeout=280, check=False
    )
    assert result.returncode == 0, result.stderr
    *said, last = result.stdout.splitlines()
    assert len(said) == restarts + 1, result.stdout
    assert all(line.startswith("sent ") for line in said), said
    told = json.loads(last.removeprefix("recorded "))

    assert check_study(study) == []
    with Store.open(study) as store:
        gaze = store.gaze(session)
    sent = gaze[~np.isnan(gaze.sequence)]
    # Everything that was sent to a listener is there, once and in the order of its stamps.
    assert sent.sequence.tolist() == list(range(SAMPLES * (restarts + 1)))
    assert np.all(np.diff(gaze.time_s) > 0)
    gaps = told["gaps"]
    assert [gap["reason"] for gap in gaps].count("reconnected") == restarts
    assert told["timing"]["reconnects"] == restarts
    # Every hole in what is stored is told, from its last sample to its first.
    reconnected = [gap for gap in gaps if gap["reason"] == "reconnected"]
    for gap in reconnected:
        inside = (gaze.time_s > gap["from_s"] + 1e-6) & (gaze.time_s < gap["to_s"] - 1e-6)
        assert not inside.any()
    holes = np.flatnonzero(np.diff(gaze.time_s) > 0.1)
    for k in holes:
        assert any(gap["from_s"] == pytest.approx(gaze.time_s[k], abs=1e-6) for gap in gaps)


class Sender:
    """A stream that is sent by hand from this process."""

    def __init__(self, source_id: str, channels: tuple[Channel, ...] | None = None) -> None:
        stream = replace(simulated_stream("gazeannotator", 100.0, (1024.0, 768.0)), source_id=source_id)
        self.stream = replace(stream, name=NAME, channels=channels or stream.channels)
        self._outlet: GazeOutlet | None = GazeOutlet(self.stream)

    def send(self) -> None:
        assert self._outlet is not None
        self._outlet.push(np.full((1, 7), 0.5), np.array([lsl.local_clock()]))

    @property
    def heard(self) -> bool:
        return self._outlet is not None and self._outlet.has_listener()

    def close(self) -> None:
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None


NAME = f"reconnecting-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def make_sender() -> Iterator[Callable[..., Sender]]:
    made: list[Sender] = []

    def make(*what: Any) -> Sender:
        made.append(Sender(*what))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def make_inlet() -> Iterator[Callable[[StreamDescription], GazeInlet]]:
    made: list[GazeInlet] = []

    def make(stream: StreamDescription) -> GazeInlet:
        made.append(GazeInlet(lsl.find_stream(stream.source_id)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def receives_from(inlet: GazeInlet, sender: Sender) -> bool:
    sender.send()
    return len(inlet.pull()[1]) > 0 and inlet.description.source_id == sender.stream.source_id


def new_id() -> str:
    return f"test-{uuid.uuid4().hex}"


def test_one_of_another_source_id_takes_the_place_where_it_is_alone(
    make_sender: Callable[..., Sender], make_inlet: Callable[..., GazeInlet]
) -> None:
    first = make_sender(new_id())
    inlet = make_inlet(first.stream)
    until(lambda: receives_from(inlet, first))
    first.close()
    second = make_sender(new_id())
    until(lambda: receives_from(inlet, second))
    assert inlet.reconnects == 1


def test_other_trackers_are_not_taken_for_the_one_that_is_gone(
    make_sender: Callable[..., Sender], make_inlet: Callable[..., GazeInlet]
) -> None:
    other, first = make_sender(new_id()), make_sender(new_id())
    inlet = make_inlet(first.stream)
    until(lambda: receives_from(inlet, first))
    first.close()
    # There before: it is another tracker. And of two new ones nobody knows which it is.
    ambiguous = [make_sender(new_id()), make_sender(new_id())]
    began = monotonic()
    while monotonic() - began < 4.0:
        assert len(inlet.pull()[1]) == 0
        sleep(0.01)
    assert not any(each.heard for each in (other, *ambiguous))
    ambiguous[0].close()
    until(lambda: receives_from(inlet, ambiguous[1]))


def test_the_same_source_id_with_other_channels_is_not_taken(
    make_sender: Callable[..., Sender], make_inlet: Callable[..., GazeInlet]
) -> None:
    source_id = new_id()
    first = make_sender(source_id)
    inlet = make_inlet(first.stream)
    until(lambda: receives_from(inlet, first))
    first.close()
    swapped = tuple(reversed(first.stream.channels))
    other = make_sender(source_id, swapped)
    began = monotonic()
    while monotonic() - began < 3.0:
        other.send()
        assert len(inlet.pull()[1]) == 0
        sleep(0.01)
    other.close()
    again = make_sender(source_id)
    until(lambda: receives_from(inlet, again))
    assert inlet.reconnects == 1


def test_a_sender_that_is_silent_is_kept(
    make_sender: Callable[..., Sender], make_inlet: Callable[..., GazeInlet]
) -> None:
    sender = make_sender(new_id())
    inlet = make_inlet(sender.stream)
    until(lambda: receives_from(inlet, sender))
    began = monotonic()
    while monotonic() - began < 3.0:
        assert len(inlet.pull()[1]) == 0
        sleep(0.01)
    sender.send()
    until(lambda: len(inlet.pull()[1]) == 1)
    assert inlet.reconnects == 0


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_a_stalled_sender_loses_nothing(tmp_path: Path) -> None:
    """Stopped for three seconds, as by a busy computer: what it sends later has its true times."""
    name = new_id()
    sender = subprocess.Popen(
        [sys.executable, str(HERE / "restarted_sender.py"), name, "0", "1000"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with Store.create(tmp_path / "study", name="stall", scheme=load_scheme("nice")) as store:
            stream = lsl.find_stream(name)
            recorder = Recorder(
                GazeInlet(stream), recognise(stream), (1024, 768), clock=lsl.local_clock, same_machine=True
            )
            chunks: list[Any] = []

            class Sink:
                def append_gaze(self, _session: str, chunk: Any, _received_s: float) -> None:
                    chunks.append(chunk)

                def append_clock_offset(self, *_what: Any) -> None:
                    pass

            recorder.record_into(Sink(), "s")
            recorder.start()
            try:
                until(lambda: recorder.status.samples > 200)
                sender.send_signal(signal.SIGSTOP)
                until(lambda: recorder.status.state == "lost")
                sleep(2.5)
                sender.send_signal(signal.SIGCONT)
                assert sender.stdout is not None
                assert sender.stdout.readline().startswith("sent 0 999")
                until(lambda: recorder.status.state == "receiving")
                recorder.stop_recording()
            finally:
                recorder.stop()
            sequence = np.concatenate([chunk.sequence for chunk in chunks])
            assert sequence[~np.isnan(sequence)].tolist() == list(range(1000))
            (gap,) = [gap for gap in recorder.take_gaps() if gap.to_s - gap.from_s > 1]
            assert gap.reason == "silence"
            assert recorder.timing.reconnects == 0
            assert store.path.exists()
    finally:
        sender.kill()
        sender.wait()
        assert sender.stdout is not None
        sender.stdout.close()
