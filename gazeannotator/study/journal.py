"""A session's journal: its hash chain, its marker form, and the readings that follow from it.

What happens in a session is written once, as rows that are never changed; labels and
readings are derived from them here, by pure functions. The same rows go out as LSL
markers, so a session recorded by LabRecorder folds to the same readings.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from gazeannotator.geometry import Placement, Screen
from gazeannotator.study.model import (
    Entry,
    GazeStream,
    ImportedFrom,
    Reading,
    ReportedFixations,
    Session,
    TrackerQuality,
)

MARKER_VERSION = 1
FIRST_PREVIOUS = "0" * 64
"""What stands for the hash before the first row of a chain."""


def plain_json(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Bring a value to what JSON can hold and gives back unchanged.

    NaN and infinity become None, tuples lists, numpy scalars plain numbers.

    Raises
    ------
    TypeError
        For anything else.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "item"):
        return plain_json(value.item())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(each) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be written to a journal")


def canonical_json(value: Any) -> str:  # noqa: ANN401
    """Write JSON in the one form that is hashed: keys sorted, no spaces, floats by repr."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical_bytes(entry: Entry) -> bytes:
    """Return the bytes of a row that its hash covers: every field, as canonical UTF-8 JSON."""
    return canonical_json(asdict(entry)).encode()


def chain_hash(previous: str, entry: Entry) -> str:
    """Hash a row onto its chain.

    Parameters
    ----------
    previous : str
        Hash of the row before, `FIRST_PREVIOUS` for the first.
    entry : Entry

    Returns
    -------
    str
        SHA-256 in hex.
    """
    return hashlib.sha256(previous.encode() + canonical_bytes(entry)).hexdigest()


def as_marker(entry: Entry) -> str:
    """Write a row as the JSON text of one sample of the marker stream."""
    head = {
        "v": MARKER_VERSION,
        "event": entry.event,
        "session": entry.session,
        "reading": entry.reading,
        "image": entry.image,
    }
    return json.dumps({**entry.data, **head}, ensure_ascii=False, allow_nan=False)


def from_marker(text: str, t_s: float) -> Entry:
    """Read one sample of the marker stream as the row that it was; its number and wall clock are not in it.

    Raises
    ------
    ValueError
        If it is no event of ours, or one of a newer program.
    """
    data = json.loads(text, parse_constant=_no_constant)
    if not isinstance(data, dict) or "event" not in data or "session" not in data:
        raise ValueError("it is no event of GazeAnnotator")
    if data.pop("v", None) != MARKER_VERSION:
        raise ValueError("it was sent by a newer GazeAnnotator")
    event, session = data.pop("event"), data.pop("session")
    reading, image = data.pop("reading", None), data.pop("image", None)
    if not (isinstance(event, str) and isinstance(session, str)):
        raise ValueError("event and session are texts")
    if not all(each is None or isinstance(each, str) for each in (reading, image)):
        raise ValueError("reading and image are texts")
    return Entry(session, 0, t_s, event, reading, image, data, "")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def session_data(session: Session, study_id: str) -> dict[str, Any]:
    """Gather the data of ``session_started``: all that is known of a session at its start."""
    return {
        "reader": session.reader,
        "study": study_id,
        "software": session.software,
        "screen_px": list(session.screen.size_px),
        "screen_mm": list(session.screen.size_mm),
        "distance_mm": session.screen.distance_mm,
        "gaze_stream": asdict(session.gaze_stream) if session.gaze_stream else None,
        "utc": session.started_utc,
        "simulated": session.simulated,
        "onset_correction_s": session.onset_correction_s,
    }


def fold_session(entries: Iterable[Entry]) -> Session:
    """Derive a session from its rows; those of other events than its own may be left out.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the rows do not begin with a whole ``session_started``.
    """
    session: Session | None = None
    for entry in entries:
        if entry.event == "session_started":
            session = _started(entry)
        elif session is None:
            raise ValueError(f"session {entry.session} does not begin with session_started")
        elif entry.event == "session_ended":
            session = replace(session, ended=True)
    if session is None:
        raise ValueError("a session without rows")
    return session


def fold_readings(session: Session, entries: Iterable[Entry]) -> list[Reading]:
    """Derive the readings of a session from its rows, in the order of their onsets.

    A reading that was answered is done, whatever came after it; where nothing was asked, as in some
    imported ones, the answer has no label. One that was hidden or cut
    off before its answer is interrupted; only where the time limit hid it, it is still open,
    as the answer may follow.
    """
    readings: dict[str, Reading] = {}
    validated = tracking = TrackerQuality()
    for entry in entries:
        if entry.event == "validation":
            validated = tracking = tracking_by_validation(entry.data)
        elif entry.event == "calibration":
            # What was measured, and the correction, were those of the tracker as it was before.
            validated = tracking = TrackerQuality()
        elif entry.event == "drift_check":
            tracking = tracking_by_check(validated, tracking, entry.data)
        if entry.reading is None:
            continue
        if entry.event == "onset":
            readings[entry.reading] = _opened(session, entry, tracking)
        elif entry.reading in readings:
            readings[entry.reading] = _followed(readings[entry.reading], entry)
    return link_corrections(readings.values())


def take_late_marks(readings: Iterable[Reading], entries: Iterable[Entry]) -> list[Reading]:
    """Take the ``quality`` that a later session has noted of readings that were left without it."""
    marks = {(each.reading, each.session): each for each in entries if each.event == "quality"}
    late = {reading: entry for (reading, _session), entry in marks.items()}
    return [
        _followed(each, late[each.id]) if each.id in late and (each.id, each.session) not in marks else each
        for each in readings
    ]


def link_corrections(readings: Iterable[Reading]) -> list[Reading]:
    """Set `replaced_by` on every reading that an answered later one corrects."""
    readings = list(readings)
    later = {each.replaces: each.id for each in readings if each.replaces and each.state == "done"}
    return [replace(each, replaced_by=later.get(each.id)) for each in readings]


def _started(entry: Entry) -> Session:
    data = entry.data
    stream, imported = data["gaze_stream"], data.get("imported")
    (width_px, height_px), (width_mm, height_mm) = data["screen_px"], data["screen_mm"]
    return Session(
        id=entry.session,
        reader=data["reader"],
        started_utc=data["utc"],
        started_s=entry.t_s,
        software=data["software"],
        screen=Screen(width_px, height_px, width_mm, height_mm, data["distance_mm"]),
        gaze_stream=stream and GazeStream(**stream),
        simulated=data["simulated"],
        onset_correction_s=data.get("onset_correction_s", 0.0),
        imported=imported and _imported(imported),
    )


def _imported(data: dict[str, Any]) -> ImportedFrom:
    return ImportedFrom(data["format"], tuple(data["nominal"]), tuple(data["missing"]), data["sha256"])


def _opened(session: Session, entry: Entry, tracking: TrackerQuality) -> Reading:
    if entry.reading is None or entry.image is None:
        raise ValueError(f"onset without reading or image in row {entry.seq} of session {entry.session}")
    source = "simulated" if session.simulated else "live"
    return Reading(
        id=entry.reading,
        session=session.id,
        reader=session.reader,
        image=entry.image,
        source=f"imported:{session.imported.format}" if session.imported else source,
        state="open",
        onset_s=entry.t_s,
        offset_s=math.nan,
        onset_method=entry.data["onset_method"],
        placement=Placement(*entry.data["placement"]),
        label=None,
        confidence=0,
        flagged=False,
        response_s=math.nan,
        tracking=tracking,
        times=entry.data.get("times", "clock"),
    )


def _followed(reading: Reading, entry: Entry) -> Reading:
    data = entry.data
    answered = reading.state == "done"
    if entry.event == "key" and not answered:
        return replace(
            reading,
            state="done",
            label=data["label"],
            confidence=data["confidence"],
            response_s=math.nan if data["label"] is None else entry.t_s - reading.onset_s,
            replaces=data.get("replaces"),
            reason=data.get("reason") or "",
            note="",
        )
    if entry.event in ("offset", "interrupted"):
        reason = data.get("reason") or ""
        if math.isnan(reading.offset_s):
            reading = replace(reading, offset_s=entry.t_s)
        if not answered and reason != "time_limit":
            reading = replace(reading, state="interrupted", note=reason)
    elif entry.event == "flag":
        reading = replace(reading, flagged=data["flagged"])
    elif entry.event == "quality":
        reading = replace(reading, data_loss=number(data["data_loss"]), below=tuple(data["below"]))
    elif entry.event == "fixations":
        xy_px = tuple((x, y) for x, y in data["xy_px"])
        found = ReportedFixations(tuple(data["onset_s"]), tuple(data["duration_s"]), xy_px)
        reading = replace(reading, fixations=found)
    elif entry.event == "view":
        reading = replace(reading, views=(*reading.views, (entry.t_s, Placement(*data["placement"]))))
    return reading


def tracking_by_validation(data: dict[str, Any]) -> TrackerQuality:
    """Tell how good the tracker is by the data of a ``validation``."""
    correction = data.get("correction")
    # What was measured says nothing any more of gaze that is corrected by it.
    measured = data if correction is None else correction
    return TrackerQuality(number(measured["accuracy_deg"]), number(data["precision_rms_deg"]), correction)


def tracking_by_check(
    validated: TrackerQuality, known: TrackerQuality, data: dict[str, Any]
) -> TrackerQuality:
    """Tell how good the tracker is by the data of a ``drift_check``.

    Parameters
    ----------
    validated : TrackerQuality
        By the last validation.
    known : TrackerQuality
        What was known before the check, which stays where it could measure nothing.
    """
    offset_deg = number(data.get("offset_deg"))
    if data.get("passed", True):
        return validated
    if math.isnan(offset_deg):
        return known
    return validated if offset_deg < validated.accuracy_deg else replace(validated, accuracy_deg=offset_deg)


def number(value: float | None) -> float:
    """Read a number of an entry's data; NaN where it is null or missing."""
    return math.nan if value is None else float(value)
