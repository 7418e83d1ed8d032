"""Several studies as one: which images there are, whose they are, and who read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.study.model import UNKNOWN, Image, Protocol, Reading, Scheme, Session
from gazeannotator.study.store import Store


@dataclass(frozen=True)
class JoinedReading:
    """A reading and the study that holds its gaze."""

    study: Path
    session: Session
    reading: Reading


@dataclass(frozen=True)
class JoinedImage:
    """An image of one or more studies, with its readings in the order in which they happened."""

    id: str
    study: Path
    patient: str
    truth: int
    size_px: tuple[int, int]
    readings: tuple[JoinedReading, ...]


@dataclass(frozen=True)
class Joined:
    """All that a data set is built from.

    Attributes
    ----------
    name : str
        Of the study, or of all of them.
    protocols : mapping of Path to Protocol
        The options of each study.
    gaze_heads : mapping
        Study → session → what changes when gaze is added to it.
    patients_known : bool
        Whether every image has a patient.
    warnings : tuple of str
        What the user should know before trusting the result.
    """

    name: str
    scheme: Scheme
    protocols: Mapping[Path, Protocol]
    gaze_heads: Mapping[Path, Mapping[str, str]]
    images: tuple[JoinedImage, ...]
    patients_known: bool
    warnings: tuple[str, ...]


@dataclass
class _Collected:
    """What the studies hold, before patients are settled."""

    images: dict[str, Image] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)
    readings: dict[str, JoinedReading] = field(default_factory=dict)
    same_patient: dict[str, str] = field(default_factory=dict)
    disputed: set[str] = field(default_factory=set)
    conflicts: list[str] = field(default_factory=list)


def join_studies(studies: Sequence[Path]) -> Joined:
    """Join studies: an image in two of them is one image, a reading in two of them one reading.

    Parameters
    ----------
    studies : sequence of Path
        At least one.

    Raises
    ------
    BadInput
        If they do not ask the same question, or hold no image.
    """
    found = _Collected()
    names: list[str] = []
    protocols: dict[Path, Protocol] = {}
    gaze_heads: dict[Path, dict[str, str]] = {}
    checks: set[str] = set()
    scheme: Scheme | None = None
    for path in studies:
        with Store.open(path) as store:
            scheme = _same_scheme(scheme, store.scheme, path)
            names += [store.name] if store.name not in names else []
            protocols[store.path] = store.protocol
            checks.add(_key_mark(store))
            # Before the readings: gaze that is recorded meanwhile then changes the heads of the next build.
            gaze_heads[store.path] = store.gaze_heads()
            _collect(found, store)
    if scheme is None or not found.images:
        raise BadInput(f"There is no image in {studies[0]}.", "Import images first (File, Import images).")
    images = _settled(found)
    warnings = list(found.conflicts)
    patients_known = all(image.patient is not None for image in found.images.values())
    if not patients_known:
        missing = sum(image.patient is None for image in found.images.values())
        warnings.append(
            f"The patient of {missing} images is not known: each is taken for a patient of its own."
        )
    if len(checks) > 1 and any(image.patient is not None for image in found.images.values()):
        warnings.append(
            "The studies have different key files, so patients cannot be matched between them: "
            "a patient who is in two of them may lie in two parts of the split."
        )
    return Joined(", ".join(names), scheme, protocols, gaze_heads, images, patients_known, tuple(warnings))


def _key_mark(store: Store) -> str:
    try:
        return store.key.check
    except StudyDamaged:
        # Without the key nothing can be matched; all else is in the database.
        return store.id


def _same_scheme(known: Scheme | None, scheme: Scheme, path: Path) -> Scheme:
    answers = [(each.key, each.name) for each in scheme.classes]
    if known is not None and answers != [(each.key, each.name) for each in known.classes]:
        raise BadInput(
            f"{path} has other classes ({scheme.name}) than the studies before it ({known.name}).",
            "Join only studies that ask the same question.",
        )
    return known or scheme


def _collect(found: _Collected, store: Store) -> None:
    for image in store.images():
        first = found.images.get(image.id)
        found.places.setdefault(image.id, store.path)
        found.images[image.id] = _merged(found, first, image) if first else image
    sessions = {session.id: session for session in store.sessions()}
    for reading in store.readings():
        found.readings.setdefault(reading.id, JoinedReading(store.path, sessions[reading.session], reading))


def _merged(found: _Collected, first: Image, second: Image) -> Image:
    truth = second.truth if first.truth == UNKNOWN else first.truth
    if first.id in found.disputed:
        truth = UNKNOWN
    elif UNKNOWN not in (first.truth, second.truth) and first.truth != second.truth:
        truth = UNKNOWN
        found.disputed.add(first.id)
        found.conflicts.append(
            f"Two studies give image {first.id[:16]} different pathology: it is taken as unknown."
        )
    if first.patient and second.patient:
        # One image shows one patient, whatever pseudonyms two keys gave.
        _unite(found.same_patient, first.patient, second.patient)
    return Image(first.id, first.patient or second.patient, truth, first.size_px)


def _unite(same: dict[str, str], one: str, other: str) -> None:
    one, other = _representative(same, one), _representative(same, other)
    if one != other:
        same[other] = one


def _representative(same: dict[str, str], patient: str) -> str:
    while patient in same:
        patient = same[patient]
    return patient


def _settled(found: _Collected) -> tuple[JoinedImage, ...]:
    readings: dict[str, list[JoinedReading]] = {}
    for each in found.readings.values():
        readings.setdefault(each.reading.image, []).append(each)
    images = []
    for number, image in enumerate(found.images.values(), start=1):
        patient = _representative(found.same_patient, image.patient) if image.patient else f"unknown-{number}"
        ordered = sorted(readings.get(image.id, []), key=_when)
        images.append(
            JoinedImage(image.id, found.places[image.id], patient, image.truth, image.size_px, tuple(ordered))
        )
    return tuple(images)


def _when(each: JoinedReading) -> tuple[str, float, str]:
    return each.session.started_utc, each.reading.onset_s, each.reading.id
