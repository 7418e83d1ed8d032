"""Asks a trained network about images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from gazemodel.attention import class_activation_map
from gazemodel.config import AttentionLossName
from gazemodel.network import GazeNetwork
from gazemodel.run import best_device


@dataclass(frozen=True)
class Answers:
    """What a network says of n images of C classes.

    Attributes
    ----------
    logits : ndarray, shape (n, C)
        Not divided by the temperature.
    cams : ndarray, shape (n, h, w)
        Class activation map of the predicted class, ≥ 0.
    """

    logits: NDArray[np.float64]
    cams: NDArray[np.float64]

    def probabilities(self, temperature: float) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n, C)."""
        scaled = self.logits / temperature
        powers = np.exp(scaled - scaled.max(1, keepdims=True))
        return np.asarray(powers / powers.sum(1, keepdims=True), np.float64)


def ask(
    network: GazeNetwork,
    images: Dataset[dict[str, Tensor]],
    *,
    loss_name: AttentionLossName,
    batch: int,
    tell: Callable[[int], None] = lambda done: None,
) -> Answers:
    """Classify images, in evaluation mode.

    Parameters
    ----------
    network : GazeNetwork
    images : Dataset
        Items with ``image`` (3, size, size) uint8.
    loss_name : str
        Decides which CAM is meant (see `class_activation_map`).
    batch : int
    tell : callable
        Called with the number of images done; may raise to stop.
    """
    device = best_device()
    network = network.to(device).eval()
    loader: Any = DataLoader(images, batch_size=batch)
    logits, cams, done = [], [], 0
    with torch.inference_mode():
        for each in loader:
            output = network(each["image"].to(device).float() / 255)
            predicted = output.logits.argmax(1)
            cam = class_activation_map(output.features, network.classifier.weight, predicted, loss_name)
            logits.append(output.logits.cpu().double().numpy())
            cams.append(cam.cpu().double().numpy())
            done += len(predicted)
            tell(done)
    network.cpu()
    return Answers(np.concatenate(logits), np.concatenate(cams))


def cam_at(cam: NDArray[np.float64], shape: tuple[int, int], kind: str = "default") -> NDArray[np.float64]:
    """Enlarge a CAM smoothly to (height, width), ≥ 0.

    Parameters
    ----------
    cam : ndarray, shape (h, w)
    shape : tuple of int
    kind : str
        ``reference``: corners on corners, as that loss compares it with gaze; any other: each cell
        covers its share of the picture. Near the border they differ by half a cell.
    """
    if kind == "reference":
        cells = torch.from_numpy(cam)[None, None]
        large = functional.interpolate(cells, size=shape, mode="bicubic", align_corners=True)
        return np.asarray(large[0, 0].numpy().clip(0), np.float64)
    return np.asarray(cv2.resize(cam, shape[::-1], interpolation=cv2.INTER_CUBIC)).clip(0)
