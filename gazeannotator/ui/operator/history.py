"""What a session's journal tells the operator: checks of the tracker, answers, gaps, pace.

The answers themselves are left out on purpose.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Any

from gazeannotator.study.journal import number
from gazeannotator.study.model import Entry
from gazeannotator.ui.operator.situation import Answered, Check, Limits

KEPT = 100
"""So many checks, answers and gaps are kept: a session may last all day."""


class History:
    """Hears the rows of a session one after the other.

    Attributes
    ----------
    started_s : float
        Start of the session on the clock; NaN before.
    target_px : tuple of float or None
        What the eyes are to look at now, screen px.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.started_s = math.nan
        self.target_px: tuple[float, float] | None = None
        self._checks: deque[Check] = deque(maxlen=KEPT)
        self._answered: dict[str, Answered] = {}
        self._gaps: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._onset: tuple[str | None, float] = (None, math.nan)
        self._turn_from_s = math.nan
        self._turns_s = 0.0
        self._answers = 0

    @property
    def checks(self) -> tuple[Check, ...]:
        """Validations and drift checks, the newest first."""
        return tuple(reversed(self._checks))

    @property
    def answered(self) -> tuple[Answered, ...]:
        """The last answers, the newest first."""
        return tuple(reversed(self._answered.values()))

    @property
    def gaps(self) -> tuple[tuple[float, float], ...]:
        """The last gaps of the stream: from, to on the clock."""
        return tuple(self._gaps)

    @property
    def seconds_an_image(self) -> float:
        """Mean time from one answer to the next, without pauses; NaN before the first."""
        return self._turns_s / self._answers if self._answers else math.nan

    def hear(self, entry: Entry) -> None:
        """Take in a row of the journal; rows of other kinds change nothing."""
        take = getattr(self, f"_hear_{entry.event}", None)
        if take is not None:
            take(entry, entry.data)

    def _hear_session_started(self, entry: Entry, _data: dict[str, Any]) -> None:
        self.started_s = entry.t_s

    def _hear_onset(self, entry: Entry, _data: dict[str, Any]) -> None:
        self._onset = (entry.reading, entry.t_s)
        if math.isnan(self._turn_from_s):
            self._turn_from_s = entry.t_s

    def _hear_key(self, entry: Entry, data: dict[str, Any]) -> None:
        self._answers += 1
        self._turns_s += entry.t_s - self._turn_from_s
        self._turn_from_s = entry.t_s
        reading, onset_s = self._onset
        response_s = entry.t_s - onset_s if reading == entry.reading else math.nan
        again = data.get("replaces") is not None
        self._answered[str(entry.reading)] = Answered(self._answers, entry.utc, response_s, again=again)
        if len(self._answered) > KEPT:
            del self._answered[next(iter(self._answered))]

    def _hear_resume(self, entry: Entry, _data: dict[str, Any]) -> None:
        self._turn_from_s = entry.t_s

    def _hear_quality(self, entry: Entry, data: dict[str, Any]) -> None:
        known = self._answered.get(str(entry.reading))
        if known is not None:
            below = tuple(data.get("below") or ())
            loss = number(data.get("data_loss"))
            self._answered[str(entry.reading)] = replace(known, data_loss=loss, below=below)

    def _hear_gap(self, _entry: Entry, data: dict[str, Any]) -> None:
        self._gaps.append((number(data.get("from_s")), number(data.get("to_s"))))

    def _hear_target(self, _entry: Entry, data: dict[str, Any]) -> None:
        xy_px = data.get("xy_px")
        self.target_px = None if xy_px is None else (float(xy_px[0]), float(xy_px[1]))

    def _hear_validation(self, entry: Entry, data: dict[str, Any]) -> None:
        measured = data.get("correction") or data
        accuracy_deg, loss = number(measured.get("accuracy_deg")), number(data.get("data_loss"))
        good = accuracy_deg <= self._limits.accuracy_deg and not loss > self._limits.data_loss
        self._checks.append(
            Check(
                "validation",
                entry.utc,
                accuracy_deg,
                number(data.get("precision_rms_deg")),
                loss,
                self._limits.accuracy_deg,
                bool(data.get("passed", good)),
            )
        )

    def _hear_drift_check(self, entry: Entry, data: dict[str, Any]) -> None:
        limit_deg = number(data.get("limit_deg"))
        offset_deg, loss = number(data.get("offset_deg")), number(data.get("data_loss"))
        self._checks.append(
            Check("drift_check", entry.utc, offset_deg, math.nan, loss, limit_deg, bool(data.get("passed")))
        )
