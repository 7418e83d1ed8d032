"""A running training: curves that grow, time that is left, and what came out."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout

from gazeannotator.ui import style
from gazeannotator.ui.cards import Banner, Card, Page, StatTile, Tiles
from gazeannotator.ui.jobs import Command, ProcessJob, duration_text, time_left_text
from gazeannotator.ui.messages import copy_to_clipboard
from gazeannotator.ui.widgets import ElidedLabel, Fold, button, clear_layout, label
from gazeannotator.ui.words import localised

_TRAIN, _VALIDATION = style.CHART_COLOURS[0], style.CHART_COLOURS[1]


class _WholeNumbers(pyqtgraph.AxisItem):
    """Axis without ticks between whole numbers."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Leave out the finer steps."""
        return [each for each in super().tickSpacing(low, high, size) if each[0] >= 1] or [(1.0, 0.0)]


class Curves(Card):
    """Two curves over the epochs: training and validation."""

    def __init__(self, title: str, name: str, training: str, validation: str) -> None:
        super().__init__(margin=16)
        self.setObjectName(name)
        head = QHBoxLayout()
        head.addWidget(label(title, "strong"))
        head.addStretch(1)
        for text, colour in ((training, _TRAIN), (validation, _VALIDATION)):
            sign = label("●", "caption")
            sign.setStyleSheet(f"color: {colour}; font-size: 9px")
            head.addWidget(sign)
            head.addWidget(label(text, "caption"))
        self.body.addLayout(head)
        self.plot = pyqtgraph.PlotWidget(
            background=style.COLOURS.card, axisItems={"bottom": _WholeNumbers("bottom")}
        )
        self.plot.setAntialiasing(True)
        self.plot.setMinimumHeight(180)
        self.plot.setMaximumHeight(340)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        item = self.plot.getPlotItem()
        item.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pyqtgraph.mkPen(style.COLOURS.border_strong))
            axis.setTextPen(pyqtgraph.mkPen(style.COLOURS.secondary))
            axis.setStyle(tickLength=0, tickTextOffset=6)
        self._lines = [
            self.plot.plot(
                pen=pyqtgraph.mkPen(colour, width=2),
                symbol="o",
                symbolSize=5,
                symbolBrush=colour,
                symbolPen=None,
                antialias=True,
            )
            for colour in (_TRAIN, _VALIDATION)
        ]
        self.body.addWidget(self.plot, 1)
        self.points: list[tuple[float, float, float]] = []

    def add(self, epoch: float, training: float, validation: float) -> None:
        """Add the values of an epoch."""
        self.points.append((epoch, training, validation))
        self._draw()

    def clear(self, epochs: int) -> None:
        """Begin anew, with room for so many epochs."""
        self.points = []
        self._draw()
        self.plot.setXRange(1, max(epochs, 2), padding=0.02)

    def _draw(self) -> None:
        # A value that is missing is left out: the plot cannot bear a curve of nothing but NaN.
        for index, curve in enumerate(self._lines, start=1):
            known = [(point[0], point[index]) for point in self.points if math.isfinite(point[index])]
            curve.setData([each[0] for each in known], [each[1] for each in known])


class TrainingMonitor(Page):
    """Runs a training in a child process and shows it.

    Signals
    -------
    progressed(str, int)
        Title and percent, for the bar at the window's bottom.
    finished(str)
        Folder of the finished run.
    ended()
        The child is gone, however it ended.
    new_wanted(), resume_wanted()
    """

    progressed = Signal(str, int)
    finished = Signal(str)
    ended = Signal()
    new_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(max_width=1080, name="trainingMonitor")
        self.job: ProcessJob | None = None
        self.run_folder = Path()
        self._epochs = 0
        self._epoch = 0.0
        self.title = label("", "title", name="trainingTitle")
        self.where = ElidedLabel()
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.where)
        self.body.addLayout(head)
        self._status = Card()
        self.step = label("", "strong", name="trainingStep")
        self.bar = QProgressBar(objectName="trainingProgress", textVisible=False)
        self.time = label("", "secondary", name="trainingTime")
        top = QHBoxLayout()
        top.addWidget(self.step)
        top.addStretch(1)
        top.addWidget(self.time)
        self.stop_button = button(
            self.tr("Stop and keep"), self.stop, kind="danger", icon="stop", name="stopTraining"
        )
        self.stop_button.setToolTip(self.tr("Ends the training; the best weights until now are kept."))
        self._status.body.addLayout(top)
        self._status.body.addWidget(self.bar)
        self._status.body.addSpacing(4)
        self._status.body.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._status)
        self._outcome = QVBoxLayout()
        self._outcome.setSpacing(16)
        self.body.addLayout(self._outcome)
        training, validation = self.tr("training"), self.tr("validation")
        self.loss = Curves(self.tr("Loss"), "lossCurves", training, validation)
        self.accuracy = Curves(self.tr("Accuracy"), "accuracyCurves", training, validation)
        self.accuracy.plot.setYRange(0, 1, padding=0.03)
        charts = Tiles(tile_width=380, spacing=16)
        charts.set_tiles([self.loss, self.accuracy])
        self.body.addWidget(charts)
        self.body.addStretch(1)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_time)

    @property
    def busy(self) -> bool:
        """Whether a training runs."""
        return self.job is not None

    def run(self, command: Command, folder: Path, epochs: int, *, resumed: bool = False) -> ProcessJob:
        """Start a training; none may run."""
        if self.job is not None:
            raise RuntimeError("a training is running")
        self.run_folder = folder
        self._epochs, self._epoch = epochs, 0.0
        self.title.setText(self.tr("Training"))
        self.where.set_text(str(folder))
        clear_layout(self._outcome)
        if not resumed:
            self.loss.clear(epochs)
            self.accuracy.clear(epochs)
        self._status.show()
        self.step.setText(self.tr("Starting…"))
        self.bar.setRange(0, 0)
        self.stop_button.setEnabled(True)
        self.stop_button.setText(self.tr("Stop and keep"))
        self.job = job = ProcessJob(command, self)
        job.event.connect(self._on_event)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._tick.start()
        self._show_time()
        self.progressed.emit(self.title.text(), -1)
        job.start()
        return job

    @Slot()
    def stop(self) -> None:
        """Ask the training to stop; what was reached is kept."""
        if self.job is not None:
            self.stop_button.setEnabled(False)
            self.stop_button.setText(self.tr("Stopping…"))
            self.job.stop()

    @Slot(dict)
    def _on_event(self, event: dict[str, Any]) -> None:
        name = event["event"]
        if name == "progress":
            self.step.setText(localised(str(event.get("what", ""))))
            total = event.get("total") or 1
            if self._epoch < self._epochs:
                self._show_progress(math.floor(self._epoch) + min(event.get("done", 0) / total, 1.0))
        elif name == "epoch":
            self._epochs = int(event.get("epochs") or self._epochs)
            values = [
                _number(event.get(each))
                for each in ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
            ]
            self.loss.add(event["epoch"], values[0], values[1])
            self.accuracy.add(event["epoch"], values[2], values[3])
            self.step.setText(self.tr("Epoch {n} of {total}").format(n=event["epoch"], total=self._epochs))
            self._show_progress(float(event["epoch"]))

    def _show_progress(self, epoch: float) -> None:
        self._epoch = epoch
        self.bar.setRange(0, self._epochs * 100)
        self.bar.setValue(round(epoch * 100))
        self._show_time()
        self.progressed.emit(self.title.text(), round(100 * epoch / max(self._epochs, 1)))

    @Slot()
    def _show_time(self) -> None:
        if self.job is None:
            return
        elapsed = time.monotonic() - self.job.started_s
        left = time_left_text(self._epoch, self._epochs, elapsed)
        text = duration_text(elapsed)
        self.time.setText(
            self.tr("{passed} – at most {left} left").format(passed=text, left=left) if left else text
        )

    @Slot(dict)
    def _on_finished(self, result: dict[str, Any]) -> None:
        self._end(self.tr("Training finished"))
        metrics = result.get("metrics") or {}
        tiles = []
        for name, caption in (
            ("accuracy", self.tr("accuracy")),
            ("balanced_accuracy", self.tr("balanced accuracy")),
            ("auroc_macro", self.tr("AUROC (mean of classes)")),
            ("kappa", self.tr("kappa")),
        ):
            if metrics.get(name) is not None:
                tile = StatTile(caption, f"{metrics[name]:.3f}", f"metric-{name}")
                interval = (metrics.get("ci95") or {}).get(name)
                if interval and None not in interval:
                    text = self.tr("95 %: {low:.2f} to {high:.2f}").format(low=interval[0], high=interval[1])
                    tile.body.addWidget(label(text, "caption"))
                tiles.append(tile)
        if (metrics.get("attention") or {}).get("cc") is not None:
            tiles.append(
                StatTile(self.tr("attention against gaze (CC)"), f"{metrics['attention']['cc']:.3f}")
            )
        if tiles:
            row = Tiles(tile_width=150)
            row.set_tiles(tiles)
            self._outcome.addWidget(row)
        report = Path(result.get("report") or self.run_folder / "report.html")
        self._add_buttons(
            button(
                self.tr("Open report"),
                lambda: open_file(report),
                kind="primary",
                icon="report",
                name="openReport",
            ),
            self._folder_button(),
            self._new_button(),
        )
        self.finished.emit(str(self.run_folder))

    @Slot(str, str, str)
    def _on_failed(self, message: str, hint: str, details: str) -> None:
        self._end(self.tr("Training failed"))
        self._outcome.addWidget(Banner("danger", message, hint, name="trainingFailure"))
        fold = Fold(self.tr("Details"))
        log = QPlainTextEdit(details)
        log.setProperty("role", "log")
        log.setReadOnly(True)
        log.setMinimumHeight(180)
        fold.body.addWidget(log)
        self._outcome.addWidget(fold)
        copy = button(
            self.tr("Copy report"), lambda: copy_to_clipboard(details), icon="copy", name="copyReport"
        )
        self._add_buttons(copy, self._new_button())

    @Slot()
    def _on_cancelled(self) -> None:
        self._end(self.tr("Training stopped"))
        text = self.tr("The weights of the best epoch and the checkpoint are in the folder of the run.")
        self._outcome.addWidget(Banner("info", self.tr("Stopped, and kept"), text, name="trainingStopped"))
        go_on = button(
            self.tr("Go on with it"),
            self.resume_wanted.emit,
            kind="primary",
            icon="play",
            name="resumeTraining",
        )
        self._add_buttons(go_on, self._folder_button(), self._new_button())

    def _end(self, title: str) -> None:
        self._tick.stop()
        self.title.setText(title)
        self._status.hide()
        if self.job is not None:
            self.job.deleteLater()
            self.job = None
        self.ended.emit()

    def _folder_button(self) -> Any:  # noqa: ANN401
        return button(self.tr("Show in folder"), lambda: open_file(self.run_folder), icon="folder-open")

    def _new_button(self) -> Any:  # noqa: ANN401
        return button(self.tr("New training"), self.new_wanted.emit, kind="quiet", name="newTraining")

    def _add_buttons(self, *buttons: Any) -> None:  # noqa: ANN401
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in buttons:
            row.addWidget(each)
        row.addStretch(1)
        self._outcome.addLayout(row)


def open_file(path: Path) -> bool:
    """Open a file or folder with the system's program for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _number(value: Any) -> float:  # noqa: ANN401
    return float(value) if isinstance(value, int | float) else math.nan
