"""Reading sessions out of XDF files: our events, and the gaze that was recorded beside them.

The rows of a session's journal went out as markers, so they are the journal, to the bit. The gaze is
taken as the recorder takes it: the raw stamps, with the measured offsets beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gazeannotator.errors import BadInput, TrackerError
from gazeannotator.samples import FloatArray
from gazeannotator.study.copying import GazeImport, SessionCopy, check_rows
from gazeannotator.study.gaze_rows import PackedGaze, SenderClock, applied_offset
from gazeannotator.study.journal import from_marker
from gazeannotator.study.model import Entry, GazeStream
from gazeannotator.study.store import Store
from gazeannotator.tracking.conversion import Layout, to_chunk
from gazeannotator.tracking.importing import Progress, digest_of, telling
from gazeannotator.tracking.layouts import StreamDescription, is_gaze
from gazeannotator.tracking.lsl import EVENTS_NAME
from gazeannotator.tracking.mapping import Answer, understand
from gazeannotator.tracking.xdf import XdfFile, XdfStream


@dataclass
class _Told:
    """A session as its markers tell it."""

    stream: XdfStream
    rows: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class _Offsets:
    """A gaze stream's clock offsets to the clock of the markers, in the order of the file.

    Attributes
    ----------
    at_s : ndarray, shape (k,)
        When, on the markers' clock.
    offset_s : ndarray, shape (k,)
        What is added to a stamp of the gaze.
    """

    at_s: FloatArray
    offset_s: FloatArray

    def between(self, start_s: float, stop_s: float) -> _Offsets:
        """Take those of a span of time, and the nearest before and after it."""
        order = np.argsort(self.at_s, kind="stable")
        first = max(0, int(np.searchsorted(self.at_s[order], start_s)) - 1)
        kept = order[first : int(np.searchsorted(self.at_s[order], stop_s)) + 1]
        return _Offsets(self.at_s[kept], self.offset_s[kept])

    def received_s(self, stamp_s: float, seen: int, before_s: float | None) -> float:
        """Tell when a sample must have come, by what was measured just before or after it in the file.

        Of the two it is the time that follows the one before: they differ where the clock was reset.
        """
        near = self.offset_s[max(0, seen - 1) : seen + 1] + stamp_s
        if not len(near):
            return stamp_s
        return float(near[0] if before_s is None else near[np.argmin(np.abs(near - before_s))])


def import_xdf(
    store: Store,
    path: Path,
    *,
    answer_for: Callable[[str], Answer | None] = lambda _key: None,
    without_gaze: bool = False,
    damaged: bool = False,
    progress: Progress | None = None,
) -> GazeImport:
    """Import the sessions of an XDF file; they are in the study whole, or it is as it was.

    A session that the study has already is left alone. One that does not fit the study is refused and
    named in the report; the others go on.

    Parameters
    ----------
    answer_for : callable, optional
        From a stream's key to what was told of its channels, where it does not say it itself.
    without_gaze : bool
        Take sessions whose gaze is not in the file.
    damaged : bool
        Take what comes before the damage of a damaged file.

    Raises
    ------
    BadInput
        The file cannot be read, or nothing in it can be used.
    StorageError
    Cancelled
        From `progress`.
    """
    report = GazeImport()
    copies: list[SessionCopy] = []
    with XdfFile(path, telling(progress, f"Reading {path.name}"), damaged=damaged) as file:
        sessions = _events(file)
        if not sessions:
            raise _nothing_of_ours(file)
        known = {each.id for each in store.sessions()}
        images = {each.id: each for each in store.images()}
        taken = {each.id for each in store.readings()}
        origin = {"format": "xdf", "sha256": digest_of(path)}
        for name, told in sessions.items():
            if name in known:
                report.already_known += 1
                report.notes.append(f"Session {name} is in the study already and was left alone.")
                continue
            try:
                check_rows(told.rows, store.scheme, images)
                copy = SessionCopy(told.rows, (), origin)
                if taken & {each.id for each in copy.readings}:
                    raise BadInput(f"Readings of session {name} are in the study under another session.")
                gaze, notes = _gaze(file, copy, told.stream, answer_for, without_gaze)
            except (BadInput, TrackerError) as error:
                report.refused.append((path.name, str(error)))
                continue
            copies.append(SessionCopy(told.rows, gaze, origin))
            report.notes += notes
            if told.rows[0].data.get("study") != store.id:
                report.notes.append(f"Session {name} was read in another study that has the same images.")
            if told.rows[-1].event != "session_ended":
                report.notes.append(f"Session {name} has no end in the file; it was closed as after a crash.")
        report.notes += _doubts(file)
    if report.refused and not copies:
        raise BadInput(" ".join(message for _, message in report.refused))
    for each in copies:
        report.count(each)
    with ExitStack() as stack:
        for reader in dict.fromkeys(each.reader for each in copies):
            stack.enter_context(store.reader_lock(reader))
        store.add_sessions(copies)
    return report


def _doubts(file: XdfFile) -> Iterator[str]:
    if file.damage:
        yield f"{file.damage} What comes after that was left out."
    for number, reason in file.unreadable.items():
        yield f"The description of stream {number} in {file.path.name} cannot be read: {reason}."


def _nothing_of_ours(file: XdfFile) -> BadInput:
    each = [f"'{one.description.name}' ({one.description.type})" for one in file.streams.values()]
    gaze = [f"'{one.description.name}'" for one in file.streams.values() if is_gaze(one.description)]
    found = f"gaze ({', '.join(gaze)}), but no" if gaze else "no gaze and no"
    what = (", ".join(each[:5]) + (", …" if len(each) > 5 else "")) or "none"
    return BadInput(
        f"{file.path} holds {found} events of a reading session ({EVENTS_NAME}). Its streams: {what}.",
        f"Let LabRecorder record {EVENTS_NAME} beside the gaze; without it nothing says what was shown.",
    )


def _events(file: XdfFile) -> dict[str, _Told]:
    """Read our markers, session by session in the order of their beginnings; each marker once."""
    sessions: dict[str, _Told] = {}
    seen: set[tuple[float, str]] = set()
    for stream in file.streams.values():
        description = stream.description
        if description.name != EVENTS_NAME or description.channel_format != "string":
            continue
        if len(description.channels) != 1:
            raise BadInput(f"{EVENTS_NAME} in {file.path} has {len(description.channels)} channels, not one.")
        for number, (stamp, text) in enumerate(file.texts(stream), start=1):
            where = f"{file.path}: event {number} of {description.source_id or EVENTS_NAME}"
            if not np.isfinite(stamp):
                raise BadInput(f"{where} has no time.", "Without its time it says nothing of the gaze.")
            if (stamp, text) in seen:
                continue
            seen.add((stamp, text))
            try:
                row = from_marker(text, stamp)
            except (ValueError, RecursionError) as error:
                hint = "Import the file that LabRecorder has written, unchanged."
                raise BadInput(f"{where} cannot be understood: {error}.", hint) from None
            sessions.setdefault(row.session, _Told(stream)).rows.append(row)
    return dict(sorted(sessions.items(), key=lambda item: item[1].rows[0].t_s))


def _gaze(
    file: XdfFile,
    copy: SessionCopy,
    markers: XdfStream,
    answer_for: Callable[[str], Answer | None],
    without_gaze: bool,
) -> tuple[list[PackedGaze], list[str]]:
    """Take the gaze that was recorded during a session, and what is to be said of it."""
    wanted = copy.session.gaze_stream
    if wanted is None:
        return [], []
    streams = _fitting(file, wanted, or_none=without_gaze)
    if not streams:
        there = [f"'{each.description.name}'" for each in file.streams.values() if is_gaze(each.description)]
        said = f"The gaze stream '{wanted.name}' of session {copy.id} is not in the file"
        if without_gaze:
            return [], [f"{said}: it has answers only."]
        raise BadInput(
            f"{said} (gaze in it: {', '.join(there) or 'none'}).",
            "Take the file that holds both, or import the answers alone with --without-gaze.",
        )
    span = (copy.session.started_s, max(row.t_s for row in copy.rows))
    found: list[PackedGaze] = []
    for stream in streams:
        layout = _understood(stream.description, answer_for)
        offsets = _offsets(file, stream, markers)
        near = offsets.between(*span)
        for at_s, offset_s in zip(near.at_s.tolist(), near.offset_s.tolist(), strict=True):
            found.append(PackedGaze.of_offset(at_s, offset_s))
        clock = SenderClock(near.at_s, applied_offset(near.offset_s, wanted.same_machine))
        screen_px = stream.description.screen_px or copy.session.screen.size_px
        found += _samples(file, stream, layout, screen_px, offsets, clock, span)
    notes = []
    if not any(each.samples for each in found):
        notes = [f"No sample of '{wanted.name}' falls into session {copy.id}: its gaze is missing."]
    return found, notes


def _fitting(file: XdfFile, wanted: GazeStream, *, or_none: bool) -> list[XdfStream]:
    """Find the session's stream, by its source id where it has one; restarted, it may be there twice."""
    gaze = [each for each in file.streams.values() if each.description.channel_format != "string"]
    named = [each for each in gaze if each.description.name == wanted.name]
    same = [each for each in named if each.description.source_id == wanted.source_id]
    if not same and len(named) > 1:
        if or_none:
            return []
        raise BadInput(
            f"{len(named)} streams in the file are called '{wanted.name}', and none has the source id of the "
            f"session's ({wanted.source_id}).",
            "Which of them was recorded cannot be told; import the answers alone with --without-gaze.",
        )
    return same or named


def _understood(description: StreamDescription, answer_for: Callable[[str], Answer | None]) -> Layout:
    layout = understand(description, answer_for(description.key))
    if layout is None or layout.coordinates == "unknown":
        raise BadInput(
            f"The stream '{description.name}' does not say where its gaze points are, or in what unit.",
            "Import it on the computer where that was told during the recording, or give --coordinates.",
        )
    return layout


def _offsets(file: XdfFile, stream: XdfStream, markers: XdfStream) -> _Offsets:
    """Join both streams' offsets to the recording program: what the gaze's is to the markers' clock."""
    collected_s, offset_s = stream.clock
    if not len(offset_s):
        here, there = markers.description.hostname, stream.description.hostname
        if here and there and here != there:
            raise BadInput(
                f"The clock of '{stream.description.name}' on the computer {there} was not measured.",
                "Without clock offsets gaze and images cannot be brought together.",
            )
        return _Offsets(np.empty(0), np.empty(0))
    recorded_s = collected_s + offset_s
    marker_collected_s, marker_offset_s = markers.clock
    # Of a recording program on the computer of the session what is measured is noise.
    marker_offset_s = applied_offset(marker_offset_s, same_machine=True)
    if not marker_offset_s.any():
        return _Offsets(recorded_s, offset_s)
    marker_recorded_s = marker_collected_s + marker_offset_s
    order = np.argsort(marker_recorded_s, kind="stable")
    own_s = np.interp(recorded_s, marker_recorded_s[order], marker_offset_s[order])
    return _Offsets(recorded_s - own_s, offset_s - own_s)


def _samples(
    file: XdfFile,
    stream: XdfStream,
    layout: Layout,
    screen_px: tuple[float, float],
    offsets: _Offsets,
    clock: SenderClock,
    span: tuple[float, float],
) -> Iterator[PackedGaze]:
    before_s: float | None = None
    for values, stamps, seen in file.numbers(stream):
        stamped = np.isfinite(stamps)
        if not stamped.any():
            continue
        before_s = offsets.received_s(float(stamps[stamped][-1]), seen, before_s)
        time_s = clock.corrected(stamps[stamped], before_s)
        kept = np.flatnonzero(stamped)[(time_s >= span[0]) & (time_s <= span[1])]
        if len(kept):
            # As the recorder does: in no channel is infinity a measurement.
            finite = np.where(np.isinf(values[kept]), np.nan, values[kept])
            yield PackedGaze.of_samples(to_chunk(finite, stamps[kept], layout, screen_px), before_s)
