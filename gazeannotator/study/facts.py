"""What can be said of a study in numbers."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

from gazeannotator.study.model import CANNOT_BE_ASSESSED, Reading, Session
from gazeannotator.study.store import Store


def study_info(store: Store, *, quality: bool = True) -> dict[str, Any]:
    """Gather the facts of a study as JSON types.

    Parameters
    ----------
    quality : bool
        Also look at all gaze for the median data loss, and count the readings that are
        excluded for it; takes seconds in a large study.

    Returns
    -------
    dict
        ``name``, ``scheme``, ``simulated``, ``images``, ``patients`` (known ones), ``readers``,
        ``readings``: ``done`` (valid answers), ``left`` (images that readers have still to
        answer), ``excluded`` (readings that a data set leaves out: corrected, interrupted,
        cannot be assessed, beyond the protocol's limits of accuracy or data loss),
        ``labels``: class name → valid answers, ``cannot_be_assessed``, ``gaze_samples``,
        ``median_accuracy_deg`` and ``median_data_loss`` over the valid answers, None if unknown,
        and ``by_reader``: code → ``done``, ``left``.
    """
    images, readers, scheme = store.images(), store.readers(), store.scheme
    sessions = {each.id: each for each in store.sessions()}
    readings = store.readings()
    done = [each for each in readings if each.state == "done" and each.replaced_by is None]
    loss = {each.id: data_loss(store, sessions[each.session], each) for each in done} if quality else {}
    by_reader = {each.code: sum(reading.reader == each.code for reading in done) for each in readers}
    accuracies = [sessions[each.session].accuracy_deg for each in done]
    excluded = sum(
        each not in done
        or each.label == CANNOT_BE_ASSESSED
        or sessions[each.session].accuracy_deg > store.protocol.max_accuracy_deg
        or loss.get(each.id, math.nan) > store.protocol.max_data_loss
        for each in readings
    )
    return {
        "name": store.name,
        "scheme": scheme.name,
        "simulated": any(each.simulated for each in sessions.values()),
        "images": len(images),
        "patients": len({each.patient for each in images} - {None}),
        "readers": len(readers),
        "readings": {
            "done": len(done),
            "left": len(images) * len(readers) - len(done),
            "excluded": excluded,
        },
        "labels": {
            each.name: sum(reading.label == index for reading in done)
            for index, each in enumerate(scheme.classes)
        },
        "cannot_be_assessed": sum(each.label == CANNOT_BE_ASSESSED for each in done),
        "gaze_samples": store.gaze_sample_count(),
        "median_accuracy_deg": _median(accuracies),
        "median_data_loss": _median(list(loss.values())),
        "by_reader": {code: {"done": n, "left": len(images) - n} for code, n in by_reader.items()},
    }


def data_loss(store: Store, session: Session, reading: Reading) -> float:
    """Share of lost samples while the image was shown; NaN where no gaze was recorded."""
    onset_s = reading.onset_s + session.onset_correction_s
    gaze = store.gaze(session.id, onset_s, onset_s + reading.duration_s)
    return float(gaze.lost.mean()) if len(gaze) else math.nan


def _median(values: list[float]) -> float | None:
    known = [each for each in values if not math.isnan(each)]
    return median(known) if known else None
