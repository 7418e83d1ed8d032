"""A correction that was chosen after a validation: in the data set, and only there."""

from __future__ import annotations

import json
import math
from typing import Any

import h5py
import numpy as np
import pytest

from gazeannotator.errors import StudyDamaged
from gazeannotator.geometry import Screen, largest_placement, screen_px_to_image_px
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import targets
from gazeannotator.tracking.measures import measure
from gazeannotator.tracking.outcome import Outcome, corrected
from gazeannotator.tracking.quality import Limits, ValidationResult

SCREEN = Screen(1920, 1080, 527, 296, 650)
RATE_HZ = 250.0
PLACES = ((14, 12), (40, 30))


def distorted(xy: np.ndarray) -> np.ndarray:
    """Make an error of the second order, as a badly fitted tracker does; up to three degrees."""
    u, v = np.moveaxis(2 * xy - 1, -1, 0)
    return xy + np.stack([0.02 + 0.03 * u**2 - 0.02 * v, 0.03 - 0.025 * u * v + 0.02 * v**2], axis=-1)


def validation() -> Outcome:
    """Validate the tracker that makes this error."""
    points = []
    rng = np.random.default_rng(2)
    for number, (x, y) in enumerate(targets.VALIDATION[9]):
        time_s = 10.0 * number + np.arange(0, 1, 1 / RATE_HZ)
        seen = distorted(np.tile([x, y], (len(time_s), 1)))
        left, right = (seen + rng.normal(0, 0.001, seen.shape) for _eye in range(2))
        unknown = np.full(len(time_s), math.nan)
        origin_mm = np.full((len(time_s), 2, 3), math.nan)
        samples = GazeChunk(time_s, left, right, np.full_like(left, 3.0), unknown, unknown, origin_mm)
        target_px = (x * SCREEN.width_px, y * SCREEN.height_px)
        points.append(measure(samples, target_px, 10.0 * number + 0.1, 10.0 * number + 0.9, SCREEN))
    result = ValidationResult(tuple(points))
    return Outcome(result, Limits(2.0, 0.3), corrected(result, SCREEN))


def read_distorted(maker: Any, image: str) -> str:
    """Read an image with the same error in every sample."""
    append = maker.store.append_gaze

    def append_distorted(session: str, samples: GazeChunk, received_s: float) -> None:
        for eye in (samples.left, samples.right):
            eye[:] = distorted(eye)
        append(session, samples, received_s)

    maker.store.append_gaze = append_distorted
    try:
        return maker.read(image, 0, places=PLACES)
    finally:
        maker.store.append_gaze = append


def test_corrected_gaze_lies_where_the_eye_looked(make_study, built) -> None:
    maker, outcome = make_study(), validation()
    images = [maker.add_image("p", truth=0, seed=number) for number in range(2)]
    maker.start()
    before = read_distorted(maker, images[0])
    maker.store.append(maker.session.id, "validation", t_s=maker.clock_s, data=outcome.as_data())
    after = read_distorted(maker, images[1])
    maker.end()
    raw = maker.store.gaze(maker.session.id)

    _report, data = built([maker])
    with data:
        rows = {name.decode(): row for row, name in enumerate(data["readings/id"][:])}
        px_per_deg = data["readings/px_per_deg"][:]

        def off_deg(reading: str, of: str) -> float:
            row = rows[reading]
            first, count = (data[f"readings/fixation_{each}"][row] for each in ("first", "count"))
            assert count == 2
            if of == "fixations":
                found = data["fixations/xy_px"][first : first + count]
            else:
                gaze = slice(data["readings/gaze_first"][row], None)
                rest = data["gaze/t_s"][gaze] < 0.35
                found = np.array([data[f"gaze/{of}"][gaze][rest][:80].mean(axis=0)])
            off_px = np.linalg.norm(found - np.array(PLACES)[: len(found)], axis=1)
            return float(off_px.max() / px_per_deg[row])

        assert off_deg(before, "fixations") > 1.5
        for of in ("fixations", "xy_px", "left_px", "right_px"):
            assert off_deg(after, of) < 0.1
        accuracy_deg = data["readings/accuracy_deg"][:]
        assert math.isnan(accuracy_deg[rows[before]])
        assert accuracy_deg[rows[after]] == pytest.approx(outcome.corrected.accuracy_deg)
        (told,) = json.loads(data.attrs["build"])["corrected"]
        assert told["session"] == maker.session.id
        onset_s = data["readings/onset_s"][:]
        assert told["readings"] == 1
        assert told["first_onset_s"] == told["last_onset_s"] == onset_s[rows[after]]

    # What is stored is what the tracker sent.
    placement = largest_placement((64, 48), SCREEN.size_px)
    eye_px = raw.left[:80] * np.array(SCREEN.size_px)
    seen_px = screen_px_to_image_px(eye_px.mean(axis=0), placement, (64, 48))
    assert np.linalg.norm(seen_px - PLACES[0]) / px_per_deg[0] > 1.0
    np.testing.assert_array_equal(maker.store.gaze(maker.session.id).left, raw.left)


def test_a_build_without_corrections_says_so(small_dataset) -> None:
    with h5py.File(small_dataset) as data:
        assert json.loads(data.attrs["build"])["corrected"] == []


def test_a_correction_that_is_none(make_study, built) -> None:
    maker = make_study()
    image = maker.add_image("p", truth=0)
    maker.start()
    data = validation().as_data()
    data["correction"] = {"accuracy_deg": 0.3, "left": {}, "right": {}}
    maker.store.append(maker.session.id, "validation", t_s=maker.clock_s, data=data)
    maker.read(image, 0)
    maker.end()
    with pytest.raises(StudyDamaged, match="correction of gaze"):
        built([maker])
