"""Random changes of a batch: geometry on image and gaze map alike, colour on the image only."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from gazemodel.config import Augmentation


def augment(
    images: Tensor, gaze: Tensor | None, settings: Augmentation, generator: torch.Generator
) -> tuple[Tensor, Tensor | None]:
    """Change every image of a batch at random.

    Parameters
    ----------
    images : Tensor, shape (n, 3, s, s)
        RGB, 0..1.
    gaze : Tensor or None, shape (n, 1, s, s)
        Gets the same geometry as its image.
    settings : Augmentation
    generator : torch.Generator
        On the CPU; as many numbers are drawn whatever the settings, with gaze or without, so that
        arms of a comparison see the same pictures.

    Returns
    -------
    images, gaze
        New tensors; what comes from outside the picture is black, and without gaze.
    """
    affine, colour = _draw(len(images), settings, generator)
    grid = functional.affine_grid(affine.to(images), list(images.shape), align_corners=False)
    images = functional.grid_sample(images, grid, align_corners=False)
    if gaze is not None:
        gaze = functional.grid_sample(gaze, grid, align_corners=False)
    return _recolour(images, colour.to(images)), gaze


def _draw(count: int, settings: Augmentation, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Affine matrices (n, 2, 3) from output to input coordinates, and colour factors (n, 3)."""
    happens = torch.rand(count, 3, generator=generator)
    spread = torch.rand(count, 7, generator=generator) * 2 - 1
    flip_x = 1 - 2 * (happens[:, 0] < settings.horizontal_flip).float()
    flip_y = 1 - 2 * (happens[:, 1] < settings.vertical_flip).float()
    angle = (happens[:, 2] < settings.rotation) * spread[:, 0] * math.radians(settings.rotation_deg)
    zoom = 1 / (1 + spread[:, 1] * settings.scale)
    cos, sin = angle.cos() * zoom, angle.sin() * zoom
    shift = spread[:, 2:4] * settings.shift * 2  # affine_grid's coordinates span -1..1
    affine = torch.stack(
        [
            torch.stack([cos * flip_x, -sin * flip_y, shift[:, 0]], dim=1),
            torch.stack([sin * flip_x, cos * flip_y, shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    ranges = torch.tensor([settings.brightness, settings.contrast, settings.saturation])
    return affine, 1 + spread[:, 4:7] * ranges


def _recolour(images: Tensor, factors: Tensor) -> Tensor:
    brightness, contrast, saturation = factors.T[:, :, None, None, None].unbind()
    images = images * brightness
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    images = (images - mean) * contrast + mean
    grey = images.mean(dim=1, keepdim=True)
    return ((images - grey) * saturation + grey).clamp(0, 1)
