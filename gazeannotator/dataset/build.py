"""From studies to a data set file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.assembling import AddParts, Assembler, assembling
from gazeannotator.dataset.build_parts import Part, divided, remove_others, workplace
from gazeannotator.dataset.central_bias import CENTRAL_BIAS, remove_central_bias
from gazeannotator.dataset.corrections import CorrectedSpans
from gazeannotator.dataset.joining import Joined, join_studies
from gazeannotator.dataset.leakage import find_leakage
from gazeannotator.dataset.looks import WEIGHTS, Weighting
from gazeannotator.dataset.part_making import make_parts
from gazeannotator.dataset.parts import PartsPlan, split_of_file
from gazeannotator.dataset.preparing import Recipe
from gazeannotator.dataset.readings import Quality
from gazeannotator.dataset.schema import SPLITS, target_classes
from gazeannotator.dataset.splits import check_folds
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
    *,
    multi_file: bool = False,
    notice: Callable[[str], None] = lambda text: None,
) -> BuildReport:
    """Build a data set from one or more studies, part by part.

    Parts that an earlier build of the same target left when it was stopped are used again where
    nothing has changed for them.

    Parameters
    ----------
    studies : sequence of Path
    target : Path
        Replaced when the new file is whole; untouched if anything fails before.
    options : BuildOptions, optional
    progress : callable, optional
    jobs : int
        Processes that share the work.
    multi_file : bool
        Leave images and gaze in files of their own, in a folder beside the target that it shows.
    notice : callable
        Called with a sentence where a build goes on from an earlier one, or stops and could go on.

    Returns
    -------
    BuildReport

    Raises
    ------
    UserError
        If a study, an option or the target cannot be used, or another program is building it.
    Cancelled
        If `progress` stopped it.
    """
    options = options or BuildOptions()
    check_options(options)
    joined = join_studies(studies)
    plan = PartsPlan(options.split, options.folds, options.seed, joined, dict.fromkeys(studies))
    limits = {path: _limits(options, protocol) for path, protocol in joined.protocols.items()}
    weighting = Weighting.of(asdict(options))
    recipe = Recipe(options.size, options.method, options.sigma_deg, limits, weighting, options.eye)
    paths = list(dict.fromkeys(studies))
    total = len(joined.images)
    tally = _Tally()

    def told(done: int) -> None:
        if progress:
            progress(done, total, "Images")

    with workplace(target) as folder:
        parts = divided(joined, recipe, folder)
        with _resuming(folder, parts, total, notice) as ready:
            missing = [part for part in parts if not part.is_ready()]
            make_parts(missing, paths, recipe, jobs, lambda done: told(ready + done))
            with assembling(target, options.size, parts, multi_file) as adding:
                for columns in adding.added():
                    told(total)
                    tally.add(columns)
                split, warnings = _finish(adding.assembler, joined, tally, plan, options, limits)
                if options.central_bias == "remove":
                    warnings += _without_central_bias(adding, tally, split, progress)
                told(total)
    return BuildReport(
        images=total,
        patients=len({image.patient for image in joined.images}),
        readings=tally.readers.total(),
        valid=tally.valid,
        with_gaze=sum(int(each.sum()) for each in tally.has_gaze),
        gaze_samples=tally.gaze_samples,
        fixations=tally.fixations,
        excluded=dict(tally.excluded),
        not_validated=tally.not_validated,
        splits={name: int((split == part).sum()) for part, name in enumerate(SPLITS)},
        warnings=[*joined.warnings, *warnings],
    )


@contextmanager
def _resuming(
    folder: Path, parts: Sequence[Part], total: int, notice: Callable[[str], None]
) -> Iterator[int]:
    """Give the number of images that are ready; say so, and say it again where the build stops."""

    def ready() -> int:
        return sum(len(part.images) for part in parts if part.is_ready())

    remove_others(folder, parts)
    if before := ready():
        notice(f"Going on: {before} of {total} images were ready.")
    try:
        yield before
    except BaseException:
        if after := ready():
            notice(
                f"{after} of {total} images are ready: the same command goes on from there. "
                f"To give it up, delete the folder {folder}."
            )
        raise


def _without_central_bias(
    adding: AddParts, tally: _Tally, split: NDArray[np.int8], progress: Progress | None
) -> list[str]:
    with adding.heatmaps() as heatmaps:
        kept = remove_central_bias(heatmaps, split, np.concatenate(tally.has_gaze), progress)
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


def _nominal(joined: Joined) -> dict[str, list[str]]:
    """Name what was assumed of imported sessions, as in `ImportedFrom`, by their ids."""
    sessions = {each.session.id: each.session for image in joined.images for each in image.readings}
    return {key: list(each.imported.nominal) for key, each in sessions.items() if each.imported}


class _Tally:
    """What has been written so far, as far as it is needed once more."""

    def __init__(self) -> None:
        self.truth: list[NDArray[np.int8]] = []
        self.label: list[NDArray[np.int8]] = []
        self.has_gaze: list[NDArray[np.bool_]] = []
        self.readers: Counter[str] = Counter()
        self.excluded: Counter[str] = Counter()
        self.valid = 0
        self.not_validated = 0
        self.gaze_samples = 0
        self.fixations = 0
        self.simulated = False
        self.corrected = CorrectedSpans()
        self.fingerprints = bytearray()

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Count the images and readings of a part, by its columns."""
        self.truth.append(columns["/images/truth"])
        self.label.append(columns["/images/label"])
        self.has_gaze.append(columns["/images/has_gaze"])
        self.fingerprints += columns["/images/fingerprint"].tobytes()
        of_readings = {
            name.rsplit("/", 1)[1]: _decoded(values)
            for name, values in columns.items()
            if name.startswith("/readings/")
        }
        self.readers.update(of_readings["reader"])
        self.valid += int(of_readings["valid"].sum())
        self.not_validated += int((of_readings["valid"] & np.isnan(of_readings["accuracy_deg"])).sum())
        self.simulated |= bool((of_readings["source"] == "simulated").any())
        self.gaze_samples += int(of_readings["gaze_count"].sum())
        self.fixations += int(of_readings["fixation_count"].sum())
        self.excluded.update(each for each in of_readings["exclusion"] if each)
        for row in np.flatnonzero(of_readings["corrected"]):
            self.corrected.add({name: values[row] for name, values in of_readings.items()})

    def targets(self) -> NDArray[np.int8]:
        """Target class of each image so far."""
        return target_classes(np.concatenate(self.truth), np.concatenate(self.label))


def _decoded(values: NDArray[Any]) -> NDArray[Any]:
    """Turn bytes into str objects."""
    if values.dtype.kind != "S":
        return values
    return np.array([each.decode() for each in values.tolist()], object)


def _finish(
    writer: Assembler,
    joined: Joined,
    tally: _Tally,
    plan: PartsPlan,
    options: BuildOptions,
    limits: Mapping[Path, Quality],
) -> tuple[NDArray[np.int8], list[str]]:
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
    return parts.split, warnings
