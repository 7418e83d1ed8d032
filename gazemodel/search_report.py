"""Writes what a search found: a page to read, and a table of the trials (CSV)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from gazeannotator.dataset.pages import stamp, template
from gazemodel import figures
from gazemodel.run import write_text

_MEASURES = ("end", "epochs", "best_epoch", "val_accuracy", "val_loss", "val_attention")


def write_search(folder: Path, facts: dict[str, Any]) -> Path:
    """Write report.html and trials.csv.

    Parameters
    ----------
    folder : Path
    facts : dict
        From `gazemodel.search.search`.

    Returns
    -------
    Path
        Of the page.
    """
    write_text(folder / "trials.csv", _trials_csv(facts))
    trials = facts["trials"]
    accuracy = [each["val_accuracy"] for each in trials]
    ordered = sorted(trials, key=lambda each: (each["worth"] is None, -(each["worth"] or 0), each["trial"]))
    logarithmic = {name for name, each in facts["space"].items() if each.get("log")}
    page = folder / "report.html"
    write_text(
        page,
        template("search.html").render(
            facts=facts,
            best=trials[facts["best"]],
            verdict=verdict(facts),
            ordered=ordered,
            progress=figures.search_progress(accuracy, [each["end"] for each in trials]),
            options=figures.searched_options(
                {name: [each["values"][name] for each in trials] for name in facts["space"]},
                accuracy,
                logarithmic,
            ),
            limits={name: _limits(each) for name, each in facts["space"].items()},
            remarks=_remarks(facts),
            **stamp(),
        ),
    )
    return page


def verdict(facts: dict[str, Any]) -> str:
    """Say in a sentence which trial was best."""
    trials = facts["trials"]
    best = trials[facts["best"]]
    said = (
        f"Trial {best['trial'] + 1} of {len(trials)} is best: validation accuracy {best['val_accuracy']:.3f} "
        f"on {facts['images']['validation']} images"
    )
    if not facts["given_first"]:
        return f"{said}."
    if facts["best"] == 0:
        return f"{said}. These are the options as they were given: no other did better."
    first = trials[0]
    given = first["val_accuracy"]
    return f"{said}; with the options as they were given it is {'–' if given is None else f'{given:.3f}'}."


def _remarks(facts: dict[str, Any]) -> list[str]:
    validation = facts["images"]["validation"]
    remarks = [
        "The best of many trials looks better on the validation images than it is. Train it, and judge it "
        "once on the test images, which had no part in the search.",
        f"One of {validation} validation images is {100 / validation:.1f} points of accuracy: smaller "
        "differences between trials mean nothing.",
    ]
    given_up = sum(each["end"] == "pruned" for each in facts["trials"])
    diverged = sum(each["end"] == "diverged" for each in facts["trials"])
    if given_up:
        remarks.append(f"{given_up} trial(s) were given up early: they were worse than half of the others.")
    if diverged:
        remarks.append(f"{diverged} trial(s) diverged: their loss was no number any more.")
    return remarks


def _limits(parameter: dict[str, Any]) -> str:
    if "choices" in parameter:
        return ", ".join(map(str, parameter["choices"]))
    return f"{parameter['low']:g} to {parameter['high']:g}{', logarithmic' if parameter['log'] else ''}"


def _trials_csv(facts: dict[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(facts["space"])
    writer.writerow(["trial", *_MEASURES, *names])
    for each in facts["trials"]:
        measures = ["" if each[name] is None else each[name] for name in _MEASURES]
        writer.writerow([each["trial"], *measures, *(each["values"][name] for name in names)])
    return text.getvalue()
