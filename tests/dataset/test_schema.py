import math
import shutil

import h5py
import numpy as np
import pytest

from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.schema import (
    FORMAT_VERSION,
    LAYOUT,
    class_names,
    open_dataset,
    strings,
    target_classes,
    validate,
)
from gazeannotator.errors import BadInput


@pytest.fixture
def damaged(small_dataset, tmp_path):
    """Copy the data set and change the copy."""

    def change(how):
        copy = tmp_path / "damaged.h5"
        shutil.copy(small_dataset, copy)
        with h5py.File(copy, "r+") as file:
            how(file)
        return copy

    return change


def put(path, value, row=...):
    def how(file):
        file[path][row] = value

    how.__name__ = path
    return how


def replace(path, data):
    def how(file):
        del file[path]
        file[path] = data

    return how


def add(path, data):
    def how(file):
        file[path] = data

    return how


def attribute(name, value):
    def how(file):
        file.attrs[name] = value

    return how


def test_a_data_set_as_built_is_as_the_format_says(small_dataset):
    assert validate(small_dataset) == []
    with open_dataset(small_dataset) as file:
        assert class_names(file) == ["Type 1", "Type 2", "Type 3"]
        assert len(strings(file["images/id"])) == 20


FAULTS = [
    (put("images/id", b"not a hash", 3), "/images/id row 3"),
    (lambda file: put("images/id", file["images/id"][0], 1)(file), "/images/id"),
    (put("images/patient", b"", 2), "/images/patient row 2"),
    (put("images/truth", 3, 0), "/images/truth row 0"),
    (put("images/truth", -2, 0), "/images/truth row 0"),
    (put("images/split", 3, 4), "/images/split row 4"),
    (lambda file: put("images/split", (file["images/split"][0] + 1) % 3, 0)(file), "/images/split"),
    (add("images/fold", np.int8([0, 1] * 10)), "/images/fold"),
    (add("images/fold", np.repeat(np.int8([0, 2]), 10)), "/images/fold"),
    (add("images/fold", np.repeat(np.int8([-1, 1]), 10)), "/images/fold row 0"),
    (add("images/fold", np.zeros(19, np.int8)), "/images/fold"),
    (add("images/fold", np.zeros(20, np.int64)), "/images/fold"),
    (lambda file: file.create_group("images/fold"), "/images/fold"),
    (put("images/size_px", 0, 1), "/images/size_px row 1"),
    (put("images/to_grid", [2.0, 0, 8], 1), "/images/to_grid row 1"),
    (put("images/to_grid", [1.0, 0, 7.5], 1), "/images/to_grid row 1"),
    (put("images/to_grid", [math.nan, 0, 8], 1), "/images/to_grid row 1"),
    (put("images/to_grid", [1.0, 0, math.inf], 1), "/images/to_grid row 1"),
    (put("readings/reader", b"\xff", 1), "damaged.h5"),
    (put("images/pixels", 9, 5), "/images/pixels row 5"),
    (put("images/heatmap", 0, 5), "/images/heatmap row 5"),
    (put("images/heatmap", 0.5, 5), "/images/heatmap row 5"),
    (put("images/heatmap", math.nan, 5), "/images/heatmap row 5"),
    (put("images/heatmap", -1, 5), "/images/heatmap row 5"),
    (put("images/has_gaze", False, 5), "/images/heatmap row 5"),
    (
        lambda file: (put("images/has_gaze", False, 5)(file), put("images/heatmap", 0, 5)(file)),
        "/images/has_gaze row 5",
    ),
    (lambda file: put("images/label", (file["images/label"][6] + 1) % 3, 6)(file), "/images/label row 6"),
    (put("readings/image", 20, 0), "/readings/image row 0"),
    (lambda file: put("readings/id", file["readings/id"][0], 1)(file), "/readings/id"),
    (put("readings/reader", b"", 1), "/readings/reader row 1"),
    (put("readings/source", b"dead", 1), "/readings/source row 1"),
    (put("readings/onset_method", b"wink", 1), "/readings/onset_method row 1"),
    (put("readings/label", 7, 1), "/readings/label row 1"),
    (put("readings/confidence", 3, 1), "/readings/confidence row 1"),
    (put("readings/valid", False, 1), "/readings/exclusion row 1"),
    (put("readings/exclusion", b"x", 1), "/readings/exclusion row 1"),
    (put("readings/px_per_deg", 0, 1), "/readings/px_per_deg row 1"),
    (put("readings/screen_mm", [0, 100], 1), "/readings/screen_mm row 1"),
    (put("readings/data_loss", 1.5, 1), "/readings/data_loss row 1"),
    (put("readings/accuracy_deg", -1, 1), "/readings/accuracy_deg row 1"),
    (put("readings/onset_correction_s", math.nan, 1), "/readings/onset_correction_s row 1"),
    (put("readings/placement", [0, 0, 0, 10], 1), "/readings/placement row 1"),
    (put("readings/gaze_first", 10**6, 1), "/readings/gaze_first row 1"),
    (put("readings/gaze_count", 10**6, 1), "/readings/gaze_first row 1"),
    (put("readings/gaze_first", 0, 1), "/readings/gaze_first row"),
    (put("readings/fixation_first", 0, 1), "/readings/fixation_first row"),
    (put("readings/duration_s", 0.1, 1), "reading 1"),
    (put("gaze/t_s", 0.0, 10), "/gaze rows 0 to 219"),
    (put("gaze/t_s", math.nan, 10), "/gaze rows 0 to 219"),
    (put("gaze/t_s", -1.0, 0), "/gaze rows 0 to 219"),
    (put("gaze/xy_px", [math.nan, 1], 3), "/gaze rows 0 to 219"),
    (put("gaze/xy_px", [math.nan, math.nan], 3), "/gaze rows 0 to 219"),
    (put("gaze/left_px", [math.nan, 1], 3), "/gaze rows 0 to 219"),
    (put("gaze/pupil_mm", 0, 3), "/gaze rows 0 to 219"),
    (put("fixations/duration_s", -0.1, 0), "/fixations rows 0 to 1"),
    (put("fixations/onset_s", 0.0, 1), "/fixations rows 0 to 1"),
    (put("fixations/onset_s", 50.0, 1), "/fixations rows 0 to 1"),
    (put("fixations/xy_px", math.nan, 0), "/fixations rows 0 to 1"),
    (put("fixations/samples", 0, 0), "/fixations rows 0 to 1"),
    (replace("images/truth", np.zeros(20, np.int16)), "/images/truth"),
    (replace("images/truth", np.zeros(19, np.int8)), "/images/truth"),
    (replace("images/heatmap", np.zeros((20, 64, 32), np.float16)), "/images/heatmap"),
    (replace("images/patient", np.zeros(20)), "/images/patient"),
    (attribute("scheme", "{"), "attribute scheme"),
    (attribute("scheme", '{"classes": []}'), "attribute scheme"),
    (
        attribute("scheme", '{"classes": [{"key": "1", "name": "A"}, {"key": "2", "name": "A"}]}'),
        "attribute scheme",
    ),
    (attribute("patients_known", "yes"), "attribute patients_known"),
    (attribute("readers", "{}"), "attribute readers"),
]


@pytest.mark.parametrize(
    ("fault", "where"), FAULTS, ids=[f"{n} {where}" for n, (_, where) in enumerate(FAULTS)]
)
def test_every_fault_is_found_where_it_is(damaged, fault, where):
    problems = validate(damaged(fault))
    assert any(where in each.where for each in problems), problems
    assert all(each.what and each.remedy for each in problems)


def test_flipped_bits_are_noticed(small_dataset, tmp_path):
    with h5py.File(small_dataset) as file:
        stored = file["images/pixels"].id.get_chunk_info(3)
    data = bytearray(small_dataset.read_bytes())
    data[stored.byte_offset + stored.size // 2] ^= 0xFF
    copy = tmp_path / "flipped.h5"
    copy.write_bytes(data)
    assert any("cannot be read" in each.what for each in validate(copy))


@pytest.mark.parametrize("name", LAYOUT)
def test_a_missing_array_is_named(damaged, name):
    def how(file):
        del file[name]

    with pytest.raises(BadInput, match=f"{name} is missing"):
        open_dataset(damaged(how))


def test_a_newer_version_says_what_to_do(damaged):
    copy = damaged(attribute("format_version", "2.0"))
    with pytest.raises(BadInput, match=rf"format 2.0; this program reads {FORMAT_VERSION}.*Install"):
        open_dataset(copy)


def test_a_damaged_attribute_is_told_in_words(damaged):
    with pytest.raises(BadInput, match=r"attribute scheme of .*damaged\.h5 is damaged"):
        dataset_info(damaged(attribute("scheme", "{")))


def test_files_that_are_no_data_set_say_so_in_one_sentence(small_dataset, tmp_path):
    missing = tmp_path / "missing.h5"
    text, empty, cut, other = (tmp_path / f"{name}.h5" for name in ("text", "empty", "cut", "other"))
    text.write_text("time_s,x_px\n", encoding="utf-8")
    empty.write_bytes(b"")
    cut.write_bytes(small_dataset.read_bytes()[:-5000])
    with h5py.File(other, "w") as file:
        file["weights"] = np.zeros(3)
    said = {}
    for path in (missing, text, empty, cut, other, tmp_path):
        with pytest.raises(BadInput) as caught:
            open_dataset(path)
        said[path.stem] = str(caught.value)
        assert str(path) in said[path.stem]
        assert "\n" not in said[path.stem]
        assert caught.value.hint
    assert "no data set" in said["missing"]
    assert "no intact HDF5" in said["text"]
    assert "empty" in said["empty"]
    assert "cut off" in said["cut"]
    assert "another program" in said["other"]


def test_the_target_is_the_truth_where_known_else_the_label():
    truth, label = np.array([0, -1, -1, 2], np.int8), np.array([1, 1, -1, -1], np.int8)
    assert target_classes(truth, label).tolist() == [0, 1, -1, 2]
    assert target_classes(truth, label, "truth").tolist() == [0, -1, -1, 2]
    assert target_classes(truth, label, "label").tolist() == [1, 1, -1, -1]
    with pytest.raises(ValueError, match="target"):
        target_classes(truth, label, "guess")
