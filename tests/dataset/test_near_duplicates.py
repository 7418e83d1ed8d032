import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.fingerprint import CUTS, FINGERPRINT, fingerprint, likeness
from gazeannotator.dataset.grid import as_uint8, resized
from gazeannotator.dataset.near_duplicates import COARSE_BITS, MOST_ALIKE, near_duplicates
from gazeannotator.demo.sample_images import sample_image

IMAGES = 12
GRID_PX = 512


def jpeg(pixels):
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)


def smaller(pixels):
    return cv2.resize(pixels, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)


def brighter(pixels):
    return (pixels * 1.15).clip(0, 255).astype(np.uint8)


def cropped(pixels, share):
    y, x = (round(side * share) for side in pixels.shape[:2])
    return np.ascontiguousarray(pixels[y : pixels.shape[0] - y, x : pixels.shape[1] - x])


CHANGES = {
    "JPEG": jpeg,
    "0.8": smaller,
    "+15 %": brighter,
    "cropped by 3 %": lambda pixels: cropped(pixels, 0.015),
    "cropped by 3 % on every side": lambda pixels: cropped(pixels, 0.03),
    "cropped by 3 % at one corner": lambda pixels: np.ascontiguousarray(pixels[19:, 24:]),
    "all": lambda pixels: jpeg(brighter(smaller(cropped(pixels, 0.03)))),
}


def print_of(pixels):
    """Fingerprint of an image at the size that it has on the grid of a data set."""
    scale = GRID_PX / max(pixels.shape[:2])
    return fingerprint(resized(as_uint8(pixels), tuple(round(s * scale) for s in pixels.shape[1::-1])))


@pytest.fixture(scope="module")
def polyps():
    """Generated polyps in the same black surround, each of a patient of its own."""
    return [sample_image(index, IMAGES, 0).pixels for index in range(IMAGES)]


def names(n, what="p"):
    return [f"{what}{each}" for each in range(n)]


def test_different_images_in_the_same_surround_are_not_alike(polyps):
    found = near_duplicates(b"".join(map(print_of, polyps)), names(IMAGES))
    assert len(found.pairs) == 0
    assert found.complete


@pytest.mark.parametrize("change", CHANGES)
def test_an_image_is_found_again_however_it_was_exported(polyps, change):
    copies = [CHANGES[change](each) for each in polyps]
    found = near_duplicates(b"".join(map(print_of, [*polyps, *copies])), names(2 * IMAGES))
    assert found.pairs.tolist() == [[row, row + IMAGES] for row in range(IMAGES)]
    same_patients = near_duplicates(b"".join(map(print_of, [*polyps, *copies])), names(IMAGES) * 2)
    assert len(same_patients.pairs) == 0


def test_images_without_anything_on_them_are_no_duplicates():
    random = np.random.default_rng(0)
    black = [random.integers(0, 6, (48, 64, 3), dtype=np.uint8) for _ in range(6)]
    assert len(near_duplicates(b"".join(map(fingerprint, black)), names(6)).pairs) == 0
    assert near_duplicates(b"", []).pairs.shape == (0, 2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2), (16, 16), (512, 9)])
def test_images_of_any_size_have_a_fingerprint(shape):
    pixels = np.random.default_rng(1).integers(0, 255, (*shape, 3), dtype=np.uint8)
    assert len(fingerprint(pixels)) == FINGERPRINT.itemsize


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 18))
def test_no_pair_within_the_distance_is_missed(seed, n):
    random = np.random.default_rng(seed)
    start = random.integers(0, 2**64, dtype=np.uint64)
    table = np.zeros(n, FINGERPRINT)
    table["grey"] = random.integers(0, 255, table["grey"].shape[1:])
    for hashes in table["coarse"]:
        for cut in range(len(CUTS)):
            bits = random.choice(64, random.integers(0, 13), replace=False).astype(np.uint64)
            hashes[cut] = start ^ np.bitwise_or.reduce(np.uint64(1) << bits, initial=0)

    def distance(one, other):
        return min(np.bitwise_count(one[0] ^ other).min(), np.bitwise_count(other[0] ^ one).min())

    expected = [
        [i, j]
        for (i, one), (j, other) in itertools.combinations(enumerate(table["coarse"]), 2)
        if distance(one, other) <= COARSE_BITS
    ]
    assert near_duplicates(table.tobytes(), names(n)).pairs.tolist() == expected


def test_finer_hash_and_picture_must_agree_too():
    random = np.random.default_rng(0)
    table = np.zeros(2, FINGERPRINT)
    table["grey"] = random.integers(0, 255, table["grey"].shape[1:])
    assert len(near_duplicates(table.tobytes(), names(2)).pairs) == 1
    table["fine"][1] = 2**63 - 1
    assert len(near_duplicates(table.tobytes(), names(2)).pairs) == 0
    table["fine"] = 0
    table["grey"][1] = random.integers(0, 255, table["grey"].shape[1:])
    assert len(near_duplicates(table.tobytes(), names(2)).pairs) == 0


def test_a_film_of_unknown_patients_is_told_of_and_does_not_take_for_ever(monkeypatch):
    monkeypatch.setattr("gazeannotator.dataset.near_duplicates.MOST_COMPARED", 500)
    table = np.zeros(900, FINGERPRINT)
    table["grey"] = np.random.default_rng(0).integers(0, 255, table["grey"].shape[1:])
    found = near_duplicates(table.tobytes(), names(900))
    assert not found.complete
    assert 250 <= len(found.pairs) <= 500
    few = near_duplicates(table[:MOST_ALIKE].tobytes(), names(MOST_ALIKE))
    assert len(few.pairs) == MOST_ALIKE * (MOST_ALIKE - 1) / 2


def test_likeness_allows_for_brightness_and_a_little_shift_only():
    random = np.random.default_rng(0)
    picture = cv2.GaussianBlur(random.integers(0, 255, (30, 30)).astype(np.float32), (0, 0), 2)
    picture = ((picture - picture.min()) / np.ptp(picture) * 150 + 30).astype(np.uint8)
    here = picture[3:27, 3:27]
    assert likeness(here, here) == pytest.approx(1)
    assert likeness(here, (here * 0.8 + 20).astype(np.uint8)) > 0.99
    assert likeness(here, picture[3:27, 4:28]) > 0.9
    assert likeness(here, 255 - here) == 0
    assert likeness(here, np.full_like(here, 80)) == 0
    assert likeness(here, here[::-1, ::-1]) < 0.9
