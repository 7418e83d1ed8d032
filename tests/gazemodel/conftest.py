"""Generated data sets for the trainer: the generator is that of benchmarks/spurious_cue.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

_BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "spurious_cue.py"


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Threads of one small training that wait for each other on a busy machine are slower than one."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shortcut() -> ModuleType:
    """The module benchmarks/spurious_cue.py."""
    spec = importlib.util.spec_from_file_location("spurious_cue", _BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules["spurious_cue"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small_data(shortcut: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """18 training, 6 validation and 9 test images of 48 px with gaze; not to be changed."""
    path = tmp_path_factory.mktemp("data") / "small.h5"
    return shortcut.write_dataset(path, shortcut.Shortcut(size=48, train=18, validation=6, test=9))


@pytest.fixture
def own_data(shortcut: ModuleType, tmp_path: Path) -> Path:
    """The same, for a test that changes it."""
    return shortcut.write_dataset(
        tmp_path / "own.h5", shortcut.Shortcut(size=48, train=18, validation=6, test=9)
    )


@pytest.fixture(scope="session")
def trained(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished RUN folder of two epochs; not to be changed."""
    from typer.testing import CliRunner

    from gazemodel.cli import app

    run = tmp_path_factory.mktemp("trained") / "run"
    options = ["--recipe", "quick", "--size", "48", "--epochs", "2", "--batch", "6"]
    result = CliRunner().invoke(app, ["train", str(small_data), "-o", str(run), *options])
    assert result.exit_code == 0, result.output
    return run
