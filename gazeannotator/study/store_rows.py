"""The store's SQL: rows of journals and gaze, within a transaction that the store has begun."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
import sqlalchemy as sa

from gazeannotator.errors import StudyDamaged
from gazeannotator.samples import GazeChunk
from gazeannotator.study.copying import SessionCopy
from gazeannotator.study.gaze_rows import (
    GazeRow,
    PackedGaze,
    SenderClock,
    applied_offset,
    gaze_hash,
    unpacked,
    unpacked_offset,
)
from gazeannotator.study.journal import FIRST_PREVIOUS, canonical_json, chain_hash, plain_json
from gazeannotator.study.model import Entry
from gazeannotator.study.tables import entries, gaze, journals

_AT_ONCE = 1000


def new_journal(connection: sa.Connection, journal: str) -> None:
    """Begin a journal without rows."""
    empty = {"length": 0, "head": FIRST_PREVIOUS, "gaze_length": 0, "gaze_head": FIRST_PREVIOUS}
    connection.execute(sa.insert(journals).values(id=journal, **empty))


def append_entry(
    connection: sa.Connection,
    journal: str,
    event: str,
    *,
    t_s: float = 0.0,
    reading: str | None = None,
    image: str | None = None,
    data: dict[str, Any] | None = None,
) -> Entry:
    """Append a row to a journal and move the journal's head."""
    (entry,) = append_entries(
        connection, journal, [Entry(journal, 0, t_s, event, reading, image, data or {}, "")]
    )
    return entry


def append_entries(connection: sa.Connection, journal: str, rows: Iterable[Entry]) -> list[Entry]:
    """Append rows to a journal, and move its head; their number and wall clock are given here."""
    head = _head(connection, journal)
    length, hashed, utc = head.length, head.head, utc_now()
    appended, values = [], []
    for row in rows:
        if not math.isfinite(row.t_s):
            raise ValueError(f"{row.event} without a time")
        # Adding zero turns -0.0, which SQLite does not keep, into 0.0.
        entry = replace(row, seq=length, t_s=float(row.t_s) + 0.0, data=plain_json(row.data), utc=utc)
        hashed, length = chain_hash(hashed, entry), length + 1
        columns = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
        values.append(columns | {"data": canonical_json(entry.data), "hash": hashed})
        appended.append(entry)
    if values:
        connection.execute(sa.insert(entries), values)
        _move_head(connection, journal, length=length, head=hashed)
    return appended


def append_end(
    connection: sa.Connection, study: str, session: str, t_s: float, data: dict[str, Any]
) -> Entry:
    """End a session's journal, so that what is cut off from it later is missed.

    ``session_ended`` tells how far the gaze chain reached, and ``session_closed`` in the study's
    own journal how far the session's did.
    """
    head = _head(connection, session)
    reached = {"gaze_length": head.gaze_length, "gaze_head": head.gaze_head}
    entry = append_entry(connection, session, "session_ended", t_s=t_s, data=data | reached)
    head = _head(connection, session)
    closed = {"session": session, "length": head.length, "head": head.head}
    append_entry(connection, study, "session_closed", data=closed)
    return entry


def append_copy(connection: sa.Connection, study: str, copy: SessionCopy) -> bool:
    """Append a whole session, under chains of its own; returns whether it has an end."""
    new_journal(connection, copy.id)
    opened = {"session": copy.id, "reader": copy.reader, "origin": copy.origin}
    append_entry(connection, study, "session_opened", data=opened)
    append_gaze(connection, copy.id, copy.gaze)
    ended = copy.rows[-1].event == "session_ended"
    append_entries(connection, copy.id, copy.rows[:-1] if ended else copy.rows)
    if ended:
        append_end(connection, study, copy.id, copy.rows[-1].t_s, copy.rows[-1].data)
    return ended


def read_entries(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Entry]:
    """Read rows, journal by journal, each in its order.

    Raises
    ------
    ValueError
        If a row's data is not JSON.
    """
    return list(each_entry(connection, where))


def each_entry(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Entry]:
    """Go through rows as `read_entries` reads them, a few in memory at a time."""
    query = sa.select(entries).where(where).order_by(entries.c.session, entries.c.seq)
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield as_entry(row)


def as_entry(row: Any) -> Entry:  # noqa: ANN401 - a row of the table
    """Make an `Entry` of a row of the table."""
    data = json.loads(row.data)
    return Entry(row.session, row.seq, row.t_s, row.event, row.reading, row.image, data, row.utc)


def append_gaze(connection: sa.Connection, session: str, rows: Iterable[PackedGaze]) -> None:
    """Append gaze, or measurements of its clock, and move the gaze chain's head."""
    head = _head(connection, session)
    length, hashed = head.gaze_length, head.gaze_head
    values = []
    for new in rows:
        if not math.isfinite(new.at_s):
            raise ValueError("gaze without the time of its arrival")
        row = GazeRow(session, length, new.kind, float(new.at_s) + 0.0, new.samples, new.data)
        hashed, length = gaze_hash(hashed, row), length + 1
        columns = {name: getattr(row, name) for name in row.__dataclass_fields__}
        values.append(columns | {"first_s": new.first_s, "last_s": new.last_s, "hash": hashed})
    if values:
        connection.execute(sa.insert(gaze), values)
        _move_head(connection, session, gaze_length=length, gaze_head=hashed)


@dataclass(frozen=True)
class SessionClock:
    """The clock of a session's sender, and the least and most that it moves a stamp."""

    clock: SenderClock
    least_s: float
    most_s: float


def read_clock(connection: sa.Connection, session: str) -> SessionClock:
    """Read what was measured of the clock of a session's sender."""
    query = (
        sa.select(gaze.c.at_s, gaze.c.data)
        .where(gaze.c.session == session, gaze.c.kind == "clock")
        .order_by(gaze.c.seq)
    )
    measured = [(row.at_s, unpacked_offset(row.data)) for row in connection.execute(query)]
    at_s, offset_s = np.array(measured, float).reshape(-1, 2).T
    offset_s = applied_offset(offset_s, _is_same_machine(connection, session))
    least_s, most_s = float(min(offset_s, default=0.0)), float(max(offset_s, default=0.0))
    return SessionClock(SenderClock(at_s, offset_s), least_s, most_s)


_SAMPLES = (
    sa.select(gaze.c.at_s, gaze.c.data)
    .where(
        gaze.c.session == sa.bindparam("session"),
        gaze.c.kind == "samples",
        gaze.c.last_s >= sa.bindparam("after_s"),
        gaze.c.first_s <= sa.bindparam("before_s"),
    )
    .order_by(gaze.c.seq)
)
_LONGEST_S = 1e300
"""Further away than any time: databases know no infinity."""


def read_gaze(
    connection: sa.Connection, session: str, start_s: float, stop_s: float, clock: SessionClock | None = None
) -> GazeChunk:
    """Read the samples of a span of time, corrected to `local_clock()` and sorted.

    Parameters
    ----------
    clock : SessionClock, optional
        As `read_clock` reads it.
    """
    clock = clock or read_clock(connection, session)
    # No stamp is moved by more than the extreme offsets, so these rows hold all that is wanted.
    span = {
        "session": session,
        "after_s": max(start_s - clock.most_s, -_LONGEST_S),
        "before_s": min(stop_s - clock.least_s, _LONGEST_S),
    }
    chunks = []
    for row in connection.execute(_SAMPLES, span):
        chunk = unpacked(row.data)
        chunk = replace(chunk, time_s=clock.clock.corrected(chunk.time_s, row.at_s))
        chunks.append(chunk[(chunk.time_s >= start_s) & (chunk.time_s <= stop_s)])
    joined = GazeChunk.joined(chunks)
    return joined[np.argsort(joined.time_s, kind="stable")]


def read_gaze_heads(connection: sa.Connection) -> dict[str, str]:
    """Read the head of each session's gaze chain: it changes with every sample."""
    query = sa.select(journals.c.id, journals.c.gaze_head)
    return {row.id: row.gaze_head for row in connection.execute(query)}


def read_gaze_rows(connection: sa.Connection, session: str) -> Iterator[GazeRow]:
    """Read the gaze of a session row by row, as it was written."""
    query = sa.select(gaze).where(gaze.c.session == session).order_by(gaze.c.seq)
    for row in connection.execute(query):
        yield GazeRow(row.session, row.seq, row.kind, row.at_s, row.samples, row.data)


def count_samples(connection: sa.Connection, session: str | None) -> int:
    """Count the gaze samples of a session, or of all."""
    query = sa.select(sa.func.coalesce(sa.func.sum(gaze.c.samples), 0))
    if session is not None:
        query = query.where(gaze.c.session == session)
    return int(connection.execute(query).scalar_one())


def _is_same_machine(connection: sa.Connection, session: str) -> bool:
    """Whether a session's gaze was sent from the computer that recorded it; older sessions do not tell."""
    started = (entries.c.session == session) & (entries.c.event == "session_started")
    stream = next((each.data.get("gaze_stream") for each in read_entries(connection, started)), None)
    return bool(stream and stream.get("same_machine", False))


def utc_now() -> str:
    """Return the wall clock, ISO 8601 in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def _head(connection: sa.Connection, journal: str) -> Any:  # noqa: ANN401 - a row of the table
    # FOR UPDATE lets writers of other machines wait for each other; SQLite has locked the whole file.
    query = sa.select(journals).where(journals.c.id == journal).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise StudyDamaged(f"The study has no session {journal}.", "Start a new session.")
    return row


def _move_head(connection: sa.Connection, journal: str, **values: Any) -> None:  # noqa: ANN401
    connection.execute(sa.update(journals).where(journals.c.id == journal).values(**values))
