"""From studies to a data set file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.central_bias import CENTRAL_BIAS, remove_central_bias
from gazeannotator.dataset.corrections import CorrectedSpans
from gazeannotator.dataset.joining import Joined, join_studies
from gazeannotator.dataset.leakage import find_leakage
from gazeannotator.dataset.looks import WEIGHTS, Weighting
from gazeannotator.dataset.parts import Parts, PartsPlan, split_of_file
from gazeannotator.dataset.preparing import PreparedImage, Recipe, prepared
from gazeannotator.dataset.readings import Quality
from gazeannotator.dataset.schema import SPLITS, target_classes
from gazeannotator.dataset.splits import check_folds
from gazeannotator.dataset.writer import DatasetWriter, writing
from gazeannotator.errors import BadInput
from gazeannotator.gaze.eyes import EYES, MEAN
from gazeannotator.gaze.fixations import DEFAULT, METHODS
from gazeannotator.study.model import Protocol

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); raises `Cancelled` to stop."""

SMALLEST_GRID_PX = 16


@dataclass(frozen=True)
class BuildOptions:
    """How a data set is built; stored in the file.

    Attributes
    ----------
    size : int
        Side of the square grid, px.
    method : str
        Of finding fixations, a key of `gazeannotator.gaze.fixations.METHODS`.
    sigma_deg : float
        Of the heatmap's Gaussians.
    split : str
        Shares of train/validation/test, or the name of a CSV file that tells the part of each image or
        patient; that name is not stored.
    seed : int
        Of the split and the folds.
    max_data_loss : float, optional
        Share of lost samples from which on a reading is not used; None: what its study's protocol says.
    max_accuracy_deg : float, optional
        Error at the last validation from which on a reading is not used; None: as above.
    require_validation : bool
        Leave out readings of sessions without a validation.
    folds : int, optional
        Divide the images by patient into so many folds too, independent of the split.
    eye : str
        Whose gaze, one of `gazeannotator.gaze.eyes.EYES`.
    weights, first_s, skip_first_fixation
        How gaze weighs in a heatmap, as in `gazeannotator.dataset.looks.Weighting`.
    central_bias : str
        ``keep``, or ``remove`` it from the heatmaps, see `gazeannotator.dataset.central_bias`.
    """

    size: int = 512
    method: str = DEFAULT
    sigma_deg: float = 1.0
    split: str = "60/20/20"
    seed: int = 0
    max_data_loss: float | None = None
    max_accuracy_deg: float | None = None
    require_validation: bool = False
    folds: int | None = None
    eye: str = MEAN
    weights: str = WEIGHTS[0]
    first_s: float | None = None
    skip_first_fixation: bool = False
    central_bias: str = CENTRAL_BIAS[0]


@dataclass(frozen=True)
class BuildReport:
    """What was built.

    Attributes
    ----------
    images, patients, readings, valid, with_gaze, gaze_samples, fixations : int
    excluded : dict
        Reason → number of readings.
    not_validated : int
        Used readings of sessions without a validation.
    splits : dict
        Part → number of images.
    warnings : list of str
    """

    images: int
    patients: int
    readings: int
    valid: int
    with_gaze: int
    gaze_samples: int
    fixations: int
    excluded: dict[str, int]
    not_validated: int
    splits: dict[str, int]
    warnings: list[str]


def check_options(options: BuildOptions) -> None:
    """Refuse options that make no sense.

    Raises
    ------
    BadInput
    """
    split_of_file(options.split)
    if options.folds is not None:
        check_folds(options.folds)
    if options.method not in METHODS:
        raise BadInput(
            f"There is no method {options.method!r} of finding fixations.",
            f"Choose one of {', '.join(METHODS)}.",
        )
    if options.size < SMALLEST_GRID_PX:
        raise BadInput(f"A grid of {options.size} px is too small.", f"Give at least {SMALLEST_GRID_PX}.")
    if not 0 < options.sigma_deg < 90:
        raise BadInput(
            f"A sigma of {options.sigma_deg} degrees is not usable.", "Give a positive number such as 1.0."
        )
    if options.max_data_loss is not None and not 0 <= options.max_data_loss <= 1:
        raise BadInput(f"A data loss of {options.max_data_loss} is no share.", "Give a number from 0 to 1.")
    for name, value, known in (
        ("--eye", options.eye, EYES),
        ("--weights", options.weights, WEIGHTS),
        ("--central-bias", options.central_bias, CENTRAL_BIAS),
    ):
        if value not in known:
            raise BadInput(f"{name} {value!r} is not known.", f"Choose one of {', '.join(known)}.")
    if options.first_s is not None and not 0 < options.first_s < math.inf:
        raise BadInput(f"The first {options.first_s} s are no span.", "Give a positive number such as 2.5.")
    if options.seed < 0:
        raise BadInput(f"A seed of {options.seed} is not usable.", "Give 0 or a greater whole number.")
    if options.max_accuracy_deg is not None and not options.max_accuracy_deg > 0:
        raise BadInput(f"An accuracy of {options.max_accuracy_deg} is not usable.", "Give positive degrees.")


def build(
    studies: Sequence[Path],
    target: Path,
    options: BuildOptions | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
) -> BuildReport:
    """Build a data set from one or more studies, image by image.

    Parameters
    ----------
    studies : sequence of Path
    target : Path
        Replaced when the new file is whole; untouched if anything fails before.
    options : BuildOptions, optional
    progress : callable, optional
    jobs : int
        Processes that share the work.

    Returns
    -------
    BuildReport

    Raises
    ------
    UserError
        If a study, an option or the target cannot be used.
    Cancelled
        If `progress` stopped it; nothing is left behind.
    """
    options = options or BuildOptions()
    check_options(options)
    joined = join_studies(studies)
    plan = PartsPlan(options.split, options.folds, options.seed, joined, dict.fromkeys(studies))
    limits = {path: _limits(options, protocol) for path, protocol in joined.protocols.items()}
    weighting = Weighting.of(asdict(options))
    recipe = Recipe(options.size, options.method, options.sigma_deg, limits, weighting, options.eye)
    paths = list(dict.fromkeys(studies))
    tally = _Tally()
    with writing(target, options.size) as writer:
        with closing(prepared(joined.images, paths, recipe, jobs)) as work:
            for row, image in enumerate(work):
                if progress:
                    progress(row, len(joined.images), "Images")
                _write(writer, row, image)
                tally.add(image)
        parts, warnings = _finish(writer, joined, tally, plan, options, limits)
        if options.central_bias == "remove":
            warnings += _without_central_bias(writer, progress)
        if progress:
            progress(len(joined.images), len(joined.images), "Images")
    return BuildReport(
        images=len(joined.images),
        patients=len({image.patient for image in joined.images}),
        readings=tally.readers.total(),
        valid=tally.valid,
        with_gaze=tally.with_gaze,
        gaze_samples=tally.gaze_samples,
        fixations=tally.fixations,
        excluded=dict(tally.excluded),
        not_validated=tally.not_validated,
        splits={name: int((parts.split == part).sum()) for part, name in enumerate(SPLITS)},
        warnings=[*joined.warnings, *warnings],
    )


def _without_central_bias(writer: DatasetWriter, progress: Progress | None) -> list[str]:
    kept = remove_central_bias(writer.file, progress)
    if not kept:
        return []
    return [f"{kept} heatmaps keep the central bias: without it nothing is left, or no other is there."]


def _limits(options: BuildOptions, protocol: Protocol) -> Quality:
    loss, accuracy_deg = options.max_data_loss, options.max_accuracy_deg
    return Quality(
        protocol.max_data_loss if loss is None else loss,
        protocol.max_accuracy_deg if accuracy_deg is None else accuracy_deg,
        options.require_validation,
    )


def _told(limits: Mapping[Path, float]) -> float | dict[str, float]:
    """Tell a limit as one number, or as one for each study where they differ."""
    if len(set(limits.values())) == 1:
        return next(iter(limits.values()))
    return {path.resolve().name: limit for path, limit in limits.items()}


def _write(writer: DatasetWriter, row: int, image: PreparedImage) -> None:
    writer.write_image(image.pixels, image.heatmap, image.columns)
    for reading in image.readings:
        writer.write_reading(reading.gaze, reading.fixations, {**reading.columns, "image": row})


def _nominal(joined: Joined) -> dict[str, list[str]]:
    """Name what was assumed of imported sessions, as in `ImportedFrom`, by their ids."""
    sessions = {each.session.id: each.session for image in joined.images for each in image.readings}
    return {key: list(each.imported.nominal) for key, each in sessions.items() if each.imported}


class _Tally:
    """What has been written so far, as far as it is needed once more."""

    def __init__(self) -> None:
        self.truth: list[int] = []
        self.label: list[int] = []
        self.with_gaze = 0
        self.readers: Counter[str] = Counter()
        self.excluded: Counter[str] = Counter()
        self.valid = 0
        self.not_validated = 0
        self.gaze_samples = 0
        self.fixations = 0
        self.simulated = False
        self.corrected = CorrectedSpans()
        self.fingerprints = bytearray()

    def add(self, image: PreparedImage) -> None:
        """Count one image and its readings."""
        self.truth.append(image.columns["truth"])
        self.label.append(image.columns["label"])
        self.with_gaze += image.heatmap is not None
        self.fingerprints += image.fingerprint
        for reading in image.readings:
            columns = reading.columns
            self.readers[columns["reader"]] += 1
            self.valid += columns["valid"]
            self.not_validated += bool(columns["valid"] and np.isnan(columns["accuracy_deg"]))
            self.simulated |= columns["source"] == "simulated"
            self.gaze_samples += len(reading.gaze["t_s"])
            self.fixations += len(reading.fixations["onset_s"])
            if reading.corrected:
                self.corrected.add(columns)
            if columns["exclusion"]:
                self.excluded[columns["exclusion"]] += 1

    def targets(self) -> NDArray[np.int8]:
        """Target class of each image so far."""
        return target_classes(np.array(self.truth, np.int8), np.array(self.label, np.int8))


def _finish(
    writer: DatasetWriter,
    joined: Joined,
    tally: _Tally,
    plan: PartsPlan,
    options: BuildOptions,
    limits: Mapping[Path, Quality],
) -> tuple[Parts, list[str]]:
    """Split the images and write what is known only now."""
    parts = plan.assign(tally.targets())
    ids, patients = [image.id for image in joined.images], [image.patient for image in joined.images]
    leakage = find_leakage(tally.fingerprints, ids, patients, parts)
    warnings = [*parts.warnings, *leakage.warnings]
    attributes = {
        "study": joined.name,
        "scheme": asdict(joined.scheme),
        "build": {
            **asdict(options),
            **plan.as_data(),
            **leakage.told,
            "max_data_loss": _told({path: each.max_data_loss for path, each in limits.items()}),
            "max_accuracy_deg": _told({path: each.max_accuracy_deg for path, each in limits.items()}),
            "studies": [path.resolve().name for path in limits],
            "corrected": tally.corrected.as_data(),
        },
        "readers": [{"code": code, "readings": n} for code, n in sorted(tally.readers.items())],
        "patients_known": joined.patients_known,
        "simulated": tally.simulated,
        "nominal": _nominal(joined),
    }
    writer.finish(parts.columns, attributes)
    if not tally.valid:
        warnings.append("No reading is used: the data set has no labels and no gaze of readers.")
    return parts, warnings
