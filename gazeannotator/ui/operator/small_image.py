"""The image of the reader's screen, reduced off the GUI thread: the reader's window waits for nothing."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QObject, QSize, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage


class SmallImage(QObject):
    """Makes one reduced image at a time; an overtaken one comes to nothing.

    Signals
    -------
    made(QImage)
        The one that was asked for last.
    """

    made = Signal(object)
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._number = 0
        self._done.connect(self._take)

    def want(self, image: QImage, size_px: QSize) -> None:
        """Ask for an image of that size."""
        self._number += 1
        number = self._number
        self._pool.clear()
        self._pool.start(lambda: self._done.emit(number, reduced(image, size_px)))

    def forget(self) -> None:
        """Ask for nothing any more."""
        self._number += 1
        self._pool.clear()

    def close(self) -> None:
        """Wait for the work that runs."""
        self.forget()
        self._pool.waitForDone()

    @Slot(int, object)
    def _take(self, number: int, image: QImage) -> None:
        if number == self._number:
            self.made.emit(image)


def reduced(image: QImage, size_px: QSize) -> QImage:
    """Bring an image of 32 bits a pixel to a size; edges stay on edges, as in `geometry`."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    shrinks = size_px.width() < image.width()
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    small = cv2.resize(rows[:, : image.width()], size_px.toTuple(), interpolation=method)
    # A copy: the array is gone when this returns.
    return QImage(small.data, *size_px.toTuple(), small.strides[0], image.format()).copy()
