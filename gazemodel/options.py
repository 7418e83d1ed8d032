"""Options that several commands share. No torch here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gazemodel.config import RECIPES, TrainConfig
from gazemodel.console import ProgressStyle


def choices(field: str) -> str:
    """Name what an option may be."""
    schema = TrainConfig.model_json_schema()["properties"][field]
    return " | ".join(str(each) for each in schema["enum"])


Data = Annotated[Path, typer.Argument(help="A data set (HDF5).", metavar="DATA.h5")]
Recipe = Annotated[str | None, typer.Option(help=" | ".join(RECIPES) + "; default if not given")]
Backbone = Annotated[str | None, typer.Option(help=choices("backbone"))]
Weights = Annotated[str | None, typer.Option(help="none | imagenet (download) | FILE")]
AttentionWeight = Annotated[float | None, typer.Option(help="λ; 0 ignores gaze.")]
Epochs = Annotated[int | None, typer.Option(help="At most.")]
Batch = Annotated[int | None, typer.Option(help="Images per step.")]
Rate = Annotated[float | None, typer.Option(help="Learning rate at the start.")]
Size = Annotated[int | None, typer.Option(help="Side of the network's input, px.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same run.")]
Devices = Annotated[int | None, typer.Option(help="Number of GPUs.")]
Precision = Annotated[str | None, typer.Option(help=choices("precision"))]
Changes = Annotated[str | None, typer.Option(help=choices("augmentation"))]
Target = Annotated[str | None, typer.Option(help=choices("target"))]
ClassWeights = Annotated[str | None, typer.Option(help=choices("class_weights"))]
FocalGamma = Annotated[float | None, typer.Option(help="Above 0: focal loss.")]
LabelSmoothing = Annotated[float | None, typer.Option(help="Share spread over all classes.")]
Accumulate = Annotated[int | None, typer.Option(help="Batches whose gradients are added up for a step.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with what was stopped or killed.")]
Progress = Annotated[ProgressStyle, typer.Option(help="How progress is shown.")]


def options_of(arguments: dict[str, Any]) -> dict[str, Any]:
    """Take the options of a training out of a command's arguments."""
    return {name: value for name, value in arguments.items() if name in TrainConfig.model_fields}
