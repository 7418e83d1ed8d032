"""The pictures of one import, gathered and then added to the study all at once or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.study.deidentify.masks import Masks, masked
from gazeannotator.study.deidentify.search import HidingOptions, find_masks
from gazeannotator.study.identity import image_id
from gazeannotator.study.image_files import Picture, shown
from gazeannotator.study.images import Pixels, write_image
from gazeannotator.study.import_facts import Facts, ImportReport, report_conflicts
from gazeannotator.study.model import Image
from gazeannotator.study.register import merged
from gazeannotator.study.removals import Removal
from gazeannotator.study.review import keep_for_review
from gazeannotator.study.store import Store
from gazeannotator.study.waiting import Waiting


class Batch:
    """Takes pictures, writes their files, and tells the store of all of them at the end.

    Parameters
    ----------
    hiding : HidingOptions or None
        None: nothing is searched, nothing waits but what says of itself that it shows text.
    accept_masks : bool
        What was found is taken as agreed.
    """

    def __init__(
        self, store: Store, report: ImportReport, hiding: HidingOptions | None, *, accept_masks: bool
    ) -> None:
        self._store, self._report = store, report
        self._hiding, self._accept = hiding, accept_masks
        self._known = {each.id: each for each in store.images()}
        self._before = set(self._known)
        self._waiting = {each.id: each for each in store.waiting()}
        self._waited_before = set(self._waiting)
        self._approved = store.approved()
        self._images: list[Image] = []
        self._to_wait: list[Waiting] = []
        self._accepted: list[tuple[Waiting, Image]] = []
        self._written: list[Path] = []

    def take(self, picture: Picture, facts: Facts, where: str) -> None:
        """Take one picture of a file.

        Raises
        ------
        BadInput
            If nothing of it would be left.
        StorageError
        """
        if picture.note:
            self._report.notes.append(picture.note)
        pixels, key = picture.pixels, self._store.key
        height, width, _ = pixels.shape
        patient = facts.patient or picture.patient
        identity = image_id(pixels)
        image = Image(
            identity,
            key.patient_pseudonym(patient) if patient else None,
            facts.truth,
            (width, height),
            (key.file_hmac(picture.name),),
            picture.spacing_mm,
        )
        waiting_id = key.waiting_id(identity)
        if waiting_id in self._approved:
            image = replace(image, id=self._approved[waiting_id])
            self._add(image, None, where)
            return
        masks = Masks()
        if identity not in self._known:
            masks = find_masks(
                pixels, self._hiding or HidingOptions(automatic=False), declared=picture.declared
            )
        if not masks:
            self._add(image, pixels, where)
            self._remove(picture, image.id, "added", masks)
        elif self._accept:
            self._approve(picture, image, waiting_id, masks, where)
        else:
            self._wait(picture, replace(image, id=waiting_id), masks, where)

    def commit(self) -> None:
        """Add all to the study."""
        self._store.add_images(self._images, self._to_wait, self._accepted)
        self._report.added = len(set(self._known) - self._before)
        self._report.waiting = len(set(self._waiting) - self._waited_before)

    def undo(self) -> None:
        """Delete the files that were written."""
        for path in self._written:
            path.unlink(missing_ok=True)

    def _add(self, image: Image, pixels: Pixels | None, where: str) -> None:
        """Add an image that can be read at once; `pixels` where its file may have to be written."""
        if pixels is not None:
            self._write(image, pixels)
        self._join(image, where)
        self._images.append(image)

    def _approve(self, picture: Picture, image: Image, waiting_id: str, masks: Masks, where: str) -> None:
        pixels = masked(picture.pixels, masks)
        if not pixels.any():
            raise BadInput(
                f"{shown(picture.name)}: nothing would be left of it.", "Check the layout and the rectangles."
            )
        image = replace(image, id=image_id(pixels))
        self._write(image, pixels)
        self._join(image, where)
        self._accepted.append((Waiting(waiting_id, replace(image, id=waiting_id), masks), image))
        self._approved[waiting_id] = image.id
        self._remove(picture, image.id, "accepted", masks)

    def _wait(self, picture: Picture, image: Image, masks: Masks, where: str) -> None:
        written = keep_for_review(self._store, image.id, picture.pixels)
        if written is not None:
            self._written.append(written)
        before = self._waiting.get(image.id)
        if before is not None:
            self._report.already_known += 1
            report_conflicts(before.image, image, where, self._report)
            image = merged(before.image, image)
        waiting = Waiting(image.id, image, masks)
        self._waiting[image.id] = waiting
        self._to_wait.append(waiting)
        self._remove(picture, image.id, "waiting", masks)

    def _write(self, image: Image, pixels: Pixels) -> None:
        stored = self._store.image_file(image.id)
        if not stored.exists():
            write_image(stored, pixels)
            self._written.append(stored)

    def _join(self, image: Image, where: str) -> None:
        known = self._known.get(image.id)
        if known is not None:
            self._report.already_known += 1
            report_conflicts(known, image, where, self._report)
        self._known[image.id] = merged(known, image) if known else image

    def _remove(self, picture: Picture, identity: str, state: str, masks: Masks) -> None:
        name = self._store.key.file_hmac(picture.name)
        self._report.removed.append(Removal(name, identity, state, masks, picture.metadata))
