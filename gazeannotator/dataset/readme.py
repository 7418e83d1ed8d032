"""The README of an export: what is in it, what was left out and why, who may use it, how to cite it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

CHECKSUMS = "checksums.sha256"
FILL_IN = "TO BE FILLED IN BY THE LAB"
"""Stands wherever only the lab knows what is right."""

REASONS = {
    "cannot_be_assessed": "the reader answered that the image cannot be assessed",
    "corrected": "the same reader read the image again; the later answer counts, this gaze stays",
    "interrupted": "no answer was given",
    "data_loss": "too many samples were lost",
    "accuracy": "the tracker was not accurate enough at its last validation",
    "not_validated": "the tracker was not validated",
}
"""What the exclusions of a reading mean."""


def version() -> str:
    """Version of this program."""
    return importlib.metadata.version("gazeannotator")


def software() -> str:
    """Name and version of this program, as in every file that it writes."""
    return f"gazeannotator {version()}"


def reason_in_words(exclusion: str) -> str:
    """Say what an exclusion means; an operator's own words stay as they are."""
    return REASONS.get(exclusion, exclusion)


def readme(facts: Mapping[str, Any], layout: str, notes: Sequence[str]) -> str:
    """Write the README of an export.

    Parameters
    ----------
    facts : mapping
        As from `dataset_info`.
    layout : str
        Markdown: name and version of the format, its files, their units.
    notes : sequence of str
        What the reader should know about this very export.
    """
    parts = [
        f"# {facts['study']}",
        "**SIMULATED: some or all of this gaze comes from a simulated eye, not from a reader.**"
        if facts["simulated"]
        else "",
        f"Exported by {software()} from a data set of {facts['created_utc']} (format gazeannotator-dataset "
        f"{facts['format_version']}, written by {facts['software']}). For research only, not for clinical "
        "use.",
        layout.strip(),
        "## What is in the data set",
        _table(("", ""), _counts(facts)),
        "## Readings that are not used",
        _excluded(facts["excluded"]),
        "\n".join(["## Notes", "", *(f"- {note}" for note in notes)]) if notes else "",
        "## Licence",
        f"**{FILL_IN}: the licence under which others may use these data (for instance CC BY 4.0).** "
        "As long as this line stands here, nobody has been given the right to use them.",
        "## How to cite",
        f"> {FILL_IN}: authors, year. *{facts['study']}*: endoscopic images with labels and gaze of "
        f"{len(facts['readers'])} readers. Data set, made with GazeAnnotator {version()}. {FILL_IN}: DOI.",
        "## Integrity",
        f"`sha256sum -c {CHECKSUMS}` in this folder proves that every file is as it was exported.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _counts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    def listed(counts: Mapping[str, int]) -> str:
        return ", ".join(f"{name} {count}" for name, count in counts.items())

    patients = str(facts["patients"]) if facts["patients_known"] else "not known: each image counts as one"
    sigma = facts["sigma_deg"]
    return [
        ("Images", f"{facts['images']} ({listed(facts['splits'])}), {facts['has_gaze']} with gaze"),
        ("Classes", listed({**facts["classes"], "none": facts["no_target"]})),
        ("Patients", patients),
        ("Readers", ", ".join(f"{each['code']} ({each['readings']} readings)" for each in facts["readers"])),
        ("Readings", f"{facts['readings']}, {facts['valid_readings']} used"),
        ("Used without a validation", str(facts["not_validated"])),
        ("Gaze samples", str(facts["gaze_samples"])),
        ("Fixations", str(facts["fixations"])),
        ("Grid of the data set", f"{facts['grid_px']} px" + (f", heatmaps of {sigma}°" if sigma else "")),
    ]


def _excluded(excluded: Mapping[str, int]) -> str:
    if not excluded:
        return "All readings are used."
    rows = [(str(count), reason, reason_in_words(reason)) for reason, count in sorted(excluded.items())]
    return _table(("readings", "reason", "meaning"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(each) for each in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())
