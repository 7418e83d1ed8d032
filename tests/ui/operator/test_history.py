from __future__ import annotations

import math
from typing import Any

import pytest

from gazeannotator.study.model import Entry
from gazeannotator.ui.operator.history import KEPT, History
from gazeannotator.ui.operator.situation import Limits

UTC = "2027-03-01T13:00:00.000+00:00"


def entry(event: str, t_s: float, reading: str | None = None, **data: Any) -> Entry:
    return Entry("S", 0, t_s, event, reading, "image", data, UTC)


def read(history: History, reading: str, onset_s: float, key_s: float, **data: Any) -> None:
    history.hear(entry("onset", onset_s, reading))
    history.hear(entry("key", key_s, reading, key="2", label=1, **data))
    history.hear(entry("offset", key_s, reading, reason="answered"))


@pytest.fixture
def history() -> History:
    return History(Limits(0.3, 1.5, 80.0))


def test_answers_with_their_quality_but_without_the_answer(history: History) -> None:
    history.hear(entry("session_started", 5.0))
    read(history, "a", 10.0, 14.0)
    history.hear(entry("quality", 14.1, "a", data_loss=0.4, accuracy_deg=0.5, below=["data_loss"]))
    read(history, "b", 15.0, 21.5, replaces="a")
    newest, first = history.answered
    assert (first.number, first.response_s, first.data_loss, first.below) == (1, 4.0, 0.4, ("data_loss",))
    assert (newest.number, newest.response_s, newest.again) == (2, 6.5, True)
    assert math.isnan(newest.data_loss)
    assert history.started_s == 5.0
    assert "label" not in vars(newest)


def test_the_pace_leaves_pauses_out(history: History) -> None:
    assert math.isnan(history.seconds_an_image)
    read(history, "a", 10.0, 14.0)
    history.hear(entry("onset", 15.0, "b"))
    history.hear(entry("pause", 16.0))
    history.hear(entry("resume", 100.0))
    read(history, "c", 101.0, 108.0)
    assert history.seconds_an_image == pytest.approx((4 + 8) / 2)


def test_checks_of_the_tracker(history: History) -> None:
    measured = {"precision_rms_deg": 0.1, "data_loss": 0.02, "points": 9, "distance_mm": 630.0}
    history.hear(entry("validation", 1.0, accuracy_deg=1.8, correction=None, **measured))
    history.hear(entry("validation", 2.0, accuracy_deg=1.8, correction={"accuracy_deg": 0.9}, **measured))
    history.hear(entry("validation", 3.0, accuracy_deg=0.4, correction=None, passed=False, **measured))
    history.hear(entry("drift_check", 4.0, offset_deg=None, limit_deg=1.5, passed=False))
    drift, judged, corrected, poor = history.checks
    assert (poor.accuracy_deg, poor.limit_deg, poor.passed) == (1.8, 1.5, False)
    assert (corrected.accuracy_deg, corrected.passed) == (0.9, True)
    assert not judged.passed
    assert (drift.kind, drift.passed) == ("drift_check", False)
    assert math.isnan(drift.accuracy_deg)


def test_targets_come_and_go(history: History) -> None:
    history.hear(entry("target", 1.0, purpose="validation", xy_px=[100, 200.5]))
    assert history.target_px == (100.0, 200.5)
    history.hear(entry("target", 2.0, purpose="validation", xy_px=None))
    assert history.target_px is None


def test_memory_stays_the_same_all_day(history: History) -> None:
    for number in range(3 * KEPT):
        read(history, str(number), number, number + 0.5)
        history.hear(entry("gap", number, from_s=number, to_s=number + 0.1, reason="silence"))
        history.hear(entry("drift_check", number, offset_deg=1.0, limit_deg=2.0, passed=True))
    assert len(history.answered) == len(history.gaps) == len(history.checks) == KEPT
    assert history.answered[0].number == 3 * KEPT
    assert history.gaps[-1] == (3 * KEPT - 1, 3 * KEPT - 0.9)


def test_other_rows_change_nothing(history: History) -> None:
    history.hear(entry("flag", 1.0, "a", flagged=True))
    history.hear(entry("something_new", 1.0))
    history.hear(entry("quality", 1.0, "never seen", data_loss=1.0, below=["data_loss"]))
    assert history.answered == history.checks == history.gaps == ()
