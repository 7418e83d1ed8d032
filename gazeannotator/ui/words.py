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
    QT_TRANSLATE_NOOP("Core", "Epoch {n} of {total}"),
    QT_TRANSLATE_NOOP("Core", "No gaze sample has come yet."),
    QT_TRANSLATE_NOOP("Core", "No gaze sample for {age} s."),
    QT_TRANSLATE_NOOP("Core", "The tracker's time stamps are {off} s off this computer's clock."),
    QT_TRANSLATE_NOOP("Core", "{n} samples came without a time stamp and were left out."),
    QT_TRANSLATE_NOOP("Core", "The tracker sends {rate} samples a second and declares {nominal}."),
    QT_TRANSLATE_NOOP("Core", "Gaze cannot be stored and is kept in memory: {reason}"),
    QT_TRANSLATE_NOOP(
        "Core", "The stream '{name}' gives gaze in the picture of a head-worn camera, not on the screen."
    ),
    QT_TRANSLATE_NOOP(
        "Core", "Use a screen-based eye tracker, or a program that maps the gaze to the screen."
    ),
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
