"""Gaze at the pixels that show a point of an image is stored as that point: the whole way, at any scale.

Gaze is replayed over LSL into the real reading window, stored, and prepared for a data set. Where a point is
shown is measured in the pixels of the screen (`read_markers.py`), by nothing that the app knows.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WITHIN_PX = 0.5
SCALES = [1, 1.25, 1.5, 2]
FIRST_PX, SECOND_PX = [1920, 1080], [2560, 1440]

Plan = dict[str, Any]


@pytest.fixture
def read_markers(tmp_path: Path, run_script: Callable[..., str]) -> Callable[..., list[Any]]:
    """Let the images be read in windows as planned; gives the readings, session by session."""

    def read(plans: list[Plan], **environment: str) -> list[Any]:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        (folder / "plan.json").write_text(json.dumps(plans), "utf-8")
        run_script("read_markers.py", str(folder), **environment)
        found = json.loads((folder / "found.json").read_text("utf-8"))
        assert len(found) == len(plans)
        return found

    return read


@pytest.fixture
def offscreen(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Two screens side by side, the second one lower, with scales as set in an operating system."""

    def make(first: float, second: float) -> dict[str, str]:
        screens = [
            {"name": name, "x": x, "y": y, "width": px[0], "height": px[1], "logicalDpi": 96 * scale}
            for name, x, y, px, scale in (
                ("First", 0, 0, FIRST_PX, first),
                ("Second", FIRST_PX[0], 120, SECOND_PX, second),
            )
        ]
        for each in screens:
            each |= {"logicalBaseDpi": 96, "dpr": 1}
        file = tmp_path / "screens.json"
        file.write_text(json.dumps({"screens": screens}), "utf-8")
        return {"QT_QPA_PLATFORM": f"offscreen:configfile={file}"}

    return make


def check(plan: Plan, readings: list[dict[str, Any]], scale: float, method: str) -> None:
    """Compare what is stored with what was seen, in image px and in screen px."""
    assert sorted(reading["size"] for reading in readings) == [[901, 1301], [1300, 500]]
    for reading in readings:
        assert (reading["scale"], reading["method"]) == (scale, method)
        assert reading["screen_px"] == plan["screen_px"]
        on_screen = reading["placement"][2] / reading["size"][0]
        for colour, truth in reading["truth"].items():
            for side in reading["stored"][colour]:
                for stored, true in zip(side, truth, strict=True):
                    error_px = abs(stored - true) * max(1.0, on_screen)
                    assert error_px <= WITHIN_PX, (colour, stored, true, reading["placement"])


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), [(1, 2), (1.25, 1.5), (1.5, 1.25), (2, 1)])
def test_full_screen_and_in_a_window_on_two_screens(
    read_markers: Callable[..., list[Any]],
    offscreen: Callable[..., dict[str, str]],
    first: float,
    second: float,
) -> None:
    plans: list[Plan] = [
        {"screen": 1, "screen_px": FIRST_PX, "layout": "gazeannotator"},
        # In physical pixels of the tracked screen, as trackers tell them, whatever the scale is.
        {"screen": 1, "screen_px": FIRST_PX, "layout": "xdf", "windowed": [1200, 900], "offset": [40, 24]},
        {"screen": 2, "screen_px": SECOND_PX, "layout": "gazeannotator"},
        {
            "screen": 2,
            "screen_px": SECOND_PX,
            "layout": "xdf",
            "declared": False,
            "windowed": [1500, 1000],
            "offset": [200, 96],
        },
    ]
    found = read_markers(plans, **offscreen(first, second))
    for plan, readings in zip(plans, found, strict=True):
        check(plan, readings, first if plan["screen"] == 1 else second, "paint")


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
def test_on_a_real_display(read_markers: Callable[..., list[Any]], x_display: str, scale: float) -> None:
    """A window manager puts windows on any physical pixel, also between two logical ones."""
    plans: list[Plan] = [
        {"layout": "xdf"},
        {"layout": "xdf", "windowed": [1001, 601], "native_offset": [103, 77]},
        {"layout": "gazeannotator", "windowed": [902, 555], "native_offset": [50, 78]},
    ]
    plans = [{"screen": 1, "screen_px": [1366, 768], **plan} for plan in plans]
    environment = {"DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": str(scale)}
    for plan, readings in zip(plans, read_markers(plans, **environment), strict=True):
        check(plan, readings, scale, "swap")
