from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.study.scheme import load_scheme
from gazeannotator.ui.dialogs.video_frames import VideoFramesDialog

WAIT_MS = 90_000


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    for index in range(40):
        writer.write(np.full((48, 64, 3), 6 * index, np.uint8))
    writer.release()
    return path


@pytest.fixture
def dialog(qtbot: QtBot, look: QApplication, tmp_path: Path, video: Path) -> VideoFramesDialog:
    result = VideoFramesDialog(tmp_path / "study", load_scheme("nice"))
    qtbot.addWidget(result)
    result.show()
    result.path.set_path(video)
    qtbot.waitUntil(lambda: result.frame is not None, timeout=WAIT_MS)
    return result


def test_frames_are_found_and_marked_by_keys(qtbot: QtBot, dialog: VideoFramesDialog, video: Path) -> None:
    def press(
        key: Qt.Key, index: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        dialog.view.setFocus()
        qtbot.keyClick(dialog.view, key, modifier)
        qtbot.waitUntil(lambda: dialog.frame.index == index and not dialog._busy, timeout=WAIT_MS)
        assert abs(int(dialog.frame.pixels.mean()) - 6 * index) <= 3

    assert not dialog.accept_button.isEnabled()
    press(Qt.Key.Key_Right, 1)
    press(Qt.Key.Key_M, 1)
    press(Qt.Key.Key_Right, 26, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Left, 25)
    press(Qt.Key.Key_M, 25)
    press(Qt.Key.Key_PageUp, 0)
    press(Qt.Key.Key_M, 0)
    press(Qt.Key.Key_M, 0)
    press(Qt.Key.Key_PageDown, 39)
    assert dialog.list.count() == 2
    dialog.patient.setText("P 1")
    command = dialog.work().command
    arguments = list(command.arguments)
    assert arguments[arguments.index("add-frames") + 2] == str(video)
    assert [arguments[k + 1] for k, each in enumerate(arguments) if each == "--at"] == [
        "0.040000",
        "1.000000",
    ]
    assert arguments[arguments.index("--patient") + 1] == "P 1"
    assert "--keep-overlays" not in arguments


def test_it_plays_and_pauses(qtbot: QtBot, dialog: VideoFramesDialog) -> None:
    dialog.view.setFocus()
    qtbot.keyClick(dialog.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: dialog.frame.index >= 3, timeout=WAIT_MS)
    qtbot.keyClick(dialog.view, Qt.Key.Key_Space)
    assert not dialog._timer.isActive()


def test_a_file_that_is_no_video_is_named(qtbot: QtBot, dialog: VideoFramesDialog, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"text")
    dialog.path.set_path(tmp_path / "no.mp4")
    qtbot.waitUntil(lambda: "no video" in dialog.error.text(), timeout=WAIT_MS)
