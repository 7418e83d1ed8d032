import shutil

import h5py
import numpy as np
import pytest

from gazeannotator.dataset import assembling, build_parts
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.schema import LAYOUT, open_dataset, validate
from gazeannotator.errors import BadInput, Cancelled
from gazemodel.data import ImageSet, read_facts, read_heatmap

SMALL = BuildOptions(size=64)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(build_parts, "IMAGES_IN_PART", 4)
    monkeypatch.setattr(assembling, "IMAGES_IN_VOLUME", 8)


@pytest.fixture(scope="module")
def several(small_study, tmp_path_factory):
    """The small study in three volumes. Not to be changed."""
    folder = tmp_path_factory.mktemp("several")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_parts, "IMAGES_IN_PART", 4)
        patch.setattr(assembling, "IMAGES_IN_VOLUME", 8)
        build([small_study.store.path], folder / "data.h5", SMALL, multi_file=True)
    return folder / "data.h5"


@pytest.fixture
def copied(several, tmp_path):
    """The same in another folder."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(several.parent, folder)
    return folder / several.name


def volumes(path):
    return sorted(path.with_name("data.h5.parts").iterdir())


def test_it_holds_what_the_one_file_holds(several, small_dataset):
    assert sorted(each.name for each in several.parent.iterdir()) == ["data.h5", "data.h5.parts"]
    assert len(volumes(several)) == 3
    assert several.stat().st_size < sum(each.stat().st_size for each in volumes(several))
    with open_dataset(several) as shown, open_dataset(small_dataset) as whole:
        for name in LAYOUT:
            np.testing.assert_array_equal(shown[name][:], whole[name][:], name)
            assert shown[name].dtype == whole[name].dtype
        assert shown["images/pixels"].is_virtual
    assert validate(several) == []
    one, other = dataset_info(several), dataset_info(small_dataset)
    assert {**one, "created_utc": ""} == {**other, "created_utc": ""}


def test_the_trainer_reads_either(several, small_dataset):
    one, other = read_facts(several), read_facts(small_dataset)
    assert one.fingerprint == other.fingerprint
    rows = np.arange(20)
    sets = [ImageSet(facts, rows, 32, keep_aspect=True, gaze=True) for facts in (one, other)]
    for row in rows:
        mine, theirs = (each[int(row)] for each in sets)
        assert mine.keys() == theirs.keys()
        assert all((mine[name] == theirs[name]).all() for name in mine)
    for each in sets:
        each.close()


def test_it_can_be_moved_with_its_folder(several, copied, monkeypatch, tmp_path):
    hidden = volumes(several)[0].with_suffix(".away")
    volumes(several)[0].rename(hidden)
    try:
        monkeypatch.chdir(tmp_path)
        assert validate(copied) == []
        link = tmp_path / "link.h5"
        link.symlink_to(copied)
        assert validate(link) == []
    finally:
        hidden.rename(hidden.with_suffix(".h5"))


def test_exports_read_it(copied, tmp_path):
    report = EXPORTS["csv"](copied, tmp_path / "csv", ExportOptions(), None)
    assert report.images == 20


def missing(path):
    volumes(path)[1].unlink()


def cut(path):
    volumes(path)[1].write_bytes(volumes(path)[1].read_bytes()[:-100])


def longer(path):
    with volumes(path)[1].open("ab") as file:
        file.write(b"more")


def garbage(path):
    volumes(path)[1].write_bytes(bytes(volumes(path)[1].stat().st_size))


def no_folder(path):
    shutil.rmtree(path.with_name("data.h5.parts"))


def not_listed(path):
    with h5py.File(path, "r+") as file:
        del file.attrs["parts"]


def outside(path):
    with h5py.File(path, "r+") as file:
        file.attrs["parts"] = file.attrs["parts"].replace("data.h5.parts/", "../data.h5.parts/")


def no_json(path):
    with h5py.File(path, "r+") as file:
        file.attrs["parts"] = "{"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (missing, "is missing"),
        (no_folder, "is missing"),
        (cut, "is cut off"),
        (longer, "is another file"),
        (garbage, "may not be read"),
        (not_listed, "not its own"),
        (outside, "not its own"),
        (no_json, "attribute parts"),
    ],
)
def test_a_part_that_is_not_what_it_was_is_refused(copied, damage, words):
    damage(copied)
    for opened in (open_dataset, validate, read_facts, dataset_info):
        with pytest.raises(BadInput, match=words) as caught:
            opened(copied)
        assert caught.value.hint


def test_a_part_of_another_build_is_refused(copied, small_study, tmp_path):
    other = tmp_path / "other" / "data.h5"
    other.parent.mkdir()
    build([small_study.store.path], other, SMALL, multi_file=True)
    mine, theirs = volumes(copied)[1], volumes(other)[1]
    assert mine.stat().st_size == theirs.stat().st_size
    shutil.copy(theirs, mine)
    with pytest.raises(BadInput, match="belongs to another data set"):
        open_dataset(copied)


def test_a_part_that_goes_while_the_data_set_is_open_is_not_taken_for_zeros(copied):
    facts = read_facts(copied)
    with open_dataset(copied) as file:
        assert read_heatmap(file, facts, 10).max() == 1
    with open_dataset(copied) as file:
        missing(copied)
        with pytest.raises(BadInput, match="NaN"):
            read_heatmap(file, facts, 10)
        assert (file["images/pixels"][10] == 255).all()
        assert np.isnan(file["fixations/xy_px"][20]).all()


def test_flipped_bits_in_a_part_are_found_by_the_check(copied):
    part = volumes(copied)[1]
    with h5py.File(part) as file:
        stored = file["images/pixels"].id.get_chunk_info(3)
    data = bytearray(part.read_bytes())
    data[stored.byte_offset + stored.size // 2] ^= 0xFF
    part.write_bytes(data)
    assert any("cannot be read" in each.what for each in validate(copied))


def test_a_new_build_takes_the_place_of_the_old_one_and_its_parts(copied, small_study):
    before = volumes(copied)
    (copied.with_name("data.h5.parts") / "notes.txt").write_text("mine", encoding="utf-8")

    def stop(done, total, what):
        if done == 10:
            raise Cancelled

    with pytest.raises(Cancelled):
        build([small_study.store.path], copied, SMALL, stop, multi_file=True)
    assert validate(copied) == []
    build([small_study.store.path], copied, SMALL, multi_file=True)
    assert validate(copied) == []
    assert not set(before) & set(volumes(copied))
    assert len(volumes(copied)) == 4
    build([small_study.store.path], copied, SMALL)
    assert validate(copied) == []
    assert [each.name for each in volumes(copied)] == ["notes.txt"]


def test_a_stop_while_parts_are_joined_leaves_the_old_files(copied, small_study):
    before = volumes(copied)
    calls = []

    def stop(done, total, what):
        calls.append(done)
        if calls.count(total) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        build([small_study.store.path], copied, SMALL, stop, multi_file=True)
    assert volumes(copied) == before
    assert validate(copied) == []


def test_there_are_never_more_files_than_systems_let_be_open(small_study, tmp_path, monkeypatch):
    monkeypatch.setattr(build_parts, "IMAGES_IN_PART", 1)
    monkeypatch.setattr(assembling, "IMAGES_IN_VOLUME", 1)
    monkeypatch.setattr(assembling, "MOST_VOLUMES", 6)
    build([small_study.store.path], tmp_path / "data.h5", SMALL, multi_file=True)
    assert len(volumes(tmp_path / "data.h5")) == 5
    assert validate(tmp_path / "data.h5") == []
