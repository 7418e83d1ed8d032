"""A study's folder: what lies where, and what study.json says."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from gazeannotator.errors import BadInput, StorageError, StudyDamaged, UserError

FORMAT = 1
_RESTORE = "Put the study back from a backup."


@dataclass(frozen=True)
class Descriptor:
    """What study.json says.

    Attributes
    ----------
    format, min_reader : int
        Version of the layout, and the oldest one whose readers understand it.
    writer : str
        Program version.
    id : str
        UUID of the study.
    database : str
        URL without password; a relative SQLite path is relative to the folder.
    """

    format: int
    min_reader: int
    writer: str
    id: str
    database: str


def descriptor_file(study: Path) -> Path:
    """Return the file that makes a folder a study."""
    return study / "study.json"


def key_file(study: Path) -> Path:
    """Return the file of the study's secret key."""
    return study / "study.key"


def images_folder(study: Path) -> Path:
    """Return the folder of the de-identified images."""
    return study / "images"


def waiting_folder(study: Path) -> Path:
    """Return the folder of images that wait for a reviewer; they may still show names."""
    return study / "waiting"


def waiting_file(study: Path, waiting_id: str) -> Path:
    """Return where a waiting image lies, its pixels as they came."""
    return waiting_folder(study) / f"{waiting_id}.png"


def image_file(study: Path, image_id: str) -> Path:
    """Return where an image lies."""
    return images_folder(study) / image_id[:2] / f"{image_id}.png"


def write_descriptor(study: Path, descriptor: Descriptor) -> None:
    """Write study.json."""
    write_whole(descriptor_file(study), json.dumps(asdict(descriptor), indent=2).encode() + b"\n")


def read_descriptor(study: Path) -> Descriptor:
    """Read study.json.

    Raises
    ------
    BadInput
        If the folder is not a study, or one of a newer program.
    StudyDamaged
        If study.json cannot be understood.
    StorageError
        If it may not be read.
    """
    file = descriptor_file(study)
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["min_reader"] > FORMAT:
            raise BadInput(
                f"The study {study} was written by a newer version of GazeAnnotator ({data['writer']}).",
                "Install that version or a later one.",
            )
        if not (isinstance(data["id"], str) and isinstance(data["database"], str)):
            raise TypeError("id and database are texts")
        return Descriptor(**{name: data[name] for name in Descriptor.__dataclass_fields__})
    except (FileNotFoundError, NotADirectoryError) as error:
        what = "is not a study" if study.exists() else "does not exist"
        hint = "Choose a folder that holds a study.json, or make a study with `gazeannotator study create`."
        raise BadInput(f"{study} {what}.", hint) from error
    except OSError as error:
        raise storage_error(error, file) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StudyDamaged(f"{file} cannot be understood.", _RESTORE) from error


def write_whole(target: Path, data: bytes) -> None:
    """Write a file so that it is there whole and on disk, or not at all.

    Raises
    ------
    StorageError
    """
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Bring a rename to disk; Windows does so by itself and opens no folders."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def storage_error(error: OSError, path: Path) -> StorageError:
    """Say in the user's words why a file of the study cannot be read or written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError("The disk is full.", "Make room; what was saved so far is safe.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            f"There is no right to use {path}.", "Check the rights of that folder, or choose another."
        )
    return StorageError(f"{path} cannot be used: {error.strerror}.", "Check the disk, then try again.")


@contextmanager
def study_in_the_making(target: Path) -> Iterator[Path]:
    """Give a new folder beside the target, which is gone again at the end unless it was renamed.

    One program at a time makes a study of a name; so what is there already of such folders was
    left by a program that was killed, and is removed.

    Raises
    ------
    UserError
        If another program is making a study of this name.
    StorageError
    """
    lock = filelock.FileLock(target.with_name(f".{target.name}.lock"), timeout=0)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise UserError(f"{target} is being made by another program.", "Wait until it is done.") from error
    except OSError as error:
        raise storage_error(error, target.parent) from error
    try:
        left = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.part")
        for each in target.parent.iterdir():
            if left.fullmatch(each.name):
                shutil.rmtree(each, ignore_errors=True)
        temporary.mkdir()
        yield temporary
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


class ReaderLocks:
    """Locks by which a reader reads in one window at a time, on any process of the machine.

    The operating system lets go of them when a process is killed. The same object may take
    a lock again that it holds.
    """

    def __init__(self, study: Path) -> None:
        self._folder = study / ".locks"
        self._locks: dict[str, filelock.BaseFileLock] = {}

    @contextmanager
    def hold(self, code: str) -> Iterator[None]:
        """Hold a reader's lock.

        Raises
        ------
        UserError
            If another window holds it.
        StorageError
        """
        name = hashlib.sha256(code.encode()).hexdigest()[:16]
        try:
            self._folder.mkdir(exist_ok=True)
            lock = self._locks.setdefault(
                code, filelock.FileLock(self._folder / name, timeout=0, thread_local=False)
            )
            lock.acquire()
        except filelock.Timeout as error:
            hint = "Go on there, or close that window first."
            raise UserError(f"Reader {code} is already reading in another window.", hint) from error
        except OSError as error:
            raise storage_error(error, self._folder) from error
        try:
            yield
        finally:
            lock.release()
