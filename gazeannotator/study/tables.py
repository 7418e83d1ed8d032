"""The study's database: its tables, how it is opened, and its errors in the user's words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from gazeannotator.errors import BadInput, StorageError, StudyDamaged

BUSY_TIMEOUT_S = 5.0
"""How long a write waits for another program's write to end before it is refused."""

SQLITE_SETTINGS: dict[str, str] = {
    "journal_mode": "WAL",
    # In WAL mode only FULL syncs the log at each commit: what was acknowledged survives power loss.
    "synchronous": "FULL",
    "fullfsync": "ON",  # macOS: really to the platter
    "foreign_keys": "ON",
}

PASSWORD_VARIABLE = "GAZEANNOTATOR_DATABASE_PASSWORD"
_DEFAULT = "sqlite:///study.db"

metadata = sa.MetaData()

journals = sa.Table(
    "journals",
    metadata,
    # A session's id, or the study's own for its register.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("head", sa.String(64), nullable=False),
    sa.Column("gaze_length", sa.Integer, nullable=False),
    sa.Column("gaze_head", sa.String(64), nullable=False),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("session", sa.String(36), sa.ForeignKey("journals.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("t_s", sa.Double, nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("reading", sa.String(36)),
    sa.Column("image", sa.String(64)),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("utc", sa.String(32), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

gaze = sa.Table(
    "gaze",
    metadata,
    sa.Column("session", sa.String(36), sa.ForeignKey("journals.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), nullable=False),  # "samples" or "clock"
    sa.Column("at_s", sa.Double, nullable=False),  # local_clock: when received, when measured
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("first_s", sa.Double),  # raw stamps: earliest and latest in the row
    sa.Column("last_s", sa.Double),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("gaze_by_time", "session", "first_s", "last_s"),
)


def stored_url(database_url: str | None) -> str:
    """Bring a database URL to the form that study.json keeps: without password, no relative path.

    Raises
    ------
    BadInput
        If it is not a database URL.
    """
    if database_url is None:
        return _DEFAULT
    url = _parsed(database_url)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise BadInput(f"'{database_url}' names no file.", "Write sqlite:////folder/study.db.")
        url = url.set(database=str(Path(url.database).resolve()))
    url = url.difference_update_query(["password"])._replace(password=None)
    return url.render_as_string(hide_password=False)


def open_database(database_url: str, folder: Path, *, create: bool) -> sa.Engine:
    """Open a study's database; `create` also makes its tables.

    Parameters
    ----------
    database_url : str
        As in study.json (SQLite paths relative to `folder`), or as the user gave it.

    Raises
    ------
    BadInput
        If the URL or its driver is not usable, or the database already holds a study.
    StudyDamaged
        If it does not hold one (without `create`).
    StorageError
    """
    url = _parsed(database_url)
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        file = folder / (url.database or "")
        if not create and not file.is_file():
            raise StudyDamaged(f"The study's database {file} is missing.", "Put it back from a backup.")
        url = url.set(database=str(file))
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S}
    elif password := os.environ.get(PASSWORD_VARIABLE):
        url = url.set(password=password)
    try:
        engine = sa.create_engine(url, **options)
    except (ImportError, exc.NoSuchModuleError) as error:
        raise BadInput(
            f"Databases of the kind '{url.drivername}' need a Python package that is missing ({error}).",
            "Install it (for postgresql+psycopg: pip install psycopg), or leave --database out.",
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with storage_errors(), engine.connect() as connection:
            there = sa.inspect(connection).has_table(journals.name)
        if create and there:
            raise BadInput("The database already holds a study.", "Name another database.")
        if create:
            with storage_errors():
                metadata.create_all(engine)
        elif not there:
            raise StudyDamaged("The database holds no study.", "Put the study's database back from a backup.")
    except BaseException:
        engine.dispose()
        raise
    return engine


def discard_database(engine: sa.Engine) -> None:
    """Remove the tables of a study that was not finished, and the file that held them."""
    metadata.drop_all(engine)
    engine.dispose()
    if engine.dialect.name == "sqlite" and engine.url.database:
        for suffix in ("", "-wal", "-shm"):
            Path(engine.url.database + suffix).unlink(missing_ok=True)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Say in the user's words what the database could not do.

    Raises
    ------
    StorageError
        Disk full, locked, read-only, unreachable: the same call works once the cause is gone.
    StudyDamaged
        The file is not a whole database.
    """
    try:
        yield
    except exc.DBAPIError as error:
        raise _in_words(str(error.orig)) from error


def _in_words(text: str) -> StorageError | StudyDamaged:
    # Python 3.10 tells no SQLite error codes, but these texts have been the same for twenty years.
    for part, message, hint in _TEXTS:
        if part in text:
            return StorageError(message, hint)
    if any(part in text for part in ("malformed", "not a database", "no such table", "no such column")):
        hint = "Put the study back from a backup; do not go on with this copy."
        return StudyDamaged(f"The study's database is damaged ({text}).", hint)
    return StorageError(
        f"The study's database does not work: {' '.join(text.split())}.", "Remove the cause, try again."
    )


_TEXTS = (
    ("disk is full", "The disk is full.", "Make room; what was saved so far is safe."),
    (
        "locked",
        "The study's database is locked by another program.",
        "Close other programs that use this study, then try again.",
    ),
    (
        "readonly",
        "The study's database cannot be written.",
        "Check that you have the right to write in the study's folder.",
    ),
    (
        "unable to open database file",
        "The study's database cannot be opened.",
        "Check that you have the right to read and write in the study's folder.",
    ),
    ("disk I/O error", "The disk reports an error.", "Check the disk and its cable, then try again."),
)


def _parsed(database_url: str) -> sa.URL:
    try:
        return sa.make_url(database_url)
    except exc.ArgumentError as error:
        raise BadInput(
            "The database URL cannot be understood.",
            "It looks like sqlite:////folder/study.db or postgresql+psycopg://user@host/name.",
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    # Transactions are begun by _begin_sqlite, not by sqlite3 itself, which would begin them too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in SQLITE_SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A write takes the lock at once: one that began as a read could fail half-way.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
