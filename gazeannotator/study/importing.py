"""From a folder of image files to images of a study, and from nothing to a study."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.study import folder as folders
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import SUFFIXES, decode, write_image
from gazeannotator.study.metadata import FileNames, Row, read_table
from gazeannotator.study.model import UNKNOWN, Image, Protocol, Scheme
from gazeannotator.study.register import merged
from gazeannotator.study.store import Store

# Uncompressed 16-bit RGBA of the largest image that is read, and some more.
MAX_FILE_BYTES = 1 << 30

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); may raise `errors.Cancelled`."""


@dataclass
class ImportReport:
    """What an import did. It names the user's files, so it is shown and not stored.

    Attributes
    ----------
    added : int
        New images.
    already_known : int
        Files whose pixels were in the study, or in the folder, before.
    refused : list of (str, str)
        File or row, and in one sentence what is wrong and what to do.
    notes : list of str
    """

    added: int = 0
    already_known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Facts:
    """What the metadata table says about one file."""

    patient: str = ""
    truth: int = UNKNOWN


def create_study(
    target: Path,
    images: Path,
    *,
    metadata_csv: Path | None = None,
    scheme: Scheme,
    protocol: Protocol | None = None,
    name: str | None = None,
    database_url: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Make a study of a folder of images; it is there whole, or not at all.

    Parameters
    ----------
    target : Path
        The study's folder: new, or empty.
    name : str, optional
        By default the folder's name.

    Raises
    ------
    BadInput
        If the target is taken, or there is no image that can be read.
    StorageError
    Cancelled
        From `progress`.
    """
    target = target.absolute()
    # Whatever is wrong with the input shall be known before anything is made.
    _list_files(images)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BadInput(f"{target} exists already.", "Choose a new folder for the study.")
        if not target.parent.is_dir():
            raise BadInput(f"The folder {target.parent} does not exist.", "Make it first, or choose another.")
    except OSError as error:
        raise folders.storage_error(error, target.parent) from error
    _check_apart(target, images)
    with folders.study_in_the_making(target) as temporary:
        store = Store.create(
            temporary, name=name or target.name, scheme=scheme, protocol=protocol, database_url=database_url
        )
        try:
            report = import_images(store, images, metadata_csv, progress)
            if not store.images():
                raise _nothing_usable(images, report)
            store.close()
            if target.exists():
                target.rmdir()
            temporary.rename(target)
        except BaseException:
            store.discard()
            raise
    return report


def _check_apart(study: Path, images: Path) -> None:
    study, images = study.resolve(), images.resolve()
    if study.is_relative_to(images):
        raise BadInput(
            f"The study {study} lies in the image folder {images}: its own files would be imported.",
            "Keep the study beside the images, not among them.",
        )
    if images.is_relative_to(study):
        raise BadInput(
            f"The image folder {images} lies in the study {study}.", "Choose the folder of other images."
        )


def import_images(
    store: Store, folder: Path, metadata_csv: Path | None = None, progress: Progress | None = None
) -> ImportReport:
    """Import all images of a folder and its sub-folders, in the order of their paths.

    A file that cannot be read is refused and named in the report; the rest goes on. A file
    with the pixels of a known image adds what was not known of it: patient, pathology, name.
    When the call raises, the study is as it was.

    Parameters
    ----------
    metadata_csv : Path, optional
        A table ``file,patient,pathology``.

    Raises
    ------
    BadInput
        If the folder or the table cannot be used at all.
    StorageError
    Cancelled
        From `progress`.
    """
    files, report = _list_files(folder)
    _check_apart(store.path, folder)
    facts = _read_facts(store.scheme, metadata_csv, files, report) if metadata_csv else {}
    known = {each.id: each for each in store.images()}
    before = set(known)
    found: list[Image] = []
    written: list[Path] = []
    try:
        for done, name in enumerate(files):
            if progress:
                progress(done, len(files), "Importing images")
            try:
                image = _import_file(store, folder / name, facts.get(name, _Facts()), written, report)
            except BadInput as error:
                report.refused.append((_shown(name), str(error)))
                continue
            if image.id in known:
                report.already_known += 1
                _report_conflicts(known[image.id], image, _shown(name), report)
            known[image.id] = merged(known[image.id], image) if image.id in known else image
            found.append(image)
        if progress:
            progress(len(files), len(files), "Importing images")
        store.add_images(found)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    report.added = len(set(known) - before)
    return report


def _import_file(store: Store, path: Path, facts: _Facts, written: list[Path], report: ImportReport) -> Image:
    shown = _shown(path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
            raise BadInput(
                f"{shown} is no file or larger than {MAX_FILE_BYTES >> 20} MiB.", "Export it again."
            )
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{shown} cannot be read: {error.strerror}.", "Check the file and its rights."
        ) from error
    decoded = decode(data, shown)
    if decoded.pages > 1:
        report.notes.append(f"{shown} holds {decoded.pages} images; the first was taken.")
    pixels = decoded.pixels
    identity = image_id(pixels)
    stored = store.image_file(identity)
    if not stored.exists():
        write_image(stored, pixels)
        written.append(stored)
    height, width, _ = pixels.shape
    patient = store.key.patient_pseudonym(facts.patient) if facts.patient else None
    return Image(identity, patient, facts.truth, (width, height), (store.key.file_hmac(path.name),))


def _list_files(folder: Path) -> tuple[list[str], ImportReport]:
    """List image files below a folder, as paths with /, sorted; hidden ones are left out."""
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise BadInput(f"{folder} is not a folder.", "Name the folder that holds the images.")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BadInput(f"The image folder {folder} does not exist.", "Check the path.") from error
    except OSError as error:
        raise BadInput(
            f"The folder {folder} cannot be read: {error.strerror}.", "Check its rights."
        ) from error
    files: list[str] = []
    others: list[str] = []

    def fail(error: OSError) -> None:
        raise BadInput(f"The folder {error.filename} cannot be read: {error.strerror}.", "Check its rights.")

    for parent, subfolders, names in os.walk(folder, onerror=fail):
        subfolders[:] = sorted(each for each in subfolders if not each.startswith("."))
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or name.casefold() in ("thumbs.db", "desktop.ini"):
                continue
            relative = path.relative_to(folder).as_posix()
            (files if path.suffix.casefold() in SUFFIXES else others).append(relative)
    report = ImportReport()
    others = sorted(each for each in others if not each.casefold().endswith(".csv"))
    if others:
        named = ", ".join(_shown(each) for each in others[:3]) + (", …" if len(others) > 3 else "")
        report.notes.append(f"Left out, as no PNG, JPEG, TIFF or BMP: {named} (files in all: {len(others)}).")
    if not files:
        raise BadInput(
            f"The folder {folder} holds no PNG, JPEG, TIFF or BMP image.", "Choose the folder of the images."
        )
    return sorted(files), report


def _read_facts(scheme: Scheme, path: Path, files: list[str], report: ImportReport) -> dict[str, _Facts]:
    """Read the metadata table: what it says about each file, as far as it can be used."""
    table = read_table(path, files)
    report.refused += table.refused
    report.notes += table.notes
    names = FileNames(files)
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        where = f"{path.name} row {row.line}"
        matches = names.find(row.file)
        if len(matches) == 1:
            rows[matches[0]].append(row)
        elif matches:
            several = ", ".join(map(_shown, matches))
            message = f"'{row.file}' may be any of {several}; write the path below the image folder."
            report.refused.append((where, message))
        else:
            message = f"There is no file '{row.file}' in the image folder; correct the name or add the file."
            report.refused.append((where, message))
    facts = {file: _agreed(scheme, path, file, said, report) for file, said in rows.items()}
    silent = len(files) - len(facts)
    if silent:
        report.notes.append(
            f"Images without a row in {path.name}, so of unknown patient and pathology: {silent}."
        )
    return facts


def _agreed(scheme: Scheme, path: Path, file: str, rows: list[Row], report: ImportReport) -> _Facts:
    """Join the rows of one file; a value on which they contradict each other is not used."""
    facts = _Facts()
    lines = " and ".join(str(row.line) for row in rows)
    patients = {row.patient for row in rows if row.patient}
    if len(patients) == 1:
        facts.patient = patients.pop()
    elif patients:
        message = (
            f"They give different patients for '{file}'; none was used. Correct the rows and import again."
        )
        report.refused.append((f"{path.name} rows {lines}", message))
    truths: set[int] = set()
    for row in rows:
        truth = scheme.index_of(row.pathology) if row.pathology else UNKNOWN
        if truth is None:
            classes = ", ".join(f"{each.key} ({each.name})" for each in scheme.classes)
            message = (
                f"'{row.pathology}' is no class of the scheme; it was left unknown. Possible: {classes}."
            )
            report.refused.append((f"{path.name} row {row.line}", message))
        elif truth != UNKNOWN:
            truths.add(truth)
    if len(truths) == 1:
        facts.truth = truths.pop()
    elif truths:
        message = (
            f"They give different pathologies for '{file}'; none was used. Correct the rows and import again."
        )
        report.refused.append((f"{path.name} rows {lines}", message))
    return facts


def _report_conflicts(known: Image, new: Image, name: str, report: ImportReport) -> None:
    for what, first, second, nothing in (
        ("patient", known.patient, new.patient, None),
        ("pathology", known.truth, new.truth, UNKNOWN),
    ):
        if nothing not in (first, second) and first != second:
            message = (
                f"The same image is known with another {what}, which was kept; correct the metadata table."
            )
            report.refused.append((name, message))


def _nothing_usable(images: Path, report: ImportReport) -> BadInput:
    reasons = "; ".join(f"{where}: {message}" for where, message in report.refused[:3])
    more = "; …" if len(report.refused) > 3 else ""
    return BadInput(
        f"No image of {images} could be imported ({reasons}{more})", "Correct these files, then try again."
    )


def _shown(name: str) -> str:
    """Make a file name printable that is not valid Unicode."""
    return name.encode("utf-8", "backslashreplace").decode()
