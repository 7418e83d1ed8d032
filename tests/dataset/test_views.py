"""Gaze after a zoom or pan belongs to where the image lay by then, with the display's delay in both."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gazeannotator.dataset.readings import Quality, prepare_reading
from gazeannotator.geometry import Placement, image_px_to_screen_px
from gazeannotator.samples import GazeChunk
from gazeannotator.study.journal import fold_readings

RATE_HZ = 250.0
SIZE = (64, 48)
FIRST = Placement(240, 0, 1440, 1080)
ZOOMED = Placement(-1200, -810, 4320, 3240)
PANNED = Placement(-900, -400, 4320, 3240)
POINT = np.array([30.25, 22.5])


@pytest.mark.parametrize("correction_s", [0.0, 0.02])
def test_gaze_follows_the_image_through_zoom_and_pan(make_study, correction_s: float) -> None:
    maker = make_study()
    image = maker.add_image("p", 0, size=SIZE)
    session = maker.start(onset_correction_s=correction_s)
    onset_s, begin_s = maker.clock_s, [0.0, 0.8, 1.6]

    def write(event: str, t_s: float, **data: object) -> None:
        maker.store.append(session.id, event, t_s=t_s, reading="r", image=image, data=data)

    write("onset", onset_s, placement=FIRST.as_tuple(), image_px=SIZE, onset_method="swap")
    for at_s, placement in zip(begin_s[1:], (ZOOMED, PANNED), strict=True):
        write("view", onset_s + at_s, placement=placement.as_tuple())
    write("key", onset_s + 2.4, key="1", label=0, confidence=2, replaces=None)
    write("offset", onset_s + 2.4, reason="answered")

    # The eye stays on one point of the image, and follows it when its light has moved.
    since_s = 0.001 + np.arange(0, 2.39, 1 / RATE_HZ)
    placements = [FIRST, ZOOMED, PANNED]
    which = np.searchsorted(begin_s, since_s, side="right") - 1
    on_screen = np.array([image_px_to_screen_px(POINT, placements[each], SIZE) for each in which])
    gaze, n = on_screen / np.array(session.screen.size_px), len(since_s)
    unknown = np.full(n, np.nan)
    samples = GazeChunk(
        onset_s + correction_s + since_s,
        gaze,
        gaze.copy(),
        np.full((n, 2), 3.0),
        unknown,
        unknown.copy(),
        np.full((n, 2, 3), np.nan),
    )
    maker.store.append_gaze(session.id, samples, received_s=onset_s + 3)

    (reading,) = maker.store.readings()
    ready = prepare_reading(maker.store, session, reading, SIZE, "ivt", Quality(0.3, 2.0, False))
    assert len(ready.gaze["t_s"]) == len(since_s)
    for points in ("xy_px", "left_px", "right_px"):
        np.testing.assert_allclose(ready.gaze[points], np.tile(POINT, (len(since_s), 1)), atol=1e-3)
    assert len(ready.fixations["xy_px"]) == 3
    np.testing.assert_allclose(ready.fixations["xy_px"], np.tile(POINT, (3, 1)), atol=0.02)
    assert ready.columns["placement"] == FIRST.as_tuple()


def test_views_are_folded_in_their_order(make_study) -> None:
    maker = make_study()
    image = maker.add_image("p", 0, size=SIZE)
    session = maker.start()
    data = {"placement": FIRST.as_tuple(), "image_px": SIZE, "onset_method": "swap"}
    maker.store.append(session.id, "onset", t_s=1.0, reading="r", image=image, data=data)
    for t_s, placement in ((2.0, ZOOMED), (3.0, PANNED)):
        data = {"placement": placement.as_tuple()}
        maker.store.append(session.id, "view", t_s=t_s, reading="r", image=image, data=data)
    # Of no reading: nothing was on the screen.
    maker.store.append(session.id, "view", t_s=4.0, data={"placement": FIRST.as_tuple()})
    (reading,) = fold_readings(session, maker.store.entries(session.id))
    assert reading.views == ((2.0, ZOOMED), (3.0, PANNED))


def test_when_an_image_was_seen(make_study) -> None:
    maker = make_study()
    image = maker.add_image("p", 0, size=SIZE)
    session = maker.start(onset_correction_s=0.5)
    data = {"placement": FIRST.as_tuple(), "image_px": SIZE, "onset_method": "swap"}
    maker.store.append(session.id, "onset", t_s=10.0, reading="r", image=image, data=data)

    def seen() -> tuple[float, float]:
        (reading,) = maker.store.readings()
        return reading.seen(session.onset_correction_s)

    onset_s, duration_s = seen()
    assert onset_s == 10.5
    assert math.isnan(duration_s)
    answer = {"key": "1", "label": 0, "confidence": 0}
    maker.store.append(session.id, "key", t_s=12.0, reading="r", image=image, data=answer)
    # Cut off before its end was stamped: seen from the light to the key.
    assert seen() == (10.5, 1.5)
    reason = {"reason": "answered"}
    maker.store.append(session.id, "offset", t_s=12.25, reading="r", image=image, data=reason)
    # Both ends are stamps of frames: their light is as late.
    assert seen() == (10.5, 2.25)
