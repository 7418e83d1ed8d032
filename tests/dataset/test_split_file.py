import csv
import hashlib
import json

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.joining import join_studies
from gazeannotator.dataset.schema import SPLITS, validate
from gazeannotator.dataset.split_file import read_split_file
from gazeannotator.errors import BadInput

FILES = ("Müller 1.png", "Müller 2.PNG", "b/polyp.tif", "c.jpg")


@pytest.fixture(scope="module")
def study(tmp_path_factory, studies):
    """Patients 007 with two images, 8, and one who is not known."""
    with studies(tmp_path_factory.mktemp("named")) as make:
        maker = make()
        key = maker.store.key
        owners = ("007", "007", "8", None)
        maker.ids = [
            maker.add_image(
                key.patient_pseudonym(owner) if owner else None, 0, files=[file.rsplit("/", 1)[-1]]
            )
            for owner, file in zip(owners, FILES, strict=True)
        ]
        yield maker


@pytest.fixture
def read(study, tmp_path):
    def call(text, encoding="utf-8", studies=(study,)):
        path = tmp_path / "split.csv"
        path.write_bytes(text.encode(encoding))
        paths = [each.store.path for each in studies]
        return read_split_file(path, paths, join_studies(paths).images).parts.tolist()

    return call


def test_images_are_named_by_file_name_or_id(read, study):
    ids = study.ids
    text = f"image,split\nMüller 1.png,train\n{ids[1]},Train\n{ids[2][:16].upper()},val\nd:\\x\\c.jpg,TEST\n"
    assert read(text) == [0, 0, 1, 2]
    assert read(text.replace("image,split", " File , SPLIT ")) == [0, 0, 1, 2]
    assert read(text.replace(",", ";"), "utf-8-sig") == [0, 0, 1, 2]
    swapped = [",".join([*line.split(",")[::-1], "x"]) for line in text.splitlines()]
    assert read("\r\n".join(swapped)) == [0, 0, 1, 2]
    twice = f"{text}{ids[2]},validation\n"
    assert read(twice) == [0, 0, 1, 2]


def test_patients_are_named_by_original_id_or_pseudonym(make_study, read):
    maker = make_study()
    pseudonym = maker.store.key.patient_pseudonym
    for owner in ("007", "007", "8", "9"):
        maker.add_image(pseudonym(owner), 0)
    text = f"patient,split\n007,test\n{pseudonym('8')},train\n9,validation\n"
    assert read(text, studies=[maker]) == [2, 2, 0, 1]
    (maker.store.path / "study.key").unlink()
    maker.store.close()
    by_pseudonym = "patient,split\n{},test\n{},train\n{},val\n".format(*map(pseudonym, ("007", "8", "9")))
    assert read(by_pseudonym, studies=[maker]) == [2, 2, 0, 1]
    with pytest.raises(BadInput, match="no patient '007'"):
        read(text, studies=[maker])


def test_joined_studies_are_matched_by_the_key_of_each(make_study, read):
    one, other = make_study("one"), make_study("other")
    for maker, patient in ((one, "A"), (other, "B")):
        maker.add_image(
            maker.store.key.patient_pseudonym(patient), 0, seed=ord(patient), files=[f"{patient}.png"]
        )
    # An image of both, whose patient has another pseudonym in each.
    for maker in (one, other):
        maker.add_image(maker.store.key.patient_pseudonym("C"), 0, seed=7)
    assert read("patient,split\nA,train\nB,test\nC,val\n", studies=(one, other)) == [0, 1, 2]
    again = other.store.key.patient_pseudonym("C")
    assert read(f"patient,split\nA,train\nB,test\n{again},val\n", studies=(one, other)) == [0, 1, 2]
    both = "patient,split\nA,train\nB,test\n{},val\n{},test\n".format(
        one.store.key.patient_pseudonym("C"), again
    )
    with pytest.raises(BadInput, match=r"is in validation \(line 4\) and test \(line 5\)"):
        read(both, studies=(one, other))


FAULTS = {
    "": "no column 'image' or 'patient'",
    "name,split\n": "no column 'image' or 'patient'",
    "image,part\n": "line 1: there is no column 'split'",
    "image,split\nMüller 1.png,training set\n": "line 2: 'training set' is no part of a split",
    "image,split\nx.png,train\ny.png,train\n": r"no image 'x.png' \(line 2\), 'y.png' \(line 3\)",
    "image,split\n" + "".join(f"{n}.png,train\n" for n in range(9)): r"'4.png' \(line 6\) and 4 more",
    "image,split\n,train\n": r"no image '' \(line 2\)",
    "patient,split\n7,train\n": r"no patient '7' \(line 2\)",
    "patient,split\nunknown-4,train\n": "no patient 'unknown-4'",
    "image,split\nc.jpg,train\nMüller 1.png,test\nc.jpg,test\n": r"in train \(line 2\) and test \(line 4\)",
    "image,split\nMüller 1.png,train\nMüller 2.png,test\n": r"in train \(line 2\) and test \(line 3\): the",
    "patient,split\n007,train\n8,val\n007,test\n": r"is in train \(line 2\) and test \(line 4\): the test",
    "patient,split\n007,train\n8,val\n": "says nothing of 1 of 4 images",
    "image,split\nc.jpg\n": "line 2: 1 cells where the first line names 2",
    'image,split\n"c.jpg,train\n': "not a CSV table",
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_are_told_with_their_lines(read, text):
    with pytest.raises(BadInput, match=FAULTS[text]) as caught:
        read(text)
    assert "split.csv" in caught.value.message
    assert caught.value.hint


def test_torn_patients_are_told_by_pseudonym(read, study):
    pseudonym = study.store.key.patient_pseudonym("007")
    with pytest.raises(BadInput, match=f"patient {pseudonym} is in"):
        read("patient,split\n007,train\n8,val\n007,test\n")


def test_a_file_name_of_two_images_is_refused(read, make_study):
    maker = make_study()
    for seed in range(2):
        maker.add_image("p", 0, seed=seed, files=["same.png"])
    with pytest.raises(BadInput, match=r"line 2: 2 images were imported from files named 'same\.png'"):
        read("image,split\nsame.png,train\n", studies=[maker])


def test_files_that_are_no_text_or_not_there_are_refused(read, study, tmp_path):
    with pytest.raises(BadInput, match="not UTF-8"):
        read("image,split\nc.jpg,train\n", "utf-16")
    images = join_studies([study.store.path]).images
    with pytest.raises(BadInput, match="There is no file"):
        read_split_file(tmp_path / "none.csv", [study.store.path], images)


@settings(max_examples=15, deadline=None)
@given(parts=st.lists(st.integers(0, 2), min_size=10, max_size=10), by_patient=st.booleans())
def test_a_data_set_has_the_split_of_the_file(small_study, tmp_path_factory, parts, by_patient):
    table = tmp_path_factory.mktemp("split") / "Dr. Müller's split.csv"
    images = join_studies([small_study.store.path]).images
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient" if by_patient else "image", "split"])
        for number, image in enumerate(images):
            writer.writerow([image.patient if by_patient else image.id, SPLITS[parts[number // 2]]])
    target = table.with_name("d.h5")
    report = build([small_study.store.path], target, BuildOptions(size=16, split=str(table)))
    assert validate(target) == []
    assert report.splits == {name: 2 * parts.count(part) for part, name in enumerate(SPLITS)}
    assert any("Parts without any image" in each for each in report.warnings) == (len(set(parts)) < 3)
    with h5py.File(target) as file:
        np.testing.assert_array_equal(file["images/split"][:], np.repeat(parts, 2))
        made = json.loads(file.attrs["build"])
        assert made["split"] == "file"
        assert made["split_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
        assert "Müller" not in file.attrs["build"]


def test_the_split_of_an_export_can_be_taken_over(small_dataset, small_study, tmp_path):
    export_folders(small_dataset, tmp_path / "tree", ExportOptions())
    options = BuildOptions(size=64, split=str(tmp_path / "tree" / "splits.csv"), seed=5)
    build([small_study.store.path], tmp_path / "again.h5", options)
    with h5py.File(small_dataset) as first, h5py.File(tmp_path / "again.h5") as again:
        np.testing.assert_array_equal(first["images/split"][:], again["images/split"][:])
    assert dataset_info(tmp_path / "again.h5")["folds"] == []
