"""How the results of work on a data set read: built or imported, exported, reported on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from gazeannotator.ui.jobs import Summary, refusal_lines
from gazeannotator.ui.words import localised

translate = QCoreApplication.translate


def built(result: dict[str, Any], target: Path) -> Summary:
    """Sum up a build or an import."""
    number = QLocale().toString
    captions = {
        "images": translate("Dataset", "Images"),
        "patients": translate("Dataset", "Patients"),
        "valid": translate("Dataset", "Readings used"),
        "not_validated": translate("Dataset", "… of trackers not validated"),
        "with_gaze": translate("Dataset", "Images with gaze"),
        "fixations": translate("Dataset", "Fixations"),
        "gaze_samples": translate("Dataset", "Gaze samples"),
    }
    facts = [(caption, number(int(result[key]))) for key, caption in captions.items() if result.get(key)]
    splits = result.get("splits")
    if splits:
        parts = translate("Dataset", "{train} / {validation} / {test}").format(**splits)
        facts.append((translate("Dataset", "Training / validation / test"), parts))
    reasons = {
        "interrupted": translate("Dataset", "interrupted"),
        "corrected": translate("Dataset", "corrected later"),
        "cannot_be_assessed": translate("Dataset", "cannot be assessed"),
        "data_loss": translate("Dataset", "too much gaze lost"),
        "accuracy": translate("Dataset", "tracker not accurate enough"),
        "not_validated": translate("Dataset", "tracker not validated"),
    }
    for reason, count in (result.get("excluded") or {}).items():
        caption = translate("Dataset", "Readings left out: {reason}").format(
            reason=reasons.get(reason, reason)
        )
        facts.append((caption, number(int(count))))
    facts.append((translate("Dataset", "File"), str(target)))
    notes = [*refusal_lines(result.get("refused", ())), *result.get("warnings", ()), *result.get("notes", ())]
    return Summary(
        translate("Dataset", "The data set is ready"),
        tuple(facts),
        tuple(notes),
        translate("Dataset", "What you should know"),
        "warning" if notes else "success",
        ("train.new", "data.report", "data.export"),
        str(target),
    )


def exported(result: dict[str, Any], target: Path) -> Summary:
    """Sum up an export."""
    number = QLocale().toString
    facts = [(translate("Dataset", "Images"), number(int(result.get("images", 0))))]
    if result.get("recordings"):
        facts.append((translate("Dataset", "Recordings"), number(int(result["recordings"]))))
    if result.get("left_out"):
        facts.append(
            (translate("Dataset", "Left out: neither pathology nor answer"), number(int(result["left_out"])))
        )
    facts.append((translate("Dataset", "Folder"), str(target)))
    return Summary(
        translate("Dataset", "The data set was exported"),
        tuple(facts),
        tuple(map(localised, result.get("notes", ()))),
        translate("Dataset", "What you should know"),
        folder=str(target),
    )


def reported(result: dict[str, Any], target: Path) -> Summary:
    """Sum up a report."""
    number = QLocale().toString
    facts = (
        (translate("Dataset", "Images"), number(int(result.get("images", 0)))),
        (translate("Dataset", "Readings"), number(int(result.get("readings", 0)))),
        (translate("Dataset", "File"), str(target)),
    )
    return Summary(
        translate("Dataset", "The report is ready"),
        facts,
        tuple(map(localised, result.get("remarks", ()))),
        translate("Dataset", "What you should know"),
        actions=("data.export",),
        folder=str(target),
    )
