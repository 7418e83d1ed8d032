"""The study's store: everything that is asked and answered goes in and comes out here.

Every call is one transaction; a write is on disk when the call returns. Rows are only ever
added. One store serves the GUI thread and the recorder thread at the same time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gazeannotator.errors import BadInput
from gazeannotator.samples import GazeChunk
from gazeannotator.study import folder, register, store_rows
from gazeannotator.study.copying import SessionCopy
from gazeannotator.study.deidentify.masks import Masks
from gazeannotator.study.gaze_reader import GazeReader
from gazeannotator.study.gaze_rows import GazeRow, PackedGaze
from gazeannotator.study.journal import (
    fold_readings,
    fold_session,
    link_corrections,
    session_data,
    take_late_marks,
)
from gazeannotator.study.model import Entry, Image, Protocol, Reader, Reading, Session
from gazeannotator.study.store_base import StoreBase, damage
from gazeannotator.study.tables import entries
from gazeannotator.study.waiting import Waiting, masks_data, waiting_data

_SESSION_EVENTS = ("session_started", "session_ended")


class Store(StoreBase):
    """A study that is open. Make one with `Store.create` or `Store.open`; close it, or use ``with``.

    Attributes
    ----------
    path : Path
    id : str
        UUID.
    """

    def add_image(self, image: Image) -> None:
        """Add one image, see `add_images`."""
        self.add_images([image])

    def add_images(
        self,
        images: Iterable[Image],
        waiting: Iterable[Waiting] = (),
        accepted: Iterable[tuple[Waiting, Image]] = (),
    ) -> None:
        """Add images, those that wait for a reviewer, and those accepted without one, all or none.

        Their files are stored already. For an image that is known, what it newly tells (patient,
        truth, file name) is added where it was unknown; nothing known is changed.
        """
        with self._writing() as connection:
            self._add(connection, images)
            known = dict(self._taken(connection).waiting)
            for each in waiting:
                before = known.get(each.id)
                image = register.merged(before.image, each.image) if before else each.image
                known[each.id] = replace(each, image=image)
                if known[each.id] != before:
                    data = waiting_data(known[each.id])
                    store_rows.append_entry(connection, self.id, "image_masked", data=data)
            for each, image in accepted:
                store_rows.append_entry(connection, self.id, "image_masked", data=waiting_data(each))
                self._approve(connection, each.id, image, each.masks)

    def approve(self, waiting: str, image: Image, masks: Masks) -> None:
        """Note that a reviewer agreed to what is hidden; from now on the image can be read.

        Its file is stored already, see `review.approve`.
        """
        with self._writing() as connection:
            self._approve(connection, waiting, image, masks)

    def reject(self, waiting: str) -> None:
        """Note that a waiting image is not to be read."""
        with self._writing() as connection:
            store_rows.append_entry(connection, self.id, "image_rejected", data={"waiting": waiting})

    def waiting(self) -> list[Waiting]:
        """Return the images that wait for a reviewer, in the order of import."""
        return list(self._current().waiting.values())

    def approved(self) -> dict[str, str]:
        """Map the id under which an image waited to its id since the approval."""
        return dict(self._current().approved)

    def _approve(self, connection: sa.Connection, waiting: str, image: Image, masks: Masks) -> None:
        data = masks_data(waiting, masks)
        store_rows.append_entry(connection, self.id, "image_approved", image=image.id, data=data)
        self._add(connection, [image])

    def _add(self, connection: sa.Connection, images: Iterable[Image]) -> None:
        known = dict(self._taken(connection).images)
        rows = []
        for image in images:
            before = known.get(image.id)
            known[image.id] = register.merged(before, image) if before else image
            if known[image.id] != before:
                data = register.image_data(image)
                rows.append(Entry(self.id, 0, 0.0, "image_imported", None, image.id, data, ""))
        store_rows.append_entries(connection, self.id, rows)

    def images(self) -> list[Image]:
        """Return the images in the order of import."""
        return list(self._current().images.values())

    def image_file(self, image_id: str) -> Path:
        """Return the file of an image's de-identified pixels (PNG)."""
        return folder.image_file(self.path, image_id)

    def add_reader(self, code: str) -> Reader:
        """Add a reader, or return the one who has this code.

        Raises
        ------
        BadInput
            If the code is empty, too long or not printable.
        """
        code = code.strip()
        if not code or len(code) > 64 or not code.isprintable():
            raise BadInput(
                f"{code!r} cannot be a reader code.", "Take 1 to 64 letters or digits, and no name."
            )
        if code not in self._current().readers:
            with self._writing() as connection:
                store_rows.append_entry(connection, self.id, "reader_added", data={"reader": code})
        return self._current().readers[code]

    def readers(self) -> list[Reader]:
        """Return the readers in the order in which they were added."""
        return list(self._current().readers.values())

    def set_consent(self, code: str, utc: str) -> None:
        """Note that a reader has agreed to the recording.

        Parameters
        ----------
        utc : str
            When, ISO 8601.
        """
        with self._writing() as connection:
            store_rows.append_entry(connection, self.id, "consent", data={"reader": code, "utc": utc})

    def change_protocol(self, protocol: Protocol) -> None:
        """Change how images are read from now on; sessions that run go on as they began."""
        with self._writing() as connection:
            data = {"protocol": asdict(protocol)}
            store_rows.append_entry(connection, self.id, "protocol_changed", data=data)

    def reader_lock(self, code: str) -> AbstractContextManager[None]:
        """Lock a reader against other windows and programs while they read.

        Raises
        ------
        UserError
            On entering, if the reader is already reading in another window.
        """
        return self._reader_locks.hold(code)

    # Sessions --------------------------------------------------------------------------

    def start_session(self, session: Session, extra: dict[str, Any] | None = None) -> Entry:
        """Begin a session, and close those that a crash has left open for the same reader.

        A reading that was cut off there gets an ``interrupted`` row, with the time of the last
        sign of life. Hold `reader_lock` meanwhile, so that no running session is taken for dead.

        Parameters
        ----------
        extra : dict, optional
            Further data of ``session_started``.
        """
        left_open = [each for each in self.sessions() if each.reader == session.reader and not each.ended]
        with self._writing() as connection:
            for each in left_open:
                self._close_crashed(connection, each)
            store_rows.new_journal(connection, session.id)
            opened = {"session": session.id, "reader": session.reader}
            store_rows.append_entry(connection, self.id, "session_opened", data=opened)
            classes = [each.name for each in self._taken(connection).scheme.classes]
            data = (extra or {}) | session_data(session, self.id) | {"classes": classes}
            return store_rows.append_entry(
                connection, session.id, "session_started", t_s=session.started_s, data=data
            )

    def append(
        self,
        session_id: str,
        event: str,
        *,
        t_s: float,
        reading: str | None = None,
        image: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> Entry:
        """Append a row to a session's journal; it is on disk when this returns.

        Parameters
        ----------
        t_s : float
            `local_clock()` of the event itself.
        data : dict, optional
            Anything that `journal.plain_json` takes; NaN becomes None.

        Raises
        ------
        StorageError
            Nothing was written; the same call may be repeated.
        """
        with self._writing() as connection:
            return store_rows.append_entry(
                connection, session_id, event, t_s=t_s, reading=reading, image=image, data=data
            )

    def end_session(self, session_id: str, t_s: float) -> Entry:
        """End a session: append ``session_ended``, and ``session_closed`` to the study's journal."""
        count = len(self.readings(session_id))
        with self._writing() as connection:
            return store_rows.append_end(connection, self.id, session_id, t_s, {"readings": count})

    def add_sessions(self, copies: Iterable[SessionCopy]) -> None:
        """Add sessions that were recorded elsewhere, all or none; those that are known are left alone.

        Their readers are added where they are new. Hold their `reader_lock`. A session that has no end
        is closed as after a crash.
        """
        with self._writing() as connection:
            register = self._taken(connection)
            known, readers = set(register.sessions), set(register.readers)
            for copy in copies:
                if copy.id in known:
                    continue
                known.add(copy.id)
                if copy.reader not in readers:
                    readers.add(copy.reader)
                    data = {"reader": copy.reader}
                    store_rows.append_entry(connection, self.id, "reader_added", data=data)
                if not store_rows.append_copy(connection, self.id, copy):
                    self._close_crashed(connection, fold_session(copy.rows))

    def sessions(self) -> list[Session]:
        """Return all sessions in the order of their starts."""
        query = entries.c.event.in_(_SESSION_EVENTS) & (entries.c.session != self.id)
        with self._reading() as connection, damage():
            rows = _by_session(store_rows.read_entries(connection, query))
            return [fold_session(rows[each]) for each in self._taken(connection).sessions if each in rows]

    def entries(self, session_id: str) -> list[Entry]:
        """Return a session's journal."""
        with self._reading() as connection, damage():
            return store_rows.read_entries(connection, entries.c.session == session_id)

    def readings(self, session_id: str | None = None) -> list[Reading]:
        """Return the readings of all sessions, or of one, corrections in later sessions included."""
        readings: list[Reading] = []
        late: list[Entry] = []
        unmarked: set[str | None] = set()
        with self._reading() as connection, damage():
            # Session by session: all rows of a large study would need some GB of memory.
            for each in self._taken(connection).sessions:
                rows = store_rows.read_entries(connection, entries.c.session == each)
                if rows:
                    mine = fold_readings(fold_session(rows), rows)
                    known, marks = {one.id for one in mine}, [row for row in rows if row.event == "quality"]
                    unmarked |= known - {row.reading for row in marks}
                    late += [row for row in marks if row.reading not in known]
                    readings += mine
        readings = take_late_marks(readings, (row for row in late if row.reading in unmarked))
        return [each for each in link_corrections(readings) if session_id in (None, each.session)]

    # Gaze ------------------------------------------------------------------------------

    def append_gaze(self, session_id: str, chunk: GazeChunk, received_s: float) -> None:
        """Append samples with their raw stamps; they are on disk when this returns.

        Parameters
        ----------
        received_s : float
            `local_clock()` when the last of them had arrived; by it a sample is assigned where
            the sender's clock was reset.

        Raises
        ------
        StorageError
            Nothing was written; the same call may be repeated.
        """
        if len(chunk):
            with self._writing() as connection:
                store_rows.append_gaze(connection, session_id, [PackedGaze.of_samples(chunk, received_s)])

    def append_clock_offset(self, session_id: str, at_s: float, offset_s: float) -> None:
        """Append a measurement of the sender's clock.

        Parameters
        ----------
        at_s : float
            `local_clock()` of the measurement.
        offset_s : float
            What is added to a raw stamp to get `local_clock()`.
        """
        with self._writing() as connection:
            store_rows.append_gaze(connection, session_id, [PackedGaze.of_offset(at_s, offset_s)])

    def gaze(self, session_id: str, start_s: float = -math.inf, stop_s: float = math.inf) -> GazeChunk:
        """Return the samples of a session with ``start_s`` ≤ t ≤ ``stop_s``.

        Parameters
        ----------
        start_s, stop_s : float
            `local_clock()` seconds.

        Returns
        -------
        GazeChunk
            Sorted by time, which is corrected to `local_clock()`, see `gaze_rows.SenderClock`.
        """
        with self._reading() as connection, damage():
            return store_rows.read_gaze(connection, session_id, start_s, stop_s)

    @contextmanager
    def gaze_reader(self) -> Iterator[GazeReader]:
        """Read the gaze of many spans; much faster than `gaze` for each, and all of one moment."""
        with self._reading() as connection:
            yield GazeReader(connection)

    def gaze_heads(self) -> dict[str, str]:
        """Tell by session what changes with every sample of gaze that is added: the head of its chain."""
        with self._reading() as connection:
            return store_rows.read_gaze_heads(connection)

    def gaze_rows(self, session_id: str) -> Iterator[GazeRow]:
        """Go through a session's gaze as it was recorded: raw stamps, measured clock offsets, in order."""
        with self._reading() as connection, damage():
            yield from store_rows.read_gaze_rows(connection, session_id)

    def gaze_sample_count(self, session_id: str | None = None) -> int:
        """Count the samples of a session, or of all."""
        with self._reading() as connection:
            return store_rows.count_samples(connection, session_id)

    def _close_crashed(self, connection: sa.Connection, session: Session) -> None:
        rows = store_rows.read_entries(connection, entries.c.session == session.id)
        last_s = max(each.t_s for each in rows)
        # Gaze goes on being recorded until the end, so it may be the last sign of life.
        later_gaze = store_rows.read_gaze(connection, session.id, last_s, math.inf)
        last_s = float(later_gaze.time_s.max(initial=last_s))
        readings = fold_readings(session, rows)
        for each in readings:
            if each.state == "open":
                data = {"reason": "crash"}
                store_rows.append_entry(
                    connection,
                    session.id,
                    "interrupted",
                    t_s=last_s,
                    reading=each.id,
                    image=each.image,
                    data=data,
                )
        ended = {"readings": len(readings), "recovered": True}
        store_rows.append_end(connection, self.id, session.id, last_s, ended)


def _by_session(rows: Iterable[Entry]) -> dict[str, list[Entry]]:
    sessions = defaultdict(list)
    for each in rows:
        sessions[each.session].append(each)
    return sessions
