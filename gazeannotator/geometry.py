"""The module for coordinates; every conversion between two systems is here and nowhere else.

tracker-normalised
    (0, 0) is the top-left and (1, 1) the bottom-right corner of the tracked display area.
screen px
    Physical pixels of the reading screen, continuous, origin at the top-left corner of
    the top-left pixel, so the centre of that pixel is (0.5, 0.5).
image px
    The same for the de-identified image as stored: the centre of pixel (col 0, row 0)
    is (0.5, 0.5).
view px
    Of a picture of the screen, as an operator sees it: the screen lies somewhere in it, reduced.
grid px
    The same for the square grid of the data set, on which the image lies centred.
degrees
    Visual angle at an eye on the screen's central normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Screen:
    """A screen as the eye sees it.

    Attributes
    ----------
    width_px, height_px : float
        Physical pixels (not Qt's logical ones).
    width_mm, height_mm : float
        Size of the visible area.
    distance_mm : float
        From the eye to the screen's centre.
    """

    width_px: float
    height_px: float
    width_mm: float
    height_mm: float
    distance_mm: float

    def __post_init__(self) -> None:
        values = (self.width_px, self.height_px, self.width_mm, self.height_mm, self.distance_mm)
        if not all(math.isfinite(value) and value > 0 for value in values):
            raise ValueError(f"a screen's sizes and distance must be positive numbers, got {values}")

    @property
    def size_px(self) -> tuple[float, float]:
        """Width and height in physical pixels."""
        return (self.width_px, self.height_px)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in mm."""
        return (self.width_mm, self.height_mm)

    @property
    def px_per_deg(self) -> float:
        """Screen px in one degree at the screen's centre: d·tan(1°), mean of both axes.

        The geometric mean, so that an area is right where pixels are not square.
        """
        one_degree_mm = self.distance_mm * math.tan(math.radians(1))
        return one_degree_mm * math.sqrt(self.width_px / self.width_mm * self.height_px / self.height_mm)


@dataclass(frozen=True)
class Placement:
    """Where an image lies on the screen: top-left corner and size, in screen px."""

    x0_px: float
    y0_px: float
    width_px: float
    height_px: float

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return x0, y0, width, height, as stored."""
        return (self.x0_px, self.y0_px, self.width_px, self.height_px)


@dataclass(frozen=True)
class GridMap:
    """From image px to grid px: ``grid = image × scale + (dx, dy)``.

    Attributes
    ----------
    scale : float
    dx_px, dy_px : int
        Offset of the content in the grid.
    width_px, height_px : int
        Size of the content in the grid, whole pixels.
    """

    scale: float
    dx_px: int
    dy_px: int
    width_px: int
    height_px: int


def normalised_to_screen_px(xy: FloatArray, screen_px: tuple[float, float]) -> FloatArray:
    """Convert tracker-normalised points to screen px, any shape (..., 2)."""
    return _points(xy) * _pair(screen_px)


def screen_px_to_normalised(xy_px: FloatArray, screen_px: tuple[float, float]) -> FloatArray:
    """Convert screen px to tracker-normalised points, any shape (..., 2)."""
    return _points(xy_px) / _pair(screen_px)


def percent_to_normalised(xy_percent: FloatArray) -> FloatArray:
    """Convert percent of the display area (0 to 100) to tracker-normalised points, any shape (..., 2)."""
    return _points(xy_percent) / 100


def normalised_to_percent(xy: FloatArray) -> FloatArray:
    """Convert tracker-normalised points to percent of the display area, any shape (..., 2)."""
    return _points(xy) * 100


def turned_upside_down(xy: FloatArray) -> FloatArray:
    """Count normalised points from the bottom-left corner instead of the top-left one, or back."""
    return np.stack([_points(xy)[..., 0], 1 - _points(xy)[..., 1]], axis=-1)


def screen_px_to_image_px(xy_px: FloatArray, placement: Placement, image_px: tuple[int, int]) -> FloatArray:
    """Convert screen px to image px, any shape (..., 2); points beside the image stay outside it."""
    corner, size = _corner_and_size(placement)
    return (_points(xy_px) - corner) * (_pair(image_px) / size)


def image_px_to_screen_px(xy_px: FloatArray, placement: Placement, image_px: tuple[int, int]) -> FloatArray:
    """Convert image px to screen px, any shape (..., 2)."""
    corner, size = _corner_and_size(placement)
    return _points(xy_px) * (size / _pair(image_px)) + corner


def screen_px_to_view_px(xy_px: FloatArray, view: Placement, screen_px: tuple[float, float]) -> FloatArray:
    """Convert screen px to px of a picture in which the screen lies at `view`, any shape (..., 2)."""
    corner, size = _corner_and_size(view)
    return _points(xy_px) * (size / _pair(screen_px)) + corner


def placement_in_view(placement: Placement, view: Placement, screen_px: tuple[float, float]) -> Placement:
    """Bring a placement on the screen to where it lies in a picture of the screen."""
    x, y, width, height = placement.as_tuple()
    (left, top), (right, bottom) = screen_px_to_view_px(
        np.array([[x, y], [x + width, y + height]]), view, screen_px
    ).tolist()
    return Placement(left, top, right - left, bottom - top)


def _corner_and_size(placement: Placement) -> tuple[FloatArray, FloatArray]:
    return _pair((placement.x0_px, placement.y0_px)), _pair((placement.width_px, placement.height_px))


def pixels_to_px(col_row: FloatArray) -> FloatArray:
    """Give the centres of whole pixels, told by column and row from 0, any shape (..., 2)."""
    return _points(col_row) + 0.5


def displayed_px_to_image_px(xy_px: FloatArray, scale: FloatArray) -> FloatArray:
    """Convert px of an image as it is displayed to image px.

    Parameters
    ----------
    xy_px : ndarray, shape (..., 2)
        From the displayed image's top-left corner.
    scale : ndarray, shape (...)
        Displayed px in one image px.
    """
    return _points(xy_px) / _points(scale)[..., None]


def displayed_px_to_screen_px(xy_px: FloatArray, placement: Placement) -> FloatArray:
    """Convert px of an image as it is displayed to screen px, any shape (..., 2)."""
    return _points(xy_px) + _pair((placement.x0_px, placement.y0_px))


def centred_placement(size_px: tuple[float, float], screen_px: tuple[float, float]) -> Placement:
    """Place something of a size in the middle of the screen."""
    return Placement((screen_px[0] - size_px[0]) / 2, (screen_px[1] - size_px[1]) / 2, *size_px)


def largest_placement(image_px: tuple[int, int], screen_px: tuple[float, float]) -> Placement:
    """Place an image centred and as large as it fits whole, on whole screen pixels."""
    scale = min(screen_px[0] / image_px[0], screen_px[1] / image_px[1])
    width = max(1, math.floor(image_px[0] * scale + 1e-9))
    height = max(1, math.floor(image_px[1] * scale + 1e-9))
    return Placement((screen_px[0] - width) // 2, (screen_px[1] - height) // 2, width, height)


def fit_grid(image_px: tuple[int, int], grid_px: int) -> GridMap:
    """Map an image onto a square grid: aspect kept, centred, content on whole grid pixels."""
    scale = grid_px / max(image_px)
    width = min(grid_px, max(1, round(image_px[0] * scale)))
    height = min(grid_px, max(1, round(image_px[1] * scale)))
    return GridMap(scale, (grid_px - width) // 2, (grid_px - height) // 2, width, height)


def image_px_to_grid_px(xy_px: FloatArray, grid: GridMap) -> FloatArray:
    """Convert image px to grid px, any shape (..., 2)."""
    return _points(xy_px) * grid.scale + _pair((grid.dx_px, grid.dy_px))


def grid_px_to_image_px(xy_px: FloatArray, grid: GridMap) -> FloatArray:
    """Convert grid px to image px, any shape (..., 2)."""
    return (_points(xy_px) - _pair((grid.dx_px, grid.dy_px))) / grid.scale


def image_px_per_deg(screen: Screen, placement: Placement, image_px: tuple[int, int]) -> float:
    """Image px in one degree at the image's centre (`Screen.px_per_deg` through the placement)."""
    zoom = math.sqrt(image_px[0] / placement.width_px * image_px[1] / placement.height_px)
    return screen.px_per_deg * zoom


def screen_px_to_mm(xy_px: FloatArray, screen: Screen) -> FloatArray:
    """Convert screen px to mm in the screen's plane, origin at the screen's centre, any shape (..., 2)."""
    points = _points(xy_px)
    # Axis by axis, and each for itself in memory: arithmetic along an axis of two is ten times slower.
    in_plane = np.empty_like(points, order="F")
    for axis, (px, mm) in enumerate(zip(screen.size_px, screen.size_mm, strict=True)):
        in_plane[..., axis] = (points[..., axis] - px / 2) * (mm / px)
    return in_plane


def angle_deg(a_px: FloatArray, b_px: FloatArray, screen: Screen) -> FloatArray:
    """Visual angle between points of the screen, exact at any eccentricity.

    Parameters
    ----------
    a_px, b_px : ndarray, shape (..., 2)
        Screen px.
    screen : Screen

    Returns
    -------
    ndarray, shape (...)
        Degrees; NaN where a point is NaN.
    """
    a, b = _gaze_vectors(a_px, screen), _gaze_vectors(b_px, screen)
    # atan2 of cross and dot keeps full precision for the small angles between samples; arccos does not.
    cross = np.linalg.norm(np.cross(a, b), axis=-1)
    return _points(np.degrees(np.arctan2(cross, np.sum(a * b, axis=-1))))


def offset_deg(xy_px: FloatArray, reference_px: FloatArray, screen: Screen) -> FloatArray:
    """Angle from a reference point to other points, with its direction as the eye sees it.

    Parameters
    ----------
    xy_px, reference_px : ndarray, shape (..., 2)
        Screen px.
    screen : Screen

    Returns
    -------
    ndarray, shape (..., 2)
        Degrees to the right and downwards. Its length is `angle_deg`, at any eccentricity.
    """
    to, right, down = _line_of_sight(reference_px, screen)
    gaze = _gaze_vectors(xy_px, screen)
    across = np.stack([np.sum(gaze * right, axis=-1), np.sum(gaze * down, axis=-1)], axis=-1)
    length = np.linalg.norm(across, axis=-1, keepdims=True)
    angle = np.degrees(np.arctan2(length, np.sum(gaze * to, axis=-1)[..., None]))
    return _points(across * np.divide(angle, length, out=np.ones_like(length), where=length != 0))


def displaced_px(xy_px: FloatArray, by_deg: FloatArray, screen: Screen) -> FloatArray:
    """Move points by angles: the inverse of `offset_deg`.

    Parameters
    ----------
    xy_px : ndarray, shape (..., 2)
        Screen px.
    by_deg : ndarray, shape (..., 2)
        Degrees to the right and downwards.
    screen : Screen

    Returns
    -------
    ndarray, shape (..., 2)
        Screen px; NaN where the eye would turn away from the screen's plane.
    """
    to, right, down = _line_of_sight(xy_px, screen)
    by = np.radians(_points(by_deg))
    angle = np.linalg.norm(by, axis=-1, keepdims=True)
    # np.sinc(x / π) is sin(x) / x, also for no displacement at all.
    across = by * np.sinc(angle / np.pi)
    return _on_screen_px(np.cos(angle) * to + across[..., :1] * right + across[..., 1:] * down, screen)


def mean_direction_px(xy_px: FloatArray, screen: Screen) -> FloatArray:
    """Where the mean of some directions of gaze meets the screen.

    The mean of the directions, not of the px: far from the centre a px is less of an angle, and
    the mean of noisy px lies further out than where the eye looked.

    Parameters
    ----------
    xy_px : ndarray, shape (n, 2)
        Screen px, n ≥ 1, none NaN.
    screen : Screen

    Returns
    -------
    ndarray, shape (2,)
    """
    directions = _gaze_vectors(xy_px, screen)
    return _on_screen_px(
        np.mean(directions / np.linalg.norm(directions, axis=-1, keepdims=True), axis=0), screen
    )


def _gaze_vectors(xy_px: FloatArray, screen: Screen) -> FloatArray:
    """Vectors in mm from the eye, x to the right, y down, z to the screen, shape (..., 3)."""
    in_plane = screen_px_to_mm(xy_px, screen)
    depth = np.full((*in_plane.shape[:-1], 1), screen.distance_mm)
    return np.concatenate([in_plane, depth], axis=-1)


def _line_of_sight(xy_px: FloatArray, screen: Screen) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give unit vectors towards points, and to the right and downwards from there."""
    to = _gaze_vectors(xy_px, screen)
    to = to / np.linalg.norm(to, axis=-1, keepdims=True)
    right = np.stack([to[..., 2], np.zeros_like(to[..., 0]), -to[..., 0]], axis=-1)
    right = right / np.linalg.norm(right, axis=-1, keepdims=True)
    return to, right, np.cross(to, right)


def _on_screen_px(vectors: FloatArray, screen: Screen) -> FloatArray:
    depth = np.where(vectors[..., 2:] > 0, vectors[..., 2:], np.nan)
    in_plane = vectors[..., :2] * (screen.distance_mm / depth)
    return in_plane * (_pair(screen.size_px) / _pair(screen.size_mm)) + _pair(screen.size_px) / 2


def logical_to_screen_px(xy: FloatArray, device_pixel_ratio: float) -> FloatArray:
    """Convert Qt's logical px within one screen to its physical px, any shape (..., 2)."""
    return _points(xy) * device_pixel_ratio


def _points(values: FloatArray) -> FloatArray:
    return np.asarray(values, np.float64)


def _pair(values: tuple[float, float]) -> FloatArray:
    return np.array(values, np.float64)
