"""What happens around the epochs of a training: results are kept, told, and a stop is obeyed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import Checkpoint

from gazeannotator.errors import BadInput, Cancelled
from gazemodel.config import TrainConfig
from gazemodel.history import score, table
from gazemodel.progress import Report
from gazemodel.run import Run, replace_file, save_network, write_text
from gazemodel.task import GazeTask


class Diverged(BadInput):
    """A training whose loss is no number any more."""


class Keeper(Checkpoint):
    """After each epoch: writes the checkpoint, the history and, if it is the best yet, the weights.

    The best epoch is that of the highest validation accuracy. On few images many epochs share
    it, and where a shortcut solves the validation images all do; so equal ones are told apart by the
    whole validation loss (cross-entropy + λ · attention), which prefers a network that looks
    where readers looked. `choose_by` = ``accuracy`` takes the first epoch of highest accuracy.
    """

    def __init__(self, run: Run, report: Report) -> None:
        self._run, self._report = run, report
        self._rows: list[dict[str, float]] = []
        self._best: tuple[float, float] = (-1.0, 0.0)
        self._best_epoch = 0
        self._began = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        """Give what a checkpoint keeps of this object; plain numbers only."""
        return {"rows": self._rows, "best": list(self._best), "best_epoch": self._best_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the checkpoint was written."""
        self._rows = list(state_dict["rows"])
        self._best = (state_dict["best"][0], state_dict["best"][1])
        self._best_epoch = int(state_dict["best_epoch"])

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Make a first checkpoint, so that a run stopped at any time can be resumed."""
        assert isinstance(pl_module, GazeTask)
        trainer.should_stop = self._out_of_patience(pl_module.config, trainer.current_epoch)
        if not self._run.checkpoint.exists():
            self._save_checkpoint(trainer)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._began = time.monotonic()
        self._lr = float(trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep and tell the results of the epoch."""
        assert isinstance(pl_module, GazeTask)
        epoch = trainer.current_epoch + 1
        if not math.isfinite(pl_module.means["train_loss"] + pl_module.means["val_loss"]):
            raise Diverged(
                f"The training diverged: the loss of epoch {epoch} is not a number.",
                "Train again with a smaller --lr; weights of earlier epochs are kept.",
            )
        reached = score(pl_module.config, pl_module.means)
        best = reached > self._best
        if best:
            self._best, self._best_epoch = reached, epoch
        row = {
            "epoch": epoch,
            **pl_module.means,
            "lr": self._lr,
            "seconds": round(time.monotonic() - self._began, 3),
            "best": int(best),
        }
        self._rows.append(row)
        trainer.should_stop = self._out_of_patience(pl_module.config, epoch)
        if trainer.is_global_zero:
            if best:
                save_network(pl_module.network, self._run.weights)
            write_text(self._run.history, table(self._rows))
            self._report("epoch", epochs=trainer.max_epochs, **{**row, "best": best})
        self._save_checkpoint(trainer)

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Leave weights even of a run that was stopped within its first epoch."""
        assert isinstance(pl_module, GazeTask)
        if isinstance(exception, Cancelled) and trainer.is_global_zero and not self._run.weights.exists():
            save_network(pl_module.network, self._run.weights)

    def _out_of_patience(self, config: TrainConfig, epoch: int) -> bool:
        return 0 < config.patience <= epoch - self._best_epoch

    def _save_checkpoint(self, trainer: pl.Trainer) -> None:
        if trainer.is_global_zero:
            replace_file(self._run.checkpoint, trainer.save_checkpoint)
        else:  # all processes take part, only the first one writes
            trainer.save_checkpoint(self._run.checkpoint)


class StopOnRequest(pl.Callback):
    """Ends the training after the running batch once `stop` says so; all processes agree."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:  # noqa: ANN401
        """Look after each batch."""
        self._obey(trainer)

    def on_validation_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:  # noqa: ANN401
        """Look after each batch."""
        self._obey(trainer)

    def _obey(self, trainer: pl.Trainer) -> None:
        if trainer.strategy.reduce_boolean_decision(self._stop(), all=False):
            raise Cancelled


class Teller(pl.Callback):
    """Reports how many batches of an epoch are done, at most four times a second."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = 0.0

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,  # noqa: ANN401
        batch: Any,  # noqa: ANN401
        batch_idx: int,
    ) -> None:
        """Report, unless it was done a moment ago."""
        now = time.monotonic()
        if trainer.is_global_zero and now - self._last >= 0.25:
            self._last = now
            what = f"Epoch {trainer.current_epoch + 1} of {trainer.max_epochs}"
            self._report("progress", done=batch_idx + 1, total=int(trainer.num_training_batches), what=what)
