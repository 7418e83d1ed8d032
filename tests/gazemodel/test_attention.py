from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gazemodel.attention import LOSSES, View, attention_loss, class_activation_map, class_scores

NAMES = sorted(LOSSES)


def make_view(*, count: int = 3, seed: int = 0, dtype: torch.dtype = torch.float64) -> View:
    """Random maps; gaze is one spot an image, in another cell each."""
    random = torch.Generator().manual_seed(seed)
    features = torch.randn(count, 8, 6, 6, generator=random, dtype=dtype).requires_grad_()
    weight = torch.randn(3, 8, generator=random, dtype=dtype).requires_grad_()
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(24.0), indexing="ij")
    gaze = torch.stack([torch.exp(-((x - 6 - 5 * i) ** 2 + (y - 16) ** 2) / 18) for i in range(count)])
    return View(
        features=features,
        weight=weight,
        logits=class_logits(features, weight),
        label=torch.arange(count) % 3,
        gaze=gaze[:, None].to(dtype),
        gaze_logits=torch.randn(count, 1, 6, 6, generator=random, dtype=dtype).requires_grad_(),
    )


def class_logits(features: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return features.mean((2, 3)) @ weight.T


def test_the_mean_of_the_class_scores_is_the_logit() -> None:
    view = make_view()
    scores = class_scores(view.features, view.weight, view.label).mean((1, 2))
    expected = view.logits[torch.arange(3), view.label]
    torch.testing.assert_close(scores, expected)


def test_the_map_is_differentiable_in_features_and_weights() -> None:
    view = make_view()
    class_activation_map(view.features, view.weight, view.label).sum().backward()
    assert view.features.grad.abs().sum() > 0
    assert view.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("name", NAMES)
def test_its_gradient_moves_the_map_towards_the_gaze(name: str) -> None:
    view = make_view(seed=4)
    inside = torch.nn.functional.adaptive_avg_pool2d(view.gaze, 6)[:, 0]
    inside = inside > 0.3 * inside.amax((1, 2), keepdim=True)

    def share() -> float:
        if name == "head":
            maps = view.gaze_logits.detach().flatten(1).softmax(1).view(-1, 6, 6)
        else:
            classes = view.logits.argmax(1) if name == "reference" else view.label
            maps = class_activation_map(view.features.detach(), view.weight.detach(), classes, name)
        return float(((maps * inside).sum((1, 2)) / maps.sum((1, 2))).mean())

    before = share()
    optimiser = torch.optim.Adam(
        [view.features, view.gaze_logits], lr=0.05
    )  # step size free of the loss's scale
    for _ in range(60):
        optimiser.zero_grad()
        attention_loss(name, view, torch.ones(3, dtype=torch.bool)).backward(retain_graph=True)
        optimiser.step()
    assert share() > 2 * before


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_without_gaze_contributes_zero(name: str) -> None:
    view = make_view()
    view = View(
        view.features, view.weight, view.logits, view.label, torch.zeros_like(view.gaze), view.gaze_logits
    )
    loss = attention_loss(name, view, torch.zeros(3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert view.features.grad is None or not view.features.grad.any()


@pytest.mark.parametrize("name", NAMES)
def test_only_images_with_gaze_count(name: str) -> None:
    view = make_view()
    one = slice(1, 2)
    alone = View(
        view.features[one],
        view.weight,
        view.logits[one],
        view.label[one],
        view.gaze[one],
        view.gaze_logits[one],
    )
    expected = attention_loss(name, alone, torch.tensor([True]))
    found = attention_loss(name, view, torch.tensor([False, True, False]))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", NAMES)
def test_features_of_zero_or_of_a_saturated_network_give_finite_numbers(name: str) -> None:
    for scale in (0.0, 1e4):
        view = make_view(dtype=torch.float32)
        features = (view.features.detach() * scale).requires_grad_()
        view = View(
            features,
            view.weight,
            class_logits(features, view.weight),
            view.label,
            view.gaze,
            view.gaze_logits,
        )
        loss = attention_loss(name, view, torch.ones(3, dtype=torch.bool))
        loss.backward()
        assert torch.isfinite(loss)
        assert torch.isfinite(features.grad if features.grad is not None else torch.zeros(1)).all()


def test_area_is_indifferent_to_where_in_the_gazed_area_the_network_looks() -> None:
    gaze = torch.zeros(1, 1, 6, 6)
    gaze[0, 0, 2:4, 2:4] = 1
    losses = []
    for row, column in ((2, 2), (3, 3), (0, 0)):
        features = torch.zeros(1, 1, 6, 6)
        features[0, 0, row, column] = 12
        view = View(features, torch.ones(2, 1), torch.zeros(1, 2), torch.tensor([0]), gaze)
        losses.append(attention_loss("area", view, torch.tensor([True])).item())
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)
    assert losses[0] < 0.01
    assert losses[2] > 3


def test_the_reference_loss_is_that_of_the_publication_to_the_letter() -> None:
    view = make_view(seed=7)
    found = attention_loss("reference", view, torch.ones(3, dtype=torch.bool)).item()
    features, weight = view.features.detach().numpy(), view.weight.detach().numpy()
    predicted = view.logits.detach().numpy().argmax(1)
    each = []
    for index in range(3):
        cam = np.zeros((6, 6))
        for channel in range(8):
            cam += max(weight[predicted[index], channel], 0) * np.maximum(features[index, channel], 0)
        cam = bicubic(cam, 24)
        span = cam.max() - cam.min()
        cam = (cam - cam.min()) / (span if span else 1e-5)
        soft = 1 / (1 + np.exp(-100 * (cam - 0.4)))
        each.append(np.mean((soft - view.gaze[index, 0].numpy()) ** 2))
    assert found == pytest.approx(np.mean(each), abs=1e-6)


def test_the_reference_loss_does_not_reach_the_classifier() -> None:
    view = make_view(seed=7)
    detached = View(view.features, view.weight, view.logits.detach(), view.label, view.gaze)
    attention_loss("reference", detached, torch.ones(3, dtype=torch.bool)).backward()
    assert view.features.grad.abs().sum() > 0
    assert view.weight.grad is None


def bicubic(values: np.ndarray, size: int) -> np.ndarray:
    """Cubic convolution with a = -0.75, corners aligned, borders repeated; one pixel at a time."""

    def kernel(t: float) -> float:
        a, t = -0.75, abs(t)
        if t <= 1:
            return (a + 2) * t**3 - (a + 3) * t**2 + 1
        return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0

    old = len(values)
    out = np.zeros((size, size))
    for row in range(size):
        for column in range(size):
            y, x = row * (old - 1) / (size - 1), column * (old - 1) / (size - 1)
            for dy in range(-1, 3):
                for dx in range(-1, 3):
                    at_y, at_x = math.floor(y) + dy, math.floor(x) + dx
                    value = values[min(max(at_y, 0), old - 1), min(max(at_x, 0), old - 1)]
                    out[row, column] += value * kernel(y - at_y) * kernel(x - at_x)
    return out
