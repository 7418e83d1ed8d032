"""The rows of a session that tell of the eye tracker: what it was checked with, and how it did."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gazeannotator.study.journal import tracking_by_check, tracking_by_validation
from gazeannotator.study.model import Entry, Session, TrackerQuality
from gazeannotator.study.store import Store


def unpublished(_entry: Entry) -> None:
    """Take the place of a marker stream where there is none."""


class TrackerJournal:
    """Writes rows of one session, first to the store, then to whoever listens.

    Attributes
    ----------
    session : Session
        As stored at the start.
    tracking : TrackerQuality
        How good the tracker is known to be now: what a reading that begins now is given.
    validated_s : float
        When it was validated last; NaN before the first time.
    """

    def __init__(self, store: Store, session: Session, publish: Callable[[Entry], None]) -> None:
        self.session = session
        self.tracking = self._validated = TrackerQuality()
        self.validated_s = math.nan
        self._store = store
        self._publish = publish

    @property
    def id(self) -> str:
        """UUID of the session."""
        return self.session.id

    def target(self, t_s: float, purpose: str, xy_px: tuple[float, float] | None) -> None:
        """Note that a target has appeared for the eyes, or (None) has gone.

        With it a validation can be computed again from the raw gaze.

        Parameters
        ----------
        purpose : str
            ``calibration``, ``validation``, ``drift_check`` or ``cross``.
        xy_px : tuple of float or None
            Screen px.
        """
        self._publish(self._write("target", t_s, data={"purpose": purpose, "xy_px": xy_px}))

    def validation(
        self,
        t_s: float,
        *,
        accuracy_deg: float,
        precision_rms_deg: float,
        data_loss: float,
        points: int,
        correction: dict[str, Any] | None = None,
        **details: Any,  # noqa: ANN401
    ) -> None:
        """Note a validation of the tracker; it counts for the readings after it, until the next.

        Parameters
        ----------
        correction : dict, optional
            A correction of gaze that was chosen, with its residuals; its ``accuracy_deg`` is that of
            points which it was not fitted to.
        **details
            Anything else that is known of the validation.
        """
        data = {
            **details,
            "accuracy_deg": accuracy_deg,
            "precision_rms_deg": precision_rms_deg,
            "data_loss": data_loss,
            "points": points,
            "correction": correction,
        }
        entry = self._write("validation", t_s, data=data)
        self.tracking = self._validated = tracking_by_validation(entry.data)
        self.validated_s = t_s
        self._publish(entry)

    def calibration(self, t_s: float, *, reason: str, **details: Any) -> None:  # noqa: ANN401
        """Note that the tracker is not the one any more that was validated: nothing is known of it now.

        Parameters
        ----------
        reason : str
            ``calibration`` (it has a new one), ``display_area`` or ``mode`` (changed in the tracker).
        **details
            Anything else that is known of the change.
        """
        entry = self._write("calibration", t_s, data={**details, "reason": reason})
        self.tracking = self._validated = TrackerQuality()
        self.validated_s = math.nan
        self._publish(entry)

    def drift_check(
        self,
        t_s: float,
        *,
        offset_deg: float,
        limit_deg: float,
        passed: bool,
        **details: Any,  # noqa: ANN401
    ) -> None:
        """Note a one-point drift check; a failed one counts for the readings after it.

        Parameters
        ----------
        offset_deg : float
            NaN where it could not be measured; then what was known before still counts.
        """
        data = {**details, "offset_deg": offset_deg, "limit_deg": limit_deg, "passed": passed}
        entry = self._write("drift_check", t_s, data=data)
        self.tracking = tracking_by_check(self._validated, self.tracking, entry.data)
        self._publish(entry)

    def gap(self, t_s: float, *, from_s: float, to_s: float, reason: str) -> None:
        """Note that no sample came for a while: times of the last before and the first after it."""
        data = {"from_s": from_s, "to_s": to_s, "reason": reason}
        self._publish(self._write("gap", t_s, data=data))

    def stream_timing(self, t_s: float, data: dict[str, Any]) -> None:
        """Note how regularly the samples of the session came."""
        self._publish(self._write("stream_timing", t_s, data=data))

    def _write(
        self,
        event: str,
        t_s: float,
        reading: str | None = None,
        image: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> Entry:
        if not math.isfinite(t_s):
            raise ValueError(f"{event} without a time")
        return self._store.append(self.id, event, t_s=t_s, reading=reading, image=image, data=data)
