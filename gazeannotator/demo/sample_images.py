"""Generated images that look like polyps in narrow-band light, so that anybody can try the whole job.

Every pixel is computed: a height field of mucosa, folds and lesion is lit by a lamp beside the
lens, blood in two depths takes its share of the two narrow bands, and the lesion's surface follows the
NICE type. They resemble; they are no medical evidence, and everything made from them is marked simulated.
"""

from __future__ import annotations

import csv
import importlib.resources
import math
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.demo import optics
from gazeannotator.demo.lesions import Ranges, make_lesion
from gazeannotator.demo.patterns import (
    TILE,
    Map,
    blurred,
    smooth_noise,
    soft_step,
    tiled,
    turing_pattern,
    vessel_trees,
)
from gazeannotator.errors import StorageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class SampleImage:
    """One generated picture and what is known about it.

    Attributes
    ----------
    pixels : ndarray, shape (h, w, 3)
        RGB, 8 bits.
    lesion : tuple of float
        x, y and radius of the lesion, image px.
    """

    file: str
    patient: str
    pathology: str
    pixels: NDArray[np.uint8]
    lesion: tuple[float, float, float]


def parameters() -> dict[str, Any]:
    """Read the generator's parameters."""
    text = (importlib.resources.files("gazeannotator.resources") / "sample_images.toml").read_text("utf-8")
    return tomllib.loads(text)


def sample_image(index: int, patients: int, seed: int) -> SampleImage:
    """Generate one image of a set; the types come equally often, and a patient's images resemble each other.

    Parameters
    ----------
    index : int
        0, 1, 2, … within the set.
    patients : int
        How many patients the set has.
    seed : int
        The same seed gives the same images.
    """
    patient, visit = index % patients, index // patients
    # Now and then a patient has a second polyp of another type.
    nice_type = (patient + (visit if patient % 5 == 4 else 0)) % 3 + 1
    bowel = np.random.default_rng([seed, patient])
    view = np.random.default_rng([seed, patient, visit + 1])
    pixels, lesion = _render(nice_type, parameters(), bowel, view)
    return SampleImage(f"polyp-{index + 1:03d}.png", f"P{patient + 1:02d}", str(nice_type), pixels, lesion)


def write_sample_images(
    folder: Path, images: int, patients: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> list[SampleImage]:
    """Write images and their ``metadata.csv`` (file, patient, pathology) into a folder, on all processors.

    Returns
    -------
    list of SampleImage
        In the order of the table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for each in pool.map(partial(sample_image, patients=patients, seed=seed), range(images)):
            if not cv2.imwrite(str(folder / each.file), cv2.cvtColor(each.pixels, cv2.COLOR_RGB2BGR)):
                raise StorageError(
                    f"The image {folder / each.file} could not be written.", "Is the disk full?"
                )
            made.append(each)
            if progress is not None:
                progress(len(made), images)
    with open(folder / "metadata.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "patient", "pathology"])
        table.writerows([each.file, each.patient, each.pathology] for each in made)
    return made


def _render(
    nice_type: int, settings: dict[str, Any], bowel: np.random.Generator, view: np.random.Generator
) -> tuple[NDArray[np.uint8], tuple[float, float, float]]:
    """Compose one picture: `bowel` decides what belongs to the patient, `view` the rest."""
    shape = (settings["image"]["height"], settings["image"]["width"])
    light, mucosa, sensor = settings["light"], settings["mucosa"], settings["sensor"]
    of_light, of_mucosa, of_sensor = Ranges(light, bowel), Ranges(mucosa, bowel), Ranges(sensor, bowel)
    reflect_415, reflect_540 = of_light("reflect_415"), of_light("reflect_540")
    crypt_wavelength = of_mucosa("crypt_wavelength")
    kind = "octagon" if bowel.random() < 0.65 else "round"
    blur, noise = of_sensor("blur"), of_sensor("noise")

    ground = _ground(shape, int(view.integers(mucosa["folds"][0], mucosa["folds"][1] + 1)), view)
    lesion = make_lesion(shape, nice_type, settings["lesion"][str(nice_type)], view)
    height = ground + lesion.height

    crypts = tiled(turing_pattern(TILE, crypt_wavelength, 0.6, view), shape)
    fine = vessel_trees(shape, int(view.integers(*mucosa["vessel_trees"])), 2.0, view)
    deep = vessel_trees(shape, int(view.integers(*mucosa["deep_trees"])), 6.5, view, wiggle=0.1)
    outside = 1 - lesion.clears
    shallow = (0.30 * blurred(fine, 0.8) + 0.05 * smooth_noise(shape, 120, view)) * outside + lesion.shallow
    shallow = (
        shallow
        - mucosa["crypt_contrast"] * crypts * np.clip(smooth_noise(shape, 110, view, 3), 0, 2) * outside
    )
    depth = 0.55 * blurred(deep, 3.2) * outside

    white = lesion.whiteness
    band_415 = (
        reflect_415 * np.exp(-light["shallow_415"] * shallow - light["deep_415"] * depth) + 0.30 * white
    )
    band_540 = (
        reflect_540 * np.exp(-light["shallow_540"] * shallow - light["deep_540"] * depth) + 0.22 * white
    )
    lamp = (shape[1] * view.uniform(0.44, 0.56), shape[0] * view.uniform(0.34, 0.50))
    diffuse, _ = optics.illumination(height, lamp)
    linear = optics.narrow_band(band_415, band_540) * diffuse[..., None]
    shine = optics.highlights(height, lamp, view)
    picture = optics.expose(0.70 * linear, shine, blur, noise, sensor["sharpen"], view)
    field = optics.field_of_view(shape, kind)
    pixels = optics.to_bytes(picture * field[..., None] + 0.012 * (1 - field[..., None]))
    return pixels, (lesion.x, lesion.y, lesion.radius)


def _ground(shape: tuple[int, int], folds: int, rng: np.random.Generator) -> Map:
    """Make the bowel wall: gently uneven, with folds around a lumen that lies to one side."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    size = min(shape)
    ground = 0.025 * size * smooth_noise(shape, 0.55 * size, rng, 2) + 0.6 * smooth_noise(shape, 34, rng, 2)
    angle = rng.uniform(0, 2 * math.pi)
    far = size * rng.uniform(0.85, 1.15)
    lumen_x, lumen_y = shape[1] / 2 + far * math.cos(angle), shape[0] / 2 + far * math.sin(angle)
    distance = np.hypot(columns - lumen_x, rows - lumen_y) / size + 0.045 * smooth_noise(
        shape, 0.5 * size, rng, 2
    )
    # The wall runs away from the camera towards the lumen, and each fold is a crest with a drop behind it.
    ground -= 1.1 * size * np.clip(0.85 - distance, 0, None) ** 1.5
    for crest in 0.82 - np.cumsum(rng.uniform(0.12, 0.28, folds)):
        beyond = crest - distance
        ground += 0.05 * size * np.exp(-((beyond / 0.06) ** 2)) - 0.16 * size * soft_step(beyond, 0.06, 0.022)
    return blurred(ground, 4)
