"""The reader of the demo: looks for a while, presses a key, and does once each what real readers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import Qt

from gazeannotator.demo.pilot import Script, Until, after, press
from gazeannotator.demo.plan import DemoFailed
from gazeannotator.ui.reading.opening import ReadingWindow
from gazeannotator.ui.reading.room import Phase

FIRST_IMAGE_WITHIN_S = 60.0
CHECK_WITHIN_S = 120.0
DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


@dataclass(frozen=True)
class Turn:
    """What the reader does with one image.

    Attributes
    ----------
    looks_s : float
        How long before the answer.
    wrong, low : bool
        Answers with another class; with low confidence.
    also : str
        ``flag``: flags the image first. ``pause``: pauses first, and sees it again.
        ``regret``: answers wrongly, and corrects that with Backspace.
    """

    looks_s: float
    wrong: bool = False
    low: bool = False
    also: Literal["", "flag", "pause", "regret"] = ""


def turns(images: int, looks_s: float, seed: int) -> list[Turn]:
    """Plan a session: one answer in twelve wrong, one in six unsure, one flag, one pause, one regret."""
    rng = np.random.default_rng(seed)
    odd = {images // 5: "regret", images // 3: "flag", images // 2: "pause"}
    plan = []
    for index in range(images):
        wrong = index % 12 == 8
        low = wrong or index % 6 == 2
        plan.append(Turn(looks_s * float(rng.uniform(0.8, 1.3)), wrong, low, odd.get(index, "")))
    return plan


def read_all(
    reading: ReadingWindow,
    truths: Mapping[str, int],
    plan: list[Turn],
    progress: Callable[[int, int], None],
) -> Script:
    """Check the eye tracker, then read image after image by key presses until all are read.

    Parameters
    ----------
    truths : mapping
        Image id → class index, from pathology.
    plan : list of Turn
        One for each image.
    progress : callable
        Called with images read, and images in all.
    """
    controller = reading.controller
    yield Until("the reading window is ready", lambda: controller.phase is Phase.READY)
    yield from _check_tracker(reading)
    press(reading, Qt.Key.Key_Space)
    yield _image(reading, within_s=FIRST_IMAGE_WITHIN_S)
    for number, turn in enumerate(plan, start=1):
        truth = truths[_shown(reading)]
        yield after(turn.looks_s)
        if turn.also == "flag":
            press(reading, Qt.Key.Key_F)
            yield Until("the flag is set", lambda: controller.flagged)
        elif turn.also == "pause":
            press(reading, Qt.Key.Key_Space)
            yield Until("the reading pauses", lambda: controller.phase is Phase.PAUSED)
            yield after(1.0)
            press(reading, Qt.Key.Key_Space)
            yield _image(reading)
            yield after(turn.looks_s)
        elif turn.also == "regret":
            regretted = _shown(reading)
            yield from _answer(reading, _other(truth), low=False)
            yield after(0.5)
            press(reading, Qt.Key.Key_Backspace)
            yield _image(reading, which=regretted)
            yield after(turn.looks_s)
        yield from _answer(reading, _other(truth) if turn.wrong else truth, low=turn.low)
        progress(number, len(plan))
    if controller.phase is not Phase.DONE:
        raise DemoFailed("The reading did not end after its last image.")
    yield after(1.0)
    press(reading, Qt.Key.Key_Space)


def _check_tracker(reading: ReadingWindow) -> Script:
    """Measure the tracker's accuracy as a reader does before the first image."""
    yield Until("the eye tracker is ready", lambda: reading.link.state.ready, CHECK_WITHIN_S)
    press(reading, Qt.Key.Key_V)
    check = yield Until("the check of the eye tracker begins", lambda: reading.check, CHECK_WITHIN_S)

    def is_done() -> bool:
        if check.targets.paused:
            press(reading, Qt.Key.Key_Space)
        return check.page is check.result

    yield Until("the check of the eye tracker is done", is_done, CHECK_WITHIN_S)
    outcome = check.result.outcome
    if not outcome.passed:
        raise DemoFailed(f"The simulated eye tracker is not good enough: {check.result.title.text()}")
    yield after(1.5)
    press(reading, Qt.Key.Key_Space)
    yield Until("the ready page shows again", lambda: reading.controller.phase is Phase.READY)


def _other(label: int) -> int:
    return (label + 1) % len(DIGITS)


def _shown(reading: ReadingWindow) -> str:
    session = reading.controller.session
    image = session.next_image() if session is not None else None
    if image is None:
        raise DemoFailed("The reading ended before all images were read.")
    return image


def _image(reading: ReadingWindow, *, which: str | None = None, within_s: float = 30.0) -> Until:
    """Wait for an image (or that one); goes on after pauses that are not the reader's own.

    Another window came to the front, or a busy machine held the samples up.
    """
    controller = reading.controller

    def visible() -> bool:
        if controller.phase is Phase.PAUSED and controller.why_paused != "reader":
            press(reading, Qt.Key.Key_Space)
        return controller.phase is Phase.VIEWING and which in (None, _shown(reading))

    return Until("an image appears", visible, within_s)


def _answer(reading: ReadingWindow, label: int, *, low: bool) -> Script:
    controller = reading.controller
    before = controller.answers
    while controller.answers == before:
        yield _image(reading)
        press(reading, DIGITS[label], shift=low)
        yield Until(
            "the answer is saved", lambda: controller.answers > before or controller.phase is Phase.PAUSED
        )
    if controller.session.next_image() is None:
        yield Until("the reading ends", lambda: controller.phase is Phase.DONE)
    else:
        yield _image(reading)
