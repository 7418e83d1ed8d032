"""Numbers of known programs become samples: literal ones of each vendor, and whatever we send ourselves."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.conversion import ROWS, Layout, from_chunk, to_chunk
from gazeannotator.tracking.layouts import StreamDescription, recognise
from gazeannotator.tracking.senders.sender import Carries, Sender
from gazeannotator.tracking.senders.table import SENDERS

SCREEN_PX = (1000.0, 500.0)
NAN = math.nan
ON_SCREEN = {name: sender for name, sender in SENDERS.items() if not sender.scene_camera}


def layout_of(name: str) -> Layout:
    sender = SENDERS[name]
    channels = tuple(channel for channel, _ in sender.channels)
    found = recognise(
        StreamDescription(sender.stream_name, sender.stream_type, "x", 60, sender.channel_format, channels)
    )
    return found.with_coordinates("screen_px") if name == "plain" else found


def converted(name: str, *samples: list[float]) -> GazeChunk:
    form = np.float32 if SENDERS[name].channel_format == "float32" else np.float64
    return to_chunk(np.array(samples, form), np.arange(len(samples), dtype=float), layout_of(name), SCREEN_PX)


# ---- what the programs really send, written by hand from their sources -------------------------


def test_tobii_pro_app() -> None:
    chunk = converted("tobii-pro-app", [0.25, 0.5, 3.0, 0.75, 0.5, NAN], [NAN, NAN, NAN, -0.125, 1.5, 2.5])
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [-0.125, 1.5]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.0, NAN], [NAN, 2.5]])


def test_titta_with_its_37th_channel() -> None:
    # x y, xyz of the hit point, valid available, pupil, valid available, xyz of the eye, valid available,
    # openness, valid available; then the right eye; then the device's clock.
    left = [0.25, 0.5, -10, 200, 5, 1, 1, 3.5, 1, 1, -31.5, 12.5, 640.0, 1, 1, 9.5, 1, 1]
    right = [0.75, 0.5, 12, 199, 5, 1, 1, 3.25, 1, 1, 32.5, 13.5, 660.0, 1, 1, 9.25, 1, 1]
    blind = [NAN, NAN, NAN, NAN, NAN, 0, 1, NAN, 0, 1, 30.0, 13.0, 650.0, 0, 1, NAN, 0, 1]
    chunk = converted("titta", [*left, *right, 1234.5], [*left, *blind, 1234.6])
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [0.25, 0.5]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, 3.25], [3.5, NAN]])
    # The right eye's origin is there as a number and said to be invalid.
    np.testing.assert_array_equal(chunk.origin_mm[0], [[-31.5, 12.5, 640.0], [32.5, 13.5, 660.0]])
    np.testing.assert_array_equal(chunk.origin_mm[1], [[-31.5, 12.5, 640.0], [NAN] * 3])
    np.testing.assert_array_equal(chunk.distance_mm, [650.0, 640.0])


def test_our_tobii_bridge() -> None:
    # x y valid, pupil valid, origin xyz valid; twice; device time, system time, number.
    seen = [0.25, 0.75, 1, 3.5, 1, -30.0, 10.0, 600.0, 1, 0.5, 0.0, 1, 3.0, 0, 30.0, 10.0, 620.0, 1]
    chunk = converted("tobii", [*seen, 5000.25, 99.5, 41.0], [0.25, 0.75, 0, *seen[3:], 5000.26, 99.51, 42.0])
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.75], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.5, 0.0], [0.5, 0.0]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, NAN], [3.5, NAN]])
    np.testing.assert_array_equal(chunk.origin_mm[0], [[-30.0, 10.0, 600.0], [30.0, 10.0, 620.0]])
    assert chunk.distance_mm.tolist() == [610.0, 610.0]
    assert chunk.sequence.tolist() == [41.0, 42.0]


def test_tobii_stream_engine_gives_one_point_for_both_eyes() -> None:
    chunk = converted("tobii-stream-engine", [0.25, 0.5], [NAN, NAN], [0.0, 0.0])
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN], [0.0, 0.0]])
    np.testing.assert_array_equal(chunk.right, chunk.left)


def test_tobii_before_2010_calls_0_valid_and_4_not_found() -> None:
    # x y, camera x y, diameter, distance, validity; validity 2 does not tell which eye it was.
    chunk = converted(
        "tobii-legacy",
        [0.25, 0.5, 0.4, 0.4, 3.3, 601, 0, 0.75, 0.5, 0.6, 0.4, 3.4, 602, 1],
        [0.25, 0.5, 0.4, 0.4, 3.3, 601, 2, -1, -1, -1, -1, -1, -1, 4],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [NAN, NAN]])
    # "Proprietary unit": no mm.
    assert np.isnan(chunk.pupil_mm).all()
    assert np.isnan(chunk.distance_mm).all()


def test_eyelink() -> None:
    # Both eyes x y, pupil areas, pixels per degree, its clock in ms, our clock.
    chunk = converted(
        "eyelink",
        [250, 125, 750, 250, 1180, 1210, 36, 36.5, 801234, 99.5],
        [-32768, -32768, 0, 0, 0, 0, 36, 36.5, 801236, 99.6],
        [0, 125, -20, 510, 1180, 1210, 36, 36.5, 801238, 99.7],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.25], [NAN, NAN], [0.0, 0.25]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [NAN, NAN], [-0.02, 1.02]])
    # An area is no diameter.
    assert np.isnan(chunk.pupil_mm).all()


def test_eyelink_knows_no_gaze_that_is_missing_in_one_axis_only() -> None:
    chunk = converted("eyelink", [-32768, 125, 750, 250, 0, 0, 0, 0, 0, 0])
    assert np.isnan(chunk.left).all()
    assert chunk.right.tolist() == [[0.75, 0.5]]


def test_smi_iviewx() -> None:
    # Both eyes x y, diameters, positions xyz, plane.
    chunk = converted(
        "smi-iviewx",
        [250, 125, 750, 250, 3.5, 3.25, -30, 5, 620, 30, 5, 640, 1],
        [0, 0, 750, 0, 0, 3.25, 0, 0, 0, 30, 5, 640, 1],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.25], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [0.75, 0.0]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, 3.25], [NAN, 3.25]])
    np.testing.assert_array_equal(chunk.distance_mm, [630.0, 640.0])
    assert np.isnan(chunk.origin_mm).all()


def test_smi_udp() -> None:
    # Both eyes x y, diameters, pupils, reflexes as pairs in camera pixels, "have the eye" flags.
    camera = [20, 21, 20, 21, 300, 200, 400, 200, 310, 210, 410, 210]
    chunk = converted(
        "smi-udp",
        [250, 125, 750, 250, *camera, 1, 1],
        [0, 0, 750, 250, *camera, 0, 1],
        [0, 0, 750, 250, *camera, 1, 0],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.25], [NAN, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [0.75, 0.5], [NAN, NAN]])
    assert np.isnan(chunk.pupil_mm).all()


def test_eyelogic_calls_a_radius_diameter() -> None:
    # Number, raw x y, filtered x y, left x y, right x y, pupils, left xyz, right xyz.
    chunk = converted(
        "eyelogic",
        [17, 500, 200, 501, 201, 250, 125, 750, 250, 1.75, 1.625, -31, 20, 600, 32, 21, 610],
        [18, 750, 250, 750, 250, NAN, NAN, 750, 250, NAN, 1.625, NAN, NAN, NAN, 32, 21, 610],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.25], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [0.75, 0.5]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, 3.25], [NAN, 3.25]])
    np.testing.assert_array_equal(chunk.origin_mm[0], [[-31, 20, 600], [32, 21, 610]])
    np.testing.assert_array_equal(chunk.distance_mm, [605.0, 610.0])
    assert chunk.sequence.tolist() == [17.0, 18.0]


def test_eyetech_sends_percent_and_cm() -> None:
    # Found, calibrated, pupil, pupil x y, two glints, gaze x y; right eye; weighted point; focus, distance.
    left = [1, 1, 3.5, 1160, 312, 1152, 317, 1160, 317, 25.0, 125.0]
    right = [1, 1, 3.75, 760, 354, 755, 359, 762, 359, 0.0, 0.0]
    weighted = [1, 12.5, 62.5, 0.5, 0.5, 6.9]
    chunk = converted(
        "eyetech",
        [*left, *right, *weighted, 74.5],
        [1, 0, *left[2:], 0, 1, *right[2:], *weighted, 74.5],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 1.25], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.0, 0.0], [NAN, NAN]])
    # Not calibrated: there is a pupil. Not found: there is none.
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, 3.75], [3.5, NAN]])
    assert chunk.distance_mm.tolist() == [745.0, 745.0]


def test_gazepoint_sends_fractions_and_a_flag() -> None:
    # x, y, start, duration, number of the fixation, valid.
    chunk = converted(
        "gazepoint",
        [0.25, 0.5, 199.8, 0.146, 352, 1],
        [0.25, 0.5, 199.8, 0.146, 352, 0],
        [0, 0, 200, 0, 353, 1],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN], [0.0, 0.0]])
    np.testing.assert_array_equal(chunk.right, chunk.left)


def test_gazepoint_drops_the_minus_sign_with_the_zero_before_the_point() -> None:
    # "-0.05123" is sent as 5123.
    chunk = converted("gazepoint", [5123, 0.5, 0, 0, 0, 1], [1.25, -0.25, 0, 0, 0, 1])
    np.testing.assert_array_equal(chunk.left, [[NAN, NAN], [1.25, -0.25]])


def test_gazepoint_with_39_channels() -> None:
    fixation = [0.9, 0.9, 1.0, 0.1, 5, 1]
    best = [0.5, 0.5, 1]
    camera = [0.4, 0.4, 20, 1, 1, 0.6, 0.4, 21, 1, 1]
    rest = [3.5, 1, 3.25, 0, 0.5, 0, 0, 0, 0, 0, 0]
    chunk = converted(
        "gazepoint-full",
        [*fixation, 0.25, 0.5, 1, 0.75, 0.5, 1, *best, *camera, 0, 0, 12, *rest],
        [*fixation, 0.25, 0.5, 0, 0.75, 0.5, 1, *best, *camera, 0, 0, 12, *rest],
    )
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN]])
    np.testing.assert_array_equal(chunk.right, [[0.75, 0.5], [0.75, 0.5]])
    np.testing.assert_array_equal(chunk.pupil_mm, [[3.5, NAN], [3.5, NAN]])


def test_gazepoint_best_point() -> None:
    chunk = converted("gazepoint-best", [0.25, 0.5, 1], [0.25, 0.5, 0])
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.5], [NAN, NAN]])


# ---- whatever is sent --------------------------------------------------------------------------

COORDINATE = st.floats(-0.875, 1.875, width=32) | st.sampled_from([0.0, 1.0, -0.0]) | st.just(NAN)


@st.composite
def chunks(draw: st.DrawFn) -> GazeChunk:
    """Samples as they come from a tracker: an eye is found or not, off the screen or at its corner."""
    n = draw(st.integers(1, 6))

    def numbers(shape: tuple[int, ...], elements: st.SearchStrategy[float]) -> np.ndarray:
        return draw(hnp.arrays(np.float64, shape, elements=elements))

    chunk = GazeChunk(
        time_s=np.cumsum(numbers((n,), st.floats(0, 1, width=32))),
        left=numbers((n, 2), COORDINATE),
        right=numbers((n, 2), COORDINATE),
        pupil_mm=numbers((n, 2), st.floats(1, 9, width=32) | st.just(NAN)),
        distance_mm=numbers((n,), st.floats(300, 1000, width=32)),
        sequence=np.arange(n, dtype=float),
        origin_mm=numbers((n, 2, 3), st.floats(-500, 900, width=32) | st.just(NAN)),
    )
    for points in (chunk.left, chunk.right, *np.moveaxis(chunk.origin_mm, 1, 0)):
        points[np.isnan(points).any(axis=1)] = np.nan
    return chunk


def can_be_told(chunk: GazeChunk, sender: Sender) -> GazeChunk:
    """Leave of a chunk what a sender's channels can tell, by its words in the documentation."""
    carried = {carries for _, carries in sender.channels}
    n = len(chunk)
    left, right = chunk.left, chunk.right
    if "x" in carried:
        left = right = np.where(np.isnan(left), right, left)
    elif "right_x" not in carried:
        right = np.full((n, 2), np.nan)
    for mark in sender.marks:
        where = mark * np.ones(2) if sender.coordinates == "normalised" else mark / np.array(SCREEN_PX)
        left, right = (np.where((xy == where).all(axis=1, keepdims=True), np.nan, xy) for xy in (left, right))
    has_pupils, has_origin = "left_pupil_mm" in carried, "left_origin_x_mm" in carried
    origin = chunk.origin_mm if has_origin else np.full((n, 2, 3), np.nan)
    distance = np.full(n, np.nan)
    if {"distance_mm", "left_distance_mm"} & carried:
        distance = chunk.distance_mm
        if "left_found" in carried:
            gone = np.isnan(left).any(axis=1) & np.isnan(right).any(axis=1)
            distance = np.where(gone & np.isnan(chunk.pupil_mm).all(axis=1), np.nan, distance)
    elif has_origin:
        z = origin[:, :, 2]
        distance = np.where(np.isnan(z[:, 0]), z[:, 1], np.where(np.isnan(z[:, 1]), z[:, 0], z.mean(axis=1)))
    return replace(
        chunk,
        left=left,
        right=right,
        pupil_mm=chunk.pupil_mm if has_pupils else np.full((n, 2), np.nan),
        distance_mm=distance,
        sequence=chunk.sequence if "sequence" in carried else np.full(n, np.nan),
        origin_mm=origin,
    )


@pytest.mark.parametrize("name", ON_SCREEN)
@given(chunk=chunks())
@settings(max_examples=60, deadline=None)
def test_what_is_sent_comes_back(name: str, chunk: GazeChunk) -> None:
    sender = SENDERS[name]
    if "x" in {carries for _, carries in sender.channels}:
        one = np.where(np.isnan(chunk.left), chunk.right, chunk.left)
        chunk = replace(chunk, left=one, right=one)
    form = np.float32 if sender.channel_format == "float32" else np.float64
    sent = from_chunk(chunk, sender, SCREEN_PX).astype(form)
    back = to_chunk(sent, chunk.time_s, layout_of(name), SCREEN_PX)
    expected = can_be_told(chunk, sender)
    # Half a unit in the last place of float32 at the size of the numbers that are sent.
    tolerance = 4e-7 if form is np.float32 else 1e-12
    for what in ("left", "right", "pupil_mm", "distance_mm", "sequence", "origin_mm"):
        np.testing.assert_allclose(
            getattr(back, what), getattr(expected, what), rtol=tolerance, atol=tolerance, err_msg=what
        )
    np.testing.assert_array_equal(back.time_s, chunk.time_s)


@pytest.mark.parametrize("name", [name for name in ON_SCREEN if not ON_SCREEN[name].marks])
def test_the_corner_and_gaze_beside_the_screen_are_kept_where_they_are_no_marks(name: str) -> None:
    xy = np.array([[0.0, 0.0], [-0.3, 1.7], [-0.5, -0.5], [NAN, NAN]])
    nothing = np.full((4, 2), NAN)
    chunk = GazeChunk(np.arange(4.0), xy, xy, nothing, nothing[:, 0], nothing[:, 0], np.full((4, 2, 3), NAN))
    back = to_chunk(from_chunk(chunk, SENDERS[name], SCREEN_PX), chunk.time_s, layout_of(name), SCREEN_PX)
    np.testing.assert_allclose(back.left, xy, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "point", "flag"),
    [
        ("eyelink", [-32768.0, -32768.0], None),
        ("smi-iviewx", [0.0, 0.0], None),
        ("smi-udp", [0.0, 0.0], 0.0),
        ("eyetech", [0.0, 0.0], 0.0),
        ("gazepoint-full", [0.0, 0.0], 0.0),
        ("tobii-legacy", [-1.0, -1.0], 4.0),
        ("titta", [NAN, NAN], 0.0),
        ("tobii-pro-app", [NAN, NAN], None),
    ],
)
def test_lost_eyes_are_sent_as_the_program_does(name: str, point: list[float], flag: float | None) -> None:
    nothing = np.full((1, 2), NAN)
    chunk = GazeChunk(
        np.zeros(1),
        nothing,
        np.array([[0.5, 0.5]]),
        nothing,
        nothing[0, :1],
        nothing[0, :1],
        np.full((1, 2, 3), NAN),
    )
    sent = from_chunk(chunk, SENDERS[name], SCREEN_PX)[0]
    channels = layout_of(name).channels
    np.testing.assert_array_equal(sent[[channels["left_x"], channels["left_y"]]], point)
    if flag is not None:
        assert sent[channels["left_valid"]] == flag


def test_gaze_that_is_lost_by_its_flag_is_lost_even_where_a_number_stands() -> None:
    layout = Layout("x", "normalised", {"left_x": 0, "left_y": 1, "left_valid": 2})
    values = np.array([[0.5, 0.5, 1.0], [0.5, 0.5, 0.0], [0.5, 0.5, NAN], [0.5, 0.5, -1.0]])
    chunk = to_chunk(values, np.zeros(4), layout, SCREEN_PX)
    assert np.isnan(chunk.left).any(axis=1).tolist() == [False, True, True, True]


def test_points_from_the_bottom_left_corner_are_turned() -> None:
    layout = Layout("x", "screen_px", {"x": 0, "y": 1}, origin="bottom-left", marks=(-1.0,))
    chunk = to_chunk(np.array([[250.0, 125.0], [-1.0, -1.0]]), np.zeros(2), layout, SCREEN_PX)
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.75], [NAN, NAN]])


def test_no_sample_is_no_trouble() -> None:
    for name in ON_SCREEN:
        width = len(SENDERS[name].channels)
        assert len(to_chunk(np.empty((0, width)), np.empty(0), layout_of(name), SCREEN_PX)) == 0


def test_declarations_use_known_words_only() -> None:
    words = set(get_args(Carries))
    assert set(ROWS) <= words
    for name, sender in SENDERS.items():
        used = {carries for _, carries in (*sender.channels, *sender.also)}
        assert used <= words, name
        labels = [channel.label for channel, _ in sender.channels if channel.label]
        assert len(labels) == len(set(labels)) or name == "pupil-neon"


def test_the_page_on_trackers_names_every_layout() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "trackers.md").read_text("utf-8")
    told = {line.split("|")[3].strip(" `") for line in page.splitlines() if line.count("|") > 3}
    assert set(SENDERS) <= told
