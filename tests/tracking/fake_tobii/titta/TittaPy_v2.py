"""A stand-in for TittaPy_v2 of TittaPy 2.1.0: the part of its API that we use, name by name.

It does what the real module was seen to do with a substitute for Tobii's C library, also that
a notification with a display area in it raises SystemError when it is taken, and is gone then.
That its names and signatures are the real ones is what test_tobii_api checks where the real
package is installed.
"""

from __future__ import annotations

import enum
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from fake_device import Device, Refusal

__version__ = '"2.1.0"'  # with the quotation marks


class capability(enum.IntEnum):
    has_gaze_data = 8
    can_do_screen_based_calibration = 32


class calibration_action(enum.IntEnum):
    enter = 1
    collect_data = 2
    discard_data = 3
    compute = 4
    exit = 7


class calibration_status(enum.IntEnum):
    failure = 0
    success = 1
    success_left_eye = 2
    success_right_eye = 3


class calibration_eye_validity(enum.IntEnum):
    invalid_and_not_used = -1
    valid_but_not_used = 0
    valid_and_used = 1


class notification_type(enum.IntEnum):
    connection_lost = 0
    connection_restored = 1
    calibration_mode_entered = 2
    calibration_mode_left = 3
    calibration_changed = 4
    display_area_changed = 5
    gaze_output_frequency_changed = 6
    device_faults = 8
    stream_buffer_overflow = 10


_KINDS = {
    "lost": notification_type.connection_lost,
    "restored": notification_type.connection_restored,
    "calibration": notification_type.calibration_changed,
    "display_area": notification_type.display_area_changed,
    "rate": notification_type.gaze_output_frequency_changed,
    "fault": notification_type.device_faults,
    "overflow": notification_type.stream_buffer_overflow,
}


def _words(refusal: Refusal) -> str:
    return f"{refusal.code}: TOBII_RESEARCH_STATUS_{refusal.name} ({refusal.words})"


def _asked(what: str, function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Refusal as refusal:
        text = f"Titta::cpp Error: Titta::cpp: {what}\nError code: {_words(refusal)}"
        raise RuntimeError(text) from None


class EyeTracker:
    def __init__(self, address: str) -> None:
        self._device = Device.get()
        self._facts = _asked(f'Cannot get eye tracker "{address}"', self._device.tracker, address)
        self._gaze: deque[tuple[int, int, dict[str, Any]]] = deque()
        self._notifications: deque[tuple[notification_type, str]] = deque()
        self._results: deque[dict[str, Any]] = deque()
        self._calibrating = False
        self._work: threading.Thread | None = None
        self._device.sinks.append(self)

    @property
    def frequency(self) -> float:
        return self._device.rate_hz

    @frequency.setter
    def frequency(self, value: float) -> None:
        _asked("Cannot set eye tracker frequency", self._device.set_rate, value)

    @property
    def tracking_mode(self) -> str:
        return "human"

    @property
    def display_area(self) -> dict[str, Any]:
        area = _asked("Cannot get eye tracker display area", self._device.area)
        width, height = self._device.script["area"]
        return {name: list(corner) for name, corner in area.items()} | {"width": width, "height": height}

    def start(self, stream: str, initial_buffer_size: int | None = None, as_gif: bool | None = None) -> bool:
        assert stream == "gaze"
        with self._device.lock:
            _asked("Cannot start recording gaze stream", self._device.connected)
            self._device.streaming.add(self)
        return True

    def stop(self, stream: str, clear_buffer: bool | None = None) -> bool:
        assert stream == "gaze"
        with self._device.lock:
            self._device.streaming.discard(self)
        return bool(self._device.script["plugged"])

    def consume_N(self, stream: str, N_samples: int | None = None, side: str | None = None) -> dict[str, Any]:
        buffer: deque[Any] = {"gaze": self._gaze, "notification": self._notifications}[stream]
        with self._device.lock:
            count = len(buffer) if N_samples is None else min(N_samples, len(buffer))
            taken = [buffer.popleft() for _ in range(count)]
        return _gaze_columns(taken) if stream == "gaze" else _notification_columns(taken)

    def enter_calibration_mode(self, do_monocular: bool) -> bool:
        if self._calibrating:
            return False
        self._calibrating = True
        self._begin(calibration_action.enter, self._device.enter)
        return True

    def leave_calibration_mode(self, force: bool | None = None) -> bool:
        if not self._calibrating:
            return False
        self._calibrating = False
        self._begin(calibration_action.exit, self._device.leave)
        self._finish()
        return True

    def calibration_collect_data(self, coordinates: list[float], eye: str | None = None) -> None:
        self._begin(calibration_action.collect_data, self._device.collect, *coordinates)

    def calibration_discard_data(self, coordinates: list[float], eye: str | None = None) -> None:
        self._begin(calibration_action.discard_data, self._device.discard, *coordinates)

    def calibration_compute_and_apply(self) -> None:
        self._begin(calibration_action.compute, self._device.compute)

    def calibration_retrieve_result(self) -> dict[str, Any] | None:
        return self._results.popleft() if self._results else None

    def on_sample(self, device_us: int, system_us: int, sample: dict[str, Any]) -> None:
        self._gaze.append((device_us, system_us, sample))

    def on_notice(self, kind: str, text: str) -> None:
        self._notifications.append((_KINDS[kind], text))

    def _begin(self, action: calibration_action, function: Callable[..., Any], *arguments: Any) -> None:
        if not self._calibrating and action is not calibration_action.exit:
            raise RuntimeError("Titta::cpp::isInCalibrationMode: you have not entered calibration mode")
        self._finish()
        work = threading.Thread(target=self._do, args=(action, function, arguments), daemon=True)
        self._work = work
        work.start()

    def _finish(self) -> None:
        if self._work is not None:
            self._work.join()

    def _do(self, action: calibration_action, function: Callable[..., Any], arguments: Any) -> None:
        status, text, points = 0, "0: TOBII_RESEARCH_STATUS_OK (No error)", []
        try:
            points = function(*arguments) or []
        except Refusal as refusal:
            status, text = refusal.code, _words(refusal)
        result: dict[str, Any] = {
            "work_item": {"action": action, **({"coordinates": list(arguments)} if arguments else {})},
            "status": status,
            "status_string": f"Tobii SDK code: {text}",
        }
        if action is calibration_action.compute:
            found = {"both": "success", "left": "success_left_eye", "right": "success_right_eye"}
            name = "failure" if status else found[self._device.script["compute"]]
            result["calibration_result"] = {
                "points": [_point(each) for each in points],
                "status": calibration_status[name],
            }
        self._results.append(result)


def _gaze_columns(taken: list[tuple[int, int, dict[str, Any]]]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "device_time_stamp": np.array([each[0] for each in taken], np.int64),
        "system_time_stamp": np.array([each[1] for each in taken], np.int64),
    }
    for eye in ("left", "right"):
        for part, name, letters in (
            ("point", "gaze_point_on_display_area", "xy"),
            ("origin", "gaze_origin_in_user_coordinates", "xyz"),
        ):
            for axis, letter in enumerate(letters):
                values = [each[2][f"{eye}_{part}"][axis] for each in taken]
                columns[f"{eye}_{name}_{letter}"] = np.array(values, np.float32)
        columns[f"{eye}_pupil_diameter"] = np.array([each[2][f"{eye}_pupil"] for each in taken], np.float32)
        for part, name in (("point", "gaze_point"), ("pupil", "pupil"), ("origin", "gaze_origin")):
            columns[f"{eye}_{name}_valid"] = np.array(
                [each[2][f"{eye}_{part}_valid"] for each in taken], bool
            )
    return columns


def _notification_columns(taken: list[tuple[notification_type, str]]) -> dict[str, Any]:
    if any(kind is notification_type.display_area_changed for kind, _ in taken):
        raise SystemError("Objects/listobject.c:338: bad argument to internal function")
    return {
        "system_time_stamp": np.zeros(len(taken), np.int64),
        "notification_type": [kind for kind, _ in taken],
        "output_frequency": [None] * len(taken),
        "display_area": [None] * len(taken),
        "errors_or_warnings": [text or None for _, text in taken],
    }


def _point(found: dict[str, Any]) -> dict[str, Any]:
    x, y = found["point"]
    result: dict[str, Any] = {"position_on_display_area_x": x, "position_on_display_area_y": y}
    for eye in ("left", "right"):
        positions = np.array([each[0] for each in found[eye]], np.float32)
        result[f"samples_{eye}_position_on_display_area_x"] = positions[:, 0]
        result[f"samples_{eye}_position_on_display_area_y"] = positions[:, 1]
        result[f"samples_{eye}_validity"] = [calibration_eye_validity(each[1]) for each in found[eye]]
    return result


def _facts(found: dict[str, str]) -> dict[str, Any]:
    device = Device.get()
    return {
        "device_name": "",
        "serial_number": found["serial"],
        "model": found["model"],
        "firmware_version": "1.2.3-fake",
        "runtime_version": "",
        "address": found["address"],
        "frequency": device.rate_hz,
        "tracking_mode": "human",
        "capabilities": [
            capability.has_gaze_data,
            *[capability.can_do_screen_based_calibration] * device.script["calibrates"],
        ],
        "supported_frequencies": list(device.script["rates"]),
        "supported_modes": ["human"],
    }


def find_all_eye_trackers() -> list[dict[str, Any]]:
    return [_facts(each) for each in Device.get().trackers()]


def get_eye_tracker_from_address(arg0: str) -> dict[str, Any]:
    return _facts(_asked(f'Cannot get eye tracker "{arg0}"', Device.get().tracker, arg0))


def get_system_timestamp() -> int:
    return Device.get().system_us()


def get_SDK_version() -> str:
    return "2.1.0.0-fake"
