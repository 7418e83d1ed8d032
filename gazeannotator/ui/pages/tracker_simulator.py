"""The simulated eye as a child process: it ends with the app."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QProcess, Signal, Slot

_END_WITHIN_MS = 2000


class Simulator(QObject):
    """Runs ``gazeannotator tracker simulate``.

    Signals
    -------
    changed(str)
        It was started or has ended; with the reason where it ended by itself, else empty.
    """

    changed = Signal(str)

    def __init__(self, screen_px: tuple[int, int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = f"{screen_px[0]}x{screen_px[1]}"
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None

    @Slot()
    def toggle(self) -> None:
        """Start it, or stop it."""
        if self.running:
            self.stop()
            return
        self._process = QProcess(self)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._ended)
        command = ["-m", "gazeannotator.cli.main", "tracker", "simulate", "--screen-px", self._size]
        self._process.start(sys.executable, command)
        self.changed.emit("")

    def stop(self) -> None:
        """End it at once: it has nothing to lose."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.waitForFinished(_END_WITHIN_MS)
            process.deleteLater()
            self.changed.emit("")

    @Slot()
    def _ended(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            lines = process.readAllStandardError().data().decode("utf-8", "replace").strip().splitlines()
            process.deleteLater()
            self.changed.emit(lines[-1].removeprefix("Error: ") if lines else process.errorString())
