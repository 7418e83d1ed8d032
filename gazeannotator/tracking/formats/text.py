"""Text files of other programs: lines with their numbers, tables, and numbers in them."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gazeannotator.errors import BadInput
from gazeannotator.tracking.formats.recorded import Tell

MAX_LINE = 1 << 26
Quoting = Literal[0, 3]
_TELL_EVERY = 20_000
_LOST = ("", ".", "-", "nan", "n/a", "na", "none", "null")


def read_lines(path: Path, tell: Tell | None = None) -> Iterator[tuple[int, str]]:
    """Read a text file line by line: UTF-8 or, where it says so, UTF-16.

    Bytes that are neither are kept as `image_names` understands them: older programs write file names in
    the code page of their computer.

    Yields
    ------
    line : int
        From 1.
    text : str
        Without the line's end.

    Raises
    ------
    BadInput
    """
    try:
        with path.open("rb") as raw:
            start = raw.read(4)
            size = os.fstat(raw.fileno()).st_size
        encoding = "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, errors="surrogateescape") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE:
                    raise BadInput(f"{path} line {number} has no end.", "Give a text file of that program.")
                if "\0" in line:
                    raise BadInput(f"{path} is no text file.", "Give a text file of that program.")
                yield number, line.rstrip("\n")
                if tell and number % _TELL_EVERY == 0:
                    tell(raw.tell(), size)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.", "Check the name.") from None
    except UnicodeError:
        raise BadInput(f"{path} is no text file.", "Give a text file of that program.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check it and its rights.") from None


@dataclass(frozen=True)
class Table:
    """A table that is being read.

    Attributes
    ----------
    path : Path
    columns : list of str
        As the first line names them.
    rows : iterator of (int, list of str)
        Line, and its cells without space around them.
    decimal_comma : bool
        Whether a comma in a number is its decimal point.
    """

    path: Path
    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]
    decimal_comma: bool

    def find(self, *names: str) -> int | None:
        """Return the place of the first of these columns that is there; case is ignored."""
        known = [each.casefold() for each in self.columns]
        return next((known.index(each.casefold()) for each in names if each.casefold() in known), None)

    def need(self, *names: str) -> int:
        """Return the place of the first of these columns that is there.

        Raises
        ------
        BadInput
            None is.
        """
        place = self.find(*names)
        if place is None:
            there = ", ".join(self.columns[:12]) + (", …" if len(self.columns) > 12 else "")
            raise BadInput(
                f"{self.path} line 1: there is no column '{names[0]}'.", f"The columns there are: {there}."
            )
        return place

    def number(self, text: str, line: int, column: int) -> float:
        """Read a number; NaN where the cell says that there is none.

        Raises
        ------
        BadInput
            Naming the line.
        """
        if text.casefold() in _LOST:
            return math.nan
        try:
            value = float(text.replace(",", ".") if self.decimal_comma else text)
        except ValueError:
            value = math.inf
        if math.isinf(value):
            raise BadInput(
                f"{self.path} line {line}: {text!r} in the column '{self.columns[column]}' is no number.",
                "Correct this line.",
            )
        return value


def read_table(path: Path, tell: Tell | None = None) -> Table:
    """Begin to read a table with a line of names: separated by tabs, semicolons or commas.

    Raises
    ------
    BadInput
        Also while its rows are taken, naming the line.
    """
    lines = read_lines(path, tell)
    _, header = next(lines, (1, ""))
    delimiter = max("\t;,", key=header.count)
    # What comes with tabs does not quote; a single quotation mark there would swallow the rest.
    quoting: Quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    columns = [each.strip() for each in next(csv.reader([header], delimiter=delimiter, quoting=quoting), [])]
    if len(columns) < 2:
        raise BadInput(f"{path} line 1 names no columns.", "The first line must name them.")
    return Table(path, columns, _rows(path, lines, len(columns), delimiter, quoting), delimiter != ",")


def preview(path: Path, rows: int = 5) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a table and its first rows.

    Raises
    ------
    BadInput
        It is no table.
    """
    table = read_table(path)
    return table.columns, [cells for _, cells in itertools.islice(table.rows, rows)]


def _rows(
    path: Path, lines: Iterator[tuple[int, str]], width: int, delimiter: str, quoting: Quoting
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((f"{text}\n" for _, text in lines), delimiter=delimiter, quoting=quoting, strict=True)
    try:
        for cells in reader:
            if not any(each.strip() for each in cells):
                continue
            line = reader.line_num + 1
            if len(cells) < width or any(each.strip() for each in cells[width:]):
                raise BadInput(
                    f"{path} line {line}: {len(cells)} cells where the first line names {width}.",
                    "Correct this line.",
                )
            yield line, [each.strip() for each in cells[:width]]
    except csv.Error as error:
        raise BadInput(f"{path} line {reader.line_num + 1}: {error}.", "Correct this line.") from None
