"""Textures of living surfaces: noise, labyrinths, spots and branching vessels, as float32 maps."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import scipy.fft
import scipy.special
from numpy.typing import NDArray

Map = NDArray[np.float32]
TILE = (384, 384)
"""Size of the textures that repeat themselves seamlessly, px."""


def smooth_noise(shape: tuple[int, int], scale_px: float, rng: np.random.Generator, octaves: int = 3) -> Map:
    """Fractal value noise with zero mean and unit variance.

    Parameters
    ----------
    shape : tuple of int
        Height, width.
    scale_px : float
        Size of the largest blobs; every octave halves it.
    """
    height, width = shape
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cell = max(scale_px / 2**octave, 1.0)
        grid = rng.standard_normal((math.ceil(height / cell) + 3, math.ceil(width / cell) + 3)).astype(
            np.float32
        )
        whole = cv2.resize(grid, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
        top, left = rng.integers(0, max(int(cell), 1), 2)
        total += whole[top : top + height, left : left + width] * 0.5**octave
    return _standardised(total)


def turing_pattern(
    shape: tuple[int, int], wavelength_px: float, bias: float | Map, rng: np.random.Generator
) -> Map:
    """Let a surface pattern in -1..1 organise itself: branched tubules at bias 0, spots away from it.

    Noise is band-passed and saturated again and again, which is how reaction and diffusion
    settle on one wavelength (Turing 1952; the amplitude equation is Swift and Hohenberg's, 1977).

    Parameters
    ----------
    wavelength_px : float
        Distance of neighbouring structures.
    bias : float or ndarray, shape (h, w)
        Positive: bright ground with dark spots; negative: dark ground with bright spots.
    """
    ky = scipy.fft.fftfreq(shape[0]).astype(np.float32)[:, None]
    kx = scipy.fft.rfftfreq(shape[1]).astype(np.float32)[None, :]
    ring = np.exp(-((np.hypot(ky, kx) * wavelength_px - 1) ** 2) / (2 * 0.21**2))
    pattern = rng.standard_normal(shape).astype(np.float32)
    for _ in range(7):
        pattern = scipy.fft.irfft2(scipy.fft.rfft2(pattern) * ring, s=shape)
        pattern = np.tanh(2.2 * (pattern / pattern.std()) + bias)
    return pattern.astype(np.float32)


def vessel_trees(
    shape: tuple[int, int], trees: int, width_px: float, rng: np.random.Generator, wiggle: float = 0.16
) -> Map:
    """Branching, tapering vessels that grow in from anywhere, 0..1.

    Parameters
    ----------
    width_px : float
        Of a trunk.
    wiggle : float
        How much the direction changes every 5 px, rad.
    """
    # Drawn at twice the size for half-pixel widths; OpenCV draws anti-aliased lines on 8 bits only.
    canvas = np.zeros((2 * shape[0], 2 * shape[1]), np.uint8)
    for _ in range(trees):
        trunk = _Branch(
            rng.uniform((0, 0), shape[::-1]), rng.uniform(0, 2 * math.pi), width_px * rng.uniform(0.7, 1.2)
        )
        growing = deque([trunk])
        drawn = 0
        while growing and drawn < BRANCHES_PER_TREE:
            growing.extend(_grow(canvas, growing.popleft(), rng, wiggle))
            drawn += 1
    return cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255


BRANCHES_PER_TREE = 40


@dataclass(frozen=True)
class _Branch:
    start: NDArray[np.float64]
    heading: float
    width_px: float


def _grow(
    canvas: NDArray[np.uint8], branch: _Branch, rng: np.random.Generator, wiggle: float
) -> list[_Branch]:
    """Draw one branch, a correlated random walk, and return those that leave it."""
    steps = int(rng.uniform(12, 30) * (0.9 + 0.25 * branch.width_px))
    headings = branch.heading + np.cumsum(rng.normal(0, wiggle, steps))
    path = branch.start + np.cumsum(5.0 * np.stack([np.cos(headings), np.sin(headings)], axis=1), axis=0)
    widths = np.linspace(branch.width_px, branch.width_px * 0.8, steps)
    sixteenths = np.round(path * 2 * 16).astype(np.int32)
    for first in range(0, steps - 1, 6):
        piece = sixteenths[first : first + 7]
        thickness = max(1, round(2 * widths[first]))
        strength = 255 * min(1.0, widths[first] / 1.2)
        cv2.polylines(canvas, [piece], False, strength, thickness, cv2.LINE_AA, shift=4)
    leaving = [
        _Branch(
            path[place],
            headings[place] + side * rng.uniform(0.5, 1.1),
            widths[place] * rng.uniform(0.5, 0.72),
        )
        for place, side in zip(
            np.flatnonzero(rng.random(steps) < 0.06), rng.choice((-1, 1), steps), strict=False
        )
    ]
    for side in (-0.45, 0.4):
        turned = headings[-1] + side * rng.uniform(0.6, 1.4)
        leaving.append(_Branch(path[-1], turned, widths[-1] * rng.uniform(0.62, 0.95)))
    return [each for each in leaving if each.width_px >= 0.5]


def tiled(texture: Map, shape: tuple[int, int]) -> Map:
    """Repeat a seamless texture over a picture."""
    times = [math.ceil(want / have) for want, have in zip(shape, texture.shape, strict=True)]
    return np.tile(texture, times)[: shape[0], : shape[1]]


def soft_step(values: Map, edge: float, softness: float) -> Map:
    """0 well below the edge, 1 well above it."""
    return scipy.special.expit((values - edge) / softness).astype(np.float32)


def blurred(values: Map, sigma_px: float) -> Map:
    """Gaussian blur."""
    return cv2.GaussianBlur(values, (0, 0), sigma_px)


def _standardised(values: Map) -> Map:
    return (values - values.mean()) / max(float(values.std()), 1e-6)
