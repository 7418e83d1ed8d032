"""Streams as other programs describe them, and what we make of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gazeannotator.errors import TrackerError
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.layouts import (
    StreamDescription,
    describe,
    from_chunk,
    is_gaze,
    recognise,
    to_chunk,
)
from gazeannotator.tracking.senders import SENDERS, Channel

SCREEN_PX = (1280.0, 720.0)


def stream(
    *channels: Channel, name: str = "Tracker", kind: str = "Gaze", form: str = "float32"
) -> StreamDescription:
    return StreamDescription(name, kind, "tracker-1", 60.0, form, channels)


def sent_by(layout: str) -> StreamDescription:
    sender = SENDERS[layout]
    channels = tuple(channel for channel, _ in sender.channels)
    return StreamDescription(
        sender.stream_name, sender.stream_type, "x", 60.0, sender.channel_format, channels
    )


def screen_xy(unit: str, system: str = "") -> tuple[Channel, Channel]:
    return (
        Channel("horizontal", "both", "ScreenX", unit, system),
        Channel("vertical", "both", "ScreenY", unit, system),
    )


def samples(n: int = 4) -> GazeChunk:
    random = np.random.default_rng(1)
    chunk = GazeChunk(
        time_s=np.arange(n) / 60,
        left=random.uniform(-0.2, 1.2, (n, 2)),
        right=random.uniform(-0.2, 1.2, (n, 2)),
        pupil_mm=random.uniform(2, 5, (n, 2)),
        distance_mm=random.uniform(500, 700, n),
        sequence=np.arange(n, dtype=float),
        origin_mm=random.normal(0, 100, (n, 2, 3)),
    )
    chunk.left[1] = np.nan
    chunk.pupil_mm[1, 0] = np.nan
    return chunk


@pytest.mark.parametrize(
    ("layout", "coordinates"),
    [
        ("gazeannotator", "normalised"),
        ("tobii-pro-app", "normalised"),
        ("titta", "normalised"),
        ("xdf", "screen_px"),
    ],
)
def test_what_a_known_program_sends_comes_back_as_it_was(layout: str, coordinates: str) -> None:
    chunk = samples()
    found = recognise(sent_by(layout))
    assert (found.name, found.coordinates) == (layout, coordinates)
    back = to_chunk(from_chunk(chunk, SENDERS[layout], SCREEN_PX), chunk.time_s, found, SCREEN_PX)
    np.testing.assert_allclose(back.left, chunk.left, rtol=1e-15)
    np.testing.assert_allclose(back.right, chunk.right, rtol=1e-15)
    if layout != "xdf":
        np.testing.assert_array_equal(back.pupil_mm, chunk.pupil_mm)
    if layout == "titta":
        np.testing.assert_array_equal(back.distance_mm, chunk.distance_mm)


def test_titta_is_read_by_label_in_its_longer_form_too() -> None:
    known = sent_by("titta")
    labels = [channel.label for channel in known.channels]
    z = labels.index("z.position_in_user_coordinates.gaze_origin.left_eye")
    more = tuple(
        Channel(
            f"{axis}.position_in_track_box_coordinates.gaze_origin.left_eye", "left", "Pupil", "normalized"
        )
        for axis in "xyz"
    )
    longer = replace(known, channels=(*known.channels[: z + 1], *more, *known.channels[z + 1 :]))
    layout = recognise(longer)
    assert layout.name == "titta"
    right_x = labels.index("x.position_on_display_area.gaze_point.right_eye")
    assert layout.channels["right_x"] == right_x + 3


def test_titta_flags_mark_lost_eyes_even_where_a_number_stands() -> None:
    known = sent_by("titta")
    layout = recognise(known)
    values = from_chunk(samples(2)[:1], SENDERS["titta"], SCREEN_PX)
    values[0, layout.channels["right_valid"]] = 0
    chunk = to_chunk(values, np.zeros(1), layout, SCREEN_PX)
    assert np.isnan(chunk.right).all()
    assert not np.isnan(chunk.left).any()


def test_screencoords_of_the_tobii_app_are_fractions() -> None:
    chunk = to_chunk(
        np.array([[0.25, 0.5, 3.0, 0.75, 0.5, np.nan]], np.float32),
        np.array([7.0]),
        recognise(sent_by("tobii-pro-app")),
        SCREEN_PX,
    )
    assert chunk.left.tolist() == [[0.25, 0.5]]
    assert chunk.right.tolist() == [[0.75, 0.5]]
    assert chunk.pupil_mm[0, 0] == 3.0


@pytest.mark.parametrize(
    ("unit", "coordinates"),
    [
        ("normalized", "normalised"),
        ("Normalised", "normalised"),
        ("pixels", "screen_px"),
        ("px", "screen_px"),
        ("", "unknown"),
        ("percent", "unknown"),
    ],
)
def test_the_convention_tells_coordinates_by_unit_or_not_at_all(unit: str, coordinates: str) -> None:
    found = stream(*screen_xy(unit))
    assert recognise(found).coordinates == coordinates
    assert describe(found) == ("xdf", coordinates)


def test_a_point_of_both_eyes_stands_for_each() -> None:
    chunk = to_chunk(np.array([[640, 180]]), np.zeros(1), recognise(stream(*screen_xy("pixels"))), SCREEN_PX)
    assert chunk.left.tolist() == chunk.right.tolist() == [[0.5, 0.25]]


def test_silent_coordinates_must_be_answered_first() -> None:
    layout = recognise(stream(Channel(), Channel()))
    assert (layout.name, layout.coordinates) == ("plain", "unknown")
    with pytest.raises(ValueError, match="coordinates"):
        to_chunk(np.zeros((1, 2)), np.zeros(1), layout, SCREEN_PX)
    answered = layout.with_coordinates("screen_px")
    assert to_chunk(np.array([[640.0, 720.0]]), np.zeros(1), answered, SCREEN_PX).left.tolist() == [
        [0.5, 1.0]
    ]
    assert describe(stream(Channel(), Channel())) == (None, "unknown")


@pytest.mark.parametrize(
    "labels",
    [
        ("x", "y"),
        ("leftEyeX", "leftEyeY"),
        ("left_gaze_x", "left_gaze_y"),
        ("Screen_X_left", "Screen_Y_left"),
    ],
)
def test_labels_that_say_x_and_y_are_understood(labels: tuple[str, str]) -> None:
    layout = recognise(stream(Channel("time"), *(Channel(label) for label in labels)))
    assert layout.channels["left_x"] == 1
    assert layout.channels["left_y"] == 2


def test_gaze_beside_the_screen_and_at_its_corner_is_kept_and_infinity_is_not() -> None:
    values = np.array([[0.0, 0.0], [-0.3, 1.7], [np.inf, 0.5], [np.nan, np.nan]])
    chunk = to_chunk(values, np.arange(4.0), recognise(stream(*screen_xy("normalized"))), SCREEN_PX)
    assert chunk.left[:2].tolist() == values[:2].tolist()
    assert chunk.lost.tolist() == [False, False, True, True]


def test_doubled_and_decreasing_stamps_are_kept() -> None:
    stamps = np.array([5.0, 5.0, 4.0])
    chunk = to_chunk(np.zeros((3, 2)), stamps, recognise(stream(*screen_xy("normalized"))), SCREEN_PX)
    assert chunk.time_s.tolist() == stamps.tolist()


@pytest.mark.parametrize(
    "camera",
    [
        stream(*screen_xy("normalized", "world"), name="pupil_capture"),
        stream(*screen_xy("pixels", "world-space"), name="anything"),
        stream(Channel("x"), Channel("y"), name="Neon Companion_Neon Gaze"),
        stream(
            Channel("gaze2d.x"), Channel("gaze2d.y"), name="Tobii Pro Glasses 3", kind="Wearable eye tracker"
        ),
    ],
    ids=lambda each: each.name,
)
def test_scene_cameras_are_listed_and_refused(camera: StreamDescription) -> None:
    assert is_gaze(camera)
    assert describe(camera)[1] == "scene_camera"
    with pytest.raises(TrackerError, match=f"'{camera.name}'.*head-worn camera"):
        recognise(camera)


@pytest.mark.parametrize(
    "unusable",
    [
        stream(Channel("alpha"), Channel("beta")),
        stream(Channel(), Channel(), Channel()),
        stream(Channel("x"), Channel("pupil_y")),
        stream(Channel("x"), Channel("y"), form="string"),
    ],
)
def test_streams_without_gaze_points_are_refused(unusable: StreamDescription) -> None:
    with pytest.raises(TrackerError, match=f"which of its {len(unusable.channels)} channels"):
        recognise(unusable)
    assert describe(unusable) == (None, "unknown")


def test_gaze_streams_are_told_by_type_or_known_sender() -> None:
    assert is_gaze(stream(Channel(), kind="gaze"))
    assert is_gaze(replace(sent_by("tobii-pro-app"), type="Eyetracker"))
    assert not is_gaze(stream(Channel("C3"), Channel("C4"), kind="EEG"))
