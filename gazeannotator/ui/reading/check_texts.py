"""The words of drift checks and validations."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.calibration.words import measured_words
from gazeannotator.ui.panel import PanelText, Tone
from gazeannotator.ui.reading.controller import ReadingController
from gazeannotator.ui.reading.room import Phase

translate = QCoreApplication.translate

Keys = tuple[tuple[tuple[str, ...], str], ...]


def tracker_keys(controller: ReadingController) -> Keys:
    """Describe the keys that mean something only where gaze is recorded."""
    keys: list[tuple[tuple[str, ...], str]] = []
    if controller.has_gaze:
        keys.append((("R",), translate("ReadingPage", "Quick check of the eye tracker at one point")))
    if controller.can_validate:
        keys.append((("V",), translate("ReadingPage", "Measure how accurate the eye tracker is (20 s)")))
    return tuple(keys)


def accuracy_words(controller: ReadingController) -> str:
    """Say what is known of the accuracy; empty where nothing is."""
    session = controller.session
    known = session.tracking
    if math.isnan(known.accuracy_deg):
        return ""
    limit_deg = controller.protocol.max_accuracy_deg
    if known.accuracy_deg > limit_deg:
        words = translate("ReadingPage", "Accuracy {found:.1f}°: this study asks for {limit:g}° or better.")
        return words.format(found=known.accuracy_deg, limit=limit_deg)
    return measured_words(known, controller.now_s - session.validated_s)


def accuracy_state(controller: ReadingController) -> tuple[Tone, str]:
    """Say the same with a colour."""
    good = controller.session.tracking.accuracy_deg <= controller.protocol.max_accuracy_deg
    return "good" if good else "bad", accuracy_words(controller)


def check_hint(controller: ReadingController) -> str:
    """Say below the cross how the check went; while the eye is looked for nothing is to be read there."""
    check = controller.check
    if controller.phase is not Phase.CHECKING or check is None:
        return ""
    return translate("ReadingPage", "✓ Eye tracker checked: {found:.1f}° off").format(found=check.offset_deg)


def check_failed(controller: ReadingController) -> PanelText:
    """Say why a drift check failed, and what can be done."""
    check, limit_deg = controller.check, controller.protocol.max_accuracy_deg
    if math.isnan(check.offset_deg):
        title = translate("ReadingPage", "Your eyes were not found")
        lead = translate(
            "ReadingPage",
            "Sit upright before the tracker, at arm's length. Nothing should cover your eyes.",
        )
    elif check.offset_deg > limit_deg:
        title = translate("ReadingPage", "The eye tracker is off by {found:.1f}°")
        title = title.format(found=check.offset_deg)
        lead = translate(
            "ReadingPage",
            "This study asks for {limit:g}° or better. Sit as you did at the start, look at the middle of "
            "the cross, and check again.",
        ).format(limit=limit_deg)
    else:
        title = translate("ReadingPage", "Your eyes did not rest on the cross")
        lead = translate("ReadingPage", "Look at the middle of the cross until it has gone.")
    keys: list[tuple[tuple[str, ...], str]] = []
    if controller.can_validate:
        keys.append((("V",), translate("ReadingPage", "Measure it at all points, or calibrate anew")))
    keys += [
        (("Enter",), go_on_words(controller)),
        (("Esc",), translate("ReadingPage", "End the session")),
    ]
    return PanelText(
        title=title,
        lead=lead,
        keys=tuple(keys),
        action=translate("ReadingPage", "Press Space to check again"),
    )


def go_on_words(controller: ReadingController) -> str:
    """Say what follows from going on all the same."""
    if controller.check.offset_deg > controller.protocol.max_accuracy_deg:
        return translate(
            "ReadingPage", "Go on all the same: what follows is marked, and left out of data sets"
        )
    return translate("ReadingPage", "Go on all the same")
