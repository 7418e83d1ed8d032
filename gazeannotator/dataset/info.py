"""What a data set holds, as facts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.dataset.schema import (
    SPLITS,
    class_names,
    json_attribute,
    open_dataset,
    strings,
    target_classes,
)


def dataset_info(path: Path) -> dict[str, Any]:
    """Gather the facts that `dataset info` prints.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        JSON types only. ``classes`` counts images by their target (truth where known, else label),
        ``no_target`` those with neither; ``folds`` counts images in each fold, and is empty where there
        are none; ``near_duplicates`` counts pairs of nearly equal images of different patients, and is
        None where nobody looked for them; ``excluded`` counts readings by reason, ``sources`` by where
        they come from; ``nominal`` names what was assumed of imported sessions.

    Raises
    ------
    BadInput
        If it is not a data set.
    """
    with open_dataset(path) as file:
        images = file["images"]
        target = target_classes(images["truth"][:], images["label"][:])
        split = images["split"][:]
        valid = file["readings/valid"][:]
        not_validated = np.isnan(file["readings/accuracy_deg"][:])
        build = json_attribute(file, "build")
        return {
            "format_version": str(file.attrs["format_version"]),
            "created_utc": str(file.attrs["created_utc"]),
            "software": str(file.attrs["software"]),
            "study": str(file.attrs["study"]),
            "simulated": bool(file.attrs["simulated"]),
            "patients_known": bool(file.attrs["patients_known"]),
            "images": len(target),
            "patients": len(set(strings(images["patient"]))),
            "readers": json_attribute(file, "readers"),
            "readings": len(valid),
            "valid_readings": int(valid.sum()),
            "sources": dict(sorted(Counter(strings(file["readings/source"])).items())),
            "nominal": json_attribute(file, "nominal") if "nominal" in file.attrs else {},
            "excluded": dict(Counter(each for each in strings(file["readings/exclusion"]) if each)),
            "not_validated": int((valid & not_validated).sum()),
            "gaze_samples": int(file["gaze/t_s"].shape[0]),
            "fixations": int(file["fixations/onset_s"].shape[0]),
            "grid_px": int(images["pixels"].shape[1]),
            "sigma_deg": build.get("sigma_deg"),
            "splits": {name: int((split == part).sum()) for part, name in enumerate(SPLITS)},
            "folds": _folds(images),
            "near_duplicates": build.get("near_duplicates_count"),
            "near_duplicates_in_two_parts": build.get("near_duplicates_in_two_parts"),
            "classes": {name: int((target == index).sum()) for index, name in enumerate(class_names(file))},
            "no_target": int((target < 0).sum()),
            "has_gaze": int(images["has_gaze"][:].sum()),
        }


def _folds(images: Any) -> list[int]:  # noqa: ANN401 - h5py has no types
    if "fold" not in images:
        return []
    fold = images["fold"][:]
    return [int((fold == each).sum()) for each in range(int(fold.max(initial=-1)) + 1)]
