"""Figures of the report on a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.pictures import COLOURS, LINE, MUTED, TEXT, new_figure, plain, png
from gazeannotator.dataset.schema import SPLITS

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_PART_COLOURS = ((COLOURS[0], "white"), ("#5FB3AB", TEXT), ("#BFE1DE", TEXT))
_USED, _NOT_USED = COLOURS[0], "#C3CCD6"
_BINS = 24


def images_by_class(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Draw images of each class by part; `counts` has shape (classes, parts)."""
    figure, (axis,) = new_figure(1, width=4.6, height=0.9 + 0.42 * len(classes))
    left = np.zeros(len(classes))
    for part, name in enumerate(SPLITS):
        (colour, text_colour), places = _PART_COLOURS[part], range(len(classes))
        bars = axis.barh(places, counts[:, part], left=left, color=colour, label=name, height=0.62)
        texts = [str(each) if each > 0.06 * counts.sum(axis=1).max() else "" for each in counts[:, part]]
        axis.bar_label(bars, texts, label_type="center", color=text_colour, fontsize=8)
        left += counts[:, part]
    axis.set_yticks(range(len(classes)), [plain(each) for each in classes])
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.set(xlabel="Images")
    _whole_numbers(axis.xaxis)
    axis.legend(frameon=False, fontsize=8, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
    return png(figure)


def images_per_patient(counts: NDArray[np.int64]) -> str:
    """Draw how many patients have how many images."""
    figure, (axis,) = new_figure(1, width=3.4, height=2.2)
    highest = int(counts.max())
    if highest <= 30:
        values, patients = np.unique(counts, return_counts=True)
        axis.bar(values, patients, color=_USED, width=0.8)
        axis.set_xticks(range(1, highest + 1, max(1, highest // 8)))
    else:
        axis.hist(counts, bins=_BINS, color=_USED)
    _whole_numbers(axis.yaxis)
    axis.grid(visible=False, axis="x")
    axis.set(xlabel="Images of one patient", ylabel="Patients")
    return png(figure)


def distributions(
    panels: Sequence[tuple[str, NDArray[np.float64], NDArray[np.bool_]]],
) -> str:
    """Draw histograms of measures of readings, those not used in grey.

    Parameters
    ----------
    panels : sequence of (caption, values, used)
        NaN is left out.
    """
    figure, axes = new_figure(len(panels), width=3.0 * len(panels), height=2.3)
    for axis, (caption, values, used) in zip(axes, panels, strict=True):
        known = np.isfinite(values)
        if known.any():
            edges = _edges(values[known])
            parts = [values[known & used], values[known & ~used]]
            axis.hist(
                parts, bins=list(edges), stacked=True, color=[_USED, _NOT_USED], label=["used", "not used"]
            )
        else:
            axis.text(0.5, 0.5, "not known", ha="center", va="center", color=MUTED, transform=axis.transAxes)
        _whole_numbers(axis.yaxis)
        axis.grid(visible=False, axis="x")
        axis.set(xlabel=caption)
    axes[0].set(ylabel="Readings")
    if axes[0].get_legend_handles_labels()[1]:
        axes[0].legend(frameon=False, fontsize=8)
    return png(figure)


def fixation_durations(durations_ms: NDArray[np.float64]) -> str:
    """Draw how long fixations last; the longest two per cent share the last bin."""
    figure, (axis,) = new_figure(1, width=3.6, height=2.3)
    end = max(float(np.percentile(durations_ms, 98)), 1.0)
    axis.hist(np.minimum(durations_ms, end), bins=30, color=_USED)
    median = float(np.median(durations_ms))
    axis.axvline(median, color=COLOURS[1], linewidth=1.2, label=f"median {median:.0f} ms")
    axis.legend(frameon=False, fontsize=8)
    _whole_numbers(axis.yaxis)
    axis.grid(visible=False, axis="x")
    axis.set(xlabel="Duration of fixations, ms", ylabel="Fixations")
    return png(figure)


def answers_by_reader(counts: Mapping[str, NDArray[np.int64]], classes: Sequence[str]) -> str:
    """Draw how often each reader gave each answer; the last count is of those who could not assess."""
    figure, (axis,) = new_figure(1, width=4.6, height=0.9 + 0.42 * len(counts))
    names = [*classes, "cannot be assessed"]
    left = np.zeros(len(counts))
    for index, name in enumerate(names):
        share = np.array([each[index] / max(each.sum(), 1) for each in counts.values()])
        colour = _NOT_USED if index == len(classes) else COLOURS[index % len(COLOURS)]
        axis.barh(range(len(counts)), 100 * share, left=left, color=colour, label=plain(name), height=0.62)
        left += 100 * share
    axis.set_yticks(range(len(counts)), [plain(each) for each in counts])
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.set(xlabel="Answers, %", xlim=(0, 100))
    axis.legend(frameon=False, fontsize=8, ncols=min(len(names), 4), loc="lower left", bbox_to_anchor=(0, 1))
    return png(figure)


def kappas(matrix: NDArray[np.float64], readers: Sequence[str]) -> str:
    """Draw Cohen's kappa of each pair of readers; NaN where it is not known."""
    side = 1.4 + 0.55 * len(readers)
    figure, (axis,) = new_figure(1, width=side + 0.6, height=side)
    axis.imshow(np.where(np.isfinite(matrix), matrix, np.nan), cmap="GnBu", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(matrix):
        if np.isfinite(value):
            colour = "white" if value > 0.6 else TEXT
            axis.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=9)
    axis.set_xticks(range(len(readers)), [plain(each) for each in readers], rotation=30, ha="right")
    axis.set_yticks(range(len(readers)), [plain(each) for each in readers])
    axis.grid(visible=False)
    axis.spines[:].set_color(LINE)
    return png(figure)


def _whole_numbers(axis: Axis) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide from 0 to the highest value; small whole numbers get a bin each."""
    highest = float(values.max())
    if (values == values.round()).all() and highest <= 2 * _BINS:
        return np.arange(-0.5, highest + 1)
    return np.linspace(0, highest * 1.05 or 1.0, _BINS + 1)
