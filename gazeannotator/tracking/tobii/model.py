"""What a Tobii eye tracker is to us, whichever package speaks with it.

Two packages do: ``tobii_research`` (`gazeannotator.tracking.tobii.research`) and ``TittaPy``
(`gazeannotator.tracking.tobii.titta`). Each is an `Sdk` that finds and opens a `Tracker`.
Whatever they raise comes out as `TrackerError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.samples import FloatArray

BoolArray = NDArray[np.bool_]
Point = tuple[float, float]
Corner = tuple[float, float, float]

SAME_RATE = 0.005
HINT = "Check its cable and power, and in Tobii Pro Eye Tracker Manager its set-up and licence."
LOOK_HINT = "Let the reader sit upright at arm's length and look at the point, then try again."

NoticeKind = Literal[
    "lost", "restored", "display_area", "rate", "mode", "calibration", "overflow", "fault", "warning"
]
"""What a tracker tells by itself: ``calibration`` is a new calibration, ``overflow`` that samples came
faster than they were taken, ``fault`` and ``warning`` are the device's own words."""

CalibrationStatus = Literal["both", "left", "right", "failed"]
"""For which eyes a calibration was computed."""


@dataclass(frozen=True)
class TrackerInfo:
    """A tracker as it was found.

    Attributes
    ----------
    rates_hz : tuple of float
        Rates that it offers; empty where it does not tell.
    calibrates : bool
        Whether it is calibrated on a screen, through the SDK.
    """

    model: str
    serial: str
    address: str
    firmware: str
    rates_hz: tuple[float, ...]
    calibrates: bool

    @property
    def called(self) -> str:
        """How people tell it from another: model and serial number."""
        return f"{self.model} ({self.serial})"


@dataclass(frozen=True)
class DisplayArea:
    """The rectangle to which normalised gaze points refer: corners in mm, in Tobii's user coordinates."""

    top_left_mm: Corner
    top_right_mm: Corner
    bottom_left_mm: Corner

    @property
    def width_mm(self) -> float:
        """Length of the upper edge."""
        return float(np.linalg.norm(np.subtract(self.top_right_mm, self.top_left_mm)))

    @property
    def height_mm(self) -> float:
        """Length of the left edge."""
        return float(np.linalg.norm(np.subtract(self.bottom_left_mm, self.top_left_mm)))


@dataclass(frozen=True)
class GazeSamples:
    """Consecutive samples exactly as the SDK gave them; eyes in the order left, right.

    Attributes
    ----------
    device_us, system_us : ndarray of int64, shape (n,)
        Time stamps of the tracker's clock and of this computer's, in microseconds.
    point : ndarray, shape (n, 2, 2)
        Gaze points on the display area, (0, 0) top-left, (1, 1) bottom-right.
    pupil_mm : ndarray, shape (n, 2)
    origin_mm : ndarray, shape (n, 2, 3)
        Where the eyes are, in user coordinates.
    point_valid, pupil_valid, origin_valid : ndarray of bool, shape (n, 2)
    """

    device_us: NDArray[np.int64]
    system_us: NDArray[np.int64]
    point: FloatArray
    point_valid: BoolArray
    pupil_mm: FloatArray
    pupil_valid: BoolArray
    origin_mm: FloatArray
    origin_valid: BoolArray

    def __len__(self) -> int:
        return len(self.device_us)


NO_SAMPLES = GazeSamples(
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty((0, 2, 2)),
    np.empty((0, 2), bool),
    np.empty((0, 2)),
    np.empty((0, 2), bool),
    np.empty((0, 2, 3)),
    np.empty((0, 2), bool),
)


@dataclass(frozen=True)
class Notice:
    """Something that the tracker told by itself; `text` is empty where the kind says it all."""

    kind: NoticeKind
    text: str = ""


@dataclass(frozen=True)
class EyeSamples:
    """What was collected from one eye at one calibration point.

    Attributes
    ----------
    used : tuple of (float, float)
        Where the eye looked by the new calibration, for each sample that went into it; normalised.
    collected : int
        Number of all samples, also those that were not used.
    """

    used: tuple[Point, ...]
    collected: int


@dataclass(frozen=True)
class CalibrationPoint:
    """One target of a calibration, normalised, and what each eye gave there."""

    x: float
    y: float
    left: EyeSamples
    right: EyeSamples


@dataclass(frozen=True)
class CalibrationResult:
    """What a computed calibration is; it holds in the tracker unless the status is ``failed``."""

    status: CalibrationStatus
    points: tuple[CalibrationPoint, ...]


class Tracker(Protocol):
    """One open tracker. Every method raises `TrackerError` where the device refuses or is gone.

    The methods of calibration wait for the device, up to about ten seconds for `collect`, so they are
    called in a thread of their own; all others answer at once.
    """

    @property
    def info(self) -> TrackerInfo:
        """What it was when it was opened."""

    def rate_hz(self) -> float:
        """Rate at which it sends now."""

    def set_rate(self, rate_hz: float) -> None:
        """Choose one of the rates that it offers."""

    def mode(self) -> str:
        """Its eye tracking mode, as ``human``."""

    def display_area(self) -> DisplayArea:
        """Where the screen is, as set in the tracker."""

    def start(self) -> None:
        """Begin to collect gaze."""

    def stop(self) -> None:
        """Collect no more; what has come can still be taken."""

    def take(self) -> GazeSamples:
        """Take the samples that came since the last call, without waiting."""

    def notices(self) -> list[Notice]:
        """Take what it told since the last call, without waiting."""

    def enter_calibration(self) -> None:
        """Begin a calibration; the one that holds stays until another is computed."""

    def collect(self, x: float, y: float) -> None:
        """Collect samples while the reader looks at a point (normalised)."""

    def discard(self, x: float, y: float) -> None:
        """Forget what was collected at a point, so that it can be collected again."""

    def compute(self) -> CalibrationResult:
        """Compute a calibration from all points and put it into the tracker."""

    def leave_calibration(self) -> None:
        """End the calibration."""

    def close(self) -> None:
        """Let the tracker go; also one that is gone already."""


class Sdk(Protocol):
    """A package that speaks with trackers.

    Attributes
    ----------
    name : str
        The module's name.
    version : str
        Versions of the package and of Tobii's library in it.
    """

    name: str
    version: str

    def find(self) -> list[TrackerInfo]:
        """List the trackers that answer; takes about two seconds."""

    def open(self, address: str) -> Tracker:
        """Connect to a tracker.

        Raises
        ------
        TrackerError
            Nothing answers at this address.
        """

    def clock_us(self) -> int:
        """Tell the time in the clock of the samples' system time stamps."""


def chosen_rate(info: TrackerInfo, rate_hz: float) -> float:
    """Return the offered rate that is meant (66.7 is 66.667); any where the tracker does not tell its rates.

    Raises
    ------
    TrackerError
        It does not offer that rate.
    """
    for each in info.rates_hz:
        if abs(each - rate_hz) <= SAME_RATE * each:
            return each
    if info.rates_hz:
        raise refused_rate(info, rate_hz)
    return rate_hz


def refused_rate(info: TrackerInfo, rate_hz: float, reason: str = "") -> TrackerError:
    """Say that a tracker does not send at a rate, and at which it does."""
    offered = ", ".join(f"{each:g}" for each in info.rates_hz)
    return TrackerError(
        f"{info.called} does not send at {rate_hz:g} Hz{': ' if reason else ''}{reason}.",
        f"Choose one of its rates: {offered} Hz." if offered else "Set its rate in Tobii's own software.",
    )


def shortest(value: float) -> float:
    """Give a float32 as the shortest decimal that is the same float32: a target at 0.1 is 0.1 again."""
    return float(str(np.float32(value)))
