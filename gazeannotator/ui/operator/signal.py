"""What the tracker's numbers mean: good, doubtful or bad, in a word and in a colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.head import head_position
from gazeannotator.tracking.recorder import RecorderStatus
from gazeannotator.ui.operator.situation import Limits, Situation

translate = QCoreApplication.translate

Judgement = Literal["neutral", "success", "warning", "danger"]

RATE_OFF = (0.05, 0.2)
"""From these shares off the announced rate on it is doubtful, and bad."""

LATENCY_S = (0.05, 0.2)
DOUBTFUL_AT = 0.5
"""From this share of a limit on a value is doubtful."""


@dataclass(frozen=True)
class Reading:
    """One number as it is shown: with its unit, a word on it, and how good it is."""

    value: str = "–"
    words: str = ""
    tone: Judgement = "neutral"


@dataclass(frozen=True)
class Signal:
    """The numbers of the signal."""

    rate: Reading = Reading()
    latency: Reading = Reading()
    found: Reading = Reading()
    distance: Reading = Reading()


def judge(status: RecorderStatus | None, chunk: GazeChunk, situation: Situation) -> Signal:
    """Judge the signal.

    Parameters
    ----------
    status : RecorderStatus or None
    chunk : GazeChunk
        About the last half second.
    situation : Situation
    """
    if status is None or status.state == "stopped":
        return Signal()
    if status.state == "waiting":
        waiting = Reading(words=translate("Signal", "no sample yet"), tone="warning")
        return Signal(rate=waiting)
    if status.state == "lost":
        words = translate("Signal", "none for {age:.0f} s").format(age=status.age_s)
        return Signal(rate=Reading("0 Hz", words, "danger"), found=Reading("0 %", "", "danger"))
    return Signal(
        _rate(status.rate_hz, situation.nominal_hz),
        _latency(status.latency_s),
        _found(status.data_loss, situation.limits),
        _distance(head_position(chunk).distance_mm, situation.reference_mm, situation.limits),
    )


def _rate(rate_hz: float, nominal_hz: float) -> Reading:
    if math.isnan(rate_hz):
        return Reading()
    value = f"{rate_hz:.0f} Hz"
    if nominal_hz <= 0:
        return Reading(value)
    tone = _tone(abs(rate_hz / nominal_hz - 1), *RATE_OFF)
    if tone == "success":
        return Reading(value, translate("Signal", "as announced"), tone)
    return Reading(value, translate("Signal", "announced: {rate:.0f}").format(rate=nominal_hz), tone)


def _latency(latency_s: float) -> Reading:
    if math.isnan(latency_s):
        return Reading(words=translate("Signal", "clock not known"))
    # A stamp in the future is as wrong as one of long ago.
    tone = _tone(abs(latency_s), *LATENCY_S)
    words = {
        "success": translate("Signal", "good"),
        "warning": translate("Signal", "slow"),
        "danger": translate("Signal", "far too slow"),
    }
    if latency_s < -LATENCY_S[0]:
        words = dict.fromkeys(words, translate("Signal", "clocks differ"))
    shown = f"{latency_s * 1000:.0f} ms" if abs(latency_s) < 10 else f"{latency_s:.0f} s"
    return Reading(shown, words[tone], tone)


def _found(loss: float, limits: Limits) -> Reading:
    if math.isnan(loss):
        return Reading()
    tone = _tone(loss, DOUBTFUL_AT * limits.data_loss, limits.data_loss)
    words = {
        "success": translate("Signal", "good"),
        "warning": translate("Signal", "often lost"),
        "danger": translate("Signal", "beyond the limit"),
    }
    return Reading(f"{math.floor(100 * (1 - loss) + 1e-9)} %", words[tone], tone)


def _distance(distance_mm: float, reference_mm: float, limits: Limits) -> Reading:
    if math.isnan(distance_mm):
        return Reading(words=translate("Signal", "not told"))
    value = f"{distance_mm / 10:.0f} cm"
    change_mm = distance_mm - reference_mm
    if math.isnan(change_mm):
        return Reading(value)
    tone = _tone(abs(change_mm), DOUBTFUL_AT * limits.distance_change_mm, limits.distance_change_mm)
    if tone == "success":
        return Reading(value, translate("Signal", "as it should be"), tone)
    nearer = translate("Signal", "{cm:.0f} cm too near")
    words = nearer if change_mm < 0 else translate("Signal", "{cm:.0f} cm too far")
    return Reading(value, words.format(cm=abs(change_mm) / 10), tone)


def _tone(value: float, doubtful: float, bad: float) -> Judgement:
    return "danger" if value > bad else "warning" if value > doubtful else "success"
