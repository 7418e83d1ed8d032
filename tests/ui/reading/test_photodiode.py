"""The photodiode's patch changes in the very frame that shows an image, and in no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import Qt

from gazeannotator.settings import Settings
from gazeannotator.study.importing import create_study
from gazeannotator.study.model import Protocol
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.ui.reading.room import Phase

BLACK, WHITE, GREY, RED = "#000000", "#ffffff", "#5f5f5f", "#c82828"
IMAGES = 3


@pytest.fixture
def flip(tmp_path: Path, run_script: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Read images of one colour with the patch in a corner."""

    def read(corner: str, cross_s: float, size: tuple[int, int], **environment: str) -> dict[str, Any]:
        folder = tmp_path / "images"
        folder.mkdir()
        for number in range(IMAGES):
            pixels = np.full((size[1] + number, size[0], 3), (200, 40, 40), np.uint8)
            PIL.Image.fromarray(pixels).save(folder / f"{number}.png")
        study = tmp_path / "study"
        create_study(study, folder, scheme=load_scheme("nice"), protocol=Protocol(fixation_cross_s=cross_s))
        out = run_script("flip_patch.py", str(study), corner, str(tmp_path / "seen.png"), **environment)
        return json.loads(out)

    return read


def patch_of(colours: list[str]) -> str:
    """Its one colour: the middle and the corners of its place are alike."""
    (colour,) = set(colours[:5])
    return colour


def check_flips(found: dict[str, Any]) -> None:
    assert patch_of(found["ready"]) == BLACK
    for frame in found["frames"]:
        # What was on the screen right after the frame was seen there: both have changed, or none.
        assert frame["colours"][5] in ((RED,) if frame["image"] else (GREY,))
        assert patch_of(frame["colours"]) == (WHITE if frame["image"] else BLACK)
    shown = [frame["t_s"] for frame in found["frames"] if frame["image"]]
    assert shown == found["onsets"]
    assert len(shown) == IMAGES


@pytest.mark.parametrize("scale", ["1", "1.5"])
@pytest.mark.parametrize("corner", ["top_left", "bottom_right"])
def test_the_patch_changes_with_the_image(
    flip: Callable[..., dict[str, Any]], corner: str, scale: str
) -> None:
    found = flip(corner, 0.03, (300, 200), QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale)
    check_flips(found)
    # Beside the patch there is the grey above or below the image.
    assert all(frame["colours"][6] == GREY for frame in found["frames"])
    assert not any("patch" in note for note in found["notes"])
    assert found["correction_s"] == 0.0125
    place = {"top_left": [0, 0, 45, 45], "bottom_right": [755, 755, 45, 45]}[corner]
    assert found["display"]["photodiode"] == {"corner": corner, "area_px": place}


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_the_patch_changes_with_the_swap(
    flip: Callable[..., dict[str, Any]], x_display: str, scale: str
) -> None:
    environment = {"DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
    found = flip("top_right", 0.05, (300, 200), **environment)
    assert {frame["method"] for frame in found["frames"]} == {"swap"}
    check_flips(found)


def test_the_patch_flips_where_one_image_follows_on_another(flip: Callable[..., dict[str, Any]]) -> None:
    found = flip("bottom_left", 0.0, (300, 200), QT_QPA_PLATFORM="offscreen")
    patches = [patch_of(frame["colours"]) for frame in found["frames"] if frame["image"]]
    assert patches == [WHITE, BLACK, WHITE]
    assert patch_of(found["frames"][-1]["colours"]) == BLACK


def test_it_is_said_where_the_patch_covers_images(flip: Callable[..., dict[str, Any]]) -> None:
    found = flip("top_right", 0.02, (300, 299), QT_QPA_PLATFORM="offscreen")
    assert f"The photodiode's patch covers a corner of {IMAGES} images." in found["notes"]
    check_flips(found)
    # The image goes up to the patch.
    assert {frame["colours"][6] for frame in found["frames"] if frame["image"]} == {RED}


def test_there_is_no_patch_unless_it_is_wanted(make_study, open_window) -> None:
    assert Settings().photodiode_corner == ""
    reading = open_window(make_study())
    assert reading.window.view.patch_px is None
    reading.start()
    assert reading.entries()[0].data["display"]["photodiode"] is None


@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "bottom_right"])
@pytest.mark.parametrize("size", [(60, 40), (40, 60), (60, 60)])
def test_no_sign_lies_over_the_patch(
    make_study, open_window, make_tracker, corner: str, size: tuple[int, int]
) -> None:
    make_tracker()
    settings = Settings(photodiode_corner=corner, photodiode_size_mm=20)
    reading = open_window(make_study(images=2, size=size), settings=settings, without_gaze=False)
    reading.start()
    reading.press(Qt.Key.Key_F)
    reading.qtbot.waitUntil(lambda: reading.window.signs.flag.isVisible())
    signs = reading.window.signs
    patch = reading.window.view.patch_px
    seen = [
        each for each in (signs.simulated, signs.recording, signs.progress, signs.flag) if each.isVisible()
    ]
    assert {signs.simulated, signs.recording, signs.flag} <= set(seen)
    for each in seen:
        assert not patch.intersects(each.geometry())
        assert reading.window.rect().contains(each.geometry())


def test_a_key_that_comes_before_the_light_is_no_answer(make_study, open_window) -> None:
    settings = Settings(onset_correction_s=0.4)
    reading = open_window(make_study(images=1), settings=settings)
    reading.start()
    reading.press(Qt.Key.Key_1)
    assert reading.controller.answers == 0
    reading.qtbot.wait(450)
    reading.press(Qt.Key.Key_1)
    reading.until(Phase.DONE)
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        (answered,) = store.readings()
    assert session.onset_correction_s == 0.4
    light_s, _ = answered.seen(session.onset_correction_s)
    # The stamp stays as it was; what is counted from the light is told by the correction.
    assert light_s == answered.onset_s + 0.4
    assert answered.onset_s + answered.response_s >= light_s
