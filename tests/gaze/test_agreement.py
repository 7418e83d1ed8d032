"""The measures against slow implementations written from the formulas, and against other libraries.

Formulas: Bylinskii et al. (2019), doi 10.1109/TPAMI.2018.2815601, section 4, and Riche et al. (2013),
Saliency and human fixations: state-of-the-art and study of comparison metrics, ICCV, 1153-1160.
"""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gazeannotator.gaze import agreement
from gazeannotator.gaze.heatmap import gaze_heatmap

SHAPE = (7, 9)


@st.composite
def cases(draw):
    """Two maps, smooth or with many ties, and fixations of which some are on the same pixel."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        maps = [random.integers(0, 4, SHAPE).astype(float) for _ in range(2)]
        maps[0][0, 0], maps[1][0, 0] = 5.0, 5.0
    else:
        maps = [random.random(SHAPE) ** 3 for _ in range(2)]
    at = np.column_stack([random.integers(0, SHAPE[1], 6), random.integers(0, SHAPE[0], 6)])
    return *maps, at


def shares(values):
    total = math.fsum(values.ravel())
    return [value / total for value in values.ravel()]


def moments(values):
    flat = values.ravel().tolist()
    mean = math.fsum(flat) / len(flat)
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in flat) / len(flat))


def slow_nss(attention, at):
    """NSS = 1/N Σ_i (S_i − µ(S)) / σ(S) × Q_i, Q the fixations."""
    mean, deviation = moments(attention)
    return math.fsum((attention[row, col] - mean) / deviation for col, row in at) / len(at)


def slow_cc(a, b):
    """CC = σ(P, Q) / (σ(P) × σ(Q))."""
    (mean_a, dev_a), (mean_b, dev_b) = moments(a), moments(b)
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return math.fsum((x - mean_a) * (y - mean_b) for x, y in pairs) / a.size / (dev_a * dev_b)


def slow_sim(a, b):
    """SIM = Σ_i min(P_i, Q_i), where both sum to one."""
    return math.fsum(map(min, shares(a), shares(b)))


def slow_kl(a, b):
    """KL(P, Q) = Σ_i Q_i log(ε + Q_i / (P_i + ε)), Q the gaze."""
    tiny = agreement.TINY
    pairs = zip(shares(a), shares(b), strict=True)
    return math.fsum(q * math.log(tiny + q / (p + tiny)) for p, q in pairs)


def slow_auc(attention, at):
    """Area under the ROC: its thresholds are all values, hits fixated pixels, false alarms others."""
    hit = {(int(row), int(col)) for col, row in at}
    values = {(row, col): attention[row, col] for row in range(SHAPE[0]) for col in range(SHAPE[1])}
    curve = [(0.0, 0.0)]
    for level in sorted(set(values.values()), reverse=True):
        above = [place for place, value in values.items() if value >= level]
        true = sum(place in hit for place in above)
        curve.append(((len(above) - true) / (len(values) - len(hit)), true / len(hit)))
    return math.fsum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in itertools.pairwise(curve))


def sampled_auc(attention, at):
    """AUC-Judd as the MIT benchmark's code has it: a point of the ROC for each fixated pixel."""
    hit = {(int(row), int(col)) for col, row in at}
    others = [attention[place] for place in np.ndindex(SHAPE) if place not in hit]
    curve = [(0.0, 0.0)]
    for level in sorted((attention[place] for place in hit), reverse=True):
        true = sum(attention[place] >= level for place in hit)
        curve.append((sum(value >= level for value in others) / len(others), true / len(hit)))
    curve.append((1.0, 1.0))
    area = math.fsum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in itertools.pairwise(curve))
    return area, 1 / (2 * len(hit))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_benchmarks_code_finds_at_most_half_a_fixation_more(case):
    attention, _, at = case
    # Where values are tied, straight lines skip more.
    assume(len(np.unique(attention)) == attention.size)
    area, half = sampled_auc(attention, at)
    assert -1e-9 <= area - agreement.auc_judd(attention, at) <= half + 1e-9


@settings(max_examples=60, deadline=None)
@given(cases())
def test_each_measure_is_its_published_formula(case):
    attention, gaze, at = case
    found = agreement.agreement(attention, gaze, at)
    assert tuple(found) == agreement.MEASURES
    assert found["nss"] == pytest.approx(slow_nss(attention, at), abs=1e-9)
    assert found["cc"] == pytest.approx(slow_cc(attention, gaze), abs=1e-9)
    assert found["sim"] == pytest.approx(slow_sim(attention, gaze), abs=1e-9)
    assert found["kl"] == pytest.approx(slow_kl(attention, gaze), abs=1e-9)
    assert found["auc_judd"] == pytest.approx(slow_auc(attention, at), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(cases(), st.sampled_from([0.0, 0.5, 0.9]))
def test_each_measure_is_that_of_another_library(case, quantile):
    attention, gaze, at = case
    fixated = np.zeros(SHAPE, bool)
    fixated[at[:, 1], at[:, 0]] = True
    area = sklearn.metrics.roc_auc_score(fixated.ravel(), attention.ravel())
    assert agreement.auc_judd(attention, at) == pytest.approx(area, abs=1e-9)
    correlation = scipy.stats.pearsonr(attention.ravel(), gaze.ravel()).statistic
    assert agreement.cc(attention, gaze) == pytest.approx(correlation, abs=1e-9)
    z = scipy.stats.zscore(attention, axis=None)
    assert agreement.nss(attention, at) == pytest.approx(z[at[:, 1], at[:, 0]].mean(), abs=1e-9)
    positive = attention + 0.1
    entropy = scipy.stats.entropy(gaze.ravel(), positive.ravel())
    assert agreement.kl(positive, gaze) == pytest.approx(entropy, abs=1e-6)
    apart = abs(agreement.distribution(attention) - agreement.distribution(gaze)).sum()
    assert agreement.sim(attention, gaze) == pytest.approx(1 - apart / 2, abs=1e-9)
    regions = [(each >= np.quantile(each, quantile)) & (each > each.min()) for each in (attention, gaze)]
    jaccard = sklearn.metrics.jaccard_score(*(each.ravel() for each in regions))
    assert agreement.iou(attention, gaze, quantile) == pytest.approx(jaccard, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(cases(), st.floats(0.01, 1000))
def test_the_scale_of_a_map_does_not_matter(case, factor):
    attention, gaze, at = case
    one, other = (agreement.agreement(each, gaze, at) for each in (attention, attention * factor))
    assert one == pytest.approx(other, abs=1e-6)


def test_regions_above_a_quantile_are_counted_in_pixels():
    y, x = np.mgrid[:10, :10]
    gaze = (10 * y + x).astype(float)
    assert agreement.iou(gaze, gaze, 0.9) == 1
    assert agreement.iou(gaze, -gaze, 0.9) == 0
    assert agreement.iou(gaze, (10.0 * x + y), 0.8) == pytest.approx(4 / 36)
    # A mask larger than the quantile is a region as it is, and an empty map has none.
    assert agreement.iou((y < 5).astype(float), (y < 4).astype(float), 0.9) == pytest.approx(0.8)
    assert agreement.iou(np.zeros((10, 10)), gaze, 0.9) == 0
    assert agreement.iou(np.zeros((10, 10)), np.zeros((10, 10)), 0.9) == 0
    for quantile in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="quantile"):
            agreement.iou(gaze, gaze, quantile)


def looked(*places):
    """The map and the pixels of a reader's fixations."""
    xy = np.array(places, float).reshape(-1, 2)
    return gaze_heatmap(xy, np.ones(len(xy)), (40, 60), 4.0), np.floor(xy).astype(np.int64)


def test_readers_who_look_at_the_same_places_are_congruent():
    together = [looked((20.5, 10.5), (40.5, 30.5)), looked((21.5, 10.5), (40.5, 29.5)), looked((20.5, 11.5))]
    apart = [looked((5.5, 5.5)), looked((55.5, 5.5)), looked((30.5, 35.5))]
    near, far = (agreement.congruency(*zip(*each, strict=True)) for each in (together, apart))
    assert near.readers == far.readers == 3
    assert near.auc_judd > 0.95
    assert near.nss > 3
    assert far.auc_judd < 0.5
    assert far.nss < 0


def test_congruency_scores_each_reader_by_the_mean_distribution_of_the_others():
    readers = [looked((10.5, 10.5), (12.5, 30.5)), looked((14.5, 12.5)), looked((50.5, 20.5), (11.5, 11.5))]
    aucs, standardised = [], []
    for number, (_, at) in enumerate(readers):
        others = [heat / heat.sum() for other, (heat, _) in enumerate(readers) if other != number]
        aucs.append(agreement.auc_judd(sum(others) / 2, at))
        standardised.append(agreement.nss(sum(others) / 2, at))
    found = agreement.congruency(*zip(*readers, strict=True))
    assert found.auc_judd == pytest.approx(np.mean(aucs))
    assert found.nss == pytest.approx(np.mean(standardised))


def test_who_did_not_look_takes_no_part_in_congruency():
    one, two, none = looked((10.5, 10.5)), looked((14.5, 12.5)), looked()
    assert agreement.congruency(*zip(one, two, none, strict=True)) == agreement.congruency(
        *zip(one, two, strict=True)
    )
    alone = agreement.congruency(*zip(one, none, strict=True))
    assert alone.readers == 0
    assert math.isnan(alone.auc_judd)
    assert math.isnan(alone.nss)


def test_agreement_of_a_map_with_itself_is_the_best_there_is():
    y, x = np.mgrid[:20, :30]
    gaze = np.exp(-((x - 8.0) ** 2 + (y - 12.0) ** 2) / 20)
    at = np.array([[8, 12]])
    same, other = agreement.agreement(gaze, gaze, at), agreement.agreement(gaze[::-1, ::-1], gaze, at)
    assert same["cc"] == pytest.approx(1)
    assert same["sim"] == pytest.approx(1)
    assert same["kl"] == pytest.approx(0, abs=1e-6)
    assert same["auc_judd"] == 1
    assert same["nss"] == pytest.approx((1 - gaze.mean()) / gaze.std())
    assert other["cc"] < 0.1
    assert other["sim"] < 0.2
    assert other["kl"] > 1
    assert other["auc_judd"] < 0.5
    assert other["nss"] < 0


def test_a_network_that_looks_nowhere_agrees_with_nothing():
    nothing, gaze = np.zeros((8, 8)), np.eye(8)
    found = agreement.agreement(nothing, gaze, np.array([[1, 1]]))
    assert found["cc"] == 0
    assert found["nss"] == 0
    assert found["auc_judd"] == 0.5
    assert np.isnan(agreement.nss(gaze, np.empty((0, 2), np.int64)))
