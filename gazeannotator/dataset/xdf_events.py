"""The events of a sitting as they would have been sent, from what a data set keeps of its readings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from gazeannotator.dataset.recordings import Recording, Shown
from gazeannotator.study.journal import as_marker, plain_json
from gazeannotator.study.model import Entry, GazeStream


def events_of(recording: Recording, study: str, software: str, stream: GazeStream) -> list[tuple[float, str]]:
    """Write the journal of a recording.

    Onsets have their correction in them already, so ``onset_correction_s`` is 0. What the data set
    does not keep (pauses, targets, which key was pressed) is not there.

    Parameters
    ----------
    recording : Recording
    study, software : str
        As the data set names them.
    stream : GazeStream
        In which its gaze is written.

    Returns
    -------
    list of (float, str)
        Time on the LSL clock, and the JSON of the marker stream.
    """
    timed = [each for each in recording.shown if each.timed]
    entries = []
    for seq, (event, t_s, shown, data) in enumerate(_journal(recording, timed, study, software, stream)):
        reading, image = (shown["id"], shown.image.id) if shown else (None, None)
        entry = Entry(recording.session, seq, t_s, event, reading, image, plain_json(data), "")
        entries.append((t_s, as_marker(entry)))
    return entries


_Row = tuple[str, float, "Shown | None", dict[str, Any]]


def _journal(
    recording: Recording, timed: list[Shown], study: str, software: str, stream: GazeStream
) -> Iterator[_Row]:
    start_s = timed[0]["onset_s"] if timed else 0.0
    yield "session_started", start_s, None, _session(recording, study, software, stream)
    corrected: dict[str, str] = {}
    measured = (math.nan, math.nan)
    end_s = start_s
    for shown in timed:
        now = (shown["accuracy_deg"], shown["precision_rms_deg"])
        if any(a != b and not (math.isnan(a) and math.isnan(b)) for a, b in zip(now, measured, strict=True)):
            measured = now
            yield "validation", shown["onset_s"], None, _validation(*now)
        yield from _reading(shown, corrected.pop(shown.image.id, None))
        if shown["exclusion"] == "corrected":
            corrected[shown.image.id] = shown["id"]
        end_s = max(end_s, *(_later(shown, name) for name in ("duration_s", "response_s")))
    yield "session_ended", end_s, None, {"readings": len(timed)}


def _reading(shown: Shown, replaces: str | None) -> Iterator[_Row]:
    onset_s = shown["onset_s"]
    placed = {
        "placement": shown["placement"],
        "image_px": shown.image.size_px,
        "onset_method": shown["onset_method"],
    }
    yield "onset", onset_s, shown, placed
    if shown.answered and math.isfinite(shown["response_s"]):
        answer = {
            "key": None,
            "label": shown["label"],
            "confidence": shown["confidence"],
            "replaces": replaces,
            "reason": "back" if replaces else None,
            "reader": shown["reader"],
        }
        yield "key", onset_s + shown["response_s"], shown, answer
    if shown["flagged"]:
        yield "flag", _later(shown, "response_s"), shown, {"flagged": True}
    if math.isfinite(shown["duration_s"]):
        reason = "answered" if shown.answered else "interrupted"
        yield "offset", onset_s + shown["duration_s"], shown, {"reason": reason}
    if math.isfinite(shown["data_loss"]):
        quality = {"data_loss": shown["data_loss"], "accuracy_deg": shown["accuracy_deg"], "below": []}
        yield "quality", _later(shown, "duration_s"), shown, quality


def _later(shown: Shown, span: str) -> float:
    return float(shown["onset_s"] + (shown[span] if math.isfinite(shown[span]) else 0.0))


def _validation(accuracy_deg: float, precision_rms_deg: float) -> dict[str, Any]:
    return {
        "accuracy_deg": accuracy_deg,
        "precision_rms_deg": precision_rms_deg,
        "data_loss": None,
        "points": None,
        "correction": None,
    }


def _session(recording: Recording, study: str, software: str, stream: GazeStream) -> dict[str, Any]:
    return {
        "reader": recording.reader,
        "study": study,
        "software": software,
        "screen_px": recording.screen_px,
        "screen_mm": recording.screen_mm,
        "distance_mm": recording.median("distance_mm"),
        "gaze_stream": asdict(stream),
        "utc": recording.session_utc,
        "simulated": recording.simulated,
        "onset_correction_s": 0.0,
    }
