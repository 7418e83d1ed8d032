"""The loss of a reading."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.dataset.reading_gaze import gaze_while_seen
from gazeannotator.samples import GazeChunk


def recorded(time_s, lost):
    eye = np.where(lost[:, None], np.nan, 0.5).repeat(2, axis=1)
    unknown = np.full(len(time_s), np.nan)
    chunk = GazeChunk(time_s, eye, eye, eye * np.nan, unknown, unknown, np.full((len(time_s), 2, 3), np.nan))
    return SimpleNamespace(gaze=lambda _session, _start_s, _stop_s: chunk)


@given(st.integers(0, 2**32), st.floats(60, 1200), st.floats(0.0, 0.62))
def test_the_loss_of_a_reading_is_right_where_most_samples_never_came(seed, rate, dropped):
    random = np.random.default_rng(seed)
    n = round(12 * rate)
    came, lost = random.random(n) >= dropped, random.random(n) < 0.1
    time_s = 100 + np.arange(n) / rate
    session = SimpleNamespace(id="s", gaze_stream=None, imported=None, tells_loss=False)
    seen = gaze_while_seen(recorded(time_s[came], lost[came]), session, 100.0, n / rate)
    assert seen.data_loss == pytest.approx(1 - np.mean(came & ~lost), abs=0.02)
    assert seen.rate_hz == pytest.approx(rate, rel=1e-6)
