"""Options by which names in the picture are hidden, and `study review`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from gazeannotator.cli import console
from gazeannotator.errors import BadInput
from gazeannotator.study.deidentify.layouts import load_layout
from gazeannotator.study.deidentify.masks import Rect, masked
from gazeannotator.study.deidentify.search import HidingOptions
from gazeannotator.study.folder import write_whole
from gazeannotator.study.images import Pixels
from gazeannotator.study.removals import check_report_name
from gazeannotator.study.review import approve, reject, waiting_pixels
from gazeannotator.study.store import Store
from gazeannotator.study.waiting import Waiting

KeepOverlays = Annotated[
    bool, typer.Option("--keep-overlays", help="Search no text; take the images as they are.")
]
AcceptMasks = Annotated[
    bool, typer.Option("--accept-masks", help="Agree to what is hidden without looking at it.")
]
Template = Annotated[
    str | None, typer.Option("--template", help="Layout of the screen: a name, or a .toml file.")
]
Mask = Annotated[
    list[str] | None, typer.Option("--mask", help="Hide this rectangle, x,y,width,height px; repeatable.")
]
Report = Annotated[
    Path | None, typer.Option("--report", help="Write what was removed of each file: .json or .csv.")
]


def hiding_options(
    *, keep_overlays: bool, template: str | None, masks: list[str] | None, report: Path | None
) -> HidingOptions:
    """Gather the options, before anything is imported.

    Raises
    ------
    BadInput
        If a rectangle, the layout or the name of the report cannot be used.
    """
    layout = load_layout(template) if template else None
    options = HidingOptions(not keep_overlays, layout, tuple(_rectangle(each) for each in masks or []))
    if report is not None:
        check_report_name(report)
    return options


def review(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")],
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="Id of an image, or 'all'; repeatable.")
    ] = None,
    reject_ids: Annotated[
        list[str] | None, typer.Option("--reject", help="Id of an image that is not to be read; repeatable.")
    ] = None,
    preview: Annotated[
        Path | None,
        typer.Option("--preview", help="Write before and after, side by side, into this new folder."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """List the images that wait for review, show them, accept or reject them.

    Example: gazeannotator study review my-study --preview look-here
    """
    with Store.open(study) as store:
        waiting = {each.id: each for each in store.waiting()}
        to_accept = list(waiting) if accept == ["all"] else [_known(waiting, each) for each in accept or []]
        to_reject = [_known(waiting, each) for each in reject_ids or []]
        both = set(to_accept) & set(to_reject)
        if both:
            raise BadInput(f"{min(both)} is both accepted and rejected.", "Decide on one.")
        if preview is not None:
            _write_previews(store, list(waiting.values()), preview)
        for each in to_accept:
            approve(store, waiting[each])
        for each in to_reject:
            reject(store, waiting[each])
        left = store.waiting()
    if json:
        facts = [{"id": each.id, "hidden": list(each.masks.what), "where": each.masks.where} for each in left]
        console.print_json({"accepted": len(to_accept), "rejected": len(to_reject), "waiting": facts})
        return
    for waits in left:
        console.say(f"{waits.id}  hidden: {', '.join(waits.masks.what)}")
    console.say(f"Accepted: {len(to_accept)}, rejected: {len(to_reject)}, waiting: {len(left)}.")


def _rectangle(text: str) -> Rect:
    try:
        x, y, width, height = (int(each) for each in text.split(","))
    except ValueError:
        width = height = x = y = 0
    if min(width, height) < 1 or min(x, y) < 0:
        raise BadInput(f"'{text}' is no rectangle.", "Write x,y,width,height in px, e.g. --mask 0,0,400,120.")
    return Rect(x, y, width, height)


def _known(waiting: dict[str, Waiting], start: str) -> str:
    """Find an id by its first digits."""
    found = [each for each in waiting if start and each.startswith(start)]
    if len(found) != 1:
        what = "several waiting images" if found else "no waiting image"
        raise BadInput(f"'{start}' names {what}.", "Run `gazeannotator study review STUDY` for their ids.")
    return found[0]


def _write_previews(store: Store, waiting: list[Waiting], folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} exists already.", "Name a new folder; the previews show names.")
    for each in waiting:
        pixels = waiting_pixels(store, each)
        pair = np.concatenate([pixels, masked(pixels, each.masks)], axis=1)
        write_whole(folder / f"{each.id}.png", _png(pair))


def _png(pixels: Pixels) -> bytes:
    _, encoded = cv2.imencode(".png", pixels[..., ::-1])
    return encoded.tobytes()
