"""Tables that are read with the line of every fault."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput


def read_csv(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Read the named columns of a CSV file, row by row.

    Parameters
    ----------
    path : Path
        UTF-8, comma or semicolon.
    columns : sequence of str
        They must all be there, in any order; others are ignored.

    Yields
    ------
    line : int
        As a text editor counts.
    cells : list of str
        In the order of `columns`, without surrounding space.

    Raises
    ------
    BadInput
        Naming the file and line, if it cannot be read so.
    """
    with _reader(path) as reader:
        yield from _rows(path, reader, columns)


def read_header(path: Path) -> list[str]:
    """Read the names of a CSV file's columns, in small letters.

    Raises
    ------
    BadInput
        As `read_csv`.
    """
    with _reader(path) as reader:
        return _names(reader)


@contextmanager
def _reader(path: Path) -> Iterator[Any]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            delimiter = ";" if header.count(";") > header.count(",") else ","
            yield csv.reader(file, delimiter=delimiter, strict=True)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.", "Check the name.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text.", "Save it as 'CSV UTF-8'.") from None
    except csv.Error as error:
        raise BadInput(f"{path} is not a CSV table: {error}.", "Save it as 'CSV UTF-8'.") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Check the name and your rights."
        ) from None


def _rows(path: Path, reader: Any, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401
    names = _names(reader)
    missing = [each for each in columns if each not in names]
    if missing:
        raise BadInput(
            f"{path} line 1: there is no column {missing[0]!r}.",
            f"The first line must name {','.join(columns)}.",
        )
    places = [names.index(each) for each in columns]
    for cells in reader:
        if not any(each.strip() for each in cells):
            continue
        if len(cells) != len(names):
            raise BadInput(
                f"{path} line {reader.line_num}: {len(cells)} cells where the first line names {len(names)}.",
                "Correct this line.",
            )
        yield reader.line_num, [cells[place].strip() for place in places]


def _names(reader: Any) -> list[str]:  # noqa: ANN401
    return [each.strip().lower() for each in next(reader, [])]
