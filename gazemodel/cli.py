"""The `gazemodel` command: parse, call, print. Torch is loaded only when a command needs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from gazeannotator.dataset import schema
from gazeannotator.errors import BadInput
from gazemodel import console, search_command
from gazemodel.arms import parse_arms, parse_shares
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
    Devices,
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
from gazemodel.plan import Plan
from gazemodel.record import Record, read_record

if TYPE_CHECKING:
    from gazemodel.arrangement import Arrangement
    from gazemodel.evaluate import Evaluation
    from gazemodel.run import Run

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Train networks that look where endoscopists look, judge them, and ask them.",
)


@app.command("train")
@console.user_errors
def train(
    out: Annotated[Path, typer.Option("-o", "--out", help="RUN folder to make.", metavar="RUN")],
    data: Annotated[
        Path | None,
        typer.Argument(help="A data set (HDF5); by default --config's.", metavar="DATA.h5"),
    ] = None,
    recipe: Recipe = None,
    repeats: Annotated[
        Path | None,
        typer.Option("--config", help="Repeat the run of this config.json.", metavar="FILE"),
    ] = None,
    backbone: Backbone = None,
    weights: Weights = None,
    attention_loss: Annotated[str | None, typer.Option(help=choices("attention_loss"))] = None,
    attention_weight: AttentionWeight = None,
    epochs: Epochs = None,
    batch: Batch = None,
    lr: Rate = None,
    size: Size = None,
    seed: Seed = None,
    devices: Devices = None,
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
    """Train a network on a data set, judge it on the test images and write a report.

    An option that is not given is that of the recipe. The RUN folder then holds config.json,
    model.safetensors, last.ckpt, history.csv, predictions.csv, metrics.json, report.html and tensorboard/.

    With --config RUN/config.json a run is repeated: the same data set, options, seed and arrangement.

    Example: gazemodel train data.h5 -o runs/first --recipe quick
    """
    options = options_of(locals())
    record = None if repeats is None else read_record(repeats)
    config = make_config(**options) if record is None else record.with_options(options)
    source = data if data is not None or record is None else record.data
    if source is None:
        raise BadInput("No data set was named.", "Give DATA.h5, or --config of a run that is to be repeated.")
    if resume and record is not None:
        options = config.model_dump()
    speaker = Console(progress)
    with speaker.long_work("Training", run=str(out), data=str(source), epochs=config.epochs):
        schema.open_dataset(source).close()  # a wrong file is refused before torch is loaded
        arrangement = None if record is None else _repeated(record, source, config, named=data is not None)
        _train(source, out, config, options if resume else None, speaker, arrangement)


def _repeated(record: Record, data: Path, config: TrainConfig, *, named: bool) -> Arrangement | None:
    from gazemodel.repeat import check_repeated

    arrangement, remarks = check_repeated(record, data, config, named=named)
    for remark in remarks:
        console.warn(remark)
    return arrangement


def _train(
    data: Path,
    out: Path,
    config: TrainConfig,
    resumed: dict[str, Any] | None,
    speaker: Console,
    arrangement: Arrangement | None = None,
) -> None:
    from gazemodel import train as training
    from gazemodel.evaluate import calibrate, evaluate, robustness, split_to_judge
    from gazemodel.run import is_free

    if resumed is None or is_free(out):
        run, facts, network = training.prepare(data, out, config, arrangement)
    else:
        run, facts, network = training.reopen(data, out, resumed)
    for remark in run.remarks:
        console.warn(remark)
    run = training.fit(
        run, facts, network, report=speaker.report, stop=speaker.stopped, resume=resumed is not None
    )
    if not console.is_first_process():
        return
    calibrate(run, facts)
    moved = data if run.arrangement is None else None  # a data set that is named is taken as it is
    found = evaluate(run, split_to_judge(facts), moved, tell=speaker.tell)
    robustness(run, found, tell=speaker.tell)
    _finish(run, found, speaker)


def _finish(run: Run, found: Evaluation, speaker: Console) -> None:
    from gazemodel.metrics import HEADLINES
    from gazemodel.report import write_report

    write_report(run, found)
    for name in HEADLINES:
        speaker.report("metric", name=name, value=found.metrics[name], ci95=found.metrics["ci95"][name])
    paths = {"run": run.folder, "report": run.report, "weights": run.weights, "metrics_file": run.metrics}
    speaker.report("finished", **{name: str(path) for name, path in paths.items()}, metrics=found.metrics)
    if speaker.for_people:
        console.say(_summary(run, found.metrics))


def _summary(run: Run, metrics: dict[str, Any]) -> str:
    low, high = metrics["ci95"]["accuracy"]
    return (
        f"Accuracy {metrics['accuracy']:.3f} (95 % interval {low:.3f} to {high:.3f}) on "
        f"{metrics['n_images']} {metrics['split']} images of {metrics['n_patients']} patients.\n"
        f"Report: {run.report}"
    )


@app.command("evaluate")
@console.user_errors
def evaluate_run(
    run: Annotated[Path, typer.Argument(help="A RUN folder.", metavar="RUN")],
    split: Annotated[str, typer.Option(help="test | validation | train")] = "test",
    data: Annotated[
        Path | None, typer.Option(help="Another data set with the same classes.", metavar="DATA.h5")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print metrics.json on stdout.")] = False,
) -> None:
    """Judge a trained network again: predictions.csv, metrics.json and report.html of the RUN are replaced.

    Example: gazemodel evaluate runs/first --split validation
    """
    if split not in ("train", "validation", "test"):
        raise BadInput(f"There is no split '{split}'.", "Choose test, validation or train.")
    from gazemodel.evaluate import evaluate, robustness
    from gazemodel.report import write_report
    from gazemodel.run import open_run

    opened = open_run(run)
    chosen = cast("Literal['train', 'validation', 'test']", split)
    speaker = Console(ProgressStyle.bar)
    found = evaluate(opened, chosen, data, tell=speaker.tell)
    robustness(opened, found, tell=speaker.tell)
    write_report(opened, found)
    if as_json:
        console.print_json(found.metrics)
    else:
        console.say(_summary(opened, found.metrics))


@app.command("compare")
@console.user_errors
def compare_arms(
    data: Data,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to make.", metavar="DIR")],
    arms: Annotated[
        str, typer.Option(help=f"Of {choices('attention_loss')}; all but none also with -shuffled.")
    ] = "none,default,reference",
    folds: Annotated[int, typer.Option(min=0, help="By patient; 0 takes the file's own parts.")] = 5,
    seeds: Annotated[int, typer.Option(min=1, help="Repetitions with other initial weights.")] = 1,
    gaze_shares: Annotated[
        str, typer.Option(help="Per cents of the images that keep their gaze, such as 10,25,50.")
    ] = "",
    recipe: Recipe = None,
    backbone: Backbone = None,
    weights: Weights = None,
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
    """Train with and without gaze on the same folds with the same initial weights, and compare.

    DIR then holds report.html, comparison.json, arms.csv, differences.csv, tables.tex, and a RUN folder
    for each training. Arms differ in the attention loss only; all else is as given here.

    Example: gazemodel compare data.h5 -o gaze-or-not --arms none,default,default-shuffled --seeds 3
    """
    config = make_config(**options_of(locals()))
    if config.attention_weight == 0:
        raise BadInput("With --attention-weight 0 all arms are the same.", "Give a number above 0.")
    plan = Plan(data, config, tuple(parse_arms(arms)), folds, seeds, tuple(parse_shares(gaze_shares)))
    speaker = Console(progress)
    with speaker.long_work("Comparison", folder=str(out), data=str(data), runs=plan.runs):
        schema.open_dataset(data).close()  # a wrong file is refused before torch is loaded
        from gazemodel.comparison import compare
        from gazemodel.comparison_report import verdict, write_comparison

        facts = compare(plan, out, report=speaker.report, stop=speaker.stopped, resume=resume)
        page = write_comparison(out, facts)
        speaker.report("finished", folder=str(out), report=str(page), comparison=facts)
    if speaker.for_people:
        console.say(f"{verdict(facts)}\nReport: {page}")


app.command("search")(search_command.search)


@app.command("predict")
@console.user_errors
def predict_images(
    run: Annotated[Path, typer.Argument(help="A RUN folder.", metavar="RUN")],
    images: Annotated[list[Path], typer.Argument(help="Image files.", metavar="IMAGE...")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.", metavar="DIR")],
    also: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="RUN", help="Ask this network too, and take the mean; repeatable."),
    ] = None,
) -> None:
    """Classify image files: probabilities.csv, and for each image a picture of the network's attention.

    For research only; not for clinical use.

    Example: gazemodel predict runs/first polyp.png -o out
    """
    from gazemodel.predict import predict
    from gazemodel.run import open_run

    others = [open_run(each) for each in also or ()]
    for each in predict(open_run(run), images, out, tell=Console(ProgressStyle.bar).tell, also=others):
        console.say(f"{each.image}: {each.predicted} ({each.probabilities[each.predicted]:.3f})")


@app.command("export")
@console.user_errors
def export_run(
    run: Annotated[Path, typer.Argument(help="A RUN folder.", metavar="RUN")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to be written.", metavar="MODEL.onnx")],
) -> None:
    """Write a trained network as ONNX: calibrated probabilities, and the attention as a second output.

    The file is run and compared with the network before it is kept. For research only; not for clinical use.

    Example: gazemodel export runs/first -o model.onnx
    """
    from gazemodel.export import export_onnx
    from gazemodel.run import open_run

    difference = export_onnx(open_run(run), out)
    console.say(f"{out}: answers as the network does (largest difference {difference:.1g}).")


def main() -> None:
    """Console script."""
    console.run_app(app, "gazemodel")


if __name__ == "__main__":
    main()
