"""The wheel, installed into an empty environment, does the whole demo away from the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "gazeannotator", "gazemodel", "resources")


def run(*command: str | Path, cwd: Path, timeout_s: float = 900) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_"))
    }
    result = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A copy, so that neither an old build folder of the checkout goes in nor a new one comes to be there.
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, source / name)
    run(sys.executable, "-m", "build", "--outdir", source / "dist", cwd=source)
    (made,) = (source / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the console scripts in a fresh environment."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    constraints = CHECKOUT / "constraints.txt"
    torch = next(line for line in constraints.read_text("utf-8").splitlines() if line.startswith("torch=="))
    run(scripts / "python", "-m", "pip", "install", "--quiet", torch, cwd=folder)
    run(scripts / "python", "-m", "pip", "install", "--quiet", "-c", constraints, wheel, cwd=folder)
    return scripts


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_demo_from_the_wheel_makes_everything(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "import gazeannotator; print(gazeannotator.__file__)", cwd=tmp_path
    )
    assert not Path(where.strip()).is_relative_to(CHECKOUT)

    said = run(installed / "gazeannotator", "demo", "--headless", "--out", tmp_path / "out", cwd=tmp_path)
    assert "simulated" in said.lower()

    def facts(*arguments: str | Path) -> dict:
        return json.loads(run(installed / "gazeannotator", *arguments, "--json", cwd=tmp_path))

    study, dataset = tmp_path / "out" / "sample-polyps", tmp_path / "out" / "dataset.h5"
    info = facts("study", "info", study)
    assert info["images"] >= 36
    assert info["patients"] >= 12
    assert info["simulated"] is True
    assert info["readings"]["left"] == 0
    assert info["gaze_samples"] > 100 * info["images"]
    assert facts("study", "check", study) == {"ok": True, "problems": []}

    run(installed / "gazeannotator", "dataset", "check", dataset, cwd=tmp_path)
    built = facts("dataset", "info", dataset)
    assert built["simulated"] is True
    assert built["images"] == info["images"]
    assert built["has_gaze"] >= 0.9 * built["images"]
    assert min(built["splits"].values()) > 0

    metrics = json.loads((tmp_path / "out" / "run" / "metrics.json").read_text("utf-8"))
    assert metrics["split"] == "test"
    assert metrics["n_images"] == built["splits"]["test"]
    report = (tmp_path / "out" / "run" / "report.html").read_text("utf-8")
    assert "simulated" in report.lower()
    # Without the pictures, whose letters are anything by chance.
    words = re.sub(r"base64,[^\"]*", "", report).replace("http://www.w3.org", "")
    assert re.findall(r"http.{0,60}", words) == []
