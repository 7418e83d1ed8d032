"""Shows gaze in the operator's picture and tells where it is drawn; run by test_picture.py.

Usage: show_gaze.py OUT.json

The reader's screen has 1920 × 1080 px and an image that is letterboxed in it; both eyes look at known
points of the image.
"""

import json
import sys

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from gazeannotator.geometry import (
    Placement,
    Screen,
    image_px_to_screen_px,
    screen_px_to_normalised,
)
from gazeannotator.samples import GazeChunk
from gazeannotator.ui.gaze_sketch import LEFT, RIGHT
from gazeannotator.ui.operator.picture import ScreenPicture
from gazeannotator.ui.operator.situation import Situation
from gazeannotator.ui.operator.trail import Trail

SCREEN = Screen(1920, 1080, 527, 296, 650)
PLACEMENT = Placement(315.0, 40.0, 1250.0, 1000.0)
IMAGE_PX = (1000, 800)
SPOT_PX = {"left": (250.5, 200.5), "right": (700.0, 640.0)}
"""Where the eyes look, image px; the image has a white square there."""


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def middle_of(pixels: np.ndarray, colour: QColor) -> list[float]:
    """Centre of all that has about that colour, physical px."""
    wanted = np.array(colour.getRgb()[:3])
    rows, columns = np.nonzero(np.abs(pixels - wanted).max(axis=2) < 30)
    assert len(rows) > 20, "nothing of this colour"
    return [(columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2]


def gaze_at(points_px: dict[str, tuple[float, float]]) -> GazeChunk:
    n = 50
    eyes = []
    for eye in ("left", "right"):
        screen_px = image_px_to_screen_px(np.array(points_px[eye]), PLACEMENT, IMAGE_PX)
        eyes.append(np.tile(screen_px_to_normalised(screen_px, SCREEN.size_px), (n, 1)))
    nothing = np.full(n, np.nan)
    return GazeChunk(
        np.arange(n) / 250,
        *eyes,
        np.full((n, 2), np.nan),
        nothing,
        nothing.copy(),
        np.full((n, 2, 3), np.nan),
    )


def shown_image() -> QImage:
    """The image as on the reader's screen: grey, with a white square at each spot."""
    image = QImage(1250, 1000, QImage.Format.Format_RGB32)
    image.fill(QColor(60, 60, 60))
    for x, y in SPOT_PX.values():
        corner = image_px_to_screen_px(np.array([x, y]), PLACEMENT, IMAGE_PX) - [315 + 20, 40 + 20]
        for row in range(40):
            for column in range(40):
                image.setPixelColor(round(corner[0]) + column, round(corner[1]) + row, QColor("white"))
    return image


def main() -> None:
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    picture = ScreenPicture()
    picture.resize(703, 431)
    picture.show()
    situation = Situation(
        "s", "r", SCREEN, going="image", image="a", pixels=shown_image(), placement=PLACEMENT
    )
    picture._maker.made.connect(app.quit)
    picture.show_situation(situation, "")
    app.exec()  # until the small image is made
    bare = pixels_of(picture.grab().toImage())
    trail = Trail()
    chunk = gaze_at(SPOT_PX)
    trail.take(chunk, 1.0, 1.0)
    picture.show_gaze(trail)
    gazed = pixels_of(picture.grab().toImage())
    # Each square alone: the other half of the picture is blackened.
    left_half = np.arange(bare.shape[1])[None, :, None] < bare.shape[1] // 2
    inside = np.zeros(bare.shape[:2], bool)[..., None]
    inside[60:-60, 60:-60] = True
    squares = [
        middle_of(np.where(inside & half, bare, 0), QColor("white")) for half in (left_half, ~left_half)
    ]
    facts = {
        "scale": picture.devicePixelRatioF(),
        "view": picture.view.as_tuple(),
        "size": [picture.width(), picture.height()],
        "left": middle_of(gazed, LEFT),
        "right": middle_of(gazed, RIGHT),
        "squares": squares,
    }
    picture.close_work()
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(facts, out)


if __name__ == "__main__":
    main()
