"""`gazeannotator tracker list`: what trackers and streams there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import typer

from gazeannotator.cli import console
from gazeannotator.errors import TrackerError
from gazeannotator.tracking import layouts, lsl
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.tobii import sdk
from gazeannotator.tracking.tobii.model import TrackerInfo


@console.user_errors
def list_trackers(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List Tobii eye trackers, and the LSL gaze streams of this machine.

    Example: gazeannotator tracker list --json
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        looking = beside.submit(lsl.find_streams)
        tobii = [_tobii_facts(each) for each in _find_tobii()]
        streams = [_stream_facts(each) for each in looking.result()]
    if json:
        console.print_json({"tobii": tobii, "streams": streams})
        return
    for tracker in tobii:
        rates = ", ".join(f"{each:g}" for each in tracker["rates_hz"]) or "unknown"
        console.say(f"{tracker['model']}  ({tracker['serial']})  at {tracker['address']}, rates {rates} Hz")
    if tobii:
        console.say("Send one to LSL with 'gazeannotator tracker stream'.")
    elif not streams:
        console.say(
            "No gaze stream was found. Start the tracker's program, or 'gazeannotator tracker simulate'."
        )
    for stream in streams:
        rate = f"{stream['rate_hz']:g} Hz" if stream["rate_hz"] else "irregular rate"
        console.say(
            f"{stream['name']}  ({stream['source_id'] or 'no source id'})  {rate}, "
            f"{stream['channels']} channels, layout {stream['layout'] or 'not known'}, "
            f"coordinates {stream['coordinates']}" + ("  SIMULATED" if stream["simulated"] else "")
        )


def _find_tobii() -> list[TrackerInfo]:
    """Search, or warn why not: the list is one of streams too."""
    try:
        return sdk.find_trackers()
    except TrackerError as error:
        console.warn(f"Tobii eye trackers are not searched for. {error}")
        return []


def _tobii_facts(info: TrackerInfo) -> dict[str, Any]:
    return {
        "model": info.model,
        "serial": info.serial,
        "address": info.address,
        "rates_hz": list(info.rates_hz),
        "firmware": info.firmware,
        "calibrates": info.calibrates,
    }


def _stream_facts(stream: StreamDescription) -> dict[str, Any]:
    layout, coordinates = layouts.describe(stream)
    return {
        "name": stream.name,
        "type": stream.type,
        "source_id": stream.source_id,
        "rate_hz": stream.rate_hz,
        "channels": len(stream.channels),
        "layout": layout,
        "coordinates": coordinates,
        "simulated": stream.simulated,
    }
