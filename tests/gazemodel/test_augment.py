from __future__ import annotations

import pytest
import torch

from gazemodel.augment import _draw, augment
from gazemodel.config import RECIPES, Augmentation

EVERYTHING = RECIPES["default"].augment


def spots(count: int = 6, size: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    """Images that are black but for one bright spot each, and gaze on that spot."""
    y, x = torch.meshgrid(torch.arange(float(size)), torch.arange(float(size)), indexing="ij")
    spot = torch.stack([torch.exp(-((x - 9 - i) ** 2 + (y - 20 + i) ** 2) / 8) for i in range(count)])[
        :, None
    ]
    return spot.expand(-1, 3, -1, -1).clone(), spot


def generator(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_gaze_stays_on_what_was_looked_at() -> None:
    images, gaze = spots()
    geometry = EVERYTHING.model_copy(update={"brightness": 0, "contrast": 0, "saturation": 0})
    new_images, new_gaze = augment(images, gaze, geometry, generator())
    torch.testing.assert_close(new_images.mean(1, keepdim=True), new_gaze)
    assert (new_images - images).abs().amax((1, 2, 3)).min() > 0.1, "every image was to move"


def test_colour_is_that_of_the_image_only() -> None:
    images, gaze = spots()
    new_images, new_gaze = augment(images, gaze, Augmentation(brightness=0.5, contrast=0.3), generator())
    torch.testing.assert_close(new_gaze, gaze, atol=1e-5, rtol=0)
    assert (new_images - images).abs().amax() > 0.05
    assert 0 <= new_images.min()
    assert new_images.max() <= 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Augmentation(horizontal_flip=1), lambda maps: maps.flip(3)),
        (Augmentation(vertical_flip=1), lambda maps: maps.flip(2)),
        (Augmentation(), lambda maps: maps),
    ],
    ids=["horizontal", "vertical", "nothing"],
)
def test_flips_are_exact(settings: Augmentation, expected: object) -> None:
    images, gaze = spots()
    new_images, new_gaze = augment(images, gaze, settings, generator())
    torch.testing.assert_close(new_images, expected(images), atol=1e-5, rtol=0)
    torch.testing.assert_close(new_gaze, expected(gaze), atol=1e-5, rtol=0)


def test_a_rotation_keeps_the_distance_from_the_centre() -> None:
    _, gaze = spots()
    _, turned = augment(gaze.expand(-1, 3, -1, -1), gaze, Augmentation(rotation=1), generator())
    distance = torch.hypot(*torch.meshgrid(*[torch.arange(32.0) - 15.5] * 2, indexing="ij"))
    before = (gaze * distance).sum((1, 2, 3)) / gaze.sum((1, 2, 3))
    after = (turned * distance).sum((1, 2, 3)) / turned.sum((1, 2, 3))
    torch.testing.assert_close(before, after, atol=0.1, rtol=0)


def test_the_same_seed_gives_the_same_pictures_with_and_without_gaze() -> None:
    images, gaze = spots()
    with_gaze, _ = augment(images, gaze, EVERYTHING, generator())
    without, nothing = augment(images, None, EVERYTHING, generator())
    assert torch.equal(with_gaze, without)
    assert nothing is None
    other, _ = augment(images, gaze, EVERYTHING, generator(4))
    assert not torch.equal(with_gaze, other)


def test_shift_and_scale_reach_what_they_name() -> None:
    """Shares of the image, not of the coordinates -1 to 1 in which it is turned."""
    affine, _ = _draw(4000, Augmentation(shift=0.2, scale=0.5), torch.Generator().manual_seed(0))
    assert affine[:, :, 2].abs().max() / 2 == pytest.approx(0.2, abs=0.001)
    zoom = 1 / affine[:, 0, 0]
    assert [float(zoom.min()), float(zoom.max())] == pytest.approx([0.5, 1.5], abs=0.01)
