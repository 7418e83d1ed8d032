"""Texts from below the windows, where the language of the app is not known, in that language."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_CORE = (
    QT_TRANSLATE_NOOP("Core", "Type 1"),
    QT_TRANSLATE_NOOP("Core", "Type 2"),
    QT_TRANSLATE_NOOP("Core", "Type 3"),
    QT_TRANSLATE_NOOP("Core", "Importing images"),
    QT_TRANSLATE_NOOP("Core", "Images"),
    QT_TRANSLATE_NOOP("Core", "Readings"),
    QT_TRANSLATE_NOOP("Core", "Recordings"),
    QT_TRANSLATE_NOOP("Core", "Checksums"),
    QT_TRANSLATE_NOOP("Core", "Epoch {n} of {total}"),
    QT_TRANSLATE_NOOP("Core", "No gaze sample has come yet."),
    QT_TRANSLATE_NOOP("Core", "No gaze sample for {age} s."),
    QT_TRANSLATE_NOOP("Core", "The tracker's time stamps are {off} s off this computer's clock."),
    QT_TRANSLATE_NOOP("Core", "{n} samples came without a time stamp and were left out."),
    QT_TRANSLATE_NOOP("Core", "The tracker sends {rate} samples a second and declares {nominal}."),
    QT_TRANSLATE_NOOP("Core", "The tracker's program does not use the LSL clock: times are told by arrival."),
    QT_TRANSLATE_NOOP("Core", "Gaze cannot be stored and is kept in memory: {reason}"),
    QT_TRANSLATE_NOOP(
        "Core", "The stream '{name}' gives gaze in the picture of a head-worn camera, not on the screen."
    ),
    QT_TRANSLATE_NOOP(
        "Core", "Use a screen-based eye tracker, or a program that maps the gaze to the screen."
    ),
    QT_TRANSLATE_NOOP("Core", "No Tobii eye tracker answers."),
    QT_TRANSLATE_NOOP("Core", "No Tobii eye tracker answers at {address}: {reason}."),
    QT_TRANSLATE_NOOP("Core", "{tracker} is sent to LSL already, by another GazeAnnotator."),
    QT_TRANSLATE_NOOP("Core", "{tracker} does not send at {rate} Hz: {reason}."),
    QT_TRANSLATE_NOOP("Core", "{tracker} does not send at {rate} Hz."),
    QT_TRANSLATE_NOOP("Core", "{tracker} did not see the eyes at this point: {reason}."),
    QT_TRANSLATE_NOOP("Core", "{tracker} did not see the eyes at this point."),
    QT_TRANSLATE_NOOP("Core", "{tracker} cannot be calibrated now: {reason}."),
    QT_TRANSLATE_NOOP("Core", "{tracker} is not calibrated through its SDK."),
    QT_TRANSLATE_NOOP("Core", "The calibration could not be computed."),
    QT_TRANSLATE_NOOP("Core", "The eye tracker is not connected."),
    QT_TRANSLATE_NOOP("Core", "The eye tracker was lost."),
    QT_TRANSLATE_NOOP("Core", "Choose one of its rates: {rates} Hz."),
    QT_TRANSLATE_NOOP("Core", "Use the stream that is there, or stop the other one first."),
    QT_TRANSLATE_NOOP("Core", "Calibrate it in its own software, then validate here."),
    QT_TRANSLATE_NOOP("Core", "Collect more points, or those with few samples again."),
    QT_TRANSLATE_NOOP("Core", "Begin the calibration again."),
    QT_TRANSLATE_NOOP("Core", "Check its cable and power."),
    QT_TRANSLATE_NOOP(
        "Core", "Check its cable and power, and in Tobii Pro Eye Tracker Manager its set-up and licence."
    ),
    QT_TRANSLATE_NOOP(
        "Core", "Let the reader sit upright at arm's length and look at the point, then try again."
    ),
    QT_TRANSLATE_NOOP("Core", "The gaze of {n} test images is left out (--test-gaze gives it out)."),
    QT_TRANSLATE_NOOP(
        "Core", "The gaze of {n} readings of test images is left out (--test-gaze gives it out)."
    ),
    QT_TRANSLATE_NOOP("Core", "{n} training or validation images have no gaze, so no attention map."),
    QT_TRANSLATE_NOOP("Core", "In attention maps every fixation weighs the same, however long it was."),
    QT_TRANSLATE_NOOP("Core", "Attention maps are made of gaze samples, not of fixations."),
    QT_TRANSLATE_NOOP("Core", "Attention maps hold the first {seconds} s of each reading only."),
    QT_TRANSLATE_NOOP("Core", "Attention maps leave out where the eye rested when the image came."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The central bias is taken off the attention maps, which come from the data set's own grid; "
        "regions of gaze of single readings still have it.",
    ),
    QT_TRANSLATE_NOOP("Core", "Gaze and fixations are those of one eye: {eye}."),
    QT_TRANSLATE_NOOP("Core", "{n} of {total} sittings have no gaze whose times are known."),
    QT_TRANSLATE_NOOP("Core", "{n} images have neither pathology nor a consensus of readers."),
    QT_TRANSLATE_NOOP("Core", "The {part} part has no image of {names}."),
    QT_TRANSLATE_NOOP("Core", "Classes of fewer than {n} patients: {names}."),
    QT_TRANSLATE_NOOP("Core", "{n} images have no gaze of a reading that is used."),
    QT_TRANSLATE_NOOP("Core", "{n} readings are used though their tracker was not validated."),
    QT_TRANSLATE_NOOP("Core", "One reader only: agreement between readers cannot be told."),
    QT_TRANSLATE_NOOP("Core", "Input should be greater than {limit}"),
    QT_TRANSLATE_NOOP("Core", "Input should be less than {limit}"),
    QT_TRANSLATE_NOOP("Core", "String should match pattern '{pattern}'"),
)


def localised(text: str) -> str:
    """Return a text of the core in the language of the app; one that is not known stays as it is."""
    for template in _CORE:
        found = _pattern(template).fullmatch(text)
        if found:
            return QCoreApplication.translate("Core", template).format(**found.groupdict())
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Match what a template becomes when its places are filled in."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
