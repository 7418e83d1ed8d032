import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.gaze.eyes import EYES, better_eye, chosen_eye
from gazeannotator.geometry import Screen
from gazeannotator.samples import both_eyes

SCREEN = Screen(1920, 1080, 527, 296, 650)


def eyes(*, noise_px=(1.0, 1.0), lost=(0.0, 0.0), n=500, seed=0):
    """Two eyes that make the same saccades, 10 px apart."""
    random = np.random.default_rng(seed)
    path = np.repeat(random.uniform(200, 800, (n // 50, 2)), 50, axis=0)
    made = []
    for noise, share, offset in zip(noise_px, lost, (-5.0, 5.0), strict=True):
        xy = path + np.array([offset, 0]) + random.normal(0, noise, path.shape)
        xy[: round(share * n)] = np.nan
        made.append(xy)
    return made


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.4), st.floats(0, 0.4), st.sampled_from(EYES))
def test_the_choice_is_both_eyes_or_one_of_them_unchanged(seed, left_lost, right_lost, eye):
    left, right = eyes(lost=(left_lost, right_lost), seed=seed)
    expected = {"mean": both_eyes(left, right), "left": left, "right": right}
    expected["better"] = expected[better_eye(left, right, SCREEN)]
    np.testing.assert_array_equal(chosen_eye(left, right, eye, SCREEN), expected[eye])


def test_the_other_eye_does_not_stand_in_for_a_chosen_one_that_is_lost():
    left, right = eyes(lost=(0.2, 0.0))
    assert np.isnan(chosen_eye(left, right, "left", SCREEN)[:100]).all()
    assert np.isfinite(chosen_eye(left, right, "mean", SCREEN)).all()


def test_the_better_eye_is_lost_less_and_then_less_noisy():
    assert better_eye(*eyes(lost=(0.10, 0.02), noise_px=(1, 9)), SCREEN) == "right"
    assert better_eye(*eyes(lost=(0.02, 0.10), noise_px=(9, 1)), SCREEN) == "left"
    assert better_eye(*eyes(lost=(0.008, 0.0), noise_px=(1, 9)), SCREEN) == "left"
    assert better_eye(*eyes(noise_px=(2, 1)), SCREEN) == "right"
    left, _ = eyes()
    assert better_eye(left, left, SCREEN) == "left"
    assert better_eye(left, np.full_like(left, math.nan), SCREEN) == "left"
    assert better_eye(np.full_like(left, math.nan), left, SCREEN) == "right"


def test_larger_saccades_of_one_eye_do_not_make_it_the_noisier_one():
    left, right = eyes(noise_px=(1.0, 2.0))
    # The abducting eye's saccades are some percent larger; over all samples its steps are too.
    left = (left - 500) * 1.1 + 500
    steps = [np.sqrt(np.mean(np.sum(np.diff(each, axis=0) ** 2, axis=1))) for each in (left, right)]
    assert steps[0] > steps[1]
    assert better_eye(left, right, SCREEN) == "left"


def test_no_samples_are_no_error_and_an_unknown_choice_is_one():
    nothing = np.empty((0, 2))
    for eye in EYES:
        assert chosen_eye(nothing, nothing, eye, SCREEN).shape == (0, 2)
    with pytest.raises(KeyError):
        chosen_eye(nothing, nothing, "third", SCREEN)
