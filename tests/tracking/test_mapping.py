"""What a person tells of a stream, and when it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gazeannotator.errors import TrackerError
from gazeannotator.tracking.conversion import to_chunk
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.mapping import (
    StreamMapping,
    described,
    guessed_channels,
    guessed_coordinates,
    guessed_marks,
    understand,
)
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.tracking.senders.table import SENDERS

SCREEN_PX = (1000.0, 500.0)
SIX = tuple(Channel(label) for label in ("t", "a", "b", "c", "d", "ok"))


def stream(*channels: Channel, name: str = "Lab") -> StreamDescription:
    return StreamDescription(name, "Gaze", "lab:1", 60.0, "float32", channels)


def mapping(**changes: Any) -> StreamMapping:
    given = {
        "described": described(stream(*SIX)),
        "channels": {"left_x": 1, "left_y": 2, "right_x": 3, "right_y": 4, "valid": 5},
        "coordinates": "screen_px",
    }
    return StreamMapping(**{**given, **changes})


def test_a_mapping_converts_what_it_names() -> None:
    layout = understand(stream(*SIX), mapping(marks=(-1.0,)))
    assert layout is not None
    assert (layout.name, layout.coordinates) == ("mapped", "screen_px")
    values = np.array([[9, 250, 125, 500, 250, 1], [9, 250, 125, -1, -1, 1], [9, 250, 125, 500, 250, 0]])
    chunk = to_chunk(values, np.zeros(3), layout, SCREEN_PX)
    np.testing.assert_array_equal(chunk.left, [[0.25, 0.25], [0.25, 0.25], [np.nan, np.nan]])
    np.testing.assert_array_equal(chunk.right, [[0.5, 0.5], [np.nan, np.nan], [np.nan, np.nan]])


def test_percent_from_below_with_validity_by_zero() -> None:
    told = mapping(
        channels={"x": 1, "y": 2, "valid": 5, "sequence": 0},
        coordinates="percent",
        origin="bottom-left",
        valid="zero",
    )
    layout = told.to_layout()
    values = np.array([[7.0, 25, 10, 0, 0, 0], [8.0, 25, 10, 0, 0, 1], [9.0, 25, 10, 0, 0, 4]])
    chunk = to_chunk(values, np.zeros(3), layout, SCREEN_PX)
    np.testing.assert_allclose(chunk.left, [[0.25, 0.9], [np.nan, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(chunk.right, chunk.left)
    assert chunk.sequence.tolist() == [7.0, 8.0, 9.0]


def test_validity_above_one_half() -> None:
    layout = mapping(valid="above_half").to_layout()
    values = np.array([[0, 1, 1, 1, 1, 0.6], [0, 1, 1, 1, 1, 0.5]])
    assert to_chunk(values, np.zeros(2), layout, SCREEN_PX).lost.tolist() == [False, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": {}},
        {"channels": {"left_x": 1}},
        {"channels": {"left_x": 1, "right_y": 2}},
        {"channels": {"x": 1, "y": 2, "left_x": 3, "left_y": 4}},
        {"channels": {"x": 1, "y": 1}},
        {"channels": {"x": 1, "y": 6}},
        {"channels": {"x": 1, "y": -1}},
        {"marks": (float("nan"),)},
    ],
)
def test_half_a_mapping_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needed|place|channels|numbers"):
        mapping(**changes)


@pytest.mark.parametrize(
    "channels",
    [
        SIX[:5],
        (*SIX[:5], Channel("fine")),
        (SIX[0], SIX[2], SIX[1], *SIX[3:]),
        (SIX[0], replace(SIX[1], unit="percent"), *SIX[2:]),
    ],
    ids=["fewer", "renamed", "reordered", "another unit"],
)
def test_a_mapping_of_other_channels_is_not_used(channels: tuple[Channel, ...]) -> None:
    assert not mapping().fits(stream(*channels))
    assert understand(stream(*channels), mapping()) is None


def test_known_programs_are_not_told_otherwise() -> None:
    sender = SENDERS["eyelink"]
    eyelink = stream(*(channel for channel, _ in sender.channels), name="EyeLink")
    told = StreamMapping(described(eyelink), {"x": 2, "y": 3}, "normalised")
    layout = understand(eyelink, told)
    assert layout is not None
    assert layout.name == "eyelink"


def test_glasses_are_refused_whatever_was_told() -> None:
    neon = stream(Channel("x"), Channel("y"), name="My_Neon Gaze")
    with pytest.raises(TrackerError, match="head-worn"):
        understand(neon, StreamMapping(described(neon), {"x": 0, "y": 1}, "normalised"))


def test_a_guess_by_labels_gives_way_to_what_was_told() -> None:
    bare = stream(Channel("x"), Channel("y"))
    told = StreamMapping(described(bare), {"x": 1, "y": 0}, "normalised")
    layout = understand(bare, told)
    assert layout is not None
    assert layout.channels == {"x": 1, "y": 0}


def test_coordinates_alone_are_enough_where_only_they_are_unknown() -> None:
    bare = stream(Channel("x"), Channel("y"))
    layout = understand(bare, "screen_px")
    assert layout is not None
    assert (layout.name, layout.coordinates) == ("plain", "screen_px")
    assert understand(stream(*SIX), "screen_px") is None
    known = understand(stream(Channel("x", unit="pixels"), Channel("y", unit="pixels")), "normalised")
    assert known is not None
    assert known.coordinates == "screen_px"


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (["time", "GazeX", "GazeY"], {"x": 1, "y": 2}),
        (["LeftGazeX", "LeftGazeY", "gaze point right y", "gaze point right x"],
         {"left_x": 0, "left_y": 1, "right_y": 2, "right_x": 3}),
        (["gaze_x", "gaze_y", "left_gaze_x", "left_gaze_y"], {"left_x": 2, "left_y": 3}),
        (["gaze_x", "pupil_y", "head_gaze_y"], {}),
        (["alpha", "beta"], {}),
        (["x", "y"], {"x": 0, "y": 1}),
    ],
)  # fmt: skip
def test_labels_are_guessed_for_a_person_to_confirm(labels: list[str], roles: dict[str, int]) -> None:
    assert guessed_channels(stream(*(Channel(label) for label in labels))) == roles


@pytest.mark.parametrize(
    ("largest", "guess"),
    [(1.3, "normalised"), (2.4, "normalised"), (101.0, "percent"), (1919.0, "screen_px")],
)
def test_coordinates_are_guessed_by_their_size(largest: float, guess: str) -> None:
    assert guessed_coordinates(largest) == guess


def test_numbers_that_stand_in_both_coordinates_again_and_again_are_guessed_as_marks() -> None:
    gaze = np.random.default_rng(1).uniform(0, 1, (50, 2))
    assert guessed_marks(gaze) == ()
    lost = np.concatenate(
        [gaze, np.full((5, 2), -1.0), np.zeros((3, 2)), np.ones((9, 2)), [[np.nan, np.nan]]]
    )
    assert guessed_marks(lost) == (-1.0, 0.0)
    assert guessed_marks(np.concatenate([gaze, np.zeros((2, 2))])) == ()
