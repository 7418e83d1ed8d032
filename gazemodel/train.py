"""Trains a network on a data set into a RUN folder."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.data import DataLoader, DistributedSampler

from gazeannotator.errors import BadInput
from gazemodel.arrangement import Arrangement, arranged_facts
from gazemodel.callbacks import Keeper, StopOnRequest, Teller
from gazemodel.config import TrainConfig
from gazemodel.console import is_first_process
from gazemodel.data import DataFacts, ImageSet, SplitName, check_trainable
from gazemodel.network import GazeNetwork, empty_network, initial_network
from gazemodel.progress import Report
from gazemodel.run import Run, check_free, create_run, held, open_run, remove_leftovers, with_config
from gazemodel.task import Batch, GazeTask, balanced_weights


def prepare(
    data: Path, folder: Path, config: TrainConfig, arrangement: Arrangement | None = None
) -> tuple[Run, DataFacts, GazeNetwork]:
    """Check everything, build the network that training starts from, and make the RUN folder.

    Parameters
    ----------
    data : Path
    folder : Path
    config : TrainConfig
    arrangement : Arrangement, optional
        How the data set is rearranged for this run.

    Raises
    ------
    BadInput
        Where the data set cannot be trained on, the folder is in use or the weights do not fit.
    """
    if is_first_process():
        check_free(folder)
    _check_devices(config)
    facts = arranged_facts(data, config.target, arrangement)
    remarks = check_trainable(facts, config)
    pl.seed_everything(config.seed, verbose=False)
    network = initial_network(config, len(facts.classes))
    run = create_run(folder, config, network.architecture, facts, remarks, arrangement)
    return run, facts, network


def reopen(data: Path, folder: Path, given: dict[str, Any]) -> tuple[Run, DataFacts, GazeNetwork]:
    """Open a RUN folder to go on with it.

    Parameters
    ----------
    data : Path
    folder : Path
    given : dict
        Options that were given; they must be those of the run.

    Raises
    ------
    BadInput
        Where it is finished, or is not of this data set or these options.

    Notes
    -----
    A run that was killed before its first checkpoint begins anew, from the same weights; one that was killed
    while it was judged is judged again.
    """
    run = open_run(folder)
    begun_with = run.config.model_dump()
    for name, value in given.items():
        if value is not None and value != begun_with[name]:
            raise BadInput(
                f"The run {folder} was begun with --{name.replace('_', '-')} {begun_with[name]}.",
                "Leave the option out to resume it, or start another run.",
            )
    if run.finished:
        raise BadInput(f"The run {folder} is already finished.", "Start another run, or evaluate this one.")
    facts = arranged_facts(data, run.config.target, run.arrangement)
    if facts.fingerprint != run.data["fingerprint"]:
        raise BadInput(
            f"{data} is not the data set that the run {folder} was begun with.", "Give that file again."
        )
    check_trainable(facts, run.config)
    pl.seed_everything(run.config.seed, verbose=False)
    if run.checkpoint.is_file():
        return run, facts, empty_network(run.architecture)
    return run, facts, initial_network(run.config, len(facts.classes))


def is_begun(folder: Path) -> bool:
    """Whether a training was stopped there that can be gone on with."""
    return (folder / "last.ckpt").is_file() and (folder / "config.json").is_file()


def begin_or_go_on(
    data: Path, folder: Path, config: TrainConfig, arrangement: Arrangement | None = None
) -> tuple[Run, DataFacts, GazeNetwork, bool]:
    """Go on with one of many runs where it was stopped, else `prepare` it; tells last whether it goes on."""
    if is_begun(folder):
        return *reopen(data, folder, {}), True
    shutil.rmtree(folder, ignore_errors=True)  # begun, but not yet an epoch
    return *prepare(data, folder, config, arrangement), False


def fit(
    run: Run,
    facts: DataFacts,
    network: GazeNetwork,
    *,
    report: Report,
    stop: Callable[[], bool],
    resume: bool = False,
) -> Run:
    """Train; the best weights are then in the RUN folder.

    Where a GPU has too little memory, training goes on from the last whole epoch with half the batch, and
    twice as many batches a step.

    Returns
    -------
    Run
        The same, or with the smaller batch.

    Raises
    ------
    Cancelled
        When `stop` returned True; checkpoint and best weights are kept.
    BadInput
        Where the checkpoint is damaged, or the smallest batch is too large for the memory.
    """
    with held(run.folder):
        if is_first_process():
            remove_leftovers(run.folder)
        while True:
            try:
                _fit(run, facts, network, report=report, stop=stop, resume=resume)
            except torch.OutOfMemoryError:
                run = _with_half_the_batch(run)
                report("notice", message=run.remarks[-1])
                network, resume = empty_network(run.architecture), True
            else:
                return run


def _fit(
    run: Run,
    facts: DataFacts,
    network: GazeNetwork,
    *,
    report: Report,
    stop: Callable[[], bool],
    resume: bool,
) -> None:
    config = run.config
    checkpoint = _checked(run.checkpoint) if resume and run.checkpoint.is_file() else None
    learnt, judged = _images(facts, "train", config), _images(facts, "validation", config)
    try:
        with quiet():
            trainer = _trainer(run, [StopOnRequest(stop), Teller(report), Keeper(run, report)])
            trainer.fit(
                GazeTask(network, config, _class_weights(facts, config)),
                _training_loader(learnt, config, trainer),
                DataLoader(judged, batch_size=config.batch),
                ckpt_path=checkpoint,
                weights_only=True,  # a checkpoint is read as plain tensors and numbers, never as code
            )
    finally:
        learnt.close()
        judged.close()


def _with_half_the_batch(run: Run) -> Run:
    config = run.config
    torch.cuda.empty_cache()
    if config.batch < 4:
        raise BadInput(
            f"The GPU has too little memory even for a batch of {config.batch} at {config.size} px.",
            "Train with a smaller --size or --backbone; --precision bf16 needs less, too.",
        ) from None
    smaller = config.model_copy(update={"batch": config.batch // 2, "accumulate": 2 * config.accumulate})
    return with_config(
        run,
        smaller,
        f"The GPU's memory did not suffice for a batch of {config.batch}: training went on with "
        f"{smaller.batch} images a batch and {smaller.accumulate} batches a step.",
    )


def _trainer(run: Run, callbacks: list[pl.Callback]) -> pl.Trainer:
    config = run.config
    processes = config.devices * _machines()
    # A batch without gaze leaves the gaze head without gradient, which plain DDP does not bear.
    several = "ddp_find_unused_parameters_true" if config.loss_name == "head" else "ddp"
    return pl.Trainer(
        max_epochs=config.epochs,
        accelerator="auto",
        devices=config.devices,
        num_nodes=_machines(),
        strategy=several if processes > 1 else "auto",
        precision="bf16-mixed" if config.precision == "bf16" else "32-true",
        logger=TensorBoardLogger(run.folder, name="", version="tensorboard"),
        callbacks=callbacks,
        # Statistics of the whole batch, not of each device's part of it.
        sync_batchnorm=processes > 1 and torch.cuda.is_available() and not config.freeze_norm,
        accumulate_grad_batches=config.accumulate,
        log_every_n_steps=1,
        num_sanity_val_steps=0,
        benchmark=False,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


def _machines() -> int:
    """How many machines torchrun started this training on."""
    everywhere = os.environ.get("WORLD_SIZE", "1")
    return int(everywhere) // int(os.environ.get("LOCAL_WORLD_SIZE", everywhere))


def _check_devices(config: TrainConfig) -> None:
    started = int(os.environ.get("LOCAL_WORLD_SIZE", config.devices))
    if started != config.devices:
        raise BadInput(
            f"torchrun started {started} processes on this machine, but --devices is {config.devices}.",
            f"Give --devices {started}.",
        )
    found = torch.cuda.device_count()
    if found and config.devices > found:
        raise BadInput(
            f"--devices {config.devices} was asked for, this machine has {found} GPU(s).", "Ask for fewer."
        )


def _class_weights(facts: DataFacts, config: TrainConfig) -> torch.Tensor | None:
    if config.class_weights == "none":
        return None
    return balanced_weights(torch.from_numpy(facts.target[facts.rows("train")]), len(facts.classes))


def _images(facts: DataFacts, split: SplitName, config: TrainConfig) -> ImageSet:
    rows = facts.rows(split)
    return ImageSet(facts, rows, config.size, keep_aspect=config.keep_aspect, gaze=config.uses_gaze)


def _training_loader(images: ImageSet, config: TrainConfig, trainer: pl.Trainer) -> DataLoader[Batch]:
    # Shuffles by seed and epoch alone, on one device as on many.
    sampler: DistributedSampler[Batch] = DistributedSampler(
        images, trainer.world_size, trainer.global_rank, shuffle=True, seed=config.seed
    )
    # A last batch of a single image has no batch statistics.
    single = len(sampler) % config.batch == 1
    return DataLoader(images, batch_size=config.batch, sampler=sampler, drop_last=single)


def _checked(checkpoint: Path) -> Path:
    try:
        torch.load(checkpoint, map_location="meta", weights_only=True)
    except Exception:  # noqa: BLE001 - a damaged file can fail in any way inside the unpickler
        raise BadInput(
            f"{checkpoint} is damaged.",
            "Start another run; the best weights so far are in model.safetensors.",
        ) from None
    return checkpoint


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's advice off the terminal; its errors are exceptions."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"lightning\..*")
            warnings.filterwarnings("ignore", module=r"torch\..*", category=FutureWarning)
            yield
    finally:
        logger.setLevel(level)
