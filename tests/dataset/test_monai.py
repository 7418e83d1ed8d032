import csv
import json

import cv2
import h5py
import numpy as np

from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.monai import export_monai
from gazeannotator.dataset.schema import SPLITS, strings, target_classes


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_monai_loads_the_lists(wide_dataset, tmp_path):
    from monai.data import load_decathlon_datalist, load_decathlon_properties

    maker, path = wide_dataset
    export_monai(path, tmp_path / "out", ExportOptions(study=maker.store.path))
    listed = tmp_path / "out" / "dataset.json"
    assert load_decathlon_properties(listed, ["numTraining", "numTest"]).keys() == {"numTraining", "numTest"}
    with h5py.File(path) as file:
        ids = [each[:16] for each in strings(file["images/id"])]
        target = target_classes(file["images/truth"][:], file["images/label"][:])
        split, sizes = file["images/split"][:], file["images/size_px"][:]
    seen = 0
    for part, section in enumerate(("training", "validation", "test")):
        items = load_decathlon_datalist(listed, is_segmentation=False, data_list_key=section)
        assert len(items) == json.loads(listed.read_text(encoding="utf-8"))[f"num{section.title()}"]
        for item in items:
            seen += 1
            name = item["image"].rsplit("/", 1)[1].removesuffix(".png")
            row = ids.index(name)
            assert split[row] == part
            assert item["label"] == target[row]
            pixels = cv2.imread(item["image"])
            assert pixels.shape[:2] == tuple(sizes[row][::-1])
            if "attention" in item:
                grey = cv2.imread(str(tmp_path / "out" / "attentions" / f"{name}.png"), cv2.IMREAD_UNCHANGED)
                assert grey.shape == pixels.shape[:2]
                assert grey.max() == 255
    assert seen == 14


def test_metadata_are_rows_of_one_kind_in_every_part(wide_dataset, tmp_path):
    """The image folder of Hugging Face refuses parts whose columns differ in type."""
    import pandas as pd

    export_monai(wide_dataset[1], tmp_path / "out", ExportOptions())
    listed = json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))
    types = []
    for part in SPLITS:
        folder = tmp_path / "out" / part
        table = pd.read_csv(folder / "metadata.csv")
        types.append(table.dtypes.astype(str).to_dict())
        assert set(table["file_name"]) == {path.name for path in folder.glob("*.png")}
        items = listed["training" if part == "train" else part]
        assert [f"{part}/{each}" for each in table["file_name"]] == [each["image"] for each in items]
        assert [each.get("attention", "none") for each in items] == table["attention"].tolist()
        assert [listed["labels"][str(each["label"])] for each in items] == table["label"].tolist()
        assert [each["patient"] for each in items] == table["patient"].tolist()
        for each in table["attention"]:
            assert each == "none" or (tmp_path / "out" / each).is_file()
    assert types[0] == types[1] == types[2]


def test_maps_and_fixations_are_those_of_the_folders(wide_dataset, tmp_path):
    _, path = wide_dataset
    export_monai(path, tmp_path / "out", ExportOptions(test_gaze=True))
    export_folders(path, tmp_path / "tree", ExportOptions(test_gaze=True))
    maps = list((tmp_path / "tree").rglob("*.tif"))
    assert {each.stem for each in maps} == {each.stem for each in (tmp_path / "out" / "attentions").iterdir()}
    for each in maps:
        np.testing.assert_array_equal(
            cv2.imread(str(each), cv2.IMREAD_UNCHANGED),
            cv2.imread(str(tmp_path / "out" / "attentions" / f"{each.stem}.png"), cv2.IMREAD_UNCHANGED),
        )
    ours, theirs = rows(tmp_path / "out" / "fixations.csv"), rows(tmp_path / "tree" / "fixations.csv")
    for name in ("reading", "onset_s", "duration_s", "samples"):
        assert [each[name] for each in ours] == [each[name] for each in theirs]


def test_answers_are_all_there_and_test_gaze_is_not(small_dataset, tmp_path):
    report = export_monai(small_dataset, tmp_path / "out", ExportOptions())
    answers = rows(tmp_path / "out" / "readings.csv")
    with h5py.File(small_dataset) as file:
        ids, split = strings(file["images/id"]), file["images/split"][:]
        assert {each["reading"] for each in answers} == set(strings(file["readings/id"]))
    hidden = {each for each, part in zip(ids, split, strict=True) if part == 2}
    shown = {each["image_id"] for each in rows(tmp_path / "out" / "fixations.csv")}
    assert shown
    assert not hidden & shown
    assert "test images is left out" in report.notes[0]
