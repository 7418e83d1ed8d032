"""Corrections of gaze that a reader chose after a validation: applied here, on the way into a data set.

The study keeps the raw gaze. Which readings of a data set were corrected is told in its `build`
attribute, by session and onset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gazeannotator.errors import StudyDamaged
from gazeannotator.gaze.correction import Corrections
from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import Reading


def corrected(chunk: GazeChunk, reading: Reading) -> GazeChunk:
    """Apply the correction that counted at a reading's onset; unchanged where there is none.

    Raises
    ------
    StudyDamaged
        The stored correction is none.
    """
    if reading.tracking.correction is None:
        return chunk
    try:
        return Corrections.from_data(reading.tracking.correction).apply(chunk)
    except (KeyError, TypeError, ValueError) as error:
        raise StudyDamaged(
            f"The correction of gaze of session {reading.session} cannot be read.",
            "Run `gazeannotator study check`, and put the study back from a backup.",
        ) from error


@dataclass
class CorrectedSpans:
    """Which readings were corrected: spans of onsets, one for each correction."""

    _spans: dict[tuple[str, float], list[float]] = field(default_factory=dict)

    def add(self, columns: dict[str, Any]) -> None:
        """Count a reading with a correction, by its columns."""
        accuracy_deg, onset_s = float(columns["accuracy_deg"]), float(columns["onset_s"])
        first, last, count = self._spans.get((columns["session"], accuracy_deg), (onset_s, onset_s, 0))
        span = [min(first, onset_s), max(last, onset_s), count + 1]
        self._spans[columns["session"], accuracy_deg] = span

    def as_data(self) -> list[dict[str, Any]]:
        """Return JSON types."""
        return [
            {
                "session": session,
                "accuracy_deg": accuracy_deg,
                "first_onset_s": first,
                "last_onset_s": last,
                "readings": int(count),
            }
            for (session, accuracy_deg), (first, last, count) in sorted(self._spans.items())
        ]
