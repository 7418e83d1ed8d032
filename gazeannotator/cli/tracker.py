"""`gazeannotator tracker`: collects its commands, and the one that simulates an eye."""

from __future__ import annotations

import re
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from gazeannotator.cli import console, tracker_list, tracker_stream
from gazeannotator.errors import BadInput
from gazeannotator.tracking import eye, lsl, replay, simulator
from gazeannotator.tracking.markers import MarkerWatch
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.senders.table import SENDERS

DEFAULT_RATE_HZ = 250.0

app = typer.Typer(
    help="Eye trackers: which are there, a Tobii over LSL, a simulated one.", no_args_is_help=True
)


app.command("list")(tracker_list.list_trackers)
app.command("stream")(tracker_stream.stream)


@app.command("simulate")
@console.user_errors
def simulate(
    rate: Annotated[
        float | None,
        typer.Option(min=1, max=5000, help="Samples a second; 250, or the recording's own rate."),
    ] = None,
    layout: Annotated[
        str,
        typer.Option(
            help=f"Send what another program sends: {', '.join(SENDERS)}.", metavar="NAME", show_default=True
        ),
    ] = "gazeannotator",
    replay_file: Annotated[
        Path | None, typer.Option("--replay", help="A recording: CSV with time_s, x_px, y_px.")
    ] = None,
    screen_px: Annotated[str, typer.Option(help="The screen that is tracked, or was: WxH.")] = "1920x1080",
    wait_for_onset: Annotated[
        bool, typer.Option("--wait-for-onset", help="Replay from the next image's onset, with its time.")
    ] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Replay again and again.")] = False,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="Replay faster; the time stamps stay as recorded.")
    ] = 1.0,
    look_at: Annotated[
        Path | None,
        typer.Option(help="JSON file: for each image id x, y and radius in image px, where the eye dwells."),
    ] = None,
    fixation_s: Annotated[
        float, typer.Option(min=0.06, max=5, help="Median duration of the eye's fixations.")
    ] = eye.FIXATION_S,
    noise_deg: Annotated[float, typer.Option(min=0, max=5, help="Noise of the eye's samples.")] = 0.1,
    loss: Annotated[float, typer.Option(min=0, max=1, help="Share of samples lost besides blinks.")] = 0.01,
    offset_deg: Annotated[
        str, typer.Option(help="Systematic error of the eye's samples: DX,DY to the right and down.")
    ] = "0,0",
    screen_mm: Annotated[str, typer.Option(help="Size of the screen for these degrees: WxH.")] = "527x296",
    distance_mm: Annotated[
        float, typer.Option(min=100, max=5000, help="Distance of the eye for these degrees.")
    ] = eye.DISTANCE_MM,
    seed: Annotated[int, typer.Option(help="Equal seeds make equal eyes.")] = 0,
) -> None:
    """Publish a simulated eye, or a recording, as an LSL gaze stream until Ctrl+C.

    The eye looks at the images and targets that a running reading shows. A recording begins when somebody
    listens, and the command ends after its last sample.

    Example: gazeannotator tracker simulate --replay gaze.csv --screen-px 1024x768
    """
    size_px = _size(screen_px)
    offset, size_mm = _offset(offset_deg), _size(screen_mm, "--screen-mm")
    # Before anything is published: what is wrong with the files is said at once.
    lesions = {} if look_at is None else simulator.read_lesions(look_at)
    recording = None if replay_file is None else replay.read_recording(replay_file)
    if rate is None:
        rate = (0.0 if recording is None else recording.rate_hz) or DEFAULT_RATE_HZ
    stream = simulator.simulated_stream(layout, rate, size_px)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    outlet, watch = GazeOutlet(stream), MarkerWatch()
    console.say(f"Sending '{stream.name}' ({stream.source_id}), {rate:g} Hz, layout {layout}. Ctrl+C stops.")
    source: simulator.Source
    if recording is None:
        start_s = lsl.local_clock()
        simulated = eye.SimulatedEye(
            start_s,
            seed=seed,
            fixation_s=fixation_s,
            noise_deg=noise_deg,
            loss=loss,
            offset_deg=offset,
            display_mm=size_mm,
            distance_mm=distance_mm,
        )
        source = simulator.EyeSource(simulated, rate, start_s, size_px, lesions)
    else:
        source = simulator.ReplaySource(
            recording, size_px, rate_hz=rate, wait_for_onset=wait_for_onset, loop=loop, speed=speed
        )
        if not wait_for_onset and simulator.wait_for_listener(outlet, stop):
            source.begin(lsl.local_clock())
            console.say(
                f"Replay of {len(recording.time_s)} samples starts at {source.start_s!r} s (LSL clock)."
            )
    sent = simulator.simulate(outlet, source, layout, size_px, watch, stop)
    watch.close()
    outlet.close()
    console.say(f"{sent} samples sent.")


def _size(text: str, option: str = "--screen-px") -> tuple[float, float]:
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text.strip())
    if match is None:
        raise BadInput(f"{option} '{text}' is not a screen size.", "Write width and height, as in 1920x1080.")
    return float(match[1]), float(match[2])


def _offset(text: str) -> tuple[float, float]:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)", text.replace(" ", ""))
    if match is None:
        raise BadInput(f"--offset-deg '{text}' is not an offset.", "Write two numbers, as in 0.5,-0.3.")
    return float(match[1]), float(match[2])
