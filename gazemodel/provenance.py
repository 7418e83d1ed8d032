"""What a run was made with: the programs, and the very files it read."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
from pathlib import Path

import torch

from gazeannotator.dataset.checksum import sha256_of

_PACKAGES = (
    "gazeannotator",
    "torch",
    "lightning",
    "monai",
    "numpy",
    "scipy",
    "h5py",
    "opencv-python-headless",
)


def software() -> dict[str, str]:
    """Versions of all that has a part in a run's figures; threads, as sums depend on how they are split."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # OpenCV comes under several names
            continue
    found["threads"] = str(torch.get_num_threads())
    if torch.cuda.is_available():
        found |= {"cuda": str(torch.version.cuda), "gpu": torch.cuda.get_device_name()}
    return found


def checksum(path: Path) -> str:
    """SHA-256 of a file; read once a process, as the runs of a comparison share their data set."""
    state = path.stat()
    return _checksum(path.resolve(), state.st_size, state.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _checksum(path: Path, size: int, changed_ns: int) -> str:
    return sha256_of(path)
