"""The app's end of the bridge to a Tobii tracker, which runs as a child process.

``gazeannotator tracker stream`` sends the gaze over LSL and calibrates; here are its events as
signals, and its commands as methods. It is a process of its own because Tobii's library may let
no other thread of Python run for seconds, and because a fault in it must not take a reading along.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from gazeannotator.ui.jobs import ProcessJob, app_command

END_WITHIN_MS = 4000


class TobiiLink(QObject):
    """Starts and stops the bridge, and speaks with it; one for the whole app.

    Pages come and go: the bridge runs on beside them and during readings, and ends with the app.

    A calibration is, step by step::

        link = TobiiLink.of_the_application()
        link.calibrated.connect(on_answer)
        link.calibrate_enter()               # answer: step "enter"
        link.calibrate_collect(0.1, 0.5)     # once the reader looks there; up to 10 s; step "collect"
        ...                                  # a point whose answer is not ok can be collected again
        link.calibrate_compute()             # step "compute", with the result
        link.calibrate_discard(0.1, 0.5)     # for a point that is to be done again, then collect it
        link.calibrate_compute()
        link.calibrate_leave()               # always, also where the calibration is given up

    Begin where `calibrates` is true. Each step is answered by exactly one `calibrated`, unless the
    bridge ends first (`failed`, `stopped`); ask for the next one after that only. The calibration
    that was computed last holds in the tracker at once. Most trackers go on sending gaze meanwhile.

    Signals
    -------
    started(dict)
        Gaze is sent: ``stream`` (name), ``source_id``, ``model``, ``serial``, ``address``,
        ``firmware``, ``rate_hz``, ``rates_hz``, ``calibrates``, ``backend``, ``width_mm``,
        ``height_mm`` (of the display area).
    status(dict)
        Each second: ``rate_hz`` (measured), ``samples`` (so far), ``found`` (share of samples in
        which an eye was found; None without samples), ``lost``.
    notice(dict)
        Something happened by itself: ``code`` (lost, restored, display_area, rate, mode,
        calibration, overflow, fault, warning, clock), ``message`` in English, and ``width_mm`` and
        ``height_mm``, ``rate_hz``, ``count``, ``text`` or ``offset_s`` where the code has one.
    calibrated(dict)
        The answer to a step: ``step``, ``ok``; ``x`` and ``y`` for a point; ``message`` and
        ``hint`` where it is not ok. After ``compute`` also ``status`` (both, left, right, failed)
        and ``points``: each with ``x``, ``y``, and for ``left`` and ``right`` the number of samples
        ``collected``, the positions of those ``used``, and their mean ``offset`` [dx, dy] from the
        point (None where none was used). All positions are normalised, (0, 0) top-left.
    refused(str, str)
        A command could not be done: what is wrong, and what to do. The bridge goes on.
    failed(str, str)
        The bridge could not be started, or has ended by a fault: what happened, and what to do.
    stopped()
        It has ended because `stop` asked for it.
    changed()
        Whether it runs or sends is another than before; comes with started, failed and stopped too.
    """

    started = Signal(dict)
    status = Signal(dict)
    notice = Signal(dict)
    calibrated = Signal(dict)
    refused = Signal(str, str)
    failed = Signal(str, str)
    stopped = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tracker: dict[str, Any] | None = None
        self.lost = False
        self._job: ProcessJob | None = None

    @classmethod
    def of_the_application(cls) -> TobiiLink:
        """Return the one link; it is closed when the application ends."""
        application = QCoreApplication.instance()
        link = application.findChild(cls)
        if link is None:
            link = cls(application)
            application.aboutToQuit.connect(link.close)
        return link

    @property
    def running(self) -> bool:
        """Whether the bridge was started and has not ended."""
        return self._job is not None

    @property
    def calibrates(self) -> bool:
        """Whether a tracker is connected that is calibrated through here."""
        return self.tracker is not None and bool(self.tracker["calibrates"]) and not self.lost

    def start(self, address: str, rate_hz: float | None = None) -> None:
        """Connect to a tracker and send its gaze; `rate_hz` None leaves its rate as it is."""
        if self.running:
            return
        rate = () if rate_hz is None else ("--rate", f"{rate_hz:g}")
        self._job = ProcessJob(app_command("tracker", "stream", "--address", address, *rate), self)
        self._job.event.connect(self._take)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_stopped)
        self._job.cancelled.connect(self._on_stopped)
        self._job.start()
        self.changed.emit()

    def stop(self) -> None:
        """End it in good order; `stopped` comes when it has ended."""
        if self._job is not None:
            self._job.stop()

    @Slot()
    def close(self) -> None:
        """End it now and wait for it, as the app ends."""
        if self._job is not None:
            self._job.end(END_WITHIN_MS)

    def set_rate(self, rate_hz: float) -> None:
        """Change the rate of a tracker that sends; who receives its stream is interrupted shortly."""
        self._say(f"rate {rate_hz:g}")

    def calibrate_enter(self) -> None:
        """Begin a calibration."""
        self._say("calibrate enter")

    def calibrate_collect(self, x: float, y: float) -> None:
        """Collect at a point (normalised) at which the reader looks now; takes up to ten seconds."""
        self._say(f"calibrate collect {x:.6g} {y:.6g}")

    def calibrate_discard(self, x: float, y: float) -> None:
        """Forget what was collected at a point."""
        self._say(f"calibrate discard {x:.6g} {y:.6g}")

    def calibrate_compute(self) -> None:
        """Compute a calibration from all points; it holds at once."""
        self._say("calibrate compute")

    def calibrate_leave(self) -> None:
        """End the calibration."""
        self._say("calibrate leave")

    def _say(self, line: str) -> None:
        if self._job is not None:
            self._job.say(line)

    @Slot(dict)
    def _take(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "started":
                self.tracker = event
                self.started.emit(event)
                self.changed.emit()
            case "status":
                self.status.emit(event)
            case "notice":
                self._note(event)
            case "calibration":
                self.calibrated.emit(event)
            case "error":
                self.refused.emit(event["message"], event["hint"])

    def _note(self, notice: dict[str, Any]) -> None:
        code = notice["code"]
        if self.tracker is not None:
            known = {name: notice[name] for name in ("rate_hz", "width_mm", "height_mm") if name in notice}
            self.tracker = {**self.tracker, **known}
        self.notice.emit(notice)
        if code in ("lost", "restored"):
            self.lost = code == "lost"
            self.changed.emit()

    @Slot(str, str, str)
    def _on_failed(self, message: str, hint: str, _details: str) -> None:
        self._forget()
        self.failed.emit(message, hint)
        self.changed.emit()

    @Slot()
    def _on_stopped(self) -> None:
        self._forget()
        self.stopped.emit()
        self.changed.emit()

    def _forget(self) -> None:
        job, self._job = self._job, None
        self.tracker, self.lost = None, False
        if job is not None:
            job.deleteLater()
