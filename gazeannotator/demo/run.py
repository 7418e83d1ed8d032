"""The demo: study, reading, data set, training and report, made by driving the program's own windows."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from gazeannotator.demo import sample_images
from gazeannotator.demo.pilot import Pilot
from gazeannotator.demo.plan import DemoFailed, Places, Say, Steps
from gazeannotator.demo.results import check_results
from gazeannotator.demo.tour import Tour
from gazeannotator.errors import BadInput, StorageError
from gazeannotator.study.identity import image_id
from gazeannotator.ui import app
from gazeannotator.ui.screens import screens

SCREEN = {
    "name": "Simulated screen",
    "x": 0,
    "y": 0,
    "width": 1920,
    "height": 1080,
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
    "dpr": 1,
}
"""The screen that is told to Qt where there is none."""


def run_demo(out: Path, *, images: int | None = None, say: Say) -> None:
    """Do the whole job and check what it has made.

    Parameters
    ----------
    out : Path
        Folder for everything; new or empty.
    images : int, optional
        How many images to generate; default as in the generator's parameters.
    say : callable
        Called with lines for the user.

    Raises
    ------
    BadInput
        If the folder has something in it already.
    DemoFailed
        If anything was not made, or is not right.
    """
    began_s = time.monotonic()
    places = Places(out.absolute())
    _make_folder(places.out)
    steps = Steps(say)
    say("The whole job on generated images with a simulated eye tracker.")
    say("Everything that comes out is marked as simulated. It is no medical evidence.")
    with contextlib.ExitStack() as stack:
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gazeannotator-demo-")))
        _stay_apart(own)
        steps.begin("Sample images")
        _make_images(places, images, steps)
        application, window = app.start()
        size_px = screens()[0].px
        tracker = stack.enter_context(_simulated_tracker(places.lesions, size_px, own / "tracker.log"))
        tour = Tour(window, places, steps)
        pilot = Pilot(tour.script(), application, watch=lambda: _must_run(tracker))
        pilot.ended.connect(tour.leave)
        pilot.start()
        application.exec()
    if pilot.error is not None:
        raise pilot.error
    steps.begin("Check of all that was made")
    for line in check_results(places):
        steps.note(line)
    minutes = (time.monotonic() - began_s) / 60
    say(f"All done in {minutes:.1f} min. The study in the app: gazeannotator {places.study}")


def _must_run(tracker: subprocess.Popen[bytes]) -> None:
    if tracker.poll() is not None:
        raise DemoFailed(f"The simulated eye tracker ended by itself (exit code {tracker.returncode}).")


def _make_folder(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is not empty.", "Name a new folder with --out, or remove this one.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {out} cannot be made: {error.strerror}.", "Name another one with --out."
        ) from None


def _stay_apart(own: Path) -> None:
    """Leave the user's settings alone, and let no other program's streams come in."""
    os.environ["GAZEANNOTATOR_CONFIG_DIR"] = str(own / "settings")
    os.environ["GAZEANNOTATOR_LSL_SESSION"] = f"demo-{uuid.uuid4().hex[:12]}"
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen" and os.name != "nt":
        # A screen like those that people read on; the platform's own one is 800 × 800.
        screen = own / "screen.json"
        screen.write_text(json.dumps({"screens": [SCREEN]}), encoding="utf-8")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"


def _make_images(places: Places, images: int | None, steps: Steps) -> None:
    wanted = sample_images.parameters()["set"]
    number = images or wanted["images"]
    patients = min(wanted["patients"], -(-number // 3))
    made = sample_images.write_sample_images(places.images, number, patients, wanted["seed"])
    lesions = {image_id(each.pixels): each.lesion for each in made}
    places.lesions.write_text(json.dumps(lesions), encoding="utf-8")
    steps.note(f"{number} narrow-band-like images of {patients} patients with a table: {places.images}")


@contextlib.contextmanager
def _simulated_tracker(
    lesions: Path, screen_px: tuple[int, int], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the simulated eye tracker as a program of its own, as a real one would be."""
    width, height = screen_px
    command = [sys.executable, "-m", "gazeannotator.cli.main", "tracker", "simulate", "--rate", "250"]
    command += [
        "--screen-px",
        f"{width}x{height}",
        "--look-at",
        str(lesions),
        "--fixation-s",
        "0.15",
        "--seed",
        "1",
    ]
    with open(log, "wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as tracker:
        try:
            yield tracker
        finally:
            tracker.terminate()
            try:
                tracker.wait(10)
            except subprocess.TimeoutExpired:
                tracker.kill()
