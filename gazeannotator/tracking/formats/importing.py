"""Recordings of other programs as sessions of a study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.study.copying import GazeImport, SessionCopy
from gazeannotator.study.image_names import ImageNames
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Image, Reading
from gazeannotator.study.reading_list import answered
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.placing import placed
from gazeannotator.tracking.formats.recorded import ImportOptions, Recorded, Tell
from gazeannotator.tracking.formats.registry import FORMATS
from gazeannotator.tracking.formats.sitting import Sitting, Taken
from gazeannotator.tracking.importing import Progress, digest_of, telling

CANNOT = "cannot-be-assessed"
"""How a label is mapped to no class of the scheme."""

_ONLY_FOR_SOME = (
    "display_height",
    "rate_hz",
    "columns",
    "coordinates",
    "placement",
    "participant",
    "onset_message",
)
_SHOWN = 3


def import_gaze(
    store: Store,
    files: Sequence[Path],
    format_name: str,
    options: ImportOptions,
    progress: Progress | None = None,
) -> GazeImport:
    """Import recordings of another program; they are in the study whole, or it is as it was.

    A file that is none of its format stops the import. An image that the study does not have, or a label
    that is none of its scheme, is refused and named in the report; the rest goes on. What was imported
    before is left alone; imported again with other options it corrects what was imported before.

    Raises
    ------
    BadInput
        A file cannot be read, naming the line, or nothing in them can be used.
    UserError
        The reader is reading now.
    StorageError
    Cancelled
        From `progress`.
    """
    _check_options(options, format_name)
    reader = options.reader.strip()
    with store.reader_lock(reader):
        work = _Import(store, format_name, options)
        for path in files:
            work.read(path, telling(progress, f"Reading {path.name}"))
        report = work.report
        if not work.copies and not report.already_known:
            reasons = "; ".join(f"{where}: {why}" for where, why in report.refused[:_SHOWN])
            more = "; …" if len(report.refused) > _SHOWN else ""
            raise BadInput(f"Nothing could be imported ({reasons or 'there is nothing in it'}{more}).")
        if progress:
            progress(0, 1, "Storing")
        store.add_sessions(work.copies)
    return report


def _check_options(options: ImportOptions, format_name: str) -> None:
    if format_name not in FORMATS:
        raise BadInput(f"There is no format '{format_name}'.", f"Choose one of {', '.join(FORMATS)}.")
    code = options.reader.strip()
    if not code or len(code) > 64 or not code.isprintable():
        raise BadInput(f"{code!r} cannot be a reader code.", "Take 1 to 64 letters or digits, and no name.")
    usual = ImportOptions(options.reader)
    for name in _ONLY_FOR_SOME:
        if name not in FORMATS[format_name].uses and getattr(options, name) != getattr(usual, name):
            option = "--" + name.removesuffix("_hz").replace("_", "-")
            raise BadInput(f"{option} means nothing for files of {format_name}.", "Leave it out.")
    numbers = [
        options.display_height,
        *(options.screen_px or ()),
        *(options.screen_mm or ()),
        *([options.distance_mm] if options.distance_mm is not None else ()),
        *([options.rate_hz] if options.rate_hz is not None else ()),
    ]
    if not all(math.isfinite(each) and each > 0 for each in numbers):
        raise BadInput("Sizes, distance and rate are positive numbers.", "Correct the options.")


class _Import:
    """What has been taken of the files so far."""

    def __init__(self, store: Store, format_name: str, options: ImportOptions) -> None:
        self.report = GazeImport()
        self.copies: list[SessionCopy] = []
        self._store, self._format, self._options = store, format_name, options
        self._reader = options.reader.strip()
        self._names = ImageNames(store)
        self._sessions = {each.id: each for each in store.sessions()}
        self._readings = [each for each in store.readings() if each.reader == self._reader]
        self._answered = answered(self._readings, self._reader)
        self._labels = _labels(store, options)

    def read(self, path: Path, tell: Tell | None) -> None:
        """Read a file."""
        digest = digest_of(path)
        before = self._earlier(digest)
        recordings = FORMATS[self._format].read(path, self._options, tell)
        if not any(each.viewings for each in recordings):
            raise BadInput(f"{path} holds no recording.", "Give a file in which images were looked at.")
        for recorded in recordings:
            if any(each.times != "none" for each in recorded.viewings) and self._options.rate_hz:
                raise BadInput(f"{path} has times of its own.", "Leave --rate out.")
            sitting = Sitting(self._store, self._format, self._options, recorded, digest)
            if sitting.id in self._sessions or any(each.id == sitting.id for each in self.copies):
                self.report.already_known += 1
                self.report.notes.append(f"{path.name} was imported before and was left alone.")
                continue
            self._take(path, recorded, sitting, before)

    def _take(
        self, path: Path, recorded: Recorded, sitting: Sitting, before: dict[str, list[Reading]]
    ) -> None:
        taken: list[Taken] = []
        on_border = 0
        for viewing in recorded.viewings:
            try:
                image = self._names.find(viewing.image)
                label = self._label(viewing.label)
                replaces = self._replaces(image, label, before)
                place = placed(viewing, image.size_px, sitting.screen, self._options)
            except BadInput as error:
                self.report.refused.append((viewing.where, str(error)))
                continue
            on_border += place.on_border
            reading = sitting.reading_id(len(taken))
            if label is not None:
                self._answered[image.id] = reading
            taken.append(Taken(reading, viewing, image, place, label, replaces))
        self.report.notes += recorded.notes
        if on_border:
            self.report.notes.append(
                f"{path.name}: {on_border} samples lie on the border of their image. The recording program "
                "may have moved gaze there that was beside it."
            )
        if not taken:
            return
        copy = sitting.copy(taken)
        imported = copy.session.imported
        if imported and imported.nominal:
            assumed = ", ".join(_WORDS[each] for each in imported.nominal)
            note = f"{path.name} does not tell {assumed}: that is assumed, and marked so in the study."
            self.report.notes.append(note)
        self.report.count(copy)
        self.copies.append(copy)

    def _earlier(self, digest: str) -> dict[str, list[Reading]]:
        """Find the readings of the same file that still stand, by image.

        An import with other options corrects them.
        """
        earlier: dict[str, list[Reading]] = {}
        for each in self._readings:
            imported = self._sessions[each.session].imported
            if imported and imported.sha256 == digest and each.replaced_by is None:
                earlier.setdefault(each.image, []).append(each)
        return earlier

    def _replaces(self, image: Image, label: int | None, before: dict[str, list[Reading]]) -> str | None:
        earlier = before.get(image.id)
        if earlier:
            return earlier.pop(0).id
        if label is None:
            return None
        known = self._answered.get(image.id)
        if known is not None and any(each.id == known for each in self._readings):
            raise BadInput(
                f"Reader {self._reader} has answered this image in the study already.",
                "Import it under another reader code.",
            )
        return known

    def _label(self, said: str) -> int | None:
        if not said:
            return None
        if said in self._labels:
            return self._labels[said]
        label = self._store.scheme.index_of(said)
        if label is None:
            classes = ", ".join(f"{each.key} ({each.name})" for each in self._store.scheme.classes)
            raise BadInput(
                f"Its label {said!r} is no class of the scheme; those are {classes}.",
                f"Say which it is: --labels {said}=CLASS, or {said}={CANNOT}.",
            )
        return label


_WORDS = {
    "screen_px": "the screen's px",
    "screen_mm": "its size",
    "distance_mm": "the reader's distance",
    "placement": "where on the screen the images were",
    "rate_hz": "the sampling rate",
    "onset_s": "when images appeared",
    "duration_s": "how long they were shown",
    "utc": "when it was recorded",
}


def _labels(store: Store, options: ImportOptions) -> dict[str, int]:
    """Read which label of the source is which class."""
    labels = {}
    for said, meant in options.labels.items():
        label = CANNOT_BE_ASSESSED if meant == CANNOT else store.scheme.index_of(meant)
        if label is None:
            classes = ", ".join(f"{each.key} ({each.name})" for each in store.scheme.classes)
            raise BadInput(f"{meant!r} is no class of the scheme.", f"Those are {classes}, or {CANNOT}.")
        labels[said] = label
    return labels
