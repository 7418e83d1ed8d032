from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.study.deidentify.search import HidingOptions
from gazeannotator.study.images import read_image
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.ui.dialogs.review import ReviewDialog
from gazeannotator.ui.dialogs.studies import NewStudyDialog
from gazeannotator.ui.window import MainWindow

WAIT_MS = 90_000


@pytest.fixture
def waiting_study(tmp_path: Path) -> Path:
    """A study of three images with a name beside the picture."""
    photos = tmp_path / "named"
    photos.mkdir()
    for number in range(3):
        pixels = np.zeros((240, 320, 3), np.uint8)
        cv2.circle(pixels, (200, 120), 105, (150 + 10 * number, 120, 100), -1)
        cv2.putText(pixels, "SMITH", (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
        PIL.Image.fromarray(pixels).save(photos / f"{number}.png")
    create_study(tmp_path / "Named", photos, scheme=load_scheme("nice"), hiding=HidingOptions())
    return tmp_path / "Named"


@pytest.fixture
def open_review(qtbot: QtBot, look: QApplication) -> Callable[[Path], ReviewDialog]:
    def build(study: Path) -> ReviewDialog:
        dialog = ReviewDialog(study)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=WAIT_MS)
        return dialog

    return build


def decided(qtbot: QtBot, dialog: ReviewDialog, left: int) -> None:
    def there() -> None:
        assert len(dialog._waiting) == left
        assert left == 0 or dialog.accept_button.isEnabled()

    qtbot.waitUntil(there, timeout=WAIT_MS)


def test_images_are_accepted_and_refused_by_keys(
    qtbot: QtBot, open_review: Callable[[Path], ReviewDialog], waiting_study: Path
) -> None:
    dialog = open_review(waiting_study)
    first = dialog.current
    qtbot.keyClick(dialog, Qt.Key.Key_Right)
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=WAIT_MS)
    assert dialog.current is not first
    qtbot.keyClick(dialog, Qt.Key.Key_Left)
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=WAIT_MS)
    assert dialog.current is first
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    decided(qtbot, dialog, 2)
    qtbot.keyClick(dialog, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    decided(qtbot, dialog, 1)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    decided(qtbot, dialog, 0)
    assert not dialog.accept_button.isEnabled()
    with Store.open(waiting_study) as store:
        assert len(store.images()) == 2
        assert store.waiting() == []


def test_rectangles_are_drawn_chosen_and_removed_by_mouse(
    qtbot: QtBot, open_review: Callable[[Path], ReviewDialog], waiting_study: Path
) -> None:
    dialog = open_review(waiting_study)
    canvas = dialog.before
    place = canvas.place()
    scale = place.width() / 320

    def at(x: int, y: int) -> QPoint:
        return QPoint(round(place.x() + x * scale), round(place.y() + y * scale))

    def draw(x0: int, y0: int, x1: int, y1: int) -> None:
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(x0, y0))
        qtbot.mouseMove(canvas, at(x1, y1))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(x1, y1))

    draw(180, 100, 220, 140)
    draw(240, 100, 260, 140)
    assert len(dialog.masks.hide) == 2
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(250, 120))
    qtbot.keyClick(dialog, Qt.Key.Key_Delete)
    (rect,) = dialog.masks.hide
    assert abs(rect.x - 180) <= 2
    assert abs(rect.right - 220) <= 2
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    decided(qtbot, dialog, 2)
    with Store.open(waiting_study) as store:
        pixels = read_image(store.image_file(store.images()[0].id))
    assert not pixels[rect.y : rect.bottom, rect.x : rect.right].any()
    assert pixels[120, 250].any()
    assert not pixels[:28, :60].any()


def test_the_study_page_leads_to_the_review(qtbot: QtBot, window: MainWindow, waiting_study: Path) -> None:
    window.open_study(waiting_study)
    qtbot.waitUntil(lambda: window.study is not None, timeout=WAIT_MS)
    assert window.study.next_step == "review"
    window.trigger("file.review")
    dialog = window.findChild(ReviewDialog)
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=WAIT_MS)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: window.study.images == 1 and window.study.waiting == 2, timeout=WAIT_MS)


def test_hiding_is_on_unless_it_is_switched_off(qtbot: QtBot, look: QApplication, tmp_path: Path) -> None:
    dialog = NewStudyDialog()
    qtbot.addWidget(dialog)
    dialog.images.set_path(tmp_path)
    assert "--keep-overlays" not in dialog._fields.arguments()
    dialog._fields.hide_text.setChecked(False)
    assert "--keep-overlays" in dialog._fields.arguments()
