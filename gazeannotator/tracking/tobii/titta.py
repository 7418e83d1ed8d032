"""Tobii trackers through TittaPy, whose C++ buffer takes every sample, however busy Python is.

Its modules ``TittaPy_v2`` (Spectrum, Fusion, Nano, Spark) and ``TittaPy_v1`` (older trackers) have one
API. Source: dcnieho/Titta, SDK_wrapper/TittaPy/TittaPy.cpp, and TittaPy 2.1.0 itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.errors import TrackerError
from gazeannotator.tracking.tobii.model import (
    HINT,
    LOOK_HINT,
    NO_SAMPLES,
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

# It grows where that is too small; by default memory for a million samples is reserved.
BUFFERED_SAMPLES = 2**14
NOTICES_AT_ONCE = 64
ASK_EVERY_S = 0.01
CALIBRATION_WITHIN_S = 30.0
# Codes of Tobii's library; "calibration not started": somebody else has ended it.
_OK, _NOT_STARTED = 0, 211

_NOTICES: dict[str, NoticeKind] = {
    "connection_lost": "lost",
    "connection_restored": "restored",
    "calibration_changed": "calibration",
    "display_area_changed": "display_area",
    "gaze_output_frequency_changed": "rate",
    "eye_tracking_mode_changed": "mode",
    "stream_buffer_overflow": "overflow",
    "device_faults": "fault",
    "device_warnings": "warning",
}
_STATUS: dict[str, CalibrationStatus] = {
    "success": "both",
    "success_left_eye": "left",
    "success_right_eye": "right",
}


class TittaSdk:
    """``TittaPy_v2`` or ``TittaPy_v1``."""

    def __init__(self, module: ModuleType) -> None:
        self._module: Any = module
        self.name = module.__name__
        # The version has quotation marks in it.
        self.version = f"{self._module.__version__.strip(chr(34))} (SDK {self._module.get_SDK_version()})"

    def find(self) -> list[TrackerInfo]:
        """List the trackers that answer; Python stands still for the two seconds that it takes."""
        with _in_words("Tobii eye trackers could not be searched for"):
            return [self._info(each) for each in self._module.find_all_eye_trackers()]

    def open(self, address: str) -> TittaTracker:
        """Connect to a tracker."""
        with _in_words(f"No Tobii eye tracker answers at {address}"):
            info = self._info(self._module.get_eye_tracker_from_address(address))
            return TittaTracker(self._module, self._module.EyeTracker(address), info)

    def clock_us(self) -> int:
        """Tell the time in the clock of the samples' system time stamps."""
        return int(self._module.get_system_timestamp())

    def _info(self, found: dict[str, Any]) -> TrackerInfo:
        return TrackerInfo(
            model=found["model"],
            serial=found["serial_number"],
            address=found["address"],
            firmware=found["firmware_version"],
            rates_hz=tuple(float(each) for each in found["supported_frequencies"]),
            calibrates=self._module.capability.can_do_screen_based_calibration in found["capabilities"],
        )


class TittaTracker:
    """One tracker; TittaPy collects its gaze and notifications in buffers of its own."""

    def __init__(self, module: Any, tracker: Any, info: TrackerInfo) -> None:  # noqa: ANN401
        self._module = module
        self._tracker = tracker
        self.info = info

    def rate_hz(self) -> float:
        """Rate at which it sends now."""
        with self._calling("does not tell its rate"):
            return float(self._tracker.frequency)

    def set_rate(self, rate_hz: float) -> None:
        """Choose one of the rates that it offers."""
        rate_hz = chosen_rate(self.info, rate_hz)
        try:
            self._tracker.frequency = rate_hz
        except RuntimeError as error:
            raise refused_rate(self.info, rate_hz, _reason(str(error))) from error

    def mode(self) -> str:
        """Its eye tracking mode."""
        with self._calling("does not tell its mode"):
            return str(self._tracker.tracking_mode)

    def display_area(self) -> DisplayArea:
        """Where the screen is."""
        with self._calling("does not tell where the screen is"):
            area = self._tracker.display_area
        return DisplayArea(*(_corner(area[name]) for name in ("top_left", "top_right", "bottom_left")))

    def start(self) -> None:
        """Begin to collect gaze."""
        with self._calling("does not send gaze"):
            self._tracker.start("gaze", initial_buffer_size=BUFFERED_SAMPLES)

    def stop(self) -> None:
        """Collect no more."""
        with self._calling("cannot be stopped"):
            self._tracker.stop("gaze")

    def take(self) -> GazeSamples:
        """Take the samples that came since the last call."""
        if self._tracker is None:
            return NO_SAMPLES
        got = self._tracker.consume_N("gaze")
        n = len(got["device_time_stamp"])
        samples = GazeSamples(
            device_us=got["device_time_stamp"],
            system_us=got["system_time_stamp"],
            point=np.empty((n, 2, 2)),
            point_valid=np.empty((n, 2), bool),
            pupil_mm=np.empty((n, 2)),
            pupil_valid=np.empty((n, 2), bool),
            origin_mm=np.empty((n, 2, 3)),
            origin_valid=np.empty((n, 2), bool),
        )
        for eye, side in enumerate(("left", "right")):
            for axis, letter in enumerate("xyz"):
                origin = got[f"{side}_gaze_origin_in_user_coordinates_{letter}"]
                samples.origin_mm[:, eye, axis] = origin
                if axis < 2:
                    samples.point[:, eye, axis] = got[f"{side}_gaze_point_on_display_area_{letter}"]
            samples.pupil_mm[:, eye] = got[f"{side}_pupil_diameter"]
            samples.point_valid[:, eye] = got[f"{side}_gaze_point_valid"]
            samples.pupil_valid[:, eye] = got[f"{side}_pupil_valid"]
            samples.origin_valid[:, eye] = got[f"{side}_gaze_origin_valid"]
        return samples

    def notices(self) -> list[Notice]:
        """Take what it told since the last call."""
        notices: list[Notice] = []
        for _ in range(NOTICES_AT_ONCE if self._tracker is not None else 0):
            try:
                # One by one: the error below takes all that were asked for with it.
                got = self._tracker.consume_N("notification", 1)
            except (SystemError, TypeError):
                # TittaPy 2.1.0 cannot hand over a notification that has a display area in it.
                notices.append(Notice("display_area"))
                continue
            if not got["notification_type"]:
                break
            kind = _NOTICES.get(got["notification_type"][0].name)
            if kind is not None:
                notices.append(Notice(kind, got["errors_or_warnings"][0] or ""))
        return notices

    def enter_calibration(self) -> None:
        """Begin a calibration."""
        with self._calling("cannot be calibrated"):
            self._tracker.enter_calibration_mode(False)
            result = self._result("enter")
        if result["status"] != _OK:
            self._tracker.leave_calibration_mode()
            self._drain_results()
            self._refuse("cannot be calibrated now", result)

    def collect(self, x: float, y: float) -> None:
        """Collect samples while the reader looks at a point."""
        with self._calling("collected nothing"):
            self._tracker.calibration_collect_data([x, y])
            result = self._result("collect_data")
        if result["status"] != _OK:
            self._refuse("did not see the eyes at this point", result, LOOK_HINT)

    def discard(self, x: float, y: float) -> None:
        """Forget what was collected at a point."""
        with self._calling("discarded nothing"):
            self._tracker.calibration_discard_data([x, y])
            result = self._result("discard_data")
        if result["status"] != _OK:
            self._refuse("has nothing from this point", result, "Give the point as it was collected.")

    def compute(self) -> CalibrationResult:
        """Compute a calibration from all points."""
        with self._calling("could not compute a calibration"):
            self._tracker.calibration_compute_and_apply()
            result = self._result("compute")
        computed = result.get("calibration_result", {"status": None, "points": ()})
        status = _STATUS.get(getattr(computed["status"], "name", ""), "failed")
        if result["status"] != _OK or status == "failed":
            return CalibrationResult("failed", ())
        return CalibrationResult(status, tuple(self._point(each) for each in computed["points"]))

    def leave_calibration(self) -> None:
        """End the calibration."""
        with self._calling("does not leave the calibration"):
            if not self._tracker.leave_calibration_mode():
                return
            result = self._result("exit")
        if result["status"] not in (_OK, _NOT_STARTED):
            self._refuse("did not leave the calibration", result)

    def close(self) -> None:
        """Let the tracker go: with the object all its subscriptions end."""
        if self._tracker is not None:
            self._tracker.stop("gaze")
            self._tracker = None

    def _point(self, found: dict[str, Any]) -> CalibrationPoint:
        used = self._module.calibration_eye_validity.valid_and_used
        eyes = []
        for side in ("samples_left", "samples_right"):
            xs = found[f"{side}_position_on_display_area_x"]
            ys = found[f"{side}_position_on_display_area_y"]
            kept = np.array([each == used for each in found[f"{side}_validity"]], bool)
            pairs = tuple((shortest(x), shortest(y)) for x, y in zip(xs[kept], ys[kept], strict=True))
            eyes.append(EyeSamples(pairs, len(kept)))
        x, y = found["position_on_display_area_x"], found["position_on_display_area_y"]
        return CalibrationPoint(shortest(x), shortest(y), *eyes)

    def _result(self, action: str) -> dict[str, Any]:
        """Wait until TittaPy's own thread has done what was asked for."""
        deadline = time.monotonic() + CALIBRATION_WITHIN_S
        while time.monotonic() < deadline:
            result = self._tracker.calibration_retrieve_result()
            if result is None:
                time.sleep(ASK_EVERY_S)
            elif result["work_item"]["action"].name == action:
                return dict(result)
        raise TrackerError(f"{self.info.called} does not answer.", "Switch it off and on again.")

    def _drain_results(self) -> None:
        while self._tracker.calibration_retrieve_result() is not None:
            pass

    def _refuse(self, what: str, result: dict[str, Any], hint: str = HINT) -> None:
        raise TrackerError(f"{self.info.called} {what}: {_reason(result['status_string'])}.", hint)

    @contextmanager
    def _calling(self, what: str) -> Iterator[None]:
        if self._tracker is None:
            raise TrackerError(f"{self.info.called} is not connected.", "Start it again.")
        with _in_words(f"{self.info.called} {what}"):
            yield


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Turn TittaPy's errors, which are all RuntimeError, into ours."""
    try:
        yield
    except RuntimeError as error:
        raise TrackerError(f"{what}: {_reason(str(error))}.", HINT) from error


def _reason(text: str) -> str:
    """Take the words out of ``Error code: 204: NAME (words)``, which come last."""
    last = text.strip().splitlines()[-1].strip().rstrip(".")
    found = re.search(r"\((.+)\)$", last)
    return found[1] if found else last


def _corner(values: NDArray[Any] | list[float]) -> tuple[float, float, float]:
    x, y, z = (float(each) for each in values)
    return x, y, z
