from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from gazeannotator.gaze.filters import data_loss
from gazeannotator.study.facts import study_info
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store


def test_an_empty_study(new_store) -> None:
    facts = study_info(new_store(images=0), data_loss=data_loss)
    assert {
        "name": "study",
        "scheme": "NICE",
        "simulated": False,
        "images": 0,
        "patients": 0,
        "readers": 2,
        "readings": {"done": 0, "left": 0, "excluded": 0},
        "labels": {"Type 1": 0, "Type 2": 0, "Type 3": 0},
        "gaze_samples": 0,
        "median_accuracy_deg": None,
        "median_data_loss": None,
    }.items() <= facts.items()


@pytest.fixture
def read(store: Store, make) -> Store:
    """Three images answered by A (the last twice, then corrected to nothing), one interrupted."""
    store.add_images([make.image(0, "p1"), make.image(1, "p1"), make.image(2, "p2")])
    stream = make.session().gaze_stream
    session = ReadingSession.start(store, "A", make.screen, replace(stream, rate_hz=20.0), True, lambda: 0.0)
    session.validation(0.0, accuracy_deg=0.8, precision_rms_deg=0.1, data_loss=0.0, points=5)
    for k, (label, lost) in enumerate([(0, range(5)), (1, ()), (1, ()), (-1, ())]):
        if k == 3:
            session.back()
        onset_s = 10.0 * k
        store.append_gaze(session.id, make.chunk(onset_s + np.arange(21) / 20, lost=lost), onset_s + 1)
        session.show(session.next_image() or "", make.placement, onset_s, "swap")
        session.answer(str(label + 1), label, 2, onset_s + 0.9)
        session.hidden(onset_s + 1, "answered")
    session.show(session.next_image() or "", make.placement, 50.0, "swap")
    session.end(51.0)
    return store


def test_facts_of_a_study_that_was_read(read: Store) -> None:
    facts = study_info(read, data_loss=data_loss)
    assert (facts["images"], facts["patients"], facts["readers"], facts["simulated"]) == (5, 2, 2, True)
    # Corrected, interrupted and cannot be assessed are excluded.
    assert facts["readings"] == {"done": 3, "left": 7, "excluded": 3}
    assert facts["labels"] == {"Type 1": 1, "Type 2": 1, "Type 3": 0}
    assert facts["cannot_be_assessed"] == 1
    assert facts["gaze_samples"] == 84
    assert facts["median_accuracy_deg"] == 0.8
    assert facts["median_data_loss"] == 0
    assert facts["by_reader"] == {"A": {"done": 3, "left": 2}, "B": {"done": 0, "left": 5}}
    json.dumps(facts, allow_nan=False)


def test_loss_beyond_the_limit_excludes(new_store, make) -> None:
    store = new_store()
    session = ReadingSession.start(store, "A", make.screen, make.session().gaze_stream, False, lambda: 0.0)
    store.append_gaze(session.id, make.chunk(np.arange(61) / 60, lost=range(30)), 1.0)
    session.show(session.next_image() or "", make.placement, 0.0, "swap")
    session.answer("1", 0, 2, 0.9)
    session.hidden(1.0, "answered")
    session.end(2.0)
    facts = study_info(store, data_loss=data_loss)
    assert facts["median_data_loss"] == pytest.approx(30 / 61)
    assert facts["readings"] == {"done": 1, "left": 9, "excluded": 1}
    # Without looking at the gaze nothing is said about it.
    assert study_info(store)["median_data_loss"] is None
    assert study_info(store)["readings"]["excluded"] == 0


def test_loss_is_counted_from_the_light_on(store: Store, make) -> None:
    """A display that is half a second late: what was lost before its light is no loss of the reading."""
    store.add_images([make.image(0, "p1")])
    stream = replace(make.session().gaze_stream, rate_hz=20.0)
    session = ReadingSession.start(
        store, "A", make.screen, stream, False, lambda: 0.0, onset_correction_s=0.5
    )
    store.append_gaze(session.id, make.chunk(np.arange(41) / 20, lost=range(10)), 2.0)
    session.show(session.next_image() or "", make.placement, 0.0, "swap")
    session.answer("1", 0, 2, 0.9)
    session.hidden(1.0, "answered")
    session.end(2.0)
    assert study_info(store, data_loss=data_loss)["median_data_loss"] == 0
