"""A stream of every known shape, over real LSL: found, described, recognised and converted back."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic, sleep

import numpy as np
import pytest

from gazeannotator.errors import TrackerError
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import StreamDescription, describe, from_chunk, recognise, to_chunk
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import simulated_stream

SCREEN_PX = (1920.0, 1080.0)
N = 400


def samples() -> GazeChunk:
    """Both eyes at slightly different places; some lost, some beside the screen."""
    random = np.random.default_rng(7)
    left = random.uniform(-0.5, 1.5, (N, 2))
    right = left + random.normal(0, 0.01, (N, 2))
    pupil = random.uniform(2, 6, (N, 2))
    origin = random.normal((0, 10, 640), 5, (N, 2, 3))
    lost = random.random(N) < 0.2
    for each in (left, right, pupil, origin):
        each[lost] = np.nan
    right[3] = np.nan
    time_s = 100 + np.arange(N) / 250
    return GazeChunk(
        time_s, left, right, pupil, origin[:, :, 2].mean(axis=1), np.arange(N, dtype=float), origin
    )


@dataclass
class Sent:
    stream: StreamDescription
    outlet: GazeOutlet
    found: StreamDescription


@pytest.fixture(scope="module")
def streams() -> Iterator[dict[str, Sent]]:
    """All of them at once: what is found is found among the others."""
    described = {
        name: replace(simulated_stream(name, 250.0, SCREEN_PX), source_id=f"{name}-{uuid.uuid4().hex}")
        for name in SENDERS
    }
    outlets = {name: GazeOutlet(stream) for name, stream in described.items()}
    deadline = monotonic() + 30
    ids = {stream.source_id for stream in described.values()}
    seen: dict[str, StreamDescription] = {}
    while not ids <= seen.keys():
        assert monotonic() < deadline, ids - seen.keys()
        seen = {each.source_id: each for each in lsl.find_streams()}
    yield {name: Sent(stream, outlets[name], seen[stream.source_id]) for name, stream in described.items()}
    for outlet in outlets.values():
        outlet.close()


@pytest.mark.parametrize("name", SENDERS)
def test_every_stream_is_found_and_recognised(streams: dict[str, Sent], name: str) -> None:
    sent, sender = streams[name], SENDERS[name]
    assert replace(sent.found, hostname="", uid="") == sent.stream
    known = None if name == "plain" else name
    coordinates = {"plain": "unknown"}.get(
        name, "screen_px" if sender.coordinates == "screen_px" else "normalised"
    )
    assert describe(sent.found) == (known, "scene_camera" if sender.scene_camera else coordinates)


@pytest.mark.parametrize("name", [name for name, sender in SENDERS.items() if sender.scene_camera])
def test_glasses_are_refused_with_the_reason(streams: dict[str, Sent], name: str) -> None:
    with pytest.raises(TrackerError, match="head-worn camera, not on the screen"):
        recognise(streams[name].found)


@pytest.mark.parametrize("name", [name for name, sender in SENDERS.items() if not sender.scene_camera])
def test_every_stream_is_converted_back(streams: dict[str, Sent], name: str) -> None:
    sent, sender, chunk = streams[name], SENDERS[name], samples()
    carried = {carries for _, carries in sender.channels}
    if "x" in carried:
        chunk = replace(chunk, right=chunk.left)
    inlet = GazeInlet(sent.found, recover=False)
    deadline = monotonic() + 20
    while not sent.outlet.has_listener():
        assert monotonic() < deadline
        sleep(0.005)
    sent.outlet.push(from_chunk(chunk, sender, SCREEN_PX), chunk.time_s)
    values, stamps = inlet.pull()
    while len(stamps) < N:
        assert monotonic() < deadline
        sleep(0.005)
        more = inlet.pull()
        values, stamps = np.concatenate([values, more[0]]), np.concatenate([stamps, more[1]])
    inlet.close()
    layout = recognise(sent.found)
    layout = layout.with_coordinates("screen_px") if name == "plain" else layout
    back = to_chunk(values, stamps, layout, SCREEN_PX)
    close = {"rtol": 1e-6, "atol": 1e-6} if sender.channel_format == "float32" else {"rtol": 1e-12}
    np.testing.assert_array_equal(back.time_s, chunk.time_s)
    np.testing.assert_allclose(back.left, chunk.left, **close)
    np.testing.assert_allclose(back.right, chunk.right, **close)
    if "left_pupil_mm" in carried:
        np.testing.assert_allclose(back.pupil_mm, chunk.pupil_mm, **close)
    if "left_origin_x_mm" in carried:
        np.testing.assert_allclose(back.origin_mm, chunk.origin_mm, **close)
        np.testing.assert_allclose(back.distance_mm, chunk.distance_mm, **close)
    assert 0.1 < np.mean(back.lost) < 0.3


EIGHT = ["tobii", "titta", "eyelink", "eyetech", "smi-iviewx", "gazepoint-full", "pupil-core", "plain"]
SENDING = """
import sys, time
import numpy as np
from dataclasses import replace
from gazeannotator.tracking import lsl
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import simulated_stream
prefix, *names = sys.argv[1:]
described = [replace(simulated_stream(n, 250.0, (1920.0, 1080.0)), source_id=f"{prefix}:{n}") for n in names]
outlets = [(GazeOutlet(each), len(each.channels)) for each in described]
print("ready", flush=True)
while True:
    for outlet, channels in outlets:
        outlet.push(np.full((5, channels), 0.5), lsl.local_clock() + np.arange(-5, 0) / 250)
    time.sleep(0.02)
"""
LIST = [sys.executable, "-c", "from gazeannotator.cli.tracker import app; app()", "list", "--json"]


def test_eight_streams_of_other_processes_are_listed_and_rightly_described() -> None:
    prefix = uuid.uuid4().hex
    senders = [
        subprocess.Popen([sys.executable, "-c", SENDING, prefix, *names], stdout=subprocess.PIPE, text=True)
        for names in (EIGHT[:4], EIGHT[4:])
    ]
    try:
        for sender in senders:
            assert sender.stdout is not None
            assert sender.stdout.readline() == "ready\n"
        result = subprocess.run(LIST, capture_output=True, text=True, timeout=60, check=True)
    finally:
        for sender in senders:
            sender.kill()
            sender.wait()
            assert sender.stdout is not None
            sender.stdout.close()
    streams = [each for each in json.loads(result.stdout)["streams"] if each["source_id"].startswith(prefix)]
    found = {each["source_id"].removeprefix(f"{prefix}:"): each for each in streams}
    assert sorted(found) == sorted(EIGHT)
    told = {name: (each["layout"], each["coordinates"], each["channels"]) for name, each in found.items()}
    assert told == {
        "tobii": ("tobii", "normalised", 21),
        "titta": ("titta", "normalised", 37),
        "eyelink": ("eyelink", "screen_px", 10),
        "eyetech": ("eyetech", "normalised", 29),
        "smi-iviewx": ("smi-iviewx", "screen_px", 13),
        "gazepoint-full": ("gazepoint-full", "normalised", 39),
        "pupil-core": ("pupil-core", "scene_camera", 22),
        "plain": (None, "unknown", 2),
    }
    keys = {"name", "type", "source_id", "rate_hz", "channels", "layout", "coordinates", "simulated"}
    assert all(set(each) == keys for each in streams)
    assert all(each["rate_hz"] == 250 for each in streams)
