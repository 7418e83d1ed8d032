"""What the simulated tracker sends and when, on a clock that is turned by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.eye import SimulatedEye
from gazeannotator.tracking.layouts import describe
from gazeannotator.tracking.markers import Event
from gazeannotator.tracking.replay import Recording
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import EyeSource, ReplaySource, read_lesions, simulated_stream

SCREEN_PX = (1000.0, 500.0)


def event(kind: str, t_s: float, **data: Any) -> Event:
    return Event(t_s, {"v": 1, "event": kind, **data}, None)


def onset(t_s: float, image: str = "a") -> Event:
    return event("onset", t_s, image=image, placement=[300, 100, 400, 300], image_px=[200, 150])


def eye_source(rate_hz: float = 100.0, **lesions: tuple[float, float, float]) -> EyeSource:
    return EyeSource(SimulatedEye(10.0, noise_deg=0, loss=0), rate_hz, 10.0, SCREEN_PX, lesions)


def recording(n: int = 100, step_s: float = 0.01) -> Recording:
    return Recording(np.arange(n) * step_s, np.stack([np.arange(n), np.arange(n) / 2], axis=1))


def drive(source: ReplaySource, start_s: float, stop_s: float, step_s: float = 0.004) -> GazeChunk:
    chunks = [source.due(now) for now in np.arange(start_s, stop_s, step_s)]
    return GazeChunk.joined([chunk for chunk in chunks if chunk is not None])


def test_late_wake_ups_are_caught_up_on_the_ideal_clock() -> None:
    source = eye_source()
    wakes = [10.0, 10.004, 10.05, 10.051, 13.0, 13.0, 13.009]
    chunk = GazeChunk.joined([source.due(now) for now in wakes])
    assert chunk.time_s.tolist() == (10.0 + np.arange(len(chunk)) / 100).tolist()
    assert chunk.sequence.tolist() == list(range(len(chunk)))
    assert 13.0 - chunk.time_s[-1] <= 0.01


def test_the_eye_looks_at_the_image_as_placed_and_away_when_it_goes() -> None:
    source = eye_source()
    source.due(12.0)
    source.hear(onset(12.0))
    source.due(13.0)
    reading = source.due(22.0)
    inside = np.abs(reading.left - [0.5, 0.5]) <= [0.2, 0.3]
    assert inside[~reading.lost].all()
    assert np.nanstd(reading.left[:, 0]) > 0.03
    source.hear(event("offset", 22.0, reason="answered"))
    source.due(23.0)
    assert np.nanstd(source.due(30.0).left[:, 0]) < 0.015


def test_the_eye_dwells_on_the_lesion_it_was_told_of() -> None:
    source = eye_source(b=(50.0, 75.0, 10.0))
    source.hear(onset(10.0, image="b"))
    source.due(11.0)
    x = np.nanmedian(source.due(40.0).left, axis=0)
    # Image px (50, 75) lies at screen px 300 + 50 × 2, 100 + 75 × 2.
    np.testing.assert_allclose(x, [0.4, 0.5], atol=0.02)


def test_the_screen_of_the_session_counts_more_than_the_option() -> None:
    source = eye_source()
    source.hear(Event(10.0, onset(10.0).data, (2000.0, 1000.0)))
    source.due(11.0)
    np.testing.assert_allclose(np.nanmean(source.due(40.0).left, axis=0), [0.25, 0.25], atol=0.04)


def test_the_eye_goes_to_each_target_and_leaves_it_for_an_image() -> None:
    source = eye_source()
    for t_s, xy_px in ((12.0, [100, 50]), (14.0, [900.0, 450.0])):
        source.hear(event("target", t_s, purpose="validation", xy_px=xy_px))
        source.due(t_s + 1)
        seen = source.due(t_s + 2)
        np.testing.assert_allclose(seen.left, np.tile([xy_px[0] / 1000, xy_px[1] / 500], (len(seen), 1)))
    source.hear(onset(16.0))
    source.due(17.0)
    assert np.nanstd(source.due(30.0).left[:, 0]) > 0.03
    source.hear(event("target", 30.0, purpose="cross", xy_px=[100, 50]))
    source.due(31.0)
    source.hear(event("target", 32.0, purpose="cross", xy_px=None))
    source.due(33.0)
    assert np.abs(np.nanmean(source.due(40.0).left, axis=0) - 0.5).max() < 0.05


def test_a_target_is_where_the_screen_of_the_session_has_it() -> None:
    source = eye_source()
    source.hear(Event(10.0, {"event": "target", "xy_px": [500, 250]}, (2000.0, 1000.0)))
    source.due(11.0)
    np.testing.assert_allclose(source.due(12.0).left[-1], [0.25, 0.25])


@pytest.mark.parametrize("xy_px", [[1], "no", ["a", 2], {"x": 1}])
def test_a_target_that_cannot_be_understood_is_none(xy_px: Any) -> None:
    source = eye_source()
    source.hear(event("target", 10.0, xy_px=xy_px))
    assert np.nanstd(source.due(15.0).left[:, 0]) < 0.015


@pytest.mark.parametrize("placement", [None, [1, 2], ["a", 0, 1, 1], "no"])
def test_an_onset_that_cannot_be_understood_moves_nothing(placement: Any) -> None:
    source = eye_source()
    source.hear(event("onset", 10.0, image="a", placement=placement))
    assert np.nanstd(source.due(15.0).left[:, 0]) < 0.015


def test_a_replay_sends_each_sample_once_in_order_and_ends() -> None:
    source = ReplaySource(recording(), SCREEN_PX, rate_hz=100)
    assert len(source.due(5.0) or ()) == 0
    source.begin(100.25)
    sent = drive(source, 100.25, 102.0)
    assert sent.time_s.tolist() == (100.25 + recording().time_s).tolist()
    assert sent.sequence.tolist() == list(range(100))
    np.testing.assert_array_equal(sent.left * SCREEN_PX, recording().xy_px)
    assert source.due(103.0) is None


def test_speed_sends_earlier_and_stamps_the_same() -> None:
    source = ReplaySource(recording(), SCREEN_PX, rate_hz=100, speed=10)
    source.begin(100.0)
    sent = drive(source, 100.0, 100.11)
    assert sent.time_s.tolist() == (100.0 + recording().time_s).tolist()


def test_a_replay_that_waits_for_an_onset_begins_with_exactly_its_time() -> None:
    source = ReplaySource(recording(), SCREEN_PX, rate_hz=100, wait_for_onset=True)
    before = drive(source, 50.0, 60.0)
    assert len(before) == pytest.approx(1000, abs=2)
    assert before.lost.all()
    assert np.isnan(before.sequence).all()
    source.hear(event("session_started", 59.0))
    source.hear(onset(59.9))
    after = drive(source, 60.0, 62.0)
    assert before.time_s[-1] < 59.9
    assert after.time_s.tolist() == (59.9 + recording().time_s).tolist()
    assert source.due(62.0) is None


def test_loops_go_on_at_once_or_with_the_next_onset() -> None:
    source = ReplaySource(recording(), SCREEN_PX, rate_hz=100, loop=True)
    source.begin(100.0)
    sent = drive(source, 100.0, 102.5)
    np.testing.assert_allclose(np.diff(sent.time_s), 0.01, atol=1e-9)
    assert len(sent) == pytest.approx(250, abs=2)
    waiting = ReplaySource(recording(), SCREEN_PX, rate_hz=100, loop=True, wait_for_onset=True)
    waiting.hear(onset(100.0))
    first = drive(waiting, 100.0, 103.0)
    waiting.hear(onset(103.0))
    second = drive(waiting, 103.0, 106.0)
    for sent, start_s in ((first, 100.0), (second, 103.0)):
        numbered = sent[~np.isnan(sent.sequence)]
        assert numbered.time_s.tolist() == (start_s + recording().time_s).tolist()
    assert np.all(np.diff(np.concatenate([first.time_s, second.time_s])) > 0)


@pytest.mark.parametrize("layout", list(SENDERS))
def test_every_simulated_stream_says_that_it_is(layout: str) -> None:
    stream = simulated_stream(layout, 120.0, SCREEN_PX, pid=77)
    assert stream.simulated
    assert stream.source_id == "gazeannotator-simulated:77"
    assert describe(stream)[0] == (None if layout == "plain" else layout)


def test_there_are_no_other_layouts() -> None:
    with pytest.raises(BadInput, match=r"no layout 'crystal ball'.*titta"):
        simulated_stream("crystal ball", 120.0, SCREEN_PX)


def test_lesions_are_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "look-at.json"
    path.write_text('{"a1": [10, 20.5, 3]}', encoding="utf-8")
    assert read_lesions(path) == {"a1": (10.0, 20.5, 3.0)}


@pytest.mark.parametrize("text", ["", "[]", '{"a": [1, 2]}', '{"a": 3}', '{"a": ["x", 1, 2]}'])
def test_other_files_are_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "look-at.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"look-at\.json is not a list of places"):
        read_lesions(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_lesions(tmp_path / "missing.json")
