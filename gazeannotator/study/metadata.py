"""The metadata table that comes with a folder of images: ``file,patient,pathology``."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gazeannotator.errors import BadInput

COLUMNS = ("file", "patient", "pathology")
_ENCODING_HINT = "Save it as 'CSV UTF-8 (comma separated)'."


@dataclass(frozen=True)
class Row:
    """One row; `line` counts as a spreadsheet does, the header being line 1. Empty text means unknown."""

    line: int
    file: str
    patient: str
    pathology: str


@dataclass(frozen=True)
class Table:
    """A metadata table as read.

    Attributes
    ----------
    rows : list of Row
    refused : list of (str, str)
        Where, and what is wrong there.
    notes : list of str
        What a user should know though nothing is wrong.
    """

    rows: list[Row]
    refused: list[tuple[str, str]]
    notes: list[str]


def read_table(path: Path, names: Iterable[str]) -> Table:
    """Read a metadata CSV: comma, semicolon or tab; UTF-8, UTF-16, GB18030 or Windows-1252.

    Parameters
    ----------
    names : iterable of str
        Names of the files that are there. In a table that is not Unicode, they tell which
        encoding it has: the one in which it names most of them.

    Raises
    ------
    BadInput
        If the file cannot be read as such a table, or lacks a column.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"The metadata file {path} cannot be read: {error.strerror}.", "Check the path."
        ) from error
    text, encoding = _decoded(data, path, names)
    rows, refused, others = _parsed(text, path)
    notes = []
    if encoding not in ("utf-8-sig", "utf-16"):
        notes.append(f"{path.name} is not UTF-8; it was read as {encoding}. {_ENCODING_HINT}")
    if others:
        notes.append(f"{path.name}: not used: {', '.join(others)}.")
    return Table(rows, refused, notes)


class FileNames:
    r"""Finds the file that a row means: by its path below the folder, or its plain name if unique.

    Separators may be / or \; names compare as Unicode does (NFC), and without case where
    that leaves one file only.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for file in files:
            for name in {_normal(file), _normal(file).rsplit("/", 1)[-1]}:
                self._by_name[name].add(file)
                self._by_name[name.casefold()].add(file)

    def find(self, name: str) -> list[str]:
        """Return the files that a name may mean: one, none, or several."""
        wanted = _normal(name)
        exact = [each for each in self._by_name.get(wanted, ()) if _normal(each) == wanted]
        return exact or sorted(self._by_name.get(wanted, ()) or self._by_name.get(wanted.casefold(), ()))


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./")


def _decoded(data: bytes, path: Path, names: Iterable[str]) -> tuple[str, str]:
    unicode = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = _text(data, unicode)
    if text is not None:
        return text, unicode
    found = [(each, text) for each in ("gb18030", "cp1252") if (text := _text(data, each)) is not None]
    if not found:
        raise BadInput(f"The metadata file {path} is not a text file of a known encoding.", _ENCODING_HINT)
    known = FileNames(names)
    # Where the file names do not tell: accented Latin letters hardly ever form GB2312, the common
    # part of GB18030, and Chinese read as Windows-1252 is full of signs that are no letters.
    latin = _text(data, "gb2312") is None and all(
        each.isascii() or each.isalpha() for each in data.decode("cp1252", "replace")
    )

    def fit(candidate: tuple[str, str]) -> tuple[int, bool]:
        encoding, text = candidate
        matches = sum(bool(known.find(row.file)) for row in _parsed(text, path)[0])
        return matches, (encoding == "cp1252") == latin

    encoding, text = max(found, key=fit)
    return text, encoding


def _text(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if all(each.isprintable() or each.isspace() or each == "\ufeff" for each in text) else None


def _parsed(text: str, path: Path) -> tuple[list[Row], list[tuple[str, str]], list[str]]:
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    refused: list[tuple[str, str]] = []
    try:
        columns = [each.strip().casefold() for each in next(reader, [])]
        _check_columns(columns, path)
        for cells in reader:
            line, where = reader.line_num, f"{path.name} row {reader.line_num}"
            if not any(each.strip() for each in cells):
                continue
            if len(cells) != len(columns):
                refused.append(
                    (where, f"has {len(cells)} fields, the header has {len(columns)}; quote commas.")
                )
                continue
            file, patient, pathology = (cells[columns.index(each)].strip() for each in COLUMNS)
            if file:
                rows.append(Row(line, file, patient, pathology))
            else:
                refused.append((where, "names no file; write the image's file name in the column 'file'."))
    except csv.Error as error:
        raise BadInput(
            f"The metadata file {path} is not a CSV table: {error} in line {reader.line_num}.", _ENCODING_HINT
        ) from error
    return rows, refused, [each for each in columns if each not in COLUMNS]


def _check_columns(columns: list[str], path: Path) -> None:
    for each in COLUMNS:
        if columns.count(each) != 1:
            # Guessing would be dangerous: without its patients a data set splits them across its parts.
            what = "has no column" if each not in columns else "has twice the column"
            raise BadInput(
                f"The metadata file {path} {what} '{each}' (its columns: {', '.join(columns) or 'none'}).",
                "The first line is file,patient,pathology; leave cells empty where a thing is not known.",
            )
