"""Changes that another endoscope or a hurried export brings, to see how a network bears them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

Pixels = NDArray[np.uint8]


def _brightness(factor: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.clip(pixels.astype(np.float32) * factor, 0, 255).round().astype(np.uint8)


def _blur(share: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), share * pixels.shape[0]), np.uint8)


def _jpeg(quality: int) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        return decoded[..., ::-1]

    return change


SHIFTS: dict[str, Callable[[Pixels], Pixels]] = {
    "darker by 30 %": _brightness(0.7),
    "brighter by 30 %": _brightness(1.3),
    "blurred (sigma 0.5 % of the side)": _blur(0.005),
    "blurred (sigma 1 % of the side)": _blur(0.01),
    "JPEG, quality 50": _jpeg(50),
    "JPEG, quality 20": _jpeg(20),
}
"""By name in reports; each takes and gives pixels of shape (size, size, 3), RGB."""


class Shifted(Dataset[dict[str, Tensor]]):
    """Images of another set, each changed.

    Parameters
    ----------
    images : Dataset
        Items with ``image`` (3, size, size) uint8.
    change : callable
        One of `SHIFTS`.
    """

    def __init__(self, images: Dataset[dict[str, Tensor]], change: Callable[[Pixels], Pixels]) -> None:
        self._images, self._change = images, change

    def __len__(self) -> int:
        return len(self._images)  # type: ignore[arg-type]

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        item = self._images[index]
        changed = self._change(np.ascontiguousarray(item["image"].permute(1, 2, 0).numpy()))
        return {**item, "image": torch.from_numpy(np.ascontiguousarray(changed.transpose(2, 0, 1)))}
