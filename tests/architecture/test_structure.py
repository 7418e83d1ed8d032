"""The shape of the code: layers, sizes, and what may be imported where."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("gazeannotator", "gazemodel")
MAX_LINES = 400


def source_files() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((CHECKOUT / package).rglob("*.py"))]


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )


def test_layers_are_kept() -> None:
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    result = subprocess.run(
        [lint_imports, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file", source_files(), ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_files_are_small(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= MAX_LINES


def test_package_files_are_empty() -> None:
    assert [
        str(file) for file in source_files() if file.name == "__init__.py" and file.read_text("utf-8")
    ] == []


def test_nothing_runs_the_event_loop_by_hand() -> None:
    assert [str(file) for file in source_files() if "processEvents(" in file.read_text("utf-8")] == []


def test_nothing_is_unpickled() -> None:
    forbidden = (
        "pickle.load",
        "Unpickler(",
        "from pickle",
        "allow_pickle=True",
        "weights_only=False",
        "jsonpickle",
    )
    assert [
        (str(file), word) for file in source_files() for word in forbidden if word in file.read_text("utf-8")
    ] == []


def test_setup_lists_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    listed = set(setup["options"]["packages"].split())
    found = {".".join(file.parent.relative_to(CHECKOUT).parts) for file in source_files()}
    assert listed == found | {"gazeannotator.resources"}


def core_modules() -> list[str]:
    layers = ("study", "tracking", "gaze", "dataset")
    modules = [
        "gazeannotator.errors",
        "gazeannotator.samples",
        "gazeannotator.geometry",
        "gazeannotator.settings",
    ]
    for layer in layers:
        for file in sorted((CHECKOUT / "gazeannotator" / layer).rglob("*.py")):
            if file.name != "__init__.py":
                modules.append(".".join(file.relative_to(CHECKOUT).with_suffix("").parts))
    return [*modules, "gazemodel.config", "gazemodel.events"]


def test_core_imports_without_qt_and_torch() -> None:
    blocked = ("PySide6", "shiboken6", "pyqtgraph", "torch", "lightning", "monai")
    # None in sys.modules would do for our own imports, but scipy looks there for a torch to support.
    code = f"""
import importlib, importlib.abc, sys

class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(name + " is blocked here")

sys.meta_path.insert(0, Block())
for name in {core_modules()!r}:
    importlib.import_module(name)
"""
    result = run_python(code)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("module", ["gazeannotator.ui.app", "gazeannotator.cli.main", "gazemodel.cli"])
def test_start_does_not_load_torch(module: str) -> None:
    result = run_python(f"import sys, {module}; print(*sorted(set(sys.modules)))")
    assert result.returncode == 0, result.stderr
    assert {"torch", "lightning", "monai"} & set(result.stdout.split()) == set()
