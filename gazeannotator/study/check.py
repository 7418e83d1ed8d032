"""Is a study as it was written? Its database, its hash chains, its key and its image files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import PIL.Image

from gazeannotator.errors import StudyDamaged
from gazeannotator.study import folder, store_check, tables
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import read_image
from gazeannotator.study.store import Store

_RESTORE = "Put the study back from a backup; do not go on with this copy."
_RESTORE_IMAGE = "Put the file back from a backup, or import the original image again."
_REPLACE_IMAGE = "Put the file back from a backup, or delete it and import the original image again."


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a study: what, where, and what to do."""

    what: str
    where: str
    remedy: str


def check_study(path: Path | str) -> list[Problem]:
    """Check a whole study; an empty list means that nothing is wrong.

    Found is every row that was changed, deleted or inserted, of sessions, labels and gaze alike,
    and every image file that is missing, changed or not of the study. For a session that has
    ended this holds also where the chain's head was changed along; for one that is still open
    (and sessions of the first versions) such a re-computation goes unnoticed, and so does one of
    the study's own journal: the hashes are no signature. Only a copy kept elsewhere shows that.

    Raises
    ------
    BadInput
        If the folder is no study.
    StorageError
        If it cannot be read.
    """
    path = Path(path)
    problems: list[Problem] = []
    # Each part is tried for itself: what one of them cannot read, another may still tell about.
    for part in (_database_problems, _content_problems):
        try:
            problems.extend(part(path))
        except StudyDamaged as error:
            problem = Problem(error.message.removesuffix("."), str(path), error.hint or _RESTORE)
            if problem not in problems:
                problems.append(problem)
    return problems


def _database_problems(path: Path) -> Iterator[Problem]:
    descriptor = folder.read_descriptor(path)
    engine = tables.open_database(descriptor.database, path, create=False)
    try:
        for findings in (store_check.database_findings, store_check.chain_findings):
            with tables.storage_errors(), engine.connect() as connection, connection.begin():
                found = findings(connection, descriptor.id)
                yield from (Problem(what, where, _RESTORE) for what, where in found)
    finally:
        engine.dispose()


def _content_problems(path: Path) -> Iterator[Problem]:
    with Store.open(path) as store:
        try:
            store.key  # noqa: B018 - reading it checks it
        except StudyDamaged as error:
            yield Problem(error.message.removesuffix("."), folder.key_file(path).name, error.hint)
        store.readings()  # raises where rows cannot be understood
        expected = {store.image_file(each.id): each.id for each in store.images()}
        waiting = {folder.waiting_file(path, each.id) for each in store.waiting()}
    for file, identity in expected.items():
        where = file.relative_to(path).as_posix()
        if not file.is_file():
            yield Problem("an image file is missing", where, _RESTORE_IMAGE)
        elif not _is_unchanged(file, identity):
            yield Problem("an image file was changed", where, _REPLACE_IMAGE)
    yield from _waiting_problems(path, waiting)
    there = (each for each in folder.images_folder(path).rglob("*") if not each.is_dir())
    for file in sorted(set(there) - set(expected)):
        remedy = "Delete it: it is no image of the study (an import that was cut off leaves such files)."
        yield Problem("a file was added to the images", file.relative_to(path).as_posix(), remedy)


def _waiting_problems(path: Path, waiting: set[Path]) -> Iterator[Problem]:
    there = {each for each in folder.waiting_folder(path).rglob("*") if not each.is_dir()}
    for file in sorted(waiting - there):
        remedy = "Import the original image again, or reject it in the review."
        yield Problem("an image that waits for review is missing", file.relative_to(path).as_posix(), remedy)
    for file in sorted(there - waiting):
        remedy = "Delete it: it does not wait any more, and may show a name."
        yield Problem("a file was left among the waiting images", file.relative_to(path).as_posix(), remedy)


def _is_unchanged(file: Path, identity: str) -> bool:
    try:
        with PIL.Image.open(file, formats=["PNG"]) as image:
            image.verify()  # checksums of all parts
            has_metadata = bool(image.info)
        return not has_metadata and image_id(read_image(file)) == identity
    except (StudyDamaged, PIL.Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False
