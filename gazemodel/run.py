"""A RUN folder: what lies where, and how a trained network is read back from it."""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import filelock
import safetensors
import safetensors.torch
import torch
from pydantic import ValidationError

from gazeannotator.errors import BadInput, StorageError
from gazemodel.arrangement import Arrangement
from gazemodel.config import TrainConfig
from gazemodel.console import is_first_process
from gazemodel.data import DataFacts
from gazemodel.network import Architecture, GazeNetwork, empty_network
from gazemodel.provenance import checksum, software

_FORMAT = 1
_LOCK = ".lock"


@dataclass(frozen=True)
class Run:
    """A RUN folder as read from its config.json.

    Attributes
    ----------
    folder : Path
    config : TrainConfig
    architecture : Architecture
    classes : tuple of str
    data : dict
        Where the run's data came from: path, study, grid_px, fingerprint, simulated, patients_known …
    remarks : tuple of str
        What a reader of the report should know of the data.
    arrangement : Arrangement or None
        How a comparison rearranged the data set for it.
    """

    folder: Path
    config: TrainConfig
    architecture: Architecture
    classes: tuple[str, ...]
    data: dict[str, Any]
    remarks: tuple[str, ...]
    arrangement: Arrangement | None = None

    @property
    def weights(self) -> Path:
        """Best weights."""
        return self.folder / "model.safetensors"

    @property
    def checkpoint(self) -> Path:
        """State after the last whole epoch."""
        return self.folder / "last.ckpt"

    @property
    def history(self) -> Path:
        """One row an epoch."""
        return self.folder / "history.csv"

    @property
    def predictions(self) -> Path:
        """One row an evaluated image."""
        return self.folder / "predictions.csv"

    @property
    def metrics(self) -> Path:
        """Measures of the evaluated images."""
        return self.folder / "metrics.json"

    @property
    def report(self) -> Path:
        """The page to read."""
        return self.folder / "report.html"

    @property
    def finished(self) -> bool:
        """Whether it was trained and judged: the report is written last, the checkpoint is dropped last."""
        return self.metrics.is_file() and (self.report.is_file() or not self.checkpoint.is_file())


def create_run(
    folder: Path,
    config: TrainConfig,
    architecture: Architecture,
    facts: DataFacts,
    remarks: list[str],
    arrangement: Arrangement | None = None,
) -> Run:
    """Make a RUN folder with its config.json; a process that does not lead leaves that to the first.

    Raises
    ------
    BadInput
        Where the folder exists and is not empty.
    StorageError
        Where it cannot be made.
    """
    data = {
        "path": str(facts.path.resolve()),
        "study": facts.study,
        "created_utc": facts.created_utc,
        "grid_px": facts.grid_px,
        "fingerprint": facts.fingerprint,
        "sha256": checksum(facts.path),
        "simulated": facts.simulated,
        "patients_known": facts.patients_known,
        "images_with_gaze": int(facts.has_gaze.sum()),
        "images": {name: len(facts.rows(name)) for name in ("train", "validation", "test")},
    }
    run = Run(folder, config, architecture, facts.classes, data, tuple(remarks), arrangement)
    if not is_first_process():
        return run
    check_free(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_config(run)
    except OSError as error:
        raise StorageError(
            f"The run {folder} cannot be written: {error.strerror}.", "Choose another folder."
        ) from None
    return run


def with_config(run: Run, config: TrainConfig, remark: str) -> Run:
    """Go on with other options than a run was begun with; its folder and its report say so."""
    changed = replace(run, config=config, remarks=(*run.remarks, remark))
    if is_first_process():
        _write_config(changed)
    return changed


def _write_config(run: Run) -> None:
    content = {
        "format": _FORMAT,
        "min_reader": _FORMAT,
        "writer": importlib.metadata.version("gazeannotator"),
        "config": run.config.model_dump(mode="json"),
        "architecture": run.architecture.model_dump(mode="json"),
        "classes": list(run.classes),
        "data": run.data,
        "remarks": list(run.remarks),
        "weights_sha256": weights_checksum(run.config),
        "software": software(),
        "arrangement": None if run.arrangement is None else run.arrangement.model_dump(mode="json"),
    }
    write_text(run.folder / "config.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def weights_checksum(config: TrainConfig) -> str | None:
    """SHA-256 of the file of initial weights; None where they are not of a file."""
    return None if config.weights in ("none", "imagenet") else checksum(Path(config.weights))


def check_free(folder: Path) -> None:
    """Refuse a folder that already holds something."""
    if not is_free(folder):
        raise BadInput(
            f"{folder} already exists and is not empty.",
            "Choose another folder, or go on with what was stopped with --resume.",
        )


def is_free(folder: Path) -> bool:
    """Whether nothing is there, but for what a process left that was killed before it wrote a first file."""
    if not folder.is_dir():
        return not folder.exists()
    return {each.name for each in folder.iterdir()} <= {_temporary(folder / "config.json").name, _LOCK}


def begin_or_go_on(
    folder: Path, plan: dict[str, Any], *, resume: bool, what: str, may_differ: str = ""
) -> None:
    """Note in a folder what is to be done there, or see that it is what was begun there.

    Parameters
    ----------
    folder : Path
        New or empty, or with `resume` one that was begun.
    plan : dict
        JSON types, for config.json.
    resume : bool
    what : str
        Word for what is done.
    may_differ : str
        What may be given anew, for the message.

    Raises
    ------
    BadInput
        Where the folder is in use, or is of another plan.
    """
    note = folder / "config.json"
    if not resume:
        check_free(folder)
    elif not is_free(folder):
        try:
            same = json.loads(note.read_text(encoding="utf-8")) == plan
        except (OSError, ValueError):
            same = False
        if not same:
            raise BadInput(
                f"{folder} is not this {what}: data set or options differ.",
                f"Give the same options as at its beginning{may_differ}, or another folder.",
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_text(note, json.dumps(plan, ensure_ascii=False, indent=2) + "\n")


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process has half written, from a folder that is ours and its RUN folders."""
    for each in (*folder.glob(".*.tmp"), *folder.glob("runs/*/*/.*.tmp"), *folder.glob("trials/*/.*.tmp")):
        each.unlink(missing_ok=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from writing into a folder; the lock of a killed one is free at once.

    Raises
    ------
    BadInput
        Where another process writes there.
    """
    if not is_first_process():
        yield
        return
    lock = filelock.FileLock(folder / _LOCK, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise BadInput(
            f"Another process is writing into {folder}.", "Wait for its end, or stop it, and try again."
        ) from None
    try:
        yield
    finally:
        with suppress(PermissionError):  # of Windows, where the release removes the file
            (folder / _LOCK).unlink(missing_ok=True)
        lock.release()


def open_run(folder: Path) -> Run:
    """Read a RUN folder.

    Raises
    ------
    BadInput
        Where it is not one, or was written by a newer version.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise BadInput(
            f"{folder} is not a RUN folder: it has no config.json.",
            "Give a folder that `gazemodel train` made.",
        )
    damaged = BadInput(f"{path} is damaged.", "Train again, or restore it from a copy.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["min_reader"] > _FORMAT:
            raise BadInput(
                f"{folder} was made by a newer version ({content['writer']}).", "Install that version."
            )
        rearranged = content.get("arrangement")
        return Run(
            folder=folder,
            config=TrainConfig.model_validate(content["config"]),
            architecture=Architecture.model_validate(content["architecture"]),
            classes=tuple(content["classes"]),
            data=dict(content["data"]),
            remarks=tuple(content["remarks"]),
            arrangement=None if rearranged is None else Arrangement.model_validate(rearranged),
        )
    except (ValueError, KeyError, TypeError, ValidationError):
        raise damaged from None


def load_network(run: Run) -> GazeNetwork:
    """Build the run's network with its best weights, ready to be asked.

    Raises
    ------
    BadInput
        Where the weights are missing or not those of this run.
    """
    if not run.weights.is_file():
        raise BadInput(
            f"{run.folder} has no model.safetensors: no epoch was completed.", "Go on with --resume."
        )
    network = empty_network(run.architecture)
    try:
        network.load_state_dict(safetensors.torch.load_file(run.weights))
    except (safetensors.SafetensorError, RuntimeError):
        raise BadInput(
            f"{run.weights} is damaged, or not of this run.", "Train again, or restore it from a copy."
        ) from None
    return network.eval()


def save_network(network: GazeNetwork, path: Path) -> None:
    """Write weights; a whole file or none."""
    state = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    # Not save_file, which makes files that only their owner may read.
    replace_file(path, lambda new: new.write_bytes(safetensors.torch.save(state)))


def write_text(path: Path, text: str) -> None:
    """Write a text file; a whole file or none."""
    replace_file(path, lambda new: new.write_text(text, encoding="utf-8", newline="\n"))


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in its place, also if power fails."""
    new = _temporary(path)
    try:
        write(new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


def best_device() -> torch.device:
    """Choose the GPU where there is one."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")
