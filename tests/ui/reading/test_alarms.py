"""Alarms while reading, on gaze that is made up second by second."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import Protocol
from gazeannotator.tracking.quality import DriftCheck
from gazeannotator.ui.reading import alarms as alarms_module
from gazeannotator.ui.reading.alarms import Alarms
from gazeannotator.ui.reading.room import Phase

RATE_HZ = 100.0


class FakeFeed:
    """Gaze of the middle of the screen with the loss and the distance that it is told."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.chunk = GazeChunk.empty()

    def run(
        self, seconds: float, *, lost: float = 0.0, distance_mm: float = 650.0, sent: bool = True
    ) -> None:
        """Let time go by."""
        n = round(seconds * RATE_HZ)
        time_s = self.now_s + np.arange(1, n + 1) / RATE_HZ
        self.now_s += seconds
        if not sent:
            return
        # Every so many samples are lost, so that each span has the same share.
        gone = np.floor(np.arange(1, n + 1) * lost) > np.floor(np.arange(n) * lost)
        eye = np.where(gone[:, None], math.nan, 0.5).repeat(2, axis=1)
        more = GazeChunk(
            time_s,
            eye,
            eye,
            np.full((n, 2), math.nan),
            np.where(gone, math.nan, distance_mm),
            np.full(n, math.nan),
            np.full((n, 2, 3), math.nan),
        )
        self.chunk = GazeChunk.joined([self.chunk, more])

    def raw(self, seconds: float) -> GazeChunk:
        if not len(self.chunk):
            return self.chunk
        return self.chunk[self.chunk.time_s > self.chunk.time_s[-1] - seconds]

    def arrived_after(self, arrived_s: float) -> tuple[GazeChunk, float]:
        return self.chunk[self.chunk.time_s > arrived_s], float(self.chunk.time_s.max(initial=-math.inf))


class Watched:
    """Alarms over a fake feed, looked at twice a second."""

    def __init__(self, protocol: Protocol) -> None:
        self.feed = FakeFeed()
        self.alarms = Alarms(lambda: self.feed, lambda: self.feed.now_s, lambda: protocol)
        self.heard: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.alarms.alarm.connect(lambda *each: self.heard.append(each))
        self.alarms.told.connect(self.told.append)
        self.feed.run(3)
        self.alarms.watch(True)
        # Time is made here.
        self.alarms._timer.stop()

    def run(self, seconds: float, **how: Any) -> None:
        for _ in range(round(2 * seconds)):
            self.feed.run(0.5, **how)
            self.alarms.look(self.feed.now_s)

    @property
    def on(self) -> set[str]:
        return set(self.alarms.active)


@pytest.fixture
def watched(qapp: QApplication) -> Watched:
    return Watched(Protocol(max_data_loss=0.3, max_distance_change_mm=80.0))


def test_nothing_is_wrong_with_good_gaze(watched: Watched) -> None:
    watched.run(20, lost=0.1)
    assert watched.heard == []
    assert watched.told == []


def test_loss_of_the_last_five_seconds(watched: Watched) -> None:
    watched.run(6)
    watched.run(2, lost=0.7)
    # Two of five seconds: 28 %.
    assert watched.on == set()
    watched.run(0.5, lost=0.7)
    assert watched.on == {"data_loss"}
    assert watched.heard == [("data_loss", "35 % of the samples of the last seconds are lost.")]


def test_loss_counts_samples_that_never_came(watched: Watched) -> None:
    watched.run(6)
    watched.run(2, sent=False)
    watched.run(0.5)
    assert watched.on == {"data_loss"}


def test_loss_alarm_does_not_flicker_about_its_limit(watched: Watched) -> None:
    watched.run(6, lost=0.32)
    assert watched.on == {"data_loss"}
    watched.run(8, lost=0.27)
    assert watched.on == {"data_loss"}
    watched.run(6, lost=0.2)
    assert watched.on == set()
    watched.run(8, lost=0.29)
    assert watched.on == set()
    assert [bool(words) for _kind, words in watched.heard].count(False) == 1


def test_reader_is_told_only_what_lasts(watched: Watched) -> None:
    watched.run(6)
    watched.run(2.5, lost=0.7)
    assert watched.on == {"data_loss"}
    assert watched.told == []
    watched.run(0.5, lost=0.0)
    watched.run(6)
    assert watched.told == []
    assert watched.on == set()
    watched.run(6, lost=1.0)
    assert watched.told == ["Eyes not found: sit upright"]
    watched.run(6)
    assert watched.told == ["Eyes not found: sit upright", ""]


def test_nothing_is_said_of_the_time_before_the_reading(watched: Watched) -> None:
    watched.alarms.watch(False)
    watched.feed.run(10, lost=1.0)
    watched.alarms.watch(True)
    watched.alarms._timer.stop()
    watched.run(1.5, lost=1.0)
    # Whoever turned away during the pause needs a moment to come back.
    assert watched.on == set()
    watched.run(1, lost=1.0)
    assert watched.on == {"data_loss"}


def test_pause_ends_the_alarm_of_loss(watched: Watched) -> None:
    watched.run(8, lost=0.9)
    assert watched.on == {"data_loss"}
    watched.alarms._timer.start()
    watched.alarms.watch(False)
    assert watched.on == set()
    assert watched.told[-1] == ""


def test_distance(watched: Watched) -> None:
    watched.alarms.take_distance()
    watched.run(5, distance_mm=720)
    assert watched.on == set()
    watched.run(3, distance_mm=740)
    assert watched.alarms.active == {"distance": "The reader is 9 cm further away than before."}
    assert watched.alarms.for_reader == "You are further away: come a little closer"
    watched.run(2, distance_mm=725)
    assert watched.on == {"distance"}
    watched.run(2, distance_mm=700)
    assert watched.on == set()
    watched.run(4, distance_mm=560)
    assert watched.alarms.for_reader == "You have come closer: sit back a little"


def test_distance_counts_from_the_last_validation(watched: Watched) -> None:
    watched.alarms.take_distance()
    watched.run(4, distance_mm=750)
    assert watched.on == {"distance"}
    watched.alarms.take_distance()
    assert watched.on == set()
    watched.run(4, distance_mm=760)
    assert watched.on == set()


def test_distance_counts_from_what_the_validation_has_measured(watched: Watched) -> None:
    # Meanwhile the reader has leant forward to press Space.
    watched.run(3, distance_mm=560)
    watched.alarms.take_distance(650.0)
    assert watched.alarms.reference_mm == 650
    watched.run(3, distance_mm=660)
    assert watched.on == set()
    watched.run(3, distance_mm=560)
    assert watched.alarms.active == {"distance": "The reader is 9 cm closer than before."}
    for unknown in (math.nan, None):
        watched.alarms.take_distance(unknown)
        assert watched.alarms.reference_mm == 560


@pytest.mark.parametrize("dropped", [5, 6])
def test_loss_is_right_where_most_samples_never_came(watched: Watched, dropped: int) -> None:
    random = np.random.default_rng(dropped)
    for _ in range(16):
        watched.feed.run(0.5)
        chunk, n = watched.feed.chunk, 50
        place = np.argsort(random.random((n // 10, 10)), axis=1).ravel()
        came = np.concatenate([np.ones(len(chunk) - n, bool), place >= dropped])
        watched.feed.chunk = chunk[came]
        watched.alarms.look(watched.feed.now_s)
    told = int(watched.alarms.active["data_loss"].split(" %")[0])
    assert told == pytest.approx(10 * dropped, abs=2)


def test_distance_that_is_not_told_is_no_alarm(watched: Watched) -> None:
    watched.run(4, distance_mm=math.nan)
    watched.alarms.take_distance()
    watched.run(4, distance_mm=math.nan)
    # The first that is told counts.
    watched.run(4, distance_mm=500)
    assert watched.on == set()
    watched.run(4, distance_mm=600)
    assert watched.on == {"distance"}


CHECK = DriftCheck((400.0, 400.0), 1.0, 1.3, 650.0, False, 0.5, (0.5, 0.0), 0.0)


def test_accuracy(watched: Watched) -> None:
    for check, words in (
        (replace(CHECK, offset_deg=2.4), "The drift check found 2.4°: the study allows 2°."),
        (CHECK, ""),
        (replace(CHECK, offset_deg=math.nan), "The drift check did not find the eyes."),
        (replace(CHECK, unstable=True), "The eyes did not rest during the drift check."),
    ):
        watched.alarms.take_check(check)
        assert watched.alarms.active.get("accuracy", "") == words
    watched.alarms.take_accuracy(3.0)
    assert watched.alarms.active["accuracy"] == "Accuracy 3.0°: the study allows 2°."
    # It is for the operator: the reader has been told, and chose to go on.
    watched.run(5)
    assert watched.told == []
    watched.alarms.take_accuracy(1.0)
    assert watched.on == set()


@pytest.mark.timeout(60)
def test_reader_sees_a_calm_sign(
    make_study: Callable[..., Any],
    open_window: Callable[..., Any],
    make_tracker: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarms_module, "LOSS_TOLD_AFTER_S", 0.2)
    monkeypatch.setattr(alarms_module, "SEEN_BY_READER_AFTER_S", 0.3)
    tracker = make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    heard: list[tuple[str, str]] = []
    reading.controller.alarm.connect(lambda *each: heard.append(each))
    reading.start()
    sign = reading.window.signs.calm
    reading.qtbot.wait(700)
    assert not sign.isVisible()
    tracker.lose()
    reading.qtbot.waitUntil(sign.isVisible)
    assert sign.text() == "Eyes not found: sit upright"
    assert heard[0][0] == "data_loss"
    assert reading.controller.alarms["data_loss"] == heard[-1][1]
    # Nothing moves, and the image stays.
    assert reading.controller.phase is Phase.VIEWING
    reading.press(Qt.Key.Key_Space)
    assert not sign.isVisible()
    assert reading.controller.alarms == {}
