"""The words on the way to an eye tracker."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.reading.link import LinkState
from gazeannotator.ui.reading.overlays import Tone
from gazeannotator.ui.words import localised

translate = QCoreApplication.translate

POOR_SIGNAL = 0.3


def link_words(link: LinkState) -> tuple[Tone, str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Say how the eye tracker is: a colour, words, and keys if something must be chosen."""
    no_gaze = (("N",), translate("ReadingPage", "Read without eye tracker: only answers are recorded"))
    status = link.status
    if link.step == "searching":
        words = translate("ReadingPage", "Looking for the eye tracker…")
        if link.overdue:
            words = translate(
                "ReadingPage", "No eye tracker has been found. Start its LSL stream; it is noticed by itself."
            )
            if link.wanted:
                words = translate("ReadingPage", "The eye tracker {name} has not been found.").format(
                    name=link.wanted
                )
                seen = translate("ReadingPage", ", ").join(each.name for each in link.streams)
                words += " " + (
                    translate("ReadingPage", "There is: {seen}.").format(seen=seen)
                    if seen
                    else translate("ReadingPage", "Start its LSL stream; it is noticed by itself.")
                )
        return "bad" if link.overdue else "wait", words, (no_gaze,) if link.overdue else ()
    if link.step == "choose":
        rows = tuple(
            (
                (str(number),),
                translate("ReadingPage", "{name}  ({rate:g} Hz)").format(name=each.name, rate=each.rate_hz)
                + f"  {each.source_id}",
            )
            for number, each in enumerate(link.streams[:9], start=1)
        )
        return "wait", translate("ReadingPage", "Which eye tracker? Press its number."), (*rows, no_gaze)
    if link.step == "coordinates":
        return "wait", coordinates_words(link), coordinates_keys()
    if link.step == "channels":
        words = translate("ReadingPage", "The stream {name} does not say which of its numbers are gaze.")
        return "wait", words.format(name=link.name), (_mapping_key(), no_gaze)
    if link.step == "failed":
        words = f"{localised(link.error.message)} {localised(link.error.hint)}".rstrip()
        return "bad", words, (no_gaze,)
    if link.step == "none":
        return "good", translate("ReadingPage", "Without eye tracker: only answers are recorded."), ()
    if link.step == "opening":
        return "wait", translate("ReadingPage", "Connecting to the eye tracker…"), ()
    if link.step == "waiting":
        words = translate(
            "ReadingPage", "Connected. Waiting for the first sample: is the tracker switched on?"
        )
        return "wait", words, ()
    if link.step == "receiving" and status is not None:
        rate = "–" if math.isnan(status.rate_hz) else f"{status.rate_hz:.0f}"
        loss = 0.0 if math.isnan(status.data_loss) else status.data_loss
        words = translate("ReadingPage", "Eye tracker ready: {name}, {rate} Hz.").format(
            name=link.name, rate=rate
        )
        if loss > POOR_SIGNAL:
            words = translate(
                "ReadingPage",
                "The eyes are often not found. Sit upright before the tracker, at arm's length.",
            )
        if status.message:
            words = f"{words} {localised(status.message)}"
        return "wait" if loss > POOR_SIGNAL or status.message else "good", words, ()
    return "bad", localised(status.message) if status is not None else "", ()


def coordinates_words(link: LinkState) -> str:
    """Show what the stream sends, so that a person can tell what it is."""
    words = translate(
        "ReadingPage", "The stream does not say what its numbers mean. Look at the screen's corners."
    )
    if link.values is not None:
        low, high, last = link.values.points
        words += "\n" + translate(
            "ReadingPage", "Now x {x:.4g}, y {y:.4g}; so far x {x0:.4g} to {x1:.4g}, y {y0:.4g} to {y1:.4g}"
        ).format(x=last[0], y=last[1], x0=low[0], x1=high[0], y0=low[1], y1=high[1])
    return words


def coordinates_keys() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Describe the keys that answer what the numbers mean."""
    return (
        (("1",), translate("ReadingPage", "Shares of the screen: 0 to 1 from the top left corner")),
        (("2",), translate("ReadingPage", "Pixels of the screen")),
        _mapping_key(),
    )


def _mapping_key() -> tuple[tuple[str, ...], str]:
    return ("M",), translate("ReadingPage", "See all its numbers and tell what they are")
