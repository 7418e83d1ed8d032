from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.ui import style
from gazeannotator.ui.operator.strips import SHOWN_S, Scale, Strip, StripChart


def test_a_strip_keeps_two_minutes_however_long_it_runs() -> None:
    strip = Strip()
    for tick in range(5000):  # 1000 s at 5 Hz
        strip.add(tick / 5, float(tick))
    values = strip.values(1000.0)
    assert len(values) <= 2 * SHOWN_S + 1
    assert values[:, 0].min() == pytest.approx(-SHOWN_S, abs=1.0)
    assert values[:, 0].max() == pytest.approx(-0.2, abs=0.7)
    # Each value stands at its own time.
    np.testing.assert_allclose(values[:, 1] / 5 - 1000.0, values[:, 0])
    assert len(strip.values(5000.0)) == 0


def test_gaps_are_marked_where_they_were(qtbot: QtBot, look: QApplication) -> None:
    chart = StripChart("Lost", "lost")
    qtbot.addWidget(chart)
    chart.resize(600, 100)
    strip = Strip()
    for tick in range(240):
        seconds = tick / 2
        strip.add(seconds, math.nan if 60 <= seconds < 70 else 0.1)
    chart.show_values(strip.values(119.5), Scale(1.0, 0.3, is_limit=True), "10 %", [(-30.0, -29.9)])
    row = chart.grab().toImage()
    y = row.height() - 30  # between the curve and the limit
    red = [x for x in range(600) if row.pixelColor(x, y) == QColor(style.COLOURS.danger_line)]
    silence = [x for x in red if x < 400]
    assert min(silence) == pytest.approx(chart.x_of(-59.5), abs=1.5)
    assert max(silence) == pytest.approx(chart.x_of(-49.5), abs=1.5)
    (known,) = {round(np.mean([x for x in red if x > 400]))}
    assert known == pytest.approx(chart.x_of(-30.0), abs=2)


def test_values_beyond_the_scale_stay_in_the_chart(qtbot: QtBot, look: QApplication) -> None:
    chart = StripChart("Rate", "rate")
    qtbot.addWidget(chart)
    chart.resize(300, 80)
    chart.show_values(np.array([[-60.0, 1e9], [-1.0, -5.0]]), Scale(300.0, 250.0), "", None)
    image = chart.grab().toImage()
    accent = QColor(style.COLOURS.accent)
    assert any(image.pixelColor(x, y) == accent for x in range(150, 300) for y in range(image.height()))
