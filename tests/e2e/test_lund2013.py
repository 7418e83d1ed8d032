"""Real gaze, replayed over LSL into a real reading of its own stimulus, is in the data set as it was."""

from __future__ import annotations

import csv
import json
import math
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme

STEMS = ["UH21_img_Rome", "UH27_img_vy", "UH33_img_vy", "UL23_img_Europe", "UL47_img_konijntjes"]
SCREEN_PX = (1024, 768)
WITHIN_PX, WITHIN_S = 0.01, 0.001
# A lost tracker is noticed half a second after its last sample; the answer comes before that.
AFTER_THE_LAST_SAMPLE_S = 0.25


def published(path: Path) -> np.ndarray:
    """Time, x, y; nan where lost."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in ("time_s", "x_px", "y_px")] for row in csv.DictReader(file)]
    return np.array([[float(text) if text else math.nan for text in row] for row in rows])


@pytest.fixture
def screen_of_its_own(tmp_path: Path) -> str:
    """Qt's offscreen platform with the screen on which was recorded."""
    screen = {"name": "lund", "x": 0, "y": 0, "width": 1024, "height": 768, "logicalDpi": 96, "dpr": 1}
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return f"offscreen:configfile={file}"


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_every_sample_is_in_the_data_set(
    lund2013: Path,
    tmp_path: Path,
    stem: str,
    screen_of_its_own: str,
    simulator: Callable[..., Any],
    read_and_press: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Recordings may be replayed side by side: each has an LSL session of its own.
    monkeypatch.setenv("GAZEANNOTATOR_LSL_SESSION", f"lund-{uuid.uuid4().hex[:8]}")
    recorded = published(lund2013 / f"{stem}.csv")
    images, study, target = tmp_path / "images", tmp_path / "study", tmp_path / "data.h5"
    images.mkdir()
    shutil.copy(lund2013 / "stimuli" / f"{stem.split('_')[-1]}1024x768.png", images)
    create_study(study, images, scheme=load_scheme("nice"), protocol=Protocol())

    size = f"{SCREEN_PX[0]}x{SCREEN_PX[1]}"
    sender = simulator(
        "--replay", lund2013 / f"{stem}.csv", "--wait-for-onset", "--screen-px", size, "--rate", 500
    )
    look_s = float(recorded[-1, 0]) + AFTER_THE_LAST_SAMPLE_S
    options = ["--reader", "R1", "--consented", "--windowed", size, "--exit-when-done"]
    reader = read_and_press(
        (look_s, look_s), study, *options, QT_QPA_PLATFORM=screen_of_its_own, LISTENED="1"
    )
    assert reader.wait() == 0, reader.errors
    assert [line.split()[0] for line in reader.lines] == ["shown", "answered", "1"], reader.errors
    assert sender.wait() == 0, sender.errors

    build = ["dataset", "build", str(study), "-o", str(target), "--size", "128"]
    command = [sys.executable, "-m", "gazeannotator.cli.main", *build]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with h5py.File(target) as file:
        assert file["readings/source"].asstr()[:].tolist() == ["simulated"]
        placement = file["readings/placement"][0]
        image_px = file["images/size_px"][0]
        onset_s = file["readings/onset_s"][0]
        t_s, xy_px = file["gaze/t_s"][:], file["gaze/xy_px"][:]
    assert onset_s > 0
    assert tuple(image_px) == SCREEN_PX
    assert tuple(placement[2:]) == SCREEN_PX
    assert len(t_s) == len(recorded)
    assert np.abs(t_s - recorded[:, 0]).max() <= WITHIN_S
    # From the screen to the image, as the format page has it.
    expected = (recorded[:, 1:] - placement[:2]) * image_px / placement[2:]
    np.testing.assert_array_equal(np.isnan(xy_px), np.isnan(expected))
    assert np.nanmax(np.abs(xy_px - expected)) <= WITHIN_PX
