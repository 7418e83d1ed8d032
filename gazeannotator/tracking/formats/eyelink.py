"""EyeLink recordings as text (.asc, made by edf2asc from .edf).

What was shown is in the messages for Data Viewer: ``!V IMGLOAD`` names the image and its place, ``TRIALID``
and ``TRIAL_RESULT`` enclose a trial. An image appears at its IMGLOAD, or, where a trial has one image and a
SYNCTIME, at that; a message that begins with a whole number happened so many ms before its time. Pupils are
in the tracker's own units and are not taken. Its fixations are taken only from files without samples.

No sound library for .asc is on PyPI: those there are bring whole toolboxes with them, or are not kept up.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement
from gazeannotator.tracking.formats.eyelink_trial import Shown, Trial, viewings_of
from gazeannotator.tracking.formats.recorded import Anchor, ImportOptions, Recorded, Tell, Viewing
from gazeannotator.tracking.formats.text import read_lines

_MESSAGE = re.compile(r"MSG\s+(\d+(?:\.\d+)?)\s*(.*)")
_EARLIER = re.compile(r"(-?\d+)\s+(\D.*)")
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_PLACED = re.compile(rf"(.+?)\s+{_NUMBER}\s+{_NUMBER}(?:\s+{_NUMBER}\s+{_NUMBER})?")
_COORDS = re.compile(rf"(?:DISPLAY|GAZE)_COORDS\s*=?\s*{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}")
_VALIDATION = re.compile(rf"!CAL VALIDATION .*\bERROR {_NUMBER} avg\.")
_SAME_VALIDATION_S = 1.0
_HALF_MS_HZ = 2000


def read_asc(path: Path, options: ImportOptions, tell: Tell | None = None) -> list[Recorded]:
    """Read a recording.

    Raises
    ------
    BadInput
        Naming the line.
    """
    recording = _Recording(path, options)
    for line, text in read_lines(path, tell):
        recording.take(line, text)
    return [recording.end()]


class _Recording:
    """What has been read of a file so far."""

    def __init__(self, path: Path, options: ImportOptions) -> None:
        self._path, self._options = path, options
        self._viewings: list[Viewing] = []
        self._accuracy: list[tuple[float, list[float]]] = []
        self._screen_px: tuple[float, float] | None = None
        self._rate_hz = math.nan
        self._trial = Trial()
        self._eyes: tuple[str, ...] = ()
        self._last_ms = -math.inf
        self._sampled = False

    def take(self, line: int, text: str) -> None:
        """Take a line."""
        if text[:1].isdigit():
            self._sample(line, text.split())
        elif text.startswith("MSG"):
            self._message(line, text)
        elif text.startswith(("SAMPLES", "EVENTS")):
            self._specification(line, text.split())
        elif text.startswith("EFIX"):
            self._fixation(line, text.split())
        elif text.startswith("START"):
            if not self._trial.named and not math.isnan(self._trial.started_ms):
                self._close()
            self._trial.started_ms = self._number(line, text.split()[1:2])
            self._trial.ended_ms, self._last_ms = math.nan, -math.inf
        elif text.startswith("END"):
            self._trial.ended_ms = self._number(line, text.split()[1:2])

    def end(self) -> Recorded:
        """Give what was read, at the end of the file."""
        self._close()
        if not self._viewings:
            raise BadInput(
                f"{self._path} does not tell which images were shown: it has no message '!V IMGLOAD'.",
                "Name the trial variable that does: --columns image=NAME.",
            )
        missing = () if self._sampled else ("samples", "validity", "eyes")
        return Recorded(
            "",
            self._viewings,
            screen_px=self._screen_px,
            rate_hz=self._rate_hz,
            accuracy=tuple((at_s, sum(errors) / len(errors)) for at_s, errors in self._accuracy),
            missing=missing,
        )

    def _close(self) -> None:
        trial, self._trial = self._trial, Trial()
        self._viewings += viewings_of(self._path, trial, self._options)

    def _number(self, line: int, words: list[str]) -> float:
        try:
            return float(words[0])
        except (ValueError, IndexError):
            raise BadInput(
                f"{self._path} line {line}: a number is missing.", "Convert the .edf again."
            ) from None

    def _sample(self, line: int, words: list[str]) -> None:
        if not self._eyes:
            raise BadInput(
                f"{self._path} line {line}: samples before a line SAMPLES that says of which eye.",
                "Convert the .edf with samples and events (edf2asc without -s and -ne).",
            )
        values = [math.nan] * 4
        try:
            time_ms = float(words[0])
            for number, eye in enumerate(self._eyes):
                x, y = words[1 + 3 * number : 3 + 3 * number]
                if x != "." and y != ".":
                    place = 0 if eye == "LEFT" else 2
                    values[place : place + 2] = float(x), float(y)
        except ValueError:
            raise BadInput(
                f"{self._path} line {line} is no sample of {' and '.join(self._eyes).lower()} eye.",
                "Convert the .edf again.",
            ) from None
        if self._rate_hz == _HALF_MS_HZ and time_ms == self._last_ms:
            time_ms += 0.5
        if time_ms <= self._last_ms:
            raise BadInput(f"{self._path} line {line}: the time goes back.", "Convert the .edf again.")
        self._last_ms = time_ms
        self._sampled = True
        self._trial.samples.extend((time_ms, *values))

    def _specification(self, line: int, words: list[str]) -> None:
        if "GAZE" not in words:
            raise BadInput(
                f"{self._path} line {line}: the eyes' data are no places on the screen.",
                "Convert the .edf with gaze data (edf2asc -sg).",
            )
        if words[0] == "SAMPLES":
            self._eyes = tuple(each for each in ("LEFT", "RIGHT") if each in words)
        if "RATE" in words:
            self._rate_hz = self._number(line, words[words.index("RATE") + 1 :])

    def _fixation(self, line: int, words: list[str]) -> None:
        try:
            eye, (start, end, _, x, y) = words[1], map(float, words[2:7])
        except ValueError:
            raise BadInput(
                f"{self._path} line {line} is no whole fixation.", "Convert the .edf again."
            ) from None
        self._trial.fixations.setdefault(eye, []).append((line, start, end, x, y))

    def _message(self, line: int, text: str) -> None:
        match = _MESSAGE.fullmatch(text)
        if match is None:
            return
        at_ms, said = float(match[1]), match[2].strip()
        if earlier := _EARLIER.fullmatch(said):
            at_ms, said = at_ms - float(earlier[1]), earlier[2]
        if said.startswith("TRIALID"):
            self._close()
            self._trial.named = True
        elif said.startswith("TRIAL_RESULT"):
            if math.isnan(self._trial.ended_ms):
                self._trial.ended_ms = at_ms
            self._close()
        elif said.startswith("!V IMGLOAD"):
            if not self._trial.named and not math.isnan(self._trial.ended_ms):
                self._close()
            self._load(line, at_ms, said.split(None, 3)[2:])
        elif said.startswith("!V TRIAL_VAR "):
            name, _, value = said.removeprefix("!V TRIAL_VAR ").strip().partition(" ")
            self._trial.variables[name] = value.strip()
        elif coords := _COORDS.match(said):
            left, top, right, bottom = map(float, coords.groups())
            if left or top or right <= 0 or bottom <= 0:
                raise BadInput(
                    f"{self._path} line {line}: the screen's px do not begin with 0, 0 at its top left.",
                    "Give the recording as a table (--from csv) with px from the top left.",
                )
            self._screen_px = (right + 1, bottom + 1)
        elif validation := _VALIDATION.match(said):
            self._validated(at_ms / 1000, float(validation[1]))
        else:
            self._trial.messages.append((at_ms, said.casefold()))

    def _validated(self, at_s: float, error_deg: float) -> None:
        """Note a validation; the eyes come in two lines."""
        if not self._accuracy or at_s - self._accuracy[-1][0] > _SAME_VALIDATION_S:
            self._accuracy.append((at_s, []))
        self._accuracy[-1][1].append(error_deg)

    def _load(self, line: int, at_ms: float, words: list[str]) -> None:
        mode, rest = words[0] if words else "", words[1] if len(words) > 1 else ""
        placed = _PLACED.fullmatch(rest)
        if mode == "FILL" and rest:
            place = Placement(0, 0, *self._screen_px) if self._screen_px else None
            shown = Shown(rest, line, at_ms, place)
        elif mode == "CENTER" and rest and placed is None:
            width, height = self._screen_px or (math.nan, math.nan)
            middle = Anchor(width / 2, height / 2, centre=True)
            shown = Shown(rest, line, at_ms, anchor=middle if self._screen_px else None)
        elif mode in ("CENTER", "TOP_LEFT") and placed is not None:
            x, y = float(placed[2]), float(placed[3])
            if placed[4]:
                width, height = float(placed[4]), float(placed[5])
                corner = (x - width / 2, y - height / 2) if mode == "CENTER" else (x, y)
                shown = Shown(placed[1], line, at_ms, Placement(*corner, width, height))
            else:
                shown = Shown(placed[1], line, at_ms, anchor=Anchor(x, y, centre=mode == "CENTER"))
        else:
            raise BadInput(
                f"{self._path} line {line}: '!V IMGLOAD {mode} {rest}' cannot be understood.",
                "It must be FILL file, CENTER file x y [width height] or TOP_LEFT file x y [width height].",
            )
        self._trial.images.append(shown)
