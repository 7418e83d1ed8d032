"""Builds a data set of a generated study, and compares it with the bare work that no build can save.

Run: python benchmarks/build.py                    2,000 images, a minute or two
     python benchmarks/build.py --images 100000    as the acceptance asks; half an hour and some GB of disk
     python benchmarks/build.py --images 300 --width 1350 --height 1080 --size 512    like endoscopy

It prints images per second, the highest memory of the build with its processes, time per image at two
sizes, the time of `dataset check`, and the speed beside a loop that decodes, resizes and writes the same
images with the same chunks and compression, and nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import cv2
import h5py
import numpy as np
import psutil
from numpy.typing import NDArray

from gazeannotator.dataset.grid import pixels_on_grid
from gazeannotator.dataset.writer import COMPRESSION
from gazeannotator.geometry import Screen, fit_grid, image_px_to_screen_px, largest_placement
from gazeannotator.samples import GazeChunk
from gazeannotator.study.copying import SessionCopy
from gazeannotator.study.gaze_rows import PackedGaze
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import read_image
from gazeannotator.study.journal import session_data
from gazeannotator.study.model import Entry, GazeStream, Image, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store

SCREEN = Screen(1920, 1080, 527, 296, 650)
RATE_HZ = 60.0
READERS = ("R1", "R2")
SITTING = 250
"""Images read by one reader in one session."""


def make_study(folder: Path, images: int, size_px: tuple[int, int], seconds: float) -> Path:
    """Make a study of smooth random images, each read by two readers for some seconds."""
    random = np.random.default_rng(images)
    known: list[Image] = []
    with Store.create(folder, name="generated", scheme=load_scheme("nice")) as store:
        for number in range(images):
            pixels = _picture(random, size_px)
            new = image_id(pixels)
            file = store.image_file(new)
            file.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(file), pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
            known.append(Image(new, f"patient{number // 4}", number % 3, size_px))
        store.add_images(known)
        store.add_sessions(
            _sitting(store.id, reader, sitting, known[start : start + SITTING], seconds, random)
            for sitting, start in enumerate(range(0, images, SITTING))
            for reader in READERS
        )
    return folder


def _picture(random: np.random.Generator, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Make a picture that compresses about as endoscopy does: smooth, with the camera's noise."""
    coarse = random.integers(20, 230, (6, 8, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, size_px, interpolation=cv2.INTER_CUBIC).astype(np.int16)
    noise = random.integers(-3, 4, smooth.shape, dtype=np.int16)
    return (smooth + noise).clip(0, 255).astype(np.uint8)


def _sitting(
    study: str, reader: str, sitting: int, images: list[Image], seconds: float, random: np.random.Generator
) -> SessionCopy:
    started_s = 1000.0 + sitting * 10_000
    stream = GazeStream("generated", f"generated:{reader}", RATE_HZ, "simulated")
    session = Session(
        str(uuid.uuid4()), reader, "2026-01-02T03:04:05+00:00", started_s, "benchmark", SCREEN, stream, True
    )
    rows, gaze = [Entry(session.id, 0, started_s, "session_started", None, None, {}, "")], []
    rows[0].data.update(session_data(session, study))
    clock_s = started_s + 1
    for image in images:
        reading = str(uuid.uuid4())
        placement = largest_placement(image.size_px, SCREEN.size_px)
        onset = {"placement": placement.as_tuple(), "image_px": image.size_px, "onset_method": "swap"}
        answer = {"key": "1", "label": 0, "confidence": 2, "reader": reader}
        end_s = clock_s + seconds
        for at_s, event, data in (
            (clock_s, "onset", onset),
            (end_s, "key", answer),
            (end_s, "offset", {"reason": "answered"}),
        ):
            rows.append(Entry(session.id, 0, at_s, event, reading, image.id, dict(data), ""))
        time_s = clock_s + 0.002 + np.arange(0, seconds, 1 / RATE_HZ)
        places = random.uniform((0, 0), image.size_px, (int(seconds / 0.4) + 1, 2))
        xy = image_px_to_screen_px(places[((time_s - clock_s) / 0.4).astype(int)], placement, image.size_px)
        xy = (xy + random.normal(0, 3, xy.shape)) / np.array(SCREEN.size_px)
        n = len(time_s)
        chunk = GazeChunk(
            time_s,
            xy,
            xy + 0.001,
            np.full((n, 2), 3.0),
            np.full(n, 650.0),
            np.arange(n, dtype=float),
            np.full((n, 2, 3), np.nan),
        )
        step = int(RATE_HZ)
        gaze += [
            PackedGaze.of_samples(chunk[first : first + step], float(time_s[min(first + step, n) - 1]))
            for first in range(0, n, step)
        ]
        gaze.append(PackedGaze.of_offset(end_s, 0.0))
        clock_s = end_s + 1
    rows.append(Entry(session.id, 0, clock_s, "session_ended", None, None, {"readings": len(images)}, ""))
    return SessionCopy(rows, gaze, {"format": "benchmark", "sha256": "0" * 64})


def run(*arguments: object) -> tuple[float, float]:
    """Run a command of ours; return its seconds and the most memory that it and its children held, bytes."""
    command = [sys.executable, "-m", "gazeannotator.cli.main", *map(str, arguments)]
    started = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        watch = threading.Thread(target=_watch, args=(process.pid, peak := [0.0]))
        watch.start()
        code = process.wait()
        watch.join()
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return time.perf_counter() - started, peak[0]


def _watch(pid: int, peak: list[float]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            held = 0.0
            for each in (root, *root.children(recursive=True)):
                try:
                    held += each.memory_info().rss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], held)
            time.sleep(0.5)
    except psutil.Error:
        return


def bare(study: Path, target: Path, side_px: int, limit: int) -> tuple[float, int]:
    """Decode, resize and write images and empty-handed nothing else; seconds and number of images."""
    files = list(_files(study, limit))
    started = time.perf_counter()
    with h5py.File(target, "w") as file:
        shape = (side_px, side_px, 3)
        planes = file.create_dataset(
            "pixels", (0, *shape), "uint8", chunks=(1, *shape), maxshape=(None, *shape), **COMPRESSION
        )
        for row, each in enumerate(files):
            pixels = read_image(each)
            grid = fit_grid((pixels.shape[1], pixels.shape[0]), side_px)
            planes.resize(row + 1, axis=0)
            planes[row] = pixels_on_grid(pixels, grid, side_px)
    return time.perf_counter() - started, len(files)


def with_maps(data: Path, target: Path, limit: int) -> float:
    """Write ready heatmaps as a build does; seconds."""
    with h5py.File(data) as source, h5py.File(target, "w") as file:
        maps = source["images/heatmap"][:limit] if limit else source["images/heatmap"][:]
        started = time.perf_counter()
        shape = maps.shape[1:]
        planes = file.create_dataset(
            "heatmap", (0, *shape), maps.dtype, chunks=(1, *shape), maxshape=(None, *shape), **COMPRESSION
        )
        for row, each in enumerate(maps):
            planes.resize(row + 1, axis=0)
            planes[row] = each
        file.flush()
        return time.perf_counter() - started


def _files(study: Path, limit: int) -> Iterator[Path]:
    for number, each in enumerate(sorted(study.glob("images/*/*.png"))):
        if limit and number >= limit:
            return
        yield each


def main() -> None:
    """Print times, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--height", type=int, default=72)
    parser.add_argument("--size", type=int, default=96, help="side of the grid, px")
    parser.add_argument("--seconds", type=float, default=2.0, help="of gaze in each reading")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--multi-file", action="store_true")
    parser.add_argument("--folder", type=Path, help="where to work; kept, and studies in it used again")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wish.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        size_px = (wish.width, wish.height)
        each_s, runs = [], []
        for images in (max(1, wish.images // 4), wish.images):
            study = folder / f"study-{images}-{wish.width}x{wish.height}-{wish.seconds:g}s"
            if not (study / "study.json").is_file():
                started = time.perf_counter()
                make_study(study, images, size_px, wish.seconds)
                print(f"{images} images generated in {time.perf_counter() - started:.0f} s", flush=True)
            data = folder / f"{images}.h5"
            more = ["--multi-file"] if wish.multi_file else []
            taken_s, peak = run(
                *("dataset", "build", study, "-o", data, "--size", wish.size, "--jobs", wish.jobs), *more
            )
            each_s.append(taken_s / images)
            runs.append((images, taken_s))
            print(
                f"{images} images, {2 * images} readings: built in {taken_s:.1f} s "
                f"({images / taken_s:.0f} images/s), at most {peak / 1e9:.2f} GB, "
                f"{data.stat().st_size / 1e6:.0f} MB",
                flush=True,
            )
        print(f"time per image, larger to smaller  {each_s[1] / each_s[0]:.2f}")
        check_s, peak = run("dataset", "check", data)
        print(f"dataset check                      {check_s:.1f} s, at most {peak / 1e9:.2f} GB", flush=True)
        limit = 5000
        pixels_s, count = bare(study, folder / "bare.h5", wish.size, limit)
        maps_s = with_maps(data, folder / "maps.h5", limit)
        print(f"decode + resize + write pixels     {pixels_s / count * 1e3:.2f} ms an image")
        print(f"write ready heatmaps               {maps_s / count * 1e3:.2f} ms an image")
        bare_s = (pixels_s + maps_s) / count
        # Of the smaller build all that does not depend on the number of images is known.
        further_s = (runs[1][1] - runs[0][1]) / (runs[1][0] - runs[0][0])
        print(f"build, all that it does            {each_s[1] * 1e3:.2f} ms an image")
        print(f"build, each further image          {further_s * 1e3:.2f} ms")
        print(f"speed, decode + resize + write = 1 {bare_s / each_s[1]:.2f}")
        print(f"speed of each further image        {bare_s / further_s:.2f}")
        for name in ("bare.h5", "maps.h5"):
            (folder / name).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
