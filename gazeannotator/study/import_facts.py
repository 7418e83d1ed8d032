"""What an import tells: its report, and what the metadata table says of each file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from gazeannotator.study.image_files import shown
from gazeannotator.study.metadata import FileNames, Row, read_table
from gazeannotator.study.model import UNKNOWN, Image, Scheme
from gazeannotator.study.removals import Removal


@dataclass
class ImportReport:
    """What an import did. It names the user's files, so it is shown and not stored.

    Attributes
    ----------
    added : int
        New images, which can be read at once.
    waiting : int
        New images on which something was hidden, and that wait for a reviewer.
    already_known : int
        Files whose pixels were in the study, or in the folder, before.
    refused : list of (str, str)
        File or row, and in one sentence what is wrong and what to do.
    notes : list of str
    removed : list of Removal
        What was taken out of each file.
    """

    added: int = 0
    waiting: int = 0
    already_known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)


@dataclass
class Facts:
    """What the metadata table says about one file."""

    patient: str = ""
    truth: int = UNKNOWN


def read_facts(scheme: Scheme, path: Path, files: list[str], report: ImportReport) -> dict[str, Facts]:
    """Read the metadata table: what it says about each file, as far as it can be used."""
    table = read_table(path, files)
    report.refused += table.refused
    report.notes += table.notes
    names = FileNames(files)
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        where = f"{path.name} row {row.line}"
        matches = names.find(row.file)
        if len(matches) == 1:
            rows[matches[0]].append(row)
        elif matches:
            several = ", ".join(map(shown, matches))
            message = f"'{row.file}' may be any of {several}; write the path below the image folder."
            report.refused.append((where, message))
        else:
            message = f"There is no file '{row.file}' in the image folder; correct the name or add the file."
            report.refused.append((where, message))
    facts = {file: _agreed(scheme, path, file, said, report) for file, said in rows.items()}
    silent = len(files) - len(facts)
    if silent:
        report.notes.append(
            f"Images without a row in {path.name}, so of unknown patient and pathology: {silent}."
        )
    return facts


def _agreed(scheme: Scheme, path: Path, file: str, rows: list[Row], report: ImportReport) -> Facts:
    """Join the rows of one file; a value on which they contradict each other is not used."""
    facts = Facts()
    lines = " and ".join(str(row.line) for row in rows)
    patients = {row.patient for row in rows if row.patient}
    if len(patients) == 1:
        facts.patient = patients.pop()
    elif patients:
        message = (
            f"They give different patients for '{file}'; none was used. Correct the rows and import again."
        )
        report.refused.append((f"{path.name} rows {lines}", message))
    truths: set[int] = set()
    for row in rows:
        truth = scheme.index_of(row.pathology) if row.pathology else UNKNOWN
        if truth is None:
            classes = ", ".join(f"{each.key} ({each.name})" for each in scheme.classes)
            message = (
                f"'{row.pathology}' is no class of the scheme; it was left unknown. Possible: {classes}."
            )
            report.refused.append((f"{path.name} row {row.line}", message))
        elif truth != UNKNOWN:
            truths.add(truth)
    if len(truths) == 1:
        facts.truth = truths.pop()
    elif truths:
        message = (
            f"They give different pathologies for '{file}'; none was used. Correct the rows and import again."
        )
        report.refused.append((f"{path.name} rows {lines}", message))
    return facts


def report_conflicts(known: Image, new: Image, name: str, report: ImportReport) -> None:
    """Report where two imports of one image contradict each other; what was known is kept."""
    for what, first, second, nothing in (
        ("patient", known.patient, new.patient, None),
        ("pathology", known.truth, new.truth, UNKNOWN),
    ):
        if nothing not in (first, second) and first != second:
            message = (
                f"The same image is known with another {what}, which was kept; correct the metadata table."
            )
            report.refused.append((name, message))
