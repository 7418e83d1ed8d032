"""Every image pixel lies on the screen pixel that geometry.py says, and is reported when it is seen there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement, image_px_to_screen_px, largest_placement
from gazeannotator.ui import screens
from gazeannotator.ui.image_view import BLANK, Frame, ImageView, opengl_works
from gazeannotator.ui.reading.images import scaled, to_qimage

GREY = (0x5F, 0x5F, 0x5F)


def check(shown: Path, size: tuple[int, int], method: str) -> None:
    with np.load(shown) as facts:
        screen, made, placed = facts["screen"].astype(int), facts["made"].astype(int), facts["placement"]
        assert facts["method"] == method
        assert facts["seen"] == 1
        screen_px = tuple(int(value) for value in facts["screen_px"])
    assert screen.shape == (screen_px[1], screen_px[0], 3)
    expected = largest_placement(size, screen_px)
    assert Placement(*placed) == expected
    x, y, width, height = (int(value) for value in placed)
    # Not a pixel is resampled, moved or left out on the way to the screen.
    np.testing.assert_array_equal(screen[y : y + height, x : x + width], made)
    around = np.ones(screen.shape[:2], bool)
    around[y : y + height, x : x + width] = False
    assert around.any()
    assert (screen[around] == GREY).all()
    # The corners of the image, by the one transform that there is.
    corners = np.array([[0.0, 0.0], size])
    np.testing.assert_allclose(
        image_px_to_screen_px(corners, expected, size), [[x, y], [x + width, y + height]]
    )


@pytest.mark.parametrize("size", [(300, 200), (3000, 1000)], ids=["enlarged", "reduced"])
@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_pixels_on_the_screen_raster(
    tmp_path: Path, run_script: Callable[..., str], scale: str, size: tuple[int, int]
) -> None:
    out = tmp_path / "shown.npz"
    run_script("show_image.py", str(out), *map(str, size), QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale)
    check(out, size, "paint")


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_pixels_on_the_screen_opengl(
    tmp_path: Path, run_script: Callable[..., str], x_display: str, scale: str
) -> None:
    out = tmp_path / "shown.npz"
    environment = {"DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
    size = (500, 400)
    run_script("show_image.py", str(out), *map(str, size), **environment)
    check(out, size, "swap")


def test_known_places_of_an_image() -> None:
    """The same, told without our own scaling: flat fields stay where they were drawn."""
    cells = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    image = np.kron(cells, np.ones((30, 40, 1), np.uint8))
    for size in ((200, 150), (41, 31)):
        made = scaled(image, size)
        assert made.shape == (size[1], size[0], 3)
        placement = Placement(0, 0, *size)
        for row in range(2):
            for column in range(2):
                centre = np.array([40 * column + 20.0, 30 * row + 15.0])
                x, y = image_px_to_screen_px(centre, placement, (80, 60)).astype(int)
                np.testing.assert_allclose(made[y, x].astype(int), cells[row, column], atol=1)
        half = size[0] / 2
        reds = made[2, :, 0].astype(float) / 255
        assert reds.sum() == pytest.approx(half, abs=0.6)


def test_deep_images_become_eight_bits() -> None:
    deep = np.array([[[0, 257, 65535]]], np.uint16)
    assert scaled(deep, (1, 1)).tolist() == [[[0, 1, 255]]]


def test_colours_are_not_swapped() -> None:
    image = to_qimage(np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8))
    assert image.pixelColor(0, 0).getRgb()[:3] == (10, 20, 30)
    assert image.pixelColor(1, 0).getRgb()[:3] == (40, 50, 60)


def shown_in(qtbot: QtBot, view: ImageView) -> list[tuple[Frame, float, str]]:
    seen: list[tuple[Frame, float, str]] = []
    view.shown.connect(lambda *each: seen.append(each))
    qtbot.addWidget(view)
    view.resize(200, 100)
    view.show()
    qtbot.waitExposed(view)
    return seen


def test_each_frame_is_reported_once_and_after_it_was_drawn(qtbot: QtBot) -> None:
    view = ImageView(time.monotonic)
    assert not opengl_works()
    seen = shown_in(qtbot, view)
    frame = Frame(QImage(10, 10, QImage.Format.Format_RGB32))
    before_s = time.monotonic()
    view.present(frame)
    qtbot.waitUntil(lambda: bool(seen))
    assert [(each, method) for each, _t_s, method in seen] == [(frame, "paint")]
    assert before_s < seen[0][1] <= time.monotonic()
    view.update()
    qtbot.wait(50)
    assert len(seen) == 1
    view.present(Frame())
    assert len(seen) == 2


def test_frame_is_reported_only_when_the_window_is_seen(qtbot: QtBot) -> None:
    view = ImageView(time.monotonic)
    seen: list[float] = []
    view.shown.connect(lambda _frame, t_s, _method: seen.append(t_s))
    qtbot.addWidget(view)
    view.resize(200, 100)
    view.present(Frame(cross_px=(100, 50)))
    qtbot.wait(50)
    assert seen == []
    shown_s = time.monotonic()
    view.show()
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen[0] > shown_s


def test_driver_that_reports_no_swap(qtbot: QtBot) -> None:
    """On this platform OpenGL draws nothing: the view gives up on it and paints."""
    view = ImageView(time.monotonic, method="swap")
    seen = shown_in(qtbot, view)
    frame = Frame(cross_px=(100, 50))
    view.present(frame)
    qtbot.waitUntil(lambda: len(seen) == 1, timeout=4000)
    assert seen[0][0] is frame
    assert seen[0][2] == view.method == "paint"


def test_cross_is_drawn_in_the_middle(qtbot: QtBot) -> None:
    view = ImageView(time.monotonic)
    shown_in(qtbot, view)
    assert view.frame is BLANK
    view.present(Frame(cross_px=(100, 50)))
    picture = view.grab().toImage()
    light = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).red() > 0x80
    ]
    xs, ys = np.array(light).T + 0.5
    assert (xs.mean(), ys.mean()) == (100, 50)
    assert xs.max() - xs.min() == ys.max() - ys.min() == 27


@pytest.mark.parametrize(
    ("true_px", "scale"),
    [
        ((1920, 1080), 1.25),
        ((1366, 768), 1.25),
        ((1366, 768), 1.5),
        ((1366, 768), 1.75),
        ((2560, 1600), 1.75),
        ((3840, 2160), 1.75),
        ((3840, 2160), 2.0),
        ((1365, 767), 1.0),
    ],
)
def test_true_size_of_a_scaled_screen(true_px: tuple[int, int], scale: float) -> None:
    # As Qt does it: halves away from zero.
    logical = QSize(*(int(value / scale + 0.5) for value in true_px))
    assert screens.physical_size(logical, scale) == true_px


@pytest.mark.parametrize(
    ("mm", "plausible"),
    [
        ((527, 296), True),
        ((310, 174), True),
        ((0, 0), False),
        ((160, 90), False),
        ((1600, 900), True),
        ((16000, 9000), False),
        ((527, 527), False),
    ],
)
def test_reported_sizes(mm: tuple[float, float], plausible: bool) -> None:
    assert screens.is_plausible((1920, 1080), mm) is plausible


def test_screens_as_data(qapp: object) -> None:
    (facts,) = screens.screens()
    assert facts.px == (800, 800)
    assert facts.is_small
    (measured,) = screens.screens({facts.name: (400.0, 400.0)})
    assert (measured.mm, measured.mm_known) == ((400.0, 400.0), True)
    made = screens.reading_screen(measured, 700)
    assert (made.size_px, made.size_mm, made.distance_mm) == ((800, 800), (400, 400), 700)
    assert set(facts.as_json()) >= {"name", "px", "mm", "scale", "hz"}
    with pytest.raises(BadInput):
        screens.chosen_screen(2)
    with pytest.raises(BadInput):
        screens.chosen_screen(0)
