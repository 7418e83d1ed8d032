"""Opening a reading window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from gazeannotator.errors import BadInput
from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.ui import screens
from gazeannotator.ui.reading.validating import validate
from gazeannotator.ui.reading.window import ReadingWindow, utc_now

__all__ = ["ReadingWindow", "open_reading"]


def open_reading(
    study: Path,
    reader: str,
    stream: str | None,
    *,
    settings: Settings,
    consented: bool = False,
    screen: int | None = None,
    windowed: tuple[int, int] | None = None,
    without_gaze: bool = False,
    exit_when_done: bool = False,
    validation: Callable[[ReadingWindow, str], None] | None = validate,
    skip_calibration: bool = False,
) -> ReadingWindow:
    """Open a reading window on its ready page.

    Parameters
    ----------
    reader : str
        Code; a new one is added.
    stream : str or None
        Name or source id of the gaze stream. None: the only one there is, of several the one used
        last, else the reader chooses.
    consented : bool
        The reader has agreed to the recording; else they are asked once.
    screen : int, optional
        Counted from 1; default: the primary one.
    windowed : tuple of int, optional
        Width, height in physical px; default: full screen.
    without_gaze : bool
        Record answers only.
    exit_when_done : bool
        End the session and close after the last image.
    validation : callable, optional
        Begins a validation of the eye tracker in the window, for the purpose that it is given, see
        `ReadingController.validation_wanted`. None: none is offered.
    skip_calibration : bool
        Take the tracker's own calibration as it is: no validation before the first image.

    Raises
    ------
    UserError
        The study cannot be read in, the reader is reading already, or there is no such screen.
    """
    chosen = screens.chosen_screen(screen)
    lsl.configure("site" if settings.lsl_scope == "network" else "machine")
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(study))
        if not store.images():
            raise BadInput(
                QCoreApplication.translate("ReadingWindow", "The study {name} has no images.").format(
                    name=store.name
                ),
                QCoreApplication.translate("ReadingWindow", "Import images first."),
            )
        known = store.add_reader(reader)
        stack.enter_context(store.reader_lock(known.code))
        if consented and known.consented_utc is None:
            store.set_consent(known.code, utc_now())
        window = ReadingWindow(
            store,
            stack.pop_all(),
            known.code,
            stream,
            settings,
            chosen,
            windowed=windowed,
            without_gaze=without_gaze,
            exit_when_done=exit_when_done,
            validation=validation,
            skip_calibration=skip_calibration,
        )
    window.begin(consented or known.consented_utc is not None)
    return window
