"""Shows an image full screen and writes what is then on the screen; run by test_reading_image_view.py.

Usage: show_image.py OUT.npz WIDTH HEIGHT
"""

import sys
import time

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gazeannotator.geometry import largest_placement
from gazeannotator.ui.image_view import Frame, ImageView
from gazeannotator.ui.reading.images import scaled, to_qimage
from gazeannotator.ui.screens import facts_of


def pattern(width: int, height: int) -> np.ndarray:
    """No two neighbouring pixels alike, none like the grey around."""
    y, x = np.mgrid[:height, :width]
    return np.stack([(x * 7) % 90, 160 + (y * 5) % 90, (x + y) % 2 * 200], axis=-1).astype(np.uint8)


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def main() -> None:
    out, size = sys.argv[1], (int(sys.argv[2]), int(sys.argv[3]))
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    screen = app.primaryScreen()
    window = QWidget()
    view = ImageView(time.monotonic, window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(view)
    window.setGeometry(screen.geometry())
    window.showFullScreen()
    seen = []

    def show() -> None:
        placement = largest_placement(size, view.size_px)
        there = (int(placement.width_px), int(placement.height_px))
        made = scaled(pattern(*size), there)
        frame = Frame(to_qimage(made), (int(placement.x0_px), int(placement.y0_px)))
        view.shown.connect(
            lambda _frame, t_s, method: (seen.append((t_s, method)), QTimer.singleShot(200, grab))
        )

        def grab() -> None:
            np.savez(
                out,
                screen=pixels_of(screen.grabWindow(0).toImage()),
                made=made,
                placement=placement.as_tuple(),
                view_px=view.size_px,
                screen_px=facts_of(screen).px,
                method=seen[0][1],
                seen=len(seen),
            )
            app.quit()

        view.present(frame)

    QTimer.singleShot(200, show)
    QTimer.singleShot(20_000, app.quit)
    app.exec()


if __name__ == "__main__":
    main()
