"""A build that was stopped and goes on in processes gives what one gives that was never stopped."""

import errno
import json

import h5py
import numpy as np
import pytest

from gazeannotator.dataset import assembling, build_parts, writer
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.schema import LAYOUT, OPTIONAL, open_dataset, validate
from gazeannotator.errors import Cancelled, StorageError

OPTIONS = BuildOptions(size=64, folds=3, weights="samples", central_bias="remove")
EVERY = {**LAYOUT, **OPTIONAL}


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(build_parts, "IMAGES_IN_PART", 4)
    monkeypatch.setattr(assembling, "IMAGES_IN_VOLUME", 8)


@pytest.fixture
def study(make_study):
    """Twelve patients, two of whom have the same picture but for a line; one image nobody looked at."""
    maker = make_study()
    random = np.random.default_rng(5)
    same = np.kron(random.integers(40, 255, (6, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    images = []
    for n in range(24):
        pixels = same.copy() if n in (3, 20) else None
        if n == 20:
            pixels[:, 0] ^= 1
        images.append(maker.add_image(f"p{n // 2}", (n // 2) % 3, pixels=pixels))
    maker.start()
    for n, image in enumerate(images):
        beside = n == 13
        places = ((-30, -30), (-40, -20)) if beside else ((32, 24), (6 + 2 * n, 10), (50, 40 - n))
        maker.read(image, (n // 2) % 3, places=places, left_lost=slice(0, 20))
    maker.end()
    return maker.store.path


def stopping_at(step, what):
    def progress(done, total, doing):
        if (done, doing) == (step, what):
            raise Cancelled

    return progress


@pytest.mark.parametrize("multi_file", [False, True], ids=["one file", "several"])
@pytest.mark.parametrize("eye", ["mean", "left"])
@pytest.mark.parametrize(("step", "what"), [(10, "Images"), (30, "Central bias")])
def test_all_options_at_once_after_a_stop(study, tmp_path, multi_file, eye, step, what):
    options = BuildOptions(**{**vars(OPTIONS), "eye": eye})
    whole, target = tmp_path / "whole.h5", tmp_path / "data.h5"
    expected = build([study], whole, options)
    with pytest.raises(Cancelled):
        build([study], target, options, stopping_at(step, what), multi_file=multi_file)
    assert not target.exists()
    said = []
    report = build([study], target, options, jobs=2, multi_file=multi_file, notice=said.append)
    ready = 8 if what == "Images" else 24
    assert said == [f"Going on: {ready} of 24 images were ready."]
    assert report == expected
    assert any("nearly equal" in each for each in report.warnings)
    with open_dataset(target) as mine, open_dataset(whole) as theirs:
        assert mine["/images/heatmap"].is_virtual == multi_file
        for name in EVERY:
            np.testing.assert_array_equal(mine[name][:], theirs[name][:], name)
            assert mine[name].dtype == theirs[name].dtype
        for name in set(theirs.attrs) - {"created_utc"}:
            assert mine.attrs[name] == theirs.attrs[name], name
        told = json.loads(mine.attrs["build"])
        assert (told["folds"], told["weights"], told["central_bias"], told["eye"]) == (
            3,
            "samples",
            "remove",
            eye,
        )
        assert told["near_duplicates_count"] == 1
        assert set(mine["/images/fold"][:]) == {0, 1, 2}
        assert mine["/images/has_gaze"][:].sum() == 23
        assert "/images/fingerprint" not in mine
    assert validate(target) == []
    left = {"whole.h5", "data.h5", "study"} | ({"data.h5.parts"} if multi_file else set())
    assert {each.name for each in tmp_path.iterdir()} == left


def test_the_central_bias_is_taken_off_the_maps_of_all_files(study, tmp_path):
    kept, without = tmp_path / "kept.h5", tmp_path / "without.h5"
    build([study], kept, BuildOptions(**{**vars(OPTIONS), "central_bias": "keep"}), multi_file=True)
    build([study], without, OPTIONS, multi_file=True)
    with open_dataset(kept) as before, open_dataset(without) as after:
        looked = before["/images/has_gaze"][:]
        changed = (before["/images/heatmap"][:] != after["/images/heatmap"][:]).any(axis=(1, 2))
        np.testing.assert_array_equal(changed, looked)
        for name in EVERY.keys() - {"/images/heatmap"}:
            np.testing.assert_array_equal(before[name][:], after[name][:], name)


@pytest.mark.parametrize("multi_file", [False, True], ids=["one file", "several"])
def test_a_disk_that_is_full_while_the_central_bias_is_taken_off(study, tmp_path, monkeypatch, multi_file):
    full = []

    class Filling(writer.Disk):
        def write(self, data):
            if full:
                self.failure = self.failure or OSError(errno.ENOSPC, "No space left on device")
                return memoryview(data).nbytes
            return super().write(data)

    def progress(done, total, what):
        if (done, what) == (30, "Central bias"):
            full.append(True)

    monkeypatch.setattr(writer, "Disk", Filling)
    target = tmp_path / "data.h5"
    with pytest.raises(StorageError, match="no space left"):
        build([study], target, OPTIONS, progress, multi_file=multi_file)
    assert {each.name for each in tmp_path.iterdir()} == {"study", ".data.h5.parts"}
    full.clear()
    build([study], target, OPTIONS, multi_file=multi_file)
    assert validate(target) == []


def test_a_part_of_other_weights_or_of_another_eye_is_made_anew(study, tmp_path):
    target = tmp_path / "data.h5"
    with pytest.raises(Cancelled):
        build([study], target, OPTIONS, stopping_at(10, "Images"))
    for change in ({"weights": "count"}, {"eye": "right"}, {"first_s": 0.5}, {"skip_first_fixation": True}):
        said = []
        options = BuildOptions(**{**vars(OPTIONS), **change})
        with pytest.raises(Cancelled):
            build([study], target, options, stopping_at(6, "Images"), notice=said.append)
        assert not any("Going on" in each for each in said)


def test_the_check_finds_gaze_that_counts_by_another_rule(study, tmp_path):
    target = tmp_path / "data.h5"
    build([study], target, OPTIONS)
    with h5py.File(target, "r+") as file:
        first, count = file["/readings/gaze_first"][2], file["/readings/gaze_count"][2]
        file["/gaze/xy_px"][first : first + count] = -5
    assert [each.where for each in validate(target)] == ["/images/has_gaze row 2"]
