"""The SQL of the integrity check: whether every row of every chain is as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from gazeannotator.study.gaze_rows import GazeRow, gaze_hash, unpacked, unpacked_offset
from gazeannotator.study.journal import FIRST_PREVIOUS, canonical_json, chain_hash
from gazeannotator.study.store_rows import as_entry
from gazeannotator.study.tables import entries, gaze, journals

Finding = tuple[str, str]
"""What is wrong, and where."""


def database_findings(connection: sa.Connection, _study_id: str) -> Iterator[Finding]:
    """Ask the database itself whether its file is whole (SQLite only; servers watch over their own)."""
    if connection.dialect.name == "sqlite":
        for (message,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if message != "ok":
                yield f"the database file is damaged: {message}", "database"


def chain_findings(connection: sa.Connection, study_id: str) -> Iterator[Finding]:
    """Recompute every hash chain, and compare with the heads and with the study's list of sessions."""
    for table in (entries, gaze):
        orphans = (
            sa.select(table.c.session).where(table.c.session.not_in(sa.select(journals.c.id))).distinct()
        )
        for (session,) in connection.execute(orphans):
            yield "rows without a session were added, or their session was deleted", f"session {session}"
    heads = connection.execute(sa.select(journals).order_by(journals.c.id)).all()
    opened = _opened_sessions(connection, study_id)
    there = {row.id for row in heads} - {study_id}
    for session in sorted(opened - there):
        yield "a session was deleted", f"session {session}"
    for session in sorted(there - opened):
        yield "a session was added", f"session {session}"
    for row in heads:
        where = "the study's journal" if row.id == study_id else f"session {row.id}"
        yield from _chain(connection, entries, _entry_hash, row.id, row.length, row.head, where)
        yield from _chain(
            connection, gaze, _gaze_hash, row.id, row.gaze_length, row.gaze_head, f"gaze of {where}"
        )


def _chain(
    connection: sa.Connection,
    table: sa.Table,
    hashed: Callable[[str, Any], str | None],
    journal: str,
    length: int,
    head: str,
    where: str,
) -> Iterator[Finding]:
    query = sa.select(table).where(table.c.session == journal).order_by(table.c.seq)
    expected, previous = 0, FIRST_PREVIOUS
    for row in connection.execute(query, execution_options={"yield_per": 256}):
        if row.seq != expected:
            yield "rows were deleted or added", f"{where}, rows {expected} to {row.seq - 1}"
        elif hashed(previous, row) != row.hash:
            yield "a row was changed", f"{where}, row {row.seq}"
        # From the stored hash on, so that one change is reported once.
        expected, previous = row.seq + 1, row.hash
    if (expected, previous) != (length, head):
        yield "rows at the end were deleted or added, or the head was changed", f"{where}, row {expected}"


def _entry_hash(previous: str, row: Any) -> str | None:  # noqa: ANN401 - a row of the table
    try:
        entry = as_entry(row)
        return chain_hash(previous, entry) if canonical_json(entry.data) == row.data else None
    except (ValueError, TypeError):
        return None


def _gaze_hash(previous: str, row: Any) -> str | None:  # noqa: ANN401 - a row of the table
    try:
        if row.kind == "samples":
            time_s = unpacked(row.data).time_s
            told = (row.samples, row.first_s, row.last_s) == (len(time_s), time_s.min(), time_s.max())
        else:
            unpacked_offset(row.data)
            told = (row.kind, row.samples, row.first_s, row.last_s) == ("clock", 0, None, None)
        kept = GazeRow(row.session, row.seq, row.kind, row.at_s, row.samples, row.data)
        return gaze_hash(previous, kept) if told else None
    except (ValueError, TypeError, IndexError):
        return None


def _opened_sessions(connection: sa.Connection, study_id: str) -> set[str]:
    query = sa.select(entries.c.data).where(
        entries.c.session == study_id, entries.c.event == "session_opened"
    )
    opened = set()
    for (data,) in connection.execute(query):
        try:
            opened.add(str(json.loads(data)["session"]))
        except (ValueError, TypeError, KeyError):
            continue  # the chain shows that this row was changed
    return opened
