"""The bridge: from a Tobii tracker to an LSL stream, for as long as it is wanted.

One loop does it all and never waits: what waits for the device runs in a `Task`. Every sample that
the SDK gives is sent once, in order, as it is; the sequence channel counts them.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Literal, Protocol

import filelock
import platformdirs

from gazeannotator.errors import TrackerError, UserError
from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.lsl import local_clock
from gazeannotator.tracking.outlets import GazeOutlet
from gazeannotator.tracking.tobii import commands, stream
from gazeannotator.tracking.tobii.calibrator import Calibrator
from gazeannotator.tracking.tobii.clock import SdkClock
from gazeannotator.tracking.tobii.meter import Meter
from gazeannotator.tracking.tobii.model import DisplayArea, Notice, Sdk, Tracker
from gazeannotator.tracking.tobii.task import Task

WAKE_EVERY_S = 0.004
LINGER_S = 1.0
"""An outlet sends in the background and does not tell when it is done: the stream stays so long."""

Event = Literal["started", "status", "notice", "calibration", "error"]


class Tell(Protocol):
    """Takes what happens, as an event with its facts."""

    def __call__(self, event: Event, **facts: Any) -> None: ...  # noqa: ANN401, D102


@dataclass(frozen=True)
class Patience:
    """After how many seconds what is done.

    Attributes
    ----------
    first_s : float
        A tracker that was started sends its first sample within this time.
    silent_s : float
        Silence of this length is a loss.
    look_every_s : float
        So long between two searches for a tracker that is lost. Its SDK looks for it as well, and is
        quicker where it can; the tracker is opened anew when two searches have found it silent.
    status_every_s : float
    """

    first_s: float = 5.0
    silent_s: float = 1.0
    look_every_s: float = 3.0
    status_every_s: float = 1.0


class Bridge:
    """Sends one tracker's gaze; the only one that does so on this computer.

    Parameters
    ----------
    sdk : Sdk
    tracker : Tracker
        As opened; it is the bridge's from now on.
    tell : Tell
        Called in the loop for everything that happens:

        - ``started``: what is sent, see `facts`
        - ``status``, each second: ``rate_hz`` (measured), ``samples`` (so far), ``found`` (0 to 1)
        - ``notice``: ``code`` (a `NoticeKind` or ``clock``), ``message``, and what belongs to it
        - ``calibration``: the answer to a step, see `Calibrator`
        - ``error``: ``message`` and ``hint``, of a command that could not be done

    Raises
    ------
    TrackerError
        The tracker is sent already, or does not answer.
    """

    def __init__(self, sdk: Sdk, tracker: Tracker, tell: Tell, patience: Patience | None = None) -> None:
        self._sdk = sdk
        self._tracker = tracker
        self._tell = tell
        self._patience = patience or Patience()
        self._meter = Meter()
        self._clock = SdkClock(sdk, local_clock)
        self._calibrator = Calibrator()
        self._lost = False
        self._search: Task[list[str]] | None = None
        self._seen_silent = 0
        self._overflows = 0
        self._lock = _only_one(tracker)
        try:
            self._area, self._rate_hz = tracker.display_area(), tracker.rate_hz()
            self._shown = self._description()
            tracker.start()
        except TrackerError:
            self._lock.release()
            tracker.close()
            raise
        self._outlet = GazeOutlet(self._shown)
        now = local_clock()
        self._silent_at_s = now + self._patience.first_s
        self._search_at_s = self._status_at_s = now + self._patience.status_every_s

    @property
    def facts(self) -> dict[str, Any]:
        """What is sent: the stream, and the tracker behind it."""
        info = self._tracker.info
        return {
            "stream": self._shown.name,
            "source_id": self._shown.source_id,
            "model": info.model,
            "serial": info.serial,
            "address": info.address,
            "firmware": info.firmware,
            "rate_hz": self._rate_hz,
            "rates_hz": list(info.rates_hz),
            "calibrates": info.calibrates,
            "backend": f"{self._sdk.name} {self._sdk.version}",
            **_sizes(self._area),
        }

    def run(self, stop: threading.Event, lines: SimpleQueue[str]) -> int:
        """Send until `stop` is set, and do what the lines ask for; returns the number of samples sent."""
        self._tell("started", **self.facts)
        self._compare_clocks()
        try:
            while not stop.wait(WAKE_EVERY_S):
                with suppress(Empty):
                    self.do(lines.get_nowait())
                self.step()
        finally:
            self.close()
        return self._meter.samples

    def do(self, line: str) -> None:
        """Do what a line asks for; what is wrong with it is told as an ``error``."""
        try:
            command = commands.parse(line)
            if isinstance(command, commands.SetRate):
                self._set_rate(command.rate_hz)
            else:
                answer = self._calibrator.begin(None if self._lost else self._tracker, command)
                if answer is not None:
                    self._tell("calibration", **answer)
        except UserError as error:
            self._tell("error", message=error.message, hint=error.hint)

    def step(self) -> None:
        """One turn of the loop."""
        self._pass_on()
        for notice in self._tracker.notices():
            self._heed(notice)
        answer = self._calibrator.poll()
        if answer is not None:
            self._tell("calibration", **answer)
        self._watch(local_clock())
        if local_clock() >= self._status_at_s:
            self._status_at_s += self._patience.status_every_s
            self._report()

    def close(self) -> None:
        """End in good order: out of the calibration, the last samples sent, the tracker free."""
        self._calibrator.end()
        with suppress(TrackerError):
            self._tracker.stop()
        self._pass_on()
        self._tracker.close()
        if self._outlet.has_listener():
            threading.Event().wait(LINGER_S)
        self._outlet.close()
        self._lock.release()

    # -- samples -------------------------------------------------------------------------------

    def _pass_on(self) -> None:
        samples = self._tracker.take()
        if not len(samples):
            return
        self._outlet.push(stream.rows(samples, self._meter.samples), self._clock.stamps(samples))
        self._meter.add(samples)
        self._silent_at_s = local_clock() + max(self._patience.silent_s, 20 / self._rate_hz)
        if self._lost:
            self._lost, self._seen_silent = False, 0
            self._notice("restored", "Gaze comes from the eye tracker again.")
            self._look_at_settings()

    # -- what the tracker tells ----------------------------------------------------------------

    def _heed(self, notice: Notice) -> None:
        if notice.kind == "lost":
            self._lose("The connection to the eye tracker is lost.")
        elif notice.kind == "overflow":
            self._overflows += 1
        elif notice.kind in ("display_area", "rate", "restored"):
            self._look_at_settings()
        elif notice.kind == "mode":
            self._notice("mode", "The eye tracking mode was changed.")
        elif notice.kind == "calibration":
            self._notice("calibration", "The eye tracker has a new calibration.")
        else:
            self._notice(notice.kind, f"The eye tracker reports: {notice.text}.", text=notice.text)

    def _look_at_settings(self) -> None:
        """Tell what somebody changed in the tracker; the metadata follows when nobody is disturbed."""
        try:
            area, rate_hz = self._tracker.display_area(), self._tracker.rate_hz()
        except TrackerError:
            return  # gone again: it is looked at when it is back
        if area != self._area:
            self._area = area
            self._notice(
                "display_area",
                f"The eye tracker's display area was changed to {area.width_mm:.0f} × {area.height_mm:.0f} "
                "mm: gaze points refer to the new one. Calibrate and validate again.",
                **_sizes(area),
            )
        if rate_hz != self._rate_hz:
            self._rate_hz = rate_hz
            self._notice("rate", f"The eye tracker sends at {rate_hz:g} Hz now.", rate_hz=rate_hz)

    def _notice(self, code: str, message: str, **facts: Any) -> None:  # noqa: ANN401
        self._tell("notice", code=code, message=message, **facts)

    # -- a tracker that is lost ----------------------------------------------------------------

    def _lose(self, reason: str) -> None:
        if not self._lost:
            self._lost = True
            self._search_at_s = local_clock() + self._patience.look_every_s
            self._notice("lost", f"{reason} It goes on by itself when the tracker is back.")

    def _watch(self, now: float) -> None:
        if self._calibrator.inside:  # some trackers send no gaze while they are calibrated
            self._silent_at_s = now + self._patience.first_s
        if now >= self._silent_at_s:
            self._lose("The eye tracker sends no gaze.")
        if not self._lost:
            self._search = None
        elif self._search is None and now >= self._search_at_s:
            serial = self._tracker.info.serial
            self._search = Task(lambda: [each.address for each in self._sdk.find() if each.serial == serial])
        elif self._search is not None and self._search.done:
            self._take_up(self._search)
            self._search, self._search_at_s = None, now + self._patience.look_every_s

    def _take_up(self, search: Task[list[str]]) -> None:
        try:
            addresses = search.result()
            self._seen_silent = self._seen_silent + 1 if addresses else 0
            if self._seen_silent < 2:
                return
            self._seen_silent = 0
            answer = self._calibrator.interrupt()
            if answer is not None:
                self._tell("calibration", **answer)
            self._tracker.close()
            self._tracker = self._sdk.open(addresses[0])
            with suppress(TrackerError):  # another rate is told when samples come
                self._tracker.set_rate(self._rate_hz)
            self._tracker.start()
        except TrackerError:
            return  # tried again after the next search

    # -- each second ---------------------------------------------------------------------------

    def _report(self) -> None:
        self._tell("status", **self._meter.read(), lost=self._lost)
        if self._overflows:
            count, self._overflows = self._overflows, 0
            message = "The eye tracker sent faster than this computer took it: samples are missing."
            self._notice("overflow", message, count=count)
        self._compare_clocks()
        if not self._lost and not self._outlet.has_listener():
            self._renew()

    def _compare_clocks(self) -> None:
        if self._clock.check():
            offset_s = self._clock.offset_s
            message = f"The SDK's clock is {offset_s:+.3f} s off the LSL clock; stamps are mapped by that."
            self._notice("clock", message, offset_s=offset_s)

    def _description(self) -> StreamDescription:
        return stream.describe(
            self._tracker.info,
            self._area,
            rate_hz=self._rate_hz,
            mode=self._tracker.mode(),
            software=f"{self._sdk.name} {self._sdk.version}",
        )

    def _renew(self) -> None:
        """Send under new metadata where something of it has changed: an outlet's own is fixed."""
        with suppress(TrackerError):
            description = self._description()
            if description != self._shown:
                self._outlet.close()
                self._shown = description
                self._outlet = GazeOutlet(description)

    def _set_rate(self, rate_hz: float) -> None:
        if self._lost or self._calibrator.inside:
            what = "is lost" if self._lost else "is being calibrated"
            raise TrackerError(f"The eye tracker {what}: its rate stays as it is.", "Try again later.")
        self._tracker.stop()
        try:
            self._tracker.set_rate(rate_hz)
        finally:
            self._tracker.start()
            self._silent_at_s = local_clock() + self._patience.first_s
        self._look_at_settings()
        self._renew()


def _sizes(area: DisplayArea) -> dict[str, float]:
    return {"width_mm": area.width_mm, "height_mm": area.height_mm}


def _only_one(tracker: Tracker) -> filelock.BaseFileLock:
    """Hold the lock of a tracker: two streams of one source id would be one tracker twice."""
    folder = platformdirs.user_cache_path("gazeannotator", appauthor=False, ensure_exists=True)
    name = "".join(each if each.isalnum() else "-" for each in tracker.info.serial)
    lock = filelock.FileLock(folder / f"tobii-{name}.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        tracker.close()
        raise TrackerError(
            f"{tracker.info.called} is sent to LSL already, by another GazeAnnotator.",
            "Use the stream that is there, or stop the other one first.",
        ) from error
    return lock
