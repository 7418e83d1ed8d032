"""What tests of windows share: the app's look, a window with settings of its own, and small studies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.geometry import Placement, Screen
from gazeannotator.settings import SettingsFile
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.tracking import lsl
from gazeannotator.tracking.eye import SimulatedEye
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.markers import MarkerWatch
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.simulator import EyeSource, simulate, simulated_stream
from gazeannotator.ui import style
from gazeannotator.ui.dialogs.start_reading import ReadingForm
from gazeannotator.ui.jobs import Command
from gazeannotator.ui.window import MainWindow

RATE_HZ = 250.0
PATIENCE_MS = 40_000
PLACEMENT = Placement(420, 0, 1080, 1080)
SCREEN = Screen(1920, 1080, 527, 296, 650)


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Wait longer than pytest-qt's five seconds, unless a test says how long: the machine may be busy."""
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def look(qapp: QApplication) -> QApplication:
    """Give the application its style, once."""
    if not qapp.styleSheet():
        style.apply(qapp)
    return qapp


@pytest.fixture
def settings(tmp_path: Path) -> SettingsFile:
    """Settings in a folder of the test."""
    return SettingsFile(tmp_path / "settings.json")


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for no eye trackers: each look is a process of its own."""
    monkeypatch.setattr(ReadingForm, "search", lambda _: None)


@pytest.fixture
def window(qtbot: QtBot, look: QApplication, settings: SettingsFile, no_search: None) -> MainWindow:
    """The main window on its welcome page."""
    result = MainWindow(settings)
    qtbot.addWidget(result)
    result.resize(1280, 800)
    result.show()
    return result


@pytest.fixture
def image_folder(tmp_path: Path) -> Callable[..., Path]:
    """Make folders of small images with a table; `images` gives how many."""

    def build(name: str = "images", images: int = 4, *, table: bool = True) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rng = np.random.default_rng(images)
        rows = ["file,patient,pathology"]
        for number in range(images):
            pixels = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
            PIL.Image.fromarray(pixels).save(folder / f"Smith_{number}.png")
            rows.append(f"Smith_{number}.png,P-{number // 2:03d},{number % 3 + 1}")
        if table:
            (folder / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return folder

    return build


@pytest.fixture
def study(tmp_path: Path, image_folder: Callable[..., Path]) -> Path:
    """A study of four images of two patients."""
    folder, target = image_folder(), tmp_path / "Polyps"
    create_study(target, folder, metadata_csv=folder / "metadata.csv", scheme=load_scheme("nice"))
    return target


@pytest.fixture
def read_images() -> Callable[[Path, str, int], None]:
    """Let a reader answer so many images of a study, with type 1."""

    def read(path: Path, reader: str, count: int) -> None:
        with Store.open(path) as store:
            store.add_reader(reader)
            now = [0.0]
            session = ReadingSession.start(store, reader, SCREEN, None, False, lambda: now[0])
            for _ in range(count):
                image = session.next_image()
                assert image is not None
                session.show(image, PLACEMENT, now[0], "swap")
                now[0] += 1
                session.answer("1", 0, 2, now[0])
                session.hidden(now[0], "answered")
            session.end(now[0])

    return read


@pytest.fixture
def simulate_eye(qapp: QApplication) -> Iterator[Callable[..., StreamDescription]]:
    """Send a simulated eye of known errors over LSL, which looks at the targets that are told by LSL."""
    stop, threads, outlets = threading.Event(), [], []

    def start(
        screen_px: tuple[float, float] = (800.0, 800.0),
        screen_mm: tuple[float, float] = (211.7, 211.7),
        layout: str = "gazeannotator",
        **errors: object,
    ) -> StreamDescription:
        description = simulated_stream(layout, RATE_HZ, screen_px)
        lsl.configure()
        outlets.append(GazeOutlet(description))
        now = lsl.local_clock()
        eye = SimulatedEye(now, seed=1, display_mm=screen_mm, **errors)
        source = EyeSource(eye, RATE_HZ, now, screen_px, {})
        work = (outlets[-1], source, layout, screen_px, MarkerWatch(), stop)
        threads.append(threading.Thread(target=simulate, args=work, daemon=True))
        threads[-1].start()
        return description

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)
    for outlet in outlets:
        outlet.close()


@pytest.fixture
def python() -> Callable[..., Command]:
    """Make commands of lines of Python, with `events` imported."""

    def build(*lines: str, **options: object) -> Command:
        return Command(("-c", "\n".join(["from gazemodel import events", *lines])), **options)

    return build


@pytest.fixture
def run_script(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Run one of the scripts beside the test in a process of its own."""

    def run(name: str, *arguments: str, **environment: str) -> str:
        script = request.path.with_name(name)
        result = subprocess.run(
            [sys.executable, str(script), *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


@contextmanager
def display() -> Iterator[str]:
    """Start an X display on which OpenGL works."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = [xvfb, "-displayfd", str(write), "-screen", "0", "1366x768x24", "+extension", "GLX"]
    process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read, encoding="ascii") as pipe:
        number = pipe.readline().strip()
    if not number:
        process.wait(10)
        pytest.skip("Xvfb does not start here")
    yield f":{number}"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """A display for all tests."""
    with display() as name:
        yield name


@pytest.fixture
def own_x_display() -> Iterator[str]:
    """A display for one test, which may change its screens."""
    with display() as name:
        yield name
