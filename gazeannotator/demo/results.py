"""What the demo has made, read from the files themselves."""

from __future__ import annotations

import json
import math
from pathlib import Path

from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.schema import validate
from gazeannotator.demo.plan import DemoFailed, Places
from gazeannotator.study.check import check_study
from gazeannotator.study.facts import study_info
from gazeannotator.study.store import Store

RUN_FILES = (
    "config.json",
    "model.safetensors",
    "history.csv",
    "predictions.csv",
    "metrics.json",
    "report.html",
)

# The simulated eye blinks, as eyes do: now and then a short reading loses too much and is left out.
LEAST_WITH_GAZE = 0.9


def check_results(places: Places) -> list[str]:
    """Check everything that should be there, and tell what and where it is.

    Returns
    -------
    list of str
        A line for each thing.

    Raises
    ------
    DemoFailed
        If anything is missing, damaged or not marked as simulated.
    """
    return [
        _study(places.study),
        _dataset(places.dataset),
        _run(places.run),
        f"report    {places.run / 'report.html'}",
    ]


def _study(path: Path) -> str:
    problems = check_study(path)
    if problems:
        raise DemoFailed(
            f"The study is not whole: {problems[0].where}: {problems[0].what}.", problems[0].remedy
        )
    with Store.open(path) as store:
        facts = study_info(store)
        loose = [each.id for each in store.sessions() if not each.simulated]
        accuracies_deg = [each.tracking.accuracy_deg for each in store.readings() if each.state == "done"]
    _must(facts["simulated"] and not loose, "The study is not marked as simulated.")
    readings = facts["readings"]
    _must(readings["left"] == 0, f"{readings['left']} images of the study were not read.")
    _must(facts["gaze_samples"] > 0, "No gaze was recorded.")
    _must(not any(map(math.isnan, accuracies_deg)), "The eye tracker's accuracy was not measured.")
    return (
        f"study     {path}: {facts['images']} images of {facts['patients']} patients, "
        f"{readings['done']} readings, {facts['gaze_samples']} gaze samples, "
        f"tracker accurate to {max(accuracies_deg):.2f}°, marked simulated"
    )


def _dataset(path: Path) -> str:
    problems = validate(path)
    if problems:
        raise DemoFailed(f"The data set breaks the format: {problems[0].where}: {problems[0].what}.")
    facts = dataset_info(path)
    _must(facts["simulated"], "The data set is not marked as simulated.")
    _must(
        facts["has_gaze"] >= LEAST_WITH_GAZE * facts["images"],
        f"Only {facts['has_gaze']} of {facts['images']} images have gaze.",
    )
    parts = facts["splits"]
    return (
        f"data set  {path}: {facts['fixations']} fixations; {parts['train']} training, {parts['validation']} "
        f"validation and {parts['test']} test images, {facts['has_gaze']} with gaze, marked simulated"
    )


def _run(path: Path) -> str:
    missing = [name for name in RUN_FILES if not (path / name).is_file()]
    _must(not missing, f"The training left no {', '.join(missing)} in {path}.")
    metrics = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    low, high = metrics["ci95"]["accuracy"]
    return (
        f"training  {path}: accuracy {metrics['accuracy']:.2f} ({low:.2f} to {high:.2f}) on "
        f"{metrics['n_images']} test images, agreement with gaze (CC) {metrics['attention']['cc']:.2f}"
    )


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise DemoFailed(message)
