"""Gaze and image lie in the operator's picture where `geometry` says, at every scale of the display."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.geometry import Placement, image_px_to_screen_px, screen_px_to_view_px
from gazeannotator.samples import GazeChunk
from gazeannotator.ui.operator.picture import ScreenPicture
from gazeannotator.ui.operator.trail import Trail


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_gaze_lies_on_what_is_looked_at(tmp_path: Path, run_script: Callable[..., str], scale: str) -> None:
    out = tmp_path / "facts.json"
    run_script("show_gaze.py", str(out), QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale)
    facts = json.loads(out.read_text(encoding="utf-8"))
    assert facts["scale"] == float(scale)
    view, (width, height) = Placement(*facts["view"]), facts["size"]
    # The whole screen, as large as it fits.
    assert view.width_px / view.height_px == pytest.approx(1920 / 1080, rel=0.003)
    assert view.width_px > 0.93 * width or view.height_px > 0.93 * height
    spots_px = image_px_to_screen_px(
        np.array([[250.5, 200.5], [700.0, 640.0]]), Placement(315, 40, 1250, 1000), (1000, 800)
    )
    expected = screen_px_to_view_px(spots_px, view, (1920, 1080)) * float(scale)
    np.testing.assert_allclose([facts["left"], facts["right"]], expected, atol=1.0)
    np.testing.assert_allclose(facts["squares"], expected, atol=1.0)


class NotingPicture(ScreenPicture):
    """Notes what it paints."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[QRect] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(event.rect())
        super().paintEvent(event)


@pytest.fixture
def picture(qtbot: QtBot, look: QApplication, source: Any) -> Iterator[NotingPicture]:
    result = NotingPicture()
    qtbot.addWidget(result)
    result.resize(700, 420)
    result.show_situation(source.situation(), "Pause")
    result.show()
    qtbot.waitExposed(result)
    yield result
    result.close_work()


def test_only_where_gaze_was_and_is_is_painted_again(
    qtbot: QtBot, picture: NotingPicture, make_chunk: Callable[..., GazeChunk]
) -> None:
    areas, places = picture.painted, []
    qtbot.wait(50)
    for x in (0.3, 0.5):
        trail = Trail()
        xy = np.full((20, 2), x)
        trail.take(make_chunk(xy, xy, np.arange(20) / 250), 1.0, 1.0)
        seen = len(areas)
        picture.show_gaze(trail)
        qtbot.waitUntil(lambda seen=seen: len(areas) > seen)
        places.append(areas[-1])
    first, second = places
    assert first.width() < 60
    assert first.height() < 60
    # The old place too, so that nothing is left behind.
    assert second.contains(first)
    assert second.width() < 220


def test_gaze_far_beside_the_screen_or_lost_is_not_drawn_in_it(
    qtbot: QtBot, picture: NotingPicture, make_chunk: Callable[..., GazeChunk]
) -> None:
    bare = picture.grab().toImage()
    for x in (-1e12, 5.0, np.nan, np.inf):
        trail = Trail()
        xy = np.full((20, 2), x)
        trail.take(make_chunk(xy, xy, np.arange(20) / 250), 1.0, 1.0)
        picture.show_gaze(trail)
        assert picture.grab().toImage() == bare
