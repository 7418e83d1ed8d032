import json

import cv2
import h5py
import numpy as np
import pytest

from gazeannotator.dataset.coco import GAZE, GAZE_SHARE, _region, export_coco
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.schema import strings, target_classes

coco = pytest.importorskip("pycocotools.coco", reason="pip install pycocotools")

# Of pycocotools itself, with numpy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PARTS = ("train", "val", "test")


def loaded(folder):
    return {part: coco.COCO(folder / "annotations" / f"{part}.json") for part in PARTS}


def annotations(data, *names):
    return data.loadAnns(data.getAnnIds(catIds=data.getCatIds(catNms=list(names))))


def test_every_image_has_its_class_and_lies_where_the_file_says(wide_dataset, tmp_path):
    _, path = wide_dataset
    export_coco(path, tmp_path / "out", ExportOptions())
    with h5py.File(path) as file:
        ids, split = strings(file["images/id"]), file["images/split"][:]
        target = target_classes(file["images/truth"][:], file["images/label"][:])
        patients = strings(file["images/patient"])
    seen = []
    for part, data in loaded(tmp_path / "out").items():
        for each in annotations(data, "Type 1", "Type 2", "Type 3"):
            (image,) = data.loadImgs(each["image_id"])
            row = image["id"] - 1
            seen.append(row)
            assert PARTS[split[row]] == part
            assert image["file_name"] == f"{ids[row][:16]}.png"
            assert image["patient"] == patients[row]
            assert each["category_id"] - 1 == target[row]
            pixels = cv2.imread(str(tmp_path / "out" / part / image["file_name"]))
            assert pixels.shape[:2] == (image["height"], image["width"])
            assert each["bbox"] == [0, 0, image["width"], image["height"]]
            assert data.annToMask(each).all()
    assert sorted(seen) == np.flatnonzero(target >= 0).tolist()


def test_regions_hold_half_of_each_readings_gaze(wide_dataset, tmp_path):
    maker, path = wide_dataset
    export_coco(path, tmp_path / "out", ExportOptions(study=maker.store.path, test_gaze=True))
    with h5py.File(path) as file:
        readings, valid = strings(file["readings/id"]), file["readings/valid"][:]
        seen = 0
        for data in loaded(tmp_path / "out").values():
            for each in annotations(data, GAZE):
                row = readings.index(each["reading"])
                assert valid[row]
                seen += 1
                assert each["label"] == f"Type {file['readings/label'][row] + 1}"
                assert each["response_s"] == file["readings/response_s"][row]
                (image,) = data.loadImgs(each["image_id"])
                first, count = (int(file[f"readings/fixation_{part}"][row]) for part in ("first", "count"))
                mine = slice(first, first + count)
                found = np.array(each["fixations"])
                np.testing.assert_array_equal(found[:, 0], file["fixations/onset_s"][mine])
                np.testing.assert_array_equal(found[:, 1], file["fixations/duration_s"][mine])
                np.testing.assert_allclose(found[:, 2:], file["fixations/xy_px"][mine], atol=1e-6)
                mask = data.annToMask(each).astype(bool)
                assert mask.shape == (image["height"], image["width"])
                assert mask.sum() == each["area"]
                x, y, width, height = each["bbox"]
                assert mask[y : y + height, x : x + width].sum() == each["area"]
                assert mask[y : y + height, x].any()
                assert mask[y + height - 1, x : x + width].any()
                longest = found[found[:, 1].argmax()]
                assert mask[int(longest[3]), int(longest[2])]
    assert seen == valid.sum()


def test_a_region_is_the_smallest_that_holds_its_share():
    rng = np.random.default_rng(0)
    for _ in range(20):
        attention = rng.random((30, 40)) ** 4
        attention /= attention.max()
        rows, columns = np.indices(attention.shape)
        found = _region(attention)
        counts = np.array(found["segmentation"]["counts"])
        assert counts.sum() == attention.size
        mask = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(attention.shape[::-1]).T
        held = attention[mask].sum() / attention.sum()
        assert held >= GAZE_SHARE
        assert (attention[mask].sum() - attention[mask].min()) / attention.sum() < GAZE_SHARE + 0.01
        assert attention[mask].min() >= attention[~mask].max() - 1 / 4095
        assert found["bbox"][:2] == [columns[mask].min(), rows[mask].min()]
    everything = _region(np.ones((2, 3)))
    assert everything["segmentation"]["counts"] == [0, 6]
    assert everything["bbox"] == [0, 0, 3, 2]


def test_gaze_of_the_test_part_is_left_out_unless_asked_for(wide_dataset, tmp_path):
    _, path = wide_dataset
    report = export_coco(path, tmp_path / "out", ExportOptions())
    data = loaded(tmp_path / "out")
    assert annotations(data["test"], GAZE) == []
    assert annotations(data["train"], GAZE) != []
    assert "test images is left out" in report.notes[0]


def test_gaze_without_readings_is_a_region_of_the_map(wide_dataset, tmp_path):
    from gazeannotator.dataset.folders import export_folders
    from gazeannotator.dataset.folders_import import import_folders

    export_folders(wide_dataset[1], tmp_path / "tree", ExportOptions())
    import_folders(tmp_path / "tree", tmp_path / "d.h5", size=64)
    export_coco(tmp_path / "d.h5", tmp_path / "out", ExportOptions())
    found = annotations(loaded(tmp_path / "out")["train"], GAZE)
    assert found
    assert all(each["reading"] is None and each["area"] > 0 for each in found)


def test_the_files_say_what_they_are(odd_dataset, tmp_path):
    export_coco(odd_dataset[1], tmp_path / "out", ExportOptions())
    document = json.loads((tmp_path / "out" / "annotations" / "train.json").read_text(encoding="utf-8"))
    assert document["info"]["simulated"] is True
    assert document["info"]["description"] == "Pölypen | 2"
    assert [each["name"] for each in document["categories"]] == ["Type 1", "Type 2", "Type 3", GAZE]
