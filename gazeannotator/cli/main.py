"""The `gazeannotator` command: collects the sub-commands; each lives in a file of its own."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from gazeannotator.cli import console, dataset, demo, doctor, fixations, read, study, tracker


class _StudyOrCommand(TyperGroup):
    """``gazeannotator STUDY`` opens that study: a first word that is no command is a folder."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["open", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_StudyOrCommand,
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(study.app, name="study")
app.add_typer(dataset.app, name="dataset")
app.add_typer(tracker.app, name="tracker")
app.command("read")(read.read)
app.command("fixations")(fixations.fixations)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        console.say(f"gazeannotator {importlib.metadata.version('gazeannotator')}")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Read endoscopic images with an eye tracker, and make data sets and networks of it.

    Without a command the app opens. `gazeannotator STUDY` opens that study.

    Example: gazeannotator my-study
    """
    if ctx.invoked_subcommand is None:
        open_app(None)


@app.command("open", hidden=True)
@console.user_errors
def open_app(study: Annotated[Path | None, typer.Argument(help="A study's folder.")] = None) -> None:
    """Open the app, or a study in it.

    Example: gazeannotator open my-study
    """
    from gazeannotator.ui import app as ui

    raise typer.Exit(ui.run(study))


def main() -> None:
    """Console script."""
    console.run_app(app, "gazeannotator")


if __name__ == "__main__":
    main()
