"""Polyps of the three NICE types: where they lie, how they rise, and what their surface is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gazeannotator.demo.patterns import (
    TILE,
    Map,
    blurred,
    smooth_noise,
    soft_step,
    turing_pattern,
    vessel_trees,
)


class Ranges:
    """Named uniform draws from the [low, high] ranges of a table."""

    def __init__(self, table: dict[str, Any], rng: np.random.Generator) -> None:
        self.table = table
        self.rng = rng

    def __call__(self, name: str) -> float:
        """Draw from the range of that name."""
        return float(self.rng.uniform(*self.table[name]))


@dataclass(frozen=True)
class Lesion:
    """Where the lesion lies and what it is made of.

    Attributes
    ----------
    x, y, radius : float
        Image px.
    height : ndarray, shape (h, w)
        What it adds to the height of the mucosa, px.
    shallow, whiteness : ndarray, shape (h, w)
        Blood near the surface, and reflection that white structures add.
    clears : ndarray, shape (h, w)
        1 where nothing of the mucosa's own vessels is seen, 0 beside the lesion.
    """

    x: float
    y: float
    radius: float
    height: Map
    shallow: Map
    whiteness: Map
    clears: Map


def make_lesion(
    shape: tuple[int, int], nice_type: int, table: dict[str, Any], rng: np.random.Generator
) -> Lesion:
    """Place a lesion and give it the surface of its type."""
    of = Ranges(table, rng)
    radius = of("radius")
    x = shape[1] * rng.uniform(0.36, 0.64)
    y = shape[0] * rng.uniform(0.38, 0.62)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    turn, stretch = rng.uniform(0, math.pi), rng.uniform(0.74, 1.0)
    along = (columns - x) * math.cos(turn) + (rows - y) * math.sin(turn)
    across = ((rows - y) * math.cos(turn) - (columns - x) * math.sin(turn)) / stretch
    outline = _outline(np.arctan2(across, along), table["irregularity"], rng)
    away = np.hypot(along, across) / radius / outline + 0.025 * smooth_noise(shape, 0.35 * radius, rng, 3)
    # The surface of the lesion ends where its slope is already under way, and not everywhere sharply.
    inside = soft_step(1 - away, 0, 0.035 + 0.02 * np.clip(smooth_noise(shape, radius, rng, 1), -1, 2))
    dome = np.clip(1 - np.clip(away / 1.18, 0, 1) ** 2.6, 0, 1)
    drape = _Drape(x, y, radius, away, shape, rng)
    surface = _SURFACES[nice_type](drape, of, rng)
    height = blurred((of("height") * radius * dome).astype(np.float32), 5) + surface.bumps * inside
    return Lesion(
        x=x,
        y=y,
        radius=radius * (1 + stretch) / 2,
        height=height,
        shallow=surface.shallow * inside,
        whiteness=surface.whiteness * inside,
        clears=inside * surface.opacity,
    )


def _outline(angle: Map, irregularity: float, rng: np.random.Generator) -> Map:
    """Radius over the angle, about 1: lobes that get smaller as they get more."""
    radius = np.ones_like(angle)
    for lobes in range(2, 7):
        radius += (
            irregularity
            * rng.normal(0, 2.2 / lobes**1.3)
            * np.cos(lobes * angle + rng.uniform(0, 2 * math.pi))
        )
    return radius.astype(np.float32)


class _Drape:
    """Lays flat textures over a lesion: they crowd together towards its rim, and wander."""

    def __init__(
        self, x: float, y: float, radius: float, away: Map, shape: tuple[int, int], rng: np.random.Generator
    ) -> None:
        self.shape = shape
        self.away = away
        rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        crowd = 1 + 0.45 * np.clip(away, 0, 1.2) ** 3
        wander = 0.07 * radius
        self._x = (columns - x) * crowd + wander * smooth_noise(shape, 0.7 * radius, rng, 1)
        self._y = (rows - y) * crowd + wander * smooth_noise(shape, 0.7 * radius, rng, 1)

    def __call__(self, texture: Map) -> Map:
        """Drape a texture that repeats itself seamlessly."""
        size_y, size_x = texture.shape
        wrapped_x, wrapped_y = np.mod(self._x + size_x / 2, size_x), np.mod(self._y + size_y / 2, size_y)
        padded = np.pad(texture, ((0, 1), (0, 1)), mode="wrap")
        return cv2.remap(padded, wrapped_x, wrapped_y, cv2.INTER_LINEAR)


@dataclass(frozen=True)
class _Surface:
    """A lesion's surface: blood near it, white structures, relief, and how far it hides the vessels below."""

    shallow: Map
    whiteness: Map
    bumps: Map
    opacity: float


def _type_1(drape: _Drape, of: Ranges, rng: np.random.Generator) -> _Surface:
    """Paler or as pale as the mucosa; uniform spots or none; at most some lacy vessels."""
    shape = drape.shape
    look = rng.choice(["white spots", "dark spots", "plain"], p=[0.35, 0.40, 0.25])
    spots = drape(turing_pattern(TILE, of("wavelength"), -0.9 if look == "white spots" else 0.9, rng))
    seen = 0.0 if look == "plain" else 0.6 + 0.4 * np.clip(smooth_noise(shape, 90, rng, 2), -1.5, 1)
    lacy = blurred(vessel_trees(shape, 14, 1.6, rng, wiggle=0.3), 0.8) * (0.28 if look == "plain" else 0.10)
    contrast = 0.05 if look == "white spots" else 0.10
    shallow = of("blood") - contrast * seen * spots + lacy + 0.03 * smooth_noise(shape, 60, rng)
    whiteness = 0.02 + 0.05 * np.clip(spots, 0, 1) * seen * (look == "white spots")
    bumps = 0.8 * smooth_noise(shape, 24, rng, 2) + 0.25 * seen * spots
    return _Surface(shallow, whiteness.astype(np.float32), bumps.astype(np.float32), 0.85)


def _type_2(drape: _Drape, of: Ranges, rng: np.random.Generator) -> _Surface:
    """Browner, from brown vessels around oval, tubular or branched white structures."""
    shape = drape.shape
    # A bias that changes over the lesion turns branched tubules into ovals here and there.
    bias = 0.25 * smooth_noise(TILE, 150, rng, 1) + rng.uniform(-0.55, 0.10)
    structures = drape(turing_pattern(TILE, of("wavelength"), bias.astype(np.float32), rng))
    hazy = soft_step(smooth_noise(shape, 110, rng, 2), 0.7, 0.35)
    structures = structures * (1 - 0.6 * hazy) + 0.6 * hazy * blurred(structures, 3.0)
    white = soft_step(structures, 0.15, 0.25)
    vessels = np.exp(-(((structures + 0.85) / 0.35) ** 2)) * np.clip(
        0.75 + 0.4 * smooth_noise(shape, 30, rng, 2), 0, 1.4
    )
    blood = of("blood") * (1 + 0.18 * smooth_noise(shape, 80, rng, 2))
    shallow = blood * (1.0 - 0.42 * white + 0.75 * vessels)
    return _Surface(shallow, 0.07 * white, (1.2 * blurred(structures, 1.6)).astype(np.float32), 1.0)


def _type_3(drape: _Drape, of: Ranges, rng: np.random.Generator) -> _Surface:
    """Dark brown with whiter patches; vessels disrupted or missing; pattern amorphous or gone."""
    shape, away = drape.shape, drape.away
    structures = drape(turing_pattern(TILE, of("wavelength"), 0.2, rng))
    # What is left of a pattern lies near the rim and is torn; the middle has none.
    ragged = away + 0.22 * smooth_noise(shape, 80, rng, 2)
    left = soft_step(ragged, 0.75, 0.06) * soft_step(smooth_noise(shape, 40, rng, 2), 0.0, 0.3)
    patches = soft_step(smooth_noise(shape, 60, rng, 4) - 0.6 * ragged, 0.5, 0.15)
    bare = soft_step(smooth_noise(shape, 120, rng, 3), 0.2, 0.2)
    torn = vessel_trees(shape, 60, 3.6, rng, wiggle=0.45) * soft_step(
        smooth_noise(shape, 34, rng, 2), 0.2, 0.15
    )
    shallow = of("blood") * (1 + 0.24 * smooth_noise(shape, 50, rng, 4) - 0.25 * bare)
    shallow = shallow + 0.75 * blurred(torn, 0.9) * (1 - bare) - 0.18 * left * structures - 0.40 * patches
    bumps = 7.0 * smooth_noise(shape, 75, rng, 4) - of("pit") * np.exp(-((away / 0.5) ** 2))
    return _Surface(shallow, 0.22 * patches, blurred(bumps.astype(np.float32), 2), 1.0)


_SURFACES = {1: _type_1, 2: _type_2, 3: _type_3}
