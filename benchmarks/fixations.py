"""Times finding fixations in a million samples against two other packages, on the same samples.

Run: python benchmarks/fixations.py --remodnav-python PATH --pymovements-python PATH

Both packages are for comparison only. They may live in another environment, whose Python is named; in
this one they are used if they are there. REMoDNaV 1.1.2 needs scipy < 1.17.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.gaze.fixations import METHODS, find_fixations
from gazeannotator.geometry import Screen

RATE_HZ = 500
NOISE_DEG = 0.03
LOST_SHARE = 0.02
SCREEN = Screen(1920, 1080, 527, 296, 650)
RUNS = 7
TURNS = 4
AT_LEAST = {"remodnav": 10.0, "pymovements": 1.0}

REMODNAV = """
import json, sys, time
import numpy as np
from remodnav import EyegazeClassifier
xy_px, rate_hz, deg_per_px = np.load(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
data = np.rec.fromarrays([xy_px[:, 0], xy_px[:, 1]], names="x,y")
started = time.perf_counter()
classify = EyegazeClassifier(px2deg=deg_per_px, sampling_rate=rate_hz)
events = classify(classify.preproc(data))
taken_s = time.perf_counter() - started
print(json.dumps({"taken_s": [taken_s], "fixations": sum(each["label"] == "FIXA" for each in events)}))
"""

PYMOVEMENTS = """
import json, sys, time
import numpy as np
import pymovements
xy_px, rate_hz = np.load(sys.argv[1]), float(sys.argv[2])
screen = json.loads(sys.argv[4])
experiment = pymovements.Experiment(**screen, origin="upper left", sampling_rate=rate_hz)
time_ms = np.round(np.arange(len(xy_px)) * 1000 / rate_hz).astype(int)
times, ivt = [], []
for _ in range(int(sys.argv[5])):
    started = time.perf_counter()
    degrees = experiment.screen.pix2deg(xy_px)
    velocity = experiment.pos2vel(degrees, "savitzky_golay", window_length=7, polyorder=2)
    known = time.perf_counter()
    found = pymovements.events.ivt(velocity, time_ms, minimum_duration=60, velocity_threshold=30.0)
    times.append(time.perf_counter() - started)
    ivt.append(time.perf_counter() - known)
print(json.dumps({"taken_s": times, "classifying_s": min(ivt), "fixations": len(found.frame)}))
"""


def recording(samples: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rests of 150 to 600 ms with smooth saccades of usual durations between them, noise, and blinks."""
    random = np.random.default_rng(0)
    count = int(samples / RATE_HZ / 0.3) + 2
    rests = random.uniform(0.15, 0.6, count)
    places = random.uniform((200, 150), (1700, 950), (count + 1, 2))
    # 21 ms and 2.2 ms for each degree (Carpenter 1988, Movements of the Eyes).
    moves = 0.021 + 0.0022 * np.hypot(*np.diff(places, axis=0).T) / SCREEN.px_per_deg
    time_s = np.arange(samples) / RATE_HZ
    begins = np.concatenate([[0], np.cumsum(rests + moves)])
    which = np.searchsorted(begins, time_s, side="right") - 1
    share = np.clip((time_s - begins[which] - rests[which]) / moves[which], 0, 1)[:, None]
    share = share**3 * (10 - 15 * share + 6 * share**2)
    xy_px = places[which] * (1 - share) + places[which + 1] * share
    xy_px += random.normal(0, NOISE_DEG * SCREEN.px_per_deg, xy_px.shape)
    blink = round(0.15 * RATE_HZ)
    for start in random.integers(RATE_HZ, samples - RATE_HZ, int(samples * LOST_SHARE / blink)):
        xy_px[start : start + blink] = np.nan
    return time_s, xy_px


def ours(time_s: NDArray[np.float64], xy_px: NDArray[np.float64], method: str) -> tuple[float, int]:
    """Shortest time in seconds, and number of fixations."""
    taken = []
    for _ in range(1 if method == "idt" else RUNS):
        started = time.perf_counter()
        fixations = find_fixations(time_s, xy_px, SCREEN, method=method)
        taken.append(time.perf_counter() - started)
    return min(taken), len(fixations)


def is_there(name: str, python: str) -> bool:
    """Whether a Python can import a package; if not, say so."""
    failed = subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode
    if failed:
        print(f"{name}: left out, {python} cannot import it (name one that can: --{name}-python)")
    return not failed


def theirs(python: str, code: str, file: Path) -> dict[str, float]:
    """Run another package in its own Python."""
    screen = {
        "screen_width_px": round(SCREEN.width_px),
        "screen_height_px": round(SCREEN.height_px),
        "screen_width_cm": SCREEN.width_mm / 10,
        "screen_height_cm": SCREEN.height_mm / 10,
        "distance_cm": SCREEN.distance_mm / 10,
    }
    deg_per_px = 1 / SCREEN.px_per_deg
    arguments = [str(file), str(RATE_HZ), str(deg_per_px), json.dumps(screen), str(RUNS)]
    result = subprocess.run(
        [python, "-W", "ignore", "-c", code, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    facts = json.loads(result.stdout.splitlines()[-1])
    return {**facts, "taken_s": min(facts["taken_s"])}


def main() -> int:
    """Print times and ratios; 1 where a package that is there is not beaten, like for like."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--remodnav-python", default=sys.executable)
    parser.add_argument("--pymovements-python", default=sys.executable)
    options = parser.parse_args()
    time_s, xy_px = recording(options.samples)
    print(f"fixations in {len(time_s)} samples of {RATE_HZ} Hz, {np.isnan(xy_px[:, 0]).mean():.1%} lost")
    mine: dict[str, tuple[float, int]] = {}
    other: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "xy_px.npy"
        np.save(file, xy_px)
        there = {
            name: (python, code)
            for name, python, code in (
                ("pymovements", options.pymovements_python, PYMOVEMENTS),
                ("remodnav", options.remodnav_python, REMODNAV),
            )
            if is_there(name, python)
        }
        # In turns, so that what else the machine does disturbs all alike; the shortest time counts.
        for turn in range(TURNS):
            for method in METHODS if turn == 0 else ("adaptive", "ivt"):
                mine[method] = min(mine.get(method, (np.inf, 0)), ours(time_s, xy_px, method))
            for name, (python, code) in there.items():
                if name == "pymovements" or turn == 0:
                    facts = theirs(python, code, file)
                    other[name] = min(other.get(name, facts), facts, key=lambda each: each["taken_s"])
    for method, (taken_s, count) in mine.items():
        print(f"  ours, {method:<34} {taken_s:8.3f} s  {count} fixations")
    good = True
    for name, facts in other.items():
        print(f"  {name:<40} {facts['taken_s']:8.3f} s  {facts['fixations']} fixations")
        if "classifying_s" in facts:
            print(f"    of which classifying known velocities    {facts['classifying_s']:8.3f} s")
        for method in ("adaptive", "ivt"):
            ratio = facts["taken_s"] / mine[method][0]
            good &= ratio >= AT_LEAST[name] or (name, method) == ("pymovements", "adaptive")
            print(f"  {name} takes {ratio:.2f} times as long as our {method}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
