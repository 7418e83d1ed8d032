import json

import cv2
import numpy as np
import pytest

from gazeannotator.dataset.folders_import import import_folders
from gazeannotator.dataset.schema import class_names, json_attribute, open_dataset, strings, validate
from gazeannotator.errors import BadInput, Cancelled
from gazeannotator.study.scheme import load_scheme


def picture(seed, size=(40, 30)):
    return np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)


def blob(size=(40, 30), dtype=np.uint8):
    row, col = np.mgrid[0 : size[1], 0 : size[0]]
    heat = np.exp(-((col - 10) ** 2 + (row - 20) ** 2) / 50)
    return np.round(heat / heat.max() * np.iinfo(dtype).max).astype(dtype)


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = cv2.imencode(path.suffix, pixels)[1]
    path.write_bytes(encoded.tobytes())


@pytest.fixture
def tree(tmp_path):
    """Others' layout: other classes, jpg, no test maps, one training map missing."""
    root = tmp_path / "published"
    put(root / "train/normal/images/a.jpg", picture(1))
    put(root / "train/normal/attentions/a.tif", blob())
    put(root / "train/normal/images/b.PNG", picture(2))
    put(root / "train/polyp/images/c.jpeg", picture(3, (30, 40)))
    put(root / "train/polyp/attentions/c.png", blob((30, 40)))
    put(root / "train/polyp/heatmaps/c.png", picture(9))
    put(root / "val/normal/images/a.jpg", picture(4))
    put(root / "val/normal/attentions/a.tiff", blob())
    put(root / "test/polyp/images/d.png", picture(5))
    return root


def test_others_folders_become_a_file_that_passes_the_check(tree, tmp_path):
    report = import_folders(tree, tmp_path / "d.h5", size=64)
    assert validate(tmp_path / "d.h5") == []
    assert (report.images, report.with_gaze) == (5, 3)
    assert report.splits == {"train": 3, "validation": 1, "test": 1}
    assert report.classes == {"normal": 3, "polyp": 2}
    assert report.refused == []
    assert not report.patients_known
    assert any("cannot account" in note for note in report.notes)
    assert any(note.startswith("1 training or validation images have no attention") for note in report.notes)
    with open_dataset(tmp_path / "d.h5") as file:
        assert class_names(file) == ["normal", "polyp"]
        assert file["images/split"][:].tolist() == [0, 0, 0, 1, 2]
        assert file["images/truth"][:].tolist() == [0, 0, 1, 0, 1]
        np.testing.assert_array_equal(file["images/truth"][:], file["images/label"][:])
        assert file["images/has_gaze"][:].tolist() == [True, False, True, True, False]
        assert strings(file["images/patient"]) == [f"unknown-{n}" for n in range(1, 6)]
        assert not file.attrs["patients_known"]
        assert len(file["readings/id"]) == len(file["gaze/t_s"]) == len(file["fixations/onset_s"]) == 0
        assert file["images/to_grid"][0].tolist() == [1.6, 0, 8]


def test_nearly_equal_images_in_two_parts_are_told_of(tree, tmp_path):
    smooth = cv2.GaussianBlur(picture(7, (90, 70)), (0, 0), 4)
    smooth = cv2.normalize(smooth, None, 20, 220, cv2.NORM_MINMAX)
    put(tree / "train/normal/images/one.png", smooth)
    put(tree / "test/normal/images/again.jpg", smooth)
    report = import_folders(tree, tmp_path / "d.h5", size=64)
    (note,) = [each for each in report.notes if "nearly equal" in each]
    assert "1 pair" in note
    assert "1 of them in different parts" in note
    with open_dataset(tmp_path / "d.h5") as file:
        assert json_attribute(file, "build")["near_duplicates_count"] == 1


def test_a_map_lies_on_the_grid_as_its_image_does(tree, tmp_path):
    put(tree / "train/normal/images/e.png", picture(6, (64, 48)))
    put(tree / "train/normal/attentions/e.tif", blob((64, 48)))
    import_folders(tree, tmp_path / "d.h5", size=64)
    with open_dataset(tmp_path / "d.h5") as file:
        row = file["images/size_px"][:].tolist().index([64, 48])
        heat = file["images/heatmap"][row].astype(float)
        np.testing.assert_allclose(heat[8:56], blob((64, 48)) / 255, atol=6e-4)
        assert not heat[:8].any()
        assert heat.max() == 1


def test_a_scheme_takes_keys_and_names(tmp_path):
    for part, name, seed in (("train", "Type 1", 1), ("train", "2", 2), ("test", "type 3", 3)):
        put(tmp_path / "in" / part / name / "images/x.png", picture(seed))
    import_folders(tmp_path / "in", tmp_path / "d.h5", size=64, scheme=load_scheme("nice"))
    with open_dataset(tmp_path / "d.h5") as file:
        assert file["images/truth"][:].tolist() == [1, 0, 2]
        assert json_attribute(file, "scheme")["classes"][0]["criteria"]
    put(tmp_path / "in/train/adenoma/images/x.png", picture(4))
    with pytest.raises(BadInput, match="'adenoma' is no class of NICE"):
        import_folders(tmp_path / "in", tmp_path / "d.h5", size=64, scheme=load_scheme("nice"))


def test_classes_are_numbered_as_people_count(tmp_path):
    for number in (10, 2, 1):
        put(tmp_path / f"in/train/Type {number}/images/x.png", picture(number))
    import_folders(tmp_path / "in", tmp_path / "d.h5", size=64)
    with open_dataset(tmp_path / "d.h5") as file:
        assert class_names(file) == ["Type 1", "Type 2", "Type 10"]


def test_a_class_without_images_keeps_its_number(tmp_path):
    put(tmp_path / "in/train/Type 2/images/x.png", picture(1))
    (tmp_path / "in/val/Type 1/images").mkdir(parents=True)
    report = import_folders(tmp_path / "in", tmp_path / "d.h5", size=64)
    assert report.classes == {"Type 1": 0, "Type 2": 1}
    with open_dataset(tmp_path / "d.h5") as file:
        assert file["images/truth"][:].tolist() == [1]


def test_bad_files_are_refused_and_the_rest_goes_on(tree, tmp_path):
    (tree / "train/normal/images/broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    (tree / "train/normal/images/text.jpg").write_text("hello", encoding="utf-8")
    (tree / "train/normal/images/notes.docx").write_bytes(b"x")
    (tree / "train/normal/images/.hidden").write_bytes(b"x")
    (tree / "train/normal/images/Thumbs.db").write_bytes(b"x")
    (tree / "train/normal/attentions/b.tif").write_text("no map", encoding="utf-8")
    put(tree / "train/normal/attentions/nobody.tif", blob())
    put(tree / "test/polyp/images/copy.png", picture(2))
    put(tree / "train/polyp/images/colour.png", picture(7))
    put(tree / "train/polyp/attentions/colour.png", cv2.applyColorMap(blob(), cv2.COLORMAP_JET))
    report = import_folders(tree, tmp_path / "d.h5", size=64)
    assert validate(tmp_path / "d.h5") == []
    refused = dict(report.refused)
    assert set(refused) == {
        "train/normal/images/broken.png",
        "train/normal/images/text.jpg",
        "train/normal/images/notes.docx",
        "train/normal/attentions/b.tif",
        "train/normal/attentions/nobody.tif",
        "test/polyp/images/copy.png",
        "train/polyp/attentions/colour.png",
    }
    assert "same image as train/normal/images/b.PNG" in refused["test/polyp/images/copy.png"]
    assert "colours" in refused["train/polyp/attentions/colour.png"]
    assert "without gaze" in refused["train/normal/attentions/b.tif"]
    assert report.images == 6
    assert report.with_gaze == 3


def test_maps_of_other_sizes_depths_and_blacks_are_noted(tree, tmp_path):
    put(tree / "train/normal/images/deep.png", picture(10))
    put(tree / "train/normal/attentions/deep.png", blob(dtype=np.uint16))
    put(tree / "train/normal/images/large.png", picture(11))
    put(tree / "train/normal/attentions/large.png", blob((80, 60)))
    put(tree / "train/normal/images/black.png", picture(12))
    put(tree / "train/normal/attentions/black.png", np.zeros((30, 40), np.uint8))
    put(tree / "train/normal/images/rgb.png", picture(13))
    put(tree / "train/normal/attentions/rgb.png", np.repeat(blob()[..., None], 3, 2))
    report = import_folders(tree, tmp_path / "d.h5", size=40)
    assert validate(tmp_path / "d.h5") == []
    assert any("large.png is 80x60, its image 40x30: resized" in note for note in report.notes)
    assert any("black.png is all black" in note for note in report.notes)
    assert report.refused == []
    assert report.with_gaze == 6
    with open_dataset(tmp_path / "d.h5") as file:
        maps = file["images/heatmap"][:].astype(float)
    names = [path.name for path in sorted((tree / "train/normal/images").iterdir())]
    assert names == ["a.jpg", "b.PNG", "black.png", "deep.png", "large.png", "rgb.png"]
    np.testing.assert_allclose(maps[3], maps[5], atol=3e-3)


def test_validation_may_be_spelt_out_but_not_twice(tree, tmp_path):
    (tree / "val").rename(tree / "Validation")
    assert import_folders(tree, tmp_path / "d.h5", size=64).splits["validation"] == 1
    put(tree / "val/normal/images/z.png", picture(20))
    with pytest.raises(BadInput, match="both"):
        import_folders(tree, tmp_path / "d.h5", size=64)


def test_patients_come_from_the_table(tree, tmp_path):
    table = tmp_path / "patients.csv"
    table.write_text(
        "file,patient\ntrain/normal/images/a.jpg,Li\nb.PNG,Li\nc.jpeg,Wang\nval/normal/images/a.jpg,Wu\nd.png,Zhao\n",
        encoding="utf-8",
    )
    report = import_folders(tree, tmp_path / "d.h5", size=64, patients=table)
    assert report.patients_known
    assert report.refused == []
    with open_dataset(tmp_path / "d.h5") as file:
        patients = strings(file["images/patient"])
        assert bool(file.attrs["patients_known"]) is True
    assert patients[0] == patients[1]
    assert len(set(patients)) == 4
    # Names must not be found in the file, nor be guessable from it.
    assert not {"Li", "Wang", "Wu", "Zhao"} & set(patients)
    assert all(len(each) == 12 for each in patients)


def test_faults_of_the_table_are_told_with_their_line(tree, tmp_path):
    table = tmp_path / "patients.csv"
    table.write_text("file,patient\na.jpg,Li\nmissing.png,Li\nb.PNG,Wang\n", encoding="utf-8")
    report = import_folders(tree, tmp_path / "d.h5", size=64, patients=table)
    refused = dict(report.refused)
    assert "write the path" in refused["patients.csv line 2"]
    assert "no image missing.png" in refused["patients.csv line 3"]
    assert not report.patients_known
    table.write_text("file,patient\nb.PNG,Li\nb.PNG,Wang\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 3"):
        import_folders(tree, tmp_path / "d.h5", size=64, patients=table)
    table.write_text("name,patient\nb.PNG,Li\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no column 'file'"):
        import_folders(tree, tmp_path / "d.h5", size=64, patients=table)
    table.write_bytes("file,patient\nb.PNG,\xe9\n".encode("latin-1"))
    with pytest.raises(BadInput, match="UTF-8"):
        import_folders(tree, tmp_path / "d.h5", size=64, patients=table)


def test_a_patient_in_two_parts_is_refused(tree, tmp_path):
    table = tmp_path / "patients.csv"
    table.write_text("file,patient\nb.PNG,Li\nd.png,Li\n", encoding="utf-8")
    with pytest.raises(BadInput, match="both train and test"):
        import_folders(tree, tmp_path / "d.h5", size=64, patients=table)
    assert not (tmp_path / "d.h5").exists()


def test_cancelling_leaves_nothing(tree, tmp_path):
    before = sorted(tmp_path.iterdir())

    def stop(done, total, what):
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_folders(tree, tmp_path / "d.h5", size=64, progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_folders_of_another_kind_are_refused_in_words(tmp_path):
    with pytest.raises(BadInput, match="no folder"):
        import_folders(tmp_path / "missing", tmp_path / "d.h5")
    (tmp_path / "in").mkdir()
    with pytest.raises(BadInput, match="Expected are folders train, val and test"):
        import_folders(tmp_path / "in", tmp_path / "d.h5")
    put(tmp_path / "in/pictures/x.png", picture(1))
    with pytest.raises(BadInput, match="no image"):
        import_folders(tmp_path / "in", tmp_path / "d.h5")
    (tmp_path / "in/train/a/images").mkdir(parents=True)
    (tmp_path / "in/train/a/images/x.png").write_bytes(b"no image")
    with pytest.raises(BadInput, match=r"No image of .* can be read"):
        import_folders(tmp_path / "in", tmp_path / "d.h5")
    assert not (tmp_path / "d.h5").exists()


def test_unknown_folders_are_noted(tree, tmp_path):
    put(tree / "extra/normal/images/q.png", picture(30))
    (tree / "train/empty").mkdir()
    report = import_folders(tree, tmp_path / "d.h5", size=64)
    assert any(note.startswith("The folder extra is not") for note in report.notes)
    assert any("train/empty has no folder images" in note for note in report.notes)
    json.dumps(report.notes)
