"""Sessions that were recorded elsewhere, on their way into a study: whole, checked, ready to be stored."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gazeannotator.errors import BadInput
from gazeannotator.study.gaze_rows import PackedGaze
from gazeannotator.study.journal import fold_readings, fold_session
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Entry, Image, Reading, Scheme, Session

MAX_EVENT_LENGTH = 32
MAX_ID_LENGTH = 36


@dataclass(frozen=True)
class SessionCopy:
    """A session as a file tells it.

    Attributes
    ----------
    rows : sequence of Entry
        Its journal, ``session_started`` first; `seq` and `utc` are given when they are stored.
    gaze : sequence of PackedGaze
    origin : dict
        What file it comes from, without a name: ``format``, ``sha256``.
    """

    rows: Sequence[Entry]
    gaze: Sequence[PackedGaze]
    origin: dict[str, str]

    @property
    def id(self) -> str:
        """Of the session."""
        return self.rows[0].session

    @property
    def reader(self) -> str:
        """Code of the reader."""
        return str(self.rows[0].data["reader"])

    @property
    def samples(self) -> int:
        """Number of gaze samples."""
        return sum(each.samples for each in self.gaze)

    @cached_property
    def session(self) -> Session:
        """The session that follows from the rows."""
        return fold_session(self.rows)

    @cached_property
    def readings(self) -> list[Reading]:
        """The readings that follow from the rows."""
        return fold_readings(self.session, self.rows)


@dataclass
class GazeImport:
    """What an import of recordings did.

    Attributes
    ----------
    sessions, readings, samples, fixations : int
        That are in the study now and were not before.
    already_known : int
        Sessions that the study had before.
    refused : list of (str, str)
        Where in which file, and in one sentence what is wrong and what to do.
    notes : list of str
    """

    sessions: int = 0
    readings: int = 0
    samples: int = 0
    fixations: int = 0
    already_known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, copy: SessionCopy) -> None:
        """Count a session that is to be stored."""
        self.sessions += 1
        self.readings += len(copy.readings)
        self.samples += copy.samples
        self.fixations += sum(len(each.fixations.onset_s) for each in copy.readings if each.fixations)


def check_rows(rows: Sequence[Entry], scheme: Scheme, images: Mapping[str, Image]) -> None:
    """Make sure that rows of another place make a session that a study can hold.

    Raises
    ------
    BadInput
        They do not, or they mean something else in this study.
    """
    whose = f"Session {rows[0].session}"
    hint = "Import the file that the recording program has written, unchanged."
    if rows[0].event != "session_started":
        raise BadInput(
            f"{whose} does not begin with its session_started: the recording began too late.",
            "Start LabRecorder before the reading session; this one cannot be rebuilt.",
        )
    events = [row.event for row in rows]
    if events.count("session_started") > 1 or "session_ended" in events[:-1]:
        raise BadInput(f"{whose} begins or ends more than once.", hint)
    try:
        _check_names(rows)
        session = fold_session(rows)
        _check_classes(rows, scheme)
        readings = fold_readings(session, rows)
        _check_readings(readings, rows, scheme, images)
    except BadInput:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadInput(f"{whose} cannot be understood ({_named(error)}).", hint) from error
    unknown = {each.image for each in readings} - images.keys()
    if unknown:
        named = ", ".join(sorted(each[:12] for each in unknown)[:3]) + (", …" if len(unknown) > 3 else "")
        raise BadInput(
            f"{whose} shows images that the study does not have: {len(unknown)} ({named}).",
            "Import these images first, or name the study in which they were read.",
        )


def _named(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _check_names(rows: Sequence[Entry]) -> None:
    for row in rows:
        if len(row.event) > MAX_EVENT_LENGTH:
            raise ValueError(f"the event {row.event[:40]!r} has too long a name")
        for each in (row.session, row.reading):
            if each is not None and (len(each) > MAX_ID_LENGTH or str(uuid.UUID(each)) != each):
                raise ValueError(f"{each!r} is no UUID")
    reader = rows[0].data["reader"]
    if not isinstance(reader, str) or not 0 < len(reader.strip()) <= 64 or not reader.isprintable():
        raise ValueError(f"{reader!r} is no reader code")


def _check_classes(rows: Sequence[Entry], scheme: Scheme) -> None:
    """Class numbers mean nothing by themselves: they must be those of the study."""
    named = rows[0].data.get("classes")
    ours = [each.name for each in scheme.classes]
    answers = [(row.data["key"], row.data["label"]) for row in rows if row.event == "key"]
    fits = named is None or named == ours
    for key, label in answers:
        if label is None or label == CANNOT_BE_ASSESSED:
            continue
        if not _is_whole(label, 0, len(ours) - 1):
            fits = False
        elif key is not None and str(key) != scheme.classes[label].key:
            fits = False
    if not fits:
        theirs = ", ".join(map(str, named)) if isinstance(named, list) else "not told"
        raise BadInput(
            f"Session {rows[0].session} was read with other classes ({theirs}) than the study has "
            f"({', '.join(ours)}).",
            "Import it into a study with the same scheme.",
        )


def _check_readings(
    readings: Collection[Reading], rows: Sequence[Entry], scheme: Scheme, images: Mapping[str, Image]
) -> None:
    """Ask of each reading what the store asks of one that is read here."""
    known = {each.id for each in readings}
    begun: set[str] = set()
    for row in rows:
        if row.event == "onset" and row.reading is not None:
            if row.reading in begun:
                raise ValueError(f"reading {row.reading} begins twice")
            begun.add(row.reading)
            _check_onset(row.data, images.get(row.image or ""))
        elif row.event in ("key", "offset", "fixations") and row.reading not in begun:
            raise ValueError(f"{row.event} of a reading that did not begin")
    for each in readings:
        labels = (None, CANNOT_BE_ASSESSED, *range(len(scheme.classes)))
        if each.label not in labels or not _is_whole(each.confidence, 0, 2):
            raise ValueError(f"label {each.label!r} with confidence {each.confidence!r}")
        if each.replaces is not None and not isinstance(each.replaces, str):
            raise ValueError(f"{each.replaces!r} is replaced")
    if len(known) != len(begun):
        raise ValueError("readings without an onset")


def _check_onset(data: dict[str, Any], image: Image | None) -> None:
    x0, y0, width, height = (float(value) for value in data["placement"])
    if not (width > 0 and height > 0 and abs(x0) < 1e6 and abs(y0) < 1e6 and max(width, height) < 1e6):
        raise ValueError(f"an image at {data['placement']}")
    if data["onset_method"] not in ("swap", "paint", "imported"):
        raise ValueError(f"the onset method {data['onset_method']!r}")
    if image is not None and "image_px" in data and tuple(data["image_px"]) != image.size_px:
        raise ValueError(f"an image of {data['image_px']} px, which has {image.size_px} here")


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
