"""The words on a window's place: why gaze cannot be put on the image now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.reading.overlays import PanelText
from gazeannotator.ui.reading.place import Problem

translate = QCoreApplication.translate


def displaced(problem: Problem, screen: str) -> PanelText | None:
    """Say what is wrong with the window's place, and what to do; None if nothing is.

    Parameters
    ----------
    screen : str
        Name of the tracked screen.
    """
    if not problem:
        return None
    titles = {
        "gone": translate("ReadingPage", "The screen is not connected any more"),
        "elsewhere": translate("ReadingPage", "This is another screen"),
        "changed": translate("ReadingPage", "The screen has changed"),
        "scaled": translate("ReadingPage", "This scale of the screen cannot be used"),
    }
    leads = {
        "gone": translate(
            "ReadingPage",
            "Connect {screen} again; the rest goes by itself. Nothing is lost of what was read.",
        ),
        "elsewhere": translate(
            "ReadingPage", "Images are read on {screen}: the eye tracker is set up there."
        ),
        "changed": translate(
            "ReadingPage",
            "{screen} had another size or scale when this window was opened. Set it back, or close the "
            "window and start again.",
        ),
        "scaled": translate(
            "ReadingPage",
            "The desktop draws this window at another scale than it tells for {screen}, so nobody knows on "
            "which pixels an image lies. Set the scale to 100 % or 200 % in the system's settings.",
        ),
    }
    back = problem == "elsewhere"
    return PanelText(
        title=titles[problem],
        lead=leads[problem].format(screen=screen),
        keys=((("Esc",), translate("ReadingPage", "End the session")),),
        action=translate("ReadingPage", "Press Space: back to that screen")
        if back
        else translate("ReadingPage", "Waiting; it is noticed by itself"),
        waiting=not back,
    )
