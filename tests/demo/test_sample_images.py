"""Generated images carry the traits of their NICE type, and are the same for the same seed."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy import ndimage

from gazeannotator.demo.sample_images import SampleImage, parameters, sample_image, write_sample_images


@pytest.fixture(scope="module")
def samples() -> list[SampleImage]:
    return [sample_image(index, patients=15, seed=1) for index in range(15)]


def regions(sample: SampleImage) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the lesion's middle, and of the mucosa around it (no border, no highlight)."""
    rows, columns = np.mgrid[: sample.pixels.shape[0], : sample.pixels.shape[1]]
    x, y, radius = sample.lesion
    away = np.hypot(columns - x, rows - y) / radius
    lit = (sample.pixels.max(-1) > 60) & (sample.pixels.max(-1) < 235)
    return (away < 0.6) & lit, (away > 1.4) & (away < 2.2) & lit


def brownness(sample: SampleImage, where: np.ndarray) -> float:
    red, _, blue = sample.pixels[where].astype(float).mean(0)
    return red / blue


def relative_brownness(sample: SampleImage) -> float:
    lesion, mucosa = regions(sample)
    return brownness(sample, lesion) / brownness(sample, mucosa)


def of_type(samples: list[SampleImage], pathology: str) -> list[SampleImage]:
    return [each for each in samples if each.pathology == pathology]


def test_types_come_equally_often_with_several_images_a_patient() -> None:
    settings = parameters()["set"]
    assert settings["images"] >= 36
    assert settings["patients"] >= 12
    made = [sample_image(index, patients=3, seed=2) for index in range(6)]
    assert [each.patient for each in made] == ["P01", "P02", "P03", "P01", "P02", "P03"]
    assert sorted(each.pathology for each in made) == ["1", "1", "2", "2", "3", "3"]


def test_same_seed_same_images_other_seed_other_images() -> None:
    first, again, other = (sample_image(0, patients=1, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert (first.pixels != other.pixels).mean() > 0.5


def test_lesion_lies_in_the_field_of_view(samples: list[SampleImage]) -> None:
    for sample in samples:
        height, width, _ = sample.pixels.shape
        x, y, radius = sample.lesion
        assert 0 < x - radius / 2
        assert x + radius / 2 < width
        assert 0 < y - radius / 2
        assert y + radius / 2 < height


def test_border_is_black_and_the_field_is_not(samples: list[SampleImage]) -> None:
    for sample in samples:
        assert sample.pixels[:10, :10].max() < 40
        assert sample.pixels[300:340, 350:450].mean() > 60


def test_type_1_is_no_browner_than_the_mucosa(samples: list[SampleImage]) -> None:
    assert max(relative_brownness(each) for each in of_type(samples, "1")) < 1.1


def test_types_2_and_3_are_browner_than_the_mucosa(samples: list[SampleImage]) -> None:
    assert min(relative_brownness(each) for each in of_type(samples, "2") + of_type(samples, "3")) > 1.15


def test_type_3_is_darker_brown_than_type_2(samples: list[SampleImage]) -> None:
    means = {key: np.mean([relative_brownness(each) for each in of_type(samples, key)]) for key in "123"}
    assert means["1"] < means["2"] < means["3"]


def test_type_2_has_a_pattern_everywhere_and_the_others_have_not(samples: list[SampleImage]) -> None:
    def pattern(sample: SampleImage) -> float:
        """Contrast of structures about 12 px apart in the tenth of the lesion that shows least of it."""
        grey = sample.pixels.astype(float).mean(-1)
        fine = ndimage.gaussian_filter(grey, 1.5) - ndimage.gaussian_filter(grey, 6)
        contrast = np.sqrt(ndimage.gaussian_filter(fine**2, 8)) / ndimage.gaussian_filter(grey, 8)
        lesion, _ = regions(sample)
        return float(np.quantile(contrast[lesion], 0.1))

    seen = {key: [pattern(each) for each in of_type(samples, key)] for key in "123"}
    assert min(seen["2"]) > 1.5 * np.median(seen["3"])
    assert min(seen["2"]) > 1.5 * np.median(seen["1"])


def test_written_folder_holds_the_images_and_their_table(tmp_path: Path) -> None:
    made = write_sample_images(tmp_path, 4, 2, seed=3)
    with open(tmp_path / "metadata.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["patient"], row["pathology"]) for row in rows] == [
        (each.file, each.patient, each.pathology) for each in made
    ]
    for each in made:
        read = cv2.cvtColor(cv2.imread(str(tmp_path / each.file)), cv2.COLOR_BGR2RGB)
        np.testing.assert_array_equal(read, each.pixels)
