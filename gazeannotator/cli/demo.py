"""`gazeannotator demo`: the whole job on generated images with a simulated eye tracker."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from gazeannotator.cli import console


@console.user_errors
def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Do without a display: the same windows, offscreen.")
    ] = False,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="A new folder for everything that is made.")
    ] = Path("gazeannotator-demo"),
    images: Annotated[int | None, typer.Option(min=18, max=1000, help="How many images to generate.")] = None,
) -> None:
    """Do the whole job on generated images with a simulated eye tracker: import, read, build, train, report.

    Everything that comes out says that it is simulated. Without a display the windows run offscreen.

    Example: gazeannotator demo --headless --out demo
    """
    if headless or not has_display():
        # Qt reads this once, when it starts; so Qt is imported after it.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gazeannotator.demo.run import run_demo

    run_demo(out, images=images, say=_say_now)


def has_display() -> bool:
    """Whether windows can be seen on this machine."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say_now(text: str) -> None:
    console.say(text)
    sys.stdout.flush()
