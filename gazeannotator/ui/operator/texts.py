"""The words of the operator view on what goes on and what to do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.operator.situation import Alarm, Going, Situation
from gazeannotator.ui.widgets import Tone

URGENT = ("storage", "data_loss")
"""What is recorded during these may be of no use."""

translate = QCoreApplication.translate


@dataclass(frozen=True)
class State:
    """What goes on: a colour, words, and what to do."""

    tone: Tone
    words: str
    advice: str = ""


def state_of(situation: Situation) -> State:
    """Say what goes on; an alarm comes first."""
    if situation.alarms:
        return _alarmed(situation.alarms)
    progress = situation.progress
    number = min(progress.done + 1, progress.total)
    titles: dict[Going, tuple[Tone, str]] = {
        "preparing": ("info", translate("Operator", "The reader gets ready")),
        "cross": ("success", translate("Operator", "Fixation cross: the next image comes")),
        "target": ("info", translate("Operator", "The eye tracker is checked: the reader looks at points")),
        "image": (
            "success",
            translate("Operator", "Image {number} of {total} is being read").format(
                number=number, total=progress.total
            ),
        ),
        "answer": ("info", translate("Operator", "The viewing time is over: the answer is awaited")),
        "paused": ("warning", translate("Operator", "Pause")),
        "held": ("danger", translate("Operator", "The reading cannot go on")),
        "page": ("info", translate("Operator", "The reader looks at a page of words")),
        "done": ("success", translate("Operator", "All images are read")),
        "saving": ("info", translate("Operator", "The session ends")),
    }
    tone, words = titles[situation.going]
    if situation.going == "image" and progress.done >= progress.total:
        words = translate("Operator", "An image is read once more")
    advice = [situation.detail.replace("\n", " ")]
    if situation.going in ("paused", "held"):
        advice.insert(0, _reason(situation.why))
    elif situation.going in ("cross", "image"):
        recorded = translate("Operator", "Gaze is recorded.")
        advice.append(recorded if situation.recording else translate("Operator", "No gaze is recorded."))
    return State(tone, words, " ".join(each for each in advice if each))


def _alarmed(alarms: tuple[Alarm, ...]) -> State:
    """Say all alarms, and what to do about the most urgent one."""
    advice = _advice()
    order = {kind: place for place, kind in enumerate(advice)}
    first, *others = sorted(alarms, key=lambda each: order.get(each.kind, len(order)))
    tone: Tone = "danger" if first.kind in URGENT else "warning"
    also = " ".join(each.words for each in others)
    return State(tone, first.words, f"{advice.get(first.kind, '')} {also}".strip())


def _advice() -> dict[str, str]:
    """Return what to do about alarms, the most urgent first."""
    return {
        "storage": translate("Operator", "Make room on the disk; keep this program open. It is tried again."),
        "data_loss": translate("Operator", "Let the reader sit upright, at the same distance as before."),
        "setup": translate("Operator", "Pause, and validate again (V)."),
        "accuracy": translate("Operator", "Pause and validate again; calibrate if that does not help."),
        "distance": translate("Operator", "Ask the reader to sit as at the validation, or validate again."),
        "tracker": translate("Operator", "Look at the tracker's program."),
    }


def _reason(why: str) -> str:
    return {
        "reader": translate("Operator", "By the reader, who goes on with Space."),
        "operator": translate("Operator", "By you. Press Continue, or the reader presses Space."),
        "window": translate("Operator", "Another window took the keyboard. Continue gives it back."),
        "image": translate("Operator", "An image cannot be shown."),
        "drift_check": translate("Operator", "For a drift check."),
        "tracker_lost": translate("Operator", "The eye tracker's signal was lost; the image comes again."),
        "tracker_changed": translate("Operator", "The eye tracker was set up anew; the image comes again."),
        "storage": translate("Operator", "Gaze could not be saved; the image comes again."),
    }.get(why, "")


def duration(seconds: float) -> str:
    """Return a time as minutes and seconds, or hours and minutes."""
    if math.isnan(seconds):
        return "–"
    whole = max(0, round(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return translate("Operator", "{hours} h {minutes:02d}").format(
        hours=whole // 3600, minutes=whole % 3600 // 60
    )
