"""A target's middle is at the screen px that was told, whatever the scale and the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WITHIN_PX = 0.1
SCREENS_PX = ((1366, 768), (1920, 1080))


@pytest.fixture
def shown(run_script: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Show the targets on the screen of that number."""

    def show(number: int, **environment: str) -> dict[str, Any]:
        return json.loads(run_script("show_targets.py", str(number), **environment))

    return show


def check(facts: dict[str, Any]) -> None:
    # A fraction of a logical pixel is a whole one in the window's own buffer.
    assert facts["size"] == pytest.approx(facts["px"], abs=1)
    for each in facts["found"]:
        assert each["centre"] == pytest.approx(each["wanted"], abs=WITHIN_PX)
        # 0.6 degrees once it has shrunk.
        assert each["across"] == pytest.approx(0.6 * each["px_per_deg"], abs=2)


@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2])
@pytest.mark.parametrize("number", [0, 1], ids=["first-screen", "second-screen"])
def test_raster(tmp_path: Path, shown: Callable[..., dict[str, Any]], number: int, scale: float) -> None:
    screens = [
        {"name": f"S{n}", "x": x, "y": y, "width": px[0], "height": px[1], "dpr": 1}
        for n, (x, y, px) in enumerate(zip((0, SCREENS_PX[0][0]), (0, 120), SCREENS_PX, strict=True))
    ]
    for each in screens:
        each |= {"logicalDpi": 96 * scale, "logicalBaseDpi": 96}
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    facts = shown(number, QT_QPA_PLATFORM=f"offscreen:configfile={file}")
    assert facts["px"] == list(SCREENS_PX[number])
    assert facts["method"] == "paint"
    check(facts)


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_opengl(x_display: str, shown: Callable[..., dict[str, Any]], scale: str) -> None:
    facts = shown(0, DISPLAY=x_display, QT_QPA_PLATFORM="xcb", QT_SCALE_FACTOR=scale)
    assert facts["method"] == "swap"
    check(facts)
