import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.looks import FIRST_SACCADE_S, HELD_S, WEIGHTS, Weighting, on_image, weighed
from gazeannotator.gaze.filters import MAX_GAP_S

SIZE_PX = (64, 48)


@st.composite
def readings(draw):
    """Samples at uneven times and fixations one after another; some of both beside the image or lost."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, k = draw(st.integers(0, 60)), draw(st.integers(0, 8))
    time_s = np.cumsum(random.choice([0.004, 0.0167, 0.3], n))
    gaze_px = random.uniform((-20, -20), (84, 68), (n, 2))
    gaze_px[random.random(n) < 0.2] = np.nan
    edges = np.cumsum(random.uniform(0.01, 0.4, 2 * k))
    fixations = {
        "onset_s": edges[::2],
        "duration_s": edges[1::2] - edges[::2],
        "xy_px": random.uniform((-20, -20), (84, 68), (k, 2)).astype(np.float32),
    }
    return {"t_s": time_s, "xy_px": gaze_px.astype(np.float32)}, fixations


def inside(xy):
    return 0 <= xy[0] < SIZE_PX[0] and 0 <= xy[1] < SIZE_PX[1]


def by_hand(gaze, fixations, rule):
    """The definition, point by point: (x, y, weight)."""
    window_s = math.inf if rule.first_s is None else rule.first_s
    rows = list(zip(fixations["onset_s"], fixations["duration_s"], fixations["xy_px"], strict=True))
    early = [(onset, onset + duration) for onset, duration, _ in rows if onset < FIRST_SACCADE_S]
    found = []
    if rule.weights != "samples":
        for onset, duration, xy in rows:
            left_out = rule.skip_first_fixation and onset < FIRST_SACCADE_S
            if not left_out and onset < window_s and inside(xy):
                seen_s = min(onset + duration, window_s) - onset
                found.append((*xy, 1.0 if rule.weights == "count" else seen_s))
        return found
    times = gaze["t_s"].tolist()
    for row, (now, xy) in enumerate(zip(times, gaze["xy_px"], strict=True)):
        later = times[row + 1] - now if row + 1 < len(times) else math.nan
        if math.isnan(later):
            later = float(np.median(np.diff(times))) if len(times) > 1 else HELD_S
        left_out = rule.skip_first_fixation and any(now <= end for _, end in early)
        if not left_out and now < window_s and inside(xy):
            found.append((*xy, min(later, HELD_S, window_s - now)))
    return found


RULES = st.builds(Weighting, st.sampled_from(WEIGHTS), st.sampled_from([None, 0.05, 0.5, 2.0]), st.booleans())


@settings(max_examples=150, deadline=None)
@given(readings(), RULES)
def test_points_and_weights_are_those_of_the_definition(reading, rule):
    xy, weights = weighed(*reading, SIZE_PX, rule)
    expected = np.array(by_hand(*reading, rule), float).reshape(-1, 3)
    np.testing.assert_allclose(np.column_stack([xy, weights]), expected, atol=1e-12)
    assert (weights > 0).all()


@settings(max_examples=40, deadline=None)
@given(readings())
def test_by_default_it_is_the_durations_to_the_bit(reading):
    _, fixations = reading
    kept = on_image(fixations["xy_px"], np.array(SIZE_PX))
    xy, weights = weighed({}, fixations, SIZE_PX, Weighting())
    np.testing.assert_array_equal(xy, fixations["xy_px"][kept])
    np.testing.assert_array_equal(weights, fixations["duration_s"][kept])
    assert weights.dtype == np.float64


@settings(max_examples=40, deadline=None)
@given(readings(), st.sampled_from(WEIGHTS), st.booleans())
def test_a_longer_span_never_weighs_less(reading, weights, skip):
    spans = [0.1, 0.5, 1.0, 5.0, None]
    sums = [weighed(*reading, SIZE_PX, Weighting(weights, each, skip))[1].sum() for each in spans]
    assert all(b >= a - 1e-12 for a, b in itertools.pairwise(sums))


def test_a_fixation_under_way_is_cut():
    fixations = {
        "onset_s": np.array([0.0, 1.5]),
        "duration_s": np.array([1.0, 1.0]),
        "xy_px": np.ones((2, 2)),
    }
    assert weighed({}, fixations, SIZE_PX, Weighting(first_s=2.0))[1].tolist() == [1.0, 0.5]
    assert weighed({}, fixations, SIZE_PX, Weighting(first_s=1.5))[1].tolist() == [1.0]
    assert weighed({}, fixations, SIZE_PX, Weighting("count", 2.0))[1].tolist() == [1.0, 1.0]


def test_what_the_eye_rested_on_when_the_image_came_is_left_out():
    fixations = {
        "onset_s": np.array([0.0, 0.099, 0.1]),
        "duration_s": np.array([0.09, 0.0009, 0.3]),
        "xy_px": np.ones((3, 2)),
    }
    assert weighed({}, fixations, SIZE_PX, Weighting(skip_first_fixation=True))[1].tolist() == [0.3]


def test_samples_without_times_weigh_alike_and_have_no_place_in_a_span():
    gaze = {"t_s": np.full(4, np.nan), "xy_px": np.array([[1, 1], [70, 1], [np.nan, np.nan], [2, 2]])}
    nothing = {"onset_s": np.empty(0), "duration_s": np.empty(0), "xy_px": np.empty((0, 2))}
    for skip in (False, True):
        xy, weights = weighed(gaze, nothing, SIZE_PX, Weighting("samples", None, skip))
        assert xy.tolist() == [[1, 1], [2, 2]]
        assert weights.tolist() == [HELD_S, HELD_S]
    assert not len(weighed(gaze, nothing, SIZE_PX, Weighting("samples", 2.0))[0])


def test_a_sample_counts_as_long_as_a_gap_is_bridged():
    assert HELD_S == MAX_GAP_S


def test_a_rule_is_read_from_a_file_and_told_in_words():
    assert Weighting.of({}) == Weighting()
    assert Weighting().in_words() == []
    rule = Weighting("count", 2.5, True)
    assert Weighting.of({"weights": "count", "first_s": 2.5, "skip_first_fixation": True}) == rule
    said = " ".join(rule.in_words())
    for word in ("every fixation weighs the same", "first 2.5 s", "rested when the image came"):
        assert word in said
    assert "samples" in Weighting("samples").in_words()[0]


@pytest.mark.parametrize("weights", WEIGHTS)
def test_a_reading_without_gaze_has_no_points(weights):
    nothing = {"onset_s": np.empty(0), "duration_s": np.empty(0), "xy_px": np.empty((0, 2), np.float32)}
    gaze = {"t_s": np.empty(0), "xy_px": np.empty((0, 2), np.float32)}
    xy, found = weighed(gaze, nothing, SIZE_PX, Weighting(weights, 2.0, True))
    assert xy.shape == (0, 2)
    assert found.shape == (0,)
