"""From a folder of image files to images of a study, and from nothing to a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.study import folder as folders
from gazeannotator.study.deidentify.search import HidingOptions
from gazeannotator.study.image_files import KINDS, list_files, read_pictures, shown
from gazeannotator.study.import_batch import Batch
from gazeannotator.study.import_facts import Facts, ImportReport, read_facts
from gazeannotator.study.model import UNKNOWN, Protocol, Scheme
from gazeannotator.study.store import Store
from gazeannotator.study.video import pictures_at

__all__ = ["ImportReport", "Progress", "create_study", "import_frames", "import_images"]

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); may raise `errors.Cancelled`."""


def create_study(
    target: Path,
    images: Path,
    *,
    metadata_csv: Path | None = None,
    scheme: Scheme,
    protocol: Protocol | None = None,
    name: str | None = None,
    database_url: str | None = None,
    hiding: HidingOptions | None = None,
    accept_masks: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Make a study of a folder of images; it is there whole, or not at all.

    Parameters
    ----------
    target : Path
        The study's folder: new, or empty.
    name : str, optional
        By default the folder's name.
    hiding, accept_masks
        See `import_images`.

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
    list_files(images)
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
            report = import_images(
                store, images, metadata_csv, progress, hiding=hiding, accept_masks=accept_masks
            )
            if not (store.images() or store.waiting()):
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
    store: Store,
    folder: Path,
    metadata_csv: Path | None = None,
    progress: Progress | None = None,
    *,
    hiding: HidingOptions | None = None,
    accept_masks: bool = False,
) -> ImportReport:
    """Import all images of a folder and its sub-folders, in the order of their paths.

    A file that cannot be read is refused and named in the report; the rest goes on. A file
    with the pixels of a known image adds what was not known of it: patient, pathology, name.
    When the call raises, the study is as it was.

    Parameters
    ----------
    metadata_csv : Path, optional
        A table ``file,patient,pathology``.
    hiding : HidingOptions, optional
        Search the images for text and what lies around the picture. An image on which something is
        hidden waits for a reviewer; one without is imported as it is. By default nothing is searched.
    accept_masks : bool
        Let nobody wait: take what was found as agreed.

    Raises
    ------
    BadInput
        If the folder or the table cannot be used at all.
    StorageError
    Cancelled
        From `progress`.
    """
    files, others = list_files(folder)
    _check_apart(store.path, folder)
    report = ImportReport()
    if others:
        named = ", ".join(shown(each) for each in others[:3]) + (", …" if len(others) > 3 else "")
        report.notes.append(f"Left out, as no {KINDS}: {named} (files in all: {len(others)}).")
    facts = read_facts(store.scheme, metadata_csv, files, report) if metadata_csv else {}
    batch = Batch(store, report, hiding, accept_masks=accept_masks)
    try:
        for done, name in enumerate(files):
            if progress:
                progress(done, len(files), "Importing images")
            try:
                for picture in read_pictures(folder / name):
                    batch.take(picture, facts.get(name, Facts()), shown(name))
            except BadInput as error:
                report.refused.append((shown(name), str(error)))
        if progress:
            progress(len(files), len(files), "Importing images")
        batch.commit()
    except BaseException:
        batch.undo()
        raise
    return report


def import_frames(
    store: Store,
    video: Path,
    times_s: Sequence[float],
    *,
    patient: str = "",
    truth: int = UNKNOWN,
    hiding: HidingOptions | None = None,
    accept_masks: bool = False,
) -> ImportReport:
    """Import the frames of a video that are on the screen at these times.

    Parameters
    ----------
    times_s : sequence of float
        From the beginning of the video.
    patient : str
        As in a metadata table; empty if it is not known.
    truth : int
        Class index from pathology.
    hiding, accept_masks
        See `import_images`.

    Raises
    ------
    BadInput
        If it is no video, or ends before one of the times. The study is then as it was.
    StorageError
    """
    report = ImportReport()
    batch = Batch(store, report, hiding, accept_masks=accept_masks)
    try:
        for picture in pictures_at(video, times_s):
            batch.take(picture, Facts(patient, truth), shown(picture.name))
        batch.commit()
    except BaseException:
        batch.undo()
        raise
    return report


def _nothing_usable(images: Path, report: ImportReport) -> BadInput:
    reasons = "; ".join(f"{where}: {message}" for where, message in report.refused[:3])
    more = "; …" if len(report.refused) > 3 else ""
    return BadInput(
        f"No image of {images} could be imported ({reasons}{more})", "Correct these files, then try again."
    )
