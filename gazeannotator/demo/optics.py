"""How a scene looks through a narrow-band endoscope: light, wet highlights, sensor, field of view."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.demo.patterns import Map, blurred, smooth_noise, soft_step

LIGHT_HEIGHT = 0.68
"""Of the image's height: how far the lamp stands above the mucosa."""


def narrow_band(reflect_415: Map, reflect_540: Map) -> Map:
    """Map the bands to linear RGB as a narrow-band processor does: 540 nm to red, 415 nm to green and blue.

    Returns
    -------
    ndarray, shape (h, w, 3)
    """
    green = 0.86 * reflect_415 + 0.14 * reflect_540
    # The processor's matrix takes some of the blue back, so that blood looks brown and not crimson.
    blue = 1.0 * reflect_415 - 0.22 * reflect_540
    return np.stack([reflect_540, green, blue], axis=-1)


def illumination(height_px: Map, lamp_xy: tuple[float, float]) -> tuple[Map, Map]:
    """Light from a lamp beside the lens: diffuse shading with distance fall-off, and the highlight's angle.

    Returns
    -------
    diffuse : ndarray, shape (h, w)
        1 where the surface faces the lamp at its nominal distance.
    mirror : ndarray, shape (h, w)
        Cosine between normal and half vector; 1 gives a highlight.
    """
    rows, columns = np.mgrid[: height_px.shape[0], : height_px.shape[1]].astype(np.float32)
    lamp_z = LIGHT_HEIGHT * height_px.shape[0]
    slope_y, slope_x = np.gradient(height_px)
    steepness = np.sqrt(slope_x**2 + slope_y**2 + 1)

    def cosine(x: Map, y: Map, z: Map) -> tuple[Map, Map]:
        length = np.sqrt(x**2 + y**2 + z**2)
        return np.clip((z - slope_x * x - slope_y * y) / (length * steepness), 0, 1), length

    to_lamp = (lamp_xy[0] - columns, lamp_xy[1] - rows, lamp_z - height_px)
    facing, distance = cosine(*to_lamp)
    # Tissue scatters: the side turned away is never black, but distance darkens quickly.
    diffuse = (0.18 + 0.82 * facing) * (lamp_z / distance) ** 2.2
    eye_z = 1.15 * lamp_z
    to_eye = (height_px.shape[1] / 2 - columns, height_px.shape[0] / 2 - rows, eye_z - height_px)
    seen = np.sqrt(to_eye[0] ** 2 + to_eye[1] ** 2 + to_eye[2] ** 2)
    mirror, _ = cosine(*(lamp / distance + eye / seen for lamp, eye in zip(to_lamp, to_eye, strict=True)))
    return diffuse, mirror


def highlights(height_px: Map, lamp_xy: tuple[float, float], rng: np.random.Generator) -> Map:
    """Specular spots of the wet surface, 0..1: small, sharp, in groups where the surface faces the lamp."""
    shape = height_px.shape
    film = (
        blurred(height_px, 1.5)
        + 0.16 * smooth_noise(shape, 12, rng, 1)
        + 1.1 * smooth_noise(shape, 34, rng, 1)
    )
    patches = soft_step(smooth_noise(shape, 60, rng, 2), 0.35, 0.3)
    spots = np.zeros(shape, np.float32)
    for side in (-0.11, 0.11):  # two light guides, left and right of the lens
        _, mirror = illumination(film, (lamp_xy[0] + side * shape[1], lamp_xy[1]))
        spots += soft_step(mirror**220 * patches, 0.55, 0.06)
    return np.clip(spots + 0.35 * blurred(spots, 2.2), 0, 1)


def expose(
    linear: Map, shine: Map, blur_px: float, noise: float, sharpen: float, rng: np.random.Generator
) -> Map:
    """Lens, sensor and processor: glare, blur, noise, tone curve, edge enhancement; values 0..1."""
    shine = blurred(shine, 0.6)
    # Red and green/blue are taken one after the other, so highlights of a moving bowel have coloured rims.
    moved = np.roll(shine, (1, -1), (0, 1))
    lit = linear + np.stack([shine, 0.5 * (shine + moved), moved], axis=-1) * 1.1
    lit = blurred(lit, blur_px)
    lit += rng.standard_normal(lit.shape, np.float32) * noise * np.sqrt(np.clip(lit, 0.02, 1))
    tone = np.clip(lit, 0, None) ** (1 / 1.9)
    tone = tone + sharpen * (tone - blurred(tone, 1.6))
    # Soft shoulder: endoscopes compress bright tissue before it clips.
    return np.where(tone > 0.8, 0.8 + 0.2 * np.tanh((tone - 0.8) / 0.2), np.clip(tone, 0, 1))


def field_of_view(shape: tuple[int, int], kind: str) -> Map:
    """Draw the lens's opening: 1 inside, 0 in the black border, with a soft edge."""
    height, width = shape
    mask = np.zeros(shape, np.uint8)
    if kind == "octagon":
        side, cut = round(0.035 * width), round(0.17 * height)
        top = round(0.025 * height)
        left, right, bottom = side, width - side, height - top
        corners = [
            (left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut),
            (right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut),
        ]  # fmt: skip
        cv2.fillConvexPoly(mask, np.array(corners, np.int32), 255, cv2.LINE_AA)
    else:
        cv2.circle(mask, (width // 2, height // 2), round(0.56 * height), 255, -1, cv2.LINE_AA)
        margin = round(0.02 * height)
        mask[:margin] = mask[height - margin :] = 0
    return blurred(mask.astype(np.float32) / 255, 1.2)


def to_bytes(values: Map) -> NDArray[np.uint8]:
    """0..1 to 8 bits."""
    return np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)
