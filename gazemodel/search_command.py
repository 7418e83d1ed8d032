"""The command ``gazemodel search``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gazeannotator.dataset import schema
from gazeannotator.errors import BadInput
from gazemodel import console
from gazemodel.config import TrainConfig, make_config
from gazemodel.console import Console, ProgressStyle
from gazemodel.options import (
    Accumulate,
    AttentionWeight,
    Backbone,
    Batch,
    Changes,
    ClassWeights,
    Data,
    Epochs,
    FocalGamma,
    LabelSmoothing,
    Precision,
    Progress,
    Rate,
    Recipe,
    Resume,
    Seed,
    Size,
    Target,
    Weights,
    choices,
    options_of,
)
from gazemodel.space import KNOWN, USUAL, Space, named_space, read_space, usual_space


@console.user_errors
def search(
    data: Data,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to make.", metavar="DIR")],
    trials: Annotated[int, typer.Option(min=1, help="How many are trained.")] = 20,
    names: Annotated[
        str,
        typer.Option("--search", help=f"Of {', '.join(KNOWN)}. If not given: {', '.join(USUAL)}."),
    ] = "",
    space: Annotated[
        Path | None,
        typer.Option(help="Limits in a TOML or JSON file: lr = {low = 1e-5, high = 1e-2, log = true}."),
    ] = None,
    pruning: Annotated[
        bool, typer.Option(help="Give up trials that are worse than half of the others.")
    ] = True,
    recipe: Recipe = None,
    backbone: Backbone = None,
    weights: Weights = None,
    attention_loss: Annotated[str | None, typer.Option(help=choices("attention_loss"))] = None,
    attention_weight: AttentionWeight = None,
    epochs: Epochs = None,
    batch: Batch = None,
    lr: Rate = None,
    size: Size = None,
    seed: Seed = None,
    precision: Precision = None,
    augmentation: Changes = None,
    target: Target = None,
    class_weights: ClassWeights = None,
    focal_gamma: FocalGamma = None,
    label_smoothing: LabelSmoothing = None,
    accumulate: Accumulate = None,
    resume: Resume = False,
    progress: Progress = ProgressStyle.bar,
) -> None:
    """Search for better options: many trials, judged on the validation images. Test images are never read.

    DIR then holds best.json, trials.csv, report.html, trials.db (Optuna) and a RUN folder for each trial.
    `gazemodel train --config DIR/best.json` trains the best one, and judges it on the test images.

    Example: gazemodel search data.h5 -o searched --trials 30 --search lr,attention_weight --epochs 30
    """
    config = make_config(**options_of(locals()))
    limits = _space(names, space, config)
    limits.check(config)
    speaker = Console(progress)
    with speaker.long_work("Search", folder=str(out), data=str(data), trials=trials):
        schema.open_dataset(data).close()  # a wrong file is refused before torch is loaded
        from gazemodel.search import Search
        from gazemodel.search import search as find
        from gazemodel.search_report import verdict, write_search

        plan = Search(data, config, limits, trials, pruning)
        facts = find(plan, out, report=speaker.report, stop=speaker.stopped, resume=resume)
        page = write_search(out, facts)
        speaker.report(
            "finished", folder=str(out), report=str(page), best=str(out / "best.json"), search=facts
        )
    if speaker.for_people:
        console.say(
            f"{verdict(facts)}\nReport: {page}\nTrain it: gazemodel train --config {out / 'best.json'} -o RUN"
        )


def _space(names: str, file: Path | None, config: TrainConfig) -> Space:
    if names and file is not None:
        raise BadInput("--search and --space were given.", "Give one of them.")
    if file is not None:
        return read_space(file)
    return named_space(each.strip() for each in names.split(",")) if names else usual_space(config)
