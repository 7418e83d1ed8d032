import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.build import BuildOptions
from gazeannotator.dataset.central_bias import remove_central_bias
from gazeannotator.errors import Cancelled
from gazeannotator.gaze.heatmap import gaze_heatmap, scaled_to_one

SIDE = 24


def opened(heatmaps, split):
    """A file in memory with what is needed of a data set."""

    file = h5py.File("none.h5", "w", driver="core", backing_store=False)
    file["images/heatmap"] = np.array(heatmaps, np.float16)
    file["images/split"] = np.array(split, np.int8)
    file["images/has_gaze"] = np.array([each.any() for each in heatmaps], bool)
    return file


def heat(*places):
    xy = np.array(places, float).reshape(-1, 2)
    return scaled_to_one(gaze_heatmap(xy, np.ones(len(xy)), (SIDE, SIDE), 2.5))


def corrected(heatmaps, split):
    with opened(heatmaps, split) as file:
        stored = file["images/heatmap"]
        kept = remove_central_bias(stored, file["images/split"][:], file["images/has_gaze"][:])
        return kept, stored[:].astype(float)


def by_definition(heatmaps, split, row):
    """What is left of one map: all others of the training part are averaged anew."""
    stored = [np.array(each, np.float16).astype(float) for each in heatmaps]
    others = [n for n in range(len(stored)) if split[n] == 0 and n != row and stored[n].any()]
    mean = sum(stored[n] / stored[n].sum() for n in others) / len(others)
    special = np.maximum(stored[row] / stored[row].sum() - mean, 0)
    return special / special.max()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 9))
def test_each_map_loses_the_mean_of_the_training_parts_other_maps(seed, images):
    random = np.random.default_rng(seed)
    maps = [heat((12, 12), random.uniform(0, SIDE, 2), random.uniform(0, SIDE, 2)) for _ in range(images)]
    split = np.array([0, 0, *random.integers(0, 3, images - 2)])
    kept, found = corrected(maps, split)
    assert kept == 0
    for row in range(images):
        np.testing.assert_allclose(found[row], by_definition(maps, split, row), atol=1e-3)
        assert found[row].max() == 1


def test_what_all_images_share_is_gone_and_what_is_special_stays():
    places = [(4, 4), (20, 4), (4, 20), (20, 20)]
    maps = [heat((12, 12), place) for place in places]
    _, found = corrected(maps, [0, 0, 0, 1])
    for row, (x, y) in enumerate(places):
        assert found[row][12, 12] < 0.05
        assert found[row][y, x] > 0.9
        assert maps[row][12, 12] > 0.9


def test_gaze_of_the_other_parts_changes_no_other_map():
    maps = [heat((12, 12), (4 + 3 * n, 6)) for n in range(6)]
    split = [0, 0, 0, 1, 2, 2]
    _, before = corrected(maps, split)
    _, after = corrected([*maps[:3], *(heat((3, 20)) for _ in range(3))], split)
    np.testing.assert_array_equal(before[:3], after[:3])
    assert (before[3:] != after[3:]).any()


def test_a_map_of_which_nothing_is_left_stays_as_it_was_and_is_counted():
    same = [heat((12, 12))] * 3
    kept, found = corrected([*same, heat((3, 3))], [0, 0, 0, 1])
    assert kept == 3
    np.testing.assert_array_equal(found[:3], np.array(same, np.float16).astype(float))
    # Where there is no other map there is no bias to be known.
    kept, found = corrected([heat((12, 12)), np.zeros((SIDE, SIDE))], [0, 1])
    assert kept == 1
    assert not found[1].any()
    assert corrected([heat((12, 12)), heat((3, 3))], [1, 2])[0] == 2


def test_a_build_takes_it_off_at_its_end(make_study, built, tmp_path):
    maker = make_study()
    images = [maker.add_image(f"p{n}", n % 2) for n in range(10)]
    maker.start()
    for n, image in enumerate(images):
        maker.read(image, n % 2, places=((32, 24), (6 + 5 * n, 10), (6 + 5 * n, 40)))
    maker.end()
    _, plain = built([maker])
    seen = []
    report, file = built(
        [maker],
        BuildOptions(size=64, central_bias="remove"),
        name="without.h5",
        progress=lambda *each: seen.append(each),
    )
    with plain, file:
        split, before = plain["images/split"][:], plain["images/heatmap"][:]
        np.testing.assert_array_equal(file["images/split"][:], split)
        expected = [by_definition(before, split, row) for row in range(10)]
        np.testing.assert_allclose(file["images/heatmap"][:], expected, atol=1e-3)
        np.testing.assert_array_equal(file["fixations/xy_px"][:], plain["fixations/xy_px"][:])
    assert not any("central bias" in each for each in report.warnings)
    steps = [each for each in seen if each[2] == "Central bias"]
    assert [done for done, _, _ in steps] == list(range(len(steps)))

    def stop(done, total, what):
        if what == "Central bias":
            raise Cancelled

    before = (tmp_path / "without.h5").read_bytes()
    with pytest.raises(Cancelled):
        built([maker], BuildOptions(size=64, central_bias="remove"), name="without.h5", progress=stop)
    assert (tmp_path / "without.h5").read_bytes() == before


def test_a_build_says_how_many_maps_keep_it(make_study, built):
    maker = make_study()
    images = [maker.add_image(f"p{n}", 0) for n in range(5)]
    maker.start()
    for image in images:
        maker.read(image, 0, places=((32, 24),))
    maker.end()
    report, file = built([maker], BuildOptions(size=64, central_bias="remove"))
    with file:
        assert file["images/heatmap"][:].max(axis=(1, 2)).tolist() == [1] * 5
    assert "5 heatmaps keep the central bias: without it nothing is left" in " ".join(report.warnings)
