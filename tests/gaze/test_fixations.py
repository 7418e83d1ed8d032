import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazeannotator.gaze.fixations import METHODS, find_fixations
from gazeannotator.geometry import Screen, angle_deg

SCREEN = Screen(1920, 1080, 527, 296, 650)
PLACES = ((500, 300), (1200, 500), (900, 800), (300, 600))
DWELL_S, SACCADE_S = 0.4, 0.04


def recording(rate, *, noise_deg=0.0, seed=0, places=PLACES):
    """Rests of 0.4 s with smooth saccades of 40 ms between them, and what is true of them."""
    cycle = DWELL_S + SACCADE_S
    time_s = np.arange(0, len(places) * cycle - SACCADE_S, 1 / rate)
    step, within = np.divmod(time_s, cycle)
    step = step.astype(int)
    share = np.clip((within - DWELL_S) / SACCADE_S, 0, 1)[:, None]
    share = share**3 * (10 - 15 * share + 6 * share**2)
    ends = np.array([*places, places[-1]], float)
    xy = ends[step] * (1 - share) + ends[step + 1] * share
    noise = np.random.default_rng(seed).normal(0, noise_deg * SCREEN.px_per_deg, xy.shape)
    return time_s, xy + noise


def assert_found(found, rate, *, tolerance_deg, places=PLACES):
    assert len(found) == len(places)
    slack_s = 2.5 / rate + 0.02
    for number, place in enumerate(places):
        assert found.onset_s[number] == pytest.approx(number * (DWELL_S + SACCADE_S), abs=slack_s)
        assert found.duration_s[number] == pytest.approx(DWELL_S, abs=2 * slack_s)
        assert angle_deg(found.xy_px[number], np.array(place, float), SCREEN) < tolerance_deg


@pytest.mark.parametrize("rate", [30, 50, 60, 90, 120, 150, 250, 300, 500, 600, 1000, 1200])
@pytest.mark.parametrize("method", METHODS)
def test_clean_rests_are_found_at_every_rate(rate, method):
    time_s, xy = recording(rate)
    found = find_fixations(time_s, xy, SCREEN, method=method)
    assert_found(found, rate, tolerance_deg=0.5)


@pytest.mark.parametrize(
    ("rate", "noise"), [(30, 0.3), (60, 0.3), (120, 0.2), (250, 0.1), (500, 0.05), (1200, 0.03)]
)
def test_noise_that_such_trackers_have_does_not_break_rests_apart(rate, noise):
    for seed in range(5):
        time_s, xy = recording(rate, noise_deg=noise, seed=seed)
        assert_found(find_fixations(time_s, xy, SCREEN), rate, tolerance_deg=0.6)


def test_onset_is_the_first_sample_and_duration_runs_to_the_last():
    time_s = 5 + np.arange(50) / 250
    found = find_fixations(time_s, np.full((50, 2), 400.0), SCREEN)
    assert found.onset_s.tolist() == [5.0]
    assert found.duration_s[0] == pytest.approx(49 / 250)
    assert found.samples.tolist() == [50]
    np.testing.assert_allclose(found.xy_px, [[400, 400]])


@pytest.mark.parametrize("method", METHODS)
def test_lost_samples_are_bridged_but_never_counted(method):
    time_s, xy = np.arange(200) / 250, np.full((200, 2), 700.0)
    xy[50:60] = np.nan
    found = find_fixations(time_s, xy, SCREEN, method=method)
    assert found.samples.tolist() == [190]
    dropped = find_fixations(
        np.delete(time_s, slice(50, 60)), np.delete(xy, slice(50, 60), 0), SCREEN, method=method
    )
    assert dropped.samples.tolist() == [190]
    assert dropped.duration_s == found.duration_s


@pytest.mark.parametrize("method", METHODS)
def test_a_blink_ends_a_fixation(method):
    time_s, xy = np.arange(200) / 250, np.full((200, 2), 700.0)
    xy[80:110] = np.nan
    found = find_fixations(time_s, xy, SCREEN, method=method)
    assert found.samples.tolist() == [80, 90]


@pytest.mark.parametrize(("gap_s", "apart_deg", "expected"), [(0.06, 0.3, 1), (0.12, 0.3, 2), (0.06, 2.0, 2)])
def test_pieces_are_joined_when_near_in_time_and_place(gap_s, apart_deg, expected):
    time_s = np.arange(0, 0.8, 1 / 500)
    xy = np.full((len(time_s), 2), 600.0)
    xy[time_s > 0.4 + gap_s / 2, 0] += apart_deg * SCREEN.px_per_deg
    # Nothing rests in between, so that there are two pieces in any case.
    between = np.abs(time_s - 0.4) < gap_s / 2 - 0.01
    xy[between] += 400 * np.sin(2 * np.pi * 40 * time_s[between])[:, None]
    assert len(find_fixations(time_s, xy, SCREEN)) == expected


@pytest.mark.parametrize(("method", "shortest_s"), [("adaptive", 0.05), ("ivt", 0.06), ("idt", 0.06)])
def test_a_rest_that_is_too_short_is_none(method, shortest_s):
    for duration_s, expected in ((shortest_s - 0.002, 0), (shortest_s, 1)):
        time_s = np.arange(round(duration_s * 500) + 1) / 500
        found = find_fixations(time_s, np.full((len(time_s), 2), 100.0), SCREEN, method=method)
        assert len(found) == expected


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_samples_or_none_are_no_error(method, n):
    assert len(find_fixations(np.arange(n) / 60, np.zeros((n, 2)), SCREEN, method=method)) == 0
    assert len(find_fixations(np.arange(n) / 60, np.full((n, 2), np.nan), SCREEN, method=method)) == 0


def test_times_that_go_back_are_refused():
    with pytest.raises(ValueError, match="strictly increase"):
        find_fixations(np.array([0.0, 0.1, 0.1]), np.zeros((3, 2)), SCREEN)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([30, 60, 250]), st.sampled_from(sorted(METHODS)))
def test_whatever_comes_in_fixations_are_ordered_apart_and_inside(seed, rate, method):
    random = np.random.default_rng(seed)
    time_s = np.cumsum(random.choice([1, 1, 1, 2, 9], 300)) / rate
    xy = np.cumsum(random.choice([0, 0, 0, 200, -200], (300, 2)) + random.normal(0, 3, (300, 2)), axis=0)
    xy[random.random(300) < 0.1] = np.nan
    found = find_fixations(time_s, xy, SCREEN, method=method)
    ends = found.onset_s + found.duration_s
    assert (found.duration_s >= METHODS[method].min_duration_s - 1e-6).all()
    assert (ends[:-1] < found.onset_s[1:]).all()
    assert np.isin(found.onset_s, time_s).all()
    assert (found.samples >= 2).all()
    assert not np.isnan(found.xy_px).any()
    assert found.samples.sum() <= np.count_nonzero(~np.isnan(xy[:, 0]))


def test_shifting_time_shifts_the_onsets_only():
    time_s, xy = recording(250, noise_deg=0.1)
    early, late = find_fixations(time_s, xy, SCREEN), find_fixations(time_s + 1000, xy, SCREEN)
    np.testing.assert_allclose(late.onset_s - 1000, early.onset_s, atol=1e-6)
    np.testing.assert_array_equal(late.samples, early.samples)


def kappa(a, b):
    """Cohen's kappa of two yes/no codings, by its definition."""
    agreed = np.mean(a == b)
    chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return (agreed - chance) / (1 - chance)


def coded(lund2013):
    """Each recording with its screen and, by coder, whether a sample is one of a fixation."""
    for each in json.loads((lund2013 / "recordings.json").read_text(encoding="utf-8")):
        with open(lund2013 / f"{each['stem']}.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        time_s = np.array([float(row["time_s"]) for row in rows])
        xy = np.array([[float(row[name] or "nan") for name in ("x_px", "y_px")] for row in rows])
        labels = [np.array([row[coder] == "1" for row in rows]) for coder in ("coder_ra", "coder_mn")]
        yield time_s, xy, labels, Screen(*each["screen_px"], *each["screen_mm"], each["distance_mm"])


def agreement(time_s, xy, labels, screen, method):
    found = find_fixations(time_s, xy, screen, method=method)
    ours = np.zeros(len(time_s), bool)
    for onset_s, duration_s in zip(found.onset_s, found.duration_s, strict=True):
        ours |= (time_s >= onset_s - 1e-9) & (time_s <= onset_s + duration_s + 1e-9)
    ours &= ~np.isnan(xy).any(axis=1)
    return [kappa(ours, each) for each in labels]


def resampled(time_s, xy, labels, screen, rate, noise_deg, seed):
    """A slower and noisier tracker's view of a recording: the nearest sample, and white noise."""
    n = int((time_s[-1] - time_s[0]) * rate) + 1
    nearest = np.round(np.arange(n) / rate / (time_s[1] - time_s[0])).astype(int).clip(0, len(time_s) - 1)
    noise = np.random.default_rng(seed).normal(0, noise_deg * screen.px_per_deg, (n, 2))
    return time_s[0] + np.arange(n) / rate, xy[nearest] + noise, [each[nearest] for each in labels], screen


def test_human_coders_agree_with_it_on_real_recordings(lund2013):
    kappas = {
        method: np.mean([agreement(*each, method) for each in coded(lund2013)])
        for method in ("adaptive", "ivt")
    }
    assert kappas["adaptive"] >= 0.82
    assert kappas["ivt"] >= 0.75


def test_human_coders_agree_with_it_at_60_hz_and_with_noise(lund2013):
    kappas = [
        agreement(*resampled(*each, 60, 0.3, seed), "adaptive")
        for seed in range(5)
        for each in coded(lund2013)
    ]
    assert np.mean(kappas) >= 0.65


@pytest.mark.parametrize(("rate", "noise"), [(500, 0.0), (500, 0.3), (250, 0.1), (120, 0.2), (60, 0.3)])
def test_it_is_better_than_a_fixed_threshold_at_every_rate_and_noise(lund2013, rate, noise):
    recordings = [resampled(*each, rate, noise, 1) for each in coded(lund2013)]
    adaptive, ivt = (
        np.mean([agreement(*each, method) for each in recordings]) for method in ("adaptive", "ivt")
    )
    assert adaptive >= ivt + 0.02
