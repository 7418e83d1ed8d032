"""``gazeannotator read``: straight into a reading session."""

from __future__ import annotations

import contextlib
import re
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gazeannotator.cli import console
from gazeannotator.errors import BadInput
from gazeannotator.tracking.mapping import Answer


@console.user_errors
def read(
    study: Annotated[Path, typer.Argument(help="The study's folder.")],
    reader: Annotated[str, typer.Option(help="Code of the reader; a new one is added.")],
    stream: Annotated[
        str | None,
        typer.Option(help="Name or source id of the gaze stream.", metavar="NAME_OR_SOURCE_ID"),
    ] = None,
    skip_calibration: Annotated[
        bool, typer.Option("--skip-calibration", help="Take the tracker's own calibration as it is.")
    ] = False,
    consented: Annotated[
        bool, typer.Option("--consented", help="The reader has agreed to the recording.")
    ] = False,
    screen: Annotated[int | None, typer.Option(help="Number of the screen, from 1.", min=1)] = None,
    windowed: Annotated[
        str | None, typer.Option(help="In a window of that size in pixels.", metavar="WxH")
    ] = None,
    exit_when_done: Annotated[
        bool, typer.Option("--exit-when-done", help="Leave after the last image.")
    ] = False,
) -> None:
    """Read images: a ready page, Space starts, then one image after another.

    Example: gazeannotator read my-study --reader R1 --stream Tobii_gaze
    """
    size = _size(windowed)
    from gazeannotator.settings import LastStream, SettingsFile
    from gazeannotator.ui import app
    from gazeannotator.ui.reading.opening import open_reading

    settings = SettingsFile()
    # Ctrl+C in the terminal ends at once; whatever was answered is on disk.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    application = app.make_application(sys.argv[:1], settings.current)
    window = open_reading(
        study,
        reader,
        stream,
        settings=settings.current,
        consented=consented,
        screen=screen,
        windowed=size,
        exit_when_done=exit_when_done,
    )

    def remember(source_id: str, name: str, answer: Answer | Literal[""]) -> None:
        used = settings.current.model_copy(update={"last_stream": LastStream(source_id=source_id, name=name)})
        if answer:
            used = used.with_answer(source_id, answer)
        with contextlib.suppress(OSError):  # it is only asked again the next time
            settings.change(used)

    summary: dict[str, Any] = {}
    window.stream_used.connect(remember)
    window.closed.connect(summary.update)
    window.closed.connect(application.quit)
    application.exec()
    _report(summary)


def _report(summary: dict[str, Any]) -> None:
    if summary.get("unsaved"):
        console.fail(str(summary["unsaved"]), "The answers are saved.")
        raise typer.Exit(2)
    if summary:
        simulated = " (simulated gaze)" if summary["simulated"] else ""
        console.say(
            f"{summary['answered']} images read in this session{simulated}, "
            f"{summary['done']} of {summary['total']} in all."
        )


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text.strip())
    if match is None:
        raise BadInput(f"--windowed {text} is no size.", "Write width x height in pixels, e.g. 1280x800.")
    return (int(match[1]), int(match[2]))
