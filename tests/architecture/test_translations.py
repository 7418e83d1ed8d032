"""The Chinese catalogue has every text of the windows, translated and compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_chinese_catalogue_is_current() -> None:
    script = CHECKOUT / "docs" / "update_translations.py"
    result = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
