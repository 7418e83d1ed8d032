"""The formats of `study import-gaze`, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gazeannotator.tracking.formats.csv_table import read_csv_table
from gazeannotator.tracking.formats.eyelink import read_asc
from gazeannotator.tracking.formats.fixation_report import read_fixation_report
from gazeannotator.tracking.formats.miceye import read_miceye
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, Tell
from gazeannotator.tracking.formats.tobii import read_tobii

Read = Callable[[Path, ImportOptions, "Tell | None"], list[Recorded]]


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    read : callable
        Raises BadInput, naming the line, where a file is none of it.
    suffixes : tuple of str
        Of its files, the usual one first.
    uses : set of str
        Options that mean something for it, besides reader, screen and labels.
    """

    read: Read
    suffixes: tuple[str, ...]
    uses: frozenset[str]


FORMATS: dict[str, Format] = {
    "miceye": Format(read_miceye, (".csv",), frozenset({"display_height", "rate_hz", "placement"})),
    "tobii-tsv": Format(read_tobii, (".tsv",), frozenset({"columns", "placement", "participant"})),
    "eyelink-asc": Format(read_asc, (".asc",), frozenset({"columns", "placement", "onset_message"})),
    "eyelink-fixations": Format(
        read_fixation_report,
        (".csv", ".txt", ".xls", ".tsv"),
        frozenset({"columns", "coordinates", "display_height", "placement", "participant"}),
    ),
    "csv": Format(
        read_csv_table,
        (".csv", ".tsv", ".txt"),
        frozenset({"columns", "coordinates", "display_height", "rate_hz", "placement", "participant"}),
    ),
}
