from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from gazeannotator.study.check import check_study

COMMAND = [
    sys.executable,
    "-c",
    "from gazeannotator.cli.study import app; app(prog_name='gazeannotator study')",
]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two pictures with a name, one without."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, name in enumerate(("SMITH", "JONES", "")):
        pixels = np.zeros((240, 320, 3), np.uint8)
        cv2.circle(pixels, (200, 120), 105, (150 + 10 * number, 120, 100), -1)
        cv2.putText(pixels, name, (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
        PIL.Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_images_wait_until_they_are_accepted_or_refused(tmp_path: Path, photos: Path) -> None:
    study = tmp_path / "study"
    made = run("create", study, "--images", photos, "--report", tmp_path / "removed.json")
    assert made.returncode == 0, made.stderr
    assert "images added: 1" in made.stdout
    assert "hidden: 2" in made.stdout
    states = [each["state"] for each in json.loads((tmp_path / "removed.json").read_text())]
    assert states == ["waiting", "waiting", "added"]
    assert json.loads(run("info", study, "--json").stdout)["waiting"] == 2
    listed = json.loads(run("review", study, "--json", "--preview", tmp_path / "look").stdout)
    first, second = (each["id"] for each in listed["waiting"])
    with PIL.Image.open(tmp_path / "look" / f"{first}.png") as picture:
        assert picture.size == (640, 240)
    assert run("review", study, "--preview", tmp_path / "look").returncode == 2
    assert run("review", study, "--accept", "ghost").returncode == 2
    assert run("review", study, "--accept", first, "--reject", first).returncode == 2
    done = run("review", study, "--accept", first[:8], "--reject", second)
    assert "Accepted: 1, rejected: 1, waiting: 0." in done.stdout
    facts = json.loads(run("info", study, "--json").stdout)
    assert (facts["images"], facts["waiting"]) == (2, 0)
    assert check_study(study) == []


def test_options_of_hiding(tmp_path: Path, photos: Path) -> None:
    def images(name: str, *options: object) -> tuple[int, int]:
        result = run("create", tmp_path / name, "--images", photos, *options)
        assert result.returncode == 0, result.stderr
        facts = json.loads(run("info", tmp_path / name, "--json").stdout)
        return facts["images"], facts["waiting"]

    assert images("all", "--accept-masks") == (3, 0)
    assert images("as-they-are", "--keep-overlays") == (3, 0)
    assert images("by-hand", "--keep-overlays", "--mask", "0,0,80,40", "--mask", "0,200,9,9") == (0, 3)
    layout = tmp_path / "tower.toml"
    layout.write_text("size_px = [320, 240]\nshape = 'rectangle'\nbox = [90, 10, 220, 220]\n")
    assert images("by-layout", "--template", layout) == (0, 3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mask", "1,2,3"), "is no rectangle"),
        (("--mask", "0,0,0,5"), "is no rectangle"),
        (("--template", "unknown"), "There is no layout"),
        (("--report", "removed.txt"), "neither .json nor .csv"),
    ],
)
def test_wrong_options_are_said_before_anything_is_made(
    tmp_path: Path, photos: Path, options: tuple[str, str], said: str
) -> None:
    result = run("create", tmp_path / "study", "--images", photos, *options)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "study").exists()
