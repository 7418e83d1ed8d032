from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from gazeannotator.ui import style

HEAVY = ("torch", "lightning", "monai", "sklearn", "matplotlib", "pandas", "scipy.signal")

START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gazeannotator.ui import app
from gazeannotator.ui.messages import MessageDialog, UnexpectedErrors
"""


def run(code: str, config: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    named = {"GAZEANNOTATOR_CONFIG_DIR": str(config), "QT_QPA_PLATFORM": "offscreen", **environment}
    return subprocess.run(
        [sys.executable, "-c", START + code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, **named},
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def test_the_window_starts_without_anything_heavy(config: Path) -> None:
    code = f"application, window = app.start()\nprint([each for each in {HEAVY!r} if each in sys.modules])"
    result = run(code, config)
    assert (result.returncode, result.stdout) == (0, "[]\n"), result.stderr


def test_the_app_opens_a_study_and_ends_with_its_code(config: Path, study: Path) -> None:
    code = f"""
def look():
    if made[0].study is not None:
        timer.stop()
        print(made[0].study.name)
        made[0].close()
made = []
timer = QTimer(interval=50)
original = app.start
def start(path):
    application, window = original(path)
    made.append(window)
    timer.timeout.connect(look)
    timer.start()
    return application, window
app.start = start
sys.exit(app.run(Path({str(study)!r})))
"""
    result = run(code, config)
    assert (result.returncode, result.stdout) == (0, "Polyps\n"), result.stderr


def test_broken_settings_are_said_once(config: Path) -> None:
    (config / "settings.json").write_text("{ broken", encoding="utf-8")
    code = """
def said():
    application, window = app.start()
    texts = [each.title.text() for each in window.findChildren(MessageDialog)]
    window.close()
    return [text for text in texts if "settings" in text]
print(said())
print(said())
"""
    result = run(code, config)
    expected = "['The settings could not be read: it is not JSON (line 1)']\n[]\n"
    assert (result.returncode, result.stdout) == (0, expected), result.stderr
    assert (config / "settings.json.bad").read_text("utf-8") == "{ broken"


def test_a_small_screen_is_a_warning_and_no_refusal(config: Path) -> None:
    code = """
application, window = app.start()
print([each.title.text() for each in window.findChildren(MessageDialog)], window.isVisible())
"""
    result = run(code, config)  # the offscreen screen has 800 × 800
    assert result.stdout == "['This screen is smaller than 1024 × 768.'] True\n", result.stderr


def test_a_fault_is_shown_and_logged_and_the_program_goes_on(config: Path) -> None:
    code = """
application, window = app.start()
def fail():
    raise RuntimeError("of patient P-007")
QTimer.singleShot(0, fail)
errors = application.findChild(UnexpectedErrors)
def look():
    if errors.dialog is not None:
        print(errors.dialog.isVisible(), window.isVisible())
        application.quit()
timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
print(application.exec())
"""
    result = run(code, config)
    assert result.stdout == "True True\n0\n", result.stderr
    log = (config / "gazeannotator.log").read_text("utf-8")
    assert "RuntimeError" in log
    assert "P-007" not in log.replace('raise RuntimeError("of patient P-007")', "")


def test_the_one_application_is_made_once(config: Path) -> None:
    code = "print(app.make_application(['x']) is app.make_application(['y']))"
    assert run(code, config).stdout == "True\n"


def test_a_language_without_a_catalogue_is_english(config: Path) -> None:
    code = """
application = app.make_application(["x"])
print(app.load_translation(application, "eo"))
"""
    result = run(code, config)
    assert (result.returncode, result.stdout) == (0, "False\n"), result.stderr


def test_every_icon_is_drawn(look: QApplication) -> None:
    names = sorted(each.stem for each in style.resource("icons").glob("*.svg"))
    assert len(names) > 30
    for name in names:
        drawn = style.pixmap(name, 24, ratio=2)
        assert drawn.size() == QSize(48, 48)
        pixels = drawn.toImage()
        assert any(pixels.pixelColor(x, y).alpha() > 200 for x in range(48) for y in range(48)), name


def test_every_icon_that_is_named_exists() -> None:
    source = "".join(each.read_text("utf-8") for each in Path(style.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'(?:icon=|picture\(|style\.icon\(|Menu\([^)]*, )"([a-z-]+)"', source))
    assert len(named) > 10
    assert [name for name in named if not style.resource("icons", f"{name}.svg").is_file()] == []


def test_the_style_sheet_is_filled_in(look: QApplication) -> None:
    sheet = style.style_sheet()
    assert "$" not in sheet
    assert style.COLOURS.accent in sheet
