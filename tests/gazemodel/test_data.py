from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazemodel.config import make_config
from gazemodel.data import ImageSet, check_trainable, read_facts, to_input


def change(path: Path, name: str, rows: slice | np.ndarray, value: object) -> None:
    with h5py.File(path, "r+") as file:
        array = file[name][:]
        array[rows] = value
        file[name][:] = array


def test_images_come_as_they_lie_in_the_file(small_data: Path) -> None:
    facts = read_facts(small_data)
    images = ImageSet(facts, facts.rows("validation"), 48, keep_aspect=True, gaze=True)
    with h5py.File(small_data) as file:
        for item in (images[2], images[2]):  # read, and from memory
            row = int(item["row"])
            assert facts.split[row] == 1
            np.testing.assert_array_equal(
                item["image"].numpy().transpose(1, 2, 0), file["images/pixels"][row]
            )
            np.testing.assert_array_equal(item["gaze"][0].numpy(), file["images/heatmap"][row])
            assert int(item["label"]) == file["images/truth"][row]


def test_folds_are_there_where_the_data_set_was_built_with_them(own_data: Path) -> None:
    assert read_facts(own_data).fold is None
    with h5py.File(own_data, "r+") as file:
        file["images/fold"] = (np.arange(33) % 3).astype(np.int8)
    np.testing.assert_array_equal(read_facts(own_data).fold, np.arange(33) % 3)


@pytest.mark.parametrize(("target", "expected"), [("auto", [2, 1]), ("truth", [2]), ("label", [0, 1])])
def test_the_target_is_truth_label_or_truth_where_it_is_known(
    own_data: Path, target: str, expected: list[int]
) -> None:
    rows = np.flatnonzero(read_facts(own_data).split == 0)[:2]
    change(own_data, "images/truth", rows, [2, -1])
    change(own_data, "images/label", rows, [0, 1])
    facts = read_facts(own_data, target)
    kept = [row for row in facts.rows("train") if row in rows]
    assert facts.target[kept].tolist() == expected


def test_images_without_target_are_left_out_and_counted(own_data: Path) -> None:
    change(own_data, "images/truth", slice(0, 2), -1)
    change(own_data, "images/label", slice(0, 2), -1)
    facts = read_facts(own_data)
    assert len(facts.rows("train")) == 16
    assert "2 image(s) without a known class were left out." in check_trainable(facts, make_config())


def refused(path: Path, **options: object) -> str:
    config = make_config(**options)
    with pytest.raises(BadInput) as caught:
        check_trainable(read_facts(path, config.target), config)
    return str(caught.value)


def test_one_class_is_refused(own_data: Path) -> None:
    change(own_data, "images/truth", slice(0, 18), 1)
    assert "All training images of" in refused(own_data)
    assert "(Type 2)" in refused(own_data)


def test_no_validation_images_are_refused(own_data: Path) -> None:
    change(own_data, "images/split", slice(18, 24), 2)
    assert "no validation images" in refused(own_data)


def test_missing_gaze_is_refused_for_a_gaze_arm_only(own_data: Path) -> None:
    change(own_data, "images/has_gaze", slice(None), False)
    assert "No training image" in refused(own_data)
    assert "--attention-loss none" in refused(own_data)
    assert check_trainable(read_facts(own_data), make_config(attention_loss="none")) == []


@pytest.mark.parametrize("value", [0.0, 0.7])
def test_constant_or_zero_gaze_maps_are_refused(own_data: Path, value: float) -> None:
    change(own_data, "images/heatmap", slice(0, 18), value)
    assert "constant or all zero" in refused(own_data)
    assert "constant or all zero" in refused(own_data, attention_loss="reference")


def test_some_constant_maps_count_as_without_gaze(own_data: Path) -> None:
    change(own_data, "images/heatmap", slice(0, 3), 0.5)
    facts = read_facts(own_data)
    assert any("3 training image(s) are constant" in each for each in check_trainable(facts, make_config()))
    images = ImageSet(facts, facts.rows("train"), 48, keep_aspect=True, gaze=True)
    assert [bool(images[index]["has_gaze"]) for index in range(5)] == [False] * 3 + [True] * 2


def test_nan_in_a_gaze_map_is_refused_and_named(own_data: Path) -> None:
    change(own_data, "images/heatmap", slice(4, 5), np.nan)
    assert "row 4" in refused(own_data)


def test_what_is_no_data_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(b"no hdf5")
    with pytest.raises(BadInput, match="not a data set"):
        read_facts(tmp_path / "a.h5")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["x"] = [1]
    with pytest.raises(BadInput, match="another program"):
        read_facts(tmp_path / "b.h5")


def test_without_its_aspect_an_image_loses_its_padding_and_fills_the_square() -> None:
    grid = np.zeros((40, 40, 3), np.uint8)
    grid[10:30] = np.linspace(0, 250, 40, dtype=np.uint8)[None, :, None]
    content = np.array([0, 10, 40, 20])
    stretched = to_input(grid, content, 40, keep_aspect=False)
    np.testing.assert_array_equal(stretched, np.broadcast_to(grid[10:11], (40, 40, 3)))
    np.testing.assert_array_equal(to_input(grid, content, 40, keep_aspect=True), grid)
    assert to_input(grid, content, 20, keep_aspect=True).shape == (20, 20, 3)
