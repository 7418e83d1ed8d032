import csv
import json
import shutil

import cv2
import h5py
import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.folders_import import import_folders
from gazeannotator.dataset.schema import open_dataset, strings, target_classes, validate
from gazeannotator.errors import BadInput, Cancelled, StorageError
from gazeannotator.gaze.heatmap import gaze_heatmap
from gazeannotator.study.images import read_image


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def maps(path):
    """Target, split, name, has_gaze and the heatmap's content of each image."""
    found = {}
    with open_dataset(path) as file:
        target = target_classes(file["images/truth"][:], file["images/label"][:])
        for row, each in enumerate(strings(file["images/id"])):
            scale, dx, dy = file["images/to_grid"][row]
            width, height = np.round(file["images/size_px"][row] * scale).astype(int)
            part = np.s_[int(dy) : int(dy) + height, int(dx) : int(dx) + width]
            found[each] = (
                int(target[row]),
                int(file["images/split"][row]),
                bool(file["images/has_gaze"][row]),
                file["images/heatmap"][row].astype(float)[part],
                file["images/pixels"][row][part],
            )
    return found


def test_the_tree_is_the_published_layout(wide_dataset, tmp_path):
    _, data = wide_dataset
    target = tmp_path / "out"
    report = export_folders(data, target, ExportOptions())
    assert report.images == 14
    assert report.left_out == 1
    with h5py.File(data) as file:
        truth, label = file["images/truth"][:], file["images/label"][:]
        chosen, split = target_classes(truth, label), file["images/split"][:]
        has_gaze, ids = file["images/has_gaze"][:], strings(file["images/id"])
    parts, classes = ("train", "val", "test"), ("Type 1", "Type 2", "Type 3")
    expected = set()
    for row, each in enumerate(ids):
        if chosen[row] >= 0:
            place = f"{parts[split[row]]}/{classes[chosen[row]]}"
            expected.add(f"{place}/images/{each[:16]}.png")
            if has_gaze[row] and split[row] != 2:
                expected.add(f"{place}/attentions/{each[:16]}.tif")
                expected.add(f"{place}/heatmaps/{each[:16]}.png")
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert found == expected | {"labels.csv", "splits.csv", "fixations.csv", "README.md", "checksums.sha256"}


def test_images_are_without_padding_and_attentions_fit_them(wide_dataset, tmp_path):
    _, data = wide_dataset
    export_folders(data, tmp_path / "out", ExportOptions())
    stored = {each[:16]: entry for each, entry in maps(data).items()}
    attentions = list((tmp_path / "out").rglob("*.tif"))
    assert attentions
    for path in (tmp_path / "out").rglob("images/*.png"):
        np.testing.assert_array_equal(cv2.imread(str(path))[..., ::-1], stored[path.stem][4])
    for path in attentions:
        grey = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        image = cv2.imread(str(path.parent.parent / "images" / f"{path.stem}.png"))
        assert grey.dtype == np.uint8
        assert grey.ndim == 2
        assert grey.shape == image.shape[:2]
        assert grey.max() == 255
        heat = stored[path.stem][3]
        assert np.abs(grey / 255 - heat / heat.max()).max() <= 1.5 / 255
        overlay = cv2.imread(str(path.parent.parent / "heatmaps" / f"{path.stem}.png")).astype(float)
        jet = cv2.applyColorMap(grey, cv2.COLORMAP_JET)
        assert np.abs(overlay - (0.7 * image + 0.3 * jet)).max() <= 1


def test_test_gaze_is_given_out_only_when_asked(wide_dataset, tmp_path):
    _, data = wide_dataset
    report = export_folders(data, tmp_path / "without", ExportOptions())
    export_folders(data, tmp_path / "with", ExportOptions(test_gaze=True))
    assert not list((tmp_path / "without" / "test").rglob("*.tif"))
    assert list((tmp_path / "with" / "test").rglob("*.tif"))
    in_test = {each["file"] for each in rows(tmp_path / "with" / "splits.csv") if each["split"] == "test"}
    assert in_test
    assert not in_test & {each["file"] for each in rows(tmp_path / "without" / "fixations.csv")}
    assert in_test & {each["file"] for each in rows(tmp_path / "with" / "fixations.csv")}
    assert any("test images is left out" in note for note in report.notes)


def test_with_the_study_images_have_their_own_size_and_maps_are_exact_at_it(wide_dataset, tmp_path):
    maker, data = wide_dataset
    export_folders(data, tmp_path / "out", ExportOptions(study=maker.store.path, test_gaze=True))
    by_name = {each.id[:16]: each for each in maker.store.images()}
    fixations = rows(tmp_path / "out" / "fixations.csv")
    single = 0
    for path in (tmp_path / "out").rglob("images/*.png"):
        original = read_image(maker.store.image_file(by_name[path.stem].id))
        np.testing.assert_array_equal(cv2.imread(str(path))[..., ::-1], original)
    for path in (tmp_path / "out").rglob("*.tif"):
        mine = [each for each in fixations if each["file"] == f"{path.stem}.png"]
        if len({each["reading"] for each in mine}) > 1:
            continue
        single += 1
        grey = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) / 255
        xy = np.array([[float(each["x_px"]), float(each["y_px"])] for each in mine])
        with h5py.File(data) as file:
            row = strings(file["readings/id"]).index(mine[0]["reading"])
            sigma = file["readings/px_per_deg"][row]
        heat = gaze_heatmap(xy, np.array([float(each["duration_s"]) for each in mine]), grey.shape, sigma)
        assert np.abs(grey - heat / heat.max()).max() <= 0.51 / 255
    assert single > 3


def test_the_tables_name_class_patient_and_part(wide_dataset, tmp_path):
    _, data = wide_dataset
    export_folders(data, tmp_path / "out", ExportOptions())
    with h5py.File(data) as file:
        patients = dict(
            zip(
                (each[:16] for each in strings(file["images/id"])),
                strings(file["images/patient"]),
                strict=True,
            )
        )
    for each in rows(tmp_path / "out" / "splits.csv"):
        assert patients[each["file"].removesuffix(".png")] == each["patient"]
        assert list((tmp_path / "out" / each["split"]).rglob(each["file"]))
    for each in rows(tmp_path / "out" / "labels.csv"):
        assert each["class"] == (each["truth"] or each["label"])
        (place,) = (tmp_path / "out").rglob(f"images/{each['file']}")
        assert place.parent.parent.name == each["class"]


def test_export_and_import_again_is_the_same(wide_dataset, tmp_path):
    _, data = wide_dataset
    export_folders(data, tmp_path / "out", ExportOptions(test_gaze=True))
    again = tmp_path / "again.h5"
    report = import_folders(tmp_path / "out", again, size=128, patients=tmp_path / "out" / "splits.csv")
    assert validate(again) == []
    assert report.refused == []
    assert report.patients_known
    before = {name: each for name, each in maps(data).items() if each[0] >= 0}
    after = maps(again)
    assert len(before) == len(after) == 14
    # The same content has another id where it lies on the grid at another size.
    for target, split, has_gaze, heat, pixels in before.values():
        (same,) = (each for each in after.values() if np.array_equal(each[4], pixels))
        assert same[:3] == (target, split, has_gaze)
        assert np.abs(same[3] - heat / max(heat.max(), 1e-9)).max() <= 2 / 255
    with open_dataset(data) as one, open_dataset(again) as two:
        kept = target_classes(one["images/truth"][:], one["images/label"][:]) >= 0
        assert len(set(strings(two["images/patient"]))) == len(
            set(np.array(strings(one["images/patient"]))[kept])
        )


def test_an_import_without_fixations_is_exported_from_its_maps(wide_dataset, tmp_path):
    _, data = wide_dataset
    export_folders(data, tmp_path / "out", ExportOptions())
    import_folders(tmp_path / "out", tmp_path / "again.h5", size=128)
    export_folders(tmp_path / "again.h5", tmp_path / "twice", ExportOptions())
    first = {cv2.imread(str(path), -1).tobytes(): path for path in (tmp_path / "out").rglob("*.tif")}
    second = list((tmp_path / "twice").rglob("*.tif"))
    assert len(second) == len(first)
    pictures = [cv2.imread(str(path), -1) for path in first.values()]
    for path in second:
        mine = cv2.imread(str(path), -1)
        assert any(
            each.shape == mine.shape and np.abs(each.astype(int) - mine).max() <= 1 for each in pictures
        )


def test_cancel_and_bad_places_leave_nothing(wide_dataset, tmp_path):
    _, data = wide_dataset
    before = sorted(tmp_path.iterdir())

    def stop(done, total, what):
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_folders(data, tmp_path / "out", ExportOptions(), stop)
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="not empty"):
        export_folders(data, tmp_path / "full", ExportOptions())
    with pytest.raises(BadInput, match="is a file"):
        export_folders(data, tmp_path / "full" / "mine.txt", ExportOptions())
    with pytest.raises(BadInput, match="no folder"):
        export_folders(data, tmp_path / "no" / "where", ExportOptions())
    (tmp_path / "empty").mkdir()
    export_folders(data, tmp_path / "empty", ExportOptions())
    assert (tmp_path / "empty" / "train").is_dir()
    assert (tmp_path / "full" / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../../escaped", "..", "/tmp/escaped", r"..\escaped", "C:escaped", ""])
def test_no_name_leads_out_of_the_folder(small_dataset, tmp_path, name):
    for column in ("class", "id"):
        copy = tmp_path / f"{column}.h5"
        shutil.copy(small_dataset, copy)
        with h5py.File(copy, "r+") as file:
            if column == "id":
                file["images/id"][0] = name.encode()
            else:
                scheme = json.loads(file.attrs["scheme"])
                scheme["classes"][0]["name"] = name
                file.attrs["scheme"] = json.dumps(scheme)
        with pytest.raises(BadInput, match="cannot name a folder"):
            export_folders(copy, tmp_path / "a" / "out", ExportOptions())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.h5", "id.h5"]


def test_a_study_of_other_images_is_refused(wide_dataset, make_study, tmp_path):
    other = make_study("other")
    other.add_image("p", 0, seed=999)
    with pytest.raises(BadInput, match="does not have image"):
        export_folders(wide_dataset[1], tmp_path / "out", ExportOptions(study=other.store.path))
    assert not (tmp_path / "out").exists()


def test_a_data_set_without_any_class_cannot_become_class_folders(make_study, tmp_path):
    maker = make_study()
    maker.add_image("p", -1)
    build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=64))
    with pytest.raises(BadInput, match="has a class"):
        export_folders(tmp_path / "d.h5", tmp_path / "out", ExportOptions())


def test_a_full_disk_is_told_in_words(wide_dataset, tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(StorageError, match="no space left"):
        export_folders(wide_dataset[1], tmp_path / "out", ExportOptions())
    assert not (tmp_path / "out").exists()
