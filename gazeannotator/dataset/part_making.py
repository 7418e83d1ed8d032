"""Making the parts of a build, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

import cv2
from threadpoolctl import threadpool_limits

from gazeannotator.dataset.build_parts import Part, make_part
from gazeannotator.dataset.preparing import Preparer, Recipe
from gazeannotator.errors import Cancelled

_LOOK_EVERY_S = 0.2


def make_parts(
    parts: Sequence[Part], studies: Sequence[Path], recipe: Recipe, jobs: int, begun: Callable[[int], None]
) -> None:
    """Make the files of parts.

    Parameters
    ----------
    parts : sequence of Part
    studies : sequence of Path
        Where their readings are.
    recipe : Recipe
    jobs : int
        Processes that share the work, each a part at a time; 1 does it here.
    begun : callable
        Called with the number of images that are done so far; may raise to stop.
    """
    if min(jobs, len(parts)) > 1:
        _make_in_children(parts, studies, recipe, min(jobs, len(parts)), begun)
        return
    if not parts:
        return
    preparer = Preparer(studies, recipe)
    done = 0

    def tick() -> None:
        nonlocal done
        begun(done)
        done += 1

    try:
        # The products behind a heatmap are thin: threads would wait for each other longer than they work.
        with threadpool_limits(1, "blas"):
            for part in parts:
                make_part(preparer, part, tick)
    finally:
        preparer.close()


def _make_in_children(
    parts: Sequence[Part], studies: Sequence[Path], recipe: Recipe, jobs: int, begun: Callable[[int], None]
) -> None:
    # A fresh process on every system: a forked one would inherit open database connections.
    context = multiprocessing.get_context("spawn")
    stop, done = context.Event(), context.Value("q", 0)
    pool = ProcessPoolExecutor(jobs, context, _open_in_child, (studies, recipe, stop, done))
    told = 0
    try:
        waiting = {pool.submit(_make_in_child, part) for part in parts}
        while waiting:
            finished, waiting = wait(waiting, _LOOK_EVERY_S, FIRST_COMPLETED)
            for count in range(told, done.value):
                begun(count)
            told = max(told, done.value)
            for each in finished:
                each.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


_in_child: dict[str, Any] = {}


def _open_in_child(studies: Sequence[Path], recipe: Recipe, stop: Any, done: Any) -> None:  # noqa: ANN401
    # Ctrl+C goes to all processes at once; the first one tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # There are as many processes as are wanted.
    threadpool_limits(1, "blas")
    cv2.setNumThreads(1)
    _in_child.update(preparer=Preparer(studies, recipe), stop=stop, done=done)


def _end_with_parent() -> None:
    """End this process when the build is killed: one that waits for work would never hear of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make_in_child(part: Part) -> None:
    make_part(_in_child["preparer"], part, _tick_in_child)


def _tick_in_child() -> None:
    parent = multiprocessing.parent_process()
    if _in_child["stop"].is_set() or (parent is not None and not parent.is_alive()):
        raise Cancelled
    with _in_child["done"].get_lock():
        _in_child["done"].value += 1
