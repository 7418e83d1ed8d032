"""`gazeannotator doctor`: what is installed and seen, and what to do about what is wrong."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Annotated, Any

import typer

from gazeannotator import doctor as examination
from gazeannotator.cli import console
from gazeannotator.cli.demo import has_display
from gazeannotator.cli.tracker_list import tobii_facts
from gazeannotator.errors import TrackerError
from gazeannotator.settings import SettingsFile
from gazeannotator.tracking import lsl
from gazeannotator.tracking.tobii import sdk

Facts = dict[str, Any]


@console.user_errors
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="How long to listen to each gaze stream.")
    ] = examination.LISTEN_S,
) -> None:
    """Tell what is installed, which trackers and gaze streams are seen and how well they keep time.

    Also the screens and their geometry, the GPU, the free disk and the drift of a tracker computer's
    clock, for which a minute of listening is better than five seconds.

    Example: gazeannotator doctor --seconds 60
    """
    lsl_scope = SettingsFile().current.lsl_scope
    if not json:
        console.say(f"Listening for {seconds:g} s ...")
    try:
        lsl.configure("site" if lsl_scope == "network" else "machine")
    except TrackerError:
        pass  # it is among the facts
    facts = examination.examine(screens=screens, tobii=tobii, listen_s=seconds)
    if json:
        console.print_json(facts)
    else:
        for line in lines(facts):
            console.say(line)


def tobii() -> Facts:
    """Tell which Tobii SDK is installed and which trackers it finds."""
    try:
        sdks = sdk.load()
        found = sdk.find_trackers(sdks)
    except TrackerError:
        return {"backend": None, "trackers": []}
    return {
        "backend": ", ".join(each.name for each in sdks),
        "trackers": [tobii_facts(each) for each in found],
    }


def screens() -> list[Facts]:
    """Measure the screens in a process of its own: a display that is not what it says ends Qt at once."""
    for offscreen in (not has_display(), True):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as child:
            try:
                return child.submit(_measured_screens, offscreen).result()
            except BrokenProcessPool:
                continue
    return []


def _measured_screens(offscreen: bool) -> list[Facts]:
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from gazeannotator.ui.frame_interval import screens_as_facts

    application = QApplication([])
    found = screens_as_facts(SettingsFile().current.screens_mm)
    virtual = application.platformName() == "offscreen"
    return [{**each, "virtual": virtual} for each in found]


def lines(facts: Facts) -> list[str]:
    """Write the facts for people: short, aligned, what is wrong at the end."""
    known = {name: version for name, version in facts["versions"].items() if version}
    missing = [name for name, version in facts["versions"].items() if not version]
    text = ["", *_table("Installed", known)]
    if missing:
        text.append(f"  not there  {', '.join(missing)}")
    backend, trackers = facts["tobii"]["backend"], facts["tobii"]["trackers"]
    found = ", ".join(f"{each['model']} ({each['serial']})" for each in trackers) or "no tracker"
    text += ["", *_table("Tobii", {"SDK": backend or "none is installed", "found": found})]
    for each in facts["streams"]:
        name = f"{each['name']}{'  SIMULATED' if each['simulated'] else ''}"
        text += ["", *_table(f"Gaze stream {name}", _stream(each))]
    for each in facts["screens"]:
        text += ["", *_table(examination.screen_name(each), _screen(each))]
    graphics = facts["gpu"]
    text += [
        "",
        *_table(
            "Computer",
            {
                "GPU": "none" if graphics is None else _gpu(graphics),
                "free disk": f"{facts['free_disk_gb']:g} GB in {facts['free_disk_at']}",
                "clock drift": "no gaze stream of another computer"
                if facts["clock_drift_ppm"] is None
                else f"{facts['clock_drift_ppm']:+g} ppm",
            },
        ),
        "",
    ]
    if not facts["problems"]:
        return [*text, "Nothing is wrong."]
    text.append("What is wrong")
    for each in facts["problems"]:
        text += [f"  ! {each['what']}", f"    {each['remedy']}"]
    return text


def _table(title: str, rows: Facts) -> list[str]:
    width = max((len(name) for name in rows), default=0)
    return [title, *(f"  {name.ljust(width)}  {value}" for name, value in rows.items())]


def _stream(each: Facts) -> Facts:
    declared = f"{each['rate_hz']:g} Hz declared" if each["rate_hz"] else "irregular"
    measured = "no sample" if each["measured_rate_hz"] is None else f"{each['measured_rate_hz']:g} Hz"
    missing = "not told" if each["missing"] is None else f"{each['missing']}"
    return {
        "source id": each["source_id"] or "none",
        "layout": f"{each['layout'] or 'not known'}, {each['channels']} channels, {each['coordinates']}",
        "rate": f"{measured} ({declared}), {each['samples']} samples",
        "jitter": f"{_ms(each['jitter_ms'])} (eight of ten intervals lie within)",
        "gaps": f"{each['gaps']}, longest {_ms(each['longest_gap_ms'])}; samples missing: {missing}",
        "latency": f"{_ms(each['latency_ms'])}, 99 % within {_ms(each['latency_p99_ms'])}",
        "clock": f"{_ms(each['clock_offset_ms'])} off, {_whose(each)}",
    }


def _whose(each: Facts) -> str:
    if each["foreign_clock"]:
        return "not the LSL clock: times are told by arrival"
    if each["same_machine"]:
        return "this computer's own (what is measured is noise)"
    drift = each["clock_drift_ppm"]
    return "another computer's" + ("" if drift is None else f", drifting {drift:+g} ppm")


def _screen(each: Facts) -> Facts:
    (width_px, height_px), (width_mm, height_mm) = each["px"], each["mm"]
    assumed = "" if each.get("mm_known", True) else " (assumed)"
    frames = f"{each['hz']:g} Hz"
    if each.get("frame_interval_s"):
        frames += f" told, {each['frame_interval_s'] * 1e3:.2f} ms measured"
    return {
        "pixels": f"{width_px} x {height_px}, scale {each['scale']:g}"
        + ("  VIRTUAL" if each.get("virtual") else ""),
        "size": f"{width_mm:g} x {height_mm:g} mm{assumed}",
        "frames": frames,
    }


def _gpu(graphics: Facts) -> str:
    memory = f", {graphics['memory_gb']:g} GB" if graphics["memory_gb"] else ""
    several = f" x {graphics['count']}" if graphics["count"] > 1 else ""
    return f"{graphics['name']}{several}{memory}"


def _ms(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f} ms"
