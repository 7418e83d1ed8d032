"""Counts what the search for near duplicates finds and what it takes for one wrongly, and times it.

Run: python benchmarks/near_duplicates.py [IMAGES]
Images are generated polyps of as many patients, in the same black surrounds; the search is timed on
hashes that resemble each other as much as theirs do.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.fingerprint import FINGERPRINT, fingerprint
from gazeannotator.dataset.grid import resized
from gazeannotator.dataset.near_duplicates import near_duplicates
from gazeannotator.demo.sample_images import sample_image

GRID_PX, TIMED = 512, (25_000, 50_000, 100_000)

Pixels = NDArray[np.uint8]


def jpeg(pixels: Pixels) -> Pixels:
    """Compress as JPEG of quality 60."""
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)


def scaled(pixels: Pixels, scale: float = 0.8) -> Pixels:
    """Resize."""
    return resized(pixels, (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)))


def brighter(pixels: Pixels) -> Pixels:
    """Add 15 % of light."""
    return (pixels * 1.15).clip(0, 255).astype(np.uint8)


def cropped(pixels: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    """Cut off shares of the sides."""
    height, width = pixels.shape[:2]
    return pixels[
        round(height * top) : round(height * (1 - bottom)), round(width * left) : round(width * (1 - right))
    ]


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG, quality 60": jpeg,
    "0.8 of the size": scaled,
    "15 % brighter": brighter,
    "1.5 % off each side": lambda p: cropped(p, 0.015, 0.015, 0.015, 0.015),
    "3 % off each side": lambda p: cropped(p, 0.03, 0.03, 0.03, 0.03),
    "3 % off left and top": lambda p: cropped(p, 0.03, 0.03, 0, 0),
    "3 % off the left": lambda p: cropped(p, 0.03, 0, 0, 0),
    "5 % off each side": lambda p: cropped(p, 0.05, 0.05, 0.05, 0.05),
    "all, 3 % off each side": lambda p: jpeg(brighter(scaled(cropped(p, 0.03, 0.03, 0.03, 0.03)))),
}


def fingerprints(index: int, patients: int) -> list[bytes]:
    """Make the fingerprints of an image and of what became of it, in the order of `CHANGES`."""
    pixels = sample_image(index, patients, 0).pixels
    pictures = [pixels, *(change(pixels) for change in CHANGES.values())]
    return [fingerprint(scaled(each, GRID_PX / max(each.shape[:2]))) for each in pictures]


def similar(prints: NDArray[np.void], count: int, random: np.random.Generator) -> NDArray[np.void]:
    """Make up fingerprints: the hashes of each have their bits from two real ones."""
    made = prints[random.integers(len(prints), size=count)]
    other = prints[random.integers(len(prints), size=count)]
    for name in ("coarse", "fine"):
        mask = random.integers(0, 2**64, made[name].shape, dtype=np.uint64)
        made[name] = (made[name] & ~mask) | (other[name] & mask)
    return made


def main() -> None:
    """Print shares and times."""
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = list(pool.map(partial(fingerprints, patients=images), range(images), chunksize=8))
    originals = b"".join(row[0] for row in rows)
    names = [str(each) for each in range(2 * images)]
    wrong = len(near_duplicates(originals, names[:images]).pairs)
    print(f"{images} different images, {images * (images - 1) // 2} pairs: {wrong} taken for equal")
    for place, change in enumerate(CHANGES, start=1):
        found = near_duplicates(originals + b"".join(row[place] for row in rows), names).pairs
        right = int((found[:, 1] - found[:, 0] == images).sum())
        print(f"{change:<24} {right / images:7.1%} found, {len(found) - right} others")
    prints, random = np.frombuffer(originals, FINGERPRINT), np.random.default_rng(0)
    for count in TIMED:
        data, patients = similar(prints, count, random).tobytes(), [str(each) for each in range(count)]
        started = time.perf_counter()
        near_duplicates(data, patients)
        print(f"{count:>7} images: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
