"""What is wrong with the gaze while it is recorded, told before readings are lost by it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from gazeannotator.gaze.filters import data_loss, spacing_s
from gazeannotator.samples import FloatArray, GazeChunk
from gazeannotator.study.model import Protocol as ReadingProtocol
from gazeannotator.tracking.head import distance_change_mm, head_position
from gazeannotator.tracking.measures import in_order
from gazeannotator.tracking.quality import DriftCheck

translate = QCoreApplication.translate

LOOK_EVERY_MS = 500
LOSS_OVER_S = 5.0
LOSS_TOLD_AFTER_S = 2.0
"""Of less gaze nothing is said."""

LOST_NOW_OVER_S = 1.0
"""The reader is told nothing of what is over already."""

DISTANCE_OVER_S = 1.0
REFERENCE_OVER_S = 2.0
OVER_AT = 0.8
"""An alarm ends at this share of its limit, so that it does not flicker about it."""

SEEN_BY_READER_AFTER_S = 2.0

Kind = Literal["data_loss", "distance", "accuracy", "setup"]


class Feed(Protocol):
    """Where gaze comes from, as `GazeFeed`."""

    def raw(self, seconds: float) -> GazeChunk:
        """Give the samples of the last seconds."""

    def arrived_after(self, arrived_s: float) -> tuple[GazeChunk, float]:
        """Give what arrived after that time, and when the newest of all did."""


class Alarms(QObject):
    """Watches the gaze while somebody reads.

    Parameters
    ----------
    feed : callable
        Gives the stream; None while there is none.
    clock : callable
    protocol : callable
        Gives the study's limits.

    Signals
    -------
    alarm(kind, words)
        One has begun, or its words have changed; with empty words it is over.
    told(str)
        `for_reader` has changed.

    Attributes
    ----------
    active : dict
        Kind → words for the operator.
    for_reader : str
        The one thing that the reader can do about what has lasted for a while; mostly empty.
    reference_mm : float
        The distance that a change is counted from; NaN if none is known yet.
    """

    alarm = Signal(str, str)
    told = Signal(str)

    def __init__(
        self,
        feed: Callable[[], Feed | None],
        clock: Callable[[], float],
        protocol: Callable[[], ReadingProtocol],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.active: dict[Kind, str] = {}
        self.for_reader = ""
        self._feed = feed
        self._clock = clock
        self._protocol = protocol
        self._since_s: dict[Kind, float] = {}
        # Since somebody reads, and no longer ago than is looked at.
        self._recent = GazeChunk.empty()
        self._arrived_s = -math.inf
        self.reference_mm = math.nan
        self._change_mm = math.nan
        self._lost_now = False
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(lambda: self.look(self._clock()))

    def watch(self, reading: bool) -> None:
        """Watch from now on, or no longer: who does not read may look anywhere."""
        if reading and not self._timer.isActive():
            self._fetch()
            self._recent = GazeChunk.empty()
            self._timer.start()
        elif not reading and self._timer.isActive():
            self._timer.stop()
            self._set("data_loss", "")
            self._tell("")

    def take_distance(self, validated_mm: float | None = None) -> None:
        """Compare the reader's distance from now on with that of a validation, else the present one."""
        feed = self._feed()
        if feed is None:
            return
        if validated_mm is None or math.isnan(validated_mm):
            validated_mm = head_position(feed.raw(REFERENCE_OVER_S)).distance_mm
        self.reference_mm = validated_mm
        self._set("distance", "")

    def take_change(self) -> None:
        """Say that the tracker is another than was validated, until it is validated again."""
        self._set("setup", translate("Alarms", "The eye tracker was set up anew and is not validated yet."))

    def take_accuracy(self, accuracy_deg: float) -> None:
        """Judge what a validation has found."""
        limit_deg = self._protocol().max_accuracy_deg
        self._set("setup", "")
        words = translate("Alarms", "Accuracy {found:.1f}°: the study allows {limit:g}°.")
        self._set(
            "accuracy",
            words.format(found=accuracy_deg, limit=limit_deg) if accuracy_deg > limit_deg else "",
        )

    def take_check(self, check: DriftCheck) -> None:
        """Judge what a drift check has found."""
        limit_deg = self._protocol().max_accuracy_deg
        if check.passes(limit_deg):
            self._set("accuracy", "")
        elif math.isnan(check.offset_deg):
            self._set("accuracy", translate("Alarms", "The drift check did not find the eyes."))
        elif check.offset_deg > limit_deg:
            words = translate("Alarms", "The drift check found {found:.1f}°: the study allows {limit:g}°.")
            self._set("accuracy", words.format(found=check.offset_deg, limit=limit_deg))
        else:
            self._set("accuracy", translate("Alarms", "The eyes did not rest during the drift check."))

    def look(self, now_s: float) -> None:
        """Look at the last seconds."""
        self._fetch()
        if len(self._recent):
            self._look_at_loss(now_s)
            self._look_at_distance(now_s)
        self._tell(self._words_for_reader(now_s))

    def _fetch(self) -> None:
        """Take what is new: to join all that is kept takes as long as a frame, at 1200 Hz."""
        feed = self._feed()
        if feed is None:
            return
        new, self._arrived_s = feed.arrived_after(self._arrived_s)
        recent = in_order(GazeChunk.joined([self._recent, new]))
        self._recent = recent[recent.time_s > recent.time_s[-1] - LOSS_OVER_S] if len(recent) else recent

    def _tell(self, words: str) -> None:
        if words != self.for_reader:
            self.for_reader = words
            self.told.emit(words)

    def _words_for_reader(self, now_s: float) -> str:
        lasting = {
            kind for kind, since_s in self._since_s.items() if now_s - since_s >= SEEN_BY_READER_AFTER_S
        }
        if "data_loss" in lasting and self._lost_now:
            return translate("Alarms", "Eyes not found: sit upright")
        if "distance" in lasting and self._change_mm < 0:
            return translate("Alarms", "You have come closer: sit back a little")
        if "distance" in lasting:
            return translate("Alarms", "You are further away: come a little closer")
        return ""

    def _look_at_loss(self, now_s: float) -> None:
        time_s, lost = self._recent.time_s, self._recent.lost
        stop_s = float(time_s[-1])
        if stop_s - time_s[0] < LOSS_TOLD_AFTER_S:
            return
        loss = _loss(time_s, lost, float(time_s[0]))
        if math.isnan(loss):
            return
        self._lost_now = _loss(time_s, lost, stop_s - LOST_NOW_OVER_S) > self._protocol().max_data_loss
        if self._goes_on("data_loss", loss, self._protocol().max_data_loss):
            words = translate("Alarms", "{share:.0f} % of the samples of the last seconds are lost.")
            self._set("data_loss", words.format(share=100 * loss), now_s)
        else:
            self._set("data_loss", "")

    def _look_at_distance(self, now_s: float) -> None:
        chunk = self._recent
        if math.isnan(self.reference_mm):
            self.reference_mm = head_position(chunk).distance_mm
            return
        last = chunk[chunk.time_s > chunk.time_s[-1] - DISTANCE_OVER_S]
        change_mm = distance_change_mm(self.reference_mm, last)
        if math.isnan(change_mm):
            return
        self._change_mm = change_mm
        if self._goes_on("distance", abs(change_mm), self._protocol().max_distance_change_mm):
            words = translate("Alarms", "The reader is {cm:.0f} cm closer than before.")
            if change_mm > 0:
                words = translate("Alarms", "The reader is {cm:.0f} cm further away than before.")
            self._set("distance", words.format(cm=abs(change_mm) / 10), now_s)
        else:
            self._set("distance", "")

    def _goes_on(self, kind: Kind, value: float, limit: float) -> bool:
        return value > (OVER_AT * limit if kind in self.active else limit)

    def _set(self, kind: Kind, words: str, now_s: float | None = None) -> None:
        if self.active.get(kind, "") == words:
            return
        if words:
            self.active[kind] = words
            self._since_s.setdefault(kind, self._clock() if now_s is None else now_s)
        else:
            self.active.pop(kind, None)
            self._since_s.pop(kind, None)
        self.alarm.emit(kind, words)


def _loss(time_s: FloatArray, lost: NDArray[np.bool_], start_s: float) -> float:
    inside = time_s >= start_s
    time_s, lost = time_s[inside], lost[inside]
    rate_hz = 1 / spacing_s(time_s) if len(time_s) > 2 else math.nan
    return data_loss(time_s, lost, start_s, float(time_s[-1]), rate_hz)
