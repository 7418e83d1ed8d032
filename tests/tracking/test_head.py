"""Where the head is, and what the reader is told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.eye import SimulatedEye
from gazeannotator.tracking.head import HeadPosition, distance_change_mm, guidance, head_position

NAN = math.nan


def samples(
    n: int = 60,
    left_mm: tuple[float, float, float] = (NAN, NAN, NAN),
    right_mm: tuple[float, float, float] = (NAN, NAN, NAN),
    distance_mm: float = NAN,
    left: float = 0.5,
    right: float = 0.5,
) -> GazeChunk:
    return GazeChunk(
        time_s=np.arange(n) / 60,
        left=np.full((n, 2), left),
        right=np.full((n, 2), right),
        pupil_mm=np.full((n, 2), NAN),
        distance_mm=np.full(n, distance_mm),
        sequence=np.full(n, NAN),
        origin_mm=np.tile([left_mm, right_mm], (n, 1, 1)).reshape(n, 2, 3).astype(float),
    )


def test_the_head_is_between_the_eyes_at_the_told_distance() -> None:
    head = head_position(samples(left_mm=(-20, 15, 600), right_mm=(44, 11, 604), distance_mm=610.0))
    assert head == HeadPosition(610, 12, 13, (True, True))
    assert head_position(samples(left_mm=(-20, 15, 600), right_mm=(44, 11, 604))).distance_mm == 602


def test_a_distance_that_cannot_be_is_not_told() -> None:
    told = {"left_mm": (-20, 15, 600), "right_mm": (44, 11, 604)}
    assert head_position(samples(**told, distance_mm=61.0)).distance_mm == 602
    in_cm = head_position(samples(left_mm=(-20, 15, 60), right_mm=(44, 11, 60), distance_mm=61.0))
    assert math.isnan(in_cm.distance_mm)
    assert (in_cm.x_mm, in_cm.y_mm) == (12, 13)
    assert math.isnan(distance_change_mm(650.0, samples(distance_mm=61.0)))


def test_spikes_and_lost_samples_move_no_head() -> None:
    chunk = SimulatedEye(0.0, seed=1, loss=0.3).sample(np.arange(250) / 250)
    chunk.origin_mm[5] = 9000
    head = head_position(chunk)
    assert (head.x_mm, head.y_mm, head.distance_mm) == pytest.approx((0, 12, 650), abs=1)
    assert head.eyes_found == (True, True)


@pytest.mark.parametrize(
    ("left_mm", "right_mm"),
    [((-31.5, 0, 600), (NAN,) * 3), ((NAN,) * 3, (31.5, 0, 600))],
    ids=["left", "right"],
)
def test_one_eye_tells_where_the_middle_is(left_mm: tuple[float, ...], right_mm: tuple[float, ...]) -> None:
    head = head_position(samples(left_mm=left_mm, right_mm=right_mm, left=left_mm[0], right=right_mm[0]))
    assert (head.x_mm, head.y_mm, head.distance_mm) == (0, 0, 600)
    assert head.eyes_found == (not math.isnan(left_mm[0]), not math.isnan(right_mm[0]))


def test_what_is_not_told_is_not_known_and_needs_no_guidance() -> None:
    head = head_position(samples())
    assert math.isnan(head.distance_mm)
    assert math.isnan(head.x_mm)
    assert guidance(head) == ()


def test_no_samples_are_no_eyes() -> None:
    head = head_position(GazeChunk.empty())
    assert head.eyes_found == (False, False)
    assert guidance(head) == ("no_eyes",)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ((650, 0, 0), ()),
        ((550, 80, -80), ()),
        ((751, 0, 0), ("nearer",)),
        ((549, 0, 0), ("further",)),
        ((650, 81, 0), ("left",)),
        ((650, -81, 0), ("right",)),
        ((650, 0, 81), ("lower",)),
        ((650, 0, -81), ("higher",)),
        ((900, -200, 200), ("nearer", "right", "lower")),
    ],
)
def test_the_reader_is_told_which_way_to_go(
    head: tuple[float, float, float], expected: tuple[str, ...]
) -> None:
    assert guidance(HeadPosition(*head, (True, False))) == expected


def test_the_middle_of_the_trackers_box_can_be_elsewhere() -> None:
    head = HeadPosition(650, 0, 200, (True, True))
    assert guidance(head) == ("lower",)
    assert guidance(head, centre_mm=(0, 180)) == ()


def test_the_distance_changes_by_the_median_of_what_is_told() -> None:
    assert distance_change_mm(650.0, samples(distance_mm=700.0)) == 50
    assert distance_change_mm(650.0, samples(left_mm=(-30, 0, 600), right_mm=(30, 0, 600))) == -50
    assert math.isnan(distance_change_mm(650.0, samples()))
    assert math.isnan(distance_change_mm(NAN, samples(distance_mm=700.0)))
