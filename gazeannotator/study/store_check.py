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

End = tuple[int, str]
"""Number of rows of a chain up to somewhere, and the hash of the last of them."""


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
    opened = {str(data["session"]) for _, data in _told(connection, "session_opened", study_id, ("session",))}
    closed = _told(connection, "session_closed", study_id, ("session", "length", "head"))
    ends = {str(data["session"]): (data["length"], data["head"]) for _, data in closed}
    ended = _told(connection, "session_ended", None, ("gaze_length", "gaze_head"))
    gaze_ends = {session: (data["gaze_length"], data["gaze_head"]) for session, data in ended}
    there = {row.id for row in heads} - {study_id}
    for session in sorted(opened - there):
        yield "a session was deleted", f"session {session}"
    for session in sorted(there - opened):
        yield "a session was added", f"session {session}"
    # Studies of the first versions tell the ends neither here nor there.
    for session in sorted(gaze_ends.keys() - ends.keys()):
        yield "the end of a session was deleted from the study's journal", f"session {session}"
    for row in heads:
        where = "the study's journal" if row.id == study_id else f"session {row.id}"
        head, end = (row.length, row.head), ends.get(row.id)
        yield from _chain(connection, entries, _entry_hash, row.id, head, end, where)
        if end is not None and row.length > end[0]:
            yield "rows were added after the session's end", f"{where}, row {end[0]}"
        # Gaze that could not be stored at once may follow later.
        head, end = (row.gaze_length, row.gaze_head), gaze_ends.get(row.id)
        yield from _chain(connection, gaze, _gaze_hash, row.id, head, end, f"gaze of {where}")


def _chain(
    connection: sa.Connection,
    table: sa.Table,
    hashed: Callable[[str, Any], str | None],
    journal: str,
    head: End,
    end: End | None,
    where: str,
) -> Iterator[Finding]:
    query = sa.select(table).where(table.c.session == journal).order_by(table.c.seq)
    expected, previous = 0, FIRST_PREVIOUS
    reaches_end = end in (None, (expected, previous))
    for row in connection.execute(query, execution_options={"yield_per": 256}):
        if row.seq != expected:
            yield "rows were deleted or added", f"{where}, rows {expected} to {row.seq - 1}"
        elif hashed(previous, row) != row.hash:
            yield "a row was changed", f"{where}, row {row.seq}"
        # From the stored hash on, so that one change is reported once.
        expected, previous = row.seq + 1, row.hash
        reaches_end |= end == (expected, previous)
    if (expected, previous) != head:
        yield "rows at the end were deleted or added, or the head was changed", f"{where}, row {expected}"
    elif not reaches_end:
        yield "rows from before the session's end were deleted or changed", f"{where}, row {expected}"


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


def _told(
    connection: sa.Connection, event: str, journal: str | None, keys: tuple[str, ...]
) -> list[tuple[str, dict[str, Any]]]:
    """Read the data of an event's rows that have all these keys, each with its journal."""
    query = sa.select(entries.c.session, entries.c.data).where(entries.c.event == event)
    if journal is not None:
        query = query.where(entries.c.session == journal)
    told = []
    for session, text in connection.execute(query.order_by(entries.c.session, entries.c.seq)):
        try:
            data = json.loads(text)
            told.append((session, {key: data[key] for key in keys}))
        except (ValueError, TypeError, KeyError):
            continue  # written before these keys were, or changed, which the chain shows
    return told
