"""Attention losses: how far the network's class activation map (CAM) lies from where readers looked.

Each takes the feature maps f (n, K, h, w), the classifier's weights w (C, K), logits, labels and
gaze maps, and returns one number an image. `attention_loss` averages them over the images that
have gaze, so that a batch without any contributes 0.

The default is `area`, which asks only that the attention lies *somewhere inside* the gazed area.
On generated data whose label is also told by a shortcut that lies in the test images
(``benchmarks/spurious_cue.py --size 64 --epochs 20``, three seeds, mean test accuracy):

=========  ==========  ================================================
loss       clean gaze  gaze that wanders, half of it off the true cue
=========  ==========  ================================================
none       .42         .43
area       1.00        1.00
mse        .92         .89
kl         .88         .76
reference  .84         .76
=========  ==========  ================================================

`kl` must cover every fixation and so is misled by readers who look around.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gazemodel.config import AttentionLossName

_TINY = 1e-6


@dataclass(frozen=True)
class View:
    """What an attention loss may look at, in float32.

    Attributes
    ----------
    features : Tensor, shape (n, K, h, w)
    weight : Tensor, shape (C, K)
        Of the linear classifier.
    logits : Tensor, shape (n, C)
    label : Tensor, shape (n,)
        True class indices.
    gaze : Tensor, shape (n, 1, H, W)
        Gaze maps, ≥ 0, at the size of the network's input.
    gaze_logits : Tensor or None, shape (n, 1, h, w)
        The gaze map that a `head` predicts.
    """

    features: Tensor
    weight: Tensor
    logits: Tensor
    label: Tensor
    gaze: Tensor
    gaze_logits: Tensor | None = None


def class_scores(features: Tensor, weight: Tensor, classes: Tensor) -> Tensor:
    """Evidence of one class in every cell: Σ_k w_ck f_k, shape (n, h, w); its mean is logit − bias."""
    return torch.einsum("nkhw,nk->nhw", features, weight[classes])


def class_activation_map(features: Tensor, weight: Tensor, classes: Tensor, kind: str = "default") -> Tensor:
    """CAM of one class an image, ≥ 0.

    Parameters
    ----------
    features : Tensor, shape (n, K, h, w)
    weight : Tensor, shape (C, K)
    classes : Tensor, shape (n,)
    kind : str
        ``reference``: Σ_k relu(w_ck) relu(f_k) with w detached, as in the published study;
        any other: relu(Σ_k w_ck f_k), differentiable in both.

    Returns
    -------
    Tensor, shape (n, h, w)
    """
    if kind == "reference":
        return class_scores(features.relu(), weight.detach().relu(), classes)
    return class_scores(features, weight, classes).relu()


def attention_loss(name: AttentionLossName, view: View, has_gaze: Tensor) -> Tensor:
    """Mean attention loss over the images that have gaze; exactly 0 where none has.

    Parameters
    ----------
    name : str
        A key of `LOSSES`.
    view : View
    has_gaze : Tensor of bool, shape (n,)
        An image whose map is empty (its gaze was turned out of the picture) counts as without.
    """
    usable = has_gaze & (view.gaze.amax(dim=(1, 2, 3)) > 0)
    each = LOSSES[name](view)
    return torch.where(usable, each, torch.zeros_like(each)).sum() / usable.sum().clamp(min=1)


def mse(view: View) -> Tensor:
    """Mean squared difference of CAM and gaze, both divided by their maximum."""
    cam, gaze = _true_class_cam(view), _gaze_on_cells(view)
    return (_over_maximum(cam) - _over_maximum(gaze)).square().mean(dim=(1, 2))


def kl(view: View) -> Tensor:
    """Kullback–Leibler divergence of the gaze distribution from the CAM's."""
    cam, gaze = _distribution(_true_class_cam(view)), _distribution(_gaze_on_cells(view))
    return (gaze * (gaze.log() - cam.log())).sum(dim=(1, 2))


def cc(view: View) -> Tensor:
    """1 − Pearson's correlation of CAM and gaze."""
    cam, gaze = (
        _distribution(_true_class_cam(view)).flatten(1),
        _distribution(_gaze_on_cells(view)).flatten(1),
    )
    cam, gaze = cam - cam.mean(1, keepdim=True), gaze - gaze.mean(1, keepdim=True)
    return (
        1
        - (cam * gaze).sum(1) / ((cam.square().sum(1) + _TINY**2) * (gaze.square().sum(1) + _TINY**2)).sqrt()
    )


def area(view: View) -> Tensor:
    """−log of the share of the true class's attention that lies inside the gazed area.

    The attention is softmax over the cells of Σ_k w_ck f_k (a relu would leave a class without
    evidence without gradient); the area is a soft threshold of the gaze map at 0.4 of its maximum,
    so that it does not matter how long, only that, a reader looked somewhere.
    """
    scores = class_scores(view.features, view.weight, view.label).flatten(1)
    inside = torch.sigmoid(10 * (_over_maximum(_gaze_on_cells(view)) - 0.4)).flatten(1)
    # log Σ softmax(s)·a, with the logarithm inside so that nothing can underflow.
    return torch.logsumexp(scores, 1) - torch.logsumexp(scores + inside.clamp(min=_TINY).log(), 1)


def head(view: View) -> Tensor:
    """Divergence of the gaze from the map that a small decoder predicts; the CAM is left alone."""
    if view.gaze_logits is None:
        raise ValueError("this loss needs a network with a gaze head")
    gaze = _distribution(_gaze_on_cells(view)).flatten(1)
    predicted = functional.log_softmax(view.gaze_logits.flatten(1), dim=1)
    return (gaze * (gaze.log() - predicted)).sum(1)


def reference(view: View) -> Tensor:
    """Compare as the published study did (Guo et al. 2025, doi 10.7717/peerj-cs.2780), to the letter.

    CAM of the *predicted* class from relu'd features and relu'd, detached weights; bicubic to the
    size of the gaze map with corners aligned; min–max per image; sigmoid(100 · (cam − 0.4)); mean
    squared difference from the gaze map.
    """
    cam = class_activation_map(view.features, view.weight, view.logits.argmax(1), "reference")
    size = view.gaze.shape[-2:]
    cam = functional.interpolate(cam[:, None], size=size, mode="bicubic", align_corners=True)
    low, high = cam.amin(dim=(2, 3), keepdim=True), cam.amax(dim=(2, 3), keepdim=True)
    span = torch.where(high == low, torch.full_like(high, 1e-5), high - low)
    soft = torch.sigmoid(100 * ((cam - low) / span - 0.4))
    return (soft - view.gaze).square().mean(dim=(1, 2, 3))


LOSSES: dict[AttentionLossName, Callable[[View], Tensor]] = {
    "mse": mse,
    "kl": kl,
    "cc": cc,
    "area": area,
    "head": head,
    "reference": reference,
}


def _true_class_cam(view: View) -> Tensor:
    return class_activation_map(view.features, view.weight, view.label)


def _gaze_on_cells(view: View) -> Tensor:
    """Mean gaze in every cell of the feature maps, shape (n, h, w)."""
    return functional.adaptive_avg_pool2d(view.gaze, (view.features.shape[-2], view.features.shape[-1]))[:, 0]


def _over_maximum(maps: Tensor) -> Tensor:
    return maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=_TINY)


def _distribution(maps: Tensor) -> Tensor:
    maps = maps + _TINY * maps.amax(dim=(1, 2), keepdim=True) + _TINY**2
    return maps / maps.sum(dim=(1, 2), keepdim=True)
