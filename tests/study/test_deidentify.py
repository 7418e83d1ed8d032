from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.errors import BadInput
from gazeannotator.study.deidentify.content import find_content
from gazeannotator.study.deidentify.layouts import layout_from_toml, layout_names, load_layout
from gazeannotator.study.deidentify.masks import Masks, Rect, hidden, masked, masks_from_dict
from gazeannotator.study.deidentify.search import HidingOptions, find_masks

sys.path.insert(0, str(Path(__file__).parent))
import overlays

AUTOMATIC = HidingOptions()
SCREENS = ((1920, 1080), (1280, 1024), (720, 576))
needs_fonts = pytest.mark.skipif(
    len(overlays.fonts_here()) < 3, reason="the fonts of the test set are missing"
)


def background(index: int) -> np.ndarray:
    """By turns: a picture that fills the image, one with black corners, one on a processor's screen."""
    makers = (
        overlays.full_frame,
        overlays.mucosa,
        lambda each: overlays.on_screen(each, SCREENS[each % 3], (0, 16, 60, 110)[each % 4]),
    )
    return makers[index % 3](index % 6)


@needs_fonts
@pytest.mark.slow
def test_text_of_known_places_is_hidden_and_the_mucosa_is_not() -> None:
    rng = np.random.default_rng(2)
    visible = glyphs = 0
    for index in range(30):
        overlay = overlays.random_overlay(rng, background(index), where="corner")
        masks = find_masks(overlay.pixels, AUTOMATIC)
        dark = hidden(overlay.pixels.shape, masks)
        result = masked(overlay.pixels, masks)
        assert result.shape == overlay.pixels.shape
        assert (result[~dark] == overlay.pixels[~dark]).all(), "a kept pixel was changed"
        assert not result[dark].any()
        glyphs += overlay.glyphs.sum()
        visible += (overlay.glyphs & ~dark).sum()
        # Beyond the block of text (and a margin of a letter's height) no tissue is hidden.
        block = np.zeros(dark.shape, bool)
        left, top = np.min([each[:2] for each in overlay.boxes], axis=0)
        right, bottom = np.max([(x + w, y + h) for x, y, w, h in overlay.boxes], axis=0)
        margin = overlay.boxes[0][3] + 6
        block[max(0, top - margin) : bottom + margin, max(0, left - 2 * margin) : right + 2 * margin] = True
        content = find_content(overlay.clean)
        tissue = content.inside if content else np.ones(dark.shape, bool)
        assert (dark & tissue & ~block).sum() <= 0.012 * tissue.sum(), overlay.lines
    assert visible <= 0.01 * glyphs


@needs_fonts
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_an_independent_reader_finds_no_text_any_more(tmp_path: Path) -> None:
    before = after = 0
    for index in range(8):
        lines = [(text, 24, 20 + 44 * row) for row, text in enumerate(("SMITH John", "1967 4711 0815"))]
        picture = overlays.with_text(
            background(index), lines, font="bold", size=26, colour=(255, 255, 255), jpeg=90
        )
        shown = masked(picture.pixels, find_masks(picture.pixels, AUTOMATIC))
        for name, pixels in (("before", picture.pixels), ("after", shown)):
            corner = cv2.resize(pixels[:130, :400], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            cv2.imwrite(str(tmp_path / f"{name}.png"), 255 - corner[..., ::-1])
            command = ["tesseract", str(tmp_path / f"{name}.png"), "-", "--psm", "6"]
            words = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
            read = any(each in words for each in ("SMITH", "John", "1967", "4711", "0815"))
            before += read and name == "before"
            after += read and name == "after"
    assert before >= 6, "the oracle reads nothing, so it shows nothing"
    assert after == 0


@pytest.mark.slow
def test_pictures_without_text_stay_as_they_are() -> None:
    for index in range(6):
        for picture in (overlays.full_frame(index), overlays.mucosa(index), background(3 * index + 2)):
            _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
            for each in (picture, cv2.imdecode(coded, cv2.IMREAD_COLOR)):
                assert not find_masks(each, AUTOMATIC)


def test_an_inset_picture_beside_the_main_one_is_hidden() -> None:
    screen = overlays.on_screen(2, (1280, 1024), 0)
    inset = cv2.resize(overlays.full_frame(1), (200, 160), interpolation=cv2.INTER_AREA)
    screen[60:220, 40:240] = inset
    masks = find_masks(screen, AUTOMATIC)
    assert masks.what == ["surroundings"]
    assert hidden(screen.shape, masks)[60:220, 40:240].all()


@pytest.mark.parametrize("grey", [0, 16, 60, 110])
def test_the_whole_picture_is_kept_on_any_surroundings(grey: int) -> None:
    clean = overlays.on_screen(3, (1280, 1024), grey)
    screen = clean.copy()
    cv2.putText(screen, "SMITH JOHN", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2, cv2.LINE_AA)
    masks = find_masks(screen, AUTOMATIC)
    dark = hidden(screen.shape, masks)
    assert dark[:80, :240].all()
    picture = np.abs(clean.astype(int) - grey).max(axis=2) > 20
    assert (dark & picture).sum() <= 0.001 * picture.sum()


def test_deep_and_large_images_are_searched_too() -> None:
    screen = overlays.on_screen(4, (1280, 1024), 0)
    cv2.putText(screen, "SMITH JOHN", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2, cv2.LINE_AA)
    deep = screen.astype(np.uint16) * 257
    assert find_masks(deep, AUTOMATIC) == find_masks(screen, AUTOMATIC)
    large = cv2.resize(screen, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    dark = hidden(large.shape, find_masks(large, AUTOMATIC))
    assert dark[75:150, 75:550].all()
    picture = cv2.cvtColor(large, cv2.COLOR_RGB2GRAY) > 25
    picture[:250, :700] = False
    assert (dark & picture).sum() <= 0.002 * picture.sum()


@given(seed=st.integers(0, 2**32 - 1), height=st.integers(1, 90), width=st.integers(1, 90))
def test_any_image_can_be_searched(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    flat = rng.integers(0, 256, 3, dtype=np.uint8)
    for pixels in (
        rng.integers(0, 256, (height, width, 3), dtype=np.uint8),
        np.broadcast_to(flat, (height, width, 3)).copy(),
    ):
        masks = find_masks(pixels, AUTOMATIC)
        assert masked(pixels, masks).shape == pixels.shape
        assert masks_from_dict(masks.where) == masks


rectangles = st.builds(
    Rect,
    st.integers(-50, 120),
    st.integers(-50, 120),
    st.integers(1, 90),
    st.integers(1, 90),
    st.sampled_from(["manual", "text"]),
)


@given(st.lists(rectangles, max_size=6))
def test_exactly_the_rectangles_are_hidden(where: list[Rect]) -> None:
    pixels = np.full((80, 100, 3), 7, np.uint8)
    result = masked(pixels, Masks(tuple(where)))
    for y, x in np.ndindex(80, 100):
        covered = any(r.x <= x < r.right and r.y <= y < r.bottom for r in where)
        assert (result[y, x] == (0 if covered else 7)).all()
    found = find_masks(pixels, HidingOptions(automatic=False, rectangles=tuple(where)))
    assert (masked(pixels, found) == result).all()


def test_every_layout_that_comes_along_can_be_used() -> None:
    assert layout_names()
    for name in layout_names():
        layout = load_layout(name)
        width, height = layout.size_px
        assert layout.name == name
        assert layout.fits(width, height)
        pixels = np.full((height, width, 3), 99, np.uint8)
        masks = find_masks(pixels, HidingOptions(automatic=False, layout=layout))
        assert 0.2 < hidden(pixels.shape, masks).mean() < 0.7
        assert not find_masks(pixels[:-1], HidingOptions(automatic=False, layout=layout))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("size_px = [1", "not valid TOML"),
        ("name = 'x'", "lacks 'size_px'"),
        ("size_px = [100, 100]", "hides nothing"),
        ("size_px = [0, 100]\nhide = [[1,1,1,1]]", "its size"),
        ("size_px = [100, 100]\nhide = [[200, 1, 5, 5]]", "does not lie in the image"),
        ("size_px = [100, 100]\nhide = [[1, 1, 5]]", "no list of 4"),
        ("size_px = [100, 100]\nhide = 5", "cannot be used"),
        ("size_px = [100, 100]\nshape = 'star'\nbox = [0, 0, 50, 50]", "the shape 'star'"),
        ("size_px = [100, 100]\nshape = 'octagon'\nbox = [0, 0, 50, 50]\ncut_px = 40", "cut by 40"),
        ("size_px = [100, 100]\nshape = 'ellipse'\nbox = [60, 0, 50, 50]", "does not lie in the image"),
        ("size_px = [100, 100]\nhide = [[1, 1, 5, 5]]\nmask = 1", "not known: mask"),
    ],
)
def test_a_layout_that_is_wrong_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        layout_from_toml(text, "mine.toml")


def test_no_such_layout(tmp_path: Path) -> None:
    for name in ("nothing", "../schemes/nice", str(tmp_path / "no.toml")):
        with pytest.raises(BadInput):
            load_layout(name)
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        load_layout(tmp_path / "latin.toml")
