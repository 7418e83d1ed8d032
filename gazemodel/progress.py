"""Tells the epochs of one training as progress of a work of many. No torch here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Report = Callable[..., None]
"""Called as report(event, **facts); see `gazemodel.events`."""


def scaled(report: Report, what: str, number: int, runs: int, epochs: int) -> Report:
    """Tell a run's epochs as progress of the whole, and nothing of its batches."""

    def tell(event: str, **facts: Any) -> None:  # noqa: ANN401
        if event == "epoch":
            done = number * epochs + facts["epoch"]
            report("progress", done=done, total=runs * epochs, what=what)
        elif event != "progress":
            report(event, **facts)

    return tell
