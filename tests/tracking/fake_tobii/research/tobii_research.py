"""A stand-in for tobii_research 2.1.0: the part of its API that we use, name by name.

That its names and signatures are the real ones is what test_tobii_api checks where the real
package is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_device import Device, Refusal

__version__ = "2.1.0.0-fake"

CAPABILITY_CAN_DO_SCREEN_BASED_CALIBRATION = "capability_can_do_screen_based_calibration"
CAPABILITY_HAS_GAZE_DATA = "capability_has_gaze_data"
EYETRACKER_GAZE_DATA = "eyetracker_gaze_data"
EYETRACKER_NOTIFICATION_CONNECTION_LOST = "eyetracker_notification_connection_lost"
EYETRACKER_NOTIFICATION_CONNECTION_RESTORED = "eyetracker_notification_connection_restored"
EYETRACKER_NOTIFICATION_CALIBRATION_CHANGED = "eyetracker_notification_calibration_changed"
EYETRACKER_NOTIFICATION_DISPLAY_AREA_CHANGED = "eyetracker_notification_display_area_changed"
EYETRACKER_NOTIFICATION_GAZE_OUTPUT_FREQUENCY_CHANGED = (
    "eyetracker_notification_gaze_output_frequency_changed"
)
EYETRACKER_NOTIFICATION_EYE_TRACKING_MODE_CHANGED = "eyetracker_notification_eye_tracking_mode_changed"
EYETRACKER_NOTIFICATION_DEVICE_FAULTS = "eyetracker_notification_device_faults"
EYETRACKER_NOTIFICATION_DEVICE_WARNINGS = "eyetracker_notification_device_warnings"
EYETRACKER_NOTIFICATION_STREAM_BUFFER_OVERFLOW = "eyetracker_notification_stream_buffer_overflow"
CALIBRATION_STATUS_FAILURE = "calibration_status_failure"
CALIBRATION_STATUS_SUCCESS = "calibration_status_success"
CALIBRATION_STATUS_SUCCESS_LEFT_EYE = "calibration_status_success_left_eye"
CALIBRATION_STATUS_SUCCESS_RIGHT_EYE = "calibration_status_success_right_eye"
VALIDITY_INVALID_AND_NOT_USED = "validity_invalid_and_not_used"
VALIDITY_VALID_BUT_NOT_USED = "validity_valid_but_not_used"
VALIDITY_VALID_AND_USED = "validity_valid_and_used"


class _Error(Exception):
    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return repr(self.value)


# In the real package they have no base of their own.
class EyeTrackerConnectionFailedError(_Error):
    pass


class EyeTrackerInvalidOperationError(_Error):
    pass


class EyeTrackerOperationFailedError(_Error):
    pass


class EyeTrackerInternalError(_Error):
    pass


_RAISED = {
    204: EyeTrackerConnectionFailedError,
    210: EyeTrackerInvalidOperationError,
    211: EyeTrackerInvalidOperationError,
    214: EyeTrackerOperationFailedError,
    10: ValueError,
}


def _asked(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Refusal as refusal:
        text = f"{refusal.words}. '{refusal.name.lower()}'"
        raise _RAISED[refusal.code](text) from None


class DisplayArea:
    def __init__(self, display_area: dict[str, tuple[float, float, float]]) -> None:
        self._corners = display_area

    @property
    def top_left(self) -> tuple[float, float, float]:
        return self._corners["top_left"]

    @property
    def top_right(self) -> tuple[float, float, float]:
        return self._corners["top_right"]

    @property
    def bottom_left(self) -> tuple[float, float, float]:
        return self._corners["bottom_left"]


class DeviceFaultsData:
    def __init__(self, data: dict[str, Any]) -> None:
        self._faults = data["faults"]

    @property
    def faults(self) -> str:
        return self._faults


class _OtherData:
    """What the real package hands over with any other notification has no text."""


_KINDS = {
    "lost": EYETRACKER_NOTIFICATION_CONNECTION_LOST,
    "restored": EYETRACKER_NOTIFICATION_CONNECTION_RESTORED,
    "calibration": EYETRACKER_NOTIFICATION_CALIBRATION_CHANGED,
    "display_area": EYETRACKER_NOTIFICATION_DISPLAY_AREA_CHANGED,
    "rate": EYETRACKER_NOTIFICATION_GAZE_OUTPUT_FREQUENCY_CHANGED,
    "fault": EYETRACKER_NOTIFICATION_DEVICE_FAULTS,
    "overflow": EYETRACKER_NOTIFICATION_STREAM_BUFFER_OVERFLOW,
}


class EyeTracker:
    def __init__(self, address: str) -> None:
        self._device = Device.get()
        self._facts = _asked(self._device.tracker, address)
        self._listeners: dict[str, dict[Callable[[Any], Any], bool]] = {}

    @property
    def address(self) -> str:
        return self._facts["address"]

    @property
    def serial_number(self) -> str:
        return self._facts["serial"]

    @property
    def model(self) -> str:
        return self._facts["model"]

    @property
    def firmware_version(self) -> str:
        return "1.2.3-fake"

    @property
    def device_capabilities(self) -> tuple[str, ...]:
        calibrates = (CAPABILITY_CAN_DO_SCREEN_BASED_CALIBRATION,) * self._device.script["calibrates"]
        return (CAPABILITY_HAS_GAZE_DATA, *calibrates)

    def get_all_gaze_output_frequencies(self) -> tuple[float, ...]:
        return tuple(self._device.script["rates"])

    def get_gaze_output_frequency(self) -> float:
        _asked(self._device.connected)
        return self._device.rate_hz

    def set_gaze_output_frequency(self, gaze_output_frequency: float) -> None:
        _asked(self._device.set_rate, float(gaze_output_frequency))

    def get_eye_tracking_mode(self) -> str:
        return "human"

    def get_display_area(self) -> DisplayArea:
        return DisplayArea(_asked(self._device.area))

    def subscribe_to(
        self, subscription_type: str, callback: Callable[[Any], Any], as_dictionary: bool = False
    ) -> None:
        with self._device.lock:
            _asked(self._device.connected)
            self._listeners.setdefault(subscription_type, {})[callback] = as_dictionary
            if self not in self._device.sinks:
                self._device.sinks.append(self)
            if subscription_type == EYETRACKER_GAZE_DATA:
                self._device.streaming.add(self)

    def unsubscribe_from(self, subscription_type: str, callback: Callable[[Any], Any] | None = None) -> None:
        with self._device.lock:
            listeners = self._listeners.get(subscription_type, {})
            listeners.pop(callback, None)
            if callback is None or not listeners:
                self._listeners.pop(subscription_type, None)
            if EYETRACKER_GAZE_DATA not in self._listeners:
                self._device.streaming.discard(self)
            if not self._listeners and self in self._device.sinks:
                self._device.sinks.remove(self)

    def on_sample(self, device_us: int, system_us: int, sample: dict[str, Any]) -> None:
        data: dict[str, Any] = {"device_time_stamp": device_us, "system_time_stamp": system_us}
        for eye in ("left", "right"):
            point = tuple(float(each) for each in sample[f"{eye}_point"])
            data |= {
                f"{eye}_gaze_point_on_display_area": point,
                f"{eye}_gaze_point_in_user_coordinate_system": (1.0, 2.0, 3.0),
                f"{eye}_gaze_point_validity": int(sample[f"{eye}_point_valid"]),
                f"{eye}_pupil_diameter": float(sample[f"{eye}_pupil"]),
                f"{eye}_pupil_validity": int(sample[f"{eye}_pupil_valid"]),
                f"{eye}_gaze_origin_in_user_coordinate_system": tuple(
                    float(each) for each in sample[f"{eye}_origin"]
                ),
                f"{eye}_gaze_origin_validity": int(sample[f"{eye}_origin_valid"]),
            }
        for listener, as_dictionary in self._listeners.get(EYETRACKER_GAZE_DATA, {}).items():
            assert as_dictionary
            listener(dict(data))

    def on_notice(self, kind: str, text: str) -> None:
        data = DeviceFaultsData({"faults": text}) if kind == "fault" else _OtherData()
        for listener in list(self._listeners.get(_KINDS[kind], ())):
            listener(data)


class CalibrationEyeData:
    def __init__(self, position_on_display_area: tuple[float, float], validity: int) -> None:
        self.position_on_display_area = position_on_display_area
        self.validity = {
            -1: VALIDITY_INVALID_AND_NOT_USED,
            0: VALIDITY_VALID_BUT_NOT_USED,
            1: VALIDITY_VALID_AND_USED,
        }[validity]


class CalibrationSample:
    def __init__(self, left_eye: CalibrationEyeData, right_eye: CalibrationEyeData) -> None:
        self.left_eye, self.right_eye = left_eye, right_eye


class CalibrationPoint:
    def __init__(
        self,
        position_on_display_area: tuple[float, float],
        calibration_samples: tuple[CalibrationSample, ...],
    ) -> None:
        self.position_on_display_area = position_on_display_area
        self.calibration_samples = calibration_samples


class CalibrationResult:
    def __init__(self, status: str, calibration_points: tuple[CalibrationPoint, ...]) -> None:
        self.status, self.calibration_points = status, calibration_points


class ScreenBasedCalibration:
    def __init__(self, eyetracker: EyeTracker) -> None:
        if CAPABILITY_CAN_DO_SCREEN_BASED_CALIBRATION not in eyetracker.device_capabilities:
            raise ValueError("no screen based calibration")
        self._device = eyetracker._device

    def enter_calibration_mode(self) -> None:
        _asked(self._device.enter)

    def leave_calibration_mode(self) -> None:
        _asked(self._device.leave)

    def collect_data(self, x: float, y: float) -> str:
        try:
            _asked(self._device.collect, x, y)
        except EyeTrackerOperationFailedError:
            return CALIBRATION_STATUS_FAILURE
        return CALIBRATION_STATUS_SUCCESS

    def discard_data(self, x: float, y: float) -> None:
        _asked(self._device.discard, x, y)

    def compute_and_apply(self) -> CalibrationResult:
        try:
            points = _asked(self._device.compute)
        except EyeTrackerOperationFailedError:
            return CalibrationResult(CALIBRATION_STATUS_FAILURE, ())
        status = {
            "both": CALIBRATION_STATUS_SUCCESS,
            "left": CALIBRATION_STATUS_SUCCESS_LEFT_EYE,
            "right": CALIBRATION_STATUS_SUCCESS_RIGHT_EYE,
        }[self._device.script["compute"]]
        if status != CALIBRATION_STATUS_SUCCESS:  # as the real package does
            return CalibrationResult(status, ())
        found = [
            CalibrationPoint(
                each["point"],
                tuple(
                    CalibrationSample(CalibrationEyeData(*left), CalibrationEyeData(*right))
                    for left, right in zip(each["left"], each["right"], strict=True)
                ),
            )
            for each in points
        ]
        return CalibrationResult(status, tuple(found))


def find_all_eyetrackers() -> tuple[EyeTracker, ...]:
    return tuple(EyeTracker(each["address"]) for each in Device.get().trackers())


def get_system_time_stamp() -> int:
    return Device.get().system_us()
