"""What can be said of a study in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from statistics import median
from typing import Any

from gazeannotator.study.model import CANNOT_BE_ASSESSED, Reading, Session
from gazeannotator.study.store import Store

LossMeasure = Callable[[Store, Session, Reading], float]
"""`dataset.reading_gaze.reading_loss`: share of lost samples, NaN where nothing was recorded."""


def study_info(store: Store, *, data_loss: LossMeasure | None = None) -> dict[str, Any]:
    """Gather the facts of a study as JSON types.

    Parameters
    ----------
    data_loss : callable, optional
        `dataset.reading_gaze.reading_loss`, handed in because a study knows nothing of how gaze is judged.
        With it all gaze is looked at, which takes seconds in a large study; without it
        ``median_data_loss`` is None, and no reading counts as excluded for its loss.

    Returns
    -------
    dict
        ``name``, ``scheme``, ``simulated``, ``images``, ``waiting`` (for review, not among the
        images), ``patients`` (known ones), ``readers``,
        ``readings``: ``done`` (valid answers), ``left`` (images that readers have still to
        answer), ``excluded`` (readings that a data set leaves out: corrected, interrupted,
        cannot be assessed, beyond the protocol's limits of accuracy or data loss),
        ``gaze_only`` (imported readings that asked for no answer),
        ``labels``: class name → valid answers, ``cannot_be_assessed``, ``gaze_samples``,
        ``median_accuracy_deg`` and ``median_data_loss`` over the valid answers, None if unknown,
        ``protocol``: its options, and ``by_reader``: code → ``done``, ``left``.
    """
    images, readers, scheme = store.images(), store.readers(), store.scheme
    sessions = {each.id: each for each in store.sessions()}
    readings = store.readings()
    whole = [each for each in readings if each.state == "done" and each.replaced_by is None]
    done = [each for each in whole if each.label is not None]
    loss = {each.id: data_loss(store, sessions[each.session], each) for each in whole if data_loss}
    by_reader = {each.code: sum(reading.reader == each.code for reading in done) for each in readers}
    accuracies = [each.tracking.accuracy_deg for each in whole]
    valid = {each.id for each in whole}
    excluded = sum(
        each.id not in valid
        or each.label == CANNOT_BE_ASSESSED
        or each.tracking.accuracy_deg > store.protocol.max_accuracy_deg
        or loss.get(each.id, math.nan) > store.protocol.max_data_loss
        for each in readings
    )
    return {
        "name": store.name,
        "scheme": scheme.name,
        "simulated": any(each.simulated for each in sessions.values()),
        "images": len(images),
        "waiting": len(store.waiting()),
        "patients": len({each.patient for each in images} - {None}),
        "readers": len(readers),
        "readings": {
            "done": len(done),
            "left": len(images) * len(readers) - len(done),
            "excluded": excluded,
        },
        "gaze_only": len(whole) - len(done),
        "labels": {
            each.name: sum(reading.label == index for reading in done)
            for index, each in enumerate(scheme.classes)
        },
        "cannot_be_assessed": sum(each.label == CANNOT_BE_ASSESSED for each in done),
        "gaze_samples": store.gaze_sample_count(),
        "median_accuracy_deg": _median(accuracies),
        "median_data_loss": _median(list(loss.values())),
        "protocol": asdict(store.protocol),
        "by_reader": {code: {"done": n, "left": len(images) - n} for code, n in by_reader.items()},
    }


def _median(values: list[float]) -> float | None:
    known = [each for each in values if not math.isnan(each)]
    return median(known) if known else None
