"""What the study page shows of a study, read from its store in one go. No Qt here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gazeannotator.study.facts import study_info
from gazeannotator.study.model import UNKNOWN, Protocol
from gazeannotator.study.store import Store

NextStep = Literal["import", "review", "read", "go_on", "build"]


@dataclass(frozen=True)
class ReaderProgress:
    """How far a reader is."""

    code: str
    done: int
    total: int


@dataclass(frozen=True)
class Overview:
    """A study at a glance.

    Attributes
    ----------
    labels : tuple of (str, int)
        Class name and number of valid readings with it, in the scheme's order.
    waiting : int
        Images on which something was hidden, and that wait for a reviewer.
    without_truth, without_patient : int
        Images of which the pathology or the patient is not known.
    quality_known : bool
        Whether all gaze was looked at: else `excluded` may grow and `median_data_loss` is NaN.
    median_accuracy_deg, median_data_loss : float
        NaN where nothing is known.
    protocol : Protocol
        How images are read.
    gaze_only : int
        Imported readings that asked for no answer.
    """

    path: Path
    name: str
    scheme: str
    simulated: bool
    images: int
    waiting: int
    patients: int
    readers: tuple[ReaderProgress, ...]
    done: int
    left: int
    excluded: int
    labels: tuple[tuple[str, int], ...]
    cannot_be_assessed: int
    gaze_samples: int
    without_truth: int
    without_patient: int
    quality_known: bool
    median_accuracy_deg: float
    median_data_loss: float
    protocol: Protocol
    gaze_only: int = 0

    @property
    def next_step(self) -> NextStep:
        """What most likely comes next."""
        if self.images == 0:
            return "review" if self.waiting else "import"
        if self.done == 0:
            return "read"
        return "go_on" if self.left else "build"


def read_overview(path: Path, *, quality: bool) -> Overview:
    """Read a study's overview.

    Parameters
    ----------
    quality : bool
        Also look at all gaze, which takes seconds in a large study.

    Raises
    ------
    UserError
        If the study cannot be opened.
    """
    measure = None
    if quality:
        # Here, since scipy takes as long to load as all else that the first window needs.
        from gazeannotator.dataset.reading_gaze import reading_loss as measure

    with Store.open(path) as store:
        info = study_info(store, data_loss=measure)
        images, protocol = store.images(), store.protocol
    readers = info["by_reader"].items()
    return Overview(
        path=path,
        name=info["name"],
        scheme=info["scheme"],
        simulated=info["simulated"],
        images=info["images"],
        waiting=info["waiting"],
        patients=info["patients"],
        readers=tuple(ReaderProgress(code, each["done"], info["images"]) for code, each in readers),
        done=info["readings"]["done"],
        left=info["readings"]["left"],
        excluded=info["readings"]["excluded"],
        labels=tuple(info["labels"].items()),
        cannot_be_assessed=info["cannot_be_assessed"],
        gaze_samples=info["gaze_samples"],
        without_truth=sum(each.truth == UNKNOWN for each in images),
        without_patient=sum(each.patient is None for each in images),
        quality_known=quality,
        median_accuracy_deg=_or_nan(info["median_accuracy_deg"]),
        median_data_loss=_or_nan(info["median_data_loss"]),
        protocol=protocol,
        gaze_only=info["gaze_only"],
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
