"""The trials of a search, drawn by Optuna and kept in an SQLite file that its other programs read too.

Only finished trials are kept, each in one transaction, and what is tried next follows from them, the
seed and the trial's number alone. So a search that was killed at any moment draws again what it was trying.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gazeannotator.errors import BadInput
from gazemodel.config import TrainConfig
from gazemodel.space import Choices, Parameter, Space, Value

if TYPE_CHECKING:
    import optuna

_NAME = "gazemodel search"
_RANDOM_FIRST = 8
"""So many trials are drawn at random before the sampler learns from them."""

End = Literal["complete", "pruned", "diverged"]


@dataclass(frozen=True)
class Finished:
    """A trial that is over.

    Attributes
    ----------
    number : int
    values : dict
        Of the searched options.
    end : {"complete", "pruned", "diverged"}
    worth : float or None
        What is searched for the greatest of.
    """

    number: int
    values: dict[str, Value]
    end: End
    worth: float | None


class Trial:
    """A trial that is being trained."""

    def __init__(self, study: optuna.Study, trial: optuna.Trial) -> None:
        self._study, self._trial = study, trial
        self._told: set[int] = set()

    @property
    def number(self) -> int:
        """From 0."""
        return int(self._trial.number)

    @property
    def values(self) -> dict[str, Value]:
        """Of the searched options."""
        return dict(self._trial.params)

    def tell(self, epoch: int, worth: float) -> None:
        """Note what the trial is worth after an epoch; once for each."""
        if epoch not in self._told:
            self._told.add(epoch)
            self._trial.report(worth, epoch)

    def hopeless(self) -> bool:
        """Whether it is worse than half of the others were at this epoch."""
        return bool(self._trial.should_prune())

    def ended(self, end: End, worth: float | None) -> optuna.trial.FrozenTrial:
        """Give what is kept of it."""
        from optuna.trial import TrialState

        self._trial.set_user_attr("end", end)
        if end == "complete":
            self._study.tell(self._trial, worth)
        else:
            self._study.tell(self._trial, state=TrialState.PRUNED)
        return self._study.trials[self.number]


class Trials:
    """The trials of one search.

    Parameters
    ----------
    study : Study
        Where finished ones are kept.
    space : Space
    base : TrainConfig
        What is not searched; its seed decides what is drawn.
    pruning : bool
        Whether trials that are worse than half of the others are given up.
    """

    def __init__(self, study: optuna.Study, space: Space, base: TrainConfig, *, pruning: bool) -> None:
        self._study, self._space, self._base, self._pruning = study, space, base, pruning

    def finished(self) -> list[Finished]:
        """List the trials that are over."""
        return [
            Finished(
                each.number,
                dict(each.params),
                each.user_attrs["end"],
                each.value if each.user_attrs["end"] == "complete" else None,
            )
            for each in self._study.get_trials(deepcopy=False)
        ]

    def draw(self) -> Trial:
        """Draw the next one; the first is `base` itself, where it lies within the space."""
        import optuna

        number = len(self._study.get_trials(deepcopy=False))
        seed = (self._base.seed * 1_000_003 + number) % 2**32
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=_RANDOM_FIRST),
            pruner=self._pruner(),
        )
        study.add_trials(self._study.trials)
        given = self._space.values_of(self._base)
        if number == 0 and self._space.contains(given):
            study.enqueue_trial(given)
        return Trial(
            study,
            study.ask({name: _distribution(name, each) for name, each in self._space.parameters.items()}),
        )

    def keep(self, trial: Trial, end: End, worth: float | None = None) -> None:
        """Note that a trial is over."""
        self._study.add_trial(trial.ended(end, worth))

    def _pruner(self) -> optuna.pruners.BasePruner:
        import optuna

        if not self._pruning:
            return optuna.pruners.NopPruner()
        return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=max(1, self._base.epochs // 4))


@contextmanager
def kept_trials(file: Path, space: Space, base: TrainConfig, *, pruning: bool) -> Iterator[Trials]:
    """Open the file of a search, or make it.

    Raises
    ------
    BadInput
        Where it is damaged.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
        study = optuna.create_study(
            study_name=_NAME, storage=storage, direction="maximize", load_if_exists=True
        )
    except (SQLAlchemyError, optuna.exceptions.OptunaError):
        raise BadInput(f"{file} is damaged.", "Search anew in another folder.") from None
    try:
        yield Trials(study, space, base, pruning=pruning)
    finally:
        storage.remove_session()
        storage.engine.dispose()


def check_installed() -> None:
    """Say in words that Optuna is missing.

    Raises
    ------
    BadInput
    """
    try:
        import optuna  # noqa: F401
    except ImportError:
        raise BadInput(
            "A search needs the Python package Optuna, which is not installed.",
            "Install it: pip install 'gazeannotator[search]'",
        ) from None


def _distribution(name: str, parameter: Parameter) -> Any:  # noqa: ANN401 - one of Optuna's several classes
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(parameter, Choices):
        return CategoricalDistribution(parameter.choices)
    field = TrainConfig.model_fields.get(name)
    if field is not None and field.annotation is int:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(float(parameter.low), float(parameter.high), log=parameter.log)
