"""What is installed and seen on this machine, how well its gaze streams keep time, and what is wrong.

Neither Qt nor torch is imported: screens are measured by `ui`, and handed over as plain data.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from gazeannotator.errors import TrackerError, UserError
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking import layouts, lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.timing import StreamTiming
from gazeannotator.tracking.watch import RATE_OFF, STAMPS_OFF_S, StreamWatch

Facts = dict[str, Any]

PACKAGES = (
    "gazeannotator",
    "PySide6-Essentials",
    "pylsl",
    "numpy",
    "scipy",
    "h5py",
    "SQLAlchemy",
    "torch",
    "lightning",
    "monai",
    "tobii-research",
    "tittapy",
)
LISTEN_S = 5.0
LOOK_EVERY_S = 0.005
MEASURE_CLOCK_EVERY_S = 1.0
DRIFT_FROM_S = 4.0
"""A drift is not told from measurements that lie closer together."""

LOW_DISK_GB = 5.0
LATE_S = 0.1
SMALLEST_PX = (1024, 768)
_NVIDIA = ("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits")


def examine(
    *,
    screens: Callable[[], list[Facts]],
    tobii: Callable[[], Facts],
    listen_s: float = LISTEN_S,
    folder: Path | None = None,
) -> Facts:
    """Look at everything.

    Parameters
    ----------
    screens : callable
        Gives the connected screens as JSON types, see `ui.screens.ScreenFacts`; ``virtual`` marks
        those of a machine without display.
    tobii : callable
        Gives ``backend`` (None where no SDK is installed) and ``trackers``.
    listen_s : float
        How long each gaze stream is listened to.
    folder : Path, optional
        Of whose disk the free space is told; default: the current one.

    Returns
    -------
    dict
        JSON types, as in the specification of the command line; ``problems`` are `problems`.
    """
    folder = folder or Path.cwd()
    facts: Facts = {"versions": versions(), "tobii": tobii()}
    try:
        facts["versions"]["liblsl"] = _liblsl()
        facts["streams"] = listen(lsl.find_streams(), listen_s)
    except TrackerError as error:
        facts["versions"]["liblsl"], facts["streams"] = None, []
        facts["lsl_error"] = str(error)
    drifts = [each["clock_drift_ppm"] for each in facts["streams"] if each["clock_drift_ppm"] is not None]
    facts |= {
        "screens": screens(),
        "gpu": gpu(),
        "free_disk_gb": round(shutil.disk_usage(folder).free / 1e9, 1),
        "free_disk_at": str(folder),
        "clock_drift_ppm": max(drifts, key=abs, default=None),
    }
    facts["problems"] = problems(facts)
    return facts


def versions() -> dict[str, str | None]:
    """Tell which versions are installed, None for what is not; nothing of it is imported."""
    found: dict[str, str | None] = {"python": platform.python_version(), "system": platform.platform()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def gpu() -> Facts | None:
    """Tell which NVIDIA GPU its driver sees, or that the processor has an Apple one; None if neither."""
    try:
        output = subprocess.run(_NVIDIA, capture_output=True, text=True, timeout=15, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        output = ""
    rows = [[each.strip() for each in line.split(",")] for line in output.splitlines()]
    rows = [row for row in rows if len(row) == 3]
    if rows:
        name, memory_mb, driver = rows[0]
        memory_gb = round(float(memory_mb) / 1024, 1) if memory_mb.replace(".", "").isdigit() else None
        return {"name": name, "memory_gb": memory_gb, "driver": driver, "count": len(rows)}
    if (platform.system(), platform.machine()) == ("Darwin", "arm64"):
        return {"name": "Apple GPU", "memory_gb": None, "driver": None, "count": 1}
    return None


def listen(streams: Iterable[StreamDescription], seconds: float) -> list[Facts]:
    """Listen to all streams at once, and tell how each keeps time."""
    ears = [_Ear(each) for each in streams]
    until_s = lsl.local_clock() + seconds
    while ears and lsl.local_clock() < until_s:
        for ear in ears:
            ear.listen()
        time.sleep(LOOK_EVERY_S)
    return [ear.close() for ear in ears]


class _Ear:
    """Listens to one stream."""

    def __init__(self, stream: StreamDescription) -> None:
        self._stream = stream
        self._here = lsl.is_here(stream)
        self._watch = StreamWatch(stream.rate_hz, self._here)
        self._offsets: list[tuple[float, float]] = []
        self._inlet: GazeInlet | None = None
        try:
            self._inlet = GazeInlet(stream)
        except TrackerError:
            return  # gone meanwhile: no sample comes
        try:
            self._number = layouts.recognise(stream).channels.get("sequence")
        except UserError:
            self._number = None

    def listen(self) -> None:
        """Take what has come."""
        if self._inlet is None:
            return
        values, stamps = self._inlet.pull()
        now_s = lsl.local_clock()
        stamped = np.isfinite(stamps)
        if not stamped.all():
            self._watch.left_out(int(np.sum(~stamped)))
            values, stamps = values[stamped], stamps[stamped]
        if len(stamps):
            n, numbers = len(stamps), np.full(len(stamps), np.nan)
            if self._number is not None:
                numbers = values[:, self._number].astype(float)
            eye, origin = np.full((n, 2), np.nan), np.full((n, 2, 3), np.nan)
            chunk = GazeChunk(stamps, eye, eye, eye, eye[:, 0], numbers, origin)
            self._watch.take(chunk, now_s, reconnected=False)
        if not self._offsets or now_s - self._offsets[-1][0] >= MEASURE_CLOCK_EVERY_S:
            offset_s = self._inlet.clock_offset()
            if offset_s is not None:
                self._offsets.append((now_s, offset_s))
                self._watch.measured(now_s, offset_s)

    def close(self) -> Facts:
        """Leave the stream and tell what was heard."""
        if self._inlet is not None:
            self._inlet.close()
        layout, coordinates = layouts.describe(self._stream)
        timing = self._watch.timing
        return {
            "name": self._stream.name,
            "type": self._stream.type,
            "source_id": self._stream.source_id,
            "rate_hz": self._stream.rate_hz,
            "channels": len(self._stream.channels),
            "layout": layout,
            "coordinates": coordinates,
            "simulated": self._stream.simulated,
            "same_machine": self._here,
            **_heard(timing),
            "clock_drift_ppm": None if self._here else drift_ppm(self._offsets),
        }


def _heard(timing: StreamTiming) -> Facts:
    """Tell the timing as people speak of it: milliseconds."""
    data = timing.as_data()

    def ms(name: str) -> float | None:
        return None if data[name] is None else round(data[name] * 1e3, 3)

    rate_hz = data["rate_hz"]
    return {
        "samples": timing.samples,
        "measured_rate_hz": None if rate_hz is None else round(rate_hz, 2),
        "jitter_ms": ms("jitter_s"),
        "gaps": timing.gaps,
        "longest_gap_ms": ms("longest_gap_s"),
        "missing": timing.missing,
        "duplicates": timing.duplicates,
        "out_of_order": timing.out_of_order,
        "without_stamp": timing.without_stamp,
        "clock_jumps": timing.clock_jumps,
        "foreign_clock": timing.foreign_clock,
        "clock_offset_ms": ms("clock_offset_s"),
        "latency_ms": ms("latency_s"),
        "latency_p99_ms": ms("latency_p99_s"),
    }


def drift_ppm(offsets: list[tuple[float, float]]) -> float | None:
    """Tell how much faster the local clock runs than the sender's, by a straight line through offsets.

    Parameters
    ----------
    offsets : list of (at_s, offset_s)
        As measured.

    Returns
    -------
    float or None
        Parts per million; None where the measurements do not reach over four seconds.
    """
    if len(offsets) < 3 or offsets[-1][0] - offsets[0][0] < DRIFT_FROM_S:
        return None
    at_s, offset_s = np.array(offsets).T
    slope = np.polyfit(at_s - at_s[0], offset_s - offset_s[0], 1)[0]
    return round(float(slope) * 1e6, 2)


def problems(facts: Facts) -> list[dict[str, str]]:
    """Say what is wrong or odd, and what to do about it: ``what`` and ``remedy``."""
    found: list[tuple[str, str]] = []
    if "lsl_error" in facts:
        found.append((facts["lsl_error"], "Without LSL no gaze can be received."))
    elif not facts["streams"]:
        found.append(
            (
                "No gaze stream is there.",
                "Start the eye tracker's LSL program, or 'gazeannotator tracker simulate' to try things out.",
            )
        )
    for each in facts["streams"]:
        found += [(f"{each['name']}: {what}", remedy) for what, remedy in _stream_problems(each)]
    for each in facts["screens"]:
        found += [(f"{screen_name(each)}: {what}", remedy) for what, remedy in _screen_problems(each)]
    if not facts["screens"]:
        found.append(
            ("No screen is there.", "Connect a display; 'gazeannotator demo --headless' needs none.")
        )
    if facts["free_disk_gb"] < LOW_DISK_GB:
        found.append(
            (
                f"Only {facts['free_disk_gb']:g} GB are free on the disk of {facts['free_disk_at']}.",
                "Make room before reading: an hour at 1200 Hz takes about 0.4 GB.",
            )
        )
    torch = facts["versions"].get("torch") or ""
    if facts["gpu"] is not None and torch.endswith("+cpu"):
        found.append(
            (
                f"There is a {facts['gpu']['name']}, and torch {torch} cannot use it.",
                "Install torch with CUDA (https://pytorch.org) to train faster.",
            )
        )
    return [{"what": what, "remedy": remedy} for what, remedy in found]


def screen_name(each: Facts) -> str:
    """Call a screen by its number, as `read --screen` does, and its name if it has one."""
    return f"Screen {each['index'] + 1} {each['name']}".rstrip()


def _stream_problems(each: Facts) -> Iterable[tuple[str, str]]:
    if each["coordinates"] == "scene_camera":
        yield (
            "its gaze lies in the picture of a head-worn camera, not on the screen.",
            "Use a screen-based eye tracker, or a program that maps the gaze to the screen.",
        )
    elif each["coordinates"] == "unknown":
        yield "it does not say what its numbers mean.", "You are asked when it is first used."
    if not each["samples"]:
        yield "no sample came.", "Start the recording in the tracker's program; check its window for errors."
        return
    declared_hz, measured_hz = each["rate_hz"], each["measured_rate_hz"]
    if declared_hz and measured_hz and abs(measured_hz / declared_hz - 1) > RATE_OFF:
        yield (
            f"it sends {measured_hz:.0f} samples a second and declares {declared_hz:.0f}.",
            "Check the rate in the tracker's program; what is measured is used.",
        )
    if each["gaps"] or each["missing"]:
        yield (
            f"{each['gaps']} gaps, the longest {each['longest_gap_ms']:.0f} ms; "
            f"{each['missing'] or 0} samples missing.",
            "Close other programs on the tracker's computer; use a cable, not Wi-Fi.",
        )
    if each["out_of_order"] or each["clock_jumps"]:
        yield (
            f"{each['out_of_order']} samples out of order, {each['clock_jumps']} jumps of its clock.",
            "Update the tracker's program; tell its makers.",
        )
    if each["without_stamp"]:
        yield f"{each['without_stamp']} samples without a time stamp.", "They are left out of readings."
    late_s = (each["latency_ms"] or 0.0) / 1e3
    if each["foreign_clock"]:
        yield (
            "its program does not stamp by the LSL clock.",
            "Its samples are placed by their arrival: what they need on their way is in their times.",
        )
    elif abs(late_s) > STAMPS_OFF_S:
        yield (
            f"its time stamps are {-late_s:+.1f} s off this computer's clock.",
            "The program stamps by another clock: its gaze cannot be matched with images.",
        )
    elif each["latency_p99_ms"] is not None and each["latency_p99_ms"] > LATE_S * 1e3:
        yield (
            f"samples come up to {each['latency_p99_ms']:.0f} ms late.",
            "They are stored with their true times; live views lag behind.",
        )


def _screen_problems(each: Facts) -> Iterable[tuple[str, str]]:
    if each.get("virtual"):
        yield "it is none that can be seen; this session has no display.", "Log in at the screen to read."
        return
    if not each.get("mm_known", True):
        yield "it does not tell its size.", "Measure it and enter it in the settings: degrees depend on it."
    if each["px"][0] < SMALLEST_PX[0] or each["px"][1] < SMALLEST_PX[1]:
        yield "it is smaller than 1024 x 768.", "Read on a larger one."


def _liblsl() -> str:
    """Tell the version of the LSL library, as in 1.18."""
    number = int(lsl.library().library_version())
    return f"{number // 100}.{number % 100}"
