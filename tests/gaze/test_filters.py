import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.gaze.filters import (
    data_loss,
    dropped_s,
    interval_s,
    lost_rows,
    median,
    odd_at_most,
    runs,
    spacing_s,
    track,
)


@given(st.floats(0.1, 200))
def test_odd_at_most_is_odd_and_the_largest(number):
    found = odd_at_most(number)
    assert found % 2 == 1
    assert found == 1 or found <= number + 1e-5
    assert found + 2 > number


@given(st.lists(st.booleans(), max_size=40))
def test_runs_cover_exactly_the_true_values(mask):
    covered = np.zeros(len(mask), bool)
    for start, stop in runs(np.array(mask, bool)):
        assert stop > start
        assert not covered[max(0, start - 1) : stop].any()
        covered[start:stop] = True
    assert covered.tolist() == mask


@pytest.mark.parametrize("rate", [30, 60, 250, 500, 1200])
def test_a_full_recording_has_no_loss_and_its_own_rate(rate):
    time_s = (0.3 + np.arange(3 * rate)) / rate
    random = np.random.default_rng(rate)
    jittered = time_s + random.uniform(-0.2, 0.2, len(time_s)) / rate
    assert 1 / interval_s(time_s) == pytest.approx(rate)
    lost = np.zeros(len(time_s), bool)
    assert data_loss(jittered, lost, 0.0, 3.0, rate) == 0


@given(st.integers(0, 2**32), st.sampled_from([60.0, 250.0]), st.integers(0, 60))
def test_samples_that_never_came_count_like_lost_ones(seed, rate, dropped):
    random = np.random.default_rng(seed)
    time_s = np.arange(200) / rate
    missing = random.choice(np.arange(1, 199), dropped, replace=False)
    kept = np.setdiff1d(np.arange(200), missing)
    lost = np.zeros(len(kept), bool)
    lost[:10] = True
    loss = data_loss(time_s[kept], lost, 0.0, 199 / rate, rate)
    assert loss == pytest.approx((10 + dropped) / 200)


@given(st.integers(0, 2**32), st.sampled_from([60.0, 250.0, 1200.0]), st.integers(0, 120))
def test_samples_that_never_came_are_known_by_their_times(seed, rate, dropped):
    random = np.random.default_rng(seed)
    time_s = 10 + np.arange(200) / rate
    missing = np.sort(random.choice(np.arange(1, 199), dropped, replace=False))
    kept = np.setdiff1d(np.arange(200), missing)
    jittered = time_s[kept] + random.uniform(-0.2, 0.2, len(kept)) / rate
    found = dropped_s(jittered, rate)
    assert len(found) == dropped
    np.testing.assert_allclose(found, time_s[missing], atol=0.2 / rate + 1e-9)


@given(st.integers(0, 2**32), st.sampled_from([60.0, 250.0, 1200.0]), st.floats(0, 0.6))
def test_the_spacing_is_that_of_neighbours_however_many_samples_are_missing(seed, rate, loss):
    random = np.random.default_rng(seed)
    n = 2000  # of which a quarter has its neighbour beside it, whatever the seed
    time_s = np.arange(n) / rate
    kept = time_s[random.random(n) >= loss] + 5
    assert 1 / spacing_s(kept) == pytest.approx(rate, rel=1e-6)
    jittered = time_s + random.uniform(-0.1, 0.1, n) / rate
    assert spacing_s(jittered) == pytest.approx(interval_s(jittered), rel=0.05)


@given(st.integers(0, 2**32), st.floats(60, 1200), st.floats(0.5, 0.62), st.floats(0, 0.1))
def test_the_loss_is_right_where_most_samples_never_came(seed, rate, dropped, jitter):
    random = np.random.default_rng(seed)
    n = round(12 * rate)
    came, lost = random.random(n) >= dropped, random.random(n) < 0.1
    time_s = (np.arange(n) + random.uniform(-jitter, jitter, n)) / rate
    found = data_loss(time_s[came], lost[came], time_s[0], time_s[-1], 1 / spacing_s(time_s[came]))
    assert found == pytest.approx(1 - np.mean(came & ~lost), abs=0.02)


def test_a_spacing_needs_two_times():
    assert math.isnan(spacing_s(np.zeros(1)))
    assert math.isnan(spacing_s(np.zeros(3)))
    assert spacing_s(np.array([0, 0, 0, 0, 1.0, 1, 1, 2])) == 1
    assert math.isnan(spacing_s(np.empty(0)))


def test_nothing_is_missing_between_none_one_or_doubled_samples():
    for time_s in (np.empty(0), np.zeros(1), np.zeros(3)):
        assert len(dropped_s(time_s, 60.0)) == 0


def test_a_stream_that_starts_late_or_stops_early_lost_the_rest():
    time_s = np.arange(100, 200) / 100
    assert data_loss(time_s, np.zeros(100, bool), 0.0, 4.0, 100.0) == pytest.approx(0.75, abs=0.01)


def test_nothing_received_is_all_lost_and_an_unknown_span_is_unknown():
    nothing = np.empty(0)
    assert data_loss(nothing, nothing.astype(bool), 0.0, 1.0, math.nan) == 1
    assert math.isnan(data_loss(nothing, nothing.astype(bool), 0.0, math.nan, 60.0))
    assert math.isnan(data_loss(np.zeros(1), np.zeros(1, bool), 0.0, 1.0, math.nan))


def test_short_gaps_are_bridged_straight_and_long_ones_are_not():
    time_s = np.arange(100) / 100
    xy = np.column_stack([np.arange(100.0), np.arange(100.0)])
    xy[20:27] = np.nan
    xy[50:58] = np.nan
    signal = track(time_s, xy)
    np.testing.assert_allclose(signal.xy_px[20:27, 0], np.arange(20, 27))
    assert np.isnan(signal.xy_px[50:58]).all()


def test_samples_that_never_came_leave_a_gap_on_the_axis():
    time_s = np.delete(np.arange(100) / 100, slice(40, 45))
    signal = track(time_s, np.column_stack([time_s * 100, time_s * 100]))
    assert len(signal.xy_px) == 100
    assert signal.position[40] == 45
    np.testing.assert_allclose(signal.xy_px[40:45, 0], np.arange(40, 45))


def test_a_pause_of_hours_takes_no_memory():
    time_s = np.concatenate([np.arange(100) / 1000, 36000 + np.arange(100) / 1000])
    assert len(track(time_s, np.ones((200, 2))).xy_px) < 400


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_the_quick_median_is_numpys(values):
    assert median(np.array(values)) == np.median(values)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(20_000, 60_000), st.sampled_from([0.0, 0.3, 0.9]))
def test_the_quick_median_of_many_is_numpys_too(seed, n, lost):
    random = np.random.default_rng(seed)
    for values in (np.abs(random.normal(size=n)), np.round(random.random(n), 1), np.arange(n) * 1.0):
        values[random.random(n) < lost] = np.nan
        assert median(values) == np.nanmedian(values)
        assert median(np.sort(values)) == np.nanmedian(values)


def test_a_median_is_found_where_the_sample_for_it_knows_nothing():
    values = np.arange(40_000) * 1.0
    values[::10] = np.nan
    assert median(values) == np.nanmedian(values)


def test_a_point_is_lost_where_either_coordinate_is():
    xy = np.array([[1.0, 2.0], [np.nan, 2.0], [1.0, np.nan], [np.nan, np.nan]])
    assert lost_rows(xy).tolist() == [False, True, True, True]
