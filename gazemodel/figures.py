"""Pictures of reports on trainings and comparisons, as PNG in base64: a page needs no other file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.pictures import COLOURS, LINE, MUTED, TEXT, new_figure, plain, png
from gazemodel.history import Row


def learning_curves(rows: Sequence[Row]) -> str:
    """Losses, attention and accuracy over the epochs; `rows` of history.csv."""
    history = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    panels = [("loss", "Cross-entropy"), ("attention", "Attention loss"), ("accuracy", "Accuracy")]
    panels = [each for each in panels if np.isfinite(history[f"val_{each[0]}"]).any()]
    figure, axes = new_figure(len(panels), width=3.6 * len(panels), height=2.7)
    epoch, best = history["epoch"], np.flatnonzero(history["best"])
    for axis, (name, title) in zip(axes, panels, strict=True):
        axis.plot(epoch, history[f"train_{name}"], color=MUTED, linewidth=1.4, label="training")
        axis.plot(epoch, history[f"val_{name}"], color=COLOURS[0], linewidth=2, label="validation")
        if len(best):
            axis.axvline(epoch[best[-1]], color=COLOURS[1], linewidth=1, linestyle=":", label="best epoch")
        axis.set(title=title, xlabel="Epoch")
        if name == "accuracy":
            axis.set_ylim(-0.02, 1.02)
    axes[0].legend(frameon=False, fontsize=8)
    return png(figure)


def confusion_matrix(matrix: NDArray[np.int64], classes: tuple[str, ...]) -> str:
    """Draw true against predicted class, counts and shares of the true class."""
    figure, (axis,) = new_figure(1, width=1.9 + 0.8 * len(classes), height=1.5 + 0.7 * len(classes))
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    axis.imshow(shares, cmap="GnBu", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if shares[row, column] > 0.6 else TEXT
        text = f"{count}\n{shares[row, column]:.0%}"
        axis.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    axis.set_xticks(range(len(classes)), [plain(each) for each in classes])
    axis.set_yticks(range(len(classes)), [plain(each) for each in classes])
    axis.set(xlabel="Predicted", ylabel="True")
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    return png(figure)


def roc_curves(
    target: NDArray[np.int64], probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> str:
    """Each class against the rest."""
    from sklearn.metrics import roc_curve

    figure, (axis,) = new_figure(1, width=3.9, height=3.7)
    axis.plot([0, 1], [0, 1], color=LINE, linewidth=1)
    for index, name in enumerate(classes):
        if 0 < (target == index).sum() < len(target):
            false, true, _ = roc_curve(target == index, probabilities[:, index])
            axis.plot(false, true, color=COLOURS[index % len(COLOURS)], linewidth=2, label=plain(name))
    axis.set(xlabel="1 − specificity", ylabel="Sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axis.set_aspect("equal")
    if axis.get_legend_handles_labels()[1]:
        axis.legend(frameon=False, fontsize=8, loc="lower right")
    return png(figure)


def reliability(correct: NDArray[np.bool_], confidence: NDArray[np.float64], bins: int = 10) -> str:
    """Accuracy against confidence; the fuller a bar's colour, the more images."""
    figure, (axis,) = new_figure(1, width=3.9, height=3.7)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    axis.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--")
    for index in range(bins):
        inside = place == index
        if inside.any():
            share = 0.35 + 0.65 * inside.mean()
            axis.bar(
                edges[index], correct[inside].mean(), 1 / bins, align="edge", color=COLOURS[0], alpha=share
            )
    axis.set(xlabel="Confidence", ylabel="Accuracy", xlim=(0, 1), ylim=(0, 1.02))
    axis.set_aspect("equal")
    return png(figure)


def forest(found: dict[str, dict[str, Any]]) -> str:
    """Draw each arm's difference in accuracy with its interval; `found` is arm → ``mean``, ``ci95``."""
    figure, (axis,) = new_figure(1, width=6.2, height=0.9 + 0.36 * len(found))
    axis.axvline(0, color=MUTED, linewidth=1)
    for place, each in enumerate(found.values()):
        low, high = (100 * end if end is not None else np.nan for end in each["ci95"])
        axis.plot([low, high], [place, place], color=COLOURS[0], linewidth=2)
        axis.plot(100 * each["mean"], place, "o", color=COLOURS[0], markersize=6)
    axis.set_yticks(range(len(found)), [plain(each) for each in found])
    axis.set_ylim(len(found) - 0.5, -0.5)
    axis.set(xlabel="Accuracy against the baseline (points)")
    return png(figure)


def share_curves(curves: dict[str, list[tuple[float, float, list[float | None]]]]) -> str:
    """Draw accuracy over the share of images with gaze; each point is share, accuracy, interval."""
    figure, (axis,) = new_figure(1, width=5.6, height=3.4)
    for index, (arm, points) in enumerate(curves.items()):
        share, accuracy, ends = zip(*points, strict=True)
        low, high = ([np.nan if end[side] is None else end[side] for end in ends] for side in (0, 1))
        colour = COLOURS[index % len(COLOURS)]
        percent = 100 * np.array(share)
        axis.plot(percent, accuracy, "o-", color=colour, linewidth=2, label=plain(arm))
        axis.fill_between(percent, low, high, color=colour, alpha=0.12, linewidth=0)
    axis.set(xlabel="Images with gaze (% of those that have it)", ylabel="Accuracy", xlim=(-2, 102))
    axis.legend(frameon=False, fontsize=8, loc="lower right")
    return png(figure)


def search_progress(accuracy: list[float | None], ends: list[str]) -> str:
    """Draw each trial's validation accuracy in order, and the highest until then."""
    figure, (axis,) = new_figure(1, width=6.2, height=2.9)
    values = np.array([np.nan if each is None else each for each in accuracy])
    trial = np.arange(1, len(values) + 1)
    best = np.maximum.accumulate(np.where(np.isnan(values), -np.inf, values))
    axis.step(trial, np.where(np.isinf(best), np.nan, best), where="post", color=COLOURS[0], linewidth=1.4)
    complete = np.array([each == "complete" for each in ends])
    axis.plot(
        trial[complete], values[complete], "o", color=COLOURS[0], markersize=5, label="trained to its end"
    )
    axis.plot(trial[~complete], values[~complete], "x", color=MUTED, markersize=5, label="given up")
    axis.set(xlabel="Trial", ylabel="Validation accuracy", xlim=(0.5, len(values) + 0.5))
    axis.locator_params(axis="x", integer=True)
    axis.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return png(figure)


def searched_options(
    values: dict[str, list[Any]], accuracy: list[float | None], logarithmic: set[str]
) -> list[str]:
    """Draw validation accuracy over each searched option, four to a picture; `values`: one a trial."""
    pictures, names = [], list(values)
    height = np.array([np.nan if each is None else each for each in accuracy])
    for first in range(0, len(names), 4):
        shown = names[first : first + 4]
        figure, axes = new_figure(len(shown), width=2.7 * len(shown), height=2.5)
        for axis, name in zip(axes, shown, strict=True):
            own = values[name]
            words = any(isinstance(each, (str, bool)) for each in own)
            along = [plain(str(each)) for each in own] if words else own
            axis.plot(along, height, "o", color=COLOURS[0], markersize=4, alpha=0.7)
            axis.set(title=plain(name), ylabel="Accuracy" if name == shown[0] else "")
            if name in logarithmic:
                axis.set_xscale("log")
        pictures.append(png(figure))
    return pictures
