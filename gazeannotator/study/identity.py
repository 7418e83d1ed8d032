"""What stands for a patient, a file name and an image once their identity is gone."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import struct
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import StudyDamaged

_CREATE_HINT = "Put back the study.key that belongs to this study (from a backup or another room's copy)."


@dataclass(frozen=True)
class StudyKey:
    """The secret under which patient ids and file names are hashed.

    Without it nobody can test whether a given patient is in the study; rooms whose studies
    are to be merged share it.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> StudyKey:
        """Make a new random key and write it where only the owner may read it."""
        key = cls(secrets.token_bytes(32))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return key

    @classmethod
    def load(cls, path: Path) -> StudyKey:
        """Read a key file.

        Raises
        ------
        StudyDamaged
            If it is missing or not 64 hex digits.
        """
        try:
            text = path.read_text(encoding="ascii").strip()
            secret = bytes.fromhex(text)
        except FileNotFoundError as error:
            raise StudyDamaged(f"The study's key file {path} is missing.", _CREATE_HINT) from error
        except (OSError, ValueError) as error:
            raise StudyDamaged(f"The study's key file {path} cannot be read.", _CREATE_HINT) from error
        if len(secret) != 32:
            raise StudyDamaged(f"The study's key file {path} does not hold 64 hex digits.", _CREATE_HINT)
        return cls(secret)

    def patient_pseudonym(self, patient: str) -> str:
        """Return what stands for a patient: the first 12 hex digits of the keyed hash of the id."""
        return self._hmac(patient)[:12]

    def file_hmac(self, name: str) -> str:
        """Return the keyed hash of a file's plain name, by which gaze of other programs is matched."""
        # macOS hands out decomposed letters, other systems composed ones: the same name must match.
        return self._hmac(unicodedata.normalize("NFC", name))

    def waiting_id(self, image: str) -> str:
        """Return what stands for an image before its review, from the content hash it came with.

        Keyed, as whoever has the original could else tell that it is in the study.
        """
        return self._hmac(f"waiting {image}")[:32]

    @property
    def check(self) -> str:
        """A mark by which a wrong key is noticed; it tells nothing about the key."""
        return self._hmac("gazeannotator study key")[:16]

    def _hmac(self, text: str) -> str:
        # File names need not be valid Unicode on Linux.
        return hmac.new(self.secret, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def others_may_read(path: Path) -> bool:
    """Whether other users of the machine have rights to a key file (False where no modes tell that)."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)


def image_id(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> str:
    r"""Content hash of an image, as in the data-set format.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, 3), uint8 or uint16
        De-identified RGB.

    Returns
    -------
    str
        SHA-256 in hex over ``gazeannotator-image-1\n``, width, height and bits per channel as
        little-endian uint32, then the pixels, row-major, little-endian.
    """
    height, width, _ = pixels.shape
    digest = hashlib.sha256(b"gazeannotator-image-1\n")
    digest.update(struct.pack("<III", width, height, pixels.itemsize * 8))
    digest.update(np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).data)
    return digest.hexdigest()
