from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gazeannotator.errors import BadInput, Cancelled, StorageError
from gazeannotator.study import folder, import_batch
from gazeannotator.study.check import check_study
from gazeannotator.study.identity import image_id
from gazeannotator.study.importing import ImportReport, create_study, import_images
from gazeannotator.study.model import Image
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store


def picture(number: int) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.random.default_rng(number).integers(0, 256, (12, 16, 3), dtype=np.uint8))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four images: two on top, two in sub-folders."""
    where = tmp_path / "photos"
    for number, name in enumerate(("a.png", "b.bmp", "one/c.png", "two/deep/d.TIFF")):
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        picture(number).save(where / name)
    return where


@pytest.fixture
def create(tmp_path: Path, photos: Path) -> Callable[..., tuple[ImportReport, list[Image]]]:
    """Make a study of the photos with a metadata table, and tell what is in it, in order of import."""

    def build(table: str | bytes | None = None, **options: object) -> tuple[ImportReport, list[Image]]:
        metadata = None
        if table is not None:
            metadata = tmp_path / "meta.csv"
            metadata.write_bytes(table if isinstance(table, bytes) else table.encode())
        target = tmp_path / "study"
        report = create_study(target, photos, metadata_csv=metadata, scheme=load_scheme("nice"), **options)
        assert check_study(target) == []
        with Store.open(target) as store:
            return report, store.images()

    return build


def nothing_but(tmp_path: Path, *names: str) -> bool:
    return {each.name for each in tmp_path.iterdir()} == set(names)


def test_a_folder_becomes_a_study(create, tmp_path: Path) -> None:
    report, images = create()
    assert (report.added, report.already_known, report.refused, report.notes) == (4, 0, [], [])
    assert [each.id for each in images] == [image_id(np.asarray(picture(number))) for number in range(4)]
    assert {each.size_px for each in images} == {(16, 12)}
    assert {(each.patient, each.truth) for each in images} == {(None, -1)}
    assert nothing_but(tmp_path, "study", "photos")


def test_metadata_is_taken_by_path_or_unique_name(create, tmp_path: Path) -> None:
    table = "file,patient,pathology\na.png,P1,1\n.\\b.bmp,P2,type 2\none\\c.png,P1,\nd.tiff,,3\n"
    report, images = create(table)
    assert report.refused == []
    with Store.open(tmp_path / "study") as store:
        one, two = store.key.patient_pseudonym("P1"), store.key.patient_pseudonym("P2")
    assert [(each.patient, each.truth) for each in images] == [(one, 0), (two, 1), (one, -1), (None, 2)]


def test_nothing_tells_who_a_patient_was(create, tmp_path: Path, photos: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x010E] = "PATIENT-SECRET"
    picture(7).save(photos / "NAME-SECRET.jpg", exif=exif, comment=b"COMMENT-SECRET")
    info = PIL.PngImagePlugin.PngInfo()
    info.add_text("Patient", "TEXT-SECRET")
    picture(8).save(photos / "t.png", pnginfo=info)
    create("file,patient,pathology\nNAME-SECRET.jpg,PATIENT-SECRET,1\nwrong-SECRET.png,X-SECRET,1\n")
    files = [each for each in (tmp_path / "study").rglob("*") if each.is_file()]
    assert len([each for each in files if each.suffix == ".png"]) == 6
    for file in files:
        assert b"SECRET" not in file.read_bytes()
        assert "SECRET" not in file.name
        if file.suffix == ".png":
            with PIL.Image.open(file) as image:
                assert image.info == {}


def test_the_same_image_twice_is_one(create, photos: Path) -> None:
    picture(0).save(photos / "z again.bmp")
    report, images = create("file,patient,pathology\na.png,P1,\nz again.bmp,,2\n")
    assert (report.added, report.already_known, len(images)) == (4, 1, 4)
    assert report.refused == []
    assert (images[0].patient is not None, images[0].truth) == (True, 1)
    assert len(images[0].file_hmac) == 2


def test_conflicting_facts_of_one_image_are_reported(create, photos: Path) -> None:
    picture(0).save(photos / "z again.bmp")
    report, images = create("file,patient,pathology\na.png,P1,1\nz again.bmp,P2,2\n")
    assert [where for where, _ in report.refused] == ["z again.bmp"] * 2
    assert ["another patient" in text or "another pathology" in text for _, text in report.refused] == [
        True,
        True,
    ]
    assert images[0].truth == 0


def test_a_second_import_fills_in_what_was_unknown(create, tmp_path: Path, photos: Path) -> None:
    create("file,patient,pathology\na.png,,1\n")
    picture(9).save(photos / "new.png")
    table = tmp_path / "later.csv"
    table.write_text("file,patient,pathology\na.png,P1,2\nb.bmp,P1,2\nnew.png,P1,3\n", encoding="utf-8")
    with Store.open(tmp_path / "study") as store:
        report = import_images(store, photos, table)
        images = store.images()
        patient = store.key.patient_pseudonym("P1")
    assert (report.added, report.already_known) == (1, 4)
    assert [where for where, _ in report.refused] == ["a.png"]
    assert [(each.patient, each.truth) for each in images] == [
        (patient, 0),
        (patient, 1),
        (None, -1),
        (None, -1),
        (patient, 2),
    ]


def test_bad_files_are_refused_and_the_rest_goes_on(create, photos: Path) -> None:
    (photos / "letter.png").write_text("Dear colleague", encoding="utf-8")
    (photos / "nothing.jpg").touch()
    (photos / "broken.png").write_bytes((photos / "a.png").read_bytes()[:100])
    (photos / "dangling.png").symlink_to(photos / "gone.png")
    report, images = create()
    assert len(images) == 4
    assert [where for where, _ in report.refused] == [
        "broken.png",
        "dangling.png",
        "letter.png",
        "nothing.jpg",
    ]
    for where, message in report.refused:
        assert message.startswith(where)
        assert message.count(". ") == 1, "one sentence on what is wrong, one on what to do"


def test_hidden_and_other_files_are_left_out(create, photos: Path) -> None:
    picture(20).save(photos / ".hidden.png")
    (photos / ".cache").mkdir()
    picture(21).save(photos / ".cache" / "thumb.png")
    (photos / "Thumbs.db").touch()
    (photos / "meta.csv").touch()
    for name in ("notes.txt", "x.gif", "scan.pdf", "film.mp4"):
        (photos / name).touch()
    report, images = create()
    assert len(images) == 4
    assert report.refused == []
    (note,) = report.notes
    assert "files in all: 4" in note
    assert "film.mp4" in note


def test_a_pipe_named_like_an_image_does_not_hang(create, photos: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(photos / "pipe.png")
    report, _ = create()
    assert [where for where, _ in report.refused] == ["pipe.png"]


def test_a_name_that_is_not_unicode(create, photos: Path) -> None:
    try:
        (photos / os.fsdecode(b"bad\xff.png")).write_bytes(b"x")
        picture(30).save(photos / "good.png")
        (photos / "good.png").rename(photos / os.fsdecode(b"good\xff.png"))
    except OSError:
        pytest.skip("this system takes Unicode names only")
    report, images = create()
    assert len(images) == 5
    ((where, message),) = report.refused
    (where + message).encode()  # can be shown


@pytest.mark.parametrize(
    ("rows", "refused", "truth"),
    [
        ("a.png,P,1\nghost.png,P,1", ["row 3"], 0),
        ("a.png,P,1\na.png,P,1", [], 0),
        ("a.png,P,1\na.png,P,", [], 0),
        ("a.png,P,1\na.png,P,2", ["rows 2 and 3"], -1),
        ("a.png,P,1\na.png,Q,1", ["rows 2 and 3"], 0),
        ("a.png,P,4", ["row 2"], -1),
        ("a.png,P,4\na.png,P,1", ["row 2"], 0),
        ("a.png,P,1,surplus\nb.bmp,P,1", ["row 2"], -1),
        ("b.bmp,P,1\n,P,2", ["row 3"], -1),
        ("\n\n   \na.png,P,1", [], 0),
        ('"a.png","P,1",1', [], 0),
    ],
)
def test_rows_that_cannot_be_used_are_named(create, rows: str, refused: list[str], truth: int) -> None:
    report, images = create("file,patient,pathology\n" + rows + "\n")
    assert [where for where, _ in report.refused] == [f"meta.csv {each}" for each in refused]
    assert all(message.strip().endswith(".") for _, message in report.refused)
    assert len(images) == 4
    assert images[0].truth == truth


def test_contradicting_patients_are_not_guessed(create) -> None:
    _, images = create("file,patient,pathology\na.png,P,1\na.png,Q,1\n")
    assert images[0].patient is None


def test_an_ambiguous_name_is_not_guessed(create, photos: Path) -> None:
    picture(40).save(photos / "two" / "c.png")
    report, images = create("file,patient,pathology\nc.png,P,1\ntwo/c.png,P,2\n")
    ((where, message),) = report.refused
    assert where == "meta.csv row 2"
    assert "one/c.png, two/c.png" in message
    assert [each.truth for each in images] == [-1, -1, -1, 1, -1]


def test_images_without_a_row_are_counted(create) -> None:
    report, _ = create("file,patient,pathology\na.png,P,1\n")
    assert report.notes == ["Images without a row in meta.csv, so of unknown patient and pathology: 3."]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("file,patient\na.png,P\n", "no column 'pathology'"),
        ("file,patinet,pathology\na.png,P,1\n", "no column 'patient'"),
        ("name;patient;pathology\n", "no column 'file'"),
        ("file,patient,patient,pathology\n", "twice the column 'patient'"),
        ("", "no column 'file'"),
        (b"PK\x03\x04\x00\x00\x08\x00", "not a text file"),
        (b"file,patient,pathology\n\x81\xff\x8d,P,1\n", "not a text file"),
        ('file,patient,pathology\n"a.png,P,1\n', "not a CSV table"),
    ],
)
def test_a_table_that_cannot_be_used_stops_all(
    create, tmp_path: Path, table: str | bytes, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        create(table)
    assert "meta.csv" in caught.value.message
    assert caught.value.hint
    assert nothing_but(tmp_path, "photos", "meta.csv")


def test_other_separators_headers_and_columns(create) -> None:
    report, images = create("\ufeffPatient;FILE; Pathology ;age\r\nP;a.png;1;50\r\nP;b.bmp;2;\r\n")
    assert [each.truth for each in images[:2]] == [0, 1]
    assert "meta.csv: not used: age." in report.notes
    assert report.refused == []


@pytest.mark.parametrize(
    ("encoding", "name", "patient", "told"),
    [
        ("utf-8", "息肉.png", "王伟", None),
        ("utf-8-sig", "Größe.png", "Müller", None),
        ("utf-16", "息肉.png", "王伟", None),
        ("gb18030", "息肉.png", "王伟", "gb18030"),
        ("gb18030", "plain.png", "王伟", "gb18030"),
        ("gb18030", "plain.png", "龑喆", "gb18030"),
        ("cp1252", "Größe.png", "Müller", "cp1252"),
        ("cp1252", "plain.png", "Müller", "cp1252"),
        ("cp1252", "plain.png", "José Núñez", "cp1252"),
    ],
)
def test_encodings(
    create, tmp_path: Path, photos: Path, encoding: str, name: str, patient: str, told: str | None
) -> None:
    picture(50).save(photos / name)
    report, images = create(f"file,patient,pathology\n{name},{patient},2\n".encode(encoding))
    with Store.open(tmp_path / "study") as store:
        pseudonym = store.key.patient_pseudonym(patient)
    assert [each.patient for each in images if each.truth == 1] == [pseudonym]
    assert report.refused == []
    assert (
        any("is not UTF-8" in each and told in each for each in report.notes)
        if told
        else len(report.notes) == 1
    )


def test_folders_that_cannot_be_imported(tmp_path: Path, photos: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").touch()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_text("no image", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    for name, words in (
        ("nowhere", "does not exist"),
        ("photos/a.png", "is not a folder"),
        ("empty", "holds no PNG"),
        ("texts", "holds no PNG"),
        ("bad", r"No image of .*bad could be imported \(a\.png: a\.png is not an image"),
    ):
        with pytest.raises(BadInput, match=words) as caught:
            create_study(tmp_path / "study", tmp_path / name, scheme=load_scheme("nice"))
        assert caught.value.hint
        assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("closed", ["photos/one", "photos", "private"])
def test_a_folder_without_rights(tmp_path: Path, photos: Path, closed: str) -> None:
    (tmp_path / "private" / "more").mkdir(parents=True)
    (tmp_path / closed).chmod(0)
    source, target = {
        "photos/one": (photos, tmp_path / "study"),
        "photos": (photos, tmp_path / "study"),
        "private": (photos, tmp_path / "private" / "study"),
    }[closed]
    try:
        with pytest.raises((BadInput, StorageError), match=r"cannot be read|no right") as caught:
            create_study(target, source, scheme=load_scheme("nice"))
        with pytest.raises((BadInput, StorageError), match=r"cannot be read|no right"):
            create_study(tmp_path / "study", tmp_path / closed / "more", scheme=load_scheme("nice"))
        if closed == "private":
            with pytest.raises(StorageError, match="no right"):
                Store.open(target)
    finally:
        (tmp_path / closed).chmod(0o700)
    assert caught.value.hint
    assert nothing_but(tmp_path, "photos", "private")
    assert nothing_but(tmp_path / "private", "more")


def test_a_target_that_is_taken(tmp_path: Path, photos: Path) -> None:
    scheme = load_scheme("nice")
    with pytest.raises(BadInput, match="exists already"):
        create_study(photos, photos, scheme=scheme)
    with pytest.raises(BadInput, match="exists already"):
        create_study(photos / "a.png", photos, scheme=scheme)
    with pytest.raises(BadInput, match="does not exist"):
        create_study(tmp_path / "no" / "study", photos, scheme=scheme)
    (tmp_path / "empty").mkdir()
    assert create_study(tmp_path / "empty", photos, scheme=scheme).added == 4
    assert check_study(tmp_path / "empty") == []


def test_cancelling_leaves_nothing(tmp_path: Path, photos: Path) -> None:
    def cancel(done: int, total: int, what: str) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        create_study(tmp_path / "study", photos, scheme=load_scheme("nice"), progress=cancel)
    assert nothing_but(tmp_path, "photos")
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    with pytest.raises(Cancelled):
        create_study(
            tmp_path / "study", photos, scheme=load_scheme("nice"), progress=cancel, database_url=url
        )
    assert nothing_but(tmp_path, "photos")


def test_cancelling_a_later_import_leaves_the_study_as_it_was(create, tmp_path: Path, photos: Path) -> None:
    create()
    for number in range(60, 64):
        picture(number).save(photos / f"{number}.png")

    def cancel(done: int, total: int, what: str) -> None:
        if done == total:
            raise Cancelled

    with Store.open(tmp_path / "study") as store:
        with pytest.raises(Cancelled):
            import_images(store, photos, progress=cancel)
        assert len(store.images()) == 4
        assert check_study(store.path) == []
        assert import_images(store, photos).added == 4
        assert check_study(store.path) == []


@pytest.mark.parametrize("target", ["write_image", "rename"])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    def full(*_args: object) -> None:
        if target == "rename":
            raise OSError(28, "No space left on device")
        raise folder.storage_error(OSError(28, "No space left on device"), tmp_path)

    monkeypatch.setattr(
        *((import_batch, "write_image", full) if target == "write_image" else (Path, "rename", full))
    )
    with pytest.raises(StorageError, match="disk is full"):
        create_study(tmp_path / "study", photos, scheme=load_scheme("nice"))
    assert nothing_but(tmp_path, "photos")


def test_progress_names_no_file(tmp_path: Path, photos: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    create_study(
        tmp_path / "study", photos, scheme=load_scheme("nice"), progress=lambda *args: seen.append(args)
    )
    assert [(done, total) for done, total, _ in seen] == [(k, 4) for k in range(5)]
    assert {what for *_, what in seen} == {"Importing images"}
