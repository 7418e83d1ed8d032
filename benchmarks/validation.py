"""Validates simulated trackers whose errors are known, and compares with a calculation of its own.

Run: python benchmarks/validation.py            prints the table of docs/data-quality.md
     python benchmarks/validation.py --draws N  and the largest differences in N random trackers

The samples go the whole way: simulated eye, layout of a sender, recorder, targets, measures.
The second calculation takes the samples as they were injected, before any of that, in the
reported windows, and uses other formulas (unit vectors and arccos, extended precision).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.geometry import Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.tracking.eye import SimulatedEye
from gazeannotator.tracking.layouts import from_chunk, recognise
from gazeannotator.tracking.markers import Event
from gazeannotator.tracking.quality import EYES, Eye, PointQuality, ValidationResult
from gazeannotator.tracking.recorder import Recorder
from gazeannotator.tracking.senders.table import SENDERS
from gazeannotator.tracking.simulator import EyeSource, simulated_stream
from gazeannotator.tracking.validation import validation_result, validation_run

SCREENS = {
    "24 inch": Screen(1920, 1080, 527, 296, 650),
    "15 inch": Screen(1366, 768, 340, 190, 650),
    "31 inch": Screen(3840, 2160, 697, 392, 650),
}
FRAME_S = 1 / 60
LATENCY_S = 0.02
CLOCK_OFFSET_S = 1000.125
"""The sender's clock is so far behind."""

PHASE_S = 0.00031
"""Samples are taken so long after the frames, so that none lies on the edge of a window."""

Extended = NDArray[np.longdouble]


@dataclass(frozen=True)
class KnownTracker:
    """A tracker, and what is wrong with it.

    Attributes
    ----------
    noise_deg : float
        Standard deviation per axis and eye.
    never_sent : bool
        Lost samples do not come at all; otherwise they are marked as invalid.
    layout : str
        Whose stream it sends.
    """

    screen: Screen
    rate_hz: float = 250.0
    offset_deg: tuple[float, float] = (0.0, 0.0)
    noise_deg: float = 0.1
    loss: float = 0.0
    never_sent: bool = False
    layout: str = "gazeannotator"
    seed: int = 0


class _Inlet:
    """What has been sent and not been pulled."""

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.values: NDArray[Any] = np.empty((0, 0))
        self.stamps = np.empty(0)

    def pull(self) -> tuple[NDArray[Any], NDArray[np.float64]]:
        taken = self.values, self.stamps
        self.values, self.stamps = self.values[:0], self.stamps[:0]
        return taken

    def clock_offset(self) -> float:
        return CLOCK_OFFSET_S

    def close(self) -> None:
        pass


def validated(tracker: KnownTracker, points: int) -> tuple[ValidationResult, GazeChunk]:
    """Run a validation on a clock turned by hand; return its result and all samples injected.

    Stamps of the samples are on the local clock.
    """
    screen, sender = tracker.screen, SENDERS[tracker.layout]
    eye = SimulatedEye(
        PHASE_S,
        seed=tracker.seed,
        noise_deg=tracker.noise_deg,
        loss=tracker.loss,
        offset_deg=tracker.offset_deg,
        display_mm=screen.size_mm,
        distance_mm=screen.distance_mm,
    )
    source = EyeSource(eye, tracker.rate_hz, PHASE_S, screen.size_px, {})
    inlet = _Inlet(tracker.rate_hz)
    layout = recognise(simulated_stream(tracker.layout, tracker.rate_hz, screen.size_px))
    if layout.coordinates == "unknown":
        layout = layout.with_coordinates("screen_px")
    now = 0.0
    recorder = Recorder(inlet, layout, screen.size_px, clock=lambda: now)
    run = validation_run(screen, points, seed=tracker.seed)
    injected: list[GazeChunk] = []
    while not run.done:
        now += FRAME_S
        chunk = source.due(now - LATENCY_S)
        if not any(carries == "right_x" for _, carries in sender.channels):
            chunk = replace(chunk, right=chunk.left)
        sent_s = chunk.time_s - CLOCK_OFFSET_S
        injected.append(replace(chunk, time_s=sent_s + CLOCK_OFFSET_S))
        comes = ~chunk.lost if tracker.never_sent else np.full(len(chunk), True)
        number_format = np.float32 if sender.channel_format == "float32" else np.float64
        inlet.values = from_chunk(chunk, sender, screen.size_px)[comes].astype(number_format)
        inlet.stamps = sent_s[comes]
        recorder.pull_once(now)
        for fact in run.advance(now, recorder.latest):
            source.hear(Event(fact.t_s, {"event": "target", **fact.as_data()}, screen.size_px))
    recorder.stop()
    return validation_result(run), GazeChunk.joined(injected)


def recalculated(injected: GazeChunk, point: PointQuality, eye: Eye, screen: Screen) -> dict[str, float]:
    """Measure an eye at a point by other formulas, from the samples as injected."""
    window = injected[(injected.time_s >= point.start_s) & (injected.time_s < point.stop_s)]
    # Simulated eyes are lost together, so their mean needs no rule.
    xy = {"left": window.left, "right": window.right, "both": (window.left + window.right) / 2}[eye]
    gaze = _unit_vectors(xy, screen)
    target = _unit_vectors(np.array(point.target_px)[None] / screen.size_px, screen)[0]
    valid = ~np.isnan(xy).any(axis=1)
    mean = gaze[valid].sum(axis=0)
    mean = mean / np.sqrt((mean**2).sum())
    pairs = valid[:-1] & valid[1:]
    return {
        "accuracy_deg": float(_angles(mean, target)),
        "precision_rms_deg": float(np.sqrt(np.mean(_angles(gaze[:-1][pairs], gaze[1:][pairs]) ** 2))),
        "precision_std_deg": float(np.sqrt(np.mean(_angles(gaze[valid], mean) ** 2))),
        "data_loss": 1 - np.count_nonzero(valid) / len(valid),
    }


def _unit_vectors(xy: NDArray[np.float64], screen: Screen) -> Extended:
    exact = np.asarray(xy, np.longdouble)
    x = (exact[:, 0] - np.longdouble(0.5)) * screen.width_mm
    y = (exact[:, 1] - np.longdouble(0.5)) * screen.height_mm
    z = np.full(len(exact), screen.distance_mm, np.longdouble)
    vectors = np.stack([x, y, z], axis=1)
    return vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True))


def _angles(a: Extended, b: Extended) -> Extended:
    return np.degrees(np.arccos(np.minimum((a * b).sum(axis=-1), np.longdouble(1))))


def differences(result: ValidationResult, injected: GazeChunk, screen: Screen) -> dict[str, float]:
    """Find the largest difference of each measure over all points and eyes."""
    largest: dict[str, float] = {}
    for point in result.points:
        for eye in EYES:
            for name, value in recalculated(injected, point, eye, screen).items():
                difference = abs(getattr(point.eye(eye), name) - value)
                largest[name] = max(largest.get(name, 0.0), difference)
    return largest


def means(result: ValidationResult, injected: GazeChunk, screen: Screen) -> dict[str, float]:
    """Average the second calculation over the points, combined gaze."""
    found = [recalculated(injected, point, "both", screen) for point in result.points]
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def drawn(seed: int) -> KnownTracker:
    """Draw a tracker at random."""
    random = np.random.default_rng(seed)
    screen = list(SCREENS.values())[int(random.integers(len(SCREENS)))]
    direction, size = random.uniform(0, 2 * np.pi), random.uniform(0, 3)
    return KnownTracker(
        screen=replace(screen, distance_mm=float(random.uniform(450, 900))),
        rate_hz=float(random.choice([60, 120, 250, 300, 600, 1200])),
        offset_deg=(float(size * np.cos(direction)), float(size * np.sin(direction))),
        noise_deg=float(random.uniform(0, 1)),
        loss=float(random.uniform(0, 0.4)),
        never_sent=bool(random.integers(2)),
        layout=str(random.choice(list(SENDERS))),
        seed=seed,
    )


def _table() -> None:
    at = SCREENS["24 inch"]
    cases = [
        ("24 inch", KnownTracker(at, noise_deg=0.0)),
        ("24 inch", KnownTracker(at, offset_deg=(0.3, 0.4), noise_deg=0.1, loss=0.02)),
        ("24 inch", KnownTracker(at, 60, offset_deg=(0.3, 0.4), noise_deg=0.5, loss=0.1, layout="titta")),
        ("24 inch", KnownTracker(at, 1200, (-1.2, 1.6), noise_deg=1.0, loss=0.4)),
        ("15 inch", KnownTracker(replace(SCREENS["15 inch"], distance_mm=450), 60, (1.0, 0.0), 0.3, 0.2)),
        ("15 inch", KnownTracker(replace(SCREENS["15 inch"], distance_mm=900), 120, (0.0, -3.0), 1.0, 0.4)),
        ("31 inch", KnownTracker(replace(SCREENS["31 inch"], distance_mm=450), 600, (1.8, 2.4), 0.2, 0.4)),
        (
            "31 inch",
            KnownTracker(replace(SCREENS["31 inch"], distance_mm=900), 300, (0.6, 0.8), 0.6, 0.3, True),
        ),
    ]
    print(
        "| screen, distance, rate | offset | noise | loss | accuracy | RMS-S2S | STD | data loss |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, tracker in cases:
        result, injected = validated(tracker, 9)
        other, found = means(result, injected, tracker.screen), result.means()
        measures = ("accuracy_deg", "precision_rms_deg", "precision_std_deg")
        degrees = " | ".join(f"{getattr(found, each):.4f}° / {other[each]:.4f}°" for each in measures)
        print(
            f"| {name}, {tracker.screen.distance_mm:.0f} mm, {tracker.rate_hz:.0f} Hz "
            f"| {np.hypot(*tracker.offset_deg):.1f}° | {tracker.noise_deg:.1f}° "
            f"| {tracker.loss:.0%}{' never sent' if tracker.never_sent else ''} | {degrees} "
            f"| {found.data_loss:.2%} / {other['data_loss']:.2%} |"
        )


def _draws(count: int) -> None:
    largest: dict[str, float] = {}
    unstable = 0
    for seed in range(count):
        tracker = drawn(seed)
        result, injected = validated(tracker, 4)
        unstable += sum(point.unstable for point in result.points)
        for name, value in differences(result, injected, tracker.screen).items():
            largest[name] = max(largest.get(name, 0.0), value)
    print(
        f"\nlargest difference in {count} random trackers, 4 points, each eye and both ({unstable} unstable)"
    )
    for name, value in largest.items():
        print(f"  {name:18} {value:.2e}")


def main() -> None:
    """Print the table, and what random trackers give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=0)
    _table()
    if count := parser.parse_args().draws:
        _draws(count)


if __name__ == "__main__":
    main()
