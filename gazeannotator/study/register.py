"""The study's own journal: its name, scheme, protocol, images, readers and sessions.

The same rows as a session's (`session` is the study's id, `t_s` is 0: none of this has to
do with the recording clock), under a hash chain of their own. What a later import adds to
an image, or a reader's consent, is a further row; nothing is changed in place.

Events and their data:
``study_created`` {name, scheme, protocol, software, key_check},
``protocol_changed`` {protocol} (whole; for the sessions after it),
``image_imported`` {patient, truth, size_px, file_hmac} (and spacing_mm where it is known),
``image_masked`` {waiting, what, where} and the facts of the image to be (its id comes with the approval),
``image_approved`` {waiting, what, where}, ``image_rejected`` {waiting},
``reader_added`` {reader}, ``consent`` {reader, utc}, ``session_opened`` {session, reader, origin}
(`origin` only where it was not recorded into this study: what file it came from),
``session_closed`` {session, length, head} (where the session's chain ends; only the check asks for it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from gazeannotator.study.model import UNKNOWN, Entry, Image, Protocol, Reader, Scheme
from gazeannotator.study.scheme import scheme_as_dict, scheme_from_dict
from gazeannotator.study.waiting import Waiting, image_facts, image_from_facts, waiting_from_data


@dataclass
class Register:
    """What the study's journal says so far; grows row by row.

    Attributes
    ----------
    images, readers : dict
        By id or code, in the order in which they came.
    sessions : dict
        Session id → reader code, in the order of their starts.
    waiting : dict
        By their ids, images that wait for a reviewer.
    approved : dict
        Id of an image while it waited → its id since.
    length : int
        Number of rows taken in.
    """

    name: str = ""
    scheme: Scheme = field(default_factory=lambda: Scheme("", ()))
    protocol: Protocol = field(default_factory=Protocol)
    created_utc: str = ""
    key_check: str = ""
    images: dict[str, Image] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    approved: dict[str, str] = field(default_factory=dict)
    length: int = 0

    def take(self, entries: Iterable[Entry]) -> None:
        """Take in the next rows of the journal.

        Raises
        ------
        ValueError, KeyError, TypeError
            If a row lacks what its event needs.
        """
        for entry in entries:
            data = entry.data
            if entry.event == "study_created":
                self.name = data["name"]
                self.scheme = scheme_from_dict(data["scheme"])
                self.protocol = _protocol(data["protocol"])
                self.created_utc = entry.utc
                self.key_check = data["key_check"]
            elif entry.event == "protocol_changed":
                self.protocol = _protocol(data["protocol"])
            elif entry.event == "image_imported":
                image = _image(entry)
                known_image = self.images.get(image.id)
                self.images[image.id] = merged(known_image, image) if known_image else image
            elif entry.event == "image_masked":
                waits = waiting_from_data(data)
                self.waiting[waits.id] = waits
            elif entry.event == "image_approved":
                self.waiting.pop(data["waiting"], None)
                self.approved[data["waiting"]] = _image_id(entry)
            elif entry.event == "image_rejected":
                self.waiting.pop(data["waiting"], None)
            elif entry.event == "reader_added":
                self.readers.setdefault(data["reader"], Reader(data["reader"], None))
            elif entry.event == "consent":
                self.readers[data["reader"]] = Reader(data["reader"], data["utc"])
            elif entry.event == "session_opened":
                self.sessions[data["session"]] = data["reader"]
            self.length = entry.seq + 1


def created_data(
    name: str, scheme: Scheme, protocol: Protocol, software: str, key_check: str
) -> dict[str, Any]:
    """Gather the data of ``study_created``."""
    return {
        "name": name,
        "scheme": scheme_as_dict(scheme),
        "protocol": asdict(protocol),
        "software": software,
        "key_check": key_check,
    }


def image_data(image: Image) -> dict[str, Any]:
    """Gather the data of ``image_imported``."""
    return image_facts(image)


def merged(known: Image, new: Image) -> Image:
    """Join what two imports say about the same image: unknown is filled, what is known stays."""
    return replace(
        known,
        patient=new.patient if known.patient is None else known.patient,
        truth=new.truth if known.truth == UNKNOWN else known.truth,
        file_hmac=tuple(dict.fromkeys((*known.file_hmac, *new.file_hmac))),
        spacing_mm=known.spacing_mm or new.spacing_mm,
    )


def _protocol(data: dict[str, Any]) -> Protocol:
    known = {each.name for each in fields(Protocol)}
    return Protocol(**{name: value for name, value in data.items() if name in known})


def _image(entry: Entry) -> Image:
    return image_from_facts(_image_id(entry), entry.data)


def _image_id(entry: Entry) -> str:
    if entry.image is None:
        raise ValueError(f"{entry.event} without an image in row {entry.seq}")
    return entry.image
