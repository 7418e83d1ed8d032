"""An image and its gaze on a square grid, at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.looks import Look
from gazeannotator.gaze.heatmap import gaze_heatmap, mean_distribution, scaled_to_one
from gazeannotator.geometry import GridMap, image_px_to_grid_px


def content(grid: GridMap) -> tuple[slice, slice]:
    """Rows and columns of the grid on which the image lies."""
    return slice(grid.dy_px, grid.dy_px + grid.height_px), slice(grid.dx_px, grid.dx_px + grid.width_px)


def pixels_on_grid(image: NDArray[Any], grid: GridMap, side_px: int) -> NDArray[np.uint8]:
    """Resize an image onto its grid, zero-padded.

    Parameters
    ----------
    image : ndarray, shape (height, width, 3), uint8 or uint16
    grid : GridMap
    side_px : int

    Returns
    -------
    ndarray of uint8, shape (side_px, side_px, 3)
    """
    padded = np.zeros((side_px, side_px, 3), np.uint8)
    padded[content(grid)] = resized(as_uint8(image), (grid.width_px, grid.height_px))
    return padded


def heatmap_on_grid(looks: Sequence[Look], grid: GridMap, side_px: int) -> NDArray[np.float64] | None:
    """Mean of the readings' distributions on the grid, divided by its maximum.

    Returns
    -------
    ndarray, shape (side_px, side_px), or None
        None where no reading looked at the image.
    """
    maps = [
        gaze_heatmap(
            image_px_to_grid_px(look.xy_px, grid),
            look.weights,
            (side_px, side_px),
            look.sigma_px * grid.scale,
        )
        for look in looks
        if len(look.xy_px)
    ]
    return scaled_to_one(mean_distribution(maps)) if maps else None


def as_uint8(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Bring deep pixels to eight bits: 65535 becomes 255."""
    if image.dtype == np.uint8:
        return image
    return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)


def resized(image: NDArray[Any], size_px: tuple[int, int]) -> NDArray[Any]:
    """Resize to width and height: averaging where it shrinks, cubic where it grows."""
    height, width = image.shape[:2]
    if (width, height) == size_px:
        return image
    shrinks = size_px[0] * size_px[1] < width * height
    return cv2.resize(image, size_px, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
