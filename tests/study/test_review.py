from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from gazeannotator.errors import BadInput, Cancelled, StudyDamaged
from gazeannotator.study.check import check_study
from gazeannotator.study.deidentify.masks import Masks, Rect, masked
from gazeannotator.study.deidentify.search import HidingOptions
from gazeannotator.study.facts import study_info
from gazeannotator.study.folder import waiting_file, waiting_folder
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import read_image
from gazeannotator.study.importing import create_study, import_images
from gazeannotator.study.removals import check_report_name, write_removals
from gazeannotator.study.review import approve, reject, waiting_pixels
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store

SEARCH = HidingOptions()


def endoscopy(number: int, name: str = "") -> np.ndarray:
    """A round picture on black, with a name beside it or without."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(90, 160, (6, 8, 3), dtype=np.uint8)
    pixels = cv2.resize(coarse, (480, 360), interpolation=cv2.INTER_CUBIC)
    disc = np.zeros((360, 480), np.uint8)
    cv2.circle(disc, (300, 180), 165, 1, -1)
    pixels[disc == 0] = 0
    if name:
        cv2.putText(pixels, name, (6, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
    return pixels


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    PIL.Image.fromarray(endoscopy(1)).save(folder / "plain.png")
    PIL.Image.fromarray(endoscopy(2, "SMITH")).save(folder / "named.png")
    (folder / "meta.csv").write_text("file,patient,pathology\nplain.png,P1,1\nnamed.png,P2,2\n")
    return folder


@pytest.fixture
def store(tmp_path: Path, photos: Path) -> Iterator[Store]:
    report = create_study(
        tmp_path / "study",
        photos,
        metadata_csv=photos / "meta.csv",
        scheme=load_scheme("nice"),
        hiding=SEARCH,
    )
    assert (report.added, report.waiting, report.refused) == (1, 1, [])
    with Store.open(tmp_path / "study") as opened:
        yield opened


def test_only_what_was_masked_waits_and_the_rest_is_as_ever(store: Store) -> None:
    assert [each.id for each in store.images()] == [image_id(endoscopy(1))]
    (waits,) = store.waiting()
    assert waits.masks.what == ["surroundings"]
    assert waits.image.patient == store.key.patient_pseudonym("P2")
    assert study_info(store)["waiting"] == 1
    assert study_info(store)["images"] == 1
    assert check_study(store.path) == []
    assert waiting_folder(store.path).stat().st_mode & 0o077 == 0


def test_an_approved_image_gets_its_id_from_what_is_left(store: Store, photos: Path) -> None:
    (waits,) = store.waiting()
    image = approve(store, waits)
    expected = masked(endoscopy(2, "SMITH"), waits.masks)
    assert image.id == image_id(expected)
    assert (read_image(store.image_file(image.id)) == expected).all()
    assert not expected[:45, :100].any()
    assert [each.truth for each in store.images()] == [0, 1]
    assert store.waiting() == []
    assert not waiting_file(store.path, waits.id).exists()
    assert check_study(store.path) == []
    # The same file again is known, and waits no second time.
    again = import_images(store, photos, hiding=SEARCH)
    assert (again.added, again.waiting, again.already_known) == (0, 0, 2)
    assert len(store.images()) == 2
    events = [each.event for each in store.entries(store.id)]
    assert events[-3:] == ["image_masked", "image_approved", "image_imported"]


def test_a_reviewer_may_hide_other_places(store: Store) -> None:
    (waits,) = store.waiting()
    chosen = Masks((Rect(0, 0, 130, 60), Rect(250, 100, 20, 20)))
    image = approve(store, waits, chosen)
    pixels = read_image(store.image_file(image.id))
    assert not pixels[100:120, 250:270].any()
    assert pixels[121, 250].any()
    (entry,) = [each for each in store.entries(store.id) if each.event == "image_approved"]
    assert entry.data["what"] == ["manual"]
    assert entry.data["where"]["hide"][1] == [250, 100, 20, 20, "manual"]


def test_nothing_of_the_image_may_not_be_approved(store: Store) -> None:
    (waits,) = store.waiting()
    with pytest.raises(BadInput, match="Nothing of this image"):
        approve(store, waits, Masks((Rect(0, 0, 480, 360),)))
    assert store.waiting() == [waits]


def test_a_rejected_image_is_gone_until_it_is_imported_again(store: Store, photos: Path) -> None:
    (waits,) = store.waiting()
    reject(store, waits)
    assert (store.waiting(), len(store.images())) == ([], 1)
    assert list(waiting_folder(store.path).iterdir()) == []
    assert check_study(store.path) == []
    with pytest.raises(BadInput, match="does not wait"):
        approve(store, waits)
    assert import_images(store, photos, hiding=SEARCH).waiting == 1


def test_importing_a_waiting_image_again_fills_in_what_was_unknown(tmp_path: Path, photos: Path) -> None:
    create_study(tmp_path / "study", photos, scheme=load_scheme("nice"), hiding=SEARCH)
    with Store.open(tmp_path / "study") as store:
        report = import_images(store, photos, photos / "meta.csv", hiding=SEARCH)
        assert (report.waiting, report.already_known) == (0, 2)
        (waits,) = store.waiting()
        assert (waits.image.patient, waits.image.truth) == (store.key.patient_pseudonym("P2"), 1)


def test_masks_may_be_accepted_at_once(tmp_path: Path, photos: Path) -> None:
    report = create_study(
        tmp_path / "study", photos, scheme=load_scheme("nice"), hiding=SEARCH, accept_masks=True
    )
    assert (report.added, report.waiting) == (2, 0)
    with Store.open(tmp_path / "study") as store:
        assert len(store.images()) == 2
        assert store.waiting() == []
        assert len(store.approved()) == 1
        assert import_images(store, photos, hiding=SEARCH, accept_masks=True).added == 0
    assert check_study(tmp_path / "study") == []


def test_without_a_search_nothing_changes(tmp_path: Path, photos: Path) -> None:
    create_study(tmp_path / "study", photos, scheme=load_scheme("nice"))
    with Store.open(tmp_path / "study") as store:
        assert {each.id for each in store.images()} == {
            image_id(endoscopy(1)),
            image_id(endoscopy(2, "SMITH")),
        }
        # What is in the study already does not begin to wait.
        assert import_images(store, photos, hiding=SEARCH).waiting == 0


def test_a_study_may_begin_with_nothing_but_waiting_images(tmp_path: Path, photos: Path) -> None:
    (photos / "plain.png").unlink()
    report = create_study(tmp_path / "study", photos, scheme=load_scheme("nice"), hiding=SEARCH)
    assert (report.added, report.waiting) == (0, 1)


def test_a_cancelled_import_leaves_no_waiting_image(store: Store, photos: Path) -> None:
    PIL.Image.fromarray(endoscopy(3, "JONES")).save(photos / "also.png")

    def stop(done: int, total: int, what: str) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_images(store, photos, progress=stop, hiding=SEARCH)
    assert len(store.waiting()) == 1
    assert check_study(store.path) == []


def test_the_check_finds_waiting_images_that_were_lost_or_left(store: Store) -> None:
    (waits,) = store.waiting()
    file = waiting_file(store.path, waits.id)
    file.rename(file.with_name("other.png"))
    assert {each.what for each in check_study(store.path)} == {
        "an image that waits for review is missing",
        "a file was left among the waiting images",
    }


def test_a_changed_waiting_image_is_not_approved(store: Store) -> None:
    (waits,) = store.waiting()
    PIL.Image.fromarray(endoscopy(9)).save(waiting_file(store.path, waits.id))
    with pytest.raises(StudyDamaged, match="was changed"):
        waiting_pixels(store, waits)


def test_the_report_names_kinds_places_and_tags_but_no_value(tmp_path: Path, photos: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x010E] = "VALUE-SECRET"
    info = PIL.PngImagePlugin.PngInfo()
    info.add_text("KEY-SECRET", "x")
    PIL.Image.fromarray(endoscopy(2, "SMITH")).save(photos / "NAME-SECRET.png", exif=exif, pnginfo=info)
    report = create_study(tmp_path / "study", photos, scheme=load_scheme("nice"), hiding=SEARCH)
    for name in ("r.json", "r.csv"):
        write_removals(tmp_path / name, report.removed)
        assert "SECRET" not in (tmp_path / name).read_text()
    rows = json.loads((tmp_path / "r.json").read_text())
    assert rows[0]["state"] == "waiting"
    assert "ImageDescription" in rows[0]["metadata"]
    assert "text" in rows[0]["metadata"]
    assert rows[0]["hidden"] == ["surroundings"]
    with open(tmp_path / "r.csv", newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [each["file_hmac"] for each in table] == [each["file_hmac"] for each in rows]
    assert len(rows) == 3
    for bad in (tmp_path / "r.txt", tmp_path / "nowhere" / "r.csv"):
        with pytest.raises(BadInput):
            check_report_name(bad)
