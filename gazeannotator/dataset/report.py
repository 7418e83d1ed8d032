"""The report on a data set: one self-contained HTML page on what is in it and how good it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset import report_figures as figures
from gazeannotator.dataset.atomic import whole_file
from gazeannotator.dataset.checksum import sha256_of
from gazeannotator.dataset.contents import Contents, ImageRow
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.pages import template
from gazeannotator.dataset.readme import reason_in_words, version
from gazeannotator.dataset.report_congruency import congruency_rows
from gazeannotator.dataset.report_gaze import example_pictures, mean_pictures
from gazeannotator.dataset.schema import SPLITS, json_attribute, open_dataset, strings
from gazeannotator.study.agreement import Agreement, Answer, ReaderAgreement, reader_agreement

_FEW = 10

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class DatasetReport:
    """What the report found, for the person who asked for it."""

    images: int
    readings: int
    remarks: list[str]


def write_report(dataset: Path, target: Path, progress: Progress | None = None) -> DatasetReport:
    """Write the report on a data set.

    Parameters
    ----------
    dataset : Path
    target : Path
        An HTML file; it is replaced when the new one is whole.
    progress : callable, optional

    Returns
    -------
    DatasetReport

    Raises
    ------
    UserError
        If the data set cannot be read or the target not be written.
    """
    facts = dataset_info(dataset)
    with whole_file(target) as temporary, open_dataset(dataset) as file:
        contents = Contents(file)
        images = contents.images()
        table = _Readings(file)
        agreement = reader_agreement(
            table.answers(images),
            {each.id: each.truth for each in images if each.truth >= 0},
            len(contents.classes),
        )
        remarks = _remarks(facts, images, table, contents.classes)
        page = template("dataset.html").render(
            facts=facts,
            tiles=_tiles(facts, table, agreement),
            remarks=remarks,
            **_images(contents, images),
            **_readings(table, facts),
            **_agreement(agreement, table, contents.classes),
            means=mean_pictures(contents, images, progress),
            congruency=congruency_rows(contents, images),
            examples=example_pictures(contents, images),
            provenance=_provenance(dataset, facts, table),
            build=_build_options(json_attribute(file, "build")),
            checksum=sha256_of(dataset),
            version=version(),
        )
        temporary.write_text(page, encoding="utf-8")
    return DatasetReport(facts["images"], facts["readings"], remarks)


def _build_options(build: dict[str, Any]) -> list[tuple[str, Any]]:
    # The pairs themselves are many; their number is told.
    return [(name.replace("_", " "), value) for name, value in build.items() if name != "near_duplicates"]


class _Readings:
    """The columns of /readings that the report speaks of."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 - h5py has no types
        group = file["readings"]
        self.image = group["image"][:]
        self.reader = np.array(strings(group["reader"]), object)
        self.session_utc = np.array(strings(group["session_utc"]), object)
        self.source = np.array(strings(group["source"]), object)
        self.onset_method = np.array(strings(group["onset_method"]), object)
        self.exclusion = np.array(strings(group["exclusion"]), object)
        self.label = group["label"][:]
        self.used = group["valid"][:]
        self.onset_s = group["onset_s"][:]
        self.response_s = group["response_s"][:]
        self.rate_hz = group["rate_hz"][:].astype(float)
        self.accuracy_deg = group["accuracy_deg"][:].astype(float)
        self.precision_deg = group["precision_rms_deg"][:].astype(float)
        self.loss = group["data_loss"][:].astype(float)
        self.distance_mm = group["distance_mm"][:]
        self.screens = np.column_stack([group["screen_px"][:], group["screen_mm"][:]])
        self.fixations = group["fixation_count"][:].astype(float)
        first, duration_s = group["fixation_first"][:], file["fixations/duration_s"][:]
        mine = [duration_s[a : a + int(n)] for a, n in zip(first, self.fixations, strict=True)]
        kept = [each for each, used in zip(mine, self.used, strict=True) if used]
        self.durations_ms = 1000 * np.concatenate(kept) if kept else np.empty(0)

    def __len__(self) -> int:
        return len(self.image)

    def answers(self, images: Sequence[ImageRow]) -> list[Answer]:
        """Return the answers that were given, in order, but those that were taken back."""
        order = sorted(range(len(self)), key=lambda row: (self.session_utc[row], self.onset_s[row]))
        return [
            Answer(self.reader[row], images[image].id, images[image].patient, int(self.label[row]))
            for row in order
            for image in (self.image[row],)
            if self.exclusion[row] not in ("interrupted", "corrected")
        ]


def _tiles(facts: dict[str, Any], table: _Readings, agreement: ReaderAgreement) -> list[dict[str, str]]:
    overall, used = agreement.overall, table.used
    patients = f"of {facts['patients']} patients" if facts["patients_known"] else "of unknown patients"
    validated = f", {facts['not_validated']} not validated" if facts["not_validated"] else ""
    return [
        {
            "name": "Images",
            "value": str(facts["images"]),
            "more": f"{patients}, {facts['has_gaze']} with gaze",
        },
        {
            "name": "Readings used",
            "value": str(facts["valid_readings"]),
            "more": f"of {facts['readings']}, {len(facts['readers'])} readers",
        },
        {
            "name": "Fixations",
            "value": str(facts["fixations"]),
            "more": f"of {facts['gaze_samples']} samples",
        },
        {
            "name": "Accuracy",
            "value": _median(table.accuracy_deg[used], "{:.2f}°"),
            "more": f"median{validated}",
        },
        {"name": "Samples lost", "value": _median(100 * table.loss[used], "{:.1f} %"), "more": "median"},
        {
            "name": "Fleiss' kappa",
            "value": "–" if overall.kappa is None else f"{overall.kappa:.2f}",
            "more": _interval(overall) or "agreement of readers",
        },
    ]


def _remarks(
    facts: dict[str, Any], images: Sequence[ImageRow], table: _Readings, classes: Sequence[str]
) -> list[str]:
    remarks = []
    if not facts["patients_known"]:
        remarks.append(
            "Patients are not known for all images: such an image counts as a patient of its own, so one "
            "patient may lie in two parts, and intervals may be too narrow."
        )
    if facts["no_target"]:
        remarks.append(f"{facts['no_target']} images have neither pathology nor a consensus of readers.")
    for part, name in enumerate(SPLITS):
        there = {image.target for image in images if image.split == part}
        missing = [each for index, each in enumerate(classes) if index not in there]
        if missing:
            remarks.append(f"The {name} part has no image of {', '.join(missing)}.")
    if facts["near_duplicates"]:
        remarks.append(
            f"Nearly equal images of different patients: {facts['near_duplicates']} pairs, "
            f"{facts['near_duplicates_in_two_parts']} of them in different parts; a test on them is not fair."
        )
    owners = [len({image.patient for image in images if image.target == k}) for k in range(len(classes))]
    few = [f"{name} ({n})" for name, n in zip(classes, owners, strict=True) if 0 < n < _FEW]
    if few:
        remarks.append(f"Classes of fewer than {_FEW} patients: {', '.join(few)}.")
    without = sum(not image.has_gaze for image in images)
    if without:
        remarks.append(f"{without} images have no gaze of a reading that is used.")
    if facts["not_validated"]:
        remarks.append(f"{facts['not_validated']} readings are used though their tracker was not validated.")
    painted = int((table.used & (table.onset_method == "paint")).sum())
    if painted:
        remarks.append(
            f"The onset of {painted} readings was stamped after the paint, not at the frame swap: it may lie "
            "a frame or two before the image was seen."
        )
    if len(facts["readers"]) == 1:
        remarks.append("One reader only: agreement between readers cannot be told.")
    return remarks


def _images(contents: Contents, images: Sequence[ImageRow]) -> dict[str, Any]:
    names = [*contents.classes, *(["no class"] if any(image.target < 0 for image in images) else [])]
    rows, counts = [], np.zeros((len(names), len(SPLITS)), np.int64)
    for index, name in enumerate(names):
        mine = [image for image in images if image.target == (index if index < len(contents.classes) else -1)]
        parts = [[image for image in mine if image.split == part] for part in range(len(SPLITS))]
        counts[index] = [len(each) for each in parts]
        cells = [{"images": len(each), "patients": len({i.patient for i in each})} for each in [*parts, mine]]
        rows.append({"name": name, "cells": cells})
    owned: dict[str, int] = defaultdict(int)
    for image in images:
        owned[image.patient] += 1
    return {
        "parts": SPLITS,
        "class_rows": rows,
        "by_class": figures.images_by_class(counts, names) if len(images) else None,
        "per_patient": figures.images_per_patient(np.array(list(owned.values()))) if owned else None,
    }


def _readings(table: _Readings, facts: dict[str, Any]) -> dict[str, Any]:
    if not len(table):
        return {"reader_rows": [], "excluded": [], "quality": "", "quality_rows": [], "durations": None}
    rows = []
    for reader in sorted(set(table.reader)):
        mine = table.reader == reader
        used = mine & table.used
        rows.append(
            {
                "reader": reader,
                "readings": int(mine.sum()),
                "used": int(used.sum()),
                "response": _median(table.response_s[used], "{:.1f} s"),
                "fixations": _median(table.fixations[used], "{:.0f}"),
                "loss": _median(100 * table.loss[mine], "{:.1f} %"),
                "accuracy": _median(table.accuracy_deg[mine], "{:.2f}°"),
            }
        )
    excluded = [
        {
            "count": count,
            "share": f"{count / len(table):.1%}",
            "reason": reason.replace("_", " "),
            "meaning": reason_in_words(reason) if reason_in_words(reason) != reason else "",
        }
        for reason, count in sorted(facts["excluded"].items(), key=lambda each: -each[1])
    ]
    quality = [
        ("Samples lost, %", 100 * table.loss, table.used),
        ("Accuracy, degrees", table.accuracy_deg, table.used),
        ("Precision (RMS), degrees", table.precision_deg, table.used),
        ("Fixations of a reading", np.where(table.used, table.fixations, np.nan), table.used),
    ]
    rows_of_quality = [
        *((name, values) for name, values, _ in quality),
        ("Duration of fixations, ms", table.durations_ms),
        ("Rate, Hz", table.rate_hz),
        ("Time to answer, s", table.response_s),
    ]
    return {
        "reader_rows": rows,
        "excluded": excluded,
        "quality": figures.distributions(quality),
        "quality_rows": [_row(name, values) for name, values in rows_of_quality],
        "durations": figures.fixation_durations(table.durations_ms) if len(table.durations_ms) else None,
    }


def _row(name: str, values: NDArray[np.float64]) -> dict[str, str]:
    known = values[np.isfinite(values)]
    if not len(known):
        return {"name": name, "median": "–", "half": "–", "known": f"0 of {len(values)}"}
    low, middle, high = np.percentile(known, [25, 50, 75])
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return {
        "name": name,
        "median": f"{middle:.{digits}f}",
        "half": f"{low:.{digits}f} to {high:.{digits}f}",
        "known": f"{len(known)} of {len(values)}",
    }


def _agreement(found: ReaderAgreement, table: _Readings, classes: Sequence[str]) -> dict[str, Any]:
    rows = []
    if found.overall.images:
        rows.append(_agreement_row("All readers", "Fleiss", found.overall))
    rows += [_agreement_row(f"{a} and {b}", "Cohen", each) for a, b, each in found.pairs if each.images]
    rows += [_agreement_row(f"{reader}, read again", "Cohen", each) for reader, each in found.repeats]
    rows += [_agreement_row(f"{reader} and pathology", "Cohen", each) for reader, each in found.truth]
    place = {reader: index for index, reader in enumerate(found.readers)}
    matrix = np.full((len(place), len(place)), np.nan)
    for a, b, each in found.pairs:
        if each.kappa is not None:
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = each.kappa
    given = ~np.isin(table.exclusion, ["interrupted", "corrected"])
    counts = {
        reader: np.bincount(
            np.where(table.label < 0, len(classes), table.label)[given & (table.reader == reader)],
            minlength=len(classes) + 1,
        )
        for reader in found.readers
    }
    several = len(found.readers) > 1
    return {
        "agreement": found,
        "agreement_rows": rows,
        "answers": figures.answers_by_reader(counts, classes) if several else None,
        "kappas": figures.kappas(matrix, found.readers) if np.isfinite(matrix).any() else None,
        "kappas_width": min(460, 200 + 55 * len(found.readers)),
    }


def _agreement_row(name: str, measure: str, found: Agreement) -> dict[str, str]:
    return {
        "name": name,
        "measure": measure,
        "kappa": "–" if found.kappa is None else f"{found.kappa:.2f}",
        "interval": _interval(found),
        "equal": "–" if found.agreement is None else f"{found.agreement:.1%}",
        "images": str(found.images),
    }


def _provenance(dataset: Path, facts: dict[str, Any], table: _Readings) -> list[tuple[str, str]]:
    screens = [
        f"{width:g} × {height:g} px, {across:g} × {down:g} mm"
        for width, height, across, down in np.unique(table.screens, axis=0)
    ]
    return [
        ("File", f"{dataset.name}, {dataset.stat().st_size / 1e6:.1f} MB"),
        ("Study", facts["study"]),
        ("Made", f"{facts['created_utc']} by {facts['software']}"),
        ("Grid", f"{facts['grid_px']} px"),
        ("Gaze comes from", ", ".join(sorted(set(table.source))) or "–"),
        ("Onsets stamped at", ", ".join(sorted(set(table.onset_method))) or "–"),
        ("Screens", "; ".join(screens) or "–"),
        ("Distance of the eyes", _median(table.distance_mm, "{:.0f} mm (median)")),
    ]


def _interval(found: Agreement) -> str:
    return f"{found.ci95[0]:.2f} to {found.ci95[1]:.2f}" if found.ci95 else ""


def _median(values: NDArray[np.float64], form: str) -> str:
    known = values[np.isfinite(values)]
    return form.format(float(np.median(known))) if len(known) else "–"
