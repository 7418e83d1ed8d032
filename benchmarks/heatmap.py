"""Times an exact heatmap against a blur of the same sigma, and against writing it once.

Run: python benchmarks/heatmap.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from gazeannotator.gaze.heatmap import gaze_heatmap

ROWS, COLUMNS, FIXATIONS, SIGMA_PX = 1080, 1350, 40, 41.0
COUNTS = (1, 3, 5, 10, 20, 40)


def best_of(run: Callable[[], object], times: int = 25) -> float:
    """Shortest of several runs in seconds: the others were disturbed."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    """Print the times and their ratios."""
    random = np.random.default_rng(0)
    xy_px = random.uniform((0, 0), (COLUMNS, ROWS), (FIXATIONS, 2))
    duration_s = random.uniform(0.06, 1.0, FIXATIONS)
    points = np.zeros((ROWS, COLUMNS))
    np.add.at(points, (xy_px[:, 1].astype(int), xy_px[:, 0].astype(int)), duration_s)
    heatmap = gaze_heatmap(xy_px, duration_s, (ROWS, COLUMNS), SIGMA_PX)

    ours = best_of(lambda: gaze_heatmap(xy_px, duration_s, (ROWS, COLUMNS), SIGMA_PX))
    blur = best_of(lambda: gaussian_filter(points, SIGMA_PX))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "heatmap.raw"
        written = best_of(lambda: heatmap.tofile(file))
    copied = best_of(lambda: heatmap.copy())

    print(f"heatmap of {COLUMNS}x{ROWS} px, {FIXATIONS} fixations, sigma {SIGMA_PX:g} px")
    print(f"  ours, exact                              {ours * 1e3:8.2f} ms")
    print(f"  scipy.ndimage.gaussian_filter, truncated {blur * 1e3:8.2f} ms")
    print(f"  writing the array to a file              {written * 1e3:8.2f} ms")
    print(f"  writing the array in memory              {copied * 1e3:8.2f} ms")
    print(f"ratio to gaussian_filter   {ours / blur:.3f}")
    print(f"ratio to writing to a file {ours / written:.2f}")
    print("ratio to writing in memory, by number of fixations")
    for count in COUNTS:
        few = best_of(partial(gaze_heatmap, xy_px[:count], duration_s[:count], (ROWS, COLUMNS), SIGMA_PX))
        print(f"  {count:3} {few / copied:6.2f}")


if __name__ == "__main__":
    main()
