"""Images brought to their exact size before they are needed, off the GUI thread."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from gazeannotator.errors import UserError
from gazeannotator.study.images import read_image

KEPT = 3

Size = tuple[int, int]


class ImageLoader(QObject):
    """Reads and scales images in a pool thread; keeps the last few.

    Signals
    -------
    loaded(image id)
        `get` gives it now.
    failed(image id, UserError)
    """

    loaded = Signal(str)
    failed = Signal(str, object)
    _made = Signal(str, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting: set[tuple[str, Size]] = set()
        self._ready: OrderedDict[tuple[str, Size], QImage] = OrderedDict()
        self._made.connect(self._take)

    def fetch(self, image_id: str, file: Path, size_px: Size) -> None:
        """Make an image of exactly that size; nothing to do where it is there or on its way."""
        key = (image_id, size_px)
        if key in self._ready:
            self._ready.move_to_end(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._pool.start(lambda: self._make(image_id, file, size_px))

    def get(self, image_id: str, size_px: Size) -> QImage | None:
        """Return an image that was fetched; None if it is not ready yet."""
        return self._ready.get((image_id, size_px))

    def close(self) -> None:
        """Wait for the work that runs."""
        self._pool.clear()
        self._pool.waitForDone()

    def _make(self, image_id: str, file: Path, size_px: Size) -> None:
        made: QImage | Exception
        try:
            made = to_qimage(scaled(read_image(file), size_px))
        except Exception as error:  # noqa: BLE001 - raised again in the GUI thread, where the hook reports it
            made = error
        self._made.emit(image_id, size_px, made)

    @Slot(str, object, object)
    def _take(self, image_id: str, size_px: Size, made: QImage | Exception) -> None:
        self._waiting.discard((image_id, size_px))
        if isinstance(made, UserError):
            self.failed.emit(image_id, made)
        elif isinstance(made, Exception):
            raise made
        else:
            self._ready[image_id, size_px] = made
            while len(self._ready) > KEPT:
                self._ready.popitem(last=False)
            self.loaded.emit(image_id)


def scaled(pixels: NDArray[np.uint8] | NDArray[np.uint16], size_px: Size) -> NDArray[np.uint8]:
    """Bring an RGB image to a size and to 8 bits; edges stay on edges, as in `geometry`."""
    height, width = pixels.shape[:2]
    if (width, height) != size_px:
        shrinks = size_px[0] * size_px[1] < width * height
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        pixels = cv2.resize(pixels, size_px, interpolation=method)
    if pixels.dtype == np.uint16:
        pixels = np.round(pixels / 257.0).astype(np.uint8)
    return pixels


def to_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """Copy RGB pixels into an image of Qt's, in the format that it draws without conversion."""
    height, width = pixels.shape[:2]
    rgb = QImage(np.ascontiguousarray(pixels).data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return rgb.convertToFormat(QImage.Format.Format_RGB32)
