"""Writes report.html: one self-contained page on what was done, how good it is, and how sure that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from gazeannotator.dataset import schema
from gazeannotator.dataset.pages import stamp, template
from gazeannotator.dataset.pictures import heat_overlay, picture
from gazemodel import figures
from gazemodel.data import read_heatmap
from gazemodel.evaluate import Evaluation, cam_on_image
from gazemodel.history import best_row, read_history
from gazemodel.metrics import NAMES
from gazemodel.run import Run, write_text

_EXAMPLES = 12

_ATTENTION_NAMES = {
    "cc": ("CC", "correlation, 1 is best"),
    "nss": ("NSS", "standardised attention at fixations, higher is better"),
    "kl": ("KL", "divergence, 0 is best"),
    "sim": ("SIM", "shared part, 1 is best"),
    "auc_judd": ("AUC-Judd", "fixated against other pixels, 0.5 is chance"),
}


def write_report(run: Run, found: Evaluation) -> None:
    """Write the report of an evaluation into its RUN folder.

    Parameters
    ----------
    run : Run
    found : Evaluation
    """
    metrics, predictions = found.metrics, found.predictions
    correct = predictions.predicted == predictions.target
    history = read_history(run.history)
    best = best_row(history)
    page = template("report.html").render(
        run=run,
        config=run.config.model_dump(),
        metrics=metrics,
        headlines=[
            {"name": name, "value": metrics[key], "interval": metrics["ci95"][key]}
            for key, name in NAMES.items()
        ],
        attention=[
            {
                "name": name,
                "meaning": meaning,
                "value": metrics["attention"][key],
                "interval": metrics["ci95"][f"attention {key}"],
            }
            for key, (name, meaning) in _ATTENTION_NAMES.items()
        ],
        epochs=len(history),
        best_epoch=int(best["epoch"]) if best else None,
        curves=figures.learning_curves(history) if history else None,
        confusion=figures.confusion_matrix(np.array(metrics["confusion"]), run.classes),
        roc=figures.roc_curves(predictions.target, predictions.probabilities, run.classes),
        reliability=figures.reliability(correct, predictions.probabilities.max(1)),
        examples=_examples(run, found),
        remarks=_remarks(run, found),
        **stamp(),
    )
    write_text(run.report, page)


def _remarks(run: Run, found: Evaluation) -> list[str]:
    remarks = list(run.remarks)
    if not found.facts.patients_known:
        remarks.append(
            "Patients are unknown: every image counts as a patient of its own, so the intervals cannot "
            "account for patients and are too narrow where patients have several images."
        )
    if run.config.recipe == "reference" and run.config.weights == "none":
        remarks.append(
            "The published study began with ImageNet weights; this run did not. Give them with --weights."
        )
    rare = [
        name
        for name, count in zip(run.classes, np.sum(found.metrics["confusion"], 1), strict=True)
        if count < 10
    ]
    if rare:
        remarks.append(
            f"Fewer than ten images of {', '.join(rare)}: measures of these classes are uncertain."
        )
    return remarks


def _examples(run: Run, found: Evaluation) -> list[dict[str, Any]]:
    """Choose images, up to half of them errors, and draw the network's attention and the readers' gaze."""
    predictions, facts = found.predictions, found.facts
    confidence = predictions.probabilities.max(1)
    order = np.argsort(-confidence, kind="stable")
    wrong = [each for each in order if predictions.predicted[each] != predictions.target[each]]
    right = [each for each in order if predictions.predicted[each] == predictions.target[each]]
    errors = wrong[: max(_EXAMPLES // 2, _EXAMPLES - len(right))]
    chosen = errors + _spread(right, _EXAMPLES - len(errors))
    examples = []
    with schema.open_dataset(facts.path) as file:
        for index in chosen:
            row = int(found.rows[index])
            x0, y0, width, height = (int(each) for each in facts.content[row])
            inside = np.s_[y0 : y0 + height, x0 : x0 + width]
            pixels = file["images/pixels"][row][inside]
            cam = cam_on_image(found.cams[index], facts, row, run.config)
            gaze = read_heatmap(file, facts, row)[inside].astype(np.float64) if facts.has_gaze[row] else None
            examples.append(
                {
                    "id": str(facts.ids[row])[:8],
                    "true": run.classes[predictions.target[index]],
                    "predicted": run.classes[predictions.predicted[index]],
                    "correct": bool(predictions.predicted[index] == predictions.target[index]),
                    "confidence": float(confidence[index]),
                    "picture": picture(pixels),
                    "cam": heat_overlay(pixels, cam),
                    "gaze": heat_overlay(pixels, gaze) if gaze is not None else None,
                }
            )
    return examples


def _spread(items: list[Any], count: int) -> list[Any]:
    """Evenly spaced items, from the surest to the least sure."""
    if len(items) <= count:
        return items
    return [items[int(place)] for place in np.linspace(0, len(items) - 1, count)]
