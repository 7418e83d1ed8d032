"""Export to XDF: each sitting as LabRecorder would have written it, gaze and our events beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.contents import Contents, ExportOptions, ExportReport
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.package import Package, packing
from gazeannotator.dataset.readme import software
from gazeannotator.dataset.recordings import Recording, gaze_on_screen, has_times, labels, recordings
from gazeannotator.dataset.xdf_events import events_of
from gazeannotator.dataset.xdf_writer import XdfStream, XdfWriter
from gazeannotator.errors import BadInput
from gazeannotator.geometry import screen_px_to_normalised
from gazeannotator.samples import GazeChunk
from gazeannotator.study.gaze_rows import unpacked, unpacked_offset
from gazeannotator.study.journal import as_marker
from gazeannotator.study.model import GazeStream, Session
from gazeannotator.study.store import Store

EVENTS_NAME, EVENTS_TYPE = "GazeAnnotator-events", "Markers"
_BOUNDARY_EVERY_S = 10.0

_EYES = ("left", "right")
CHANNELS: tuple[tuple[str, str, str, str], ...] = (
    *((f"{eye}_{axis}", eye, f"Screen{axis.upper()}", "normalized") for eye in _EYES for axis in "xy"),
    *((f"{eye}_pupil", eye, "Diameter", "mm") for eye in _EYES),
    *((f"{eye}_origin_{axis}", eye, f"Pupil{axis.upper()}", "mm") for eye in _EYES for axis in "xyz"),
    ("distance", "both", "Distance", "mm"),
    ("sequence", "both", "FrameNumber", "count"),
)
"""Label, eye, type and unit of each channel of gaze, by the XDF convention for gaze."""

_LAYOUT = """
Layout `xdf`: one file a sitting in XDF 1.0, as LabRecorder writes it; `sessions.csv` tells which is whose.

Two streams in each file:

- of type `Gaze`: double64, {channels}. Gaze is normalised to the screen, 0..1 from its upper left corner;
  NaN where lost.
- `GazeAnnotator-events` of type `Markers`: one JSON object a sample: images with their place on the screen,
  keys, labels, validations.

{stamps}
A sitting is given out whole: with the gaze on images of the test part. Images are in the other exports.
"""
_RAW = """Stamps are those of the sender, to the bit, and the measured clock offsets are beside them: a reader
that synchronises clocks gets the times of the data set. Nothing is dejittered."""
_DERIVED = """Stamps are seconds of the recording machine's clock (onset of the image + time since then), for
the samples that are in the data set: those recorded while an image was shown. Raw stamps: `--study`."""


def export_xdf(
    dataset: Path,
    target: Path,
    options: ExportOptions,
    progress: Callable[[int, int, str], None] | None = None,
) -> ExportReport:
    """Export recordings as XDF.

    Parameters
    ----------
    dataset : Path
    target : Path
        A new or empty folder; it is there whole or not at all.
    options : ExportOptions
        With `study` the whole sessions with their raw stamps and journals are exported; without it
        what the data set holds of them. `test_gaze` does not matter: a recording is given out whole.
    progress : callable, optional

    Returns
    -------
    ExportReport

    Raises
    ------
    UserError
        If the data set, the study or the target cannot be used.
    """
    channels = ", ".join(f"`{label}`" for label, *_ in CHANNELS)
    layout = _LAYOUT.replace("{channels}", channels).replace("{stamps}", _RAW if options.study else _DERIVED)
    with packing(dataset, target, options, progress, layout) as package:
        found = recordings(package.contents, package.images)
        subjects = labels(dict.fromkeys(each.reader for each in found))
        sessions = {each.id: each for each in package.study.sessions()} if package.study else {}
        counted: dict[str, int] = {}
        columns = ("file", "reader", "session", "utc", "readings", "simulated")
        with closing(CsvFile(package.folder / "sessions.csv", columns)) as table:
            for recording in package.each(found, "Recordings"):
                counted[recording.reader] = number = counted.get(recording.reader, 0) + 1
                name = f"{subjects[recording.reader]}_{number:02d}.xdf"
                with XdfWriter(package.folder / name, recording.session_utc) as file:
                    if package.study:
                        _write_session(file, package.study, _known(sessions, recording, options))
                    else:
                        _write_recording(file, package, recording)
                about = (recording.session, recording.session_utc, len(recording.shown), recording.simulated)
                table.write((name, recording.reader, *about))
        package.recordings = len(found)
    return package.report


def _known(sessions: dict[str, Session], recording: Recording, options: ExportOptions) -> Session:
    if recording.session not in sessions:
        raise BadInput(
            f"{options.study} does not have session {recording.session}.", "Give the study of this data set."
        )
    return sessions[recording.session]


def _write_session(file: XdfWriter, store: Store, session: Session) -> None:
    """Write a session as it was recorded."""
    screen_px, entries = session.screen.size_px, store.entries(session.id)
    markers = file.add_stream(_marker_stream(session.id, screen_px))
    stamps = [each.t_s for each in entries]
    file.write_texts(markers, stamps, [as_marker(each) for each in entries])
    _write_own_clock(file, markers, min(stamps), max(stamps))
    if session.gaze_stream is None:
        return
    gaze = file.add_stream(_gaze_stream(session.gaze_stream, screen_px, session.simulated))
    measured, span, marked_s = False, (math.inf, -math.inf), -math.inf
    for row in store.gaze_rows(session.id):
        if row.at_s - marked_s > _BOUNDARY_EVERY_S:
            file.write_boundary()
            marked_s = row.at_s
        if row.kind == "clock":
            offset_s = unpacked_offset(row.data)
            file.write_offset(gaze, row.at_s - offset_s, offset_s)
            measured = True
        else:
            chunk = unpacked(row.data)
            file.write_numbers(gaze, chunk.time_s, _values(chunk))
            span = (min(span[0], chunk.time_s.min()), max(span[1], chunk.time_s.max()))
    if not measured:
        _write_own_clock(file, gaze, *span)
    file.write_boundary()


def _write_own_clock(file: XdfWriter, number: int, first_s: float, last_s: float) -> None:
    """Say that a stream's clock is that of the recording machine, as readers expect it to be said."""
    if first_s <= last_s:
        file.write_offset(number, first_s, 0.0)
        file.write_offset(number, last_s, 0.0)


def _write_recording(file: XdfWriter, package: Package, recording: Recording) -> None:
    """Write what the data set holds of a session."""
    attributes = package.contents.file.attrs
    rate_hz = recording.median("rate_hz")
    stream = GazeStream(
        "GazeAnnotator-gaze",
        f"gazeannotator-dataset:{recording.session}",
        0.0 if math.isnan(rate_hz) else rate_hz,
        "gazeannotator",
    )
    events = events_of(recording, str(attributes["study"]), str(attributes["software"]), stream)
    markers = file.add_stream(_marker_stream(recording.session, recording.screen_px))
    gaze = file.add_stream(_gaze_stream(stream, recording.screen_px, recording.simulated))
    stamps = [t_s for t_s, _ in events]
    file.write_texts(markers, stamps, [text for _, text in events])
    span = (math.inf, -math.inf)
    for chunk in _chunks(package.contents, recording):
        file.write_boundary()
        file.write_numbers(gaze, chunk.time_s, _values(chunk))
        span = (min(span[0], chunk.time_s[0]), max(span[1], chunk.time_s[-1]))
    _write_own_clock(file, markers, min(stamps), max(stamps))
    _write_own_clock(file, gaze, *span)
    file.write_boundary()


def _chunks(contents: Contents, recording: Recording) -> Iterator[GazeChunk]:
    for shown in recording.shown:
        gaze = gaze_on_screen(contents, shown)
        if not has_times(gaze):
            continue
        # Imported gaze may know the combined point only: it stands for each eye, as in a live stream.
        both_only = np.isnan(gaze.left).all() and np.isnan(gaze.right).all()
        left, right = (gaze.both, gaze.both) if both_only else (gaze.left, gaze.right)
        count = len(gaze.time_s)
        yield GazeChunk(
            gaze.time_s,
            screen_px_to_normalised(left, recording.screen_px),
            screen_px_to_normalised(right, recording.screen_px),
            gaze.pupil_mm,
            np.full(count, shown["distance_mm"]),
            np.full(count, np.nan),
            np.full((count, 2, 3), np.nan),
        )


def _values(chunk: GazeChunk) -> NDArray[np.float64]:
    """Lay samples out as rows of `CHANNELS`."""
    parts = (
        chunk.left,
        chunk.right,
        chunk.pupil_mm,
        chunk.origin_mm.reshape(-1, 6),
        chunk.distance_mm[:, None],
        chunk.sequence[:, None],
    )
    return np.concatenate(parts, axis=1)


def _marker_stream(session: str, screen_px: tuple[float, float]) -> XdfStream:
    return XdfStream(
        EVENTS_NAME,
        EVENTS_TYPE,
        1,
        0.0,
        "string",
        f"gazeannotator-events:{session}",
        description={"display": _display(screen_px), "written_by": software()},
    )


def _gaze_stream(stream: GazeStream, screen_px: tuple[float, float], simulated: bool) -> XdfStream:
    names = ("label", "eye", "type", "unit")
    channels = [("channel", dict(zip(names, each, strict=True))) for each in CHANNELS]
    description: dict[str, Any] = {
        "display": _display(screen_px),
        "channels": channels,
        "written_by": software(),
        "recorded_layout": stream.layout,
    }
    if simulated:
        description["simulated"] = "true"
    return XdfStream(
        stream.name,
        "Gaze",
        len(CHANNELS),
        stream.rate_hz,
        "double64",
        stream.source_id,
        description=description,
    )


def _display(screen_px: tuple[float, float]) -> dict[str, str]:
    return {"width_px": f"{screen_px[0]:g}", "height_px": f"{screen_px[1]:g}"}
