"""What is to be known of the screen before a reading begins."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from gazeannotator.ui.screens import ScreenFacts

translate = QCoreApplication.translate


def ready_notes(
    facts: ScreenFacts, declared_px: tuple[float, float] | None, *, covered: int, windowed: bool
) -> tuple[str, ...]:
    """Gather the warnings of the ready page.

    Parameters
    ----------
    facts : ScreenFacts
        Of the reading screen.
    declared_px : tuple of float or None
        Size of the display that the gaze stream says is tracked.
    covered : int
        Number of images of which the photodiode's patch covers a corner.
    windowed : bool
    """
    notes = []
    if declared_px is not None and max(abs(a - b) for a, b in zip(declared_px, facts.px, strict=True)) >= 1:
        words = translate(
            "ReadingWindow",
            "The eye tracker says that its screen has {theirs} pixels; this one has {ours}. "
            "If it is set up for another screen, gaze will be in the wrong place.",
        )
        notes.append(words.format(theirs=_in_one_line(declared_px), ours=_in_one_line(facts.px)))
    if facts.is_small:
        notes.append(
            translate("ReadingWindow", "This screen is smaller than 1024 × 768: images are shown small.")
        )
    if not facts.mm_known:
        words = translate(
            "ReadingWindow",
            "The screen does not tell its size; {w:g} × {h:g} mm is assumed. "
            "Enter the true size in the settings.",
        )
        notes.append(words.format(w=facts.mm[0], h=facts.mm[1]))
    if covered:
        words = translate("ReadingWindow", "The photodiode's patch covers a corner of {count} images.")
        notes.append(words.format(count=covered))
    if windowed and QGuiApplication.platformName().startswith("wayland"):
        notes.append(
            translate(
                "ReadingWindow",
                "Wayland does not tell where a window is: use the full screen to record gaze.",
            )
        )
    return tuple(notes)


def _in_one_line(size_px: tuple[float, float]) -> str:
    return f"{size_px[0]:g}\u00a0×\u00a0{size_px[1]:g}"
