import json
import math

import cv2
import h5py
import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.schema import LAYOUT
from gazeannotator.errors import BadInput, Cancelled
from gazeannotator.geometry import fit_grid
from gazeannotator.study.images import read_image
from gazeannotator.study.model import CANNOT_BE_ASSESSED, Protocol

SMALL = BuildOptions(size=64)


def test_every_array_is_there_compressed_and_as_large_as_told(small_dataset):
    with h5py.File(small_dataset) as file:
        for name in LAYOUT:
            assert file[name].compression == "gzip", name
        assert file["images/pixels"].shape == (20, 64, 64, 3)
        assert file["images/pixels"].chunks == (1, 64, 64, 3)
        assert file["images/heatmap"].dtype == np.float16
        assert set(file) == {"images", "readings", "gaze", "fixations"}


def test_root_attributes_say_where_the_file_comes_from(small_study, built):
    options = BuildOptions(size=64, seed=7, max_data_loss=0.4, require_validation=True)
    _, file = built([small_study], options)
    with file:
        assert file.attrs["format"] == "gazeannotator-dataset"
        assert file.attrs["format_version"] == "1.0"
        assert file.attrs["study"] == "study"
        assert bool(file.attrs["patients_known"]) is True
        assert bool(file.attrs["simulated"]) is False
        scheme = json.loads(file.attrs["scheme"])
        assert [each["name"] for each in scheme["classes"]] == ["Type 1", "Type 2", "Type 3"]
        assert all({"key", "name", "criteria"} <= set(each) for each in scheme["classes"])
        made = json.loads(file.attrs["build"])
        assert made["size"] == 64
        assert (made["seed"], made["max_data_loss"], made["require_validation"]) == (7, 0.4, True)
        assert (made["method"], made["sigma_deg"], made["split"]) == ("adaptive", 1.0, "60/20/20")
        assert json.loads(file.attrs["readers"]) == [{"code": "R1", "readings": 20}]


def test_pixels_are_the_image_centred_and_padded_with_zeros(make_study, built):
    maker = make_study()
    wide = maker.add_image("p", 0, size=(64, 48))
    tall = maker.add_image("p", 0, size=(30, 60))
    _, file = built([maker])
    with file:
        pixels = file["images/pixels"][:]
        np.testing.assert_array_equal(pixels[0][8:56], read_image(maker.store.image_file(wide)))
        assert not pixels[0][:8].any()
        assert not pixels[0][56:].any()
        assert file["images/to_grid"][0].tolist() == [1, 0, 8]
        grid = fit_grid((30, 60), 64)
        assert file["images/to_grid"][1].tolist() == [64 / 60, 16, 0]
        assert pixels[1][:, 16:48].any(axis=(0, 2)).all()
        assert grid.width_px == 32
        assert [each.decode() for each in file["images/id"][:]] == [wide, tall]


def test_gaze_is_cut_to_the_reading_and_given_in_image_px(make_study, built):
    maker = make_study()
    image = maker.add_image("p", 0, size=(64, 48))
    maker.start()
    maker.read(image, 0, places=((20, 10), (50, 40)))
    _, file = built([maker])
    with file:
        time_s, xy = file["gaze/t_s"][:], file["gaze/xy_px"][:]
        assert len(time_s) == 220
        assert time_s[0] == pytest.approx(0.001, abs=1e-6)
        np.testing.assert_allclose(np.diff(time_s), 1 / 250, atol=1e-6)
        np.testing.assert_allclose(xy[:90], np.tile([20, 10], (90, 1)), atol=0.01)
        np.testing.assert_array_equal(xy, file["gaze/left_px"][:])
        np.testing.assert_allclose(file["fixations/xy_px"][:], [[20, 10], [50, 40]], atol=0.3)
        assert file["readings/rate_hz"][0] == pytest.approx(250)
        assert file["readings/data_loss"][0] == pytest.approx(0, abs=0.02)
        # 48 image rows are shown on 1080 screen px; one degree is 41.3 screen px.
        assert file["readings/px_per_deg"][0] == pytest.approx(41.35 * 48 / 1080, rel=1e-3)
        assert file["readings/placement"][0].tolist() == [240, 0, 1440, 1080]


def test_the_onset_correction_moves_the_onset_and_what_is_counted_from_it(make_study, built):
    maker = make_study()
    image = maker.add_image("p", 0)
    session = maker.start(onset_correction_s=0.025)
    maker.read(image, 0, correction_s=0.025)
    stamp_s = maker.store.readings()[0].onset_s
    response_s = maker.store.readings()[0].response_s
    _, file = built([maker])
    with file:
        assert file["readings/onset_s"][0] == pytest.approx(stamp_s + 0.025)
        assert file["readings/onset_correction_s"][0] == np.float32(0.025)
        assert file["readings/response_s"][0] == pytest.approx(response_s - 0.025)
        assert file["gaze/t_s"][0] == pytest.approx(0.001, abs=1e-6)
        assert file["readings/session"].asstr()[0] == session.id


@pytest.mark.parametrize("size", [(64, 40), (150, 100), (60, 80)])
def test_the_heatmap_is_the_formula_of_the_format_page(make_study, built, size):
    maker = make_study()
    image = maker.add_image("p", 0, size=size)
    for reader, places in (("A", ((12, 9), (50, 30))), ("B", ((30, 20), (31, 21), (5, 35)))):
        maker.start(reader)
        maker.read(image, 0, places=places)
        maker.end()
    _, file = built([maker])
    with file:
        scale, dx, dy = file["images/to_grid"][0]
        assert scale == 64 / max(size)
        row, col = np.mgrid[0:64, 0:64] + 0.5
        total = np.zeros((64, 64))
        for reading in range(2):
            heat = np.zeros((64, 64))
            sigma = 1.0 * file["readings/px_per_deg"][reading] * scale
            first, count = file["readings/fixation_first"][reading], file["readings/fixation_count"][reading]
            for k in range(first, first + count):
                x, y = file["fixations/xy_px"][k] * scale + (dx, dy)
                heat += file["fixations/duration_s"][k] * np.exp(
                    -((col - x) ** 2 + (row - y) ** 2) / 2 / sigma**2
                )
            total += heat / heat.sum() / 2
        np.testing.assert_allclose(file["images/heatmap"][0], total / total.max(), atol=6e-4)
        assert file["images/heatmap"][0].max() == 1
        assert bool(file["images/has_gaze"][0]) is True


def test_fixations_beside_the_image_are_kept_but_make_no_heatmap(make_study, built):
    maker = make_study()
    image = maker.add_image("p", 0)
    maker.start()
    maker.read(image, 0, places=((-10, 20), (80, 20)))
    report, file = built([maker])
    with file:
        assert file["readings/fixation_count"][0] == 2
        assert not file["images/has_gaze"][0]
        assert not file["images/heatmap"][0].any()
        assert file["images/label"][0] == 0
    assert report.with_gaze == 0


def test_readings_that_are_not_used_stay_with_their_reason(make_study, built):
    maker = make_study()
    images = [maker.add_image(f"p{n}", -1) for n in range(8)]
    maker.start("R1")
    maker.validate(0.5)
    expected = {
        maker.read(images[0], CANNOT_BE_ASSESSED): "cannot_be_assessed",
        maker.read(images[1], None): "interrupted",
        maker.read(images[2], 1, lost=slice(0, 100)): "data_loss",
        maker.read(images[3], 1, dropped=slice(0, 100)): "data_loss",
        maker.read(images[4], 1): "corrected",
    }
    wrong = next(reversed(expected))
    expected[maker.read(images[4], 2, replaces=wrong)] = ""
    maker.end()
    maker.start("R2")
    maker.validate(2.5)
    expected[maker.read(images[5], 0)] = "accuracy"
    maker.end()
    maker.start("R3")
    expected[maker.read(images[6], 0)] = ""
    maker.end()
    report, file = built([maker])
    with file:
        ids, reasons = file["readings/id"].asstr()[:], file["readings/exclusion"].asstr()[:]
        assert dict(zip(ids, reasons, strict=True)) == expected
        np.testing.assert_array_equal(file["readings/valid"][:], reasons == "")
        assert file["images/label"][:].tolist() == [-1, -1, -1, -1, 2, -1, 0, -1]
        assert file["images/has_gaze"][:].tolist() == [False] * 4 + [True, False, True, False]
        assert (file["readings/gaze_count"][:] > 0).all()
    assert report.excluded == {
        "cannot_be_assessed": 1,
        "interrupted": 1,
        "data_loss": 2,
        "corrected": 1,
        "accuracy": 1,
    }
    assert report.not_validated == 1


def test_readings_without_a_validation_can_be_left_out(make_study, built):
    maker = make_study()
    maker.start()
    maker.read(maker.add_image("p", 0), 1)
    options = BuildOptions(size=64, require_validation=True)
    report, file = built([maker], options)
    with file:
        assert file["readings/exclusion"].asstr()[:].tolist() == ["not_validated"]
        assert file["images/label"][0] == -1
    assert "No reading is used" in report.warnings[-1]


def test_a_session_without_a_tracker_gives_labels_and_no_loss(make_study, built):
    maker = make_study()
    maker.start(gaze_stream=None)
    maker.read(maker.add_image("p", -1), 1)
    _, file = built([maker])
    with file:
        assert file["readings/valid"][0]
        assert math.isnan(file["readings/data_loss"][0])
        assert math.isnan(file["readings/rate_hz"][0])
        assert file["images/label"][0] == 1


def test_a_tracker_that_sent_nothing_lost_everything(make_study, built):
    maker = make_study()
    maker.start()
    maker.read(maker.add_image("p", -1), 1, dropped=slice(None))
    _, file = built([maker])
    with file:
        assert file["readings/data_loss"][0] == 1
        assert file["readings/exclusion"].asstr()[0] == "data_loss"


def test_the_measured_distance_replaces_the_nominal_one(make_study, built):
    maker = make_study()
    maker.start()
    image = maker.add_image("p", 0)
    maker.read(image, 0, distance_mm=520.0)
    maker.read(image, 0)
    # In centimetres, and of nobody: as if it were not told.
    maker.read(image, 0, distance_mm=52.0)
    maker.read(image, 0, distance_mm=5200.0)
    _, file = built([maker])
    with file:
        assert file["readings/distance_mm"][:].tolist() == [520, 650, 650, 650]
        near, nominal, *_ = file["readings/px_per_deg"][:]
        assert near / nominal == pytest.approx(520 / 650)


def test_a_repeated_sample_is_kept_once(make_study, built):
    maker = make_study()
    maker.start()
    image = maker.add_image("p", 0)
    maker.read(image, 0)
    again = maker.store.gaze(maker.session.id)[slice(50, 60)]
    maker.store.append_gaze(maker.session.id, again, received_s=maker.clock_s)
    _, file = built([maker])
    with file:
        assert len(file["gaze/t_s"]) == 220


def test_images_without_a_patient_are_their_own_patients(make_study, built):
    maker = make_study()
    for _ in range(4):
        maker.add_image(None, 0)
    report, file = built([maker])
    with file:
        assert len(set(file["images/patient"].asstr()[:])) == 4
        assert not file.attrs["patients_known"]
        assert len(file["readings/id"]) == 0
    assert any("not known" in each for each in report.warnings)


def test_few_patients_give_a_warning_and_a_file(make_study, built):
    maker = make_study()
    maker.add_image("a", 0)
    maker.add_image("b", 1)
    report, file = built([maker])
    with file:
        assert sorted(file["images/split"][:]) == [0, 1]
    assert any("2 patients are too few" in each for each in report.warnings)


def test_builds_are_repeatable_also_in_several_processes(small_study, built, tmp_path):
    _, one = built([small_study])
    _, two = built([small_study], name="again.h5", jobs=2)
    with one, two:
        for name in LAYOUT:
            np.testing.assert_array_equal(one[name][:], two[name][:], name)


def test_cancelling_leaves_nothing_and_the_old_file_whole(small_study, tmp_path):
    target = tmp_path / "data.h5"
    target.write_text("what was there", encoding="utf-8")
    before = sorted(tmp_path.iterdir())

    def stop(done, total, what):
        if done == 5:
            raise Cancelled

    for jobs in (1, 2):
        with pytest.raises(Cancelled):
            build([small_study.store.path], target, SMALL, progress=stop, jobs=jobs)
        assert sorted(tmp_path.iterdir()) == before
        assert target.read_text(encoding="utf-8") == "what was there"


def test_progress_runs_from_nothing_to_all(small_study, tmp_path):
    seen = []
    build([small_study.store.path], tmp_path / "d.h5", SMALL, progress=lambda *each: seen.append(each))
    assert seen[0] == (0, 20, "Images")
    assert seen[-1] == (20, 20, "Images")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"size": 4}, "grid"),
        ({"method": "magic"}, "ivt"),
        ({"sigma_deg": 0.0}, "sigma"),
        ({"sigma_deg": math.nan}, "sigma"),
        ({"split": "half"}, "60/20/20"),
        ({"max_data_loss": 30.0}, "0 to 1"),
        ({"max_accuracy_deg": 0.0}, "degrees"),
        ({"eye": "dominant"}, "mean, left, right, better"),
        ({"weights": "none"}, "duration, count, samples"),
        ({"first_s": 0.0}, "positive"),
        ({"first_s": math.inf}, "positive"),
        ({"central_bias": "yes"}, "keep, remove"),
    ],
)
def test_options_that_make_no_sense_are_refused(small_study, tmp_path, changes, word):
    with pytest.raises(BadInput, match=word):
        build([small_study.store.path], tmp_path / "data.h5", BuildOptions(**changes))
    assert not (tmp_path / "data.h5").exists()


def test_bad_places_and_studies_are_refused(small_study, make_study, tmp_path):
    path = small_study.store.path
    with pytest.raises(BadInput, match="no folder"):
        build([path], tmp_path / "nowhere" / "data.h5", SMALL)
    with pytest.raises(BadInput, match="is a folder"):
        build([path], tmp_path, SMALL)
    with pytest.raises(BadInput, match="no image"):
        build([make_study("empty").store.path], tmp_path / "data.h5", SMALL)
    with pytest.raises(BadInput):
        build([tmp_path / "missing"], tmp_path / "data.h5", SMALL)


def test_info_says_what_is_in_the_file(small_dataset):
    facts = dataset_info(small_dataset)
    wanted = {
        "format_version": "1.0",
        "study": "study",
        "simulated": False,
        "patients_known": True,
        "images": 20,
        "patients": 10,
        "readings": 20,
        "gaze_samples": 4400,
        "fixations": 40,
        "grid_px": 64,
        "sigma_deg": 1.0,
        "classes": {"Type 1": 8, "Type 2": 6, "Type 3": 6},
        "has_gaze": 20,
    }
    assert {name: facts[name] for name in wanted} == wanted
    assert sum(facts["splits"].values()) == 20
    json.dumps(facts, allow_nan=False)


@pytest.mark.parametrize(("limit", "used"), [(0.1, False), (0.9, True)])
def test_what_a_study_marks_its_data_set_leaves_out(make_study, built, limit, used):
    """The limits of the study's own options count where none are asked for."""
    maker = make_study()
    maker.store.change_protocol(Protocol(max_data_loss=limit))
    maker.start()
    maker.read(maker.add_image("p", truth=1), 1, lost=slice(0, 100))
    maker.end()
    _, file = built([maker])
    with file:
        assert 0.1 < file["readings/data_loss"][0] < 0.9
        assert file["readings/valid"][0] == used
        assert json.loads(file.attrs["build"])["max_data_loss"] == limit
    _, file = built([maker], BuildOptions(size=64, max_data_loss=1.0))
    with file:
        assert file["readings/valid"][0]


def test_folds_are_written_where_asked_for_and_leave_the_split_alone(small_study, built):
    _, plain = built([small_study], name="plain.h5")
    _, file = built([small_study], BuildOptions(size=64, folds=5))
    with plain, file:
        assert "fold" not in plain["images"]
        fold = file["images/fold"]
        assert (fold.dtype, fold.shape, fold.compression) == (np.int8, (20,), "gzip")
        np.testing.assert_array_equal(fold[::2], fold[1::2])
        assert np.bincount(fold[:]).tolist() == [4] * 5
        np.testing.assert_array_equal(file["images/split"][:], plain["images/split"][:])
        assert json.loads(file.attrs["build"])["folds"] == 5


def smooth(seed, size=(96, 72)):
    random = np.random.default_rng(seed).random((size[1], size[0], 3), dtype=np.float32)
    picture = cv2.GaussianBlur(random, (0, 0), 4)
    picture = (picture - picture.min()) / np.ptp(picture)
    return (picture * 200 + 20).astype(np.uint8)


def test_nearly_equal_images_of_different_patients_are_warned_of(make_study, built):
    maker = make_study()
    for number in range(6):
        maker.add_image(f"p{number}", number % 3, size=(96, 72), pixels=smooth(number))
    bright = (smooth(0) * 1.1).clip(0, 255).astype(np.uint8)
    copy = maker.add_image("other", 0, size=(96, 72), pixels=bright)
    maker.add_image("p1", 1, size=(96, 72), pixels=smooth(1) + np.uint8(3))
    first = maker.store.images()[0].id
    report, file = built([maker], BuildOptions(size=64, folds=7))
    with file:
        made, split = json.loads(file.attrs["build"]), file["images/split"][:]
    assert made["near_duplicates"] == [[first[:16], copy[:16]]]
    assert made["near_duplicates_count"] == 1
    torn = int(split[0] != split[6])
    assert made["near_duplicates_in_two_parts"] == torn
    (warning,) = [each for each in report.warnings if "nearly equal" in each]
    assert (
        f"1 pair of nearly equal images belongs to different patients as far as is known, {torn} of them in"
        in warning
    )
    assert "1 in different folds" in warning
    assert f"{first[:16]} and {copy[:16]}" in warning
    parallel, again = built([maker], BuildOptions(size=64, folds=7), name="again.h5", jobs=2)
    again.close()
    assert parallel.warnings == report.warnings
