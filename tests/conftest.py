"""What every test gets: no display needed, a home of its own, an LSL session of its own."""

from __future__ import annotations

import os
import tempfile
import uuid
from pathlib import Path

import pytest

# Before any test imports Qt, torch or liblsl: they read these once.
LSL_SESSION = f"test-{uuid.uuid4().hex[:12]}"
os.environ["GAZEANNOTATOR_LSL_SESSION"] = LSL_SESSION
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("MPLBACKEND", "Agg")
# Not in the home of each test: matplotlib would look through all fonts again in each child process.
os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "gazeannotator-test-matplotlib"))

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED_DATA = CHECKOUT.parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--headed", action="store_true", help="show the windows that tests open")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--headed"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the slowest tests come first, so that none is left alone at the end."""
    slow = {each.path for each in items if each.get_closest_marker("slow")}
    longest = CHECKOUT / "tests" / "test_wheel.py"
    items.sort(key=lambda each: (each.path != longest, each.path not in slow))


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own settings, caches or recent studies."""
    home = tmp_path_factory.mktemp("home")
    for name in (
        "HOME",
        "USERPROFILE",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
    ):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("GAZEANNOTATOR_CONFIG_DIR", str(home / "config"))


@pytest.fixture(scope="session")
def lund2013() -> Path:
    """The folder of real gaze recordings that lies beside the checkout."""
    folder = SHARED_DATA / "lund2013"
    if not (folder / "recordings.json").exists():
        pytest.skip(f"the Lund 2013 recordings are not at {folder}")
    return folder
