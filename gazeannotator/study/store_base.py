"""What a store stands on: a study's folder, its database, its transactions and its register."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.study import folder, register, store_rows, tables
from gazeannotator.study.identity import StudyKey
from gazeannotator.study.model import Protocol, Scheme
from gazeannotator.study.tables import entries

if TYPE_CHECKING:
    from typing_extensions import Self


class StoreBase:
    """Opening and closing, and what the study's register says of the study itself."""

    def __init__(self, path: Path, study_id: str, engine: sa.Engine) -> None:
        self.path = path
        self.id = study_id
        self._engine = engine
        # Two threads of one process take turns here, in order; SQLite's own waiting is by sleeping.
        self._writer = threading.Lock()
        self._reader_locks = folder.ReaderLocks(path)
        self._register = register.Register()
        self._register_lock = threading.Lock()

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        name: str,
        scheme: Scheme,
        protocol: Protocol | None = None,
        database_url: str | None = None,
    ) -> Self:
        """Make a new study in a folder that is empty or not there yet.

        Parameters
        ----------
        database_url : str, optional
            A SQLAlchemy URL, by default SQLite in the folder. A password in it is not stored;
            later it is taken from the environment variable GAZEANNOTATOR_DATABASE_PASSWORD.

        Raises
        ------
        BadInput
            If the folder is not empty, or the database cannot be used.
        StorageError
        """
        path = Path(path)
        study_id = str(uuid.uuid4())
        stored_url = tables.stored_url(database_url)
        try:
            path.mkdir(exist_ok=True)
            if any(path.iterdir()):
                raise BadInput(f"{path} is not empty.", "Choose a new folder for the study.")
            key = StudyKey.create(folder.key_file(path))
        except OSError as error:
            raise folder.storage_error(error, path) from error
        engine = None
        try:
            engine = tables.open_database(database_url or stored_url, path, create=True)
            store = cls(path, study_id, engine)
            writer = version("gazeannotator")
            data = register.created_data(name, scheme, protocol or Protocol(), writer, key.check)
            with store._writing() as connection:
                store_rows.new_journal(connection, study_id)
                store_rows.append_entry(connection, study_id, "study_created", data=data)
            descriptor = folder.Descriptor(folder.FORMAT, folder.FORMAT, writer, study_id, stored_url)
            folder.write_descriptor(path, descriptor)
        except BaseException:
            if engine is not None:
                tables.discard_database(engine)
            folder.key_file(path).unlink(missing_ok=True)
            raise
        return store

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a study.

        Raises
        ------
        BadInput
            If the folder is no study, or one of a newer program.
        StudyDamaged
            If it cannot be understood.
        StorageError
            If it cannot be read or written.
        """
        path = Path(path)
        descriptor = folder.read_descriptor(path)
        store = cls(path, descriptor.id, tables.open_database(descriptor.database, path, create=False))
        try:
            if store._current().length == 0:
                raise StudyDamaged(
                    f"The database of {path} belongs to another study.", "Put back the right one."
                )
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the study; a closed store is not used again."""
        self._engine.dispose()

    def discard(self) -> None:
        """Remove the database of a study that is not to be; the folder is the caller's."""
        tables.discard_database(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The study's name."""
        return self._current().name

    @property
    def scheme(self) -> Scheme:
        """What is asked."""
        return self._current().scheme

    @property
    def protocol(self) -> Protocol:
        """How images are read."""
        return self._current().protocol

    @property
    def created_utc(self) -> str:
        """Wall clock at creation, ISO 8601."""
        return self._current().created_utc

    @cached_property
    def key(self) -> StudyKey:
        """The study's secret key, read from its file when first asked for.

        Raises
        ------
        StudyDamaged
            If the file is missing or holds the key of another study.
        """
        key = StudyKey.load(folder.key_file(self.path))
        if key.check != self._current().key_check:
            raise StudyDamaged(
                f"{folder.key_file(self.path)} holds the key of another study.",
                "Put back this study's own key; with another one patients would get new pseudonyms.",
            )
        return key

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._writer, tables.storage_errors(), self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with tables.storage_errors(), self._engine.connect() as connection, connection.begin():
            yield connection

    def _current(self) -> register.Register:
        with self._reading() as connection:
            return self._taken(connection)

    def _taken(self, connection: sa.Connection) -> register.Register:
        # Another program may have added images or readers: take in what is new.
        with self._register_lock, damage():
            new = (entries.c.session == self.id) & (entries.c.seq >= self._register.length)
            self._register.take(store_rows.each_entry(connection, new))
            return self._register


@contextmanager
def damage() -> Iterator[None]:
    """Rows that cannot be understood mean a damaged study, not a bug."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Put the study back from a backup; do not go on with this copy."
        raise StudyDamaged(f"The study holds rows that cannot be understood ({error}).", hint) from error
