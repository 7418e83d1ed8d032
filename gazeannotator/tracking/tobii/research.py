"""Tobii trackers through tobii_research, Tobii's own package (version 2.1.0, for Python 3.10 only).

It calls us for every sample from a thread of its own, which must be quick: its buffer has room for 64.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

import numpy as np

from gazeannotator.errors import TrackerError
from gazeannotator.tracking.tobii.model import (
    HINT,
    LOOK_HINT,
    CalibrationPoint,
    CalibrationResult,
    CalibrationStatus,
    DisplayArea,
    EyeSamples,
    GazeSamples,
    Notice,
    NoticeKind,
    TrackerInfo,
    chosen_rate,
    refused_rate,
    shortest,
)

_NOTICES: dict[str, NoticeKind] = {
    "EYETRACKER_NOTIFICATION_CONNECTION_LOST": "lost",
    "EYETRACKER_NOTIFICATION_CONNECTION_RESTORED": "restored",
    "EYETRACKER_NOTIFICATION_CALIBRATION_CHANGED": "calibration",
    "EYETRACKER_NOTIFICATION_DISPLAY_AREA_CHANGED": "display_area",
    "EYETRACKER_NOTIFICATION_GAZE_OUTPUT_FREQUENCY_CHANGED": "rate",
    "EYETRACKER_NOTIFICATION_EYE_TRACKING_MODE_CHANGED": "mode",
    "EYETRACKER_NOTIFICATION_STREAM_BUFFER_OVERFLOW": "overflow",
    "EYETRACKER_NOTIFICATION_DEVICE_FAULTS": "fault",
    "EYETRACKER_NOTIFICATION_DEVICE_WARNINGS": "warning",
}
"""Constants of tobii_research; all but the overflow are in its older versions too."""


class ResearchSdk:
    """The package as the bridge uses it."""

    def __init__(self, module: ModuleType) -> None:
        self._module: Any = module
        self.name = module.__name__
        self.version = str(self._module.__version__)
        # Its exceptions have no base of their own.
        named = (each for name, each in vars(module).items() if name.startswith("EyeTracker"))
        errors = (each for each in named if isinstance(each, type) and issubclass(each, Exception))
        self._errors: tuple[type[Exception], ...] = (*errors, ValueError)

    def find(self) -> list[TrackerInfo]:
        """List the trackers that answer; takes about two seconds."""
        with self.in_words("Tobii eye trackers could not be searched for"):
            found = self._module.find_all_eyetrackers()
        return [self._info(each) for each in found]

    def open(self, address: str) -> ResearchTracker:
        """Connect to a tracker."""
        with self.in_words(f"No Tobii eye tracker answers at {address}"):
            tracker = self._module.EyeTracker(address)
        return ResearchTracker(self._module, tracker, self._info(tracker), self)

    def clock_us(self) -> int:
        """Tell the time in the clock of the samples' system time stamps."""
        return int(self._module.get_system_time_stamp())

    def _info(self, tracker: Any) -> TrackerInfo:  # noqa: ANN401 - an EyeTracker of the package
        rates: tuple[float, ...] = ()
        with suppress(*self._errors):  # one that is busy or lacks a licence is listed all the same
            rates = tuple(float(each) for each in tracker.get_all_gaze_output_frequencies())
        can_calibrate = self._module.CAPABILITY_CAN_DO_SCREEN_BASED_CALIBRATION
        return TrackerInfo(
            model=tracker.model,
            serial=tracker.serial_number,
            address=tracker.address,
            firmware=tracker.firmware_version,
            rates_hz=rates,
            calibrates=can_calibrate in tracker.device_capabilities,
        )

    @contextmanager
    def in_words(self, what: str) -> Iterator[None]:
        """Turn the package's errors into ours."""
        try:
            yield
        except self._errors as error:
            raise TrackerError(f"{what}: {_reason(error)}.", HINT) from error

    @contextmanager
    def refusing(self, info: TrackerInfo, rate_hz: float) -> Iterator[None]:
        """Turn an error at setting a rate into one that names the rates."""
        try:
            yield
        except self._errors as error:
            raise refused_rate(info, rate_hz, _reason(error)) from error


class ResearchTracker:
    """One tracker; its samples and notifications are kept here until they are taken."""

    def __init__(self, module: Any, tracker: Any, info: TrackerInfo, sdk: ResearchSdk) -> None:  # noqa: ANN401
        self._module = module
        self._tracker = tracker
        self.info = info
        self._sdk = sdk
        self._calibration: Any = None
        self._samples: deque[dict[str, Any]] = deque()
        self._notices: deque[Notice] = deque()
        self._subscribed: list[tuple[str, Any]] = []
        with self._calling("does not tell what happens to it"):
            for name, kind in _NOTICES.items():
                if hasattr(module, name):
                    self._subscribe(getattr(module, name), self._listener(kind))

    def rate_hz(self) -> float:
        """Rate at which it sends now."""
        with self._calling("does not tell its rate"):
            return float(self._tracker.get_gaze_output_frequency())

    def set_rate(self, rate_hz: float) -> None:
        """Choose one of the rates that it offers."""
        rate_hz = chosen_rate(self.info, rate_hz)
        with self._sdk.refusing(self.info, rate_hz):
            self._tracker.set_gaze_output_frequency(rate_hz)

    def mode(self) -> str:
        """Its eye tracking mode."""
        with self._calling("does not tell its mode"):
            return str(self._tracker.get_eye_tracking_mode())

    def display_area(self) -> DisplayArea:
        """Where the screen is."""
        with self._calling("does not tell where the screen is"):
            area = self._tracker.get_display_area()
        return DisplayArea(area.top_left, area.top_right, area.bottom_left)

    def start(self) -> None:
        """Begin to collect gaze."""
        with self._calling("does not send gaze"):
            self._subscribe(self._module.EYETRACKER_GAZE_DATA, self._samples.append, as_dictionary=True)

    def stop(self) -> None:
        """Collect no more."""
        with self._calling("cannot be stopped"):
            self._unsubscribe(self._module.EYETRACKER_GAZE_DATA)

    def take(self) -> GazeSamples:
        """Take the samples that came since the last call."""
        rows = [self._samples.popleft() for _ in range(len(self._samples))]

        def column(name: str) -> list[Any]:
            return [row[name] for row in rows]

        def eyes(name: str, kind: type, *shape: int) -> Any:  # noqa: ANN401
            both = [[row[f"left_{name}"], row[f"right_{name}"]] for row in rows]
            return np.array(both, kind).reshape(len(rows), 2, *shape)

        return GazeSamples(
            device_us=np.array(column("device_time_stamp"), np.int64),
            system_us=np.array(column("system_time_stamp"), np.int64),
            point=eyes("gaze_point_on_display_area", float, 2),
            point_valid=eyes("gaze_point_validity", bool),
            pupil_mm=eyes("pupil_diameter", float),
            pupil_valid=eyes("pupil_validity", bool),
            origin_mm=eyes("gaze_origin_in_user_coordinate_system", float, 3),
            origin_valid=eyes("gaze_origin_validity", bool),
        )

    def notices(self) -> list[Notice]:
        """Take what it told since the last call."""
        return [self._notices.popleft() for _ in range(len(self._notices))]

    def enter_calibration(self) -> None:
        """Begin a calibration."""
        with self._calling("cannot be calibrated now"):
            calibration = self._module.ScreenBasedCalibration(self._tracker)
            calibration.enter_calibration_mode()
        self._calibration = calibration

    def collect(self, x: float, y: float) -> None:
        """Collect samples while the reader looks at a point."""
        with self._calling("collected nothing"):
            status = self._calibrating().collect_data(x, y)
        if status == self._module.CALIBRATION_STATUS_FAILURE:
            raise TrackerError(
                f"{self.info.called} did not see the eyes at this point.",
                LOOK_HINT,
            )

    def discard(self, x: float, y: float) -> None:
        """Forget what was collected at a point."""
        with self._calling("discarded nothing"):
            self._calibrating().discard_data(x, y)

    def compute(self) -> CalibrationResult:
        """Compute a calibration from all points."""
        with self._calling("could not compute a calibration"):
            result = self._calibrating().compute_and_apply()
        module = self._module
        statuses: dict[str, CalibrationStatus] = {
            module.CALIBRATION_STATUS_SUCCESS: "both",
            module.CALIBRATION_STATUS_SUCCESS_LEFT_EYE: "left",
            module.CALIBRATION_STATUS_SUCCESS_RIGHT_EYE: "right",
        }
        status = statuses.get(result.status, "failed")
        return CalibrationResult(status, tuple(self._point(each) for each in result.calibration_points))

    def leave_calibration(self) -> None:
        """End the calibration."""
        calibration, self._calibration = self._calibration, None
        if calibration is not None:
            with self._calling("did not leave the calibration"):
                calibration.leave_calibration_mode()

    def close(self) -> None:
        """Let the tracker go."""
        with suppress(TrackerError):
            self.leave_calibration()
        for kind, _listener in list(self._subscribed):
            with suppress(TrackerError), self._calling("is gone"):
                self._unsubscribe(kind)

    def _subscribe(self, kind: str, listener: Any, *, as_dictionary: bool = False) -> None:  # noqa: ANN401
        self._tracker.subscribe_to(kind, listener, as_dictionary=as_dictionary)
        self._subscribed.append((kind, listener))

    def _unsubscribe(self, kind: str) -> None:
        for each in [each for each in self._subscribed if each[0] == kind]:
            self._subscribed.remove(each)
            self._tracker.unsubscribe_from(*each)

    def _listener(self, kind: NoticeKind) -> Any:  # noqa: ANN401
        def listen(data: Any) -> None:  # noqa: ANN401 - a class of the package for each kind
            self._notices.append(Notice(kind, str(getattr(data, f"{kind}s", ""))))

        return listen

    def _calibrating(self) -> Any:  # noqa: ANN401
        if self._calibration is None:
            raise TrackerError("No calibration has begun.", "Enter it first.")
        return self._calibration

    def _point(self, found: Any) -> CalibrationPoint:  # noqa: ANN401
        eyes = []
        for name in ("left_eye", "right_eye"):
            samples = [getattr(each, name) for each in found.calibration_samples]
            used = self._module.VALIDITY_VALID_AND_USED
            kept = [each.position_on_display_area for each in samples if each.validity == used]
            eyes.append(EyeSamples(tuple((shortest(x), shortest(y)) for x, y in kept), len(samples)))
        x, y = found.position_on_display_area
        return CalibrationPoint(shortest(x), shortest(y), *eyes)

    def _calling(self, what: str) -> Any:  # noqa: ANN401 - a context manager
        return self._sdk.in_words(f"{self.info.called} {what}")


def _reason(error: Exception) -> str:
    """Leave out the name of the status at the end of its messages."""
    return re.sub(r"\s*'\w+'$", "", str(getattr(error, "value", error)).strip()).rstrip(".")
