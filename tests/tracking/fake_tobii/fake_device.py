"""The eye tracker behind both fake packages: what it does stands in a JSON file that a test writes.

The file's path is in the environment variable FAKE_TOBII; `DEFAULTS` has its keys. One device for a
process, as the real SDK has it. Its samples are a pure function of their number (`sample`), which
their device time stamp tells, so that a test knows every value that must arrive.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

DEFAULTS: dict[str, Any] = {
    "trackers": [{"model": "Tobii Pro Fake", "serial": "FAKE-1", "address": "tet-tcp://fake-1"}],
    "calibrates": True,
    "rates": [60.0, 120.0, 600.0],
    "rate": 120.0,
    "refused": [600.0],  # offered, but the device says no
    "plugged": True,
    "heals": True,  # the SDK itself goes on with its streams after the tracker was plugged in again
    "area": [520.0, 300.0],
    "eyes": True,  # seen while a calibration point is collected
    "compute": "both",
    "collect_s": 0.02,
    "find_s": 0.05,
    "overflows": 0,
    "fault": "",
    "clock_offset_s": 0.0,
}
DEVICE_START_US = 1_000_000
SWITCH_S = 0.001


def sample(number: int) -> dict[str, Any]:
    """Values of a sample: floats as float32, NaN where there is no gaze point."""
    right, left = number % 3 != 0, number % 5 != 0
    x, y = number % 1000 / 1000, 0.25 + number % 7 / 100
    values = {
        "left_point": (x, y) if left else (np.nan, np.nan),
        "right_point": (1 - x, y) if right else (np.nan, np.nan),
        "left_pupil": 3 + number % 10 / 10,
        "right_pupil": 4 - number % 10 / 10,
        "left_origin": (-30.5, 100.25, 600 + number % 50),
        "right_origin": (30.5, 99.75, 601 + number % 50),
    }
    flags = {
        "left_point_valid": left,
        "right_point_valid": right,
        "left_pupil_valid": number % 4 != 0,
        "right_pupil_valid": number % 7 != 0,
        "left_origin_valid": number % 6 != 0,
        "right_origin_valid": number % 11 != 0,
    }
    return {name: np.float32(each) for name, each in values.items()} | flags


def number_of(device_us: int, rate_hz: float) -> int:
    """Tell a sample by its device time stamp."""
    return round((device_us - DEVICE_START_US) * rate_hz / 1e6)


class Refusal(Exception):
    """The device's answer is no; `code` is Tobii's."""

    def __init__(self, code: int, name: str, words: str) -> None:
        super().__init__(words)
        self.code, self.name, self.words = code, name, words


CONNECTION_FAILED = (204, "SE_CONNECTION_FAILED", "Connection to the device failed")
OPERATION_FAILED = (214, "SE_OPERATION_FAILED", "Operation failed")
ALREADY_STARTED = (210, "SE_CALIBRATION_ALREADY_STARTED", "Calibration has already started")
NOT_STARTED = (211, "SE_CALIBRATION_NOT_STARTED", "Calibration isn't started")
BAD_PARAMETER = (10, "INVALID_PARAMETER", "An invalid parameter was given to the method")


class Device:
    """One tracker (and the names of others); everything is under one lock."""

    _one: Device | None = None

    @classmethod
    def get(cls) -> Device:
        if cls._one is None:
            cls._one = cls()
        return cls._one

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._path = Path(os.environ["FAKE_TOBII"])
        self._seen = (0, 0)
        self.script = dict(DEFAULTS)
        self._read()
        self.rate_hz = float(self.script["rate"])
        self.sinks: list[
            Any
        ] = []  # objects with on_sample(device_us, system_us, sample), on_notice(kind, text)
        self.streaming: set[Any] = set()
        self.calibrating = False
        self.points: list[tuple[float, float]] = []
        self._start_us = self.system_us()
        self._next = 0
        self.stopped = False
        threading.Thread(target=self._run, name="fake-device", daemon=True).start()

    # -- what the script says ------------------------------------------------------------------

    def _read(self) -> None:
        try:
            facts = self._path.stat()
            if (facts.st_mtime_ns, facts.st_ino) != self._seen:
                script = DEFAULTS | json.loads(self._path.read_text(encoding="utf-8"))
                self._seen, self.script = (facts.st_mtime_ns, facts.st_ino), script
        except (OSError, ValueError):
            return  # being written just now

    def system_us(self) -> int:
        return int((time.monotonic() + float(self.script["clock_offset_s"])) * 1e6)

    def trackers(self) -> list[dict[str, str]]:
        time.sleep(self.script["find_s"])
        self._read()
        return list(self.script["trackers"]) if self.script["plugged"] else []

    def tracker(self, address: str) -> dict[str, str]:
        self._read()
        for each in self.script["trackers"] if self.script["plugged"] else ():
            if each["address"] == address:
                return dict(each)
        raise Refusal(*CONNECTION_FAILED)

    def connected(self) -> None:
        if not self.script["plugged"]:
            raise Refusal(*CONNECTION_FAILED)

    def area(self) -> dict[str, tuple[float, float, float]]:
        self.connected()
        width, height = self.script["area"]
        return {
            "bottom_left": (-width / 2, 10.0, 0.0),
            "bottom_right": (width / 2, 10.0, 0.0),
            "top_left": (-width / 2, 10.0 + height, 0.0),
            "top_right": (width / 2, 10.0 + height, 0.0),
        }

    def set_rate(self, rate_hz: float) -> None:
        self.connected()
        if rate_hz not in self.script["rates"] or rate_hz in self.script["refused"]:
            raise Refusal(*BAD_PARAMETER)
        with self.lock:
            self.rate_hz = rate_hz
            self._start_us, self._next = self.system_us(), 0
        self._tell("rate")

    # -- calibration ---------------------------------------------------------------------------

    def enter(self) -> None:
        self.connected()
        if self.calibrating:
            raise Refusal(*ALREADY_STARTED)
        self.calibrating, self.points = True, []

    def leave(self) -> None:
        if not self.calibrating:
            raise Refusal(*NOT_STARTED)
        self.calibrating = False
        self.connected()

    def collect(self, x: float, y: float) -> None:
        time.sleep(self.script["collect_s"])
        self._in_calibration()
        if not self.script["eyes"]:
            raise Refusal(*OPERATION_FAILED)
        self.points.append((float(np.float32(x)), float(np.float32(y))))

    def discard(self, x: float, y: float) -> None:
        self._in_calibration()
        point = (float(np.float32(x)), float(np.float32(y)))
        if point not in self.points:
            raise Refusal(*BAD_PARAMETER)
        self.points = [each for each in self.points if each != point]

    def compute(self) -> list[dict[str, Any]]:
        """Give each point with three samples: the left eye 0.01 right of it, the right eye 0.02 above."""
        self._in_calibration()
        if self.script["compute"] == "failed" or not self.points:
            raise Refusal(*OPERATION_FAILED)
        self._tell("calibration")
        return [
            {
                "point": (x, y),
                "left": [((float(np.float32(x + 0.01)), y), validity) for validity in (1, 1, -1)],
                "right": [((x, float(np.float32(y - 0.02))), validity) for validity in (1, 0, 0)],
            }
            for x, y in self.points
        ]

    def _in_calibration(self) -> None:
        self._read()
        self.connected()
        if not self.calibrating:
            raise Refusal(*NOT_STARTED)

    # -- its own life --------------------------------------------------------------------------

    def _tell(self, kind: str, text: str = "") -> None:
        with self.lock:
            for each in list(self.sinks):
                each.on_notice(kind, text)

    def _run(self) -> None:
        while not self.stopped:
            before = self.script
            self._read()
            self._tell_changes(before, self.script)
            with self.lock:
                self._send()
            time.sleep(SWITCH_S)

    def _tell_changes(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        if before["plugged"] and not after["plugged"]:
            self._tell("lost")
        if after["plugged"] and not before["plugged"]:
            if after["heals"]:
                self._tell("restored")
            else:
                self.streaming.clear()
        if before["area"] != after["area"]:
            self._tell("display_area")
        if after["fault"] and before["fault"] != after["fault"]:
            self._tell("fault", after["fault"])
        for _ in range(after["overflows"] - before["overflows"]):
            self._tell("overflow")

    def _send(self) -> None:
        due = int((self.system_us() - self._start_us) * self.rate_hz / 1e6)
        for number in range(self._next, due):
            passed_us = round(number * 1e6 / self.rate_hz)
            if self.script["plugged"]:
                for each in list(self.streaming):
                    each.on_sample(DEVICE_START_US + passed_us, self._start_us + passed_us, sample(number))
        self._next = max(self._next, due)
