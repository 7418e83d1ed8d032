"""Results that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from gazeannotator.errors import BadInput, StorageError


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target and rename it to the target when the block succeeds.

    Raises
    ------
    BadInput
        If the target is a folder or lies in none.
    StorageError
        If it cannot be written.
    """
    check_file_target(target)
    temporary = _beside(target)
    try:
        with _written_to(target):
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside the target and rename it to the target when the block succeeds.

    Raises
    ------
    BadInput
        If the target is there already and not empty, or is a file, or lies in no folder.
    StorageError
        If it cannot be written.
    """
    _check_parent(target)
    if target.exists() and not target.is_dir():
        raise BadInput(f"{target} is a file.", "Give the name of a new folder.")
    if target.is_dir() and any(target.iterdir()):
        raise BadInput(f"The folder {target} is not empty.", "Give a new folder, or empty this one first.")
    temporary = _beside(target)
    try:
        with _written_to(target):
            temporary.mkdir()
            yield temporary
            if target.is_dir():
                target.rmdir()
            os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_file_target(target: Path) -> None:
    """Refuse a target that can be no file.

    Raises
    ------
    BadInput
        If it is a folder or lies in none.
    """
    _check_parent(target)
    if target.is_dir():
        raise BadInput(f"{target} is a folder.", "Give the name of a file.")


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid4().hex[:8]}.tmp")


def _check_parent(target: Path) -> None:
    parent = target.absolute().parent
    if not parent.is_dir():
        raise BadInput(f"There is no folder {parent}.", "Create it first, or give another place.")


@contextmanager
def _written_to(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {reason(error)}.", "Make room or choose another place."
        ) from error


def reason(error: OSError) -> str:
    """Say in words what the system refused."""
    return (error.strerror or str(error)).lower()
