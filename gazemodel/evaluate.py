"""Judges a trained network on one split of a data set: predictions.csv and metrics.json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset import schema
from gazeannotator.errors import BadInput
from gazeannotator.gaze.agreement import MEASURES, agreement
from gazemodel.arrangement import arranged_facts
from gazemodel.config import TrainConfig
from gazemodel.data import DataFacts, ImageSet, SplitName, read_facts, read_heatmap
from gazemodel.inference import Answers, ask, cam_at
from gazemodel.metrics import (
    Predictions,
    fit_temperature,
    mean_interval,
    mean_of_known,
    patient_weights,
    summarise,
)
from gazemodel.network import GazeNetwork
from gazemodel.operating import operating_points
from gazemodel.paired import differences
from gazemodel.run import Run, load_network, save_network, write_text
from gazemodel.shifts import SHIFTS, Pixels, Shifted

Tell = Callable[[int, int, str], None]
"""Called with (done, total, what); raises to stop."""


@dataclass(frozen=True)
class Evaluation:
    """Results of one split; n images.

    Attributes
    ----------
    facts : DataFacts
    rows : ndarray of int, shape (n,)
        Rows of the data set.
    predictions : Predictions
    cams : ndarray, shape (n, h, w)
    metrics : dict
        As in metrics.json.
    """

    facts: DataFacts
    rows: NDArray[np.int64]
    predictions: Predictions
    cams: NDArray[np.float64]
    metrics: dict[str, Any]


def calibrate(run: Run, facts: DataFacts) -> None:
    """Fit the temperature on the validation images and keep it with the weights.

    Raises
    ------
    BadInput
        Where the data set was replaced since `facts` were read, as by a build during the training.
    """
    if arranged_facts(facts.path, run.config.target, run.arrangement).fingerprint != facts.fingerprint:
        raise BadInput(
            f"{facts.path} was replaced during the training: its test images may be others now.",
            "The weights are kept. Put the data set back and train on with --resume.",
        )
    network = load_network(run)
    rows = facts.rows("validation")
    answers = _answers(run, network, facts, rows, lambda *_: None)
    network.temperature.fill_(fit_temperature(answers.logits, facts.target[rows]))
    save_network(network, run.weights)


def evaluate(
    run: Run, split: SplitName = "test", data: Path | None = None, tell: Tell = lambda *_: None
) -> Evaluation:
    """Judge a run's best weights, and write predictions.csv and metrics.json into its folder.

    Parameters
    ----------
    run : Run
    split : {"test", "validation", "train"}
    data : Path, optional
        Another data set with the same classes; the run's own otherwise.
    tell : callable
        Told how many images are done.

    Raises
    ------
    BadInput
        Where the data set does not fit the run or the split is empty.
    """
    if data is None:
        facts = arranged_facts(Path(run.data["path"]), run.config.target, run.arrangement)
    else:
        facts = read_facts(data, run.config.target)
    if data is None and facts.fingerprint != run.data["fingerprint"]:
        raise BadInput(
            f"{facts.path} has changed since the run was trained on it: its test images may be others now.",
            "Give the data set to judge on with --data.",
        )
    if facts.classes != run.classes:
        raise BadInput(
            f"{facts.path} has the classes {', '.join(facts.classes)}, the run {', '.join(run.classes)}.",
            "Give a data set with the run's classes.",
        )
    rows = facts.rows(split)
    if not len(rows):
        raise BadInput(f"{facts.path} has no {split} images with a known class.", "Choose another --split.")
    network = load_network(run)
    answers = _answers(run, network, facts, rows, tell)
    temperature = float(network.temperature)
    predictions = Predictions(facts.target[rows], answers.probabilities(temperature), facts.patient[rows])
    attention = _attention(facts, rows, answers, run.config)
    metrics = _metrics(run, facts, split, predictions, answers, attention, temperature)
    _write_predictions(run, facts, split, rows, predictions, attention)
    _write_metrics(run, metrics)
    return Evaluation(facts, rows, predictions, answers.cams, metrics)


def split_to_judge(facts: DataFacts) -> SplitName:
    """Test images where there are any, else the validation images."""
    return "test" if len(facts.rows("test")) else "validation"


def robustness(run: Run, found: Evaluation, tell: Tell = lambda *_: None) -> list[dict[str, Any]]:
    """Judge the same images once more under each of `SHIFTS`, and add that to metrics.json.

    Returns
    -------
    list of dict
        ``shift``, ``accuracy``, its ``ci95``, and ``difference`` to the images as they are with its ``ci95``.
    """
    network, rows = load_network(run), found.rows
    temperature, base = float(network.temperature), found.predictions
    judged = []
    for name, change in SHIFTS.items():
        answers = _answers(run, network, found.facts, rows, tell, change)
        shifted = Predictions(base.target, answers.probabilities(temperature), base.patient)
        told = summarise(shifted, found.facts.classes)
        judged.append(
            {
                "shift": name,
                "accuracy": told["accuracy"],
                "ci95": told["ci95"]["accuracy"],
                "difference": differences(base, shifted)["accuracy"],
            }
        )
    found.metrics["robustness"] = judged
    _write_metrics(run, found.metrics)
    return judged


def _write_metrics(run: Run, metrics: dict[str, Any]) -> None:
    write_text(run.metrics, json.dumps(metrics, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _answers(
    run: Run,
    network: GazeNetwork,
    facts: DataFacts,
    rows: NDArray[np.int64],
    tell: Tell,
    change: Callable[[Pixels], Pixels] | None = None,
) -> Answers:
    images = ImageSet(facts, rows, run.config.size, keep_aspect=run.config.keep_aspect, gaze=False)
    try:
        return ask(
            network,
            images if change is None else Shifted(images, change),
            loss_name=run.config.loss_name,
            batch=run.config.batch,
            tell=lambda done: tell(done, len(rows), "Judging images"),
        )
    finally:
        images.close()


def _attention(
    facts: DataFacts, rows: NDArray[np.int64], answers: Answers, config: TrainConfig
) -> dict[str, NDArray[np.float64]]:
    """Agreement of each image's CAM with its readers' gaze, NaN where it has none; each shape (n,)."""
    values = {name: np.full(len(rows), np.nan) for name in MEASURES}
    with schema.open_dataset(facts.path) as file:
        fixations = _fixations(file, facts)
        for index, row in enumerate(rows):
            if not facts.has_gaze[row]:
                continue
            heatmap = read_heatmap(file, facts, int(row))
            x0, y0, width, height = facts.content[row]
            gaze = heatmap[y0 : y0 + height, x0 : x0 + width].astype(np.float64)
            cam = cam_on_image(answers.cams[index], facts, int(row), config)
            at = np.floor(fixations.get(int(row), np.empty((0, 2))) - (x0, y0)).astype(np.int64)
            at = at[((at >= 0) & (at < (width, height))).all(1)]
            for name, value in agreement(cam, gaze, at).items():
                values[name][index] = value
    return values


def cam_on_image(
    cam: NDArray[np.float64], facts: DataFacts, row: int, config: TrainConfig
) -> NDArray[np.float64]:
    """Lay a CAM over the image itself, without the grid's padding.

    Parameters
    ----------
    cam : ndarray, shape (h, w)
        Over the network's square input.
    facts : DataFacts
    row : int
        Row of the image.
    config : TrainConfig
        Tells whether the input was the whole grid, or the image alone, stretched; and which CAM it is.

    Returns
    -------
    ndarray, shape (height, width)
        On the image's part of the grid.
    """
    x0, y0, width, height = (int(each) for each in facts.content[row])
    if not config.keep_aspect:
        return cam_at(cam, (height, width), config.loss_name)
    return cam_at(cam, (facts.grid_px, facts.grid_px), config.loss_name)[y0 : y0 + height, x0 : x0 + width]


def _fixations(file: Any, facts: DataFacts) -> dict[int, NDArray[np.float64]]:  # noqa: ANN401 - h5py has no types
    """Fixations of the valid readings in grid px, by row of image."""
    readings, found = file["readings"], {}
    image, valid = readings["image"][:], readings["valid"][:].astype(bool)
    first, count = readings["fixation_first"][:], readings["fixation_count"][:]
    xy = file["fixations/xy_px"][:].astype(np.float64)
    to_grid = file["images/to_grid"][:]
    for row in np.unique(image[valid]):
        which = np.flatnonzero(valid & (image == row))
        points = [xy[first[each] : first[each] + count[each]] for each in which]
        found[int(row)] = np.concatenate(points) * to_grid[row, 0] + to_grid[row, 1:]
    return found


def _metrics(
    run: Run,
    facts: DataFacts,
    split: SplitName,
    predictions: Predictions,
    answers: Answers,
    attention: dict[str, NDArray[np.float64]],
    temperature: float,
) -> dict[str, Any]:
    summary = summarise(predictions, facts.classes)
    as_trained = Predictions(predictions.target, answers.probabilities(1.0), predictions.patient)
    drawn = patient_weights(predictions.patient, 2000)
    intervals = {f"attention {name}": mean_interval(values, drawn) for name, values in attention.items()}
    return {
        "split": split,
        **summary,
        "attention": {name: mean_of_known(values) for name, values in attention.items()},
        "attention_images": int(np.isfinite(attention["cc"]).sum()),
        "ci95": {**summary["ci95"], **intervals},
        "temperature": temperature,
        "operating_points": operating_points(predictions),
        "ece_uncalibrated": summarise(as_trained, facts.classes, resamples=1)["ece"],
        "classes": list(facts.classes),
        "data": str(facts.path.resolve()),
        "patients_known": facts.patients_known,
        "simulated": facts.simulated,
    }


def _write_predictions(
    run: Run,
    facts: DataFacts,
    split: str,
    rows: NDArray[np.int64],
    predictions: Predictions,
    attention: dict[str, NDArray[np.float64]],
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["image", "patient", "split", "target", "predicted", "correct"]
    writer.writerow(
        [*header, *(f"p({name})" for name in facts.classes), *(f"attention_{name}" for name in MEASURES)]
    )
    for index, row in enumerate(rows):
        target, said = int(predictions.target[index]), int(predictions.predicted[index])
        measures = [attention[name][index] for name in MEASURES]
        writer.writerow(
            [
                *(facts.ids[row], facts.patient[row], split),
                *(facts.classes[target], facts.classes[said], int(target == said)),
                *(f"{each:.6f}" for each in predictions.probabilities[index]),
                *("" if np.isnan(each) else f"{each:.6f}" for each in measures),
            ]
        )
    write_text(run.predictions, text.getvalue())
