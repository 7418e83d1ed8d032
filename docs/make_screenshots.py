"""Make the pictures of the docs: every page of the program, on a small screen and on a large one at scale 2.

Needs Xvfb (``apt-get install xvfb openbox``; openbox draws the frames of dialogs), and a Chromium for
the picture of the report.

    .venv/bin/python docs/make_screenshots.py [--demo DIR] [--only 1366x768]

``--demo`` names what ``gazeannotator demo --headless --out DIR`` made; without it the demo is run first.
Pictures go to docs/images (1366 × 768) and docs/images/4k (3840 × 2160, scale 2).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IMAGES = Path(__file__).resolve().parent / "images"
CLI = (sys.executable, "-m", "gazeannotator.cli.main")


@dataclass(frozen=True)
class Display:
    """A screen to take pictures of."""

    name: str
    width: int
    height: int
    scale: int
    folder: Path


DISPLAYS = (
    Display("1366x768", 1366, 768, 1, IMAGES),
    Display("4k", 3840, 2160, 2, IMAGES / "4k"),
)


def main() -> None:
    """Run the demo if need be, then one child process for each display."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--demo", type=Path, help="folder that gazeannotator demo has made")
    parser.add_argument("--only", choices=[each.name for each in DISPLAYS])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    displays = [each for each in DISPLAYS if given.only in (None, each.name)]
    if given.child:
        from screenshot_tour import take_pictures

        take_pictures(given.demo, displays[0].folder)
        return
    # Always the same folder: its name is in the pictures.
    own = Path(tempfile.gettempdir()) / "gazeannotator-pictures"
    shutil.rmtree(own, ignore_errors=True)
    demo = given.demo or own / "demo"
    if given.demo is None:
        subprocess.run([*CLI, "demo", "--headless", "--out", str(demo)], check=True)
    for display in displays:
        print(f"{display.name} -> {display.folder}")
        display.folder.mkdir(parents=True, exist_ok=True)
        copy = own / "studies"
        shutil.copytree(demo, copy)
        with virtual_screen(display) as number:
            photograph(display, copy, number)
        photograph_report(display, copy / "run" / "report.html")
        shutil.rmtree(copy)
    shutil.rmtree(own)


@contextmanager
def virtual_screen(display: Display) -> Iterator[str]:
    """Run an X server without a screen; yields its number."""
    reading, writing = os.pipe()
    size = f"{display.width}x{display.height}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-dpi", str(96), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with open(reading, encoding="ascii") as answer:
            number = answer.readline().strip()
        manager = None
        if shutil.which("openbox"):
            manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": f":{number}"})
        try:
            yield number
        finally:
            if manager is not None:
                manager.terminate()
                manager.wait()
            server.terminate()


def photograph(display: Display, demo: Path, number: str) -> None:
    """Take the pictures of one display in a process of its own: Qt reads its environment once."""
    environment = {
        **os.environ,
        "DISPLAY": f":{number}",
        "QT_QPA_PLATFORM": "xcb",
        "QT_SCALE_FACTOR": str(display.scale),
        "GAZEANNOTATOR_CONFIG_DIR": str(demo / "settings"),
        "GAZEANNOTATOR_LSL_SESSION": f"pictures-{uuid.uuid4().hex[:12]}",
        "LANG": "en_GB.UTF-8",
        "LC_CTYPE": "C.UTF-8",
    }
    environment.pop("LC_ALL", None)
    environment.pop("WAYLAND_DISPLAY", None)
    command = [sys.executable, __file__, "--demo", str(demo), "--only", display.name, "--child", "yes"]
    subprocess.run(command, env=environment, check=True)


def photograph_report(display: Display, report: Path) -> None:
    """Take the picture of the report with a browser."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("no Chromium here: report.png was not made anew")
        return
    width, height = display.width // display.scale, display.height // display.scale
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--force-device-scale-factor={display.scale}", f"--window-size={width},{height * 2}"]
    command += [f"--screenshot={display.folder / 'report.png'}", report.as_uri()]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, timeout=120)


if __name__ == "__main__":
    main()
