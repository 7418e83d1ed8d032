"""What is asked and answered, as plain frozen data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from gazeannotator.geometry import Placement, Screen

CANNOT_BE_ASSESSED = -1
UNKNOWN = -1

Confidence = Literal[0, 1, 2]
"""0 not asked, 1 low, 2 high."""

ReadingState = Literal["open", "done", "interrupted"]
OnsetMethod = Literal["swap", "paint", "imported"]

Times = Literal["clock", "since_onset", "none"]
"""What times a reading has: all of them; only those since its onset, which itself is not known; or none."""


@dataclass(frozen=True)
class SchemeClass:
    """One answer of a label scheme.

    Attributes
    ----------
    key : str
        What is typed (``"1"``) and accepted in metadata files.
    name : str
        Language-neutral name used in data sets and folders (``"Type 1"``).
    criteria : dict
        Language → aspect → text, e.g. ``{"en": {"colour": …, "vessels": …}, "zh_CN": …}``.
    """

    key: str
    name: str
    criteria: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheme:
    """A question with its possible answers, in the order of their class indices."""

    name: str
    classes: tuple[SchemeClass, ...]

    def index_of(self, text: str) -> int | None:
        """Class index of a key or name (case and surrounding space ignored), None if there is none."""
        wanted = text.strip().casefold()
        for index, each in enumerate(self.classes):
            if wanted in (each.key.casefold(), each.name.casefold()):
                return index
        return None


@dataclass(frozen=True)
class Protocol:
    """How images are read; the same for all readers of a study.

    Attributes
    ----------
    require_validation : bool
        The accuracy of the tracker is measured before the first image; else that is offered.
    gaze_contingent_start : bool
        An image comes once the eye rests on the cross, by key, or after 3 s.
    drift_check_every : int
        A one-point check before every so many images; 0: only when the reader asks for it.
    offer_again : bool
        A reading beyond the limits below is offered once more at the end.
    max_data_loss, max_accuracy_deg : float
        Beyond them a reading is marked and left out of data sets.
    max_distance_change_mm : float
        From this change of the reader's distance since the last validation on the operator is warned.
    """

    ask_confidence: bool = True
    random_order: bool = True
    fixation_cross_s: float = 0.5
    time_limit_s: float | None = None
    minimum_viewing_s: float = 0.0
    allow_back: bool = True
    max_data_loss: float = 0.3
    max_accuracy_deg: float = 2.0
    require_validation: bool = False
    gaze_contingent_start: bool = False
    drift_check_every: int = 0
    offer_again: bool = False
    max_distance_change_mm: float = 80.0


@dataclass(frozen=True)
class Image:
    """A de-identified image of a study.

    Attributes
    ----------
    id : str
        Content hash, see the data-set format.
    patient : str or None
        Pseudonym; None where the study does not know it.
    truth : int
        Class index from pathology, `UNKNOWN` if not given.
    size_px : tuple of int
        Width, height.
    file_hmac : tuple of str
        Keyed hashes of every file name under which the image was imported.
    spacing_mm : tuple of float or None
        Millimetres from pixel to pixel across and down, where a DICOM file told.
    """

    id: str
    patient: str | None
    truth: int
    size_px: tuple[int, int]
    file_hmac: tuple[str, ...] = ()
    spacing_mm: tuple[float, float] | None = None


@dataclass(frozen=True)
class Reader:
    """Somebody who reads; `consented_utc` is None until they have agreed to the recording."""

    code: str
    consented_utc: str | None


@dataclass(frozen=True)
class GazeStream:
    """The stream that a session recorded, as stored and as sent in `session_started`.

    Attributes
    ----------
    rate_hz : float
        As the sender declares it, 0 if irregular.
    same_machine : bool
        Whether it was sent from the recording computer, see `gaze_rows.applied_offset`; False in
        sessions of the first versions, which stored what was applied.
    """

    name: str
    source_id: str
    rate_hz: float
    layout: str
    same_machine: bool = False


@dataclass(frozen=True)
class ImportedFrom:
    """What is to be known of a session that another program recorded.

    Attributes
    ----------
    format : str
        As `study import-gaze` names it.
    nominal : tuple of str
        What the source does not tell and was assumed: ``screen_px``, ``screen_mm``, ``distance_mm``,
        ``placement``, ``rate_hz``, ``onset_s``, ``duration_s``, ``utc``. Where the gaze lies on the image
        never is.
    missing : tuple of str
        What nobody knows: ``times``, ``validity`` (which samples were lost), ``eyes`` (only their
        common point is known), ``samples`` (only fixations are).
    sha256 : str
        Of the file.
    """

    format: str
    nominal: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class ReportedFixations:
    """Fixations as another program found them, in samples that are not known.

    Attributes
    ----------
    onset_s, duration_s : tuple of float, length k
        Onsets since that of the image.
    xy_px : tuple of (float, float), length k
        Image px.
    """

    onset_s: tuple[float, ...]
    duration_s: tuple[float, ...]
    xy_px: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Session:
    """One sitting of one reader before one screen.

    Attributes
    ----------
    started_s : float
        LSL `local_clock()` reading taken together with `started_utc`.
    onset_correction_s : float
        Measured delay between the stamp and the light, added to every onset on reading out.
    imported : ImportedFrom or None
        None where this program has recorded it, also if it came back from XDF.
    """

    id: str
    reader: str
    started_utc: str
    started_s: float
    software: str
    screen: Screen
    gaze_stream: GazeStream | None
    simulated: bool
    onset_correction_s: float = 0.0
    ended: bool = False
    imported: ImportedFrom | None = None

    @property
    def tells_loss(self) -> bool:
        """Whether it can be known which samples were lost."""
        unknown = set(self.imported.missing) if self.imported else set()
        return self.gaze_stream is not None and not unknown & {"times", "validity", "samples"}


@dataclass(frozen=True)
class Entry:
    """One row of a session's journal; also one sample of the marker stream.

    The rows of a session form a hash chain, see `gazeannotator.study.journal`.

    Attributes
    ----------
    seq : int
        0, 1, 2, … within the session.
    t_s : float
        LSL `local_clock()` of the event itself, not of its writing.
    event : str
        As in the table of the stream specification, and `interrupted` (store only); in the
        study's own journal those of `gazeannotator.study.register`.
    reading, image : str or None
    data : dict
        The event's further keys; JSON types only.
    utc : str
        Wall clock at writing, ISO 8601.
    """

    session: str
    seq: int
    t_s: float
    event: str
    reading: str | None
    image: str | None
    data: dict[str, Any]
    utc: str


@dataclass(frozen=True)
class TrackerQuality:
    """How good the tracker was known to be at some moment of a session; NaN where it was not measured.

    Attributes
    ----------
    accuracy_deg : float
        Mean error at the last validation, or what a drift check has found since, if that failed.
    precision_rms_deg : float
        RMS-S2S at the last validation.
    correction : dict or None
        The correction of gaze that was chosen at the last validation, see `gaze.correction`.
    """

    accuracy_deg: float = math.nan
    precision_rms_deg: float = math.nan
    correction: dict[str, Any] | None = None


@dataclass(frozen=True)
class Reading:
    """One reader, one image, once: folded from the journal.

    Attributes
    ----------
    onset_s, offset_s : float
        LSL clock, as stamped (no onset correction); `offset_s` is NaN while the image is on screen.
    label : int
        Class index or `CANNOT_BE_ASSESSED`; None while there is no answer, and in an imported reading
        that asked for none, though it is done.
    response_s : float
        From onset to the key; NaN while there is no answer.
    replaced_by : str or None
        The later reading of the same reader and image that corrects this one.
    replaces : str or None
        The earlier reading of the same reader and image that this one corrects.
    note : str
        Why it was interrupted or excluded by hand.
    reason : str
        Why the image was read again: ``back`` (the reader's wish), ``quality`` (it was offered again)
        or ``import`` (the source has it twice, or was imported again); empty for a first reading.
    tracking : TrackerQuality
        How good the tracker was known to be at the onset.
    data_loss : float
        Share of lost samples, as noted when the image had gone; NaN where it was not.
    below : tuple of str
        Limits of the study that the reading does not meet: ``data_loss``, ``accuracy``.
    views : tuple of (float, Placement)
        From when on (LSL clock, as stamped) a zoom or pan had moved the image where; oldest first.
    times : str
        What times are known; where it is not ``clock``, `onset_s` tells no more than the order.
    fixations : ReportedFixations or None
        Of a source that tells no samples.
    """

    id: str
    session: str
    reader: str
    image: str
    source: str
    state: ReadingState
    onset_s: float
    offset_s: float
    onset_method: OnsetMethod
    placement: Placement
    label: int | None
    confidence: Confidence
    flagged: bool
    response_s: float
    replaced_by: str | None = None
    note: str = ""
    replaces: str | None = None
    reason: str = ""
    tracking: TrackerQuality = TrackerQuality()
    data_loss: float = math.nan
    below: tuple[str, ...] = ()
    views: tuple[tuple[float, Placement], ...] = ()
    times: Times = "clock"
    fixations: ReportedFixations | None = None

    def seen(self, onset_correction_s: float) -> tuple[float, float]:
        """Tell when the image was seen: the onset of its light, and for how long (NaN if that is not known).

        Stamps of frames come earlier than their light by the session's `onset_correction_s`; keys do not.
        It was seen up to the key where the end of the display was not stamped any more.
        """
        shown_s = self.offset_s - self.onset_s
        duration_s = self.response_s - onset_correction_s if math.isnan(shown_s) else shown_s
        return self.onset_s + onset_correction_s, duration_s if duration_s >= 0 else math.nan
