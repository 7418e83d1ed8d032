"""What every export promises: a README, checksums, nothing half-written, nothing overwritten."""

import hashlib
import json
import shutil

import h5py
import numpy as np
import pytest

from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.package import as_grey
from gazeannotator.dataset.readme import FILL_IN, readme
from gazeannotator.errors import BadInput, Cancelled

every_export = pytest.mark.parametrize("name", EXPORTS)


def test_the_exports_are_those_of_the_command_line():
    assert list(EXPORTS) == ["folders", "bids", "csv", "parquet", "coco", "xdf", "monai"]


@every_export
def test_a_readme_tells_counts_reasons_licence_and_citation(name, odd_dataset, tmp_path):
    EXPORTS[name](odd_dataset[1], tmp_path / "out", ExportOptions())
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Pölypen | 2\n")
    assert "**SIMULATED" in text
    assert f"`{name}`" in text
    for part in (
        "gazeannotator-dataset 1.0",
        "| Images | 9 (",
        "| 1 | cannot_be_assessed | the reader answered that the image cannot be assessed |",
        "| 1 | corrected |",
        "| 1 | interrupted | no answer was given |",
        f"**{FILL_IN}: the licence",
        "## How to cite",
        "sha256sum -c checksums.sha256",
    ):
        assert part in text


@every_export
def test_checksums_cover_every_file(name, small_dataset, tmp_path):
    target = tmp_path / "out"
    EXPORTS[name](small_dataset, target, ExportOptions(test_gaze=True))
    lines = (target / "checksums.sha256").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    files = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    assert set(listed) == set(files) - {"checksums.sha256"}
    for path, digest in listed.items():
        assert hashlib.sha256(files[path].read_bytes()).hexdigest() == digest


@every_export
def test_the_same_data_give_the_same_bytes(name, odd_dataset, tmp_path):
    for folder in ("one", "two"):
        EXPORTS[name](odd_dataset[1], tmp_path / folder, ExportOptions())
    first = (tmp_path / "one" / "checksums.sha256").read_bytes()
    assert first == (tmp_path / "two" / "checksums.sha256").read_bytes()


@every_export
def test_a_folder_that_is_not_empty_is_refused(name, small_dataset, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="not empty"):
        EXPORTS[name](small_dataset, tmp_path, ExportOptions())
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@every_export
@pytest.mark.parametrize("stage", ["first", "Checksums"])
def test_cancelled_nothing_is_left(name, stage, small_dataset, tmp_path):
    def stop(done, total, what):
        if what == stage or (stage == "first" and done == min(1, total)):
            raise Cancelled

    with pytest.raises(Cancelled):
        EXPORTS[name](small_dataset, tmp_path / "out", ExportOptions(), stop)
    assert list(tmp_path.iterdir()) == []


@every_export
def test_progress_goes_up_to_the_end_of_each_step(name, small_dataset, tmp_path):
    seen = {}

    def note(done, total, what):
        assert done >= seen.get(what, (0, 0))[0]
        seen[what] = (done, total)

    EXPORTS[name](small_dataset, tmp_path / "out", ExportOptions(), note)
    assert all(done == total > 0 for done, total in seen.values())
    assert "Checksums" in seen


@pytest.mark.parametrize("name", ["folders", "bids", "coco", "xdf", "monai"])
def test_another_study_is_refused(name, small_dataset, make_study, tmp_path):
    other = make_study("other")
    other.add_image("p", 0, seed=999)
    with pytest.raises(BadInput, match=r"does not have (image|session)"):
        EXPORTS[name](small_dataset, tmp_path / "out", ExportOptions(study=other.store.path))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["folders", "coco", "monai"])
def test_images_without_class_are_counted(name, wide_dataset, tmp_path):
    report = EXPORTS[name](wide_dataset[1], tmp_path / "out", ExportOptions())
    assert (report.images, report.left_out) == (14, 1)
    copy = tmp_path / "copy.h5"
    shutil.copy(wide_dataset[1], copy)
    with h5py.File(copy, "r+") as file:
        file["images/truth"][:] = file["images/label"][:] = -1
    with pytest.raises(BadInput, match="has a class"):
        EXPORTS[name](copy, tmp_path / "none", ExportOptions())
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", [each for each in EXPORTS if each != "folders"])
def test_classes_that_are_no_folders_may_be_called_anything(name, small_dataset, tmp_path):
    copy = tmp_path / "copy.h5"
    shutil.copy(small_dataset, copy)
    with h5py.File(copy, "r+") as file:
        scheme = json.loads(file.attrs["scheme"])
        scheme["classes"][0]["name"] = "a/b: $|\"'\t<ü>"
        file.attrs["scheme"] = json.dumps(scheme)
    assert EXPORTS[name](copy, tmp_path / "out", ExportOptions()).images == 20


def test_a_readme_stays_a_readme_whatever_the_study_is_called():
    facts = {
        "study": "s",
        "simulated": False,
        "created_utc": "t",
        "format_version": "1.0",
        "software": "x",
        "images": 1,
        "splits": {"train": 1},
        "has_gaze": 0,
        "classes": {"a|b": 1},
        "no_target": 0,
        "patients": 1,
        "patients_known": False,
        "readers": [{"code": "a\nb", "readings": 2}],
        "readings": 2,
        "valid_readings": 1,
        "not_validated": 0,
        "gaze_samples": 0,
        "fixations": 0,
        "grid_px": 64,
        "sigma_deg": None,
        "excluded": {"operator: asked | twice": 1},
    }
    text = readme(facts, "Layout", ["a note"])
    assert "SIMULATED" not in text
    assert "| 1 | operator: asked \\| twice | operator: asked \\| twice |" in text
    assert "a\\|b 1" in text
    assert "a b (2 readings)" in text
    assert "not known: each image counts as one" in text
    assert "## Notes\n\n- a note" in text
    assert "All readings are used." in readme({**facts, "excluded": {}}, "Layout", [])


def test_grey_has_the_whole_range():
    assert as_grey(np.array([[0.0, 0.5, 1.0]])).tolist() == [[0, 128, 255]]
