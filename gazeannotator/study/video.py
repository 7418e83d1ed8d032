"""Frames of a video, found by counting from its beginning, so that the same time is always the same frame.

Jumping inside a file lands on another frame for some codecs; here frames before the wanted one are passed
over without being converted, which is exact for every codec, and fast forwards.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.study.image_files import Picture, shown
from gazeannotator.study.images import MAX_MEGAPIXELS, Pixels

if TYPE_CHECKING:
    from typing_extensions import Self

SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".mpg", ".mpeg", ".wmv", ".m4v", ".webm")

_HINT = "Export it again, e.g. as MP4 (H.264)."
_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,6}(?:[.,]\d{1,6})?)")
# A time that was written down rounded still means the frame that it was read from.
_TOLERANCE_S = 0.0005


@dataclass(frozen=True)
class Frame:
    """One frame.

    Attributes
    ----------
    index : int
        0 for the first.
    time_s : float
        When it begins to be shown, from the beginning of the video.
    pixels : ndarray, shape (height, width, 3), uint8
        RGB, upright.
    """

    index: int
    time_s: float
    pixels: Pixels


class Video:
    """An open video; close it, or use ``with``.

    Attributes
    ----------
    path : Path
    rate_hz : float
        Frames per second as the file says.
    frames : int
        How many frames the file says that it has; 0 where it says nothing. It may err.

    Raises
    ------
    BadInput
        If the file is no video that can be read, or its frames are too large.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._where = shown(path.name)
        if not path.is_file():
            raise BadInput(f"The video {shown(str(path))} does not exist.", "Check the path.")
        self._capture = cv2.VideoCapture()
        self._next = 0
        self._start_s = self._time_s = 0.0
        self._pending = False
        self._open()
        self.rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS))
        width, height = (
            self._capture.get(each) for each in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        if width * height > MAX_MEGAPIXELS * 1e6 or not math.isfinite(self.rate_hz) or self.rate_hz <= 0:
            self.close()
            raise BadInput(f"{self._where} is no video that can be used.", _HINT)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.frames = int(count) if 0 < count < 1e9 else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def frame(self, index: int) -> Frame:
        """Return the frame of an index.

        Raises
        ------
        BadInput
            If the video ends before it.
        """
        if index < 0:
            raise BadInput(f"{self._where} has no frame {index}.", "Frames are counted from 0.")
        self._pending = False
        if index < self._next:
            self._open()
        while self._next < index:
            self._pass_over()
        self._pass_over()
        return self._current()

    def frames_at(self, times_s: Iterable[float]) -> Iterator[Frame]:
        """Return the frames that are on the screen at these times, in the order of the times.

        Raises
        ------
        BadInput
            If the video ends before one of them.
        """
        self._open()
        self._pass_over()
        held = self._current()
        for time_s in sorted(times_s):
            if time_s < 0 or not math.isfinite(time_s):
                raise BadInput(f"{time_s:g} s is no time in a video.", "Count from its beginning.")
            while True:
                begins_s = self._peek_s()
                if begins_s is None:
                    self._check_last(held, time_s)
                    break
                if begins_s > time_s + _TOLERANCE_S:
                    break
                held = self._current()
            yield held

    def _open(self) -> None:
        """Begin at the first frame."""
        self._capture.release()
        self._pending = False
        self._next = 0
        if not self._capture.open(str(self.path), cv2.CAP_FFMPEG):
            raise BadInput(f"{self._where} is no video that can be read.", _HINT)

    def _pass_over(self) -> None:
        if not self._grab():
            raise BadInput(
                f"{self._where} ends after {self._next} frames.", "Choose an earlier time, or check the file."
            )

    def _grab(self) -> bool:
        if self._pending:
            self._pending = False
            return True
        if not self._capture.grab():
            return False
        self._next += 1
        time_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        if self._next == 1:
            self._start_s = time_s if math.isfinite(time_s) else 0.0
        since = time_s - self._start_s
        # Some containers hold no times: frames are then taken to be equally far apart.
        known = math.isfinite(since) and (since > 0 or self._next == 1)
        self._time_s = since if known else (self._next - 1) / self.rate_hz
        return True

    def _peek_s(self) -> float | None:
        """Tell when the next frame begins; it is the current one of the next call of `_current`."""
        if not self._pending:
            if not self._grab():
                return None
            self._pending = True
        return self._time_s

    def _current(self) -> Frame:
        self._pending = False
        done, bgr = self._capture.retrieve()
        if not done or bgr is None or bgr.ndim != 3:
            raise BadInput(f"{self._where} is damaged (frame {self._next}).", _HINT)
        return Frame(self._next - 1, self._time_s, np.ascontiguousarray(bgr[..., ::-1]))

    def _check_last(self, last: Frame, time_s: float) -> None:
        if time_s > last.time_s + 1.5 / self.rate_hz:
            raise BadInput(
                f"{self._where} ends at {last.time_s + 1 / self.rate_hz:.3f} s, before {time_s:g} s.",
                "Choose an earlier time.",
            )


def parse_time(text: str) -> float:
    """Read a time in a video: seconds (``12.4``), or a clock (``1:03.2``, ``00:01:03.2``).

    Raises
    ------
    BadInput
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None or (match[2] is not None and float(match[3].replace(",", ".")) >= 60):
        raise BadInput(f"'{text}' is no time.", "Write seconds, as 12.4, or a clock, as 00:01:03.2.")
    hours, minutes, seconds = (float((each or "0").replace(",", ".")) for each in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def pictures_at(path: Path, times_s: Iterable[float]) -> Iterator[Picture]:
    """Give the frames at these times as pictures to be imported, each frame once.

    Raises
    ------
    BadInput
        See `Video`.
    """
    with Video(path) as video:
        before = -1
        for frame in video.frames_at(times_s):
            if frame.index != before:
                before = frame.index
                yield Picture(frame.pixels, f"{path.name}#frame={frame.index}")
