"""One sitting of another program's recording, written as the journal that this program would have kept."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

import numpy as np

from gazeannotator.geometry import screen_px_to_normalised
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.study.copying import SessionCopy
from gazeannotator.study.gaze_rows import PackedGaze
from gazeannotator.study.journal import plain_json, session_data
from gazeannotator.study.model import Entry, GazeStream, Image, ImportedFrom, Session, Times
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.placing import Placed, screen_of
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, Viewing

_IDS = uuid.UUID("6e1c7d5e-3c0a-4f0c-9f43-7c1f6b0f2a10")
_ROW_SAMPLES = 4096
_PAUSE_S = 1.0
"""Between images of a recording that tells no clock: they get one that tells no more than their order."""


@dataclass(frozen=True)
class Taken:
    """A viewing that fits the study.

    Attributes
    ----------
    reading : str
        UUID that it gets.
    label : int or None
        Class; None where nothing was asked.
    replaces : str or None
        The reading that it corrects.
    """

    reading: str
    viewing: Viewing
    image: Image
    place: Placed
    label: int | None
    replaces: str | None


class Sitting:
    """A sitting on its way into a study.

    Parameters
    ----------
    digest : str
        SHA-256 of the file.

    Attributes
    ----------
    id : str
        UUID; the same for the same file, reader and options.
    screen : Screen
    """

    def __init__(
        self, store: Store, format_name: str, options: ImportOptions, recorded: Recorded, digest: str
    ) -> None:
        self._store, self._format, self._options = store, format_name, options
        self._recorded, self._digest = recorded, digest
        self.screen, self._nominal = screen_of(recorded, options)
        about = [format_name, digest, recorded.name, plain_json(asdict(options))]
        self.id = str(uuid.uuid5(_IDS, json.dumps(about, sort_keys=True)))

    def reading_id(self, number: int) -> str:
        """Give the UUID of the sitting's n-th reading, from 0."""
        return str(uuid.uuid5(uuid.UUID(self.id), str(number)))

    def copy(self, taken: Sequence[Taken]) -> SessionCopy:
        """Write the journal and pack the gaze; at least one viewing."""
        rows: list[Entry] = []
        gaze: list[PackedGaze] = []
        accuracy = sorted(self._recorded.accuracy)
        now_s = 0.0
        for each in taken:
            on_clock = each.viewing.times == "clock"
            onset_s = each.viewing.onset_s if on_clock else math.ceil(now_s + _PAUSE_S)
            while on_clock and accuracy and accuracy[0][0] <= onset_s:
                at_s, error_deg = accuracy.pop(0)
                rows.append(self._row("validation", at_s, _validation(error_deg)))
            time_s = self._time_s(each.viewing)
            now_s = onset_s + _duration_s(each.viewing, time_s)
            rows += self._reading(each, onset_s, now_s)
            gaze += self._packed(each, onset_s, time_s)
        start_s = min(row.t_s for row in rows)
        started = self._row("session_started", start_s, self._started(taken, start_s))
        ended = self._row("session_ended", now_s, {"readings": len(taken)})
        origin = {"format": self._format, "sha256": self._digest}
        return SessionCopy([started, *rows, ended], gaze, origin)

    def _time_s(self, viewing: Viewing) -> FloatArray:
        """Give times since the onset: those of the source, or evenly spaced ones if it has none."""
        if viewing.times == "none" and self._options.rate_hz:
            return np.arange(len(viewing.time_s)) / self._options.rate_hz
        return viewing.time_s

    def _times(self, viewing: Viewing) -> Times:
        return "since_onset" if viewing.times == "none" and self._options.rate_hz else viewing.times

    def _row(self, event: str, t_s: float, data: dict[str, Any], of: Taken | None = None) -> Entry:
        reading, image = (of.reading, of.image.id) if of else (None, None)
        return Entry(self.id, 0, float(t_s), event, reading, image, plain_json(data), "")

    def _reading(self, each: Taken, onset_s: float, end_s: float) -> Iterator[Entry]:
        place = {"placement": each.place.placement.as_tuple(), "image_px": each.image.size_px}
        about = {"onset_method": "imported", "times": self._times(each.viewing)}
        yield self._row("onset", onset_s, place | about, each)
        found = each.viewing.fixations
        if found is not None:
            told = {"onset_s": found.onset_s.tolist(), "duration_s": found.duration_s.tolist()}
            yield self._row("fixations", end_s, told | {"xy_px": each.place.fixations_px.tolist()}, each)
        answer = {
            "key": each.viewing.label or None,
            "label": each.label,
            "confidence": 0,
            "replaces": each.replaces,
            "reason": "import" if each.replaces else None,
            "reader": self._options.reader.strip(),
        }
        yield self._row("key", end_s, answer, each)
        yield self._row("offset", end_s, {"reason": "answered"}, each)

    def _packed(self, each: Taken, onset_s: float, time_s: FloatArray) -> Iterator[PackedGaze]:
        # Without times all stand at the onset, in their order.
        stamps = onset_s + np.nan_to_num(time_s, nan=0.0)
        left, right = (
            screen_px_to_normalised(points, self.screen.size_px)
            for points in (each.place.left, each.place.right)
        )
        count = len(stamps)
        unknown = np.full(count, np.nan)
        chunk = GazeChunk(
            stamps,
            left,
            right,
            each.viewing.pupil_mm,
            each.viewing.distance_mm,
            unknown,
            np.full((count, 2, 3), np.nan),
        )
        for first in range(0, count, _ROW_SAMPLES):
            some = chunk[first : first + _ROW_SAMPLES]
            yield PackedGaze.of_samples(some, float(some.time_s[-1]))

    def _started(self, taken: Sequence[Taken], start_s: float) -> dict[str, Any]:
        recorded, rate_hz = self._recorded, self._options.rate_hz or self._recorded.rate_hz
        stream = GazeStream(self._format, "", 0.0 if math.isnan(rate_hz) else rate_hz, self._format)
        session = Session(
            id=self.id,
            reader=self._options.reader.strip(),
            started_utc=recorded.utc or _utc_now(),
            started_s=start_s,
            software=f"GazeAnnotator {version('gazeannotator')}",
            screen=self.screen,
            gaze_stream=None if "samples" in recorded.missing else stream,
            simulated=False,
        )
        imported = ImportedFrom(self._format, self._assumed(taken), recorded.missing, self._digest)
        classes = [each.name for each in self._store.scheme.classes]
        data = session_data(session, self._store.id) | {"classes": classes, "imported": asdict(imported)}
        facts = plain_json(data)
        assert isinstance(facts, dict)
        return facts

    def _assumed(self, taken: Sequence[Taken]) -> tuple[str, ...]:
        """Name what nobody has told."""
        timed = [each for each in taken if self._times(each.viewing) != "none"]
        assumed = {
            "placement": any(each.place.assumed for each in taken),
            "rate_hz": any(self._times(each.viewing) != each.viewing.times for each in taken),
            "duration_s": any(math.isnan(each.viewing.duration_s) for each in timed),
            "utc": not self._recorded.utc,
        }
        named = (*self._nominal, *self._recorded.nominal, *(what for what, yes in assumed.items() if yes))
        return tuple(dict.fromkeys(named))


def _duration_s(viewing: Viewing, time_s: FloatArray) -> float:
    """How long an image was shown; up to the last that is known of it where that is not told."""
    if not math.isnan(viewing.duration_s):
        return viewing.duration_s
    found = viewing.fixations
    ends = time_s if found is None else found.onset_s + found.duration_s
    return 0.0 if not len(ends) or np.isnan(ends).any() else float(ends[-1])


def _validation(error_deg: float) -> dict[str, Any]:
    unknown = dict.fromkeys(("precision_rms_deg", "data_loss", "points", "correction"))
    return {"accuracy_deg": error_deg, **unknown}


def _utc_now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
