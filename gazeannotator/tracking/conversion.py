"""From the numbers of a gaze stream to canonical samples, and back for the simulator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gazeannotator.geometry import (
    normalised_to_percent,
    normalised_to_screen_px,
    percent_to_normalised,
    screen_px_to_normalised,
    turned_upside_down,
)
from gazeannotator.samples import FloatArray, GazeChunk, both_eyes
from gazeannotator.tracking.senders.sender import EYES, Carries, Coordinates, Origin, Sender, of

ROWS: tuple[Carries, ...] = (
    "left_x",
    "left_y",
    "right_x",
    "right_y",
    "left_pupil_mm",
    "right_pupil_mm",
    "left_origin_x_mm",
    "left_origin_y_mm",
    "left_origin_z_mm",
    "right_origin_x_mm",
    "right_origin_y_mm",
    "right_origin_z_mm",
    "left_distance_mm",
    "right_distance_mm",
    "sequence",
)
"""What is taken of each sample, as rows of a table."""

_BOTH_EYES: dict[Carries, tuple[Carries, ...]] = {
    "x": ("left_x", "right_x"),
    "y": ("left_y", "right_y"),
    "distance_mm": ("left_distance_mm", "right_distance_mm"),
}
_FLAGS: dict[Carries, tuple[str, ...]] = {
    "valid": ("left_x", "left_y", "right_x", "right_y"),
    "left_valid": ("left_x", "left_y"),
    "right_valid": ("right_x", "right_y"),
    "left_found": tuple(row for row in ROWS if row.startswith("left_")),
    "right_found": tuple(row for row in ROWS if row.startswith("right_")),
    "left_pupil_valid": ("left_pupil_mm",),
    "right_pupil_valid": ("right_pupil_mm",),
    "left_origin_valid": ("left_origin_x_mm", "left_origin_y_mm", "left_origin_z_mm"),
    "right_origin_valid": ("right_origin_x_mm", "right_origin_y_mm", "right_origin_z_mm"),
}
"""What a flag marks as lost."""

_PUPILS, _ORIGINS, _DISTANCES = slice(4, 6), slice(6, 12), slice(12, 14)
_GROUPS = tuple(
    slice(*ends) for ends in ((0, 2), (2, 4), (4, 5), (5, 6), (6, 9), (9, 12), (12, 13), (13, 14))
)
_LEFT_Z, _RIGHT_Z = 8, 11


@dataclass(frozen=True)
class Layout:
    """Which channel carries what, and what its numbers mean: all that `to_chunk` needs.

    Attributes
    ----------
    name : str
        A known sender's name, ``"xdf"``, ``"plain"``, or ``"mapped"`` where a person told.
    coordinates : {"normalised", "percent", "screen_px", "unknown"}
        Of the gaze points; ``"unknown"`` must be answered by the user, see `with_coordinates`.
    channels : mapping of str to int
        What is carried → number of the channel.
    origin, marks, possible, valid, pupil_scale, distance_scale
        As in `Sender`.
    """

    name: str
    coordinates: Coordinates
    channels: Mapping[Carries, int]
    origin: Origin = "top-left"
    marks: tuple[float, ...] = ()
    possible: tuple[float, float] = (-math.inf, math.inf)
    valid: tuple[float, float] = (0.0, math.inf)
    pupil_scale: float = 1.0
    distance_scale: float = 1.0

    def with_coordinates(self, coordinates: Literal["normalised", "percent", "screen_px"]) -> Layout:
        """Return the layout with the user's answer where the stream's metadata is silent."""
        return replace(self, coordinates=coordinates)

    @cached_property
    def plan(self) -> _Plan:
        """The layout as arrays, worked out once."""
        return _Plan.of(self)


@dataclass(frozen=True)
class _Plan:
    """A layout as arrays of channel numbers and rows of the table.

    Attributes
    ----------
    sources : ndarray, shape (15,)
        Channel of each row; 0 where `absent`.
    absent : ndarray
        Rows that no channel carries.
    flags : ndarray, shape (k,)
        Channels that say whether something was found.
    flagged : ndarray, shape (15, k)
        Rows that a flag marks as lost.
    scales : ndarray, shape (15,), or None
    distances : tuple of int
        Rows of the left and the right eye's distance.
    groups : tuple of slice
        Rows that are found or lost together, of those that are carried.
    """

    sources: NDArray[np.intp]
    absent: NDArray[np.intp]
    flags: NDArray[np.intp]
    flagged: NDArray[np.bool_]
    scales: FloatArray | None
    distances: tuple[int, int]
    groups: tuple[slice, ...]

    @classmethod
    def of(cls, layout: Layout) -> _Plan:
        """Work out where everything goes."""
        taken: dict[Carries, int] = {}
        for carries, channel in layout.channels.items():
            taken |= dict.fromkeys(_BOTH_EYES.get(carries, (carries,)), channel)
        flags = [carries for carries in layout.channels if carries in _FLAGS]
        scales = np.ones(len(ROWS))
        scales[_PUPILS], scales[_DISTANCES] = layout.pupil_scale, layout.distance_scale
        # The tracker stands at the screen: its own tools tell the distance by the eyes' depth.
        deep = not {"left_distance_mm", "right_distance_mm"} & taken.keys()
        return cls(
            sources=np.array([taken.get(row, 0) for row in ROWS], np.intp),
            absent=np.array([k for k, row in enumerate(ROWS) if row not in taken], np.intp),
            flags=np.array([layout.channels[flag] for flag in flags], np.intp),
            flagged=np.array([[row in _FLAGS[flag] for flag in flags] for row in ROWS], np.bool_),
            scales=None if (scales == 1).all() else scales,
            distances=(_LEFT_Z, _RIGHT_Z) if deep else (12, 13),
            groups=tuple(group for group in _GROUPS if ROWS[group.start] in taken),
        )


def to_chunk(
    values: NDArray[Any], stamps: FloatArray, layout: Layout, screen_px: tuple[float, float]
) -> GazeChunk:
    """Convert pulled samples to canonical ones.

    Parameters
    ----------
    values : ndarray, shape (n, channels)
        As sent, any number format.
    stamps : ndarray, shape (n,)
        Kept as they are.
    layout : Layout
    screen_px : tuple of float
        Size of the display area to which pixel coordinates refer; not used for other ones.

    Raises
    ------
    ValueError
        The layout's coordinates are unknown: nobody was asked.
    """
    if layout.coordinates == "unknown":
        raise ValueError(
            f"the coordinates of layout {layout.name} must be known before samples are converted"
        )
    plan = layout.plan
    table = values.T[plan.sources].astype(np.float64, copy=False)
    table[plan.absent] = np.nan
    if len(plan.flags):
        flags, (above, up_to) = values.T[plan.flags], layout.valid
        lost = ~((flags > above) & (flags <= up_to))
        if lost.any():
            table[plan.flagged @ lost] = np.nan
    if layout.marks:
        _forget_marked(table, layout)
    points = table[:4].T.reshape(-1, 2, 2)
    # An infinite coordinate is no place on or beside a screen.
    points[np.isinf(points)] = np.nan
    if layout.possible != Layout.possible:
        low, high = layout.possible
        beyond = (points <= low) | (points >= high)
        points[beyond[..., 0] | beyond[..., 1]] = np.nan
    pupils = table[_PUPILS]
    # Nor is there a pupil of no size.
    pupils[pupils <= 0] = np.nan
    if plan.scales is not None:
        table *= plan.scales[:, None]
    left, right = table[plan.distances[0]], table[plan.distances[1]]
    distance = np.where(np.isnan(left), right, np.where(np.isnan(right), left, (left + right) / 2))
    points = _to_normalised(points, layout, screen_px)
    return GazeChunk(
        time_s=np.array(stamps, np.float64),
        left=points[:, 0],
        right=points[:, 1],
        pupil_mm=pupils.T,
        distance_mm=distance,
        sequence=table[-1],
        origin_mm=table[_ORIGINS].T.reshape(-1, 2, 3),
    )


def _forget_marked(table: FloatArray, layout: Layout) -> None:
    """Make lost what is equal to a mark: whole points and origins, single pupils and distances."""
    for group in layout.plan.groups:
        for mark in layout.marks:
            marked = table[group.start] == mark
            for row in range(group.start + 1, group.stop):
                marked &= table[row] == mark
            if marked.any():
                table[group, marked] = np.nan


def _to_normalised(points: FloatArray, layout: Layout, screen_px: tuple[float, float]) -> FloatArray:
    if layout.coordinates == "screen_px":
        points = screen_px_to_normalised(points, screen_px)
    elif layout.coordinates == "percent":
        points = percent_to_normalised(points)
    return turned_upside_down(points) if layout.origin == "bottom-left" else points


def from_chunk(chunk: GazeChunk, sender: Sender, screen_px: tuple[float, float]) -> FloatArray:
    """Write canonical samples as a sender would send them, shape (n, channels).

    What is lost is sent as the sender's program does it: as NaN or its own mark, and with its flags.
    """
    both = both_eyes(chunk.left, chunk.right)
    points = [_from_normalised(xy, sender, screen_px) for xy in (chunk.left, chunk.right, both)]
    distance = chunk.distance_mm / sender.distance_scale
    numbers: dict[Carries, FloatArray] = {
        "x": points[2][:, 0],
        "y": points[2][:, 1],
        "distance_mm": distance,
        "sequence": chunk.sequence,
        "time_s": chunk.time_s,
        "always_one": np.ones(len(chunk)),
        "nothing": np.full(len(chunk), np.nan),
    }
    flags: dict[Carries, NDArray[np.bool_]] = {"valid": _told(both)}
    for number, eye in enumerate(EYES):
        xy, pupil, origin = points[number], chunk.pupil_mm[:, number], chunk.origin_mm[:, number]
        numbers |= {
            of(eye, "x"): xy[:, 0],
            of(eye, "y"): xy[:, 1],
            of(eye, "pupil_mm"): pupil / sender.pupil_scale,
            of(eye, "origin_x_mm"): origin[:, 0],
            of(eye, "origin_y_mm"): origin[:, 1],
            of(eye, "origin_z_mm"): origin[:, 2],
            of(eye, "distance_mm"): distance,
        }
        flags |= {
            of(eye, "valid"): _told(xy),
            of(eye, "found"): _told(xy) | _told(pupil[:, None]),
            of(eye, "pupil_valid"): _told(pupil[:, None]),
            of(eye, "origin_valid"): _told(origin),
        }
    sent = {what: np.where(np.isnan(values), sender.lost, values) for what, values in numbers.items()}
    sent |= {flag: np.where(found, *sender.flags) for flag, found in flags.items()}
    return np.stack([sent[carries] for _, carries in sender.channels], axis=1)


def _told(values: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(values).any(axis=1), np.bool_)


def _from_normalised(xy: FloatArray, sender: Sender, screen_px: tuple[float, float]) -> FloatArray:
    xy = turned_upside_down(xy) if sender.origin == "bottom-left" else xy
    if sender.coordinates == "screen_px":
        return normalised_to_screen_px(xy, screen_px)
    return normalised_to_percent(xy) if sender.coordinates == "percent" else xy
