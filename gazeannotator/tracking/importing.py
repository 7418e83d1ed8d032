"""What imports of recordings share: how they tell how far they are, and by what they know a file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from gazeannotator.errors import BadInput

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); may raise `errors.Cancelled`."""

TELL_EVERY_S = 0.1


def telling(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    """Make a teller of bytes done and in all, which does not tell too often."""
    if progress is None:
        return None
    told_s = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > TELL_EVERY_S or done == total:
            told_s = time.monotonic()
            progress(done, total, what)

    return tell


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex.

    Raises
    ------
    BadInput
        It cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.", "Check the name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check it and its rights.") from None
    return digest.hexdigest()
