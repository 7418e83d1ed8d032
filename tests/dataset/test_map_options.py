"""Options of a build that say whose gaze is used and how it weighs, from the study to the exports."""

import json

import h5py
import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import Contents, ExportOptions
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.schema import open_dataset, validate
from gazeannotator.gaze.heatmap import gaze_heatmap, mean_distribution, scaled_to_one

APART = 0.002
"""How far the right eye's gaze is beside the left's, of the screen's width and height."""


@pytest.fixture(scope="module")
def maker(studies, tmp_path_factory):
    """Two readers, whose eyes are apart; the left is lost at times. Not to be changed."""
    with studies(tmp_path_factory.mktemp("options")) as make:
        made = make()
        images = [made.add_image(f"p{n // 2}", n % 3, size=((64, 48), (90, 120))[n % 2]) for n in range(12)]
        for reader in ("A", "B"):
            made.start(reader)
            for n, image in enumerate(images[: 12 if reader == "A" else 8]):
                places = ((32, 24), (8 + 4 * n, 12), (20, 5 + 3 * n), (70, 30))
                made.read(image, n % 3, places, apart=APART, left_lost=slice(30 * n, 30 * n + 24))
            made.end()
        yield made


OPTIONS = [
    {},
    {"weights": "count"},
    {"weights": "samples"},
    {"first_s": 0.6},
    {"weights": "samples", "first_s": 0.6, "skip_first_fixation": True},
    {"skip_first_fixation": True},
    {"eye": "left"},
    {"eye": "right"},
    {"eye": "better"},
    {"central_bias": "remove"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_file_is_valid_tells_its_options_and_exports_honour_them(maker, tmp_path, options):
    data = tmp_path / "d.h5"
    build([maker.store.path], data, BuildOptions(size=64, **options))
    assert validate(data) == []
    with open_dataset(data) as file:
        told = json.loads(file.attrs["build"])
        assert {name: told[name] for name in options} == options
        contents = Contents(file)
        for image in contents.images():
            stored = contents.file["/images/heatmap"][image.row].astype(float)
            dy, dx = image.grid.dy_px, image.grid.dx_px
            crop = stored[dy : dy + image.grid.height_px, dx : dx + image.grid.width_px]
            np.testing.assert_allclose(contents.attention(image, False), scaled_to_one(crop), atol=2e-3)
            larger = contents.attention(image, True)
            assert larger.shape == image.size_px[::-1]
            assert larger.max() == pytest.approx(1)
    report = export_folders(data, tmp_path / "tree", ExportOptions())
    notes = [each for each in report.notes if "test images" not in each]
    assert bool(notes) == bool(options)
    readme = (tmp_path / "tree" / "README.md").read_text(encoding="utf-8")
    assert all(each in readme for each in notes)


def heatmaps(maker, tmp_path, **options):
    target = tmp_path / "d.h5"
    build([maker.store.path], target, BuildOptions(size=64, split="100/0/0", **options))
    with h5py.File(target) as file:
        return file["images/heatmap"][:].astype(float)


def test_maps_follow_from_the_stored_gaze(maker, tmp_path):
    """From the tables alone, without the code that the build uses."""
    data = tmp_path / "d.h5"
    build([maker.store.path], data, BuildOptions(size=64, weights="samples", first_s=1.0))
    with h5py.File(data) as file:
        readings, tables = file["readings"], file["gaze"]
        for row in range(12):
            scale, dx, dy = file["images/to_grid"][row]
            width, height = file["images/size_px"][row]
            maps = []
            for reading in np.flatnonzero(readings["image"][:] == row):
                first, count = readings["gaze_first"][reading], readings["gaze_count"][reading]
                t, xy = (tables[name][first : first + count] for name in ("t_s", "xy_px"))
                held = np.minimum(np.append(np.diff(t), np.median(np.diff(t))), 0.075)
                held = np.minimum(held, 1.0 - t)
                kept = (t < 1) & (xy[:, 0] >= 0) & (xy[:, 0] < width) & (xy[:, 1] >= 0) & (xy[:, 1] < height)
                sigma_px = readings["px_per_deg"][reading] * scale
                points = xy[kept] * scale + (dx, dy)
                maps.append(gaze_heatmap(points, held[kept], (64, 64), sigma_px))
            expected = scaled_to_one(mean_distribution(maps))
            np.testing.assert_allclose(file["images/heatmap"][row], expected, atol=1e-3)


def test_each_option_changes_the_maps_and_no_default_does(maker, tmp_path):
    plain = heatmaps(maker, tmp_path)
    explicit = {"eye": "mean", "weights": "duration", "first_s": None, "central_bias": "keep"}
    np.testing.assert_array_equal(heatmaps(maker, tmp_path, **explicit, skip_first_fixation=False), plain)
    for options in OPTIONS[1:]:
        assert (heatmaps(maker, tmp_path, **options) != plain).any(), options


def test_gaze_and_loss_are_those_of_the_chosen_eye(maker, tmp_path):
    def built(eye):
        build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=64, eye=eye))
        with h5py.File(tmp_path / "d.h5") as file:
            gaze = {name: file[f"gaze/{name}_px"][:] for name in ("xy", "left", "right")}
            return gaze, file["readings/data_loss"][:], file["fixations/xy_px"][:]

    mean, loss, _ = built("mean")
    assert (loss < 0.01).all()
    for eye in ("left", "right"):
        gaze, lost, _ = built(eye)
        np.testing.assert_array_equal(gaze["xy"], gaze[eye])
        for name in ("left", "right"):
            np.testing.assert_array_equal(gaze[name], mean[name])
        assert (lost.max() > 0.03) == (eye == "left")
    # The left eye is lost in every reading, so that the right one is better.
    assert np.array_equal(built("better")[0]["xy"], built("right")[0]["xy"], equal_nan=True)


def test_a_chosen_eye_that_is_lost_is_no_fault_but_a_missing_point_is(maker, tmp_path):
    build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=64, eye="left"))
    with h5py.File(tmp_path / "d.h5", "r+") as file:
        xy = file["gaze/xy_px"][:]
        found = np.flatnonzero(~np.isnan(xy[:, 0]))[0]
        file["gaze/xy_px"][found] = np.nan
    assert "xy_px is missing where an eye was found" in [each.what for each in validate(tmp_path / "d.h5")]


def test_recordings_name_the_eye_of_their_fixations(maker, tmp_path):
    for eye, recorded, words in (("mean", "cyclopean", "both eyes"), ("right", "right", "the right eye")):
        build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=64, eye=eye))
        EXPORTS["bids"](tmp_path / "d.h5", tmp_path / eye, ExportOptions(), None)
        beh = tmp_path / eye / "sub-A" / "ses-01" / "beh"
        stem = "sub-A_ses-01_task-diagnosis_recording-eye3"
        about = json.loads((beh / f"{stem}_physio.json").read_text(encoding="utf-8"))
        assert about["RecordedEye"] == recorded
        assert words in about["x_coordinate"]["LongName"]
        events = json.loads((beh / f"{stem}_physioevents.json").read_text(encoding="utf-8"))
        assert words in events["Description"]
